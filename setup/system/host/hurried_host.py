"""A host that is asked until a moment, and not after it: for gathering many things of which none is worth a long wait."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host, Outcome


class HurriedHost:
    """Fulfils the Host protocol. `until` is a moment of the monotonic clock: no command takes longer, and none begins later."""

    def __init__(self, host: Host, until: float) -> None:
        self._host, self._until = host, until

    @property
    def name(self) -> str:
        return self._host.name

    def run(
        self,
        *argv: str,
        timeout: float = 60.0,
        stdin: bytes | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> Outcome:
        left = self._until - time.monotonic()
        if left <= 0:
            raise CommandFailed(f"no time is left for `{' '.join(argv)}`", host=self.name)
        return self._host.run(*argv, timeout=min(timeout, left), stdin=stdin, cwd=cwd, env=env, check=check)

    def read(self, path: Path) -> bytes:
        return self._host.read(path)

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        self._host.write(path, data, mode=mode, owner=owner)
