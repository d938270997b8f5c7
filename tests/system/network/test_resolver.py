"""A name that is absent, a name server that is silent, and one that fails or refuses: real servers, real getent."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.formats.host.dns_message import PORT, Ending
from ovirt_hc_setup.system.network import dns, resolver
from tests.elsewhere import Elsewhere

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can listen at DNS's port")

NAME = "nobody.hc-setup.test"
Answer = Callable[[bytes], bytes | None]


@contextmanager
def server(address: str, answer: Answer) -> Iterator[str]:
    """A name server that gives `answer` to a question; to None it is silent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind((address, PORT))
        port.settimeout(0.2)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    asked, who = port.recvfrom(4096)
                except TimeoutError:
                    continue
                if (said := answer(asked)) is not None:
                    port.sendto(said, who)

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield address
        finally:
            done.set()
            serving.join()


def saying(code: int) -> Answer:
    return lambda asked: asked[:2] + bytes([0x81, 0x80 | code]) + asked[4:]


def silent(asked: bytes) -> None:
    return None


def test_a_name_that_a_server_says_is_not_there_is_absent(tmp_path: Path) -> None:
    with server("127.9.8.1", saying(3)) as one:
        assert resolver.addresses_of(Elsewhere(tmp_path, servers=(one,)), NAME) == ()


def test_a_silent_server_is_named_within_seconds(tmp_path: Path) -> None:
    begun = time.monotonic()
    said = r"no reply from 127\.9\.8\.2 within 2 s"
    with server("127.9.8.2", silent) as one, pytest.raises(resolver.ResolverSilent, match=said):
        resolver.addresses_of(Elsewhere(tmp_path, servers=(one,)), NAME)
    assert time.monotonic() - begun < resolver.SHORT + dns.SECONDS + 3


@pytest.mark.parametrize(("code", "word"), [(2, "SERVFAIL"), (5, "REFUSED")])
def test_a_server_that_cannot_say_is_not_taken_for_no(code: int, word: str, tmp_path: Path) -> None:
    with server("127.9.8.3", saying(code)) as one, pytest.raises(CommandFailed, match=rf"127\.9\.8\.3 says {word}") as failed:
        resolver.addresses_of(Elsewhere(tmp_path, servers=(one,)), NAME)
    assert not isinstance(failed.value, resolver.ResolverSilent)
    assert word in failed.value.hint


def test_a_question_is_one_datagram_whatever_bytes_are_in_it(tmp_path: Path) -> None:
    """The length of a label of ten letters is a line's end, where shells send what they have so far."""
    heard: list[bytes] = []

    def keeping(asked: bytes) -> bytes:
        heard.append(asked)
        return saying(3)(asked) or b""

    with server("127.9.8.7", keeping) as one:
        assert dns.endings(Elsewhere(tmp_path, servers=(one,)), f"ten-letter.{NAME}") == {one: Ending.ABSENT}
    assert len(heard) == 1


def test_one_server_that_answers_is_enough(tmp_path: Path) -> None:
    with server("127.9.8.4", silent) as one, server("127.9.8.5", saying(3)) as two:
        host = Elsewhere(tmp_path, servers=(one, two))
        assert dns.endings(host, NAME) == {one: Ending.SILENT, two: Ending.ABSENT}
        assert resolver.addresses_of(host, NAME) == ()


def test_what_is_in_the_hosts_file_needs_no_server(tmp_path: Path) -> None:
    with server("127.9.8.6", silent) as one:
        begun = time.monotonic()
        resolver.require_resolved(Elsewhere(tmp_path, servers=(one,)), "localhost")
        resolver.require_resolved(Elsewhere(tmp_path, servers=(one,)), "192.0.2.1")
    assert time.monotonic() - begun < 3
