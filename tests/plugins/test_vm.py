"""The engine VM's questions and checks, and the VM and seed that come of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import AnswersRefused, ValueRefused
from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.appliance import Appliance, ApplianceKind, DiskFormat
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.disk_access import DiskAccess, NetworkDisk, Server
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.machine_type import MachineType
from ovirt_hc_setup.plugins import BUILT_IN as EVERY
from ovirt_hc_setup.plugins.engine.sharing import KEPT
from ovirt_hc_setup.plugins.network.engine_address import MAC
from ovirt_hc_setup.plugins.vm import engine_vm_plan, first_boot, sizes
from ovirt_hc_setup.resources.libvirt_domain import LibvirtDomain
from ovirt_hc_setup.resources.seed_iso import SeedIso
from ovirt_hc_setup.runner.checks import run_checks
from ovirt_hc_setup.runner.codec import from_plain, to_plain
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading, fact
from ovirt_hc_setup.runner.interview import Interview
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt.accelerator import Probed

MODULES = (sizes, first_boot, engine_vm_plan)
KEYS: dict[str, Key[Any]] = {key.name: key for key in keys.BUILT_IN}
SD = UUID("4f2d0a3e-51f5-4c61-9e0b-0c6d0a1b2c3d")
DOMAIN = Path("/rhev/data-center/mnt/glusterSD/hc1:_engine") / str(SD)
MODELS = frozenset({CpuModel("Nehalem"), CpuModel("Westmere"), CpuModel("qemu64")})
FOUND: Mapping[Fact[Any], Any] = {
    facts.CORES: 8,
    facts.MEMORY_MB: 32768,
    facts.ACCELERATOR: Probed(accelerator=Accelerator.KVM, reason="a guest ran"),
    facts.CPU_MODELS: MODELS,
    facts.MACHINES: frozenset(map(MachineType.parse, ("pc", "pc-i440fx-7.2", "q35", "pc-q35-7.2"))),
    facts.STORE: FileStore.of(DOMAIN),
    facts.DISK: DiskAccess(path=DOMAIN / "disk", network=NetworkDisk(path="engine/disk", servers=(Server(name="hc1"),))),
    facts.OWN_ADDRESSES: (Ip("198.51.100.9"), Ip("2001:db8::1"), Ip("192.0.2.11")),
    facts.BRIDGE_ADDRESSES: (Cidr("2001:db8::1/64"), Cidr("192.0.2.11/24")),
    facts.OWN_NAME: "host1.example.com",
    facts.HA_UNITS: (),
}
GIVEN = {
    keys.ENGINE_FQDN.name: "engine.example.com",
    keys.GATEWAY.name: "192.0.2.1",
    keys.ROOT_PASSWORD.name: "root's",
    keys.ADMIN_PASSWORD.name: "admin's",
}


def known_as(known: Fact[Any], value: Any) -> Reading[Any]:
    return Reading(known, lambda context: value)


def interviewed(given: Mapping[str, str] = {}, found: Mapping[Fact[Any], Any] = {}) -> Context:
    readings = [known_as(known, value) for known, value in {**FOUND, **found}.items()]
    readings.append(Reading(facts.ENGINE_VM, engine_vm_plan.engine_vm))
    readings += [reading for reading in Plugins(EVERY).readings() if reading.by_answers or reading.fact in (MAC, KEPT)]
    context = Context(LocalHost("host1"), Answers(), Facts(readings), FIRST_HOST)
    texts = {name: Given(name, text, Source.FILE_DEFAULT, f"answers line {name}") for name, text in {**GIVEN, **given}.items()}
    Interview(KEYS, context, texts, None).hold(Plugins(MODULES).questions())
    return context


def findings(context: Context) -> dict[str, Found]:
    return {found.check: found for found in run_checks(Plugins(MODULES).checks(), context, {}, lambda _: None)}


def resources(context: Context) -> dict[str, Resource]:
    return {made.name: made for made in Plugins(MODULES).resources(context)}


@pytest.mark.parametrize("machine", ["q35", "pc", "pc-i440fx-7.2"])
def test_a_machine_type_that_the_host_has_is_fine(machine: str) -> None:
    assert findings(interviewed({keys.MACHINE.name: machine}))["vm.machine-type"].severity == "ok"


def test_a_machine_type_that_the_host_lacks_is_found_before_anything_is_made_with_the_one_to_use() -> None:
    """The one of most published answer files: libvirt refused it when bridge, domain and disk had been made."""
    found = findings(interviewed({keys.MACHINE.name: "pc-i440fx-rhel7.3.0"}))["vm.machine-type"]
    assert found.severity == "error"
    assert found.found == "this host runs no guests with the machine type pc-i440fx-rhel7.3.0"
    assert found.remedy == "Use OVEHOSTED_VM/emulatedMachine=pc."


def test_what_is_no_machine_type_is_refused_at_once() -> None:
    with pytest.raises(AnswersRefused, match=r"'virt-7.2' is not a machine type of a PC"):
        interviewed({keys.MACHINE.name: "virt-7.2"})


def test_sizes_are_proposed_as_far_as_the_host_has_them() -> None:
    answers = interviewed(found={facts.CORES: 2, facts.MEMORY_MB: 6000}).answers
    sizes_found = (answers[keys.VM_VCPUS], answers[keys.VM_MEMORY_MB], answers[keys.DISK_SIZE_GB], answers[keys.CPU_MODEL])
    assert sizes_found == (2, 6000, 61, "model_Westmere")


@pytest.mark.parametrize("memory", ["0", "abc", "-1", "4096.5", ""])
def test_memory_that_is_none_is_refused_with_where_it_came_from(memory: str) -> None:
    with pytest.raises(AnswersRefused, match="answers line OVEHOSTED_VM/vmMemSizeMB"):
        interviewed({keys.VM_MEMORY_MB.name: memory})


@pytest.mark.parametrize(
    ("key", "text", "check", "severity"),
    [
        (keys.VM_MEMORY_MB, "65536", "vm.memory", "error"),
        (keys.VM_MEMORY_MB, "2048", "vm.memory", "warning"),
        (keys.VM_MEMORY_MB, "4096", "vm.memory", "ok"),
        (keys.VM_VCPUS, "9", "vm.vcpus", "error"),
        (keys.VM_VCPUS, "1", "vm.vcpus", "warning"),
        (keys.VM_VCPUS, "8", "vm.vcpus", "ok"),
    ],
)
def test_sizes_are_judged(key: Key[int], text: str, check: str, severity: str) -> None:
    found = findings(interviewed({key.name: text}))[check]
    assert found.severity == severity
    assert bool(found.remedy) == (severity != "ok")


def test_a_cpu_model_that_this_host_lacks_is_refused_with_those_it_has() -> None:
    with pytest.raises(AnswersRefused, match="model_Westmere, model_Nehalem"):
        interviewed({keys.CPU_MODEL.name: "EPYC"})


@pytest.mark.parametrize("password", ["ends in a blank ", "a\u2028b"])
def test_an_admin_password_that_engine_setup_would_not_get_is_refused(password: str) -> None:
    with pytest.raises(AnswersRefused) as refused:
        interviewed({keys.ADMIN_PASSWORD.name: password})
    assert password not in str(refused.value)


def test_the_vm_is_what_was_answered_and_has_the_lease_of_its_disk() -> None:
    context = interviewed({keys.CPU_MODEL.name: "model_Nehalem", keys.VM_MEMORY_MB.name: "8192"})
    vm = fact(context, facts.ENGINE_VM)
    assert (vm.memory, vm.cpu.name, vm.accelerator, vm.on_reboot) == (8192, "Nehalem", Accelerator.KVM, "restart")
    assert vm.lease is not None
    image, volume = context.answers[keys.IMG_UUID], context.answers[keys.VOL_UUID]
    assert (vm.lease.key, vm.lease.path) == (volume, DOMAIN / "images" / str(image) / f"{volume}.lease")


def test_what_is_planned_survives_the_run_folder_and_holds_no_password() -> None:
    made = resources(interviewed())
    for name in ("seed", "engine-vm"):
        plain = to_plain(made[name])
        assert from_plain(plain, type(made[name])) == made[name]
        assert "admin's" not in str(plain) and "root's" not in str(plain)


def test_the_seed_of_a_static_engine_names_this_host_and_the_engine() -> None:
    context = interviewed({keys.ENGINE_CIDR.name: "192.0.2.50/24", keys.ETC_HOSTS.name: "True"})
    made = first_boot.seed_of(context)
    assert [str(line) for line in made.hosts] == ["192.0.2.11 host1.example.com", "192.0.2.50 engine.example.com"]
    assert made.static is not None and made.static.address == "192.0.2.50/24"


def test_without_cloud_init_there_is_no_seed_and_nothing_waits_for_engine_setup() -> None:
    made = resources(interviewed({keys.CLOUD_INIT.name: "skip"}))
    assert not any(isinstance(one, SeedIso) for one in made.values())
    vm = made["engine-vm"]
    assert isinstance(vm, LibvirtDomain) and vm.vm.seed is None and "engine.ready" in vm.provides


def test_a_key_that_could_run_commands_is_refused() -> None:
    with pytest.raises((AnswersRefused, ValueRefused), match="not a public SSH key"):
        interviewed({keys.ROOT_SSH_KEY.name: 'command="reboot" ssh-ed25519 AAAA x'})


def test_weak_passwords_are_doubted_when_typed_and_warned_of_by_the_check() -> None:
    found = findings(interviewed({keys.ADMIN_PASSWORD.name: "Engine2026"}))["vm.passwords"]
    assert (found.severity, found.found) == (
        "warning",
        "the password of the engine's user admin is weak: it is a common password with little added",
    )
    assert "Engine2026" not in str(found)
    question = next(one for one in first_boot.ovirt_hc_setup_questions() if one.key is keys.ROOT_PASSWORD)
    context = interviewed()
    assert question.doubt(context, keys.ROOT_PASSWORD.parse("root's")) == "This password is weak: it has fewer than 8 characters."
    assert question.doubt(context, keys.ROOT_PASSWORD.parse("Thaw-Oslo-91")) == ""


@pytest.mark.parametrize(
    ("key", "asked", "doubt"),
    [
        (keys.VM_MEMORY_MB, 2048, "less than 4096 MB"),
        (keys.VM_MEMORY_MB, 8192, ""),
        (keys.VM_VCPUS, 1, "fewer than 2"),
    ],
)
def test_a_size_that_a_check_will_warn_of_is_doubted_at_once(key: Key[int], asked: int, doubt: str) -> None:
    question = next(one for one in sizes.ovirt_hc_setup_questions() if one.key is key)
    said = question.doubt(interviewed(), asked)
    assert doubt in said
    assert bool(said) == bool(doubt)


GIB = 2**30


@pytest.mark.parametrize(
    ("room", "least", "proposed", "origin"),
    [
        (500 * GIB, 10 * GIB, 61, "the usual size"),
        (500 * GIB, 80 * GIB, 80, "the appliance's own size"),
        (int(18.6 * GIB), 10 * GIB, 18, "what fits on the storage"),
        (5 * GIB, 10 * GIB, 10, "the appliance's own size"),
        (None, 10 * GIB, 61, "the usual size"),
    ],
)
def test_no_disk_is_proposed_that_has_no_room(room: int | None, least: int, proposed: int, origin: str) -> None:
    appliance = Appliance(
        path=Path("/a.qcow2"), kind=ApplianceKind.QCOW2, disk_format=DiskFormat.QCOW2, disk_offset=0, disk_size=1,
        virtual_size=least, file_size=1,
    )  # fmt: skip
    found = interviewed(found={facts.DISK_ROOM: room, facts.APPLIANCE: appliance})
    question = next(one for one in sizes.ovirt_hc_setup_questions() if one.key is keys.DISK_SIZE_GB)
    proposal = question.proposal(found)
    assert proposal is not None
    assert (proposal.value, proposal.origin) == (proposed, origin)
