"""Files are whole or not there, leftovers of the killed are swept, and nothing on a storage leads root elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import Conflict, FormatError
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.host.files import read_start, write_file
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks, write_block

# Dies with the data written aside and not renamed yet.
KILLED = """
import os, signal, sys
from pathlib import Path
from ovirt_hc_setup.system.host import files
files.os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
files.write_file(Path(sys.argv[1]), b"new")
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


def test_of_a_file_that_is_too_large_no_more_is_read_than_tells_so(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as out:
        out.truncate(1 << 40)
    assert read_start(tmp_path / "huge", 100) == bytes(101)


def test_what_is_no_plain_file_is_neither_read_nor_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(FormatError, match="not a regular file"):
        read_start(tmp_path / "pipe", 100)
    with pytest.raises(FormatError, match="is a link"):
        read_start(tmp_path / "link", 4096)
    with pytest.raises(OSError, match="symbolic links"):
        read_blocks(tmp_path / "link", 0, 4096)
    with pytest.raises(OSError, match="seek"):
        read_blocks(tmp_path / "pipe", 0, 4096)


@pytest.mark.parametrize("link", ["domain", "domain/images", "domain/images/image", "domain/images/image/volume"])
def test_no_block_is_written_through_a_link(tmp_path: Path, link: str) -> None:
    """Another host that can write to the storage must not make this one write over its own files."""
    victim, volume = tmp_path / "victim", tmp_path / "domain/images/image/volume"
    volume.parent.mkdir(parents=True)
    volume.write_bytes(bytes(8192))
    (tmp_path / link).rename(victim)
    (tmp_path / link).symlink_to(victim)
    with pytest.raises(Conflict, match=f"{link} is a link"):
        write_block(LocalHost("h"), volume, 4096, b"x" * 4096)
    (tmp_path / link).unlink()
    victim.rename(tmp_path / link)
    assert volume.read_bytes() == bytes(8192)
    write_block(LocalHost("h"), volume, 4096, b"x" * 4096)
    assert volume.read_bytes() == bytes(4096) + b"x" * 4096
