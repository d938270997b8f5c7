"""JSON that others wrote, or that lay on a disk, as a value of the shape that it has to have."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from ovirt_hc_setup.base.errors import FormatError

T = TypeVar("T")


def read(data: bytes | str, wanted: type[T], what: str, *, hint: str = "") -> T:
    """Raises FormatError naming `what` (a file, a program's output) and the place in it: not JSON, or of another shape."""
    try:
        return msgspec.json.decode(data, type=wanted)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise FormatError(f"{what} is not what it should be: {error}", hint=hint) from error
