"""Further hosts as part of a deployment: what `engine` and `status` stand on. They join as an operator lets them join."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.formats.hosted_engine import hosted_engine_conf
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.lab.places import ENGINE_FQDN, EVERY_HOST, HOSTS, fqdn
from ovirt_hc_setup.lab.rehearsal import PROGRAM
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.model.storage_path import StoragePath
from tests.lab.lease_times import shorten

FIRST, *OTHERS = HOSTS
STRANGER = EVERY_HOST[len(HOSTS)]
"""A host that never joins."""

CONF = Path("/etc/ovirt-hosted-engine/hosted-engine.conf")
VM = "HostedEngine"
SSH = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20")


def conf(lab: Lab, host: str = FIRST) -> HostedEngineConf:
    return hosted_engine_conf.read(lab.host(host).read(CONF).decode())


def is_joined(lab: Lab, host: str) -> bool:
    return lab.exec(host, "test", "-s", str(CONF), check=False).ok


def board_path(lab: Lab) -> str:
    """The HA metadata's file; the same on every host."""
    found = conf(lab)
    point = StoragePath.parse(found.storage).mount_point
    return str(FileStore.at(point, found.domain).volume(*found.metadata).data)


def in_guest(lab: Lab, command: str) -> str:
    """What a command in the engine VM says."""
    return lab.exec(FIRST, "ssh", *SSH, f"root@{ENGINE_FQDN}", command, timeout=120).out.strip()


def ensure_joined(lab: Lab) -> None:
    """All three hosts are in it, with ids 1, 2 and 3; the fourth of the lab is up and in nothing."""
    lab.up(number=len(HOSTS) + 1)
    shorten(lab, [STRANGER])
    missing = [host for host in OTHERS if not is_joined(lab, host)]
    if missing:
        named = [word for host in missing for word in ("--on", fqdn(host))]
        lab.exec(FIRST, PROGRAM, "add-host", *named, "--unattended", "--yes", "--output", "plain", timeout=500)
    assert {host: conf(lab, host).host_id for host in HOSTS} == {host: number for number, host in enumerate(HOSTS, 1)}
