"""Shared by the tests of what talks to Take One from elsewhere: a real service, and a shot to ask it for."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from integrations.comfyui import pictures
from integrations.comfyui.asking import Shot
from integrations.comfyui.client import Client, Form
from integrations.comfyui.servers import server_at
from tests.backend.service_process import TOKEN, Service

STILL = pictures.png(np.linspace(0, 1, 64 * 48 * 3, dtype=np.float32).reshape(48, 64, 3))


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("home")).start()
    yield running
    running.end()


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that knows no server."""
    for name in ("TAKE_ONE_SERVER", "TAKE_ONE_TOKEN", "TAKE_ONE_SERVERS", "TAKE_ONE_MOST_COST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def know(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    """A client of an address whose token this machine knows."""

    def known(address: str, token: str = TOKEN, **options: Any) -> Client:
        monkeypatch.setenv("TAKE_ONE_SERVER", address)
        monkeypatch.setenv("TAKE_ONE_TOKEN", token)
        return Client(server_at(address), **options)

    return known


@pytest.fixture
def client(service: Service, know: Callable[..., Client]) -> Client:
    return know(service.url)


def form(**changes: Any) -> Form:
    """Of half a second of the scripted engine, 64x48 at 12 frames a second."""
    files = {"input_reference": STILL, **changes.pop("files", {})}
    fields: dict[str, Any] = {"engine": "scripted", "prompt": "A quiet room", "seconds": 0.5, "seed": 3, "fps": 12.0}
    return Shot(**{**fields, **changes}).form(files)


class Answers(http.server.ThreadingHTTPServer):
    """Another program behind an address: answers each call by `answer(handler)`, and keeps what came."""

    def __init__(self, answer: Callable[[http.server.BaseHTTPRequestHandler], None]) -> None:
        calls: list[tuple[str, str, bytes]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                calls.append((self.path, self.headers.get("Authorization", ""), body))
                answer(self)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.calls = calls
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def answers() -> Iterator[Callable[..., Answers]]:
    made: list[Answers] = []

    def make(answer: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Answers:
        made.append(Answers(answer))
        return made[-1]

    yield make
    for one in made:
        one.shutdown()
        one.server_close()


def say(handler: Any, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {"Content-Length": str(len(body)), **named}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
