"""Writing answer files, in either form: what `answer_file` and `answer_yaml` read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ovirt_hc_setup.formats.answers.answer_file import SECTIONS
from ovirt_hc_setup.formats.answers.typed_value import as_bool

WIDTH = 100
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = re.compile(r"(?i:yes|no|y|n|on|off|true|false|null)")  # which YAML would not take for texts
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")


@dataclass(frozen=True)
class WrittenAnswer:
    """One answer to write: `kind` of typed_value.TYPES, `text` None for none. `comment` is one paragraph a text.

    `off` writes it as a comment; `heading` stands above it where a part of the file begins. `section` is a host's;
    those without one come first.
    """

    name: str
    kind: str
    text: str | None
    comment: Sequence[str] = ()
    off: bool = False
    heading: str = ""
    section: str = ""


def answers_text(entries: Iterable[WrittenAnswer], opening: Sequence[str], *, yaml: bool = False) -> bytes:
    """A whole file, its comments wrapped at 100 columns."""
    lines = [line for text in opening for line in _comment(text)]
    lines += [] if yaml else [f"[{SECTIONS[0]}]"]
    for section, group in groupby(entries, lambda entry: entry.section):
        members = list(group)
        head = [] if not section else ["", f"{_quoted(section)}:"] if yaml else ["", f"[{section}]"]
        lines += [*head, *(_yaml(members, "  " if section else "") if yaml else _ini(members))]
    return ("\n".join(lines) + "\n").encode()


def _ini(entries: Iterable[WrittenAnswer]) -> list[str]:
    lines = []
    for entry in entries:
        lines += _above(entry, "")
        shown = [f"{entry.name}={entry.kind}:{'None' if entry.text is None else entry.text}"]
        if entry.kind == "multi-str":
            first, *more = (entry.text or "").split("\n")
            shown = [f"{entry.name}=multi-str:{first}", *(f" {item}" for item in more)]
        lines += _shown(shown, "", entry.off)
    return lines


def _yaml(entries: Iterable[WrittenAnswer], outer: str) -> list[str]:
    """Nested by group: a group's name may stand only once, so entries are brought together by it, in their order."""
    groups: dict[str, list[tuple[str, WrittenAnswer]]] = {}
    for entry in entries:
        group, _, name = entry.name.partition("/")
        groups.setdefault(group if name else "", []).append((name or group, entry))
    lines = []
    for group, members in groups.items():
        indent = f"{outer}  " if group else outer
        lines += ["", f"{outer}{_key(group)}:"] if group else []
        for name, entry in members:
            lines += _above(entry, indent)
            items = (entry.text or "").split("\n") if entry.kind == "multi-str" else None
            value = f"[{', '.join(map(_quoted, items))}]" if items is not None else _scalar(entry)
            lines += _shown([f"{_key(name)}: {value}"], indent, entry.off)
    return lines


def _above(entry: WrittenAnswer, indent: str) -> list[str]:
    heading = ["", f"{indent}# --- {entry.heading} ---"] if entry.heading else []
    comments = [f"{indent}{line}" for text in entry.comment for line in _comment(text, WIDTH - len(indent))]
    return [*heading, *([""] if comments else []), *comments]


def _comment(text: str, width: int = WIDTH) -> list[str]:
    # What is quoted from elsewhere (the path of a file, say) must not end the comment.
    clean = "".join(character if character.isprintable() else " " for character in text)
    wrapper = textwrap.TextWrapper(width, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    wrapper.break_long_words = False
    return wrapper.wrap(clean)


def _shown(lines: Sequence[str], indent: str, off: bool) -> list[str]:
    return [f"{indent}{'#' if off else ''}{line}" for line in lines]


def _scalar(entry: WrittenAnswer) -> str:
    if entry.text is None:
        return "null"
    if entry.kind == "bool":
        return str(as_bool(entry.text)).lower()
    return entry.text if entry.kind == "int" and _INT.fullmatch(entry.text) else _quoted(entry.text)


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and not _WORDS.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    """In double quotes, with everything escaped that a reader might take for more than a character."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    number = ord(character)
    if character.isprintable() and number != 0xFEFF:
        return character
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
