"""The sidecar: everything needed to make a take again, as JSON beside it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .. import __version__
from ..engines.engine import Clip, Request
from ..home import write_whole
from .encode import Written


def write_sidecar(
    path: Path, engine: str, request: Request, clip: Clip, written: Written, notes: tuple[str, ...]
) -> None:
    """Writes the sidecar of the take that `engine` made from `request`.

    Raises:
        OSError: nothing is left behind then.
    """
    facts = dict(clip.facts)
    versions = {"take_one": __version__, "python": platform.python_version(), **_installed("numpy", "av")}
    versions.update(facts.pop("versions", {}))
    sidecar = {
        "take_one": __version__,
        "engine": engine,
        "model": facts.pop("model", engine),
        "prompt": request.prompt,
        "dialogue": [
            {"speaker": line.speaker, "language": line.language, "line": line.text} for line in request.dialogue
        ],
        "sound": request.sound,
        "seconds": request.seconds,
        "fps": str(request.fps),
        "width": written.width,
        "height": written.height,
        "frames": written.frames,
        "seed": request.seed,
        "still_sha256": _sha256(request.still),
        "depth_sha256": _sha256(request.depth),
        "last_frame_sha256": _sha256(request.last_frame),
        "camera": dataclasses.asdict(request.camera) if request.camera else None,
        "path": clip.path or _path(request),
        "options": dict(request.options),
        "notes": list(notes),
        "facts": facts,
        "versions": versions,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_whole(path, json.dumps(sidecar, indent=1, ensure_ascii=False, default=str).encode())


def _path(request: Request) -> dict[str, Any] | None:
    if request.path is None:
        return None
    return {"keyframes": [dataclasses.asdict(keyframe) for keyframe in request.path]}


def _sha256(path: Path | None) -> str | None:
    if path is None:
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _installed(*names: str) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
