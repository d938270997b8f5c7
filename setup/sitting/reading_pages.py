"""What comes between the questions and "Yes": preview, checks, plan. A person at a terminal reads pages and can change an answer
from there, also when a check has failed; all others are told line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ovirt_hc_setup.base.errors import Declined, SetupError
from ovirt_hc_setup.base.event_types import Event, Found, Note, Planned
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.keys import CONFIRM_SETTINGS
from ovirt_hc_setup.runner.asker import GoBack
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.sitting.preview import Preview
from ovirt_hc_setup.sitting.wizard import Wizard

WAYS = ("change", "again", "quit")
LEFT = "Nothing was changed on this host."


Foresee = Callable[[Wizard, Sequence[Resource]], Mapping[str, Sequence[Planned]]]
"""Asks other hosts for their part of a plan; by host what it will do there. Raises CheckFailed."""


def of_this_host_only(wizard: Wizard, plan: Sequence[Resource]) -> Mapping[str, Sequence[Planned]]:
    """No other host has a part of it."""
    return {}


def agreed(wizard: Wizard, foresee: Foresee = of_this_host_only) -> list[Resource]:
    """Show the answers, check them, show the plan; its resources. Raises CheckFailed, or Declined when the person leaves."""
    reader = reader_of(wizard)
    if reader is not None:
        return Reader(wizard, reader, Preview(wizard, reader), foresee).through()
    wizard.preview()
    wizard.check()
    planned = wizard.plan()
    for _, event in planned:
        wizard.report(event)
    plan = [resource for resource, _ in planned]
    foresee(wizard, plan)
    return plan


def reader_of(wizard: Wizard) -> Dialog | None:
    """Who reads pages: a person at a terminal, unless everything was agreed to beforehand."""
    options = wizard.options
    if options.yes or options.output == "jsonl" or wizard.context.answers.get(CONFIRM_SETTINGS) is not None:
        return None
    from ovirt_hc_setup.dialog.console import Console  # here: what only shows help does not wait for prompt_toolkit

    return wizard.asker if isinstance(wizard.asker, Console) else None


@dataclass(frozen=True)
class Reader:
    """A person who reads, and may change what is read."""

    wizard: Wizard
    dialog: Dialog
    preview: Preview
    foresee: Foresee

    def through(self) -> list[Resource]:
        """Again and again until everything is right and nothing is to be changed any more. Raises what was wrong, or Declined."""
        self.preview.show()
        while True:
            try:
                warned = self._check()
                planned = self.wizard.plan()
                others = self.foresee(self.wizard, [resource for resource, _ in planned])
            except Declined:
                raise
            except SetupError as failed:
                self._mend(failed)
                continue
            except KeyboardInterrupt:
                kept = self.wizard.draft.kept if self.wizard.draft is not None else ""
                self.wizard.report(Note(text=f"{LEFT} {kept}".strip()))
                raise
            try:
                self._plan(warned, planned, others)
            except GoBack:
                self.preview.show()
                continue
            return [resource for resource, _ in planned]

    # --- the checks

    def _check(self) -> list[Found]:
        """What they warn of. Those that found nothing wrong are only counted, so that the others can be seen."""
        found: list[Found] = []

        def sink(event: Event) -> None:
            if isinstance(event, Found):
                event = self.preview.with_line(event)
                found.append(event)
            if not isinstance(event, Found) or event.severity != "ok":
                self.wizard.report(event)

        try:
            self.wizard.check(sink)
        finally:
            self.preview.failed(found)
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
        if word == "change":
            self.preview.show()
        self.wizard.context.facts.forget()

    def _one_of(self, words: Sequence[str]) -> str:
        while True:
            typed = self.dialog.text("[c]hange an answer, check [a]gain, or [q]uit? [a]: ", name="HC_MEND")
            if found := [word for word in words if word.startswith(typed.lower() or "again")]:
                return found[0]
            print(f"  Please answer one of: {', '.join(words)}.")

    # --- the plan

    def _plan(
        self,
        warned: Sequence[Found],
        planned: Sequence[tuple[Resource, Planned]],
        others: Mapping[str, Sequence[Planned]],
    ) -> None:
        from ovirt_hc_setup.report import plan_page, turning

        steps = [*plan_page.doubts(warned), *plan_page.in_groups(planned), *plan_page.of_others(others)]
        page = turning.Page(plan_page.TITLE, "shows a step in full", "HC_PLAN", back="to the answers")
        with self.wizard.report.pause():
            page.read(
                self.dialog.text, partial(plan_page.plan_entries, steps), whole=lambda number: plan_page.whole(steps[number - 1])
            )


def passed(found: Sequence[Found]) -> str:
    """How many checks found nothing wrong, and which were skipped; one may have several findings."""
    apart = {word: sorted(event.check for event in found if event.severity == word) for word in ("skipped", "later")}
    every = {event.check for event in found} - {name for names in apart.values() for name in names}
    wrong = {event.check for event in found if event.severity != "ok"}
    text = f"{len(every - wrong)} of {len(every)} checks passed"
    return "; ".join([text, *(f"{word}: {', '.join(names)}" for word, names in apart.items() if names)]) + "."
