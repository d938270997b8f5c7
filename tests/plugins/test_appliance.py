"""The appliance is offered, judged and planned as an operator would expect, from files as they come."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.plugins.appliance import chosen_appliance as plugin
from ovirt_hc_setup.resources.disk_image import DiskImage
from ovirt_hc_setup.runner.checks import run_checks
from ovirt_hc_setup.runner.context import Context, Facts, Reading
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_answers import Answers, Source
from ovirt_hc_setup.system.appliance.installed_appliances import installed_appliances
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.appliances import MIB, ovirt_members, qcow2_header, write_ova

QCOW2 = qcow2_header(size=6 << 30).ljust(3 * MIB, b"\7")

PLUGIN = Plugins((plugin,))


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    plugin._read.cache_clear()


@pytest.fixture
def ova(tmp_path: Path) -> Path:
    return write_ova(tmp_path / "engine.ova", ovirt_members(QCOW2), compressed=True)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Context]:
    """A context with these answers; descriptors of installed appliances are looked for in the test's folder."""
    monkeypatch.setattr(plugin, "installed_appliances", lambda: installed_appliances(tmp_path))
    monkeypatch.setattr(plugin, "descriptor_of", lambda path: plugin_descriptor(path, tmp_path))

    def make(goal: Goal = FIRST_HOST, **given: Any) -> Context:
        answers = Answers()
        texts = {"APPLIANCE": str(tmp_path / "engine.ova"), "DISK_SIZE_GB": 61, "TEMP_DIR": str(tmp_path), **given}
        for name, value in texts.items():
            answers.put(getattr(keys, name), value, Source.TYPED, "typed")
        for key in (keys.IMG_UUID, keys.VOL_UUID):
            answers.put(key, key.draw(), Source.DRAWN, "drawn")  # type: ignore[misc]
        readings = [*plugin.ovirt_hc_setup_facts(), Reading(facts.STORE, lambda context: FileStore.of(tmp_path / "domain"))]
        return Context(LocalHost("here"), answers, Facts(readings), goal)

    return make


def plugin_descriptor(path: Path, folder: Path) -> Any:
    return next((one.descriptor for one in installed_appliances(folder) if one.descriptor.path == path), None)


def describe(folder: Path, version: str, path: Path, sha1: str = "") -> None:
    text = f"description=The engine\nversion={version}\npath={path}\n" + (f"sha1sum={sha1}\n" if sha1 else "")
    (folder / f"e{version}-appliance.conf").write_text(text)


def findings(context: Context) -> dict[str, tuple[str, str]]:
    found = run_checks(plugin.ovirt_hc_setup_checks(), context, {}, lambda event: None)
    return {one.check: (one.severity, one.found) for one in found}


def test_the_newest_installed_one_is_proposed_and_all_are_offered(
    tmp_path: Path, ova: Path, context: Callable[..., Context]
) -> None:
    describe(tmp_path, "4.5-2", tmp_path / "gone.ova")
    describe(tmp_path, "4.5-1", ova)
    (question,) = plugin.ovirt_hc_setup_questions()
    proposal = question.proposal(context())
    assert proposal is not None and proposal.value == str(ova)
    offered = question.choices(context())
    assert [(choice.text, bool(choice.why_not)) for choice in offered] == [(str(ova), False), (str(tmp_path / "gone.ova"), True)]
    assert "version 4.5-1" in offered[0].detail and "GiB" in offered[0].detail


def test_without_an_installed_one_there_is_no_default(context: Callable[..., Context]) -> None:
    (question,) = plugin.ovirt_hc_setup_questions()
    assert question.proposal(context()) is None
    assert question.choices(context()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("engine.ova", ""), ("nowhere.ova", "no such file"), ("text", "neither a tar"), ("engine.ova\0", "cannot be read")],
)
def test_an_answer_is_refused_with_its_reason(
    tmp_path: Path, ova: Path, context: Callable[..., Context], name: str, said: str
) -> None:
    (tmp_path / "text").write_text("hello" * 300)
    (question,) = plugin.ovirt_hc_setup_questions()
    if not said:
        question.validate(context(), str(tmp_path / name))
        return
    with pytest.raises(ValueRefused, match=said):
        question.validate(context(), str(tmp_path / name))


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(ValueRefused, match="not an absolute path"):
        keys.APPLIANCE.parse("engine.ova")


def test_a_good_appliance_passes_every_check(tmp_path: Path, ova: Path, context: Callable[..., Context]) -> None:
    describe(tmp_path, "4.5-1", ova, hashlib.sha1(ova.read_bytes()).hexdigest())
    found = findings(context())
    assert {name: severity for name, (severity, _) in found.items()} == dict.fromkeys(
        ("appliance.readable", "appliance.checksum", "appliance.disk-size", "appliance.space"), "ok"
    )
    assert "version 4.5-1" in found["appliance.readable"][1]


def test_a_wrong_checksum_is_found_before_anything_is_changed(tmp_path: Path, ova: Path, context: Callable[..., Context]) -> None:
    describe(tmp_path, "4.5-1", ova, "0" * 40)
    severity, said = findings(context())["appliance.checksum"]
    assert severity == "error"
    assert f"it should be {'0' * 40}" in said


def test_a_disk_that_does_not_fit_is_found(ova: Path, context: Callable[..., Context]) -> None:
    assert findings(context(DISK_SIZE_GB=6))["appliance.disk-size"][0] == "ok"
    severity, said = findings(context(DISK_SIZE_GB=5))["appliance.disk-size"]
    assert (severity, "6.0 GiB, and a disk of 5 GiB is requested" in said) == ("error", True)


def test_a_missing_work_folder_is_found(ova: Path, context: Callable[..., Context]) -> None:
    severity, said = findings(context(TEMP_DIR="/nowhere"))["appliance.space"]
    assert (severity, "/nowhere" in said) == ("error", True)


def test_an_appliance_that_cannot_be_read_is_one_finding_and_not_four(tmp_path: Path, context: Callable[..., Context]) -> None:
    (tmp_path / "engine.ova").write_bytes(b"x" * 2000)
    found = findings(context())
    assert list(found) == ["appliance.readable"]
    assert found["appliance.readable"][0] == "error"


def test_a_file_that_was_replaced_is_read_again(tmp_path: Path, ova: Path, context: Callable[..., Context]) -> None:
    assert findings(context())["appliance.readable"][0] == "ok"
    ova.write_bytes(b"x" * 2000)
    assert findings(context())["appliance.readable"][0] == "error"


def test_the_plan_copies_the_disk_into_the_engines_volume(tmp_path: Path, ova: Path, context: Callable[..., Context]) -> None:
    made = context()
    (resource,) = PLUGIN.resources(made)
    assert isinstance(resource, DiskImage)
    assert (resource.name, resource.after, resource.provides) == ("appliance-copy", ("engine-disk",), ("volumes.ready",))
    assert (resource.size, resource.spool, resource.holds_data()) == (61 << 30, tmp_path, "hosted_storage")
    assert resource.path == tmp_path / "domain/images" / str(made.answers[keys.IMG_UUID]) / str(made.answers[keys.VOL_UUID])
    text = "\n".join(resource.describe())
    assert str(ova) in text and "61.0 GiB" in text and "6.0 GiB" in text


def test_a_further_host_has_nothing_to_do_with_it(context: Callable[..., Context]) -> None:
    joining = context(JOINING)
    (question,) = plugin.ovirt_hc_setup_questions()
    assert not question.applies(joining)
    assert not PLUGIN.checks_for(JOINING)
    assert not PLUGIN.resources(joining)
