"""The seed against the schema that cloud-init itself ships, taken out of Debian's package of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

pytestmark = pytest.mark.lab

GOLDEN = Path(__file__).parents[1] / "golden" / "cloud_init"
PLACE = Path("usr/lib/python3/dist-packages/cloudinit/config/schemas")


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cloud-init")
    if (Path("/") / PLACE).is_dir():
        return Path("/") / PLACE
    subprocess.run(["apt-get", "download", "-q", "cloud-init"], cwd=folder, check=True, timeout=120, capture_output=True)
    package = next(folder.glob("cloud-init_*.deb"))
    subprocess.run(["dpkg", "-x", package, folder / "tree"], check=True, timeout=60)
    return folder / "tree" / PLACE


def validator(path: Path) -> Any:
    return jsonschema.Draft4Validator(json.loads(path.read_text()))


@pytest.mark.parametrize("document", sorted(GOLDEN.glob("*.user-data")), ids=lambda path: path.name)
def test_user_data_is_valid(schemas: Path, document: Path) -> None:
    errors = validator(schemas / "schema-cloud-config-v1.json").iter_errors(yaml.safe_load(document.read_text()))
    assert [error.message for error in errors] == []


def test_the_schema_would_have_said_so(schemas: Path) -> None:
    broken = {"chpasswd": {"users": [{"name": "root", "password": "x", "type": "clear"}]}}
    assert list(validator(schemas / "schema-cloud-config-v1.json").iter_errors(broken))
