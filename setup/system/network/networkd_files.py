"""systemd-networkd: which file an interface has its settings from, what they are, and having files read again."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats import shaped_json

VOLATILE = Path("/run/systemd/network")
LASTING = Path("/etc/systemd/network")
_LEASES = Path("/run/systemd/netif/leases")
# RFC 4361: a client identifier of type 255 is four octets of IAID and then the DUID.
_CLIENT_ID = re.compile(r"^CLIENTID=ff([0-9a-f]{8})", re.MULTILINE | re.IGNORECASE)


class _Status(msgspec.Struct, frozen=True, rename={"state": "AdministrativeState", "file": "NetworkFile"}):
    state: str
    file: str | None = None


@dataclass(frozen=True)
class Managed:
    """`file` is where the settings of an interface come from; `state` the daemon's word, `configured` when it is done."""

    state: str
    file: Path | None


def managed(host: Host, nic: str) -> Managed | None:
    """What the daemon says of an interface; None when it does not run or leaves the interface alone."""
    script = 'command -v networkctl >/dev/null && networkctl --json=short status -- "$1"'
    outcome = host.run("sh", "-c", script, "-", nic, check=False)
    if not outcome.ok:
        return None
    said = shaped_json.read(outcome.out, _Status, f"what `networkctl --json=short status {nic}` printed")
    return None if said.state == "unmanaged" else Managed(said.state, Path(said.file) if said.file else None)


def settings(host: Host, file: Path) -> str:
    """The text of a network file with all its drop-ins behind it, as the daemon reads them."""
    return host.run("systemd-analyze", "--no-pager", "cat-config", f"systemd/network/{file.name}").out


def dhcp_iaid(host: Host, nic: str) -> int | None:
    """What an interface calls itself to its DHCP server; None when it has no lease or is known by its MAC."""
    try:
        index = host.read(Path("/sys/class/net") / nic / "ifindex").decode().strip()
        found = _CLIENT_ID.search(host.read(_LEASES / index).decode("utf-8", "replace"))
    except OSError:
        return None
    return int(found.group(1), 16) if found else None


def wait_configured(host: Host, nic: str, file: Path, seconds: float = 20.0) -> bool:
    """Whether an interface is set up from a certain file within the time; `reload` returns before it is."""
    end = time.monotonic() + seconds
    while managed(host, nic) != Managed("configured", file):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def reload(host: Host) -> None:
    """Have the files read again: new devices are made, and interfaces whose file is another one now are set up anew."""
    host.run("networkctl", "reload", timeout=60)
