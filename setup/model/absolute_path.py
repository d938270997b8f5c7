"""AbsolutePath: where a file or a folder lies, whatever folder a program was started in."""

from __future__ import annotations

from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun


class AbsolutePath(Noun):
    """A text that begins with `/`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        if not text.startswith("/"):
            raise ValueRefused(f"{text!r} is not an absolute path", hint="Give the whole path, beginning with /.")
        return cls._of(text)
