"""Hashes of passwords, as /etc/shadow and cloud-init take them: crypt(5), sha512crypt."""

from __future__ import annotations

from uuid import UUID

from ovirt_hc_setup.base.secrets import Secret

ROUNDS = 656_000
"""About half a second for one try on a processor of today."""


def salt_of(uuid: UUID) -> str:
    """The salt of a VM's password: as random as its UUID, and the same whenever the seed is made again."""
    return uuid.hex[-16:]


def sha512(password: Secret, salt: str, rounds: int = ROUNDS) -> str:
    """The hash; the same for the same password, salt (1 to 16 of `./0-9A-Za-z`) and rounds."""
    from passlib.hash import sha512_crypt  # here, because no question waits for it

    hashed: str = sha512_crypt.using(salt=salt, rounds=rounds).hash(password.reveal())
    return hashed
