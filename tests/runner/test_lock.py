"""Of two that want the same lock one has it, and the other one learns who."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.runner.lock import host_lock

HOLDING = """
import sys, time
from pathlib import Path
from ovirt_hc_setup.runner.lock import host_lock
with host_lock("a deploy that waits for confirmation, by alice on pts/3", "Answer it there.", Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_has_it_and_what_to_do_until_the_first_is_gone_however(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLDING, str(lock)], stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        first.stdout.readline()
        said = rf"waits for confirmation, by alice on pts/3, since \d{{4}}-\d\d-\d\d [\d:]{{8}} \(process {first.pid}\)"
        with pytest.raises(UsageError, match=said) as refused, host_lock("another", "Do something else.", lock):
            pass
        assert refused.value.hint == "Answer it there."
        first.kill()
    with host_lock("another", "", lock):
        assert "another" in lock.read_text()


def test_who_gives_it_back_leaves_no_file_and_never_two_have_it(tmp_path: Path) -> None:
    """Those who wait open the file that the holder takes away: what they lock then is not the lock any more."""
    lock, inside = tmp_path / "lock", []

    def work() -> int:
        done = 0
        until = time.monotonic() + 2
        while time.monotonic() < until:
            with suppress(UsageError), host_lock("one of many", "", lock):
                inside.append(1)
                assert len(inside) == 1
                inside.pop()
                done += 1
        return done

    with ThreadPoolExecutor(8) as pool:
        assert min(running.result() for running in [pool.submit(work) for _ in range(8)]) > 0
    assert list(tmp_path.iterdir()) == []


USELESS = [b"", b"[]", b"{", b"\xff", b'{"holder": 1, "hint": 2, "since": "x", "process": 3}', b"[" * 4096]


@pytest.mark.parametrize("text", USELESS)
def test_a_lock_that_says_nothing_useful_still_keeps_others_out(tmp_path: Path, text: bytes) -> None:
    lock = tmp_path / "lock"
    with host_lock("first", "", lock):
        lock.write_bytes(text)
        with pytest.raises(UsageError, match="another run is active"), host_lock("second", "", lock):
            pass
