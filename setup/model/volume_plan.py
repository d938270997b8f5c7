"""A replica-3 GlusterFS volume that is to be built on three hosts, before anything of it is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.gluster_volume import BrickPath, GlusterVolume
from ovirt_hc_setup.model.other_hosts import OtherHost, OtherHosts

COPIES = 3
BRICKS = Path("/gluster_bricks")
_DEVICE = re.compile(r"/dev/[A-Za-z0-9._+:@-]+(?:/[A-Za-z0-9._+:@-]+)*")
_NO_UUID = UUID(int=0)


@dataclass(frozen=True)
class VolumeHosts:
    """The three hosts of a volume by the names that its bricks get; the first is the one that is deployed on."""

    hosts: tuple[OtherHost, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Separated by commas; raises ValueRefused for anything but three different hosts, reached as root."""
        hosts = OtherHosts.parse(text).hosts
        hint = f"Give three hosts separated by commas, this one first: {','.join(f'host{n}.example.com' for n in (1, 2, 3))}"
        if len(hosts) != COPIES:
            raise ValueRefused(f"{text!r} names {len(hosts)} hosts, and a replica-3 volume has {COPIES}", hint=hint)
        if any(host.user != "root" for host in hosts):
            raise ValueRefused(f"{text!r} names a user other than root, but only root can make a brick", hint=hint)
        return cls(hosts)

    def __str__(self) -> str:
        return ",".join(map(str, self.hosts))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(host.host for host in self.hosts)


@dataclass(frozen=True)
class BrickDevices:
    """The disk of each host: one path for all of them, or `HOST=/dev/x` for each, or both: a path for those not named."""

    every: str = ""
    by_host: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        pairs = [(_name(host.strip()), device.strip()) for host, _, device in (part.rpartition("=") for part in parts)]
        hosts = [host for host, _ in pairs]
        hint = "Write it as /dev/sdb, or host by host: host1.example.com=/dev/sdb,host2.example.com=/dev/sdc,..."
        wrong = [device for _, device in pairs if not _DEVICE.fullmatch(device) or ".." in device.split("/")]
        if wrong or not pairs:
            raise ValueRefused(f"{(wrong or [text])[0]!r} is not the path of a disk below /dev", hint=hint)
        if len(set(hosts)) != len(hosts):
            raise ValueRefused(f"{text!r} does not name one disk for each host", hint=hint)
        return cls(dict(pairs).get("", ""), tuple(pair for pair in pairs if pair[0]))

    def __str__(self) -> str:
        named = [f"{host}={device}" for host, device in self.by_host]
        return ",".join([self.every, *named] if self.every else named)

    def of(self, host: str) -> Path:
        """The disk of a host; raises ValueRefused when none is named for it."""
        found = dict(self.by_host).get(host, self.every)
        if not found:
            hint = f"Name one for each of the volume's hosts, as in {host}=/dev/sdb"
            raise ValueRefused(f"no disk is named for {host} in '{self}'", hint=hint)
        return Path(found)


def _name(host: str) -> str:
    """As the volume's hosts are called; an IPv6 address may stand in brackets or without."""
    return OtherHost.named(host.strip("[]")).host if host else ""


@dataclass(frozen=True)
class VolumePlan:
    """What the operator wants: with `arbiter`, the third host holds names and no data."""

    name: str
    hosts: tuple[OtherHost, ...]
    devices: Mapping[str, Path]
    arbiter: bool = False

    @property
    def point(self) -> Path:
        """Where a brick's disk is mounted."""
        return BRICKS / self.name

    @property
    def folder(self) -> Path:
        """The brick: below the mount point, so that it is not there when the disk is not."""
        return self.point / self.name

    @property
    def bricks(self) -> tuple[str, ...]:
        return tuple(f"{host.host}:{self.folder}" for host in self.hosts)

    @property
    def description(self) -> str:
        return "replica 3 (2 + 1 arbiter)" if self.arbiter else "replica 3"

    def as_built(self) -> GlusterVolume:
        """The volume as far as it can be known beforehand; what glusterd gives it (ids, options) is not in it."""
        last = len(self.hosts) - 1
        bricks = tuple(
            BrickPath(host.host, str(self.folder), _NO_UUID, self.arbiter and number == last)
            for number, host in enumerate(self.hosts)
        )
        return GlusterVolume(self.name, _NO_UUID, "Replicate", "Started", COPIES, int(self.arbiter), bricks, {})
