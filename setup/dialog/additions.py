"""`APPEND:KEY` and `PREPEND:KEY`: adding to a list instead of replacing it, as otopi's command line has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ovirt_hc_setup.base.errors import AnswerError, SetupError
from ovirt_hc_setup.dialog.pieces import ADDITIONS
from ovirt_hc_setup.runner.interview import winners
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.run_answers import Given, Source

APPEND, PREPEND = ADDITIONS


def with_additions(given: Sequence[Given], keys: Mapping[str, Key[Any]], errors: list[SetupError]) -> list[Given]:
    """`given` with every addition made to the value that counts (or to the key's default); a later addition adds to it again.
    What is added for one host is added to its own value, or else to the cluster's.
    """
    cluster = _added([one for one in given if not one.host], [], keys, errors)
    hosts = dict.fromkeys(one.host for one in given if one.host)
    return cluster + [one for host in hosts for one in _added([one for one in given if one.host == host], cluster, keys, errors)]


def _added(
    given: Sequence[Given], behind: Sequence[Given], keys: Mapping[str, Key[Any]], errors: list[SetupError]
) -> list[Given]:
    """`behind` are the values that count where none of `given` does."""
    plain = [one for one in given if not one.name.startswith((APPEND, PREPEND))]
    best = winners([*behind, *plain])
    for one in given:
        if not one.name.startswith((APPEND, PREPEND)):
            continue
        key = keys[one.name.removeprefix(APPEND).removeprefix(PREPEND)]
        if not key.separator:
            hint = f"Lists are: {', '.join(sorted(name for name, known in keys.items() if known.separator))}."
            errors.append(AnswerError(f"{one.origin}: {one.name}: {key.name} is not a list", hint=hint))
            continue
        default = "" if key.default is None else key.text(key.default)
        base = best.get(key.name, Given(key.name, default, Source.KEY_DEFAULT, ""))
        parts = [base.text, one.text] if one.name.startswith(APPEND) else [one.text, base.text]
        origin = f"{base.origin} and {one.origin}" if base.origin else one.origin
        text = key.separator.join(part for part in parts if part)
        best[key.name] = replace(base, text=text, source=max(base.source, one.source), origin=origin, host=one.host)
        plain.append(best[key.name])
    return plain
