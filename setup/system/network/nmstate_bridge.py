"""The management bridge under NetworkManager, through nmstate.

NetworkManager's own checkpoint is the way back: `nmstatectl apply --no-commit --timeout` makes one that NetworkManager takes
back by itself when its time has run out, whatever has become of us. Ours is known by its path on D-Bus and the moment it was
made at, since paths are given out again after a restart of NetworkManager; whoever made another one decides about it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import CommandFailed, Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host import nmstate
from ovirt_hc_setup.system.network import links
from ovirt_hc_setup.system.network.bridge_trial import Image, Place, Stage, addresses_and_routes
from ovirt_hc_setup.system.network.trial import TakenBack

_BUS = "org.freedesktop.NetworkManager"
_LIMIT = 150.0


def checkpoints(host: Host) -> tuple[str, ...]:
    """NetworkManager's checkpoints that have neither been kept nor taken back yet, each as its path and the moment it was made at
    (milliseconds since the boot); none when NetworkManager does not run."""
    path = "/" + _BUS.replace(".", "/")
    paths = [str(one) for one in _property(host, path, _BUS, "Checkpoints") or ()]
    made = ((one, _property(host, one, f"{_BUS}.Checkpoint", "Created")) for one in paths)
    return tuple(f"{one} {moment}" for one, moment in made if moment is not None)


def _property(host: Host, path: str, interface: str, name: str) -> Any:
    """A property on D-Bus; None where there is no such object (any more)."""
    outcome = host.run("busctl", "--json=short", "get-property", _BUS, path, interface, name, check=False)
    try:
        return json.loads(outcome.out)["data"] if outcome.ok else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


@dataclass(frozen=True)
class NmstateBridge:
    """The Backend for an interface that NetworkManager manages."""

    place: Place

    def stage(self, host: Host) -> Stage:
        if self._ours(host):
            return Stage.TRIAL
        card = links.nic(host, self.place.nic)
        return Stage.KEPT if card is not None and card.master == self.place.bridge else Stage.NONE

    def others(self, host: Host) -> str:
        found = [one.split()[0] for one in checkpoints(host) if one != self._ours(host)]
        return f"somebody else's change of the network is on trial (NetworkManager's {', '.join(found)})" if found else ""

    def take_image(self, host: Host) -> dict[str, Any]:
        if not host.run("sh", "-c", "command -v nmstatectl", check=False).ok:
            raise Conflict(
                f"{self.place.nic} is managed by NetworkManager, but nmstatectl, needed to change it safely, is not installed",
                hint="Install the package nmstate.",
                host=host.name,
            )
        shown = nmstate.read(host.run("nmstatectl", "show", "--json").out)
        return {"backend": "nmstate", "shown": shown, **addresses_and_routes(host, self.place.nic)}

    def begin(self, host: Host, image: Image) -> None:
        self._try(host, nmstate.with_bridge(image["shown"], self.place.bridge, self.place.nic))

    def prepare(self, host: Host, image: Image) -> None:
        """Nothing: NetworkManager has written its profiles, and its checkpoint removes them if the bridge is not kept."""

    def keep(self, host: Host) -> None:
        ours = self._ours(host)
        if not ours:
            raise TakenBack("NetworkManager took the bridge back too early", host=host.name)
        try:
            host.run("nmstatectl", "commit", ours.split()[0], timeout=_LIMIT)
        except CommandFailed as error:
            raise TakenBack("NetworkManager rolled back the bridge too early", hint=error.message, host=host.name) from error

    def settle(self, host: Host) -> None:
        """Nothing: the checkpoint is gone once it was kept."""

    def take_back(self, host: Host) -> None:
        if ours := self._ours(host):
            host.run("nmstatectl", "rollback", ours.split()[0], timeout=_LIMIT)

    def edited(self, host: Host, image: Image) -> list[str]:
        """Never any: NetworkManager's profiles are its own, and the state of before is put in their place as a whole."""
        return []

    def begin_undo(self, host: Host, image: Image) -> None:
        self._try(host, nmstate.without_bridge(image["shown"], self.place.bridge, self.place.nic))

    def keep_undo(self, host: Host, image: Image) -> None:
        self.keep(host)

    @property
    def _known(self) -> Path:
        """Where our checkpoint is written down. One that a kill kept from being written down comes to its end by itself."""
        return self.place.folder / "checkpoint"

    def _ours(self, host: Host) -> str:
        """Our checkpoint while it is neither kept nor taken back; else empty."""
        try:
            known = host.read(self._known).decode()
        except FileNotFoundError:
            return ""
        return known if known in checkpoints(host) else ""

    def _try(self, host: Host, document: str) -> None:
        path, before = self.place.folder / "nmstate.yml", checkpoints(host)
        host.write(path, document.encode(), mode=0o600)
        host.run("nmstatectl", "apply", "--no-commit", "--timeout", str(self.place.seconds), str(path), timeout=_LIMIT)
        # It covers every interface, and NetworkManager lets nobody make another one over any of these meanwhile.
        made = [one for one in checkpoints(host) if one not in before]
        if len(made) != 1:
            raise TakenBack("NetworkManager took the change back too early", host=host.name)
        host.write(self._known, made[0].encode(), mode=0o600)
