"""The types of values in answer files, as otopi writes them: `KEY=type:text`."""

from __future__ import annotations

import re

TYPES = ("none", "bool", "int", "str", "multi-str")
YES = frozenset(("yes", "y", "true", "t", "on", "1"))
NO = frozenset(("no", "n", "false", "f", "off", "0"))
_INT = re.compile(r"\s*[-+]?[0-9]{1,30}\s*")


def as_bool(text: str) -> bool | None:
    """None for what is neither yes nor no. otopi took everything but `false` and `f` for true, `no` and `0` too."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def why_not(kind: str, text: str) -> str:
    """Why a text is not of a type of TYPES, or nothing. The text is not repeated: it may be a password."""
    if kind == "bool" and as_bool(text) is None:
        return "its value is neither True nor False"
    if kind == "int" and not _INT.fullmatch(text):
        return "its value is no whole number"
    return ""
