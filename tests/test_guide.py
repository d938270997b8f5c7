"""What the pages for operators say is so: links lead somewhere, commands and keys exist, the picture is current."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from ovirt_hc_setup.base.shown import VERBS
from ovirt_hc_setup.keys import BUILT_IN

TOP = Path(__file__).resolve().parent.parent
PAGES = sorted([TOP / "README.md", *(TOP / "docs").glob("*.md")])
GUIDE = sorted((TOP / "docs").glob("guide*.md"))
KEYS = {key.name for key in BUILT_IN}


def anchors(page: Path) -> set[str]:
    """The names that a page's headings have in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", [*GUIDE, TOP / "README.md"], ids=lambda page: page.name)
def test_commands_and_keys_exist(page: Path) -> None:
    text = page.read_text()
    assert set(re.findall(r"ovirt-hc-setup ([a-z][a-z-]+)", text)) <= set(VERBS)
    assert set(re.findall(r"\b(?:OVEHOSTED|HC)_[A-Z]+/\w+", text)) <= KEYS


def test_the_guide_is_one_whole() -> None:
    first = (TOP / "docs" / "guide.md").read_text()
    assert [page.name for page in GUIDE if page.name != "guide.md" and f"({page.name})" not in first] == []


def test_the_picture_of_the_work_is_what_the_program_draws() -> None:
    drawn = runpy.run_path(str(TOP / "docs" / "screens" / "draw.py"))
    assert drawn["draw"]() == drawn["PICTURE"].read_text(), "draw it again: PYTHONPATH=. python docs/screens/draw.py"
