"""A volume's two paths: on the storage, and through VDSM's link."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.model.file_store import FileStore, is_prepared, same_volume

LAYOUT = FileStore.of(Path("/rhev/data-center/mnt/glusterSD/hc1:_engine/6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1"))
IMAGE, VOLUME = UUID(int=1), UUID(int=2)
ON_STORAGE, PREPARED = LAYOUT.volume(IMAGE, VOLUME).data, LAYOUT.prepared(IMAGE, VOLUME)


def test_vdsm_names_a_volume_by_domain_image_and_volume() -> None:
    assert str(PREPARED) == f"/run/vdsm/storage/{LAYOUT.folder.name}/{IMAGE}/{VOLUME}"
    assert PREPARED.parent == LAYOUT.link(IMAGE)
    assert (is_prepared(PREPARED), is_prepared(ON_STORAGE)) == (True, False)


def test_both_paths_are_the_same_volume() -> None:
    for first in (ON_STORAGE, PREPARED):
        for second in (ON_STORAGE, PREPARED):
            assert same_volume(first, second)


ELSEWHERE = FileStore.of(Path("/a")).prepared(IMAGE, VOLUME)


@pytest.mark.parametrize(
    "other", [LAYOUT.ids, LAYOUT.volume(VOLUME, IMAGE).data, LAYOUT.prepared(IMAGE, IMAGE), Path("/"), ELSEWHERE]
)
def test_others_are_not(other: Path) -> None:
    assert not same_volume(other, PREPARED)
    assert not same_volume(ON_STORAGE, other)
    assert same_volume(other, other)
    assert not same_volume(LAYOUT.leases, LAYOUT.ids)
