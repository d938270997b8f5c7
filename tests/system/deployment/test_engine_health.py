"""The health page, asked of a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.system.deployment import engine_health


@contextmanager
def page(monkeypatch: pytest.MonkeyPatch, code: int, text: str) -> Iterator[list[str]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(code)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    real = engine_health.url
    address = f"127.0.0.1:{server.server_port}"
    monkeypatch.setattr(engine_health, "url", lambda fqdn: real(fqdn).replace(str(fqdn), address))
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("code", "text", "up"),
    [
        (200, "DB Up!Welcome to Health Status!", True),
        (200, "Welcome", False),
        (200, "", False),
        (503, "DB Up!", False),
        (404, "", False),
    ],
)
def test_only_a_good_answer_with_its_word_is_up(monkeypatch: pytest.MonkeyPatch, code: int, text: str, up: bool) -> None:
    with page(monkeypatch, code, text) as asked:
        assert engine_health.ask(Fqdn("engine.example.com")).up is up
    assert asked == ["/ovirt-engine/services/health"]


def test_no_proxy_is_asked_for_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with page(monkeypatch, 200, "DB Up!"):
        assert engine_health.ask(Fqdn("engine.example.com")).up


def test_a_name_that_nobody_knows_is_not_up_and_says_why() -> None:
    found = engine_health.ask(Fqdn("engine.invalid"), timeout=2)
    assert not found.up
    assert found.said
