"""Storage of the type posixfs: whatever mount(8) can mount, by the name of its file system, where VDSM would mount it.

    ovirt-hc-setup deploy --plugin posixfs --set OVEHOSTED_STORAGE/domainType=posixfs ...

The file system has to give every host the same files at the same time, with locks and direct I/O (CephFS, GFS2, GlusterFS); no
program can see that from one host, so it is said at the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ovirt_hc_setup.api import (
    FIRST_HOST,
    Check,
    Connection,
    Context,
    FileTree,
    Finding,
    Key,
    Mount,
    Question,
    Resource,
    ValueRefused,
    error,
    fact,
    facts,
    fine,
    hookimpl,
    keys,
    text_key,
    vdsm_folder,
)

TYPE = "posixfs"
SECTION = "STORAGE CONFIGURATION"
FILE_SYSTEM = text_key(
    "POSIXFS/vfsType", "the file system of a storage of the type posixfs, as `mount -t` calls it", example="ceph"
)


class PosixFs(Connection):
    """`what:/mount(8)/is/given`, mounted as it stands."""

    name = TYPE

    @property
    def questions(self) -> Sequence[Question[str]]:
        return [
            Question(
                key=keys.STORAGE_PATH,
                section=SECTION,
                order=5,
                prompt="Storage for the engine, as it is given to mount(8)",
                why="All hosts must see the same files in it, with locks and direct I/O. oVirt's HA knows no such storage.",
                settle=lambda context, text: _source(text),
            ),
            Question(key=FILE_SYSTEM, section=SECTION, order=6, prompt="Its file system, as `mount -t` calls it"),
        ]

    def root(self, path: str) -> Path:
        return vdsm_folder(path)

    def attachment(self, context: Context) -> FileTree:
        path = context.answers[keys.STORAGE_PATH]
        kind, options = context.answers[FILE_SYSTEM], context.answers[keys.MOUNT_OPTIONS]
        return FileTree(root=self.root(path), source=path, kind=kind, options=",".join(filter(None, (options, "_netdev"))))

    def resources(self, context: Context) -> Sequence[Resource]:
        tree = fact(context, facts.ATTACHMENT)
        return [
            Mount(
                name="posixfs-mount",
                after=("network.ready",),
                provides=("storage.attached",),
                source=tree.source,
                point=tree.root,
                kind=tree.kind,
                options=tree.options,
            )
        ]


@hookimpl
def ovirt_hc_setup_connections() -> Sequence[Connection]:
    return [PosixFs()]


@hookimpl
def ovirt_hc_setup_keys() -> Sequence[Key[Any]]:
    return [FILE_SYSTEM]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="posixfs.ha", run=_no_ha, about=keys.DOMAIN_TYPE, goals=(FIRST_HOST,))]


def _no_ha(context: Context) -> Finding | None:
    if context.answers[keys.DOMAIN_TYPE] != TYPE:
        return None
    if units := fact(context, facts.HA_UNITS):
        remedy = "Use a storage that it knows (glusterfs), or remove its services from the hosts."
        return error(f"{', '.join(units)} are installed, and know no storage of the type {TYPE}", "no oVirt HA", remedy)
    return fine("no HA of oVirt is here, which would not find the storage")


def _source(text: str) -> str:
    """As VDSM has it: its folder is named after it, and is the same on all hosts."""
    path = text.rstrip("/")
    if ":" not in path or " " in path:
        raise ValueRefused(f"{text!r} is nothing that hosts can share", hint="Write it as SERVER:/PATH, without blanks.")
    return path
