"""What sanlock 3.8.5 printed (recorded from the real daemon) is understood, colons in paths included."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.sanlock import sanlock_output

GOLDEN = Path(__file__).parents[2] / "golden" / "storage"
SPACE = "6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1"
FOLDER = "/rhev/data-center/mnt/glusterSD/hc1:_e"


def test_lockspaces_and_leases_of_a_daemon() -> None:
    status = sanlock_output.parse_status((GOLDEN / "sanlock-status.txt").read_text())
    assert status.daemon == "hc1.example"
    assert status.lockspaces == (
        sanlock_output.HeldLockspace(SPACE, 1, f"{FOLDER}/ids"),
        sanlock_output.HeldLockspace("hosted-engine", 1, f"{FOLDER}/he", 0, "ADD"),
    )
    assert [space.held for space in status.lockspaces] == [True, False]
    assert status.leases == (sanlock_output.Lease(SPACE, "SDM", f"{FOLDER}/leases", 1 << 20, 30895),)


def test_a_name_that_a_daemon_drew_for_itself_is_shorter_in_its_leases() -> None:
    # Seen with sanlock 3.8.5: the status tells 48 characters, the lease has 47.
    status = sanlock_output.parse_status("daemon 1a618326-6dca-487a-8c2a-ef500cf417e6.hc1.hc.test\n")
    assert status.owner == "1a618326-6dca-487a-8c2a-ef500cf417e6.hc1.hc.tes"


def test_hosts_of_a_dumped_lockspace() -> None:
    assert sanlock_output.parse_dump((GOLDEN / "sanlock-dump.txt").read_text()) == (
        sanlock_output.Dumped(0, SPACE, "hc1.example", 959, 1, 1),
        sanlock_output.Dumped(512, SPACE, "hc2.example", 0, 2, 3),
    )


def test_a_leader_with_its_owner() -> None:
    leader = sanlock_output.parse_leader((GOLDEN / "sanlock-leader.txt").read_text())
    assert leader == sanlock_output.Leader(sanlock_output.PAXOS_MAGIC, 512, 1, 1, SPACE, "SDM", 965)


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=40))
def test_any_path_survives_an_argument(path: str) -> None:
    argument = sanlock_output.lockspace_argument(SPACE, 3, f"/{path}")
    status = sanlock_output.parse_status(f"daemon x\ns {argument}\n")
    assert status.lockspaces == (sanlock_output.HeldLockspace(SPACE, 3, f"/{path}"),)


def test_a_colon_is_escaped_for_the_program() -> None:
    assert sanlock_output.resource_argument("a", "SDM", "/m/h:_e/leases", 1048576) == r"a:SDM:/m/h\:_e/leases:1048576"


@pytest.mark.parametrize("text", ["", "no daemon here\n", "daemon x\ns a:b:c\n", "daemon x\nr a:b\n"])
def test_other_text_is_no_status(text: str) -> None:
    with pytest.raises(FormatError):
        sanlock_output.parse_status(text)


def test_a_leader_without_its_fields_is_an_error() -> None:
    with pytest.raises(FormatError):
        sanlock_output.parse_leader("read_leader done -19\n")
