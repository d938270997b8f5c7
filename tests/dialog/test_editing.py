"""What Tab offers: by the beginning, by what is in the middle, and item by item in a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent, Completer
from prompt_toolkit.document import Document

from ovirt_hc_setup.dialog.editing import Paths, Words


def completed(completer: Completer, typed: str, behind: str = "") -> list[str]:
    """The lines that there would be, with the cursor behind `typed`."""
    found = completer.get_completions(Document(typed + behind, len(typed)), CompleteEvent(completion_requested=True))
    return [typed[: len(typed) + one.start_position] + one.text + behind for one in found]


DISKS = ("/dev/sdb", "/dev/sdc", "/dev/nvme0n1")


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("/dev/n", ["/dev/nvme0n1"]),
        ("SDC", ["/dev/sdc"]),
        ("sd", ["/dev/sdb", "/dev/sdc"]),
        ("", list(DISKS)),
        ("x", []),
    ],
)
def test_texts_by_their_beginning_else_by_what_is_in_them(typed: str, lines: list[str]) -> None:
    assert completed(Words(DISKS), typed) == lines


def test_each_item_of_a_list_by_itself() -> None:
    words = Words(DISKS, several=True)
    assert completed(words, "hc1=/dev/sdb, hc2=/dev/n") == ["hc1=/dev/sdb, hc2=/dev/nvme0n1"]
    assert completed(words, "sdc,nv") == ["sdc,/dev/nvme0n1"]


def test_what_stands_behind_the_cursor_stays() -> None:
    assert completed(Words(DISKS, several=True), "hc1=nv", ",hc2=/dev/sdc") == ["hc1=/dev/nvme0n1,hc2=/dev/sdc"]


def test_paths_and_known_files_by_a_part_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "engine.ova").touch()
    paths = Paths(["/usr/share/ovirt-engine-appliance/engine-4.5.ova"])
    assert completed(paths, f"{tmp_path}/eng") == [f"{tmp_path}/engine.ova"]
    assert completed(paths, "4.5") == ["/usr/share/ovirt-engine-appliance/engine-4.5.ova"]
    assert completed(paths, "") == ["/usr/share/ovirt-engine-appliance/engine-4.5.ova"]
