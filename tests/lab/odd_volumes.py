"""Volumes on a lab's pool that are not fit for a storage domain, and the recording of what glusterd says of them.

`python -m tests.lab.odd_volumes LAB` records tests/golden/gluster anew from a lab that is up.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.gluster import glusterd

GOLDEN = Path(__file__).parents[1] / "golden" / "gluster"

# Name: the words after the name at creation, hosts of the bricks in order, whether it is started.
ODD: dict[str, tuple[tuple[str, ...], tuple[str, ...], bool]] = {
    "replica2": (("replica", "2"), ("hc1", "hc2"), True),
    "distribute": ((), ("hc1", "hc2", "hc3"), True),
    "twohosts": (("replica", "3"), ("hc1", "hc2", "hc2"), True),
    "arbiter": (("replica", "3", "arbiter", "1"), HOSTS, True),
    "disperse": (("disperse", "3", "redundancy", "1"), HOSTS, True),
    "stopped": (("replica", "3"), HOSTS, False),
}

RECORDED: dict[str, tuple[str, ...]] = {
    "info-engine": ("volume", "info", "engine"),
    **{f"info-{name}": ("volume", "info", name) for name in ODD},
    "info-all": ("volume", "info"),
    "info-nosuch": ("volume", "info", "nosuch"),
    "status-engine": ("volume", "status", "engine"),
    "status-stopped": ("volume", "status", "stopped"),
    "pool-list": ("pool", "list"),
    "heal-engine": ("volume", "heal", "engine", "info", "summary"),
}


def make_odd_volumes(lab: Lab) -> None:
    """Make those that are not there yet, with their bricks below the first disk's mount point."""
    first = lab.host("hc1")
    there = {found.name for found in glusterd.volumes(first)}
    for name, (words, hosts, started) in ODD.items():
        if name in there:
            continue
        bricks = [f"{fqdn(host)}:/gluster_bricks/engine/{name}{index}" for index, host in enumerate(hosts)]
        first.run("gluster", "--mode=script", "volume", "create", name, *words, *bricks, "force")
        if started:
            first.run("gluster", "--mode=script", "volume", "start", name)


def remove_odd_volumes(lab: Lab) -> None:
    """Take them away again, with their bricks."""
    first = lab.host("hc1")
    for found in glusterd.volumes(first):
        if found.name not in ODD:
            continue
        if found.started:
            first.run("gluster", "--mode=script", "volume", "stop", found.name, "force")
        first.run("gluster", "--mode=script", "volume", "delete", found.name)
        for brick in found.bricks:
            lab.exec(brick.host, "rm", "-rf", brick.path)


def record(lab: Lab) -> None:
    first = lab.host("hc1")
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, words in RECORDED.items():
        said = first.run("gluster", "--mode=script", "--xml", *words, check=False).out
        (GOLDEN / f"{name}.xml").write_text(said)


if __name__ == "__main__":
    chosen = Lab(sys.argv[1])
    make_engine_volume(chosen, print)
    make_odd_volumes(chosen)
    record(chosen)
