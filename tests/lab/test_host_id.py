"""Host ids with the real sanlock daemon: taken, kept over a kill, given back, and never taken from somebody alive."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, Stopped
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.sanlock_host_name import SanlockHostName
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.lab.in_host import InHost
from tests.lab.lease_times import COMMAND, DEAD, TAKING
from tests.lab.storage_places import DOMAIN, SPACE, mounted
from tests.lab.vm_in_host import shell

pytestmark = pytest.mark.lab

SOON = DEAD - 20
"""Seconds: a living host shows itself at its next renewal; sanlock by itself refuses its id to others after DEAD."""

FIRST = HostId(name="host-id", lockspace=str(SPACE), path=DOMAIN.layout.ids, host_id=Number.of(1))
NAME = SanlockHostName(name="sanlock-name", host_name="hc1.hc.test")

GRANTED_AND_LOST = f"""\
#!/bin/sh
next={COMMAND.with_suffix(".kept")}
[ -x $next ] || next=/usr/sbin/sanlock
$next "$@"
code=$?
case "$1 $2" in "client add_lockspace") [ -e $0.once ] || $next client rem_lockspace -s "$4" > $0.once ;; esac
exit $code
"""
"""The command sanlock, which gives the first id that is granted back at once."""


@pytest.fixture(scope="module", autouse=True)
def domain(lab: Lab) -> Iterator[None]:
    """A domain on the volume, mounted on hc1 and hc2."""
    make_engine_volume(lab, print)
    with mounted(lab, "hc1"), mounted(lab, "hc2"):
        made = InHost(lab, "hc1", DOMAIN)
        made.apply()
        yield
        made.undo()


@pytest.fixture
def run(lab: Lab) -> Iterator[InHost]:
    begun = InHost(lab, "hc1", FIRST)
    yield begun
    begun.undo()


def held(lab: Lab, host: str = "hc1") -> list[tuple[str, int, str]]:
    found = sanlock_client.status(lab.host(host))
    assert found is not None
    return [(space.name, space.host_id, space.state) for space in found.lockspaces]


def free(lab: Lab) -> bool:
    return not any(lease.timestamp for lease in sanlock_client.dump(lab.host("hc1"), DOMAIN.layout.ids, 512))


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_killed_at_any_moment_the_id_is_held_in_the_end_and_given_back(lab: Lab, run: InHost, moment: str) -> None:
    run.killed("apply", moment)
    run.apply()
    assert held(lab) == [(str(SPACE), 1, "")]
    run.undo()
    assert held(lab) == []
    assert free(lab)


def test_waiting_is_told_in_seconds_with_its_limit(lab: Lab, run: InHost) -> None:
    outcome = run.act("apply")
    assert outcome.ok, outcome.err
    assert f"{TAKING - 2}/220 seconds waiting for host id 1 in {SPACE}" in outcome.err
    assert TAKING <= outcome.elapsed < TAKING + 20


def test_a_stop_while_sanlock_is_waited_for_ends_the_run_in_seconds_and_the_id_is_held_later(lab: Lab, run: InHost) -> None:
    begun = f"for i in $(seq 200); do grep -qs 'waiting for host id' {run.folder}/runs/*/events.jsonl && break; sleep 0.1; done"
    with ThreadPoolExecutor(1) as pool:
        stop = pool.submit(lab.exec, "hc1", "sh", "-c", f"{begun}; cd {run.folder}/runs/* && touch stop", timeout=60)
        stopped = run.work("apply", patience=60)
        stop.result()
    assert stopped.code == Stopped.exit_code, stopped.describe()
    again = run.work("apply", patience=60)
    assert again.ok, again.describe()
    assert held(lab) == [(str(SPACE), 1, "")]
    assert run.work("undo", patience=60).ok
    assert held(lab) == []


def test_an_undo_that_was_killed_while_sanlock_gives_the_id_back_goes_on(lab: Lab, run: InHost) -> None:
    run.apply()
    run.killed("undo", "before sanlock client status after rem_lockspace")
    run.undo()
    assert held(lab) == []


def test_an_id_that_was_granted_and_lost_at_once_is_asked_for_again(lab: Lab, run: InHost) -> None:
    host, kept = lab.host("hc1"), COMMAND.with_suffix(".kept")
    shell(lab, "hc1", f"test ! -e {COMMAND} || mv {COMMAND} {kept}")
    try:
        host.write(COMMAND, GRANTED_AND_LOST.encode(), mode=0o755)
        run.apply()
        assert held(lab) == [(str(SPACE), 1, "")]
        assert shell(lab, "hc1", f"cat {COMMAND}.once").splitlines()[-1] == "rem_lockspace done 0"
    finally:
        shell(lab, "hc1", f"rm -f {COMMAND} {COMMAND}.once; test ! -e {kept} || mv {kept} {COMMAND}")


def test_a_domain_with_a_living_host_is_not_taken_back_and_its_id_not_given_away(lab: Lab, run: InHost) -> None:
    run.apply()
    outcome = InHost(lab, "hc2", FIRST).act("apply", timeout=300)
    assert outcome.code == 4
    assert re.search(r"host id 1 in \S+ is not available: \S*hc1\S* has it and renewed it just now", outcome.err), outcome.err
    assert outcome.elapsed < SOON, "sanlock's own refusal was waited for"
    assert held(lab, "hc2") == []
    assert held(lab) == [(str(SPACE), 1, "")]
    elsewhere = InHost(lab, "hc2", DOMAIN)
    host = lab.host("hc2")
    host.run("mkdir", "-p", str(elsewhere.folder))
    host.write(elsewhere.folder / "journal.jsonl", _record_of_the_domain())
    refused = elsewhere.act("undo")
    assert refused.code == 4
    assert "is alive in the lockspace" in refused.err


def test_two_hosts_have_ids_of_their_own(lab: Lab, run: InHost) -> None:
    second = InHost(lab, "hc2", replace(FIRST, host_id=Number.of(2)))
    try:
        second.apply()
        run.apply()
        assert held(lab, "hc2") == [(str(SPACE), 2, "")]
    finally:
        second.undo()


def test_an_id_whose_lease_a_process_holds_is_not_given_back(lab: Lab, run: InHost) -> None:
    run.apply()
    host, leases = lab.host("hc1"), str(DOMAIN.layout.leases).replace(":", "\\:")
    holding = ("sanlock", "client", "command", "-r", f"{SPACE}:SDM:{leases}:1048576", "-c", "/bin/sleep", "300")
    host.run("systemd-run", "--unit=holder", *holding)
    try:
        wait_for("the lease to be held", 20, lambda: _leases(lab) > 0)
        outcome = run.act("undo")
        assert outcome.code == 4
        assert "leases of the lockspace" in outcome.err
        assert "SDM" in outcome.err
        assert held(lab) == [(str(SPACE), 1, "")]
    finally:
        host.run("systemctl", "kill", "--kill-whom=all", "-s", "KILL", "holder", check=False)
        wait_for("sanlock to see that its holder is gone", 60, lambda: _leases(lab) == 0)


def test_a_daemon_that_does_not_answer_is_not_taken_for_one_that_gave_the_id_back(lab: Lab, run: InHost) -> None:
    run.apply()
    host = lab.host("hc1")
    host.run("systemctl", "kill", "-s", "STOP", "sanlock")
    try:
        outcome = run.act("undo")
        assert outcome.code == 4
        assert "the sanlock daemon does not answer" in outcome.err
    finally:
        host.run("systemctl", "kill", "-s", "CONT", "sanlock")
    assert held(lab) == [(str(SPACE), 1, "")]
    run.undo()
    assert held(lab) == []


def test_where_no_daemon_runs_nothing_is_held(lab: Lab) -> None:
    host = lab.host("hc1")
    host.run("systemctl", "stop", "sanlock")
    try:
        assert sanlock_client.status(host) is None
    finally:
        host.run("systemctl", "start", "sanlock")


def test_a_lockspace_that_cannot_be_read_is_not_one_that_is_not_there(lab: Lab) -> None:
    host = lab.host("hc1")
    assert sanlock_client.lockspace_leader(host, DOMAIN.layout.leases, str(SPACE), 1, 512) is None
    with pytest.raises(CommandFailed, match="cannot be opened"):
        sanlock_client.lockspace_leader(host, DOMAIN.layout.ids.with_name("no-ids"), str(SPACE), 1, 512)


def test_another_id_of_this_host_is_a_conflict(lab: Lab, run: InHost) -> None:
    run.apply()
    outcome = InHost(lab, "hc1", replace(FIRST, host_id=Number.of(3))).act("apply")
    assert outcome.code == 4
    assert "holds host id 1" in outcome.err


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_sanlocks_name_for_the_host_survives_a_kill_and_is_taken_back(lab: Lab, moment: str) -> None:
    host, run = lab.host("hc1"), InHost(lab, "hc1", NAME)
    drawn = _daemon(lab)
    run.killed("apply", moment)
    run.apply()
    assert _daemon(lab) == "hc1.hc.test"
    run.undo()
    assert _daemon(lab) not in ("hc1.hc.test", drawn)
    assert not host.run("test", "-e", str(sanlock_client.CONF), check=False).ok


def test_the_name_that_vdsm_has_set_stays(lab: Lab) -> None:
    """`vdsm-tool configure` sets it, and VDSM does not start with another."""
    host, run = lab.host("hc1"), InHost(lab, "hc1", NAME)
    text = b"our_host_name = c59d39ca-620b-4aad-8b50-97833e366664\nmax_worker_threads = 50\n"
    host.write(sanlock_client.CONF, text)
    try:
        run.apply()
        run.undo()
        assert host.read(sanlock_client.CONF) == text
    finally:
        host.run("rm", str(sanlock_client.CONF))


def test_a_host_that_died_has_its_id_back_within_seconds(lab: Lab, run: InHost) -> None:
    host, name = lab.host("hc1"), InHost(lab, "hc1", NAME)
    name.apply()
    try:
        run.apply()
        host.run("systemctl", "kill", "--kill-whom=all", "-s", "KILL", "sanlock")
        # Started before systemd has seen the death, it would be found running, and be dead a moment later.
        wait_for("sanlock's end", 60, lambda: not host.run("systemctl", "is-active", "-q", "sanlock", check=False).ok)
        host.run("systemctl", "reset-failed", "sanlock", check=False)
        host.run("systemctl", "start", "sanlock")
        begun = time.monotonic()
        run.apply()
        assert time.monotonic() - begun < TAKING + 25
        assert held(lab) == [(str(SPACE), 1, "")]
        run.undo()
    finally:
        name.undo()


def _leases(lab: Lab) -> int:
    found = sanlock_client.status(lab.host("hc1"))
    return len(found.leases) if found else 0


def _daemon(lab: Lab) -> str:
    found = sanlock_client.status(lab.host("hc1"))
    assert found is not None
    return found.daemon


def _record_of_the_domain() -> bytes:
    return b'{"resource": "domain", "kind": "record", "at": 1.0, "image": {"domain": "x", "owner": [36, 36], "sector": 512}}\n'
