"""Following engine-setup: a real socket says the lines, a real page says whether the engine is up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.formats.appliance.engine_setup import FAILURE, INTERRUPTED, SUCCESS
from ovirt_hc_setup.model.engine_guest import EngineGuest
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.resources import setup_watch
from ovirt_hc_setup.resources.setup_watch import SetupWatch
from ovirt_hc_setup.system.deployment import engine_health
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt import vm_logs

GUEST = EngineGuest(uuid=uuid4(), fqdn=Fqdn("engine.example.com"), mac=MacAddress("00:16:3e:5a:00:64"), bridge="ovirtmgmt")


class Said:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.texts: list[str] = []
        self.notes: list[str] = []

    def amount(self, done: int, total: int, text: str = "", unit: Literal["bytes", "seconds"] = "bytes") -> None:
        self.texts.append(text)

    def note(self, text: str, level: Literal["info", "warning"] = "info") -> None:
        self.notes.append(text)

    def line(self, source: str, text: str) -> None:
        self.lines.append(f"{source}: {text}")


class Engine:
    """A page that is up when told so, and the port's socket."""

    def __init__(self, path: Path) -> None:
        engine = self
        self.up = False

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if engine.up else 503)
                self.end_headers()
                self.wfile.write(b"DB Up!" if engine.up else b"")

            def log_message(self, *args: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.path = path
        self.port = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.port.bind(str(path))
        self.port.listen(1)

    def say(self, *lines: str, up: bool = False, close: bool = False) -> None:
        """From the guest, in a thread of its own, to whoever connects."""

        def speak() -> None:
            guest, _ = self.port.accept()
            for line in lines:
                guest.sendall(f"{line}\n".encode())
            self.up = up
            if close:
                guest.close()
            self.guest = guest

        threading.Thread(target=speak, daemon=True).start()

    def talk_for_ever(self) -> None:
        def speak() -> None:
            guest, _ = self.port.accept()
            self.up = True
            with suppress(OSError):
                while True:
                    guest.sendall(b"one more thing\n")
                    time.sleep(0.3)

        threading.Thread(target=speak, daemon=True).start()


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    made = Engine(tmp_path / "port")
    monkeypatch.setattr(engine_health, "url", lambda fqdn: f"http://127.0.0.1:{made.server.server_port}/")
    monkeypatch.setattr(setup_watch, "ASK_EVERY", 0.1)
    monkeypatch.setattr(setup_watch, "GRACE", 3.0)
    # Where libvirt says that the port is; everything else of the watch is what runs on a host.
    monkeypatch.setattr(SetupWatch, "_connect", lambda watch: watch._channel.connect(made.path))
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.port.close()


def watch(limit: int = 30, said: Said | None = None, *, up: bool = True) -> Said:
    said = said or Said()
    watching = SetupWatch(LocalHost(), GUEST, limit, said)
    try:
        assert watching.until_up() is up
    finally:
        watching.close()
    return said


def test_every_line_is_passed_on_and_the_page_decides(engine: Engine) -> None:
    engine.say("[ INFO  ] Stage: Initializing", "\x1b[32m[ INFO  ] Stage: Termination\x1b[0m", SUCCESS, up=True)
    said = watch()
    assert said.lines == ["engine-setup: [ INFO  ] Stage: Initializing", "engine-setup: [ INFO  ] Stage: Termination"]


def test_a_failure_is_an_error_with_the_last_words_and_where_to_look(engine: Engine) -> None:
    engine.say("[ ERROR ] Failed to execute stage 'Misc': no space", FAILURE)
    with pytest.raises(SetupError) as failed:
        watch()
    assert "no space" in failed.value.message
    assert "/var/log/ovirt-engine/setup/" in failed.value.hint


def test_the_page_decides_when_the_last_line_was_lost(engine: Engine) -> None:
    engine.say("half of it", up=True, close=True)
    watch()


def test_a_port_that_stays_open_and_silent_is_not_waited_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_watch, "GRACE", 1.0)
    engine.say("half of it", up=True)
    assert watch().texts[-1] == "the engine is up, waiting for engine-setup's last steps"


def test_a_success_without_a_page_is_not_believed(engine: Engine) -> None:
    engine.say(SUCCESS)
    with pytest.raises(SetupError, match="not up after 2 s"):
        watch(limit=2)


def test_it_says_what_it_waits_for(engine: Engine) -> None:
    engine.say("hello", SUCCESS)
    said = Said()
    with pytest.raises(SetupError):
        watch(2, said)
    assert said.texts[0] == "waiting for the engine VM to boot"
    assert said.texts[-1].startswith("engine-setup finished, waiting for the health page")


def test_a_guest_that_began_a_second_time_ends_the_wait_at_once(engine: Engine) -> None:
    engine.say("the last line before the power cut", INTERRUPTED, INTERRUPTED)
    watch(up=False)


def test_a_port_that_never_stops_to_talk_is_waited_for_within_the_limit_though_the_page_is_up(engine: Engine) -> None:
    engine.talk_for_ever()
    with pytest.raises(SetupError, match="the engine is up, and engine-setup has not ended after 4 s"):
        watch(limit=4)


def test_after_a_success_the_page_gets_minutes_and_not_the_rest_of_an_hour(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup_watch, "AFTER_SUCCESS", 1.0)
    engine.say(SUCCESS)
    with pytest.raises(SetupError, match="engine-setup has ended well, and the engine is not up 1 s later: HTTP 503"):
        watch(limit=3600)


def test_a_guest_without_its_address_is_told_once_and_given_up_before_the_limit(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    console = tmp_path / "HostedEngine-console.log"
    console.write_text("engine login: \r\n\x1b[31mThe address 192.0.2.50/24 could not be set\x1b[0m\n\n")
    monkeypatch.setattr(vm_logs, "console_log", lambda name: console)
    monkeypatch.setattr(setup_watch, "LOOK_AFTER", 0.0)
    monkeypatch.setattr(setup_watch, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(setup_watch, "UNREACHED_LIMIT", 3.0)
    monkeypatch.setattr(setup_watch, "missing", lambda host, guest: "nobody answers for 192.0.2.50")
    engine.say()
    said = Said()
    with pytest.raises(SetupError) as failed:
        watch(3600, said)
    assert said.notes == ["The engine VM cannot be reached yet: nobody answers for 192.0.2.50."]
    assert failed.value.message.splitlines() == [
        "the engine VM could not be reached within 3 s: nobody answers for 192.0.2.50",
        "    The VM's console, its last lines:",
        "    engine login:",
        "    The address 192.0.2.50/24 could not be set",
    ]
