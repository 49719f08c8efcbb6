"""The dialogue: lines spoken one after another, timed to the shot, each speaker with a voice and a place."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from client.protocol import Line

from ..levels import RATE, faded, loudness
from .voice import VARIANTS, VOICE_RATE, Timbre, VoiceError, readable, speak

USUAL_PACE = 165  # words a minute
MOST_HASTE = 1.4  # how much faster than usual lines may be spoken to fit the shot
REVERB = 0.22  # seconds that the room answers
LEAD_IN = 0.4  # seconds before the first line
GAP, OWN_GAP = 0.4, 0.22  # seconds before another speaker's line, and before the same speaker's next
TAIL = 0.25
SPEECH_LOUDNESS = -23.0  # LUFS of each line by itself, both sides together (EBU R 128)


@dataclass(frozen=True)
class Dialogue:
    """`samples`: float32 [2, samples] at 48 kHz. `activity`: 0..1 for each sample, where somebody speaks."""

    samples: np.ndarray
    activity: np.ndarray
    notes: tuple[str, ...]


def dialogue(lines: Sequence[Line], count: int) -> Dialogue | None:
    """`lines` spoken within `count` samples; None if there is nothing to say or no voice to say it."""
    spoken = [line for line in lines if readable(line.line, line.language)[0]]
    notes = ["A line of dialogue has nothing that can be spoken." for _ in range(len(spoken) < len(lines))]
    if not spoken:
        return Dialogue(*_silence(count), tuple(notes)) if notes else None
    timbres = _timbres([line.speaker for line in spoken])
    gaps = [OWN_GAP if a.speaker == b.speaker else GAP for a, b in pairwise(spoken)]
    try:
        utterances = [speak(line.line, line.language, timbres[line.speaker], USUAL_PACE) for line in spoken]
        room = count / RATE
        pauses = min(LEAD_IN, 0.12 * room) + sum(gaps) + min(TAIL, 0.08 * room)
        length = sum(map(len, utterances)) / VOICE_RATE
        if length + pauses > room:
            tight = 0.5
            pauses, gaps = pauses * tight, [gap * tight for gap in gaps]
            haste = min(length / max(room - pauses, 0.1) * 1.03, MOST_HASTE)
            if haste > 1.0:
                pace = USUAL_PACE * haste
                utterances = [speak(line.line, line.language, timbres[line.speaker], round(pace)) for line in spoken]
    except VoiceError as error:
        return Dialogue(*_silence(count), (f"The dialogue is not heard: {error}",))
    spare = count / RATE - sum(map(len, utterances)) / VOICE_RATE - sum(gaps)
    at = min(LEAD_IN, max(0.0, 0.5 * spare))
    if spare < 0:
        needed = np.ceil(10 * (count / RATE - spare + TAIL)) / 10
        notes.append(f"The dialogue is longer than the shot: {needed:.1f} s would fit it.")
    return _placed(spoken, utterances, gaps, at, count, notes)


def _silence(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros((2, count), np.float32), np.zeros(count, np.float32)


def _placed(
    lines: list[Line], utterances: list[np.ndarray], gaps: list[float], at: float, count: int, notes: list[str]
) -> Dialogue:
    import soxr

    samples, activity = _silence(count)
    sides = _sides([line.speaker for line in lines])
    start = round(at * RATE)
    for line, utterance, gap in zip(lines, utterances, [*gaps, 0.0], strict=True):
        voice = soxr.resample(utterance, VOICE_RATE, RATE).astype(np.float32)
        level = loudness(voice[None, :])
        voice = faded((voice - voice.mean()) * 10 ** ((SPEECH_LOUDNESS - level) / 20), 0.005)
        room = count - start
        if len(voice) > room:
            voice = voice[: max(room, 0)].copy()
            fade = min(len(voice), round(0.12 * RATE))
            voice[len(voice) - fade :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / max(fade, 1))
        if not len(voice):
            break
        angle = 0.25 * np.pi * (1.0 + sides[line.speaker])
        end = start + len(voice)
        samples[0, start:end] += np.float32(np.cos(angle)) * voice
        samples[1, start:end] += np.float32(np.sin(angle)) * voice
        activity[start:end] = 1.0
        start = end + round(gap * RATE)
    spoken = np.flatnonzero(activity)
    if len(spoken):
        heard = slice(spoken[0], spoken[-1] + 1 + round(REVERB * RATE))
        samples[:, heard] = _in_a_room(samples[:, heard])
    return Dialogue(samples, activity, tuple(notes))


def _in_a_room(samples: np.ndarray) -> np.ndarray:
    """A little of a room around the dry voice: early reflections and a short, dark tail 20 dB down."""
    from ..noise import convolved

    if not samples.shape[1]:
        return samples
    random = np.random.default_rng(0xB0)
    length = round(REVERB * RATE)
    t = np.arange(length) / RATE
    tail = random.standard_normal((2, length)) * np.exp(-t / 0.045) * np.clip(t / 0.004, 0, 1)
    tail = np.cumsum(tail - 0.35 * np.roll(tail, 1, axis=1), axis=1) * np.exp(-t / 0.05)  # darker
    tail *= 0.16 / np.sqrt((tail**2).sum(axis=1, keepdims=True))
    return (samples + convolved(samples, tail)).astype(np.float32)


def _timbres(speakers: list[str]) -> dict[str, Timbre]:
    """A voice for each speaker, from the name alone, so that it is the same in every shot; if two in one shot would
    share a variant, the later speaker gets the next."""
    timbres: dict[str, Timbre] = {}
    used: set[str] = set()
    for speaker in speakers:
        if speaker in timbres:
            continue
        code = zlib.crc32(" ".join(speaker.casefold().split()).encode())
        order = [VARIANTS[(code + 5 * i) % len(VARIANTS)] for i in range(len(VARIANTS))]
        variant = next((name for name in order if name not in used), order[0])
        used.add(variant)
        timbres[speaker] = Timbre(
            variant,
            pitch=38 + (code >> 8) % 25,
            range=48 + (code >> 16) % 20,
            pace=0.95 + 0.01 * ((code >> 24) % 11),
        )
    return timbres


def _sides(speakers: list[str]) -> dict[str, float]:
    """Where speakers stand, -1 (left) to 1 (right): one in the middle, more a little apart, in order of
    speaking."""
    order = list(dict.fromkeys(speakers))
    if len(order) == 1:
        return {order[0]: 0.0}
    return {speaker: 0.3 * (2 * i / (len(order) - 1) - 1) for i, speaker in enumerate(order)}
