"""What ComfyUI tells of a prompt while it works: the node it is at, how far, previews.

Source: ComfyUI 0.3.64: `server.send_json`, `send_image`, `send_image_with_metadata`, `main.hijack_progress`,
`execution.execute`. A text message is {"type": ..., "data": {...}}; a binary one begins with the number of its kind,
as 4 bytes, the highest first: 1 a preview (4 bytes for its format, then the file), 4 one with its data (4 bytes for
their length, the data as JSON, then the file).
"""

from __future__ import annotations

import contextlib
import io
import json
import struct
import threading
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from ...hosted.wire.http import LOOPBACK

PREVIEW, PREVIEW_WITH_DATA = 1, 4
MAX_MESSAGE = 16 << 20
MAX_DONE = 10_000  # nodes
MAX_PREVIEW = 4096  # pixels a side
OVER = frozenset({"execution_success", "execution_error", "execution_interrupted"})
HELLO = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})


@dataclass(frozen=True)
class RunState:
    """`node` is the one it works at, `within` how far in it, `done` those that are behind it. `preview` is a file."""

    begun: bool = False
    over: bool = False
    node: str = ""
    within: float = 0.0
    done: frozenset[str] = frozenset()
    preview: bytes = b""

    def fraction(self, nodes: int) -> float:
        """How much of a prompt of so many nodes is made."""
        return min(1.0, (len(self.done) + self.within) / max(1, nodes))


def on_message(state: RunState, message: str | bytes, prompt: str) -> RunState:
    """What is known after a message. Those of other prompts, and such as make no sense, change nothing."""
    if isinstance(message, bytes):
        return _on_picture(state, message, prompt)
    try:
        said = json.loads(message)
        kind, data = said["type"], said["data"]
        if data.get("prompt_id", prompt) != prompt:
            return state
        now = _on_event(state, kind, data)
        return now if len(now.done) <= MAX_DONE else replace(now, done=state.done)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return state


def _on_event(state: RunState, kind: str, data: dict[str, Any]) -> RunState:
    if kind == "execution_start":
        return replace(state, begun=True)
    if kind == "execution_cached":
        return replace(state, begun=True, done=state.done | {str(node) for node in data["nodes"]})
    if kind == "executing":
        done = state.done | {state.node} if state.node else state.done
        node = data.get("node")
        return replace(state, begun=True, node=str(node or ""), within=0.0, done=done, over=state.over or node is None)
    if kind == "progress" and str(data.get("node") or state.node) == state.node:
        return replace(state, begun=True, within=min(1.0, max(0.0, data["value"] / max(1, data["max"]))))
    return replace(state, over=True) if kind in OVER else state


def _on_picture(state: RunState, message: bytes, prompt: str) -> RunState:
    if len(message) < 8:
        return state
    kind, second = struct.unpack_from(">II", message)
    if kind == PREVIEW:
        return replace(state, preview=message[8:])
    if kind == PREVIEW_WITH_DATA:
        with contextlib.suppress(ValueError, AttributeError, RecursionError):
            if json.loads(message[8 : 8 + second]).get("prompt_id", prompt) == prompt:
                return replace(state, preview=message[8 + second :])
    return state


def picture(preview: bytes) -> np.ndarray | None:
    """A preview as uint8 RGB [height, width, 3], None where it is no picture."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(preview), formats=("JPEG", "PNG", "WEBP")) as opened:
            return None if max(opened.size) > MAX_PREVIEW else np.asarray(opened.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


class Listener:
    """Listens on a thread of its own, and connects again where it breaks off. A context."""

    def __init__(self, address: str, client: str, prompt: str, headers: dict[str, str]) -> None:
        parts = urlsplit(address)
        scheme = "wss" if parts.scheme == "https" else "ws"
        self._url = f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/ws?clientId={client}"
        self._prompt, self._headers = prompt, headers
        self._state, self._ended = RunState(), threading.Event()
        self._socket: Any = None

    @property
    def state(self) -> RunState:
        """What is known by now."""
        return self._state

    def __enter__(self) -> Listener:
        threading.Thread(target=self._run, name="ComfyUI", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if (socket := self._socket) is not None:
            threading.Thread(target=socket.close, daemon=True).start()  # it may wait for the other side

    def _run(self) -> None:
        from websockets.exceptions import WebSocketException

        pause = 0.5
        while not self._ended.is_set():
            with contextlib.suppress(OSError, WebSocketException), self._connected() as self._socket:
                pause = 0.5
                self._socket.send(HELLO)
                for message in self._socket:
                    if self._ended.is_set():
                        return
                    self._state = on_message(self._state, message, self._prompt)
            self._ended.wait(pause)
            pause = min(10.0, 2 * pause)

    def _connected(self) -> Any:
        from websockets.sync.client import connect

        here = urlsplit(self._url).hostname in LOOPBACK
        return connect(
            self._url,
            additional_headers=self._headers,
            max_size=MAX_MESSAGE,
            open_timeout=10,
            proxy=None if here else True,  # none leads to this machine itself
        )
