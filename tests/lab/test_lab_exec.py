"""`lab exec` behaves like a shell on the host: input, output, exit code, terminal."""

from __future__ import annotations

import subprocess
import sys
import time

import pexpect
import pytest

from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.terminal import Terminal

pytestmark = pytest.mark.lab


def command(lab: Lab, *words: str) -> list[str]:
    return [sys.executable, "-m", "ovirt_hc_setup", "lab", "exec", "--name", lab.name, *words]


def test_the_exit_code_is_the_commands(lab: Lab) -> None:
    assert subprocess.run(command(lab, "hc2", "--", "sh", "-c", "exit 37"), check=False).returncode == 37
    assert lab.exec("hc2", "sh", "-c", "exit 37", check=False).code == 37


def test_input_and_output_pass_through_unchanged(lab: Lab) -> None:
    data = bytes(range(256)) * 4096
    done = subprocess.run(command(lab, "hc3", "--", "cat"), input=data, capture_output=True, check=True)
    assert done.stdout == data
    assert lab.exec("hc3", "wc", "-c", stdin=data).out.strip() == str(len(data))


def test_options_of_the_command_are_the_commands_own(lab: Lab) -> None:
    done = subprocess.run(command(lab, "hc1", "--", "echo", "--name", "x", "-h"), capture_output=True, check=True)
    assert done.stdout == b"--name x -h\n"


def test_it_is_quick(lab: Lab) -> None:
    begun = time.monotonic()
    for _ in range(5):
        subprocess.run(command(lab, "hc1", "--", "true"), check=True)
    assert (time.monotonic() - begun) / 5 < 1.5


def test_the_environment_is_that_of_a_login(lab: Lab) -> None:
    out = lab.exec("hc1", "sh", "-c", 'echo "$HOME $USER $PWD $(id -un) ${PYTHONPATH-unset}"').out
    assert out == "/root root /root root unset\n"


def test_without_a_command_it_is_a_login_shell_on_a_terminal_of_the_host(lab: Lab) -> None:
    shell = pexpect.spawn(command(lab, "hc1")[0], command(lab, "hc1")[1:], encoding="utf-8", timeout=15, dimensions=(24, 80))
    shell.expect("# ")
    shell.sendline("echo at $(tty) $(stty size) $(hostname)")
    shell.expect(r"at /dev/pts/\d+ 24 80 hc1\.hc\.test")
    shell.sendline("tmux new -d 'sleep 30' && tmux ls | wc -l && tmux kill-server && exit 5")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 5


def test_a_lab_that_is_not_up_says_so() -> None:
    away = [sys.executable, "-m", "ovirt_hc_setup", "lab", "exec", "--name", "test-away", "hc1", "--", "true"]
    done = subprocess.run(away, capture_output=True, text=True, check=False)
    assert done.returncode == 6
    assert "lab test-away is not up" in done.stderr


def test_a_command_is_hung_up_with_its_terminal(lab: Lab) -> None:
    with Terminal(command(lab, "hc1", "--", "sh", "-c", "echo ready; exec sleep 4711")) as terminal:
        terminal.wait("ready")
        terminal.hang_up()
    living = ("pgrep", "-f", "[s]leep 4711")
    wait_for("it to end without its terminal", 30, lambda: not lab.exec("hc1", *living, check=False).ok, poll=0.1)
