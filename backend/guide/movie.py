"""A movie that is written picture by picture."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np


@dataclass(frozen=True)
class Format:
    """How a movie keeps its pictures: pixels come as `given` and are kept as `kept`, by FFmpeg's names. The codec may
    have so many `threads`, 0 as many as it likes."""

    container: str
    codec: str
    given: str
    kept: str
    options: Mapping[str, str] = field(default_factory=dict)
    threads: int = 0


@contextlib.contextmanager
def written(path: Path, how: Format, size: tuple[int, int], rate: Fraction) -> Iterator[Callable[[np.ndarray], None]]:
    """A function that adds a picture to a new movie of `size` (width, height) at `path`. PyAV makes `given` pixels the
    stream's `kept` ones."""
    with av.open(str(path), "w", format=how.container) as container:
        stream = cast("av.VideoStream", container.add_stream(how.codec, rate=rate))
        stream.width, stream.height, stream.pix_fmt = *size, how.kept
        stream.options = dict(how.options)
        stream.codec_context.thread_count = how.threads
        index = 0

        def add(picture: np.ndarray) -> None:
            nonlocal index
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=how.given)
            frame.pts, frame.time_base = index, 1 / rate
            container.mux(stream.encode(frame))
            index += 1

        yield add
        container.mux(stream.encode(None))
