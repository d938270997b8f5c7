"""The script in the engine VM, run by a real shell with another engine-setup and another port."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from ovirt_hc_setup.formats.appliance import engine_setup
from ovirt_hc_setup.model.engine_vm import SETUP_PORT


class Guest:
    """A folder that stands for the guest's file system; the port is a FIFO, which blocks its writer as the real one does."""

    def __init__(self, root: Path, code: int) -> None:
        self.port, self.log, self.answers = root / "port", root / "log", root / "heanswers.conf"
        self.disabled, self.begun, self.restarted = root / "cloud-init.disabled", root / "begun", root / "restarted"
        self.memory = root / "cloud"
        self.memory.mkdir()
        for name in ("user-data.txt", "user-data.txt.i", "cloud-config.txt", "obj.pkl"):
            (self.memory / name).write_text("secret")
        os.mkfifo(self.port)
        self.answers.write_text("secret")
        self.root = root
        program = root / "engine-setup"
        program.write_text(f'#!/bin/sh\necho "with $*"\necho "[ INFO  ] Stage: Closing up"\nexit {code}\n')
        program.chmod(0o755)

    def set_up(self) -> None:
        """cloud-init's last step of a first boot."""
        self.process = self._run(engine_setup.SCRIPT)

    def boot(self) -> None:
        """What every boot begins with; ends at once, whether or not somebody is at the port."""
        self.process = self._run(engine_setup.BOOT_SCRIPT.replace("sleep 10", "sleep 0.1"))
        assert self.process.wait(5) == 0

    def _run(self, text: str) -> subprocess.Popen[bytes]:
        for here, there in (
            (f"/dev/virtio-ports/{SETUP_PORT}", self.port),
            (engine_setup.GUEST_LOG, self.log),
            (engine_setup.OUR_ANSWERS, self.answers),
            (engine_setup.CLOUD_INIT_MEMORY, self.memory),
            (engine_setup.CLOUD_INIT_DISABLED, self.disabled),
            (engine_setup.BEGUN, self.begun),
            (engine_setup.RESTARTED, self.restarted),
        ):
            text = text.replace(here, str(there))
        assert "/root/heanswers" not in text
        environment = {**os.environ, "PATH": f"{self.root}:{os.environ['PATH']}"}
        process = subprocess.Popen(["sh", "-c", text], env=environment, start_new_session=True)
        # As cloud-init does: a process that nobody waits for would be a zombie, which `tail --pid` takes for alive.
        threading.Thread(target=process.wait, daemon=True).start()
        return process

    def listen(self) -> str:
        return subprocess.run(["cat", self.port], capture_output=True, text=True, timeout=20, check=True).stdout


@pytest.mark.parametrize(("code", "marker"), [(0, engine_setup.SUCCESS), (3, engine_setup.FAILURE)])
def test_the_last_line_says_how_it_ended_and_the_password_is_gone_by_then(tmp_path: Path, code: int, marker: str) -> None:
    guest = Guest(tmp_path, code)
    guest.boot()
    guest.set_up()
    lines = guest.listen().splitlines()
    files = f"--config-append=/root/ovirt-engine-answers --config-append={guest.answers}"
    assert lines[0] == f"with --accept-defaults --offline {files}"
    assert lines[-1] == marker
    assert not guest.answers.exists()
    assert guest.disabled.exists(), "a boot after this one is no repetition, however engine-setup ended"
    assert list(guest.memory.iterdir()) == []
    guest.process.wait(10)


def test_it_ends_though_nobody_reads_and_a_late_reader_gets_every_line(tmp_path: Path) -> None:
    guest = Guest(tmp_path, 0)
    guest.set_up()
    guest.process.wait(10)
    assert guest.log.read_text().endswith(f"{engine_setup.SUCCESS}\n")
    time.sleep(0.2)
    assert guest.listen() == guest.log.read_text()


def test_what_engine_setup_says_is_readable_by_root_only(tmp_path: Path) -> None:
    guest = Guest(tmp_path, 0)
    guest.set_up()
    guest.process.wait(10)
    guest.listen()
    assert guest.log.stat().st_mode & 0o077 == 0


def test_a_guest_that_went_down_before_the_end_says_so_at_its_next_boot_and_keeps_no_password(tmp_path: Path) -> None:
    guest = Guest(tmp_path, 0)
    guest.boot()
    assert guest.answers.exists(), "the first boot begins as it should"
    assert not guest.restarted.exists()

    guest.boot()
    # Open to write too, as the other end of the real port is: it does not end with its writer.
    with os.fdopen(os.open(guest.port, os.O_RDWR)) as port:
        # Said again and again: who heard it first may be killed before anything follows from it.
        assert [port.readline() for _ in range(2)] == [f"{engine_setup.INTERRUPTED}\n"] * 2
        os.killpg(guest.process.pid, signal.SIGKILL)
    assert not guest.answers.exists()
    assert list(guest.memory.iterdir()) == []
    guest.set_up()
    assert guest.process.wait(10) == 1, "cloud-init may not have come to it before; it must not begin now"
    assert not guest.disabled.exists()
    assert not guest.log.exists()
