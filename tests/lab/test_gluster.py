"""Volumes of every sort, judged through the real glusterd, and a look into a storage that leaves nothing behind."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.errors import CommandFailed, ValueRefused
from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.formats.gluster.gluster_xml import GlusterRefused
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.plugins.gluster import build_checks, building, found_volume, glusterfs
from ovirt_hc_setup.plugins.storage import domain_place, plan
from ovirt_hc_setup.runner.checks import run_checks
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_answers import Answers, Source
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.storage import mounts
from tests.lab.odd_volumes import make_odd_volumes, remove_odd_volumes

pytestmark = pytest.mark.lab

PLUGINS = Plugins((build_checks, building, found_volume, glusterfs, domain_place, plan))


@pytest.fixture(scope="module", autouse=True)
def pool(lab: Lab) -> Iterator[None]:
    make_engine_volume(lab, print)
    make_odd_volumes(lab)
    yield
    remove_odd_volumes(lab)


def context(lab: Lab, path: str, disk: int = 5) -> Context:
    answers = Answers()
    answers.put(keys.STORAGE_PATH, path, Source.TYPED, "typed")
    answers.put(keys.DISK_SIZE_GB, disk, Source.TYPED, "typed")
    answers.put(keys.SD_UUID, uuid4(), Source.DRAWN, "drawn")
    return Context(lab.host("hc1"), answers, Facts(PLUGINS.readings()), FIRST_HOST)


def tree(source: str) -> FileTree:
    return FileTree(root=StoragePath.parse(source).mount_point, source=source, kind="glusterfs")


def findings(lab: Lab, path: str, disk: int = 5) -> dict[str, Found]:
    found = run_checks(PLUGINS.checks(), context(lab, path, disk), {}, lambda _: None)
    return {finding.check: finding for finding in found}


@contextmanager
def mounted(lab: Lab, name: str) -> Iterator[str]:
    """The volume mounted on hc1, to change what is on it."""
    folder = f"/tmp/{name}"
    lab.exec("hc1", "mkdir", "-p", folder)
    lab.exec("hc1", "mount", "-t", "glusterfs", f"hc1.hc.test:/{name}", folder)
    try:
        yield folder
    finally:
        lab.exec("hc1", "umount", folder)


def clients(lab: Lab) -> list[str]:
    """The processes of GlusterFS's FUSE clients on hc1."""
    return lab.exec("hc1", "pgrep", "-f", "process-name fuse", check=False).out.split()


def errors(found: dict[str, Found]) -> set[str]:
    return {name for name, finding in found.items() if finding.severity in ("error", "unknown")}


def test_the_recipes_volume_passes_every_check(lab: Lab) -> None:
    found = findings(lab, "hc1.hc.test:/engine")
    assert errors(found) == set()
    assert found["gluster.replica"].found == "GlusterFS replica 3 Volume detected"
    assert found["gluster.profile"].severity == "ok"


@pytest.mark.parametrize(
    ("path", "wrong", "words"),
    [
        ("hc1.hc.test:/replica2", "gluster.replica", "is replica 2"),
        ("hc2.hc.test:/distribute", "gluster.replica", "is distribute"),
        ("hc3.hc.test:/disperse", "gluster.replica", "is disperse"),
        ("hc1.hc.test:/twohosts", "gluster.distinct-hosts", "on hc2.hc.test"),
        ("hc1.hc.test:/stopped", "gluster.started", "not started"),
        ("hc1.hc.test:/nosuch", "gluster.volume-exists", "no volume 'nosuch'"),
        ("hc17.hc.test:/engine", "storage.server-answers", "does not resolve"),
        ("10.90.0.1:/engine", "storage.server-answers", "Connection refused"),
    ],
)
def test_a_volume_that_is_not_fit_is_an_error_of_its_own_name_and_a_refused_answer(
    lab: Lab, path: str, wrong: str, words: str
) -> None:
    found = findings(lab, path)
    assert wrong in errors(found)
    assert words in found[wrong].found
    assert found[wrong].remedy
    asked = next(question for question in PLUGINS.questions() if question.key is keys.STORAGE_PATH)
    with pytest.raises(ValueRefused, match=words):
        asked.validate(context(lab, path), path)


def test_what_is_wrong_is_said_once(lab: Lab) -> None:
    assert errors(findings(lab, "hc17.hc.test:/engine")) == {"storage.server-answers"}
    assert errors(findings(lab, "hc1.hc.test:/nosuch")) == {"gluster.volume-exists"}


def test_a_server_that_is_silent_is_an_error_within_seconds(lab: Lab) -> None:
    """Packets to it are dropped, so that nothing ever comes back."""
    host = lab.host("hc1")
    host.run("nft", "add", "table", "ip", "silent")
    host.run("nft", "add", "chain", "ip", "silent", "out", "{ type filter hook output priority 0; }")
    host.run("nft", "add", "rule", "ip", "silent", "out", "tcp", "dport", "24007", "ip", "daddr", "10.90.0.12", "drop")
    try:
        begun = time.monotonic()
        with pytest.raises(glusterd.ServerSilent, match="no answer within"):
            glusterd.volume_info(host, "engine", "10.90.0.12")
        assert time.monotonic() - begun < 10
    finally:
        host.run("nft", "delete", "table", "ip", "silent")


def test_the_volumes_there_are_named_when_the_wanted_one_is_not(lab: Lab) -> None:
    with pytest.raises(GlusterRefused) as refusal:
        glusterd.volume_info(lab.host("hc2"), "nosuch", "hc1.hc.test")
    assert "engine" in refusal.value.hint


def test_each_commands_of_the_profile_mends_its_option(lab: Lab) -> None:
    """The commands that are shown are run as they are shown, and then nothing is left to mend."""
    host = lab.host("hc1")
    for deviation in glusterd.volume_info(host, "arbiter").deviations():
        host.run(deviation.command[0], "--mode=script", *deviation.command[1:])
    assert glusterd.volume_info(host, "arbiter").deviations() == ()
    assert errors(findings(lab, "hc1.hc.test:/arbiter")) == set()


def test_the_volume_of_the_pool_is_proposed_and_the_unfit_are_shown_with_the_reason(lab: Lab) -> None:
    asked = next(question for question in PLUGINS.questions() if question.key is keys.STORAGE_PATH)
    proposal = asked.proposal(context(lab, "hc1.hc.test:/engine"))
    assert proposal is not None
    assert str(proposal.value) == "hc1.hc.test:/engine"
    reasons = {choice.text: choice.why_not for choice in asked.choices(context(lab, "hc1.hc.test:/engine"))}
    assert reasons["hc1.hc.test:/engine"] == ""
    assert "replica 2" in reasons["hc1.hc.test:/replica2"]


def test_a_domain_on_the_volume_is_named(lab: Lab) -> None:
    old = "11111111-2222-3333-4444-555555555555"
    with mounted(lab, "engine") as folder:
        lab.exec("hc1", "mkdir", "-p", f"{folder}/{old}/dom_md")
        lab.exec("hc1", "sh", "-c", f"printf 'DESCRIPTION=somebody\\nVERSION=5\\n' >{folder}/{old}/dom_md/metadata")
        found = findings(lab, "hc1.hc.test:/engine")
        lab.exec("hc1", "rm", "-r", f"{folder}/{old}")
    assert errors(found) == {"storage.empty"}
    assert old in found["storage.empty"].found
    assert errors(findings(lab, "hc1.hc.test:/engine")) == set()


def test_other_files_are_a_warning(lab: Lab) -> None:
    with mounted(lab, "engine") as folder:
        lab.exec("hc1", "touch", f"{folder}/a b\nc")
        found = findings(lab, "hc1.hc.test:/engine")
        lab.exec("hc1", "rm", f"{folder}/a b\nc")
    assert found["storage.empty"].severity == "warning"
    assert "a b" in found["storage.empty"].found


def test_too_little_space_is_an_error(lab: Lab) -> None:
    found = findings(lab, "hc1.hc.test:/engine", disk=500)
    assert errors(found) == {"storage.space"}
    assert "500 GiB" in found["storage.space"].expected


def test_a_look_leaves_nothing_behind(lab: Lab) -> None:
    host = lab.host("hc1")
    before = clients(lab)
    look = mounts.look(host, tree("hc1.hc.test:/engine"))
    assert (look.uid, look.gid) == (36, 36)
    assert look.free > 10 * 2**30
    assert clients(lab) == before
    assert "/mnt" not in host.run("cut", "-d ", "-f5", "/proc/self/mountinfo").out.split()


def test_a_look_that_fails_says_why_and_leaves_nothing_behind(lab: Lab) -> None:
    before = clients(lab)
    with pytest.raises(CommandFailed, match="failed to fetch volume file"):
        mounts.look(lab.host("hc1"), tree("hc1.hc.test:/nosuch"))
    assert clients(lab) == before


@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.3])
def test_a_look_that_is_killed_leaves_nothing_behind(lab: Lab, seconds: float) -> None:
    """Killed is the process that looks, with nobody left to clean up after it."""
    before = clients(lab)
    code = (
        "from ovirt_hc_setup.system.host import commands; from ovirt_hc_setup.system.storage import mounts\n"
        "from pathlib import Path; from ovirt_hc_setup.model.file_tree import FileTree\n"
        "tree = FileTree(root=Path('/'), source='hc1.hc.test:/engine', kind='glusterfs')\n"
        "while True: mounts.look(commands.LocalHost(), tree)"
    )
    killed = ("timeout", "--signal=KILL", str(1 + seconds), sys.executable, "-c", code)
    assert lab.exec("hc1", *killed, check=False).code in (-9, 137)
    wait_for("its client to end", 30, lambda: clients(lab) == before, poll=0.1)
    assert "/mnt" not in lab.exec("hc1", "cut", "-d ", "-f5", "/proc/self/mountinfo").out.split()


def test_a_rejected_peer_is_told_as_one_and_what_is_advised_mends_it(lab: Lab) -> None:
    """Its copy of a volume's settings differs, as after a change that it missed. Starting its glusterd would mend nothing."""
    one, three = lab.host("hc1"), lab.host("hc3")
    spoil = "systemctl stop glusterd; echo user.odd=1 >>/var/lib/glusterd/vols/stopped/info; systemctl start glusterd"
    three.run("sh", "-c", spoil, timeout=60)
    wait_for("a rejected peer", 90, lambda: any(peer.rejected for peer in glusterd.peers(one)), poll=1)
    found = findings(lab, "hc1.hc.test:/engine")
    assert found["gluster.bricks-online"].severity == "warning"
    assert "hc3.hc.test is rejected by this pool" in found["gluster.bricks-online"].found
    assert "gluster.peers" not in found, "what is wrong is said once"
    assert "move everything in /var/lib/glusterd but glusterd.info" in found["gluster.bricks-online"].remedy

    away = "systemctl stop glusterd; mkdir /root/glusterd; cd /var/lib/glusterd; "
    away += "find . -mindepth 1 -maxdepth 1 ! -name glusterd.info -exec mv -t /root/glusterd {} +; systemctl start glusterd"
    three.run("sh", "-c", away, timeout=60)
    three.run("gluster", "--mode=script", "peer", "probe", "hc1.hc.test")
    wait_for("a first host on hc3", 90, lambda: any(peer.host == "hc1.hc.test" for peer in glusterd.peers(three)), poll=1)
    three.run("systemctl", "restart", "glusterd", timeout=60)
    wait_for("all hosts on hc3", 90, lambda: len(glusterd.peers(three)) == len(glusterd.peers(one)), poll=1)
    three.run("rm", "-r", "/root/glusterd")
    wait_for("all peers", 90, lambda: all(peer.member for peer in glusterd.peers(one)), poll=1)
    # A volume that hc3 does not know yet is refused by it, whoever asks.
    wait_for("both volumes", 90, lambda: {"engine", "stopped"} <= {found.name for found in glusterd.volumes(three)}, poll=1)
    wait_for("all bricks", 90, lambda: all(state.online for state in glusterd.brick_states(one, "engine")), poll=1)
    wait_for("nothing to heal", 90, lambda: all(state.pending == 0 for state in glusterd.heal_states(one, "engine")), poll=1)
    assert findings(lab, "hc1.hc.test:/engine")["gluster.bricks-online"].severity == "ok"
