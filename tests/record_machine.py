"""Records what a host answers while a plan is made on it, for tests/machines: run as root on the host itself.

`python -m tests.record_machine SOURCE deploy --unattended --answers FILE ...` prints a JSON object with a recording of this host
and of each that it reached over SSH, by name. In a lab:

    ./ovirt-hc-setup lab exec hc1 -- sh -c 'cd CHECKOUT && PYTHON -m tests.record_machine "lab, Debian 12" deploy ...'

`python -m tests.record_machine --into PREFIX < OUTPUT` writes them as tests/machines/PREFIX-HOST.json.
"""

from __future__ import annotations

import base64
import builtins
import errno
import io
import json
import os
import stat
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host, HostBehind, Outcome, Request
from ovirt_hc_setup.system.deployment import engine_health
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt.libvirt_domains import LOCAL
from ovirt_hc_setup.system.remote import ssh
from tests.machines.answering import LOOKS, ROOTS, drawn_alike
from tests.machines.planning import whole_plan
from tests.machines.recording import FOLDER, Recording, as_json, key, packed

MOST = 1 << 16
_LSTAT = os.lstat
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class NotingHost(HostBehind):
    """Notes what the host behind it answers."""

    def __init__(self, host: Host, recording: Recording) -> None:
        super().__init__(host)
        self._recording = recording

    def outcome(self, request: Request) -> Outcome:
        known = key(request.argv, request.stdin, request.cwd)
        try:
            outcome = super().outcome(request)
        except CommandFailed:
            self._recording.commands[known] = {**json.loads(known), "missing": True}
            raise
        said = {} if outcome.ok else {"code": outcome.code}
        said |= {word: packed(text) for word, text in (("out", outcome.out), ("err", outcome.err)) if text}
        self._recording.commands[known] = {**json.loads(known), **said}  # the last answer: an earlier one may be "not now"
        return outcome

    def read(self, path: Path) -> bytes:
        try:
            data = super().read(path)
        except FileNotFoundError:
            self._recording.paths[str(path)] = None  # on whichever host
            raise
        except OSError as error:
            self._recording.paths[str(path)] = {"error": errno.errorcode[error.errno or 0]}
            raise
        self._recording.paths[str(path)] = _content(data)
        return data

    def close(self) -> None:
        getattr(self._host, "close", lambda: None)()


def _content(data: bytes) -> dict[str, Any]:
    try:
        return {"text": packed(data.decode())}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def recorded(source: str, words: list[str]) -> dict[str, Recording]:
    """Make the plan, and note what this host and those that it reaches answered."""
    here = LocalHost()
    own = Recording(source, here.name)
    found = {here.name: own}
    connect, ask = ssh.connect, engine_health.ask

    def connected(address: Any, *rest: Any, **more: Any) -> Any:
        host = connect(address, *rest, **more)
        other = found.setdefault(address.host, Recording(source, host.name))
        own.hosts[address.host] = address.host
        return NotingHost(host, other)

    def asked(*given: Any) -> Any:
        health = ask(*given)
        own.health = health.said
        return health

    changes = [patch.object(ssh, "connect", connected), patch.object(engine_health, "ask", asked), *_files(own), _binding(own)]
    with ExitStack() as stack:
        for change in (drawn_alike(), *changes):
            stack.enter_context(change)
        print(whole_plan(words, NotingHost(here, own)), file=sys.stderr)
    return found


def _files(recording: Recording) -> list[Any]:
    kind, plain, listed, opened = os.lstat, os.readlink, os.listdir, os.open

    def noting(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(path: Any = ".", *rest: Any, **more: Any) -> Any:
            if not isinstance(path, int) and os.fsdecode(path).startswith(ROOTS):
                note(os.path.normpath(os.fsdecode(path)), name, rest)
            return call(path, *rest, **more)

        return instead

    def note(path: str, name: str, rest: tuple[Any, ...]) -> None:
        if name == "open" and rest and isinstance(rest[0], int) and rest[0] & _WRITES:
            return
        try:
            mode = kind(path).st_mode
        except OSError:
            recording.paths.setdefault(_topmost_missing(path), None)
            return
        if stat.S_ISLNK(mode):
            recording.paths[path] = {"link": plain(path)}
        elif stat.S_ISDIR(mode):
            names = listed(path) if name in ("listdir", "scandir") else ["..."]
            recording.paths[path] = {"folder": sorted(names)}
        elif stat.S_ISREG(mode) and name == "open":
            descriptor = opened(path, os.O_RDONLY)
            recording.paths[path] = _content(os.read(descriptor, MOST))
            os.close(descriptor)
        else:
            recording.paths.setdefault(path, {"there": "a file"})

    changed = [patch.object(os, name, noting(name, getattr(os, name))) for name in LOOKS]
    return [
        *changed,
        patch.object(io, "open", noting("open", io.open)),
        patch.object(builtins, "open", noting("open", builtins.open)),
    ]


def _topmost_missing(path: str) -> str:
    """What is not there and has all the rest below it: the names of what is drawn for a plan need not be known then."""
    above = [str(folder) for folder in (Path(path), *Path(path).parents)]
    missing = [folder for folder in above if not _there(folder)]
    return missing[-1] if missing else path


def _there(path: str) -> bool:
    try:
        _LSTAT(path)
    except OSError:
        return False
    return True


def _binding(recording: Recording) -> Any:
    """libvirt is asked for all that a plan may ask, whether it does or not; without a binding, nothing is noted."""
    try:
        import libvirt
    except ImportError:
        return patch.dict(sys.modules, {})
    recording.libvirt |= _words(libvirt)
    return patch.dict(sys.modules, {})


def _words(binding: ModuleType | Any) -> dict[str, Any]:
    binding.registerErrorHandler(lambda context, error: None, None)
    try:
        connection = binding.open(LOCAL)
    except binding.libvirtError as refused:
        return {"refused": str(refused)}
    words: dict[str, Any] = {"capabilities": packed(connection.getCapabilities())}
    for kind in ("kvm", "qemu"):
        try:
            words[f"domain capabilities of {kind}"] = packed(connection.getDomainCapabilities(None, "x86_64", None, kind))
        except binding.libvirtError:
            continue
    words["domains"] = [
        {
            "name": domain.name(),
            "uuid": domain.UUIDString(),
            "state": list(domain.state()),
            "active": domain.isActive(),
            "persistent": domain.isPersistent(),
            "xml": packed(domain.XMLDesc(binding.VIR_DOMAIN_XML_INACTIVE)),
        }
        for domain in connection.listAllDomains()
    ]
    return words


def _write(prefix: str) -> None:
    for host, data in json.load(sys.stdin).items():
        short = host.partition(".")[0]
        data["hosts"] = {name: f"{prefix}-{name.partition('.')[0]}" for name in data["hosts"]}
        (FOLDER / f"{prefix}-{short}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def main(words: list[str]) -> None:
    if words[0] == "--into":
        _write(words[1])
        return
    found = recorded(words[0], words[1:])
    json.dump({name: as_json(recording) for name, recording in found.items()}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
