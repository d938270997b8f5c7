"""The replica-3 volume of a rehearsal, by the recipe that operators of hyperconverged hosts follow by hand."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.unit_names import mount_unit_name
from ovirt_hc_setup.lab.base_image import Progress
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.gluster import glusterd, pool_change
from ovirt_hc_setup.system.host import units

VOLUME = "engine"
BRICKS = Path("/gluster_bricks")
ONLINE_LIMIT = 60.0

# A service, as a mount unit's mount(8) is given a path of udev's for a UUID, which it cannot do without udev since Debian 13.
_BRICK_UNIT = """\
[Unit]
Description=Brick of a GlusterFS volume
Before=glusterd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mkdir -p {point}
ExecStart=/bin/mount -t xfs -o inode64,noatime,nodiratime,nouuid {source} {point}
ExecStop=-/bin/umount {point}

[Install]
RequiredBy=glusterd.service
"""


def make_engine_volume(lab: Lab, progress: Progress) -> None:
    """A started replica-3 volume `engine` on the first spare disk of each host of a lab. What is there stays as it is."""
    for name in HOSTS:
        progress(f"{name}: a brick on {lab.disks(name)[0]}")
        make_brick(lab.host(name), lab.disks(name)[0], BRICKS / VOLUME)
    join_pool(lab)
    first = lab.host(HOSTS[0])
    if any(found.name == VOLUME for found in glusterd.volumes(first)):
        _start(first, VOLUME)
        return
    progress(f"volume {VOLUME}: replica 3, group virt")
    bricks = [f"{fqdn(name)}:{BRICKS / VOLUME / VOLUME}" for name in HOSTS]
    pool_change.create_volume(first, VOLUME, bricks, arbiter=False)
    pool_change.set_group(first, VOLUME, "virt")
    _start(first, VOLUME)
    for deviation in glusterd.volume_info(first, VOLUME).deviations():
        pool_change.change(first, deviation.command)
    _wait_online(first, VOLUME)


def make_brick(host: Host, device: Path, point: Path) -> None:
    """XFS on a spare disk (only if it is blank), mounted by a unit of its own: in a container fstab is not read.

    By its UUID where the disk is a loop device, which has another number in the next lab; and though another one of this UUID is
    mounted on this kernel, which is so where two labs were begun from one saved state.
    """
    if not host.run("blkid", "-p", str(device), check=False).ok:
        host.run("mkfs.xfs", "-q", "-K", "-i", "size=512", "-n", "size=8192", str(device))
    unit = mount_unit_name(point).replace(".mount", ".service")
    units.write_unit(host, unit, _BRICK_UNIT.format(source=_source(host, device), point=point))
    units.enable(host, unit)
    units.start(host, unit)


def _source(host: Host, device: Path) -> str:
    if not device.name.startswith("loop"):
        return str(device)
    return f"UUID={host.run('blkid', '-p', '-s', 'UUID', '-o', 'value', str(device)).out.strip()}"


def join_pool(lab: Lab) -> None:
    """glusterd on every host, all of them in one pool."""
    for name in HOSTS:
        units.enable(lab.host(name), "glusterd.service")
        units.start(lab.host(name), "glusterd.service")
    first = lab.host(HOSTS[0])
    known = {peer.host for peer in glusterd.peers(first)}
    for name in HOSTS[1:]:
        if fqdn(name) not in known:
            pool_change.probe_peer(first, fqdn(name))
    # Otherwise the second and third host would know the first by its address only.
    if not any(peer.host == fqdn(HOSTS[0]) for peer in glusterd.peers(lab.host(HOSTS[1]))):
        pool_change.probe_peer(lab.host(HOSTS[1]), fqdn(HOSTS[0]))
    wait_for("the peers to be connected", ONLINE_LIMIT, lambda: all(_sees_all(lab.host(name)) for name in HOSTS), poll=0.5)


def _sees_all(host: Host) -> bool:
    """Whether a host is connected to all others: a volume is staged on each of them, by way of each."""
    peers = glusterd.peers(host)
    return len(peers) >= len(HOSTS) - 1 and all(peer.connected for peer in peers)


def _start(host: Host, volume: str) -> None:
    if not glusterd.volume_info(host, volume).started:
        pool_change.start_volume(host, volume)
    elif not _online(host, volume):
        host.run("gluster", "--mode=script", "volume", "start", volume, "force")  # bricks that ended are started again
    _wait_online(host, volume)


def _online(host: Host, volume: str) -> bool:
    return all(brick.online for brick in glusterd.brick_states(host, volume))


def _wait_online(host: Host, volume: str) -> None:
    wait_for(f"the bricks of {volume}", ONLINE_LIMIT, lambda: _online(host, volume), poll=0.5)
