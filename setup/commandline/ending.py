"""How every command ends: its exit code, and the last words, for people on standard error and for programs in their own form.

`--output jsonl` ends with an event `ended`, the machine dialect with `***TERMINATE`, whatever happened: also after a wrong
command line and after a bug. A reader that does not see that line knows that the program was killed.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Sequence

from ovirt_hc_setup.base.errors import SetupError, ViewLost
from ovirt_hc_setup.base.event_types import Ended
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.shown import NAME, shown
from ovirt_hc_setup.commandline.audience import OTOPI_DIALECT
from ovirt_hc_setup.formats.answers import machine_dialect
from ovirt_hc_setup.report.reporters import JsonLines

PROGRAM = NAME
BUG, USAGE, INTERRUPTED = 1, 2, 130
REPORT = f"For a report: `{PROGRAM} bundle` makes one archive, without secrets."
WITH_A_RUN = ("deploy", "add-host", "reset")
OF_OTHERS = "lab"  # its words are another program's


def to_its_end(words: Sequence[str], work: Callable[[], int]) -> int:
    """The exit code of a command line. Errors an operator can understand are said; our bugs show a traceback and end with 1."""
    try:
        return _ended(words, Ended(exit_code=work()))
    except SetupError as error:
        return _ended(words, _wrong(error), _folded(f"{PROGRAM}: {error}"))
    except KeyboardInterrupt:
        return _ended(words, Ended(exit_code=INTERRUPTED, message="interrupted"), f"\n{PROGRAM}: interrupted")
    except (BrokenPipeError, ViewLost):
        return _unread(words)
    except OSError as error:
        told = of_the_world(error)
        return _ended(words, _wrong(told), _folded(f"{PROGRAM}: {told}"))
    except SystemExit as left:
        if left.code == USAGE:  # argparse has said what is wrong
            _last_line(words, Ended(exit_code=USAGE, message="the command line is wrong; see standard error"))
        raise
    except Exception as error:
        bug = Ended(exit_code=BUG, message=f"a bug in ovirt-hc-setup: {error!r}", hint=REPORT)
        return _ended(words, bug, f"{traceback.format_exc()}{PROGRAM}: this is a bug in ovirt-hc-setup\n  {REPORT}")


def _wrong(error: SetupError) -> Ended:
    return Ended(exit_code=error.exit_code, message=error.message, hint=error.hint, resource=error.resource, host=error.host)


def _ended(words: Sequence[str], how: Ended, said: str = "") -> int:
    try:
        if said:
            print(shown(said), file=sys.stderr)
        _last_line(words, how)
        sys.stdout.flush()
    except (OSError, ViewLost):
        return _unread(words)
    return how.exit_code


def _folded(text: str) -> str:
    """Broken between words where a person reads it at a terminal; whole elsewhere."""
    if not sys.stderr.isatty():
        return text
    width, folded = max(shutil.get_terminal_size().columns - 1, 40), []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        folded += textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False) or [""]
    return "\n".join(folded)


def _last_line(words: Sequence[str], how: Ended) -> None:
    shown = _shown(words)
    if shown == "jsonl":
        JsonLines(sys.stdout)(how)
    elif shown == "machine":
        where = ": ".join(part for part in (how.host, how.resource, how.message) if part)
        lines = [machine_dialect.log("ERROR", f"{where}\n{how.hint}")] if how.message else []
        sys.stdout.buffer.write("".join(f"{line}\n" for line in (*lines, machine_dialect.TERMINATE)).encode("utf-8", "replace"))


def _unread(words: Sequence[str]) -> int:
    """Nobody reads standard output any more: as if the view had been left. A run that is at work goes on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    try:
        works = words[:1] and words[0] in WITH_A_RUN and "--plan" not in words
        print(f"{PROGRAM}: the output is closed{'; the work continues' if works else ''}", file=sys.stderr, flush=True)
    except OSError:
        os.dup2(nowhere, sys.stderr.fileno())
    return INTERRUPTED


def _shown(words: Sequence[str]) -> str:
    """In which form a program reads the output, empty for people. From the words alone: they may not have been understood."""
    if words[:1] == [OF_OTHERS]:
        return ""
    if _value(words, "--dialog") == "machine" or any(word in OTOPI_DIALECT for text in words for word in text.split()):
        return "machine"
    return "jsonl" if _value(words, "--output") == "jsonl" else ""


def _value(words: Sequence[str], option: str) -> str:
    """What an option has, also where it is written short, as `--dia machine` is."""
    found = ""
    for word, after in zip(words, [*words, ""][1:], strict=True):
        name, equals, value = word.partition("=")
        if len(name) > len("--d") and option.startswith(name):
            found = value if equals else after
    return found
