"""The passwords of an interrupted run: forgotten when the host restarts, and had again if something needs them still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ovirt_hc_setup.base.errors import SetupError, UsageError
from ovirt_hc_setup.base.events import Note
from ovirt_hc_setup.resources.seed_iso import SeedIso
from ovirt_hc_setup.runner.interview import Interview, winners
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import DONE, Resource
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.verbs.asking import dialog_of, secret_asker
from ovirt_hc_setup.verbs.wizard import Wizard

FORGOTTEN = "Passwords are not kept across a reboot of the host, so they are asked again."
IN_THE_SEED = "The cloud-init ISO contains the passwords that were given first; those entered now are not used."


def renew_secrets(wizard: Wizard, folder: RunFolder) -> None:
    """Take them from the supplied answers, or ask. Raises UsageError where one is missing and nobody is asked."""
    if folder.secrets.there():
        return
    wizard.recall(folder)
    wanted = [one for one in wizard.plugins.questions() if one.key.secret and one.applies(wizard.context)]
    names = {one.key.name for one in wanted}
    given = {name: one for name, one in winners(wizard.supplied()).items() if name in names}
    if any(_takes_secrets(resource, wizard) for resource in folder.resources(wizard.kinds)):
        _have(wizard, folder, wanted, given)
    elif given:
        wizard.report(Note(level="warning", text=IN_THE_SEED))


def _takes_secrets(resource: Resource, wizard: Wizard) -> bool:
    """Whether it is still to be made of secrets. What is in a seed that is there holds, whatever would be typed now."""
    if not isinstance(resource, SeedIso):
        return False
    try:
        return resource.probe(wizard.host) is not DONE
    except SetupError:
        return True


def _have(wizard: Wizard, folder: RunFolder, wanted: Sequence[Question[Any]], given: dict[str, Any]) -> None:
    missing = [one.key.name for one in wanted if one.key.name not in given]
    ask = secret_asker(wizard.args) if wizard.args.unattended else dialog_of(wizard.args)
    if missing and ask is None:
        hint = f"Give it again: --set {missing[0]}=file:PATH"
        raise UsageError(f"the secret {missing[0]} is not kept across a reboot of this host", hint=hint)
    if missing:
        wizard.report(Note(text=FORGOTTEN))
    say: Callable[[str], None] = lambda text: wizard.report(Note(text=text))  # noqa: E731
    with wizard.report.pause():
        Interview(wizard.keys, wizard.context, given, ask, say=say).hold_only(wanted)
    folder.secrets.write(wizard.context.answers.secrets())
