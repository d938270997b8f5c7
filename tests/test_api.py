"""What plugins of others may use: few names, each with its meaning; and a package that stands on nothing else works."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ovirt_hc_setup import api
from ovirt_hc_setup.base.host import HostBehind, Outcome, Request
from tests.machines.answering import drawn_alike, machine
from tests.machines.planning import whole_plan
from tests.machines.recording import FOLDER
from tests.test_whole_plans import appliance_in

TOP = Path(__file__).resolve().parents[1]
NAMES = Path(__file__).parent / "golden" / "api.txt"
MOST = 60
SITE_NOTE = TOP / "examples" / "site-note"
OWNER = "SITE_NOTE/owner=storage team"


def test_the_names_are_the_golden_ones_and_few() -> None:
    assert "".join(f"{name}\n" for name in api.__all__) == NAMES.read_text(), "a name that is there stays: others stand on it"
    assert len(api.__all__) <= MOST


@pytest.mark.parametrize("name", api.__all__)
def test_each_name_has_a_meaning(name: str) -> None:
    assert f"| `{name}` |" in (TOP / "docs" / "plugins.md").read_text()
    found = getattr(api, name)
    if inspect.isclass(found) or inspect.isfunction(found) or inspect.ismodule(found):
        assert inspect.getdoc(found)


@pytest.mark.parametrize("module", sorted((TOP / "examples").rglob("*.py")), ids=lambda path: str(path.stem))
def test_examples_stand_on_nothing_else(module: Path) -> None:
    tree = ast.parse(module.read_text())
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {name for name in imported if name.startswith("ovirt_hc_setup")} <= {"ovirt_hc_setup.api"}


class WithNotes(HostBehind):
    """A machine, and what people who log in on it read."""

    def outcome(self, request: Request) -> Outcome:
        if request.argv == ("ls", "/etc/motd.d"):
            return Outcome(request, self.name, 0, "cockpit\n", "", 0.0)
        return super().outcome(request)

    def read(self, path: Path) -> bytes:
        if path.parent == Path("/etc/motd.d"):
            raise FileNotFoundError(path)
        return super().read(path)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example as its package installs it, made without network."""
    source, site = tmp_path / "source", tmp_path / "site"
    shutil.copytree(SITE_NOTE, source)
    site.mkdir()
    make = [sys.executable, "-c", "import setuptools; setuptools.setup()", "--quiet"]
    make += ["build_py", "--build-lib", str(site), "egg_info", "--egg-base", str(site)]
    subprocess.run(make, cwd=source, check=True, stderr=subprocess.DEVNULL)
    monkeypatch.syspath_prepend(str(site))


@pytest.mark.usefixtures("installed")
def test_the_example_is_asked_checked_and_planned_with_the_rest(tmp_path: Path) -> None:
    assert [point.value for point in importlib.metadata.entry_points(group="ovirt_hc_setup")] == ["ovirt_hc_site_note"]
    answers = tmp_path / "site.conf"
    answers.write_bytes((FOLDER / "site.conf").read_bytes())
    answers.chmod(0o600)
    words = ["deploy", "--unattended", "--answers", str(answers), "--plugin", "site-note", "--set", OWNER]
    tree = tmp_path / "tree"
    tree.mkdir()
    with drawn_alike(), machine("volume-hc1", tree, appliance_in(tmp_path)) as host:
        plan = whole_plan(words, WithNotes(host))
    assert "SITE_NOTE/owner = storage team  (--set)" in plan
    assert "there are notes already: cockpit" in plan
    assert "Write /etc/motd.d/ovirt-hc-site-note: who is responsible for this host" in plan
