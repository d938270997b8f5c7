"""Figures in the words that people read: bytes, seconds."""

from __future__ import annotations


def size(count: float) -> str:
    """`1536` is "1.5 KiB", from a hundred on without a fraction."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(count) < 1024:
            return f"{count:.0f} {unit}" if unit == "B" or abs(count) >= 100 else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def span(seconds: float) -> str:
    """`95.2` is "1:35", `3.21` is "3.2 s"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def whole(seconds: float) -> str:
    """`46.9` is "47 s"; from a minute on as `span`."""
    return span(seconds) if seconds >= 60 else f"{seconds:.0f} s"


def amount(done: int, total: int, unit: str) -> str:
    """How far something is, in its unit."""
    show = size if unit == "bytes" else whole
    return f"{show(done)} of {show(total)}" if total else show(done)
