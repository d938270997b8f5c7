"""Kinds of host by name and suite, and what each host of a lab of several suites stands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab import host_kinds
from ovirt_hc_setup.lab.host_kinds import Containers, OwnKernels, kind_of
from ovirt_hc_setup.lab.places import Places


@dataclass(frozen=True)
class PlacesBelow(Places):
    top: Path = Path()

    @property
    def state(self) -> Path:
        return self.top


def test_one_suite_is_that_of_all_hosts_and_several_are_theirs_in_order() -> None:
    assert kind_of("container", "trixie") == Containers(("trixie",))
    assert kind_of("own", "bookworm,trixie") == OwnKernels(("bookworm", "trixie"))


@pytest.mark.parametrize("suites", ["sid", "bookworm,", "bookworm,sid", "", "bookworm, trixie"])
def test_a_suite_that_is_none_is_refused_with_those_there_are(suites: str) -> None:
    with pytest.raises(UsageError) as refused:
        kind_of("container", suites)
    assert "bookworm, trixie" in (refused.value.hint or "")


def test_a_lab_remembers_its_suites_and_each_host_what_it_stands_on(tmp_path: Path) -> None:
    lab = PlacesBelow("test", tmp_path)
    host_kinds.note_kind(lab, wanted := kind_of("own", "bookworm,trixie"))
    assert host_kinds.noted_kind(lab) == wanted
    lab.base_note.write_text("old new")
    assert [host_kinds._noted_for(lab, host) for host in ("hc1", "hc2", "hc3", "hc4")] == ["old", "new", "old", "new"]
    lab.base_note.write_text("one")
    assert host_kinds._noted_for(lab, "hc3") == "one"
