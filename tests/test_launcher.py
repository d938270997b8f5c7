"""The launcher: works from a bare checkout, prepares once, is killed without harm, and says what is missing."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

import ovirt_hc_setup

TOP = Path(__file__).resolve().parent.parent
LAUNCHER = "ovirt-hc-setup"
VERSION = f"ovirt-hc-setup {ovirt_hc_setup.__version__}\n"


def module_of(name: str, path: Path) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return module_of("launcher", TOP / LAUNCHER)


@pytest.fixture
def preparation(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return module_of("preparation", TOP / "requirements" / "environment.py")


def bare_checkout(folder: Path) -> Path:
    """What a fresh clone has, as far as the launcher is concerned."""
    shutil.copytree(TOP / "setup", folder / "setup", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TOP / "requirements", folder / "requirements")
    shutil.copy(TOP / LAUNCHER, folder)
    return folder


def start(program: Path, **variables: str) -> subprocess.Popen[str]:
    command, env = [str(program), "--version"], {**os.environ, **variables}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ends_well(process: subprocess.Popen[str]) -> str:
    """What it said on stderr, after it told the version."""
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, VERSION), err
    return err


def test_the_environment_has_another_name_when_a_list_changes(launcher: ModuleType, tmp_path: Path) -> None:
    locked = tmp_path / "runtime.lock"
    locked.write_text("rich==1\n")
    before = launcher.environment_name([locked], (3, 11))
    assert launcher.environment_name([locked], (3, 11)) == before
    locked.write_text("rich==2\n")
    assert launcher.environment_name([locked], (3, 11)) != before


def test_the_environment_has_another_name_for_another_python(launcher: ModuleType) -> None:
    assert launcher.environment_name([], (3, 11)) != launcher.environment_name([], (3, 12))


def test_a_python_that_is_too_old_is_told(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 7, 16))
    with pytest.raises(SystemExit) as ended:
        launcher.main()
    assert ended.value.code == 2
    assert "needs Python 3.8 to start, and 3.11 to run" in capsys.readouterr().err


def test_a_distribution_with_old_pythons_only_is_told_what_to_install(
    preparation: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preparation.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        preparation.newer_python((3, 11))
    assert "older than 3.11\n  Install one" in capsys.readouterr().err


def test_the_python_is_the_distributions_and_new_enough(launcher: ModuleType) -> None:
    python = launcher.distribution_python()
    assert python.startswith("/usr/bin/")
    assert launcher.version_of(python) >= (3, 11)


@pytest.mark.parametrize("name", ["python3.11", "python3", "python"])
def test_the_version_of_a_python_is_known_by_its_name_or_by_asking_it(launcher: ModuleType, tmp_path: Path, name: str) -> None:
    real = tmp_path / name
    real.write_text("#!/bin/sh\necho 3 11\n")
    real.chmod(0o755)
    (tmp_path / "link").symlink_to(real)
    assert launcher.version_of(str(tmp_path / "link")) == (3, 11)
    assert launcher.version_of("/bin/false") is None


def test_a_start_that_finds_its_environment_imports_nothing_that_it_can_do_without() -> None:
    command = ["/usr/bin/python3", "-I", "-X", "importtime", str(TOP / LAUNCHER), "--version"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded = {line.rsplit("|", 1)[-1].strip() for line in told.stderr.splitlines() if line.startswith("import time:")}
    assert told.stdout == VERSION
    assert "hashlib" in loaded
    assert loaded & {"environment", "subprocess", "pathlib", "shutil", "tempfile", "re", "argparse"} == set()


def test_missing_packages_are_named_with_the_command_to_who_is_not_root(
    preparation: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        preparation.install("apt-get", ["python3-venv", "python3-libvirt"])
    assert "apt-get install -y python3-venv python3-libvirt" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["usr/lib/python3/dist-packages", "usr/lib64/python3.12/site-packages"])
def test_the_binding_is_found_where_the_distributions_put_it(preparation: ModuleType, tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    for name in ("libvirt.py", "libvirtmod.cpython-312-x86_64-linux-gnu.so", "libvirtaio.py", "other.py"):
        (tmp_path / folder / name).touch()
    found = [path.name for path in preparation.binding_files(tmp_path)]
    assert found == ["libvirt.py", "libvirtaio.py", "libvirtmod.cpython-312-x86_64-linux-gnu.so"]


def test_no_binding_is_found_where_there_is_none(preparation: ModuleType, tmp_path: Path) -> None:
    assert preparation.binding_files(tmp_path) == []


def test_who_cannot_make_the_environment_is_told_who_can(
    preparation: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").touch()  # as with a checkout that belongs to somebody else, also for root
    with pytest.raises(SystemExit) as ended:
        preparation.prepare("/usr/bin/python3", (3, 11), [], str(tmp_path / ".env" / "name"))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"{tmp_path}/.env cannot be written" in said
    assert "Let who owns this checkout start it once, or copy it to where you can write." in said


def test_packages_that_cannot_be_had_are_said_with_where_they_come_from(
    preparation: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pip = tmp_path / "python"
    pip.write_text("#!/bin/sh\necho ERROR: no matching distribution; exit 1\n")
    pip.chmod(0o755)
    with pytest.raises(SystemExit):
        preparation.pip(pip, "-r", "a.lock")
    said = capfd.readouterr().err
    assert "ERROR: no matching distribution" in said
    assert "PIP_INDEX_URL" in said


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose environment two starts at once have made."""
    top = bare_checkout(tmp_path_factory.mktemp("checkout"))
    both = [start(top / LAUNCHER) for _ in range(2)]
    said = "".join(ends_well(process) for process in both)
    assert said.count("preparing the Python environment") == 1
    return top


@pytest.mark.lab
def test_the_environment_is_made_once(prepared: Path) -> None:
    assert ends_well(start(prepared / LAUNCHER)) == ""


@pytest.mark.lab
def test_a_link_on_the_path_starts_the_checkouts_program(prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(prepared / LAUNCHER)
    assert ends_well(start(tmp_path / "link")) == ""


@pytest.mark.lab
def test_modules_of_the_caller_are_not_taken(prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("raise SystemExit('a module of the caller was imported')\n")
    assert ends_well(start(prepared / LAUNCHER, PYTHONPATH=str(tmp_path))) == ""


@pytest.mark.lab
def test_the_environment_has_the_libvirt_binding(prepared: Path) -> None:
    [python] = (prepared / ".env").glob("*/bin/python")
    subprocess.run([python, "-I", "-c", "import libvirt; libvirt.getVersion()"], check=True)


@pytest.mark.lab
def test_a_checkout_that_moved_still_works(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path / "moved", symlinks=True)
    assert ends_well(start(tmp_path / "moved" / LAUNCHER)) == ""


@pytest.mark.lab
def test_a_kill_in_the_middle_leaves_nothing_half_made(tmp_path: Path) -> None:
    top = bare_checkout(tmp_path / "checkout")
    process = start(top / LAUNCHER)
    deadline = time.monotonic() + 60
    while not list((top / ".env").glob("*.new/bin/python")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not [path for path in (top / ".env").iterdir() if path.is_dir() and path.suffix != ".new"]
    assert "preparing the Python environment" in ends_well(start(top / LAUNCHER))
    assert len([path for path in (top / ".env").iterdir() if path.is_dir()]) == 1
