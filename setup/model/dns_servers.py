"""DnsServers: the name servers that a machine is given."""

from __future__ import annotations

import re

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.noun import Noun

# resolv.conf(5): MAXNS, the most that a C library asks.
MOST = 3


class DnsServers(Noun):
    """One to three different addresses, the first asked first."""

    __slots__ = ()

    def __init__(self, servers: tuple[Ip, ...]) -> None:
        text = ",".join(str(server) for server in servers)
        if not servers:
            raise ValueRefused("no name server given", hint="Give one to three addresses, with commas between them.")
        if len(servers) > MOST:
            raise ValueRefused(
                f"{len(servers)} name servers given ({text}), but a machine uses only {MOST}",
                hint=f"Keep {MOST} of them.",
            )
        if len(set(servers)) < len(servers):
            raise ValueRefused(f"a name server is given twice in '{text}'", hint="Give each address once.")
        object.__setattr__(self, "_text", text)

    @classmethod
    def parse(cls, text: str) -> DnsServers:
        """Addresses with commas or spaces between them; raises ValueRefused."""
        return cls(tuple(Ip.parse(word) for word in re.split(r"[\s,]+", text.strip()) if word))

    @property
    def servers(self) -> tuple[Ip, ...]:
        return tuple(Ip(word) for word in self._text.split(","))
