"""A clip to an mp4: H.264 in BT.709 and AAC, written as the frames come."""

from __future__ import annotations

import dataclasses
import math
import queue
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from client.protocol import TakeRequest

from ..engines.engine import Cancelled, Clip, EngineError, Progress
from ..home import written_whole
from .conform import SOUND_RATE, conform_frames, conform_sound
from .disk import disk_full, is_full
from .movie import Movie, read_movie
from .picture import THUMBNAIL_SIDE, jpeg

BT709 = 1  # the number of BT.709 in the H.264 tables of primaries, transfer and matrix
LIMITED = 1  # FFmpeg's AVCOL_RANGE_MPEG
# Visually lossless, in less than half the time of "veryfast": see docs/benchmarks.md. A fixed quantizer, as a rate
# factor (crf) looks at each frame twice; grain and noise take more room by it. No B-frames and a key frame every half
# second, because these clips are scrubbed in an edit more than they are stored.
QUALITY = {"preset": "ultrafast", "qp": "13"}
WAITING = 4  # frames between the engine and the encoder


@dataclass(frozen=True)
class Written:
    """What is in the file. `thumbnail` is a JPEG of the first frame, `sound_seconds` is 0 without sound."""

    frames: int
    fps: Fraction
    width: int
    height: int
    sound_seconds: float
    thumbnail: bytes
    notes: tuple[str, ...] = ()


def write_clip(
    clip: Clip, request: TakeRequest, path: Path, progress: Progress, cancelled: Callable[[], bool]
) -> Written:
    """Writes `clip`, conformed to `request`'s frame rate and length, to `path` (whole, or not at all).

    A finished file that is as the request wants it is taken as it is; of another the frames and the sound are.

    Raises:
        EngineError: the disk is full (`disk_full`), or the clip is not what it said it would be.
        Cancelled: `cancelled()` said so.
    """
    if clip.file is None:
        return _encode_clip(clip, request, path, progress, cancelled)
    try:
        movie = read_movie(clip.file)
        if clip.sound is None and clip.window is None and movie.fits(request.fps, request.frame_count):
            return _pass_through(movie, request, path)
        written = _encode_clip(_conformed(clip, movie, request), request, path, progress, cancelled)
        return dataclasses.replace(written, notes=(*written.notes, *_movie_notes(movie, request)))
    finally:
        clip.file.unlink(missing_ok=True)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """`written_whole` of a clip.

    Raises:
        EngineError: `disk_full`.
    """
    try:
        with written_whole(path) as aside:
            yield aside
    except OSError as error:
        if is_full(error):
            raise disk_full(path.parent) from error
        raise


def _pass_through(movie: Movie, request: TakeRequest, path: Path) -> Written:
    with _whole(path) as aside:
        shutil.copyfile(movie.path, aside)
    height, width = movie.first.shape[:2]
    thumbnail = jpeg(movie.first, THUMBNAIL_SIDE, quality=88)
    return Written(len(movie.times), request.fps, width, height, movie.sound_seconds, thumbnail)


def _conformed(clip: Clip, movie: Movie, request: TakeRequest) -> Clip:
    """`clip` with the frames and the sound of its file, at the rate and of the length that `request` wants."""
    height, width = movie.first.shape[:2]
    left, top, wide, high = clip.window or (0.0, 0.0, 1.0, 1.0)
    x, y, width, height = round(left * width), round(top * height), round(wide * width), round(high * height)
    count = request.frame_count
    return dataclasses.replace(
        clip,
        width=width,
        height=height,
        fps=request.fps,
        frame_count=count,
        frames=(frame[y : y + height, x : x + width] for frame in movie.frames(request.fps, count)),
        sound=clip.sound or movie.sound(count / request.fps),
    )


def _movie_notes(movie: Movie, request: TakeRequest) -> tuple[str, ...]:
    notes, seconds = [], request.frame_count / request.fps
    if len(movie.times) > 1 and abs(movie.fps - request.fps) > Fraction(1, 100):
        notes.append(_rates(movie.fps, request.fps))
    if movie.seconds - seconds > 1 / request.fps:
        notes.append(f"The engine made {float(movie.seconds):.2f} s, which were cut to {float(seconds):.2f} s.")
    if seconds - movie.seconds > 1 / request.fps:
        notes.append(f"The engine made {float(movie.seconds):.2f} s: its last frame is held for the rest.")
    return tuple(notes)


def _encode_clip(
    clip: Clip, request: TakeRequest, path: Path, progress: Progress, cancelled: Callable[[], bool]
) -> Written:
    """The frames are taken on the calling thread and encoded on another, at most a handful wait between the two.
    A width or height that is odd gets one repeated line, because 4:2:0 has none."""
    count = request.frame_count
    sound = None
    if clip.sound is not None:
        sound = conform_sound(clip.sound, round(count / request.fps * SOUND_RATE))
    width, height = clip.width + clip.width % 2, clip.height + clip.height % 2
    thumbnail = b""
    try:
        with _whole(path) as aside, _Encoder(aside, width, height, request.fps, sound) as encoder:
            for index, frame in enumerate(_frames(clip, request)):
                if cancelled():
                    raise Cancelled
                encoder.add(_even(_checked(frame, clip)))
                if index == 0:
                    thumbnail = jpeg(frame, THUMBNAIL_SIDE, quality=88)
                progress((index + 1) / count, "", frame)
    finally:
        if isinstance(clip.frames, Generator):
            clip.frames.close()  # an engine that was not asked for its last frame ends its threads here
    seconds = 0.0 if sound is None else sound.shape[1] / SOUND_RATE
    return Written(count, request.fps, width, height, seconds, thumbnail, _notes(clip, request))


def _frames(clip: Clip, request: TakeRequest) -> Iterator[np.ndarray]:
    try:
        yield from conform_frames(iter(clip.frames), clip.fps, request.fps, request.frame_count)
    except ValueError as error:
        raise EngineError("engine_failed", f"The engine's clip can't be used: {error}.", "open_log") from error


def _checked(frame: np.ndarray, clip: Clip) -> np.ndarray:
    if frame.dtype != np.uint8 or frame.shape != (clip.height, clip.width, 3):
        wanted = f"{clip.width}x{clip.height} in 8-bit RGB"
        message = f"The engine gave a frame of {frame.dtype} {frame.shape}, not of {wanted}."
        raise EngineError("engine_failed", message, "open_log")
    return frame


def _even(frame: np.ndarray) -> np.ndarray:
    height, width = frame.shape[:2]
    if height % 2 or width % 2:
        return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(frame)


def _notes(clip: Clip, request: TakeRequest) -> tuple[str, ...]:
    notes = []
    if clip.width % 2 or clip.height % 2:
        notes.append(f"Video needs even sizes: {clip.width}x{clip.height} got one repeated line.")
    if clip.fps != request.fps:
        notes.append(_rates(clip.fps, request.fps))
    return tuple(notes)


def _rates(fps: Fraction, wanted: Fraction) -> str:
    return f"Conformed from {float(fps):.6g} to {float(wanted):.6g} frames a second."


class _Encoder:
    """A thread that turns frames into an mp4. A context: leaving it ends the file, or gives it up."""

    def __init__(self, path: Path, width: int, height: int, fps: Fraction, sound: np.ndarray | None) -> None:
        self._path, self._fps, self._sound = path, fps, sound
        self._width, self._height = width, height
        self._queue: queue.Queue[av.VideoFrame | None] = queue.Queue(WAITING)
        self._error: BaseException | None = None
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)

    def __enter__(self) -> _Encoder:
        self._thread.start()
        return self

    def add(self, frame: np.ndarray) -> None:
        """Hands over `frame` in the file's colours, a copy; waits while the encoder is behind."""
        from .planes import planar  # numba, which is dear to import

        self._put(planar(frame))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._given_up = kind is not None
        try:
            self._put(None)
        except BaseException:
            self._thread.join()
            if kind is None:
                raise
            return
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error

    def _put(self, item: av.VideoFrame | None) -> None:
        while True:
            if self._error is not None:
                raise self._error
            try:
                return self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue

    def _run(self) -> None:
        try:
            # A movie time base that holds both a frame and a sample exactly, so that no length is rounded.
            exact = math.lcm(SOUND_RATE, self._fps.numerator)
            options = {
                "movflags": "+faststart",
                "movie_timescale": str(exact if exact < 2**31 else SOUND_RATE),
            }
            with av.open(str(self._path), "w", format="mp4", options=options) as container:
                self._encode(container)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that adds frames
            self._error = error

    def _encode(self, container: av.container.OutputContainer) -> None:
        video = container.add_stream("libx264", rate=self._fps)
        video.width, video.height, video.pix_fmt = self._width, self._height, "yuv420p"
        video.time_base = 1 / self._fps
        keys = max(1, round(self._fps / 2))
        video.options = {**QUALITY, "bf": "0", "g": str(keys)}
        context = video.codec_context
        context.time_base = 1 / self._fps
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = LIMITED
        context.thread_count = 1
        sound = None if self._sound is None else _SoundTrack(container, self._sound)
        index = 0
        while (frame := self._queue.get()) is not None:
            frame.pts, frame.time_base = index, 1 / self._fps
            container.mux(video.encode(frame))
            index += 1
            if sound is not None:
                sound.write_until(index / self._fps)
        if self._given_up:
            return
        container.mux(video.encode(None))
        if sound is not None:
            sound.finish()


class _SoundTrack:
    """The AAC stream, fed alongside the picture so that the file is interleaved."""

    def __init__(self, container: av.container.OutputContainer, samples: np.ndarray) -> None:
        self._container, self._samples, self._at = container, samples, 0
        self._stream = container.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        self._stream.bit_rate = 192_000
        self._stream.options = {"aac_coder": "fast"}  # as true at this rate, in a quarter of the default one's time

    def write_until(self, seconds: Fraction) -> None:
        end = min(self._samples.shape[1], int(seconds * SOUND_RATE))
        if end <= self._at:
            return
        part = np.ascontiguousarray(self._samples[:, self._at : end])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.rate, frame.pts, frame.time_base = SOUND_RATE, self._at, Fraction(1, SOUND_RATE)
        self._container.mux(self._stream.encode(frame))
        self._at = end

    def finish(self) -> None:
        self.write_until(Fraction(self._samples.shape[1] + 1, SOUND_RATE))
        self._container.mux(self._stream.encode(None))
