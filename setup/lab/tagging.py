"""Two links, and every frame that comes out of one goes into the other: marked with a VLAN one way, unmarked the other.

Started by path, in isolated mode, in a lab's network namespace; imports nothing of ours. Ends with the lab.
Usage: tagging.py PLAIN-LINK MARKED-LINK VLAN
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import sys

# linux/if_tun.h: TUNSETIFF; a tap without a header of the kernel's own.
_SET = 0x400454CA
_TAP, _NO_HEADER = 0x0002, 0x1000
_ADDRESSES = 12  # bytes of the two MACs, behind which the mark stands
_VLAN = b"\x81\x00"
_NUMBER = 0x0FFF
_LONGEST = 65536


def open_link(name: str) -> int:
    """A new link of this name, by its descriptor."""
    link = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(link, _SET, struct.pack("16sH22x", name.encode(), _TAP | _NO_HEADER))
    return link


def mark(frame: bytes, vlan: int) -> bytes:
    return frame[:_ADDRESSES] + _VLAN + struct.pack("!H", vlan) + frame[_ADDRESSES:]


def unmark(frame: bytes, vlan: int) -> bytes:
    """The frame without its mark; nothing for one that has none or another."""
    number = frame[_ADDRESSES + 2 : _ADDRESSES + 4]
    ours = frame[_ADDRESSES : _ADDRESSES + 2] == _VLAN and int.from_bytes(number) & _NUMBER == vlan
    return frame[:_ADDRESSES] + frame[_ADDRESSES + 4 :] if ours else b""


def main(plain: str, marked: str, vlan: int) -> None:
    # The marked one last: it is looked for to see that both are there.
    outer = open_link(plain)
    inner = open_link(marked)
    ways = {outer: (inner, mark), inner: (outer, unmark)}
    while True:
        for link in select.select([outer, inner], [], [])[0]:
            other, change = ways[link]
            if frame := change(os.read(link, _LONGEST), vlan):
                try:
                    os.write(other, frame)
                except OSError:
                    continue  # the other one is not up yet: as on a cable, the frame is lost


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
