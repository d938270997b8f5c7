"""The preview at a terminal: a person reads the answers, each under a number that stays, and changes one by it. Where a check has
failed, the line that it is about is marked."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ovirt_hc_setup.base.errors import Declined, SetupError
from ovirt_hc_setup.base.event_types import Found, Note
from ovirt_hc_setup.base.secrets import MASK
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.dialog.shared_answers import ORIGIN as SHARED
from ovirt_hc_setup.runner.checks import blocking
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.run_answers import Source
from ovirt_hc_setup.sitting.wizard import Wizard

if TYPE_CHECKING:
    from ovirt_hc_setup.report.preview_page import PreviewLine


@dataclass
class Preview:
    """One sitting's. The numbers are the wizard's, and so the same when it is shown again."""

    wizard: Wizard
    dialog: Dialog
    _failed: frozenset[str] = frozenset()
    _defaults: dict[str, tuple[dict[Key[Any], tuple[Any, ...]], tuple[str, str]]] = field(default_factory=dict)

    def show(self) -> None:
        """Until nothing is to be changed any more. Raises Declined."""
        from ovirt_hc_setup.report import pages, preview_page, turning  # with rich, which costs a tenth of a second

        page = turning.Page(preview_page.TITLE, "changes that line", "HC_PREVIEW")
        number = 0
        while True:
            questions = {self._number(question.key): question for question in self.wizard.answered()}
            lines = {at: self._line(at, question) for at, question in questions.items()}
            with self.wizard.report.pause():
                number = page.read(self.dialog.text, partial(preview_page.preview_entries, [*lines.values()]), at=number)
                if not number:
                    return
                print(f"\n{pages.folded(preview_page.whole(lines[number]), shutil.get_terminal_size().columns)}")
            self._change(questions[number])

    def failed(self, found: Sequence[Found]) -> None:
        """Mark the lines that failed checks are about, from now on; no others."""
        self._failed = frozenset(event.key for event in blocking(found))

    def with_line(self, event: Found) -> Found:
        """A finding that something is wrong, with the line where that is changed, or why there is none."""
        where = self._where(event)
        return replace(event, remedy=f"{event.remedy}\n{where}".lstrip()) if where else event

    def _where(self, event: Found) -> str:
        if event.severity in ("ok", "skipped", "later"):
            return ""
        if number := self.wizard.numbers.get(event.key):
            return f"The answer is line {number} of the preview."
        if not blocking([event]):
            return ""
        if event.key:
            return f"No question asks for it: to set it, leave and start again with --set {event.key}=VALUE."
        return "No answer changes this: fix it, and let it be checked again."

    def _number(self, key: Key[Any]) -> int:
        return self.wizard.numbers.setdefault(key.name, len(self.wizard.numbers) + 1)

    def _line(self, number: int, question: Question[Any]) -> PreviewLine:
        from ovirt_hc_setup.report.preview_page import PreviewLine

        answers, key = self.wizard.context.answers, question.key
        value, origin = _words(key, answers.get(key)), answers.origin(key)
        default, where = ("", "") if key.secret else self._default(question)
        if value == default and answers.source(key) is Source.TYPED:
            origin = where or origin  # Enter was typed
        failed = key.name in self._failed
        return PreviewLine(question.section, key.name, question.prompt, value, origin, default, number=number, failed=failed)

    def _default(self, question: Question[Any]) -> tuple[str, str]:
        """What would have been taken without asking, in words, and where from. Once for the same answers: while the page
        is read nothing is looked up again."""
        answers, name = self.wizard.context.answers, question.key.name
        known = self._defaults.get(name)
        if known is None or answers.values_of(known[0]) != known[0]:
            with answers.watched() as reads:
                found = self._found_out(question)
            words = ("", "") if found is None else (_words(question.key, found[0]), found[1])
            known = self._defaults[name] = (answers.values_of(reads - {question.key}), words)
        return known[1]

    def _found_out(self, question: Question[Any]) -> tuple[Any, str] | None:
        """What is drawn is another one every time, and so no default; and what all hosts share could not have been another."""
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
        # What was read of the host may have been changed since a check failed: the answer is judged by what is there now.
        self.wizard.context.facts.forget()
        try:
            self.wizard.ask_again(question)
            self._failed -= {question.key.name}
        except Declined:
            raise
        except SetupError as error:
            self.wizard.report(Note(level="error", text=f"{error}\nThe answer stays as it was."))


def _words(key: Key[Any], value: Any) -> str:
    """An answer as the prompts have it."""
    if key.secret:
        return MASK
    if key.kind == "bool":
        return "Yes" if value else "No"
    return key.nothing if value is None and key.optional else key.text(value)
