"""Asking glusterd. Nothing here changes a volume, and nothing waits for long: a server that is silent is an error in seconds."""

from __future__ import annotations

from ovirt_hc_setup.base.errors import CommandFailed, FormatError
from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.base.waiting import nobody, waits
from ovirt_hc_setup.formats.gluster.gluster_xml import (
    NO_SUCH_VOLUME,
    GlusterRefused,
    read_brick_states,
    read_heal_states,
    read_peers,
    read_volumes,
)
from ovirt_hc_setup.model.gluster_state import BrickState, HealState, PoolPeer
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.system.network import resolver

PORT = 24007
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
BRICKS_SECONDS = 45.0

TURN_SECONDS = 25.0
"""How long somebody else's work in the pool is waited for: a change of a volume takes glusterd some seconds, the looks of three
hosts at once together not one, and the lock that a glusterd has left behind which died is worth telling."""

SHORT_TURN = 3.0
"""For a look that has to be short: that somebody is at work, or has left a lock behind, is its answer then."""

TURN_EVERY = 0.7

# glusterd does one thing at a time in the whole pool, or for one volume, and refuses the others.
_BUSY = ("Another transaction", "Locking failed")

# bash opens the connection itself, so that nothing has to be installed; the address is an argument, never part of the script.
_CONNECT = 'exec 3<>"/dev/tcp/$1/$2"'


class ServerSilent(CommandFailed):
    """Nothing answers at glusterd's port of a server."""


def require_server(host: Host, server: str) -> None:
    """Raises ServerSilent when no connection to glusterd on `server` can be made from `host` within five seconds; CommandFailed
    when the name has no address, ResolverSilent when DNS does not answer: that is nothing to blame GlusterFS for."""
    address = server.strip("[]")
    resolver.require_resolved(host, address)
    outcome = host.run("bash", "-c", _CONNECT, "-", address, str(PORT), timeout=CONNECT_SECONDS, check=False)
    if not outcome.ok:
        raise ServerSilent(
            f"glusterd on {server} (TCP port {PORT}) cannot be reached: {_why(outcome)}",
            hint=f"Is {server} up, its name right, glusterd started there (`systemctl start glusterd`) and the port open?",
            host=host.name,
        )


def volumes(host: Host, server: str = "") -> tuple[GlusterVolume, ...]:
    """Every volume that the glusterd of `server` (empty: of this host) knows.

    Raises ServerSilent, GlusterRefused with glusterd's words, FormatError.
    """
    return read_volumes(_ask(host, server, "volume", "info"))


def volume_info(host: Host, volume: str, server: str = "", turn: float = TURN_SECONDS) -> GlusterVolume:
    """The volume as the glusterd of `server` (empty: of this host) describes it; GlusterRefused names those there are."""
    try:
        found = read_volumes(_ask(host, server, "volume", "info", volume, turn=turn))
    except GlusterRefused as error:
        if error.errno != NO_SUCH_VOLUME and "does not exist" not in error.message:
            raise
        found = ()
    for one in found:
        if one.name == volume:
            return one
    known = ", ".join(sorted(one.name for one in volumes(host, server))) or "none"
    where = server or host.name
    raise GlusterRefused(f"there is no volume '{volume}' on {where}", NO_SUCH_VOLUME, hint=f"Volumes there: {known}.")


def brick_states(host: Host, volume: str, server: str = "", turn: float = TURN_SECONDS) -> tuple[BrickState, ...]:
    """The processes of the bricks; GlusterRefused when the volume is not started."""
    return read_brick_states(_ask(host, server, "volume", "status", volume, timeout=BRICKS_SECONDS, turn=turn))


def peers(host: Host, server: str = "") -> tuple[PoolPeer, ...]:
    """The hosts of the pool, the one that is asked as `localhost`."""
    return read_peers(_ask(host, server, "pool", "list"))


def heal_states(host: Host, volume: str, turn: float = TURN_SECONDS) -> tuple[HealState, ...]:
    """What is still to be healed, brick by brick. Only a host of the pool can be asked."""
    words = ("volume", "heal", volume, "info", "summary")
    return read_heal_states(_ask(host, "", *words, timeout=BRICKS_SECONDS, turn=turn))


def is_busy(error: CommandFailed) -> bool:
    """Whether it was refused because of somebody else's work."""
    return any(said in error.message for said in _BUSY)


def in_its_turn(host: Host, *words: str, timeout: float, turn: float = TURN_SECONDS) -> Outcome:
    """What `gluster` says once no other work of the pool is in its way, or still is after `turn` seconds. Raises Stopped."""
    for _ in waits(turn, nobody, "", TURN_EVERY):
        outcome = host.run("gluster", "--mode=script", *words, timeout=timeout, check=False)
        if not any(said in outcome.out + outcome.err for said in _BUSY):
            break
    return outcome


def _ask(host: Host, server: str, *words: str, timeout: float = ANSWER_SECONDS, turn: float = TURN_SECONDS) -> str:
    if server:
        require_server(host, server)
    remote = (f"--remote-host={server.strip('[]')}", *_inet6(host, server)) if server else ()
    outcome = in_its_turn(host, "--xml", *remote, *words, timeout=timeout, turn=turn)
    if outcome.out.lstrip().startswith("<"):
        return outcome.out
    # Without a glusterd to talk to, the answer is not XML but a sentence, on either stream.
    outcome.check(hint="Is glusterd running? See `systemctl status glusterd`.")
    raise FormatError(f"gluster answered something that is not XML: {outcome.out.strip()[:200]!r}", host=host.name)


def _inet6(host: Host, server: str) -> tuple[str, ...]:
    # Unless it is told, GlusterFS asks for IPv4 addresses of a name only.
    return ("--inet6",) if resolver.only_ipv6(host, server) else ()


def _why(outcome: Outcome) -> str:
    if outcome.code is None:
        return f"no answer within {outcome.request.timeout:.0f} s"
    lines = outcome.err.strip().splitlines()
    # "bash: line 1: connect: Connection refused", then a second line that repeats it.
    words = [line.rsplit(": ", 1)[-1] for line in lines]
    return words[0] if words else f"bash ended with {outcome.code}"
