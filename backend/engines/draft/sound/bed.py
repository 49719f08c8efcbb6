"""The ambience of a scene as one sound that runs through all its shots, and how it goes down under their lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from client.protocol import Line, Unfit
from client.protocol.codec import from_json

from ....home import write_whole, written_whole
from .events import SoundEvent
from .levels import RATE, faded, limited
from .soundtrack import CEILING_DB, DUCKED, FADE

PART = 60 * RATE  # samples made at once
MOST_SECONDS = 4 * 3600.0
BEFORE, AFTER = 0.1, 0.5  # seconds in which a bed goes down before a line, and comes back after it
TOGETHER = 0.8  # seconds between lines under which it stays down


@dataclass(frozen=True)
class Spoken:
    """The lines of a shot that begins `start` seconds into the bed and is `seconds` long."""

    start: float
    seconds: float
    lines: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        if not (0 <= self.start <= MOST_SECONDS and 0 < self.seconds <= MOST_SECONDS):
            raise Unfit("start", f"and seconds must be 0 to {MOST_SECONDS:g}")


@dataclass(frozen=True)
class _Shots:
    shots: tuple[Spoken, ...] = ()


@dataclass(frozen=True)
class Bed:
    """What was made. `ducking` are points (seconds, dB) of the gain that keeps it under the lines, straight between."""

    seconds: float
    notes: tuple[str, ...]
    ducking: tuple[tuple[float, float], ...]


def bed(parsed: argparse.Namespace) -> int:
    """`python -m backend bed`. Exit codes: 0 done, 1 failed, 2 wrong arguments."""
    try:
        given = json.loads(parsed.lines.read_bytes()) if parsed.lines else []
        shots = from_json(_Shots, {"shots": given}).shots
        made = write_bed(parsed.out.absolute(), parsed.sound, parsed.prompt, parsed.seconds, parsed.seed, shots)
    except (ValueError, RecursionError) as error:  # Unfit is one, and what JSON is not
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"{parsed.out}: {made.seconds:.3f} s of ambience, {(len(made.ducking) - 2) // 4} times down under lines")
    return 0


def write_bed(path: Path, sound: str, prompt: str, seconds: float, seed: int, spoken: Sequence[Spoken] = ()) -> Bed:
    """Writes the ambience of a scene to `path` (FLAC, 48 kHz, stereo), and beside it what goes with it as JSON; whole,
    or not at all. It is as loud as the ambience of takes with the same words.

    Raises:
        ValueError: `seconds` is not above 0 and at most MOST_SECONDS.
        OSError: it can't be written.
    """
    from .read import read_sound

    if not 0 < seconds <= MOST_SECONDS:
        raise ValueError(f"A bed must be above 0 and at most {MOST_SECONDS / 3600:g} hours long.")
    reading = read_sound(sound, prompt)
    made = Bed(seconds, reading.notes, ducking_points(spoken, seconds))
    facts = {"sound": sound, "prompt": prompt, "seed": seed, "seconds": seconds, "ducking": made.ducking}
    with written_whole(path) as aside:
        _encode(aside, blocks(reading.events, round(seconds * RATE), seed))
        write_whole(path.with_suffix(".json"), json.dumps(facts, ensure_ascii=False, indent=1).encode())
    return made


def blocks(events: tuple[SoundEvent, ...], count: int, seed: int) -> Iterator[np.ndarray]:
    """The ambience, `count` samples of it, in blocks of float32 [2, samples]. A minute is made at a time, each by a
    seed of its own, and goes over into the next at equal power."""
    from .ambience import crossed

    at = 0
    for part in crossed(lambda length, own: _part(events, length, own), count, seed, PART):
        half = part.shape[1] // 2
        if at == 0:
            part = np.concatenate([faded(part, FADE)[:, :half], part[:, half:]], axis=1)
        at += part.shape[1]
        if at == count:
            part = np.concatenate([part[:, :half], faded(part, FADE)[:, half:]], axis=1)
        yield part


def ducking_points(spoken: Sequence[Spoken], seconds: float) -> tuple[tuple[float, float], ...]:
    """Points (seconds, dB), 0 dB where nobody speaks."""
    from .speech.lines import dialogue

    spans: list[tuple[float, float]] = []
    for shot in sorted(spoken, key=lambda shot: shot.start):
        talk = dialogue(shot.lines, round(shot.seconds * RATE)) if shot.lines else None
        if talk is None:
            continue
        edges = np.flatnonzero(np.diff(np.pad(talk.activity > 0.5, 1).astype(np.int8))).reshape(-1, 2)
        for first, after in edges / RATE + shot.start:
            if spans and first - spans[-1][1] < TOGETHER:
                spans[-1] = spans[-1][0], float(max(after, spans[-1][1]))
            else:
                spans.append((float(first), float(after)))
    points = [(0.0, 0.0)]
    for first, after in spans:
        if first >= seconds:
            break
        points += [(max(first - BEFORE, points[-1][0]), 0.0), (first, DUCKED), (after, DUCKED), (after + AFTER, 0.0)]
    return tuple((round(at, 4), gain) for at, gain in [*points, (max(seconds, points[-1][0]), 0.0)])


def _part(events: tuple[SoundEvent, ...], count: int, seed: int) -> np.ndarray:
    from .ambience import ambience

    # 3 dB below the ceiling: two parts may peak at once where they meet.
    return limited(ambience(events, count, seed & 0xFFFFFFFF), 10 ** ((CEILING_DB - 3) / 20))


def _encode(path: Path, parts: Iterator[np.ndarray]) -> None:
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="stereo", format="s16")
        at = 0
        for part in parts:
            whole = np.clip(np.rint(part * 32767), -32768, 32767).astype(np.int16)
            for start in range(0, whole.shape[1], RATE):
                piece = np.ascontiguousarray(whole[:, start : start + RATE].T).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="stereo")
                frame.sample_rate, frame.pts = RATE, at
                at += piece.size // 2
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
