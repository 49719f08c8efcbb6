"""What every fake provider shares: a real HTTP server that keeps orders, counts them, and misbehaves as it is told.

It survives the backend: it lives in the test's process. `orders` is what would be on the bill.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.backend.hosted.fakes.clip import clip

KEY = "sk-a-key-that-nobody-may-ever-see-0123456789"


@dataclass
class Made:
    """An order that was accepted, and so is paid. `body` is its JSON."""

    id: str
    model: str
    body: dict[str, Any]
    at: float
    ready: float
    cancelled: bool = False
    fetched: int = 0


@dataclass
class Script:
    """How the fake behaves. Numbers count down."""

    seconds: float = 0.0  # that a clip takes
    waiting: float = 0.0  # of these in the queue
    lose_answers: int = 0  # to orders that are accepted
    lose_orders: int = 0  # connections that close before an order is read as one
    slow: float = 0.0  # seconds before an order is answered
    refusals: list[tuple[int, Any]] = field(default_factory=list)  # answers to the next orders
    errors: int = 0  # answers of 503 to anything that only reads
    flaky: float = 0.0  # which part of the reads is answered with 503
    failure: Any = None  # how every order ends, in the provider's own shape
    expired: bool = False  # results are gone
    stale_urls: int = 0  # addresses of clips that do not work any more, though new ones do
    break_at: int = 0  # bytes of a clip after which its connection closes
    breaks: int = 0  # how often
    dribble: float = 0.0  # seconds between two pieces of a clip
    unlisted: int = 0  # lists that do not have the newest orders yet
    unauthorized: bool = False


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Close(Exception):
    """Closes the connection without an answer."""


class Fake:
    """A provider. Its subclasses answer as it does: `route` gives a status and JSON, or bytes."""

    def __init__(self, size: tuple[int, int] = (96, 54)) -> None:
        self.script, self.size = Script(), size
        self.orders: list[Made] = []
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def route(self, seen: Seen, query: dict[str, str]) -> tuple[int, Any]:
        raise NotImplementedError

    def authorized(self, seen: Seen) -> bool:
        raise NotImplementedError

    def upgrade(self, handler: BaseHTTPRequestHandler) -> bool:
        """Whether this is no plain request, and was served here."""
        return False

    def place(self, model: str, body: dict[str, Any], seconds: float, id: str = "") -> Made:
        """Takes an order, as the script says, under an `id` of the sender's own if there is one.

        Raises:
            Close: its answer is lost.
            Refusal: it is not taken.
        """
        script = self.script
        with self.lock:
            if script.lose_orders > 0:
                script.lose_orders -= 1
                raise Close
            if script.refusals:
                raise Refusal(*script.refusals.pop(0))
            id = id or f"order-{len(self.orders) + 1:04d}"
            made = Made(id, model, body, time.time(), time.time() + script.seconds)
            self.taken(made)
            self.orders.append(made)
            lost = script.lose_answers > 0
            script.lose_answers -= lost
        time.sleep(script.slow)
        if lost:
            raise Close
        return made

    def taken(self, made: Made) -> None:
        """An order is about to be there."""

    def known(self, id: str) -> Made | None:
        return next((made for made in self.orders if made.id == id), None)

    def listed(self) -> list[Made]:
        """The orders, newest first, less those that a list that lags behind does not have."""
        with self.lock:
            lags = self.script.unlisted > 0
            self.script.unlisted -= lags
            return [] if lags else list(reversed(self.orders))

    def stage(self, made: Made) -> str:
        """cancelled, waiting, working, or done."""
        now = time.time()
        if made.cancelled:
            return "cancelled"
        if now < made.at + self.script.waiting:
            return "waiting"
        return "done" if now >= made.ready else "working"

    def clip_of(self, made: Made) -> bytes:
        match = re.search(r"\d+", str(self.seconds_of(made)))
        assert match is not None
        return clip(int(match[0]), size=self.size)

    def seconds_of(self, made: Made) -> Any:
        raise NotImplementedError

    files_want_the_key = False

    def file_of(self, path: str) -> str | None:
        """The order whose clip is at `path`, None where no clip can be."""
        return path.removeprefix("/files/").removesuffix(".mp4") if path.startswith("/files/") else None

    def clip_url(self, made: Made) -> str:
        return f"{self.url}/files/{made.id}.mp4?at={time.monotonic_ns()}"

    def count(self) -> Counter[str]:
        """How often each order's words were sent and taken."""
        return Counter(json.dumps(made.body, sort_keys=True) for made in self.orders)


class Refusal(Exception):
    """An order that is not taken: an answer with a status and JSON."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True
                return  # it was cut off: no order
            seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            with fake.lock:
                fake.seen.append(seen)
            parts = urlsplit(self.path)
            try:
                if fake.upgrade(self):
                    self.close_connection = True
                    return
                if fake.file_of(parts.path) is not None:
                    if fake.files_want_the_key and not fake.authorized(seen):
                        self._json(403, {"error": {"message": "The caller does not have permission"}})
                    else:
                        self._file(parts.path)
                    return
                if fake.script.unauthorized or not fake.authorized(seen):
                    self._json(401, {"detail": "No user found for Key ID and Secret"})
                    return
                if self.command == "GET" and (fake.script.errors > 0 or random.random() < fake.script.flaky):
                    fake.script.errors -= fake.script.errors > 0
                    self._json(503, {"detail": "overloaded"})
                    return
                self._json(*fake.route(seen, {k: v[0] for k, v in parse_qs(parts.query).items()}))
            except Refusal as refusal:
                self._json(refusal.status, refusal.body)
            except Close:
                self.close_connection = True
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

        def _json(self, status: int, data: Any) -> None:
            body = b"" if data is None else json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _file(self, path: str) -> None:
            made = fake.known(fake.file_of(path) or "")
            if made is None or made.cancelled or fake.script.expired or fake.script.stale_urls > 0:
                fake.script.stale_urls -= fake.script.stale_urls > 0
                self._json(403, {"message": "Request has expired"})
                return
            made.fetched += 1
            data, start = fake.clip_of(made), 0
            if match := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or ""):
                start = int(match[1]) if self.headers.get("If-Range") in (None, f'"{made.id}"') else 0
            rest = data[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("ETag", f'"{made.id}"')
            self.send_header("Content-Length", str(len(rest)))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            if fake.script.breaks > 0:
                fake.script.breaks -= 1
                self.wfile.write(rest[: fake.script.break_at])
                self.close_connection = True
                return
            for at in range(0, len(rest), 512 if fake.script.dribble else len(rest)):
                self.wfile.write(rest[at : at + 512] if fake.script.dribble else rest)
                self.wfile.flush()
                time.sleep(fake.script.dribble)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
