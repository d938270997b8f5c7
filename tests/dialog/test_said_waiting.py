"""What takes long is said, and what does not take long is not."""

from __future__ import annotations

import time

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.dialog import said_waiting
from ovirt_hc_setup.runner.question import Question

QUESTION = Question(key=keys.APPLIANCE, section="VM CONFIGURATION", order=1, prompt="Engine appliance")


@pytest.mark.parametrize(("seconds", "said"), [(0.0, []), (2.0, ["Determining the engine appliance; this takes a while"])])
def test_where_nobody_looks_on_a_long_wait_is_said_once(seconds: float, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said_waiting, "LONG", 1.0)
    heard: list[str] = []
    with said_waiting.noting(QUESTION, heard.append):
        time.sleep(seconds)
    assert heard == said
