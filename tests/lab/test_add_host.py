"""Storage without a hosted engine: add-host says so, changes nothing, and never makes a first deployment of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab.lab import Lab
from ovirt_hc_setup.lab.volume import make_engine_volume
from ovirt_hc_setup.system import mounts
from tests.lab.in_host import InHost
from tests.lab.storage_places import DOMAIN, mounted

pytestmark = pytest.mark.lab

STORAGE = "OVEHOSTED_STORAGE/storageDomainConnection"
JOINING = "hc2"
NOT_DEPLOYED = 6


@pytest.fixture(scope="module", autouse=True)
def volume(lab: Lab) -> None:
    make_engine_volume(lab, print)


@pytest.fixture(autouse=True)
def untouched(lab: Lab) -> Iterator[None]:
    """Nothing is mounted, and no run was begun."""
    before = state(lab)
    yield
    assert state(lab) == before


def state(lab: Lab) -> tuple[object, ...]:
    runs = lab.exec(JOINING, "sh", "-c", "ls /var/lib/ovirt-hc-setup/runs /etc/ovirt-hosted-engine 2>/dev/null", check=False).out
    processes = lab.exec(JOINING, "pgrep", "-c", "-x", "glusterfs", check=False).out
    return runs, processes, [mount.point for mount in mounts.mounts(lab.host(JOINING)) if "gluster" in mount.kind]


def add_host(lab: Lab, path: str) -> Outcome:
    words = ("add-host", "--unattended", "--yes", "--output", "plain", "--set", f"{STORAGE}={path}")
    return lab.exec(JOINING, "/usr/local/bin/ovirt-hc-setup", *words, check=False, timeout=120)


def test_an_empty_volume_is_no_deployment_to_join(lab: Lab) -> None:
    outcome = add_host(lab, "hc1.hc.test:/engine")
    assert outcome.code == NOT_DEPLOYED, outcome.describe()
    assert "there is no hosted engine on hc1.hc.test:/engine: it holds no storage domain" in outcome.err


def test_a_domain_that_is_none_of_a_hosted_engine_is_none_to_join(lab: Lab) -> None:
    with mounted(lab, "hc1"):
        made = InHost(lab, "hc1", DOMAIN)
        made.apply()
        try:
            outcome = add_host(lab, "hc1.hc.test:/engine")
        finally:
            made.undo()
    assert outcome.code == NOT_DEPLOYED, outcome.describe()
    assert "has no volume 'HostedEngineConfigurationImage'" in outcome.err


def test_links_and_pipes_on_the_storage_are_not_followed(lab: Lab) -> None:
    """Who can write to the storage makes no host read its own files, or wait for ever."""
    with mounted(lab, "hc1"):
        point = DOMAIN.mount_point
        spoil = "mkdir -p a/dom_md b/images/c; ln -s /etc/passwd a/dom_md/metadata; mkfifo b/images/c/d.meta; ln -s /etc e"
        lab.exec("hc1", "sh", "-ec", f"cd '{point}'; {spoil}")
        try:
            outcome = add_host(lab, "hc1.hc.test:/engine")
        finally:
            lab.exec("hc1", "sh", "-ec", f"cd '{point}'; rm -rf a b e")
    assert outcome.code == NOT_DEPLOYED, outcome.describe()
    assert "it holds no storage domain" in outcome.err


def test_a_volume_that_is_not_there_is_told_from_an_empty_one(lab: Lab) -> None:
    outcome = add_host(lab, "hc1.hc.test:/nothing")
    assert outcome.code == 2, outcome.describe()
    assert "there is no volume 'nothing' on hc1.hc.test" in outcome.err
