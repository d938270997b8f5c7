"""Answer files that are something else: they end soon, take little, and say little."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import AnswersRefused, FormatError
from ovirt_hc_setup.dialog.pieces import Gathered, gathered
from ovirt_hc_setup.dialog.supply import collect, supplied
from ovirt_hc_setup.keys import BUILT_IN
from ovirt_hc_setup.system.host.files import read_named

KEYS = {key.name: key for key in BUILT_IN}
MOST_SAID = 20_000  # characters
MEMORY = 400 * 1024 * 1024  # bytes of addresses for a whole process: the program alone takes 150 MB


def refused(path: Path) -> str:
    with pytest.raises(AnswersRefused) as refusal:
        supplied([path], (), KEYS)
    return str(refusal.value)


def validated_within_limits(path: Path) -> subprocess.CompletedProcess[str]:
    """`answers validate` in a process that may have no more than MEMORY."""
    return subprocess.run(
        [sys.executable, "-m", "ovirt_hc_setup", "answers", "validate", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )


@pytest.mark.parametrize("name", ["a.conf", "a.yaml"])
def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    ended = validated_within_limits(path)
    assert ended.returncode == 2
    assert "is larger than 1024 KiB: this is not an answer file" in ended.stderr


@pytest.mark.parametrize("line", ["x", "A/b", "OVEHOSTED_NETWORK/fqdn=x", "[x", " x", "A/b=str:x", "QUESTION/1/x=str:"])
def test_a_megabyte_of_wrong_lines_is_told_in_a_few(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.conf"
    lines = [f"{line}{number if '=' not in line else ''}" for number in range(1024 * 1024 // (len(line) + 8))]
    path.write_text("\n".join(["[environment:default]", *lines]))
    ended = validated_within_limits(path)
    assert ended.returncode == 2
    assert 0 < len(ended.stderr + ended.stdout) < MOST_SAID


def test_a_megabyte_of_unknown_keys_is_told_in_a_few(tmp_path: Path) -> None:
    path = tmp_path / "a.conf"
    path.write_text("\n".join(["[environment:default]", *(f"OVEHOSTED_X/key{number}=str:x" for number in range(30_000))]))
    ended = validated_within_limits(path)
    assert ended.returncode == 2
    assert "- and " in ended.stderr
    assert len(ended.stderr) < MOST_SAID


def test_a_long_value_a_long_name_and_a_long_section_are_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "a.conf"
    for line in (f"OVEHOSTED_VM/vmVCpus=str:{'9' * 500_000}", f"{'x' * 500_000}=str:1", f"[{'x' * 500_000}]"):
        path.write_text(f"[environment:default]\n{line}\n")
        assert len(refused(path)) < 1000


def test_a_megabyte_of_kept_keys_and_of_warnings_is_told_in_a_few() -> None:
    found = Gathered()
    lines = [f"OVESETUP_X/key{number}=str:x" for number in range(20_000)]
    lines += [f"QUESTION/{number}/CI_EXECUTE_ESETUP=str:no" for number in range(20_000)]
    found.file("a.conf", "\n".join(["[environment:default]", *lines]).encode())
    assert sum(len(note.text) for note in collect(found, KEYS, ()).notes) < MOST_SAID


@pytest.mark.parametrize(("path", "what"), [("/dev/zero", "a device"), ("/dev/tty0", "a device"), ("/", "a folder")])
def test_what_is_no_file_is_not_read(path: str, what: str) -> None:
    if not os.path.exists(path):
        pytest.skip(f"there is no {path} here")
    assert f"the answer file {path} cannot be read: it is {what}" in refused(Path(path))
    found = supplied_secret(path)
    assert f"{path} cannot be read: it is {what}" in found


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "it is a named pipe" in refused(path)
    assert "it is a named pipe" in supplied_secret(path)


def test_a_pipe_of_the_shell_is_read_to_its_end() -> None:
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m ovirt_hc_setup answers validate <(sleep 0.3; cat)"],
        input="[environment:default]\nOVEHOSTED_NETWORK/fqdn=str:engine.corp.test\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "1 answer can be used" in ended.stdout, ended.stderr


def test_an_endless_pipe_of_the_shell_ends() -> None:
    command = f"{sys.executable} -m ovirt_hc_setup answers validate <(cat /dev/zero)"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert "is larger than 1024 KiB" in ended.stderr


def test_a_secret_is_not_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("x" * 5000)
    assert "more than 4096 bytes" in supplied_secret(path)


def supplied_secret(path: str | Path) -> str:
    setting = f"OVEHOSTED_ENGINE/adminPassword=file:{path}"
    return "\n".join(str(error) for error in collect(gathered((), (setting,)), KEYS, ()).errors)


def test_a_file_that_is_named_is_read_through_a_link_and_no_further_than_one_byte_more(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    (tmp_path / "link").symlink_to("file")
    assert read_named(tmp_path / "link", 10) == b"x" * 11
    with pytest.raises(FormatError, match="a folder"):
        read_named(tmp_path, 10)
