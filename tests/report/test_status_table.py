"""The table of a status: all that matters on a screen of 80x24, and nothing hidden when something cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ovirt_hc_setup.model.deployment_status import Board, EngineLease, Health, Holder, Liveness, Part
from ovirt_hc_setup.report.status_table import lines, show
from tests.deployments import HOSTS, all_well, block, deployment, members, nothing_read

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "status"


def text(status: object) -> str:
    return "\n".join(lines(status, 80)) + "\n"  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "status"), [("all-well", all_well()), ("one-host-dead", deployment())])
def test_the_table_is_the_golden_one(name: str, status: object) -> None:
    assert text(status) == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("status", [all_well(), deployment(), nothing_read()])
def test_it_fits_80x24(status: object) -> None:
    said = lines(status, 80)  # type: ignore[arg-type]
    assert max(map(len, said)) <= 80
    assert len(said) <= 24


def test_every_part_that_was_not_read_is_named_with_its_reason() -> None:
    said = text(nothing_read())
    assert "Could not be read:" in said
    said_of = ("hosted-engine metadata", "storage domain", "lease of the engine VM", "libvirt", "health page", "bricks")
    for part in (*said_of, "heal state"):
        assert part in " ".join(said.split())
    assert "no answer within 15 s" in said


def test_what_was_read_is_shown_beside_what_was_not() -> None:
    said = text(replace(all_well(), board=Part(trouble="no answer"), heal=Part(trouble="no answer")))
    assert "up: http://engine.example.com/ovirt-engine/" in said
    assert "3 of 3 bricks online" in said
    assert HOSTS[1] in said  # by sanlock's names, when the HA metadata is silent


def test_a_brick_majority_that_is_gone_is_shouted() -> None:
    bricks = deployment().bricks.value
    assert bricks is not None
    assert "1 of 3 bricks online, NO QUORUM" in text(replace(deployment(), bricks=Part(bricks[:1])))


def test_a_vm_that_runs_nowhere_and_a_dead_engine() -> None:
    health = Part(Health(False, "timed out"))
    status = replace(all_well(), vms={1: Part("shut off")}, lease=Part(EngineLease(None)), health=health)
    assert "not running on any host" in text(status)
    assert "does not answer at engine.example.com: timed out" in text(status)


def test_the_lease_of_a_host_that_died_is_told_from_one_that_is_held() -> None:
    holder = Holder(host_id=2, name=HOSTS[1], state=Liveness.FAILING, renewed=5)
    status = replace(all_well(), vms={1: Part("shut off"), 2: Part("unknown")}, lease=Part(EngineLease(holder)))
    assert "held by host2.example.com (host id 2), failing" in text(status)
    gone = replace(holder, state=Liveness.DEAD)
    assert "not running on any host" in text(replace(status, lease=Part(EngineLease(gone))))


def test_a_damaged_block_spoils_its_own_host_only() -> None:
    board = Board(False, (block(1), block(2)), {3: "its crc32 says 1, its fields give 2"})
    said = text(replace(all_well(), board=Part(board)))
    assert "block 3 of the hosted-engine metadata: its crc32 says 1" in said
    assert "DAMAGED" in said
    assert HOSTS[0] in said


def test_terminal_escapes_and_markup_from_the_storage_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    evil = Board(False, (block(1, "\x1b[31mred[bold]x[/]"),))
    live = members(Liveness.LIVE)
    status = replace(all_well(), board=Part(evil), domain_ids=live, ha_ids=live)
    for kind in ("plain", "rich"):
        show(status, kind)
        said = capsys.readouterr().out
        assert "\x1b[31mred" not in said
        assert "red[bold]x" in said


def test_long_names_and_many_hosts_stay_within_the_width() -> None:
    board = Board(False, tuple(block(number, f"{'very-' * 12}long{number}.example.com") for number in range(1, 9)))
    live = members(*[Liveness.LIVE] * 8)
    said = lines(replace(all_well(), board=Part(board), domain_ids=live, ha_ids=live), 80)
    assert max(map(len, said)) <= 80
    assert sum("very-" in line for line in said) >= 8


def test_rich_shows_the_same_rows_as_plain(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show(deployment(), "rich")
    said = capsys.readouterr().out.splitlines()
    assert [line.rstrip() for line in said] == [line.rstrip() for line in lines(deployment(), 80)]
