"""libvirt's configuration files: our keys in force, everything else untouched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.libvirt.qemu_conf import (
    LOCK_MANAGER,
    has_settings,
    sanlock_settings,
    settings,
    with_settings,
)

SHIPPED = """\
# Master configuration file for the QEMU driver.
#lock_manager = "lockd"

user = "libvirt-qemu"   # who QEMU runs as
cgroup_device_acl = [
    "/dev/null", "/dev/full",
    "/dev/kvm"
]
max_files = 32768
"""


def test_the_rest_of_the_file_stays_byte_by_byte() -> None:
    assert with_settings(SHIPPED, LOCK_MANAGER) == SHIPPED + '# Set by ovirt-hc-setup\nlock_manager = "sanlock"\n'


def test_settings_in_force_are_read_through_comments_and_lists() -> None:
    assert settings(SHIPPED) == {"user": "libvirt-qemu", "cgroup_device_acl": None, "max_files": 32768}


def test_a_setting_that_is_there_is_replaced_where_it_stands() -> None:
    text = 'a = 1\nlock_manager = "lockd"\nb = 2\n'
    assert with_settings(text, LOCK_MANAGER) == 'a = 1\nlock_manager = "sanlock"\nb = 2\n'


def test_a_setting_that_is_there_twice_stands_once_afterwards() -> None:
    assert with_settings("host_id = 3\nhost_id = 4\n", {"host_id": 1}) == "host_id = 1\n"


def test_leases_are_asked_for_only_by_definitions_that_name_one() -> None:
    text = with_settings("", sanlock_settings(7))
    assert settings(text) == {"auto_disk_leases": 0, "require_lease_for_disks": 0, "host_id": 7}
    assert has_settings(text, sanlock_settings(7)) and not has_settings(text, sanlock_settings(8))


SETTINGS = [line for line in SHIPPED.splitlines() if not line.startswith((" ", "]", "cgroup"))]


@given(st.lists(st.sampled_from([*SETTINGS, "host_id = 9", "  host_id=8 # old", "#host_id = 7"])))
def test_settings_are_in_force_whatever_was_there_and_twice_is_as_once(lines: list[str]) -> None:
    wanted = sanlock_settings(1)
    once = with_settings("\n".join(lines), wanted)
    assert has_settings(once, wanted)
    assert with_settings(once, wanted) == once


@pytest.mark.parametrize("text", ["what is this\n", "a = maybe\n"])
def test_a_file_that_libvirt_would_not_read_is_named_with_its_line(text: str) -> None:
    with pytest.raises(FormatError, match="line 1"):
        settings(text)


def test_a_value_that_would_end_its_string_is_refused() -> None:
    with pytest.raises(ValueRefused):
        with_settings("", {"user": 'a"\nb = "c'})
