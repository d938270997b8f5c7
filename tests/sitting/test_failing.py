"""The end of a run that failed: what goes wrong with telling it is said beside it, and hides nothing."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from ovirt_hc_setup.base.event_types import ResourceEnded, RunBegun, to_json
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.sitting import bundling, failing
from ovirt_hc_setup.system.host.commands import LocalHost


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A run that failed at a mount."""
    monkeypatch.setattr(failing, "BUNDLES", tmp_path / "bundles")
    made = create("deploy", "host1", "1", {}, [], root=tmp_path / "runs")
    events = [RunBegun(run="x", verb="deploy", at=1e9), ResourceEnded(resource="mount", status="failed", reason="no route")]
    made.events.write_text("".join(f"{to_json(event)}\n" for event in events))
    return made


def told(folder: RunFolder, *, bundle: bool = True) -> str:
    out = io.StringIO()
    failing.tell(LocalHost(), folder, Plain(out), bundle=bundle)
    return out.getvalue()


def test_one_path_is_printed_and_a_second_failure_takes_its_place(folder: RunFolder) -> None:
    for _ in range(2):
        said = told(folder)
        assert said.index("Failed: mount") < said.index("Bundle for a bug report: ")
    (path,) = (folder.path.parents[1] / "bundles").iterdir()
    assert str(path) in said
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as tar:
        assert any(name.endswith(f"/runs/{folder.id}/events.jsonl") for name in tar.getnames())
    assert str(path) in told(folder, bundle=False), "who looks at the run later is told of it"


def test_a_bundle_that_cannot_be_written_does_not_hide_the_failure(folder: RunFolder) -> None:
    failing.BUNDLES.write_text("a file in the way")
    said = told(folder)
    assert "Failed: mount" in said
    assert "no route" in said
    assert "No bundle was made: " in said
    assert "ovirt-hc-setup bundle" in said


def test_who_does_not_want_to_wait_for_it_leaves_it_out(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(failing, "make", interrupted)
    assert "No bundle was made. To make one: ovirt-hc-setup bundle" in told(folder)


def test_without_time_every_part_says_so(folder: RunFolder, tmp_path: Path) -> None:
    made = bundling.make(LocalHost(), [folder], [folder], tmp_path / "b.tar.gz", -1.0)
    with tarfile.open(made.path) as tar:
        read = {one.name.rpartition("/")[2]: tar.extractfile(one) for one in tar}
        mounts = read["virsh-list.txt"]
        assert mounts is not None
        assert b"no time is left" in mounts.read()


def test_the_largest_parts_are_left_out_of_a_bundle_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "MOST_BYTES", 10)
    assert bundling._bounded({"large": b"x" * 8, "small": b"x", "middle": b"xxxx"}) == {
        "large": bundling.LEFT_OUT,
        "small": b"x",
        "middle": b"xxxx",
    }
