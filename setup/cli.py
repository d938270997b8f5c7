"""Options and dispatch, nothing else."""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

from ovirt_hc_setup import __version__
from ovirt_hc_setup.verbs.ending import PROGRAM, to_its_end

VERBS = ("deploy", "add-host", "remove-host", "check", "status", "engine", "answers", "events", "reset", "rehearse", "lab")
HIDDEN = ("worker", "brick", "host-up", "program-id")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    return to_its_end(words, lambda: _run(words))


def _run(words: Sequence[str]) -> int:
    args = parsed(words)
    code: int = _module(args.verb).run(args)
    return code


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """What was given on the command line. Ends the program with 2 when it makes no sense, with 0 after help."""
    verb = words[0] if words else ""
    # What is imported stays: looking for garbage among it again and again takes a sixth of the time.
    gc.disable()
    try:
        return _parser([verb] if verb in (*VERBS, *HIDDEN) else VERBS).parse_args(words)
    finally:
        gc.enable()


def _parser(verbs: Sequence[str]) -> argparse.ArgumentParser:
    """Only the verb that is wanted is imported, so that the first prompt is there at once."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Deploys an oVirt hosted engine on hyperconverged GlusterFS storage."
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in verbs:
        _module(verb).add_parser(subparsers)
    return parser


def _module(verb: str) -> ModuleType:
    return importlib.import_module(f"ovirt_hc_setup.verbs.{verb.replace('-', '_')}")
