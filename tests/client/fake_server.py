"""A scriptable server that speaks `/v1/videos`, for what a real backend won't do on demand: fail, stall, vanish, be
full, talk nonsense.

It answers no more than servers of its dialect do: "take-one" as docs/protocol.md has it, "openai" as vLLM-Omni and
SGLang do (bare model lists, an empty /health, no events, no cancel, no Idempotency-Key). As a script it is a stand-in
for `python -m backend serve` (same arguments).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.client.movie import movie

CLIP = movie(48)  # of conftest's request: 2 s at 24000/1001
SIDECAR = b'{"take_one": "0.1.0", "engine": "draft"}'
TAKE_ONE, OPENAI = "take-one", "openai"
OPEN_FIELDS = (
    "id",
    "object",
    "status",
    "progress",
    "created_at",
    "completed_at",
    "expires_at",
    "seconds",
    "size",
    "model",
    "prompt",
    "error",
)
Hook = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Script:
    """What the server does. Changed by tests while it runs."""

    dialect: str = TAKE_ONE
    steps: int = 2  # polls of a job until it is done
    token: str = ""
    health: dict[str, Any] = field(default_factory=lambda: {"status": "ok", "version": "0.1.0", "protocol": 1})
    full: int = 0  # so many submissions are answered with 429
    error: dict[str, Any] | None = None  # jobs end with it
    error_status: int = 200  # status of the GET of a failed job (other servers: 4xx, 5xx with the job as body)
    cut: bool = False  # downloads break off in the middle
    hold: bool = False  # jobs never end
    hooks: dict[str, Hook] = field(default_factory=dict)  # instead of the answer, by method and the path's last part


class FakeServer:
    """Listens on a free port of this machine from a thread of its own."""

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        self.script = script or Script()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.uploads: dict[str, dict[str, bytes]] = {}
        self.forms: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []
        self.tokens: set[str] = set()  # the Authorization headers that came
        self.asked_prompts: list[dict[str, Any]] = []  # what POST /v1/prompt was asked
        self._connections: list[socket.socket] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def ours(self) -> bool:
        return self.script.dialect == TAKE_ONE

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def submit(self, key: str, parts: dict[str, tuple[str, bytes]]) -> dict[str, Any]:
        if key in self.keys and self.ours:
            return self.jobs[self.keys[key]]
        fields = {name: body.decode() for name, (filename, body) in parts.items() if not filename}
        job_id = f"video_{len(self.jobs)}_{os.urandom(4).hex()}"
        extra = json.loads(fields.get("extra_params", "{}"))
        job = {
            "id": job_id,
            "object": "video",
            "status": "queued",
            "progress": 0,
            "stage": "",
            "eta_seconds": None,
            "queue_position": 1,
            "created_at": int(time.time()),
            "completed_at": None,
            "expires_at": None,
            "error": None,
            "result": None,
            **{name: fields.get(name) for name in ("model", "prompt", "seconds", "size", "fps")},
            "seed": int(fields.get("seed", 0)),
            "binding": extra.get("binding"),
        }
        self.jobs[job_id] = job
        self.keys[key] = job_id
        self.forms[job_id] = fields
        self.uploads[job_id] = {name: body for name, (filename, body) in parts.items() if filename}
        return job

    def shown(self, job: dict[str, Any]) -> dict[str, Any]:
        return job if self.ours else {name: job[name] for name in OPEN_FIELDS}

    def frames(self, job: dict[str, Any]) -> int:
        return round(float(job["seconds"]) * Fraction(job["fps"]))

    def advance(self, job: dict[str, Any]) -> None:
        """Every poll moves the job one step."""
        if job["status"] in ("completed", "failed", "cancelled") or self.script.hold:
            return
        if job["status"] == "queued":
            job["status"], job["queue_position"] = "in_progress", None
            return
        job["progress"] = min(100, job["progress"] + 100 // self.script.steps)
        job["stage"] = "rendering"
        if job["progress"] >= 100 - 100 % self.script.steps:
            job["status"] = "failed" if self.script.error else "completed"
            job["error"] = self.script.error
            job["completed_at"] = int(time.time())
            if job["status"] == "completed":
                width, height = map(int, job["size"].split("x"))
                job["result"] = {
                    "frames": self.frames(job),
                    "fps": job["fps"],
                    "width": width,
                    "height": height,
                    "sound_seconds": 2.0,
                    "notes": [],
                }

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805  `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                fake._connections.append(self.connection)

            def do_GET(self) -> None:
                if not self._allowed():
                    return None
                path, _, query = self.path.partition("?")
                parts = path.strip("/").split("/")
                if path == "/health":
                    return self._health()
                if path == "/v1/models":
                    return self._json({"object": "list", "data": [self._model()]})
                job = fake.jobs.get(parts[2])
                if job is None:
                    return self._error(404, "not_found", f"There is no job {parts[2]}.")
                if len(parts) == 3:
                    fake.advance(job)
                    return self._json(fake.shown(job), fake.script.error_status if job["status"] == "failed" else 200)
                if parts[3] == "events" and fake.ours:
                    return self._events(job)
                if parts[3] == "content":
                    return self._content(job, query)
                return self._error(404, "not_found", "No such page.")

            def do_POST(self) -> None:
                if not self._allowed():
                    return None
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = self.path.strip("/").split("/")
                if self.path == "/v1/videos":
                    if fake.script.full > 0:
                        fake.script.full -= 1
                        return self._error(429, "queue_full", "The queue is full.")
                    job = fake.submit(self.headers.get("Idempotency-Key", ""), self._multipart(body))
                    return self._json(fake.shown(job))
                if self.path == "/v1/prompt" and fake.ours:
                    fake.asked_prompts.append(json.loads(body))
                    return self._json({"prompt": "As a model reads it."})
                job = fake.jobs.get(parts[2]) if fake.ours and len(parts) == 4 else None
                if job is None:
                    return self._error(404, "not_found", "No such job.")
                if parts[3] == "cancel" and job["status"] in ("queued", "in_progress"):
                    job["status"] = "cancelled"
                return self._json(job)

            def do_DELETE(self) -> None:
                if self._allowed():
                    job = fake.jobs.pop(self.path.rsplit("/", 1)[-1], None)
                    self._json({"id": (job or {}).get("id"), "deleted": job is not None, "object": "video.deleted"})

            def _health(self) -> None:
                if not fake.ours:
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                about = fake.script.health
                open_to_all = {name: about[name] for name in ("status", "version") if name in about}
                self._json({**about, "pid": os.getpid()} if self._knows_token() else open_to_all)

            def _model(self) -> dict[str, Any]:
                if not fake.ours:
                    return {"id": "Wan-AI/Wan2.2", "object": "model", "created": 1790000000, "owned_by": "vllm-omni"}
                return {
                    "id": "draft",
                    "object": "model",
                    "owned_by": "take-one",
                    "name": "Draft",
                    "description": "Fast.",
                    "available": True,
                    "reason": "",
                    "fix": "",
                    "max_seconds": 15.0,
                    "max_pixels": 2073600,
                    "fps": None,
                    "languages": ["English"],
                    "sound": True,
                    "depth": True,
                    "camera_path": True,
                    "last_frame": False,
                    "dialogue": True,
                    "needs_still": True,
                    "prompt_form": False,
                }

            def _events(self, job: dict[str, Any]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                data = {
                    "status": job["status"],
                    "progress": 50,
                    "stage": "previewing",
                    "eta_seconds": 1.5,
                    "queue_position": None,
                    "preview": "data:image/jpeg;base64,/9j/2Q==",
                }
                self.wfile.write(b"event: progress\ndata: " + json.dumps(data).encode() + b"\n\n")
                self.close_connection = True

            def _content(self, job: dict[str, Any], query: str) -> None:
                body = SIDECAR if query == "variant=sidecar" and fake.ours else movie(fake.frames(job))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if fake.script.cut and body is not SIDECAR:
                    self.wfile.write(body[: len(body) // 2])
                    self.close_connection = True
                    return
                self.wfile.write(body)

            def _multipart(self, body: bytes) -> dict[str, tuple[str, bytes]]:
                head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                message: Message = BytesParser().parsebytes(head + body)
                found = {}
                for part in message.get_payload():  # type: ignore[union-attr]
                    name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
                    found[str(name)] = (part.get_filename() or "", part.get_payload(decode=True))  # type: ignore[union-attr]
                return found  # type: ignore[return-value]

            def _knows_token(self) -> bool:
                return not fake.script.token or self.headers.get("Authorization") == f"Bearer {fake.script.token}"

            def _allowed(self) -> bool:
                """Whether to go on: neither a hook has answered, nor is the token wrong."""
                fake.calls.append(f"{self.command} {self.path}")
                fake.tokens.add(self.headers.get("Authorization", ""))
                last = self.path.partition("?")[0].rsplit("/", 1)[-1]
                hook = fake.script.hooks.get(f"{self.command} {'job' if last in fake.jobs else last}")
                if hook is not None:
                    with contextlib.suppress(OSError):
                        hook(self)
                    self.close_connection = True
                    return False
                if self.path != "/health" and not self._knows_token():
                    self._error(401, "unauthorized", "The token is wrong.")
                    return False
                return True

            def _error(self, status: int, code: str, message: str) -> None:
                error = {"code": code, "message": message, "param": None, "fix": ""}
                if self.command == "POST":
                    self.close_connection = True  # its body may not have been read
                self._json({"error": error} if fake.ours else {"detail": message}, status)

            def _json(self, data: dict[str, Any], status: int = 200) -> None:
                body = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler


def answer(body: bytes, status: int = 200, **headers: str) -> Hook:
    """A hook that answers this, whatever is asked."""

    def hook(handler: BaseHTTPRequestHandler) -> None:
        _read_all(handler)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)

    return hook


def endless(piece: bytes, kind: str = "application/json", pause: float = 0.0) -> Hook:
    """A hook that never stops answering."""

    def hook(handler: BaseHTTPRequestHandler) -> None:
        _read_all(handler)
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(piece)
            time.sleep(pause)

    return hook


def _read_all(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(int(handler.headers.get("Content-Length", 0)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("serve")
    parser.add_argument("--port", type=int)
    parser.add_argument("--ready-file", type=Path)
    parser.add_argument("--leases", type=Path)
    options = parser.parse_args()
    server = FakeServer(Script(token=os.environ["TAKE_ONE_TOKEN"], hold="TAKE_ONE_TEST_HOLD" in os.environ))
    part = options.ready_file.with_suffix(".part")
    part.write_text(json.dumps({"port": server.port, "pid": os.getpid(), "version": "0.1.0"}))
    part.replace(options.ready_file)
    while True:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
