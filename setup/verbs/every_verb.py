"""All verbs, and the parser of the whole command line."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType

from ovirt_hc_setup import __version__
from ovirt_hc_setup.base.shown import VERBS
from ovirt_hc_setup.commandline.ending import PROGRAM
from ovirt_hc_setup.commandline.parser import Parser

HIDDEN = ("worker", "brick", "asked-plan", "host-up", "program-id")


def parser_of(verbs: Sequence[str] = VERBS) -> Parser:
    """The parser of some verbs: whoever wants one of them does not wait for the modules of the others."""
    about = "Deploys an oVirt hosted engine on GlusterFS storage. `VERB --help` says more."
    parser = Parser(prog=PROGRAM, description=about)
    subparsers = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", required=True)
    version = f"{PROGRAM} {__version__}"
    parser.add_argument("--version", action="version", version=version, help="show the version and exit")
    for verb in verbs:
        module_of(verb).add_parser(subparsers)
    return parser


def module_of(verb: str) -> ModuleType:
    return importlib.import_module(f"ovirt_hc_setup.verbs.{verb.replace('-', '_')}")
