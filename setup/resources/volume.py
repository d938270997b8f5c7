"""A replica-3 GlusterFS volume over bricks that were made for it, with the options that VM disks need, started.

**Commit point**: `gluster volume create`, which the pool does as a whole or refuses. A kill **before** it leaves no volume; a
kill **after** it a volume that is not marked, not set or not started, which applying again completes. `undo` **knows that it is
ours**: the name was not taken before the run, the bricks are exactly those of the plan (on file systems with drawn UUIDs), and
the mark that was drawn before "Yes" (`user.ovirt-hc-setup`) is on it or not there yet. It refuses while files are at the volume's
root, or this host's brick is not there to be looked at, and leaves bricks and peers to the resources that made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import waits
from ovirt_hc_setup.model.gluster_volume import BrickPath, GlusterVolume
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.gluster import bricks, glusterd, pool_change
from ovirt_hc_setup.system.remote import ssh

MARK = "user.ovirt-hc-setup"
ONLINE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Volume(Resource):
    """`bricks` as HOST:/PATH, the first on this host; with `arbiter`, the last holds no data. `mark` is drawn. `others` are the
    hosts of the other bricks, over SSH."""

    volume: str
    bricks: tuple[str, ...]
    arbiter: bool
    mark: UUID
    others: tuple[OtherHost, ...] = ()

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"volume {self.volume}",)

    @property
    def uses(self) -> tuple[str, ...]:
        return (*(f"brick {path}" for path in self._bricks_of("")), *(f"peer {other.host}" for other in self.others))

    def describe(self) -> tuple[str, ...]:
        kind = "replica 3 (2 + 1 arbiter)" if self.arbiter else "replica 3"
        return (
            f"Build the GlusterFS volume {self.volume}: {kind}",
            *(f"brick {brick}" for brick in self.bricks),
            "options of group virt, client and server quorum, owner 36:36",
        )

    def probe(self, host: Host) -> State:
        try:
            found = self._found(host)
        except CommandFailed as error:
            return blocked(f"glusterd does not answer yet: {error.message}")
        if found is None:
            return needed(f"there is no volume {self.volume}")
        if not self._is_ours(found):
            return conflict(
                f"a different volume {self.volume} already exists: {', '.join(map(str, found.bricks))}",
                "Use it as it is, or choose another name for the new one.",
            )
        return self._missing(host, found)

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        found = self._found(host)
        record.keep({"there": found is not None})
        if found is None:
            record.committing()
            pool_change.create_volume(host, self.volume, self.bricks, arbiter=self.arbiter)
        pool_change.set_option(host, self.volume, MARK, str(self.mark))
        progress.note(f"setting the options of volume {self.volume}")
        if not pool_change.set_group(host, self.volume, "virt"):
            progress.note("this GlusterFS has no group virt, so its options are set one by one", "warning")
        if not self._now(host).started:
            pool_change.start_volume(host, self.volume)
        self._wait_online(host, progress)
        for deviation in self._now(host).deviations():
            pool_change.change(host, deviation.command)
        self._wait_online(host, progress)
        self._settle(host, progress)

    def _settle(self, host: Host, progress: Progress) -> None:
        """On the disks of all hosts when it returns. A host that cannot be asked does it by itself within half a minute."""
        pool_change.settle(host, *self._bricks_of(""))
        for other in self.others:
            try:
                with ssh.connected(other, agent=False) as remote:
                    pool_change.settle(remote, *self._bricks_of(other.host))
            except SetupError as error:
                text = f"what glusterd wrote on {other.host} is not synced: keep that host powered for a minute"
                progress.note(f"{text} ({error.message})", "warning")

    def _bricks_of(self, host: str) -> list[Path]:
        """The bricks on a host; of this one (empty), the first."""
        places = [BrickPath.place(brick) for brick in self.bricks]
        return [Path(path) for name, path in (places if host else places[:1]) if not host or name == host]

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if record.before.get("there"):
            return
        found = self._found(host)
        if found is None:
            return
        if not (self._is_ours(found) or self._was_ours(found)):
            raise self._kept(f"volume {self.volume} was not built by this run", host)
        brick = Path(BrickPath.place(self.bricks[0])[1])
        if not host.run("test", "-d", str(brick), check=False).ok:
            hint = "Find out why its disk is not mounted: the other hosts may have files of this volume. Then run reset again."
            raise Conflict(f"{brick} is not there, so it is unknown what volume {self.volume} holds", hint=hint)
        if held := bricks.files(host, brick):
            raise self._kept(f"volume {self.volume} holds {', '.join(held)}", host)
        dead = self._given_up(host, found, record)
        if found.started:
            pool_change.stop_volume(host, self.volume)
        self._leave_behind(host, found, dead, progress)
        pool_change.delete_volume(host, self.volume)

    def _given_up(self, host: Host, found: GlusterVolume, record: Record) -> list[str]:
        """Hosts of the volume that are down, and of which a step is left behind. Raises Conflict for others that are down: no
        volume is deleted while they are."""
        down = [peer.host for peer in glusterd.peers(host) if not peer.connected and peer.host in found.hosts]
        if missed := [name for name in down if not any(step.endswith(f"-{name}") for step in record.left)]:
            hint = f"Bring it back, then run reset again. Is it gone for good: ovirt-hc-setup reset --leave peer-{missed[0]}"
            message = f"glusterd on {missed[0]} is not connected, and no volume is deleted without it"
            raise Conflict(message, hint=hint, host=host.name)
        return down

    def _leave_behind(self, host: Host, found: GlusterVolume, dead: Sequence[str], progress: Progress) -> None:
        """GlusterFS lets a dead host go when none of its bricks is in a volume, and deletes a volume when no peer is down."""
        if gone := [str(brick) for brick in found.bricks if brick.host in dead]:
            pool_change.drop_bricks(host, self.volume, len(found.bricks) - len(gone), gone)
        for name in dead:
            pool_change.detach_peer(host, name)
            said = f"{name} is out of this host's pool and does not know it: keep it away, or clear /var/lib/glusterd on it"
            progress.note(said, "warning")

    def holds_data(self) -> str:
        return self.volume

    def _found(self, host: Host) -> GlusterVolume | None:
        return next((one for one in glusterd.volumes(host) if one.name == self.volume), None)

    def _now(self, host: Host) -> GlusterVolume:
        return glusterd.volume_info(host, self.volume)

    def _is_ours(self, found: GlusterVolume) -> bool:
        return tuple(map(str, found.bricks)) == self.bricks and found.options.get(MARK, str(self.mark)) == str(self.mark)

    def _was_ours(self, found: GlusterVolume) -> bool:
        """Bricks of dead hosts are out of it."""
        return found.options.get(MARK) == str(self.mark) and set(map(str, found.bricks)) < set(self.bricks)

    def _missing(self, host: Host, found: GlusterVolume) -> State:
        if trouble := self._risk(host, found):
            return conflict(trouble, "If it was changed since the files were written, set it back to what it was then.")
        if MARK not in found.options or not found.started:
            return needed(f"volume {self.volume} is {found.status.lower()}, not yet finished")
        if deviations := found.deviations():
            return needed("; ".join(map(str, deviations)))
        if not (found.has_client_quorum and found.has_server_quorum):
            return needed(f"volume {self.volume} has no quorum")
        down = self._offline(host)
        return needed(f"not online: {', '.join(down)}") if down else DONE

    def _risk(self, host: Host, found: GlusterVolume) -> str:
        """An option that is not as wanted, and that destroys files when it is set: it is, where there are some."""
        risky = [deviation for deviation in found.deviations() if deviation.risky]
        held = bricks.files(host, self._bricks_of("")[0]) if risky else ()
        return f"{risky[0]}, and volume {self.volume} holds {', '.join(held)}: {risky[0].risky}" if held else ""

    def _offline(self, host: Host) -> list[str]:
        online = {f"{state.host}:{state.path}" for state in glusterd.brick_states(host, self.volume) if state.online}
        return [brick for brick in self.bricks if brick not in online]

    def _wait_online(self, host: Host, progress: Progress) -> None:
        down: list[str] = []
        for _ in waits(ONLINE_SECONDS, partial(progress.amount, unit="seconds"), "waiting for the bricks", every=0.5):
            down = self._offline(host)
            if not down:
                return
        hint = "See `gluster volume status` and the bricks' logs in /var/log/glusterfs/bricks on those hosts."
        raise SetupError(f"not online after {ONLINE_SECONDS} s: {', '.join(down)}", hint=hint)

    def _kept(self, why: str, host: Host) -> Conflict:
        hint = "If it is not needed, remove its content and run reset again."
        return Conflict(why, hint=hint, resource=self.name, host=host.name)
