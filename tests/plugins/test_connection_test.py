"""How hosts see whether they are connected is what was answered, is tried beforehand, and comes to every host.

Pings are tried in tests/lab/test_network_plugin.py.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.dialog.shared_answers import shared_answers
from ovirt_hc_setup.formats.hosted_engine import hosted_engine_conf
from ovirt_hc_setup.formats.hosted_engine import shared_configuration as shared_conf
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.plugins.engine import sharing
from ovirt_hc_setup.plugins.network import connection_test
from ovirt_hc_setup.runner.checks import run_checks
from ovirt_hc_setup.runner.context import Context, Facts, Reading
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.storages import CONF, archive, spoiled

KEYS: Mapping[str, Key[object]] = {key.name: key for key in keys.BUILT_IN}


def found(**answers: str) -> Found:
    context = Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST)
    for name, text in answers.items():
        full = f"OVEHOSTED_NETWORK/{name}"
        context.answers.put_text(KEYS[full], Given(full, text, Source.COMMAND_LINE, "--set"))
    (event,) = run_checks(Plugins((connection_test,)).checks(), context, {}, lambda event: None)
    return event


def test_no_test_needs_nothing() -> None:
    assert found(network_test="none").severity == "ok"


def test_the_test_tcp_connects_where_it_is_told_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        there = {"network_test": "tcp", "network_test_tcp_address": "127.0.0.1", "network_test_tcp_port": port}
        assert found(**there).severity == "ok"
    assert found(**there).severity == "error"


def test_the_test_tcp_without_an_address_or_a_port_is_an_error() -> None:
    for given in ({}, {"network_test_tcp_address": "127.0.0.1"}, {"network_test_tcp_port": "22"}):
        event = found(network_test="tcp", **given)
        assert event.severity == "error"
        assert "has no address or no port" in event.found


def conf_with(**answers: str) -> HostedEngineConf:
    tree = FileTree(root=Path("/e"), source="h:/e", kind="glusterfs")
    readings = [Reading(facts.ATTACHMENT, lambda context: tree), *sharing.ovirt_hc_setup_facts()]
    context = Context(LocalHost("test"), Answers(), Facts(readings), FIRST_HOST)
    for key in keys.BUILT_IN:
        if key.draw is not None:
            context.answers.put(key, key.draw(), Source.DRAWN, "drawn")
    given = {"gateway": "192.0.2.1", "fqdn": "engine.example.com", **answers}
    texts = {f"OVEHOSTED_NETWORK/{name}": text for name, text in given.items()}
    texts[keys.STORAGE_PATH.name] = "host1.example.com:/engine"
    for name, text in texts.items():
        context.answers.put_text(KEYS[name], Given(name, text, Source.COMMAND_LINE, "--set"))
    return sharing.conf_of(context)


@pytest.mark.parametrize("test", ["ping", "dns", "none"])
def test_the_test_that_was_answered_stands_in_hosted_engine_conf(test: str) -> None:
    conf = conf_with(network_test=test, network_test_tcp_address="192.0.2.9", network_test_tcp_port="22")
    assert (conf.network_test, conf.tcp_address, conf.tcp_port) == (test, "", "")


def test_the_test_tcp_stands_there_with_its_address_and_port_and_comes_from_there_to_a_host_that_joins() -> None:
    conf = conf_with(network_test="tcp", network_test_tcp_address="192.0.2.9", network_test_tcp_port="22")
    text = hosted_engine_conf.write(conf)
    assert "network_test=tcp\ntcp_t_address=192.0.2.9\ntcp_t_port=22\n" in text
    read = hosted_engine_conf.read(text)
    there = replace(CONF, network_test=read.network_test, tcp_address=read.tcp_address, tcp_port=read.tcp_port)
    deployment = shared_conf.read(spoiled(archive=archive(conf=there)))
    found = {given.name.rpartition("/")[2]: given.text for given in shared_answers(deployment)}
    assert found["network_test"] == "tcp"
    assert (found["network_test_tcp_address"], found["network_test_tcp_port"]) == ("192.0.2.9", "22")
