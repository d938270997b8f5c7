"""Names of systemd units made from paths, and texts that go into unit files (systemd.unit(5), "String escaping")."""

from __future__ import annotations

import re
from pathlib import PurePath

from ovirt_hc_setup.base.errors import ValueRefused

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_.")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MAX_NAME = 255


def escaped_path(path: PurePath | str) -> str:
    """What `systemd-escape --path` makes of an absolute path: `/` is `-`, other characters are `\\xNN`, the root is `-`.

    Raises ValueRefused for a path that is relative, goes up, or is too long to be a unit's name.
    """
    text = str(path)
    if not text.startswith("/") or ".." in text.split("/"):
        raise ValueRefused(f"'{text}' cannot be the path of a unit: it has to be absolute, without '..'")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    return "-".join(_escaped(part, first=not index) for index, part in enumerate(parts)) if parts else "-"


def mount_unit_name(path: PurePath | str) -> str:
    """The only name that systemd allows to a mount unit for this mount point; raises ValueRefused."""
    name = f"{escaped_path(path)}.mount"
    if len(name) > MAX_NAME:
        raise ValueRefused(f"the mount point {path} makes a unit name of {len(name)} characters, systemd allows {MAX_NAME}")
    return name


def unit_value(text: str) -> str:
    """A text as the value of a setting in a unit file: `%` doubled. Raises ValueRefused for line ends or a trailing `\\`."""
    if _CONTROL.search(text) or text.endswith("\\"):
        raise ValueRefused(f"{text!r} cannot stand in a unit file")
    return text.replace("%", "%%")


def _escaped(part: str, *, first: bool) -> str:
    text = "".join(char if char in _PLAIN else "".join(f"\\x{byte:02x}" for byte in char.encode()) for char in part)
    # Only the very first character of the whole name may not be a dot.
    return f"\\x2e{text[1:]}" if first and text.startswith(".") else text
