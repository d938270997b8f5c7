"""What iproute2 prints with `-j`: `ip -j -d address` and `ip -j route`."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats import shaped_json
from ovirt_hc_setup.model.nic import Nic, NicKind

HINT = "iproute2 4.18 or later is needed."
_KINDS = {"": NicKind.PHYSICAL, "veth": NicKind.VETH, "bond": NicKind.BOND, "vlan": NicKind.VLAN, "bridge": NicKind.BRIDGE}


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route; `destination` "default" or a network, `gateway` empty on the link itself, `metric` 0 when none is given."""

    destination: str
    device: str
    gateway: str = ""
    metric: int = 0
    protocol: str = ""


@dataclass(frozen=True, kw_only=True)
class HeldAddress:
    """An address on an interface; `dynamic` when it was given by DHCP or a router, and may change."""

    text: str
    dynamic: bool


def nics(text: str) -> tuple[Nic, ...]:
    """Every interface of `ip -j -d address`, in the kernel's order. Raises FormatError."""
    links = _objects(text, "ip -j -d address")
    ports: dict[str, list[str]] = {}
    for link in links:
        ports.setdefault(_text(link, "master"), []).append(_text(link, "ifname"))
    found = tuple(_nic(link, tuple(ports.get(_text(link, "ifname"), ()))) for link in links)
    by_name = {nic.name: nic for nic in found}
    return tuple(replace(nic, below=by_name.get(nic.parent)) if nic.kind is NicKind.VLAN else nic for nic in found)


def addresses(text: str, name: str) -> tuple[HeldAddress, ...]:
    """The addresses of global scope that an interface holds, temporary ones of IPv6 left out. Raises FormatError."""
    for link in _objects(text, "ip -j -d address"):
        if link.get("ifname") == name:
            return _held(link)
    return ()


def routes(text: str) -> tuple[Route, ...]:
    """Every route of `ip -j route`; one with several next hops is given once for each. Raises FormatError."""
    return tuple(route for entry in _objects(text, "ip -j route") for route in _routes(entry))


def neighbours(text: str) -> dict[str, str]:
    """MAC by address of `ip -j neighbour`, in small letters; those that do not answer have none. Raises FormatError."""
    found = _objects(text, "ip -j neighbour")
    return {_text(entry, "dst"): _text(entry, "lladdr").lower() for entry in found if _text(entry, "lladdr") and _answers(entry)}


def _answers(entry: Mapping[str, Any]) -> bool:
    # Its last MAC stands there for a while after it stopped to answer.
    state = entry.get("state", [])
    return not (isinstance(state, list) and "FAILED" in state)


def _objects(text: str, origin: str) -> Sequence[Mapping[str, Any]]:
    # An empty table is printed as nothing at all by some versions, and as [{}] by others.
    data = shaped_json.read(text.strip() or "[]", list[dict[str, Any]], f"what `{origin}` printed", hint=HINT)
    return [entry for entry in data if entry]


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name, "")
    return value if isinstance(value, str) else ""


def _number(entry: Mapping[str, Any], name: str, default: int) -> int:
    value = entry.get(name, default)
    return value if isinstance(value, int) else default


def _nic(link: Mapping[str, Any], ports: tuple[str, ...]) -> Nic:
    info = _part(link, "linkinfo")
    link_type, data = _text(link, "link_type"), _part(info, "info_data")
    kind_name = _text(info, "info_kind")
    flags = link.get("flags")
    name, number = _text(link, "ifname"), data.get("id")
    if not name:
        raise FormatError("`ip -j -d address` printed an interface without a name")
    return Nic(
        name=name,
        mac=_text(link, "address"),
        addresses=tuple(held.text for held in _held(link)),
        kind=_kind(link_type, kind_name),
        kind_name=kind_name or (link_type if link_type not in ("ether", "loopback") else ""),
        master=_text(link, "master"),
        ports=ports,
        parent=_text(link, "link"),
        up="LOWER_UP" in flags if isinstance(flags, list) else False,
        mtu=_number(link, "mtu", 1500),
        mode=_text(data, "mode"),
        vlan=number if isinstance(number, int) and kind_name == "vlan" else None,
    )


def _part(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = entry.get(name)
    return found if isinstance(found, dict) else {}


def _kind(link_type: str, kind_name: str) -> NicKind:
    if link_type == "loopback":
        return NicKind.LOOPBACK
    if link_type != "ether":
        return NicKind.OTHER
    return _KINDS.get(kind_name, NicKind.OTHER)


def _held(link: Mapping[str, Any]) -> tuple[HeldAddress, ...]:
    found = link.get("addr_info", [])
    entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return tuple(
        HeldAddress(text=_interface(entry), dynamic=bool(entry.get("dynamic")))
        for entry in entries
        if entry.get("scope") == "global" and not entry.get("temporary") and _text(entry, "local")
    )


def _interface(entry: Mapping[str, Any]) -> str:
    text = f"{_text(entry, 'local')}/{_number(entry, 'prefixlen', -1)}"
    try:
        return str(ipaddress.ip_interface(text))
    except ValueError as error:
        raise FormatError(f"`ip -j -d address` printed the address {text!r}") from error


def _routes(entry: Mapping[str, Any]) -> list[Route]:
    hops = entry.get("nexthops")
    parts = [hop for hop in hops if isinstance(hop, dict)] if isinstance(hops, list) else [entry]
    via = entry.get("via")
    host = _text(via, "host") if isinstance(via, dict) else ""
    return [
        Route(
            destination=_text(entry, "dst"),
            device=_text(part, "dev"),
            gateway=_text(part, "gateway") or host,
            metric=_number(entry, "metric", 0),
            protocol=_text(entry, "protocol"),
        )
        for part in parts
    ]
