"""Commands on this host, with real programs: limits of time, of what is kept of their output, and what they are given."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.host.kept_output import Kept, WholeLines

HOST = LocalHost("hc1")
FLOOD = "head -c 400M /dev/zero | tr '\\0' x"


def test_what_it_is_given_and_what_it_says_may_both_be_long() -> None:
    data = bytes(range(256)) * 8192
    assert HOST.run("sha256sum", stdin=data).out == HOST.run("sh", "-c", "cat | sha256sum", stdin=data).out
    assert HOST.run("wc", "-c", stdin=data).out.strip() == str(len(data))
    assert len(HOST.run("base64", "-w0", stdin=data).out) == -(-len(data) // 3) * 4


def test_a_program_that_wants_no_more_is_asked_how_it_ended() -> None:
    outcome = HOST.run("sh", "-c", "exec <&-; echo no; exit 3", stdin=b"x" * 10**6, check=False)
    assert (outcome.code, outcome.out) == (3, "no\n")


def test_what_it_said_before_its_time_was_over_is_kept_and_its_children_end_with_it() -> None:
    begun = time.monotonic()
    outcome = HOST.run("sh", "-c", "echo said; (sleep 100; :) & sleep 100", timeout=1, check=False)
    assert (outcome.code, outcome.out) == (None, "said\n")
    assert time.monotonic() - begun < 10
    with pytest.raises(CommandFailed, match="did not end within 1 s\n    said"):
        outcome.check()


def test_one_that_closes_its_outputs_is_still_waited_for() -> None:
    assert HOST.run("sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 5", check=False).code == 5
    assert HOST.run("sh", "-c", "exec >&- 2>&-; sleep 100", timeout=0.5, check=False).code is None


MEASURED = """
import sys
from pathlib import Path
from ovirt_hc_setup.system.host.commands import LocalHost
outcome = LocalHost("hc1").run("sh", "-c", sys.argv[1] + "; echo; echo the end", check=False)
assert outcome.out.endswith("the end\\n"), outcome.out[-100:]
assert "bytes left out]" in outcome.out
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(int(peak.split()[1]) // 1024)  # ru_maxrss would begin with that of whoever started us
"""


def test_a_program_that_floods_takes_little_memory_and_keeps_its_last_words() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURED, FLOOD], capture_output=True, text=True, check=True, timeout=120)
    assert int(done.stdout) < 200  # MiB


def test_what_went_wrong_is_told_in_a_few_lines_whatever_was_said() -> None:
    with pytest.raises(CommandFailed) as failed:
        HOST.run("sh", "-c", f"{FLOOD.replace('400M', '2M')} >&2; exit 1")
    assert len(failed.value.message) < 2000
    assert "characters)" in failed.value.message


def test_the_first_and_the_last_of_it_are_kept_with_how_much_is_missing() -> None:
    kept = Kept(20)
    for number in range(1000):
        kept.add(b"%03d" % number)
    text = kept.text()
    assert text.startswith("000001002")
    assert text.endswith("997998999")
    head, dropped, tail = text.split("\n")
    assert len(head) + len(tail) + int(dropped.split()[0][1:]) == 3000


def test_what_fits_is_kept_as_it_was_also_where_pieces_cut_characters() -> None:
    kept, said = Kept(1000), "äöü€" * 20
    for byte in said.encode():
        kept.add(bytes([byte]))
    assert kept.text() == said


def test_lines_are_handed_over_whole_and_one_without_an_end_is_cut() -> None:
    found: list[str] = []
    lines = WholeLines(found.append, 10)
    for piece in (b"ab", b"c\nde", b"f\n", b"x" * 100, b"y" * 100 + b"\nlast\nno end"):
        lines.add(piece)
    assert found == ["abc", "def", "x" * 10, "last"]
