"""The SHA-1 of a file, computed beside other work (descriptors of appliances give SHA-1; it finds damage, not attackers)."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from ovirt_hc_setup.base.errors import FormatError

_CHUNK = 4 << 20


class FileSum:
    """Reads the file in a thread from `__enter__` on; `found()` is its sum, `soon()` that or None. Leaving stops it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="sha1", daemon=True)
        self._sum = ""
        self._failure: OSError | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def soon(self) -> str | None:
        return None if self._thread.is_alive() else self.found()

    def found(self) -> str:
        """40 hex digits; raises OSError when the file could not be read."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._sum

    def _read(self) -> None:
        digest = hashlib.sha1(usedforsecurity=False)
        try:
            with self._path.open("rb", buffering=0) as file:
                while not self._stop.is_set() and (data := file.read(_CHUNK)):
                    digest.update(data)
        except OSError as error:
            self._failure = error
        self._sum = digest.hexdigest()


def refuse_other_sum(path: Path, wanted: str, found: str) -> None:
    """Raise FormatError when a sum was wanted (40 hex digits; empty: none) and another one was found."""
    if wanted and wanted != found:
        raise FormatError(
            f"the appliance {path} is not the one that its descriptor describes: its SHA-1 is {found}, it should be {wanted}",
            hint="Install the appliance's package again, or copy the file again; then run the same command again.",
        )
