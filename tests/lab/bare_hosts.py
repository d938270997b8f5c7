"""The lab's hosts with nothing but disks, whatever other tests have left on them. Those make their volume again themselves."""

from __future__ import annotations

from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab

# What belongs to glusterd's package (groups of options, hooks) stays.
_BARE = """
systemctl disable --quiet --now glusterd.service
pkill -x glusterfsd; pkill -x glusterfs
rm -rf /var/lib/glusterd/peers/* /var/lib/glusterd/vols/* /var/lib/glusterd/glustershd
for unit in /etc/systemd/system/gluster_bricks-*.mount /etc/systemd/system/gluster_bricks-*.service; do
    test -e "$unit" || continue
    systemctl disable --quiet --now "${unit##*/}"
    rm -f "$unit"
done
systemctl daemon-reload
rm -rf --one-file-system /gluster_bricks
for disk; do wipefs --all --quiet "$disk"; done
"""


def make_bare(lab: Lab) -> None:
    """No pool, no volume, no brick, blank disks, glusterd off."""
    for name in HOSTS:
        lab.exec(name, "sh", "-c", _BARE, "-", *map(str, lab.disks(name)))
