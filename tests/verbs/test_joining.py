"""What `deploy` and `add-host` do about hosts that join: a stop is a stop, and what belongs to the first host stays with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.fleet import add_others
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.runner.run_folder import create
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.verbs import deploy
from ovirt_hc_setup.verbs.add_host import Joining

OF_HOSTS = {
    keys.BRIDGE_NIC.name: "eno1",
    f"hc2.hc.test:{keys.BRIDGE_NIC.name}": "eno2",
    f"hc3:{keys.HOST_ID.name}": "7",
    f"hc4:{keys.BRIDGE_NIC.name}": "eno4",
}
"""As they lie in a run folder."""


@pytest.mark.parametrize(("code", "applied"), [(130, 1), (0, 1), (4, 2)])
def test_only_a_run_that_failed_goes_on_with_another_number(code: int, applied: int) -> None:
    """A stop is heard while the number is waited for: the run is as it is, and nothing begins again."""
    runs: list[int] = []

    def apply(folder: Any) -> int:
        runs.append(len(runs))
        return code if len(runs) == 1 else 0

    sitting = {"options": RunOptions(yes=True), "report": print, "apply": apply, "close": lambda folder, code: code}
    joining = Joining(cast(Any, SimpleNamespace(**sitting)))
    joining._renumber = lambda folder: True  # type: ignore[method-assign]
    joining._apply(cast(Any, None))
    assert len(runs) == applied


def joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: Mapping[str, str]) -> list[Any]:
    """The options, the answers of each host, and the names with which hosts join after a run with these answers."""
    answers = {keys.ADDITIONAL_HOSTS.name: {"text": "hc2.hc.test, hc3.hc.test", "origin": "typed"}}
    answers |= {name: {"text": text, "origin": "site.conf line 9"} for name, text in texts.items()}
    folder = create("deploy", "hc1", "0", answers, (), tmp_path / "state" / "runs", plugins=("site-note",))
    folder.journal.append("", "finished")
    seen: list[Any] = []

    class Controller:
        def __init__(self, options: RunOptions, host: LocalHost, report: Any, own: Any) -> None:
            seen.append(options)
            seen.append({name: {one.name: one.text for one in given} for name, given in own.items()})

        def join(self, names: list[str]) -> int:
            seen.append(names)
            return 0

    monkeypatch.setattr(add_others, "Controller", Controller)
    monkeypatch.setattr(deploy, "assembled", lambda named: assembled())
    given = RunOptions(answers=(Path("a.conf"),), settings=("A/b=1",), environment=("A/b=str:1",), output="plain")
    assert deploy._let_others_join(given, folder) == 0
    return seen


def test_additional_hosts_have_the_plugins_of_the_run_their_own_answers_and_none_of_the_first_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options, own, names = joined(tmp_path, monkeypatch, {**OF_HOSTS, keys.SKIP_CHECKS.name: "vm.cpu-model"})
    assert own == {"hc2.hc.test": {keys.BRIDGE_NIC.name: "eno2"}, "hc3.hc.test": {keys.HOST_ID.name: "7"}}
    assert names == ["hc2.hc.test", "hc3.hc.test"]
    assert (options.answers, options.settings, options.environment, options.plugin) == ((), (), (), ("site-note",))
    assert options.yes


def test_what_an_earlier_version_kept_by_two_names_of_a_host_counts_by_the_one_that_the_run_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = {f"hc2.hc.test:{keys.BRIDGE_NIC.name}": "eno3", f"hc2:{keys.BRIDGE_NIC.name}": "eno2"}  # as they are sorted
    _, own, _ = joined(tmp_path, monkeypatch, twice)
    assert own["hc2.hc.test"] == {keys.BRIDGE_NIC.name: "eno3"}


def test_additional_hosts_are_told_the_way_to_the_storage_as_the_first_host_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = {keys.STORAGE_PATH.name: "hc1.hc.test:/engine", keys.MOUNT_OPTIONS.name: "log-level=DEBUG"}
    options, _, _ = joined(tmp_path, monkeypatch, {**OF_HOSTS, **way})
    assert options.settings == tuple(f"{name}={text}" for name, text in way.items())


def test_a_run_that_did_not_keep_what_counts_by_host_has_its_skips_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options, _, _ = joined(tmp_path, monkeypatch, {keys.SKIP_CHECKS.name: "vm.cpu-model"})
    assert options.settings == (f"{keys.SKIP_CHECKS.name}=vm.cpu-model",)
