"""The still as a provider takes it: upright, in sRGB, of a size, a shape and a weight that it accepts."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ....media.stills import read_still
from .model import Pictures

LIGHT = 3 << 20  # bytes up to which a picture is sent without loss
QUALITIES = (95, 90, 85, 75, 60)
WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Sent:
    """A picture to send. `window` is where in it the still is: left, top, width, height as fractions."""

    data: bytes
    kind: str
    size: tuple[int, int]
    window: tuple[float, float, float, float] = WHOLE

    @property
    def base64(self) -> str:
        return base64.b64encode(self.data).decode()

    @property
    def url(self) -> str:
        """A data URL."""
        return f"data:{self.kind};base64,{self.base64}"

    @property
    def ratio(self) -> str:
        """The frame's shape, such as 16:9, where it is one of few."""
        return "16:9" if self.size[0] >= self.size[1] else "9:16"


@dataclass(frozen=True)
class Seen:
    """The pictures of an order: the `still` that it begins with and perhaps the `last` frame, or `references`, for
    models that begin with none. `frame` is the clip's shape (width, height)."""

    frame: tuple[int, int]
    still: Sent | None = None
    last: Sent | None = None
    references: tuple[Sent, ...] = ()

    @property
    def first(self) -> Sent:
        """The still, where it has to be there."""
        assert self.still is not None
        return self.still


def nearest(size: tuple[int, int], ratios: Iterable[str]) -> str:
    """Of ratios such as 16:9 that whose shape is nearest to `size`."""
    return min(ratios, key=lambda ratio: abs(math.log(size[1] * width_of(ratio) / size[0])))


def width_of(ratio: str) -> float:
    """The width of a ratio such as 16:9 to its height."""
    width, _, height = ratio.partition(":")
    return int(width) / int(height)


def middle(ratio: str, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Where in a clip of `ratio` the middle in the shape of `size` is: see `Sent.window`."""
    share = size[0] / size[1] / width_of(ratio)
    if abs(share - 1) < 0.005:
        return WHOLE
    wide, high = min(1.0, share), min(1.0, 1 / share)
    return (1 - wide) / 2, (1 - high) / 2, wide, high


def to_send(path: Path, size: tuple[int, int] | None, limits: Pictures) -> Sent:
    """The picture at `path` for a clip of `size` (width, height), within `limits`. None: it keeps its shape.

    Raises:
        EngineError: `still_unreadable`.
    """
    picture = read_still(path) if size is None else _cropped(read_still(path), size)
    framed, window = _framed(picture, limits)
    data, kind, sent = _encoded(_scaled(framed, limits), limits.bytes)
    return Sent(data, kind, sent, window)


def _cropped(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of the picture in the shape of the clip, where the two differ by more than a pixel."""
    width, height = picture.size
    wide, high = size
    new_width, new_height = min(width, round(height * wide / high)), min(height, round(width * high / wide))
    if width - new_width <= 1 and height - new_height <= 1:
        return picture
    left, top = (width - new_width) // 2, (height - new_height) // 2
    return picture.crop((left, top, left + new_width, top + new_height))


def _framed(picture: Image.Image, limits: Pictures) -> tuple[Image.Image, tuple[float, float, float, float]]:
    """The picture with black bars where its shape is none that the model makes."""
    width, height = picture.size
    shape = width / height
    if limits.frames:
        wanted = min((w / h for w, h in limits.frames), key=lambda ratio: abs(ratio - shape))
    else:
        wanted = min(max(shape, limits.ratios[0]), limits.ratios[1])
    if abs(wanted / shape - 1) < 0.005:
        return picture, WHOLE
    frame = (width, round(width / wanted)) if wanted < shape else (round(height * wanted), height)
    left, top = (frame[0] - width) // 2, (frame[1] - height) // 2
    barred = Image.new("RGB", frame)
    barred.paste(picture, (left, top))
    return barred, (left / frame[0], top / frame[1], width / frame[0], height / frame[1])


def _scaled(picture: Image.Image, limits: Pictures) -> Image.Image:
    scale = min(1.0, limits.longest / max(picture.size))
    scale = max(scale, limits.side / min(picture.size))
    if scale == 1.0:
        return picture
    size = (max(limits.side, round(picture.width * scale)), max(limits.side, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image, most: int) -> tuple[bytes, str, tuple[int, int]]:
    """The picture as a file of at most so many bytes, its kind, and its size, which may be less."""
    png = _written(picture, "PNG")
    if len(png) <= min(most, LIGHT):
        return png, "image/png", picture.size
    for quality in QUALITIES:
        data = _written(picture, "JPEG", quality=quality, subsampling=0)
        if len(data) <= most:
            return data, "image/jpeg", picture.size
    half = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    return _encoded(half, most)


def _written(picture: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
