"""What the verbs that make a run have in common: the latest run of this host, confirming, going on, attaching."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup import __version__
from ovirt_hc_setup.base.errors import NotDeployed, SetupError, UsageError
from ovirt_hc_setup.base.event_types import Note, StageBegun
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.commandline.audience import dialog_of, menu_of
from ovirt_hc_setup.commandline.options import add_answers, add_dialog, add_output
from ovirt_hc_setup.commandline.parser import more
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.dialog.saving import saved_answers
from ovirt_hc_setup.keys import CONFIRM_SETTINGS
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.asker import GoBack
from ovirt_hc_setup.runner.event_log import Follower
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.lock import host_lock
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import STANDING, RunFolder, all_runs, create
from ovirt_hc_setup.sitting.changed_answers import take_over, would_change
from ovirt_hc_setup.sitting.following import at_work, follow, start_worker
from ovirt_hc_setup.sitting.handing_over import hand_over
from ovirt_hc_setup.sitting.reading_pages import Foresee, agreed, of_this_host_only, reader_of
from ovirt_hc_setup.sitting.renewed_secrets import renew_secrets
from ovirt_hc_setup.sitting.standing import ONCE, refusal, refuse_another
from ovirt_hc_setup.sitting.wizard import Wizard, declined
from ovirt_hc_setup.system.host.terminal_session import ends_with_connection, whereabouts
from ovirt_hc_setup.system.remote import own_program

FOREIGN_CONF = Path("/etc/ovirt-hosted-engine/hosted-engine.conf")
CONFIRMING = Path("/run/ovirt-hc-setup-confirming.lock")
ANSWER_THERE = "Answer it there, or end that process. Nothing was changed here."
WHEN_IT_BREAKS = """\
This is an SSH session outside screen and tmux. If the connection breaks
- during the questions: nothing is changed, and the same command offers your answers so far, except passwords.
- during the work: the work continues. To watch it again: ovirt-hc-setup {verb} --attach"""


def add_options(parser: argparse.ArgumentParser, what: str) -> None:
    """The options of a verb that makes a run; `what` is the run in the operator's words."""
    add_answers(parser)
    parser.add_argument(
        "--save-answers",
        "--generate-answer",
        dest="save",
        metavar="FILE",
        type=Path,
        help="write the answers to this file, without secrets",
    )
    more(parser).add_argument("--with-ids", action="store_true", help="save drawn ids too")
    parser.add_argument("--plan", action="store_true", help="ask, check and show the plan; change nothing")
    parser.add_argument("--yes", action="store_true", help="confirm the plan in advance")
    more(parser).add_argument("--resume", action="store_true", help="only continue an interrupted run; never start a new one")
    parser.add_argument("--attach", action="store_true", help=f"show {what} that is running, or the last one")
    add_output(parser)
    add_dialog(parser)


@dataclass(frozen=True)
class Sitting:
    """One command line that makes runs for `goal`; `closing` is what is said of a run that ended well, `foresee` what asks other
    hosts for their part of it before "Yes"."""

    goal: Goal
    options: RunOptions
    host: Host
    report: Reporter
    closing: Callable[[RunFolder], str]
    foresee: Foresee = of_this_host_only

    @property
    def verb(self) -> str:
        return self.goal.name

    def hold(self, begin: Callable[[], int], renumber: Callable[[RunFolder], int | None] = lambda folder: None) -> int:
        """Attach, go on, or begin. `renumber` may go on with a failed run in another way than as it is; None: it does not."""
        latest = self.latest()
        if self.options.attach:
            return self.attach(latest)
        if latest is not None:
            return self.go_on(latest, renumber)
        if self.options.resume:
            raise UsageError(f"there is no interrupted {self.verb} to continue", hint="Omit --resume to start one.")
        self.refuse_deployed()
        if self.options.save is not None:
            require_plain(self.options.save)
        if dialog_of(self.options) is not None and ends_with_connection():
            self.report(Note(level="warning", text=WHEN_IT_BREAKS.format(verb=self.verb)))
        return begin()

    def latest(self) -> RunFolder | None:
        """The newest run of this verb that was confirmed and is not taken back."""
        runs = [folder for folder in all_runs() if folder.verb == self.verb and folder.state in STANDING]
        return runs[-1] if runs else None

    def refuse_deployed(self) -> None:
        """Raises UsageError where a run of this host stands in the way, or another program's deployment."""
        refuse_another(self.verb, "this host")
        if self.verb in ONCE and FOREIGN_CONF.exists():
            raise UsageError(
                f"this host is already part of a hosted engine: {FOREIGN_CONF} exists, and no run of this program wrote it",
                hint="See `hosted-engine --vm-status`. Use a host that is in no hosted engine.",
            )

    def settle(self, wizard: Wizard) -> RunFolder | None:
        """Preview, checks, plan and "Yes"; the run folder, None with `--plan`. Raises CheckFailed or Declined."""
        while True:
            resources = agreed(wizard, self.foresee)
            try:
                return self._settled(wizard, resources)
            except GoBack:
                wizard.context.answers.thaw()

    def _settled(self, wizard: Wizard, resources: list[Resource]) -> RunFolder | None:
        """Raises GoBack when the person wants to read the answers again."""
        if self.options.save is not None:
            answers, kept, ids = wizard.context.answers, wizard.found().kept, self.options.with_ids
            own, path = wizard.own_section(), self.options.save
            save(path, saved_answers(answers, wizard.keys, kept, own=own, path=path, with_ids=ids))
        if self.options.plan:
            self.report(Note(text="This is the plan. Nothing was changed."))
            return None
        with host_lock(f"a {self.verb} that waits for confirmation, by {whereabouts()}", ANSWER_THERE, CONFIRMING):
            return self._confirmed(wizard, resources)

    def _confirmed(self, wizard: Wizard, resources: list[Resource]) -> RunFolder:
        self.refuse_deployed()  # by another front-end, while questions were asked here
        # On disk before "Yes", with everything that was drawn: nothing that is agreed to lies in memory only.
        folder = self._folder(wizard, resources)
        try:
            self._confirm(wizard)
            folder.secrets.write(wizard.context.answers.secrets())
            folder.journal.append("", "confirmed", by=whereabouts())
        except BaseException:
            folder.discard()
            raise
        if wizard.draft is not None:
            wizard.draft.forget()
        return folder

    def _confirm(self, wizard: Wizard) -> None:
        """Raises Declined unless the plan is confirmed, by a person, `--yes`, or an answer file."""
        answer = wizard.context.answers.get(CONFIRM_SETTINGS)
        if self.options.yes or answer:
            return
        dialog = dialog_of(self.options)
        if answer is False:
            raise declined(f"{CONFIRM_SETTINGS.name} says no")
        if dialog is None:
            raise declined("nobody was asked")
        with self.report.pause():
            text = "Please confirm the installation: make these changes?"
            # Who has come here by turning pages with Enter may press it once too often.
            paged = reader_of(wizard) is not None
            if not dialog.confirm(text, default=not paged, name="SETTINGS_PROCEED", back=paged):
                raise declined()

    def _folder(self, wizard: Wizard, resources: list[Resource]) -> RunFolder:
        for folder in all_runs():
            if folder.state == "planned":
                folder.discard()
        program, answers = own_program.staying_command(), wizard.keep_answers()
        return create(self.verb, self.host.name, __version__, answers, resources, plugins=wizard.named, program=program)

    def apply(self, folder: RunFolder) -> int:
        """Start the worker and show it to its end."""
        follower = start_worker(self.host, folder, "apply", self.report, verbose=self.options.verbose)
        try:
            return follow(self.host, folder, follower, self.report, menu_of(self.options))
        except SetupError:
            self._tell_why(folder, bundle=True)  # a worker without a last word
            raise

    def close(self, folder: RunFolder, code: int) -> int:
        """The last words of a run that ended with `code`."""
        if code == 0:
            self.report(StageBegun(title="Termination"))
            self.report(Note(text=self.closing(folder)))
        elif code != 130:
            self._tell_why(folder, bundle=not self.options.propose_host_id)  # else who sent us gathers it
        return code

    def _tell_why(self, folder: RunFolder, *, bundle: bool) -> None:
        from ovirt_hc_setup.sitting import failing  # here: the first question does not wait for what comes after the last

        failing.tell(self.host, folder, self.report, bundle=bundle)

    def go_on(self, folder: RunFolder, renumber: Callable[[RunFolder], int | None]) -> int:
        """With a run that is there: show it, or go on with it."""
        if folder.state == "finished":
            self.report(Note(text=f"This host is already deployed (run {folder.id})."))
            self.report(Note(text=self.closing(folder)))
            return 0
        if folder.state == "undoing":
            raise refusal(folder, "this host")
        if at_work(self.host, folder):
            self.report(Note(text=f"Run {folder.id} is already running; attaching to it."))
            return self.attach(folder)
        return self._resume(folder, renumber)

    def _resume(self, folder: RunFolder, renumber: Callable[[RunFolder], int | None]) -> int:
        hand_over(self.host, folder, self.report)
        _refuse_other_plugins(self.options, folder)
        wizard = Wizard(self.options, self.host, self.report, None, self.goal, remembered=folder.about.plugins)
        if (code := renumber(folder)) is not None:
            return code
        if self.options.plan:
            would_change(wizard, folder)
            for resource in folder.resources(wizard.kinds):
                self.report(Note(text=f"{resource.name}: {folder.journal.last(resource.name) or 'not begun'}"))
            return 0
        with host_lock(f"a {self.verb} that continues, by {whereabouts()}", ANSWER_THERE, CONFIRMING):
            if begun_elsewhere := at_work(self.host, folder):
                self.report(Note(text=f"Run {folder.id} was started meanwhile; attaching to it."))
            else:
                renew_secrets(wizard, folder)  # first: without them another plan would come of the same answers
                take_over(wizard, folder)
                renew_secrets(wizard, folder)  # of the plan as it is now
        if begun_elsewhere:
            return self.attach(folder)
        self.report(Note(text=f"Continuing run {folder.id}: finished steps are not repeated."))
        return self.close(folder, self.apply(folder))

    def attach(self, folder: RunFolder | None) -> int:
        """Show a run from its beginning."""
        if folder is None:
            hint = f"Start one with: ovirt-hc-setup {self.verb}"
            raise NotDeployed(f"there is no {self.verb} to show on this host", hint=hint)
        follower = Follower(folder.events)
        follower.rewind(past_its_end=at_work(self.host, folder))
        code = follow(self.host, folder, follower, self.report, menu_of(self.options))
        if code == 0 and folder.state == "finished":
            self.report(Note(text=self.closing(folder)))
        elif code not in (0, 130):
            self._tell_why(folder, bundle=False)
        return code


def _refuse_other_plugins(options: RunOptions, folder: RunFolder) -> None:
    """Raises UsageError for a plugin that the run was not begun with: its plan is agreed to, and nothing of it was in there."""
    if others := sorted(set(options.plugin) - set(folder.about.plugins)):
        raise UsageError(
            f"run {folder.id} was started without plugin {', '.join(others)}",
            hint="Leave --plugin out: the run remembers its own. To begin anew with it, undo the run: ovirt-hc-setup reset",
        )


def require_plain(path: Path) -> None:
    """Raises UsageError for what a file of answers would take the place of: a device (/dev/null, say), a link, a folder."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"{path} exists and is not a regular file", hint="Name a regular file: --save-answers FILE")


def save(path: Path, answers: bytes) -> None:
    """Raises UsageError when it cannot be written."""
    require_plain(path)
    try:
        write_file(path, answers, mode=0o600)
    except OSError as error:
        hint = "Nothing was changed. Choose another place: --save-answers FILE"
        raise UsageError(f"{path} cannot be written: {error.strerror}", hint=hint) from error
