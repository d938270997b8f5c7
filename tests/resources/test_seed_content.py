"""What the cloud-init ISO has of secrets."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.resources.seed_iso import SeedIso
from tests.formats.appliance.test_cloud_init import DHCP

SEED = SeedIso(name="seed", path=Path("/run/x.iso"), seed=DHCP, admin_password="A/admin", root_password="A/root", rounds=1000)


@pytest.mark.parametrize(("root", "login"), [("long enough", b"ssh_pwauth: true"), ("", b"ssh_pwauth: false")])
def test_an_empty_password_of_root_is_none(root: str, login: bytes) -> None:
    """As it may be given again after a reboot: everybody would be root otherwise."""
    secrets = {"A/admin": Secret("admin's"), "A/root": Secret(root)}
    content = SEED._content(cast(Any, SimpleNamespace(secrets=SimpleNamespace(get=secrets.__getitem__))))
    assert login in content
