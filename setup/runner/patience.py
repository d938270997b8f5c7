"""What does not answer just now is looked at again, for a while that is shown: then it is a failure of the world."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from ovirt_hc_setup.base.errors import CommandFailed, NotAnswering
from ovirt_hc_setup.runner.resource import Progress

LIMIT = 120.0
"""Seconds. Two glusterds that are restarted have their bricks back after some 10; a host that is cut off stops all I/O for 33."""

LOOK_EVERY = 2.0

T = TypeVar("T")

# What a FUSE mount says while its volume has no quorum, and an NFS mount whose server is away.
_PASSING = frozenset((errno.ENOTCONN, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN))
_WORDS = ("Transport endpoint is not connected", "Stale file handle")


def patiently(act: Callable[[], T], progress: Progress) -> T:
    """What `act` returns, however often it has to be begun again for a storage that does not answer. It has to stand being ended
    anywhere and begun again. Raises the last error when the time is over."""
    begun = time.monotonic()
    while True:
        try:
            return act()
        except Exception as error:
            waited = time.monotonic() - begun
            if not _may_pass(error) or waited > LIMIT:
                raise
        progress.amount(int(waited), int(LIMIT), "the storage does not answer: looking again", "seconds")
        time.sleep(LOOK_EVERY)


def _may_pass(error: BaseException) -> bool:
    return any(
        isinstance(one, NotAnswering)
        or (isinstance(one, OSError) and one.errno in _PASSING)
        or (isinstance(one, CommandFailed) and any(words in one.message for words in _WORDS))
        for one in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
