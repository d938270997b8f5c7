"""`completion`: what a shell needs to complete verbs, options, keys and their values. Needs neither root nor the host.

The scripts are written here and not by a library, and they are whole: no program is started at a Tab. What shtab writes offers a
space after `--set KEY=` in bash and knows nothing of what comes after it; argcomplete starts Python each time.
"""

from __future__ import annotations

import argparse
import sys

from ovirt_hc_setup.commandline.ending import PROGRAM
from ovirt_hc_setup.formats.shell import bash_completion, fish_completion, zsh_completion
from ovirt_hc_setup.formats.shell.command_tree import AnswerWord, CompletionWords, read
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.verbs.every_verb import parser_of

WRITERS = {"bash": bash_completion.script, "zsh": zsh_completion.script, "fish": fish_completion.script}
EXAMPLES = """examples:
  ovirt-hc-setup completion bash > /etc/bash_completion.d/ovirt-hc-setup
  ovirt-hc-setup completion zsh > ~/.zsh/_ovirt-hc-setup    in $fpath
  ovirt-hc-setup completion fish > /etc/fish/completions/ovirt-hc-setup.fish
  eval "$(ovirt-hc-setup completion bash)"    for this shell only"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "completion",
        help="print a completion script for a shell",
        description="Print what a shell needs to complete verbs, options, keys of answers and their values.",
        epilog=EXAMPLES,
    )
    parser.add_argument("shell", choices=tuple(WRITERS), help="which shell it is for")


def run(args: argparse.Namespace) -> int:
    sys.stdout.write(WRITERS[args.shell](PROGRAM, read(parser_of()), _vocabulary()))
    return 0


def _vocabulary() -> CompletionWords:
    whole = assembled()
    files = {question.key.name for question in whole.plugins.questions() if question.complete == "path"}
    answers = []
    for _, key in sorted(whole.keys.items()):
        values = ("True", "False") if key.kind == "bool" else key.choices
        answers.append(AnswerWord(key.name, values, key.name in files, key.secret))
    return CompletionWords(tuple(answers), HOSTS)
