"""Completion in the real shells, each in a pty: a Tab at the end of what is typed, and the words that the shell then has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from ovirt_hc_setup import cli
from tests.terminal import ENTER, Terminal

HOME = "\x01"  # to the beginning of the line
TAB = "\t"
LIMIT = 20.0
PROGRAM = "ovirt-hc-setup"
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "PS1='ready> '"),
    "zsh": (["zsh", "-f", "-i"], "PS1='ready> '; autoload -Uz compinit; compinit -D -u"),
    "fish": (["fish", "--no-config", "-i"], "function fish_prompt; echo -n 'ready> '; end"),
}
WORDS = {
    f"dep{TAB}": "[deploy]",
    f"deploy --outp{TAB} pl{TAB}": "[deploy][--output][plain]",
    f"deploy --output=pl{TAB}": "[deploy][--output=plain]",
    f"deploy --answers {{folder}}/si{TAB}": "[deploy][--answers][{folder}/site.conf]",
    f"deploy --set OVEHOSTED_CORE/conf{TAB}Tr{TAB}": "[deploy][--set][OVEHOSTED_CORE/confirmSettings=True]",
    f"deploy --set OVEHOSTED_ENGINE/adminPass{TAB}fi{TAB}{{folder}}/si{TAB}": "[OVEHOSTED_ENGINE/adminPassword=file:{folder}/",
    f"answers ex{TAB} OVEHOSTED_VM/vmMA{TAB}": "[answers][explain][OVEHOSTED_VM/vmMACAddr]",
    f"answers --plugin x val{TAB} --for add{TAB} {{folder}}/si{TAB}": "[validate][--for][add-host][{folder}/site.conf]",
    f"lab exec --name x hc2{TAB} ls": "[lab][exec][--name][x][hc2][ls]",
    f"engine sto{TAB} --no{TAB}": "[engine][stop][--now]",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one file to be found."""
    found = tmp_path_factory.mktemp("h")
    (found / "site.conf").touch()
    return found


@pytest.fixture(scope="module", params=list(SHELLS))
def shell(request: pytest.FixtureRequest, folder: Path) -> Iterator[Terminal]:
    """A shell that has read its script, at its prompt."""
    command, begin = SHELLS[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    script = folder / request.param
    with script.open("w") as out, redirect_stdout(out):
        assert cli.main(["completion", request.param]) == 0
    with Terminal(command, env={"HOME": str(folder)}) as opened:
        opened.press(f"{begin}; source {script}; echo lo''aded{ENTER}")
        opened.wait("loaded")
        opened.wait("ready>")
        yield opened


@pytest.mark.parametrize("typed", WORDS, ids=lambda typed: typed.replace(TAB, "_").replace(" ", ".").replace("/", "."))
def test_a_tab_ends_the_word(shell: Terminal, typed: str, folder: Path) -> None:
    shell.press(f"{PROGRAM} {typed.format(folder=folder)}{HOME}printf '[%s]' {ENTER}")
    shell.wait(WORDS[typed].format(folder=folder), LIMIT)


def test_every_verb_and_no_hidden_one_is_offered(shell: Terminal) -> None:
    shell.press(f"{PROGRAM} {TAB}{TAB}")
    for verb in ("deploy", "add-host", "remove-host", "status", "reset", "completion"):
        shell.wait_visible(verb)
    assert "program-id" not in shell.text()
    shell.control("c")
