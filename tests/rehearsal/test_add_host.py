"""A deployment grows by hosts that find everything on its storage, and shrinks again: leaving, and after a death."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.formats.hosted_engine import configuration_volume, ha_metadata, hosted_engine_conf
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import EVERY_HOST, HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.deployment_status import Liveness
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.system.sanlock import lockspace_members
from tests.lab.fingerprint import assert_golden, since
from tests.lab.lease_times import DEAD, shorten
from tests.samples import in_lab
from tests.terminal import ENTER, Terminal

pytestmark = pytest.mark.rehearsal

PROGRAM = rehearsal.PROGRAM
CONF = Path("/etc/ovirt-hosted-engine/hosted-engine.conf")
PATH = "OVEHOSTED_STORAGE/storageDomainConnection"
STORAGE = f"{PATH}=hc1.hc.test:/engine"
LAUNCHER = Path(__file__).resolve().parents[2] / "ovirt-hc-setup"
PATIENCE = 300
"""Seconds for any one step of several hosts that work on one machine."""

DEATH_LIMIT = DEAD + 80
"""Seconds after its death that a host's id is free, on a busy machine."""


PROGRAMS = "/var/lib/ovirt-hc-setup/program"
OLD_PROGRAMS = f"""
mkdir -p {PROGRAMS}/of-nobody/env {PROGRAMS}/of-a-unit {PROGRAMS}/of-yesterday-evening
touch -d '3 days ago' {PROGRAMS}/of-nobody {PROGRAMS}/of-a-unit
touch -d '8 hours ago' {PROGRAMS}/of-yesterday-evening
printf '[Service]\nExecStart={PROGRAMS}/of-a-unit/env/bin/python\n' >/etc/systemd/system/old.service
"""


def conf(lab: Lab, host: str = "hc1") -> HostedEngineConf:
    return hosted_engine_conf.read(lab.host(host).read(CONF).decode())


def layout(lab: Lab) -> FileStore:
    found = conf(lab)
    return FileStore.at(StoragePath.parse(found.storage).mount_point, found.domain)


def volume(lab: Lab, which: str) -> VolumeLayout:
    image, uuid = getattr(conf(lab), which)
    return layout(lab).volume(image, uuid)


def program(lab: Lab, host: str, *words: str, check: bool = True, timeout: float = 500) -> Outcome:
    return lab.exec(host, PROGRAM, *words, "--output", "plain", check=check, timeout=timeout)


def add(lab: Lab, host: str, *words: str, check: bool = True) -> Outcome:
    return program(lab, host, "add-host", "--unattended", *words, check=check)


def join(lab: Lab, host: str, *words: str, check: bool = True) -> Outcome:
    return add(lab, host, "--yes", "--set", STORAGE, *words, check=check)


def leave(lab: Lab, host: str) -> None:
    program(lab, host, "remove-host", "--yes")


def is_joined(lab: Lab, host: str) -> bool:
    return lab.exec(host, "test", "-e", str(CONF), check=False).ok


def lives(lab: Lab) -> dict[int, Liveness]:
    """Host ids of the domain's lockspace as the first host's sanlock sees them."""
    return dict(lockspace_members.lives(lab.host("hc1"))[str(conf(lab).domain)])


def board(lab: Lab) -> dict[int, str]:
    # Past the caches of hc1, as HA and this program read what another host has just written.
    read = f"dd if='{volume(lab, 'metadata').data}' iflag=direct bs=4096 count=251 status=none"
    data = lab.exec("hc1", "sh", "-c", f"{read} | base64 -w0").out
    return {number: block.hostname for number, block in ha_metadata.read(base64.b64decode(data)).hosts.items()}


@pytest.fixture(autouse=True)
def alone(deployed: Lab) -> Iterator[None]:
    """Only the first host is in the deployment before and after each test."""
    if others := [host for host in HOSTS[1:] if is_joined(deployed, host)]:
        pytest.skip(f"{', '.join(others)} joined already, by another test")
    yield
    for host in HOSTS[1:]:
        if is_joined(deployed, host):
            leave(deployed, host)


@contextmanager
def held_back(lab: Lab, path: Path, size: int) -> Iterator[None]:
    """The first bytes of a file on the storage, put back whatever happens to them."""
    lab.exec("hc1", "sh", "-c", f"head -c {size} '{path}' >/root/held-back")
    try:
        yield
    finally:
        lab.exec("hc1", "dd", "if=/root/held-back", f"of={path}", "conv=notrunc,fsync", "status=none")


def overwrite(lab: Lab, path: Path, data: bytes, at: int = 0) -> None:
    place = ("conv=notrunc,fsync", "oflag=seek_bytes", f"seek={at}", "status=none")
    lab.exec("hc1", "dd", f"of={path}", *place, stdin=data)


def test_a_host_joins_by_the_sample_answers_and_leaves_without_a_trace(deployed: Lab) -> None:
    before = deployed.exec("hc2", "ip", "-br", "address", "show", "host0").out
    sample = Path("/root/add-host.conf")
    deployed.host("hc2").write(sample, in_lab(sample.name))
    add(deployed, "hc2", "--answers", str(sample))
    assert lives(deployed)[2] is Liveness.LIVE
    assert board(deployed) == {1: fqdn("hc1"), 2: fqdn("hc2")}
    assert conf(deployed, "hc2").host_id == 2
    assert {**vars(conf(deployed, "hc2")), "host_id": 1} == vars(conf(deployed))
    assert deployed.exec("hc2", "virsh", "list", "--all", "--state-shutoff", "--name").out.split() == ["HostedEngine"]
    assert deployed.exec("hc1", "virsh", "list", "--name").out.split() == ["HostedEngine"]
    assert_golden("joined", since(deployed, "hc2"))
    leave(deployed, "hc2")
    assert_golden("left", since(deployed, "hc2"))
    assert not deployed.exec("hc2", "virsh", "list", "--all", "--name").out.split()
    assert deployed.exec("hc2", "ip", "-br", "address", "show", "host0").out == before
    assert board(deployed) == {1: fqdn("hc1")}
    assert 2 not in lives(deployed) or lives(deployed)[2] is not Liveness.FAILING
    assert all(verdict.ok for verdict in rehearsal.verdicts(deployed))


def test_both_are_sent_the_program_and_join_at_once_whatever_happens_to_a_third(deployed: Lab) -> None:
    names = ("--on", fqdn("hc2"), "--on", "nobody.hc.test", "--on", fqdn("hc3"))
    deployed.exec("hc2", "sh", "-ec", OLD_PROGRAMS)
    outcome = add(deployed, "hc1", *names, "--yes", "--send-program", check=False)
    assert outcome.code not in (0, None)
    assert f"Joined: {fqdn('hc2')}, {fqdn('hc3')}" in outcome.out
    assert "nobody.hc.test: no SSH connection" in outcome.out
    assert {conf(deployed, host).host_id for host in HOSTS} == {1, 2, 3}
    unit = deployed.exec("hc2", "systemctl", "cat", "ovirt-hc-setup-host").out
    assert "ExecStart=/var/lib/ovirt-hc-setup/program/" in unit
    deployed.exec("hc2", "systemctl", "restart", "ovirt-hc-setup-host", timeout=240)
    left = deployed.exec("hc2", "sh", "-c", f"ls {PROGRAMS}; rm /etc/systemd/system/old.service; rm -r {PROGRAMS}/of-a-unit").out
    assert set(left.split()) >= {"of-a-unit", "of-yesterday-evening"}
    assert "of-nobody" not in left, "what nothing needs stays for ever"


def test_a_broken_connection_changes_nothing(deployed: Lab) -> None:
    with ThreadPoolExecutor(1) as pool:
        joining = pool.submit(add, deployed, "hc1", "--on", fqdn("hc3"), "--yes", check=False)
        while deployed.exec("hc3", "systemctl", "list-units", "--no-legend", "ovirt-hc-setup-2*", check=False).out.strip() == "":
            assert not joining.done(), joining.result().out
            time.sleep(0.5)
        deployed.exec("hc3", "pkill", "-KILL", "-x", "sshd", check=False)
        deployed.exec("hc3", "systemctl", "restart", "ssh")
        broken = joining.result()
    assert not broken.ok
    assert "The work there continues" in broken.out
    attached = add(deployed, "hc1", "--on", fqdn("hc3"), "--attach")
    assert "This host has joined the hosted engine" in attached.out
    assert is_joined(deployed, "hc3")


def test_all_that_join_at_the_same_moment_get_numbers_of_their_own(deployed: Lab) -> None:
    """Each by its own command line, so nobody tells them apart but sanlock. With eight: OVIRT_HC_LAB_JOINING=8."""
    joining = EVERY_HOST[1 : 1 + int(os.environ.get("OVIRT_HC_LAB_JOINING", "4"))]
    deployed.up(number=1 + len(joining))
    shorten(deployed, joining)
    with ThreadPoolExecutor(len(joining)) as pool:
        try:
            offered = Event()
            late = pool.submit(join_late_at_a_terminal, deployed, joining[0], offered)
            assert offered.wait(PATIENCE)
            outcomes = list(pool.map(lambda host: join(deployed, host, check=False), joining[1:]))
            assert [outcome.code for outcome in outcomes] == [0] * len(outcomes), outcomes
            late.result()
            numbers = {host: conf(deployed, host).host_id for host in joining}
            assert len({1, *numbers.values()}) == 1 + len(joining)
            assert any("is now used by" in outcome.out for outcome in outcomes), "they were not at the same moment"
            assert board(deployed) == {1: fqdn("hc1"), **{number: fqdn(host) for host, number in numbers.items()}}
            living = [number for number, life in lives(deployed).items() if life is Liveness.LIVE]
            assert sorted(living) == sorted((1, *numbers.values()))
            for host, number in numbers.items():
                assert f"host_id = {number}" in deployed.host(host).read(Path("/etc/libvirt/qemu-sanlock.conf")).decode()
        finally:
            list(pool.map(partial(leave, deployed), [host for host in joining if is_joined(deployed, host)]))
            for host in set(joining) - set(HOSTS):
                deployed.kill(host)


def join_late_at_a_terminal(lab: Lab, host: str, offered: Event) -> None:
    """Offered the lowest number like all others, it says Yes when somebody else has it. Another number is asked about."""
    command = (PROGRAM, "add-host", "--set", STORAGE)
    with Terminal([str(LAUNCHER), "lab", "exec", "--name", lab.name, host, "--", *command]) as terminal:
        for prompt in ("interface for the management bridge", "Full name of this host"):
            terminal.answer(prompt)
        terminal.wait("Id of this host", limit=PATIENCE)
        offered.set()
        terminal.answer("Id of this host")
        turn_pages(terminal, "make these changes?")
        until = time.monotonic() + PATIENCE
        while lives(lab).get(2) is not Liveness.LIVE:
            assert time.monotonic() < until, "nobody else joined"
            time.sleep(1)
        terminal.answer("make these changes?", "yes")
        terminal.wait("Host id 2 is now used by", limit=PATIENCE)
        terminal.answer("Continue with", "yes")
        terminal.wait("This host has joined the hosted engine", limit=PATIENCE)
        assert terminal.code() == 0


def turn_pages(terminal: Terminal, end: str) -> None:
    until = time.monotonic() + PATIENCE
    while end not in terminal.display:
        assert time.monotonic() < until, terminal.display
        if terminal.display.rstrip().splitlines()[-1].startswith("Enter "):
            terminal.press(ENTER)
        with suppress(AssertionError):
            terminal.wait(end, limit=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "OVEHOSTED_STORAGE/hostID=1"), r"host id 1 is used by hc1\.hc\.test, by its lease"),
        (("--set", "OVEHOSTED_STORAGE/hostID=251"), "251 is not a host id"),
        (("--set", "OVEHOSTED_STORAGE/hostID=0"), "0 is not a host id"),
        (("--set", "OVEHOSTED_STORAGE/sdUUID=11111111-2222-4333-8444-555555555555"), "All hosts share this value"),
    ],
)
def test_what_the_deployment_does_not_allow_is_refused(deployed: Lab, words: tuple[str, ...], said: str) -> None:
    outcome = add(deployed, "hc2", "--yes", "--set", STORAGE, *words, check=False)
    assert outcome.code == 2
    assert re.search(said, outcome.err), outcome.err
    assert not is_joined(deployed, "hc2")


def test_a_host_with_the_name_of_a_living_one_does_not_take_its_number(deployed: Lab) -> None:
    """sanlock would give it the number within 20 s, and end what runs on the other one."""
    named = ("--set", f"{keys.HOST_NAME.name}={fqdn('hc1')}")
    outcome = add(deployed, "hc2", "--plan", "--set", STORAGE, *named, check=False)
    assert outcome.code == 3, outcome.describe()
    assert "host id 1 is held by a live host with this host's name, hc1.hc.test" in outcome.out


def test_an_unknown_host_key_is_refused_and_shown(deployed: Lab) -> None:
    known = Path("/root/.ssh/known_hosts")
    text = deployed.host("hc1").read(known)
    try:
        others = [line for line in text.decode().splitlines() if not line.startswith("hc2")]
        deployed.host("hc1").write(known, "\n".join(others).encode())
        outcome = add(deployed, "hc1", "--on", fqdn("hc2"), "--yes", check=False)
    finally:
        deployed.host("hc1").write(known, text)
    assert not outcome.ok
    assert re.search(r"the SSH key of hc2.hc.test is not known: ssh-ed25519 SHA256:\S{43}", outcome.out), outcome.out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x1f\x8b\x08" + bytes(509), "not a plain tar archive"),
        (bytes(configuration_volume.SIZE), "was never written"),
    ],
)
def test_a_damaged_archive_is_told_and_not_joined(deployed: Lab, data: bytes, said: str) -> None:
    path = volume(deployed, "configuration").data
    with held_back(deployed, path, configuration_volume.SIZE):
        overwrite(deployed, path, data)
        outcome = add(deployed, "hc2", "--plan", "--set", STORAGE, check=False)
    assert outcome.code == 4
    assert said in outcome.err


def test_a_block_with_a_bad_checksum_keeps_its_number_from_being_taken(deployed: Lab) -> None:
    path = volume(deployed, "metadata").data
    try:
        overwrite(deployed, path, b"1|1|100|2|0|{}|hc9|0|1|deadbeef|1|0", 2 * ha_metadata.BLOCK)
        outcome = add(deployed, "hc2", "--plan", "--set", STORAGE)
    finally:
        overwrite(deployed, path, bytes(ha_metadata.BLOCK), 2 * ha_metadata.BLOCK)
    assert re.search(r"Id of this host +: 3 ", outcome.out), outcome.out


def test_a_host_asks_another_one_where_the_storage_is(deployed: Lab) -> None:
    key = Path("/root/.ssh/id_ed25519")
    deployed.host("hc3").write(key, deployed.host("hc1").read(key), mode=0o600)
    try:
        outcome = add(deployed, "hc3", "--plan", "--from", fqdn("hc1"))
    finally:
        deployed.exec("hc3", "rm", str(key))
    assert "Found the hosted engine engine.hc.test" in outcome.out


def test_a_dead_host_is_cleaned_up_after_when_sanlock_says_so_and_not_before(deployed: Lab) -> None:
    join(deployed, "hc3")
    number = str(conf(deployed, "hc3").host_id)
    alive = program(deployed, "hc1", "remove-host", "--host-id", number, "--yes", check=False)
    assert not alive.ok
    assert f"sanlock says LIVE of host id {number}" in alive.err
    deployed.kill("hc3")
    begun = time.monotonic()
    try:
        while not (outcome := program(deployed, "hc1", "remove-host", "--host-id", number, "--yes", check=False)).ok:
            assert re.search("sanlock says (LIVE|FAIL)", outcome.err), outcome.err
            assert time.monotonic() - begun < DEATH_LIMIT
            time.sleep(5)
        assert time.monotonic() - begun > DEAD - 25, "it was called dead before its watchdog could have ended it"
        assert int(number) not in board(deployed)
        assert re.search(r"Id of this host +: 2 ", add(deployed, "hc2", "--plan", "--set", STORAGE).out)
    finally:
        deployed.start("hc3")
        deployed.wait_running("hc3")


def test_events_of_other_hosts_are_theirs(deployed: Lab) -> None:
    outcome = deployed.exec(
        "hc1", PROGRAM, "add-host", "--unattended", "--on", fqdn("hc2"), "--plan", "--output", "jsonl", timeout=120
    )
    events = [json.loads(line) for line in outcome.out.splitlines()]
    planned = [event for event in events if event["type"] == "planned"]
    assert {event["resource"] for event in planned} >= {"bridge", "mount", "host-id", "engine-vm", "ha-metadata"}
    assert {event["host"] for event in planned} == {fqdn("hc2")}


def test_a_host_joins_while_a_brick_is_down_and_as_long_as_it_lives_the_first_is_not_taken_back(deployed: Lab) -> None:
    # Its own: with another one away, its bridge has to wait. And at once: one that is still ending counts as online.
    deployed.exec("hc2", "pkill", "-KILL", "-x", "glusterfsd")
    try:
        said = join(deployed, "hc2").out
    finally:
        deployed.exec("hc1", "gluster", "--mode=script", "volume", "start", "engine", "force")
    assert "1 of 3 bricks are offline: hc2.hc.test:/gluster_bricks/engine/engine" in said, said
    refused = deployed.exec("hc1", "ovirt-hc-setup", "reset", "--confirm", "hosted_storage", check=False, timeout=120)
    assert refused.code == 4
    assert "other hosts are alive in the storage domain hosted_storage: host ids 2" in refused.err
    assert "Nothing was undone" in refused.err
    assert deployed.exec("hc1", "virsh", "list", "--name").out.split() == ["HostedEngine"]
