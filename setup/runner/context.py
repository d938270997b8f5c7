"""What a plugin is given: the answers so far, the facts of the host, and the host itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.run_answers import Answers

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Fact(Generic[T]):
    """Something read from the host and used by others. It is read once for each set of the answers that were read for it."""

    name: str
    help: str

    def __repr__(self) -> str:
        return f"Fact({self.name})"


@dataclass(frozen=True, eq=False)
class Reading(Generic[T]):
    """How a fact is read. May raise a SetupError, which whoever asks for the fact then gets. `ahead`: it takes seconds and
    hangs on no answer, so it is begun before anybody asks for it. `goals` are those it is read so for (none: all); for others
    there may be another reading of the same fact. `by_answers`: it follows from answers alone, so it is known where there is
    no host.
    """

    fact: Fact[T]
    read: Callable[[Context], T]
    ahead: bool = False
    goals: Collection[Goal] = ()
    by_answers: bool = False


@dataclass(frozen=True)
class Context:
    """What all questions, checks and plans of one sitting have in common."""

    host: Host
    answers: Answers
    facts: Facts
    goal: Goal


@dataclass(frozen=True)
class _Known:
    """What a fact was when these answers stood."""

    answers: Mapping[Key[Any], Any]
    value: Any


class Facts:
    """`facts.of(FACT, context)` reads a fact, or gives what was read before with the same answers. Which answers those are is
    found by watching what its reading reads, other facts included. What is `promised`, by the fact's name, is not read: it will
    be so when it is needed."""

    def __init__(self, readings: Iterable[Reading[Any]], promised: Mapping[str, Any] = MappingProxyType({})) -> None:
        self._readings = tuple(readings)
        self._promised = promised
        self._known: dict[Reading[Any], list[_Known]] = {}
        self._locks: dict[Reading[Any], threading.RLock] = {reading: threading.RLock() for reading in self._readings}

    def of(self, fact: Fact[T], context: Context) -> T:
        if fact.name in self._promised:
            promised: T = self._promised[fact.name]
            return promised
        wanted = (one for one in self._readings if one.fact.name == fact.name and context.goal.is_served_by(one.goals))
        reading = next(wanted, None)
        if reading is None:
            raise LookupError(f"no plugin reads the fact {fact.name} for {context.goal.name}")
        with self._locks[reading]:
            found = self._remembered(reading, context.answers) or self._read(reading, context)
        context.answers.note_read(found.answers)
        value: T = found.value
        return value

    def _remembered(self, reading: Reading[Any], answers: Answers) -> _Known | None:
        return next((one for one in self._known.get(reading, ()) if answers.effective(one.answers) == one.answers), None)

    def _read(self, reading: Reading[Any], context: Context) -> _Known:
        with context.answers.watched() as reads:
            value = reading.read(context)
        found = _Known(context.answers.effective(reads), value)
        self._known.setdefault(reading, []).append(found)
        return found

    def read_ahead(self, context: Context) -> None:
        """Begin to read what takes long; who asks for it then waits for the rest only. Nothing waits for it at the end."""
        for reading in self._readings:
            if reading.ahead and context.goal.is_served_by(reading.goals):
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
