"""The manual page: every verb and option is in it, and the programs that show it have nothing against it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ovirt_hc_setup import cli
from ovirt_hc_setup.formats.shell.command_tree import Command, read
from ovirt_hc_setup.formats.shell.man_page import page as page_of
from ovirt_hc_setup.verbs.every_verb import parser_of
from ovirt_hc_setup.verbs.man import TEXTS

TITLES = ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "VERBS", "EXAMPLES", "FILES", "ENVIRONMENT", "EXIT STATUS", "SEE ALSO")
OPINIONS = {
    "man": ("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"),
    "groff": ("groff", "-man", "-ww", "-Tutf8"),
    "mandoc": ("mandoc", "-Tlint"),
}


@pytest.fixture
def page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert cli.main(["man"]) == 0
    path = tmp_path / "ovirt-hc-setup.8"
    path.write_text(capsys.readouterr().out)
    return path


@pytest.mark.parametrize("program", OPINIONS)
def test_nothing_is_wrong_with_it(page: Path, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    said = subprocess.run([*OPINIONS[program], str(page)], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    assert program != "mandoc" or said.stdout == ""


def test_it_has_every_section_verb_option_and_example(page: Path) -> None:
    text = page.read_text().replace("\\-", "-")
    assert [line.removeprefix(".SH ") for line in text.splitlines() if line.startswith(".SH ")] == list(TITLES)
    for command in read(parser_of()).every():
        assert not command.path or " ".join(command.path) in text
        for option in command.options:
            assert all(f"\\fB{name}\\fR" in text for name in option.names)
    assert "    ovirt-hc-setup deploy --plan" in text


def test_no_text_becomes_a_request_of_roff() -> None:
    command = Command(("x",), "", ".so /etc/passwd\n\n'br \\n(.x", "", (), (), ())
    text = page_of("p", "1", "2026-01-31", Command((), "", "", "", (), (), (command,)), TEXTS)
    assert "\\&.so /etc/passwd\n.PP\n\\(aqbr \\en(.x\n" in text
