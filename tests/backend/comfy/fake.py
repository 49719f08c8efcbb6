"""A ComfyUI as its source has it (0.3.64: `server.py`, `execution.py`, `main.hijack_progress`), without its nodes: it
checks a prompt, queues it, works at one at a time, tells of it on its websocket, and hands out a movie."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import re
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from tests.backend.hosted.fakes.clip import clip
from tests.backend.hosted.fakes.fake import Close, Fake, Made, Refusal, Script, Seen

OBJECT_INFO = json.loads((Path(__file__).parent / "object_info.json").read_text(encoding="utf-8"))  # of a real one
GREEN = (20, 200, 40)  # of the previews
WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass
class Comfy:
    """How it behaves, beside the script that all fakes have."""

    version: str = "0.3.64"
    lacks: tuple[str, ...] = ()  # classes of nodes
    ahead: float = 0.0  # seconds that another's prompt still takes
    error: dict[str, Any] = field(default_factory=dict)  # with which each prompt fails
    away: bool = False  # its process has ended: nothing answers
    overloaded: dict[str, int] = field(default_factory=dict)  # answers of 503 to what reads, by path
    broken: int = 0  # answers of 500 to prompts that are queued all the same
    most_upload: int = 100 << 20  # bytes of a file, as it is by itself
    result: str = "grain_00001_.mp4"  # "" for a workflow that saves nothing


class FakeComfy(Fake):
    def __init__(self) -> None:
        self.comfy = Comfy()
        self.inputs: dict[str, bytes] = {}  # pictures that were uploaded
        self.interrupts: list[str | None] = []
        self.forgotten: set[str] = set()  # orders of a process that has ended
        self.scripts: dict[str, Script] = {}  # as they were when each order came
        super().__init__()

    def authorized(self, seen: Seen) -> bool:
        return True

    def file_of(self, path: str) -> str | None:
        if self.comfy.away:
            raise Close
        done = [made.id for made in self._known() if self.stage(made) == "done"]
        return done[-1] if path == "/view" and done else None

    def seconds_of(self, made: Made) -> Any:
        graph = made.body["prompt"].values()
        frames = next((node["inputs"]["amount"] for node in graph if node["class_type"] == "RepeatImageBatch"), 24)
        rate = next(node["inputs"]["fps"] for node in graph if node["class_type"] == "CreateVideo")
        return int(frames / rate)

    def clip_of(self, made: Made) -> bytes:
        rate = next(n["inputs"]["fps"] for n in made.body["prompt"].values() if n["class_type"] == "CreateVideo")
        return clip(self.seconds_of(made), fps=int(rate), size=self.size)

    def end(self) -> None:
        """kill -9 of it: its queue and its history are gone."""
        self.comfy.away = True
        self.forgotten |= {made.id for made in self.orders}

    def route(self, seen: Seen, query: dict[str, str]) -> tuple[int, Any]:
        if self.comfy.away:
            raise Close
        path = urlsplit(seen.path).path
        if seen.method == "GET" and self.comfy.overloaded.get(path.split("/")[1], 0) > 0:
            self.comfy.overloaded[path.split("/")[1]] -= 1
            return 503, None
        if path == "/system_stats":
            return 200, {"system": {"comfyui_version": self.comfy.version}, "devices": [{"name": "cpu", "type": "cpu"}]}
        if path.startswith("/object_info/"):
            kind = path.rpartition("/")[2]
            there = kind in OBJECT_INFO and kind not in self.comfy.lacks
            return 200, {kind: OBJECT_INFO[kind]} if there else {}
        if path == "/upload/image":
            return 200, self._upload(seen)
        if path == "/prompt":
            queued = self._prompt(json.loads(seen.body))
            self.comfy.broken -= (broken := self.comfy.broken > 0)
            return (500, None) if broken else (200, queued)
        if path == "/queue" and seen.method == "GET":
            entries = [self._entry(made) for made in self._known()]
            states = [self.stage(made) for made in self._known()]
            running = [one for one, state in zip(entries, states, strict=True) if state == "working"]
            pending = [one for one, state in zip(entries, states, strict=True) if state == "waiting"]
            other = [[0, "of-another", {}, {}, []]] if time.time() < self._other_ends else []
            return 200, {"queue_running": [*other, *running], "queue_pending": pending}
        if path == "/queue":
            for made in self._known():
                if made.id in json.loads(seen.body)["delete"] and self.stage(made) == "waiting":
                    self.forgotten.add(made.id)
                    made.cancelled = True
            return 200, None
        if path == "/interrupt":
            return 200, self._interrupt(json.loads(seen.body or b"{}").get("prompt_id"))
        if path.startswith("/history"):
            id = path.removeprefix("/history").strip("/")
            done = [made for made in self._known() if self.stage(made) in ("done", "cancelled")]
            return 200, {made.id: self._history(made) for made in done if id in ("", made.id)}
        return 404, None

    def upgrade(self, handler: BaseHTTPRequestHandler) -> bool:
        parts = urlsplit(handler.path)
        if parts.path != "/ws" or self.comfy.away:
            return False
        key = handler.headers["Sec-WebSocket-Key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + WEBSOCKET).digest()).decode()
        handler.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)):
            handler.send_header(name, value)
        handler.end_headers()
        flags = json.loads(_frame_of(handler.rfile))
        sid = parse_qs(parts.query)["clientId"][0]
        with contextlib.suppress(OSError):
            for message in self._messages(sid, bool(flags["data"]["supports_preview_metadata"])):
                handler.wfile.write(_frame(message))
                handler.wfile.flush()
        return True

    def stage(self, made: Made) -> str:
        script = self.scripts.get(made.id, self.script)
        now, begins = time.time(), max(made.at, self._other_ends) + script.waiting
        if made.cancelled:
            return "cancelled"
        if now < begins:
            return "waiting"
        return "done" if now >= begins + script.seconds else "working"

    def _known(self) -> list[Made]:
        return [made for made in self.orders if made.id not in self.forgotten]

    @property
    def _other_ends(self) -> float:
        return self.comfy.ahead

    def _upload(self, seen: Seen) -> dict[str, Any]:
        found = re.search(rb'name="image"; filename="([^"]+)".*?\r\n\r\n', seen.body, re.DOTALL)
        assert found is not None
        name, boundary = found[1].decode(), seen.body.partition(b"\r\n")[0]
        head = seen.body[: found.start()].decode()
        folder = head.partition('name="subfolder"')[2].strip().split("\r\n")[0].strip()
        data = seen.body[found.end() :].partition(b"\r\n" + boundary)[0]
        if len(data) > self.comfy.most_upload:
            raise Refusal(413, None)
        self.inputs[f"{folder}/{name}"] = data
        return {"name": name, "subfolder": folder, "type": "input"}

    def _prompt(self, body: dict[str, Any]) -> dict[str, Any]:
        """`execution.validate_prompt`, as far as classes, required inputs and pictures go."""
        errors: dict[str, Any] = {}
        for id, node in body["prompt"].items():
            about = OBJECT_INFO.get(node["class_type"])
            if about is None or node["class_type"] in self.comfy.lacks:
                message = f"Cannot execute because node {node['class_type']} does not exist."
                error = {"type": "invalid_prompt", "message": message, "details": f"Node ID '#{id}'", "extra_info": {}}
                raise Refusal(400, {"error": error, "node_errors": {}})
            wrong = [
                ("Required input is missing", name) for name in about["input"]["required"] if name not in node["inputs"]
            ]
            if node["class_type"] == "LoadImage" and node["inputs"]["image"] not in self.inputs:
                said = f"image - Invalid image file: {node['inputs']['image']}"
                wrong.append(("Custom validation failed for node", said))
            if node["class_type"] == "LoadVideo" and node["inputs"]["file"] not in self.inputs:
                said = f"file - Invalid video file: {node['inputs']['file']}"
                wrong.append(("Custom validation failed for node", said))
            for name, kind in about["input"]["required"].items():
                value, most = node["inputs"].get(name), kind[1].get("max") if len(kind) > 1 else None
                if most is not None and isinstance(value, int | float) and value > most:
                    wrong.append((f"Value {value} bigger than max of {most}", name))
            if wrong:
                listed = [{"type": "", "message": what, "details": where, "extra_info": {}} for what, where in wrong]
                errors[id] = {"errors": listed, "dependent_outputs": ["7"], "class_type": node["class_type"]}
        if errors:
            error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"}
            raise Refusal(400, {"error": {**error, "details": "", "extra_info": {}}, "node_errors": errors})
        old = self.comfy.version < "0.3.45"
        made = self.place("", body, 0, f"its-own-{len(self.orders)}" if old else body["prompt_id"])
        return {"prompt_id": made.id, "number": len(self.orders), "node_errors": {}}

    def taken(self, made: Made) -> None:
        self.scripts[made.id] = replace(self.script)

    def _interrupt(self, prompt: str | None) -> None:
        self.interrupts.append(prompt)
        whatever = prompt is None or self.comfy.version < "0.3.57"
        for made in self._known():
            if self.stage(made) == "working" and (whatever or made.id == prompt):
                made.cancelled = True

    def _entry(self, made: Made) -> list[Any]:
        extra = {**made.body.get("extra_data", {}), "client_id": made.body["client_id"]}
        return [self.orders.index(made), made.id, made.body["prompt"], extra, ["7"]]

    def _history(self, made: Made) -> dict[str, Any]:
        last = list(made.body["prompt"])[-1]
        files = [{"filename": self.comfy.result, "subfolder": "take-one", "type": "output"}]
        outputs: dict[str, Any] = {last: {"images": files, "animated": [True]}} if self.comfy.result else {}
        status: dict[str, Any] = {"status_str": "success", "completed": True, "messages": []}
        told = {"prompt_id": made.id, "node_id": "4", "node_type": "ImageAddNoise", "executed": []}
        if made.cancelled:
            status = {"status_str": "error", "completed": False, "messages": [["execution_interrupted", told]]}
        elif self.comfy.error:
            failure = {**told, **self.comfy.error}
            status = {"status_str": "error", "completed": False, "messages": [["execution_error", failure]]}
            outputs = {}
        return {"prompt": self._entry(made), "outputs": outputs, "status": status, "meta": {}}

    def _messages(self, sid: str, with_data: bool) -> Iterator[str | bytes]:
        """What the client of the prompt that it works at is told, as it goes on."""
        yield _text("status", {"status": {"exec_info": {"queue_remaining": 1}}, "sid": sid})
        told: set[str] = set()
        while not self.comfy.away:
            ours = [made for made in self._known() if made.body["client_id"] == sid]
            for made in ours:
                yield from self._told(made, told, with_data)
                if self.stage(made) in ("done", "cancelled") and made.id in told:
                    yield _text("execution_success", {"prompt_id": made.id})
                    yield _text("executing", {"node": None, "prompt_id": made.id})
                    return
            time.sleep(0.02)

    def _told(self, made: Made, told: set[str], with_data: bool) -> Iterator[str | bytes]:
        if made.id in told or self.stage(made) != "working":
            return
        told.add(made.id)
        nodes = list(made.body["prompt"])
        yield _text("execution_start", {"prompt_id": made.id})
        yield _text("execution_cached", {"nodes": nodes[:1], "prompt_id": made.id})
        yield _text("executing", {"node": nodes[1], "display_node": nodes[1], "prompt_id": made.id})
        yield _text("executing", {"node": nodes[3], "display_node": nodes[3], "prompt_id": made.id})
        yield _text("progress", {"value": 1, "max": 2, "prompt_id": made.id, "node": nodes[3]})
        buffer = io.BytesIO()
        Image.new("RGB", (48, 32), GREEN).save(buffer, "PNG")
        if with_data:
            data = json.dumps({"node_id": nodes[3], "prompt_id": made.id, "image_type": "image/png"}).encode()
            yield struct.pack(">II", 4, len(data)) + data + buffer.getvalue()
        else:
            yield struct.pack(">II", 1, 2) + buffer.getvalue()


def _text(kind: str, data: dict[str, Any]) -> str:
    return json.dumps({"type": kind, "data": data})


def _frame(message: str | bytes) -> bytes:
    """A websocket frame from a server (RFC 6455, 5.2)."""
    data = message.encode() if isinstance(message, str) else message
    first = 0x81 if isinstance(message, str) else 0x82
    if len(data) < 126:
        return bytes([first, len(data)]) + data
    return bytes([first, 126]) + struct.pack(">H", len(data)) + data


def _frame_of(file: Any) -> bytes:
    """A short frame from a client."""
    _, length = file.read(2)
    size = length & 0x7F
    size = struct.unpack(">H", file.read(2))[0] if size == 126 else size
    mask = file.read(4)
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(file.read(size)))
