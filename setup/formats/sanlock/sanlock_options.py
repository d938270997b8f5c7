"""The options of sanlock's daemon, as a package's environment file has them: Debian 12 switches the watchdog off there (`-w 0`).

The command line beats sanlock.conf, so that `use_watchdog = 1` in the latter has no effect against it.
"""

from __future__ import annotations

import re

NAMES = ("sanlock_opts", "SANLOCKOPTS")
"""What Debian's file calls them, and what Enterprise Linux's does."""

_LINE = re.compile(rf"^(?P<name>[ \t]*(?:{'|'.join(NAMES)})=)(?P<value>.*)$", re.MULTILINE)
_OFF = re.compile(r"(?<![^\s\"'])-w[ \t]*0(?![^\s\"'])[ \t]*")


def switches_watchdog_off(text: str) -> bool:
    """Whether the options in force, those of the last line, have `-w 0`."""
    lines = list(_LINE.finditer(text))
    return bool(lines and _OFF.search(lines[-1]["value"]))


def with_watchdog(text: str) -> str:
    """The text without `-w 0` in the options; everything else stays as it is."""
    return _LINE.sub(lambda line: line["name"] + _OFF.sub("", line["value"]), text)
