"""Password hashes that a guest's own crypt accepts."""

from __future__ import annotations

import shutil
import subprocess
from uuid import uuid4

import pytest

from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.system.appliance.password_hash import salt_of, sha512


def test_openssl_makes_the_same_hash() -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    theirs = subprocess.run(
        ["openssl", "passwd", "-6", "-salt", "abcdef0123456789", "-stdin"],
        input="it's 100% secret\n",
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    ).stdout.strip()
    assert sha512(Secret("it's 100% secret"), "abcdef0123456789", rounds=5000) == theirs


def test_the_same_vm_gives_the_same_hash_and_another_vm_another() -> None:
    here, there, password = uuid4(), uuid4(), Secret("password")
    assert sha512(password, salt_of(here), 5000) == sha512(password, salt_of(here), 5000)
    assert sha512(password, salt_of(here), 5000) != sha512(password, salt_of(there), 5000)
