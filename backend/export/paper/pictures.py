"""Pictures of shots: a frame of the take that is shown, else the shot's still."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw

from client.protocol.edit import Edit, Place, Shot

from ...engines.engine import EngineError
from ...media.movie import frame_at
from ...media.stills import read_still

GREY = (52, 52, 56)


class Pictures:
    """Pictures at most `side` pixels wide and high, read once each. What can't be shown is grey, and in `remarks`."""

    def __init__(self, edit: Edit, side: int) -> None:
        self._edit, self._side = edit, side
        self._made: dict[tuple[str, int, int], Image.Image] = {}
        self.remarks: list[str] = []

    def of(self, shot: Shot, place: Place | None, part: float = 0.5) -> Image.Image:
        """The shot at a part (0..1) of its length."""
        take = shot.take(place.take) if place else shot.current_take
        frames = min(place.frames, take.own(place.offset)) if place and take else place.frames if place else 1
        offset = (place.offset if place else 0) + int(part * (frames - 1))
        key = (shot.id, offset, hash(take.id) if take else 0)
        if key not in self._made:
            self._made[key] = self._read(shot, take.file if take else None, offset)
        return self._made[key]

    def _read(self, shot: Shot, clip: Path | None, offset: int) -> Image.Image:
        if clip is not None:
            try:
                return self._small(Image.fromarray(frame_at(clip, Fraction(offset) / self._edit.fps)))
            except (EngineError, OSError, av.FFmpegError):
                self.remarks.append(f"The take of shot '{shot.name}' can't be read: its still is shown. Make it again.")
        if shot.picture is not None:
            try:
                return self._small(read_still(shot.picture).convert("RGB"))
            except (EngineError, OSError, ValueError):
                self.remarks.append(f"The still of shot '{shot.name}' can't be read. Make a take, or render it again.")
        return self._blank()

    def _small(self, picture: Image.Image) -> Image.Image:
        picture.thumbnail((self._side, self._side), Image.Resampling.LANCZOS)
        return picture

    def _blank(self) -> Image.Image:
        width, height = self._edit.size
        scale = self._side / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        blank = Image.new("RGB", size, GREY)
        ImageDraw.Draw(blank).line((0, size[1], size[0], 0), (90, 90, 96), max(1, size[0] // 200))
        return blank
