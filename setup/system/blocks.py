"""Block devices below folders."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.base.host import Host


def sector_size(host: Host, folder: Path) -> int:
    """Bytes in a logical sector of the device that the folder lies on; raises FormatError or CommandFailed when there is none."""
    device = host.run("findmnt", "--noheadings", "--first-only", "--output", "SOURCE", "--target", str(folder)).out.strip()
    said = host.run("blockdev", "--getss", device).out.strip()
    if said not in ("512", "4096"):
        raise FormatError(f"{device} has sectors of {said!r} bytes, neither 512 nor 4096", host=host.name)
    return int(said)
