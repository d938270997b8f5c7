"""What oVirt's own answer files may hold: every key of hosted-engine-setup 1.0 to 2.7, of otopi, and the names of their dialogs.

A key that stands here and is none of ours is kept and said; one that does not is a typing error. The sources are the
constants and the dialogs of all releases of hosted-engine-setup (198 tags, 1.0.0 to 2.7.2), and those of otopi 1.10.
"""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.formats.answers.known_dialogs import DIALOGS
from ovirt_hc_setup.formats.answers.known_tables import HOSTED_ENGINE_1, HOSTED_ENGINE_2, OF_OLD_FLOWS, OTOPI
from ovirt_hc_setup.formats.answers.role_variables import VARIABLES

# Keys of other oVirt tools and keys with a free end, by what they begin with.
_PREFIXES = {
    "NETWORK_FIREWALLD_SERVICE/": "the definition of a firewalld service",
    "OVESETUP_": "a key of engine-setup, which runs in the engine VM",
    "OSETUP_": "a key of engine-setup's libraries",
    "QUESTION/": "the answer to a dialog of hosted-engine --deploy",
}


@dataclass(frozen=True)
class KnownKey:
    """`kind` is the type in answer files; `since` the program that brought it; `agrees` the values that ask for
    what this program does anyway, in letters of any size (empty: any value does); a `secret` is not written down again.
    """

    name: str
    kind: str
    help: str
    since: str
    agrees: tuple[str, ...] = ()
    secret: bool = False


def _table(text: str, since: str) -> dict[str, KnownKey]:
    found = {}
    for line in text.strip().splitlines():
        names, kind, help, *more = (part.strip() for part in line.split("|"))
        group, _, rest = names.partition("/")
        words = more[0].split() if more else []
        agrees = tuple(word for word in words if word != "secret")
        for name in rest.split():
            found[f"{group}/{name}"] = KnownKey(f"{group}/{name}", kind, help, since, agrees, "secret" in words)
    return found


KNOWN: dict[str, KnownKey] = {
    **_table(OTOPI, "otopi"),
    **_table(OF_OLD_FLOWS, "ovirt-hosted-engine-setup 1.0 to 2.3"),
    **_table(HOSTED_ENGINE_1, "ovirt-hosted-engine-setup 1.3"),
    **_table(HOSTED_ENGINE_2, "ovirt-hosted-engine-setup 2"),
}


def known_key(name: str) -> KnownKey | None:
    """What oVirt knows a key as; None for a name that is none of its."""
    if name.startswith("QUESTION/"):
        _, _, dialog = name.removeprefix("QUESTION/").partition("/")
        if dialog not in DIALOGS:
            return None
        return KnownKey(name, "str", f"the answer to the dialog {dialog}", "otopi 1.7.6", secret="PASSW" in dialog)
    if name in VARIABLES:
        return KnownKey(name, "str", "a variable of Ansible's role hosted_engine_setup", "the role", secret="password" in name)
    for prefix, help in _PREFIXES.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            return KnownKey(name, "str", help, "otopi", secret="password" in name.lower())
    return KNOWN.get(name)
