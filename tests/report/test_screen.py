"""The screen during the work: one line a step, that fits, with pace and time left, and what it waits for."""

from __future__ import annotations

import io

import pytest

from ovirt_hc_setup.base.event_types import Event, Progressed, ResourceBegun, ResourceEnded, RunBegun
from ovirt_hc_setup.report.screen import Screen, levelled

BEGUN = 1_000_000.0
MIB = 2**20
TITLE = "Copy the disk of the appliance /usr/share/ovirt-engine-appliance/engine-appliance.ova"


def copied(at: float, done: int, text: str = "copying") -> Progressed:
    return Progressed(resource="copy", done=done * MIB, total=2048 * MIB, text=text, at=BEGUN + at)


def work(*events: Event, width: int = 80, now: float = 90.0, most: int = 22) -> list[str]:
    """The lines of what is at work."""
    screen = Screen(io.StringIO(), now=lambda: BEGUN + now)
    for event in (RunBegun(run="r", verb="deploy", resources=("copy", "id"), at=BEGUN), *events):
        screen(event)
    return [row.plain.rstrip() for row in screen.rows(width - 1, most)]


BEGIN = ResourceBegun(resource="copy", title=TITLE, at=BEGUN)


def test_a_step_says_how_far_how_fast_and_how_long() -> None:
    line, steps = work(BEGIN, copied(0, 0), copied(10, 360), now=12)
    assert "360 MiB of 2.0 GiB, 36.0 MiB/s, 47 s left" in line
    assert line.startswith("  Copy the disk o")
    assert steps == "  0 of 2 steps, 12 s"


def test_the_pace_is_that_of_the_part_it_is_at() -> None:
    line, _ = work(BEGIN, copied(0, 0, "unpacking"), copied(10, 2000, "unpacking"), copied(20, 0), copied(30, 100), now=31)
    assert "10.0 MiB/s" in line


def test_a_view_that_was_attached_later_tells_the_same() -> None:
    """All events are read at once then, long after they happened."""
    assert "36.0 MiB/s" in work(BEGIN, copied(0, 0), copied(10, 360), now=11)[0]
    assert "1:30" in work(BEGIN)[0]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("most", [3, 22])
def test_every_line_fits_and_a_wait_gets_a_second_one_where_there_is_room(width: int, most: int) -> None:
    waiting = "waiting for host id 1 in 32469e8f-252e-4bae-a3bc-4dad1777204d"
    found = work(
        BEGIN,
        ResourceBegun(resource="id", title=f"Acquire host id 1 in {'the lockspace ' * 5}", at=BEGUN),
        copied(0, 0),
        copied(10, 360),
        Progressed(resource="id", done=14, total=220, unit="seconds", text=waiting, at=BEGUN + 14),
        width=width,
        most=most,
    )
    assert all(len(line) < width for line in found)
    if most == 3:
        assert len(found) == 3
        assert width < 80 or "waiting for host id 1" in found[1]
    else:
        assert found[1].endswith("1:30 of 3:40")
        assert found[2].strip() == waiting or (width < 80 and found[2].strip().startswith("waiting for host id 1"))
        assert len(found) == 4


def test_the_longest_wait_can_be_read_on_80_columns() -> None:
    """What the operator looks at for most of a deployment: neither the title nor the console's last line is cut."""
    begun = ResourceBegun(resource="engine-setup", title="Wait for engine-setup in the engine VM", at=BEGUN)
    text = "[  OK  ] Started NetworkManager-wait-online.service - Network Manager."
    waited = Progressed(resource="engine-setup", done=90, total=3600, unit="seconds", text=text, at=BEGUN + 90)
    title, console, _ = work(begun, waited)
    assert title.split() == ["Wait", "for", "engine-setup", "in", "the", "engine", "VM", "1:30", "of", "1:00:00"]
    assert console == f"    {text}"


def test_what_is_undone_does_not_look_as_if_it_were_made() -> None:
    begun = ResourceBegun(resource="host-unit", title="Enable and start ovirt-hc-setup-host.service", action="undo", at=BEGUN)
    assert work(begun)[0].startswith("  Undo: Enable and start ovirt-hc-setup-host.service ")


def test_what_has_ended_is_at_work_no_more() -> None:
    assert work(BEGIN, copied(0, 0), ResourceEnded(resource="copy", status="done")) == []


@pytest.mark.parametrize("indent", ["", "    "])
def test_a_word_longer_than_the_screen_loses_no_letter(indent: str) -> None:
    word = "/var/lib/ovirt-hc-setup/" + "0123456789" * 9
    lines = levelled([f"{indent}{word}", f"{indent}block 1 of {word}: score 0"], "INFO", 79)
    said = "".join(line.plain.replace("[ INFO  ]", "") for line in lines)
    assert "".join(said.split()) == f"{word}block1of{word}:score0"
    assert all(len(line.plain) < 80 for line in lines)
    assert lines[0].plain.startswith(f"[ INFO  ] {indent}/var/lib")
