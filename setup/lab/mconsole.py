"""One command to the management console of a User-Mode Linux kernel; its answer on standard output.

Started by path, in isolated mode, in the kernel's own network namespace, since the answer goes to an address of that; imports
nothing of ours. Ends with 1 when the kernel refuses, with its reason on standard error. Usage: mconsole.py SOCKET COMMAND
"""

from __future__ import annotations

import os
import socket
import struct
import sys

# arch/um/drivers/mconsole.h: magic number, version, length, text; the answer has error, more, length, text.
_REQUEST = struct.Struct("=III512s")
_ANSWER = struct.Struct("=III")
_MAGIC, _VERSION = 0xCAFEBABE, 2
_SECONDS = 20.0


def ask(path: str, command: str) -> tuple[bool, str]:
    """Whether the kernel did it, and what it said."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as console:
        console.bind(f"\0lab-console-{os.getpid()}")
        console.settimeout(_SECONDS)
        text = command.encode()
        console.sendto(_REQUEST.pack(_MAGIC, _VERSION, len(text), text), path)
        said, well, more = b"", True, True
        while more:
            answer = console.recv(4096)
            failed, rest, length = _ANSWER.unpack_from(answer)
            well, more = well and not failed, bool(rest)
            said += answer[_ANSWER.size : _ANSWER.size + length]
    return well, said.rstrip(b"\0\n").decode(errors="replace")


if __name__ == "__main__":
    done, text = ask(sys.argv[1], sys.argv[2])
    print(text, file=sys.stdout if done else sys.stderr)
    sys.exit(0 if done else 1)
