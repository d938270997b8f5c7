"""Answer files in the predecessor's form: its own files as they are, and nothing passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.formats.answers.answer_file import read_answer_file
from ovirt_hc_setup.formats.answers.answer_writing import WrittenAnswer, answers_text
from ovirt_hc_setup.formats.answers.known_dialogs import DIALOGS, MEANINGS
from ovirt_hc_setup.formats.answers.known_keys import KNOWN, known_key
from ovirt_hc_setup.formats.answers.typed_value import TYPES


def errors(text: str) -> str:
    return "\n".join(str(error) for error in read_answer_file(text.encode(), "a.conf").errors)


def test_a_multi_str_goes_on_in_indented_lines() -> None:
    found = read_answer_file(b"[environment:default]\nA/b=multi-str:one\n two\n three\nA/c=multi-str:\n one\n", "a.conf")
    assert [line.text for line in found.lines] == ["one\ntwo\nthree", "one"]


def test_line_ends_of_windows_and_a_mark_of_the_byte_order_are_no_part_of_a_value() -> None:
    found = read_answer_file("\ufeff[environment:default]\r\nA/b=str:x\r\n".encode(), "a.conf")
    assert [line.text for line in found.lines] == ["x"]
    assert not found.errors


def test_a_character_that_ends_lines_elsewhere_does_not_split_a_value() -> None:
    found = read_answer_file("[environment:default]\nA/b=str:x\u2028y\x85z\n".encode(), "a.conf")
    assert [line.text for line in found.lines] == ["x\u2028y\x85z"]


def test_of_a_key_that_stands_twice_the_last_counts_and_that_is_said() -> None:
    found = read_answer_file(b"[environment:default]\nA/b=str:x\nA/b=str:y\n[environment:init]\nA/b=str:z\n", "a.conf")
    assert [line.text for line in found.lines] == ["y", "z"]
    assert found.notes == ("a.conf line 3: A/b: it is already in line 2; this one is used",)


def test_each_addition_counts() -> None:
    found = read_answer_file(b"[environment:default]\nAPPEND:A/b=str:x\nAPPEND:A/b=str:y\n", "a.conf")
    assert [line.text for line in found.lines] == ["x", "y"]
    assert not found.notes


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A/b=bool:perhaps", "line 2: A/b is of type bool, but its value is neither True nor False"),
        ("A/b=int:hunter2", "line 2: A/b is of type int, but its value is no whole number"),
        ("A/b=int:4k", "its value is no whole number"),
        ("A/b=object:x", "line 2: the value of A/b has no type"),
        ("A/b=hunter2", "line 2: the value of A/b has no type"),
        ("hunter2", "line 2: neither a section nor KEY=type:value"),
        (" hunter2", "line 2: an indented line, but there is no multi-str value above it"),
        ("[enviroment:default]", "is not a section of an answer file"),
        ("\x1b[2JA/b=str:x", "line 2: the key contains invisible characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_without_the_value(line: str, said: str) -> None:
    text = errors(f"[environment:default]\n{line}\n")
    assert said in text
    assert "hunter2" not in text
    assert "\x1b" not in text


def test_a_key_whose_value_cannot_be_read_is_told_apart_from_one_that_is_missing() -> None:
    assert read_answer_file(b"[environment:default]\nA/b=x\nA/c=int:x\n", "a.conf").spoiled == {"A/b", "A/c"}


VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).filter(lambda text: text == text.rstrip())


@given(st.dictionaries(st.from_regex(r"[A-Z]{1,8}/[A-Za-z0-9_/]{1,8}", fullmatch=True), VALUES, max_size=5))
def test_every_text_of_one_line_can_be_written_and_read_again(values: dict[str, str]) -> None:
    found = read_answer_file(answers_text([WrittenAnswer(name, "str", text) for name, text in values.items()], ("x",)), "a.conf")
    assert not found.errors
    assert {line.key: line.text for line in found.lines} == values


def test_comments_are_wrapped_at_100_columns_and_cannot_end_early() -> None:
    comment = ("word " * 60 + "\nA/c=str:injected\u2028A/d=str:x",)
    text = answers_text([WrittenAnswer("A/b", "str", "x", comment)], ("y " * 90,)).decode()
    assert max(map(len, text.splitlines())) <= 100
    assert [line.key for line in read_answer_file(text.encode(), "a.conf").lines] == ["A/b"]


def test_the_table_of_known_keys_is_sound() -> None:
    assert len(KNOWN) > 190
    assert {known.kind for known in KNOWN.values()} <= set(TYPES)
    for name in ("OVEHOSTED_VDSM/passwd", "OVEHOSTED_STORAGE/iSCSIPortalPassword", "OVEHOSTED_ENGINE/adminPassword"):
        assert KNOWN[name].secret
    assert {key for key in DIALOGS.values() if key} <= set(KNOWN)
    assert {dialog for dialog, _ in MEANINGS} <= set(DIALOGS)


@pytest.mark.parametrize(
    "name", ["QUESTION/1/DEPLOY_PROCEED", "OVESETUP_CONFIG/fqdn", "NETWORK_FIREWALLD_SERVICE/x", "CORE/logDir"]
)
def test_keys_with_a_free_end_are_known(name: str) -> None:
    assert known_key(name)


@pytest.mark.parametrize("name", ["QUESTION/1/NO_SUCH_DIALOG", "OVEHOSTED_VM/vmMemSize", "OVESETUP_", "", "X"])
def test_what_oVirt_never_had_is_unknown(name: str) -> None:  # noqa: N802
    assert known_key(name) is None
