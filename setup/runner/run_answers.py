"""The answers of a run: typed, each with where it came from, frozen once the operator has confirmed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from ovirt_hc_setup.base.errors import AnswerError, ValueRefused
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.runner.key import Key

T = TypeVar("T")


class Source(IntEnum):
    """Where a value can come from; the higher wins (a typed one answers a question that nothing else answered).

    SHARED is what all hosts of a deployment have to have in common: one of them cannot have it otherwise.
    """

    KEY_DEFAULT = 0
    DRAWN = 1
    DETECTED = 2
    TYPED = 3
    RESUMED = 4
    FILE_DEFAULT = 5
    FILE_INIT = 6
    FILE_OVERRIDE = 7
    COMMAND_LINE = 8
    FILE_ENFORCE = 9
    SHARED = 10


@dataclass(frozen=True)
class Answer:
    """A value, its rank, and its origin in words ("answers.conf line 12", "--set", "detected", "typed")."""

    value: Any
    source: Source
    origin: str


@dataclass(frozen=True)
class Given:
    """A text that was supplied for a key, before it is checked; `host` is the one that it is for, empty for the cluster."""

    name: str
    text: str
    source: Source
    origin: str
    host: str = ""



class Answers:
    """`answers[KEY]` is the value of the key's type; raises AnswerError when there is none."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._frozen = False
        self._watched = threading.local()  # each thread watches what it reads itself

    def __getitem__(self, key: Key[T]) -> T:
        answer = self._read(key)
        if answer is not None:
            value: T = answer.value
            return value
        if key.default is not None or key.optional:
            return key.default  # type: ignore[return-value]  # an optional key's T admits None
        raise AnswerError(
            f"{key.name} has no answer ({key.help})", hint=f"Give it with --set {key.name}=VALUE or in an answer file."
        )

    def get(self, key: Key[T]) -> T | None:
        answer = self._read(key)
        return key.default if answer is None else answer.value

    def has(self, key: Key[Any]) -> bool:
        """Whether it was answered by anything but the key's own default."""
        return self._read(key) is not None

    def origin(self, key: Key[Any]) -> str:
        answer = self._read(key)
        return "default" if answer is None else answer.origin

    def source(self, key: Key[Any]) -> Source:
        answer = self._read(key)
        return Source.KEY_DEFAULT if answer is None else answer.source

    def _read(self, key: Key[Any]) -> Answer | None:
        self.note_read((key,))
        return self._answers.get(key.name)

    def note_read(self, keys: Iterable[Key[Any]]) -> None:
        """For whoever watches: what depends on these keys was used, read by somebody else or some time before."""
        for seen in self._watching:
            seen.update(keys)

    @property
    def _watching(self) -> list[set[Key[Any]]]:
        found: list[set[Key[Any]]] = self._watched.__dict__.setdefault("sets", [])
        return found

    @contextmanager
    def watched(self) -> Iterator[set[Key[Any]]]:
        """Gathers the keys that this thread reads meanwhile, those that facts depend on and those without an answer too."""
        seen: set[Key[Any]] = set()
        watching = self._watching
        watching.append(seen)
        try:
            yield seen
        finally:
            watching[:] = [other for other in watching if other is not seen]

    def values_of(self, keys: Iterable[Key[Any]]) -> dict[Key[Any], tuple[Any, ...]]:
        """By key the value in a tuple, an empty one where there is none: to be compared with later."""
        return {key: (self._answers[key.name].value,) if key.name in self._answers else () for key in keys}

    def effective(self, keys: Iterable[Key[Any]]) -> dict[Key[Any], Any]:
        """By key what it has for its value now, its default where it has no other: to be compared with other answers' too."""
        return {key: self._answers[key.name].value if key.name in self._answers else key.default for key in keys}

    @contextmanager
    def trying(self, key: Key[T], value: T) -> Iterator[None]:
        """As if a person had given this answer; afterwards all is as before."""
        before = self._answers.get(key.name)
        self._answers[key.name] = Answer(value, Source.TYPED, "typed")
        try:
            yield
        finally:
            self.forget(key)
            if before is not None:
                self._answers[key.name] = before

    def put(self, key: Key[T], value: T, source: Source, origin: str) -> None:
        """Take a value unless one of a higher rank is there (the same rank: the later one counts)."""
        if self._frozen:
            raise RuntimeError(f"{key.name} set after the answers were confirmed")
        there = self._answers.get(key.name)
        if there is None or source >= there.source:
            self._answers[key.name] = Answer(value, source, origin)

    def put_text(self, key: Key[Any], given: Given) -> None:
        """Take a supplied text; raises AnswerError that names key, value (unless secret) and origin."""
        try:
            value = key.parse(given.text)
        except ValueRefused as error:
            raise AnswerError(f"{key.name} from {given.origin}: {error.message}", hint=error.hint) from error
        self.put(key, value, given.source, given.origin)

    def forget(self, key: Key[Any]) -> None:
        self._answers.pop(key.name, None)

    def all(self) -> dict[str, Answer]:
        return dict(self._answers)

    def restore(self, answers: Mapping[str, Answer]) -> None:
        """Have these answers and no others: what `all()` gave before."""
        self._answers = dict(answers)

    def freeze(self) -> None:
        self._frozen = True

    def thaw(self) -> None:
        """After `freeze`, when they were not confirmed."""
        self._frozen = False

    def secrets(self) -> dict[str, Secret]:
        return {name: answer.value for name, answer in self._answers.items() if isinstance(answer.value, Secret)}

    def items(self) -> Iterator[tuple[str, Answer]]:
        return iter(sorted(self._answers.items()))

    def of_hosts(self) -> list[tuple[str, str, Answer]]:
        """Of other hosts' answers the host, the name of the key, and the answer."""
        parts = [(name.rpartition(":"), answer) for name, answer in self.items()]
        return [(host, name, answer) for (host, _, name), answer in parts if host]

    def to_plain(self, keys: Mapping[str, Key[Any]]) -> dict[str, dict[str, str | None]]:
        """Texts and origins by key name, without secrets: how answers lie in a run folder."""
        return {
            name: {"text": None if answer.value is None else keys[name].text(answer.value), "origin": answer.origin}
            for name, answer in self.items()
            if name in keys and not keys[name].secret
        }
