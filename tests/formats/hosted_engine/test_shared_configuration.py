"""What a joining host is told is told by the storage, checked; a bad archive is refused with what is wrong with it."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import replace
from uuid import uuid4

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.hosted_engine import shared_configuration
from ovirt_hc_setup.formats.hosted_engine.configuration_volume import MEMBERS, SIZE
from ovirt_hc_setup.formats.hosted_engine.ha_metadata import HostBlock
from tests.storages import CONF, FIRST, RECIPE, SPACE, archive, board, files, lockspace, spoiled


def without(member: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive())) as whole, tarfile.open(fileobj=out, mode="w") as rest:
        for info in whole:
            if info.name != member:
                rest.addfile(info, whole.extractfile(info))
    return out.getvalue()[:SIZE].ljust(SIZE, b"\0")


def renamed(member: str, name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive())) as whole, tarfile.open(fileobj=out, mode="w") as rest:
        for info in whole:
            content = whole.extractfile(info)
            info.name = name if info.name == member else info.name
            rest.addfile(info, content)
    return out.getvalue()[:SIZE].ljust(SIZE, b"\0")


def test_a_whole_one_is_read() -> None:
    found = shared_configuration.read(files())
    assert (found.conf, found.vm, found.domain.sd_uuid) == (CONF, RECIPE, SPACE)
    assert found.answers["OVEHOSTED_VM/vmMemSizeMB"] == 4096


def test_a_volume_that_was_cut_to_the_archive_is_read_like_a_whole_one() -> None:
    assert shared_configuration.read(spoiled(archive=archive())) == shared_configuration.read(
        spoiled(archive=archive() + bytes(4096))
    )


@pytest.mark.parametrize("member", MEMBERS)
def test_a_missing_member_is_named(member: str) -> None:
    with pytest.raises(FormatError, match=f"has no {member}"):
        shared_configuration.read(spoiled(archive=without(member)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bytes(SIZE), "never written"),
        (b"", "never written"),
        (gzip.compress(archive()), "not a plain tar archive"),
        (archive()[:3000], "truncated: it ends after 3000 bytes"),
        (b"garbage" * 2000, "not a plain tar archive"),
        (renamed("vm.conf", "../vm.conf"), "has `..` in its name"),
        (renamed("vm.conf", "etc/vm.conf"), "names with a path are refused"),
        (renamed("vm.conf", "/etc/vm.conf"), "absolute name"),
        (renamed("vm.conf", "version"), "two members with the name 'version'"),
        (archive(answers="no section=str:1\n"), "line 1"),
        (archive(answers="[environment:default]\nA/b=object:x\n"), "not a value of a known type"),
    ],
)
def test_a_bad_archive_is_refused_with_what_is_wrong(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        shared_configuration.read(spoiled(archive=data))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (archive(replace(CONF, domain=uuid4())), "its storage domain is"),
        (archive(replace(CONF, metadata=(uuid4(), uuid4()))), "its metadata volume is"),
        (archive(replace(CONF, configuration=CONF.lockspace)), "its configuration volume is"),
        (archive(vm=replace(RECIPE, vm=uuid4())), "its engine VM is"),
    ],
)
def test_an_archive_of_another_deployment_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=f"of another deployment: {said}"):
        shared_configuration.read(spoiled(archive=data))


def test_the_next_free_number_is_free_on_the_ha_metadata_and_in_both_lockspaces() -> None:
    third = HostBlock(host_id=3, hostname="hc3.hc.test", timestamp=1)
    found = shared_configuration.read(
        spoiled(
            ha_metadata=board(FIRST, third),
            ids=lockspace(str(SPACE), {1: ("hc1.hc.test", 9), 2: ("hc2.hc.test", 9), 5: ("hc5.hc.test", 0)}),
            lockspace=lockspace("hosted-engine", {4: ("hc4.hc.test", 9)}),
        )
    )
    assert found.free_ids()[:3] == [5, 6, 7]
    assert "hc2.hc.test, by its lease in the lockspace" in found.holder(2)
    assert "hc3.hc.test, by its metadata block" in found.holder(3)
    assert "hc4.hc.test, by its lease in the lockspace hosted-engine" in found.holder(4)


def test_a_host_that_died_is_given_its_own_number_again() -> None:
    found = shared_configuration.read(spoiled(ids=lockspace(str(SPACE), {1: ("hc1.hc.test", 9), 7: ("hc2.hc.test", 9)})))
    assert found.former_id(("hc2.hc.test",)) == 7
    assert found.former_id(("hc9.hc.test",)) is None
    assert found.holder(7, ("hc2.hc.test",)) == ""


def test_a_damaged_block_is_nobodys_number() -> None:
    spoilt = bytearray(board(FIRST, HostBlock(host_id=2, hostname="hc2.hc.test", timestamp=1)))
    spoilt[2 * 4096 + 4] ^= 1
    found = shared_configuration.read(spoiled(ha_metadata=bytes(spoilt)))
    assert found.free_ids()[0] == 3
    assert "damaged" in found.holder(2)


def test_250_hosts_leave_no_number() -> None:
    owners = {number: (f"h{number}", 1) for number in range(1, 251)}
    assert shared_configuration.read(spoiled(ids=lockspace(str(SPACE), owners))).free_ids() == []
