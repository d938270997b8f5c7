"""The lines of the machine dialect are otopi's, and no answer to them gives a traceback or is repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.formats.answers import machine_dialect as dialect
from ovirt_hc_setup.formats.answers.machine_dialect import Query

# An answer that goes wrong in some place is worth more than one that is wrong from its beginning.
ANSWERS = st.text() | st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["VALUE", "CONFIRM", "ABORT", "value", ""]),
    st.sampled_from([" ", "", "  "]),
    st.sampled_from(["NAME", "name", "OTHER"]),
    st.sampled_from(["=", "", ":", "=="]),
    st.text() | st.sampled_from(["yes", "no", "int:5", "bool:x", "none:", "object:x", "str:", "multi-str:a"]),
)


def test_a_request_for_a_line_is_framed_as_otopi_frames_it() -> None:
    asked = Query(name="DISK", notes=("How big?\nIn GiB.",), default="58", valid=("a|b", "c\\d"))
    assert dialect.query(asked) == [
        "**%QStart: DISK",
        "### How big?",
        "### In GiB.",
        "**%QDefault: 58",
        r"**%QValidValues: a\|b|c\\d",
        "**%QHidden: FALSE",
        "***Q:STRING DISK",
        "**%QEnd: DISK",
    ]


def test_a_hidden_request_has_no_default() -> None:
    lines = dialect.query(Query(name="PASSWORD", default="hunter2", hidden=True))
    assert "**%QHidden: TRUE" in lines
    assert "hunter2" not in "".join(lines)


def test_a_log_record_is_one_line_and_a_note_is_as_many_as_it_has() -> None:
    assert dialect.log("ERROR", "one\n  two\x1b[31m") == "***L:ERROR one two"
    assert dialect.note("one\n\ntwo") == ["### one", "###", "### two"]


def test_no_text_makes_a_line_of_its_own_in_the_dialect() -> None:
    evil = "x\n***TERMINATE\r***Q:STRING ROOT\x85***CONFIRM a"
    asked = dialect.query(Query(name="A", default=evil, notes=(evil,), valid=(evil,)))
    lines = [*asked, *dialect.note(evil), dialect.log("INFO", evil), *dialect.confirm("A", evil)]
    for line in lines:
        assert "\n" not in line
        assert "\r" not in line
        assert line not in ("***TERMINATE", "***Q:STRING ROOT")


def test_a_value_of_several_lines_ends_where_the_request_says() -> None:
    lines = dialect.query_lines("HOSTS", ("Which?",))
    assert f"***Q:MULTI-STRING HOSTS {dialect.BOUNDARY} {dialect.ABORT_BOUNDARY}" in lines


def test_typed_answers() -> None:
    assert dialect.typed_answer("VALUE A=str:x=y:z", "A") == ("str", "x=y:z")
    assert dialect.typed_answer("VALUE A=none:", "A") == ("none", "")
    assert dialect.typed_answer("ABORT A", "A") is None


NO_VALUES = ("", "VALUE", "VALUE B=str:x", "VALUE A", "VALUE A=x", "VALUE A=object:x", "VALUE A=int:x", "ABORT")


@pytest.mark.parametrize("line", NO_VALUES)
def test_what_is_no_typed_answer_is_refused(line: str) -> None:
    with pytest.raises(ValueRefused):
        dialect.typed_answer(line, "A")


def test_yes_and_no_are_said_and_nothing_else_is_taken_for_no() -> None:
    assert dialect.confirmed("CONFIRM A=yes", "A") is True
    assert dialect.confirmed("CONFIRM A=no", "A") is False
    assert dialect.confirmed("ABORT A", "A") is None
    for line in ("CONFIRM A=", "CONFIRM A=perhaps", "CONFIRM B=yes", "yes", "Yes", ""):
        with pytest.raises(ValueRefused):
            dialect.confirmed(line, "A")


@given(ANSWERS)
def test_no_answer_gives_a_traceback_or_is_repeated(line: str) -> None:
    for read in (dialect.typed_answer, dialect.confirmed):
        try:
            read(line, "NAME")
        except ValueRefused as error:
            assert "hunter2" not in f"{error.message}{error.hint}"
