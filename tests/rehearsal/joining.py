"""A further host made part of a deployment step by step, from the first host's own files: what `engine` and `status` stand on."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from ovirt_hc_setup.formats import hosted_engine_conf, whiteboard
from ovirt_hc_setup.formats.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.formats.whiteboard import BLOCK, HostBlock
from ovirt_hc_setup.lab.lab import Lab
from ovirt_hc_setup.lab.places import ENGINE_FQDN, HOST_ADDRESSES, fqdn
from ovirt_hc_setup.model.domain_layout import DomainLayout
from ovirt_hc_setup.model.storage_path import StoragePath

FIRST = "hc1"
CONF = Path("/etc/ovirt-hosted-engine/hosted-engine.conf")
UNITS = "/etc/systemd/system"
NETWORK = "/etc/systemd/network/00-ovirt-hc-setup-ovirtmgmt"
HOST_UNIT = "ovirt-hc-setup-host.service"
VM = "HostedEngine"
SSH = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20")

_ACCOUNTS = """
getent group 36 >/dev/null || groupadd -g 36 vdsm
getent passwd 36 >/dev/null || useradd -u 36 -g 36 -M -s /usr/sbin/nologin vdsm
usermod -aG 36 libvirt-qemu; usermod -aG 36 sanlock
"""
_SERVICES = """
systemctl daemon-reload; networkctl reload
until ip -4 -br address show ovirtmgmt | grep -q /24; do sleep 0.2; done
systemctl enable --quiet --now "$1"
systemctl restart sanlock libvirtd
systemctl enable --quiet --now "$2"
"""


def conf(lab: Lab, host: str = FIRST) -> HostedEngineConf:
    return hosted_engine_conf.read(lab.host(host).read(CONF).decode())


def is_joined(lab: Lab, host: str) -> bool:
    return lab.exec(host, "test", "-s", str(CONF), check=False).ok


def board_path(lab: Lab) -> str:
    """The whiteboard's file; the same on every host."""
    found = conf(lab)
    point = StoragePath.parse(found.storage).mount_point
    return str(DomainLayout.at(point, found.domain).volume(*found.metadata).data)


def in_guest(lab: Lab, command: str) -> str:
    """What a command in the engine VM says."""
    return lab.exec(FIRST, "ssh", *SSH, f"root@{ENGINE_FQDN}", command, timeout=120).out.strip()


def ensure_joined(lab: Lab, host: str, host_id: int) -> None:
    """The host holds `host_id` in both lockspaces, stands on the whiteboard, and has the VM defined and not started."""
    if is_joined(lab, host):
        return
    lab.exec(host, "sh", "-ec", _ACCOUNTS)
    _files(lab, host, host_id)
    point = StoragePath.parse(conf(lab).storage).mount_point
    mount = lab.exec(FIRST, "systemd-escape", "--path", "--suffix=mount", str(point)).out.strip()
    lab.exec(host, "sh", "-ec", _SERVICES, "-", mount, HOST_UNIT, timeout=300)
    _block(lab, host, host_id)
    xml = lab.exec(FIRST, "virsh", "dumpxml", "--inactive", VM).out
    lab.exec(host, "virsh", "define", "/dev/stdin", stdin=xml.encode())


def _files(lab: Lab, host: str, host_id: int) -> None:
    """The first host's files, with this host's name, id and address in them."""
    listed = f"ls {UNITS}/*rhev*.mount {UNITS}/{HOST_UNIT} {NETWORK}* /etc/libvirt/qemu.conf /etc/libvirt/qemu-sanlock.conf"
    names = lab.exec(FIRST, "sh", "-c", f"{listed} /etc/sanlock/sanlock.conf {CONF}").out.splitlines()
    mac = lab.exec(host, "cat", "/sys/class/net/host0/address").out.strip()
    for name in names:
        text = lab.host(FIRST).read(Path(name)).decode()
        text = text.replace(HOST_ADDRESSES[FIRST], HOST_ADDRESSES[host])
        text = re.sub(r"^(host_id ?= ?)\d+$", rf"\g<1>{host_id}", text, flags=re.MULTILINE)
        text = re.sub(r"^(our_host_name ?= ?).*$", rf"\g<1>{fqdn(host)}", text, flags=re.MULTILINE)
        text = re.sub(r"^(MACAddress=).*$", rf"\g<1>{mac}", text, flags=re.MULTILINE)
        lab.host(host).write(Path(name), text.encode())


def _block(lab: Lab, host: str, host_id: int) -> None:
    block = HostBlock(host_id=host_id, hostname=fqdn(host), timestamp=1, stopped=True, state="AgentStopped")
    place = f"dd of={shlex.quote(board_path(lab))} bs={BLOCK} seek={host_id} conv=notrunc,fsync iflag=fullblock"
    lab.exec(host, "sh", "-ec", place, stdin=whiteboard.write_host_block(block, "now"))
