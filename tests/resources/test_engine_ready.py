"""Following engine-setup: a real socket says the lines, a real page says whether the engine is up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.formats.engine_setup import FAILURE, SUCCESS
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.resources import engine_ready
from ovirt_hc_setup.resources.engine_ready import EngineReady, _Watch
from ovirt_hc_setup.system import engine_health
from ovirt_hc_setup.system.commands import LocalHost

READY = EngineReady(name="engine-setup", fqdn=Fqdn("engine.example.com"), vm=uuid4(), limit=30)


class Said:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.texts: list[str] = []

    def amount(self, done: int, total: int, text: str = "", unit: Literal["bytes", "seconds"] = "bytes") -> None:
        self.texts.append(text)

    def note(self, text: str, level: Literal["info", "warning"] = "info") -> None: ...

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


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    made = Engine(tmp_path / "port")
    monkeypatch.setattr(engine_health, "url", lambda fqdn: f"http://127.0.0.1:{made.server.server_port}/")
    monkeypatch.setattr(engine_ready, "ASK_EVERY", 0.1)
    monkeypatch.setattr(engine_ready, "GRACE", 3.0)
    # Where libvirt says that the port is; everything else of the watch is what runs on a host.
    monkeypatch.setattr(_Watch, "_connect", lambda watch: watch.channel.connect(made.path))
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.port.close()


def watch(limit: int = 30) -> Said:
    said = Said()
    watching = _Watch(EngineReady(name="engine-setup", fqdn=READY.fqdn, vm=READY.vm, limit=limit), LocalHost(), said)
    try:
        watching.until_up()
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
    monkeypatch.setattr(engine_ready, "GRACE", 1.0)
    engine.say("half of it", up=True)
    assert watch().texts[-1] == "the engine is up, waiting for engine-setup's last steps"


def test_a_success_without_a_page_is_not_believed(engine: Engine) -> None:
    engine.say(SUCCESS)
    with pytest.raises(SetupError, match="not up after 2 s"):
        watch(limit=2)


def test_it_says_what_it_waits_for(engine: Engine) -> None:
    engine.say("hello", SUCCESS)
    said = Said()
    watching = _Watch(EngineReady(name="e", fqdn=READY.fqdn, vm=READY.vm, limit=2), LocalHost(), said)
    with pytest.raises(SetupError):
        watching.until_up()
    watching.close()
    assert said.texts[0] == "waiting for the engine VM to boot"
    assert said.texts[-1].startswith("engine-setup finished, waiting for the health page")
