from __future__ import annotations

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.vdsm.storage_look import FoundDomain, read_look

ROOT = "R36 36 755\0S4096 100 40\0"


def test_an_empty_storage() -> None:
    look = read_look(ROOT)
    assert (look.domains, look.others) == ((), ())
    assert (look.uid, look.gid, look.mode) == (36, 36, 0o755)
    assert (look.size, look.free) == (409600, 163840)


@pytest.mark.parametrize("name", [".trashcan", ".glusterfs", "lost+found", "__DIRECT_IO_TEST__"])
def test_what_gluster_and_vdsm_leave_about_is_no_content(name: str) -> None:
    assert read_look(f"{ROOT}E{name}\0").others == ()


def test_a_domain_is_found_with_its_metadata() -> None:
    look = read_look(f"{ROOT}Eabc\0Dabc\0DESCRIPTION=old\nVERSION=5\n\0")
    assert look.domains == (FoundDomain("abc", "DESCRIPTION=old\nVERSION=5\n"),)
    assert look.others == ()


def test_other_content_is_named() -> None:
    assert read_look(f"{ROOT}Ezebra\0Eapple\0").others == ("apple", "zebra")


TORN = ("", "R36 36 755\0", "S1 2 3\0", ROOT + "Etorn", ROOT + "Xwhat\0", "Rroot root 755\0S1 2 3\0", "R1 2\0S1 2 3\0")


@pytest.mark.parametrize("text", TORN)
def test_what_is_torn_or_strange_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        read_look(text)
