"""A lab that is saved goes on, and is begun again under other names as it was; what cannot be saved or begun is refused."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import Conflict, NotDeployed, UsageError
from ovirt_hc_setup.lab import states
from ovirt_hc_setup.lab.lab_volume import BRICKS, VOLUME, make_engine_volume
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.state_saving import begin_from, save
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.gluster import glusterd

pytestmark = pytest.mark.lab

STATE = "test-saved-volume"
MOUNTED = Path("/mnt/engine")
LAUNCHER = Path(__file__).resolve().parents[2] / "ovirt-hc-setup"
SAME = "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub; gluster system:: uuid get; ip -br address show host0 | cut -d/ -f1"


def identity(lab: Lab, host: str) -> str:
    return lab.exec(host, "sh", "-c", SAME).out


def mounted(lab: Lab) -> Path:
    """The volume, mounted on the second host."""
    lab.exec("hc2", "mkdir", "-p", str(MOUNTED))
    lab.exec("hc2", "mount", "-t", "glusterfs", f"hc1.hc.test:/{VOLUME}", str(MOUNTED))
    return MOUNTED


@pytest.fixture(scope="module")
def saved() -> Iterator[dict[str, str]]:
    """A state with a started volume and a file on it; what its hosts were known by. The lab that it was saved of is gone."""
    if "test-saved-volume" in {state.name for state in states.saved_states()}:
        states.forget(STATE)
    lab = Lab("test-saved")
    lab.down()
    try:
        lab.up()
        make_engine_volume(lab, print)
        lab.host("hc2").write(mounted(lab) / "kept", b"from before")
        before = {host: identity(lab, host) for host in HOSTS}
        save(lab, STATE, print)
        assert {host: identity(lab, host) for host in HOSTS} == before, "it did not go on as it was"
        yield before
    finally:
        lab.down()
        states.forget(STATE)


@pytest.fixture
def names(saved: dict[str, str]) -> Iterator[list[str]]:
    names = ["test-begun-a", "test-begun-b"]
    try:
        yield names
    finally:
        for name in names:
            Lab(name).down()


def test_two_labs_at_once_are_as_the_saved_one_was_and_touch_neither_it_nor_each_other(
    saved: dict[str, str], names: list[str]
) -> None:
    labs = [Lab(name) for name in names]
    for lab in labs:
        begin_from(lab, STATE, print)
        assert {host: identity(lab, host) for host in HOSTS} == saved
        make_engine_volume(lab, print)  # nothing to make, only to wait for
        assert lab.host("hc2").read(mounted(lab) / "kept") == b"from before"
        assert "xfs" in lab.exec("hc1", "findmnt", "-no", "FSTYPE", str(BRICKS / VOLUME)).out
    first, second = labs
    first.host("hc2").write(MOUNTED / "kept", b"changed by the first")
    assert second.host("hc2").read(MOUNTED / "kept") == b"from before"
    for lab in labs:
        assert all(brick.online for brick in glusterd.brick_states(lab.host("hc3"), VOLUME))
    with pytest.raises(Conflict, match="is there already"):
        begin_from(first, STATE, print)
    with pytest.raises(Conflict, match=f"there is a saved state '{STATE}' already"):
        save(first, STATE, print)
    assert first.is_up()


def test_a_state_of_other_code_or_of_another_base_is_never_used(saved: dict[str, str], names: list[str]) -> None:
    note = states.SavedState(STATE).folder / "key"
    key = note.read_text()
    note.write_text("0" * 64)
    try:
        with pytest.raises(UsageError, match="made by another version of this program"):
            begin_from(Lab(names[0]), STATE, print)
        listed = subprocess.run([LAUNCHER, "lab", "states"], capture_output=True, text=True, check=True)
        assert "(of another version of the program)" in listed.stdout
    finally:
        note.write_text(key)
    assert not Lab(names[0]).places.state.exists()


def test_what_cannot_be_is_refused_and_leaves_nothing(
    saved: dict[str, str], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(names[0])
    with pytest.raises(UsageError, match="there is no saved state 'nowhere'"):
        begin_from(lab, "nowhere", print)
    with pytest.raises(NotDeployed):
        save(lab, "anything", print)
    monkeypatch.setattr(states, "_LEFT_FREE", 2**60)
    with pytest.raises(UsageError, match="lacks space"):
        begin_from(lab, STATE, print)
    with pytest.raises(UsageError, match="lacks space"):
        states.refuse_save("anything", lab.places)
    assert not lab.places.state.exists()
    assert [state.name for state in states.saved_states() if state.name == "anything"] == []
