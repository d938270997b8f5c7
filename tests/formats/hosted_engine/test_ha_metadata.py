"""The HA metadata: HA reads our block, we read HA's, and one host's rubbish does not hide the others."""

from __future__ import annotations

import contextlib
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.hosted_engine import ha_metadata
from ovirt_hc_setup.formats.hosted_engine.ha_metadata import HostBlock

GOLDEN = Path(__file__).parents[2] / "golden" / "storage"
DATE = "Sat Nov 21 02:35:00 2026"
HOST3 = HostBlock(
    host_id=3,
    hostname="hc3.hc.test",
    timestamp=4242,
    stopped=True,
    conf_refreshed=4240,
    state="AgentStopped",
    engine_status={"vm": "up", "health": "good", "detail": "Up"},
)
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="|"), max_size=20)


def board(*blocks: bytes) -> bytes:
    return b"".join(block.ljust(4096, b"\0") for block in blocks)


def test_our_block_has_the_bytes_that_ha_writes() -> None:
    assert ha_metadata.write_host_block(HOST3, DATE) == (GOLDEN / "ha-metadata-host3.block").read_bytes()


@given(words.filter(str.isprintable), st.integers(0, 1 << 40), st.integers(-1, 3400), st.dictionaries(words, words, max_size=3))
def test_what_is_written_is_read_back(name: str, timestamp: int, score: int, status: dict[str, str]) -> None:
    block = HostBlock(host_id=7, hostname=name, timestamp=timestamp, score=score, engine_status=status)
    try:
        found = ha_metadata.read_host_block(ha_metadata.write_host_block(block, DATE))
    except ValueRefused:
        return
    assert (found.hostname, found.timestamp, found.score, dict(found.engine_status)) == (name, timestamp, score, status)


@given(st.integers(0, 120), st.integers(1, 255))
def test_a_changed_field_spoils_the_block(at: int, change: int) -> None:
    data = bytearray((GOLDEN / "ha-metadata-host3.block").read_bytes())
    data[at % 110] ^= change
    with pytest.raises(FormatError):
        ha_metadata.read_host_block(bytes(data))


@given(st.binary(min_size=1, max_size=700))
def test_rubbish_in_one_block_does_not_hide_the_others(rubbish: bytes) -> None:
    rubbish = b"x" + rubbish
    found = ha_metadata.read(board(b"", rubbish, b"", ha_metadata.write_host_block(HOST3, DATE)))
    assert list(found.hosts) == [3]
    assert list(found.damaged) == [1]


def test_a_block_in_the_wrong_place_is_damaged() -> None:
    found = ha_metadata.read(board(b"", ha_metadata.write_host_block(HOST3, DATE)))
    assert "host 3" in found.damaged[1]


@pytest.mark.parametrize(("block", "expected"), [(b"", False), (b"maintenance=1\n", True), (b"maintenance=False\n", False)])
def test_global_maintenance_is_read_in_every_spelling(block: bytes, expected: bool) -> None:
    assert ha_metadata.read(board(block)).maintenance is expected


def test_a_newer_parse_version_is_not_guessed_at() -> None:
    with pytest.raises(FormatError, match="parse version 2"):
        ha_metadata.read_host_block(b"2|1|1|1|0|{}|h".ljust(4096, b"\0"))


def test_an_empty_volume_is_empty_ha_metadata() -> None:
    assert ha_metadata.read(b"\0" * (251 * 4096)) == ha_metadata.HaMetadata(False, {}, {})


def test_a_name_that_would_break_the_fields_is_refused() -> None:
    with pytest.raises(ValueRefused):
        ha_metadata.write_host_block(HostBlock(host_id=1, hostname="a|b", timestamp=1), DATE)


def sealed(*fields: str) -> bytes:
    """A block with these fields and the right crc32: what somebody who can write to the storage could have written."""
    joined = "|".join([*fields[:9], "00000000", *fields[9:]])
    return "|".join([*fields[:9], f"{zlib.crc32(joined.encode()):08x}", *fields[9:]]).encode()


def test_a_bad_crc_is_told_with_both_and_hides_nobody_else() -> None:
    spoiled = ha_metadata.write_host_block(HOST3, DATE).replace(b"hc3.hc.test", b"hc4.hc.test", 1)
    found = ha_metadata.read(board(b"", b"", b"", spoiled, ha_metadata.write_host_block(replace(HOST3, host_id=4), DATE)))
    assert list(found.hosts) == [4]
    assert re.search(r"metadata block is damaged: its crc32 says \w{8}, its fields give \w{8}", found.damaged[3])


def test_a_block_of_an_agent_of_old_has_fewer_fields() -> None:
    found = ha_metadata.read_host_block(b"1|1|4242|3|3400|{}|hc3.hc.test".ljust(4096, b"\0"))
    assert (found.score, found.stopped, found.conf_on_shared_storage, found.conf_refreshed) == (3400, False, False, 0)


@pytest.mark.parametrize("block", [b"maintenance=perhaps", b"\xff" * 4096, b"x" * 5 + b"\x80"])
def test_a_damaged_block_of_the_cluster_does_not_hide_the_hosts(block: bytes) -> None:
    found = ha_metadata.read(board(block, b"", b"", ha_metadata.write_host_block(HOST3, DATE)))
    if block.startswith(b"x"):
        assert "not UTF-8" in found.damaged[0]
    assert (list(found.hosts), list(found.damaged), found.maintenance) == ([3], [0], False)


@pytest.mark.parametrize("number", ["9" * 300, "-" + "9" * 20, "1e5", "", "0x10"])
def test_a_number_that_no_clock_shows_spoils_the_block(number: str) -> None:
    with pytest.raises(FormatError, match="where a number has to be"):
        ha_metadata.read_host_block(sealed("1", "1", number, "3", "0", "{}", "h", "0", "0", "0", "0"))


def test_an_engine_status_that_nothing_could_print_can_be_printed() -> None:
    text = '{"vm": "\\ud800", "health": 7, "detail": null, "deep": [[[]]], "\\udfff": "x"}'
    found = ha_metadata.read_host_block(sealed("1", "1", "1", "3", "0", text, "h", "0", "0", "0", "0")).engine_status
    assert found == {"vm": "?", "health": "7", "detail": "None", "?": "x"}


@pytest.mark.parametrize("text", ["[]", "7", "{", "[" * 400, '"x"'])
def test_an_engine_status_that_is_none_spoils_the_block(text: str) -> None:
    with pytest.raises(FormatError, match="where the engine's status has to be"):
        ha_metadata.read_host_block(sealed("1", "1", "1", "3", "0", text, "h", "0", "0", "0", "0"))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="|"), max_size=60), min_size=1, max_size=14))
def test_no_sealed_rubbish_gives_a_traceback(fields: list[str]) -> None:
    with contextlib.suppress(FormatError):
        ha_metadata.read_host_block(sealed(*fields))
