"""The descriptor that an appliance's package puts into /etc/ovirt-hosted-engine, as `10-appliance-<distribution>.conf` today.

Lines of `key=value` without sections: description, version, path, sha1sum (of the file at `path`, 40 hex digits).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import FormatError

_SHA1 = re.compile(r"[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class ApplianceDescriptor:
    """What a package says of the appliance it installed; `sha1sum` is empty when it gives none."""

    path: Path
    version: str = ""
    description: str = ""
    sha1sum: str = ""


def parse_appliance_descriptor(text: str, where: str) -> ApplianceDescriptor:
    """The descriptor in a text; `where` is its file, for errors. Unknown keys are left alone. Raises FormatError."""
    values = dict(_pairs(text, where))
    path = values.get("path", "")
    if not path.startswith("/") or "\0" in path:
        raise FormatError(f"{where} gives no absolute path of an appliance: path={path!r}")
    sha1sum = values.get("sha1sum", "")
    if sha1sum and not _SHA1.fullmatch(sha1sum):
        raise FormatError(f"{where} has a sha1sum that is not 40 hexadecimal digits: {sha1sum!r}")
    return ApplianceDescriptor(Path(path), values.get("version", ""), values.get("description", ""), sha1sum.lower())


def _pairs(text: str, where: str) -> list[tuple[str, str]]:
    pairs = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        key, equals, value = stripped.partition("=")
        if not equals:
            raise FormatError(f"{where} line {number} is not `key=value`: {stripped!r}")
        pairs.append((key.strip().lower(), _unquoted(value.strip())))
    return pairs


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
