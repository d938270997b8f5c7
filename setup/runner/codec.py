"""Frozen values to JSON values and back: how answers and resources lie in a run folder.

msgspec does dataclasses, enums, UUIDs and unions; a `model` class that is no dataclass takes part by `parse(text)` and `str()`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ovirt_hc_setup.base.errors import FormatError, SetupError
from ovirt_hc_setup.base.secrets import Secret

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """JSON values; raises TypeError for a secret, which never goes into a file this way."""
    return msgspec.to_builtins(value, enc_hook=_encode)


def from_plain(data: Any, wanted: type[T]) -> T:
    """A value of the wanted type; raises FormatError naming the place inside it that does not fit."""
    try:
        return msgspec.convert(data, type=wanted, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise FormatError(f"a stored value is not a {getattr(wanted, '__name__', wanted)}: {error}") from error


def _encode(value: object) -> str:
    if isinstance(value, Secret):
        raise TypeError("a secret is not written into a run folder")
    if isinstance(value, Path) or hasattr(type(value), "parse"):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be stored in a run folder")


def _decode(wanted: type, data: Any) -> Any:
    if issubclass(wanted, Path):
        return wanted(data)
    parse = getattr(wanted, "parse", None)
    if parse is None:
        raise NotImplementedError(f"{wanted.__name__} cannot be read from a run folder")
    try:
        return parse(data)
    except SetupError as error:
        raise ValueError(error.message) from error
