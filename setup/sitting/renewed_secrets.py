"""The passwords of an interrupted run: forgotten when the host restarts, and had again if something needs them still."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ovirt_hc_setup.base.errors import SetupError, UsageError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.commandline.audience import dialog_of, secret_asker
from ovirt_hc_setup.runner.interview import Interview, winners
from ovirt_hc_setup.runner.resource import DONE, Resource
from ovirt_hc_setup.runner.run_answers import Given
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.sitting.wizard import Wizard

FORGOTTEN = "Passwords are not kept across a reboot of the host, so they are asked again."
NEEDED_NOW = "The run needs a password now that it did not need before."
THERE_ALREADY = "What needs the passwords was made with those that were given first; those entered now are not used."


def renew_secrets(wizard: Wizard, folder: RunFolder) -> None:
    """Have those that the run's plan still reads and that are not there: after a reboot, or because the plan has changed.

    Taken from the supplied answers, or asked for. Raises UsageError where one is missing and nobody is asked.
    """
    stored = folder.secrets.all()
    wizard.recall(folder)
    reading = [resource for resource in folder.resources(wizard.kinds) if resource.reads_secrets]
    names = {name for resource in reading for name in resource.reads_secrets}
    given = {name: one for name, one in winners(wizard.supplied()).items() if name in names - stored.keys()}
    to_be_made = (resource for resource in reading if _is_to_be_made(resource, wizard))
    wanted = {name for resource in to_be_made for name in resource.reads_secrets} - stored.keys()
    if wanted:
        _have(wizard, folder, wanted, given)
    elif given and not stored:
        wizard.report(Note(level="warning", text=THERE_ALREADY))


def _is_to_be_made(resource: Resource, wizard: Wizard) -> bool:
    """What is in a cloud-init ISO that is there holds, whatever would be typed now."""
    try:
        return resource.probe(wizard.host) is not DONE
    except (SetupError, OSError):
        return True


def _have(wizard: Wizard, folder: RunFolder, wanted: Collection[str], given: dict[str, Given]) -> None:
    missing = sorted(set(wanted) - given.keys())
    ask = secret_asker(wizard.options) if wizard.options.unattended else dialog_of(wizard.options)
    questions = [one for one in wizard.plugins.questions() if one.key.name in wanted]
    unasked = set(wanted) - {one.key.name for one in questions}  # of a plugin that has no question for it
    forgotten = not folder.secrets.there()
    if missing and (ask is None or unasked.intersection(missing)):
        name = next((name for name in missing if ask is None or name in unasked), missing[0])
        why = "is not kept across a reboot of this host" if forgotten else "is needed now by the run"
        raise UsageError(f"the secret {name} {why}", hint=f"Give it again: --set {name}=file:PATH")
    if missing:
        wizard.report(Note(text=FORGOTTEN if forgotten else NEEDED_NOW))
    say: Callable[[str], None] = lambda text: wizard.report(Note(text=text))  # noqa: E731
    for name in unasked:
        wizard.context.answers.put_text(wizard.keys[name], given[name])
    with wizard.report.pause():
        Interview(wizard.keys, wizard.context, given, ask, say=say).hold_only(questions)
    folder.secrets.write(wizard.context.answers.secrets())
