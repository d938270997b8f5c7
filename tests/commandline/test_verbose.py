"""`--verbose`: every command is told, how it ended and how long it took, and nothing of what it was given to read."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.base.event_types import CommandRan, Event
from ovirt_hc_setup.base.shown import FOR_HOSTS
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.report.lines import lines
from ovirt_hc_setup.system.host import commands
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.verbs.every_verb import parser_of


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What is told from now on."""
    monkeypatch.setattr(commands, "_watchers", [])
    found: list[Event] = []
    tell_commands(found.append)
    return found


def ran(*argv: str, **words: float) -> None:
    LocalHost("here").run(*argv, check=False, **words)  # type: ignore[arg-type]


def test_a_command_is_told_with_its_exit_code_and_time(told: list[Event]) -> None:
    ran("sh", "-c", "sleep 0.2; exit 3")
    [event] = told
    assert isinstance(event, CommandRan)
    assert (event.command, event.exit_code, event.host) == ("sh -c 'sleep 0.2; exit 3'", 3, "here")
    assert 0.2 <= event.elapsed < 60
    assert lines(event)[0].startswith("$ sh -c 'sleep 0.2; exit 3' (")
    assert lines(event)[0].endswith(" s, ended with 3)")


def test_one_that_took_too_long_was_killed(told: list[Event]) -> None:
    ran("sleep", "60", timeout=0.1)
    assert [event.exit_code for event in told if isinstance(event, CommandRan)] == [-9]


def test_a_script_is_one_line_and_not_told_to_its_end(told: list[Event]) -> None:
    ran("sh", "-c", "true\n" * 1000)
    [line] = lines(told[0])
    assert len(line) < 400


def test_what_a_command_reads_is_not_told(told: list[Event]) -> None:
    LocalHost("here").run("cat", stdin=b"a-secret")
    assert "a-secret" not in repr(told)


@pytest.mark.parametrize("verb", [verb for verb in FOR_HOSTS if verb != "engine"])
def test_every_verb_for_hosts_takes_it(verb: str) -> None:
    assert parser_of([verb]).parse_args([verb, "--verbose"]).verbose
