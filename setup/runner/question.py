"""A question: a key, and what a person needs to answer it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.key import Key

T = TypeVar("T")


@dataclass(frozen=True)
class Choice:
    """One thing to choose: the text that answers, what is known of it, and, where it is not offered, why not."""

    text: str
    detail: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Proposal(Generic[T]):
    """A default that was found out, and where it comes from in words."""

    value: T
    origin: str = "detected"


def _nothing(context: Context) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Question(Generic[T]):
    """`section` is one of ours (`plugins.SECTIONS`), or a plugin's own after them, and `order` the place in it; `dialog` the
    predecessor's dialog name. `settle` completes a value with what only this host knows, before `validate` judges it, and leaves
    alone what it cannot complete. `validate` raises ValueRefused. Both are for typed and for supplied values alike. `doubt` says
    in a sentence what speaks against a value that is accepted nevertheless: a person is asked to confirm it, and for supplied
    values there has to be a check. `twice` asks a secret a second time. `closed`: nothing but the choices is taken. `checks` are
    the names of those that judge the answer: what one of them would refuse at the end is not taken from a person; what is
    supplied is left to the checks, with all their findings. `slow`: to propose or validate it takes seconds, so with nobody to
    ask it is left out once another answer is known to be wrong. `goals`: those it is asked for (none: all).
    """

    key: Key[T]
    prompt: str
    section: str
    order: int
    dialog: str = ""
    why: str = ""
    proposal: Callable[[Context], Proposal[T] | None] = _nothing
    choices: Callable[[Context], Sequence[Choice]] = lambda context: ()
    condition: Callable[[Context], bool] = lambda context: True
    settle: Callable[[Context, T], T] = lambda context, value: value
    validate: Callable[[Context, T], None] = lambda context, value: None
    doubt: Callable[[Context, T], str] = lambda context, value: ""
    complete: Literal["", "path"] = ""
    twice: bool = False
    closed: bool = False
    checks: tuple[str, ...] = ()
    slow: bool = False
    goals: Collection[Goal] = ()

    def applies(self, context: Context) -> bool:
        """Whether an answer is wanted here. Raises what its condition raises."""
        return context.goal.is_served_by(self.goals) and self.condition(context)

    def doubted(self, context: Context, value: T) -> str:
        """What `doubt` says; what cannot be found out is none."""
        try:
            return self.doubt(context, value)
        except SetupError:
            return ""

    @property
    def proposes(self) -> bool:
        """Whether a default may be found out on the host."""
        return self.proposal is not _nothing
