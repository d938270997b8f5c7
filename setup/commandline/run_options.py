"""What a command line says of a run, as a typed value: nothing behind the verbs knows the parser."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ovirt_hc_setup.report.choosing import Output


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The options by the names that the parser gives them; a verb that has not all of them leaves the others as they are here.
    `words` are the command line as it was typed; `propose_host_id` is given by another host that lets this one join.
    """

    answers: tuple[Path, ...] = ()
    settings: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    plugin: tuple[str, ...] = ()
    unattended: bool = False
    ask_secrets: bool = False
    save: Path | None = None
    with_ids: bool = False
    plan: bool = False
    yes: bool = False
    resume: bool = False
    attach: bool = False
    output: Output = "auto"
    verbose: bool = False
    dialog: str = "console"
    words: tuple[str, ...] = ()
    send_program: bool = False
    propose_host_id: int | None = None

    @classmethod
    def of(cls, args: argparse.Namespace) -> RunOptions:
        known = {field.name: getattr(args, field.name) for field in fields(cls) if hasattr(args, field.name)}
        return cls(**{name: _frozen(value) for name, value in known.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
