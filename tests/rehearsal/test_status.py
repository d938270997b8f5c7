"""`status` on a real deployment: what is so is shown, from every host, and what hangs hides nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.lease_times import shorten
from tests.rehearsal import joining
from tests.rehearsal.joining import STRANGER

pytestmark = pytest.mark.rehearsal

BOUND = 20.0
"""Seconds after which `status` has answered, whatever hangs."""


@pytest.fixture(scope="module")
def joined(deployed: Lab) -> Lab:
    joining.ensure_joined(deployed)
    return deployed


def status(lab: Lab, host: str = "hc1", *options: str) -> Outcome:
    return lab.exec(host, "ovirt-hc-setup", "status", *options, timeout=60, check=False)


def engine_start(lab: Lab, host: str) -> Outcome:
    return lab.exec(host, "ovirt-hc-setup", "engine", "start", timeout=60, check=False)


def values(lab: Lab, host: str = "hc1") -> dict[str, Any]:
    outcome = status(lab, host, "--json")
    assert outcome.code in (0, 4), outcome.describe()
    found: dict[str, Any] = json.loads(outcome.out)
    return found


@contextmanager
def stopped_processes(lab: Lab, host: str, pattern: str) -> Iterator[None]:
    """The processes are there and do nothing, as those behind a network that is gone."""
    pids = lab.exec(host, "pgrep", "-f", pattern).out.split()
    assert pids
    try:
        lab.exec(host, "kill", "-STOP", *pids)
        yield
    finally:
        lab.exec(host, "kill", "-CONT", *pids)


def test_a_host_without_a_deployment_says_so(joined: Lab) -> None:
    said = status(joined, STRANGER)
    assert said.code == 6
    assert "nothing is deployed on this host" in said.err
    as_json = status(joined, STRANGER, "--json")
    assert (as_json.code, json.loads(as_json.out)) == (6, {})


def test_a_damaged_index_of_external_leases_is_noticed(joined: Lab) -> None:
    """VDSM adds and removes leases by it: nobody looks into it until a VM of the data center needs one."""
    find = "ls -1 /rhev/data-center/mnt/glusterSD/*/*/dom_md/xleases"
    path = joined.exec("hc1", "sh", "-c", find).out.strip()
    assert values(joined)["storage"]["domain"]["damage"] == ""
    joined.exec("hc1", "sh", "-c", f"dd if='{path}' of=/root/index bs=1M skip=1 count=1")
    try:
        joined.exec("hc1", "sh", "-c", f"printf 'garbage!' | dd of='{path}' bs=1M seek=1 conv=notrunc,fsync")
        assert "does not begin as one" in values(joined)["storage"]["domain"]["damage"]
        assert "DAMAGED: dom_md/xleases" in status(joined).out
    finally:
        joined.exec("hc1", "sh", "-c", f"dd if=/root/index of='{path}' bs=1M seek=1 conv=notrunc,fsync")


def test_a_host_whose_storage_is_not_mounted_says_that_first(joined: Lab) -> None:
    text = joined.host("hc1").read(joining.CONF).replace(b"host_id=1", b"host_id=4")
    joined.host(STRANGER).write(joining.CONF, text)
    try:
        said = status(joined, STRANGER)
        assert said.code == 4
        assert "NOT MOUNTED" in said.out
        assert "nothing is mounted at /rhev/data-center/mnt/glusterSD/hc1.hc.test:_engine" in " ".join(said.out.split())
        assert "up: http://engine.hc.test" in said.out
        assert "3 of 3 bricks online" in said.out
        assert engine_start(joined, STRANGER).code == 4
    finally:
        joined.exec(STRANGER, "rm", str(joining.CONF))


def test_all_three_hosts_see_the_same_deployment(joined: Lab) -> None:
    for number, host in enumerate(HOSTS, 1):
        found = values(joined, host)
        assert found["unread"] == {}
        assert found["this_host"] == number
        assert {key: (found[key]["host-id"], found[key]["hostname"]) for key in found if key.isdigit()} == {
            str(each): (each, fqdn(name)) for each, name in enumerate(HOSTS, 1)
        }
        assert found["1"]["engine-status"] == {"vm": "up", "health": "good", "detail": "Up"}
        assert {found[key]["hc"]["domain_id"] for key in "123"} == {"live"}
        assert found["engine"]["lease"] == {"held": True, "host_id": 1, "hostname": "hc1.hc.test", "state": "live"}
        assert found["engine"]["runs_on"] == 1
        assert found["volume"]["quorum_met"] is True
        assert [brick["online"] for brick in found["volume"]["bricks"]] == [True] * 3
        assert found["storage"]["domain"]["uuid"] == str(joining.conf(joined).domain)


def test_where_the_engine_answers_already_no_second_one_is_deployed(joined: Lab) -> None:
    for path in (rehearsal.ANSWERS_FILE, rehearsal.SECRETS_FILE):
        joined.host(STRANGER).write(path, joined.host("hc1").read(path), mode=0o600)
    files = ("--answers", str(rehearsal.ANSWERS_FILE), "--answers", str(rehearsal.SECRETS_FILE))
    words = ("check", "--unattended", *files, "--output", "jsonl")
    said = joined.exec(STRANGER, rehearsal.PROGRAM, *words, timeout=180, check=False)
    assert said.code == 3, said.describe()
    events = [json.loads(line) for line in said.out.splitlines()]
    wrong = {event["check"]: event["found"] for event in events if event["type"] == "found" and event["severity"] == "error"}
    assert set(wrong) == {"engine.not-there-yet", "storage.empty"}
    assert wrong["engine.not-there-yet"].startswith("another engine already answers at http://engine.hc.test/")
    assert "already holds a storage domain" in wrong["storage.empty"]


def test_the_other_hosts_libvirt_is_asked_where_ssh_needs_no_question(joined: Lab) -> None:
    assert values(joined)["2"]["hc"]["engine_vm"] == "shut off"


def test_the_table_fits_the_screen_and_is_quick(joined: Lab) -> None:
    said = status(joined)
    assert said.code == 0
    assert said.elapsed < 10
    shown = said.out.splitlines()
    assert max(map(len, shown)) <= 80
    assert len(shown) <= 24
    assert "runs on hc1.hc.test (host id 1), this host" in said.out


def test_a_mount_that_hangs_hides_nothing_else(joined: Lab) -> None:
    """The mount's own process is stopped: whoever touches the mount waits in the kernel."""
    with stopped_processes(joined, "hc2", "glusterfs .*rhev"):
        begun = time.monotonic()
        found = values(joined, "hc2")
        assert time.monotonic() - begun < BOUND
    assert {"hosted-engine metadata", "storage domain", "lease of the engine VM"} <= set(found["unread"])
    assert found["engine"]["health"] == "good"
    assert found["volume"]["quorum_met"] is True
    assert values(joined, "hc2")["unread"] == {}


def test_a_silent_libvirt_and_a_silent_sanlock_hide_nothing_else(joined: Lab) -> None:
    for daemon, part in (("libvirtd", "libvirt"), ("sanlock daemon", "")):
        with stopped_processes(joined, "hc2", f"^/usr/sbin/{daemon}"):
            begun = time.monotonic()
            found = values(joined, "hc2")
            assert time.monotonic() - begun < BOUND
        assert found["volume"]["quorum_met"] is True
        assert found["storage"]["domain"]["name"] == "hosted_storage"
        if part:
            assert set(found["unread"]) == {part}


MISTAKEN = """\
#!/bin/sh
[ "$2" = gets ] || exec /usr/sbin/sanlock "$@"
/usr/sbin/sanlock "$@" | sed s/LIVE/DEAD/
"""


def test_nothing_follows_from_sanlocks_word_that_a_living_host_is_dead(joined: Lab) -> None:
    """Its daemon says so for minutes where one link of three is cut."""
    path = Path("/usr/local/sbin/sanlock")
    joined.host("hc2").write(path, MISTAKEN.encode(), mode=0o755)
    try:
        found = values(joined, "hc2")
        assert {found[number]["hc"]["domain_id"] for number in "123"} == {"live"}
        assert found["engine"]["lease"]["state"] == "live"
        removed = joined.exec("hc2", rehearsal.PROGRAM, "remove-host", "--host-id", "1", "--yes", timeout=90, check=False)
        assert removed.code == 4
        assert "host 1 has renewed its id" in removed.err
    finally:
        shorten(joined, ["hc2"])  # the command of this name that was there before


def test_one_brick_down_is_seen(joined: Lab) -> None:
    joined.exec("hc3", "pkill", "-KILL", "-x", "glusterfsd")
    try:
        time.sleep(2)
        found = values(joined)
        assert [brick["online"] for brick in found["volume"]["bricks"]] == [True, True, False]
        assert "2 of 3 bricks online, quorum" in status(joined).out
    finally:
        joined.exec("hc1", "gluster", "--mode=script", "volume", "start", "engine", "force")


def test_a_damaged_block_spoils_its_own_host_only(joined: Lab) -> None:
    found = joining.conf(joined)
    board = joining.board_path(joined)
    garbage = f"printf 'garbage' | dd of='{board}' bs=1 seek=$((4096 * 7)) conv=notrunc,fsync"
    zeros = f"dd if=/dev/zero of='{board}' bs=4096 count=1 seek=7 conv=notrunc,fsync"
    joined.exec("hc1", "sh", "-c", garbage)
    try:
        seen = values(joined)
        assert list(seen["damaged_blocks"]) == ["7"]
        assert seen["1"]["host-id"] == found.host_id
    finally:
        joined.exec("hc1", "sh", "-c", zeros)
