"""A type of storage that a package brings: a deployment on it that is killed and gone on with, a host that joins it, a reset.

Costs a lab of its own and one deployment without the others' waits: about four minutes where nothing else is to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import HOSTS, NAME_VARIABLE, fqdn
from ovirt_hc_setup.lab.program import checkout
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.lease_times import shorten
from tests.rehearsal.test_deployment import shell
from tests.wheels import wheel

pytestmark = pytest.mark.rehearsal

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "posixfs-backend"
WHEEL = Path("/root/ovirt_hc_posixfs-1-py3-none-any.whl")
VOLUME = "second"
SOURCE = f"{fqdn('hc1')}:/{VOLUME}"
ROOT = f"/rhev/data-center/mnt/{fqdn('hc1')}:_{VOLUME}"
OWNED = ("storage.owner-uid", "storage.owner-gid")

# The program's environment is the machine's, and cannot be written in a host: what is installed there goes into a layer over it.
INSTALL = """
set -e
mkdir -p /run/posixfs
mount -t tmpfs none /run/posixfs
for site in "$1"/.env/*/lib/python3*/site-packages; do
    layer=/run/posixfs/$(echo "$site" | md5sum | cut -c1-8)
    mkdir -p "$layer/upper" "$layer/work"
    mount -t overlay none -o "lowerdir=$site,upperdir=$layer/upper,workdir=$layer/work" "$site"
    "${site%/lib/*}/bin/python" -I -m pip install --quiet --no-index --no-deps --no-compile "$2"
done
"""
SETTINGS = {
    "OVEHOSTED_STORAGE/domainType": "posixfs",
    "OVEHOSTED_STORAGE/storageDomainConnection": SOURCE,
    "OVEHOSTED_STORAGE/mntOptions": f"backup-volfile-servers={fqdn('hc2')}:{fqdn('hc3')}",
    "POSIXFS/vfsType": "glusterfs",
}
WORDS = tuple(word for name, value in SETTINGS.items() for word in ("--set", f"{name}={value}"))
PLUGIN = ("--plugin", "posixfs")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Three hosts with a second volume, the package installed from its wheel on the two that are deployed on."""
    found = Lab(f"{os.environ.get(NAME_VARIABLE, 'rehearsal')}-posixfs")
    try:
        rehearsal.make_ready(print, found.kind)
        found.up(print)
        shorten(found, HOSTS)
        rehearsal.prepare(found, print)
        _second_volume(found)
        made = wheel(EXAMPLE, tmp_path_factory.mktemp("wheel")).read_bytes()
        for host in HOSTS[:2]:
            found.host(host).write(WHEEL, made)
            found.exec(host, "sh", "-c", INSTALL, "-", str(checkout()), str(WHEEL), timeout=120)
        yield found
    finally:
        found.down(print)


def _second_volume(lab: Lab) -> None:
    bricks = [f"{fqdn(host)}:/gluster_bricks/engine/{VOLUME}" for host in HOSTS]
    change = ("gluster", "--mode=script", "volume")
    lab.exec("hc1", *change, "create", VOLUME, "replica", "3", *bricks, "force")
    lab.exec("hc1", *change, "set", VOLUME, "group", "virt")
    for owner in OWNED:
        lab.exec("hc1", *change, "set", VOLUME, owner, "36")
    lab.exec("hc1", *change, "start", VOLUME)


def deploy(lab: Lab, *more: str) -> Outcome:
    lab.host("hc1").write(rehearsal.ANSWERS_FILE, rehearsal.answers_file().read_bytes(), mode=0o600)
    files = ("--answers", str(rehearsal.ANSWERS_FILE), "--answers", str(rehearsal.SECRETS_FILE))
    words = ("deploy", "--unattended", *files, "--set", "HC_HOSTS/additional=none", "--output", "plain", *more)
    return lab.exec("hc1", "ovirt-hc-setup", *words, timeout=1500, check=False)


def test_a_deployment_on_it_is_killed_gone_on_with_joined_and_taken_back(lab: Lab) -> None:
    unknown = deploy(lab, "--set", "OVEHOSTED_STORAGE/domainType=posixfs", "--plan")
    assert (unknown.code, "storage of the type posixfs is not supported" in unknown.err) == (2, True), unknown.describe()

    lab.exec("hc1", "systemd-run", "--unit=kills", "--collect", "sh", "-c", KILLS)
    killed = deploy(lab, *PLUGIN, *WORDS, "--yes")
    assert killed.code == 4, killed.describe()
    assert shell(lab, f"findmnt -no FSTYPE '{ROOT}'").strip() == "fuse.glusterfs"
    went_on = deploy(lab, *WORDS)  # no plugin is named: the run remembers it
    assert went_on.code == 0, went_on.describe()
    assert all(verdict.ok for verdict in rehearsal.verdicts(lab)), rehearsal.verdicts(lab)
    assert "TYPE=POSIXFS" in shell(lab, f"cat {ROOT}/*/dom_md/metadata")
    assert "domainType=posixfs" in shell(lab, "cat /etc/ovirt-hosted-engine/hosted-engine.conf")

    joined = lab.exec("hc2", "ovirt-hc-setup", "add-host", "--unattended", "--yes", *PLUGIN, *WORDS, timeout=600, check=False)
    assert joined.code == 0, joined.describe()
    seen = lab.exec("hc2", "ovirt-hc-setup", "status", timeout=120, check=False)
    assert seen.code == 0, seen.describe()
    assert f"{SOURCE}, mounted" in seen.out
    assert "Volume" not in seen.out, "nobody tells how such a storage is doing"

    # The unit that runs at boot finds the storage, though nobody names the plugin to it.
    lab.exec("hc2", "systemctl", "restart", "ovirt-hc-setup-host.service", timeout=300)
    assert len([line for line in lab.exec("hc2", "sanlock", "client", "status").out.splitlines() if line.startswith("s ")]) == 2

    for host, more in (("hc2", ("--yes",)), ("hc1", ("--confirm", "hosted_storage"))):
        reset = lab.exec(host, "ovirt-hc-setup", "reset", *more, timeout=600, check=False)
        assert reset.code == 0, reset.describe()
        assert not lab.exec(host, "test", "-e", "/rhev", check=False).ok
    left = lab.exec("hc1", "ls", "-A", f"/gluster_bricks/engine/{VOLUME}").out.split()
    own = (".glusterfs", ".trashcan", ".shard")  # GlusterFS's, with names that it drew behind them
    assert [name for name in left if not name.startswith(own)] == []


KILLS = """
until grep -q '"resource-ended".*"domain"' /var/lib/ovirt-hc-setup/runs/*-deploy-*/events.jsonl 2>/dev/null; do sleep 0.3; done
systemctl kill -s KILL 'ovirt-hc-setup-*-deploy-*.service'
"""
