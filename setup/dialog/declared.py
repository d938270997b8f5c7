"""What is declared about an answer, in words: its key, the question that asks for it, and where the name comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ovirt_hc_setup.base.errors import AnswerError
from ovirt_hc_setup.dialog.sorting import Vocabulary
from ovirt_hc_setup.formats.answers.known_keys import KNOWN, KnownKey, known_key
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Question

NOT_ASKED = "NOT ASKED"
_FORMS = {
    "UUID": "a UUID",
    "Fqdn": "a full host name",
    "HostName": "a full host name",
    "MacAddress": "a unicast MAC address",
    "Cidr": "an address with the length of its prefix",
    "DnsServers": "one to three addresses",
    "Ip": "an address",
    "LinkName": "the name of a network interface",
    "BridgeName": "the name of a bridge",
    "ServerName": "a host name or an address",
    "MailAddress": "a mail address",
    "MailAddresses": "mail addresses",
    "TimeZone": "a time zone, as Area/Location",
    "MachineType": "a machine type of QEMU",
    "CpuModel": "a CPU model",
    "AbsolutePath": "a path that begins with /",
    "DomainName": "letters, digits, dashes and underscores",
    "HostNumber": "a whole number from 1 to 250",
    "VolumeHosts": "three host names",
    "BrickDevices": "a path below /dev, or HOST=PATH for each host",
}
_WHOSE = {
    "host": "Each host may have its own, in its section [host:NAME] or with --set NAME:{name}=VALUE; others have this one.",
    "one": "Of one host: this one, or the one in whose section [host:NAME] or --set NAME:{name}=VALUE it is given.",
    "by name": "The value of one host may also be given in its section [host:NAME] or with --set NAME:{name}=VALUE.",
}
_PLAIN_EXAMPLES = {"UUID": "0c7ef1a4-6a3b-4b6e-9d4c-2f5d8e1b7a90"}


@dataclass(frozen=True)
class Declared:
    """A key of ours with the question that asks for it (None: nobody does)."""

    key: Key[Any]
    question: Question[Any] | None

    @property
    def section(self) -> str:
        return self.question.section if self.question is not None else NOT_ASKED

    @property
    def since(self) -> str:
        known = known_key(self.key.name)
        return known.since if known is not None else f"ovirt-hc-setup {self.key.since}"

    @property
    def detected(self) -> bool:
        """Whether the host is looked at for a default."""
        return self.question is not None and self.question.proposes and self.key.default is None

    @property
    def needed(self) -> bool:
        """Whether there is no way to an answer but to give it."""
        has_default = self.key.default is not None or self.key.optional or self.key.draw is not None
        return self.question is not None and not self.question.proposes and not has_default

    @property
    def default(self) -> str:
        """The default in words."""
        if self.key.default is not None:
            return self.key.text(self.key.default) or "empty"
        if self.key.draw is not None:
            return "drawn at random"
        if self.detected:
            return "detected on the host"
        return self.key.nothing if self.key.optional else "none: it must be given" if self.needed else "none"

    @property
    def whose(self) -> str:
        """What single hosts may have of it, in a sentence; empty for what all hosts have in common."""
        return _WHOSE.get(self.key.whose, "").format(name=self.key.name)

    @property
    def type(self) -> str:
        """What the value is, in words."""
        key = self.key
        if key.secret:
            return "a secret (file:PATH and env:NAME tell where it is)"
        if key.choices:
            return f"one of: {', '.join(key.choices)}"
        words = {"int": f"a whole number{_limits(key)}", "bool": "True or False"}.get(key.kind)
        words = words or _FORMS.get(key.form, f"text ({key.form})" if key.form else "text")
        words += f", several with {key.separator!r} between them" if key.separator and key.form != "DnsServers" else ""
        return f"{words}, or {key.nothing}" if key.optional else words

    @property
    def example(self) -> str:
        """A text that the key accepts, empty where only the host knows one."""
        key = self.key
        if key.secret:
            return f"file:/root/{key.name.rsplit('/', 1)[-1]}"
        if key.example or key.default is not None:
            return key.example or key.text(key.default)
        by_kind = {"bool": "True", "int": str(key.least or 1)}.get(key.kind, "")
        return _PLAIN_EXAMPLES.get(key.form, by_kind)


def declared(keys: Mapping[str, Key[Any]], questions: Sequence[Question[Any]]) -> list[Declared]:
    """All keys: those that are asked in the order of their questions, then the others."""
    asked = {question.key.name: Declared(question.key, question) for question in reversed(questions)}  # of several the first
    return [*reversed(asked.values()), *(Declared(key, None) for key in keys.values() if key.name not in asked)]


MOST_BEGUN = 4  # keys that a part of a name may stand for
LISTED = "`ovirt-hc-setup answers keys` lists them."


def find(name: str, every: Sequence[Declared]) -> Declared | KnownKey:
    """By the name of a key, its last part, an old name, or the name of a dialog; raises AnswerError with the nearest name."""
    keys = {one.key.name: one for one in every}
    words = Vocabulary.of({known: one.key for known, one in keys.items()}, [one.question for one in every if one.question])
    wanted = words.dialogs.get(name.split("/", 2)[-1] if name.startswith("QUESTION/") else name, name) or name
    wanted = words.aliases.get(wanted, wanted)
    if wanted in keys:
        return keys[wanted]
    last = [one for known, one in keys.items() if known.rsplit("/", 1)[-1] == wanted]
    if len(last) == 1:
        return last[0]
    others = [known for name, known in KNOWN.items() if name.rsplit("/", 1)[-1] == wanted]
    if (known := known_key(wanted)) is not None or (known := others[0] if len(others) == 1 else None) is not None:
        return known
    near = words.near(name)
    members = ", ".join(known.partition("/")[2] for known in keys if known.lower().startswith(f"{name.strip('/').lower()}/"))
    begun = [known for known in keys if known.rpartition("/")[2].lower().startswith(name.rpartition("/")[2].lower() or "/")]
    hint = f"Did you mean {near or ' or '.join(begun)}?" if near or 0 < len(begun) <= MOST_BEGUN else LISTED
    raise AnswerError(f"there is no key {name!r}", hint=f"Keys in this group: {members}." if members else hint)


def _limits(key: Key[Any]) -> str:
    if key.most is not None:
        return f" from {key.least or 0} to {key.most}"
    return f", at least {key.least}" if key.least else ""
