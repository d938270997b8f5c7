"""OVF is understood as oVirt writes it and as the standard says; what is hostile in XML is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.appliance.ovf import MOST_BYTES, parse_ovf
from tests.appliances import GENERIC_OVF, IMAGE, VOLUME, ovirt_ovf


def test_ovirts_ovf_names_its_disk_by_image_and_volume() -> None:
    found = parse_ovf(ovirt_ovf(), "a.ovf")
    assert (found.name, found.vcpus, found.memory_mib) == ("HostedEngine", 4, 16384)
    (disk,) = found.disks
    assert f"images/{IMAGE}/{VOLUME}" in disk.names
    assert (disk.capacity, disk.alias, disk.volume_format) == (1 << 30, "engine disk", "COW")


def test_the_standards_ovf_names_its_disk_by_a_file_and_counts_in_powers() -> None:
    found = parse_ovf(GENERIC_OVF, "a.ovf")
    assert (found.name, found.vcpus, found.memory_mib) == ("engine", 6, 8192)
    assert (found.disks[0].names[0], found.disks[0].capacity) == ("engine.qcow2", 51 << 30)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not XML"),
        (b"<Envelope>", "not XML"),
        (b"<domain/>", "not an OVF"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Envelope>&a;</Envelope>', "not XML that can be read"),
        (ovirt_ovf().replace(b"16384</rasd", b"lots</rasd"), "the memory as 'lots'"),
        (ovirt_ovf().replace(b"MegaBytes", b"bushels"), "unit that is not known: 'bushels'"),
        (ovirt_ovf().replace(b'ovf:size="1"', b'ovf:size="-3"'), "the size of a disk as '-3'"),
        (b" " * (MOST_BYTES + 1), "more than"),
    ],
)
def test_an_ovf_that_cannot_be_used_is_refused_by_name(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as refused:
        parse_ovf(data, "master/vms/x.ovf")
    assert "master/vms/x.ovf" in str(refused.value)


@given(st.binary(max_size=300))
def test_no_bytes_give_a_traceback(data: bytes) -> None:
    for text in (data, b"<Envelope>" + data + b"</Envelope>", ovirt_ovf().replace(b"MegaBytes", data)):
        try:
            parse_ovf(text, "x")
        except FormatError:
            pass
