"""Bridge: the management bridge, made over an interface whose addresses, routes and MAC it takes over.

Commit point: the bridge is kept. Under systemd-networkd the port's file appears in /etc/systemd/network by a rename, under
NetworkManager its checkpoint is committed. Before anything is changed a way back is armed that needs nothing of this program
(a timer of systemd's, NetworkManager's checkpoint), and the bridge is kept only when the gateway or a peer answers through it.
A kill before it: the way back brings the old network within its time by itself, a reboot does so at once (under
NetworkManager: not a reboot within that time, since its profiles are on disk already); a resume starts over. A kill after it:
the bridge stays; a resume stops the timer and clears away what the trial left. A trial that is not ours (by the path of its
checkpoint, by the script of its timer) is waited for, and never kept or taken back.
Ours: the record holds the files we wrote; `undo` refuses when one of them was edited since or when anything but the interface
is plugged into the bridge. Undoing is a trial too: its way back makes the bridge again. A bridge found at the beginning is used
as it is, and never undone.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import waits
from ovirt_hc_setup.model.link_name import LinkName
from ovirt_hc_setup.model.nic import Nic, NicKind
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, Verdict, conflict, needed
from ovirt_hc_setup.system.gluster import volume_look
from ovirt_hc_setup.system.network import links, nmstate_bridge
from ovirt_hc_setup.system.network.bridge_trial import Backend, Place, Stage
from ovirt_hc_setup.system.network.network_manager import Manager, manager_of, why_no_bridge
from ovirt_hc_setup.system.network.networkd_bridge import NetworkdBridge
from ovirt_hc_setup.system.network.nmstate_bridge import NmstateBridge

WHOLE_SECONDS = 600
"""How long bricks that are offline, or not healed, are waited for: a host that makes its bridge before this one is away for
seconds, and healed within a minute."""


@dataclass(frozen=True, kw_only=True)
class Bridge(Resource):
    """`gateway` and `peers` are addresses of which one has to answer through the bridge; `way_back_after` in seconds."""

    bridge: str
    nic: str
    gateway: str
    peers: tuple[str, ...] = ()
    way_back_after: int = 60

    def __post_init__(self) -> None:
        # Both stand in a script that root's shell runs.
        LinkName(self.bridge)
        LinkName(self.nic)

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"link {self.bridge}",)

    def describe(self) -> tuple[str, ...]:
        return (
            f"bridge {self.bridge} over {self.nic}, with its addresses, routes and MAC",
            f"the change is rolled back after {self.way_back_after} s unless {' or '.join(self._outside)} answers",
        )

    def probe(self, host: Host) -> State:
        stage = _stage(host, self)
        if stage in (Stage.TRIAL, Stage.UNSETTLED):
            return needed(f"the change to {self.bridge} is not complete")
        nic, bridge = links.nic(host, self.nic), links.nic(host, self.bridge)
        if nic is None:
            return conflict(f"interface {self.nic} does not exist", "Choose an existing one (OVEHOSTED_NETWORK/bridgeIf).")
        return self._judge(nic, bridge)

    def _judge(self, nic: Nic, bridge: Nic | None) -> State:
        if bridge is None:
            if nic.master:
                return conflict(f"{nic.name} is a port of {nic.master}", f"Give {nic.master} as OVEHOSTED_NETWORK/bridgeName.")
            return needed(f"{self.bridge} does not exist")
        if bridge.kind is not NicKind.BRIDGE:
            return conflict(f"{self.bridge} exists and is not a bridge", "Choose another OVEHOSTED_NETWORK/bridgeName.")
        if nic.master != self.bridge:
            remedy = "Give the interface that is in it as OVEHOSTED_NETWORK/bridgeIf, or another OVEHOSTED_NETWORK/bridgeName."
            return conflict(f"{self.bridge} exists without {nic.name} in it", remedy)
        if not bridge.addresses:
            return conflict(f"{self.bridge} has no address", "Give it the host's address, or take another name.")
        return DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        if record.before and self._finish(host, self._backend_of(record), progress):
            return
        backend = self._backend(host, record)
        if self._as_others_left_it(host, backend, progress):
            return
        self._look_before(host)
        self._wait_until_whole(host, progress)
        image = record.keep(backend.take_image(host))
        try:
            backend.begin(host, image)
            self._look(host, self.bridge, image["addresses"], progress)
            backend.prepare(host, image)
        except BaseException:
            progress.note(f"removing {self.bridge}: the network may be down for some seconds", "warning")
            backend.take_back(host)
            raise
        record.committing()
        backend.keep(host)
        backend.settle(host)
        self._look(host, self.bridge, image["addresses"], progress)

    def _finish(self, host: Host, backend: Backend, progress: Progress) -> bool:
        """Bring what a kill has left to one of its ends; whether that is the bridge. Raises Conflict."""
        self._wait_for_others(host, backend, progress)
        if backend.stage(host) in (Stage.TRIAL, Stage.UNSETTLED):
            progress.note(f"an earlier attempt at {self.bridge} was interrupted: completing it")
            backend.take_back(host)
        if backend.stage(host) is Stage.UNSETTLED:
            backend.settle(host)
        return backend.stage(host) is Stage.KEPT and links.nic(host, self.bridge) is not None

    def _as_others_left_it(self, host: Host, backend: Backend, progress: Progress) -> bool:
        """Whether the bridge is there after a change that we have no record of has come to its end. Raises Conflict."""
        self._wait_for_others(host, backend, progress)
        if backend.stage(host) is Stage.UNSETTLED:
            backend.settle(host)
        state = self.probe(host)
        if state.verdict is Verdict.CONFLICT:
            raise Conflict(state.reason, hint=state.remedy, resource=self.name, host=host.name)
        return state.verdict is Verdict.DONE

    def _wait_for_others(self, host: Host, backend: Backend, progress: Progress) -> None:
        """Let a change that is not ours come to its end by itself: it is somebody else's to keep, and would take ours back with
        it. Raises Conflict when it does not within its usual time."""
        limit, other = self.way_back_after + 60, ""
        for look in waits(limit, partial(progress.amount, unit="seconds"), ""):
            other = backend.others(host)
            if not other:
                return
            look.text = f"waiting: {other}"
        hint = "Let whoever made it keep it or take it back. Then run the same command again."
        raise Conflict(f"{other}, for more than {limit} s", hint=hint, resource=self.name, host=host.name)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        image = record.before
        backend = self._backend_of(record)
        if not self._finish(host, backend, progress):
            return
        self._refuse_when_not_ours(host, backend.edited(host, image))
        try:
            backend.begin_undo(host, image)
            self._look(host, self.nic, image["addresses"], progress)
        except BaseException:
            progress.note(f"making {self.bridge} again: the network may be down for some seconds", "warning")
            backend.take_back(host)
            raise
        backend.keep_undo(host, image)

    def _refuse_when_not_ours(self, host: Host, edited: list[str]) -> None:
        if edited:
            raise Conflict(
                f"{', '.join(edited)} was changed since this program wrote it, so {self.bridge} is kept",
                hint="Restore the file, or remove the bridge by hand.",
                resource=self.name,
                host=host.name,
            )
        bridge = links.nic(host, self.bridge)
        others = [port for port in bridge.ports if port != self.nic] if bridge else []
        if others:
            raise Conflict(
                f"{', '.join(others)} is plugged into {self.bridge}",
                hint="Stop the virtual machines and remove what else uses it first.",
                resource=self.name,
                host=host.name,
            )

    # --- looking from outside

    @property
    def _outside(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(address for address in (self.gateway, *self.peers) if address))

    def _wait_until_whole(self, host: Host, progress: Progress) -> None:
        """On a host that serves a volume: not while another brick is away or not healed, since this host's is away for seconds.
        Raises SetupError when it stays so."""
        reasons: Sequence[str] = ()
        for look in waits(WHOLE_SECONDS, partial(progress.amount, unit="seconds"), "", every=2):
            reasons = volume_look.why_not_to_leave(host)
            if not reasons:
                return
            look.text = f"waiting: {reasons[0]}"
        more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        message = f"{self.nic} is not changed, since this host's bricks would be away too: {reasons[0]}{more}"
        hint = "See `gluster volume status` and `gluster volume heal VOLUME info`. Then run the same command again."
        raise SetupError(message, hint=hint, resource=self.name, host=host.name)

    def _look_before(self, host: Host) -> None:
        if any(links.answers(host, address, self.nic) for address in self._outside for _ in range(2)):
            return
        raise CommandFailed(
            f"{' or '.join(self._outside)} does not answer through {self.nic}, so the bridge could not be verified",
            hint="Set a gateway that answers ping (OVEHOSTED_NETWORK/gateway).",
            resource=self.name,
            host=host.name,
        )

    def _look(self, host: Host, device: str, addresses: list[str], progress: Progress) -> None:
        """Wait until `device` holds the addresses and somebody outside answers; raises CommandFailed after half of the time."""
        limit = max(self.way_back_after // 2, 5)
        begun = time.monotonic()
        while True:
            missing = sorted(set(addresses) - {held.text for held in links.held(host, device)})
            if not missing and any(links.answers(host, address, device) for address in self._outside):
                return
            elapsed = time.monotonic() - begun
            if elapsed > limit:
                break
            progress.amount(int(elapsed), limit, f"an answer through {device}", "seconds")
            time.sleep(0.3)
        lacking = f"{device} did not get {', '.join(missing)}" if missing else f"none of {', '.join(self._outside)} answers"
        raise CommandFailed(f"{lacking} through {device} within {limit} s", resource=self.name, host=host.name)

    # --- who manages the network

    def _place(self, record: Record) -> Place:
        return Place(bridge=self.bridge, nic=self.nic, folder=record.backups, seconds=self.way_back_after)

    def _backend(self, host: Host, record: Record) -> Backend:
        manager = manager_of(host, self.nic)
        refused = why_no_bridge(manager, self.nic)
        if refused:
            raise Conflict(refused[0], hint=refused[1], resource=self.name, host=host.name)
        return NetworkdBridge(self._place(record)) if manager is Manager.NETWORKD else NmstateBridge(self._place(record))

    def _backend_of(self, record: Record) -> Backend:
        place = self._place(record)
        return NmstateBridge(place) if record.before.get("backend") == "nmstate" else NetworkdBridge(place)


def _stage(host: Host, wanted: Bridge) -> Stage:
    """How far the bridge is, whoever manages it: what a trial leaves can be seen without its folder."""
    place = Place(bridge=wanted.bridge, nic=wanted.nic, folder=Path(), seconds=wanted.way_back_after)
    stage = NetworkdBridge(place).stage(host)
    return Stage.TRIAL if stage is Stage.NONE and nmstate_bridge.checkpoints(host) else stage
