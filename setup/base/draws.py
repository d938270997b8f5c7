"""What a plan has of chance and of the moment is drawn here and nowhere else: whoever needs the same plan twice can have it."""

from __future__ import annotations

import secrets
from time import time as clock
from uuid import UUID


def octets(count: int) -> bytes:
    """Random ones."""
    return secrets.token_bytes(count)


def uuid() -> UUID:
    """A random UUID (version 4)."""
    return UUID(bytes=octets(16), version=4)


def now() -> int:
    """Seconds since 1970."""
    return int(clock())
