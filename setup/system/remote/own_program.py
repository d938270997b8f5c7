"""This program as something that can be sent: which files it is, a name that changes with them, and a stream of all of it."""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

import ovirt_hc_setup
from ovirt_hc_setup.base.errors import UsageError

PACKAGE = "ovirt_hc_setup"
PROGRAMS = Path("/var/lib/ovirt-hc-setup/program")
"""Where programs lie that units and other hosts call, by their identity."""

ENVIRONMENT = "env"
SOURCE = "setup"
_LEFT_OUT = ("__pycache__",)
# Not needed to run: what makes environments, and what tests and checks the program.
_TOOLS = frozenset(
    {"pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth"}
    | {"mypy", "mypyc", "ruff", "pytest", "_pytest", "hypothesis", "jsonschema", "pexpect", "grimp", "importlinter"}
)


def package_folder() -> Path:
    return Path(ovirt_hc_setup.__path__[0]).resolve()


def own_command() -> tuple[str, ...]:
    """How this program is started on a host where it lies at the same place."""
    return (sys.executable, "-I", "-m", PACKAGE)


@cache
def identity() -> str:
    """16 hex digits that change with the program, its libraries and its Python."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {package_identity()}".encode())
    for folder in sorted(entry.name for entry in _site().glob("*.dist-info") if not _tool(entry.parent, entry.name)):
        digest.update(folder.encode())
        digest.update(_plugin_record(_site() / folder))
    return digest.hexdigest()[:16]


def _plugin_record(folder: Path) -> bytes:
    """Of a plugin's package, what was installed, by its hashes: its people mend it without another version. Of libraries nothing:
    their builds differ from host to host."""
    with suppress(FileNotFoundError):
        if b"[ovirt_hc_setup]" in (folder / "entry_points.txt").read_bytes():
            return (folder / "RECORD").read_bytes()
    return b""


def package_identity() -> str:
    """64 hex digits that change with the program itself."""
    digest = hashlib.sha256()
    for path in _files(package_folder()):
        digest.update(str(path.relative_to(package_folder())).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def place() -> Path:
    """The folder that this very program has where it stays, and on another host when it was sent there."""
    return PROGRAMS / identity()


def sent_command() -> tuple[str, ...]:
    return (str(place() / ENVIRONMENT / "bin" / "python"), "-I", "-m", PACKAGE)


def staying_command() -> tuple[str, ...]:
    """How this program is started from where it stays: never from a checkout, which its owner changes under whatever calls it.
    A program that is installed into the system's Python stays there."""
    return own_command() if sys.prefix == sys.base_prefix else sent_command()


def write_stream(out: BinaryIO) -> None:
    """The program and its environment as one tar stream: `setup/` and `env/`.

    Links that lead out of the environment are replaced by what they lead to (the distribution's libvirt binding), but for the
    interpreter, which has to be the same on the other host. Raises UsageError when there is no environment to send.
    """
    _require_environment()
    prefix, site = Path(sys.prefix), _site()
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.add(package_folder(), SOURCE, filter=_without_leavings)
        for path in _tree(prefix):
            name = f"{ENVIRONMENT}/{path.relative_to(prefix)}"
            if path == site / PACKAGE:
                _link(archive, name, os.path.relpath(SOURCE, Path(name).parent))
            elif not path.is_symlink():
                archive.add(path, name, recursive=False)
            elif _inside_or_interpreter(path, prefix):
                _link(archive, name, os.readlink(path))
            elif path.exists():
                _file(archive, name, path)


def _require_environment() -> None:
    if sys.prefix == sys.base_prefix:
        raise UsageError(
            "this program is installed into the system's Python, which cannot be sent to another host",
            hint="Install it there too, or start it from a checkout.",
        )


def _site() -> Path:
    return Path(sys.prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def _tree(prefix: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(prefix):
        here = Path(folder)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in (*links, *_LEFT_OUT) and not _tool(here, name))
        yield from (here / name for name in [*links, *folders, *files] if not _tool(here, name))


def _tool(folder: Path, name: str) -> bool:
    if folder == Path(sys.prefix) / "bin":
        return not name.startswith("python")  # the commands of libraries name the interpreter by its old place
    return folder == _site() and (name in _TOOLS or name.partition("-")[0] in _TOOLS)


def _inside_or_interpreter(path: Path, prefix: Path) -> bool:
    return path.parent.name == "bin" or path.resolve().is_relative_to(prefix)


def _link(archive: tarfile.TarFile, name: str, target: str) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    archive.addfile(info)


def _file(archive: tarfile.TarFile, name: str, path: Path) -> None:
    found = path.stat()
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = found.st_size, 0o755 if found.st_mode & 0o100 else 0o644, int(found.st_mtime)
    with path.open("rb") as content:
        archive.addfile(info, content)


def _without_leavings(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if any(part in _LEFT_OUT for part in Path(info.name).parts) else info
