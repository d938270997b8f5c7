"""What goes wrong in a cluster, done to hosts of a lab: links that are cut or slow, hosts that stand still, clocks that differ.

Whatever was done, `mend` ends it (but not a clock: hosts of today have no better one to go by).
"""

from __future__ import annotations

import signal
from itertools import product

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab.cgroups import send
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.keeping import running_keeper
from ovirt_hc_setup.lab.whole_lab import Lab

_TABLE = "lab_cuts"
_CHAINS = ("prerouting", "forward", "postrouting")


def cut(lab: Lab, one: str, other: str | None = None) -> None:
    """Let nothing through between two hosts, or between one host and everything; of a host with a link (`hc1/host1`) only that
    one is cut. Raises NotDeployed for a host that is off (its links are not there, and a rule for them would cut nothing),
    UsageError, CommandFailed."""
    inside = Inside(running_keeper(lab.places))
    ends = [list(_links(lab, place).values()) for place in (one, other) if place]
    if other and set(ends[0]) & set(ends[1]):
        raise UsageError(f"'{one}' and '{other}' are one host", hint="Name two, or one to cut it off from all.")
    inside.run("nft", "add", "table", "bridge", _TABLE)
    for chain in _CHAINS:
        inside.run("nft", f"add chain bridge {_TABLE} {chain} {{ type filter hook {chain} priority 0; }}")
    if other:
        pairs = [*product(*ends), *product(*reversed(ends))]
        rules = [("forward", f"iifname {here} oifname {there}") for here, there in pairs]
    else:
        rules = [rule for end in ends[0] for rule in (("prerouting", f"iifname {end}"), ("postrouting", f"oifname {end}"))]
    for chain, match in rules:
        inside.run("nft", f"add rule bridge {_TABLE} {chain} {match} drop")


def _links(lab: Lab, place: str) -> dict[str, str]:
    """The links that are meant by a host, or by HOST/LINK, with the lab's ends of them; raises NotDeployed, UsageError."""
    name, _, link = place.partition("/")
    host = lab.host(name).name
    links = lab.kind.links(lab.places, host)
    if link and link not in links:
        raise UsageError(f"{host} has no link '{link}'", hint=f"It has {', '.join(links)}.")
    return {link: links[link]} if link else links


def slow_network(lab: Lab, place: str, milliseconds: int) -> None:
    """Delay all that a host sends, or all that it sends over one link; raises CommandFailed where its kernel cannot."""
    for link in _links(lab, place):
        argv = ("tc", "qdisc", "replace", "dev", link, "root", "netem", "delay", f"{milliseconds}ms")
        lab.exec(place.partition("/")[0], *argv)


def slow_disks(lab: Lab, host: str, milliseconds: int) -> None:
    """Let the bricks of a host have one operation in so many milliseconds on each spare disk; raises CommandFailed."""
    rate = str(max(1, 1000 // milliseconds))
    lab.exec(host, "systemctl", "set-property", "--runtime", "glusterd.service", *_limits(lab, host, rate))


def _limits(lab: Lab, host: str, rate: str) -> list[str]:
    kinds = ("IOReadIOPSMax", "IOWriteIOPSMax")
    return [f"{kind}={disk} {rate}" if rate else f"{kind}=" for disk in lab.disks(host) for kind in kinds]


def freeze(lab: Lab, host: str) -> None:
    """Let a host stand still, as one does whose power is fine and whose kernel is not."""
    send(lab.name, lab.host(host).name, signal.SIGSTOP)


def set_clock(lab: Lab, host: str, seconds: int) -> None:
    """Move a host's clock; raises UsageError where it is the clock of this machine."""
    if lab.kind.shares_clock:
        raise UsageError(
            f"the clock of {host} is the one of this machine", hint="Bring the lab up with --kernel own: its hosts have clocks."
        )
    lab.exec(host, "date", "-s", f"{seconds:+d} seconds")


def mend(lab: Lab) -> None:
    """End all that was done to links, disks and hosts that stand still; raises CommandFailed."""
    inside = Inside(running_keeper(lab.places))
    inside.run("nft", "delete", "table", "bridge", _TABLE, check=False)
    for host in lab.started():
        send(lab.name, host, signal.SIGCONT)
        for link in _links(lab, host):
            lab.exec(host, "tc", "qdisc", "del", "dev", link, "root", check=False)
        lab.exec(host, "systemctl", "set-property", "--runtime", "glusterd.service", *_limits(lab, host, ""), check=False)
