"""The draft engine's sound for a request: its dialogue at -23 LUFS (EBU R 128), over the ambience that its words ask
for, which is as loud with dialogue as without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from client.protocol import TakeRequest

from ...engine import Sound

if TYPE_CHECKING:
    from .speech.lines import Dialogue

RATE = 48000
CEILING_DB = -1.5  # dBTP: half a decibel of room for what the AAC coder adds
DUCKED = -6.0  # dB: the ambience while somebody speaks
FADE = 0.03  # seconds at both ends


def soundtrack(request: TakeRequest, seconds: float) -> tuple[Sound, tuple[str, ...]]:
    """Stereo sound of exactly round(seconds * 48000) samples, and notes for the user.

    The same request and seconds give the same samples. Silence is exact zeros if the words ask for it.
    """
    from .ambience import ambience
    from .levels import faded, limited, pieces
    from .read import read_sound

    count = max(0, round(seconds * RATE))
    if not count:
        return Sound(np.zeros((2, 0), np.float32), RATE), ()
    reading = read_sound(request.direction.sound, request.direction.prompt)
    notes = list(reading.notes)
    spoken = _spoken(request, count) if request.direction.dialogue else None
    mix = ambience(reading.events, count, request.seed) if reading.events else np.zeros((2, count), np.float32)
    if spoken is not None:
        notes += spoken.notes
        if spoken.activity.any():
            for part, gain, voice in zip(pieces(mix), ducking(spoken.activity), pieces(spoken.samples), strict=True):
                part *= gain
                part += voice
        del spoken
    limited(mix, 10 ** (CEILING_DB / 20), out=mix)
    return Sound(faded(mix, FADE, out=mix), RATE), tuple(dict.fromkeys(notes))


def of_several(shots: Sequence[TakeRequest], fps: Fraction) -> tuple[Sound, tuple[str, ...]]:
    """The sound of a clip that has these shots, one after the other, each cut to the sample; notes name their shot."""
    frames, at, parts, notes = 0, 0, [], []
    for number, shot in enumerate(shots, 1):
        frames += shot.frame_count
        after = round(frames / fps * RATE)
        sound, said = soundtrack(shot, (after - at) / RATE)
        parts.append(sound.samples)
        notes += [f"Shot {number}: {note}" for note in said]
        at = after
    return Sound(np.concatenate(parts, axis=1), RATE), tuple(notes)


def _spoken(request: TakeRequest, count: int) -> Dialogue | None:
    """The dialogue within what the shot shows: nobody speaks in its handles."""
    from .speech.lines import Dialogue, dialogue

    first, after = (round(frame / float(request.fps) * RATE) for frame in request.shot_frames)
    first, after = min(first, count), min(after, count)
    spoken = dialogue(request.direction.dialogue, after - first)
    if spoken is None or after - first == count:
        return spoken
    around = (first, count - after)
    return Dialogue(np.pad(spoken.samples, ((0, 0), around)), np.pad(spoken.activity, around), spoken.notes)


def ducking(activity: np.ndarray) -> Iterator[np.ndarray]:
    """The ambience's gain under dialogue, whose `activity` is 0..1 for each sample, some at a time (see levels.pieces):
    down as somebody begins to speak, back within half a second after, and 1 elsewhere."""
    from .levels import pieces

    block = 480  # 10 ms
    busy = np.maximum.reduceat(activity, np.arange(0, activity.size, block))
    kernel = np.hanning(61)
    held = np.convolve(np.pad(busy, 15), np.ones(31), mode="valid") > 0
    smooth = np.convolve(np.pad(held.astype(np.float64), 30, mode="edge"), kernel / kernel.sum(), mode="valid")
    at, first = (np.arange(busy.size) + 0.5) * block, 0
    for part in pieces(activity):
        curve = np.interp(np.arange(first, first + part.size), at, smooth)
        yield (10 ** ((DUCKED * curve) / 20)).astype(np.float32)
        first += part.size
