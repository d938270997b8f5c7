"""What does not answer just now is looked at again, for a while that is shown: then it is a failure of the world."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from ovirt_hc_setup.base.errors import CommandFailed, NotAnswering
from ovirt_hc_setup.base.waiting import waits
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
    anywhere and begun again. Raises the last error when the time is over, and Stopped."""
    last: Exception | None = None
    told = partial(progress.amount, unit="seconds")
    for _ in waits(LIMIT, told, "the storage does not answer: looking again", every=LOOK_EVERY):
        try:
            return act()
        except Exception as error:
            if not _may_pass(error):
                raise
            last = error
    assert last is not None
    raise last


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
