"""A scriptable server that speaks `/v1/videos`, for what a real backend won't do on demand: fail, stall,
vanish, be full.

Shaped by the protocol's page of facts. As a script it is a stand-in for `python -m backend serve` (same
arguments).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CLIP = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 400
SIDECAR = b'{"take_one": "0.1.0", "engine": "draft"}'


@dataclass
class Script:
    """What the server does. Changed by tests while it runs."""

    steps: int = 2  # looks at a job until it is done
    token: str = ""
    health: dict[str, Any] = field(default_factory=lambda: {"status": "ok", "version": "0.1.0", "protocol": 1})
    full: int = 0  # so many submissions are answered with 429
    error: dict[str, Any] | None = None  # jobs end with it
    error_status: int = 200  # status of the GET of a failed job (other servers: 4xx, 5xx with the job as body)
    plain: bool = False  # another kind of server: no events, no sidecar, no cancel, no bindings, {detail} errors
    cut: bool = False  # downloads break off in the middle
    hold: bool = False  # jobs never end


class FakeServer:
    """Listens on a free port of this machine from a thread of its own."""

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        self.script = script or Script()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.uploads: dict[str, dict[str, bytes]] = {}
        self.calls: list[str] = []
        self.worded: list[dict[str, Any]] = []  # what POST /v1/prompt was asked
        self._connections: list[socket.socket] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def submit(self, key: str, parts: dict[str, tuple[str, bytes]]) -> dict[str, Any]:
        if key in self.keys:
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
            "queue_position": 0,
            "created_at": int(time.time()),
            "completed_at": None,
            "error": None,
            "result": None,
            **{name: fields.get(name) for name in ("model", "prompt", "seconds", "size", "fps", "seed")},
        }
        if not self.script.plain:
            job["binding"] = extra.get("binding")
        self.jobs[job_id] = job
        self.keys[key] = job_id
        self.uploads[job_id] = {name: body for name, (filename, body) in parts.items() if filename}
        return job

    def look(self, job: dict[str, Any]) -> dict[str, Any]:
        """Every look moves the job one step."""
        if job["status"] in ("completed", "failed", "cancelled") or self.script.hold:
            return job
        if job["status"] == "queued":
            job["status"], job["queue_position"] = "in_progress", None
            return job
        job["progress"] = min(100, job["progress"] + 100 // self.script.steps)
        job["stage"] = "rendering"
        if job["progress"] >= 100 - 100 % self.script.steps:
            job["status"] = "failed" if self.script.error else "completed"
            job["error"] = self.script.error
            job["completed_at"] = int(time.time())
        return job

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
                    return self._json({**fake.script.health, "pid": os.getpid()})
                if path == "/v1/models":
                    return self._json(
                        {"object": "list", "data": [{"id": "draft", "object": "model", "available": True}]}
                    )
                if path == "/v1/videos":
                    return self._json({"object": "list", "data": list(fake.jobs.values())})
                job = fake.jobs.get(parts[2])
                if job is None:
                    return self._error(404, "not_found", f"There is no job {parts[2]}.")
                if len(parts) == 3:
                    fake.look(job)
                    return self._json(job, fake.script.error_status if job["status"] == "failed" else 200)
                if parts[3] == "events" and not fake.script.plain:
                    return self._events(job)
                if parts[3] == "content":
                    return self._content(job, query)
                return self._error(404, "not_found", "No such page.")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not self._allowed():
                    return None
                parts = self.path.strip("/").split("/")
                if self.path == "/v1/videos":
                    if fake.script.full > 0:
                        fake.script.full -= 1
                        return self._error(429, "queue_full", "The queue is full.")
                    return self._json(fake.submit(self.headers.get("Idempotency-Key", ""), self._multipart(body)))
                if self.path == "/v1/prompt":
                    fake.worded.append(json.loads(body))
                    if fake.script.plain:
                        return self._error(404, "not_found", "No such page.")
                    return self._json({"prompt": "As a model reads it."})
                job = fake.jobs.get(parts[2])
                if job is None or fake.script.plain:
                    return self._error(404, "not_found", "No such job.")
                if parts[3] == "cancel" and job["status"] in ("queued", "in_progress"):
                    job["status"] = "cancelled"
                return self._json(job)

            def do_DELETE(self) -> None:
                if self._allowed():
                    job = fake.jobs.pop(self.path.rsplit("/", 1)[-1], None)
                    self._json({"id": (job or {}).get("id"), "deleted": job is not None, "object": "video.deleted"})

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
                body = {"variant=sidecar": SIDECAR}.get(query, CLIP)
                if body is SIDECAR and fake.script.plain:
                    return self._error(400, "bad_variant", "No such variant.")
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if fake.script.cut and body is CLIP:
                    self.wfile.write(body[: len(body) // 2])
                    self.close_connection = True
                    return None
                self.wfile.write(body)
                return None

            def _multipart(self, body: bytes) -> dict[str, tuple[str, bytes]]:
                head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                message: Message = BytesParser().parsebytes(head + body)
                found = {}
                for part in message.get_payload():  # type: ignore[union-attr]
                    name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
                    found[str(name)] = (part.get_filename() or "", part.get_payload(decode=True))  # type: ignore[union-attr]
                return found  # type: ignore[return-value]

            def _allowed(self) -> bool:
                fake.calls.append(f"{self.command} {self.path}")
                token = fake.script.token
                if token and self.headers.get("Authorization") != f"Bearer {token}":
                    self._error(401, "unauthorized", "The token is wrong.")
                    return False
                return True

            def _error(self, status: int, code: str, message: str) -> None:
                error = {"code": code, "message": message, "param": None, "fix": ""}
                self._json({"detail": message} if fake.script.plain else {"error": error}, status)

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
