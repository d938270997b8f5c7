"""What the interview expects of whoever asks a person, and of whatever remembers typed answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Proposal, Question


class GoBack(Exception):
    """The person wants to see the question before this one again."""


class Asker(Protocol):
    """Asks a person. Returns a value that `Key.parse` gave and the question accepts; raises Declined when the person leaves,
    GoBack when the question before is wanted."""

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any: ...


class Draft(Protocol):
    """Answers that were typed, from one sitting to the next."""

    def earlier(self, key: Key[Any]) -> Proposal[Any] | None:
        """What was typed in a sitting before this one."""
        ...

    def answered(self, key: Key[Any], value: Any, found: Proposal[Any] | None) -> None:
        """A person has answered; `found` is what was found out and would be proposed without a draft."""
        ...


class NoDraft:
    """A Draft that keeps nothing."""

    def earlier(self, key: Key[Any]) -> Proposal[Any] | None:
        return None

    def answered(self, key: Key[Any], value: Any, found: Proposal[Any] | None) -> None:
        return None


@dataclass(frozen=True)
class Asked:
    """An answer of this sitting: what had been found out to propose, and what was read to ask for it, by key name. While that
    is the same it needs not be asked again."""

    value: Any
    found: Proposal[Any] | None
    reads: Mapping[Key[Any], tuple[Any, ...]]

    @property
    def typed(self) -> bool:
        """Whether it is the person's own, and not what was proposed."""
        return self.found is None or self.found.value != self.value
