"""What is easy to guess is said to be, with the reason and without the password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.model.password_quality import weakness


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "fewer than 8 characters"),
        ("x7!Kq2z", "fewer than 8 characters"),
        ("aaaaaaaaaaab", "different characters"),
        ("abababababab", "different characters"),
        ("20394857", "digits only"),
        ("abcdefgh", "a row"),
        ("hgfedcba9876", "a row"),
        ("qwertyuiop1234", "a row"),
        ("Password1", "common"),
        ("P@ssw0rd!!", "common"),
        ("123password", "common"),
        ("ovirt2026!", "common"),
        ("Management7", "common"),
    ],
)
def test_weak(password: str, why: str) -> None:
    said = weakness(password, ("management", "example", "com"))
    assert why in said
    assert not password or password not in said


@pytest.mark.parametrize("password", ["correct horse battery", "x7!Kq2zP", "management by walking", "слова из снов"])
def test_not_found_weak(password: str) -> None:
    assert weakness(password, ("management", "example")) == ""


@given(st.text(max_size=40), st.lists(st.text(max_size=5), max_size=3))
def test_any_text_is_judged(password: str, words: list[str]) -> None:
    assert isinstance(weakness(password, words), str)


@given(st.text(min_size=4, max_size=20))
def test_the_reason_does_not_depend_on_the_password(password: str) -> None:
    assert weakness(password) in {weakness(known) for known in ("", "aaaaaaaa", "20394857", "abcdefgh", "Password1", "x7!Kq2zP")}
