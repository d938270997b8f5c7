"""The last lines of a VM's console and of QEMU's log: what guests and programs write there reaches no terminal as it is."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.system.libvirt.vm_logs import LONGEST, READ, last_lines


def test_the_last_lines_that_hold_something_without_escapes(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    log.write_bytes(b"one\r\n\x1b[0;32m  OK  \x1b[0m two\x1b]0;title\x07\r\n\r\n 10%\r 90%\rthree\xff\n\n")
    assert last_lines(log, 2) == ("OK   two", "three\ufffd")
    assert last_lines(tmp_path / "nothing", 2) == ()


def test_a_log_of_any_size_takes_little(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    with log.open("wb") as file:
        file.truncate(1 << 40)
        file.seek(0, 2)
        file.write(b"\n" + b"x" * READ)
    assert last_lines(log, 5) == ("x" * LONGEST,)
