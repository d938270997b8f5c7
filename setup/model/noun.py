"""What every noun shares: a frozen value that is one text outside the program and compares by that text."""

from __future__ import annotations

from typing import Self


class Noun:
    """A value with one canonical text. A subclass has `parse(text)`, which raises ValueRefused, and its own properties.

    Nouns are no dataclasses on purpose: answers and run folders hold their text, not their parts.
    """

    __slots__ = ("_text",)
    _text: str

    @classmethod
    def _of(cls, text: str) -> Self:
        noun = cls.__new__(cls)
        object.__setattr__(noun, "_text", text)
        return noun

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} does not change")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._text == self._text

    def __hash__(self) -> int:
        return hash((type(self), self._text))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._text!r})"

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (type(self).parse, (self._text,))  # type: ignore[attr-defined]
