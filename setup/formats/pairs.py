"""`KEY=VALUE` lines, which most of oVirt's small files consist of."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ovirt_hc_setup.base.errors import FormatError


def decoded(data: bytes, what: str, limit: int) -> str:
    """UTF-8 text of at most `limit` bytes; raises FormatError naming `what` was read."""
    if len(data) > limit:
        raise FormatError(f"{what} has {len(data)} bytes, more than the {limit} it can have")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{what} is not text: byte {error.start} is not UTF-8") from error


class Pairs:
    """The values of a text by key, with readers that name the key and the file in their errors."""

    def __init__(self, values: dict[str, str], what: str) -> None:
        self.values = values
        self.what = what

    def text(self, key: str) -> str:
        try:
            return self.values[key]
        except KeyError:
            raise FormatError(f"{self.what} has no {key}") from None

    def number(self, key: str, default: int | None = None) -> int:
        if default is not None and key not in self.values:
            return default
        text = self.text(key)
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise FormatError(f"{self.what}: {key} is {text!r}, which is not a number")
        return int(text)

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        text = self.text(key)
        if text not in allowed:
            raise FormatError(f"{self.what}: {key} is {text[:40]!r}, which is none of {', '.join(allowed)}")
        return text

    def uuid(self, key: str) -> UUID:
        text = self.text(key)
        try:
            found = UUID(text)
        except ValueError:
            found = None
        if found is None or str(found) != text.lower():
            raise FormatError(f"{self.what}: {key} is {text!r}, which is not a UUID")
        return found
