"""The cards of a host with a kernel of its own: the lab's ends of its cables, and how they are named to its kernel.

Slot 1 is the link that commands come in by; a host's cards have slot 0 and those from 2 on. One that was plugged in later stays
plugged in, whatever happens to the power: a note in the host's folder knows it.
"""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.lab import places, trunk
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.network import ensure_bridge
from ovirt_hc_setup.lab.places import Places
from ovirt_hc_setup.lab.topologies import MAIN, Link, Topology

CONTROL_BRIDGE = "hccontrol"
CONTROL_GATEWAY = "100.64.90.1"
CONTROL_SLOT = 1


def control_address(host: str) -> str:
    """Where a host takes commands, on a link of its own."""
    return f"100.64.90.{_number(host)}"


def lab_end(host: str, link: str) -> str:
    """The lab's end of a cable, by the card's name in the host."""
    return f"{host}-{link}"


def cards(lab: Places, host: str, topology: Topology) -> dict[int, Link]:
    """Every card of a host by its slot: those that the topology gives, and those that were plugged in."""
    slots = [0, *range(CONTROL_SLOT + 1, CONTROL_SLOT + len(topology.links))]
    return {**dict(zip(slots, topology.links, strict=True)), **plugged(lab, host)}


def plugged(lab: Places, host: str) -> dict[int, Link]:
    """The cards that were plugged in, by their slots."""
    note = _note(lab, host)
    lines = [line.split() for line in note.read_text().splitlines()] if note.exists() else []
    return {int(slot): Link(name, network) for slot, name, network in lines}


def note_plugged(lab: Places, host: str, slot: int, link: Link | None) -> None:
    """Remember that a card is in a slot, or (None) that the slot is empty again."""
    known = {number: card for number, card in plugged(lab, host).items() if number != slot}
    known |= {slot: link} if link else {}
    _note(lab, host).write_text("".join(f"{number} {card.name} {card.network}\n" for number, card in known.items()))


def _note(lab: Places, host: str) -> Path:
    return lab.host(host) / "cards"


def ensure_links(inside: Inside, lab: Places, host: str, topology: Topology) -> None:
    """Make the lab's ends of this host's cables and of the one that commands go over; raises CommandFailed."""
    if not inside.run("ip", "link", "show", CONTROL_BRIDGE, check=False).ok:
        ensure_bridge(inside, CONTROL_BRIDGE)
        inside.run("ip", "address", "replace", f"{CONTROL_GATEWAY}/24", "dev", CONTROL_BRIDGE)
    _ensure_tap(inside, lab_end(host, "control"), CONTROL_BRIDGE)
    for link in cards(lab, host, topology).values():
        ensure_cable(inside, host, link, topology)


def ensure_cable(inside: Inside, host: str, link: Link, topology: Topology) -> None:
    """Make the lab's end of one cable; raises CommandFailed."""
    bridge = topology.bridge(link.network)
    ensure_bridge(inside, bridge)
    new = _ensure_tap(inside, lab_end(host, link.name), bridge)
    if new and link.network == MAIN and topology.vlan is not None:
        trunk.add_port(inside, lab_end(host, link.name), topology.vlan)


def _ensure_tap(inside: Inside, name: str, bridge: str) -> bool:
    """Whether it was not there."""
    if inside.run("ip", "link", "show", name, check=False).ok:
        return False
    inside.run("ip", "tuntap", "add", name, "mode", "tap")
    inside.run("ip", "link", "set", name, "master", bridge, "up")
    return True


def kernel_words(lab: Places, host: str, topology: Topology) -> list[str]:
    """How a host's cards are given to its kernel when it boots."""
    named = {slot: link.name for slot, link in cards(lab, host, topology).items()} | {CONTROL_SLOT: "control"}
    return [f"vec{slot}:{card_words(host, slot, name)}" for slot, name in sorted(named.items())]


def card_words(host: str, slot: int, name: str) -> str:
    """What the kernel is told of the card in a slot."""
    mac = f"02:00:5a:{slot:02x}:00:{_number(host):02x}"
    return f"transport=tap,ifname={lab_end(host, name)},depth=128,gro=1,mac={mac}"


def _number(host: str) -> int:
    return int(places.HOST_ADDRESSES[host].rpartition(".")[2])
