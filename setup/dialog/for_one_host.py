"""What was supplied, as it counts for one host: the cluster's answers, and before them those that it has of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ovirt_hc_setup.dialog.supply import Supplied
from ovirt_hc_setup.model.other_hosts import is_called
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.run_answers import Given


def answers_for(host: str, found: Supplied, keys: Mapping[str, Key[Any]]) -> list[Given]:
    """The answers of another host. Of equal rank its own stand last, and count; what only one host can have is among them only if
    it was given for this one. With `winners` they are what its command line or its run is given.
    """
    return [*(one for one in found.given if keys[one.name].whose != "one"), *own_answers((host,), found)]


def own_answers(names: Iterable[str], found: Supplied) -> list[Given]:
    """What was supplied for the host of these names alone."""
    return [replace(one, host="") for one in found.of_hosts if is_called(one.host, names)]
