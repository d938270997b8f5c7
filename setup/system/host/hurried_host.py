"""A host that is asked until a moment, and not after it: for gathering many things of which none is worth a long wait."""

from __future__ import annotations

import time
from dataclasses import replace

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host, HostBehind, Outcome, Request


class HurriedHost(HostBehind):
    """`until` is a moment of the monotonic clock: no command takes longer, and none begins later."""

    def __init__(self, host: Host, until: float) -> None:
        super().__init__(host)
        self._until = until

    def outcome(self, request: Request) -> Outcome:
        left = self._until - time.monotonic()
        if left <= 0:
            raise CommandFailed(f"no time is left for `{' '.join(request.argv)}`", host=self.name)
        return super().outcome(replace(request, timeout=min(request.timeout, left)))
