"""What one reads first: a help that fits a terminal of 80x24, and what is said of a command line that makes no sense."""

from __future__ import annotations

import pytest

from ovirt_hc_setup import __version__, cli
from ovirt_hc_setup.base.shown import VERBS
from ovirt_hc_setup.formats.shell.command_tree import Command, read
from ovirt_hc_setup.verbs.every_verb import parser_of

EVERY = list(read(parser_of()).every())
OF_VERBS = [command for command in EVERY if len(command.path) == 1]


def ended(capsys: pytest.CaptureFixture[str], *words: str, code: int) -> str:
    """What is shown, on standard output when it ends well and on standard error otherwise."""
    try:
        found = cli.main(words)
    except SystemExit as end:
        found = int(end.code or 0)
    shown = capsys.readouterr()
    assert found == code
    assert (shown.err if code == 0 else shown.out) == ""
    return shown.out or shown.err


@pytest.mark.parametrize("command", EVERY, ids=lambda command: " ".join(command.path) or "program")
@pytest.mark.parametrize("columns", ["80", "200"])
def test_every_help_fits_a_screen(
    command: Command, columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where this fails for a new option: shorten what the others say, or put it among those that are seldom needed (`more`)."""
    monkeypatch.setenv("COLUMNS", columns)
    lines = ended(capsys, *command.path, "--help", code=0).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", OF_VERBS, ids=lambda command: command.path[0])
def test_every_verb_shows_examples_that_the_parser_takes(command: Command) -> None:
    _, found, lines = command.epilog.partition("examples:\n")
    assert found
    for line in lines.splitlines():
        words = line.partition("    ")[0] if not line.startswith("  ") else line.strip().partition("    ")[0]
        _, _, words = words.partition("ovirt-hc-setup ")
        given = words.split(">")[0].split("|")[0].strip().rstrip('")').split()
        assert parser_of([given[0]]).parse_args(given).verb == command.path[0]


def test_every_verb_stands_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    shown = ended(capsys, "--help", code=0)
    assert all(f"\n  {verb} " in shown for verb in VERBS)
    assert "host-up" not in shown


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(capsys, "--version", code=0) == f"ovirt-hc-setup {__version__}\n"


@pytest.mark.parametrize("words", [(), ("lab",), ("engine",), ("answers",)])
def test_without_a_verb_or_an_action_the_help_is_shown(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(capsys, *words, code=2) == ended(capsys, *words, "--help", code=0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("deplyo", "there is no verb 'deplyo'; did you mean deploy?\n  ovirt-hc-setup --help"),
        ("hosted", "there is no verb 'hosted'\n  ovirt-hc-setup --help"),
        ("worke", "there is no verb 'worke'\n"),
        ("answers exlain X", "ovirt-hc-setup answers: there is no action 'exlain'; did you mean explain?"),
        (
            "deploy --anwers x",
            "there is no option --anwers; did you mean --answers?\n  'x' is unexpected here\n  ovirt-hc-setup deploy --help",
        ),
        ("engine stop --nwo", "there is no option --nwo; did you mean --now?\n  ovirt-hc-setup engine stop --help"),
        ("deploy --output=rihc", "'rihc' is not one of: auto, rich, plain, jsonl"),
        ("deploy --answers", "argument --answers/--config-append: expected one argument"),
        ("check site.conf", "'site.conf' is unexpected here"),
    ],
)
def test_what_makes_no_sense_gets_the_nearest_name(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in ended(capsys, *words.split(), code=2)


@pytest.mark.parametrize(
    "words", [("cut", "hc1", "--for", "-1"), ("freeze", "hc1", "--for", "nan"), ("slow", "hc1", "--net", "0")]
)
def test_a_length_of_time_that_is_none_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert "is not a whole number from 1 to" in ended(capsys, "lab", *words, code=2)
