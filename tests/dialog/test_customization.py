"""otopi's customization prompt: a front-end sets answers by commands, wrong ones are said, and nothing secret is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.errors import Declined
from ovirt_hc_setup.dialog.customization import COMMANDS, Customization
from ovirt_hc_setup.dialog.line_channel import LineChannel
from ovirt_hc_setup.formats.answers.machine_dialect import ABORT_BOUNDARY, BOUNDARY
from ovirt_hc_setup.keys import BUILT_IN
from ovirt_hc_setup.runner.run_answers import Given, Source

MEMORY, DNS, PASSWORD = keys.VM_MEMORY_MB.name, keys.ENGINE_DNS.name, keys.ADMIN_PASSWORD.name


class Lines(LineChannel):
    """Lines from a list instead of standard input."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.left, self.said = list(lines), list[str]()

    def read(self, *, hidden: bool = False) -> str:
        if not self.left:
            raise Declined("the input ended before the answer came")
        return self.left.pop(0)

    def write(self, lines: Iterable[str]) -> None:
        self.said += lines


def customized(*lines: str, given: Sequence[Given] = ()) -> tuple[dict[str, str], list[str]]:
    channel = Lines(lines)
    found = Customization({key.name: key for key in BUILT_IN}, given, channel).hold()
    assert {one.source for one in found} <= {Source.COMMAND_LINE}
    return {one.name: one.text for one in found}, channel.said


def errors(said: list[str]) -> list[str]:
    return [line for line in said if line.startswith("***L:ERROR")]


def test_what_is_set_counts_as_if_it_stood_on_the_command_line() -> None:
    found, said = customized(f"env-set -k {MEMORY} -t int -v 8192", "noop", "", f"env-get -k {MEMORY}", "install")
    assert found == {MEMORY: "8192"}
    assert f"***D:VALUE {MEMORY}=int:8192" in said
    assert said.count("***Q:STRING CUSTOMIZATION_COMMAND") == 5
    assert errors(said) == []


def test_values_are_asked_with_their_type_and_in_several_lines() -> None:
    lines = (f"env-query -k {MEMORY}", f"VALUE {MEMORY}=int:8192", f"env-query-multi -k {DNS}", "10.0.0.1", "10.0.0.2", BOUNDARY)
    found, said = customized(*lines, "install")
    assert found == {MEMORY: "8192", DNS: "10.0.0.1,10.0.0.2"}
    assert f"***Q:VALUE {MEMORY}" in said
    assert f"***Q:MULTI-STRING {DNS} {BOUNDARY} {ABORT_BOUNDARY}" in said


def test_what_is_known_so_far_is_shown_and_secrets_are_not() -> None:
    supplied = [Given(MEMORY, "2048", Source.FILE_DEFAULT, "a file")]
    lines = (
        f"env-set -k {PASSWORD} -v hunter2",
        f"env-get -k {PASSWORD}",
        "env-show",
        "env-get -k DIALOG/cliVersion",
        "env-get -k X",
    )
    found, said = customized(*lines, "install", given=supplied)
    assert found == {PASSWORD: "hunter2"}
    assert f"***D:VALUE {PASSWORD}=str:********" in said
    assert f"### '{MEMORY}'=int:'2048'" in said
    assert {"***D:VALUE DIALOG/cliVersion=int:1", "***D:VALUE X=none:None"} <= set(said)
    assert not any("hunter2" in line for line in said)


WRONG = (
    "sing",
    "env-set",
    f"env-set -k {MEMORY}",
    f"env-set -k {MEMORY} -t int -v lots",
    f"env-set -k {MEMORY} -t object -v 1",
    "env-set -k OVEHOSTED_VM/vmMemSize -v 1",
    "env-get",
    "env-get -k A B",
    "install now",
    "noop 'unclosed",
    f"env-query -k {MEMORY}",  # and what follows is no answer
)


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_command_is_said_and_the_prompt_comes_again(line: str) -> None:
    answer = ("nonsense",) if line.startswith("env-query") else ()
    found, said = customized(line, *answer, "install")
    assert found == {}
    assert len(errors(said)) == 1


@pytest.mark.parametrize(
    "lines", [("abort",), (f"env-query -k {MEMORY}", f"ABORT {MEMORY}"), ("env-query-multi -k A", ABORT_BOUNDARY), ()]
)
def test_giving_up_and_the_end_of_the_input_are_a_no(lines: tuple[str, ...]) -> None:
    with pytest.raises(Declined):
        customized(*lines)


def test_every_command_is_explained() -> None:
    said = customized("help", "install")[1]
    assert all(f"### {command} - {about}" in said for command, about in COMMANDS.items())
    assert "### env-set - set a value: -k KEY -t TYPE -v VALUE" in customized("env-set --help", "install")[1]


WORDS = st.sampled_from(
    [*COMMANDS, "-k", "-t", "-v", MEMORY, DNS, "int", "none", "str", "'", '"', "\\", "-h", BOUNDARY, "--key=", "\0"]
)
LINES = st.lists(st.lists(WORDS | st.text(max_size=8), max_size=7).map(" ".join), max_size=6)


@given(lines=LINES)
def test_no_command_gives_a_traceback(lines: list[str]) -> None:
    plain: list[Any] = [line.replace("\n", " ") for line in lines]
    try:
        customized(*plain, "install", BOUNDARY, "install")
    except Declined:
        pass
