"""`check` ends with a verdict and the next command, the one that was checked for."""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup.base.events import Found, Sink
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.verbs import check

FINE = Found(check="vm.memory", severity="ok", found="enough")
DOUBT = Found(check="host.accelerator", severity="warning", found="slow", expected="KVM", remedy="Switch it on.")


class Checked:
    """A wizard whose checks find this."""

    found: Sequence[Found] = (FINE, DOUBT)

    def __init__(self, *_: Any) -> None:
        pass

    def ask(self) -> None:
        pass

    def check(self, sink: Sink) -> None:
        for event in self.found:
            sink(event)


def run(monkeypatch: pytest.MonkeyPatch, **options: Any) -> str:
    out = io.StringIO()
    monkeypatch.setattr(check, "Wizard", Checked)
    monkeypatch.setattr(check, "require_root", lambda: None)
    monkeypatch.setattr(check, "reporter", lambda output: Plain(out))
    words: dict[str, Any] = {"verbose": False, "output": "plain", "unattended": True, "dialog": ""}
    words |= {"answers": [], "settings": [], "environment": [], **options}
    assert check.run(argparse.Namespace(**words)) == 0
    return out.getvalue()


def test_the_verdict_counts_and_names_what_was_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(monkeypatch)
    assert "1 of 2 checks passed. Warnings: host.accelerator." in said
    assert "nothing was changed" in said


def test_the_next_command_has_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(monkeypatch, answers=[Path("/root/my site.conf")], settings=["A/b=1"])
    assert "Next: ovirt-hc-setup deploy --unattended --yes --answers '/root/my site.conf' --set A/b=1" in said
