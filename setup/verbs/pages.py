"""What comes between the questions and "Yes": preview, checks, plan. A person at a terminal reads pages and can change an answer
from there, also when a check has failed; all others are told line by line."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ovirt_hc_setup.base.errors import Declined, SetupError
from ovirt_hc_setup.base.events import Event, Found, Note, Planned
from ovirt_hc_setup.base.secrets import MASK
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.dialog.shared_answers import ORIGIN as SHARED
from ovirt_hc_setup.keys import CONFIRM_SETTINGS
from ovirt_hc_setup.runner.answers import Source
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.verbs.wizard import Wizard

WAYS = ("change", "again", "quit")
LEFT = "Nothing was changed on this host. Your answers are kept; the same command offers them as defaults."


def agreed(wizard: Wizard) -> list[Resource]:
    """Show the answers, check them, show the plan; its resources. Raises CheckFailed, or Declined when the person leaves."""
    reader = _reader(wizard)
    if reader is not None:
        return Reading(wizard, reader).through()
    wizard.preview()
    wizard.check()
    planned = wizard.plan()
    for _, event in planned:
        wizard.report(event)
    return [resource for resource, _ in planned]


def _reader(wizard: Wizard) -> Dialog | None:
    """Who reads pages: a person at a terminal, unless everything was agreed to beforehand."""
    args = wizard.args
    if args.yes or args.output == "jsonl" or wizard.context.answers.get(CONFIRM_SETTINGS) is not None:
        return None
    from ovirt_hc_setup.dialog.console import Console  # here: what only shows help does not wait for prompt_toolkit

    return wizard.asker if isinstance(wizard.asker, Console) else None


@dataclass(frozen=True)
class Reading:
    """A person who reads, and may change what is read."""

    wizard: Wizard
    dialog: Dialog

    def through(self) -> list[Resource]:
        """Again and again until everything is right and nothing is to be changed any more. Raises what was wrong, or Declined."""
        self._preview()
        while True:
            try:
                warned = self._check()
                planned = self.wizard.plan()
            except Declined:
                raise
            except SetupError as failed:
                self._mend(failed)
                continue
            except KeyboardInterrupt:
                self.wizard.report(Note(text=LEFT))
                raise
            self._plan(warned, planned)
            return [resource for resource, _ in planned]

    # --- the answers

    def _preview(self) -> None:
        from ovirt_hc_setup.report import pages, preview_page, turning  # with rich, which costs a tenth of a second

        page = turning.Page(preview_page.TITLE, "changes that line", "HC_PREVIEW")
        number = 0
        while True:
            questions = self.wizard.answered()
            lines = [self._line(question) for question in questions]
            with self.wizard.report.pause():
                number = page.read(self.dialog.text, partial(preview_page.preview_entries, lines), at=number)
                if not number:
                    return
                print(f"\n{pages.folded(preview_page.whole(lines[number - 1]), shutil.get_terminal_size().columns)}")
            self._change(questions[number - 1])

    def _line(self, question: Question[Any]) -> Any:
        from ovirt_hc_setup.report.preview_page import Line

        answers, key = self.wizard.context.answers, question.key
        value, origin = _words(key, answers.get(key)), answers.origin(key)
        default, where = ("", "")
        if (found := self._default(question)) is not None and not key.secret:
            default, where = _words(key, found[0]), found[1]
        if value == default and answers.source(key) is Source.TYPED:
            origin = where or origin  # Enter was typed
        return Line(question.section, key.name, question.prompt, value, origin, default)

    def _default(self, question: Question[Any]) -> tuple[Any, str] | None:
        """What would have been taken without asking. What is drawn is another one every time, and so no default; and what all
        hosts share could not have been another."""
        key = question.key
        if key.draw is not None or self.wizard.context.answers.origin(key) == SHARED:
            return None
        try:
            found = question.proposal(self.wizard.context)
        except SetupError:
            found = None
        if found is not None:
            return found.value, found.origin
        return None if key.default is None and not key.optional else (key.default, "default")

    def _change(self, question: Question[Any]) -> None:
        try:
            self.wizard.ask_again(question)
        except Declined:
            raise
        except SetupError as error:
            self.wizard.report(Note(level="error", text=f"{error}\nThe answer stays as it was."))

    # --- the checks

    def _check(self) -> list[Found]:
        """What they warn of. Those that found nothing wrong are only counted, so that the others can be seen."""
        found: list[Found] = []

        def sink(event: Event) -> None:
            if isinstance(event, Found):
                found.append(event)
            if not isinstance(event, Found) or event.severity != "ok":
                self.wizard.report(event)

        try:
            self.wizard.check(sink)
        finally:
            if found:
                self.wizard.report(Note(text=passed(found)))
        return [event for event in found if event.severity in ("warning", "skipped")]

    def _mend(self, failed: SetupError) -> None:
        """Change an answer or what the check found, and let it be checked again. Raises what failed when the person leaves."""
        self.wizard.report(Note(level="error", text=failed.message))
        with self.wizard.report.pause():
            word = self._one_of(WAYS)
        if word == "quit":
            raise failed
        self.wizard.context.facts.forget()
        if word == "change":
            self._preview()

    def _one_of(self, words: Sequence[str]) -> str:
        while True:
            typed = self.dialog.text("[c]hange an answer, check [a]gain, or [q]uit? [a]: ", name="HC_MEND")
            if found := [word for word in words if word.startswith(typed.lower() or "again")]:
                return found[0]
            print(f"  Please answer one of: {', '.join(words)}.")

    # --- the plan

    def _plan(self, warned: Sequence[Found], planned: Sequence[tuple[Resource, Planned]]) -> None:
        from ovirt_hc_setup.report import plan_page, turning

        steps = [*plan_page.doubts(warned), *plan_page.in_groups(planned)]
        page = turning.Page(plan_page.TITLE, "shows a step whole", "HC_PLAN")
        with self.wizard.report.pause():
            page.read(
                self.dialog.text, partial(plan_page.plan_entries, steps), whole=lambda number: plan_page.whole(steps[number - 1])
            )


def passed(found: Sequence[Found]) -> str:
    """How many checks found nothing wrong, and which were skipped; one may have several findings."""
    skipped = sorted(event.check for event in found if event.severity == "skipped")
    every, wrong = {event.check for event in found} - {*skipped}, {event.check for event in found if event.severity != "ok"}
    text = f"{len(every - wrong)} of {len(every)} checks passed"
    return f"{text}; skipped: {', '.join(skipped)}." if skipped else f"{text}."


def _words(key: Key[Any], value: Any) -> str:
    """An answer as the prompts have it."""
    if key.secret:
        return MASK
    if key.kind == "bool":
        return "Yes" if value else "No"
    return key.nothing if value is None and key.optional else key.text(value)
