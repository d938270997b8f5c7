"""CPU models: their two spellings, and which is best where."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.cpu_model import CpuModel, ranked


def models(*names: str) -> frozenset[CpuModel]:
    return frozenset(CpuModel(name) for name in names)


@pytest.mark.parametrize("text", ["model_Nehalem", "Nehalem", " model_Nehalem "])
def test_the_predecessors_spelling_and_libvirts_are_the_same_model(text: str) -> None:
    assert CpuModel.parse(text).name == "Nehalem"
    assert str(CpuModel.parse(text)) == "model_Nehalem"


@pytest.mark.parametrize("text", ["", "model_", "a b", "Nehalem,+vmx", "<cpu>", "x" * 65])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        CpuModel.parse(text)


def test_the_newest_comes_first_and_unknown_ones_are_left_out() -> None:
    assert [model.name for model in ranked(models("Penryn", "Haswell-noTSX", "Nehalem", "pentium3"))] == [
        "Haswell-noTSX",
        "Nehalem",
        "Penryn",
    ]


def test_the_generic_one_is_offered_only_where_nothing_else_runs() -> None:
    assert [model.name for model in ranked(models("qemu64", "486"))] == ["qemu64"]
    assert ranked(models("486")) == ()
