"""LinkName: what the kernel calls a network interface."""

from __future__ import annotations

import re

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
    def parse(cls, text: str) -> LinkName:
        """Raises ValueRefused."""
        return cls(text.strip())
