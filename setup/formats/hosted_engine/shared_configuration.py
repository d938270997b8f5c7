"""What a hosted engine's storage says to a host that joins. None of it is trusted: everything is read with the reader of its
format, and what should agree is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.hosted_engine import (
    configuration_volume,
    fhanswers,
    ha_metadata,
    hosted_engine_conf,
    vm_conf,
)
from ovirt_hc_setup.formats.hosted_engine.engine_files import EngineFiles
from ovirt_hc_setup.formats.hosted_engine.fhanswers import Value
from ovirt_hc_setup.formats.hosted_engine.ha_metadata import HaMetadata
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.formats.hosted_engine.vm_conf import VmConf
from ovirt_hc_setup.formats.sanlock import delta_leases
from ovirt_hc_setup.formats.sanlock.delta_leases import DeltaLease
from ovirt_hc_setup.formats.vdsm.domain_metadata import DomainMetadata
from ovirt_hc_setup.model.host_number import HIGHEST, HOSTED_ENGINE
from ovirt_hc_setup.model.volume_role import VolumeRole

UNFINISHED = "The deployment that should have written it did not finish: continue it on its host."


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A hosted engine as its storage describes it. `conf.host_id` is that of the host which wrote it."""

    domain: DomainMetadata
    conf: HostedEngineConf
    answers: Mapping[str, Value]
    vm: VmConf
    board: HaMetadata
    ids: Mapping[int, DeltaLease]
    ha_ids: Mapping[int, DeltaLease]

    def holder(self, number: int, own: tuple[str, ...] = ()) -> str:
        """Which host has this id, in words; empty when nobody has, or one of the names `own`."""
        for space, leases in ((str(self.domain.sd_uuid), self.ids), (HOSTED_ENGINE, self.ha_ids)):
            lease = leases.get(number)
            if lease is not None and lease.taken and lease.owner not in own:
                return f"{lease.owner}, by its lease in the lockspace {space}"
        if number in self.board.damaged:
            return f"a host whose hosted-engine metadata block is damaged ({self.board.damaged[number]})"
        block = self.board.hosts.get(number)
        return f"{block.hostname}, by its metadata block" if block is not None and block.hostname not in own else ""

    def free_ids(self, own: tuple[str, ...] = ()) -> list[int]:
        """Ids that neither the HA metadata nor a lockspace gives to another host, lowest first."""
        return [number for number in range(1, HIGHEST + 1) if not self.holder(number, own)]

    def former_id(self, own: tuple[str, ...]) -> int | None:
        """The id that one of these names has, or had when it died."""
        named = [number for number, lease in self.ids.items() if lease.taken and lease.owner in own]
        named += [number for number, block in self.board.hosts.items() if block.hostname in own]
        return next((number for number in named if not self.holder(number, own)), None)


def read(files: EngineFiles) -> Deployment:
    """Raises FormatError that says what is wrong with which part."""
    if configuration_volume.is_blank(files.archive):
        raise FormatError("the configuration volume was never written", hint=UNFINISHED)
    shared = configuration_volume.read(files.archive)
    conf, vm = hosted_engine_conf.read(shared.hosted_engine), vm_conf.read(shared.vm)
    domain = files.found.domain
    _agree(files, conf, vm)
    return Deployment(
        domain=domain,
        conf=conf,
        answers=fhanswers.read(shared.fhanswers),
        vm=vm,
        board=ha_metadata.read(files.ha_metadata),
        ids=delta_leases.read(files.ids, str(domain.sd_uuid), domain.block_size),
        ha_ids=delta_leases.read(files.lockspace, HOSTED_ENGINE, domain.block_size),
    )


def _agree(files: EngineFiles, conf: HostedEngineConf, vm: VmConf) -> None:
    places = files.found.volumes
    pairs = [
        ("storage domain", conf.domain, files.found.domain.sd_uuid),
        ("configuration volume", conf.configuration, places[VolumeRole.CONFIGURATION]),
        ("metadata volume", conf.metadata, places[VolumeRole.METADATA]),
        ("lockspace volume", conf.lockspace, places[VolumeRole.LOCKSPACE]),
        ("engine VM", vm.vm, conf.vm),
    ]
    for what, said, real in pairs:
        if said != real:
            told = f"its {what} is {_text(said)}, here it is {_text(real)}"
            message = f"{configuration_volume.WHAT} is of another deployment: {told}"
            raise FormatError(message, hint="Was the storage copied or restored? Nothing is used from it.")


def _text(value: object) -> str:
    return "/".join(map(str, value)) if isinstance(value, tuple) else str(value)
