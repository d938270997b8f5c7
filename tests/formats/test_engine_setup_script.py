"""The script in the engine VM, run by a real shell with another engine-setup and another port."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from ovirt_hc_setup.formats import engine_setup
from ovirt_hc_setup.model.engine_vm import SETUP_PORT


class Guest:
    """A folder that stands for the guest's file system; the port is a FIFO, which blocks its writer as the real one does."""

    def __init__(self, root: Path, code: int) -> None:
        self.port, self.log, self.answers = root / "port", root / "log", root / "heanswers.conf"
        self.memory = root / "cloud"
        self.memory.mkdir()
        for name in ("user-data.txt", "user-data.txt.i", "cloud-config.txt", "obj.pkl"):
            (self.memory / name).write_text("secret")
        os.mkfifo(self.port)
        self.answers.write_text("secret")
        program = root / "engine-setup"
        program.write_text(f'#!/bin/sh\necho "with $*"\necho "[ INFO  ] Stage: Closing up"\nexit {code}\n')
        program.chmod(0o755)
        text = engine_setup.SCRIPT
        for here, there in (
            (f"/dev/virtio-ports/{SETUP_PORT}", self.port),
            (engine_setup.GUEST_LOG, self.log),
            (engine_setup.OUR_ANSWERS, self.answers),
            (engine_setup.CLOUD_INIT_MEMORY, self.memory),
        ):
            assert here in text
            text = text.replace(here, str(there))
        self.process = subprocess.Popen(["sh", "-c", text], env={**os.environ, "PATH": f"{root}:{os.environ['PATH']}"})
        # As cloud-init does: a process that nobody waits for would be a zombie, which `tail --pid` takes for alive.
        threading.Thread(target=self.process.wait, daemon=True).start()

    def listen(self) -> str:
        return subprocess.run(["cat", self.port], capture_output=True, text=True, timeout=20, check=True).stdout


@pytest.mark.parametrize(("code", "marker"), [(0, engine_setup.SUCCESS), (3, engine_setup.FAILURE)])
def test_the_last_line_says_how_it_ended_and_the_password_is_gone_by_then(tmp_path: Path, code: int, marker: str) -> None:
    guest = Guest(tmp_path, code)
    lines = guest.listen().splitlines()
    assert lines[0] == f"with --offline --config-append=/root/ovirt-engine-answers --config-append={guest.answers}"
    assert lines[-1] == marker
    assert not guest.answers.exists()
    assert list(guest.memory.iterdir()) == []
    guest.process.wait(10)


def test_it_ends_though_nobody_reads_and_a_late_reader_gets_every_line(tmp_path: Path) -> None:
    guest = Guest(tmp_path, 0)
    guest.process.wait(10)
    assert guest.log.read_text().endswith(f"{engine_setup.SUCCESS}\n")
    time.sleep(0.2)
    assert guest.listen() == guest.log.read_text()


def test_what_engine_setup_says_is_readable_by_root_only(tmp_path: Path) -> None:
    guest = Guest(tmp_path, 0)
    guest.process.wait(10)
    guest.listen()
    assert guest.log.stat().st_mode & 0o077 == 0
