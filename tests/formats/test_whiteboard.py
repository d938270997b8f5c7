"""The whiteboard: HA reads our block, we read HA's, and one host's rubbish does not hide the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats import whiteboard
from ovirt_hc_setup.formats.whiteboard import HostBlock

GOLDEN = Path(__file__).parent.parent / "golden" / "storage"
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
    assert whiteboard.write_host_block(HOST3, DATE) == (GOLDEN / "whiteboard-host3.block").read_bytes()


@given(words.filter(str.isprintable), st.integers(0, 1 << 40), st.integers(-1, 3400), st.dictionaries(words, words, max_size=3))
def test_what_is_written_is_read_back(name: str, timestamp: int, score: int, status: dict[str, str]) -> None:
    block = HostBlock(host_id=7, hostname=name, timestamp=timestamp, score=score, engine_status=status)
    try:
        found = whiteboard.read_host_block(whiteboard.write_host_block(block, DATE))
    except ValueRefused:
        return
    assert (found.hostname, found.timestamp, found.score, dict(found.engine_status)) == (name, timestamp, score, status)


@given(st.integers(0, 120), st.integers(1, 255))
def test_a_changed_field_spoils_the_block(at: int, change: int) -> None:
    data = bytearray((GOLDEN / "whiteboard-host3.block").read_bytes())
    data[at % 110] ^= change
    with pytest.raises(FormatError):
        whiteboard.read_host_block(bytes(data))


@given(st.binary(min_size=1, max_size=700))
def test_rubbish_in_one_block_does_not_hide_the_others(rubbish: bytes) -> None:
    rubbish = b"x" + rubbish
    found = whiteboard.read(board(b"", rubbish, b"", whiteboard.write_host_block(HOST3, DATE)))
    assert list(found.hosts) == [3]
    assert list(found.damaged) == [1]


def test_a_block_in_the_wrong_place_is_damaged() -> None:
    found = whiteboard.read(board(b"", whiteboard.write_host_block(HOST3, DATE)))
    assert "host 3" in found.damaged[1]


@pytest.mark.parametrize(("block", "expected"), [(b"", False), (b"maintenance=1\n", True), (b"maintenance=False\n", False)])
def test_global_maintenance_is_read_in_every_spelling(block: bytes, expected: bool) -> None:
    assert whiteboard.read(board(block)).maintenance is expected


@given(st.booleans())
def test_global_maintenance_survives(on: bool) -> None:
    assert whiteboard.read(whiteboard.write_global_block(on)).maintenance is on


def test_a_newer_parse_version_is_not_guessed_at() -> None:
    with pytest.raises(FormatError, match="parse version 2"):
        whiteboard.read_host_block(b"2|1|1|1|0|{}|h".ljust(4096, b"\0"))


def test_an_empty_volume_is_an_empty_whiteboard() -> None:
    assert whiteboard.read(b"\0" * (251 * 4096)) == whiteboard.Whiteboard(False, {}, {})


def test_a_name_that_would_break_the_fields_is_refused() -> None:
    with pytest.raises(ValueRefused):
        whiteboard.write_host_block(HostBlock(host_id=1, hostname="a|b", timestamp=1), DATE)
