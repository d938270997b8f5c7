"""Values that must never be shown: a type that masks itself, and the place a run keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

MASK = "********"


class Secret:
    """A text that prints as asterisks everywhere; only `reveal()` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


class Secrets(Protocol):
    """Where a resource reads the secrets of its run, by the name of their key."""

    def get(self, name: str) -> Secret:
        """The secret; raises UsageError when it is gone (it does not survive a reboot) and has to be asked again."""
        ...


def masked(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with every secret of at least four characters in it replaced (shorter ones would mask half of any text)."""
    for secret in sorted((found.reveal() for found in secrets), key=len, reverse=True):
        if len(secret) >= 4:
            text = text.replace(secret, MASK)
    return text
