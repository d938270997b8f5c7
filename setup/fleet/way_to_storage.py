"""What a host has to be told to find the storage; all else that hosts have in common stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ovirt_hc_setup import keys
from ovirt_hc_setup.connection import Connection
from ovirt_hc_setup.runner.key import Key


def keys_of(connections: Sequence[Connection]) -> tuple[Key[Any], ...]:
    """The type of the storage, its path, and what any of its types takes beside it."""
    asked = [question.key for one in connections for question in one.questions]
    return tuple({key.name: key for key in (keys.STORAGE_PATH, keys.DOMAIN_TYPE, keys.MOUNT_OPTIONS, *asked)}.values())


def told(answers: Mapping[str, Mapping[str, str | None]], connections: Sequence[Connection]) -> tuple[str, ...]:
    """As `--set` has them, of answers as they lie in a run folder. What is a host's own is not among them, nor are secrets: this
    is said on a command line."""
    common = [key for key in keys_of(connections) if key.whose == "cluster" and not key.secret and key.name in answers]
    found = {key: answers[key.name]["text"] for key in common}
    return tuple(f"{key.name}={text}" for key, text in found.items() if text is not None and text != key.text(key.default))
