"""After a reboot those secrets are had again that something still to be made reads, whatever kind that is, and no others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.runner import run_folder, run_secrets
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.sitting.renewed_secrets import renew_secrets
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.runner.marker import Marker
from tests.sitting.test_supplied_answers import Remembering


@dataclass(frozen=True, kw_only=True)
class Locked(Marker):
    """A file that is made with a secret."""

    key: str = keys.ADMIN_PASSWORD.name

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        return (self.key,)


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where secrets of runs lie, forgotten as after a reboot."""
    folder = tmp_path / "run"
    monkeypatch.setattr(run_folder, "RunSecrets", lambda run: run_secrets.RunSecrets(run, folder))
    return folder


def interrupted(tmp_path: Path) -> RunFolder:
    locked = Locked(name="locked", path=tmp_path / "locked", text="text")
    other = Marker(name="other", path=tmp_path / "other", text="")
    return create("deploy", "host1", "0", {}, [locked, other], tmp_path / "state" / "runs")


def renewed(folder: RunFolder, *settings: str) -> Remembering:
    report = Remembering()
    wizard = Wizard(RunOptions(settings=settings, unattended=True), LocalHost("host1"), report, None)
    wizard.kinds = {kind.__name__: kind for kind in (Locked, Marker)}
    renew_secrets(wizard, folder)
    return report


def test_what_a_step_still_reads_is_wanted_again_and_named(tmp_path: Path, secrets: Path) -> None:
    with pytest.raises(UsageError, match=rf"the secret {keys.ADMIN_PASSWORD.name} is not kept across a reboot") as refused:
        renewed(interrupted(tmp_path))
    assert refused.value.hint == f"Give it again: --set {keys.ADMIN_PASSWORD.name}=file:PATH"


def test_it_is_taken_from_what_is_supplied_and_nothing_else_is(tmp_path: Path, secrets: Path) -> None:
    password = tmp_path / "password"
    password.write_text("long enough for anybody\n")
    password.chmod(0o600)
    folder = interrupted(tmp_path)
    report = renewed(folder, *(f"{key.name}=file:{password}" for key in (keys.ADMIN_PASSWORD, keys.ROOT_PASSWORD)))
    written = json.loads((secrets / folder.id / "secrets.json").read_text())
    assert written == {keys.ADMIN_PASSWORD.name: "long enough for anybody"}
    assert not report.events


def test_what_was_made_with_the_first_ones_is_not_made_again(tmp_path: Path, secrets: Path) -> None:
    (tmp_path / "locked").write_text("text")
    password = tmp_path / "password"
    password.write_text("another one\n")
    password.chmod(0o600)
    report = renewed(interrupted(tmp_path), f"{keys.ADMIN_PASSWORD.name}=file:{password}")
    assert "those entered now are not used" in str(report.events)
    assert not secrets.exists()
    assert not renewed(interrupted(tmp_path)).events


def test_what_a_changed_plan_newly_reads_is_had_though_nothing_was_forgotten(tmp_path: Path, secrets: Path) -> None:
    password = tmp_path / "password"
    password.write_text("long enough for anybody\n")
    password.chmod(0o600)
    folder = interrupted(tmp_path)
    folder.secrets.write({keys.ROOT_PASSWORD.name: Secret("given first")})
    with pytest.raises(UsageError, match=f"the secret {keys.ADMIN_PASSWORD.name} is needed now by the run"):
        renewed(folder)
    renewed(folder, f"{keys.ADMIN_PASSWORD.name}=file:{password}")
    written = json.loads((secrets / folder.id / "secrets.json").read_text())
    assert written == {keys.ADMIN_PASSWORD.name: "long enough for anybody", keys.ROOT_PASSWORD.name: "given first"}
