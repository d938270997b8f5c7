"""Looking at a storage that hangs: it ends in time, and what can be read is read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, NotAnswering, SetupError
from ovirt_hc_setup.system.host.asked_at_once import Awaited
from ovirt_hc_setup.system.host.bounded_host import LARGEST, BoundedHost
from ovirt_hc_setup.system.host.commands import LocalHost


def host(limit: float = 1.0) -> BoundedHost:
    return BoundedHost(LocalHost("here"), limit)


@pytest.mark.parametrize("content", [b"", b"text\n", bytes(range(256)) * 40, b"\0" * 4096 + b"x"])
def test_a_file_is_read_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a file:with $signs"
    path.write_bytes(content)
    assert host(5).read(path) == content


def test_only_the_beginning_of_a_large_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"")
    os.truncate(path, 10 * LARGEST)
    assert host(10).read(path) == bytes(LARGEST)


def test_a_missing_file_and_one_that_is_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        host(5).read(tmp_path / "none")
    with pytest.raises(CommandFailed, match="Is a directory"):
        host(5).read(tmp_path)


def test_a_file_that_hangs_is_given_up(tmp_path: Path) -> None:
    """A pipe that nobody writes into keeps its reader in the kernel, as a mount without its server does."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    begun = time.monotonic()
    with pytest.raises(NotAnswering, match="no answer within 1 s"):
        host().read(pipe)
    assert time.monotonic() - begun < 5


def test_a_working_folder_is_entered_by_the_child(tmp_path: Path) -> None:
    assert host(5).run("pwd", cwd=tmp_path).out.strip() == str(tmp_path)
    gone = host(5).run("pwd", cwd=tmp_path / "gone", check=False)
    assert not gone.ok
    assert "gone" in gone.err


def test_one_question_that_hangs_hides_no_other() -> None:
    until = time.monotonic() + 0.5
    slow = Awaited(lambda: time.sleep(30), until)
    quick = Awaited(lambda: 7, until)
    assert quick.part().value == 7
    assert "no answer within" in slow.part().trouble
    assert time.monotonic() < until + 2


def test_an_error_for_operators_is_the_trouble_of_its_part_and_a_bug_is_raised() -> None:
    until = time.monotonic() + 5

    def fail() -> int:
        raise SetupError("the \x1b[31mvolume is away", hint="look")

    failed = Awaited(fail, until)
    assert failed.part().trouble == "the volume is away"
    with pytest.raises(SetupError, match="volume is away"):
        failed.value()
    with pytest.raises(ZeroDivisionError):
        Awaited(lambda: 1 // 0, until).part()
