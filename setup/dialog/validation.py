"""Answer files checked without the host that they are for: everything that can be told from the files themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar, cast

from ovirt_hc_setup.base.errors import AnswerError, SetupError, ValueRefused
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.dialog.declared import Declared
from ovirt_hc_setup.dialog.pieces import Gathered
from ovirt_hc_setup.dialog.shared_answers import IDENTITY, SHARED
from ovirt_hc_setup.dialog.skipping import without_a_check
from ovirt_hc_setup.dialog.supply import collect
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.interview import winners
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.run_answers import Answers, Given

T = TypeVar("T")


class _NeedsHost(Exception):
    """Something asked for the host. No SetupError: a validator would turn that into an error of the value."""


class _NoHost:
    name = "no host"

    def __getattr__(self, name: str) -> NoReturn:
        raise _NeedsHost("there is no host to ask here")


class _NoFacts(Facts):
    """Those that follow from answers, and no others."""

    def __init__(self, readings: Iterable[Reading[Any]]) -> None:
        super().__init__([reading for reading in readings if reading.by_answers])

    def of(self, fact: Fact[T], context: Context) -> T:
        try:
            return super().of(fact, context)
        except LookupError:
            raise _NeedsHost(f"{fact.name} is known on the host only") from None


@dataclass
class Validation:
    """`good` answers; what is wrong; names that only the host can judge further; secrets that were left where they are; names
    that are needed and not there; names that have to be given and still have the value of the template.
    """

    good: int = 0
    errors: list[SetupError] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    on_host: list[str] = field(default_factory=list)
    elsewhere: list[Given] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)


def validated(found: Gathered, every: Sequence[Declared], plugins: Plugins, goal: Goal = FIRST_HOST) -> Validation:
    """Types, values and names of everything that was gathered; never raises. Files and variables with secrets are not opened."""
    keys = {one.key.name: one.key for one in every}
    questions = [one.question for one in every if one.question is not None]
    supplied = collect(found, keys, questions, fetch=False)
    result = Validation(errors=supplied.errors, notes=supplied.notes, elsewhere=supplied.elsewhere)
    result.errors += without_a_check([*supplied.given, *supplied.of_hosts], plugins.checks())
    context = Context(cast("Host", _NoHost()), Answers(), _NoFacts(plugins.readings()), goal)
    given = winners(supplied.given)
    hosts = [error for one in supplied.of_hosts if (error := _parsed(one, {}, keys, context)) is not None]
    result.errors += hosts
    wrong = [(one.name, error) for one in supplied.given if (error := _parsed(one, given, keys, context)) is not None]
    bad = {name for name, _ in wrong} | supplied.spoiled
    hanging = {question.key.name for question in questions if _hangs_on(question, bad, context)}
    result.errors += [error for name, error in wrong if name not in hanging]
    bad |= hanging
    result.good = len(given) - len(bad & given.keys()) + len(supplied.of_hosts) - len(hosts)
    for question in questions:
        if question.key.name in given and question.key.name not in bad:
            _judge(question, given[question.key.name], context, result)
    from_storage = {key.name for key in (*IDENTITY, *SHARED)} if goal == JOINING else set()
    there = {*from_storage, *given, *bad, *(one.name for one in supplied.elsewhere)}
    result.missing = [
        one.key.name for one in every if one.needed and one.key.name not in there and _applies(one.question, context)
    ]
    result.examples = [
        one.key.name for one in every if one.needed and one.key.name in given and given[one.key.name].text == one.example
    ]
    return result


def _parsed(one: Given, best: Mapping[str, Given], keys: Mapping[str, Any], context: Context) -> AnswerError | None:
    """What is wrong with it. Also what another value overrules is read: it is wrong where it stands."""
    try:
        value = keys[one.name].parse(one.text)
    except ValueRefused as error:
        return AnswerError(f"{one.name} from {one.origin}: {error.message}", hint=error.hint)
    if best.get(one.name) is one:
        context.answers.put(keys[one.name], value, one.source, one.origin)
    return None


def _hangs_on(question: Question[Any], wrong: Collection[str], context: Context) -> bool:
    """Whether one of the answers that are wrong, beside its own, decides if the question is asked at all."""
    with context.answers.watched() as reads:
        _applies(question, context)
    return any(key.name in wrong for key in reads - {question.key})


def _judge(question: Question[Any], given: Given, context: Context, result: Validation) -> None:
    """What the question itself has against the value, as far as it needs no host for that."""
    name = question.key.name
    try:
        if question.complete == "path":  # of a file on the host
            result.on_host.append(name)
        elif question.applies(context):
            question.validate(context, question.settle(context, context.answers[question.key]))
    except _NeedsHost:
        result.on_host.append(name)
    except ValueRefused as error:
        result.errors.append(AnswerError(f"{name} from {given.origin}: {error.message}", hint=error.hint))
        result.good -= 1
    except SetupError:
        result.on_host.append(name)  # it hangs on another answer, which is there by then


def _applies(question: Question[Any] | None, context: Context) -> bool:
    try:
        return question is not None and question.applies(context)
    except (SetupError, _NeedsHost):
        return True
