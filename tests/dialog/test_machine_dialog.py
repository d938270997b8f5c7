"""A program answers the questions: by the predecessor's names, asked again after a wrong answer, and never shown a secret."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import AnswerError, Declined, SetupError, ValueRefused
from ovirt_hc_setup.dialog.line_channel import LONGEST
from ovirt_hc_setup.dialog.machine_dialog import MOST_TRIES, MachineDialog
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.plugins import BUILT_IN
from ovirt_hc_setup.runner.context import Context, Facts, Reading
from ovirt_hc_setup.runner.key import Key, bool_key, int_key, secret_key, text_key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Choice, Proposal, Question
from ovirt_hc_setup.runner.run_answers import Answers
from ovirt_hc_setup.system.host.commands import LocalHost

MEMORY = int_key("T/memory", "memory", least=256, example="4096")
NAME = text_key("T/name", "a name")
PASSWORD = secret_key("T/password", "a password")
FLAG = bool_key("T/flag", "a flag", default=False)


class Stream:
    """A text stream with the bytes below it."""

    def __init__(self, data: bytes = b"") -> None:
        self.buffer = io.BytesIO(data)

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        return None


MEMORY_THERE = Reading(facts.MEMORY_MB, lambda context: 32768)


class Talk:
    """Asks once with the given input on standard input; what came out and what was understood."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.out = Stream()

    def machine(self, data: bytes) -> MachineDialog:
        self.out = Stream()
        self._patch.setattr("sys.stdin", Stream(data))
        self._patch.setattr("sys.stdout", self.out)
        return MachineDialog()

    def ask(self, question: Question[Any], *lines: str, proposal: Proposal[Any] | None = None) -> Any:
        data = "".join(f"{line}\n" for line in lines).encode()
        context = Context(LocalHost("test"), Answers(), Facts([MEMORY_THERE]), FIRST_HOST)
        return self.machine(data).ask(question, context, proposal)

    @property
    def said(self) -> list[str]:
        return self.out.buffer.getvalue().decode().splitlines()


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> Talk:
    return Talk(monkeypatch)


def question(key: Key[Any], **more: Any) -> Question[Any]:
    return Question(key=key, prompt=key.help, section="VM CONFIGURATION", order=1, **more)


def of_key(key: Key[Any]) -> Question[Any]:
    return next(found for found in Plugins(BUILT_IN, ()).questions() if found.key is key)


def test_a_question_has_the_name_of_the_predecessors_dialog(talk: Talk) -> None:
    assert talk.ask(of_key(keys.VM_MEMORY_MB), "8192") == 8192
    assert "***Q:STRING ovehosted_vmenv_mem" in talk.said
    assert "### --== VM CONFIGURATION ==--" in talk.said


def test_a_question_of_ours_has_the_name_of_its_key(talk: Talk) -> None:
    assert talk.ask(question(NAME), "x") == "x"
    assert "***Q:STRING T/name" in talk.said


def test_an_empty_line_takes_the_default_that_was_shown(talk: Talk) -> None:
    assert talk.ask(question(MEMORY), "", proposal=Proposal(4096, "detected")) == 4096
    assert "**%QDefault: 4096" in talk.said


def test_a_wrong_answer_is_said_and_the_request_comes_again(talk: Talk) -> None:
    assert talk.ask(question(MEMORY), "abc", "12", "", "1024") == 1024
    assert talk.said.count("***Q:STRING T/memory") == 4
    assert len([line for line in talk.said if line.startswith("***L:ERROR T/memory: ")]) == 3


def test_the_check_of_the_question_itself_counts_too(talk: Talk) -> None:
    def refuse(context: Context, value: str) -> None:
        if value == "taken":
            raise ValueRefused("that name is taken", hint="Choose another.")

    assert talk.ask(question(NAME, validate=refuse), "taken", "free") == "free"
    assert "***L:ERROR T/name: that name is taken. Choose another." in talk.said


def test_a_doubt_is_confirmed_by_the_predecessors_name_where_it_had_one(talk: Talk) -> None:
    def doubt(context: Context, value: Any) -> str:
        return "That is little." if value == 1024 else ""

    asked = question(MEMORY, dialog="ovehosted_vmenv_mem", doubt=doubt)
    assert talk.ask(asked, "1024", "No", "1024", "Yes") == 1024
    assert [line for line in talk.said if line.startswith("***Q:")] == [
        f"***Q:STRING {name}" for name in ("ovehosted_vmenv_mem", "MEMORY_PROCEED") * 2
    ]
    assert "### That is little." in talk.said
    assert talk.ask(question(MEMORY, doubt=doubt), "1024", "CONFIRM HC_DOUBTED=no", "2048") == 2048


def test_a_front_end_that_never_learns_is_left(talk: Talk) -> None:
    with pytest.raises(AnswerError, match=f"{MOST_TRIES} answers were wrong"):
        talk.ask(question(MEMORY), *["abc"] * (MOST_TRIES + 1))


def test_the_end_of_the_input_is_a_no(talk: Talk) -> None:
    with pytest.raises(Declined, match="the input ended"):
        talk.ask(question(NAME))
    with pytest.raises(Declined, match="the input ended"):
        talk.machine(b"half an ans").ask(question(NAME), Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST), None)


def test_a_password_is_asked_twice_and_never_said(talk: Talk) -> None:
    secret = question(PASSWORD, twice=True)
    assert talk.ask(secret, "hunter2", "hunter3", "hunter2", "hunter2").reveal() == "hunter2"
    assert talk.said.count("**%QHidden: TRUE") == 4
    assert not any("hunter" in line for line in talk.said)


def test_the_predecessors_words_mean_what_they_meant(talk: Talk) -> None:
    assert talk.ask(of_key(keys.CLOUD_INIT), "No") == "skip"
    assert "**%QValidValues: yes|no" in talk.said
    assert talk.ask(of_key(keys.CLOUD_INIT), "", proposal=Proposal("generate", "default")) == "generate"
    assert "**%QDefault: yes" in talk.said
    assert talk.ask(question(FLAG), "Yes") is True
    assert "**%QValidValues: Yes|No" in talk.said


def test_the_predecessors_second_dialog_is_asked_where_it_had_one(talk: Talk) -> None:
    address = question(keys.ENGINE_CIDR, dialog="CI_VM_STATIC_NETWORKING")
    assert str(talk.ask(address, "Static", "192.168.1.5/24")) == "192.168.1.5/24"
    assert [line for line in talk.said if line.startswith("***Q:")] == [
        "***Q:STRING CI_VM_STATIC_NETWORKING",
        "***Q:STRING CLOUDINIT_VM_STATIC_IP_ADDRESS",
    ]
    assert talk.ask(address, "DHCP") is None
    assert talk.ask(address, "") is None
    assert "**%QDefault: dhcp" in talk.said


def test_choices_are_valid_values_only_where_nothing_else_is_taken(talk: Talk) -> None:
    offered = [Choice("eth0", "up"), Choice("eth1", "", "it has no link")]
    talk.ask(question(NAME, choices=lambda context: offered, closed=True), "eth0")
    assert "**%QValidValues: eth0" in talk.said
    assert "###   eth1: not offered, it has no link" in talk.said
    talk.ask(question(NAME, choices=lambda context: offered), "other")
    assert not any("QValidValues" in line for line in talk.said)


def test_a_confirmation_of_the_predecessor_is_a_query(talk: Talk) -> None:
    assert talk.machine(b"Yes\n").confirm("Go on?", default=False, name="SETTINGS_PROCEED") is True
    assert {"### Go on?", "**%QDefault: No", "**%QValidValues: Yes|No", "***Q:STRING SETTINGS_PROCEED"} <= set(talk.said)
    assert talk.machine(b"\n").confirm("Go on?", default=False, name="SETTINGS_PROCEED") is False
    assert talk.machine(b"perhaps\nno\n").confirm("Go on?", default=True, name="SETTINGS_PROCEED") is False


def test_a_confirmation_of_ours_has_no_default_and_can_be_given_up(talk: Talk) -> None:
    assert talk.machine(b"CONFIRM HC_RESET_PROCEED=yes\n").confirm("Back?", default=False, name="HC_RESET_PROCEED") is True
    assert "***CONFIRM HC_RESET_PROCEED Back?" in talk.said
    assert talk.machine(b"\nyes\nCONFIRM X=no\n").confirm("Back?", default=True, name="X") is False
    with pytest.raises(Declined, match="given up at X"):
        talk.machine(b"ABORT X\n").confirm("Back?", default=True, name="X")


def test_a_line_that_is_too_long_or_no_text_is_refused_and_does_no_harm_to_the_next(talk: Talk) -> None:
    data = b"x" * (3 * LONGEST) + b"\n\xff\xfe\nright\n"
    asked = question(NAME)
    assert talk.machine(data).ask(asked, Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST), None) == "right"
    errors = [line for line in talk.said if line.startswith("***L:ERROR")]
    assert "longer than" in errors[0]
    assert "not UTF-8" in errors[1]


WORDS = (b"Static", b"yes", b"CONFIRM HC_X=yes", b"ABORT HC_X", b"", b"8192", b"\xff", b" ", b"\0")


@given(data=st.binary() | st.lists(st.sampled_from(WORDS)).map(b"\n".join))
@settings(max_examples=200, deadline=None)
def test_no_input_gives_a_traceback(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        talk = Talk(patch)
        context = Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST)
        machine = talk.machine(data)
        for one in (question(MEMORY), question(NAME), question(PASSWORD, twice=True), question(FLAG), of_key(keys.CLOUD_INIT)):
            try:
                machine.ask(one, context, None)
                machine.confirm("?", default=True, name="HC_X")
                machine.confirm("?", default=True, name="SETTINGS_PROCEED")
            except SetupError:
                continue
