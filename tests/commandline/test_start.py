"""What a command waits for before it says anything: nothing is imported that only later work needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATER = (
    "asyncssh",  # other hosts
    "libvirt",
    "passlib",  # the password's hash
    "pycdlib",  # the seed
    "urllib.request",  # the health page
    "yaml",  # an answer file in YAML, the seed's documents
    "ovirt_hc_setup.report.several",
    "ovirt_hc_setup.fleet.add_others",
)
TO_THE_QUESTIONS = """
import sys
from ovirt_hc_setup import cli
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.sitting.wizard import Wizard
wizard = Wizard(RunOptions.of(cli.parsed(["deploy"])), LocalHost("here"), Plain(sys.stdout), Console())
wizard.found()
assert wizard.plugins.questions()
"""


def loaded(code: str) -> set[str]:
    """The modules that a program has imported when it has run this."""
    command = [sys.executable, "-I", "-c", code + "\nprint('\\nLOADED', *sys.modules)"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(said.rpartition("LOADED ")[2].split())


def test_the_first_question_waits_for_nothing_that_comes_after_the_last() -> None:
    found = loaded(TO_THE_QUESTIONS)
    assert "ovirt_hc_setup.plugins.vm.first_boot" in found
    assert found & {*LATER, "prompt_toolkit"} == set()  # that is loaded to read the first line


@pytest.mark.parametrize("verb", ["deploy", "add-host", "reset", "status", "answers"])
def test_help_waits_neither_for_a_terminal_nor_for_the_outside_world(verb: str) -> None:
    code = f"import sys\nfrom ovirt_hc_setup import cli\ntry:\n    cli.main(['{verb}', '--help'])\nexcept SystemExit:\n    pass"
    assert loaded(code) & {*LATER, "prompt_toolkit", "rich.live"} == set()
