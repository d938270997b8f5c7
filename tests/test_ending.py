"""How commands end: with the exit codes that are documented, and with a last line for programs that read the output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ovirt_hc_setup import cli
from ovirt_hc_setup.base import errors
from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.verbs import answers as verb

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="the verb wants root first")


def run(*words: str, told: str = "") -> subprocess.CompletedProcess[str]:
    """The real program, without a terminal."""
    argv = (sys.executable, "-m", "ovirt_hc_setup", *words)
    return subprocess.run(argv, input=told, capture_output=True, text=True, check=False, timeout=120)


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


WRONG = [
    (("deploy", "--nonsense"), 2),
    (("deploy", "--resume"), 2),
    (("deploy", "--attach"), 6),
    (("deploy", "--answers", "/does/not/exist"), 2),
    (("deploy", "--unattended", "--set", "OVEHOSTED_VM/vmMemSizeMB=abc", "--ask-secrets"), 2),
    (("add-host", "--attach"), 6),
    (("check", "--ask-secrets", "--unattended"), 2),
    (("reset",), 6),
    (("remove-host",), 6),
    (("status",), 6),
    (("engine", "health"), 6),
    (("engine", "console"), 6),
    (("rehearse", "--interactive"), 2),
]


@AS_ROOT
@pytest.mark.parametrize(("words", "code"), WRONG, ids=lambda found: " ".join(found) if isinstance(found, tuple) else "")
def test_with_jsonl_there_is_nothing_but_events_and_the_last_one_says_how_it_ended(words: tuple[str, ...], code: int) -> None:
    done = run(*words, "--output", "jsonl")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    last = events(done)[-1]
    assert (last["type"], last["exit_code"]) == ("ended", code)
    assert last["message"]
    assert all(event["v"] == 1 and event["at"] > 0 for event in events(done))
    assert [event["type"] for event in events(done)].count("ended") == 1


@AS_ROOT
@pytest.mark.parametrize("words", [("deploy", "--attach"), ("add-host", "--attach"), ("reset",), ("remove-host",)], ids=" ".join)
def test_the_machine_dialect_says_what_went_wrong_and_that_it_is_over(words: tuple[str, ...]) -> None:
    done = run(*words, "--dialog", "machine")
    assert done.returncode == 6
    *_, said, last = done.stdout.splitlines()
    assert said.startswith("***L:ERROR ")
    assert last == "***TERMINATE"
    assert all(line.startswith(("#", "***", "**%")) for line in done.stdout.splitlines())


@AS_ROOT
def test_the_dialect_may_be_asked_for_as_otopi_was(tmp_path: Any) -> None:
    done = run("deploy", "--attach", "--otopi-environment", "DIALOG/dialect=str:machine")
    assert done.stdout.splitlines()[-1] == "***TERMINATE"


CUSTOMIZED = ("--dialog", "machine", "--otopi-environment", "DIALOG/customization=bool:True")


@AS_ROOT
@pytest.mark.parametrize("told", ["noop\nabort\n", "noop\n", "abo"], ids=["aborted", "closed", "in the middle of a word"])
def test_a_front_end_that_gives_up_has_said_no(told: str) -> None:
    done = run("check", *CUSTOMIZED, told=told)
    assert done.returncode == 5, done.stderr
    assert "***Q:STRING CUSTOMIZATION_COMMAND" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "***TERMINATE"


@AS_ROOT
def test_the_dialect_shares_standard_output_with_nothing() -> None:
    done = run("deploy", "--dialog", "machine", "--output", "jsonl")
    assert done.returncode == 2
    assert "needs standard output for itself" in done.stdout
    assert done.stdout.splitlines()[-1] == "***TERMINATE"


@AS_ROOT
def test_nobody_is_asked_among_events() -> None:
    done = run("deploy", "--output", "jsonl")
    assert done.returncode == 2
    assert "asks no questions" in events(done)[-1]["message"]


def test_a_reader_that_goes_away_is_no_bug() -> None:
    script = f"{sys.executable} -m ovirt_hc_setup answers reference | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 130)  # 0: all of it fitted into the pipe


def ends(monkeypatch: pytest.MonkeyPatch, work: Callable[[Any], int]) -> int:
    monkeypatch.setattr(verb, "run", work)
    return cli.main(["answers", "keys"])


def raising(error: BaseException) -> Callable[[Any], int]:
    def work(args: Any) -> int:
        raise error

    return work


CODES = {
    SetupError: 4,
    errors.UsageError: 2,
    errors.ValueRefused: 2,
    errors.AnswerError: 2,
    errors.FormatError: 4,
    errors.CheckFailed: 3,
    errors.CommandFailed: 4,
    errors.Conflict: 4,
    errors.Declined: 5,
    errors.NotDeployed: 6,
    errors.Stopped: 130,
}


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_every_error_has_the_code_of_its_kind_and_says_how_to_mend_it(
    kind: type[SetupError], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(monkeypatch, raising(kind("it broke", hint="Mend it.", host="hc1"))) == CODES[kind]
    shown = capsys.readouterr()
    assert shown.err == "ovirt-hc-setup: hc1: it broke\n  Mend it.\n"
    assert shown.out == ""


def test_interrupting_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(monkeypatch, raising(KeyboardInterrupt())) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_bug_shows_a_traceback_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(monkeypatch, raising(ZeroDivisionError("by us"))) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: by us" in said
    assert "ovirt-hc-setup bundle" in said


@AS_ROOT
@pytest.mark.parametrize("words", ["check --unattended", "deploy --plan --unattended"])
def test_where_nothing_is_at_work_a_closed_output_does_not_say_that_something_continues(words: str) -> None:
    pipe = f"{sys.executable} -m ovirt_hc_setup {words} --output jsonl | true"
    done = subprocess.run(["bash", "-c", pipe], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines() == ["ovirt-hc-setup: the output is closed"]
