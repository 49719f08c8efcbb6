"""Clips that the fakes hand out: small, with sound, of a brightness that tells the frame."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache

import av
import numpy as np

RATE = 48_000


@cache
def clip(seconds: int, fps: int = 24, size: tuple[int, int] = (96, 54), sound: bool = True) -> bytes:
    """An mp4: H.264 and AAC. Frame n has the brightness `level(n)`, with a white column at its left edge."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=fps)
        video.width, video.height, video.pix_fmt = size[0], size[1], "yuv420p"
        video.options = {"preset": "ultrafast", "crf": "8", "bf": "0"}
        audio = container.add_stream("aac", rate=RATE, layout="stereo") if sound else None
        for index in range(seconds * fps):
            picture = np.full((size[1], size[0], 3), level(index), np.uint8)
            picture[:, : size[0] // 12] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            times = np.arange(seconds * RATE) / RATE
            samples = (0.2 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
            wave = av.AudioFrame.from_ndarray(np.stack([samples, samples]), format="fltp", layout="stereo")
            wave.rate, wave.pts = RATE, 0
            container.mux(audio.encode(wave))
            container.mux(audio.encode(None))
    return buffer.getvalue()


def level(index: int) -> int:
    """The brightness of frame `index`."""
    return 40 + index % 160
