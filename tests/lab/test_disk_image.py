"""The appliance's disk in its volume, by the real qemu-img: equal to its source or not there, whatever happens on the way."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ovirt_hc_setup.base.errors import Conflict, FormatError, SetupError
from ovirt_hc_setup.formats.appliance.appliance_descriptor import ApplianceDescriptor
from ovirt_hc_setup.formats.vdsm import volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Allocation, Legality, VolumeMetadata
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.model.appliance import Appliance, DiskFormat
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.resources.disk_image import DiskImage
from ovirt_hc_setup.runner import apply_one
from ovirt_hc_setup.runner.codec import to_plain
from ovirt_hc_setup.runner.journal import Journal, JournalRecord
from ovirt_hc_setup.runner.resource import Verdict
from ovirt_hc_setup.runner.run_secrets import RunSecrets
from ovirt_hc_setup.system.appliance.appliance_files import read_appliance
from ovirt_hc_setup.system.appliance.qemu_img import Image, identical
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.appliances import MIB, ovirt_members, qcow2_disk, raw_disk, write_ova

pytestmark = pytest.mark.lab

HOST = LocalHost("here")
WORKER = Path(__file__).with_name("disk_image_worker.py")
VIRTUAL, SIZE = 256 * MIB, 320 * MIB
KINDS = ("qcow2", "compressed qcow2", "qcow2 in ova", "raw in ova", "qcow2 in ova.gz", "raw in ova.gz")


@dataclass
class Seen:
    """A Progress that remembers."""

    amounts: list[tuple[str, int, int]] = field(default_factory=list)

    def amount(self, done: int, total: int, text: str = "", unit: str = "bytes") -> None:
        self.amounts.append((text, done, total))

    def note(self, text: str, level: str = "info") -> None: ...

    def line(self, source: str, text: str) -> None: ...

    @property
    def texts(self) -> list[str]:
        return list(dict.fromkeys(text for text, _, _ in self.amounts))


@dataclass
class Bench:
    """A volume as the domain's helper makes it, ILLEGAL and blank, and a journal."""

    root: Path
    appliance: Appliance
    image: UUID = field(default_factory=uuid4)
    volume: UUID = field(default_factory=uuid4)
    domain: UUID = field(default_factory=uuid4)
    size: int = SIZE

    def __post_init__(self) -> None:
        self.spool.mkdir(parents=True)
        self.resource.path.parent.mkdir(parents=True)
        with self.resource.path.open("wb") as out:
            out.truncate(self.size)
        os.chown(self.resource.path, 36, 36)
        os.chmod(self.resource.path, 0o660)
        self.write_metadata(Legality.ILLEGAL)

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def resource(self) -> DiskImage:
        return DiskImage(
            name="appliance-copy",
            appliance=self.appliance,
            domain=FileStore.at(self.root, self.domain),
            image=self.image,
            volume=self.volume,
            size=self.size,
            spool=self.spool,
        )

    def record(self) -> JournalRecord:
        return JournalRecord(Journal(self.root / "journal.jsonl"), "appliance-copy", self.root, RunSecrets("none"))

    @property
    def work(self) -> apply_one.Bench:
        journal = Journal(self.root / "journal.jsonl")
        return apply_one.Bench(HOST, journal, lambda event: None, lambda resource: self.record(), lambda: False)

    def apply(self, progress: Seen | None = None) -> None:
        apply_one.make_so(self.resource, self.work, progress or Seen())

    def undo(self) -> None:
        apply_one.take_back(self.resource, self.work, Seen())

    def write_metadata(self, legality: Legality) -> None:
        metadata = VolumeMetadata(
            domain=self.domain,
            image=self.image,
            capacity=self.size,
            created=1,
            description=volume_metadata.described("he_virtio_disk", "Hosted-Engine disk"),
            disk_type="HEVD",
            allocation=Allocation.SPARSE,
            legality=legality,
        )
        HOST.write(self.resource.layout.meta, volume_metadata.write(metadata), mode=0o644, owner=(36, 36))

    @property
    def legality(self) -> Legality:
        return volume_metadata.read(self.resource.layout.meta.read_bytes()).legality

    @property
    def allocated(self) -> int:
        return self.resource.path.stat().st_blocks * 512

    def assert_blank_and_illegal(self) -> None:
        assert self.legality is Legality.ILLEGAL
        assert self.allocated == 0
        assert self.resource.path.stat().st_size == self.size
        assert list(self.spool.iterdir()) == []

    def assert_holds(self, raw: Path) -> None:
        """The volume is the raw disk and zeros after it, sparse, 36:36, LEGAL, and nothing else is left."""
        path = self.resource.path
        assert self.legality is Legality.LEGAL
        assert content(path) == content(raw, self.size)
        assert path.stat().st_size == self.size
        assert self.allocated < raw.stat().st_blocks * 512 + 16 * MIB
        for file in path.parent.iterdir():
            assert (file.stat().st_uid, file.stat().st_gid) == (36, 36)
        assert sorted(file.name for file in path.parent.iterdir()) == sorted([path.name, f"{path.name}.meta"])
        assert list(self.spool.iterdir()) == []


def content(path: Path, size: int = 0) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(4 * MIB):
            digest.update(data)
    digest.update(bytes(max(0, size - path.stat().st_size)))
    return digest.hexdigest()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return raw_disk(tmp_path_factory.mktemp("raw") / "disk.raw", VIRTUAL, 120 * MIB)


@pytest.fixture(scope="module")
def appliances(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("appliances, with a comma")
    plain = qcow2_disk(raw, folder / "plain.qcow2")
    small = qcow2_disk(raw, folder / "compressed.qcow2", "-c")
    image, disk = plain.read_bytes(), raw.read_bytes()
    return {
        "qcow2": plain,
        "compressed qcow2": small,
        "qcow2 in ova": write_ova(folder / "a.ova", ovirt_members(image)),
        "raw in ova": write_ova(folder / "b.ova", ovirt_members(disk, "RAW")),
        "qcow2 in ova.gz": write_ova(folder / "c.ova", ovirt_members(image), compressed=True),
        "raw in ova.gz": write_ova(folder / "d.ova", ovirt_members(disk, "RAW"), compressed=True),
    }


@pytest.fixture
def make(tmp_path: Path, appliances: dict[str, Path]) -> Callable[[str], Bench]:
    return lambda kind: Bench(tmp_path, read_appliance(appliances[kind]))


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    yield
    left = subprocess.run(("pgrep", "-P", str(os.getpid()), "qemu-img"), capture_output=True, check=False)
    assert left.stdout == b""


@pytest.mark.parametrize("kind", KINDS)
def test_the_disk_is_copied_whole_and_stays_sparse(kind: str, make: Callable[[str], Bench], raw: Path) -> None:
    bench, seen = make(kind), Seen()
    assert bench.resource.probe(HOST).verdict is Verdict.NEEDED
    bench.apply(seen)
    bench.assert_holds(raw)
    assert bench.resource.probe(HOST).verdict is Verdict.DONE
    assert seen.texts == [*(["unpacking"] if kind.endswith("gz") else []), "copying", "comparing"]
    for text in seen.texts:
        amounts = [(done, total) for name, done, total in seen.amounts if name == text]
        assert amounts == sorted(amounts) and amounts[-1][0] == amounts[-1][1] > 0


def test_a_journal_tells_first_what_was_there_and_then_that_it_commits(make: Callable[[str], Bench]) -> None:
    bench = make("qcow2")
    bench.apply()
    entries = list(Journal(bench.root / "journal.jsonl").entries())
    assert [entry.kind for entry in entries] == ["record", "committing"]
    assert entries[0].values["image"]["legality"] == "ILLEGAL"


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("compressed qcow2", "record"),
        ("compressed qcow2", "copying"),
        ("raw in ova", "copying"),
        ("qcow2 in ova", "comparing"),
        ("qcow2 in ova.gz", "unpacking"),
        ("qcow2 in ova.gz", "copying"),
        ("qcow2", "committing"),
    ],
)
def test_killed_before_its_commit_point_it_starts_over(kind: str, place: str, make: Callable[[str], Bench], raw: Path) -> None:
    bench = make(kind)
    assert killed_at(bench, place) == -signal.SIGKILL
    assert bench.legality is Legality.ILLEGAL
    assert bench.resource.probe(HOST).verdict is Verdict.NEEDED
    assert list(bench.spool.iterdir()) == []
    if place in ("comparing", "committing"):
        assert bench.allocated > 0
    bench.apply()
    bench.assert_holds(raw)


def test_killed_after_its_commit_point_it_is_done_and_can_be_undone(make: Callable[[str], Bench], raw: Path) -> None:
    bench = make("qcow2 in ova")
    assert killed_at(bench, "marked") == -signal.SIGKILL
    assert bench.resource.probe(HOST).verdict is Verdict.DONE
    bench.assert_holds(raw)
    bench.undo()
    bench.assert_blank_and_illegal()


@pytest.mark.parametrize("place", ["record", "copying", "committing"])
def test_killed_anywhere_undo_empties_it(place: str, make: Callable[[str], Bench]) -> None:
    bench = make("compressed qcow2")
    assert killed_at(bench, place) == -signal.SIGKILL
    # It ends with the worker, not at the same moment; until then the disk is in use, and undo says so.
    wait_for("the end of qemu-img", 30, lambda: not processes_with(str(bench.resource.path)))
    bench.undo()
    bench.assert_blank_and_illegal()
    bench.undo()


def test_no_qemu_img_outlives_a_killed_worker(make: Callable[[str], Bench]) -> None:
    bench = make("compressed qcow2")
    killed_at(bench, "copying")
    wait_for("the end of qemu-img", 5, lambda: not processes_with(str(bench.resource.path)))


def test_what_a_kill_left_beside_the_metadata_is_swept_away(make: Callable[[str], Bench], raw: Path) -> None:
    bench = make("qcow2")
    (bench.resource.path.parent / f".{bench.volume}.meta.0123abcd.new").write_bytes(b"half")
    bench.apply()
    bench.assert_holds(raw)


@pytest.mark.parametrize("kind", ["qcow2 in ova", "qcow2 in ova.gz"])
def test_a_checksum_that_is_right_lets_it_pass_and_a_wrong_one_takes_it_back(
    kind: str, make: Callable[[str], Bench], raw: Path
) -> None:
    bench = make(kind)
    path = bench.appliance.path
    right = hashlib.sha1(path.read_bytes()).hexdigest()
    bench.appliance = read_appliance(path, ApplianceDescriptor(path, sha1sum="0" * 40))
    with pytest.raises(FormatError, match=f"its SHA-1 is {right}, it should be {'0' * 40}"):
        bench.apply()
    bench.assert_blank_and_illegal()
    bench.appliance = read_appliance(path, ApplianceDescriptor(path, sha1sum=right))
    bench.apply()
    bench.assert_holds(raw)


@pytest.mark.parametrize("kind", ["compressed qcow2", "raw in ova"])
def test_one_wrong_byte_on_the_storage_is_found(kind: str, make: Callable[[str], Bench], raw: Path) -> None:
    bench = make(kind)
    bench.apply()
    source = bench.appliance
    window = source.disk_size if source.disk_offset else 0
    image = Image(source.path, source.disk_format, source.disk_offset, window)
    copy = Image(bench.resource.path, DiskFormat.RAW)
    assert identical(image, copy, lambda part: None)
    with bench.resource.path.open("r+b") as file:
        file.seek(VIRTUAL - 1)
        byte = file.read(1)
        file.seek(VIRTUAL - 1)
        file.write(bytes([byte[0] ^ 1]))
    assert not identical(image, copy, lambda part: None)


def test_a_volume_smaller_than_the_disk_is_refused_untouched(make: Callable[[str], Bench], tmp_path: Path) -> None:
    appliance = replace(make("qcow2").appliance, virtual_size=SIZE + 512)
    bench = Bench(tmp_path / "other", appliance)
    with pytest.raises(SetupError, match=f"has {SIZE + 512} bytes, more than the {SIZE} of the volume"):
        bench.apply()
    bench.assert_blank_and_illegal()
    assert bench.record().before == {}


@pytest.mark.parametrize("kind", ["qcow2", "compressed qcow2"])
def test_an_image_that_was_cut_after_the_plan_is_refused(kind: str, make: Callable[[str], Bench], tmp_path: Path) -> None:
    data = make(kind).appliance.path.read_bytes()
    cut = tmp_path / "cut.qcow2"
    cut.write_bytes(data[: len(data) // 2])
    bench = Bench(tmp_path / "other", read_appliance(cut))
    with pytest.raises(FormatError, match=rf"{cut} is truncated or damaged"):
        bench.apply()
    bench.assert_blank_and_illegal()
    cut.write_bytes(data)
    with pytest.raises(FormatError, match="has changed since the plan was made"):
        bench.apply()
    bench.assert_blank_and_illegal()


def test_an_image_that_got_a_backing_file_after_the_plan_is_not_opened(make: Callable[[str], Bench], tmp_path: Path) -> None:
    bench = make("qcow2")
    secret = tmp_path / "secret"
    secret.write_bytes(b"root:secret\n".ljust(VIRTUAL, b"\0"))
    path = tmp_path / "e.qcow2"
    command = ("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(secret), str(path), str(VIRTUAL))
    subprocess.run(command, check=True, timeout=60)
    bench.appliance = replace(bench.appliance, path=path, file_size=path.stat().st_size)
    with pytest.raises(FormatError, match="has a backing file"):
        bench.apply()
    bench.assert_blank_and_illegal()


def test_a_work_folder_that_is_too_small_is_refused_before_anything_is_unpacked(make: Callable[[str], Bench]) -> None:
    bench = make("qcow2 in ova.gz")
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=1m", "none", str(bench.spool)), check=True, timeout=10)
    try:
        seen = Seen()
        with pytest.raises(SetupError, match=rf"MiB in {bench.spool} while it is unpacked; 1 MiB are free there"):
            bench.apply(seen)
        assert seen.texts == []
        bench.assert_blank_and_illegal()
    finally:
        subprocess.run(("umount", str(bench.spool)), check=True, timeout=10)


def test_storage_that_fills_up_gives_its_space_back(make: Callable[[str], Bench], tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=40m", "none", str(small)), check=True, timeout=10)
    try:
        bench = Bench(small, make("qcow2").appliance)
        with pytest.raises(SetupError, match="No space left on device"):
            bench.apply()
        bench.assert_blank_and_illegal()
    finally:
        subprocess.run(("umount", str(small)), check=True, timeout=10)


def test_a_disk_that_a_vm_uses_is_neither_written_nor_taken_away(make: Callable[[str], Bench], raw: Path) -> None:
    bench = make("qcow2")
    bench.apply()
    with opened_by_qemu(bench.resource.path):
        with pytest.raises(Conflict, match="is in use"):
            bench.undo()
        bench.assert_holds(raw)
        bench.write_metadata(Legality.ILLEGAL)
        with pytest.raises(Conflict, match="is in use"):
            bench.apply(waited := Seen())
        assert waited.texts == ["waiting until the volume is released"]
        assert content(bench.resource.path) == content(raw, SIZE)
    bench.undo()
    bench.assert_blank_and_illegal()


def test_a_volume_of_somebody_else_is_a_conflict_and_stays(make: Callable[[str], Bench]) -> None:
    bench = make("qcow2")
    bench.apply()
    bench.domain, folder = uuid4(), bench.resource.domain
    folder.folder.rename(bench.resource.domain.folder)
    assert bench.resource.probe(HOST).verdict is Verdict.CONFLICT
    with pytest.raises(Conflict, match="not of this run"):
        bench.undo()
    assert bench.allocated > 0


def test_a_disk_with_a_snapshot_is_not_taken_away(make: Callable[[str], Bench]) -> None:
    bench = make("qcow2")
    bench.apply()
    (bench.resource.path.parent / f"{uuid4()}.meta").write_bytes(b"EOF\n")
    with pytest.raises(Conflict, match="has other volumes"):
        bench.undo()
    assert bench.legality is Legality.LEGAL


def test_without_its_volume_nothing_can_be_said_and_nothing_is_to_undo(make: Callable[[str], Bench]) -> None:
    bench = make("qcow2")
    bench.apply()
    for file in bench.resource.path.parent.iterdir():
        file.unlink()
    assert bench.resource.probe(HOST).verdict is Verdict.BLOCKED
    with pytest.raises(SetupError, match="is not there"):
        bench.apply()
    bench.undo()


def test_storage_that_is_not_mounted_is_not_taken_for_empty(make: Callable[[str], Bench], tmp_path: Path) -> None:
    bench = make("qcow2")
    bench.apply()
    bench.resource.domain.folder.rename(tmp_path / "elsewhere")
    with pytest.raises(Conflict, match="is not mounted"):
        bench.undo()


def killed_at(bench: Bench, place: str) -> int:
    """How a worker ended that applies and kills itself there."""
    plan = bench.root / "plan.json"
    plan.write_text(json.dumps(to_plain(bench.resource)))
    command = (sys.executable, str(WORKER), str(plan), str(bench.root / "journal.jsonl"), place)
    return subprocess.run(command, timeout=120, check=False).returncode


def processes_with(argument: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
        except OSError:
            continue
        if b"qemu-img" in command and argument.encode() in command:
            found.append(path.parent.name)
    return found


class opened_by_qemu:  # noqa: N801
    """QEMU has the file open to write, as it has while a VM runs."""

    def __init__(self, path: Path) -> None:
        self._command = ("qemu-io", "-f", "raw", str(path))

    def __enter__(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(b"length\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def __exit__(self, *_: object) -> None:
        self._process.communicate(b"quit\n", timeout=10)
