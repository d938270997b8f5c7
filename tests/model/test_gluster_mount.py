from __future__ import annotations

from dataclasses import replace

import pytest

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.gluster_mount import mount_options
from tests.model.test_gluster_volume import volume


def test_the_other_brick_hosts_are_backup_servers() -> None:
    options = mount_options(volume("engine"), "hc1.hc.test")
    assert options == "backup-volfile-servers=hc2.hc.test:hc3.hc.test,_netdev"


@pytest.mark.parametrize("given", ["backup-volfile-servers=other", "backupvolfile-server=other"])
def test_backup_servers_that_the_operator_gave_are_kept(given: str) -> None:
    assert mount_options(volume("engine"), "hc1.hc.test", given) == f"{given},_netdev"


def test_the_operators_options_come_first() -> None:
    options = mount_options(volume("engine"), "hc3.hc.test", " log-level=WARNING , _netdev")
    assert options == "log-level=WARNING,_netdev,backup-volfile-servers=hc1.hc.test:hc2.hc.test"


def test_addresses_with_colons_stand_in_brackets() -> None:
    found = volume("engine")
    bricks = tuple(replace(brick, host=f"2001:db8::{n}") for n, brick in enumerate(found.bricks, 1))
    options = mount_options(replace(found, bricks=bricks), "2001:db8::1")
    assert "backup-volfile-servers=[2001:db8::2]:[2001:db8::3]" in options
    assert "xlator-option=transport.address-family=inet6" in options


def test_a_name_that_leads_to_ipv6_alone_is_mounted_by_ipv6() -> None:
    options = mount_options(volume("engine"), "hc1.hc.test", only_ipv6=True).split(",")
    assert "xlator-option=transport.address-family=inet6" in options
    assert mount_options(volume("engine"), "hc1.hc.test").count("inet6") == 0


@pytest.mark.parametrize("given", ["a b", "log-level=x\nWhat=/dev/sda", "a\tb"])
def test_options_that_are_not_words_are_refused(given: str) -> None:
    with pytest.raises(ValueRefused):
        mount_options(volume("engine"), "hc1.hc.test", given)
