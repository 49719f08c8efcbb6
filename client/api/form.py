"""Writes a take's request as the form of `POST /v1/videos`."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from typing import Any

from urllib3 import encode_multipart_formdata

from ..protocol import Binding, Camera, CameraPath, Direction, TakeRequest
from ..protocol.codec import to_json
from ..protocol.request import view_names


def encode(request: TakeRequest) -> tuple[bytes, str]:
    """(body, content type) with the request's files in it. Raises OSError where a file can't be read."""
    parts: dict[str, Any] = {**fields(request), "extra_params": json.dumps(extra_params(request))}
    for name, path in request.files().items():
        kind = "image/x-exr" if path.suffix.lower() == ".exr" else mimetypes.guess_type(path.name)[0]
        parts[name] = (name + path.suffix.lower(), path.read_bytes(), kind or "application/octet-stream")
    body, content_type = encode_multipart_formdata(parts)
    return body, content_type


def fields(request: TakeRequest) -> dict[str, str]:
    """The fields of any `/v1/videos` server, and of ours, less `extra_params` and the files."""
    return {
        "prompt": request.direction.prompt,
        "model": request.engine,
        "seconds": f"{request.seconds:.10g}",
        "size": f"{request.width}x{request.height}",
        "fps": str(request.fps),
        "seed": str(request.seed),
    }


def extra_params(request: TakeRequest) -> dict[str, Any]:
    """What only Take One knows: the JSON of the field `extra_params`."""
    extra = spoken(request.direction)
    extra["binding"] = _binding(request.binding) if request.binding is not None else {}
    extra["options"] = to_json(request.options)
    if request.still is not None and request.still.camera is not None:
        extra["camera"] = _camera(request.still.camera)
    if request.path is not None:
        extra["path"] = _path(request.path)
    if further := _further_views(request):
        extra["views"] = further
    if request.shots:
        extra["shots"] = [
            to_json(shot) | ({} if shot.path is None else {"path": _path(shot.path)}) for shot in request.shots
        ]
    return extra


def prompt_params(direction: Direction, options: Mapping[str, Any]) -> dict[str, Any]:
    """The `extra_params` of `POST /v1/prompt`."""
    return {**spoken(direction), "options": to_json(options)}


def path_fields(
    engine: str, direction: Direction, camera: Camera | None, seconds: float, seed: int, whole: bool = True
) -> dict[str, Any]:
    """The body of `POST /v1/path`."""
    extra = spoken(direction) | ({"camera": _camera(camera)} if camera is not None else {})
    if not whole:
        extra["whole"] = False
    body = {"model": engine, "prompt": direction.prompt, "seconds": seconds, "seed": seed}
    return {**body, "extra_params": extra}


def spoken(direction: Direction) -> dict[str, Any]:
    """The part of a direction that goes into `extra_params`."""
    return {"dialogue": to_json(direction.dialogue), "sound": direction.sound}


def _further_views(request: TakeRequest) -> list[dict[str, Any]]:
    return [
        {"name": name, "t": view.t, **({"camera": _camera(view.camera)} if view.camera else {})}
        for view, (name, _) in zip(request.views, view_names(request.views), strict=True)
        if 0 < view.t < 1 or (view.t == 1 and view.camera)
    ]


def _camera(camera: Camera) -> dict[str, Any]:
    """camera.json, with what this kind of projection has."""
    names = ["projection", "width", "height", "fx", "fy", "cx", "cy", "matrix_world"]
    names += [name for name in ("focus", "things", "sight", "near") if getattr(camera, name)]
    data = {name: to_json(getattr(camera, name)) for name in names}
    return {**data, "scale": camera.scale} if camera.projection == "orthographic" else data


def _path(path: CameraPath) -> dict[str, Any]:
    data: dict[str, Any] = to_json(path)
    for key in data["keyframes"]:
        if not key["unseen"]:
            del key["unseen"]
    return data


def _binding(binding: Binding) -> dict[str, Any]:
    data: dict[str, Any] = to_json(binding)
    for name in ("remade", "head", "tail", "beyond", "parts"):
        if not data[name]:
            del data[name]
    return data
