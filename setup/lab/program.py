"""Making the program that runs here runnable in the hosts: its files at their own paths, and a command for it."""

from __future__ import annotations

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

import ovirt_hc_setup
from ovirt_hc_setup.base.shown import CALLED

COMMAND = Path("/usr/local/bin/ovirt-hc-setup")
LAUNCHER = "ovirt-hc-setup"
_BEGIN = f'#!/bin/sh\n{CALLED}="${{{CALLED}:-$0}}"\nexport {CALLED}\n'
_SYSTEM = (Path("/usr"), Path("/usr/local"))


def package_folder() -> Path:
    """The folder of the running package, links resolved."""
    return Path(ovirt_hc_setup.__path__[0]).resolve()


def checkout() -> Path | None:
    """The checkout that the running package is part of; None when it is installed."""
    top = package_folder().parent
    return top if (top / LAUNCHER).is_file() or (top / ".git").exists() else None


def program_folders() -> list[Path]:
    """The folders to bind read-only into a host, none inside another: the program, its environment, and its Python."""
    wanted = [checkout() or package_folder().parent, Path(sys.prefix)]
    base = Path(sys.base_prefix)
    if base not in _SYSTEM:
        wanted.append(base)
    elif base == Path("/usr/local"):
        # Binding all of it would hide the hosts' own command.
        wanted += [Path(sys.executable).resolve(), base / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"]
    resolved = {folder for folder in wanted if folder not in _SYSTEM}
    return sorted(folder for folder in resolved if not any(other in folder.parents for other in resolved))


def compile_program() -> None:
    """Byte code beside the program's files, which hosts cannot write: each process in them would compile it all again.

    It goes by the hash of its source, so what is edited while a lab is up is what runs. Where it cannot be written, nothing is.
    """
    compileall.compile_dir(package_folder(), quiet=2, force=True, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


def command_text() -> str:
    """The hosts' `ovirt-hc-setup`: the checkout's launcher if that started us, else this Python with the package."""
    top = checkout()
    # The launcher only where its environment is what runs here: it could not make one in a read-only folder.
    if top is not None and (top / LAUNCHER).is_file() and Path(sys.prefix).is_relative_to(top):
        return f'{_BEGIN}exec "{top / LAUNCHER}" "$@"\n'
    return f'{_BEGIN}exec "{sys.executable}" -m ovirt_hc_setup "$@"\n'
