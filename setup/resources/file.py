"""A text file on a host: its content, mode and owner.

**Commit point**: the rename of the new file over the old one. A kill **before** it leaves the old file (and a copy of it in
the run's backups); a kill **after** it leaves the new one, and applying again finds it done.
`undo` **knows that it is ours** by its content: it puts back what was there before, or removes the file and the folders made
for it, only while the file holds exactly what was written. A file that was edited since is left alone, and said so.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, conflict, needed
from ovirt_hc_setup.system.host.files import remove_file

BACKUP = "content"


@dataclass(frozen=True, kw_only=True)
class File(Resource):
    """`content` holds no secret: it stands in the run folder. `owner` is user and group by number; `about` says what it is for.

    `replace` False: a file with other content is a conflict instead of being replaced.
    """

    path: Path
    content: str
    mode: int = 0o644
    owner: tuple[int, int] = (0, 0)
    about: str = ""
    replace: bool = True

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"file {self.path}",)

    def describe(self) -> tuple[str, ...]:
        return (f"Write {self.path}" + (f": {self.about}" if self.about else ""),)

    def probe(self, host: Host) -> State:
        if self.path.is_symlink() or (self.path.exists() and not self.path.is_file()):
            return conflict(f"{self.path} is not a regular file", "Move it away.")
        if not self.path.exists():
            return needed(f"{self.path} is not there")
        if self.path.read_bytes() != self.content.encode():
            if not self.replace:
                return conflict(f"{self.path} exists with other content", "See who wrote it; move it away if nothing uses it.")
            return needed(f"{self.path} has other content")
        return DONE if self._look() == (self.mode, *self.owner) else needed(f"{self.path} has another mode or owner")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        if not record.before:
            record.keep(self._before(record))
        record.committing()
        host.write(self.path, self.content.encode(), mode=self.mode, owner=self.owner)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        before = record.before
        old = (record.backups / BACKUP).read_bytes() if before["existed"] else None
        now = self.path.read_bytes() if self.path.is_file() else None
        if now not in (old, self.content.encode()):
            what = "edited" if now is not None else "removed"
            where = f"The previous file is {record.backups / BACKUP}." if old is not None else "It did not exist before."
            message = f"{self.path} was {what} since it was written"
            raise Conflict(message, hint=f"Fix it by hand. {where}", resource=self.name, host=host.name)
        if old is not None:
            host.write(self.path, old, mode=before["mode"], owner=(before["uid"], before["gid"]))
            return
        remove_file(self.path)
        for folder in reversed(before["folders"]):
            _remove_if_empty(Path(folder))

    def _before(self, record: Record) -> dict[str, object]:
        if not self.path.exists():
            folders = [str(folder) for folder in reversed(self.path.parents) if not folder.exists()]
            return {"existed": False, "folders": folders}
        write_file(record.backups / BACKUP, self.path.read_bytes(), mode=0o600)
        mode, uid, gid = self._look()
        return {"existed": True, "mode": mode, "uid": uid, "gid": gid}

    def _look(self) -> tuple[int, int, int]:
        found = self.path.stat()
        return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
