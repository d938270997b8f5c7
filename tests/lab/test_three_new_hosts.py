"""A volume built in the run, by the sample answer file: three hosts with nothing but disks, and afterwards blank disks again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.plugins.gluster.judgement import RULES
from ovirt_hc_setup.resources.brick_on import BrickOn
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.resources.package import Package
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.storage import disks
from tests.lab.bare_hosts import make_bare
from tests.lab.in_host import KILLED, InHost
from tests.terminal import Terminal

pytestmark = pytest.mark.lab

PROGRAM = "/usr/local/bin/ovirt-hc-setup"
SAMPLE = Path(__file__).resolve().parents[2] / "answers" / "three-new-hosts.conf"
COPIED = Path("/root/three-new-hosts.conf")
SECRETS = "[environment:default]\nOVEHOSTED_VM/cloudinitRootPwd=str:12345678\nOVEHOSTED_ENGINE/adminPassword=str:12345678\n"
NAME = "built"
POINT = Path("/gluster_bricks") / NAME
RUNS = "/var/lib/ovirt-hc-setup/runs"
STOPPED = 130


def disk(lab: Lab, host: str) -> Path:
    return lab.disks(host)[0]


def traces(lab: Lab) -> list[str]:
    """Everything on the three hosts that building a volume touches."""
    looks = (
        "findmnt -rn -t xfs,fuse.glusterfs -o TARGET,FSTYPE",
        "ls -d /gluster_bricks/* 2>/dev/null; find /etc/systemd/system -printf '%p %l\\n' | sort",
        "systemctl is-enabled glusterd; systemctl is-active glusterd; gluster volume list 2>/dev/null",
        "gluster pool list 2>/dev/null | cut -f1 | sort; networkctl list --no-legend | sort",
    )
    told = [lab.exec(name, "sh", "-c", look, check=False).out for name in HOSTS for look in looks]
    return [*told, *(str(disks.look(lab.host(name), disk(lab, name)).traces) for name in HOSTS)]


@pytest.fixture(scope="module")
def hosts(lab: Lab) -> Iterator[Lab]:
    """Nothing but disks; the sample on hc1, and what it leaves to the host."""
    appliance(print)
    lab.up(print)
    make_bare(lab)
    first = lab.host("hc1")
    first.write(COPIED, SAMPLE.read_bytes())
    first.write(rehearsal.ANSWERS_FILE, rehearsal.answers_file().read_bytes(), mode=0o600)
    first.write(rehearsal.SECRETS_FILE, SECRETS.encode(), mode=0o600)
    yield lab
    for name in HOSTS:
        lab.exec(name, "sh", "-c", f"rm -rf {RUNS}/*")


def words(lab: Lab) -> tuple[str, ...]:
    """The sample, with the lab's own names in it."""
    settings = {
        "HC_GLUSTER/hosts": ",".join(map(fqdn, HOSTS)),
        "HC_GLUSTER/device": ",".join(f"{fqdn(name)}={disk(lab, name)}" for name in HOSTS),
        "HC_HOSTS/additional": "none",
        "OVEHOSTED_NETWORK/host_name": fqdn("hc1"),
        "OVEHOSTED_STORAGE/storageDomainConnection": f"{fqdn('hc1')}:/{NAME}",
    }
    files = [word for path in (COPIED, rehearsal.ANSWERS_FILE, rehearsal.SECRETS_FILE) for word in ("--answers", str(path))]
    given = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    return (PROGRAM, "deploy", "--unattended", "--output", "plain", *files, *given)


def journal(host: Host) -> str:
    """Of the newest run of a host; empty when there is none."""
    return host.run("sh", "-c", f"cat $(ls -d {RUNS}/*/journal.jsonl 2>/dev/null | tail -n 1) </dev/null", check=False).out


def built_and_stopped(lab: Lab) -> Outcome:
    """Deploy, and stop when the volume is done: what comes after it is what every other deployment does too."""
    host = lab.host("hc1")
    stop = f"""
    runs() {{ ls -d {RUNS}/*-deploy-* 2>/dev/null; }}
    before=$(runs | wc -l)
    "$@" & wizard=$!
    while kill -0 $wizard 2>/dev/null; do
        run=$(runs | tail -n +$((before + 1)))
        test -n "$run" && grep -qs '"volume", "kind": "done"' $run/journal.jsonl && touch $run/stop && break
        sleep 0.2
    done
    wait $wizard
    """
    return host.run("bash", "-c", stop, "-", *words(lab), "--yes", timeout=300, check=False)


@pytest.fixture
def taken_back(hosts: Lab) -> Iterator[None]:
    """Whatever a test comes to, the hosts are as they were."""
    yield
    hosts.exec("hc1", *RESET, check=False, timeout=300)


RESET = (PROGRAM, "reset", "--yes", "--confirm", NAME, "--confirm", "hosted_storage", "--output", "plain")


def test_the_plan_shows_all_of_it_and_changes_nothing(hosts: Lab) -> None:
    before = traces(hosts)
    outcome = hosts.exec("hc1", *words(hosts), "--plan", timeout=180)
    for name in HOSTS:
        assert f"{disk(hosts, name)} on {fqdn(name)} is blank" in outcome.out
        assert f"brick {fqdn(name)}:{POINT}/{NAME}" in outcome.out
    for name in HOSTS[1:]:
        assert f"On {fqdn(name)}: make a brick on {disk(hosts, name)}" in outcome.out
    assert f"Build the GlusterFS volume {NAME}: replica 3" in outcome.out
    assert traces(hosts) == before


def test_the_prompts_ask_for_three_hosts_and_their_disks_where_no_volume_is(hosts: Lab) -> None:
    launcher = SAMPLE.parents[1] / "ovirt-hc-setup"
    command = (str(launcher), "lab", "exec", "--name", hosts.name, "hc1", "--", "ovirt-hc-setup", "deploy", "--plan")
    devices = ",".join(f"{fqdn(name)}={disk(hosts, name)}" for name in HOSTS)
    with Terminal(list(command)) as terminal:
        terminal.answer("Build one in this run", "yes")
        terminal.answer("names of the three hosts", fqdn("hc1"))
        terminal.wait("names 1 hosts")
        terminal.answer("names of the three hosts", ",".join(map(fqdn, HOSTS)))
        terminal.answer("Shall the third host")
        terminal.answer("Blank disk for the brick", devices)
        terminal.wait("[hc1.hc.test:/engine]")
        terminal.answer("as SERVER:/VOLUME")
        terminal.wait("interface for the management")
        terminal.control("c")
        terminal.wait("Quit?")
        terminal.control("c")
        terminal.wait("Nothing was changed")


@pytest.mark.usefixtures("taken_back")
def test_the_volume_is_built_over_three_hosts_judged_and_taken_back_to_blank_disks(hosts: Lab) -> None:
    before = traces(hosts)
    outcome = built_and_stopped(hosts)
    assert outcome.code == STOPPED, outcome.out[-3000:] + outcome.err
    found = glusterd.volume_info(hosts.host("hc1"), NAME)
    assert [brick.host for brick in found.bricks] == [fqdn(name) for name in HOSTS]
    verdicts = {name: finding.severity for name, rule in RULES.items() if (finding := rule(found)) is not None}
    assert set(verdicts.values()) == {"ok"}, verdicts
    assert '"kind": "finished"' in journal(hosts.host("hc2")), "the brick is made by a run of that host's own"
    # A host alone gives nothing back that the others still need.
    alone = hosts.exec("hc2", PROGRAM, "reset", "--yes", timeout=180, check=False)
    assert f"is a brick of volume {NAME}" in alone.out + alone.err
    unnamed = hosts.exec("hc1", PROGRAM, "reset", "--yes", timeout=180, check=False)
    assert not unnamed.ok
    assert NAME in unnamed.err, "the name has to be confirmed"

    undone = hosts.exec("hc1", *RESET, timeout=300, check=False)
    assert undone.ok, undone.out[-3000:] + undone.err
    assert traces(hosts) == before


def test_a_disk_with_something_on_it_is_refused_wherever_it_is_and_stays_as_it_is(hosts: Lab) -> None:
    far = hosts.host("hc3")
    far.run("mkfs.ext4", "-q", "-F", str(disk(hosts, "hc3")))
    before = traces(hosts)
    try:
        outcome = hosts.exec("hc1", *words(hosts), "--yes", timeout=180, check=False)
        assert outcome.code == 3, outcome.describe()
        assert f"{disk(hosts, 'hc3')} on {fqdn('hc3')} is not blank" in outcome.out
        assert traces(hosts) == before
    finally:
        far.run("wipefs", "--all", "--quiet", str(disk(hosts, "hc3")))


@pytest.mark.parametrize("moment", ["before", "run folder", "file system"])
def test_a_brick_on_another_host_killed_here_is_finished_or_taken_back_there(hosts: Lab, moment: str) -> None:
    before = traces(hosts)
    brick = Brick(name="brick", device=disk(hosts, "hc2"), uuid=uuid4(), point=POINT, folder=POINT / NAME)
    wanted = BrickOn(
        name="brick-hc2",
        other=OtherHost(fqdn("hc2")),
        package=Package(name="gluster-packages", packages=("glusterfs-server",)),
        daemon=Unit(name="glusterd", unit="glusterd.service"),
        brick=brick,
    )
    run = InHost(hosts, "hc1", wanted)
    if moment == "before":
        run.killed("apply", moment)
        assert traces(hosts) == before
    else:
        killed_when(run, {"run folder": f"grep -qs {brick.uuid} {RUNS}/*/answers.json"}.get(moment, f"blkid -p {brick.device}"))
    run.apply()
    assert disks.is_ours(hosts.host("hc2"), brick.device, brick.uuid)
    run.undo()
    assert traces(hosts) == before


def killed_when(run: InHost, sight: str) -> None:
    """End the program on hc1 as soon as something is to be seen on hc2, where the work goes on."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run.act, "apply")
        run.lab.exec("hc2", "sh", "-c", f"until {sight} >/dev/null; do sleep 0.02; done", timeout=60)
        run.lab.exec("hc1", "pkill", "-KILL", "-f", str(run.folder))
        assert running.result().code in KILLED
