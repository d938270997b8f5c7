"""LinkName: what the kernel calls a network interface; BridgeName: what VDSM takes for the name of a bridge too."""

from __future__ import annotations

import re
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

# linux/if.h: IFNAMSIZ is 16 with the closing zero. The kernel refuses '/', ':' and white space; engines and configuration
# files take less, so only what all of them take is accepted.
LONGEST = 15
_FORM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}")


class LinkName(Noun):
    """1 to 15 characters that kernel, configuration files and engine all take."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        if not _FORM.fullmatch(text) or text in ("all", "default"):
            raise ValueRefused(
                f"{text!r} cannot be the name of a network interface",
                hint=f"Use 1 to {LONGEST} letters, digits, dots, dashes and underscores, for example ovirtmgmt.",
            )
        object.__setattr__(self, "_text", text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        return cls(text.strip())


# vdsm, network/netswitch/validator.py, ILLEGAL_CHARS: no colon, no dot, no blank; a dot would make it the name of a VLAN.
_BRIDGE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,14}")
# What stands in /sys/class/net already, or is kept for links of another kind.
_TAKEN = re.compile(r"lo|bonding_masters|ovs-system|bond[0-9]+")


class BridgeName(LinkName):
    """A LinkName that a management bridge can have on every host, with VDSM and without."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        if not _BRIDGE.fullmatch(text):
            raise ValueRefused(
                f"{text!r} cannot be the name of a bridge: VDSM takes letters, digits, dashes and underscores only",
                hint=f"Use 1 to {LONGEST} of them, for example ovirtmgmt.",
            )
        if _TAKEN.fullmatch(text):
            raise ValueRefused(f"{text!r} is the name of something else than a bridge", hint="Use a name such as ovirtmgmt.")
