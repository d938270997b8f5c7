"""Options and dispatch, nothing else."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence

from ovirt_hc_setup.base.shown import VERBS
from ovirt_hc_setup.commandline.ending import to_its_end
from ovirt_hc_setup.verbs.every_verb import HIDDEN, module_of, parser_of


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    return to_its_end(words, lambda: _run(words))


def _run(words: Sequence[str]) -> int:
    args = parsed(words)
    args.words = tuple(words)
    code: int = module_of(args.verb).run(args)
    return code


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """What was given on the command line. Ends the program with 2 when it makes no sense, with 0 after help.

    Raises UsageError for options and words that nobody knows.
    """
    verb = words[0] if words else ""
    # What is imported stays: looking for garbage among it again and again takes a sixth of the time.
    gc.disable()
    try:
        return parser_of([verb] if verb in (*VERBS, *HIDDEN) else VERBS).known_args(list(words))
    finally:
        gc.enable()
