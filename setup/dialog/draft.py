"""Answers that were typed and not yet confirmed: kept from one sitting to the next, so that nothing has to be typed twice.

One file a verb under the state folder, 0600, written anew with each answer: what ends the program in the middle of the questions
(Ctrl-C, a closed connection, a kill) takes none of them along. Secrets never get here. It is gone when a run was confirmed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Proposal
from ovirt_hc_setup.runner.run_folder import make_state_folder
from ovirt_hc_setup.system.host.files import remove_file

DRAFTS = Path("/var/lib/ovirt-hc-setup/drafts")
FORMAT = 1


class _Typed(msgspec.Struct):
    """An answer as its key's text (None: nothing), and when it was typed, in seconds since 1970."""

    text: str | None
    at: Annotated[float, msgspec.Meta(ge=0, le=2**35)]


class _Content(msgspec.Struct):
    format: int
    answers: dict[str, _Typed]


@dataclass
class FileDraft:
    """The draft of a verb. `note` is what a person should be told of it at the beginning; empty when there is nothing."""

    verb: str
    folder: Path = DRAFTS
    note: str = ""
    _trouble: str = ""
    _former: dict[str, _Typed] = field(default_factory=dict)
    _now: dict[str, _Typed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            content = msgspec.json.decode(self.path.read_bytes(), type=_Content)
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError, ValueError) as error:
            self.note = f"The answers kept in {self.path} cannot be read and are ignored: {error}"
            return
        if content.format != FORMAT:
            self.note = f"The answers kept in {self.path} are from another version and are ignored"
        elif content.answers:
            self._former, self._now = content.answers, dict(content.answers)
            newest = max(typed.at for typed in content.answers.values())
            self.note = f"Your answers of {clock(newest)} are offered as defaults. To discard them: rm {self.path}"

    @property
    def path(self) -> Path:
        return self.folder / f"{self.verb}.json"

    @property
    def kept(self) -> str:
        """What becomes of the answers when the person leaves; empty where none is to be kept."""
        if self._trouble:
            return f"Your answers cannot be kept: {self._trouble}."
        return "Your answers are kept." if self._now else ""

    def earlier(self, key: Key[Any]) -> Proposal[Any] | None:
        """What was typed in a former sitting; None when there is nothing, or nothing that the key takes."""
        typed = self._former.get(key.name)
        if typed is None or key.secret:
            return None
        try:
            value = None if typed.text is None else key.parse(typed.text)
        except ValueRefused:
            return None
        return Proposal(value, f"your answer of {clock(typed.at)}")

    def answered(self, key: Key[Any], value: Any, found: Proposal[Any] | None) -> None:
        """Keep it if it is the person's own. What was found out is found out again; what was drawn would be another."""
        if key.secret:
            return
        before = dict(self._now)
        if found is None or found.value != value or key.draw is not None:
            self._now[key.name] = _Typed(None if value is None else key.text(value), time.time())
        else:
            self._now.pop(key.name, None)
        if self._now != before:
            self._write()

    def forget(self) -> None:
        """Nothing is offered any more."""
        self._former, self._now = {}, {}
        if self.path.exists():
            remove_file(self.path)

    def _write(self) -> None:
        try:
            make_state_folder(self.folder)
            write_file(self.path, msgspec.json.encode(_Content(FORMAT, self._now)), mode=0o600)
            self._trouble = ""
        except OSError as error:
            # Said when the person leaves: the answers are still here, in this sitting.
            self._trouble = of_the_world(error).message


def clock(at: float) -> str:
    """The hour of a time, with its day unless that is today."""
    today = time.strftime("%Y%m%d") == time.strftime("%Y%m%d", time.localtime(at))
    return time.strftime("%H:%M" if today else "%d %b, %H:%M", time.localtime(at))
