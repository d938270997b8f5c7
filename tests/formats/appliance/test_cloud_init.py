"""The seed's documents: golden files, passwords of every kind, and what they say for each answer."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.appliance import cloud_init, engine_setup
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.model.seed import HostsLine, Seed, StaticNetwork
from ovirt_hc_setup.system.appliance.password_hash import salt_of, sha512

GOLDEN = Path(__file__).parents[2] / "golden" / "cloud_init"
VM = UUID("0d7b9c7e-6f0a-4a55-8a3b-2f1e0d9c8b7a")
DHCP = Seed(instance_id=VM, fqdn=Fqdn("engine.example.com"), mac=MacAddress("00:16:3e:5a:00:64"))
STATIC = replace(
    DHCP,
    static=StaticNetwork(address="192.0.2.50/24", gateway=Ip("192.0.2.1")),
    dns=(Ip("192.0.2.1"), Ip("2001:db8::53")),
    ssh_keys=("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG0 root@admin",),
    time_zone="Europe/Prague",
    hosts=(
        HostsLine(address=Ip("192.0.2.11"), name=Fqdn("host1.example.com")),
        HostsLine(address=Ip("192.0.2.50"), name=Fqdn("engine.example.com")),
    ),
)
SIX = replace(DHCP, static=StaticNetwork(address="2001:db8::50/64", gateway=Ip("2001:db8::1")), engine_setup=False)
SEEDS = {"dhcp": DHCP, "static": STATIC, "ipv6-without-engine-setup": SIX}
HASH = sha512(Secret("root's password"), salt_of(VM), rounds=5000)
ADMIN = Secret("it's 100% \"mine\": #1 $HOME\\n")


@pytest.mark.parametrize("name", SEEDS)
def test_documents_are_the_golden_ones(name: str) -> None:
    made = cloud_init.documents(SEEDS[name], root_hash=HASH, admin_password=ADMIN)
    for document, content in made.items():
        golden = GOLDEN / f"{name}.{document}"
        if os.environ.get("UPDATE_GOLDEN"):
            golden.write_bytes(content)
        assert content.decode() == golden.read_text()


def user_data(seed: Seed = DHCP, root_hash: str = HASH, admin: Secret | None = ADMIN) -> dict[str, object]:
    text = cloud_init.user_data(seed, root_hash=root_hash, admin_password=admin)
    assert text.startswith("#cloud-config\n")
    value: dict[str, object] = yaml.safe_load(text)
    return value


PASSWORDS = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1).filter(
    lambda text: not text.endswith(" ")
)


@given(PASSWORDS)
def test_the_admin_password_survives_whatever_is_in_it(password: str) -> None:
    files = user_data(admin=Secret(password))["write_files"]
    assert isinstance(files, list)
    content: str = files[0]["content"]
    lines = content.split("\n")
    assert lines[0] == "[environment:default]"
    assert f"OVESETUP_CONFIG/adminPassword=str:{password}" in lines
    assert len(lines) == 5, "a password made a line of its own"


@pytest.mark.parametrize("password", ["", "two\nlines", "a\rb", "a\tb", "bell\a", "a\u2028b", "ends in a blank "])
def test_a_password_that_an_answer_file_cannot_carry_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        user_data(admin=Secret(password))
    assert not password or password not in str(refused.value)


def test_a_password_in_clear_is_never_taken_for_a_hash() -> None:
    with pytest.raises(ValueRefused) as refused:
        user_data(root_hash="hunter2")
    assert "hunter2" not in str(refused.value)


def test_the_answers_are_readable_by_root_only() -> None:
    files = user_data()["write_files"]
    assert isinstance(files, list)
    assert {name: files[0][name] for name in ("path", "owner", "permissions")} == {
        "path": "/root/heanswers.conf",
        "owner": "root:root",
        "permissions": "0640",
    }


def test_without_a_root_password_ssh_takes_none() -> None:
    document = user_data(root_hash="")
    assert document["ssh_pwauth"] is False
    assert "chpasswd" not in document


def test_engine_setup_is_left_alone_when_asked() -> None:
    document = user_data(replace(SIX, static=None), admin=None)
    assert "write_files" not in document
    assert "bootcmd" not in document
    assert document["runcmd"] == [["touch", "/etc/cloud/cloud-init.disabled"]]


def test_engine_setup_without_its_password_is_refused() -> None:
    with pytest.raises(ValueRefused, match="admin password"):
        user_data(admin=None)


def test_the_card_is_found_by_its_mac_address() -> None:
    card = yaml.safe_load(cloud_init.network_config(STATIC))["config"][0]
    assert (card["mac_address"], card["subnets"][0]["address"]) == ("00:16:3e:5a:00:64", "192.0.2.50/24")
    assert card["subnets"][0]["dns_nameservers"] == ["192.0.2.1", "2001:db8::53"]


@pytest.mark.parametrize(
    "change",
    [
        {"ssh_keys": ("command=\"rm -rf /\" ssh-ed25519 AAAA x",)},
        {"ssh_keys": ("ssh-ed25519 AAAA x\nssh-ed25519 BBBB y",)},
        {"ssh_keys": ("-----BEGIN OPENSSH PRIVATE KEY-----",)},
        {"time_zone": "../../etc/shadow"},
        {"time_zone": "UTC\nfoo: bar"},
    ],
)
def test_keys_and_zones_that_are_none_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueRefused):
        replace(DHCP, **change)  # type: ignore[arg-type]


def test_markers_are_the_predecessors() -> None:
    assert engine_setup.SUCCESS == "HE_APPLIANCE_ENGINE_SETUP_SUCCESS"
    assert engine_setup.FAILURE == "HE_APPLIANCE_ENGINE_SETUP_FAIL"
