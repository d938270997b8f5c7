"""Python programs with a small file system of their own: a tmpfs in a mount namespace, gone with the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts file systems")

# $1: where it is mounted; $2: its size; $3: the program; the rest are its words.
_MOUNTED = """\
mount -t tmpfs -o "size=$2" small "$1" || exit 99
program=$3 where=$1
shift 3
cd /
exec "$0" -c "$program" "$where" "$@"
"""


def run(program: str, where: Path, size: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program whose first word is `where`, with a file system of `size` mounted there."""
    where.mkdir(parents=True, exist_ok=True)
    argv = ("unshare", "--mount", "--propagation", "private", "sh", "-c", _MOUNTED, sys.executable, str(where), size, program)
    done = subprocess.run((*argv, *words), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 99, done.stderr
    return done


FILL = """
def fill(folder):
    with open(folder + "/filler", "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
"""
"""A function for such programs: no byte is left free afterwards."""
