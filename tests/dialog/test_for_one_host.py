"""Answers of single hosts: whose they are, what counts for a host, and what is wrong with them, said with where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.dialog.for_one_host import answers_for, own_answers
from ovirt_hc_setup.dialog.pieces import Gathered, gathered
from ovirt_hc_setup.dialog.supply import Supplied, collect
from ovirt_hc_setup.model.other_hosts import is_called
from ovirt_hc_setup.runner.interview import winners
from ovirt_hc_setup.runner.key import Key

KEYS: dict[str, Key[Any]] = {key.name: key for key in keys.BUILT_IN}
NIC, CHECKS, NUMBER, DISK = keys.BRIDGE_NIC.name, keys.SKIP_CHECKS.name, keys.HOST_ID.name, keys.GLUSTER_DEVICE.name


def read(text: str, *settings: str, name: str = "site.conf") -> Supplied:
    found = Gathered()
    found.file(name, text.encode())
    found.pieces += (options := gathered((), settings)).pieces
    found.errors += options.errors
    return collect(found, KEYS, ())


def texts(found: Supplied, host: str) -> dict[str, str]:
    return {name: given.text for name, given in winners(answers_for(host, found, KEYS)).items()}


def wrong(text: str, *settings: str, name: str = "site.conf") -> str:
    return "\n".join(str(error) for error in read(text, *settings, name=name).errors)


SITE = f"""[environment:default]
{NIC}=str:eno1
{CHECKS}=str:vm.cpu
[host:hc3.example.com]
{NIC}=str:bond0
APPEND:{CHECKS}=str:network.gateway
"""
YAML = f"""
OVEHOSTED_NETWORK: {{bridgeIf: eno1}}
{CHECKS}: vm.cpu
host:hc3.example.com:
  OVEHOSTED_NETWORK: {{bridgeIf: bond0}}
  APPEND:{CHECKS}: network.gateway
"""


@pytest.mark.parametrize(("text", "name"), [(SITE, "site.conf"), (YAML, "site.yaml")])
def test_a_host_has_its_own_and_what_it_has_not_from_the_cluster(text: str, name: str) -> None:
    found = read(text, name=name)
    assert not found.errors
    assert texts(found, "hc2.example.com") == {NIC: "eno1", CHECKS: "vm.cpu"}
    assert texts(found, "hc3.example.com") == {NIC: "bond0", CHECKS: "vm.cpu,network.gateway"}


def test_of_equal_rank_the_hosts_own_counts_wherever_it_stands_and_a_higher_rank_counts_more() -> None:
    own_first = f"[host:hc2]\n{NIC}=str:own\n[environment:default]\n{NIC}=str:all\n"
    assert texts(read(own_first), "hc2") == {NIC: "own"}
    assert texts(read(own_first, f"{NIC}=typed"), "hc2") == {NIC: "typed"}
    assert texts(read(own_first, f"hc2:{NIC}=mine", f"{NIC}=typed"), "hc2") == {NIC: "mine"}


def test_one_setting_is_for_one_host() -> None:
    found = read("[environment:default]\n", f"HC2:{NIC}=eno2", f"[2001:db8::5]:{NIC}=eno5", f"hc2:APPEND:{CHECKS}=vm.cpu")
    assert not found.errors
    assert texts(found, "hc2") == {NIC: "eno2", CHECKS: "vm.cpu"}
    assert texts(found, "2001:db8::5") == {NIC: "eno5"}
    assert texts(found, "hc1") == {}


def test_what_two_hosts_cannot_share_goes_to_no_other_host_unless_it_is_named() -> None:
    found = read(f"[environment:default]\n{NUMBER}=int:1\n[host:hc2]\n{NUMBER}=int:7\n")
    assert (texts(found, "hc2"), texts(found, "hc3")) == ({NUMBER: "7"}, {})


def test_the_disk_of_a_host_becomes_a_part_of_the_one_answer_for_all() -> None:
    found = read(f"[environment:default]\n{DISK}=str:/dev/sdb\n[host:hc3.example.com]\n{DISK}=str:/dev/nvme0n1\n")
    disks = keys.GLUSTER_DEVICE.parse(winners(found.given)[DISK].text)
    assert (disks.of("hc1.example.com"), disks.of("hc3.example.com")) == (Path("/dev/sdb"), Path("/dev/nvme0n1"))
    assert "site.conf line 4" in winners(found.given)[DISK].origin


@pytest.mark.parametrize(
    ("host", "name", "same"),
    [
        ("hc2", "hc2", True),
        ("hc2", "hc2.example.com", True),
        ("hc2.example.com", "HC2", True),
        ("hc2.example.com", "hc2.example.org", False),
        ("10", "10.0.0.1", False),
        ("hc2", "hc21", False),
    ],
)
def test_a_name_without_a_domain_stands_for_the_one_with_it(host: str, name: str, same: bool) -> None:
    assert is_called(host, [name]) is same


def test_a_hosts_own_answers_are_its_own_only() -> None:
    assert [one.text for one in own_answers(["hc3.example.com"], read(SITE))] == ["bond0", "vm.cpu,network.gateway"]
    assert own_answers(["hc1"], read(SITE)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[host:hc2]\nOVEHOSTED_NETWORK/fqdn=str:e.example.com\n", "line 2: hc2 cannot have its own OVEHOSTED_NETWORK/fqdn"),
        ("[host:hc2]\nOVEHOSTED_VM/vmBoot=str:disk\n", "line 2: hc2 cannot have its own OVEHOSTED_VM/vmBoot"),
        (f"[host:hc2]\n{NIC}=str:a\n{NIC}=str:b\n", f"line 3: {NIC} is already in line 2 for this host"),
        (f"[host:root@hc2]\n{NIC}=str:a\n", "line 2: 'root@hc2' is not the name of a host"),
        (f"[host:]\n{NIC}=str:a\n", "line 1: [host:] is not a section"),
        ("[host:hc2]\nOVEHOSTED_NETWORK/bridgeIff=str:a\n", "line 2: there is no key OVEHOSTED_NETWORK/bridgeIff"),
    ],
)
def test_what_is_wrong_in_a_hosts_section_is_said_with_file_and_line(text: str, said: str) -> None:
    assert f"site.conf {said}" in wrong(text)


def test_what_is_wrong_in_a_setting_for_a_host_is_said() -> None:
    assert "--set: hc2 cannot have its own OVEHOSTED_VM/vmVCpus" in wrong("", "hc2:OVEHOSTED_VM/vmVCpus=4")
    assert "--set: 'h c' is not the name of a host" in wrong("", f"h c:{NIC}=a")
