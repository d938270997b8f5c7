"""Starting a lab's keeper, and ending all that hangs on it."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sys
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, NotDeployed
from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.base_image import Progress
from ovirt_hc_setup.lab.cgroups import make_cgroups, remove_cgroups
from ovirt_hc_setup.lab.inside import start_detached
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import Places
from ovirt_hc_setup.lab.processes import KEEPER, Process, keeper_of, lab_processes

_START_LIMIT = 15.0
_END_LIMIT = 60.0
_APART = ("--net", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--propagation", "private")


def running_keeper(where: Places) -> Process:
    """The keeper; raises NotDeployed when the lab is not up."""
    keeper = keeper_of(where.state)
    if keeper is None:
        raise NotDeployed(f"lab {where.name} is not up", hint="Bring it up with `ovirt-hc-setup lab up`.")
    return keeper


def start_keeper(where: Places, made_of: str, progress: Progress, *, loop_disks: bool) -> Process:
    """Start a keeper for a lab that has none; layers and disks that are there are kept, as after a power failure.

    With `loop_disks` it holds the disks as loop devices of this machine; else they stay files.
    """
    if where.state.exists() and not _is_made_of(where, made_of):
        progress(f"lab {where.name} is incomplete or outdated: making it again")
        shutil.rmtree(where.state)
    where.logs.mkdir(parents=True, exist_ok=True)
    where.base_note.write_text(made_of)
    where.ready_note.unlink(missing_ok=True)
    progress("starting the lab's namespaces and disks")
    numbers = range(1, places.DISKS_A_HOST + 1)
    disks = {f"{host}-{number}": where.disk(host, number) for host in places.HOSTS for number in numbers}
    for file in disks.values():
        make_sparse(file, places.DISK_BYTES)
    program = (sys.executable, "-I", str(KEEPER), str(where.state), str(where.ready_note))
    named = (f"{name}={file}" for name, file in disks.items() if loop_disks)
    start_detached(where.logs / "keeper", make_cgroups(where.name, "keeper"), "unshare", *_APART, "--", *program, *named)
    wait_ready(where)
    return running_keeper(where)


def wait_ready(where: Places) -> None:
    """Wait until the keeper has its disks; raises SetupError."""
    wait_for(f"the lab's keeper to take the disks (its log: {where.logs / 'keeper'})", _START_LIMIT, where.ready_note.exists)


def attached_disks(where: Places, host: str) -> list[Path]:
    """The loop devices that are a host's spare disks; raises NotDeployed when the lab is not up."""
    running_keeper(where)
    noted: dict[str, str] = json.loads(where.ready_note.read_text())
    return [Path(device) for name, device in noted.items() if name.rpartition("-")[0] == host]


def loop_devices(where: Places) -> dict[str, str]:
    """The machine's loop devices that are this lab's disks, with their files."""
    found = {}
    for note in Path("/sys/block").glob("loop*/loop/backing_file"):
        with contextlib.suppress(OSError):
            file = note.read_text().strip()
            if file.startswith(f"{where.state}/"):
                found[f"/dev/{note.parent.parent.name}"] = file
    return found


def end_processes(where: Places) -> None:
    """End every process of a lab; layers and disks stay. Raises SetupError when something will not go."""
    wait_for("the lab's processes to end", _END_LIMIT, lambda: _nothing_runs(where) and _nothing_runs(where))
    # Mounts and disks go with the namespaces, a little after the last process.
    wait_for("the lab's loop devices to be detached", _END_LIMIT, lambda: not loop_devices(where))
    wait_for("the lab's cgroups to be empty", _END_LIMIT, lambda: remove_cgroups(where.name))


def end_lab(where: Places) -> None:
    """End every process of a lab and remove all that is its own; raises SetupError when something will not go."""
    end_processes(where)
    shutil.rmtree(where.state, ignore_errors=True)
    if where.state.exists():
        raise Conflict(f"{where.state} cannot be removed", hint="Check what is mounted or written there, then try again.")
    with contextlib.suppress(OSError):
        places.STATES.rmdir()


def _nothing_runs(where: Places) -> bool:
    # Again and again, as what was about to become the keeper may have made another process while we looked.
    found = lab_processes(where.state)
    for process in found:
        process.kill(signal.SIGKILL)
    return not found


def _is_made_of(where: Places, made_of: str) -> bool:
    return where.base_note.exists() and where.base_note.read_text() == made_of


def make_sparse(file: Path, size: int) -> None:
    """A file of so many bytes that takes no room yet, unless it is there."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as made:
            made.truncate(size)
