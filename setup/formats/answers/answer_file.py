"""Answer files in the predecessor's form: INI with typed values, `KEY=type:text`, in four sections, and one for each host
that has answers of its own: `[host:NAME]`.

Differences from the predecessor, on purpose: nothing that cannot be read is passed over. Every line that is wrong is
reported, with its number. Types: none, bool, int, str, multi-str (continuation lines are indented).
"""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError, SetupError
from ovirt_hc_setup.formats.answers.typed_value import TYPES, why_not

SECTIONS = ("environment:default", "environment:init", "environment:override", "environment:enforce")
OF_HOST = "host:"
"""What the section of one host begins with; its name follows."""

LARGEST = 1024 * 1024  # bytes: a real one has a few KiB
MOST_ERRORS = 200  # wrong lines until it is something else, and no answer file
MOST_NOTES = 50
LONGEST_NAME = 200  # characters of a key or a section
OF_HOSTED_ENGINE_CONF = ("ca_cert", "fqdn", "sdUUID", "vm_disk_id", "vmid", "gateway", "host_id")  # it may begin with any
OTHER_FILE = "This looks like the hosted-engine.conf of a deployed host. Answers are in its answers.conf, beside it."


@dataclass(frozen=True)
class AnswerLine:
    """One answer: `text` is None for `none:`; `section` one of SECTIONS or a host's; `number` its line. Items of a multi-str have
    lines."""

    section: str
    key: str
    kind: str
    text: str | None
    number: int


@dataclass(frozen=True)
class AnswerFile:
    """All lines that could be read, and an error for each that could not.

    `notes` say what is odd but not wrong; `spoiled` are the keys that stand in the file with a value that cannot be read.
    """

    lines: tuple[AnswerLine, ...]
    errors: tuple[SetupError, ...]
    notes: tuple[str, ...] = ()
    spoiled: frozenset[str] = frozenset()


def is_section(name: str) -> bool:
    """Whether answers may stand in a section of this name."""
    return name in SECTIONS or bool(name.startswith(OF_HOST) and name.removeprefix(OF_HOST).strip())


def decoded(data: bytes, name: str) -> str | FormatError:
    """The text of an answer file, whichever its form."""
    if len(data) > LARGEST:
        return FormatError(f"{name} is larger than {LARGEST // 1024} KiB: this is not an answer file")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return FormatError(f"{name} is not UTF-8 text (byte {error.start})")


def read_answer_file(data: bytes, name: str) -> AnswerFile:
    """Read a file called `name`. Never raises: what is wrong is in `errors`."""
    text = decoded(data, name)
    if isinstance(text, FormatError):
        return AnswerFile((), (text,))
    reader = _Reader(name)
    # Not splitlines(): it takes characters for line ends that an INI reader takes for part of a value.
    for number, line in enumerate(text.split("\n"), 1):
        reader.line(number, line)
        if len(reader.errors) > MOST_ERRORS:
            what = f"{name} has more than {MOST_ERRORS} wrong lines: this is not an answer file"
            return AnswerFile((), (*reader.errors[:3], FormatError(what)))
    return reader.read()


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.section = ""
        self.headless = False
        self.lines: list[AnswerLine] = []
        self.errors: list[SetupError] = []
        self.spoiled: set[str] = set()

    def read(self) -> AnswerFile:
        """Of a key that stands twice in a section the last one counts, as it did for the predecessor; but that is said."""
        last: dict[tuple[str, str, int], AnswerLine] = {}
        notes: list[str] = []
        for line in self.lines:
            if not is_section(line.section):  # which was said where the section begins
                self.spoiled.add(line.key)
                continue
            added = line.key.startswith(("APPEND:", "PREPEND:"))  # each of them counts
            place = (line.section, line.key, line.number if added else 0)
            before = last.pop(place, None)
            if before is not None and line.section.startswith(OF_HOST):
                what = f"{line.key} is already in line {before.number} for this host"
                self._wrong(line.number, what, "Keep one of them.")
                self.spoiled.add(line.key)
            elif before is not None and len(notes) < MOST_NOTES:
                counts = f"it is already in line {before.number}; this one is used"
                notes.append(f"{self.name} line {line.number}: {line.key}: {counts}")
            last[place] = line
        return AnswerFile(tuple(last.values()), tuple(self.errors), tuple(notes), frozenset(self.spoiled))

    def line(self, number: int, line: str) -> None:
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            return
        if line[0] in " \t":
            self._continue(number, stripped)
        elif stripped.startswith("["):
            self._section(number, stripped)
        else:
            self._answer(number, line)

    def _wrong(self, number: int, what: str, hint: str) -> None:
        self.errors.append(FormatError(f"{self.name} line {number}: {what}", hint=hint))

    def _section(self, number: int, line: str) -> None:
        self.section = line[1:].removesuffix("]")  # one bracket: an IPv6 address of a host may have its own
        if not is_section(self.section) or line != f"[{self.section}]":
            hint = f"Sections: {', '.join(SECTIONS)}, {OF_HOST}NAME."
            self._wrong(number, f"{line[:LONGEST_NAME]} is not a section of an answer file", hint)

    def _continue(self, number: int, text: str) -> None:
        last = self.lines[-1] if self.lines else None
        if last is None or last.kind != "multi-str":
            self._wrong(number, "an indented line, but there is no multi-str value above it", "Remove the leading blanks.")
            return
        self.lines[-1] = AnswerLine(last.section, last.key, last.kind, f"{last.text}\n{text}".lstrip("\n"), last.number)

    def _answer(self, number: int, line: str) -> None:
        name, equals, value = line.partition("=")
        key = name.strip()
        kind, colon, text = value.strip().partition(":")
        if not equals:
            # Neither is this repeated: it may be what is left of a password.
            self._wrong(
                number,
                "neither a section nor KEY=type:value",
                "Write KEY=str:value; or begin the line with a blank to continue the multi-str value above.",
            )
            return
        if len(key) > LONGEST_NAME:
            self._wrong(number, f"the name of the key has {len(key)} characters", f"A key has at most {LONGEST_NAME}.")
        elif not key.isprintable():
            self._wrong(number, "the key contains invisible characters", "Retype the line.")
        elif not self.section:
            if not self.headless:  # once: it is one mistake, or another kind of file
                hint = OTHER_FILE if key in OF_HOSTED_ENGINE_CONF else "Begin the file with [environment:default]."
                self._wrong(number, f"{key} comes before any section", hint)
            self.headless = True
        elif not colon or kind not in TYPES:
            # The text is not repeated: it may be a password with the type forgotten.
            self._wrong(number, f"the value of {key} has no type", f"Write {key}=str:... ({', '.join(TYPES)}).")
        elif text.strip() and (reason := why_not(kind, text)):  # an empty one says nothing, whatever its type
            self._wrong(number, f"{key} is of type {kind}, but {reason}", "Correct the value or the type in front of it.")
        else:
            self.lines.append(AnswerLine(self.section, key, kind, None if kind == "none" else text, number))
            return
        self.spoiled.add(key)
