"""The stand-in's engine-setup judges answer files as strictly as docs/appliance-contract.md says."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from ovirt_hc_setup.lab.appliance import appliance_recipe

SEED = """[environment:default]
OVESETUP_CONFIG/adminPassword=str:a:b # 100% "c"
OVESETUP_CONFIG/fqdn=str:engine.hc.test
OVESETUP_PKI/organization=str:hc.test
"""
SHIPPED = appliance_recipe.FILES / "ovirt-engine-answers"


@pytest.fixture(scope="module")
def program() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("engine_setup", str(appliance_recipe.FILES / "engine-setup"))
    spec = importlib.util.spec_from_loader("engine_setup", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def judged(program: ModuleType, folder: Path, seed: str) -> str:
    """What is said about the shipped answers with this seed's; empty when they are good."""
    path = folder / "heanswers.conf"
    path.write_text(seed, encoding="utf-8")
    try:
        program.judge(program.read_answers([SHIPPED, path]))
    except program.Trouble as trouble:
        return str(trouble)
    return ""


def test_the_shipped_answers_and_a_seed_are_enough(program: ModuleType, tmp_path: Path) -> None:
    assert judged(program, tmp_path, SEED) == ""


def test_a_value_is_everything_after_the_first_colon(program: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "heanswers.conf"
    path.write_text(SEED)
    assert program.read_answers([path])["OVESETUP_CONFIG/adminPassword"] == ("str", 'a:b # 100% "c"')


def test_the_last_file_wins_and_init_wins_over_default(program: ModuleType, tmp_path: Path) -> None:
    for name, section, value in [("1", "init", "one"), ("2", "default", "two"), ("3", "default", "three")]:
        (tmp_path / name).write_text(f"[environment:{section}]\nOVESETUP_PKI/organization=str:{value}\n")
    key = "OVESETUP_PKI/organization"
    assert program.read_answers([tmp_path / "2", tmp_path / "3"])[key][1] == "three"
    assert program.read_answers([tmp_path / "1", tmp_path / "3"])[key][1] == "one"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("OVESETUP_CONFIG/fqdn=str:engine.hc.test\n", "", "no answer for OVESETUP_CONFIG/fqdn"),
        ("engine.hc.test", "engine", "'engine' is not a fully qualified domain name"),
        ("engine.hc.test", "10.0.0.5", "'10.0.0.5' is not a fully qualified domain name"),
        ("OVESETUP_PKI/organization", "OVESETUP_PKI/organisation", "unknown key OVESETUP_PKI/organisation"),
        ("organization=str:", "organization=bool:", "OVESETUP_PKI/organization has to be str, not bool"),
        ("organization=str:hc.test", "organization=hc.test", "OVESETUP_PKI/organization: missing type"),
        ("organization=str:", "organization=text:", "OVESETUP_PKI/organization: unknown type 'text'"),
        ("environment:default", "environment", "unknown section [environment]"),
        ("[environment:default]\n", "", "is not an answer file (MissingSectionHeaderError)"),
    ],
)
def test_what_is_wrong_is_named(program: ModuleType, tmp_path: Path, was: str, becomes: str, said: str) -> None:
    text = judged(program, tmp_path, SEED.replace(was, becomes))
    assert said in text
    assert "100%" not in text


def test_everything_wrong_is_named_at_once(program: ModuleType, tmp_path: Path) -> None:
    text = judged(program, tmp_path, "[environment:default]\nOVESETUP_X/y=int:3\n")
    assert text.count("; ") == 3
    assert "unknown key OVESETUP_X/y" in text
