"""Disks as util-linux 2.38 describes them: what is blank, and what speaks against taking it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.host.block_devices import read_devices, read_signatures

BLANK = """{"blockdevices": [{"name": "/dev/sdb", "type": "disk", "size": 21474836480, "ro": false, "fstype": null,
  "pttype": null, "mountpoints": [null], "log-sec": 512}]}"""
LVM = """{"blockdevices": [{"name": "/dev/sda", "type": "disk", "size": 500107862016, "ro": false, "fstype": "LVM2_member",
  "pttype": "gpt", "mountpoints": [null], "log-sec": 4096, "children": [
    {"name": "/dev/sda1", "type": "part", "size": 1048576, "ro": false, "fstype": "vfat", "pttype": "gpt",
     "mountpoints": ["/boot/efi"], "log-sec": 512},
    {"name": "/dev/mapper/vg-root", "type": "lvm", "size": 1, "ro": false, "fstype": "xfs", "pttype": null,
     "mountpoints": ["/"], "log-sec": 512}]}]}"""


def test_a_blank_disk_has_no_traces() -> None:
    (disk,) = read_devices(BLANK)
    assert (disk.path, disk.kind, disk.size, disk.sector, disk.traces) == ("/dev/sdb", "disk", 20 * 2**30, 512, ())


def test_tables_signatures_and_whatever_lies_on_a_disk_are_named() -> None:
    (disk,) = read_devices(LVM)
    assert disk.traces == (
        "a partition table (gpt)",
        "a signature of LVM2_member",
        "part /dev/sda1 on it",
        "lvm /dev/mapper/vg-root on it",
    )


@pytest.mark.parametrize(
    ("found", "changed", "trace"),
    [
        ('"ro": false', '"ro": true', "read-only"),
        ('"mountpoints": [null]', '"mountpoints": ["/data"]', "in use as /data"),
        ('"mountpoints": [null]', '"mountpoints": ["[SWAP]"]', "in use as [SWAP]"),
        ('"fstype": null', '"fstype": "ext4"', "a signature of ext4"),
    ],
)
def test_anything_on_it_is_a_trace(found: str, changed: str, trace: str) -> None:
    (disk,) = read_devices(BLANK.replace(found, changed))
    assert disk.traces == (trace,)


def test_what_wipefs_would_wipe_is_named_and_silence_is_blank() -> None:
    told = '{"signatures": [{"device": "sdb", "offset": "0x0", "type": "xfs", "uuid": "8c839145", "label": null}]}'
    assert read_signatures(told) == ("xfs at 0x0",)
    assert read_signatures('{\n   "signatures": [\n\n   ]\n}\n') == ()
    assert read_signatures("") == ()


@given(st.one_of(st.text(), st.sampled_from(["[]", "{}", '{"blockdevices": [{}]}', '{"blockdevices": [{"name": 1, "ro": 0}]}'])))
def test_nothing_else_than_its_form_is_read(text: str) -> None:
    try:
        read_devices(text)
        read_signatures(text)
    except FormatError:
        return
