"""What programs print and run folders hold, in another shape than expected: a sentence for an operator, never a traceback.

Every reader gets real samples of its own, changed at random places: JSON and XML as trees, all of them as bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import Progressed, RunBegun, RunEnded, from_json, to_json
from ovirt_hc_setup.formats.gluster import gluster_xml
from ovirt_hc_setup.formats.host import block_devices, ip_json, mountinfo, nmstate
from ovirt_hc_setup.formats.hosted_engine import hosted_engine_conf, vm_conf, vm_macs
from ovirt_hc_setup.formats.libvirt import domain_capabilities, domain_definition
from ovirt_hc_setup.formats.sanlock import sanlock_gets, sanlock_host_status, sanlock_output
from ovirt_hc_setup.formats.vdsm import domain_metadata, storage_look, volume_metadata
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.runner.attempt import newest_attempt
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.run_folder import RunFolder, create, kinds_by_name
from tests.formats.host import test_block_devices
from tests.formats.sanlock import test_sanlock_gets
from tests.formats.sanlock import test_sanlock_host_status as test_sanlock_hosts

GOLDEN = Path(__file__).parents[1] / "golden"
PATIENT = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
ODD: tuple[Any, ...] = (None, True, -1, 2**70, 1.5, "", "x", "\u2028\x1b[31m", [], {}, [1], {"a": 1}, [[]], [None])


def gold(name: str) -> str:
    return (GOLDEN / name).read_text()


def _bridged(text: str) -> None:
    shown = nmstate.read(text)
    nmstate.with_bridge(shown, "ovirtmgmt", "eno1")
    nmstate.without_bridge(shown, "ovirtmgmt", "eno1")


NMSTATE = json.dumps(
    {
        "interfaces": [{"name": "eno1", "type": "ethernet", "mtu": 1500, "ipv4": {"enabled": True}, "mac-address": "x"}],
        "routes": {"config": [{"destination": "0.0.0.0/0", "next-hop-address": "192.0.2.1", "next-hop-interface": "eno1"}]},
    }
)
WIPEFS = json.dumps({"signatures": [{"device": "sdb", "offset": "0x0", "type": "xfs", "uuid": "x", "label": None}]})
CAPABILITIES = "<domainCapabilities><cpu><mode name='custom'><model usable='yes'>EPYC</model></mode></cpu></domainCapabilities>"

JSON_READERS: Mapping[str, tuple[Callable[[str], object], list[str]]] = {
    "ip address": (ip_json.nics, [gold("network/many-links.json"), gold("network/virtual-machine.json")]),
    "ip address of one": (lambda text: ip_json.addresses(text, "eno1"), [gold("network/many-links.json")]),
    "ip route": (ip_json.routes, [gold("network/routes.json"), gold("network/routes6.json")]),
    "lsblk": (block_devices.read_devices, [test_block_devices.BLANK, test_block_devices.LVM]),
    "wipefs": (block_devices.read_signatures, [WIPEFS]),
    "nmstatectl": (_bridged, [NMSTATE]),
}
XML_READERS: Mapping[str, tuple[Callable[[str], object], list[str]]] = {
    "volume info": (gluster_xml.read_volumes, [gold("gluster/info-all.xml"), gold("gluster/info-engine.xml")]),
    "volume status": (gluster_xml.read_brick_states, [gold("gluster/status-engine.xml")]),
    "pool list": (gluster_xml.read_peers, [gold("gluster/pool-list.xml")]),
    "heal info": (gluster_xml.read_heal_states, [gold("gluster/heal-engine.xml")]),
    "domain": (domain_definition.read, [gold("domain_xml/plain-host.xml"), gold("domain_xml/network-disk.xml")]),
    "domain capabilities": (domain_capabilities.usable_models, [CAPABILITIES]),
}
TEXT_READERS: Mapping[str, tuple[Callable[[str], object], list[str]]] = {
    "sanlock status": (sanlock_output.parse_status, [gold("storage/sanlock-status.txt")]),
    "sanlock leader": (sanlock_output.parse_leader, [gold("storage/sanlock-leader.txt")]),
    "sanlock dump": (sanlock_output.parse_dump, [gold("storage/sanlock-dump.txt")]),
    "sanlock gets": (sanlock_gets.parse, [test_sanlock_gets.SAID]),
    "sanlock host status": (sanlock_host_status.parse_hosts, [test_sanlock_hosts.HOSTS]),
    "mountinfo": (mountinfo.read_mountinfo, [Path("/proc/self/mountinfo").read_text()]),
    "storage look": (storage_look.read_look, ["R36 36 755\0S4096 1000 500\0Ename\0Duuid\0VERSION=5\0"]),
    "hosted-engine.conf": (hosted_engine_conf.read, [gold("storage/hosted-engine.conf")]),
    "vm.conf": (lambda text: vm_macs.mac_of(vm_conf.read(text)), [gold("storage/vm.conf")]),
    "domain metadata": (lambda text: domain_metadata.read(text.encode()), [gold("storage/domain-v5.metadata")]),
    "volume metadata": (lambda text: volume_metadata.read(text.encode()), [gold("storage/volume-v5-lockspace.meta")]),
}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every member of a tree of JSON, as its container and key."""
    members = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    return [place for key, member in members for place in ((value, key), *places(member))]


def other_json(text: str, random: Random) -> str:
    tree = {"root": json.loads(text)}
    for _ in range(random.randint(1, 3)):
        container, key = random.choice(places(tree))
        if random.random() < 0.3 and container is not tree:
            del container[key]
        else:
            container[key] = deepcopy(random.choice(ODD))
    return json.dumps(tree.get("root"))


def other_xml(text: str, random: Random) -> str:
    root = ET.fromstring(text)
    for _ in range(random.randint(1, 3)):
        element = random.choice(list(root.iter()))
        change = random.randrange(5)
        if change == 0 and len(element):
            element.remove(random.choice(list(element)))
        elif change == 1:
            element.text = random.choice(("", "x", "-1", "9" * 5000, "1.5", "\u0661", "²", "\x85"))
        elif change == 2:
            element.tag = "other"
        elif change == 3 and element.attrib:
            element.set(random.choice(list(element.attrib)), random.choice(("", "x", "-1", "9" * 5000, "²")))
        elif element.attrib:
            del element.attrib[random.choice(list(element.attrib))]
    return ET.tostring(root, encoding="unicode")


PIECES = ("", "x", "\n", " ", "=", ":", "²", "\0", "9" * 5000, "-", "[")


def other_text(text: str, random: Random) -> str:
    data = list(text)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        data[at : at + random.choice((0, 1, 10, 200))] = list(random.choice(PIECES))
    return "".join(data)


DEEP = ("[" * 10**5, '{"a":' * 10**5, "<a>" * 10**5, "", "null", "\0", "1")


def understood_or_refused(read: Callable[[str], object], text: str) -> None:
    try:
        read(text)
    except SetupError as error:
        assert len(str(error)) < 3000
        assert error.message


@pytest.mark.parametrize("name", [*JSON_READERS, *XML_READERS, *TEXT_READERS])
def test_a_program_that_prints_something_else_is_told_in_words(name: str) -> None:
    read, samples = {**JSON_READERS, **XML_READERS, **TEXT_READERS}[name]
    change = other_json if name in JSON_READERS else other_xml if name in XML_READERS else other_text
    for text in (*samples, *DEEP):
        understood_or_refused(read, text)

    @PATIENT
    @given(st.sampled_from(samples), st.randoms(use_true_random=False))
    def changed(text: str, random: Random) -> None:
        understood_or_refused(read, change(text, random))
        understood_or_refused(read, other_text(text, random))

    changed()


def read_all(folder: RunFolder) -> None:
    """Everything that is read of a run folder, each by itself."""
    for read in (
        lambda: folder.about,
        lambda: folder.answers,
        lambda: folder.resources(kinds_by_name([File])),
        lambda: folder.state,
        lambda: folder.state_since,
        lambda: list(folder.journal.entries()),
        lambda: folder.journal.to_undo(),
        lambda: folder.journal.record_of("f"),
        lambda: folder.refuse_newer("0.1.0"),
        lambda: newest_attempt(folder.events),
    ):
        try:
            read()
        except SetupError as error:
            assert str(folder.path) in error.message or folder.id in error.message or error.hint


def made(root: Path) -> RunFolder:
    answers = {"A/b": {"text": "c", "origin": "typed"}}
    folder = create("deploy", "hc1", "0.1.0", answers, [File(name="f", path=Path("/tmp/f"), content="x")], root=root)
    folder.journal.append("", "confirmed", by="root")
    folder.journal.append("f", "record", image={"existed": False})
    folder.journal.append("f", "done")
    log = EventLog(folder.events, "hc1")
    log(RunBegun(run="r", verb="deploy", resources=("f",)))
    log(RunEnded(run="r", exit_code=0))
    return folder


@pytest.mark.parametrize("name", ["run.json", "answers.json", "plan.json", "journal.jsonl", "events.jsonl"])
def test_a_run_folder_of_another_shape_is_told_in_words(name: str, tmp_path: Path) -> None:
    folder = made(tmp_path)
    path = folder.path / name
    whole = path.read_text()
    for text in DEEP:
        path.write_text(text + "\n" * name.endswith("l"))
        read_all(folder)

    @PATIENT
    @given(st.randoms(use_true_random=False))
    def changed(random: Random) -> None:
        lines = whole.splitlines() if name.endswith("l") else [whole]
        at = random.randrange(len(lines))
        lines[at] = (other_json if random.random() < 0.7 else other_text)(lines[at], random)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
        read_all(folder)

    changed()


@PATIENT
@given(st.randoms(use_true_random=False))
def test_events_of_another_shape_are_no_events(random: Random) -> None:
    line = to_json(Progressed(at=1.5, host="h", resource="r", done=1, total=2, text="t"))
    event = from_json(other_json(line, random))
    assert event is None or event.type in line
