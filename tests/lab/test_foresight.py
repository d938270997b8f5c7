"""Hosts that shall join with a deployment say before "Yes" whether they can, and are left as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.bare_hosts import make_bare

pytestmark = pytest.mark.lab

SECRETS = "[environment:default]\nOVEHOSTED_VM/cloudinitRootPwd=str:12345678\nOVEHOSTED_ENGINE/adminPassword=str:12345678\n"
OTHERS = HOSTS[1:]
CHECK_FAILED = 3
LEFT = """
ls /var/lib/ovirt-hc-setup/runs /etc/ovirt-hosted-engine 2>/dev/null
ip -br link show type bridge
findmnt -rn -t fuse.glusterfs
"""


@pytest.fixture(scope="module", autouse=True)
def ready(lab: Lab) -> None:
    appliance(print)
    lab.up(print)
    make_engine_volume(lab, print)
    first = lab.host(HOSTS[0])
    first.write(rehearsal.ANSWERS_FILE, rehearsal.answers_file().read_bytes(), mode=0o600)
    first.write(rehearsal.SECRETS_FILE, SECRETS.encode(), mode=0o600)


def deploy(lab: Lab, *words: str, check: bool = True) -> Outcome:
    files = [word for path in (rehearsal.ANSWERS_FILE, rehearsal.SECRETS_FILE) for word in ("--answers", str(path))]
    others = ("--set", f"HC_HOSTS/additional={','.join(map(fqdn, OTHERS))}")
    command = (rehearsal.PROGRAM, "deploy", "--unattended", "--output", "plain", *files, *others, *words)
    return lab.exec(HOSTS[0], *command, check=check, timeout=400)


def left(lab: Lab) -> list[str]:
    return [lab.exec(host, "sh", "-c", LEFT, check=False).out for host in HOSTS]


def test_the_plan_has_every_host_that_joins_and_changes_nothing(lab: Lab) -> None:
    before = left(lab)
    said = deploy(lab, "--plan").out
    for number, host in enumerate(OTHERS, 2):
        assert f"{fqdn(host)}: [to do] bridge ovirtmgmt over host0" in said, said
        assert f"{fqdn(host)}: [to do, later] Acquire host id {number} in the lockspace hosted-engine" in said
    assert "Not the same on all hosts" not in said
    assert left(lab) == before


def test_what_is_wrong_on_one_of_them_is_told_with_its_name_before_anything_is_done(lab: Lab) -> None:
    before, wrong = left(lab), OTHERS[-1]
    hosts = Path("/etc/hosts")
    kept = lab.host(wrong).read(hosts)
    lab.host(wrong).write(hosts, kept + b"\n127.0.0.1 engine.hc.test\n")
    try:
        outcome = deploy(lab, "--yes", check=False)
    finally:
        lab.host(wrong).write(hosts, kept)
    assert outcome.code == CHECK_FAILED, outcome.describe()
    assert f"{fqdn(wrong)}: - OVEHOSTED_NETWORK/fqdn from shared configuration: engine.hc.test does not resolve" in outcome.out
    assert f"{fqdn(OTHERS[0])}: [to do, later] Define the VM HostedEngine" in outcome.out, "the others are told all the same"
    assert f"cannot join: {fqdn(wrong)}\n" in outcome.err, outcome.err
    assert left(lab) == before


def test_an_answer_of_one_host_is_that_hosts(lab: Lab) -> None:
    outcome = deploy(lab, "--plan", "--set", f"{fqdn(OTHERS[0])}:OVEHOSTED_NETWORK/bridgeIf=nic7", check=False)
    assert outcome.code == CHECK_FAILED, outcome.describe()
    assert f"cannot join: {fqdn(OTHERS[0])}\n" in outcome.err, outcome.err
    assert "nic7" in next(line for line in outcome.out.splitlines() if f"{fqdn(OTHERS[0])}: - " in line)


def test_a_host_that_is_in_a_hosted_engine_already_joins_no_other(lab: Lab) -> None:
    conf = "/etc/ovirt-hosted-engine/hosted-engine.conf"
    lab.exec(OTHERS[0], "sh", "-ec", f"mkdir -p {Path(conf).parent}; touch {conf}")
    try:
        outcome = deploy(lab, "--yes", check=False)
    finally:
        lab.exec(OTHERS[0], "rm", "-r", str(Path(conf).parent))
    assert outcome.code == CHECK_FAILED, outcome.describe()
    assert f"{fqdn(OTHERS[0])}: ovirt-hc-setup: this host is already part of a hosted engine" in outcome.out, outcome.out


def test_hosts_that_the_volume_is_built_on_first_can_say_so_too(lab: Lab) -> None:
    """There is no glusterd yet that they could ask."""
    make_bare(lab)
    disks = ",".join(f"{fqdn(host)}={lab.disks(host)[0]}" for host in HOSTS)
    built = {"HC_GLUSTER/build": "True", "HC_GLUSTER/hosts": ",".join(map(fqdn, HOSTS)), "HC_GLUSTER/device": disks}
    before = left(lab)
    said = deploy(lab, "--plan", *(word for key, value in built.items() for word in ("--set", f"{key}={value}"))).out
    for host in OTHERS:
        assert f"{fqdn(host)}: [to do] Mount hc1.hc.test:/engine" in said, said
        assert f"{fqdn(host)}: [to do, later] Define the VM HostedEngine" in said
    assert left(lab) == before
