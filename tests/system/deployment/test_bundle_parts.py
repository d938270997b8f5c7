"""A bundle for a bug report: what is in it, and that nothing secret is, however it is written."""

from __future__ import annotations

import io
import json
import tarfile
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from ovirt_hc_setup.base.event_types import LogLine, to_json
from ovirt_hc_setup.base.secrets import MASK, Secret
from ovirt_hc_setup.formats.host.bundle_archive import bundle_archive
from ovirt_hc_setup.system.appliance.password_hash import sha512
from ovirt_hc_setup.system.deployment import bundle_parts
from ovirt_hc_setup.system.deployment.bundle_parts import BUG, COMMANDS, LOGS, OF_A_RUN, parts, without_secrets
from ovirt_hc_setup.system.host.commands import LocalHost

PASSWORD = 'correct "horse" & <battery> ü'


@cache
def hashed() -> str:
    """Once for all tests: a good hash takes long."""
    return sha512(Secret(PASSWORD), "salt")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder in which a password lies everywhere it should not."""
    folder = tmp_path / "20260101-000000-deploy-abcd"
    (folder / "backups").mkdir(parents=True)
    (folder / "backups" / "old.conf").write_text("a file of the host")
    for name in OF_A_RUN:
        (folder / name).write_text(json.dumps({"text": PASSWORD, "hash": hashed()}) + f"\n{PASSWORD}\n")
    return folder


def test_it_has_the_runs_and_what_the_programs_say_and_no_backups(run: Path) -> None:
    found = dict(parts(LocalHost(), [run], [Secret(PASSWORD)]))
    assert {f"runs/{run.name}/{name}" for name in OF_A_RUN} <= set(found)
    assert {"versions.txt", "mounts", "gluster-volume-info.xml", *COMMANDS} <= set(found)
    assert not any("backups" in name or "secret" in name for name in found)
    assert all(found.values()), "a part that cannot be had says why"


def test_the_traceback_of_a_worker_is_in_it_where_there_is_one(run: Path) -> None:
    names = [{name for name, _ in parts(LocalHost(), [run], [])}]
    (run / BUG).write_text("Traceback\n")
    names.append({name for name, _ in parts(LocalHost(), [run], [])})
    assert names[1] - names[0] == {f"runs/{run.name}/{BUG}"}


def test_a_password_is_nowhere_in_it(run: Path) -> None:
    (run / BUG).write_text(PASSWORD)
    for name, data in parts(LocalHost(), [run], [Secret(PASSWORD)]):
        assert b"horse" not in data, name
        assert b"$6$" not in data, name
        if name.startswith("runs/") and not name.endswith("worker.txt"):
            assert MASK.encode() in data


FORMS = [PASSWORD, json.dumps(PASSWORD), json.dumps(PASSWORD, ensure_ascii=False), quoteattr(PASSWORD), escape(PASSWORD)]


@pytest.mark.parametrize("form", FORMS)
def test_a_password_is_masked_however_it_is_written(form: str) -> None:
    shown = without_secrets(f"<a>{form}</a> hash {hashed()} end", [Secret(PASSWORD)])
    assert "horse" not in shown
    assert "$6$" not in shown
    assert shown.startswith("<a>")
    assert shown.endswith(" end")


def test_the_archive_is_one_folder_of_files_for_their_owner_only() -> None:
    data = bundle_archive("folder", {"a": b"1", "runs/b": b"22"}, 1000.0)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert [(one.name, one.size, one.mode, one.mtime) for one in tar] == [
            ("folder/a", 1, 0o600, 1000),
            ("folder/runs/b", 2, 0o600, 1000),
        ]


def test_it_has_the_ends_of_the_daemons_logs_and_what_engine_setup_said(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "glusterd.log").write_text(f"{'old' * 1_000_000}\nthe end, {PASSWORD}\n")
    (tmp_path / "logs" / "link.log").symlink_to("/etc/shadow")
    monkeypatch.setitem(bundle_parts.LOGS, "log-gluster.txt", f"{tmp_path}/logs/*.log")
    (run / "events.jsonl").write_text(to_json(LogLine(resource="engine-setup", source="engine-setup", text=f"Stage: {PASSWORD}")))
    found = dict(parts(LocalHost(), [run], [Secret(PASSWORD)]))
    assert set(LOGS) <= set(found)
    log = found["log-gluster.txt"].decode()
    assert f"==> {tmp_path}/logs/glusterd.log <==" in log
    assert f"the end, {MASK}" in log
    assert "link.log" not in log
    assert len(log) < 600_000
    assert found[f"runs/{run.name}/engine-setup.txt"].decode() == f"engine-setup: Stage: {MASK}\n"
