"""The sidecar: everything needed to make a take again, as JSON beside it."""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from client.protocol import TakeRequest, View
from client.protocol.codec import to_json

from .. import __version__
from ..engines.engine import Clip
from ..home import write_whole
from .encode import Written


def write_sidecar(path: Path, request: TakeRequest, clip: Clip, written: Written, notes: tuple[str, ...]) -> None:
    """Writes the sidecar of the take made from `request`.

    Raises:
        OSError: nothing is left behind then.
    """
    facts = dict(clip.facts)
    versions = {"take_one": __version__, "python": platform.python_version(), **_installed("numpy", "av")}
    versions.update(facts.pop("versions", {}))
    still = request.still
    sidecar = {
        "take_one": __version__,
        "engine": request.engine,
        "model": facts.pop("model", request.engine),
        **to_json(request.direction),
        "seconds": request.seconds,
        "fps": str(request.fps),
        "width": written.width,
        "height": written.height,
        "frames": written.frames,
        "seed": request.seed,
        "still_sha256": _sha256(still.image if still else None),
        "depth_sha256": _sha256(still.depth if still else None),
        "last_frame_sha256": _sha256(request.last_frame.image if request.last_frame else None),
        "camera": to_json(still.camera) if still else None,
        "views": [_view(view) for view in request.views if 0 < view.t < 1],
        **({"references": [_sha256(path) for path in request.references]} if request.references else {}),
        "path": to_json(clip.path or request.path),
        "options": dict(request.options),
        **({"shots": to_json(request.shots)} if request.shots else {}),
        "notes": list(notes),
        "cost": to_json(clip.cost),
        "facts": facts,
        "versions": versions,
        **({"binding": to_json(request.binding)} if request.binding else {}),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_whole(path, json.dumps(sidecar, indent=1, ensure_ascii=False, default=str).encode())


def _view(view: View) -> dict[str, Any]:
    """A further view, by the hashes of its files."""
    files = {"image_sha256": _sha256(view.image), "depth_sha256": _sha256(view.depth)}
    return {"t": view.t, **files, "camera": to_json(view.camera)}


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
