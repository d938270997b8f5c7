"""A run that fails for real, at libvirt: what its end says and gathers, and that another answer is taken and goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.deployment.bundle_parts import COMMANDS, LOGS
from tests.lab.vm_in_host import shell

pytestmark = pytest.mark.lab

OLD = "pc-i440fx-rhel7.3.0"
"""In most published answer files; QEMU on Debian knows no such machine."""

NEWEST = "$(ls -d /var/lib/ovirt-hc-setup/runs/*-deploy-* | tail -1)"


@pytest.fixture(scope="module")
def ready(lab: Lab) -> Iterator[Lab]:
    rehearsal.prepare(lab, print)
    lab.host("hc1").write(rehearsal.ANSWERS_FILE, rehearsal.answers_file().read_bytes(), mode=0o600)
    yield lab
    lab.exec("hc1", "ovirt-hc-setup", "reset", "--confirm", "hosted_storage", timeout=400)
    shell(lab, "hc1", "rm -rf /var/lib/ovirt-hc-setup/runs/* /var/lib/ovirt-hc-setup/bundles")


def deploy(lab: Lab, machine: str, *more: str) -> Outcome:
    """With the check switched off that would have found it."""
    files = ("--answers", str(rehearsal.ANSWERS_FILE), "--answers", str(rehearsal.SECRETS_FILE))
    settings = {
        "OVEHOSTED_VM/emulatedMachine": machine,
        "HC_CORE/skipChecks": "vm.machine-type",
        "HC_HOSTS/additional": f"{fqdn('hc2')},{fqdn('hc3')}",
    }
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    return lab.exec("hc1", "ovirt-hc-setup", "deploy", "--unattended", *files, *words, *more, timeout=500, check=False)


def bundle_of(lab: Lab, said: str) -> str:
    """The one path that is printed."""
    (path,) = re.findall(r"Bundle for a bug report: (\S+)", " ".join(said.split()))
    assert shell(lab, "hc1", f"stat -c '%a %U' {path}").split() == ["600", "root"]
    return str(path)


def test_the_verdict_of_check_ends_with_a_command_that_does_what_was_checked(ready: Lab) -> None:
    words = ("--unattended", "--answers", str(rehearsal.ANSWERS_FILE), "--answers", str(rehearsal.SECRETS_FILE))
    checked = ready.exec("hc1", "ovirt-hc-setup", "check", *words, timeout=200)
    verdict, _, command = checked.out.partition("Next: ")
    assert re.search(r"\d+ of \d+ checks passed\. Warnings: .*host\.accelerator", " ".join(verdict.split()))
    assert "nothing was changed" in verdict
    assert "--yes" in command
    planned = shell(ready, "hc1", f"{command.strip().replace('--yes', '--plan')}")
    assert "This is the plan. Nothing was changed." in planned


def test_a_refusal_of_libvirt_is_told_with_all_that_belongs_to_it_and_another_answer_goes_on(ready: Lab) -> None:
    failed = deploy(ready, OLD, "--yes")
    assert failed.code == 4, failed.describe()
    cause, _, rest = failed.out.partition("Failed: Define and start the VM")[2].partition("Where to look:")
    assert OLD in cause
    for part in ("ovirt-hc-setup reset", "journalctl -u ovirt-hc-setup-", "engine-vm"):
        assert part in failed.out
    assert "Errors in the logs since it began:" in failed.out
    path = bundle_of(ready, rest)
    names = shell(ready, "hc1", f"tar -tzf {path}").split()
    for part in ("versions.txt", "mounts", *COMMANDS, *LOGS):
        for host in ("", f"hosts/{fqdn('hc2')}/", f"hosts/{fqdn('hc3')}/"):
            assert any(name.endswith(f"/{host}{part}") for name in names), (host, part)
    assert not any("hosts/" in name and "/runs/" in name for name in names), "its runs are told by the one that began them"
    brick = shell(ready, "hc1", f"tar -xzOf {path} --wildcards '*/hosts/{fqdn('hc2')}/log-gluster.txt'")
    assert "gluster_bricks-engine" in brick, "what its own glusterd keeps of its own brick"
    content = ready.exec("hc1", "sh", "-c", f"tar -xzOf {path}").out
    for line in shell(ready, "hc1", f"cat {rehearsal.SECRETS_FILE}").splitlines()[1:]:
        assert line.partition("=str:")[2] not in content

    # A host that is off is said, and nothing is lost by it.
    ready.kill("hc3")
    again = deploy(ready, OLD)
    assert again.code == 4, again.describe()
    assert bundle_of(ready, again.out) == path
    why = shell(ready, "hc1", f"tar -xzOf {path} --wildcards '*/unreachable.txt'")
    assert f"without secrets; could not be reached: {fqdn('hc3')})" in " ".join(again.out.split()), why
    ready.start("hc3")
    ready.wait_running("hc3")

    # It committed nothing, so its answer can still be changed; and the work goes on with it.
    ready.exec("hc1", "ovirt-hc-setup", "deploy", "--plan", "--set", "OVEHOSTED_VM/emulatedMachine=pc", "--unattended")
    stopped = ready.exec("hc1", "sh", "-c", _until_the_vm_runs(), timeout=400, check=False)
    assert stopped.ok, stopped.describe()
    assert "running" in shell(ready, "hc1", "virsh domstate HostedEngine")
    assert "pc-i440fx" in shell(ready, "hc1", "virsh dumpxml HostedEngine | grep machine=")
    assert f"{OLD!r}" not in shell(ready, "hc1", f"cat {NEWEST}/answers.json")


def _until_the_vm_runs() -> str:
    """The same command with another answer, and its view left as soon as the VM is made; then the work is stopped."""
    return """
    ovirt-hc-setup deploy --unattended --set OVEHOSTED_VM/emulatedMachine=pc --output plain > /root/went-on 2>&1 &
    view=$!
    for second in $(seq 300); do
        grep -q 'emulatedMachine.* is .pc., was' /root/went-on && virsh domstate HostedEngine 2>&1 | grep -q running && break
        kill -0 $view || break
        sleep 1
    done
    systemctl stop 'ovirt-hc-setup-*-deploy-*.service'
    wait $view
    cat /root/went-on
    grep -q 'emulatedMachine.* is .pc., was' /root/went-on
    """
