"""EngineGuest: the engine VM as others on its network should see it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.mac_address import MacAddress


@dataclass(frozen=True, kw_only=True)
class EngineGuest:
    """`uuid` is the VM's, `bridge` the link that it hangs on, `static` the address that it was given, None by DHCP."""

    uuid: UUID
    fqdn: Fqdn
    mac: MacAddress
    bridge: str
    static: Ip | None = None
