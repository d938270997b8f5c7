"""Runs a command for which some system calls end with EPERM, as under SystemCallFilter= or in a strict container.

Usage: forbidding.py NUMBER,NUMBER... COMMAND...
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

PTRACE, SECCOMP = 101, 317
"""Their numbers on x86-64."""

# linux/prctl.h, linux/filter.h, linux/seccomp.h
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERROR, _EPERM = 0x7FFF0000, 0x00050000, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def forbid(numbers: list[int]) -> None:
    """From now on, and in all that is started."""
    step = struct.Struct("HBBI").pack
    jumps = [step(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    code = b"".join([step(_LOAD, 0, 0, 0), *jumps, step(_RETURN, 0, 0, _ALLOW), step(_RETURN, 0, 0, _ERROR | _EPERM)])
    kept = ctypes.create_string_buffer(code)
    program = _Program(len(code) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    for words in ((_NO_NEW_PRIVILEGES, 1, 0), (_SET_SECCOMP, _FILTER, ctypes.byref(program))):
        if libc.prctl(*words, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    forbid([int(number) for number in sys.argv[1].split(",")])
    os.execvp(sys.argv[2], sys.argv[2:])
