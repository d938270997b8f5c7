"""Descriptors of installed appliances are read as packages write them; nonsense is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.appliance.appliance_descriptor import parse_appliance_descriptor

SUM = "0123456789abcdef0123456789abcdef01234567"


def test_a_descriptor_gives_version_path_and_checksum() -> None:
    named = '# made by a package\ndescription="The oVirt Engine Appliance (4.5)"\nversion = 4.5-1\n'
    text = f"{named}path=/usr/share/e.ova\nsha1sum={SUM.upper()}\n"
    found = parse_appliance_descriptor(text, "e-appliance.conf")
    assert found.path == Path("/usr/share/e.ova")
    assert (found.version, found.description, found.sha1sum) == ("4.5-1", "The oVirt Engine Appliance (4.5)", SUM)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version=1\n", "no absolute path"),
        ("path=e.ova\n", "no absolute path"),
        ("path=/e.ova\nsha1sum=12345\n", "not 40 hexadecimal digits"),
        ("path=/e.ova\nnonsense\n", "line 2 is not `key=value`"),
    ],
)
def test_a_descriptor_that_cannot_be_used_is_refused_with_its_file(text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said) as refused:
        parse_appliance_descriptor(text, "/etc/x-appliance.conf")
    assert "/etc/x-appliance.conf" in str(refused.value)


@given(st.text(max_size=200))
def test_no_text_gives_a_traceback(text: str) -> None:
    try:
        parse_appliance_descriptor("path=/x\n" + text, "x")
    except FormatError:
        pass
