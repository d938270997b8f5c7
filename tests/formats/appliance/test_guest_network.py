"""The static address in the guest: the profile, and the script around it, run by a real shell with another nmcli and ip."""

from __future__ import annotations

import configparser
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ovirt_hc_setup.formats.appliance import guest_network
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.seed import StaticNetwork
from tests.formats.appliance.test_cloud_init import SIX, STATIC

FOUR = StaticNetwork(address="192.0.2.50/24", gateway=Ip("192.0.2.1"))


def profile(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return {section: dict(parser[section]) for section in parser.sections()}


def test_the_profile_has_the_address_and_the_servers_of_its_own_ip_version() -> None:
    found = profile(guest_network.profile(STATIC, FOUR))
    assert found["ethernet"] == {"mac-address": "00:16:3e:5a:00:64"}
    assert found["ipv4"] == {
        "method": "manual",
        "address1": "192.0.2.50/24",
        "gateway": "192.0.2.1",
        "dns": "192.0.2.1;",
        "dns-search": "example.com;",
    }
    assert found["ipv6"] == {"method": "disabled"}


def test_an_ipv6_address_is_set_in_the_same_way() -> None:
    static = StaticNetwork(address="2001:db8::50/64", gateway=Ip("2001:db8::1"))
    found = profile(guest_network.profile(replace(SIX, fqdn=Fqdn("e.example.com")), static))
    assert (found["ipv6"]["address1"], found["ipv4"]) == ("2001:db8::50/64", {"method": "disabled"})


def run_in_guest(folder: Path, has: str, nmcli: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """What the seed's command does in a guest that has an address already, with an nmcli of a few words."""
    kept = folder / "profile"
    for name, text in (("ip", f"echo '2: eth0 inet {has} brd 192.0.2.255 scope global'"), ("nmcli", nmcli)):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    argv = guest_network.command(STATIC, FOUR)
    argv[2] = argv[2].replace(guest_network.PROFILE, str(kept))
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=20, check=False), kept


def test_a_guest_without_the_address_gets_the_profile_which_only_root_can_read(tmp_path: Path) -> None:
    done, kept = run_in_guest(tmp_path, "10.0.0.7/24", f'echo "$*" >> {tmp_path}/asked')
    assert done.returncode == 0, done.stderr
    assert kept.read_text() == guest_network.profile(STATIC, FOUR)
    assert kept.stat().st_mode & 0o777 == 0o600, "NetworkManager reads no other"
    assert (tmp_path / "asked").read_text().splitlines() == [f"connection load {kept}", "--wait 60 connection up hosted-engine"]


def test_a_guest_whose_cloud_init_made_the_network_is_left_alone(tmp_path: Path) -> None:
    done, kept = run_in_guest(tmp_path, FOUR.address, "exit 1")
    assert done.returncode == 0
    assert not kept.exists()


@pytest.mark.parametrize("nmcli", ["exit 4", "exit 127"])
def test_an_address_that_could_not_be_set_is_named_on_the_console(tmp_path: Path, nmcli: str) -> None:
    done, _ = run_in_guest(tmp_path, "10.0.0.7/24", nmcli)
    assert (done.returncode, done.stdout.partition(" could")[0]) == (1, "The address 192.0.2.50/24")
