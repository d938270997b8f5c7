"""Saying what is waited for, when something takes long enough to be noticed."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from ovirt_hc_setup.dialog.layout import width
from ovirt_hc_setup.dialog.prompting import DUMB
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.system.host.keyboard import unshown

NOTICED = 0.1  # seconds
LONG = 3.0  # seconds


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows `what` with the seconds it has taken so far, and wipes that away at the end; on a dumb terminal it stays. What is
    typed meanwhile is not shown, and answers what is asked next."""
    done = threading.Event()
    shown = threading.Thread(target=_show, args=(what, done), daemon=True)
    shown.start()
    try:
        with unshown():
            yield
    finally:
        done.set()
        shown.join()


def looking_for(question: Question[Any]) -> AbstractContextManager[None]:
    """While it is found out what to propose, or whether a supplied answer will do."""
    return waiting(_finding_out(question))


@contextmanager
def noting(question: Question[Any], say: Callable[[str], None]) -> Iterator[None]:
    """The same where nobody looks on, said once when it takes long: to read a compressed appliance takes half a minute."""
    timer = threading.Timer(LONG, say, (f"{_finding_out(question)}; this takes a while",))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _finding_out(question: Question[Any]) -> str:
    return f"Determining {re.split('[:;,]', question.key.help)[0]}"


def _show(what: str, done: threading.Event) -> None:
    if done.wait(NOTICED) or not sys.stdout.isatty():
        return
    if os.environ.get("TERM", "") in DUMB:
        print(f"  {what} ...", flush=True)
        return
    begun, most = time.monotonic(), width() - 12
    while True:
        print(f"\r  {what[:most]} ... {time.monotonic() - begun:.0f} s", end="", flush=True)
        if done.wait(1.0):
            break
    print("\r\x1b[K", end="", flush=True)
