"""What is saved asks nothing and answers the same when it is read again, in either form, without the secrets."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.dialog.pieces import Gathered
from ovirt_hc_setup.dialog.saving import saved_answers
from ovirt_hc_setup.dialog.supply import Supplied, collect
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.keys import BRIDGE_NIC, BUILT_IN, HOST_ID, LATER_CHECKS, SKIP_CHECKS, VM_UUID
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.plugins.gluster.building import LOCAL
from ovirt_hc_setup.runner.context import Context, Facts, Reading
from ovirt_hc_setup.runner.interview import Interview, winners
from ovirt_hc_setup.runner.key import Key, is_empty
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.runner.run_answers import Answers, Source
from ovirt_hc_setup.system.host.commands import LocalHost

KEYS: dict[str, Key[Any]] = {key.name: key for key in BUILT_IN}
LOADED = assembled().plugins
QUESTIONS = LOADED.questions()
BY_ANSWERS = [one for one in LOADED.readings() if one.by_answers]
FORMS = pytest.mark.parametrize("path", [Path("a.conf"), Path("a.yaml")], ids=["ini", "yaml"])
LABEL = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
NAME = st.builds("{}.{}".format, LABEL, LABEL)
OCTET = st.integers(1, 250)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")) | st.just(" "), max_size=40)
NOUNS: dict[str, st.SearchStrategy[str]] = {
    "UUID": st.builds(str, st.uuids()),
    "Fqdn": NAME,
    "HostName": NAME,
    "BridgeName": LABEL.map("br{}".format),
    "MacAddress": st.builds(lambda _: str(MacAddress.draw()), st.none()),
    "Cidr": st.builds("10.{}.{}.{}/24".format, OCTET, OCTET, OCTET),
    "DnsServers": st.lists(st.builds("10.0.{}.{}".format, OCTET, OCTET), min_size=1, max_size=3, unique=True).map(",".join),
    "HostId": st.integers(1, 250).map(str),
}


def texts_of(key: Key[Any]) -> st.SearchStrategy[str | None]:
    """Texts that a key takes; None for nothing."""
    if key.choices:
        return st.sampled_from(key.choices)
    if key.kind == "bool":
        return st.sampled_from(["True", "False"])
    if key.kind == "int":
        return st.integers(key.least or 0, key.most or 10**9).map(str)
    any_text = TEXT if key.default == "" else TEXT.filter(lambda text: not is_empty(text))
    texts = NOUNS[key.form] if key.form in NOUNS else st.just(key.example or key.text(key.default)) if key.form else any_text
    return st.none() | texts if key.optional else texts


GIVEN = [key for key in KEYS.values() if not (key.secret or key.found_out)]
ANSWERS = st.fixed_dictionaries({}, optional={key.name: texts_of(key) for key in GIVEN})


def answers_of(texts: dict[str, str | None]) -> Answers:
    answers = Answers()
    for name, text in texts.items():
        value = None if text is None else KEYS[name].parse(text)
        answers.put(KEYS[name], value, Source.TYPED, "typed\n[environment:enforce]\u2028")
    for key in KEYS.values():
        if key.secret:
            answers.put(key, Secret("hunter2hunter2"), Source.TYPED, "typed")
    return answers


def read_again(data: bytes, path: Path) -> Supplied:
    found = Gathered()
    found.file(str(path), data)
    return collect(found, KEYS, QUESTIONS)


class Nobody:
    """An asker that is not to be asked."""

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        raise AssertionError(f"asked for {question.key}")


@FORMS
@given(texts=ANSWERS)
def test_replaying_saved_answers_asks_nothing_and_answers_the_same(path: Path, texts: dict[str, str | None]) -> None:
    answers = answers_of(texts)
    found = read_again(saved_answers(answers, KEYS, path=path), path)
    assert not found.errors
    assert not found.notes
    again = Answers()
    for name, secret in answers.secrets().items():
        again.put(KEYS[name], secret, Source.COMMAND_LINE, "--set")
    questions = [Question(key=KEYS[name], prompt=name, section="VM CONFIGURATION", order=1) for name in texts]
    context = Context(LocalHost("test"), again, Facts(()), FIRST_HOST)
    Interview(KEYS, context, winners(found.given), Nobody(), list(found.errors)).hold(questions)
    for name in texts:
        assert again.has(KEYS[name])
        assert again[KEYS[name]] == answers[KEYS[name]]


def test_what_is_found_out_is_not_written_with_the_ids_either() -> None:
    answers = Answers()
    answers.put(LATER_CHECKS, "vm.cpu-model", Source.DRAWN, "not installed yet")
    answers.put(VM_UUID, uuid.UUID(int=1), Source.DRAWN, "drawn")
    found = read_again(saved_answers(answers, KEYS, with_ids=True), Path("a.conf"))
    assert [one.name for one in found.given] == [VM_UUID.name]


@FORMS
def test_what_is_a_hosts_stands_in_its_section_where_the_file_speaks_of_several(path: Path) -> None:
    """Else the network card of this host, found out here, would be that of all."""
    keys = KEYS | {one.name: one for one in (BRIDGE_NIC.of("hc2"), SKIP_CHECKS.of("2001:db8::5"))}
    answers = Answers()
    for name, text in {"OVEHOSTED_NETWORK/fqdn": "e.example.com", BRIDGE_NIC.name: "eno1", HOST_ID.name: "3"}.items():
        answers.put(KEYS[name], KEYS[name].parse(text), Source.DETECTED, "detected")
    answers.put(BRIDGE_NIC.of("hc2"), "eno2", Source.FILE_DEFAULT, "site.conf line 3")
    answers.put(SKIP_CHECKS.of("2001:db8::5"), "vm.cpu", Source.FILE_DEFAULT, "site.conf line 5")
    found = read_again(saved_answers(answers, keys, own="hc1", path=path), path)
    assert not found.errors
    assert [(one.name, one.text) for one in found.given] == [("OVEHOSTED_NETWORK/fqdn", "e.example.com")]
    assert {(one.host, one.name, one.text) for one in found.of_hosts} == {
        ("hc1", BRIDGE_NIC.name, "eno1"),
        ("hc1", HOST_ID.name, "3"),
        ("hc2", BRIDGE_NIC.name, "eno2"),
        ("2001:db8::5", SKIP_CHECKS.name, "vm.cpu"),
    }


def full_interview(supplied: Supplied, asker: Any) -> Answers:
    """All real questions under their real conditions; what only a host can tell is left out."""
    questions = [
        replace(question, proposal=lambda context: None, validate=lambda context, value: None, choices=lambda context: ())
        for question in QUESTIONS
    ]
    no_volume: Reading[tuple[GlusterVolume, ...]] = Reading(LOCAL, lambda context: ())
    context = Context(LocalHost("test"), Answers(), Facts([no_volume, *BY_ANSWERS]), FIRST_HOST)
    Interview(KEYS, context, winners(supplied.given), asker).hold(questions)
    return context.answers


class Person:
    """Answers everything with the example or the default, and secrets with a secret."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        key = question.key
        self.asked.append(key.name)
        if key.secret:
            return key.parse("hunter2hunter2")
        return proposal.value if proposal is not None else key.parse(key.example) if key.example else None


@FORMS
def test_with_the_real_questions_only_the_secrets_are_asked_again(path: Path) -> None:
    person, again = Person(), Person()
    first = full_interview(Supplied(), person)
    assert len(person.asked) > 15
    second = full_interview(read_again(saved_answers(first, KEYS, path=path, with_ids=True), path), again)
    assert again.asked == [name for name in person.asked if KEYS[name].secret]
    assert {name: answer.value for name, answer in first.items()} == {name: answer.value for name, answer in second.items()}


@FORMS
def test_saved_answers_are_sorted_commented_narrow_and_without_secrets(path: Path) -> None:
    texts = {name: key.example for name, key in KEYS.items() if key.example and not key.secret}
    text = saved_answers(answers_of(dict(texts)), KEYS, path=path).decode()
    assert "hunter2" not in text
    assert "adminPassword" in text
    assert max(len(line) for line in text.splitlines()) <= 100
    positions = [text.index(name if path.suffix == ".conf" else name.split("/")[1]) for name in sorted(texts)]
    assert positions == sorted(positions) or path.suffix == ".yaml"


@FORMS
def test_what_only_ovirt_knows_is_written_as_it_came_without_its_secrets(path: Path) -> None:
    found = Gathered()
    lines = ["[environment:default]", "OVEHOSTED_STORAGE/spUUID=str:x y", "CORE/logFilter=multi-str:hunter2", " hunter2"]
    lines += [
        "OVEHOSTED_STORAGE/iSCSIPortalPassword=str:hunter2",
        "NETWORK/iptablesRules=multi-str:a",
        " b: c",
        "QUESTION/1/DEPLOY_PROCEED=str:yes",
    ]
    found.file("a.conf", "\n".join(lines).encode())
    kept = collect(found, KEYS, QUESTIONS).kept
    data = saved_answers(Answers(), KEYS, kept, path=path)
    assert b"hunter2" not in data
    again = read_again(data, path)
    assert {(piece.name, piece.text) for piece in again.kept} == {
        ("OVEHOSTED_STORAGE/spUUID", "x y"),
        ("NETWORK/iptablesRules", "a\nb: c"),
        ("QUESTION/1/DEPLOY_PROCEED", "yes"),
    }


@FORMS
def test_ids_that_were_drawn_are_saved_only_where_they_are_wanted(path: Path) -> None:
    """Two deployments from one file must not be the same to sanlock, libvirt and oVirt."""
    answers = full_interview(Supplied(), Person())
    assert answers.source(KEYS["OVEHOSTED_VM/vmUUID"]) is Source.DRAWN
    plain, whole = (saved_answers(answers, KEYS, path=path, with_ids=ids) for ids in (False, True))
    assert [name in plain for name in (b"UUID", b"vmUUID", b"mark", b"vmMACAddr")] == [False, False, False, True]
    assert [name in whole for name in (b"vmUUID", b"sdUUID", b"vmMACAddr")] == [True, True, True]


def test_every_optional_key_takes_the_word_that_is_saved_for_nothing() -> None:
    for key in KEYS.values():
        if key.optional:
            assert key.parse("False") is None


def test_keys_of_uuids_draw_what_they_read() -> None:
    for key in KEYS.values():
        if key.form == "UUID" and key.draw is not None:
            assert isinstance(key.parse(key.text(key.draw())), uuid.UUID)
