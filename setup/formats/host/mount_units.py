"""The unit files of a mount that has to come back at boot by itself.

A mount unit is tried once. When all hosts of a pool boot together the first try can fail, because no other brick is up yet,
and systemd does not restart mount units. So a small service beside it starts the mount again until it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from ovirt_hc_setup.formats.host.unit_names import escaped_path, mount_unit_name, unit_value

MARK = "# Written by ovirt-hc-setup; `ovirt-hc-setup reset` removes it while it is unchanged.\n"
MOUNT_SECONDS = 60
RETRY_SECONDS = 5


@dataclass(frozen=True)
class MountUnits:
    """Names and texts of the two unit files of one mount."""

    mount: str
    mount_text: str
    keeper: str
    keeper_text: str

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        return (self.mount, self.mount_text), (self.keeper, self.keeper_text)


def mount_units(source: str, kind: str, point: PurePath, options: str, after: tuple[str, ...]) -> MountUnits:
    """The units for mounting `source` at `point`; `after` are units that, where they exist, are started first.

    Raises ValueRefused for texts that cannot stand in a unit file.
    """
    name = mount_unit_name(point)
    keeper = f"ovirt-hc-mount@{escaped_path(point)}.service"
    return MountUnits(
        name,
        _MOUNT.format(
            mark=MARK,
            source=unit_value(source),
            point=unit_value(str(point)),
            kind=unit_value(kind),
            options=unit_value(options),
            after=" ".join(("network-online.target", *after)),
            wants=" ".join(("network-online.target", *after)),
            seconds=MOUNT_SECONDS,
        ),
        keeper,
        _KEEPER.format(mark=MARK, source=unit_value(source), name=name, seconds=MOUNT_SECONDS, retry=RETRY_SECONDS),
    )


_MOUNT = """\
{mark}
[Unit]
Description=oVirt storage {source}
Wants={wants}
After={after}

[Mount]
What={source}
Where={point}
Type={kind}
Options={options}
TimeoutSec={seconds}

[Install]
WantedBy=remote-fs.target
"""

# `%i` is the escaped path as it stands in the name of this unit; `--no-ask-password` keeps systemctl from waiting for anybody.
_KEEPER = """\
{mark}
[Unit]
Description=Mount oVirt storage {source}, again and again until it is there
After=remote-fs.target network-online.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/systemctl --no-ask-password start %i.mount
TimeoutStartSec={seconds}
Restart=on-failure
RestartSec={retry}

[Install]
WantedBy=multi-user.target
"""
