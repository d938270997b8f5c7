"""Where answers are saved: in a plain file, and nothing else goes for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.sitting.run_making import save


def test_they_take_the_place_of_a_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "answers.conf"
    for text in (b"old", b"new"):
        save(path, text)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_no_plain_file_stays_as_it_is(tmp_path: Path) -> None:
    pipe, link, folder = tmp_path / "pipe", tmp_path / "link", tmp_path / "folder"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    folder.mkdir()
    for path in (pipe, link, folder):
        with pytest.raises(UsageError, match="not a regular file"):
            save(path, b"answers")
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        save(tmp_path / "file" / "answers.conf", b"answers")
