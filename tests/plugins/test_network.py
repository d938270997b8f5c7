"""What can be known of names and addresses at the question is judged there: real getent, recorded links."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.nic import Nic, NicKind
from ovirt_hc_setup.plugins.host import others
from ovirt_hc_setup.plugins.network import engine_address, host_names, management_bridge
from ovirt_hc_setup.runner.checks import Finding
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from tests.elsewhere import Elsewhere

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has mount namespaces")

PLUGINS = Plugins((management_bridge, host_names, engine_address, others))
ENGINE, OWN = "engine.example.com", "host1.example.com"
# Networks for documentation: nobody answers there.
NICS = (
    Nic(name="eno1", kind=NicKind.PHYSICAL, addresses=("192.0.2.11/24",)),
    Nic(name="eno2", kind=NicKind.PHYSICAL, addresses=("198.51.100.11/24",)),
)
HOSTS: dict[str, Sequence[str]] = {
    OWN: ["192.0.2.11"],
    "other.example.com": ["192.0.2.12"],
    "again.example.com": ["192.0.2.12"],
    "storage.example.com": ["198.51.100.11"],
    "both.example.com": ["192.0.2.11", "198.51.100.11"],
    ENGINE: ["192.0.2.50"],
    "wide.example.com": ["192.0.2.50", "2001:db8::50"],
}
GIVEN: dict[Key[Any], str] = {keys.BRIDGE_NIC: "eno1", keys.HOST_NAME: OWN, keys.ENGINE_FQDN: ENGINE, keys.GATEWAY: "192.0.2.1"}


def known_as(fact: Fact[Any], value: Any) -> Reading[Any]:
    return Reading(fact, lambda _: value)


def context(folder: Path, changed: Mapping[Key[Any], str] = {}, hosts: Sequence[str] = ("other.example.com",)) -> Context:
    known: Mapping[Fact[Any], Any] = {facts.NICS: NICS, facts.HOST_NAMES: hosts, facts.OWN_NAME: OWN}
    read = {reading.fact.name: reading for reading in PLUGINS.readings()}
    read |= {fact.name: known_as(fact, value) for fact, value in known.items()}
    answers = Answers()
    for key, text in {**GIVEN, **changed}.items():
        answers.put_text(key, Given(key.name, text, Source.COMMAND_LINE, "--set"))
    return Context(Elsewhere(folder, hosts=HOSTS), answers, Facts(read.values()), FIRST_HOST)


def finding(name: str, found: Context) -> Finding:
    (check,) = [check for check in PLUGINS.checks() if check.name == name]
    result = check.run(found)
    assert result is not None
    return result if isinstance(result, Finding) else result[0]


@pytest.mark.parametrize(
    ("check", "changed", "severity", "said"),
    [
        ("network.host-name", {}, "ok", "192.0.2.11"),
        ("network.host-name", {keys.HOST_NAME: "storage.example.com"}, "error", "interface eno1 has 192.0.2.11/24"),
        ("network.host-name", {keys.HOST_NAME: "both.example.com"}, "warning", "198.51.100.11"),
        ("network.host-name", {keys.HOST_NAME: "other.example.com"}, "error", "not an address of this host"),
        ("network.fqdn-no-host", {}, "ok", "none of the hosts"),
        ("network.fqdn-no-host", {keys.ENGINE_FQDN: "other.example.com"}, "error", "is one of the hosts"),
        ("network.fqdn-no-host", {keys.ENGINE_FQDN: "again.example.com"}, "error", "which is the host other.example.com"),
        ("network.fqdn-resolves", {keys.ENGINE_CIDR: "192.0.2.50/24"}, "ok", "192.0.2.50"),
        ("network.fqdn-resolves", {keys.ENGINE_CIDR: "192.0.2.51/24"}, "error", "resolves to 192.0.2.50"),
        ("network.fqdn-resolves", {keys.ENGINE_FQDN: "wide.example.com"}, "warning", "will have one of them"),
        (
            "network.fqdn-resolves",
            {keys.ENGINE_FQDN: "wide.example.com", keys.ENGINE_CIDR: "192.0.2.50/24"},
            "warning",
            "2001:db8::50 too, which nobody will have",
        ),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: "other.example.com"}, "ok", "hosts of their own"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: OWN}, "error", f"{OWN} is this host"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: "storage.example.com"}, "error", "is this host"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: "192.0.2.11"}, "error", "is this host"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: "localhost"}, "error", "is this host"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: "127.0.0.1"}, "error", "is this host"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: ENGINE}, "error", "is the engine"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: "192.0.2.50"}, "error", "is the engine"),
        ("hosts.distinct", {keys.ADDITIONAL_HOSTS: "other.example.com,again.example.com"}, "error", "is other.example.com"),
    ],
)
def test_a_name_or_address_that_cannot_be_is_found(
    check: str, changed: Mapping[Key[Any], str], severity: str, said: str, tmp_path: Path
) -> None:
    found = finding(check, context(tmp_path, changed))
    assert (found.severity, said in found.found) == (severity, True), found
    assert severity == "ok" or found.remedy


def test_no_remedy_for_a_host_that_is_named_twice_is_to_undo_anything(tmp_path: Path) -> None:
    found = finding("hosts.distinct", context(tmp_path, {keys.ADDITIONAL_HOSTS: OWN}))
    assert "Leave" in found.remedy
    assert "reset" not in found.remedy


def test_the_questions_have_these_checks() -> None:
    named = {question.key: question.checks for question in PLUGINS.questions()}
    assert "network.host-name" in named[keys.HOST_NAME]
    assert {"network.fqdn-no-host", "network.address-free"} <= set(named[keys.ENGINE_FQDN])
    assert {"network.fqdn-resolves", "network.address-free"} <= set(named[keys.ENGINE_CIDR])
    assert "hosts.distinct" in named[keys.ADDITIONAL_HOSTS]
