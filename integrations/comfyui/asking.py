"""From what stands on a node to what a Take One server is asked: see docs/protocol.md of Take One."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .client import Form
from .errors import TakeOneError

MAX_BODY = 256 << 20  # what a server accepts
KINDS = {"input_reference": "image/png", "last_frame": "image/png", "depth": "image/x-exr"}
LINE = re.compile(r"(?P<speaker>[^:()]*?)\s*(\((?P<language>[^()]*)\))?\s*:\s*(?P<line>.+)")


@dataclass(frozen=True)
class Shot:
    """What a shot is to be. `size` is (0, 0) where the still's own is meant; `camera`, `path` and `options` are JSON,
    "" for none; `dialogue` has a line each, such as "ANNA (French): On y va."."""

    engine: str
    prompt: str
    seconds: float
    seed: int
    size: tuple[int, int] = (0, 0)
    fps: float = 24.0
    sound: str = ""
    dialogue: str = ""
    camera: str = ""
    path: str = ""
    options: str = ""

    def fields(self) -> dict[str, Any]:
        """The fields of a request, as JSON has them.

        Raises:
            TakeOneError: something of it can't be understood.
        """
        extra: dict[str, Any] = {"dialogue": lines(self.dialogue), "sound": self.sound.strip()}
        extra["options"] = json_object(self.options, "options") or {}
        for name, text in (("camera", self.camera), ("path", self.path)):
            if (value := json_object(text, name)) is not None:
                extra[name] = value
        found = {"model": self.engine.strip() or "draft", "prompt": self.prompt.strip()}
        found |= {"seconds": f"{self.seconds:.10g}", "fps": f"{self.fps:.10g}", "seed": str(self.seed)}
        width, height = self.size
        if bool(width) != bool(height):
            raise TakeOneError("Give both width and height, or 0 for both: then the still's own size counts.")
        if width:
            found["size"] = f"{width}x{height}"
        return {**found, "extra_params": extra}

    def form(self, files: Mapping[str, bytes]) -> Form:
        """The same as a form, with its files by their names on the wire. What is asked alike has the same key, from
        any node and after any restart: nothing is made or paid twice.

        Raises:
            TakeOneError: see `fields`; or it is more than a server accepts.
        """
        fields = self.fields()
        texts = {**fields, "extra_params": json.dumps(fields["extra_params"], sort_keys=True)}
        digest = hashlib.sha256(json.dumps(texts, sort_keys=True).encode())
        for name in sorted(files):
            digest.update(name.encode() + hashlib.sha256(files[name]).digest())
        boundary = f"take-one-{digest.hexdigest()}"
        parts = [
            _part(boundary, f'name="{name}"', "text/plain; charset=utf-8", text.encode())
            for name, text in texts.items()
        ]
        parts += [
            _part(boundary, f'name="{name}"; filename="{name}"', KINDS[name], data) for name, data in files.items()
        ]
        body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
        if len(body) > MAX_BODY:
            raise TakeOneError(f"The pictures are {len(body) >> 20} MB, and a server accepts 256: use smaller ones.")
        return Form(body, f"multipart/form-data; boundary={boundary}", f"comfyui-{digest.hexdigest()}")


def _part(boundary: str, disposition: str, kind: str, data: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {kind}\r\n\r\n"
    return head.encode() + data + b"\r\n"


def lines(text: str) -> list[dict[str, str]]:
    """Dialogue of text: a line each, "SPEAKER (Language): words", where speaker and language may be left out.

    Raises:
        TakeOneError: a line has no colon.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise TakeOneError(f"Line {number} of the dialogue is not understood. Write it as: ANNA (French): On y va.")
        language = (match["language"] or "").strip() or "English"
        found.append({"speaker": match["speaker"].strip(), "language": language, "line": match["line"].strip()})
    return found


def json_object(text: str | None, name: str) -> dict[str, Any] | None:
    """The JSON object that `text` is, None for no text.

    Raises:
        TakeOneError: it is none.
    """
    if not (text or "").strip():
        return None
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise TakeOneError(f"{name} is not valid JSON: {error}.") from None
    if not isinstance(value, dict):
        raise TakeOneError(f"{name} must be a JSON object, in braces.")
    return value


def lens_camera(width: int, height: int, lens: float, sensor: float) -> dict[str, Any]:
    """A camera of a lens, in mm, before a sensor as wide as the picture (or as tall, where it is taller), as Blender's
    sensor fit Auto has it."""
    focal = lens / sensor * max(width, height)
    middle = {"cx": width / 2, "cy": height / 2}
    return {"projection": "perspective", "width": width, "height": height, "fx": focal, "fy": focal, **middle}
