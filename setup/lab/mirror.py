"""Whether a mirror of Debian answers, asked before half of what is taken from it is made."""

from __future__ import annotations

import urllib.error
import urllib.request

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab import recipe

USUAL_MIRROR = "http://deb.debian.org/debian"
"""What debootstrap takes where none is given."""

_SECONDS = 20.0


def refuse_silent_mirror(mirror: str, suite: str) -> None:
    """Raise UsageError when a mirror does not answer or does not carry a suite. One that is no web server is not asked."""
    if not mirror.startswith(("http://", "https://")):
        return
    asked = f"{mirror.rstrip('/')}/dists/{suite}/InRelease"
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310  its scheme was looked at
            answer.read(1)
    except OSError as error:
        why = error.reason if isinstance(error, urllib.error.URLError) else error
        hint = f"Check the machine's network and proxy, or name another mirror in {recipe.MIRROR_VARIABLE}."
        raise UsageError(f"the mirror {mirror} does not give its list of {suite}: {why}", hint=hint) from error
