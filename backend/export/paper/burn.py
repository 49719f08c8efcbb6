"""Burn-ins: an exported cut once more, with the text of each frame drawn into it. The sound is kept as it is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter
from PIL import Image, ImageDraw, ImageFont

from client.protocol.edit import Edit
from client.protocol.edit.burn_in import BurnIn

from ...home import written_whole
from ...media.movie import open_movie
from ..errors import ExportError
from .fonts import Fonts, find

SIZE = 0.03  # of the picture's height
LEAST = 9  # pixels
MARGIN = 0.022  # of the picture's width and height
INK, EDGE = (255, 255, 255, 255), (0, 0, 0, 200)
QUALITY = {"crf": "15", "preset": "veryfast"}
BT709, LIMITED = 1, 1  # as H.264 numbers them


def burn(
    edit: Edit,
    movie: Path,
    out: Path,
    burn_in: BurnIn,
    fonts: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[str]:
    """Writes `movie`, which is the whole cut of `edit`, to `out` with its burn-ins: whole, or not at all. The remarks.

    Raises:
        ExportError: the movie can't be read, or has another length than the edit.
        OSError: `out` can't be written.
    """
    texts = {frame: burn_in.at(edit, edit.start + frame) for frame in range(edit.frames)}
    with tempfile.TemporaryDirectory(prefix="take-one-") as room:
        every = {text for found in texts.values() for text in found.values()}
        found = find(every, fonts, Path(room))
        try:
            with written_whole(out) as aside:
                count = _write(movie, aside, texts, _Letters(found), edit.fps, progress)
                if count != edit.frames:
                    message = f"'{movie.name}' has {count} frames and the edit {edit.frames}. Export the cut again."
                    raise ExportError("invalid_file", message)
        except av.FFmpegError as error:
            message = f"'{movie.name}' can't be read: {error.strerror or error}. Export the cut again."
            raise ExportError("invalid_file", message) from error
    return found.remarks()


class _Letters:
    """Draws texts, each only once."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._made: dict[tuple[str, int], np.ndarray] = {}

    def picture(self, text: str, size: int) -> np.ndarray:
        """Float32 [height, width, 4], colours 0..255, coverage 0..1."""
        if (text, size) not in self._made:
            if len(self._made) > 500:
                self._made.clear()
            self._made[text, size] = self._drawn(text, size)
        return self._made[text, size]

    def _drawn(self, text: str, size: int) -> np.ndarray:
        path = self._fonts.of(text)
        font = ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)
        shown = "".join(character for character in text if character not in self._fonts.lacking)
        edge = max(1, size // 12)
        probe = ImageDraw.Draw(Image.new("RGBA", (1, 1)))
        left, top, right, bottom = probe.multiline_textbbox((0, 0), shown, font, stroke_width=edge)
        picture = Image.new("RGBA", (max(1, int(right - left) + 1), max(1, int(bottom - top) + 1)))
        draw = ImageDraw.Draw(picture)
        draw.multiline_text((-left, -top), shown, INK, font, stroke_width=edge, stroke_fill=EDGE)
        found = np.asarray(picture).astype(np.float32)
        found[..., 3] /= 255
        return found


def draw(frame: np.ndarray, texts: dict[str, str], letters: _Letters) -> np.ndarray:
    """`frame` (uint8 RGB [height, width, 3]) with a text at each of its places."""
    height, width = frame.shape[:2]
    size = max(LEAST, round(SIZE * height))
    frame = frame.copy()
    for place, text in texts.items():
        picture = letters.picture(text, size)[:height, :width]
        high, wide = picture.shape[:2]
        x = round(MARGIN * width) if "left" in place else width - round(MARGIN * width) - wide
        if "left" not in place and "right" not in place:
            x = (width - wide) // 2
        y = round(MARGIN * height) if place.startswith("top") else height - round(MARGIN * height) - high
        x, y = max(0, min(x, width - wide)), max(0, min(y, height - high))
        part = frame[y : y + high, x : x + wide]
        part[...] = np.rint(part + (picture[..., :3] - part) * picture[..., 3:]).astype(np.uint8)
    return frame


def _write(
    movie: Path,
    aside: Path,
    texts: dict[int, dict[str, str]],
    letters: _Letters,
    edit_rate: Fraction,
    progress: Callable[[int, int], None],
) -> int:
    """How many frames were written."""
    count = 0
    with open_movie(movie) as source, av.open(str(aside), "w", format="mp4") as target:
        if not source.streams.video:
            raise ExportError("invalid_file", f"'{movie.name}' has no picture. Export the cut again.")
        video = source.streams.video[0]
        if video.frames and video.frames != len(texts):
            return int(video.frames)
        rate = video.average_rate or edit_rate
        stream = target.add_stream("libx264", rate=rate, options=QUALITY)
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED
        sounds = {one.index: target.add_stream_from_template(one) for one in source.streams.audio[:1]}
        to_rgb, to_yuv = VideoReformatter(), VideoReformatter()
        for packet in source.demux(video, *source.streams.audio[:1]):
            if packet.stream.index in sounds:
                if packet.dts is not None:
                    packet.stream = sounds[packet.stream.index]
                    target.mux(packet)
                continue
            for frame in cast(list[av.VideoFrame], packet.decode()):
                rgb = to_rgb.reformat(frame, format="rgb24", src_colorspace=Colorspace.ITU709, dst_color_range="JPEG")
                drawn = draw(rgb.to_ndarray(), texts.get(count, {}), letters)
                made = av.VideoFrame.from_ndarray(drawn, format="rgb24")
                yuv = to_yuv.reformat(
                    made,
                    format="yuv420p",
                    src_color_range="JPEG",
                    dst_colorspace=Colorspace.ITU709,
                    dst_color_range="MPEG",
                    dst_color_primaries=BT709,
                    dst_color_trc=BT709,
                )
                yuv.pts, yuv.time_base = count, Fraction(1) / rate
                target.mux(stream.encode(yuv))
                count += 1
                progress(count, len(texts))
        target.mux(stream.encode(None))
    return count
