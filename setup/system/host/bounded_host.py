"""A host on which nothing takes long: for looking at a storage that may hang.

A process that touches a mount whose server is gone waits in the kernel, and a thread of ours could not be ended there. So
files are read by a child, and a working folder is entered by the child too (with `env -C`): until a program is executed,
the one that starts it waits with it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, NotAnswering
from ovirt_hc_setup.base.host import Host, Outcome

LIMIT = 8.0
LARGEST = 1 << 20

# Past the page cache where the storage can do that. One read: either all comes, or nothing does.
_READ = """
[ -e "$1" ] || exit 44
{ dd if="$1" bs="$2" count=1 iflag=direct,fullblock status=none 2>/dev/null ||
  dd if="$1" bs="$2" count=1 iflag=fullblock status=none; } | base64 -w0
"""
_NOT_THERE = 44


class BoundedHost:
    """Fulfils the Host protocol; whatever takes longer than `limit` seconds is ended."""

    def __init__(self, host: Host, limit: float = LIMIT) -> None:
        self._host = host
        self._limit = limit

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
        inside = ("env", "-C", str(cwd), *argv) if cwd is not None else argv
        return self._host.run(*inside, timeout=min(timeout, self._limit), stdin=stdin, env=env, check=check)

    def read(self, path: Path) -> bytes:
        """The first MiB of a file, past this host's caches. Raises FileNotFoundError, NotAnswering when it takes too long,
        CommandFailed."""
        outcome = self.run("sh", "-c", _READ, "-", str(path), str(LARGEST), check=False)
        if outcome.code == _NOT_THERE:
            raise FileNotFoundError(f"{path} is not there")
        if outcome.code is None:
            hint = "Is its storage up? See `gluster volume status` and `mount`."
            raise NotAnswering(f"{path} cannot be read: no answer within {self._limit:.0f} s", hint=hint, host=self.name)
        if not outcome.ok or outcome.err.strip():
            raise CommandFailed(f"{path} cannot be read: {outcome.err.strip()[-200:] or outcome.code}", host=self.name)
        try:
            return base64.b64decode(outcome.out, validate=True)
        except binascii.Error as error:
            raise CommandFailed(f"{path} was not read whole: {error}", host=self.name) from error

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        self._host.write(path, data, mode=mode, owner=owner)
