"""`hosted-engine.conf`: what HA's agent and broker and the `hosted-engine` command know of a deployment.

`key=value` lines, `#` comments, the first `=` splits, the last of a key counts. The `hosted-engine` script sources the file
with bash, so a value that bash would take apart or execute is refused, in both directions. What the predecessor wrote in
quotes is read as bash reads it; a key that means nothing to us is kept as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.pairs import Pairs

BLANK = UUID(int=0)
CONNECTION = UUID("e29cf818-5ee5-46e1-85c1-8aeefa33e95d")
"""The id that the predecessor gives every storage connection; any would do."""

WHAT = "hosted-engine.conf"
LIMIT = 16384
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SAFE = re.compile(r"[A-Za-z0-9_@%+=:,./\[\]-]*")
_QUOTED = re.compile(r'"([^"$`\\]*)"')
_PATHS = "iscsi_paths_blacklist"
"""HA splits its value at `<>`, and writes it without quotes; for bash it is a redirection that does no harm."""

_FIXED = {
    "nfs_version": "",
    "conf": "/var/run/ovirt-hosted-engine-ha/vm.conf",
    "vdsm_use_ssl": "true",
    **dict.fromkeys(("iqn", "portal", "user", "password", "port"), ""),
}
"""What every deployment of ours has the same."""

_DROPPED = ("password",)
"""Of iSCSI. What is written here stands in a run's plan, so it is not kept."""


@dataclass(frozen=True, kw_only=True)
class HostedEngineConf:
    """A deployment as HA reads it. Every host's copy differs in `host_id` only."""

    fqdn: str
    vm_disk: tuple[UUID, UUID]
    """Image and volume of the engine's disk; the same order in the three below."""

    vm: UUID
    storage: str
    domain: UUID
    host_id: int
    metadata: tuple[UUID, UUID]
    lockspace: tuple[UUID, UUID]
    configuration: tuple[UUID, UUID]
    gateway: str
    mnt_options: str = ""
    domain_type: str = "glusterfs"
    bridge: str = "ovirtmgmt"
    network_test: str = "ping"
    tcp_address: str = ""
    tcp_port: str = ""
    console: str = "vnc"
    connection: UUID = CONNECTION
    kept: tuple[tuple[str, str], ...] = ()
    """Keys that mean nothing to us, with their values as they are written; sorted."""

    def values(self) -> dict[str, str]:
        """Every key in the order of the file, with its value as it is written."""
        return self.understood() | dict(self.kept)

    def understood(self) -> dict[str, str]:
        """What a deployment of ours writes, in the order of the file."""
        return {
            "fqdn": self.fqdn,
            "vm_disk_id": str(self.vm_disk[0]),
            "vm_disk_vol_id": str(self.vm_disk[1]),
            "vmid": str(self.vm),
            "storage": self.storage,
            "nfs_version": _FIXED["nfs_version"],
            "mnt_options": self.mnt_options,
            "conf": _FIXED["conf"],
            "host_id": str(self.host_id),
            "console": self.console,
            "domainType": self.domain_type,
            # Anything but the blank UUID makes HA upgrade a deployment of version 3.5 and costs 1000 points.
            "spUUID": str(BLANK),
            "sdUUID": str(self.domain),
            "connectionUUID": str(self.connection),
            "vdsm_use_ssl": _FIXED["vdsm_use_ssl"],
            "gateway": self.gateway,
            "bridge": self.bridge,
            "network_test": self.network_test,
            "tcp_t_address": self.tcp_address,
            "tcp_t_port": self.tcp_port,
            "metadata_volume_UUID": str(self.metadata[1]),
            "metadata_image_UUID": str(self.metadata[0]),
            "lockspace_volume_UUID": str(self.lockspace[1]),
            "lockspace_image_UUID": str(self.lockspace[0]),
            "conf_volume_UUID": str(self.configuration[1]),
            "conf_image_UUID": str(self.configuration[0]),
        } | {key: _FIXED[key] for key in ("iqn", "portal", "user", "password", "port")}


def write(conf: HostedEngineConf) -> str:
    """Raises ValueRefused for a value that bash would not take as it is."""
    for key, value in conf.understood().items():
        _require(_SAFE.fullmatch(value), key, value)
    for key, value in conf.kept:
        _require(_KEY.fullmatch(key) and _harmless(key, value), key, value)
    return "".join(f"{key}={value}\n" for key, value in conf.values().items())


def read_values(text: str) -> Mapping[str, str]:
    """Every key, and the value that bash reads. Raises FormatError for a line that is neither a pair nor a comment, or for a
    value that bash would take apart."""
    return {key: _bare(written) for key, written in _written(text).items()}


def _written(text: str) -> dict[str, str]:
    """Every key, and its value as it is written: one that bash reads without harm."""
    if len(text) > LIMIT:
        raise FormatError(f"{WHAT} has {len(text)} characters, more than {LIMIT}")
    values: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        key, found, value = (part.strip() for part in stripped.partition("="))
        if not found or not _KEY.fullmatch(key):
            raise FormatError(f"{WHAT}, line {number}: {stripped[:80]!r} is not key=value")
        if not _harmless(key, value):
            raise FormatError(f"{WHAT}, line {number}: the value of {key} would be taken apart by bash: {value[:80]!r}")
        values[key] = value
    return values


def read(text: str) -> HostedEngineConf:
    """The deployment; raises FormatError when a key that HA needs is missing or not of its form."""
    written = _written(text)
    pairs = Pairs({key: _bare(value) for key, value in written.items()}, WHAT)
    if pairs.uuid("spUUID") != BLANK:
        raise FormatError(f"{WHAT} names the storage pool {pairs.text('spUUID')}", hint="it is of a deployment of version 3.5")
    optional = pairs.values.get
    found = HostedEngineConf(
        fqdn=pairs.text("fqdn"),
        vm_disk=(pairs.uuid("vm_disk_id"), pairs.uuid("vm_disk_vol_id")),
        vm=pairs.uuid("vmid"),
        storage=pairs.text("storage"),
        domain=pairs.uuid("sdUUID"),
        host_id=pairs.number("host_id"),
        metadata=(pairs.uuid("metadata_image_UUID"), pairs.uuid("metadata_volume_UUID")),
        lockspace=(pairs.uuid("lockspace_image_UUID"), pairs.uuid("lockspace_volume_UUID")),
        configuration=(pairs.uuid("conf_image_UUID"), pairs.uuid("conf_volume_UUID")),
        gateway=pairs.text("gateway"),
        mnt_options=optional("mnt_options", ""),
        domain_type=pairs.text("domainType"),
        bridge=optional("bridge", "ovirtmgmt"),
        network_test=optional("network_test", "ping"),
        tcp_address=optional("tcp_t_address", ""),
        tcp_port=optional("tcp_t_port", ""),
        console=optional("console", "vnc"),
        connection=pairs.uuid("connectionUUID"),
    )
    return replace(found, kept=tuple(sorted(_kept(found, written))))


def _kept(found: HostedEngineConf, written: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    ours = found.understood()
    for key, value in written.items():
        if key not in _DROPPED and value != _FIXED.get(key) and (key in _FIXED or key not in ours):
            yield key, value


def _harmless(key: str, written: str) -> bool:
    """Whether bash takes it as a value and does nothing else."""
    plain = written.replace("<>", "") if key == _PATHS else written
    return bool(_SAFE.fullmatch(plain) or (_QUOTED.fullmatch(written) and written.isprintable()))


def _bare(written: str) -> str:
    """The value that is meant by one that is `_harmless`."""
    quoted = _QUOTED.fullmatch(written)
    return quoted[1] if quoted else written


def _require(fits: object, key: str, value: str) -> None:
    if not fits:
        hint = "letters, digits and _@%+=:,./[]- can stand in hosted-engine.conf, because bash reads it"
        raise ValueRefused(f"{value!r} cannot be {key} of {WHAT}", hint=hint)
