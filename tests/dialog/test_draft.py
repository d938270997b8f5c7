"""What was typed is kept until a run is confirmed, never a secret; a draft that cannot be used is a note and no error."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ovirt_hc_setup.dialog.draft import FileDraft, clock
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.runner.key import int_key, optional_noun_key, secret_key, text_key
from ovirt_hc_setup.runner.question import Proposal

NAME = text_key("T/name", "a name")
SIZE = int_key("T/size", "a size", least=1)
STATIC = optional_noun_key("T/static", "an address or nothing", Cidr)
DRAWN = int_key("T/drawn", "drawn", draw=lambda: 7)
PASSWORD = secret_key("T/password", "a password")
FOUND = Proposal("found", "detected")


def again(draft: FileDraft) -> FileDraft:
    """The next sitting."""
    return FileDraft(draft.verb, draft.folder)


@pytest.fixture
def draft(tmp_path: Path) -> FileDraft:
    return FileDraft("deploy", tmp_path / "state" / "drafts")


def test_a_typed_answer_is_offered_in_the_next_sitting_with_its_hour(draft: FileDraft) -> None:
    draft.answered(NAME, "typed", FOUND)
    assert draft.earlier(NAME) is None  # this sitting has the answer itself
    offered = again(draft).earlier(NAME)
    assert offered is not None
    assert (offered.value, offered.origin) == ("typed", f"your answer of {clock(time.time())}")
    assert again(draft).note.endswith(f"are offered as defaults. To discard them: rm {draft.path}")


def test_only_root_can_read_it(draft: FileDraft) -> None:
    draft.answered(NAME, "typed", None)
    assert stat.S_IMODE(os.stat(draft.path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(draft.folder).st_mode) == 0o700


def test_nothing_is_an_answer_too(draft: FileDraft) -> None:
    draft.answered(STATIC, None, None)
    offered = again(draft).earlier(STATIC)
    assert offered is not None
    assert offered.value is None


def test_what_was_found_out_is_found_out_again_and_what_was_drawn_is_kept(draft: FileDraft) -> None:
    draft.answered(NAME, "typed", FOUND)
    draft.answered(NAME, "found", FOUND)
    draft.answered(DRAWN, 3, Proposal(3, "drawn"))
    assert again(draft).earlier(NAME) is None
    assert again(draft).earlier(DRAWN) is not None


def test_a_secret_is_neither_kept_nor_read(draft: FileDraft) -> None:
    draft.answered(PASSWORD, PASSWORD.parse("hunter2hunter2"), None)
    assert not draft.path.exists()
    draft.answered(text_key(PASSWORD.name, "once no secret"), "hunter2", None)
    assert again(draft).earlier(PASSWORD) is None


def test_what_was_not_asked_again_stays_and_all_is_gone_when_it_is_forgotten(draft: FileDraft) -> None:
    draft.answered(NAME, "typed", None)
    second = again(draft)
    second.answered(SIZE, 5, None)
    third = again(draft)
    assert third.earlier(NAME) is not None
    third.forget()
    assert not draft.path.exists()
    assert (third.earlier(NAME), again(draft).note) == (None, "")


def test_an_answer_that_the_key_does_not_take_any_more_is_not_offered(draft: FileDraft) -> None:
    draft.answered(text_key(SIZE.name, "once a text"), "large", None)
    assert again(draft).earlier(SIZE) is None


def test_verbs_have_drafts_of_their_own(draft: FileDraft) -> None:
    draft.answered(NAME, "typed", None)
    assert FileDraft("add-host", draft.folder).earlier(NAME) is None


def test_another_version_is_left_out_with_a_note(draft: FileDraft) -> None:
    draft.folder.mkdir(parents=True)
    draft.path.write_text(json.dumps({"format": 2, "answers": {NAME.name: {"text": "x", "at": 1.0}}}))
    assert "another version" in again(draft).note
    assert again(draft).earlier(NAME) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=80) | st.just(b'{"format": 1, "answers": {"T/name": {"text": 1}}}'))
def test_whatever_is_in_it_is_no_error(draft: FileDraft, data: bytes) -> None:
    draft.folder.mkdir(parents=True, exist_ok=True)
    draft.path.write_bytes(data)
    found = again(draft)
    assert "cannot be read" in found.note
    found.answered(NAME, "typed", None)
    assert again(draft).earlier(NAME) is not None


def test_a_folder_in_its_place_is_no_error(draft: FileDraft) -> None:
    draft.path.mkdir(parents=True)
    found = again(draft)
    assert "cannot be read" in found.note
    found.answered(NAME, "typed", None)


def test_it_says_whether_answers_are_kept(draft: FileDraft) -> None:
    assert draft.kept == ""
    draft.answered(NAME, "typed", None)
    assert draft.kept == "Your answers are kept."
    shutil.rmtree(draft.folder)
    draft.folder.write_text("a file in the way")
    draft.answered(NAME, "other", None)
    assert draft.kept.startswith("Your answers cannot be kept: ")
