"""The kinds of storage that there are."""

from __future__ import annotations

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.plugins.storage.glusterfs import GlusterFs
from ovirt_hc_setup.resources.storage_backend import StorageBackend
from ovirt_hc_setup.runner.context import Context

BACKENDS: tuple[StorageBackend, ...] = (GlusterFs(),)


def backend(context: Context) -> StorageBackend:
    """The backend of the domain type that was answered; raises ValueRefused when nothing here serves it."""
    wanted = context.answers[keys.DOMAIN_TYPE]
    for found in BACKENDS:
        if found.name == wanted:
            return found
    known = ", ".join(found.name for found in BACKENDS)
    raise ValueRefused(f"storage type '{wanted}' is not supported", hint=f"{keys.DOMAIN_TYPE.name} can be: {known}.")
