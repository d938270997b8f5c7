"""`answers`: a template of an answer file, its validation, and what each key means. Needs neither root nor the host."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ovirt_hc_setup.base.errors import AnswersRefused
from ovirt_hc_setup.dialog.declared import Declared, declared, find
from ovirt_hc_setup.dialog.explaining import explained
from ovirt_hc_setup.dialog.pieces import Gathered, files_of
from ovirt_hc_setup.dialog.reference import reference
from ovirt_hc_setup.dialog.schema import schema
from ovirt_hc_setup.dialog.template import template
from ovirt_hc_setup.dialog.validation import Validation, validated
from ovirt_hc_setup.formats.answers.answer_file import LARGEST
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.runner.plugins import Plugins

STANDARD_INPUT = "-"
GOALS = {goal.name: goal for goal in (FIRST_HOST, JOINING)}
EXAMPLES = """examples:
  ovirt-hc-setup answers template > site.conf
  ovirt-hc-setup answers validate site.conf secrets.conf
  ovirt-hc-setup answers explain vmMACAddr
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "answers",
        help="write, check and explain answer files",
        description="Answer files: a template, a check of what was written, and what each key means.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--plugin", metavar="NAME", action="append", default=[], help="also the keys of this installed plugin")
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    written = actions.add_parser("template", help="an answer file to fill in, on standard output")
    written.add_argument("--all", action="store_true", help="every key, not only those without a default")
    written.add_argument("--yaml", action="store_true", help="as YAML")
    checked = actions.add_parser("validate", help="check answer files; all errors are reported at once")
    checked.add_argument("files", metavar="FILE", nargs="+", help="an answer file; - is standard input")
    checked.add_argument(
        "--for",
        dest="purpose",
        choices=tuple(GOALS),
        default=FIRST_HOST.name,
        metavar="VERB",
        help="what they are for: deploy (unless given) or add-host",
    )
    told = actions.add_parser("explain", help="what a key means, which question asks for it, and an example")
    told.add_argument("key", metavar="KEY", help="its name, or the last part of it; a dialog")
    actions.add_parser("keys", help="the names of all keys, one a line")
    actions.add_parser("schema", help="a JSON Schema of answer files in YAML")
    # Without a help text it does not stand in the list: it writes docs/answers.md.
    actions.add_parser("reference")


def run(args: argparse.Namespace) -> int:
    """0; raises AnswersRefused for files with errors, AnswerError for a key that is not there."""
    whole = assembled(args.plugin)
    every = declared(whole.keys, whole.plugins.questions())
    if args.action == "validate":
        return _validate(args, every, whole.plugins)
    sys.stdout.write(_text(args, every))
    return 0


def _text(args: argparse.Namespace, every: list[Declared]) -> str:
    match args.action:
        case "template":
            return template(every, everything=args.all, yaml=args.yaml).decode()
        case "explain":
            return explained(find(args.key, every)) + "\n"
        case "schema":
            return json.dumps(schema(every), indent=2) + "\n"
        case "reference":
            return reference(every)
        case _:
            return "".join(f"{one.key.name}\n" for one in sorted(every, key=lambda one: one.key.name))


def _validate(args: argparse.Namespace, every: list[Declared], plugins: Plugins) -> int:
    found = Gathered()
    for name in args.files:
        if name == STANDARD_INPUT:
            if sys.stdin.isatty():
                print("Reading standard input; end it with Ctrl-D.", file=sys.stderr)
            found.file("standard input", sys.stdin.buffer.read(LARGEST + 1))
        else:
            for path in files_of([Path(name)]):
                found.path(path)
    result = validated(found, every, plugins, GOALS[args.purpose])
    for line in _said(result) if found.pieces or not found.unread else ():  # of no file at all nothing is missing
        print(line)
    if result.errors:
        sys.stdout.flush()
        raise AnswersRefused(result.errors)
    return 0


def _said(result: Validation) -> list[str]:
    lines = [note.text for note in result.notes]
    lines.append(f"{result.good} answer{'s' * (result.good != 1)} can be used.")
    if result.elsewhere:
        names = ", ".join(f"{one.name} ({one.text.partition(':')[0]})" for one in result.elsewhere)
        lines.append(f"Not checked here (given by file: or env:): {names}")
    if result.on_host:
        lines.append(f"Checked on the host only: {', '.join(result.on_host)}")
    if result.examples:
        lines.append(f"Still the template's example: {', '.join(result.examples)}")
    if result.missing:
        lines.append(f"Missing (will be asked, or pass with --set): {', '.join(result.missing)}")
    return lines
