"""Supplied answers before a run: everything odd is said once, and nothing begins when something is wrong."""

from __future__ import annotations

import argparse
import io
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType

import pytest

from ovirt_hc_setup.base.errors import AnswersRefused, UsageError
from ovirt_hc_setup.base.event_types import Event, Note
from ovirt_hc_setup.commandline.audience import secret_asker
from ovirt_hc_setup.commandline.options import add_answers
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost


class Remembering:
    """A reporter that shows nothing."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def __enter__(self) -> Remembering:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def pause(self) -> AbstractContextManager[None]:
        return nullcontext()


def parsed(*words: str) -> RunOptions:
    parser = argparse.ArgumentParser()
    add_answers(parser)
    return RunOptions.of(parser.parse_args(words))


def test_what_is_odd_is_said_once_however_often_the_answers_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "site.conf"
    path.write_text("[environment:default]\nOVEHOSTED_VM/vmBoot=str:pxe\nOVEHOSTED_VM/maxVCpus=str:64\n")
    with path.open("a") as file:
        file.write("OVEHOSTED_ENGINE/adminPassword=str:secretsecret\n")
    path.chmod(0o644)
    report = Remembering()
    wizard = Wizard(parsed("--config-append", str(path)), LocalHost("test"), report, None)
    assert [given.name for given in wizard.supplied()] == [given.name for given in wizard.supplied()]
    notes = [event.text for event in report.events if isinstance(event, Note)]
    assert len(notes) == 3
    for part in ("vmBoot=pxe", "Kept, but without effect here: 1 answer of oVirt's", f"chmod 600 {path}"):
        assert any(part in note for note in notes)
    assert sum("vmBoot" in note for note in notes) == 1, "what was warned of is not told again among the others"
    assert "secretsecret" not in "".join(notes)


def test_nothing_begins_when_an_answer_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "site.conf"
    path.write_text("[environment:default]\nOVEHOSTED_NETWORK/fqdn=engine\n")
    wizard = Wizard(parsed("--answers", str(path)), LocalHost("test"), Remembering(), None)
    with pytest.raises(AnswersRefused, match="line 2: the value of OVEHOSTED_NETWORK/fqdn has no type"):
        wizard.supplied()


def test_secrets_cannot_be_asked_for_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert secret_asker(parsed("--unattended")) is None
    with pytest.raises(UsageError, match="--ask-secrets: there is no terminal for questions"):
        secret_asker(parsed("--unattended", "--ask-secrets"))
