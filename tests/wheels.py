"""Wheels of the examples, made and installed without network: Debian 12's setuptools needs a package more to make one itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

_WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(package: Path, folder: Path) -> Path:
    """The package as a wheel in `folder`, with what setuptools says of it."""
    source, built = folder / f"{package.name}-source", folder / f"{package.name}-built"
    shutil.copytree(package, source)
    built.mkdir()
    make = [sys.executable, "-c", "import setuptools; setuptools.setup()", "--quiet"]
    make += ["build_py", "--build-lib", str(built), "egg_info", "--egg-base", str(built)]
    subprocess.run(make, cwd=source, check=True, stderr=subprocess.DEVNULL)
    (info,) = built.glob("*.egg-info")
    fields = dict(line.split(": ", 1) for line in (info / "PKG-INFO").read_text().splitlines() if ": " in line)
    stem = f"{fields['Name'].replace('-', '_')}-{fields['Version']}"
    about = f"{stem}.dist-info"
    files = {path.name: path.read_text() for path in built.glob("*.py")}
    files |= {f"{about}/METADATA": (info / "PKG-INFO").read_text(), f"{about}/WHEEL": _WHEEL}
    files[f"{about}/entry_points.txt"] = (info / "entry_points.txt").read_text()
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{about}/RECORD"))
    made = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made


def install(made: Path, site: Path) -> None:
    """As an operator does who has the file and no network, into a folder."""
    words = ("--quiet", "--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check", "--target", str(site))
    subprocess.run([sys.executable, "-I", "-m", "pip", "install", *words, str(made)], check=True)
