"""`/etc/sanlock/sanlock.conf`: `key = value` lines, `#` comments. Only the name of the host is touched here."""

from __future__ import annotations

import re

from ovirt_hc_setup.base.errors import ValueRefused

KEY = "our_host_name"
_LINE = re.compile(rf"^[ \t]*{KEY}[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,47}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def host_name(text: str) -> str | None:
    """The name sanlock is told to use; None when it draws one at every start of the daemon."""
    found = _LINE.search(text)
    return found[1] if found else None


def is_vdsms(name: str | None) -> bool:
    """Whether it is the name that `vdsm-tool configure` sets, the host's hardware UUID, and insists on."""
    return name is not None and _UUID.fullmatch(name) is not None


def with_host_name(text: str, name: str | None) -> str:
    """The text with this name (None: without one), everything else as it was. Raises ValueRefused for a bad name."""
    if name is None:
        return "".join(line for line in text.splitlines(keepends=True) if not _LINE.match(line))
    if not _NAME.fullmatch(name):
        hint = "1 to 47 letters, digits, dots, dashes and underscores: a lease has room for no more"
        raise ValueRefused(f"{name!r} cannot be the name of a host in sanlock's leases", hint=hint)
    if host_name(text) is not None:
        return _LINE.sub(f"{KEY} = {name}", text)
    return text + ("" if not text or text.endswith("\n") else "\n") + f"{KEY} = {name}\n"
