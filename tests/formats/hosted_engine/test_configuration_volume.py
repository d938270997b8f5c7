"""The configuration archive: 20480 bytes that GNU tar would have written too, and nothing dangerous is read from one."""

from __future__ import annotations

import contextlib
import gzip
import io
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.hosted_engine import configuration_volume
from ovirt_hc_setup.formats.hosted_engine.configuration_volume import MEMBERS, SIZE, SharedConfiguration

GOLDEN = Path(__file__).parents[2] / "golden" / "storage"
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300)


def shared(version: str = "2.5.2\n") -> SharedConfiguration:
    rest = ((GOLDEN / name).read_text() for name in MEMBERS[1:])
    fhanswers, hosted_engine, broker, vm = rest
    return SharedConfiguration(version=version, fhanswers=fhanswers, hosted_engine=hosted_engine, broker=broker, vm=vm)


def tar(change: Callable[[tarfile.TarFile], None]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in MEMBERS[1:]:
            archive.addfile(tarfile.TarInfo(name))
        change(archive)
    return out.getvalue()


def named(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/shadow" if kind != tarfile.REGTYPE else ""
    return info


def test_an_archive_differs_from_gnu_tars_in_the_device_numbers_only() -> None:
    written, golden = configuration_volume.write(shared()), (GOLDEN / "configuration-ustar.tar").read_bytes()
    assert len(written) == len(golden) == SIZE
    # GNU tar fills the two device fields of plain files with zeros, Python and so HA with NULs; the sum follows.
    allowed = {*range(148, 156), *range(329, 345)}
    assert {at % 512 for at in range(SIZE) if written[at] != golden[at]} <= allowed


def test_gnu_tar_extracts_every_member_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "volume"
    path.write_bytes(configuration_volume.write(shared()) + b"\0" * 4096)
    for name, text in shared().members().items():
        said = subprocess.run(["tar", "-xOf", path, name], capture_output=True, text=True, check=True)
        assert said.stdout == text


@pytest.mark.parametrize("name", ["configuration-ustar.tar", "configuration-gnu.tar"])
@pytest.mark.parametrize("behind", [0, 1 << 16])
def test_both_kinds_of_header_are_read_from_a_volume_of_any_size(name: str, behind: int) -> None:
    data = (GOLDEN / name).read_bytes() + b"\0" * behind
    assert configuration_volume.read(data) == shared(version="2.5.2")


@given(texts, texts, texts, texts)
def test_what_is_written_is_read_back(fhanswers: str, hosted_engine: str, broker: str, vm: str) -> None:
    configuration = SharedConfiguration(version="1", fhanswers=fhanswers, hosted_engine=hosted_engine, broker=broker, vm=vm)
    data = configuration_volume.write(configuration)
    assert len(data) == SIZE
    assert configuration_volume.read(data) == configuration


def test_the_largest_content_fits_and_one_byte_more_does_not() -> None:
    def of(count: int) -> SharedConfiguration:
        return SharedConfiguration(version="", fhanswers="", hosted_engine="", broker="", vm="x" * count)

    most = SIZE - 1024 - 5 * 512
    assert configuration_volume.read(configuration_volume.write(of(most))) == of(most)
    with pytest.raises(ValueRefused, match=f"vm.conf {most + 1}"):
        configuration_volume.write(of(most + 1))


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (named("../version"), "has `..` in its name"),
        (named("/version"), "absolute name"),
        (named("./version"), "names with a path are refused"),
        (named("version", tarfile.SYMTYPE), "a symbolic link"),
        (named("version", tarfile.DIRTYPE), "has no version"),
        (named("version", tarfile.LNKTYPE), "a hard link"),
        (named("version", tarfile.CHRTYPE), "a device"),
        (named("version", tarfile.GNUTYPE_SPARSE), "a sparse member"),
        (named("vm.conf"), "two members with the name"),
    ],
    ids=lambda info: f"{info.name}-{info.type!r}" if isinstance(info, tarfile.TarInfo) else "",
)
def test_paths_links_and_doubles_are_refused(info: tarfile.TarInfo, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        configuration_volume.read(tar(lambda archive: archive.addfile(info)))


def forged(size: bytes, kind: bytes) -> bytes:
    """An archive whose first header says this size, with a right checksum."""
    data = bytearray(configuration_volume.write(shared()))
    data[124:136], data[156:157] = size, kind
    data[148:156] = b"%06o\0 " % (sum(data[:148]) + 8 * 32 + sum(data[156:512]))
    return bytes(data)


@pytest.mark.parametrize("kind", [b"0", b"x", b"g", b"L", b"K", b"S", b"5", b"V"])
@pytest.mark.parametrize(
    "size", [b"\xff" * 12, b"\xff" + b"\0" * 11, b"\x80" + b"\xff" * 11, b"77777777777\0", b"-0000001000\0", b"00000050000\0"]
)
def test_no_size_in_a_header_leads_out_of_the_archive(size: bytes, kind: bytes) -> None:
    with pytest.raises(FormatError):
        configuration_volume.read(forged(size, kind))


def test_a_missing_member_is_named() -> None:
    with pytest.raises(FormatError, match="has no version"):
        configuration_volume.read(tar(lambda _: None))


def test_a_compressed_archive_is_refused() -> None:
    with pytest.raises(FormatError, match="not a plain tar"):
        configuration_volume.read(gzip.compress((GOLDEN / "configuration-ustar.tar").read_bytes()))


@given(st.integers(0, 12_000), st.integers(0, 255))
def test_a_damaged_archive_is_read_or_refused_but_never_crashes(at: int, value: int) -> None:
    data = bytearray((GOLDEN / "configuration-gnu.tar").read_bytes())
    data[at] = value
    with contextlib.suppress(FormatError):
        assert set(configuration_volume.read(bytes(data)).members()) == set(MEMBERS)


def test_a_fresh_volume_is_blank() -> None:
    assert configuration_volume.is_blank(b"\0" * SIZE)
    assert not configuration_volume.is_blank((GOLDEN / "configuration-gnu.tar").read_bytes())
