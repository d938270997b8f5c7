"""A boot sector that finds out whether guests really run here.

A processor that only says that it can run guests is not enough: there are machines whose /dev/kvm opens, whose guests get through
the firmware, and then stand still. So this sector does what every kernel does at its start: it sleeps until the timer has
interrupted it three times, sets up page tables, goes into 64-bit mode, counts for a while, says so on the serial port, and
ends by a triple fault, which `-no-reboot` turns into QEMU's end.
"""

from __future__ import annotations

SAYS = "GUEST RAN"
IMAGE_BYTES = 1 << 20
"""Firmware does not see a disk of one sector."""

# 16-bit code at 0x7c00, as the BIOS starts it; addresses inside count from there.
_CODE = bytes.fromhex(
    "fa 31c0 8ed8 8ec0 8ed0 bc007c ea117c0000"  # no interrupts; segments 0; stack below us; cs 0
    "fb 8b1e6c04"  # interrupts on; bx = the BIOS's count of timer ticks, at 0x46c
    "f4 a16c04 29d8 83f803 72f5"  # hlt; until three more have come
    "fa fc bf0010 6631c0 b9000c 66f3ab"  # clear three pages at 0x1000
    "66c706001003200000"  # PML4[0] -> 0x2000, present and writable
    "66c706002003300000"  # PDPT[0] -> 0x3000
    "66c706003083000000"  # PD[0]: the first 2 MiB, one large page
    "66b8a0000000 0f22e0"  # cr4: PAE, PGE
    "66b800100000 0f22d8"  # cr3: the tables
    "66b9800000c0 0f32 660d00010000 0f30"  # EFER.LME through rdmsr and wrmsr
    "0f0116c87c"  # lgdt
    "0f20c0 660d01000080 0f22c0"  # cr0: protection and paging
    "ea827c0800"  # jump into 64-bit code
    "66b81000 8ed8 8ed0"  # data segments
    "b900000001 ffc9 75fc"  # count 16 million down
    "bed87c0000 66baf803"  # the text; port 0x3f8
    "ac 84c0 7403 ee ebf8"  # every byte of it, until the zero
    "0f011c25ce7c0000 cc"  # an empty interrupt table, then an interrupt: the end
    "f4 ebfd"  # not reached
)
_TABLES = bytes.fromhex(
    "0000000000000000 00000000009a2000 0000000000920000"  # no segment, 64-bit code, data
    "1700 b07c0000"  # lgdt's limit and address
    "0000 0000000000000000"  # lidt's: empty
)


def image() -> bytes:
    """A raw disk that boots into the sector."""
    code = _CODE.ljust(0xB0, b"\0")
    sector = (code + _TABLES + SAYS.encode() + b"\n\0").ljust(510, b"\0") + b"\x55\xaa"
    return sector.ljust(IMAGE_BYTES, b"\0")
