"""A host on which nothing takes long: for looking at a storage that may hang.

A process that touches a mount whose server is gone waits in the kernel, and a thread of ours could not be ended there. So
files are read by a child, and a working folder is entered by the child too (with `env -C`): until a program is executed,
the one that starts it waits with it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, NotAnswering
from ovirt_hc_setup.base.host import Host, HostBehind, Outcome, Request

LIMIT = 8.0
LARGEST = 1 << 20

# Past the page cache where the storage can do that. One read: either all comes, or nothing does.
_READ = """
[ -e "$1" ] || exit 44
{ dd if="$1" bs="$2" count=1 iflag=direct,fullblock status=none 2>/dev/null ||
  dd if="$1" bs="$2" count=1 iflag=fullblock status=none; } | base64 -w0
"""
_NOT_THERE = 44


class BoundedHost(HostBehind):
    """Whatever takes longer than `limit` seconds is ended."""

    def __init__(self, host: Host, limit: float = LIMIT) -> None:
        super().__init__(host)
        self._limit = limit

    def outcome(self, request: Request) -> Outcome:
        inside = () if request.cwd is None else ("env", "-C", str(request.cwd))
        bounded = min(request.timeout, self._limit)
        return super().outcome(replace(request, argv=(*inside, *request.argv), timeout=bounded, cwd=None))

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
