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
THERE_ALREADY = "What needs the passwords was made with those that were given first; those entered now are not used."


def renew_secrets(wizard: Wizard, folder: RunFolder) -> None:
    """Take them from the supplied answers, or ask. Raises UsageError where one is missing and nobody is asked."""
    if folder.secrets.there():
        return
    wizard.recall(folder)
    reading = [resource for resource in folder.resources(wizard.kinds) if resource.reads_secrets]
    names = {name for resource in reading for name in resource.reads_secrets}
    given = {name: one for name, one in winners(wizard.supplied()).items() if name in names}
    wanted = {name for resource in reading if _is_to_be_made(resource, wizard) for name in resource.reads_secrets}
    if wanted:
        _have(wizard, folder, wanted, given)
    elif given:
        wizard.report(Note(level="warning", text=THERE_ALREADY))


def _is_to_be_made(resource: Resource, wizard: Wizard) -> bool:
    """What is in a cloud-init ISO that is there holds, whatever would be typed now."""
    try:
        return resource.probe(wizard.host) is not DONE
    except SetupError:
        return True


def _have(wizard: Wizard, folder: RunFolder, wanted: Collection[str], given: dict[str, Given]) -> None:
    missing = sorted(set(wanted) - given.keys())
    ask = secret_asker(wizard.options) if wizard.options.unattended else dialog_of(wizard.options)
    if missing and ask is None:
        hint = f"Give it again: --set {missing[0]}=file:PATH"
        raise UsageError(f"the secret {missing[0]} is not kept across a reboot of this host", hint=hint)
    if missing:
        wizard.report(Note(text=FORGOTTEN))
    say: Callable[[str], None] = lambda text: wizard.report(Note(text=text))  # noqa: E731
    with wizard.report.pause():
        questions = [one for one in wizard.plugins.questions() if one.key.name in wanted]
        Interview(wizard.keys, wizard.context, given, ask, say=say).hold_only(questions)
    folder.secrets.write(wizard.context.answers.secrets())
