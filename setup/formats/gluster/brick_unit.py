"""The mount unit of a brick's file system: there before glusterd, at every boot."""

from __future__ import annotations

from pathlib import PurePath

from ovirt_hc_setup.formats.host.mount_units import MARK
from ovirt_hc_setup.formats.host.unit_names import unit_value


def brick_unit(source: str, point: PurePath) -> str:
    """`source` is the device or `UUID=...`. Raises ValueRefused for texts that cannot stand in a unit file."""
    return _UNIT.format(mark=MARK, source=unit_value(source), point=unit_value(str(point)))


# Wanted and not required: a disk that fails takes its own brick away, not the whole glusterd of its host. The brick's folder
# lies inside the file system, so glusterd never writes below an empty mount point.
_UNIT = """\
{mark}
[Unit]
Description=Brick of a GlusterFS volume
Before=glusterd.service

[Mount]
What={source}
Where={point}
Type=xfs
Options=inode64,noatime,nodiratime

[Install]
WantedBy=glusterd.service
"""
