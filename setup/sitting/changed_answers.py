"""Going on with an interrupted run although some answers are given otherwise now.

What was begun was made of the old answers, so an answer may change only as long as nothing that was begun hangs on it. What
hangs on it is not listed anywhere: the plan is made twice, of the old and of the new answers, and compared.

A step that failed and of which nothing is there has committed nothing: its answers may still change. It is undone as it was begun
before the run goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ovirt_hc_setup.base.errors import AnswersRefused, SetupError, UsageError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.commandline.audience import dialog_of
from ovirt_hc_setup.keys import ADDITIONAL_HOSTS
from ovirt_hc_setup.model.other_hosts import OtherHosts, is_called, meant
from ovirt_hc_setup.runner.interview import winners
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.resource import Resource, Verdict
from ovirt_hc_setup.runner.run_answers import Given, Source
from ovirt_hc_setup.runner.run_folder import RunFolder, plain_resource
from ovirt_hc_setup.sitting.wizard import Wizard

HINT = "Continue with the old answer, or undo the run first: ovirt-hc-setup reset"


FINISHED = ("done", "found")


@dataclass(frozen=True)
class Change:
    """An answer that is not the one of the run."""

    key: Key[Any]
    given: Given
    value: Any
    before: str | None
    now: str | None

    def __str__(self) -> str:
        return f"{self.key.name} is {self.now!r} in {self.given.origin}, but the interrupted run has {self.before!r}"


def take_over(wizard: Wizard, folder: RunFolder) -> None:
    """Change the answers and the plan of a run to what is supplied now, if a person who can be asked agrees.

    Raises AnswersRefused for everything that cannot be changed any more, and then nothing is changed.
    """
    found = _amended(wizard, folder)
    if found.changes and _agreed(wizard, found.changes):
        folder.amend(found.wizard.keep_answers(), found.plan, wizard.kinds, found.replaced)
        for change in found.changes:
            text = f"Changed for the rest of the run: {change.key.name} is {change.now!r}, was {change.before!r}"
            wizard.report(Note(level="warning", text=text))


def would_change(wizard: Wizard, folder: RunFolder) -> None:
    """Say what would be changed. Raises AnswersRefused as `take_over` does."""
    for change in _amended(wizard, folder).changes:
        wizard.report(Note(level="warning", text=f"Would be changed for the rest of the run: {change}"))


@dataclass(frozen=True)
class Amended:
    """The changes, a wizard that has taken them, the plan with them, and what was begun otherwise and committed nothing."""

    changes: Sequence[Change]
    wizard: Wizard
    plan: Sequence[Resource] = ()
    replaced: Sequence[Resource] = ()


def _amended(wizard: Wizard, folder: RunFolder) -> Amended:
    _refuse_other_secrets(wizard, folder)
    changes = _changes(wizard, folder)
    if not changes:
        return Amended(changes, wizard)
    before, now = _recalled(wizard, folder, ()), _recalled(wizard, folder, changes)
    _refuse_invalid(now, changes)
    old, new = before.plugins.resources(before.context), now.plugins.resources(now.context)
    affected = _affected(old, new)
    begun = set(folder.journal.to_undo()) | {one.name for one in old if folder.journal.last(one.name) in FINISHED}
    replaced = [one for one in folder.resources(wizard.kinds) if one.name in affected & begun and _not_there(one, wizard, folder)]
    if fixed := sorted(affected & begun - {one.name for one in replaced}):
        made = f"and these steps already used it: {', '.join(fixed)}"
        raise AnswersRefused([UsageError(f"{change}, {made}", hint=HINT) for change in changes])
    kept = {one.name: one for one in folder.resources(wizard.kinds) if one.name not in affected}
    return Amended(changes, now, [kept.get(one.name, one) for one in new], replaced)


def _not_there(resource: Resource, wizard: Wizard, folder: RunFolder) -> bool:
    """Whether a step that was begun has committed nothing. What cannot be looked at may be there."""
    if folder.journal.last(resource.name) in FINISHED or resource.holds_data():
        return False
    try:
        return resource.probe(wizard.host).verdict is Verdict.NEEDED
    except (SetupError, OSError):
        return False


def _agreed(wizard: Wizard, changes: Sequence[Change]) -> bool:
    """A person may have corrected a file's answer at the prompt, and give the same file again."""
    dialog = dialog_of(wizard.options)
    if dialog is None or wizard.options.yes:
        return True
    with wizard.report.pause():
        said = "\n".join(str(change) for change in changes)
        return dialog.confirm(f"{said}\nChange it for the rest of the run?", default=False, name="HC_CHANGE_ANSWERS")


def _refuse_other_secrets(wizard: Wizard, folder: RunFolder) -> None:
    stored = folder.secrets.all()
    errors = [
        UsageError(f"{name} in {given.origin} is not the one of the interrupted run", hint=HINT)
        for name, given in winners(wizard.supplied()).items()
        if name in stored and stored[name].reveal() != given.text
    ]
    if errors:
        raise AnswersRefused(errors)


def _changes(wizard: Wizard, folder: RunFolder) -> list[Change]:
    given = winners(wizard.supplied())
    found = _differing(wizard, folder, [one for name, one in given.items() if ":" not in name])
    return found + _differing(wizard, folder, _of_hosts(wizard, folder, given, {change.key.name for change in found}))


def _of_hosts(wizard: Wizard, folder: RunFolder, given: Mapping[str, Given], changed: Collection[str]) -> list[Given]:
    """What counts for each host that joins in the run: what is given for it, and what is `changed` for all, unless the run has
    another answer for it than for all. A host is called here as the run calls it."""
    named = (folder.answers.get(ADDITIONAL_HOSTS.name) or {}).get("text")
    hosts = [other.host for other in OtherHosts.parse(named).hosts] if named else []
    # Of no host of the run, or of several: they stay as they are written, for whoever reads the answers.
    called = [(host,) for host in hosts]
    counting = [one for name, one in given.items() if ":" in name and len(meant(_host(name), called)) != 1]
    for one in wizard.counting_for(hosts):
        name = one.name.rpartition(":")[2]
        there = _answered(folder, one.name)
        own = there is not None and there["text"] != (folder.answers.get(name) or {}).get("text")
        if one.host or (name in changed and not own):
            counting.append(one)
    return counting


def _differing(wizard: Wizard, folder: RunFolder, supplied: Iterable[Given]) -> list[Change]:
    found = []
    questions = {question.key.name: question for question in wizard.plugins.questions()}
    for given in supplied:
        key = wizard.keys.get(given.name)
        if key is None or key.secret:
            continue
        wizard.context.answers.put_text(key, given)
        value = wizard.context.answers[key]
        if key.name in questions:
            value = questions[key.name].settle(wizard.context, value)
        before, now = _before(folder, key), _text(key, value)
        if now != before:
            found.append(Change(key, given, value, before, now))
    return found


def _before(folder: RunFolder, key: Key[Any]) -> str | None:
    """What the run goes by: where nobody answered, and nobody was asked, the key's own default."""
    answer = _answered(folder, key.name)
    return _text(key, key.default) if answer is None else answer["text"]


def _answered(folder: RunFolder, name: str) -> Mapping[str, str | None] | None:
    """The answer of the run; of another host also one that was given by another name of it."""
    key = name.rpartition(":")[2]
    others = [known for known in folder.answers if known.endswith(f":{key}") and is_called(_host(known), (_host(name),))]
    return next((folder.answers[known] for known in (name, *others) if known in folder.answers), None)


def _host(name: str) -> str:
    """Whose answer it is; empty for one of this host or of all."""
    return name.rpartition(":")[0]


def _text(key: Key[Any], value: Any) -> str | None:
    return None if value is None else key.text(value)


def _recalled(wizard: Wizard, folder: RunFolder, changes: Sequence[Change]) -> Wizard:
    recalled = Wizard(wizard.options, wizard.host, wizard.report, None, wizard.goal, remembered=wizard.named)
    recalled.keys |= wizard.keys  # those of other hosts too
    recalled.context = replace(recalled.context, facts=wizard.context.facts)  # what was looked up is the same for both
    recalled.recall(folder)
    _recall_forgotten(recalled, folder)
    for change in changes:
        recalled.context.answers.put(change.key, change.value, change.given.source, change.given.origin)
    return recalled


def _recall_forgotten(recalled: Wizard, folder: RunFolder) -> None:
    """Secrets that the run's plan has and a reboot has forgotten: that there are some decides what a plan has, not which."""
    read = {name for resource in folder.resources(recalled.kinds) for name in resource.reads_secrets}
    for name in read - folder.secrets.all().keys():
        recalled.context.answers.put(recalled.keys[name], Secret("forgotten"), Source.RESUMED, "the interrupted run")


def _refuse_invalid(wizard: Wizard, changes: Sequence[Change]) -> None:
    questions = {question.key.name: question for question in wizard.plugins.questions()}
    errors: list[SetupError] = []
    for change in changes:
        question = questions.get(change.key.name)
        try:
            if question is not None and question.applies(wizard.context):
                question.validate(wizard.context, wizard.context.answers[change.key])
        except SetupError as error:
            errors.append(UsageError(f"{change.key.name} from {change.given.origin}: {error.message}", hint=error.hint))
    if errors:
        raise AnswersRefused(errors)


def _affected(old: Sequence[Resource], new: Sequence[Resource]) -> set[str]:
    """The names of the resources that are otherwise, there, or gone, in the new plan."""
    before, now = ({one.name: plain_resource(one) for one in plan} for plan in (old, new))
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
