"""A host as the rest of the program sees it: something that runs commands and holds files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed

SHOWN_LINES = 12
SHOWN_WIDTH = 500


@dataclass(frozen=True)
class Request:
    """A command to run: never through a shell, always with a limit in seconds, its input closed unless given."""

    argv: tuple[str, ...]
    timeout: float = 60.0
    stdin: bytes | None = field(default=None, repr=False)
    cwd: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit code (negative: the signal; None: not within its time), output, seconds it took."""

    request: Request
    host: str
    code: int | None
    out: str
    err: str
    elapsed: float

    @property
    def ok(self) -> bool:
        return self.code == 0

    def check(self, hint: str = "") -> Outcome:
        """Itself; raises CommandFailed with the command and its last lines when it did not end with 0."""
        if not self.ok:
            raise CommandFailed(self.describe(), hint=hint, host=self.host)
        return self

    def describe(self) -> str:
        command = " ".join(self.request.argv)
        how = f"did not end within {self.request.timeout:.0f} s" if self.code is None else f"ended with {self.code}"
        said = (self.err.strip() or self.out.strip()).splitlines()[-SHOWN_LINES:]
        return "\n    ".join([f"`{command}` {how}", *(_cut(line) for line in said)])


def _cut(line: str) -> str:
    return line if len(line) <= SHOWN_WIDTH else f"{line[:SHOWN_WIDTH]} ... ({len(line)} characters)"


class Host(ABC):
    """A machine. `name` is how an operator calls it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(
        self,
        *argv: str,
        timeout: float = 60.0,
        stdin: bytes | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> Outcome:
        """Run a command in locale C; with `check`, a failure raises CommandFailed. A program that is missing always does."""
        outcome = self.outcome(Request(argv, timeout, stdin, cwd, env or {}))
        return outcome.check() if check else outcome

    @abstractmethod
    def outcome(self, request: Request) -> Outcome:
        """Run a command in locale C, whatever it ends with. Raises CommandFailed for a program that is missing."""

    @abstractmethod
    def read(self, path: Path) -> bytes:
        """The content of a file; raises FileNotFoundError or another OSError."""

    @abstractmethod
    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        """Replace a file as a whole: written aside, synced, renamed; its folder is made when it is not there."""


class HostBehind(Host):
    """A host by way of another value of the same one, which does what a subclass does not do itself."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.name)
        self._host = host

    def outcome(self, request: Request) -> Outcome:
        return self._host.outcome(request)

    def read(self, path: Path) -> bytes:
        return self._host.read(path)

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        self._host.write(path, data, mode=mode, owner=owner)
