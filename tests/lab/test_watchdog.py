"""The watchdog behind sanlock, in hosts that cannot have one: a unit that only sleeps stands in for wdmd.

So whether a host is reset in the end is not shown here, and nothing here can reset the machine: containers are never armed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.plugins.host import watchdog_plan as plugin
from ovirt_hc_setup.resources.watchdog import Watchdog
from ovirt_hc_setup.runner.checks import Finding
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.resource import Verdict
from ovirt_hc_setup.runner.run_answers import Answers
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.sanlock import armed_watchdog, sanlock_client
from tests.lab.in_host import InHost

pytestmark = pytest.mark.lab

WANTED = Watchdog(name="watchdog", device="a sleeping unit")
SPACE = "hc-test:3:/var/lib/hc-test-space:0"
SLEEPING = "[Service]\nExecStart=/bin/sleep 100000\n"


@pytest.fixture
def host(lab: Lab) -> Iterator[Host]:
    """A host as Debian 12 leaves one, with a wdmd that starts and watches nothing."""
    found = lab.host("hc3")
    running = units.state(found, sanlock_client.UNIT).is_active
    units.write_unit(found, armed_watchdog.WDMD, SLEEPING)
    units.start(found, sanlock_client.UNIT)
    yield found
    units.stop(found, armed_watchdog.WDMD)
    found.run("ln", "-sf", "/dev/null", str(units.unit_file(armed_watchdog.WDMD)))
    units.daemon_reload(found)
    if not running:
        units.stop(found, sanlock_client.UNIT)


def traces(host: Host) -> str:
    looks = (
        "cat /etc/default/sanlock",
        "find /etc/systemd/system -name '*wdmd*' -o -name '*sanlock*' | sort",
        "systemctl is-active wdmd.service sanlock.service",
        "sanlock client status -D | grep -o 'use_watchdog=.'",
    )
    return "\n--\n".join(host.run("sh", "-c", look, check=False).out for look in looks)


def test_a_container_has_no_watchdog_and_that_is_said(lab: Lab) -> None:
    found = armed_watchdog.means(lab.host("hc1"))
    assert not found.possible
    assert "container" in found.why_not


def test_a_sanlock_that_wants_a_watchdog_where_there_is_none_is_an_error_before_anything_is_changed(lab: Lab) -> None:
    """As Debian 13 starts it: it gives out no host id."""
    host, options = lab.host("hc3"), armed_watchdog.OPTION_FILES[0]
    running, before = units.state(host, sanlock_client.UNIT).is_active, host.read(options)
    try:
        host.write(options, before.replace(b"-w 0 ", b""))
        units.restart(host, sanlock_client.UNIT)
        host.run("sh", "-ec", "truncate -s 1M /var/lib/hc-test-space; chown sanlock: /var/lib/hc-test-space")
        host.run("sanlock", "direct", "init", "-s", SPACE)
        refused = host.run("sanlock", "client", "add_lockspace", "-s", SPACE, timeout=60, check=False)
        assert not refused.ok, "it does without, so there is nothing to warn of"
        (check,) = plugin.ovirt_hc_setup_checks()
        finding = check.run(Context(host, Answers(), Facts(plugin.ovirt_hc_setup_facts()), FIRST_HOST))
        assert isinstance(finding, Finding)
        assert finding.severity == "error"
        assert "-w 0" in finding.remedy
        assert str(options) in finding.remedy
    finally:
        host.write(options, before)
        units.restart(host, sanlock_client.UNIT)
        host.run("rm", "-f", "/var/lib/hc-test-space")
        if not running:
            units.stop(host, sanlock_client.UNIT)


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_it_is_set_up_after_a_kill_at_any_moment_and_taken_back_to_what_was(lab: Lab, host: Host, moment: str) -> None:
    before = traces(host)
    assert "use_watchdog=0" in before
    run = InHost(lab, "hc3", WANTED)
    run.killed("apply", moment)
    run.apply()
    assert armed_watchdog.used(host) is True
    assert armed_watchdog.armed(host)
    assert "-h 0 -l 0" in armed_watchdog.text(host, armed_watchdog.OPTION_FILES[0])
    run.killed("undo", "before systemctl show after systemctl daemon-reload")
    run.undo()
    assert traces(host) == before


@pytest.mark.parametrize("moment", ["kept", "at", "after"])
def test_killed_and_not_resumed_it_is_taken_back_to_what_was(lab: Lab, host: Host, moment: str) -> None:
    before = traces(host)
    run = InHost(lab, "hc3", WANTED)
    run.killed("apply", moment)
    run.undo()
    assert traces(host) == before


def test_a_sanlock_that_holds_a_lockspace_is_neither_restarted_nor_left_without_its_watchdog(lab: Lab, host: Host) -> None:
    host.run("sh", "-ec", "truncate -s 1M /var/lib/hc-test-space; chown sanlock: /var/lib/hc-test-space")
    host.run("sanlock", "direct", "init", "-s", SPACE)
    host.run("sanlock", "client", "add_lockspace", "-s", SPACE)
    pid = units.show(host, sanlock_client.UNIT, "MainPID")
    run = InHost(lab, "hc3", WANTED)
    try:
        outcome = run.act("apply")
        assert "uses the watchdog when it is started next" in outcome.err
        assert units.state(host, armed_watchdog.WDMD).is_active
        outcome = run.act("undo")
        assert "go on until they are left" in outcome.err
        assert units.state(host, armed_watchdog.WDMD).is_active
        assert units.show(host, sanlock_client.UNIT, "MainPID") == pid
    finally:
        host.run("sanlock", "client", "rem_lockspace", "-s", SPACE)
        host.run("rm", "/var/lib/hc-test-space")


def test_options_that_were_edited_since_are_left_alone(lab: Lab, host: Host) -> None:
    path = armed_watchdog.OPTION_FILES[0]
    before = armed_watchdog.text(host, path)
    run = InHost(lab, "hc3", WANTED)
    run.apply()
    try:
        host.write(path, b'sanlock_opts="-h 0 -l 0 -U root"\n')
        assert "was edited since" in run.act("undo").err
    finally:
        host.write(path, before.encode())
        run.undo()


def test_a_masked_wdmd_is_a_conflict_with_the_way_out(lab: Lab) -> None:
    state = WANTED.probe(lab.host("hc1"))
    assert state.verdict is Verdict.CONFLICT
    assert "unmask" in state.remedy
