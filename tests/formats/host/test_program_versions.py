"""Versions of programs as they say them, and the hosts that differ in one."""

from __future__ import annotations

from ovirt_hc_setup.formats.host.program_versions import differences, numbers, read

SAID = """\
GlusterFS: glusterfs 11.1
QEMU: QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)
libvirt: /usr/sbin/libvirtd (libvirt) 11.3.0
sanlock:
"""
NEW = {"GlusterFS": "11.1", "QEMU": "10.0.13", "libvirt": "11.3.0"}


def test_the_first_number_with_a_dot_is_the_version_and_what_is_not_installed_has_none() -> None:
    assert read(SAID) == NEW
    assert read("") == read("QEMU: bash: not found\n") == {}


def test_hosts_that_differ_are_named_with_their_versions_the_oldest_first() -> None:
    old = {"GlusterFS": "10.3", "QEMU": "7.2.22", "libvirt": "11.3.0"}
    told = differences({"a": NEW, "b": old, "c": NEW})
    assert told == ["GlusterFS 10.3 on b; 11.1 on a, c", "QEMU 7.2.22 on b; 10.0.13 on a, c"]


def test_repairs_and_programs_that_are_not_there_are_no_difference() -> None:
    assert differences({"a": NEW, "b": {**NEW, "QEMU": "10.0.2"}, "c": {"libvirt": "11.3.0"}}) == []
    assert differences({"a": NEW}) == differences({}) == []


def test_versions_are_put_in_order_by_their_numbers() -> None:
    assert sorted(("10.3", "9.12", "10.10"), key=numbers) == ["9.12", "10.3", "10.10"]
