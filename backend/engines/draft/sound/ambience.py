"""The ambience: the sound of every event, brought to its level and mixed."""

from __future__ import annotations

import zlib
from collections.abc import Callable

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


def ambience(events: tuple[SoundEvent, ...], count: int, seed: int) -> np.ndarray:
    """Stereo float32 [2, count] at 48 kHz: the mix of `events`, each as loud as its kind is (see KINDS), whatever else
    is heard: neighbouring takes with the same words are alike."""
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
