"""Supplied answers as they come in, piece by piece: the lines of answer files, `--set`, and the predecessor's words."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ovirt_hc_setup.base.errors import AnswerError, FormatError, SetupError, ValueRefused
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.formats.answers.answer_file import LARGEST, LONGEST_NAME, OF_HOST
from ovirt_hc_setup.formats.answers.answer_form import read_answers
from ovirt_hc_setup.formats.answers.typed_value import TYPES, why_not
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.runner.run_answers import Source
from ovirt_hc_setup.system.host.files import read_named

SOURCES = {
    "environment:default": Source.FILE_DEFAULT,
    "environment:init": Source.FILE_INIT,
    "environment:override": Source.FILE_OVERRIDE,
    "environment:enforce": Source.FILE_ENFORCE,
}
ADDITIONS = ("APPEND:", "PREPEND:")
ENDINGS = ("*.conf", "*.yaml", "*.yml")
FURTHER_FILES = ("CORE/configFileName", "CORE/configFileAppend")


@dataclass(frozen=True)
class Piece:
    """A text for a name. `kind` is its type in the file, empty where none was given; `text` None means that it is not given.
    `host` is the one that it is for, as other hosts are called; empty for the cluster.
    """

    name: str
    kind: str
    text: str | None
    source: Source
    origin: str
    host: str = ""


@dataclass
class Gathered:
    """All pieces, and what was odd or wrong about them; `spoiled` are the names whose values could not be read, `unread` the
    files of which nothing could be; `told` the names that a note of their own was made about.
    """

    pieces: list[Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    errors: list[SetupError] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    unread: list[Path] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def file(self, name: str, data: bytes) -> None:
        found = read_answers(data, name)
        self.errors += found.errors
        self.unread += [Path(name)] if found.errors and not found.lines else []
        self.spoiled |= found.spoiled
        self.notes += [Note(level="warning", text=text) for text in found.notes]
        for line in found.lines:
            source = SOURCES.get(line.section, Source.FILE_DEFAULT)
            piece = Piece(line.key, line.kind, line.text, source, f"{name} line {line.number}")
            self._take(piece, line.section.removeprefix(OF_HOST) if line.section.startswith(OF_HOST) else "")

    def _take(self, piece: Piece, host: str) -> None:
        """A piece that is for a host by this name; for the cluster where there is none."""
        try:
            self.pieces.append(replace(piece, host=named_host(host)) if host else piece)
        except ValueRefused:
            hint = "Give the name by which the host joins, or its address, without a user and a port."
            self.errors.append(AnswerError(f"{piece.origin}: {host[:LONGEST_NAME]!r} is not the name of a host", hint=hint))
            self.spoiled.add(piece.name)

    def path(self, path: Path) -> None:
        try:
            data = read_named(path, LARGEST)
        except (OSError, ValueError, FormatError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            hint = "Check the path, and who may read the file."
            self.errors.append(AnswerError(f"the answer file {path} cannot be read: {reason}", hint=hint))
            self.unread.append(path)
        else:
            self.file(str(path), data)

    def setting(self, setting: str) -> None:
        """One `--set KEY=VALUE`, or `--set NAME:KEY=VALUE` for one host."""
        name, equals, text = setting.partition("=")
        if equals:
            host, key = split_host(name.strip())
            self._take(Piece(key, "", text, Source.COMMAND_LINE, "--set"), host)
        else:
            self.errors.append(AnswerError(f"--set {name}: no value", hint=f"Write --set {name}=VALUE."))

    def word(self, word: str) -> None:
        """One of the predecessor's words, `KEY=type:text`."""
        name, _, value = word.partition("=")
        kind, colon, text = value.partition(":")
        if not colon or kind not in TYPES or why_not(kind, text):
            what = f"--otopi-environment: {name} has no value with a type"
            self.errors.append(AnswerError(what, hint=f"Write {name}=str:VALUE ({', '.join(TYPES)})."))
        else:
            text_or_none = None if kind == "none" else text
            self.pieces.append(Piece(name, kind, text_or_none, Source.COMMAND_LINE, "--otopi-environment"))


def named_host(text: str) -> str:
    """A host as others are called: a name in small letters, an address without brackets. Raises ValueRefused."""
    if "@" in text:
        raise ValueRefused(f"{text!r} names a user")
    return OtherHost.named(text.strip().strip("[]")).host


def split_host(name: str) -> tuple[str, str]:
    """`hc2` and `KEY` of `hc2:KEY`; no host where none stands. What adds to a list stays with its key: `hc2:APPEND:KEY`."""
    before, colon, key = name.rpartition(":")
    for addition in ADDITIONS:
        if f"{before}:".endswith(addition):
            return before.removesuffix(addition.rstrip(":")).rstrip(":"), f"{addition}{key}"
    return before, key if colon else name


def gathered(paths: Sequence[Path], settings: Sequence[str], environment: Sequence[str] = ()) -> Gathered:
    """Everything that files and options say, in the order in which later ones count. Never raises."""
    options = Gathered()
    for setting in settings:
        options.setting(setting)
    for words in environment:
        try:
            for word in shlex.split(words):
                options.word(word)
        except ValueError:
            options.errors.append(FormatError("--otopi-environment: a quote is not closed", hint="Close it."))
    further, options.pieces = _further_files(options.pieces)
    found = Gathered()
    for path in files_of([*paths, *further]):
        found.path(path)
    found.pieces += options.pieces
    found.errors += options.errors
    return found


def _further_files(pieces: Iterable[Piece]) -> tuple[list[Path], list[Piece]]:
    """The predecessor was told of answer files by keys of its own: `APPEND:CORE/configFileAppend=str:FILE`."""
    paths, others = [], []
    for piece in pieces:
        if piece.name.removeprefix("APPEND:").removeprefix("PREPEND:") in FURTHER_FILES:
            paths += [Path(word) for word in (piece.text or "").split(":") if word]
        else:
            others.append(piece)
    return paths, others


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Each file, then the files of its `.d` folder, sorted."""
    for path in paths:
        yield path
        folder = Path(f"{path}.d")
        yield from sorted(found for ending in ENDINGS for found in folder.glob(ending))
