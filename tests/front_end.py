"""A front-end for the machine dialect as its own documentation has it, over plain pipes: it knows nothing of this program.

Answers are given by the name of the request. A name that is asked more often than it has answers gets the last one again, save
that a front-end which gets nowhere gives up.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ASKED_TOO_OFTEN = 20
REQUEST = re.compile(r"\*\*\*(?:Q:(STRING|VALUE|MULTI-STRING)|(CONFIRM)) (\S+)\s?(.*)")


@dataclass
class Asked:
    """A request and what was said with it."""

    name: str
    form: str
    notes: list[str] = field(default_factory=list)
    default: str = ""
    valid: list[str] = field(default_factory=list)
    hidden: bool = False


@dataclass
class Spoken:
    """What a program said in a whole dialog: `lines` as they came; `asked` in order; log records as level and text."""

    lines: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    logs: list[tuple[str, str]] = field(default_factory=list)
    terminated: bool = False
    code: int | None = None
    errors: str = ""

    def of(self, name: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.name == name]

    def log(self, level: str) -> list[str]:
        return [text for found, text in self.logs if found == level]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class FrontEnd:
    """Starts a program and answers it. `answers` by name: texts as the front-end sends them; empty takes the default.

    Without an answer for a name it closes its end, as one does that has crashed.
    """

    def __init__(self, argv: Sequence[str], answers: Mapping[str, str | Sequence[str]], env: Mapping[str, str] | None = None):
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", env=env)
        self._answers = {name: [given] if isinstance(given, str) else list(given) for name, given in answers.items()}
        self._spoken = Spoken()
        self._frame = Asked("", "")

    def talk(self) -> Spoken:
        """Until the program closes its end."""
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self._spoken.lines.append(line.rstrip("\n"))
            self._take(line.rstrip("\n"))
        assert self._child.stderr is not None
        self._spoken.errors = self._child.stderr.read()
        self._spoken.code = self._child.wait()
        self._close()
        return self._spoken

    def _take(self, line: str) -> None:
        assert line.startswith(("#", "**%", "***")), f"no line of the dialect: {line!r}"
        assert not self._spoken.terminated, f"after the last line: {line!r}"
        if line.startswith("#"):
            self._frame.notes.append(line[4:])
        elif line.startswith("**%"):
            self._attribute(line[3:])
        elif line.startswith("***L:"):
            level, _, text = line[5:].partition(" ")
            self._spoken.logs.append((level, text))
        elif line == "***TERMINATE":
            self._spoken.terminated = True
        else:
            self._asked(line)

    def _attribute(self, text: str) -> None:
        word, _, value = text.partition(" ")
        if word == "QStart:":
            self._frame = Asked(value, "")
        elif word == "QDefault:":
            self._frame.default = value
        elif word == "QValidValues:":
            self._frame.valid = [found.replace("\\|", "|").replace("\\\\", "\\") for found in re.split(r"(?<!\\)\|", value)]
        elif word == "QHidden:":
            self._frame.hidden = value == "TRUE"
        elif word == "QEnd:":
            assert value == self._frame.name
            self._answer()

    def _asked(self, line: str) -> None:
        found = REQUEST.fullmatch(line)
        assert found is not None, line
        query, confirmation, name, rest = found.groups()
        if confirmation:
            self._frame = Asked(name, "CONFIRM", [rest])
            self._answer()
        else:
            assert name == self._frame.name
            self._frame.form = query

    def _answer(self) -> None:
        asked, self._frame = self._frame, Asked("", "")
        self._spoken.asked.append(asked)
        given = self._answers.get(asked.name)
        if given is None or len(self._spoken.of(asked.name)) > ASKED_TOO_OFTEN:
            self._close()
            return
        text = given.pop(0) if len(given) > 1 else given[0]
        assert self._child.stdin is not None
        self._child.stdin.write(f"{text}\n")
        self._child.stdin.flush()

    def _close(self) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
