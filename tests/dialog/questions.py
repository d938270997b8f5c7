"""A program that asks one question of each sort with the real Console and ends with the answers on a line.

`questions.py FOLDER`: the folder holds the draft. It ends with 5 when the person leaves, as every verb does.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import Declined, ValueRefused
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.draft import FileDraft
from ovirt_hc_setup.dialog.said_waiting import looking_for
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.interview import Interview
from ovirt_hc_setup.runner.key import Key, bool_key, int_key, optional_noun_key, secret_key, text_key
from ovirt_hc_setup.runner.question import Choice, Proposal, Question
from ovirt_hc_setup.runner.run_answers import Answers
from ovirt_hc_setup.system.host.commands import LocalHost

CARD = text_key("T/card", "the card that the bridge is made over", example="eno1")
BRIDGE = text_key("T/bridge", "the name of the bridge", default="ovirtmgmt")
FILE = text_key("T/file", "a file", example="/etc/hosts")
STATIC = optional_noun_key("T/static", "an address, or nothing for DHCP", Cidr, nothing=("dhcp",))
SIZE = int_key("T/size", "how large", least=1, most=500)
WORD = secret_key("T/password", "a password")
ADD = bool_key("T/add", "whether to add it", default=False)
KEYS: dict[str, Key[Any]] = {key.name: key for key in (CARD, BRIDGE, FILE, STATIC, SIZE, WORD, ADD)}

CARDS = (
    Choice("eth0", "192.168.1.11/24, 10 Gbit/s"),
    Choice("bond0", "10.0.0.11/24, bond of eth1, eth2"),
    Choice("eth1", "no address", "it is a port of bond0"),
    Choice("eth9", "10.10.10.10/24, 2001:db8::1234:5678:9abc:def0/64, 25 Gbit/s", "it has no link: no cable, or switched off"),
)


def _known(context: Context, name: str) -> None:
    if name not in ("eth0", "bond0"):
        raise ValueRefused(f"there is no network interface {name!r} on this host", hint="Those that can be used: eth0, bond0.")


def _weak(context: Context, password: Secret) -> str:
    return "This password is weak: it is short." if len(password.reveal()) < 8 else ""


def _slowly(context: Context) -> Proposal[int]:
    time.sleep(0.5)  # long enough to be noticed
    return Proposal(61, "the usual size")


def questions(folder: Path) -> list[Question[Any]]:
    network: dict[str, Any] = {"section": "NETWORK CONFIGURATION"}
    vm: dict[str, Any] = {"section": "VM CONFIGURATION"}
    return [
        Question(
            key=CARD,
            prompt="Network interface for the management bridge",
            why="A bridge is made over it and takes over its addresses; the engine VM is plugged into the bridge.",
            proposal=lambda context: Proposal("eth0", "it has the default route"),
            choices=lambda context: CARDS,
            validate=_known,
            order=1,
            **network,
        ),
        Question(key=BRIDGE, prompt="Name of the management bridge", order=2, **network),
        Question(key=FILE, prompt="A file", order=1, complete="path", **vm),
        Question(key=STATIC, prompt="Static address with its prefix length, or dhcp", order=2, **vm),
        Question(key=SIZE, prompt="Size in GiB", order=3, proposal=_slowly, **vm),
        Question(key=WORD, prompt="Password of root", order=4, twice=True, doubt=_weak, **vm),
        Question(key=ADD, prompt="Add it", order=5, **vm),
    ]


def main() -> int:
    folder = Path(sys.argv[1])
    context = Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST)
    draft = FileDraft("deploy", folder / "drafts")
    print(draft.note)
    sections = tuple(dict.fromkeys(question.section for question in questions(folder)))
    console = Console("ovirt-hc-setup deploy", lambda: draft.kept, sections=sections)
    interview = Interview(KEYS, context, {}, console, draft=draft, say=print, waiting=looking_for)
    try:
        interview.hold(questions(folder))
    except Declined as left:
        print(left)
        return left.exit_code
    shown = {key.name: None if context.answers.get(key) is None else str(context.answers[key]) for key in KEYS.values()}
    print("ANSWERS " + json.dumps(shown))
    draft.forget()
    return 0


if __name__ == "__main__":
    sys.exit(main())
