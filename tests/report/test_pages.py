"""The preview and the plan fit 80x24 page by page, on every terminal; a line is taken from there by its number."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from ovirt_hc_setup.report.pages import Entry, paged, shortened
from ovirt_hc_setup.report.plan_page import Step, plan_entries
from ovirt_hc_setup.report.plan_page import whole as whole_step
from ovirt_hc_setup.report.preview_page import PreviewLine, preview_entries, whole
from ovirt_hc_setup.report.turning import Page
from tests.report.previews import APPLIANCE, KEY, LINES, STEPS
from tests.screens import assert_golden, seen
from tests.terminal import TERMS, Terminal, ended_tmux, in_tmux

PROGRAM = [sys.executable, "-m", "tests.report.previews"]
ROOT = Path(__file__).resolve().parents[2]


def shown(entries: Sequence[Entry], title: str, capsys: pytest.CaptureFixture[str], words: Sequence[str]) -> str:
    """Everything printed while a person types `words` at the prompts."""
    typed = iter(words)

    def ask(prompt: str, *, name: str) -> str:
        word = next(typed)
        print(f"{prompt}{word}")
        return word

    Page(title, "changes that line", "T").read(ask, lambda width: entries)
    return capsys.readouterr().out


def test_the_preview_is_the_golden_one_page_by_page(capsys: pytest.CaptureFixture[str]) -> None:
    entries = preview_entries(LINES, 80)
    assert_golden("preview-1", seen(shown(entries, "CONFIGURATION PREVIEW", capsys, ["3"])))
    assert_golden("preview-2", seen("\n" * 24 + shown(entries, "CONFIGURATION PREVIEW", capsys, ["+", ""])))


def test_the_plan_is_the_golden_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert_golden("plan", seen(shown(plan_entries(STEPS, 80), "WHAT WILL BE DONE", capsys, [""])))


@pytest.mark.parametrize("rows", [10, 24, 50])
@pytest.mark.parametrize("columns", [60, 80, 132])
def test_no_page_is_larger_than_the_terminal_and_nothing_is_lost(columns: int, rows: int) -> None:
    for entries in (preview_entries(LINES, columns), plan_entries(STEPS, columns)):
        pages = paged(entries, rows)
        assert all(sum(len(entry.lines) for entry in page) <= rows - 3 for page in pages)
        assert all(len(line) < columns for page in pages for entry in page for line in entry.lines)
        numbers = [entry.number for page in pages for entry in page if entry.number]
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(page[-1].number and not page[0].number for page in pages), "a heading begins each page and ends none"


def test_what_differs_from_the_default_is_marked_and_nothing_else() -> None:
    marked = [entry.number for entry in preview_entries(LINES, 80) if "*" in entry.lines[0].plain[:3]]
    assert [LINES[number - 1].key for number in marked] == ["S/path", "V/vcpus"]


def test_a_long_value_is_cut_in_the_middle_and_whole_when_its_line_is_chosen() -> None:
    line = next(line for line in LINES if line.value == KEY)
    text = "\n".join(part.plain for entry in preview_entries([line], 80) for part in entry.lines)
    assert KEY not in "".join(text.split())
    assert "…" in text
    assert "ssh-ed25519" in text
    assert "@hc1.example.com" in text
    assert KEY in "\n".join(whole(line))
    assert APPLIANCE in "\n".join(whole_step(STEPS[8]))


def test_shortening_keeps_both_ends() -> None:
    assert shortened("abcdefghij", 10) == "abcdefghij"
    assert shortened("abcdefghijk", 5) == "ab…jk"


def test_a_step_that_is_shown_whole_stays_above_the_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter(["9", "10", ""])

    def ask(prompt: str, *, name: str) -> str:
        word = next(typed)
        print(f"{prompt}{word}")
        return word

    page = Page("T", "shows a step whole", "T")
    assert page.read(ask, partial(plan_entries, STEPS), whole=lambda number: whole_step(STEPS[number - 1])) == 0
    said = capsys.readouterr().out
    assert said.count("--== T ==--") == 1, "the page is not drawn again over it"
    assert APPLIANCE in "".join(said.split())
    assert "16384 MiB of memory" in said
    assert all(len(line) < 80 for line in said.splitlines())


def test_escapes_and_markup_in_values_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b[31mred[bold]x[/]"
    lines = [PreviewLine("S", "K", "label", evil, evil, "x")]
    steps = [Step("G", (evil, evil))]
    for entries in (preview_entries(lines, 80), plan_entries(steps, 80)):
        said = shown(entries, "T", capsys, ["1"])
        assert "\x1b" not in said
        assert "red[bold]x[/]" in said
    assert "\x1b" not in "".join([*whole(lines[0]), *whole_step(steps[0])])


def test_pages_turn_both_ways_and_a_number_of_another_page_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    entries = preview_entries(LINES, 80)
    said = shown(entries, "T", capsys, ["", "-", "-", "+", "99", "what", "2"])
    titles = [line for line in said.splitlines() if line.startswith("--==")]
    assert titles == [f"--== T (page {page} of 2) ==--" for page in (1, 2, 1, 1, 2)]
    assert "There is no line 99." in said
    assert "Please type one of" in said


@pytest.mark.parametrize("term", TERMS)
def test_on_every_terminal_a_person_turns_the_pages_and_chooses(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with Terminal(PROGRAM, term=term) as terminal:
        terminal.wait("a number changes that line:")
        assert "page 1 of 2" in terminal.display, "its title is still on the screen when the prompt is there"
        terminal.answer("a number changes that line:")
        terminal.wait("- turns back:")
        assert "page 2 of 2" in terminal.display
        terminal.answer("- turns back", "7")
        terminal.wait("".join(APPLIANCE.split()))
        assert terminal.code() == 7


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_in_tmux_a_page_fits_also_after_the_window_was_made_smaller(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("TMUX_TMPDIR", str(tmp_path))
    with ended_tmux("pages"), Terminal(in_tmux(PROGRAM, "pages")) as terminal:
        terminal.wait("a number changes that line:")
        assert "page 1 of 2" in terminal.display
        terminal.resize(80, 14)
        terminal.answer("a number changes that line:")
        terminal.answer("- turns back:", "-")
        terminal.wait("a number changes that line")
        assert "--== CONFIGURATION PREVIEW (page " in terminal.display
        assert "of 2)" not in terminal.display
        terminal.answer("a number changes that line", "2")
        terminal.wait_visible("it ended with 2")


def test_colours_are_left_out_where_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    for entry in preview_entries(LINES, 80):
        Console(file=out, force_terminal=True, highlight=False).print(entry.lines[0])
    assert "\x1b[33" not in out.getvalue()
    assert "\x1b[1;33" not in out.getvalue()
