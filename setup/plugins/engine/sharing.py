"""What further hosts and HA need to know: the shared configuration on the storage, and this host's own files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.formats.hosted_engine import broker_conf, fhanswers, hosted_engine_conf, vm_conf
from ovirt_hc_setup.formats.hosted_engine.broker_conf import BrokerConf
from ovirt_hc_setup.formats.hosted_engine.configuration_volume import SharedConfiguration
from ovirt_hc_setup.formats.hosted_engine.fhanswers import Value
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.formats.hosted_engine.vm_conf import VmConf
from ovirt_hc_setup.formats.libvirt import domain_xml
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.resources.config_archive import ConfigArchive
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.metadata_block import MetadataBlock
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.storage.domain_files import VDSM

FOLDER = Path("/etc/ovirt-hosted-engine")
# The version of ovirt-hosted-engine-ha whose formats these are: HA compares it with its own.
HA_VERSION = "2.5.2"

# Of this host or of one sitting, so no use to another host.
_OF_ONE_RUN: tuple[Key[Any], ...] = (
    keys.CONFIRM_SETTINGS,
    keys.SKIP_CHECKS,
    keys.TEMP_DIR,
    keys.APPLIANCE,
    *keys.OF_BUILDING,
)
OWN = {keys.HOST_ID.name, keys.HOST_NAME.name, *(key.name for key in _OF_ONE_RUN)}


KEPT: Fact[tuple[tuple[str, str], ...]] = Fact("shared.kept", "lines of hosted-engine.conf that are others' and are carried over")


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(KEPT, lambda context: (), goals=(FIRST_HOST,)),
        Reading(KEPT, lambda context: fact(context, facts.SHARED).conf.kept, goals=(JOINING,)),
    ]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [
        PlanPart(lambda context: [_archive(context), *_of_this_host(context, "engine.ready")], (FIRST_HOST,)),
        PlanPart(lambda context: _of_this_host(context, "volumes.ready"), (JOINING,)),
    ]


def _of_this_host(context: Context, after: str) -> list[Resource]:
    return [_ha_metadata(context, after), _conf_file(context, after), _answers_file(context, after)]


def _archive(context: Context) -> Resource:
    conf = conf_of(context)
    return ConfigArchive(
        name="configuration-archive",
        after=("engine.ready", "configuration-volume"),
        domain=fact(context, facts.STORE),
        image=context.answers[keys.CONF_IMAGE_UUID],
        volume=context.answers[keys.CONF_VOLUME_UUID],
        configuration=SharedConfiguration(
            version=HA_VERSION,
            fhanswers=fhanswers.write(_answers(context, OWN)),
            hosted_engine=hosted_engine_conf.write(conf),
            broker=broker_conf.write(_broker(context)),
            vm=vm_conf.write(_vm_conf(context)),
        ),
    )


def _ha_metadata(context: Context, after: str) -> Resource:
    return MetadataBlock(
        name="ha-metadata",
        after=(after, "host-id-hosted-engine"),
        domain=fact(context, facts.STORE),
        image=context.answers[keys.METADATA_IMAGE_UUID],
        volume=context.answers[keys.METADATA_VOLUME_UUID],
        host_id=context.answers[keys.HOST_ID],
        host_name=context.host.name,
    )


def _conf_file(context: Context, after: str) -> Resource:
    return File(
        name="hosted-engine.conf",
        after=(after, "accounts"),
        path=FOLDER / "hosted-engine.conf",
        content=hosted_engine_conf.write(conf_of(context)),
        mode=0o440,
        owner=VDSM,
        about="read by HA, by the hosted-engine command and at boot of this host",
    )


def _answers_file(context: Context, after: str) -> Resource:
    return File(
        name="answers.conf",
        after=(after,),
        path=FOLDER / "answers.conf",
        content=fhanswers.write(_answers(context, set())),
        mode=0o600,
        about="the answers of this deployment, without secrets",
    )


def conf_of(context: Context) -> HostedEngineConf:
    """The deployment, as this host's hosted-engine.conf has it."""
    answers = context.answers
    tcp = answers[keys.NETWORK_TEST] == "tcp"
    return HostedEngineConf(
        fqdn=str(answers[keys.ENGINE_FQDN]),
        vm_disk=(answers[keys.IMG_UUID], answers[keys.VOL_UUID]),
        vm=answers[keys.VM_UUID],
        storage=answers[keys.STORAGE_PATH],
        domain=answers[keys.SD_UUID],
        host_id=answers[keys.HOST_ID].number,
        metadata=(answers[keys.METADATA_IMAGE_UUID], answers[keys.METADATA_VOLUME_UUID]),
        lockspace=(answers[keys.LOCKSPACE_IMAGE_UUID], answers[keys.LOCKSPACE_VOLUME_UUID]),
        configuration=(answers[keys.CONF_IMAGE_UUID], answers[keys.CONF_VOLUME_UUID]),
        gateway=str(answers[keys.GATEWAY]),
        mnt_options=",".join(option for option in fact(context, facts.ATTACHMENT).options.split(",") if option != "_netdev"),
        domain_type=answers[keys.DOMAIN_TYPE],
        bridge=str(answers[keys.BRIDGE_NAME]),
        network_test=answers[keys.NETWORK_TEST],
        tcp_address=answers[keys.NETWORK_TEST_ADDRESS] if tcp else "",
        tcp_port=str(answers[keys.NETWORK_TEST_PORT]) if tcp else "",
        console=answers[keys.CONSOLE],
        connection=answers[keys.CONNECTION_UUID],
        kept=fact(context, KEPT),
    )


def _broker(context: Context) -> BrokerConf:
    return BrokerConf(
        smtp_server=context.answers[keys.SMTP_SERVER],
        smtp_port=context.answers[keys.SMTP_PORT],
        source_email=context.answers[keys.SOURCE_EMAIL],
        destination_emails=tuple(part.strip() for part in context.answers[keys.DEST_EMAIL].split(",")),
    )


def _vm_conf(context: Context) -> VmConf:
    # Where HA runs the VM, it starts it again itself, and there is no seed any more.
    vm = replace(fact(context, facts.ENGINE_VM), seed=None, on_reboot="destroy")
    return VmConf(
        vm=vm.uuid,
        name=vm.name,
        memory=vm.memory,
        vcpus=vm.vcpus,
        max_vcpus=vm.vcpus,
        cpu_type=vm.cpu.name,
        machine=vm.machine,
        xml=domain_xml.build(vm, for_vdsm=True),
    )


def _answers(context: Context, without: set[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key in keys.BUILT_IN:
        if not (key.secret or key.found_out) and key.name not in without and context.answers.has(key):
            found[key.name] = _plain(key, context.answers[key])
    return found


def _plain(key: Key[Any], value: Any) -> Value:
    return value if value is None or isinstance(value, bool | int) else key.text(value)
