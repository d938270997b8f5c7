"""What every test stands on: an environment that says nothing about this program, and a folder of its own to write into."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from ovirt_hc_setup.base.shown import CALLED, NAME

LAB = "OVIRT_HC_LAB"
LONGEST_FIRST = Path(__file__).with_name("longest-first")

# A machine that does much else takes longer for an example than hypothesis allows; that proves nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

HEARD = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT, signal.SIGTSTP)
for number in HEARD:
    # A shell without job control ignores SIGINT for what runs in the background, nohup SIGHUP, and others more. The programs
    # of the tests would inherit that, and be deaf to Ctrl-C and to a terminal that goes.
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)


def longest_first() -> list[Path]:
    """The files that are run before all others, in that order."""
    lines = LONGEST_FIRST.read_text().splitlines()
    return [LONGEST_FIRST.parents[1] / line for line in lines if line and not line.startswith("#")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {path: place for place, path in enumerate(longest_first())}
    items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.fixture(autouse=True)
def clean_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Variables of the caller's shell change no outcome. Only tests on hosts see those that choose the lab."""
    on_hosts = any(request.node.get_closest_marker(name) for name in ("lab", "rehearsal", "own", "power"))
    for name in os.environ:
        ours = name.startswith("OVIRT_HC_") and not (on_hosts and name.startswith(LAB))
        if ours or name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
            monkeypatch.delenv(name)
    monkeypatch.setenv(CALLED, NAME)  # by its name on the PATH, as where it is installed
    if not on_hosts:
        # What is written relative to the working folder or the home, by mistake, does not land in the checkout.
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.chdir(tmp_path)
