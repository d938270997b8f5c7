"""Files are whole or not there, and leftovers of the killed are swept."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

from ovirt_hc_setup.base.whole_file import write_file

# Dies with the data written aside and not renamed yet.
KILLED = """
import os, signal, sys
from pathlib import Path
from ovirt_hc_setup.base import whole_file
whole_file.os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
whole_file.write_file(Path(sys.argv[1]), b"new")
"""


def test_what_a_killed_writer_left_is_swept_by_the_next(tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / ".file.conf.0123abcd.new"
    path.write_bytes(b"old")
    other.write_bytes(b"of another file")
    killed = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 3
    write_file(path, b"next", mode=0o600)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([path.name, other.name])
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"next", 0o600)


def test_writers_at_the_same_time_do_not_sweep_one_another(tmp_path: Path) -> None:
    path, failed = tmp_path / "file", []

    def write(number: int) -> None:
        try:
            for _ in range(20):
                write_file(path, bytes([number]) * 1000)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert len(set(path.read_bytes())) == 1
