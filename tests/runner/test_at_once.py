"""Things that go on at once: who leaves is kept by none of them, and those that wait for their turn never begin."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from ovirt_hc_setup.runner.at_once import at_once


def test_results_come_in_order_and_the_first_error_is_raised() -> None:
    def slow(number: int) -> int:
        time.sleep(0.05 * (5 - number))
        return number

    assert at_once([partial(slow, number) for number in range(5)], 3) == [0, 1, 2, 3, 4]
    assert at_once([], 3) == []

    def fails() -> int:
        raise LookupError("second")

    with pytest.raises(LookupError, match="second"):
        at_once([lambda: 1, fails, lambda: 3], 1)


CHECKS = """
import sys, time
from pathlib import Path
from ovirt_hc_setup.base.errors import ViewLost
from ovirt_hc_setup.runner.run_answers import Answers
from ovirt_hc_setup.runner.checks import Check, fine, run_checks
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.commandline.ending import to_its_end

begun = Path(sys.argv[1])

def check(context):
    with begun.open("a") as file:
        file.write("x")
    time.sleep(20)
    return fine("it is")

def work():
    checks = [Check(name=f"c{number}", run=check) for number in range(30)]
    run_checks(checks, Context(LocalHost("h"), Answers(), Facts([]), FIRST_HOST), [], lambda event: None)
    return 0

sys.exit(to_its_end(["check"], work))
"""

HOSTS = """
import signal, sys, time
from pathlib import Path
from ovirt_hc_setup.report.choosing import several
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.fleet import add_others
from ovirt_hc_setup.commandline.ending import to_its_end
from ovirt_hc_setup.commandline.run_options import RunOptions

begun = Path(sys.argv[1])

def stuck(text, report, dialog):
    return text

def prepared(host, report, send):
    with begun.open("a") as file:
        file.write("x")
    time.sleep(20)

add_others.connected, add_others.prepared = stuck, prepared
options = RunOptions(unattended=True, output="plain")

def work():
    with several("plain") as report:
        return add_others.Controller(options, LocalHost("h"), report).join([f"hc{number}.hc.test" for number in range(8)])

sys.exit(to_its_end(["add-host"], work))
"""


@pytest.mark.parametrize(
    ("program", "number"),
    [(CHECKS, signal.SIGINT), (HOSTS, signal.SIGINT), (HOSTS, signal.SIGHUP)],
    ids=["checks", "hosts", "hup"],
)
def test_who_leaves_is_not_kept(tmp_path: Path, program: str, number: signal.Signals) -> None:
    begun = tmp_path / "begun"
    with subprocess.Popen([sys.executable, "-c", program, str(begun)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 60
        while not begun.exists() or len(begun.read_text()) < 8:
            assert time.monotonic() < until
            time.sleep(0.05)
        left = time.monotonic()
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert time.monotonic() - left < 15, "the one that goes on for 20 s was waited for"
    assert process.returncode == 130, said
    assert b"Traceback" not in said
    assert begun.read_text() == "x" * 8
