"""A switch whose ports to the hosts carry one VLAN, and only frames that are marked with it.

Made of a plain bridge, rules that drop all other frames, and `tagging.py` between it and the network of the gateway: a kernel
that knows VLANs itself is not needed on this machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.cgroups import make_cgroups
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.lab_waits import wait_for

TABLE = "lab_vlan"
_TAGGING = Path(__file__).with_name("tagging.py")
_PLAIN, _MARKED = "hcplain", "hcmarked"
_LIMIT = 10.0


def ensure(inside: Inside, lab: places.Places, vlan: int) -> None:
    """Have the gateway behind the switch; raises CommandFailed, SetupError."""
    if inside.run("ip", "link", "show", _MARKED, check=False).ok:
        return
    inside.run("nft", "add", "table", "bridge", TABLE)
    inside.run("nft", f"add chain bridge {TABLE} forward {{ type filter hook forward priority 0; }}")
    argv = (sys.executable, "-I", str(_TAGGING), _PLAIN, _MARKED, str(vlan))
    inside.start(lab.logs / "tagging", make_cgroups(lab.name, "keeper"), *argv)
    ready = lambda: inside.run("ip", "link", "show", _MARKED, check=False).ok  # noqa: E731
    wait_for(f"the gateway's way into VLAN {vlan} (its log: {lab.logs / 'tagging'})", _LIMIT, ready)
    for link, bridge in ((_PLAIN, places.BRIDGE), (_MARKED, places.TRUNK)):
        inside.run("ip", "link", "set", link, "master", bridge, "up")


def add_port(inside: Inside, link: str, vlan: int) -> None:
    """Let a port take in nothing but frames of the VLAN; raises CommandFailed."""
    for unwanted in ("ether type != 8021q", f"vlan id != {vlan}"):
        inside.run("nft", f"add rule bridge {TABLE} forward iifname {link} {unwanted} drop")
