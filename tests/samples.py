"""The sample answer files with a lab's names in the place of the examples'."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.lab.places import ENGINE_ADDRESS, ENGINE_FQDN, ENGINE_MAC, GATEWAY, HOST_ADDRESSES, fqdn

FOLDER = Path(__file__).resolve().parents[1] / "answers"
IN_LAB = {
    **{f"host{number}.example.com": fqdn(host) for number, host in enumerate(HOST_ADDRESSES, 1)},
    "engine.example.com": ENGINE_FQDN,
    "192.168.1.50": ENGINE_ADDRESS,
    "192.168.1.": GATEWAY.rpartition(".")[0] + ".",
    "eno1": "host0",
    "bond0": "host0",
    "00:16:3e:1a:2b:3c": ENGINE_MAC,
    "ovirt-engine-appliance.ova": "engine-appliance.ova",
    # What the machine runs is found out.
    "cpu: model_Nehalem": "consoleType: vnc",
}


def in_lab(name: str) -> bytes:
    """A sample as somebody would adapt it for a lab."""
    text = (FOLDER / name).read_text()
    for example, own in IN_LAB.items():
        text = text.replace(example, own)
    return text.encode()
