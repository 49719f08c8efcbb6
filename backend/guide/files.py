"""A guide as one zip: three movies without loss, and what is known of each frame's camera."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from client.protocol import TakeRequest

from ..engines.engine import Progress
from .guide import Guide, GuideFrame, guide
from .movie import Format, written

OPTIONS = {"level": "3", "g": "1", "slicecrc": "1"}
MOVIES = {
    "warp.mkv": Format("matroska", "ffv1", "rgb24", "bgr0", OPTIONS),
    "mask.mkv": Format("matroska", "ffv1", "gray", "gray", OPTIONS),
    "depth.mkv": Format("matroska", "ffv1", "gray16le", "gray16le", OPTIONS),
}
NEAR = 65535  # what depth.mkv holds where a surface is as near as `near`


def write_guide(request: TakeRequest, path: Path, progress: Progress) -> Guide:
    """Writes the guide of `request` to `path`: the zip, whole or not at all. Its movies lie beside it meanwhile.

    Raises:
        EngineError: see guide.
        OSError: it can't be written.
    """
    made = guide(request)
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        about = _write_movies(made, aside, progress)
        whole = aside / "whole.zip"
        with zipfile.ZipFile(whole, "x", zipfile.ZIP_STORED) as file:
            file.writestr("guide.json", json.dumps(about, allow_nan=False))
            for name in MOVIES:
                file.write(aside / name, name)
                (aside / name).unlink()  # so that no more than one movie lies there twice
        whole.replace(path)
    finally:
        made.frames.close()
        shutil.rmtree(aside, ignore_errors=True)
    return made


def _write_movies(made: Guide, folder: Path, progress: Progress) -> dict[str, Any]:
    """The movies in `folder`; what guide.json says."""
    frames = []
    with contextlib.ExitStack() as stack:
        warp, mask, depth = (
            stack.enter_context(written(folder / name, how, (made.width, made.height), made.fps))
            for name, how in MOVIES.items()
        )
        for index, frame in enumerate(made.frames):
            warp(frame.warp)
            mask(frame.hole.astype(np.uint8) * np.uint8(255))
            depth(_levels(frame.inverse_depth, made.near))
            frames.append(_about(frame, made))
            progress((index + 1) / made.frame_count, "Drawing the guide", frame.warp)
    return {
        "fps": float(made.fps),
        "size": [made.width, made.height],
        "projection": "orthographic" if made.orthographic else "perspective",
        "notes": list(made.notes),
        "frames": frames,
    }


def _levels(inverse_depth: np.ndarray, near: float) -> np.ndarray:
    """uint16: NEAR at `near` metres and nearer, in proportion to 1 / metres behind it."""
    return np.minimum(np.rint(inverse_depth * np.float32(near * NEAR)), NEAR).astype(np.uint16)


def _about(frame: GuideFrame, made: Guide) -> dict[str, Any]:
    return {
        "camera_to_world": frame.camera_to_world.tolist(),
        "intrinsics": frame.intrinsics.tolist(),
        "near": made.near,
        "far": made.far,
    }
