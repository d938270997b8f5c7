"""The answers of a host that joins, as far as the shared configuration on the storage gives them.

Only keys that are named here are taken, whatever else stands on the volume: who can write to the storage must not be able to
skip checks on a new host, to confirm for its operator, or to choose its mount options or its network card.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ovirt_hc_setup import keys
from ovirt_hc_setup.formats.hosted_engine.fhanswers import Value
from ovirt_hc_setup.formats.hosted_engine.shared_configuration import Deployment
from ovirt_hc_setup.formats.hosted_engine.vm_macs import mac_of
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.run_answers import Given, Source

ORIGIN = "shared configuration"

IDENTITY: tuple[Key[Any], ...] = (
    keys.STORAGE_PATH,
    keys.CONNECTION_UUID,
    keys.SD_UUID,
    keys.IMG_UUID,
    keys.VOL_UUID,
    keys.CONF_IMAGE_UUID,
    keys.CONF_VOLUME_UUID,
    keys.METADATA_IMAGE_UUID,
    keys.METADATA_VOLUME_UUID,
    keys.LOCKSPACE_IMAGE_UUID,
    keys.LOCKSPACE_VOLUME_UUID,
    keys.VM_UUID,
    keys.ENGINE_FQDN,
    keys.GATEWAY,
    keys.BRIDGE_NAME,
    keys.NETWORK_TEST,
    keys.NETWORK_TEST_ADDRESS,
    keys.NETWORK_TEST_PORT,
    keys.DOMAIN_TYPE,
    keys.DOMAIN_NAME,
)
"""What hosted-engine.conf and the domain say."""

SHARED: tuple[Key[Any], ...] = (
    keys.VM_MEMORY_MB,
    keys.VM_VCPUS,
    keys.VM_MAC,
    keys.CPU_MODEL,
    keys.MACHINE,
    keys.DISK_SIZE_GB,
    keys.CONSOLE,
    keys.NIC_UUID,
    keys.CDROM_UUID,
    keys.CONSOLE_UUID,
    keys.SMTP_SERVER,
    keys.SMTP_PORT,
    keys.SOURCE_EMAIL,
    keys.DEST_EMAIL,
)
"""What fhanswers.conf says."""

OF_THE_NETWORK = frozenset(
    key.name
    for key in (keys.GATEWAY, keys.BRIDGE_NAME, keys.NETWORK_TEST, keys.NETWORK_TEST_ADDRESS, keys.NETWORK_TEST_PORT)
)
"""Usually the same on every host; an operator who gives another value means it."""


def shared_answers(deployment: Deployment) -> list[Given]:
    """What all hosts have in common, as texts that the keys have still to accept."""
    texts = _identity(deployment) | _vm(deployment)
    texts |= {key.name: text for key in SHARED if (text := _text(deployment.answers.get(key.name)))}
    return [Given(name, text, _source(name), ORIGIN) for name, text in sorted(texts.items())]


def unknown_names(deployment: Deployment, known: Mapping[str, Key[Any]]) -> list[str]:
    """Keys on the volume that this version does not know (another one, or oVirt's own deployment, wrote them)."""
    return sorted(set(deployment.answers) - set(known))


def _identity(deployment: Deployment) -> dict[str, str]:
    conf = deployment.conf
    return {
        keys.STORAGE_PATH.name: conf.storage,
        keys.CONNECTION_UUID.name: str(conf.connection),
        keys.SD_UUID.name: str(conf.domain),
        keys.IMG_UUID.name: str(conf.vm_disk[0]),
        keys.VOL_UUID.name: str(conf.vm_disk[1]),
        keys.CONF_IMAGE_UUID.name: str(conf.configuration[0]),
        keys.CONF_VOLUME_UUID.name: str(conf.configuration[1]),
        keys.METADATA_IMAGE_UUID.name: str(conf.metadata[0]),
        keys.METADATA_VOLUME_UUID.name: str(conf.metadata[1]),
        keys.LOCKSPACE_IMAGE_UUID.name: str(conf.lockspace[0]),
        keys.LOCKSPACE_VOLUME_UUID.name: str(conf.lockspace[1]),
        keys.VM_UUID.name: str(conf.vm),
        keys.ENGINE_FQDN.name: conf.fqdn,
        keys.GATEWAY.name: conf.gateway,
        keys.BRIDGE_NAME.name: conf.bridge,
        keys.DOMAIN_TYPE.name: conf.domain_type,
        keys.DOMAIN_NAME.name: deployment.domain.name,
        keys.NETWORK_TEST.name: conf.network_test or "ping",  # as HA takes an empty one
    } | _tcp_test(deployment)


def _tcp_test(deployment: Deployment) -> dict[str, str]:
    found = {keys.NETWORK_TEST_ADDRESS.name: deployment.conf.tcp_address, keys.NETWORK_TEST_PORT.name: deployment.conf.tcp_port}
    return {name: text for name, text in found.items() if text}


def _vm(deployment: Deployment) -> dict[str, str]:
    """From vm.conf, for what fhanswers.conf does not say: its numbers and names, and of its XML the MAC address only."""
    vm = deployment.vm
    found = {keys.VM_MEMORY_MB.name: str(vm.memory), keys.VM_VCPUS.name: str(vm.vcpus)}
    found |= {keys.CPU_MODEL.name: vm.cpu_type} if vm.cpu_type else {}
    found |= {keys.VM_MAC.name: str(mac)} if (mac := mac_of(vm)) else {}
    return found | ({keys.MACHINE.name: vm.machine} if vm.machine else {})


def _text(value: Value | None) -> str:
    return "" if value is None else str(value)


def _source(name: str) -> Source:
    return Source.FILE_DEFAULT if name in OF_THE_NETWORK else Source.SHARED
