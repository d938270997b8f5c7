"""`fhanswers.conf` and `answers.conf`: the answers of the first host in otopi's form, for the hosts that follow.

`[environment:default]`, then `KEY=type:value` with the types `str`, `int`, `bool` and `none`. No password stands in it. Others
write `multi-str` too: more lines, each indented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ovirt_hc_setup.base.errors import FormatError, ValueRefused

Value = str | int | bool | None

SECTION = "[environment:default]"
WHAT = "the answer file on the storage"
_KEY = re.compile(r"[A-Za-z0-9_]+/[A-Za-z0-9_]+")
_SECRET = re.compile("passw|secret", re.IGNORECASE)
_LINE_END = re.compile(r"[\n\r\v\f\x00\x1c-\x1e\x85\u2028\u2029]")


def write(answers: Mapping[str, Value]) -> str:
    """Sorted by key. Raises ValueRefused for a key of another form, a password that is not None, a line break in a value."""
    return f"{SECTION}\n" + "".join(f"{_checked(key, answers[key])}={_typed(key, answers[key])}\n" for key in sorted(answers))


def read(text: str) -> dict[str, Value]:
    """Raises FormatError, with the line, for what is not of this form. Sections other than `environment:` are left out."""
    found: dict[str, Value] = {}
    section = several = ""
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        if stripped.startswith("["):
            section, several = stripped, ""
        elif several and line[0] in " \t":
            found[several] = f"{found[several]}\n{stripped}".lstrip("\n")
        elif section.startswith("[environment:"):
            key, kind, value = _pair(line, number)
            found[key], several = value, key if kind == "multi-str" else ""
        elif not section:
            raise FormatError(f"{WHAT}, line {number}: {stripped[:80]!r} stands before any section")
    return found


def _pair(line: str, number: int) -> tuple[str, str, Value]:
    key, equals, rest = line.partition("=")
    kind, colon, value = rest.lstrip().partition(":")
    if not equals or not colon or not _KEY.fullmatch(key.strip()):
        raise FormatError(f"{WHAT}, line {number}: {line.strip()[:80]!r} is not KEY=type:value")
    return key.strip(), kind, _value(kind, value, number)


def _value(kind: str, text: str, number: int) -> Value:
    if kind in ("str", "multi-str"):
        return text
    if kind == "none":
        return None
    if kind == "int" and re.fullmatch(r"-?[0-9]{1,19}", text.strip()):
        return int(text)
    if kind == "bool" and text.strip().lower() in ("true", "false", "1", "0", "yes", "no", "y", "n", "t", "f"):
        return text.strip().lower() in ("true", "1", "yes", "y", "t")
    raise FormatError(f"{WHAT}, line {number}: {kind}:{text[:40]!r} is not a value of a known type")


def _checked(key: str, value: Value) -> str:
    if not _KEY.fullmatch(key):
        raise ValueRefused(f"{key!r} is not a key of an answer file", hint="keys look like OVEHOSTED_VM/vmMemSizeMB")
    if value is not None and _SECRET.search(key):
        raise ValueRefused(f"{key} is not written: a file on the shared storage holds no secrets")
    return key


def _typed(key: str, value: Value) -> str:
    if value is None:
        return "none:None"
    if isinstance(value, bool):
        return f"bool:{value}"
    if isinstance(value, int):
        return f"int:{value}"
    if not isinstance(value, str):
        raise ValueRefused(f"{key}: an answer is a text, a number, a truth or nothing, not {type(value).__name__}")
    if _LINE_END.search(value):
        raise ValueRefused(f"{value!r} cannot be {key} of an answer file: it has more than one line")
    return f"str:{value}"
