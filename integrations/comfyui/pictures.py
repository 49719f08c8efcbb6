"""Pictures between ComfyUI's tensors and files: PNG and EXR to send, FFV1 of a guide to read."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
from PIL import Image

from .errors import TakeOneError

METRES, INVERSE, LINEAR = "metres", "near is white", "near is black"
SKY = 1e10  # metres: nothing is seen there, as in Blender's depth
MAX_ABOUT = 64 << 20  # bytes of guide.json
MAX_GUIDE_PIXELS = 1 << 30  # of all frames together: 500 frames of 1920x1080
RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,20})?)(?:/([1-9][0-9]{0,5}))?")  # 24, 23.976 or 24000/1001
GUIDE_FILES = {"warp.mkv": "rgb24", "mask.mkv": "gray", "depth.mkv": "gray16le"}


def one_picture(image: torch.Tensor, name: str) -> np.ndarray:
    """The one picture of an IMAGE [1, height, width, channels] or a MASK [1, height, width], float32 [height, width,
    channels].

    Raises:
        TakeOneError: it holds several.
    """
    if image.ndim in (3, 4) and image.shape[0] != 1:
        raise TakeOneError(
            f"{name} holds {image.shape[0]} pictures, and one is needed: put Image From Batch before it."
        )
    picture = image[0] if image.ndim == 4 else image.reshape(*image.shape[-2:], 1)
    return picture.detach().float().cpu().numpy()


def png(picture: np.ndarray) -> bytes:
    """PNG of a picture of 0..1, float32 [height, width, 1 to 4], as RGB. The same picture gives the same bytes."""
    levels = np.rint(np.clip(np.nan_to_num(picture), 0.0, 1.0) * 255.0).astype(np.uint8)
    colours = levels[..., :3] if levels.shape[2] >= 3 else np.repeat(levels[..., :1], 3, axis=2)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(colours)).save(file, "PNG", compress_level=4)
    return file.getvalue()


def metres(picture: np.ndarray, meaning: str, near: float, far: float) -> np.ndarray:
    """Depth in metres along the camera's axis, float32 [height, width], of a picture of one grey.

    `meaning` is METRES: the values are; INVERSE: 1 at `near`, 0 at `far`, even in 1 / metres, as depth estimators and
    guides have it; LINEAR: 0 at `near`, 1 at `far`, even in metres, as a mist pass has it.

    Raises:
        TakeOneError: near and far are no distances; or there is no depth in it.
    """
    grey = picture[..., :3].mean(axis=2)
    if not np.isfinite(grey).any() or (meaning == METRES and not (grey > 0).any()):
        raise TakeOneError("The depth holds no distances: it is empty or zero everywhere.")
    if meaning == METRES:
        return np.where(np.isfinite(grey) & (grey > 0), grey, SKY).astype(np.float32)
    if not 0 < near < far:
        raise TakeOneError(f"near must be above 0 and below far, not {near:g} and {far:g} m.")
    share = np.clip(np.nan_to_num(grey), 0.0, 1.0)
    if meaning == LINEAR:
        return (near + share * (far - near)).astype(np.float32)
    return (1.0 / (share / near + (1.0 - share) / far)).astype(np.float32)


def exr(depth: np.ndarray) -> bytes:
    """OpenEXR of float32 [height, width], one channel, by the encoder that PyAV brings."""
    encoder: Any = av.CodecContext.create("exr", "w")
    encoder.height, encoder.width = depth.shape
    encoder.pix_fmt, encoder.time_base = "grayf32le", Fraction(1, 24)
    encoder.options = {"compression": "zip16", "format": "float"}
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(depth, dtype=np.float32), format="grayf32le")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


@dataclass(frozen=True)
class Guide:
    """What views show along a path. `warp` is float32 [frames, height, width, 3] of 0..1, `mask` [frames, height,
    width], 1 where no view saw; `depth` [frames, height, width, 3] is near / metres, 0 at the background.
    `about` is guide.json: rate, and each frame's camera, near and far."""

    warp: torch.Tensor
    mask: torch.Tensor
    depth: torch.Tensor
    about: dict[str, Any]


def read_guide(path: Path) -> Guide:
    """The guide in a zip of `POST /v1/guide`.

    Raises:
        TakeOneError: it is none, or it is larger than what is accepted.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(dir=path.parent) as folder:
            about = _about(archive)
            width, height = (int(side) for side in about["size"])
            shape = (_count(about), height, width)
            if min(shape) < 1 or shape[0] * height * width > MAX_GUIDE_PIXELS:
                raise TakeOneError(
                    f"A guide of {shape[0]} frames of {width}x{height} is not accepted: make it smaller."
                )
            warp, mask, depth = (
                _frames(_unpacked(archive, name, Path(folder)), form, shape) for name, form in GUIDE_FILES.items()
            )
    except (zipfile.BadZipFile, av.FFmpegError, KeyError, ValueError, TypeError, OSError, EOFError) as error:
        raise TakeOneError(f"The server's guide can't be read: {str(error)[:300] or type(error).__name__}.") from None
    return Guide(warp, mask[..., 0], depth.expand(-1, -1, -1, 3), about)


def _about(archive: zipfile.ZipFile) -> dict[str, Any]:
    with archive.open("guide.json") as file:
        about = json.loads(file.read(MAX_ABOUT + 1)[:MAX_ABOUT])
    if not isinstance(about, dict):
        raise ValueError("guide.json is no object")
    return about


def _count(about: dict[str, Any]) -> int:
    frames = about["frames"]
    return len(frames) if isinstance(frames, list) else int(frames)


def _unpacked(archive: zipfile.ZipFile, name: str, folder: Path) -> Path:
    """A file of the zip, which holds files as they are: it unpacks to no more than was downloaded."""
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is packed")
    path = folder / name
    with archive.open(name) as packed, path.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return path


def _frames(path: Path, form: str, shape: tuple[int, int, int]) -> torch.Tensor:
    """All frames of a film, float32 [frames, height, width, channels] of 0..1."""
    channels = 3 if form == "rgb24" else 1
    most = 65535.0 if form == "gray16le" else 255.0
    found = torch.empty((*shape, channels))
    count = 0
    with av.open(str(path), format="matroska") as film:
        for frame in film.decode(video=0):
            if count == shape[0] or (frame.height, frame.width) != shape[1:]:
                raise ValueError(f"{path.name} has other frames than guide.json says")
            values = frame.to_ndarray(format=form).astype(np.float32) / most
            found[count] = torch.from_numpy(values.reshape(*shape[1:], channels))
            count += 1
    if count != shape[0]:
        raise ValueError(f"{path.name} has {count} frames of {shape[0]}")
    return found


def rate_of(about: dict[str, Any]) -> float:
    """Frames a second of guide.json: a number, or text such as "24000/1001".

    Raises:
        TakeOneError: it says none.
    """
    said = RATE.fullmatch(str(about.get("fps")))
    if said is None or float(said[1]) == 0:
        raise TakeOneError("The server's guide does not say its frame rate.")
    return float(said[1]) / float(said[2] or 1)
