from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.formats.host.unit_names import escaped_path, mount_unit_name, unit_value

PATHS = st.lists(
    st.text(st.characters(blacklist_characters="/\x00", blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12), max_size=5
).map(lambda parts: "/" + "/".join(parts))


def test_the_unit_of_vdsms_mount_point() -> None:
    name = mount_unit_name("/rhev/data-center/mnt/glusterSD/hc1:_engine")
    assert name == r"rhev-data\x2dcenter-mnt-glusterSD-hc1:_engine.mount"


@pytest.mark.skipif(shutil.which("systemd-escape") is None, reason="needs systemd-escape")
@given(PATHS.filter(lambda path: ".." not in path.split("/")))
def test_names_are_those_that_systemd_makes(path: str) -> None:
    said = subprocess.run(["systemd-escape", "--path", "--", path], capture_output=True, check=True)
    assert escaped_path(path) == said.stdout.decode().rstrip("\n")


@pytest.mark.parametrize("path", ["relative", "", "/a/../b", ".."])
def test_a_path_that_is_relative_or_goes_up_has_no_unit(path: str) -> None:
    with pytest.raises(ValueRefused):
        escaped_path(path)


def test_a_name_too_long_for_systemd_is_refused() -> None:
    with pytest.raises(ValueRefused, match="255"):
        mount_unit_name("/" + "é" * 40)


def test_specifiers_are_not_expanded_in_values() -> None:
    assert unit_value("a%ib") == "a%%ib"


@pytest.mark.parametrize("text", ["a\nExecStart=/bin/sh", "a\x00", "a\\"])
def test_a_value_cannot_break_out_of_its_line(text: str) -> None:
    with pytest.raises(ValueRefused):
        unit_value(text)
