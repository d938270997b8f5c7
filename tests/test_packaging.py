"""The package as it is published: everything in it, nothing unlocked, and a wheel that runs."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import ovirt_hc_setup

TOP = Path(__file__).resolve().parent.parent
LOCKS = ("runtime.lock", "dev.lock", "libvirt.lock")


@pytest.fixture(scope="module")
def project() -> Any:
    return tomllib.loads((TOP / "pyproject.toml").read_text())


def package_name(folder: Path) -> str:
    return ".".join(("ovirt_hc_setup", *folder.relative_to(TOP / "setup").parts))


def requirements(name: str) -> set[str]:
    lines = (TOP / "requirements" / name).read_text().splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-"))}


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (TOP / "requirements" / name).read_text(), re.MULTILINE))


def test_every_package_is_published(project: Any) -> None:
    found = {package_name(path.parent) for path in (TOP / "setup").rglob("__init__.py")}
    # The sample answers lie beside the package in a checkout, and in it when it is installed.
    assert set(project["tool"]["setuptools"]["packages"]) == {*found, "ovirt_hc_setup.answers"}


def test_every_module_is_in_a_package() -> None:
    modules = (path for path in (TOP / "setup").rglob("*.py") if "files" not in path.parts)
    assert [str(path) for path in modules if not path.with_name("__init__.py").exists()] == []


def test_every_data_file_is_published(project: Any) -> None:
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, of_package in project["tool"]["setuptools"]["package-data"].items()
        for pattern in of_package
    ]
    data = (path for path in (TOP / "setup").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc"))
    names = [f"ovirt_hc_setup/{path.relative_to(TOP / 'setup')}" for path in data]
    assert [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)] == []


def test_the_lists_to_lock_ask_for_what_the_project_asks_for(project: Any) -> None:
    assert requirements("runtime.in") | requirements("libvirt.in") == set(project["project"]["dependencies"])
    assert requirements("dev.in") == set(project["project"]["optional-dependencies"]["dev"])


@pytest.mark.parametrize("name", LOCKS)
def test_everything_locked_has_a_version_and_a_hash_and_names_no_index(name: str) -> None:
    text = (TOP / "requirements" / name).read_text()
    entries = re.split(r"\n(?=[A-Za-z])", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).strip())
    assert [entry for entry in entries if not re.match(r"[a-z0-9.-]+==[^\s;]+ \\\n +--hash=sha256:[0-9a-f]{64}", entry)] == []
    assert "://" not in text


def test_tests_run_with_the_versions_that_operators_run() -> None:
    runtime, dev = locked("runtime.lock"), locked("dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.lab
def test_a_wheel_runs(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(TOP), str(clone)], check=True)
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(clone)], check=True)
    [wheel] = tmp_path.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", str(tmp_path / "installed"), str(wheel)], check=True)
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    code = "import ovirt_hc_setup, ovirt_hc_setup.lab.appliance as lab; print(ovirt_hc_setup.__file__, lab.__file__)"
    places = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout
    assert all(place.startswith(str(tmp_path / "installed")) for place in places.split())
    command = [sys.executable, "-m", "ovirt_hc_setup", "--version"]
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    assert told == f"ovirt-hc-setup {ovirt_hc_setup.__version__}\n"


def test_a_name_stands_for_one_thing_in_the_whole_house() -> None:
    """A verb's module is named after the verb, and nothing else has that name."""
    modules = Counter(path.name for path in (TOP / "setup").rglob("*.py") if path.name != "__init__.py")
    trees = (ast.parse(path.read_text()) for path in (TOP / "setup").rglob("*.py"))
    classes = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in (modules + classes).items() if count > 1] == []
