"""Fits a clip to the edit: as many frames and as much sound as the edit's frame rate asks for, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from ..engines.engine import Sound

SOUND_RATE = 48_000
PIECE = 5 * SOUND_RATE  # samples that are worked on at a time
FADE = 240  # samples, 5 ms: long enough that a cut does not click, too short to be heard


def conform_frames(frames: Iterator[np.ndarray], rate: Fraction, fps: Fraction, count: int) -> Iterator[np.ndarray]:
    """Exactly `count` frames at `fps` from `frames` at `rate`: each time the nearest one.

    Nearest, not a blend: a blend of two frames doubles every edge that moves, on half of the frames; a
    repeated or dropped frame keeps each picture as the engine made it, and the first is the still itself.
    A clip that ends early holds its last frame. No more than one frame is kept.

    Raises:
        ValueError: there was not a single frame.
    """
    # round(index * rate / fps), halves up
    return pick(frames, ((index * rate * 2 + fps) // (fps * 2) for index in range(count)))


def pick(frames: Iterator[np.ndarray], indices: Iterable[int]) -> Iterator[np.ndarray]:
    """The frames of these rising indices; the last one again and again where there are no more.

    Raises:
        ValueError: there was not a single frame.
    """
    position = -1
    frame = None
    for wanted in indices:
        while position < wanted:
            following = next(frames, None)
            if following is None:
                break
            frame, position = following, position + 1
        if frame is None:
            raise ValueError("the clip has no frames")
        yield frame


def conform_sound(sound: Sound, samples: int) -> np.ndarray:
    """Stereo float32 [2, samples] at 48 kHz: resampled, then cut with a short fade or filled with silence. Sound that
    is so already is given as it is."""
    stereo = _resample(_stereo(sound.samples), sound.rate)
    if stereo.shape[1] == samples and all(np.abs(part).max() <= 1 for part in _pieces(stereo)):  # what is NaN is not
        return stereo
    filled = np.zeros((2, samples), np.float32)
    kept = filled[:, : stereo.shape[1]]
    kept[:] = stereo[:, :samples]
    if stereo.shape[1] > samples:
        fade = min(FADE, samples)
        kept[:, samples - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    for part in _pieces(kept):
        np.clip(np.nan_to_num(part), -1, 1, out=part)
    return filled


def _pieces(stereo: np.ndarray) -> Iterator[np.ndarray]:
    """`stereo` some seconds at a time, so that long sound needs no more memory."""
    for first in range(0, stereo.shape[1], PIECE):
        yield stereo[:, first : first + PIECE]


def _stereo(samples: np.ndarray) -> np.ndarray:
    samples = np.atleast_2d(np.asarray(samples, np.float32))
    if samples.shape[0] == 1:
        return np.repeat(samples, 2, axis=0)
    if samples.shape[0] != 2:
        raise ValueError(f"sound has {samples.shape[0]} channels, not one or two")
    return samples


def _resample(stereo: np.ndarray, rate: int) -> np.ndarray:
    if rate == SOUND_RATE or stereo.shape[1] == 0:
        return stereo
    from av import AudioFrame, AudioResampler

    frame = AudioFrame.from_ndarray(np.ascontiguousarray(stereo), format="fltp", layout="stereo")
    frame.rate = rate
    resampler = AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    parts = [part.to_ndarray() for part in (*resampler.resample(frame), *resampler.resample(None))]
    return np.concatenate(parts, axis=1)
