"""A recorded machine in the place of this one: its commands, its files, its libvirt, the hosts that it reaches.

The program that plans runs on the host that it plans for, so it does not ask a `Host` for everything. What goes around it is
answered from the recording too: looks at files below `ROOTS`, libvirt's binding, SSH, the engine's health page, being root.
Not recorded: who owns a file, and how much room is left in a folder for temporary files.
"""

from __future__ import annotations

import base64
import builtins
import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch
from uuid import UUID

from ovirt_hc_setup.base import draws
from ovirt_hc_setup.base.errors import CommandFailed, NotInstalled
from ovirt_hc_setup.base.host import Host, Outcome, Request
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.system.appliance import qemu_img
from ovirt_hc_setup.system.deployment import engine_health
from ovirt_hc_setup.system.deployment.engine_health import HealthPage
from ovirt_hc_setup.system.libvirt import libvirt_domains
from ovirt_hc_setup.system.remote import ssh
from tests.machines.recording import APPLIANCE, NotRecorded, Recording, key, load, os_error, unpacked

ROOTS = ("/etc/", "/rhev/", "/run/", "/var/lib/", "/usr/share/ovirt-engine-appliance")
LOOKS = ("stat", "lstat", "open", "listdir", "scandir", "readlink")
"""The functions of `os` by which files are looked at."""

MADE_AT = 1_700_000_000
NO_DOMAIN = 42


class RecordedHost(Host):
    """A command or a file that is not in the recording is an error, and nothing is ever written."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording.name)
        self._recording = recording

    def outcome(self, request: Request) -> Outcome:
        argv, asked = request.argv, key(request.argv, request.stdin, request.cwd)
        said = self._recording.commands.get(asked)
        if said is None:
            raise NotRecorded(f"{self.name} was never asked to run {asked}")
        if said.get("missing"):
            raise NotInstalled(f"{argv[0]} is not there, so `{' '.join(argv)}` cannot run", host=self.name)
        out, err = unpacked(said.get("out", "")), unpacked(said.get("err", ""))
        return Outcome(request, self.name, said.get("code", 0), out, err, 0.0)

    def read(self, path: Path) -> bytes:
        found = look(self._recording, str(path))
        if found is None:
            raise os_error("ENOENT", str(path))
        if "error" in found:
            raise os_error(found["error"], str(path))
        if "text" not in found and "base64" not in found:
            raise NotRecorded(f"what {path} on {self.name} holds was never read")
        return content(found)

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        # The tiny disk of a guest that is run to see whether KVM works; it is gone as soon as that one has it open.
        if not str(path).startswith("/run/ovirt-hc-setup-probe-"):
            raise NotRecorded(f"{path} on {self.name} would be written while a plan is made")

    def close(self) -> None:
        """As a host over SSH has it."""


def look(recording: Recording, path: str) -> dict[str, Any] | None:
    """What is known of a path, None for what is not there. What lies below something that is not there is not there either."""
    for name in (path, *map(str, Path(path).parents)):
        if name in recording.paths:
            found = recording.paths[name]
            if name == path or found is None or "folder" not in found:
                return found if name == path else None
            if Path(path).relative_to(name).parts[0] not in found["folder"] and found["folder"] != ["..."]:
                return None
            break
    raise NotRecorded(f"nobody ever looked at {path} on {recording.name}")


def content(found: Mapping[str, Any]) -> bytes:
    return base64.b64decode(found["base64"]) if "base64" in found else unpacked(found["text"]).encode()


@contextmanager
def machine(name: str, tree: Path, appliance: Path) -> Iterator[RecordedHost]:
    """Be that machine; `tree` is an empty folder, for the files that are looked at without a Host, `appliance` what lies at
    `APPLIANCE` on it."""
    recording = load(name)
    _plant(recording, tree)
    (tree / APPLIANCE.lstrip("/")).parent.mkdir(parents=True)
    (tree / APPLIANCE.lstrip("/")).symlink_to(appliance)
    with ExitStack() as stack:
        for change in (*_files(recording, tree), *_programs(recording)):
            stack.enter_context(change)
        yield RecordedHost(recording)


@contextmanager
def drawn_alike() -> Iterator[None]:
    """What is random is the same every time, and so is the moment."""
    drawn: list[int] = []

    def octets(count: int) -> bytes:
        drawn.append(count)
        return hashlib.sha256(f"draw {len(drawn)}".encode()).digest()[:count]

    with patch.object(draws, "octets", octets), patch.object(draws, "clock", lambda: MADE_AT):
        yield


def _programs(recording: Recording) -> list[Any]:
    return [
        patch.object(os, "geteuid", lambda: 0),
        patch.object(qemu_img, "is_installed", lambda: False),
        patch.dict(sys.modules, {"libvirt": _Binding(recording)} if recording.libvirt else {"libvirt": None}),
        patch.object(libvirt_domains, "is_installed", lambda: "refused" not in recording.libvirt),
        patch.object(ssh, "connect", lambda address, *_, **__: _reached(recording, address)),
        patch.object(engine_health, "ask", lambda *_: _health(recording)),
    ]


def _health(recording: Recording) -> HealthPage:
    if not recording.health:
        raise NotRecorded(f"{recording.name} was never asked for the engine's health page")
    return HealthPage(engine_health.UP in recording.health, recording.health)


def _reached(recording: Recording, address: OtherHost) -> RecordedHost:
    if address.host not in recording.hosts:
        raise CommandFailed(f"{address.host} does not answer over SSH", host=address.host)
    return RecordedHost(load(recording.hosts[address.host]))


# --- files


def _plant(recording: Recording, tree: Path) -> None:
    """The recorded files, as far as they are looked at without a Host."""
    for name, found in recording.paths.items():
        place = tree / name.lstrip("/")
        if found is None or not name.startswith(ROOTS):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if "folder" in found:
            place.mkdir(exist_ok=True)
            for entry in found["folder"]:
                (place / entry).touch()
        elif "link" in found:
            place.symlink_to(found["link"])
        elif "error" not in found and not place.is_dir():
            place.write_bytes(content(found) if found.keys() & {"text", "base64"} else b"")


def _files(recording: Recording, tree: Path) -> list[Any]:
    def elsewhere(call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(path: Any = ".", *rest: Any, **more: Any) -> Any:
            return call(_place(recording, tree, path), *rest, **more)

        return instead

    changed = [patch.object(os, name, elsewhere(getattr(os, name))) for name in LOOKS]
    return [*changed, patch.object(io, "open", elsewhere(io.open)), patch.object(builtins, "open", elsewhere(builtins.open))]


def _place(recording: Recording, tree: Path, path: Any) -> Any:
    """Where to look for a path of the recorded machine; itself for any other."""
    if not isinstance(path, int) and os.fsdecode(path) == APPLIANCE:
        return f"{tree}{APPLIANCE}"
    if isinstance(path, int) or not os.fsdecode(path).startswith(ROOTS) or os.fsdecode(path).startswith(sys.prefix):
        return path
    name = os.path.normpath(os.fsdecode(path))
    if not any(known.startswith(f"{name}/") and there is not None for known, there in recording.paths.items()):
        look(recording, name)
    return f"{tree}{name}"


# --- libvirt


class _Refused(Exception):
    """libvirt's error."""

    def __init__(self, said: str, code: int = 0) -> None:
        super().__init__(said)
        self._code = code

    def get_error_code(self) -> int:
        return self._code


class _Binding(ModuleType):
    """As much of libvirt's binding as a plan asks for."""

    libvirtError = _Refused  # noqa: N815 - as the binding has it
    VIR_ERR_NO_DOMAIN = NO_DOMAIN
    VIR_DOMAIN_XML_INACTIVE = 2

    def __init__(self, recording: Recording) -> None:
        super().__init__("libvirt")
        self._recording = recording

    def open(self, uri: str) -> _Connection:
        if said := self._recording.libvirt.get("refused"):
            raise _Refused(said)
        return _Connection(self._recording)

    def registerErrorHandler(self, *_: object) -> None:  # noqa: N802 - as the binding has it
        pass


class _Connection:
    def __init__(self, recording: Recording) -> None:
        self._words = recording.libvirt
        self._name = recording.name

    def close(self) -> None:
        pass

    def getCapabilities(self) -> str:  # noqa: N802
        return unpacked(self._of("capabilities"))

    def getDomainCapabilities(self, emulator: None, architecture: str, machine: None, kind: str) -> str:  # noqa: N802
        return unpacked(self._of(f"domain capabilities of {kind}"))

    def listAllDomains(self) -> list[_Domain]:  # noqa: N802
        return [_Domain(found) for found in self._of("domains")]

    def lookupByUUIDString(self, uuid: str) -> _Domain:  # noqa: N802
        found = [domain for domain in self.listAllDomains() if domain.UUIDString() == str(UUID(uuid))]
        if not found:
            raise _Refused(f"Domain not found: no domain with matching uuid '{uuid}'", NO_DOMAIN)
        return found[0]

    def _of(self, what: str) -> Any:
        if what not in self._words:
            raise NotRecorded(f"libvirt on {self._name} was never asked for its {what}")
        return self._words[what]


class _Domain:
    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found

    def name(self) -> str:
        return str(self._found["name"])

    def UUIDString(self) -> str:  # noqa: N802
        return str(self._found["uuid"])

    def state(self) -> list[int]:
        return list(self._found["state"])

    def isActive(self) -> int:  # noqa: N802
        return int(self._found["active"])

    def isPersistent(self) -> int:  # noqa: N802
        return int(self._found["persistent"])

    def XMLDesc(self, flags: int) -> str:  # noqa: N802
        return unpacked(self._found["xml"])
