"""What holds data is destroyed only by its name, typed or given with --confirm, whatever else was said."""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from ovirt_hc_setup.base.errors import Declined, UsageError
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.verbs import reset

NAME = "hosted_storage"


@dataclass
class Holding:
    """As much of a resource as is asked here."""

    name: str

    def holds_data(self) -> str:
        return self.name


@dataclass
class Person:
    """Types `words`, one after the other; `asked` are the prompts."""

    words: list[str]
    asked: list[str] = field(default_factory=list)

    def text(self, prompt: str, *, name: str) -> str:
        self.asked.append(prompt)
        return self.words.pop(0)

    def confirm(self, text: str, *, default: bool, name: str) -> bool:
        self.asked.append(text)
        return self.words.pop(0) == "yes"


def confirm(
    monkeypatch: pytest.MonkeyPatch,
    person: Person | None,
    *,
    names: Sequence[str] = (NAME, ""),
    yes: bool = False,
    said: str = "",
) -> None:
    monkeypatch.setattr(reset, "dialog_of", lambda args: cast(Dialog | None, person))
    args = argparse.Namespace(yes=yes, confirm=[said] if said else [])
    steps: Any = [Holding(name) for name in names]
    reset._confirm(args, cast(Sequence[Resource], steps), Plain(io.StringIO()))


@pytest.mark.parametrize("yes", [False, True])
@pytest.mark.parametrize("said", ["", "another", NAME.upper()])
def test_at_a_terminal_the_name_has_to_be_typed(monkeypatch: pytest.MonkeyPatch, yes: bool, said: str) -> None:
    person = Person([NAME])
    confirm(monkeypatch, person, yes=yes, said=said)
    assert len(person.asked) == 1
    assert NAME in person.asked[0]


@pytest.mark.parametrize("typed", ["", "yes", "Hosted_Storage", "hosted_storag"])
def test_anything_but_the_name_is_no(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    with pytest.raises(Declined):
        confirm(monkeypatch, Person([typed]), yes=True)


def test_each_name_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person([NAME, "engine"])
    confirm(monkeypatch, person, names=[NAME, NAME, "engine"])
    assert len(person.asked) == 2


def test_a_name_that_was_given_still_needs_a_yes_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Declined):
        confirm(monkeypatch, Person(["no"]), said=NAME)
    confirm(monkeypatch, Person(["yes"]), said=NAME)
    confirm(monkeypatch, Person([]), said=NAME, yes=True)


@pytest.mark.parametrize("said", ["", "another"])
def test_without_a_terminal_the_name_has_to_be_given(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    with pytest.raises(UsageError, match=f"this destroys {NAME}") as refused:
        confirm(monkeypatch, None, yes=True, said=said)
    assert f"--confirm {NAME}" in refused.value.hint
    confirm(monkeypatch, None, said=NAME)


def test_what_holds_no_data_needs_a_yes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    confirm(monkeypatch, Person(["yes"]), names=["", ""])
    with pytest.raises(UsageError):
        confirm(monkeypatch, None, names=[""])
