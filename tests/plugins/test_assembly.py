"""What plugins from elsewhere bring stands beside ours and never in its place; a run remembers which it had."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.runner.context import Context, Facts, fact
from ovirt_hc_setup.runner.run_answers import Answers
from ovirt_hc_setup.system.host.commands import LocalHost

PLUGIN = """
from ovirt_hc_setup.runner.checks import Check, fine
from ovirt_hc_setup.runner.context import Fact, Reading
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import text_key
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource

KEY = text_key("{key}", "What this site calls the rack", default="a")
FACT = Fact("{fact}", "the racks there are")

class {kind}(Resource):
    pass

@hookimpl
def ovirt_hc_setup_keys():
    return [KEY]

@hookimpl
def ovirt_hc_setup_facts():
    return [Reading(FACT, lambda context: "a b")]

@hookimpl
def ovirt_hc_setup_questions():
    return [Question(key=KEY, prompt="Rack", section="SITE", order=1)]

@hookimpl
def ovirt_hc_setup_checks():
    return [Check(name="{check}", run=lambda context: fine("there"))]

@hookimpl
def ovirt_hc_setup_kinds():
    return [{kind}]
"""
NAMES = {"key": "SITE/rack", "fact": "site.racks", "check": "site.rack", "kind": "Rack"}


def install(folder: Path, name: str, **names: str) -> None:
    """A package as pip leaves it: a module, and what it says of itself."""
    (folder / f"{name}.py").write_text(PLUGIN.format(**{**NAMES, **names}))
    about = folder / f"{name}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[ovirt_hc_setup]\n{name} = {name}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_what_a_plugin_brings_is_there_when_it_is_named_and_only_then(site: Path) -> None:
    install(site, "beside")
    ours, whole = assembled(), assembled(["beside", "beside"])
    assert set(whole.keys) - set(ours.keys) == {"SITE/rack"}
    assert set(whole.kinds) - set(ours.kinds) == {"Rack"}
    assert "site.rack" in {check.name for check in whole.plugins.checks()}
    last = whole.plugins.questions()[-1]
    assert (last.section, last.key.name) == ("SITE", "SITE/rack"), "a section of its own comes after ours"


@pytest.mark.parametrize(
    ("what", "name", "said"),
    [
        ("key", keys.ADMIN_PASSWORD.name, f"key '{keys.ADMIN_PASSWORD.name}'"),
        ("fact", "host.cores", "fact 'host.cores'"),
        ("check", "gluster.replica", "check 'gluster.replica'"),
        ("kind", "Mount", "kind of resource 'Mount'"),
    ],
)
def test_a_name_that_exists_is_refused(site: Path, what: str, name: str, said: str) -> None:
    install(site, f"taking_{what}", **{what: name})
    with pytest.raises(UsageError, match="which ovirt-hc-setup itself has already") as refused:
        assembled([f"taking_{what}"])
    assert f"plugin 'taking_{what}' brings the {said}" in refused.value.message
    assert f"Omit --plugin taking_{what}" in refused.value.hint


def test_two_plugins_do_not_take_each_other_s_names(site: Path) -> None:
    install(site, "one_site")
    install(site, "other_site", key="OTHER/rack", fact="other.racks", kind="OtherRack")
    said = r"plugin 'other_site' brings the check 'site\.rack', which plugin 'one_site' has already"
    with pytest.raises(UsageError, match=said):
        assembled(["one_site", "other_site"])


def test_one_that_is_not_installed_is_named_with_those_that_are(site: Path) -> None:
    install(site, "installed_site")
    with pytest.raises(UsageError, match="there is no plugin named 'absent'") as refused:
        assembled(["absent"])
    assert "installed_site" in refused.value.hint


def test_a_plugin_may_have_two_of_a_fact_each_for_its_goal(site: Path) -> None:
    install(site, "by_goal")
    module = site / "by_goal.py"
    first, other = (f"Reading(FACT, lambda context: '{goal}', goals=[{goal}])" for goal in ("FIRST_HOST", "JOINING"))
    twice = f"return [{first}, {other}]"
    text = module.read_text().replace('return [Reading(FACT, lambda context: "a b")]', twice)
    module.write_text("from ovirt_hc_setup.goals import FIRST_HOST, JOINING\n" + text)
    readings = assembled(["by_goal"]).plugins.readings()
    wanted = next(reading.fact for reading in readings if reading.fact.name == NAMES["fact"])
    for goal, value in ((FIRST_HOST, "FIRST_HOST"), (JOINING, "JOINING")):
        assert fact(Context(LocalHost("test"), Answers(), Facts(readings), goal), wanted) == value
