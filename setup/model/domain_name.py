"""DomainName: what a storage domain is called."""

from __future__ import annotations

import re
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

LONGEST = 50
"""Characters that an engine takes."""

_FORM = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}")


class DomainName(Noun):
    """Letters, digits, dashes and underscores, as an engine takes them."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        if not _FORM.fullmatch(text.strip()):
            hint = f"Use 1 to {LONGEST} letters, digits, dashes and underscores, for example hosted_storage."
            raise ValueRefused(f"{text!r} cannot be the name of a storage domain", hint=hint)
        return cls._of(text.strip())
