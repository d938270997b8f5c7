"""A rehearsal: the main job, for real, on three hosts inside this machine."""

from __future__ import annotations

import secrets
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.shown import CALLED, NAME, called
from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.base_image import Progress
from ovirt_hc_setup.lab.devices import try_kvm
from ovirt_hc_setup.lab.host_kinds import HostKind
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.places import ENGINE_FQDN, ENGINE_MAC, HOSTS, lab_name
from ovirt_hc_setup.lab.refusals import install_needed, refuse
from ovirt_hc_setup.lab.whole_lab import Lab

PROGRAM = "/usr/local/bin/ovirt-hc-setup"
FIRST, SECOND = HOSTS[:2]
SECRETS_FILE = Path("/root/rehearsal-secrets.conf")
ANSWERS_FILE = Path("/root/rehearsal.conf")
HA_PATH = "hosted-engine:1:/run/vdsm/storage/"
"""How sanlock's status begins for the first host's id in HA's lockspace."""

HEALTH = f"http://{ENGINE_FQDN}/ovirt-engine/services/health"


@dataclass(frozen=True)
class Proof:
    """One thing that a deployment has to have brought about, looked at from outside of it."""

    what: str
    ok: bool
    seen: str


def make_ready(progress: Progress, kind: HostKind) -> None:
    """What is slow and kept: programs on this machine, the hosts' base, the appliance. Refuses as a lab does."""
    refuse()
    install_needed(progress)
    try_kvm(progress)
    kind.made_of(progress)
    appliance(progress)


def prepare(lab: Lab, progress: Progress, kind: HostKind | None = None) -> None:
    """Three hosts, a started replica-3 volume, passwords drawn anew."""
    if not lab.is_up():
        make_ready(progress, kind or lab.kind)
    lab.up(progress, kind=kind)
    make_engine_volume(lab, progress)
    if not lab.exec(FIRST, "test", "-e", str(SECRETS_FILE), check=False).ok:
        lab.host(FIRST).write(SECRETS_FILE, _secrets().encode(), mode=0o600)


def _guest_key(lab: Lab) -> tuple[str, str]:
    """The first host may log in to the engine VM, so that one can look into it."""
    key = lab.exec(FIRST, "cat", "/root/.ssh/id_ed25519.pub").out.strip()
    return ("--set", f"OVEHOSTED_VM/rootSshPubkey={key}")


def _cpus(lab: Lab) -> tuple[str, ...]:
    """Where a host has one CPU, as with a kernel of its own, the engine VM has no more."""
    found = lab.exec(FIRST, "nproc").out.strip()
    return ("--set", "OVEHOSTED_VM/vmVCpus=1") if found == "1" else ()


def _wiring(lab: Lab) -> tuple[str, ...]:
    """What differs from the answers' one card on one network."""
    topology = lab.kind.topology
    values = {"bridgeIf": topology.top, "gateway": topology.gateway}
    return tuple(word for key, value in values.items() for word in ("--set", f"OVEHOSTED_NETWORK/{key}={value}"))


def _secrets() -> str:
    lines = ["[environment:default]"]
    for key in ("OVEHOSTED_VM/cloudinitRootPwd", "OVEHOSTED_ENGINE/adminPassword"):
        lines.append(f"{key}=str:{secrets.token_urlsafe(12)}")
    return "\n".join(lines) + "\n"


def deploy(lab: Lab, answers: bytes, options: Sequence[str], *, terminal: bool) -> int:
    """Unattended deployment on the first host, its output passed through; its exit code."""
    lab.host(FIRST).write(ANSWERS_FILE, answers, mode=0o600)
    files = ("--answers", str(ANSWERS_FILE), "--answers", str(SECRETS_FILE))
    settings = (*_guest_key(lab), *_cpus(lab), *_wiring(lab))
    return _inside(lab, ("deploy", "--unattended", *files, *settings, *options), terminal=terminal)


def deploy_by_hand(lab: Lab, options: Sequence[str]) -> int:
    """The real prompts on the first host; only the MAC is given, since the lab's DHCP server knows the engine by it."""
    return _inside(lab, ("deploy", "--set", f"OVEHOSTED_VM/vmMACAddr={ENGINE_MAC}", *options), terminal=True)


def _inside(lab: Lab, words: Sequence[str], *, terminal: bool) -> int:
    # What is printed in there is read out here.
    name = () if lab.name == lab_name(None) else ("--name", lab.name)
    way = f"{called()} {shlex.join(('lab', 'exec', *name, FIRST, '--', NAME))}"
    argv = lab.host(FIRST).entering((PROGRAM, *words), terminal=terminal, env={CALLED: way})
    return subprocess.run(argv, check=False).returncode


def verdicts(lab: Lab) -> list[Proof]:
    """What a deployment promises, seen from outside: the engine from another host, the VM and its leases on the first."""
    health = lab.exec(SECOND, "curl", "-s", "-m", "20", HEALTH, check=False).out
    vms = lab.exec(FIRST, "virsh", "list", "--name", check=False).out.split()
    leases = lab.exec(FIRST, "sanlock", "client", "status", check=False).out.splitlines()
    spaces = [line for line in leases if line.startswith("s ")]
    of_ha = next((line for line in spaces if line.startswith("s hosted-engine:")), "not held")
    held = [line for line in leases if line.startswith("r ")]
    return [
        Proof(f"the engine's health page answers {SECOND}", "DB Up" in health, health.strip() or "nothing"),
        Proof(f"the engine VM runs on {FIRST}", vms == ["HostedEngine"], ", ".join(vms) or "no VM"),
        Proof("both lockspaces are held", len(spaces) == 2, f"{len(spaces)} held"),
        Proof("HA's by the path that HA asks for", HA_PATH in of_ha, of_ha),
        Proof("the VM's lease is held", len(held) == 1, f"{len(held)} held"),
    ]


def answers_file() -> Path:
    """The rehearsal's answers: beside the package in a checkout, in the package's data otherwise."""
    for root in (Path(__file__).resolve().parents[2], Path(__file__).resolve().parents[1]):
        found = root / "answers" / "rehearsal.conf"
        if found.exists():
            return found
    raise SetupError("the answers of the rehearsal (answers/rehearsal.conf) are not installed")
