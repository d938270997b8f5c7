"""Questions and checks of the network on a real host with a real resolver."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import AnswersRefused
from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.plugins.network import connection_test, engine_address, host_names, management_bridge
from ovirt_hc_setup.plugins.vm import first_boot
from ovirt_hc_setup.resources.bridge import Bridge
from ovirt_hc_setup.runner.checks import run_checks
from ovirt_hc_setup.runner.context import Context, Facts, fact
from ovirt_hc_setup.runner.interview import Interview
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source

pytestmark = pytest.mark.lab

MODULES: tuple[ModuleType, ...] = (management_bridge, connection_test, host_names, engine_address)
KEYS: dict[str, Key[Any]] = {key.name: key for key in keys.BUILT_IN}
ENGINE = {keys.ENGINE_FQDN.name: "engine.hc.test"}
STATIC = {keys.ENGINE_CIDR.name: "10.90.0.100/24"}


def interviewed(lab: Lab, **given: str) -> Context:
    """A context with everything answered as an unattended run would, from what was given and found on hc1."""
    plugins = Plugins(MODULES)
    # Whether the engine VM is set up by cloud-init is another plugin's fact.
    seeded = [reading for reading in first_boot.ovirt_hc_setup_facts() if reading.fact == facts.SEEDED]
    context = Context(lab.host("hc1"), Answers(), Facts([*plugins.readings(), *seeded]), FIRST_HOST)
    texts = {name: Given(name, text, Source.COMMAND_LINE, "--set") for name, text in given.items()}
    interview = Interview(KEYS, context, texts, None)
    interview.hold(plugins.questions())
    return context


def findings(lab: Lab, **given: str) -> dict[str, Found]:
    context = interviewed(lab, **given)
    return {found.check: found for found in run_checks(Plugins(MODULES).checks(), context, {}, lambda _: None)}


def refused(lab: Lab, **given: str) -> str:
    with pytest.raises(AnswersRefused) as caught:
        interviewed(lab, **given)
    return str(caught.value)


def test_all_but_the_engines_name_is_found_out(lab: Lab) -> None:
    answers = interviewed(lab, **ENGINE).answers
    assert answers[keys.BRIDGE_NIC] == "host0"
    assert answers[keys.BRIDGE_NAME] == "ovirtmgmt"
    assert answers[keys.GATEWAY] == "10.90.0.1"
    assert str(answers[keys.HOST_NAME]) == "hc1.hc.test"
    assert str(answers[keys.VM_MAC]).startswith("00:16:3e:")
    assert answers[keys.ENGINE_CIDR] is None
    assert not answers.has(keys.ENGINE_DNS)


def test_a_static_address_gets_this_hosts_name_servers(lab: Lab) -> None:
    assert str(interviewed(lab, **ENGINE, **STATIC).answers[keys.ENGINE_DNS]) == "10.90.0.1"


def test_a_healthy_network_has_no_findings(lab: Lab) -> None:
    found = findings(lab, **ENGINE, **STATIC)
    assert {name: finding.severity for name, finding in found.items()} == {
        "network.nic": "ok",
        "network.gateway-answers": "ok",
        "network.test": "ok",
        "network.fqdn-resolves": "ok",
        "network.fqdn-not-local": "ok",
        "network.fqdn-no-host": "ok",
        "network.fqdn-reverse": "ok",
        "network.host-name": "ok",
        "network.mac-unicast": "ok",
        "network.cidr-gateway": "ok",
        "network.address-free": "ok",
    }


def test_the_plan_is_a_bridge_over_the_chosen_interface(lab: Lab) -> None:
    (planned,) = Plugins(MODULES).resources(interviewed(lab, **ENGINE))
    assert planned == Bridge(
        name="bridge",
        after=("programs",),
        provides=("network.ready",),
        exclusive="network",
        bridge="ovirtmgmt",
        nic="host0",
        gateway="10.90.0.1",
    )


@pytest.fixture
def unusable(lab: Lab) -> Iterator[None]:
    """Interfaces that no bridge can be made over: without an address, and inside another bridge."""
    make = "ip link add va type veth peer vb; ip link add br9 type bridge; ip link set vb master br9 up; ip link set va up"
    lab.exec("hc1", "sh", "-c", make)
    yield
    lab.exec("hc1", "sh", "-c", "ip link delete va; ip link delete br9")


def test_choices_show_addresses_and_why_others_are_not_offered(lab: Lab, unusable: None) -> None:
    context = interviewed(lab, **ENGINE)
    question = next(found for found in Plugins(MODULES).questions() if found.key is keys.BRIDGE_NIC)
    shown = {choice.text: (choice.detail, choice.why_not) for choice in question.choices(context)}
    assert shown["host0"][0].startswith("10.90.0.11/24")
    assert {name: why for name, (_, why) in shown.items()} == {
        "host0": "",
        "va": "it has no address",
        "vb": "it is a port of br9",
        "br9": "it is a bridge",
    }


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        (keys.BRIDGE_NIC, "eth9", "there is no network interface 'eth9'"),
        (keys.BRIDGE_NIC, "lo", "loopback"),
        (keys.BRIDGE_NAME, "a name with spaces", "cannot be the name"),
        (keys.GATEWAY, "gateway", "not an IP address"),
        (keys.ENGINE_FQDN, "nobody.hc.test", "does not resolve"),
        (keys.ENGINE_FQDN, "hc1.hc.test", "which is this host"),
        (keys.ENGINE_FQDN, "10.90.0.100", "is an address"),
        (keys.VM_MAC, "01:00:5e:00:00:01", "multicast"),
        (keys.ENGINE_CIDR, "10.91.0.100/24", "outside"),
        (keys.ENGINE_CIDR, "10.90.0.11/24", "an address of this host"),
        (keys.ENGINE_DNS, "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4", "4 name servers"),
    ],
)
def test_a_bad_answer_is_refused_with_its_key_and_origin(lab: Lab, key: Key[Any], text: str, said: str) -> None:
    message = refused(lab, **{**ENGINE, **STATIC, key.name: text})
    assert said in message
    assert f"{key.name} from --set" in message


def test_a_gateway_that_is_silent_is_found(lab: Lab) -> None:
    every = findings(lab, **ENGINE, **{keys.GATEWAY.name: "10.90.0.77"})
    found, test = every["network.gateway-answers"], every["network.test"]
    assert (found.severity, "10.90.0.77" in found.found, found.remedy != "") == ("error", True, True)
    assert (test.severity, "network_test=dns, tcp or none" in test.remedy) == ("warning", True)


def test_a_host_may_test_its_network_otherwise(lab: Lab) -> None:
    tcp = {keys.NETWORK_TEST.name: "tcp", keys.NETWORK_TEST_ADDRESS.name: "hc2.hc.test"}
    assert findings(lab, **ENGINE, **tcp, **{keys.NETWORK_TEST_PORT.name: "22"})["network.test"].severity == "ok"
    assert findings(lab, **ENGINE, **tcp, **{keys.NETWORK_TEST_PORT.name: "23"})["network.test"].severity == "error"
    assert findings(lab, **ENGINE, **{keys.NETWORK_TEST.name: "none"})["network.test"].severity == "ok"


def test_an_address_that_another_machine_has_is_found_with_its_mac(lab: Lab) -> None:
    mac = lab.exec("hc2", "cat", "/sys/class/net/host0/address").out.strip()
    found = findings(lab, **ENGINE, **{keys.ENGINE_CIDR.name: "10.90.0.12/24"})
    assert (found["network.address-free"].severity, mac in found["network.address-free"].found) == ("error", True)
    assert found["network.fqdn-resolves"].severity == "error"


def test_the_engine_vm_itself_may_have_its_address(lab: Lab) -> None:
    mac = lab.exec("hc2", "cat", "/sys/class/net/host0/address").out.strip()
    given = {keys.ENGINE_CIDR.name: "10.90.0.12/24", keys.VM_MAC.name: mac}
    assert findings(lab, **ENGINE, **given)["network.address-free"].severity == "ok"


def test_a_missing_ptr_record_is_a_warning(lab: Lab) -> None:
    lab.exec("hc1", "sh", "-c", "cp /etc/hosts /root/hosts; echo 10.90.0.177 lonely.hc.test other.hc.test >>/etc/hosts")
    try:
        lab.exec("hc1", "sh", "-c", "sed -i '$s/.*/10.90.0.177 other.hc.test\\n10.90.0.177 lonely.hc.test/' /etc/hosts")
        found = findings(lab, **{keys.ENGINE_FQDN.name: "lonely.hc.test"})["network.fqdn-reverse"]
    finally:
        lab.exec("hc1", "sh", "-c", "cat /root/hosts >/etc/hosts; rm /root/hosts")
    assert found.severity == "warning", found
    assert "other.hc.test" in found.found


@pytest.mark.parametrize(("name", "said"), [("nobody.hc.test", "does not resolve"), ("hc2.hc.test", "10.90.0.12")])
def test_a_name_that_is_not_this_hosts_is_found(lab: Lab, name: str, said: str) -> None:
    found = findings(lab, **ENGINE, **{keys.HOST_NAME.name: name})["network.host-name"]
    assert (found.severity, said in found.found) == ("error", True)


def test_facts_are_what_the_host_has(lab: Lab) -> None:
    context = interviewed(lab, **ENGINE)
    assert [str(ip) for ip in fact(context, facts.OWN_ADDRESSES)] == ["10.90.0.11"]
    assert [str(ip) for ip in fact(context, facts.ENGINE_ADDRESSES)] == ["10.90.0.100"]
    route = fact(context, facts.DEFAULT_ROUTE)
    assert route is not None
    assert route.device == "host0"
