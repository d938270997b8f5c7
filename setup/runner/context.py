"""What a plugin is given: the answers so far, the facts of the host, and the host itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.runner.answers import Answers
from ovirt_hc_setup.runner.key import Key

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Fact(Generic[T]):
    """Something read from the host and used by others. It is read once for each set of answers to the keys it `depends` on."""

    name: str
    help: str
    depends: tuple[Key[Any], ...] = ()

    def __repr__(self) -> str:
        return f"Fact({self.name})"


@dataclass(frozen=True)
class Reading(Generic[T]):
    """How a fact is read. May raise a SetupError, which whoever asks for the fact then gets. `ahead`: it takes seconds and hangs
    on no answer, so it is begun before anybody asks for it."""

    fact: Fact[T]
    read: Callable[[Context], T]
    ahead: bool = False


@dataclass(frozen=True)
class Context:
    """`verb` is what is being done: deploy, add-host, check."""

    host: Host
    answers: Answers
    facts: Facts
    verb: str = "deploy"


class Facts:
    """`facts.of(FACT, context)` reads a fact, or gives what was read before."""

    def __init__(self, readings: Iterable[Reading[Any]]) -> None:
        self._readings = {reading.fact.name: reading for reading in readings}
        self._known: dict[tuple[Any, ...], Any] = {}
        self._locks: dict[str, threading.RLock] = {name: threading.RLock() for name in self._readings}

    def of(self, fact: Fact[T], context: Context) -> T:
        reading = self._readings.get(fact.name)
        if reading is None:
            raise LookupError(f"no plugin reads the fact {fact.name}")
        memory = (fact.name, *(repr(context.answers.get(key)) for key in fact.depends))
        with self._locks[fact.name]:
            if memory not in self._known:
                self._known[memory] = reading.read(context)
            value: T = self._known[memory]
            return value

    def read_ahead(self, context: Context) -> None:
        """Begin to read what takes long; who asks for it then waits for the rest only. Nothing waits for it at the end."""
        for reading in self._readings.values():
            if reading.ahead:
                threading.Thread(target=self._read_ahead, args=(reading.fact, context), daemon=True).start()

    def _read_ahead(self, fact: Fact[Any], context: Context) -> None:
        with suppress(SetupError, OSError):  # told to whoever asks for it, and then it is read again
            self.of(fact, context)

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._known.clear()


def fact(context: Context, wanted: Fact[T]) -> T:
    """The value of a fact: what plugins write."""
    return context.facts.of(wanted, context)
