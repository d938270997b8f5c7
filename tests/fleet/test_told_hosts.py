"""What a host that joins is told: the way to the storage of any type, what counts for it, and a number that is its alone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CheckFailed, UsageError
from ovirt_hc_setup.fleet import add_others, way_to_storage
from ovirt_hc_setup.fleet.add_others import Controller
from ovirt_hc_setup.fleet.foresight import numbers_of, settings_for
from ovirt_hc_setup.formats.hosted_engine import shared_configuration
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.plugins.host import others
from ovirt_hc_setup.runner.interview import winners
from ovirt_hc_setup.runner.key import secret_key, text_key
from ovirt_hc_setup.runner.run_answers import Given, Source
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.deployment import local_deployment
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.sitting.test_supplied_answers import Remembering, parsed
from tests.storages import CONF, files

CHECKS, NUMBER = keys.SKIP_CHECKS.name, keys.HOST_ID.name
SERVED = SimpleNamespace(
    questions=[SimpleNamespace(key=key) for key in (keys.STORAGE_PATH, text_key("NFS/version", "v", default="4"))]
)
SECRET = SimpleNamespace(questions=[SimpleNamespace(key=secret_key("ISCSI/password", "p"))])


def sitting(*given: str, hosts: str = "hc2,hc3") -> Wizard:
    """Answers as they are when hosts are asked what they foresee."""
    words = [word for one in (f"{keys.ADDITIONAL_HOSTS.name}={hosts}", *given) for word in ("--set", one)]
    wizard = Wizard(parsed(*words), LocalHost("hc1"), Remembering(), None, promised={facts.OWN_NAME.name: "hc1.hc.test"})
    for one in winners(wizard.supplied()).values():
        wizard.context.answers.put_text(wizard.keys[one.name], one)
    wizard._share_out()
    return wizard


def test_what_is_the_first_hosts_own_is_told_to_no_other() -> None:
    wizard = sitting(f"hc1:{CHECKS}=vm.cpu-model", f"hc3:{CHECKS}=network.nic")
    assert (settings_for("hc2", wizard), settings_for("hc3", wizard)) == ([], [f"{CHECKS}=network.nic"])


def test_what_is_for_all_is_told_once_and_a_hosts_own_before_it() -> None:
    wizard = sitting(f"{CHECKS}=vm.cpu-model", f"hc3:{CHECKS}=network.nic")
    assert (settings_for("hc2", wizard), settings_for("hc3", wizard)) == ([f"{CHECKS}=vm.cpu-model"], [f"{CHECKS}=network.nic"])


def test_what_is_a_hosts_is_kept_by_the_name_that_the_run_calls_it_and_by_no_other() -> None:
    """Of two answers for one host the wrong one could count."""
    wizard = sitting(f"hc2.example.com:{CHECKS}=network.nic", f"hc3.example.com:{NUMBER}=7", f"{CHECKS}=vm.cpu-model")
    kept = {(host, name): str(answer.value) for host, name, answer in wizard.context.answers.of_hosts()}
    assert kept == {("hc2", CHECKS): "network.nic", ("hc3", CHECKS): "vm.cpu-model", ("hc3", NUMBER): "7"}


@pytest.mark.parametrize(
    ("hosts", "given", "several"),
    [
        ("hc2.a.test,hc2.b.test", "hc2", "hc2.a.test, hc2.b.test"),
        ("hc1.b.test,hc3", "hc1", "this host, hc1.b.test"),
        ("hc2,hc2.b.test", "hc2", ""),
        ("hc2,hc2.b.test", "hc2.b.test", ""),
        ("hc2.a.test,hc2.b.test", "hc2.a.test", ""),
        ("hc2.a.test,hc3", "hc2", ""),
    ],
)
def test_an_answer_for_one_host_that_several_are_called_is_refused(hosts: str, given: str, several: str) -> None:
    wizard = sitting(f"{given}:{CHECKS}=network.nic", hosts=hosts)
    found = others._strange(wizard.context)
    said = f"--set: {CHECKS} is for {given}, which several are called: {several}"
    assert [one.found for one in found if one.severity == "error"] == ([said] if several else [])
    having = [host for host, _, _ in wizard.context.answers.of_hosts()]
    assert len(having) == 1
    assert having == [given] or having == [hosts.split(",")[0]]


def test_a_number_that_is_given_is_nobody_elses() -> None:
    assert numbers_of(sitting(f"hc2:{NUMBER}=3"), ("hc2", "hc3", "hc4")) == {"hc2": 3, "hc3": 2, "hc4": 4}
    assert numbers_of(sitting(f"{NUMBER}=2"), ("hc2", "hc3")) == {"hc2": 1, "hc3": 3}


@pytest.mark.parametrize(
    ("given", "both"),
    [((f"hc2:{NUMBER}=3", f"hc3:{NUMBER}=3"), "hc2 and hc3"), ((f"hc3:{NUMBER}=1",), "hc1 and hc3")],
)
def test_a_number_that_two_are_given_is_refused_before_yes(given: tuple[str, ...], both: str) -> None:
    with pytest.raises(CheckFailed, match=f"{both} shall have the same host id, [13] .{NUMBER}") as refused:
        numbers_of(sitting(*given), ("hc2", "hc3"))
    assert refused.value.exit_code == 3


def test_the_way_to_the_storage_is_its_type_its_path_and_what_the_type_asks_for_but_no_secret() -> None:
    texts = {
        keys.DOMAIN_TYPE.name: "nfs",
        keys.STORAGE_PATH.name: "nas:/engine",
        keys.MOUNT_OPTIONS.name: "sec=krb5",
        "NFS/version": "4.2",
        "ISCSI/password": "hunter2",
        CHECKS: "vm.cpu-model",
    }
    answers = {name: {"text": text, "origin": "typed"} for name, text in texts.items()}
    connections = cast(Any, [SERVED, SECRET])
    assert {*way_to_storage.told(answers, connections)} == {f"{name}={text}" for name, text in [*texts.items()][:4]}
    defaults = {keys.DOMAIN_TYPE.name: "glusterfs", keys.MOUNT_OPTIONS.name: "", "NFS/version": "4"}
    assert way_to_storage.told({name: {"text": text} for name, text in defaults.items()}, connections) == ()


def controller(monkeypatch: pytest.MonkeyPatch, conf: HostedEngineConf = CONF, **own: str) -> Controller:
    monkeypatch.setattr(local_deployment, "conf_on", lambda host: conf)
    monkeypatch.setattr(add_others, "fact", lambda context, wanted: shared_configuration.read(files()))
    given = {host: [Given(NUMBER, number, Source.RESUMED, "the deployment")] for host, number in own.items()}
    return Controller(parsed(), LocalHost("hc1"), cast(Any, Remembering()), given)


def proposed(words: tuple[str, ...]) -> str:
    return words[words.index("--propose-host-id") + 1]


def test_hosts_that_join_are_proposed_what_no_other_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    words = controller(monkeypatch, hc2="3")._words(["hc2", "hc3", "hc4"])
    assert {name: proposed(said) for name, said in words.items()} == {"hc2": "3", "hc3": "2", "hc4": "4"}
    with pytest.raises(CheckFailed, match="hc2 and hc4 shall have the same host id, 3"):
        controller(monkeypatch, hc2="3", hc4="3")._words(["hc2", "hc4"])


def test_a_secret_of_one_host_is_no_word_of_its_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    one = controller(monkeypatch)
    one.own = {"hc2": [Given(keys.ADMIN_PASSWORD.name, "hunter2", Source.RESUMED, "the deployment")]}
    with pytest.raises(UsageError, match="is a secret") as refused:
        one._words(["hc2"])
    assert "hunter2" not in f"{refused.value.message}{refused.value.hint}"


def test_the_type_of_this_hosts_storage_is_told_with_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wizard, "__post_init__", _served_here(Wizard.__post_init__))
    (said,) = controller(monkeypatch, replace(CONF, storage="nas:/engine", domain_type="nfs"))._words(["hc2"]).values()
    for setting in (f"{keys.STORAGE_PATH.name}=nas:/engine", f"{keys.DOMAIN_TYPE.name}=nfs"):
        assert said[said.index(setting) - 1] == "--set"
    (usual,) = controller(monkeypatch)._words(["hc2"]).values()
    assert not [word for word in usual if keys.DOMAIN_TYPE.name in word]


def _served_here(made: Any) -> Any:
    def make(wizard: Wizard) -> None:
        made(wizard)
        wizard.keys[keys.DOMAIN_TYPE.name] = keys.domain_type(("glusterfs", "nfs"))

    return make
