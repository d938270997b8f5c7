"""Answer files in YAML: the same keys, flat or nested, with the text that stands in the file, and nothing dangerous."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovirt_hc_setup.formats.answers.answer_form import is_yaml, read_answers
from ovirt_hc_setup.formats.answers.answer_writing import WrittenAnswer, answers_text
from ovirt_hc_setup.formats.answers.answer_yaml import read_answer_yaml


def read(text: str) -> dict[str, tuple[str, str | None]]:
    found = read_answer_yaml(text.encode(), "a.yaml")
    assert not found.errors
    return {line.key: (line.kind, line.text) for line in found.lines}


def wrong(text: str) -> str:
    found = read_answer_yaml(text.encode(), "a.yaml")
    assert found.errors
    return "\n".join(str(error) for error in found.errors)


def test_nested_and_flat_keys_are_the_same() -> None:
    assert read("OVEHOSTED_VM: {vmVCpus: 4}") == read("OVEHOSTED_VM/vmVCpus: 4") == {"OVEHOSTED_VM/vmVCpus": ("int", "4")}


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("4096", "int", "4096"),
        ("'4096'", "str", "4096"),
        ("yes", "bool", "yes"),
        ("'yes'", "str", "yes"),
        ("null", "none", None),
        ("~", "none", None),
        ("", "none", None),
        ('""', "str", ""),
        ("1.5", "str", "1.5"),
        ("2024-01-01", "str", "2024-01-01"),
        ("a: b".replace(": ", ":"), "str", "a:b"),
        ("50% off", "str", "50% off"),
        ("[10.0.0.1, 10.0.0.2]", "multi-str", "10.0.0.1\n10.0.0.2"),
        # Numbers of base 60 and 8, which nobody means.
        ("52:54:00:12:34:56", "str", "52:54:00:12:34:56"),
        ("010", "str", "010"),
    ],
)
def test_a_scalar_keeps_its_text_and_its_type(value: str, kind: str, text: str | None) -> None:
    assert read(f"A/b: {value}") == {"A/b": (kind, text)}


def test_sections_may_stand_around_the_keys() -> None:
    found = read_answer_yaml(b"A/b: x\nenvironment:enforce:\n  A: {b: y}\n", "a.yaml")
    assert [(line.section, line.text) for line in found.lines] == [("environment:default", "x"), ("environment:enforce", "y")]


def test_a_group_of_which_everything_is_commented_out_is_nothing() -> None:
    assert read("OVEHOSTED_VM:\n  # vmVCpus: 4\n") == {}


def test_an_empty_file_answers_nothing() -> None:
    assert read("") == read("# nothing\n") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A/b: 1\nA:\n  b: 2\n", "a.yaml line 3: A/b is already in line 1"),
        ("A/b: 1\nA/b: 1\n", "a.yaml line 2: A/b is already in line 1"),
        ("A/b: &x 1\nA/c: *x\n", "line 1: anchors and aliases"),
        ("A/b: !!python/object/apply:os.system [id]\n", "the value of A/b has a tag"),
        ("A/b: !mine x\n", "line 1: the value of A/b has a tag"),
        ("A/b: [[1]]\n", "the list of A/b has to hold texts or numbers"),
        ("- a\n- b\n", "line 1: answers are a mapping"),
        ("A:\n\tb: 1\n", "a.yaml line 2: this is not YAML"),
        ("A/b: 'x\n", "this is not YAML"),
        ("a: b: c\n", "line 1: this is not YAML"),
        ("A/b: 1\n---\nA/b: 2\n", "line 2: this is not YAML"),
        ("[1, 2]: x\n", "line 1: this is not a key"),
        ('A/b: "\\uD800"\n', "half a character"),
        ('A/b: "\\UFFFFFFFF"\n', "this YAML cannot be read"),
        ("{a: " * 30 + "}" * 30, "nested too deeply"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    assert said in wrong(text)


def test_everything_wrong_is_said_at_once() -> None:
    text = wrong("A/b: !x 1\nA/c: [[1]]\nA/d: 1\nA/d: 2\n")
    assert all(f"line {number}:" in text for number in (1, 2, 4))


def test_a_value_that_is_refused_is_not_repeated() -> None:
    assert "hunter2" not in wrong("A/password: !x hunter2\n")


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    begun = time.monotonic()
    assert "anchors and aliases" in wrong(bomb)
    assert time.monotonic() - begun < 2


def test_a_file_of_endless_values_is_refused() -> None:
    assert "this is not an answer file" in wrong("".join(f"a{number}/b: 1\n" for number in range(20_000)))


@pytest.mark.parametrize(
    ("name", "text", "yaml"),
    [
        ("a.yaml", "", True),
        ("a.yml", "[environment:default]", True),
        ("a.conf", "# x\nA/b: 1\n", True),
        ("-", "A:\n  b: 1\n", True),
        ("-", "---\n", True),
        ("-", "[environment:default]\nA/b=str:x: y\n", False),
        ("-", "A/b=str:x: y\n", False),
        ("-", "", False),
        ("-", "nonsense", False),
    ],
)
def test_the_form_is_told_by_the_name_and_else_by_the_text(name: str, text: str, yaml: bool) -> None:
    assert is_yaml(text.encode(), name) is yaml


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}/[A-Za-z0-9_/]{1,8}", fullmatch=True)


@given(st.dictionaries(NAMES, TEXTS, max_size=5))
def test_every_text_can_be_written_and_read_again(values: dict[str, str]) -> None:
    found = read_answer_yaml(
        answers_text([WrittenAnswer(name, "str", text) for name, text in values.items()], ("x",), yaml=True), "a.yaml"
    )
    assert not found.errors
    assert {line.key: line.text for line in found.lines} == values


YAML_LIKE = st.lists(
    st.sampled_from([*"ab:/-[]{}&*!|>%@#,?'\"\\ \n\t01~<=", "\n  ", ": ", "- ", "!!int ", "\\x", "<<: "]), max_size=60
)


@settings(max_examples=300)
@given(st.one_of(st.binary(), st.text().map(str.encode), YAML_LIKE.map(lambda parts: "".join(parts).encode())))
def test_no_input_gives_a_traceback(data: bytes) -> None:
    for name in ("a.yaml", "a.conf"):
        for line in read_answers(data, name).lines:
            assert line.key
