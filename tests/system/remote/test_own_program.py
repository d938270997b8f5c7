"""What is sent to another host is the whole program: it runs from where it is unpacked, and needs nothing of the checkout."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.system.remote import own_program
from ovirt_hc_setup.system.remote.sent_program import _TAKE

pytestmark = pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="there is no environment that could be sent")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sent")
    with (folder / "stream.tar").open("wb") as out:
        own_program.write_stream(out)
    subprocess.run(["tar", "--no-same-owner", "-x", "-C", folder, "-f", folder / "stream.tar"], check=True)
    (folder / "stream.tar").unlink()
    yield folder


def said(folder: Path, *words: str) -> str:
    python = str(folder / "env" / "bin" / "python")
    return subprocess.run([python, "-I", "-B", *words], capture_output=True, text=True, check=True, cwd="/").stdout.strip()


def test_it_runs_from_there_and_from_nowhere_else(unpacked: Path) -> None:
    where = said(unpacked, "-c", "import ovirt_hc_setup, asyncssh, libvirt; print(ovirt_hc_setup.__path__[0], asyncssh.__file__)")
    assert all(Path(path).resolve().is_relative_to(unpacked) for path in where.split())
    assert "add-host" in said(unpacked, "-m", "ovirt_hc_setup", "--help")


def test_no_link_leads_out_but_that_to_the_interpreter(unpacked: Path) -> None:
    outside = [path for path in unpacked.rglob("*") if path.is_symlink() and not path.resolve().is_relative_to(unpacked)]
    assert {path.parent.name for path in outside} <= {"bin"}


def test_it_is_the_same_program_there(unpacked: Path) -> None:
    """By its name too, although the tools that tests need are left behind."""
    assert said(unpacked, "-m", "ovirt_hc_setup", "program-id") == own_program.identity()


def test_a_plugin_that_was_mended_under_its_version_is_another_program(tmp_path: Path) -> None:
    plugin, library = tmp_path / "site_note-1.dist-info", tmp_path / "msgspec-1.dist-info"
    for folder, group in ((plugin, "ovirt_hc_setup"), (library, "console_scripts")):
        folder.mkdir()
        (folder / "entry_points.txt").write_text(f"[{group}]\nname = module\n")
        (folder / "RECORD").write_text("site_note.py,sha256=one,1\n")
    assert b"sha256=one" in own_program._plugin_record(plugin)
    assert own_program._plugin_record(library) == own_program._plugin_record(tmp_path / "gone") == b""


def test_what_anybody_may_write_in_a_checkout_is_roots_alone_where_it_stays(tmp_path: Path) -> None:
    python = tmp_path / "from/env/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    for path in (python, *python.parents[:2]):
        path.chmod(0o777)
    stream = subprocess.run(["tar", "-C", tmp_path / "from", "-c", "env"], capture_output=True, check=True).stdout
    subprocess.run(["sh", "-c", _TAKE, "-", tmp_path / "program/id"], input=stream, check=True)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "program/id").rglob("*")}
    assert modes == {0o755}


def test_nothing_compiled_and_no_tools_are_sent(unpacked: Path) -> None:
    paths = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*")}
    assert not any("__pycache__" in path or path.endswith(("/pip", "/pytest", "/mypy")) for path in paths)
    assert "env/pyvenv.cfg" in paths
