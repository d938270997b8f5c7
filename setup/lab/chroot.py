"""Running programs in a tree that is being made, in mount and PID namespaces that end with this process."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.system.host.commands import LocalHost

# setpriv's signal reaches unshare when we are killed, and unshare's reaches what runs inside.
_ALONE = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child=KILL")
_INSIDE = {"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}

POLICY = "#!/bin/sh\n# No package starts a daemon while the tree is made.\nexit 101\n"
POLICY_PATH = "usr/sbin/policy-rc.d"


def run_alone(host: LocalHost, *argv: str, timeout: float) -> Outcome:
    """Run a program of this machine in mount and PID namespaces of its own; raises CommandFailed."""
    return host.run(*_ALONE, "--mount-proc", "--", *argv, timeout=timeout)


def run_in(host: LocalHost, tree: Path, *argv: str, timeout: float = 600) -> Outcome:
    """Run a program of the tree with the tree as its root; raises CommandFailed."""
    return host.run(*_ALONE, f"--root={tree}", "--mount-proc=/proc", "--", *argv, timeout=timeout, env=_INSIDE)


def install(host: LocalHost, tree: Path, packages: tuple[str, ...], timeout: float = 1200) -> None:
    """Install Debian packages in a tree without starting anything of theirs; raises CommandFailed."""
    policy = tree / POLICY_PATH
    policy.write_text(POLICY)
    policy.chmod(0o755)
    try:
        run_in(host, tree, "apt-get", "update", "-q", timeout=300)
        run_in(host, tree, "apt-get", "install", "-q", "-y", "--no-install-recommends", *packages, timeout=timeout)
    finally:
        policy.unlink(missing_ok=True)
