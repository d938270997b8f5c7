"""What the run of a first host will write to the storage, told to a host that shall join before any of it is there."""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.formats.hosted_engine import fhanswers, hosted_engine_conf, vm_conf
from ovirt_hc_setup.formats.hosted_engine.configuration_volume import SharedConfiguration
from ovirt_hc_setup.formats.hosted_engine.ha_metadata import HaMetadata, HostBlock
from ovirt_hc_setup.formats.hosted_engine.shared_configuration import Deployment
from ovirt_hc_setup.formats.vdsm.domain_metadata import DomainMetadata
from ovirt_hc_setup.model.volume_plan import VolumePlan


@dataclass(frozen=True, kw_only=True)
class Promise:
    """`members`: the hosts with their ids, the first one and those that join with it. `volume`: what the storage lies on, where
    the run builds that too."""

    configuration: SharedConfiguration
    domain: DomainMetadata
    members: tuple[tuple[int, str], ...]
    volume: VolumePlan | None = None

    def deployment(self, own_id: int) -> Deployment:
        """What the storage will say to the host that gets `own_id`: read as from the storage. Raises FormatError."""
        others = [(number, name) for number, name in self.members if number != own_id]
        blocks = {number: HostBlock(host_id=number, hostname=name, timestamp=0) for number, name in others}
        return Deployment(
            domain=self.domain,
            conf=hosted_engine_conf.read(self.configuration.hosted_engine),
            answers=fhanswers.read(self.configuration.fhanswers),
            vm=vm_conf.read(self.configuration.vm),
            board=HaMetadata(False, blocks, {}),
            ids={},
            ha_ids={},
        )
