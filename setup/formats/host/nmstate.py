"""nmstate's documents (YAML or JSON, https://nmstate.io/devel/yaml_api.html): a bridge over an interface, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats import shaped_json

_OFF = {"enabled": False}
_ROUTE_KEYS = ("destination", "next-hop-address", "metric", "table-id")


def read(text: str) -> dict[str, Any]:
    """What `nmstatectl show --json` printed; raises FormatError."""
    data = shaped_json.read(text, dict[str, Any], "what `nmstatectl show --json` printed")
    if not isinstance(data.get("interfaces"), list):
        raise FormatError("`nmstatectl show --json` printed no list of interfaces")
    return data


def with_bridge(shown: Mapping[str, Any], bridge: str, nic: str) -> str:
    """The state that puts `bridge` over `nic` with its MAC, addresses and routes. Raises FormatError when `nic` is not shown."""
    found = _interface(shown, nic)
    over = {
        "name": bridge,
        "type": "linux-bridge",
        "state": "up",
        "mac-address": found.get("mac-address", ""),
        # With STP off the kernel forwards at once; a forward delay would only be looked at with STP on.
        "bridge": {"options": {"stp": {"enabled": False}}, "port": [{"name": nic}]},
        "ipv4": found.get("ipv4", _OFF),
        "ipv6": found.get("ipv6", _OFF),
    }
    port = {"name": nic, "type": found.get("type", "ethernet"), "state": "up", "ipv4": _OFF, "ipv6": _OFF}
    return _document({"interfaces": [over, port], "routes": {"config": _moved(shown, nic, bridge)}})


def without_bridge(before: Mapping[str, Any], bridge: str, nic: str) -> str:
    """The state of before: `nic` as it was, the bridge absent. Raises FormatError when `nic` was not shown."""
    found = _interface(before, nic)
    port = {key: found[key] for key in ("name", "type", "mtu", "ipv4", "ipv6") if key in found}
    gone = {"name": bridge, "type": "linux-bridge", "state": "absent"}
    back = [_route(route, nic) for route in _routes(before) if route.get("next-hop-interface") == nic]
    return _document({"interfaces": [gone, {**port, "state": "up"}], "routes": {"config": back}})


def _interface(shown: Mapping[str, Any], nic: str) -> Mapping[str, Any]:
    for found in shown["interfaces"]:
        if isinstance(found, dict) and found.get("name") == nic:
            return found
    raise FormatError(f"NetworkManager shows no interface {nic}")


def _routes(shown: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    section = shown.get("routes")
    config = section.get("config") if isinstance(section, dict) else None
    return [route for route in config if isinstance(route, dict)] if isinstance(config, list) else []


def _moved(shown: Mapping[str, Any], nic: str, bridge: str) -> list[dict[str, Any]]:
    """The routes of an interface, removed from it and given to the bridge."""
    own = [route for route in _routes(shown) if route.get("next-hop-interface") == nic]
    return [{"state": "absent", "next-hop-interface": nic}, *(_route(route, bridge) for route in own)] if own else []


def _route(route: Mapping[str, Any], device: str) -> dict[str, Any]:
    return {**{key: route[key] for key in _ROUTE_KEYS if key in route}, "next-hop-interface": device}


def _document(state: Mapping[str, Any]) -> str:
    import yaml  # here, because no question waits for it

    text: str = yaml.safe_dump(dict(state), sort_keys=False)
    return text
