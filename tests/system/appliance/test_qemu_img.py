"""Images are named to QEMU with their format, in a form that no file name can break out of; their data is found in few parts."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.model.appliance import DiskFormat
from ovirt_hc_setup.system.appliance.qemu_img import Extent, Image, damage, data_extents, joined
from ovirt_hc_setup.system.host import commands

EXTENTS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), max_size=30)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_file_name_is_a_file_name_and_nothing_else(name: str) -> None:
    path = Path("/") / name
    said = Image(path, DiskFormat.QCOW2, 512, 1000).reference
    assert json.loads(said.removeprefix("json:")) == {
        "driver": "qcow2",
        "backing": None,
        "file": {"driver": "raw", "offset": 512, "size": 1024, "file": {"driver": "file", "filename": str(path)}},
    }


@given(EXTENTS, st.integers(0, 40))
def test_joined_extents_cover_the_same_data_and_are_further_apart(gaps: list[tuple[int, int]], hole: int) -> None:
    extents, at = [], 0
    for gap, length in gaps:
        extents.append(Extent(at + gap, length))
        at += gap + length
    found = joined(extents, hole)
    assert all(any(part.start <= one.start and one.end <= part.end for part in found) for one in extents)
    assert all(after.start - before.end > hole for before, after in pairwise(found))
    assert {part.start for part in found} <= {one.start for one in extents}
    assert {part.end for part in found} <= {one.end for one in extents}


@pytest.mark.skipif(shutil.which("qemu-img") is None, reason="qemu-img is not installed")
def test_whoever_watches_commands_hears_of_qemu_img_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(commands, "_watchers", [lambda outcome: seen.append(" ".join(outcome.request.argv[:2]))])
    (tmp_path / "disk").write_bytes(b"x" * 65536 + bytes(1 << 20))
    image = Image(tmp_path / "disk", DiskFormat.RAW)
    assert data_extents(image)[0].start == 0
    with pytest.raises(CommandFailed, match="does not support checks"):
        damage(image)
    assert seen == ["qemu-img map", "qemu-img check"]
