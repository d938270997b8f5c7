"""What holds data is destroyed only by its name, answered or given with --confirm, whatever else was said; a slip is a no.

A front-end of the machine dialect answers: the name is asked of a person by the same call.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from ovirt_hc_setup.base.errors import Conflict, Declined, UsageError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.report.machine_lines import MachineLines
from ovirt_hc_setup.runner.resource import Progress, Resource
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.verbs.reset import _confirm, _refuse_in_use
from tests.runner.marker import Marker


class Holding(Marker):
    """A resource with data in it."""

    def holds_data(self) -> str:
        return self.text


NAME = "hosted_storage"
PLAIN, DATA = Marker(name="a", path=Path("/a"), text="x"), Holding(name="b", path=Path("/b"), text=NAME)
VOLUME = Holding(name="c", path=Path("/c"), text="engine")
AGREED = "CONFIRM HC_RESET_PROCEED=yes\n"


def told(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    *steps: Resource,
    dialog: str = "machine",
    confirm: tuple[str, ...] = (),
    yes: bool = False,
) -> str:
    """What was said before it was agreed to."""
    out = SimpleNamespace(buffer=io.BytesIO(), flush=lambda: None, isatty=lambda: False)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False))
    monkeypatch.setattr("sys.stdout", out)
    _confirm(argparse.Namespace(dialog=dialog, output="auto", confirm=confirm, yes=yes), steps, MachineLines())
    said: str = out.buffer.getvalue().decode()
    return said


def test_a_program_names_what_is_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "***Q:STRING HC_DESTROY\n" in told(monkeypatch, f"{NAME}\n", PLAIN, DATA)
    assert told(monkeypatch, AGREED, DATA, confirm=(NAME,)).startswith("***CONFIRM")


@pytest.mark.parametrize("confirm", [(), ("another",), (NAME.upper(),)])
def test_neither_yes_nor_another_name_saves_the_question(monkeypatch: pytest.MonkeyPatch, confirm: tuple[str, ...]) -> None:
    said = told(monkeypatch, f"{NAME}\n", DATA, yes=True, confirm=confirm)
    assert said.count("***Q:STRING HC_DESTROY\n") == 1
    assert NAME in said


def test_each_name_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, f"{NAME}\nengine\n", DATA, DATA, VOLUME).count("***Q:STRING HC_DESTROY\n") == 2


@pytest.mark.parametrize("text", ["hosted_storag\n", "Hosted_Storage\n", "yes\n", "\n", "hosted_storage", ""])
def test_anything_but_the_whole_name_is_a_no(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(Declined):
        told(monkeypatch, text, DATA, yes=True)


def test_a_name_that_was_given_still_needs_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Declined):
        told(monkeypatch, "CONFIRM HC_RESET_PROCEED=no\n", DATA, confirm=(NAME,))
    told(monkeypatch, AGREED, DATA, confirm=(NAME,))
    assert told(monkeypatch, "", DATA, confirm=(NAME,), yes=True) == ""


def test_without_data_a_yes_is_enough_and_has_to_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, AGREED, PLAIN)
    for text in ("CONFIRM HC_RESET_PROCEED=no\n", "ABORT HC_RESET_PROCEED\n", "\n"):
        with pytest.raises(Declined):
            told(monkeypatch, text, PLAIN)


@pytest.mark.parametrize("confirm", [(), ("another",)])
def test_with_nobody_to_ask_the_command_line_has_to_say_it(monkeypatch: pytest.MonkeyPatch, confirm: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=f"destroys {NAME}") as refused:
        told(monkeypatch, "", DATA, dialog="console", yes=True, confirm=confirm)
    assert f"--confirm {NAME}" in refused.value.hint
    told(monkeypatch, "", DATA, dialog="console", confirm=(NAME,))
    with pytest.raises(UsageError, match="no terminal"):
        told(monkeypatch, "", PLAIN, dialog="console")


class Shared(Marker):
    """Something that other hosts use."""

    @property
    def makes(self) -> tuple[str, ...]:
        return ("domain x",)

    def in_use(self, host: Host, others: Sequence[Resource], progress: Progress) -> str:
        return "other hosts are alive in it"


class OnIt(Marker):
    @property
    def uses(self) -> tuple[str, ...]:
        return ("domain x",)


SHARED, DISK = Shared(name="domain", path=Path("/d"), text="x"), OnIt(name="disk", path=Path("/e"), text="x")


@pytest.mark.parametrize("steps", [[DISK], [PLAIN, DISK], [DISK, SHARED]])
def test_what_others_use_is_not_emptied_by_leaving_it_behind(steps: list[Resource]) -> None:
    with pytest.raises(Conflict, match="other hosts are alive in it") as refused:
        _refuse_in_use(LocalHost(), [DISK, PLAIN, SHARED], steps, MachineLines())
    assert ("these too: disk" in refused.value.hint) == (SHARED not in steps)


def test_what_is_left_with_all_that_lies_on_it_is_nobodys_matter() -> None:
    _refuse_in_use(LocalHost(), [DISK, PLAIN, SHARED], [PLAIN], MachineLines())
