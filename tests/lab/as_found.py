"""What tests that share a lab's hosts may not leave on them: runs, VMs, host ids, links to images, mounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab

_RUNS = "ls -A /var/lib/ovirt-hc-setup/runs 2>/dev/null"
_TRACES = f"""
{_RUNS} | sed 's/^/run /'
virsh list --all --name 2>/dev/null | sed -n 's/^./VM &/p'
timeout 20 sanlock client status 2>/dev/null | grep '^s '
find /run/vdsm 2>/dev/null
findmnt -rn -t fuse.glusterfs -o TARGET | sed 's/^/mount /'
true
"""


def traces(lab: Lab) -> dict[str, list[str]]:
    """What there is of that on each host; nothing of a lab that is down."""
    if not lab.is_up():
        return {}
    with ThreadPoolExecutor() as pool:
        said = pool.map(lambda name: lab.exec(name, "sh", "-c", _TRACES, check=False).out, HOSTS)
        return {name: text.splitlines() for name, text in zip(HOSTS, said, strict=True)}
