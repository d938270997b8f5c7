"""What is destroyed has to be named, by a person and by a program alike; a slip is a no."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from ovirt_hc_setup.base.errors import Declined, UsageError
from ovirt_hc_setup.report.machine import MachineLines
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.verbs.reset import _confirm
from tests.runner.marker import Marker


class Holding(Marker):
    """A resource with data in it."""

    def holds_data(self) -> str:
        return self.text


PLAIN, DATA = Marker(name="a", path=Path("/a"), text="x"), Holding(name="b", path=Path("/b"), text="hosted_storage")


def told(
    monkeypatch: pytest.MonkeyPatch, text: str, *steps: Resource, dialog: str = "machine", confirm: tuple[str, ...] = ()
) -> str:
    """What was said before it was agreed to."""
    out = SimpleNamespace(buffer=io.BytesIO(), flush=lambda: None, isatty=lambda: False)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False))
    monkeypatch.setattr("sys.stdout", out)
    _confirm(argparse.Namespace(dialog=dialog, output="auto", confirm=confirm, yes=False), steps, MachineLines())
    said: str = out.buffer.getvalue().decode()
    return said


def test_a_program_names_what_is_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "***Q:STRING HC_DESTROY\n" in told(monkeypatch, "hosted_storage\n", PLAIN, DATA)
    assert told(monkeypatch, "CONFIRM HC_RESET_PROCEED=yes\n", DATA, confirm=("hosted_storage",)).startswith("***CONFIRM")


@pytest.mark.parametrize("text", ["hosted_storag\n", "yes\n", "\n", "hosted_storage", ""])
def test_anything_but_the_whole_name_is_a_no(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(Declined):
        told(monkeypatch, text, DATA)


def test_without_data_a_yes_is_enough_and_has_to_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "CONFIRM HC_RESET_PROCEED=yes\n", PLAIN)
    for text in ("CONFIRM HC_RESET_PROCEED=no\n", "ABORT HC_RESET_PROCEED\n", "\n"):
        with pytest.raises(Declined):
            told(monkeypatch, text, PLAIN)


def test_with_nobody_to_ask_the_command_line_has_to_say_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="destroys hosted_storage"):
        told(monkeypatch, "", DATA, dialog="console")
