"""sanlock: leases made and read directly on the storage, and the daemon that holds them.

`direct` commands run in the folder of the file with its bare name, because the colon in a mount point's path would
separate arguments; `client` commands need the whole path, so there it is escaped.
"""

from __future__ import annotations

import errno
import re
import time
from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, FormatError, NotAnswering
from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.base.waiting import Waiting, waits
from ovirt_hc_setup.formats.sanlock import sanlock_output as texts
from ovirt_hc_setup.formats.sanlock.sanlock_output import DELTA_MAGIC, DaemonStatus, Dumped, HeldLockspace, Leader
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.host.asked_at_once import Awaited
from ovirt_hc_setup.system.host.commands import LAST_WORDS
from ovirt_hc_setup.system.host.within import HINT, LIMIT

ALIGNMENT = 1 << 20
ALIGNMENT_TEXT = "1M"
CONF = Path("/etc/sanlock/sanlock.conf")
UNIT = "sanlock.service"

ACQUIRE_LIMIT = 220.0
"""Seconds: 21 for a free host id or our own old one, up to 161 when another name held it and died."""

LAST_HOST = {512: 2000, 4096: 250}
"""The highest host id that a lockspace of 1 MiB has room for, by sector size."""

LOOK = f"See: systemctl status {UNIT}; journalctl -u {UNIT}"

_RESULT = re.compile(r"_lockspace done (-?\d+)")
_READ = re.compile(r"read_leader done (-?\d+)")
_NO_LEASE = frozenset({-90, *range(-229, -222)})
"""What `read_leader` says of content that is no lease, or another one, or a torn one: too short, and SANLK_LEADER_* of
sanlock_rv.h (magic, version, sector size, lockspace, resource, hosts, checksum)."""

_MEANING = {
    -2: "the lockspace is not held",
    -17: "the lockspace is already held with this host id",
    -19: "the file cannot be opened",
    -22: "the lockspace is held with another host id or path",
    -115: "it is in progress",
    -201: "the daemon has just been started, or cannot reach the storage",
    -223: "the file holds no lockspace",
    -226: "the file holds a lockspace of another name",
    -262: "another host holds this host id and is alive",
}


def direct(host: Host, folder: Path, *words: str, check: bool = True) -> Outcome:
    """`sanlock direct ...` in a folder of the storage. Raises NotAnswering when that takes too long.

    The folder is entered by `env`: where the storage hangs, Python itself would wait with its child until that is in there.
    """
    outcome = host.run("env", "-C", str(folder), "sanlock", "direct", *words, timeout=LIMIT, check=False)
    if outcome.code is None:
        limit = outcome.request.timeout
        raise NotAnswering(f"{folder}: sanlock got no answer from it within {limit:.0f} s", hint=HINT, host=host.name)
    return outcome.check() if check else outcome


def init_lockspace(host: Host, path: Path, name: str, sector: int) -> None:
    """Write an empty lockspace over the first MiB of an existing file. Whoever holds a host id in it loses it."""
    argument = texts.lockspace_argument(name, 0, path.name)
    direct(host, path.parent, "init", "-s", argument, "-Z", str(sector), "-A", ALIGNMENT_TEXT)


def init_resource(host: Host, path: Path, lockspace: str, name: str, offset: int, sector: int) -> None:
    """Write a free resource lease at `offset` (bytes) of an existing file."""
    argument = texts.resource_argument(lockspace, name, path.name, offset)
    direct(host, path.parent, "init", "-r", argument, "-Z", str(sector), "-A", ALIGNMENT_TEXT)


def lockspace_leader(host: Host, path: Path, name: str, host_id: int, sector: int) -> Leader | None:
    """The delta lease of a host id; None when the file holds no lockspace of this name there. Raises CommandFailed when the
    file cannot be read."""
    leader = _leader(host, path, "-s", texts.lockspace_argument(name, host_id, path.name), sector)
    return leader if leader and leader.magic == DELTA_MAGIC and leader.space_name == name else None


def resource_leader(host: Host, path: Path, lockspace: str, name: str, offset: int, sector: int) -> Leader | None:
    """The lease of a resource; None when there is none of this name. Raises CommandFailed when the file cannot be read."""
    leader = _leader(host, path, "-r", texts.resource_argument(lockspace, name, path.name, offset), sector)
    return leader if leader and (leader.space_name, leader.resource_name) == (lockspace, name) else None


def holds_lockspace(host: Host, path: Path, name: str, sector: int) -> bool:
    """Whether the file begins with a whole lockspace of this name: its first and its last host id are there."""
    return all(lockspace_leader(host, path, name, number, sector) for number in (1, LAST_HOST[sector]))


def dump(host: Host, path: Path, sector: int, size: int = ALIGNMENT) -> tuple[Dumped, ...]:
    """Every lease in the first `size` bytes that was ever used; those with timestamp 0 are free. None in other content."""
    # Without its sector size a file that holds no leases is an error for sanlock.
    options = (f"{texts.escaped(path.name)}:0:{size}", "-Z", str(sector), "-A", ALIGNMENT_TEXT)
    return texts.parse_dump(direct(host, path.parent, "dump", *options).out)


def status(host: Host) -> DaemonStatus | None:
    """What the daemon holds; None when no daemon runs, so that nothing is held. Raises CommandFailed when one runs and does not
    answer, FormatError when its answer cannot be read."""
    try:
        outcome = host.run("sanlock", "client", "status", timeout=10, check=False)
    except CommandFailed:
        _require_none_runs(host, f"{UNIT} runs, but the program sanlock cannot be started")
        return None
    if outcome.ok:
        return texts.parse_status(outcome.out)
    if outcome.code is None:
        raise CommandFailed("the sanlock daemon does not answer", hint=LOOK, host=host.name)
    _require_none_runs(host, f"the sanlock daemon runs, but cannot be asked: {outcome.describe()}")
    return None


def _require_none_runs(host: Host, otherwise: str) -> None:
    """Raises CommandFailed unless no daemon runs. The program itself says of a missing socket only that it failed."""
    if units.state(host, UNIT).active not in ("inactive", "failed"):
        raise CommandFailed(otherwise, hint=LOOK, host=host.name)


def wait_ready(host: Host, waiting: Waiting, limit: float = 30.0, name: str = "") -> DaemonStatus:
    """Wait until the daemon answers (as `name`, when given); raises CommandFailed when it does not within `limit` seconds."""
    why = ""
    for _ in waits(limit, waiting, "waiting for the sanlock daemon", every=0.5):
        found, why = _looked(host)
        if found is not None and name in ("", found.daemon):
            return found
        why = f"it answers as {found.daemon} instead of {name}" if found else why
    raise CommandFailed(f"the sanlock daemon is not ready after {limit:.0f} s: {why}", hint=LOOK, host=host.name)


def _looked(host: Host) -> tuple[DaemonStatus | None, str]:
    """Its status, or why there is none."""
    try:
        return status(host), f"{UNIT} does not run"
    except (CommandFailed, FormatError) as error:
        return None, error.message


def known(found: DaemonStatus | None, name: str) -> HeldLockspace | None:
    """The lockspace of this name in a status, held or on its way."""
    return next((space for space in found.lockspaces if space.name == name), None) if found else None


def add_lockspace(host: Host, space: HeldLockspace, waiting: Waiting) -> int:
    """Ask the daemon for a host id and wait until it has it or not, telling the seconds; 0 or sanlock's negative result.

    `waiting` may end it by `stop_asking`. Raises Stopped; the daemon goes on then.
    """
    argument = texts.lockspace_argument(space.name, space.host_id, space.path)
    text = f"waiting for host id {space.host_id} in {space.name}"
    return _client(host, "add_lockspace", argument, ACQUIRE_LIMIT, waiting, text)


def stop_asking(host: Host, space: HeldLockspace) -> None:
    """Let the daemon give up an `add_lockspace` that is under way: that one ends within seconds (with -201)."""
    argument = texts.lockspace_argument(space.name, space.host_id, space.path)
    host.run("sanlock", "client", "rem_lockspace", "-s", argument, timeout=60, check=False)


def remove_lockspace(host: Host, space: HeldLockspace, waiting: Waiting) -> int:
    """Give a host id back; 0 or sanlock's negative result (-2: it was not held)."""
    argument = texts.lockspace_argument(space.name, space.host_id, space.path)
    return _client(host, "rem_lockspace", argument, 120.0, waiting, f"releasing host id {space.host_id} in {space.name}")


def meaning(result: int) -> str:
    """A result of the daemon in words."""
    return f"{_MEANING.get(result, 'sanlock refused')} (sanlock {result})"


def restart(host: Host, name: str, waiting: Waiting) -> None:
    """Restart the daemon so that it calls its host `name`. Only while it holds nothing: it would not end."""
    units.reset_failed(host, UNIT)  # a daemon that was restarted a few times today is not refused for it
    host.run("systemctl", "restart", UNIT, timeout=90)
    wait_ready(host, waiting, name=name)


def _leader(host: Host, path: Path, kind: str, argument: str, sector: int) -> Leader | None:
    options = (kind, argument, "-Z", str(sector), "-A", ALIGNMENT_TEXT)
    outcome = direct(host, path.parent, "read_leader", *options, check=False)
    if outcome.ok:
        return texts.parse_leader(outcome.out)
    found = _READ.search(outcome.out)
    if found is None or int(found[1]) not in _NO_LEASE:
        why = _unreadable(int(found[1]), sector) if found else outcome.describe()
        raise CommandFailed(f"{path} cannot be read by sanlock: {why}", hint="Look at the mount.", host=host.name)
    return None


def _unreadable(result: int, sector: int) -> str:
    # EINVAL of a direct read, where it is a lockspace's path for the daemon.
    return f"the storage takes no reads of {sector} bytes (sanlock {result})" if result == -errno.EINVAL else meaning(result)


def _client(host: Host, verb: str, argument: str, limit: float, waiting: Waiting, text: str) -> int:
    # A thread that keeps nobody: whoever is stopped meanwhile leaves, and the daemon goes on by itself.
    ask = partial(host.run, "sanlock", "client", verb, "-s", argument, timeout=limit, check=False)
    asked = Awaited(ask, time.monotonic() + limit + 3 * LAST_WORDS)
    asked.awaited(limit, waiting, text)
    outcome = asked.value()
    found = _RESULT.search(outcome.out)
    if found is None:
        outcome.check(hint=LOOK)
        raise CommandFailed(outcome.describe(), host=host.name)
    return int(found[1])
