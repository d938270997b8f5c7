"""systemd.network(5) and systemd.netdev(5): the files that put a bridge over an interface with the interface's own settings.

What concerns addresses, routes and names moves to the bridge as it was written; what concerns the link stays with the port.
"""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError

# The first file whose [Match] fits is the one that counts, in the order of the names.
PREFIX = "00-ovirt-hc-setup-"
HEADER = "# Written by ovirt-hc-setup for the management bridge. `ovirt-hc-setup reset` undoes it while it is unchanged.\n"

# Keys of [Network] that speak of what is stacked on the link or of the link itself.
_OF_PORT = {"vlan", "ipvlan", "ipvtap", "macvlan", "macvtap", "lldp", "emitlldp", "bindcarrier", "xfrm", "tunnel"}
_MASTERS = {"bridge", "bond", "vrf", "batmanadvanced"}
# Keys of [Link] that say when the host counts as online: that is now known on the bridge.
_OF_BRIDGE_LINK = {"requiredforonline", "requiredfamilyforonline"}


@dataclass(frozen=True)
class Section:
    """A section with its settings in their order; a key may stand several times, and an empty value clears the ones before."""

    name: str
    settings: tuple[tuple[str, str], ...]

    def values(self, key: str) -> list[str]:
        found: list[str] = []
        for name, value in self.settings:
            if name.lower() == key.lower():
                found = [*found, value] if value else []
        return found


@dataclass(frozen=True)
class BridgeFiles:
    """Three files by name and text. The port's is the one that changes anything: without it the others are an idle bridge."""

    netdev: tuple[str, str]
    network: tuple[str, str]
    port: tuple[str, str]

    @property
    def all(self) -> tuple[tuple[str, str], ...]:
        return (self.netdev, self.network, self.port)


def parse(text: str) -> tuple[Section, ...]:
    """Sections in their order, of a file or of several after one another; raises FormatError for a line that is neither."""
    sections: list[tuple[str, list[tuple[str, str]]]] = []
    for number, line in _joined(text):
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1], []))
        elif "=" in line and sections:
            key, _, value = line.partition("=")
            sections[-1][1].append((key.strip(), value.strip()))
        else:
            raise FormatError(f"line {number} of the network file is neither a section nor a setting: {line!r}")
    return tuple(Section(name, tuple(settings)) for name, settings in sections)


def _joined(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers, without comments and empty ones, continued lines put together."""
    lines: list[tuple[int, str]] = []
    open_line = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line.endswith("\\"):
            open_line += line[:-1] + " "
        else:
            lines.append((number, open_line + line))
            open_line = ""
    return [*lines, (0, open_line.strip())] if open_line.strip() else lines


def write(sections: tuple[Section, ...]) -> str:
    """The text of a file; empty sections are left out."""
    blocks = [
        "".join([f"[{section.name}]\n", *(f"{key}={value}\n" for key, value in section.settings)])
        for section in sections
        if section.settings
    ]
    return HEADER + "\n" + "\n".join(blocks)


def file_names(bridge: str) -> tuple[str, str, str]:
    """The names of the .netdev, the bridge's .network and the port's .network, in this order."""
    return f"{PREFIX}{bridge}.netdev", f"{PREFIX}{bridge}.network", f"{PREFIX}{bridge}-port.network"


def bridge_files(bridge: str, nic: str, mac: str, settings: str, iaid: int | None = None) -> BridgeFiles:
    """The files of a bridge over `nic`, whose present settings (its .network with all drop-ins) are given.

    `iaid` is what the interface calls itself to its DHCP server: with it and the same MAC, the bridge gets the same address.
    Raises FormatError when the settings cannot be read or make the interface a port of something else.
    """
    sections = parse(settings)
    for section in sections:
        for key, value in section.settings if section.name == "Network" else ():
            if key.lower() in _MASTERS and value:
                raise FormatError(f"the settings of {nic} make it a port already: {key}={value}")
    names = file_names(bridge)
    return BridgeFiles(
        netdev=(names[0], _netdev(bridge, mac)),
        network=(names[1], write((Section("Match", (("Name", bridge),)), *_of_bridge(sections, iaid)))),
        port=(names[2], write((Section("Match", (("Name", nic),)), *_of_port(sections, bridge)))),
    )


def _netdev(bridge: str, mac: str) -> str:
    return write(
        (
            Section("NetDev", (("Name", bridge), ("Kind", "bridge"), ("MACAddress", mac))),
            Section("Bridge", (("STP", "no"), ("ForwardDelaySec", "0"))),
        )
    )


def _of_bridge(sections: tuple[Section, ...], iaid: int | None) -> list[Section]:
    kept = [_part(section, bridge=True) for section in sections if section.name != "Match"]
    dhcp = [section for section in sections if section.name in ("DHCPv4", "DHCP")]
    named = any(section.values("IAID") or "mac" in section.values("ClientIdentifier")[-1:] for section in dhcp)
    return kept if iaid is None or named else [*kept, Section("DHCPv4", (("IAID", str(iaid)),))]


def _of_port(sections: tuple[Section, ...], bridge: str) -> list[Section]:
    kept = [_part(section, bridge=False) for section in sections if section.name in ("Network", "Link")]
    # The port itself must not take addresses from a router or give itself one.
    return [*kept, Section("Network", (("Bridge", bridge), ("LinkLocalAddressing", "no"), ("IPv6AcceptRA", "no")))]


def _part(section: Section, *, bridge: bool) -> Section:
    """The settings of a section that go to the bridge, or those that stay with the port."""
    if section.name == "Network":
        chosen = [pair for pair in section.settings if (pair[0].lower() not in _OF_PORT) is bridge]
    elif section.name == "Link":
        chosen = [pair for pair in section.settings if (pair[0].lower() in _OF_BRIDGE_LINK) is bridge]
    else:
        chosen = list(section.settings) if bridge else []
    return Section(section.name, tuple(chosen))
