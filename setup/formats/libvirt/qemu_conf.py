"""libvirt's QEMU driver configuration: /etc/libvirt/qemu.conf and qemu-sanlock.conf, changed key by key.

Their form is libvirt's own: `key = value`, strings in double quotes, whole numbers, lists in square brackets over several
lines, `#` comments. Everything that is not one of our keys stays as it is, byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ovirt_hc_setup.base.errors import FormatError, ValueRefused

LOCK_MANAGER: Mapping[str, str | int] = {"lock_manager": "sanlock"}
"""QEMU's driver takes the sanlock lease of a definition before the guest's CPUs start."""

MARK = "# Set by ovirt-hc-setup"
_SETTING = re.compile(r"(?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
_STRING = re.compile(r'"(?P<double>[^"\n]*)"|\'(?P<single>[^\'\n]*)\'')


def sanlock_settings(host_id: int) -> Mapping[str, str | int]:
    """Leases only for definitions that name one, so that other VMs go on as before; `host_id` as in the domain's lockspace."""
    return {"auto_disk_leases": 0, "require_lease_for_disks": 0, "host_id": host_id}


def settings(text: str) -> dict[str, str | int | None]:
    """The settings in force; a list is None, because none of ours is one. Raises FormatError for a line that is none."""
    found: dict[str, str | int | None] = {}
    in_list = False
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if in_list:
            in_list = not _ends_list(line)
        elif line and not line.startswith("#"):
            key, value = _setting(line, number)
            found[key] = _value(value, number)
            in_list = value.startswith("[") and not _ends_list(value)
    return found


def with_settings(text: str, wanted: Mapping[str, str | int]) -> str:
    """`text` with these settings in force: lines of these keys replaced where they stand, the others added at the end."""
    missing = dict(wanted)
    lines = []
    for raw in text.splitlines():
        match = _SETTING.match(raw.strip())
        key = match["key"] if match else ""
        if key not in wanted:
            lines.append(raw)
        elif key in missing:
            lines.append(_line(key, missing.pop(key)))
    if missing:
        lines += [MARK, *(_line(key, value) for key, value in missing.items())]
    return "".join(f"{line}\n" for line in lines)


def has_settings(text: str, wanted: Mapping[str, str | int]) -> bool:
    """Whether all these settings are in force."""
    found = settings(text)
    return all(found.get(key) == value for key, value in wanted.items())


def _setting(line: str, number: int) -> tuple[str, str]:
    match = _SETTING.fullmatch(line)
    if not match:
        raise FormatError(f"line {number} of libvirt's configuration is not a setting: {line!r}", hint="Fix the file by hand.")
    return match["key"], match["value"]


def _value(text: str, number: int) -> str | int | None:
    if text.startswith("["):
        return None
    if match := _STRING.match(text):
        return match["double"] if match["double"] is not None else match["single"]
    try:
        return int(text.split("#", 1)[0].strip())
    except ValueError:
        raise FormatError(f"line {number} of libvirt's configuration has no value that libvirt reads: {text!r}") from None


def _ends_list(line: str) -> bool:
    return line.split("#", 1)[0].rstrip().endswith("]")


def _line(key: str, value: str | int) -> str:
    if isinstance(value, int):
        return f"{key} = {value}"
    if '"' in value or not value.isprintable():
        raise ValueRefused(f"{value!r} cannot stand in libvirt's configuration")
    return f'{key} = "{value}"'
