"""`check` ends with a verdict and the next command. A real run of it: tests/lab/test_failure_told.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.verbs.check import _verdict

FINE = Found(check="vm.memory", severity="ok", found="enough")
DOUBT = Found(check="host.accelerator", severity="warning", found="slow", expected="KVM", remedy="Switch it on.")


def verdict(**options: Any) -> str:
    return _verdict(RunOptions(unattended=True, **options), [FINE, DOUBT])


def test_it_counts_and_names_what_was_warned_of() -> None:
    said = verdict()
    assert "1 of 2 checks passed. Warnings: host.accelerator." in said
    assert "nothing was changed" in said


def test_the_next_command_has_the_same_answers() -> None:
    said = verdict(answers=(Path("/root/my site.conf"),), settings=("A/b=1",))
    assert "Next: ovirt-hc-setup deploy --unattended --yes --answers '/root/my site.conf' --set A/b=1" in said
    assert "--yes --ask-secrets --plugin storpool" in verdict(ask_secrets=True, plugin=("storpool",))
