"""Reading a hosted engine from a storage that is not mounted here (or is: it makes no difference), without leaving a trace.

The storage is mounted twice, each time in a mount namespace of its own: to list what there is, and to read what was chosen.
What to read is decided here and not by a script in there. Symbolic links are never followed, whoever put them there.
"""

from __future__ import annotations

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.hosted_engine.engine_files import EngineFiles, EngineVolumes, choose, decode, read_listing
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.system.storage.mounts import inside

_LIST = r"""
find . -mindepth 3 -maxdepth 3 -path './*/dom_md/metadata' -type f -size -64k \
    -printf 'D%P\0' -exec base64 -w0 '{}' ';' -printf '\0'
find . -mindepth 4 -maxdepth 4 -path './*/images/*/*.meta' -type f -size -8k \
    -printf 'M%P\0' -exec base64 -w0 '{}' ';' -printf '\0'
"""

# Only what is a plain file and reached without any link is opened; anything else gives an empty record.
_READ = r"""
while [ $# -gt 0 ]; do
    if [ "$(readlink -f "./$1")" = "/mnt/storage/$1" ] && [ -f "./$1" ]; then head -c "$2" "./$1" | base64 -w0; fi
    printf '\0'
    shift 2
done
"""


def engine_files(host: Host, tree: FileTree) -> EngineFiles:
    """What lies on a storage of a hosted engine.

    Raises NotDeployed when there is none on it, FormatError when it is damaged, CommandFailed when it cannot be mounted.
    """
    chosen = choose(read_listing(inside(host, *tree.mounting, _LIST).out), tree.source)
    return _read(host, tree, chosen)


def _read(host: Host, tree: FileTree, chosen: EngineVolumes) -> EngineFiles:
    pieces = chosen.pieces()
    words = [word for path, size in pieces.items() for word in (path, str(size))]
    records = inside(host, *tree.mounting, _READ, *words).out.split("\0")
    content = dict(zip(pieces, map(decode, records), strict=False))
    domain = str(chosen.domain.sd_uuid)

    def of(role: VolumeRole) -> bytes:
        image, volume = chosen.volumes[role]
        return content[f"{domain}/images/{image}/{volume}"]

    return EngineFiles(
        found=chosen,
        ids=content[f"{domain}/dom_md/ids"],
        archive=of(VolumeRole.CONFIGURATION),
        ha_metadata=of(VolumeRole.METADATA),
        lockspace=of(VolumeRole.LOCKSPACE),
    )
