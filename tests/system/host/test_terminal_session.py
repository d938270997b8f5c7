"""An SSH session outside screen and tmux is told from all else by who started whom. With real processes and a real tmux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from ovirt_hc_setup.system.host.terminal_session import ends_with_connection

PROBE = (
    "import os, sys\n"
    "from ovirt_hc_setup.system.host.terminal_session import ends_with_connection\n"
    "sys.stdout.write(str(ends_with_connection()))"
)


def named(name: str, folder: Path) -> Path:
    """A shell that the kernel knows by another name."""
    path = folder / name
    if not path.exists():
        path.symlink_to("/bin/bash")
    return path


def below(names: tuple[str, ...], folder: Path, environ: Mapping[str, str] | None = None) -> str:
    """What the probe says when it is started by processes of these names, the first one the topmost."""
    probe = folder / "probe.py"
    probe.write_text(PROBE)
    # `; true` keeps each shell there, instead of becoming what it starts.
    command = f"{sys.executable} {probe}; true"
    for depth, name in reversed(list(enumerate(names))):
        script = folder / f"below-{depth}.sh"
        script.write_text(command)
        command = f"'{named(name, folder)}' {script}; true"
    clean = {name: value for name, value in os.environ.items() if name not in ("STY", "TMUX")}
    return subprocess.run(
        ["/bin/bash", "-c", command], env={**clean, **(environ or {})}, capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.mark.parametrize("server", ["sshd", "sshd-session", "dropbear"])
def test_a_shell_that_an_ssh_server_started(server: str, tmp_path: Path) -> None:
    assert below((server, "bash"), tmp_path) == "True"


def test_sudo_and_su_in_between_hide_nothing(tmp_path: Path) -> None:
    assert below(("sshd", "bash", "sudo", "su", "bash"), tmp_path, {"TERM": "screen-256color"}) == "True"


def test_tmux_inside_ssh_holds_the_terminal_also_where_sudo_took_its_variables(tmp_path: Path) -> None:
    assert below(("sshd", "tmux: server", "bash", "sudo"), tmp_path) == "False"


def test_ssh_inside_tmux_does_not_hold_it(tmp_path: Path) -> None:
    assert below(("tmux: server", "sshd", "bash"), tmp_path) == "True"


@pytest.mark.parametrize("variable", ["STY", "TMUX"])
def test_the_variables_of_screen_and_tmux_are_believed(variable: str, tmp_path: Path) -> None:
    assert below(("sshd",), tmp_path, {variable: "x"}) == "False"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_a_real_tmux_is_known_by_its_name(tmp_path: Path) -> None:
    out, probe = tmp_path / "out", tmp_path / "probe.py"
    probe.write_text(PROBE)
    window = f"env -u TMUX {sys.executable} {probe} > {out}"
    inner = f"{named('sshd', tmp_path)} -c 'tmux -L t -f /dev/null new-session -d \"{window}\"'"
    tmux = {**os.environ, "TMUX_TMPDIR": str(tmp_path)}
    tmux.pop("TMUX", None)
    subprocess.run(["/bin/bash", "-c", inner], env=tmux, check=True, timeout=60)
    until = time.monotonic() + 30
    while not (out.exists() and out.read_text()):
        assert time.monotonic() < until, "the probe in tmux said nothing"
        time.sleep(0.1)
    assert out.read_text() == "False"


def recorded(folder: Path, *stats: str) -> Path:
    for line in stats:
        place = folder / line.split()[0]
        place.mkdir()
        (place / "stat").write_text(line)
    return folder


def test_names_with_parentheses_and_processes_that_are_gone(tmp_path: Path) -> None:
    proc = recorded(tmp_path, "9 (a) b (c) S 7 9 9 0", "7 (sshd) S 1 7 7 0")
    assert ends_with_connection({}, proc, 9)
    assert not ends_with_connection({}, proc, 8)


def test_a_loop_or_garbage_in_proc_ends(tmp_path: Path) -> None:
    assert not ends_with_connection({}, recorded(tmp_path, "9 (a) S 7 9", "7 (b) S 9 7", "5 nonsense"), 9)
    assert not ends_with_connection({}, tmp_path, 5)
