"""The management bridge under NetworkManager, through nmstate.

NetworkManager's own checkpoint is the way back: `nmstatectl apply --no-commit --timeout` makes one that NetworkManager takes
back by itself when its time has run out, whatever has become of us.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ovirt_hc_setup.base.errors import CommandFailed, Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats import nmstate
from ovirt_hc_setup.system import network
from ovirt_hc_setup.system.bridge_trial import Image, Place, Stage, addresses_and_routes
from ovirt_hc_setup.system.trial import TakenBack

_BUS = "org.freedesktop.NetworkManager"
_LIMIT = 150.0


def checkpoints(host: Host) -> list[str]:
    """NetworkManager's checkpoints that have neither been kept nor taken back yet; none when it does not run."""
    path = "/" + _BUS.replace(".", "/")
    outcome = host.run("busctl", "--json=short", "get-property", _BUS, path, _BUS, "Checkpoints", check=False)
    try:
        return [str(found) for found in json.loads(outcome.out)["data"]] if outcome.ok else []
    except (ValueError, KeyError, TypeError):
        return []


@dataclass(frozen=True)
class NmstateBridge:
    """The Backend for an interface that NetworkManager manages."""

    place: Place

    def stage(self, host: Host) -> Stage:
        if checkpoints(host):
            return Stage.TRIAL
        card = network.nic(host, self.place.nic)
        return Stage.KEPT if card is not None and card.master == self.place.bridge else Stage.NONE

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
        try:
            host.run("nmstatectl", "commit", timeout=_LIMIT)
        except CommandFailed as error:
            raise TakenBack("NetworkManager rolled back the bridge too early", hint=error.message, host=host.name) from error

    def settle(self, host: Host) -> None:
        """Nothing: the checkpoint is gone once it was kept."""

    def take_back(self, host: Host) -> None:
        if checkpoints(host):
            host.run("nmstatectl", "rollback", timeout=_LIMIT)

    def edited(self, host: Host, image: Image) -> list[str]:
        """Never any: NetworkManager's profiles are its own, and the state of before is put in their place as a whole."""
        return []

    def begin_undo(self, host: Host, image: Image) -> None:
        self._try(host, nmstate.without_bridge(image["shown"], self.place.bridge, self.place.nic))

    def keep_undo(self, host: Host, image: Image) -> None:
        self.keep(host)

    def _try(self, host: Host, document: str) -> None:
        path = self.place.folder / "nmstate.yml"
        host.write(path, document.encode(), mode=0o600)
        host.run("nmstatectl", "apply", "--no-commit", "--timeout", str(self.place.seconds), str(path), timeout=_LIMIT)
