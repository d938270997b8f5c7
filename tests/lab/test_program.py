"""Byte code for hosts that cannot write it: it is there, and an edited file is never run as it was before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ovirt_hc_setup.lab import program


def test_what_was_edited_without_a_trace_is_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "edited.py"
    source.write_text("print('before')\n")
    monkeypatch.setattr(program, "package_folder", lambda: tmp_path)
    monkeypatch.setattr(sys, "pycache_prefix", None)  # where the tests' own bytecode lies
    program.compile_program()
    assert list(tmp_path.glob("__pycache__/edited.*.pyc"))
    stamp = source.stat().st_mtime
    source.write_text("print('edited')\n")  # of the same length
    os.utime(source, (stamp, stamp))
    ran = subprocess.run([sys.executable, "-B", "-c", "import edited"], cwd=tmp_path, stdout=subprocess.PIPE, check=True)
    assert ran.stdout == b"edited\n"
