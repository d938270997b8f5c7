"""Block devices below folders."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.host import Host


def sector_size(host: Host, folder: Path) -> int | None:
    """Bytes in a logical sector of the device that the folder lies on, 512 or 4096; None when there is no such device."""
    options = ("--noheadings", "--nofsroot", "--first-only", "--output", "SOURCE", "--target")
    found = host.run("findmnt", *options, str(folder), check=False)
    said = host.run("blockdev", "--getss", found.out.strip(), check=False).out.strip()
    return int(said) if said in ("512", "4096") else None
