"""A finished movie that an engine hands over: what it holds, and its frames and sound if they must be made to fit."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter

from ..engines.engine import EngineError, Sound
from .conform import SOUND_RATE, pick
from .stills import MAX_PIXELS

AAC_BLOCK = Fraction(1024, SOUND_RATE)  # seconds: AAC has no finer length
BT709, UNSPECIFIED, FULL = 1, 2, 2  # as H.264 numbers matrices, FFmpeg ranges
MATRICES = {BT709: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601}
# A foreign movie is a file of one of these kinds and nothing else: a playlist or a script that goes by a movie's name
# (FFmpeg knows several) would have other files and addresses opened. What a movie names inside is held to the same.
CONTAINERS = "mov,matroska,avi"
ALONE = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
BOUNDED = {"max_pixels": str(MAX_PIXELS)}
PROBED: Any = [BOUNDED] * 16  # for each stream; PyAV's types say something else
SLOWEST = 4000  # samples a second: of less, a small file's sound would fill the memory when it is made 48 kHz
HD = 720  # lines from which a movie that does not say its colours has BT.709's


@dataclass(frozen=True)
class Movie:
    """`times` are those of its frames in seconds, from its first. `sound_seconds` is 0 without sound. `first` is the
    first frame, uint8 RGB [height, width, 3]. `plain` says that it is such as we write ourselves: an MP4 with H.264 in
    yuv420p and BT.709, upright, and nothing or AAC at 48 kHz; no other streams, nothing hidden. `begins` is where its
    file, which may be cut out of a longer one, has the first frame, in seconds."""

    path: Path
    times: tuple[Fraction, ...]
    first: np.ndarray
    sound_seconds: float
    plain: bool
    begins: Fraction = Fraction(0)

    def fits(self, fps: Fraction, count: int) -> bool:
        """Whether it is a take of `count` frames at `fps` as it stands: each frame where it belongs, and the sound as
        long as the picture."""
        if not self.plain or len(self.times) != count:
            return False
        tick = Fraction(1, 1000)  # a movie may count in milliseconds
        even = all(abs(time - index / fps) <= tick for index, time in enumerate(self.times))
        return even and (not self.sound_seconds or abs(self.sound_seconds - count / fps) <= AAC_BLOCK)

    @property
    def fps(self) -> Fraction:
        """Its mean rate, 1 for a single frame."""
        return (len(self.times) - 1) / self.times[-1] if self.times[-1] else Fraction(1)

    @property
    def seconds(self) -> Fraction:
        return self.times[-1] + 1 / self.fps

    def frames(self, fps: Fraction, count: int) -> Iterator[np.ndarray]:
        """`count` frames at `fps`, each the nearest one in time; the last is held where the movie is shorter."""
        return pick(self._decoded(), (self._nearest(index / fps) for index in range(count)))

    def sound(self, seconds: Fraction) -> Sound | None:
        """Its sound: `seconds` of it and no more than a frame beyond, silent until it begins."""
        if not self.sound_seconds:
            return None
        with _open(self.path) as container:
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
            parts: list[np.ndarray] = []
            samples = 0
            for frame in container.decode(stream):
                if frame.sample_rate < SLOWEST:
                    raise _unreadable(f"its sound has {frame.sample_rate} samples a second")
                if not parts and frame.time is not None and frame.time > self.begins:
                    samples = round(min(frame.time - float(self.begins), float(seconds)) * SOUND_RATE)
                    parts.append(np.zeros((2, samples), np.float32))
                for resampled in resampler.resample(frame):
                    parts.append(resampled.to_ndarray())
                    samples += resampled.samples
                if samples > seconds * SOUND_RATE:
                    break
            parts += [rest.to_ndarray() for rest in resampler.resample(None)]
        return Sound(np.concatenate(parts, axis=1), SOUND_RATE) if parts else None

    def _nearest(self, time: Fraction) -> int:
        later = bisect.bisect_left(self.times, time)
        if later == len(self.times):
            return later - 1
        return later if later == 0 or self.times[later] - time <= time - self.times[later - 1] else later - 1

    def _decoded(self) -> Iterator[np.ndarray]:
        with _open(self.path) as container:
            to_rgb = VideoReformatter()
            for frame in container.decode(video=0):
                yield _rgb(frame, to_rgb)


def read_movie(path: Path) -> Movie:
    """What the movie at `path` holds.

    Raises:
        EngineError: `engine_failed`: it can't be read, has no picture, or one of more than MAX_PIXELS.
    """
    with _open(path) as container:
        if not container.streams.video:
            raise _unreadable("it has no picture")
        video, sounds = container.streams.video[0], container.streams.audio
        first = next(iter(container.decode(video)), None)
        if first is None:
            raise _unreadable("it has no frames")
        plain = "mp4" in container.format.name and _is_plain(video, first)
        plain = plain and len(container.streams) == 1 + len(sounds) and len(sounds) <= 1
        seconds = 0.0
        if sounds:
            sound = sounds[0]
            plain = plain and sound.codec_context.name == "aac" and sound.rate == SOUND_RATE
            plain = plain and abs(_start(sound) - _start(video)) <= AAC_BLOCK
            seconds = (
                float((sound.duration or 0) * (sound.time_base or 0)) or float(container.duration or 0) / av.time_base
            )
        first_rgb = _rgb(first, VideoReformatter())
    with _open(path) as container:
        video = container.streams.video[0]
        base = video.time_base or Fraction(1, 1000)
        packets = [packet for packet in container.demux(video) if packet.pts is not None]
    hidden = [packet for packet in packets if packet.is_discard]  # such as were cut off without being encoded anew
    stamps = sorted(packet.pts for packet in packets if not packet.is_discard and packet.pts is not None)
    if not stamps:
        raise _unreadable("it does not say when its frames are shown")
    times = tuple((stamp - stamps[0]) * base for stamp in stamps)
    return Movie(path, times, first_rgb, seconds, plain and not hidden, _start(video, stamps[0]))


def open_movie(path: Path) -> av.container.InputContainer:
    """The movie at `path`, whoever made it: see `CONTAINERS`. Frames of more than MAX_PIXELS are not decoded.

    Raises:
        av.FFmpegError: it is none.
    """
    container = av.open(str(path), options=ALONE, stream_options=PROBED)  # it decodes already, to find out
    for video in container.streams.video:
        video.codec_context.options = BOUNDED  # of each frame: they may grow on the way
    return container


def frame_at(path: Path, time: Fraction) -> np.ndarray:
    """The frame that the movie at `path` shows `time` seconds after its first one, its last where it is shorter; uint8
    RGB [height, width, 3].

    Raises:
        EngineError: `engine_failed`: it can't be read, or has no picture.
    """
    with _open(path) as container:
        if not container.streams.video:
            raise _unreadable("it has no picture")
        video = container.streams.video[0]
        first = next((packet.pts for packet in container.demux(video) if packet.pts is not None), None)
        base, wanted = video.time_base or Fraction(1, 1000), _start(video, first) + time
        container.seek(int(wanted / base), stream=video)
        shown = None
        for frame in container.decode(video):
            if shown is not None and frame.pts is not None and frame.pts * base > wanted + Fraction(1, 2000):
                break
            shown = frame
        if shown is None:
            raise _unreadable("it has no frames")
        return _rgb(shown, VideoReformatter())


def _is_plain(video: av.VideoStream, first: av.VideoFrame) -> bool:
    context = video.codec_context
    return (
        context.name == "h264"
        and context.pix_fmt == "yuv420p"
        and first.rotation == 0
        and int(context.colorspace) in (BT709, UNSPECIFIED)
        and int(context.color_range) != FULL
    )


def _rgb(frame: av.VideoFrame, to_rgb: VideoReformatter) -> np.ndarray:
    """uint8 RGB, upright, by the colours that the frame says it has."""
    matrix = MATRICES.get(int(frame.colorspace), Colorspace.ITU709 if frame.height >= HD else Colorspace.ITU601)
    full = int(frame.color_range) == FULL or (frame.format.name or "").startswith("yuvj")
    converted = to_rgb.reformat(
        frame,
        format="rgb24",
        src_colorspace=int(matrix),
        src_color_range="JPEG" if full else "MPEG",
        dst_color_range="JPEG",
    )
    return np.ascontiguousarray(np.rot90(converted.to_ndarray(), frame.rotation // 90))


def _start(stream: av.VideoStream | av.AudioStream, first: int | None = None) -> Fraction:
    """When a stream begins, in seconds: of one that does not say so (Matroska's), at its `first` frame."""
    return ((first if stream.start_time is None else stream.start_time) or 0) * (stream.time_base or Fraction(0))


@contextmanager
def _open(path: Path) -> Iterator[av.container.InputContainer]:
    try:
        with open_movie(path) as container:
            for video in container.streams.video[:1]:
                if video.width * video.height > MAX_PIXELS:
                    raise _unreadable(f"it has {video.width} x {video.height} pixels, more than any engine makes")
            yield container
    except av.FFmpegError as error:
        raise _unreadable(str(error)) from error


def _unreadable(why: str) -> EngineError:
    return EngineError("engine_failed", f"The movie that the engine handed over can't be read: {why}.", "retry")
