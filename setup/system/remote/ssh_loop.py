"""asyncssh's event loop, in one thread: to everybody else a host over SSH is a host like any other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Loop:
    """In a thread that ends with the program."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="ssh", daemon=True).start()

    def wait(self, work: Coroutine[Any, Any, T], limit: float | None = None) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(limit)


_loop: _Loop | None = None
_lock = threading.Lock()


def the_loop() -> _Loop:
    """The one loop, begun when it is first wanted."""
    global _loop
    with _lock:
        _loop = _loop or _Loop()
        return _loop
