"""TimeZone: a name of the tz database."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

# Area/Location, no way out of the zoneinfo folder.
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


class TimeZone(Noun):
    """`UTC`, `Europe/Prague`. Where this machine has the database, it has to be in there: its names do not go away."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        if not _ZONE.fullmatch(text.strip()):
            raise ValueRefused(f"{text!r} is not the name of a time zone", hint="Give one like UTC or Europe/Prague.")
        if not _there(text.strip()) and _there("Europe/Prague"):
            near = difflib.get_close_matches(text.strip(), zoneinfo.available_timezones(), n=1)
            hint = f"Did you mean {near[0]}?" if near else "`timedatectl list-timezones` lists them."
            raise ValueRefused(f"there is no time zone {text.strip()}", hint=hint)
        return cls._of(text.strip())


def _there(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
