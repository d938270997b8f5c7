"""An archive's index is the same that tarfile finds; whatever leads out of the archive, or is damaged, is refused."""

from __future__ import annotations

import io
import subprocess
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.appliance.tar_header import is_tar
from ovirt_hc_setup.formats.appliance.tar_index import MOST_MEMBERS, InMemory, TarMember, read_index
from tests.appliances import packed

HEAD = 4096


def indexed(data: bytes, where: str) -> tuple[TarMember, ...]:
    return read_index(InMemory(data), where, lambda name: HEAD)


def with_type(name: str, kind: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/shadow"
        archive.addfile(member)
    return out.getvalue()


names = st.from_regex(r"[a-z0-9]{1,90}(/[a-z0-9äß]{1,90}){0,3}", fullmatch=True)


@settings(deadline=None)
@given(
    st.lists(st.tuples(names, st.binary(max_size=9000)), max_size=6, unique_by=lambda member: member[0]),
    st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
)
def test_every_member_is_found_where_it_lies(members: list[tuple[str, bytes]], layout: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=layout) as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            try:
                archive.addfile(member, io.BytesIO(data))
            except ValueError:  # a name that ustar cannot hold
                return
    found = indexed(out.getvalue(), "a.ova")
    assert [(member.name, out.getvalue()[member.offset :][: member.size]) for member in found] == members
    assert [member.head for member in found] == [data[:HEAD] for _, data in members]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed([("../../etc/passwd", b"x")]), "has `..` in its name"),
        (packed([("images/../../x", b"x")]), "has `..` in its name"),
        (packed([("/etc/passwd", b"x")]), "has an absolute name"),
        (packed([("a\x1b[2Jb", b"x")]), "unprintable"),
        (packed([("a", b"x"), ("./a", b"y")]), "two members with the name 'a'"),
        (packed([(f"m{number}", b"") for number in range(MOST_MEMBERS + 1)]), "more than 1000 members"),
        (with_type("disk", tarfile.SYMTYPE), "a symbolic link"),
        (with_type("disk", tarfile.LNKTYPE), "a hard link"),
        (with_type("disk", tarfile.FIFOTYPE), "a pipe"),
        (with_type("disk", tarfile.GNUTYPE_SPARSE), "a sparse member"),
        (packed([("disk", b"x" * 5000)])[:3000], "truncated: it ends after 3000 bytes, inside disk"),
        (packed([("disk", b"x" * 5000)])[:5120], "truncated"),
        (packed([("disk", b"x" * 5000)])[:700] + bytes(600), "truncated"),
        (packed([("a", b"x"), ("b", b"y")])[:1024] + b"j" * 1024, "damaged before byte 1536: no tar header"),
    ],
)
def test_an_archive_that_cannot_be_trusted_is_refused_by_name(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as refused:
        indexed(data, "/root/engine.ova")
    assert "/root/engine.ova" in str(refused.value)


def test_an_archive_without_the_marks_of_its_end_is_read_as_gnu_tar_reads_it() -> None:
    whole = packed([("a", b"x" * 700), ("b", b"y")])
    bare = whole[: 512 + 1024 + 512 + 512]
    listed = subprocess.run(["tar", "-tf", "-"], input=bare, capture_output=True, check=True)
    assert (listed.stdout, listed.stderr) == (b"a\nb\n", b"")
    assert indexed(bare, "x") == indexed(whole, "x")


@given(st.binary(max_size=2000), st.integers(0, 1023), st.integers(0, 255))
def test_no_bytes_give_a_traceback(data: bytes, place: int, value: int) -> None:
    hurt = bytearray(packed([("images/a/b", data), ("x.ovf", b"<x/>")]))
    hurt[place] = value
    for archive in (data, data.ljust(1024, b"\0"), bytes(hurt)):
        is_tar(archive)
        try:
            indexed(archive, "x")
        except FormatError:
            pass


def test_a_gigantic_size_in_a_header_takes_no_memory() -> None:
    archive = bytearray(packed([("big.ovf", b"x")]))
    archive[124:136] = b"\x80" + (1 << 61).to_bytes(11, "big")
    archive[148:156] = b"%06o\0 " % (sum(archive[:148]) + 8 * 32 + sum(archive[156:512]))
    with pytest.raises(FormatError, match="truncated"):
        indexed(bytes(archive), "x")
