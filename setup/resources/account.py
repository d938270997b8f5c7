"""VDSM's numbers on a host: user and group 36, and the daemons that have to read the files that belong to them.

On the storage every file belongs to 36:36, whoever runs it. QEMU and sanlock come to them through group 36.

**Commit point**: the last of the memberships (`gpasswd --add`). A kill **before** it leaves a group, a user or some of the
memberships, each of them whole, and applying again adds the rest; a kill **after** it leaves everything done but perhaps a daemon
that does not know its new group yet, which applying again sees in its process and restarts.
`undo` **knows what is ours** by the before-image, which says what was missing: only that is taken away again, and only while
it is still there under our number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.host import accounts, units
from ovirt_hc_setup.system.sanlock import sanlock_client

NUMBER = 36
"""uid of vdsm and gid of kvm wherever VDSM is installed."""

USER = "vdsm"
GROUPS = ("kvm", "vdsm")
"""What group 36 may be called: `kvm` on Enterprise Linux; where that name has another number (Debian), `vdsm`."""

QEMU = "QEMU"
"""In `members`: whoever runs QEMU on this host."""


@dataclass(frozen=True, kw_only=True)
class Account(Resource):
    """`members` are users that get group 36; those of `restart` are units of daemons that learn of it by a restart."""

    members: tuple[str, ...] = (QEMU, "sanlock")
    restart: tuple[str, ...] = ("sanlock.service",)

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"account {NUMBER}",)

    def describe(self) -> tuple[str, ...]:
        return (f"Let QEMU and sanlock use files that belong to {NUMBER}:{NUMBER}", f"user {USER}, group {NUMBER}, memberships")

    def probe(self, host: Host) -> State:
        trouble = _taken(host)
        if trouble:
            return conflict(trouble, f"VDSM's files belong to {NUMBER}:{NUMBER} on every host: change this number.")
        missing = [name for name in self.members if name != QEMU and accounts.user(host, name) is None]
        if missing:
            return blocked(f"there is no user {missing[0]} yet: the package that brings it is not installed")
        lacks = self._lacks(host)
        return needed(", ".join(lacks)) if lacks else DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        before = record.keep(self._before(host))
        if accounts.group(host, NUMBER) is None:
            accounts.add_group(host, before["group"], NUMBER)
        if accounts.user(host, NUMBER) is None:
            accounts.add_user(host, USER, NUMBER, NUMBER)
        record.committing()
        self._join(host, progress)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        before = record.before
        group = accounts.group(host, NUMBER)
        if not before or group is None:
            return
        for name in before["joined"]:
            if name in group.members:
                accounts.remove_member(host, name, group.name)
        user = accounts.user(host, NUMBER)
        if not before["user_existed"] and user is not None and user.name == USER:
            accounts.remove_user(host, USER)
        # userdel takes the group of the same name along when nobody else is in it.
        if not before["group_existed"] and (left := accounts.group(host, NUMBER)) and left.name == before["group"]:
            accounts.remove_group(host, left.name)

    def _names(self, host: Host) -> list[str]:
        return [accounts.qemu_user(host).name if name == QEMU else name for name in self.members]

    def _lacks(self, host: Host) -> list[str]:
        lacks = []
        if accounts.group(host, NUMBER) is None:
            lacks.append(f"there is no group {NUMBER}")
        if accounts.user(host, NUMBER) is None:
            lacks.append(f"there is no user {NUMBER}")
        outside = (name for name in self._names(host) if not accounts.in_group(host, name, NUMBER))
        lacks += [f"{name} is not in group {NUMBER}" for name in outside]
        return lacks or [f"{unit} runs without group {NUMBER}" for unit in self.restart if _ignorant(host, unit)]

    def _before(self, host: Host) -> dict[str, Any]:
        return {
            "group_existed": accounts.group(host, NUMBER) is not None,
            "group": _free_name(host),
            "user_existed": accounts.user(host, NUMBER) is not None,
            "joined": [name for name in self._names(host) if not accounts.in_group(host, name, NUMBER)],
        }

    def _join(self, host: Host, progress: Progress) -> None:
        name_of_36 = host_group(host)
        joined = [name for name in self._names(host) if not accounts.in_group(host, name, NUMBER)]
        for name in joined:
            accounts.add_member(host, name, name_of_36)
        for unit in self.restart:
            if _ignorant(host, unit):
                self._restart(host, unit, progress)

    def _restart(self, host: Host, unit: str, progress: Progress) -> None:
        progress.amount(0, int(units.JOB_SECONDS), f"restarting {unit}, to add it to group {NUMBER}", "seconds")
        # Whoever tried this a few times in a row must not be refused by systemd's limit of starts.
        units.reset_failed(host, unit)
        units.restart(host, unit)
        if unit == sanlock_client.UNIT:
            sanlock_client.wait_ready(host, partial(progress.amount, unit="seconds"))


def _ignorant(host: Host, unit: str) -> bool:
    """Whether a daemon runs without group 36 and needs it: not as root, which may read everything."""
    pid = units.show(host, unit, "MainPID").get("MainPID", "0")
    if pid in ("0", ""):
        return False
    found = host.run("cat", f"/proc/{pid}/status", check=False).out
    fields = dict(line.split(":", 1) for line in found.splitlines() if ":" in line)
    groups = {*fields.get("Groups", "").split(), *fields.get("Gid", "").split()}
    if fields.get("Uid", "0 0").split()[1] == "0" or str(NUMBER) in groups:
        return False
    # sanlock does not end while it holds lockspaces, and it got those without the group.
    status = sanlock_client.status(host) if unit == sanlock_client.UNIT else None
    return status is None or not status.lockspaces


def host_group(host: Host) -> str:
    """What group 36 is called on this host; raises SetupError when there is none."""
    found = accounts.group(host, NUMBER)
    if found is None:
        raise SetupError(f"there is no group {NUMBER} on this host", host=host.name)
    return found.name


def _free_name(host: Host) -> str:
    return next((name for name in GROUPS if accounts.group(host, name) is None), USER)


def _taken(host: Host) -> str:
    group, user, named = accounts.group(host, NUMBER), accounts.user(host, NUMBER), accounts.user(host, USER)
    if group is not None and group.name not in GROUPS:
        return f"group {NUMBER} is called {group.name} on this host"
    if user is not None and user.name != USER:
        return f"user {NUMBER} is called {user.name} on this host"
    if named is not None and named.uid != NUMBER:
        return f"the user {USER} has the number {named.uid} on this host"
    if group is None and all(accounts.group(host, name) for name in GROUPS):
        return f"the groups {' and '.join(GROUPS)} have other numbers than {NUMBER} on this host"
    return ""
