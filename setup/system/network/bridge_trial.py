"""What the management bridge needs of whatever manages a host's network: a change on trial, kept or taken back, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.ip_json import Route
from ovirt_hc_setup.system.network import links

Image = Mapping[str, Any]


class Stage(Enum):
    """How far a bridge of ours is. UNSETTLED: kept, but traces of the trial have to be cleared away."""

    NONE = "none"
    TRIAL = "trial"
    UNSETTLED = "unsettled"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class Place:
    """`bridge` over `nic`; `folder` on the host holds the way back, which is taken after `seconds`."""

    bridge: str
    nic: str
    folder: Path
    seconds: int


class Backend(Protocol):
    """A manager of the network. `image` is what `take_image` gave: JSON values, enough for the way back and for undoing."""

    def stage(self, host: Host) -> Stage: ...

    def others(self, host: Host) -> str:
        """Whose change is on trial that is not ours to keep or to take back, as a sentence; empty when there is none."""
        ...

    def take_image(self, host: Host) -> dict[str, Any]:
        """Everything about the interface that has to come back; raises Conflict when a bridge cannot be made safely."""
        ...

    def begin(self, host: Host, image: Image) -> None:
        """Arm the way back, then make the bridge, for this boot only where that is possible."""
        ...

    def prepare(self, host: Host, image: Image) -> None:
        """Everything that lasts but the last step."""
        ...

    def keep(self, host: Host) -> None:
        """The last step: from here on the bridge stays. Raises TakenBack when its time ran out before."""
        ...

    def settle(self, host: Host) -> None:
        """Clear away the traces of a trial that was kept."""
        ...

    def take_back(self, host: Host) -> None:
        """Take the way back now, whichever change it is of; nothing happens when there is none or the change was kept."""
        ...

    def edited(self, host: Host, image: Image) -> list[str]:
        """Files of ours that somebody has edited since, or that the way back to the old network needs and that are gone."""
        ...

    def begin_undo(self, host: Host, image: Image) -> None:
        """Arm the way back to the bridge, then bring back the network of before it."""
        ...

    def keep_undo(self, host: Host, image: Image) -> None:
        """From here on the bridge is gone for good. Raises TakenBack when its time ran out before."""
        ...


def addresses_and_routes(host: Host, device: str) -> dict[str, Any]:
    """For an image: the addresses of a device that must not get lost, and its routes by a gateway, as words for `ip`."""
    held = links.held(host, device)
    # What a router announced is made anew from the interface's name or MAC: it need not be the same on the bridge.
    lasting = [found.text for found in held if not (found.dynamic and ":" in found.text)]
    routes = [_words(route) for route in links.routes(host) if route.device == device and route.gateway]
    return {"addresses": lasting, "routes": routes}


def _words(route: Route) -> list[str]:
    metric = ["metric", str(route.metric)] if route.metric else []
    return [route.destination, "via", route.gateway, *metric]
