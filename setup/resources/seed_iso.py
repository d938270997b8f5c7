"""The seed of the engine VM: an ISO that cloud-init reads at the first boot, with the engine's admin password in it.

**Commit point**: the rename of the image, mode 0600 and owned by QEMU's user, into its place. A kill **before** it leaves
nothing in its place, but perhaps a part of it aside, which is swept away by whatever is done next; a kill **after** it leaves
the whole image. When the seed has been used and deleted, a file beside it (`.used`) says
so, and it is not made again.
`undo` **knows that it is ours** by the volume's name and by the VM's UUID in its meta-data.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, FormatError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.appliance import cloud_init
from ovirt_hc_setup.model.seed import Seed
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, conflict, needed
from ovirt_hc_setup.system.appliance import iso
from ovirt_hc_setup.system.appliance.password_hash import ROUNDS, salt_of, sha512
from ovirt_hc_setup.system.host import accounts
from ovirt_hc_setup.system.host.files import remove_file

FOLDER = Path("/var/lib/ovirt-hc-setup/seed")
MODE = 0o600
# QEMU's user has to pass the folder, and has no business to list it.
FOLDER_MODE = 0o711


def seed_path(seed: Seed) -> Path:
    """Where the seed of a VM lies."""
    return FOLDER / f"{seed.instance_id}.iso"


def used_mark(path: Path) -> Path:
    """The file that says that a seed was used, and is gone."""
    return path.with_suffix(".used")


def leftovers(path: Path) -> list[Path]:
    """What writers of the seed that were killed have left aside: there is a password in it."""
    return list(path.parent.glob(f".{path.name}.*.new"))


def sweep(path: Path) -> None:
    for left in leftovers(path):
        remove_file(left)


@dataclass(frozen=True, kw_only=True)
class SeedIso(Resource):
    """The secrets are named by their keys; an empty `root_password` means none. `rounds` is the cost of root's hash."""

    path: Path
    seed: Seed
    admin_password: str
    root_password: str = ""
    rounds: int = ROUNDS

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.admin_password if self.seed.engine_setup else "", self.root_password)))

    def describe(self) -> tuple[str, ...]:
        network = self.seed.static.address if self.seed.static else "by DHCP"
        kept = f"{self.path}, readable by QEMU only, deleted after use"
        return (f"Create the cloud-init ISO for {self.seed.fqdn} (network {network})", kept)

    def probe(self, host: Host) -> State:
        if used_mark(self.path).is_file():
            return DONE
        if not self.path.exists():
            return needed(f"{self.path} is not there")
        if leftovers(self.path):
            return needed("a partly written cloud-init ISO with the admin password was left beside it")
        if not self._ours():
            return conflict(f"{self.path} exists and is not the cloud-init ISO of this VM", "Move it away.")
        found, owner = self.path.stat(), accounts.qemu_user(host)
        if (found.st_mode & 0o777, found.st_uid) != (MODE, owner.uid):
            return needed(f"{self.path} has another mode or owner")
        return DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"path": str(self.path), "folder_existed": self.path.parent.is_dir()})
        sweep(self.path)
        owner = accounts.qemu_user(host)
        content = self._content(record)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.parent.chmod(FOLDER_MODE)
        self._let_qemu_pass()
        record.committing()
        host.write(self.path, content, mode=MODE, owner=(owner.uid, owner.gid))

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if self.path.exists() and not self._ours():
            hint = "Delete it by hand if nothing uses it."
            raise Conflict(f"{self.path} is not the cloud-init ISO of this VM", hint=hint, resource=self.name, host=host.name)
        sweep(self.path)
        remove_file(self.path)
        remove_file(used_mark(self.path))
        folder = self.path.parent
        if not record.before["folder_existed"] and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def _content(self, record: Record) -> bytes:
        root = record.secrets.get(self.root_password) if self.root_password else None
        # An empty one, given again after a reboot, is none and not a root that everybody is.
        root_hash = sha512(root, salt_of(self.seed.instance_id), self.rounds) if root is not None and root.reveal() else ""
        admin: Secret | None = record.secrets.get(self.admin_password) if self.seed.engine_setup else None
        files = cloud_init.documents(self.seed, root_hash=root_hash, admin_password=admin)
        return iso.make(cloud_init.VOLUME_ID, files)

    def _let_qemu_pass(self) -> None:
        # With a strict umask of root's, the folder above would be closed to QEMU's user.
        above = self.path.parent.parent
        above.chmod(above.stat().st_mode & 0o7777 | 0o011)

    def _ours(self) -> bool:
        try:
            name, files = iso.read(self.path)
        except (FormatError, OSError):
            return False
        return name == cloud_init.VOLUME_ID and files.get("meta-data") == cloud_init.meta_data(self.seed).encode()
