"""`reset`: takes back what a run of this host recorded in its journal, newest first."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, NotDeployed, UsageError
from ovirt_hc_setup.base.event_types import Note, Planned
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.commandline.audience import dialog_of, menu_of, output_of
from ovirt_hc_setup.commandline.options import add_dialog, add_output, require_root
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.resources.brick_on import VERB as BRICK
from ovirt_hc_setup.runner.apply_one import EventProgress
from ovirt_hc_setup.runner.graph import backwards
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import RUNS, RunFolder
from ovirt_hc_setup.sitting.following import INTERRUPTED, at_work, follow, start_worker
from ovirt_hc_setup.sitting.handing_over import hand_over
from ovirt_hc_setup.sitting.standing import standing_on, standing_runs
from ovirt_hc_setup.sitting.wizard import declined
from ovirt_hc_setup.system.host.commands import LocalHost


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "reset",
        help="undo a run, a deployment for one",
        description="Undo what a run changed on this host. What was changed since then is left alone.",
        epilog="examples:\n  ovirt-hc-setup reset --confirm hosted_storage\n"
        "  ovirt-hc-setup reset --leave peer-hc3    when hc3 is gone for good",
    )
    parser.add_argument("run", nargs="?", metavar="RUN", help="as `status` lists it; without it, the newest")
    parser.add_argument("--plan", action="store_true", help="show what would be undone, and change nothing")
    parser.add_argument(
        "--confirm",
        metavar="NAME",
        action="append",
        default=[],
        help="also destroy the storage domain (or built volume) of this name; may be repeated",
    )
    parser.add_argument(
        "--leave",
        metavar="STEP",
        action="append",
        default=[],
        help="go on past this step, and leave it as it is; may be repeated",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    add_output(parser)
    add_dialog(parser)


def run(args: argparse.Namespace) -> int:
    require_root()
    host = LocalHost()
    with reporter(output_of(RunOptions.of(args))) as report:
        if args.verbose:
            tell_commands(report)
        folder = chosen(args.run)
        if at_work(host, folder):
            stop = f"Stop it first: ovirt-hc-setup {folder.verb} --attach, Ctrl-C."
            hint = "Another host started it: stop the work there." if folder.verb == BRICK else stop
            raise UsageError(f"run {folder.id} is still running", hint=hint)
        hand_over(host, folder, report, undoing=True)
        _refuse_stood_on(folder)
        every, steps = _shown(folder, args.leave, report)
        if args.plan:
            report(Note(text="This is what would be undone. Nothing was changed."))
            return 0
        report(Note(text="Checking whether other hosts use any of it."))
        _refuse_in_use(host, every, steps, report)
        _confirm(args, steps, report)
        follower = start_worker(host, folder, "undo", report, verbose=args.verbose, leave=args.leave)
        code = follow(host, folder, follower, report, menu_of(RunOptions.of(args)))
        if code == 0:
            left = "but for what was left behind" if folder.journal.left() else ""
            report(Note(text=f"Everything that this run changed is undone{', ' * bool(left)}{left}."))
        elif code != INTERRUPTED:
            from ovirt_hc_setup.sitting import failing  # here: `--help` does not wait for it

            failing.tell(host, folder, report)
        return code


def chosen(name: str | None = None, root: Path = RUNS) -> RunFolder:
    """The run that is called so, by the end of its name too; else the newest that is there to be taken back. Raises NotDeployed,
    or UsageError with the runs that there are."""
    runs = standing_runs(root)
    if not runs:
        raise NotDeployed("this program has no runs on this host", hint="There is nothing to undo.")
    found = [folder for folder in runs if name is None or folder.id == name or folder.id.endswith(f"-{name}")]
    if not found:
        hint = "\n".join(("Runs that can be taken back, newest first:", *(f"  {folder.id}" for folder in runs)))
        raise UsageError(f"this host has no run {name} that is there to be taken back", hint=hint)
    return found[0]


def _refuse_stood_on(folder: RunFolder) -> None:
    """Raises Conflict while a later run uses what this one made."""
    if above := standing_on(folder):
        verb = "stand" if len(above) > 1 else "stands"
        names = ", ".join(f"{run.id} ({run.verb})" for run in above)
        hint = f"Nothing was undone. Take that back first: ovirt-hc-setup reset {above[0].id}"
        raise Conflict(f"{names} {verb} on run {folder.id}, and would lose what this one made", hint=hint)


def _shown(folder: RunFolder, leave: Sequence[str], report: Reporter) -> tuple[list[Resource], list[Resource]]:
    """What the run made and is there, and what of it is taken back, in that order, told. Raises UsageError for a step to leave
    that is none of these."""
    kinds = assembled(folder.about.plugins).kinds
    resources, to_undo = folder.superseded(kinds), folder.journal.to_undo()
    replaced = [resource for resource in folder.replaced(kinds) if resource.name in to_undo]
    mine = [resource for resource in resources if resource.name not in {one.name for one in replaced}]
    steps = [*replaced, *backwards(mine, [name for name in to_undo if name in {one.name for one in mine}])]
    names = [resource.name for resource in steps]
    already = folder.journal.left()
    if unknown := [name for name in leave if name not in (*names, *already)]:
        raise UsageError(f"{unknown[0]} is no step that would be undone", hint=f"Those that would be: {', '.join(names)}")
    for resource in steps:
        lines = (f"leave as it is: {resource.title}",) if resource.name in leave else _lines(resource)
        report(Planned(resource=resource.name, lines=lines, state="needed"))
    kept = [resource for resource in resources if resource.name in already]
    for resource in kept:
        report(Planned(resource=resource.name, lines=(f"stays as it is: {resource.title}",), state="needed"))
    return [*steps, *kept], [resource for resource in steps if resource.name not in leave]


def _lines(resource: Resource) -> tuple[str, ...]:
    name = resource.holds_data()
    return f"undo: {resource.title}", *((f"this destroys {name} and the data in it",) if name else ())


def _refuse_in_use(host: Host, every: Sequence[Resource], steps: Sequence[Resource], report: Reporter) -> None:
    """Raises Conflict when something is known to stop the reset half way, or others use it. What is left as it is has a say as
    long as anything that goes lies on it: leaving a domain behind is no way around the hosts that live in it."""
    needed = {thing for step in steps for thing in step.uses}
    asked = [one for one in every if one in steps or needed & set(one.makes)]
    found = {one.name: one.in_use(host, every, EventProgress(one.name, report)) for one in asked}
    if reasons := [reason for reason in found.values() if reason]:
        hint = "Nothing was undone. Remove those hosts first: ovirt-hc-setup remove-host, on each."
        used = {thing for one in asked if found[one.name] and one not in steps for thing in one.makes}
        if lying := [step.name for step in steps if used & set(step.uses)]:
            hint += f"\nWho leaves it as it is leaves these too: {', '.join(lying)}"
        raise Conflict("\n  ".join(reasons), hint=hint)


def _confirm(args: argparse.Namespace, steps: Sequence[Resource], report: Reporter) -> None:
    """Raises UsageError or Declined unless everything that holds data was named and the beginning confirmed."""
    held = dict.fromkeys(resource.holds_data() for resource in steps)
    names = [name for name in held if name and name not in args.confirm]
    dialog = dialog_of(RunOptions.of(args))
    if dialog is None:
        if names:
            raise UsageError(f"this destroys {', '.join(names)} and the data in it", hint=f"To confirm: --confirm {names[0]}")
        if not args.yes and not args.confirm:
            raise UsageError("there is no terminal for questions", hint="Add --yes to confirm without a question.")
        return
    with report.pause():
        for name in names:
            prompt = f"This destroys {name} and the data in it. Type its name to continue: "
            if dialog.text(prompt, name="HC_DESTROY") != name:
                raise declined()
        if not args.yes and not names and not dialog.confirm("Undo all of this?", default=False, name="HC_RESET_PROCEED"):
            raise declined()
