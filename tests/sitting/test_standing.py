"""Whoever wants a run on a host that has one is told what the host is; nothing that is in order is told to be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.runner.journal import Kind
from ovirt_hc_setup.runner.run_folder import create
from ovirt_hc_setup.sitting.standing import refusal


@pytest.mark.parametrize(
    ("verb", "kinds", "said", "advised", "never"),
    [
        ("deploy", ["confirmed", "finished"], "is the first host of a hosted engine", "add-host --on HOST", "reset"),
        ("add-host", ["confirmed", "finished"], "has already joined a hosted engine", "remove-host", "reset"),
        ("brick", ["confirmed", "finished"], "has been set up by `brick`", "ovirt-hc-setup status", "reset"),
        ("deploy", ["confirmed"], "has the unfinished run", "Continue it on that host: ovirt-hc-setup deploy", "Undo"),
        ("deploy", ["confirmed", "undoing"], "only partly undone", "Finish that first: ovirt-hc-setup reset", "add-host"),
    ],
)
def test_what_a_host_is_comes_before_what_to_do(
    verb: str, kinds: list[Kind], said: str, advised: str, never: str, tmp_path: Path
) -> None:
    folder = create(verb, "hc1", "0", {}, [], root=tmp_path / "runs")
    for kind in kinds:
        folder.journal.append("", kind)
    refused = refusal(folder, "this host")
    assert said in refused.message
    assert advised in refused.hint
    assert never not in f"{refused.message} {refused.hint}"
