"""Storage without a hosted engine: add-host says so, changes nothing, and never makes a first deployment of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.storage import mounts
from tests.lab.in_host import InHost
from tests.lab.storage_places import DOMAIN, mounted
from tests.terminal import Terminal

pytestmark = pytest.mark.lab

STORAGE = "OVEHOSTED_STORAGE/storageDomainConnection"
JOINING = "hc2"
NOT_DEPLOYED = 6
LAUNCHER = Path(__file__).resolve().parents[2] / "ovirt-hc-setup"
KNOWN_HOSTS = Path("/root/.ssh/known_hosts")
PASSWORD = "not-the-one-of-the-engine"
PASSWORDS_ONLY = """
mv /root/.ssh/authorized_keys /root/.ssh/aside
echo 'PermitRootLogin yes' >/etc/ssh/sshd_config.d/passwords.conf
systemctl reload ssh
chpasswd
"""
KEYS_AGAIN = """
mv /root/.ssh/aside /root/.ssh/authorized_keys
rm /etc/ssh/sshd_config.d/passwords.conf
systemctl reload ssh
usermod -p '*' root
"""


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


def test_without_quorum_the_bricks_that_are_down_are_named(lab: Lab) -> None:
    try:
        for host in ("hc2", "hc3"):
            lab.exec(host, "pkill", "-KILL", "-x", "glusterfsd")
        outcome = add_host(lab, "hc1.hc.test:/engine")
    finally:
        lab.exec("hc1", "gluster", "--mode=script", "volume", "start", "engine", "force")
    assert outcome.code == 4, outcome.describe()
    assert "hc1.hc.test:/engine cannot be mounted" in outcome.err
    assert "2 of 3 bricks are offline: hc2.hc.test:/gluster_bricks/engine/engine, hc3.hc.test:" in outcome.err


@contextmanager
def unknown_and_without_keys(lab: Lab) -> Iterator[None]:
    """The first host knows hc2's key no more, and gets in there by a password only."""
    before = lab.host("hc1").read(KNOWN_HOSTS)
    left = [line for line in before.decode().splitlines(keepends=True) if "hc2" not in line.split()[0]]
    lab.host("hc1").write(KNOWN_HOSTS, "".join(left).encode())
    lab.exec("hc2", "sh", "-ec", PASSWORDS_ONLY, stdin=f"root:{PASSWORD}\n".encode())
    try:
        yield
    finally:
        lab.exec("hc2", "sh", "-ec", KEYS_AGAIN)
        lab.host("hc1").write(KNOWN_HOSTS, before)


def test_a_key_that_nobody_knows_and_a_password_are_asked_for_at_a_terminal(lab: Lab) -> None:
    """It ends where a host has to be known that is in a deployment: there is none in this lab."""
    fingerprint = lab.exec("hc2", "ssh-keygen", "-lf", "/etc/ssh/ssh_host_ed25519_key.pub").out.split()[1]
    command = [str(LAUNCHER), "lab", "exec", "--name", lab.name, "hc1", "--", "ovirt-hc-setup", "add-host", "--on", "hc2.hc.test"]
    with unknown_and_without_keys(lab):
        with Terminal(command) as terminal:
            terminal.wait(f"hc2.hc.test is not known yet. Its SSH key: ssh-ed25519 {fingerprint}")
            terminal.answer("Is this its key?", "no")
            terminal.wait("the SSH key of hc2.hc.test is not known")
            assert terminal.code() == 4
        assert b"hc2" not in lab.host("hc1").read(KNOWN_HOSTS)
        with Terminal(command) as terminal:
            terminal.answer("Is this its key?", "yes")
            terminal.answer("Password of root on hc2.hc.test", "wrong")
            terminal.wait("Wrong password")
            terminal.answer("Password of root on hc2.hc.test", PASSWORD)
            terminal.wait("this host is in no hosted engine")
            assert terminal.code() == NOT_DEPLOYED
            assert PASSWORD not in terminal.raw
        assert b"hc2.hc.test ssh-ed25519 " in lab.host("hc1").read(KNOWN_HOSTS)
