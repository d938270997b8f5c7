"""Answer files and --set: nothing that cannot be read is passed over, and everything wrong is said at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies

from ovirt_hc_setup.base.errors import AnswersRefused
from ovirt_hc_setup.dialog.pieces import Gathered, gathered
from ovirt_hc_setup.dialog.supply import collect, supplied
from ovirt_hc_setup.formats.answers.known_dialogs import DIALOGS
from ovirt_hc_setup.formats.answers.known_keys import KNOWN
from ovirt_hc_setup.formats.answers.typed_value import TYPES
from ovirt_hc_setup.runner.key import Key, secret_key, text_key
from ovirt_hc_setup.runner.run_answers import Source

NAME = text_key("T/name", "a name")
PASSWORD = secret_key("T/password", "a password")
KEYS: dict[str, Key[Any]] = {key.name: key for key in (NAME, PASSWORD)}


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_each_section_has_its_own_rank(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conf", "[environment:default]\nT/name=str:a\n[environment:enforce]\nT/name=str:b\n")
    assert [(one.text, one.source) for one in supplied([path], [], KEYS)] == [
        ("a", Source.FILE_DEFAULT),
        ("b", Source.FILE_ENFORCE),
    ]


def test_values_keep_percent_signs_colons_and_blanks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conf", "[environment:default]\nT/name=str:50% of a:b c\n")
    assert supplied([path], [], KEYS)[0].text == "50% of a:b c"


def test_files_of_the_d_folder_come_after_their_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conf", "[environment:default]\nT/name=str:a\n")
    (tmp_path / "a.conf.d").mkdir()
    write(tmp_path / "a.conf.d" / "10.conf", "[environment:default]\nT/name=str:b\n")
    assert [one.text for one in supplied([path], [], KEYS)] == ["a", "b"]


def test_everything_wrong_in_all_files_is_said_with_file_and_line(tmp_path: Path) -> None:
    one = write(tmp_path / "one.conf", "T/name=str:a\n[environment:default]\nT/name=a\nnonsense\n[wrong]\n")
    with pytest.raises(AnswersRefused) as refused:
        supplied([one, tmp_path / "absent.conf"], ["T/name"], KEYS)
    text = str(refused.value)
    for part in (
        "one.conf line 1",
        "one.conf line 3",
        "one.conf line 4",
        "one.conf line 5",
        "absent.conf",
        "--set T/name: no value",
    ):
        assert part in text


def test_a_value_without_a_type_is_not_repeated_since_it_may_be_a_password(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conf", "[environment:default]\nT/password=hunter2\n")
    with pytest.raises(AnswersRefused) as refused:
        supplied([path], [], KEYS)
    assert "hunter2" not in str(refused.value)


def test_a_secret_on_the_command_line_is_refused_unless_it_names_a_file_or_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AnswersRefused, match="can be seen by every user") as refused:
        supplied([], ["T/password=hunter2"], KEYS)
    assert "hunter2" not in str(refused.value)
    path = write(tmp_path / "password", "from a file\n")
    monkeypatch.setenv("HC_TEST_PASSWORD", "from the environment")
    texts = [one.text for one in supplied([], [f"T/password=file:{path}", "T/password=env:HC_TEST_PASSWORD"], KEYS)]
    assert texts == ["from a file", "from the environment"]


def test_a_file_with_a_secret_that_others_can_read_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conf", "[environment:default]\nT/password=str:x\n")
    path.chmod(0o644)
    assert warned_of(path) == [f"{path} contains a secret and other users can read it: chmod 600 {path}"]
    path.chmod(0o600)
    assert warned_of(path) == []


def test_a_file_that_says_where_its_secret_is_holds_none_but_that_other_file_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HC_TEST_PASSWORD", "from the environment")
    secret = write(tmp_path / "password", "from a file\n")
    secret.chmod(0o600)
    path = write(tmp_path / "a.conf", f"[environment:default]\nT/password=str:file:{secret}\n")
    other = write(tmp_path / "b.conf", "[environment:default]\nT/password=str:env:HC_TEST_PASSWORD\n")
    for one in (path, other):
        one.chmod(0o644)
        assert warned_of(one) == []
    secret.chmod(0o644)
    for fetch in (True, False):
        assert warned_of(path, fetch=fetch) == [f"{secret} contains a secret and other users can read it: chmod 600 {secret}"]


def test_a_secret_that_only_ovirt_knows_is_a_secret_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conf", "[environment:default]\nOVEHOSTED_STORAGE/iSCSIPortalPassword=str:x\n")
    path.chmod(0o644)
    assert len(warned_of(path)) == 1


def warned_of(path: Path, *, fetch: bool = True) -> list[str]:
    found = collect(gathered([path], []), KEYS, (), fetch=fetch)
    return [note.text for note in found.notes if note.level == "warning"]


LINES = strategies.lists(
    strategies.builds(
        "{}{}{}{}".format,
        strategies.sampled_from(["", " ", "APPEND:", "PREPEND:", "APPEND:PREPEND:", "[environment:", "[", "#"]),
        strategies.sampled_from([*KEYS, *KNOWN, *(f"QUESTION/1/{dialog}" for dialog in DIALOGS), "QUESTION/x/y", "", "A/b"]),
        strategies.sampled_from(["=", ":", "default]", "init]", *(f"={kind}:" for kind in TYPES), "=str:file:", "=str:env:"]),
        strategies.text(max_size=8),
    ),
    max_size=8,
)


INPUTS = strategies.one_of(strategies.binary(), strategies.text().map(str.encode), LINES.map("\n".join).map(str.encode))


@drawn(INPUTS, strategies.booleans())
def test_no_input_gives_a_traceback(data: bytes, headed: bool) -> None:
    found = Gathered()
    found.file("x.conf", b"[environment:default]\n" + data if headed else data)
    said = collect(found, KEYS, (), fetch=False)
    assert all(one.name.rsplit(":", 1)[-1] in KEYS for one in said.given)
    assert all(str(error) for error in said.errors)


@pytest.mark.parametrize("section", ["[enviroment:default]", "[]", "[DEFAULT]", "[environment:Default]"])
def test_answers_below_a_section_that_there_is_not_are_not_used_and_not_missed(section: str) -> None:
    found = Gathered()
    found.file("x.conf", f"[environment:default]\nT/note=multi-str:a\n{section}\n b\nT/name=str:c\n".encode())
    said = collect(found, KEYS, ())
    assert "x.conf line 3" in str(said.errors[0])
    assert "T/name" in said.spoiled
    assert not said.given
