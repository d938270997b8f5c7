"""A deployment that is killed goes on with the same command; one that is not wanted is taken back; and then again."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.fingerprint import assert_golden, since
from tests.over_ssh import over_ssh
from tests.rehearsal.test_deployment import secrets, shell
from tests.terminal import Terminal

pytestmark = pytest.mark.rehearsal

UNIT = "ovirt-hc-setup-*-deploy-*.service"
FRONT_ENDS = "pgrep -f '[d]eploy --unattended' || true"
TRACES = """
ip -br addr | sed 's/@.*UP/ UP/' | grep -v docker; findmnt -rn -t fuse.glusterfs; ls /rhev /run/vdsm /etc/ovirt-hosted-engine 2>&1
cat /etc/passwd /etc/group /etc/libvirt/qemu.conf /etc/libvirt/qemu-sanlock.conf /etc/sanlock/sanlock.conf 2>&1
virsh list --all; sanlock client status | sed 1d; find /etc/systemd/system /etc/systemd/network | sort
systemctl list-units --all --plain --no-legend 'ovirt-hc*'
find /etc /var/lib /usr/local -xdev \\( -path '/var/lib/glusterd' -o -path '/var/lib/ovirt-hc-setup' -o -path '*/systemd' \\) \
    -prune -o -printf '%p %m %u:%g %y %l\\n' | sort
find /run -xdev -name '*ovirt-hc*' | sort
systemctl list-units --plain --no-legend --state=active --type=service,socket,mount | cut -d' ' -f1 \
    | grep -vE '^(user|systemd-(hostnamed|timedated|localed)|libvirtd.service)'
ps -e -o comm= | grep -xE 'virtlogd|wdmd|sanlock|qemu.*|glusterfs' | sort
"""

# Readable by root alone, whatever umask root has; the run itself stays, as the journal of what was done.
OPEN_TO_OTHERS = "find /var/lib/ovirt-hc-setup/runs -perm /077"


def reset(lab: Lab) -> str:
    return shell(lab, "ovirt-hc-setup reset --confirm hosted_storage --output plain", timeout=400)


def command(lab: Lab, output: str = "jsonl") -> tuple[str, ...]:
    words = ("deploy", "--unattended", "--answers", str(rehearsal.ANSWERS_FILE), "--answers", str(rehearsal.SECRETS_FILE))
    key = shell(lab, "cat /root/.ssh/id_ed25519.pub").strip()
    return ("ovirt-hc-setup", *words, "--set", f"OVEHOSTED_VM/rootSshPubkey={key}", "--output", output)


def begin(lab: Lab, *more: str) -> subprocess.Popen[bytes]:
    """The front-end, as an operator starts it."""
    words = (*command(lab), *more)
    return subprocess.Popen(lab.host("hc1").entering(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


# The newest run that is not taken back; nothing while the wizard is still at its checks.
EVENTS = """
for run in $(ls -dr /var/lib/ovirt-hc-setup/runs/*-deploy-*); do
    grep -q '"resource": "", "kind": "undone"' $run/journal.jsonl || { echo $run/events.jsonl; break; }
done
"""


def wait_for(lab: Lab, text: str, limit: float = 400) -> None:
    """Wait until the run's events hold a text."""
    until = time.monotonic() + limit
    while not lab.exec("hc1", "sh", "-c", f"grep -q '{text}' $({EVENTS}) /dev/null", check=False).ok:
        assert time.monotonic() < until, f"no {text} within {limit} s"
        time.sleep(0.3)


def wait_worker(lab: Lab, limit: float = 60) -> None:
    """Wait until a worker is at work."""
    until = time.monotonic() + limit
    while not shell(lab, f"systemctl list-units --plain --no-legend --state=active '{UNIT}'"):
        assert time.monotonic() < until, f"no worker within {limit} s"
        time.sleep(0.3)


def wait_no_front_end(lab: Lab, limit: float = 60) -> None:
    until = time.monotonic() + limit
    while shell(lab, FRONT_ENDS):
        assert time.monotonic() < until, f"the front-end lives on without a terminal, after {limit} s"
        time.sleep(0.3)


def kill_worker(lab: Lab) -> None:
    shell(lab, f"systemctl kill -s KILL '{UNIT}'")
    shell(lab, f"while systemctl list-units --plain --no-legend --state=active '{UNIT}' | grep -q .; do sleep 0.1; done")


def test_taking_back_leaves_the_host_as_it_was_before_and_deploying_again_survives_two_kills(deployed: Lab) -> None:
    refused = deployed.exec("hc1", "ovirt-hc-setup", "reset", "--yes", check=False)
    assert refused.code == 2
    assert "--confirm hosted_storage" in refused.err
    reset(deployed)
    bare = shell(deployed, TRACES)
    assert "HostedEngine" not in bare
    assert "ovirtmgmt" not in bare
    for left in ("/etc/sanlock ", "/run/ovirt-hc", "virtlogd.service"):
        assert left not in bare
    assert shell(deployed, OPEN_TO_OTHERS) == ""
    assert_golden("reset", since(deployed, "hc1"))

    # The connection lives while its interface goes into the bridge. Then the SSH client is killed: the front-end goes with its
    # terminal, and the worker goes on.
    with Terminal(over_ssh(deployed, "hc1", *command(deployed, "auto"))) as terminal:
        wait_for(deployed, '"resource-ended".*"bridge"')
        assert shell(deployed, FRONT_ENDS)
        terminal.child.kill(signal.SIGKILL)
    wait_no_front_end(deployed)
    wait_for(deployed, '"progressed".*"appliance-copy"')
    run = json.loads(deployed.exec("hc1", "ovirt-hc-setup", "status", "--json", check=False).out)["run"]
    assert (run["active"], run["verb"], "appliance-copy" in run["doing"]) == (True, "deploy", True)  # beside others, perhaps
    kill_worker(deployed)
    told = deployed.exec("hc1", "ovirt-hc-setup", "status", check=False)
    assert (told.code, "stopped half way" in told.out, "ovirt-hc-setup reset" in told.out) == (4, True, True), told.describe()

    # The VM is not defined yet, so it may still be made larger; the bridge is there, so its name is what it is.
    larger = ("--set", "OVEHOSTED_VM/vmMemSizeMB=1152")
    refused = deployed.exec("hc1", *command(deployed), *larger, "--set", "OVEHOSTED_NETWORK/bridgeName=other", check=False)
    assert refused.code == 2
    assert "OVEHOSTED_NETWORK/bridgeName is 'other' in --set, but the interrupted run has 'ovirtmgmt'" in refused.err
    assert "already used it" in refused.err
    another = ("--set", "OVEHOSTED_ENGINE/adminPassword=file:/etc/hostname")
    other = deployed.exec("hc1", *command(deployed, "plain"), *another, check=False)
    assert (other.code, "is not the one of the interrupted run" in other.err) == (2, True), other.describe()

    front = begin(deployed, *larger)
    wait_for(deployed, '"log-line".*"engine-setup"', limit=900)
    kill_worker(deployed)
    front.communicate(timeout=60)
    assert front.returncode == 4
    health = deployed.exec("hc1", "ovirt-hc-setup", "engine", "health", check=False)
    assert health.code == 3, health.describe()  # the VM is there, and its engine not yet

    assert "1179648" in shell(deployed, "virsh dumpxml HostedEngine")
    smaller = deployed.exec("hc1", *command(deployed), check=False)
    assert smaller.code == 2
    assert "vmMemSizeMB is '1024'" in smaller.err

    # A front-end that is killed takes nothing with it, and the work can be seen again.
    front = begin(deployed, *larger)
    wait_worker(deployed)
    front.kill()
    front.communicate(timeout=60)
    attached = deployed.exec("hc1", "ovirt-hc-setup", "deploy", "--attach", "--output", "plain", timeout=900)
    assert "Hosted Engine successfully deployed." in attached.out
    assert [verdict for verdict in rehearsal.verdicts(deployed) if not verdict.ok] == []
    for password in secrets(deployed).values():
        assert password not in attached.out

    # Taken back once more, the host is again as it was; and the next test finds it deployed, with the others in it.
    reset(deployed)
    assert shell(deployed, TRACES) == bare
    others = [fqdn(host) for host in HOSTS[1:]]
    again = deployed.exec("hc1", *command(deployed, "plain"), "--set", f"HC_HOSTS/additional={','.join(others)}", timeout=1500)
    assert f"Joined: {', '.join(others)}" in again.out
    numbers = [json.loads(shell(deployed, "ovirt-hc-setup status --json"))[str(number)]["hostname"] for number in (1, 2, 3)]
    assert numbers == [fqdn(host) for host in HOSTS]
