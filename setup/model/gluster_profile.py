"""The options that a volume with VM disks should have: GlusterFS's own group `virt`, and what oVirt wants in addition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_ON = frozenset({"on", "enable", "enabled", "yes", "true", "1"})
_OFF = frozenset({"off", "disable", "disabled", "no", "false", "0"})


def same_value(one: str, other: str) -> bool:
    """Whether glusterd would take both for the same: it has five words for on and five for off, and keeps what was typed."""
    left, right = one.strip().lower(), other.strip().lower()
    return left == right or {left, right} <= _ON or {left, right} <= _OFF


@dataclass(frozen=True)
class Wanted:
    """`value` is what we would set. `also` are other values that are as good; `unset` whether glusterd's default is."""

    value: str
    also: tuple[str, ...] = ()
    unset: bool = False
    risky: str = ""

    def accepts(self, found: str) -> bool:
        """Whether an option with this value (empty: not set) is as it should be."""
        if not found:
            return self.unset
        return any(same_value(found, good) for good in (self.value, *self.also))


_SHARD = "only on an empty volume: switching it on or off with files on it corrupts them"

# Source: glusterfs 10 and later, extras/group-virt.example (/var/lib/glusterd/groups/virt). `unset` follows the defaults
# that `gluster volume get VOLUME all` of GlusterFS 10 shows for a replica-3 volume.
VIRT: Mapping[str, Wanted] = {
    "performance.quick-read": Wanted("off"),
    "performance.read-ahead": Wanted("off"),
    "performance.io-cache": Wanted("off"),
    "performance.low-prio-threads": Wanted("32"),
    "network.remote-dio": Wanted("disable", unset=True),
    "performance.strict-o-direct": Wanted("on"),
    "cluster.eager-lock": Wanted("enable", unset=True),
    "cluster.quorum-type": Wanted("auto", unset=True),
    "cluster.server-quorum-type": Wanted("server"),
    "cluster.data-self-heal-algorithm": Wanted("full"),
    "cluster.locking-scheme": Wanted("granular"),
    "cluster.shd-max-threads": Wanted("8"),
    "cluster.shd-wait-qlength": Wanted("10000"),
    "features.shard": Wanted("on", risky=_SHARD),
    "user.cifs": Wanted("off"),
    "cluster.choose-local": Wanted("off"),
    "client.event-threads": Wanted("4"),
    "server.event-threads": Wanted("4"),
    "performance.client-io-threads": Wanted("on"),
    # glusterfs issue 1217: with longer ones sanlock on the hosts that are left kills VMs when a host reboots. One file
    # operation may wait for it twice, and sanlock gives up 80 s after its last renewal. oVirt's older pages document 30.
    "network.ping-timeout": Wanted("20"),
    "server.tcp-user-timeout": Wanted("20"),
    "server.keepalive-time": Wanted("10"),
    "server.keepalive-interval": Wanted("2"),
    "server.keepalive-count": Wanted("5"),
    "cluster.lookup-optimize": Wanted("off"),
}

# VDSM and QEMU (36:36) have to own the root of the volume; entries are healed by name and not by crawling.
OVIRT: Mapping[str, Wanted] = {
    "storage.owner-uid": Wanted("36"),
    "storage.owner-gid": Wanted("36"),
    "cluster.granular-entry-heal": Wanted("enable"),
}

WANTED: Mapping[str, Wanted] = {**VIRT, **OVIRT}


def mending_command(volume: str, option: str, value: str) -> tuple[str, ...]:
    """What sets the option on a started volume (granular entry heal has a verb of its own)."""
    if option == "cluster.granular-entry-heal":
        return ("gluster", "volume", "heal", volume, "granular-entry-heal", value)
    return ("gluster", "volume", "set", volume, option, value)
