"""What plugins of others may use: few names, each with its meaning; and a package that stands on nothing else works."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from ovirt_hc_setup import api
from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.base.host import HostBehind, Outcome, Request
from ovirt_hc_setup.plugins import deployed
from ovirt_hc_setup.plugins.assembly import assembled
from tests import storages
from tests.machines.answering import drawn_alike, machine
from tests.machines.planning import whole_plan
from tests.machines.recording import FOLDER
from tests.test_whole_plans import appliance_in
from tests.wheels import install, wheel

TOP = Path(__file__).resolve().parents[1]
NAMES = Path(__file__).parent / "golden" / "api.txt"
MOST = 60
EXAMPLES = ("site-note", "posixfs-backend")
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
    """A machine, with what was not recorded of it: what people who log in on it read, and that no unit mounts a posixfs."""

    def outcome(self, request: Request) -> Outcome:
        if request.argv == ("ls", "/etc/motd.d"):
            return Outcome(request, self.name, 0, "cockpit\n", "", 0.0)
        return super().outcome(request)

    def read(self, path: Path) -> bytes:
        if path.parent == Path("/etc/motd.d") or "mnt-hc1" in path.name:
            raise FileNotFoundError(path)
        return super().read(path)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples as their wheels install them, without network."""
    site = tmp_path / "site"
    for name in EXAMPLES:
        install(wheel(TOP / "examples" / name, tmp_path), site)
    monkeypatch.syspath_prepend(str(site))


@pytest.mark.usefixtures("installed")
def test_the_example_is_asked_checked_and_planned_with_the_rest(tmp_path: Path) -> None:
    points = importlib.metadata.entry_points(group="ovirt_hc_setup")
    assert sorted(point.value for point in points) == ["ovirt_hc_posixfs", "ovirt_hc_site_note"]
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


POSIXFS = {
    "OVEHOSTED_STORAGE/domainType": "posixfs",
    "OVEHOSTED_STORAGE/storageDomainConnection": "hc1.hc.test:/engine/",
    "OVEHOSTED_STORAGE/mntOptions": "backup-volfile-servers=hc2.hc.test:hc3.hc.test",
    "POSIXFS/vfsType": "glusterfs",
}


@pytest.mark.usefixtures("installed")
def test_a_type_of_storage_that_a_package_brings_is_asked_looked_into_and_planned(tmp_path: Path) -> None:
    answers = tmp_path / "site.conf"
    answers.write_bytes((FOLDER / "site.conf").read_bytes())
    answers.chmod(0o600)
    words = [word for name, value in POSIXFS.items() for word in ("--set", f"{name}={value}")]
    tree = tmp_path / "tree"
    tree.mkdir()
    with drawn_alike(), machine("volume-hc1", tree, appliance_in(tmp_path)) as host:
        plan = whole_plan(["deploy", "--unattended", "--answers", str(answers), "--plugin", "posixfs", *words], WithNotes(host))
    assert "Mount hc1.hc.test:/engine at /rhev/data-center/mnt/hc1.hc.test:_engine" in plan
    assert "storage.reachable" in plan and "hc1.hc.test:/engine can be mounted" in plan
    assert "domain_type = POSIXFS" in plan
    assert "domainType=posixfs" in plan
    assert "glusterSD" not in plan and "gluster." not in plan, "no other type has a say in it"


def test_a_type_of_storage_that_nobody_brings_is_refused() -> None:
    with pytest.raises(ValueRefused, match="storage of the type posixfs is not supported by this version"):
        assembled().keys["OVEHOSTED_STORAGE/domainType"].parse("posixfs")


@pytest.mark.usefixtures("installed")
def test_a_deployed_host_knows_its_storage_by_the_plugin_that_its_run_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    conf = replace(storages.CONF, storage="h:/my_vol", domain_type="posixfs")
    monkeypatch.setattr(deployed, "_remembered", lambda: ["posixfs"])
    found = deployed.deployment(conf)
    assert (found.mount_point, found.health) == (Path("/rhev/data-center/mnt/h:_my__vol"), None)
    # Another plugin that was tried once and is not installed any more is in nobody's way at a boot.
    monkeypatch.setattr(deployed, "_remembered", lambda: ["gone", "posixfs"])
    assert deployed.deployment(conf) == found
    monkeypatch.setattr(deployed, "_remembered", list)
    with pytest.raises(ValueRefused, match="posixfs"):
        deployed.deployment(conf)
