"""Why a host ended instead of booting, by what its console said last."""

from __future__ import annotations

from ovirt_hc_setup.base.errors import SetupError, UsageError

# What a User-Mode Linux kernel tries first, and says. It needs one of the two to be in control of its processes.
_TRIALS = "Checking that seccomp filters can be installed", "Checking that ptrace can"
_BOOTED = "Linux version"
CONSOLE_SHOWN = 2000
"""Characters of a console's end."""


def ended_at_once(host: str, console: str) -> SetupError:
    """UsageError where this machine is one on which no such host can run; else what is known, with the console's end."""
    tried = console.rpartition(_TRIALS[0])[2]
    if tried != console and _TRIALS[1] in tried and _BOOTED not in tried:
        return UsageError(
            "this machine allows neither seccomp filters nor ptrace, so hosts with kernels of their own cannot run here",
            hint="Take --kernel container, or a machine where nothing forbids them (SystemCallFilter=, Yama, a profile).",
        )
    return SetupError(f"{host} is off instead of booting; its console said last:\n{console[-CONSOLE_SHOWN:]}")
