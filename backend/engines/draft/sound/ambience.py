"""The ambience: the sound of every event, brought to its level and mixed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import numpy as np

from . import machines, nature, people, places
from .events import SoundEvent
from .levels import RATE, loudness
from .noise import distant, echoing
from .vocabulary import KINDS

MAKERS: dict[str, Callable[[np.random.Generator, int, SoundEvent], np.ndarray]] = {
    "room": places.room,
    "hum": places.hum,
    "wind": nature.wind,
    "leaves": nature.leaves,
    "rain": nature.rain,
    "thunder": nature.thunder,
    "sea": nature.sea,
    "water": nature.water,
    "dripping": nature.dripping,
    "birds": nature.birds,
    "gulls": nature.gulls,
    "insects": nature.insects,
    "fire": nature.fire,
    "traffic": places.traffic,
    "siren": places.siren,
    "crowd": people.crowd,
    "applause": people.applause,
    "footsteps": people.footsteps,
    "machinery": machines.machinery,
    "engine": machines.engine,
    "train": machines.train,
    "clock": places.clock,
    "typing": places.typing,
    "dishes": places.dishes,
    "bells": places.bells,
    "drone": places.drone,
    "heartbeat": people.heartbeat,
    "explosion": machines.explosion,
}
_SHORTEST = RATE // 2
LONGEST, PART, OVERLAP = 70 * RATE, 20 * RATE, 3 * RATE  # samples: made at once, of a part, over which it goes over


def ambience(events: tuple[SoundEvent, ...], count: int, seed: int) -> np.ndarray:
    """Stereo float32 [2, count] at 48 kHz: the mix of `events`, each as loud as its kind is (see KINDS), whatever else
    is heard: neighbouring takes with the same words are alike. What is longer than LONGEST is made in parts, so that
    it takes little more memory than it fills itself."""
    if count <= LONGEST:
        return _mixed(events, count, seed)
    made = np.empty((2, count), np.float32)
    at = 0
    for part in crossed(lambda length, own: _mixed(events, length, own), count, seed, PART):
        made[:, at : at + part.shape[1]] = part
        at += part.shape[1]
    return made


def crossed(make: Callable[[int, int], np.ndarray], count: int, seed: int, length: int) -> Iterator[np.ndarray]:
    """`count` samples in parts of `length`, float32 [2, samples]: `make` is given how many samples to make and a seed
    of their own. Each goes over into the next at equal power, within OVERLAP."""
    over: np.ndarray | None = None
    rise = np.sin(0.5 * np.pi * (np.arange(OVERLAP) + 0.5) / OVERLAP).astype(np.float32)
    for number, start in enumerate(range(0, count, length)):
        last = start + length >= count
        part = make(min(count - start, length) + (0 if last else OVERLAP), seed + 7919 * number)
        if over is not None:
            size = min(OVERLAP, part.shape[1])
            part[:, :size] = part[:, :size] * rise[:size] + over[:, :size] * rise[::-1][:size]
        yield part if last else part[:, :length]
        over = part[:, length:].copy()


def _mixed(events: tuple[SoundEvent, ...], count: int, seed: int) -> np.ndarray:
    total = np.zeros((2, count), np.float32)
    for event in events:
        random = np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(event.kind.encode())])
        length = max(count, _SHORTEST)  # very short sounds are cut from longer ones
        made = np.asarray(MAKERS[event.kind](random, length, event), np.float32)[:, :count]
        if event.distance > 0.2:
            made = distant(made, 9000 * (1 - event.distance) ** 1.5 + 900)
        if event.distance > 0.5:
            made = echoing(random, made, 1.2, 0.4, 2500)
        made = made - made.mean(axis=1, keepdims=True)
        level = loudness(made)
        if level > -69:
            made = made * np.float32(10 ** ((KINDS[event.kind][1] + event.level - level) / 20))
            total += made
    return total
