"""Sounds of people. Each gives stereo [2, count] at 48 kHz; levels are set in the mix."""

from __future__ import annotations

import numpy as np

from ..direction.lists import by_phrase, listed
from .events import SoundEvent
from .levels import RATE
from .noise import band, burst, distant, echoing, put, resonances, ring, scattered, shaped, slow
from .speech.voice import VARIANTS, VOICE_RATE, Timbre, VoiceError, chorus

_SYLLABLES = listed(
    "ba, be, do, da, ka, ko, ma, me, mi, na, no, pa, ra, re, ri, sa, so, ta, te, to, va, wa, la, lo, li"
)


def crowd(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Many people who talk at once, of whom no word can be made out: the scratch voice's nonsense, in
    layers."""
    voices = round(float(np.clip(22 * event.strength, 8, 44)))
    seconds = count / RATE
    lines = [_nonsense(random, min(seconds, 20.0)) for _ in range(voices)]
    breath = shaped(random, count, resonances([(480, 2, 1.0), (1500, 3, 0.4)]))
    breath *= slow(random, count, 5, 0.6, 1.0)
    try:
        utterances = chorus(lines)
    except VoiceError:
        return breath
    total = np.zeros((2, round(seconds * VOICE_RATE) + 1), np.float32)
    for utterance in utterances:
        if not len(utterance):
            continue
        utterance = np.tile(utterance, total.shape[1] // len(utterance) + 2)[random.integers(0, len(utterance)) :]
        put(total, utterance[: total.shape[1]], 0, random.uniform(0.25, 1.0), random.uniform(-0.9, 0.9))
    import soxr

    talk = np.zeros((2, count), np.float32)
    resampled = soxr.resample(total.T, VOICE_RATE, RATE).T[:, :count]
    talk[:, : resampled.shape[1]] = resampled
    talk /= max(float(np.sqrt(np.mean(talk**2))), 1e-6)
    return echoing(random, distant(0.9 * talk + 0.2 * breath, 3200), 1.1, 0.9, 3000)


def _nonsense(random: np.random.Generator, seconds: float) -> tuple[str, Timbre]:
    """Enough syllables to talk for `seconds`, and somebody to speak them."""
    words: list[str] = []
    for _ in range(int(3.2 * seconds) + 4):
        words.append("".join(random.choice(_SYLLABLES, random.integers(1, 4))))
        if random.random() < 0.18:
            words[-1] += random.choice([",", ".", "?"])
    timbre = Timbre(
        str(random.choice(VARIANTS)),
        pitch=int(random.integers(25, 75)),
        range=int(random.integers(40, 80)),
        pace=float(random.uniform(0.8, 1.25)),
    )
    return " ".join(words), timbre


def applause(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Hands that clap, many and not together."""
    claps = [
        burst(random, random.uniform(0.004, 0.01), resonances([(random.uniform(900, 1700), 3, 1.0)], 0.25))
        for _ in range(12)
    ]
    return echoing(random, scattered(random, count, 230 * event.strength, claps, loudest=3), 1.3, 0.5)


_FLOORS = by_phrase(
    {
        "gravel": "gravel, pebbles, stones",
        "sand": "sand, beach",
        "snow": "snow",
        "grass": "grass, leaves, forest",
        "carpet": "carpet",
        "wood": "wood, wooden, floorboards, parquet, stairs",
        "metal": "metal, grating",
        "wet": "puddle, puddles, wet, mud",
        "stone": "heels, marble, concrete, tiles, corridor, hallway, hall, pavement",
    }
)


def footsteps(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Steps of one walker, heel then toe, on the floor that the words name; halls echo."""
    floor = next((_FLOORS[word] for word in event.near if word in _FLOORS), "stone")
    rate = 2.7 if event.has("running", "runs", "run", "jogging") else 1.25 if event.has("slow", "slowly") else 1.85
    total = np.zeros((2, count), np.float32)
    at, foot = random.uniform(0.15, 0.4), 0
    while at < count / RATE:
        step = _step(random, floor)
        side = (0.12 if foot else -0.12) + 0.5 * np.sin(0.35 * at)
        put(total, step, int(at * RATE), random.uniform(0.8, 1.0), float(np.clip(side, -0.9, 0.9)))
        at += (1 + 0.05 * random.standard_normal()) / rate
        foot = 1 - foot
    echo = 1.8 if event.has("corridor", "hallway", "hall", "church", "tunnel", "echo", "echoing", "empty") else 0.45
    return echoing(random, total, echo, 0.5 if echo > 1 else 0.22, 3500)


# Loose ground: the band of its grains in Hz, how many, how long each. Hard floors: what rings (Hz, seconds,
# gain), and the band, length and gain of the click.
_LOOSE = {
    "gravel": (900, 7000, 42, 0.004),
    "snow": (500, 3600, 90, 0.006),
    "grass": (1500, 8000, 40, 0.008),
    "sand": (700, 6000, 120, 0.01),
}
_HARD = {
    "wood": (((95, 0.05, 1.0), (190, 0.04, 0.6), (410, 0.02, 0.35)), (500, 3000, 0.008, 0.5)),
    "stone": (((120, 0.02, 0.7), (900, 0.008, 0.5)), (1400, 6500, 0.006, 0.9)),
    "metal": (
        ((210, 0.12, 0.7), (655, 0.16, 0.5), (1480, 0.11, 0.35), (2730, 0.07, 0.2)),
        (1500, 7000, 0.005, 0.5),
    ),
    "wet": (((110, 0.03, 0.7),), (600, 7000, 0.045, 0.7)),
    "carpet": (((85, 0.03, 0.9),), (150, 900, 0.03, 0.4)),
}


def _step(random: np.random.Generator, floor: str) -> np.ndarray:
    """One step, mono."""
    track = np.zeros((2, int(0.42 * RATE)), np.float32)
    toe = int(random.uniform(0.075, 0.11) * RATE)
    if floor in _LOOSE:
        low, high, grains, decay = _LOOSE[floor]
        crunch = [burst(random, decay * random.uniform(0.5, 1.5), band(low, high)) for _ in range(5)]
        for start, weight, length in ((0, 1.0, 0.09), (toe, 0.75, 0.13)):
            for i in range(grains):
                put(
                    track,
                    crunch[i % 5],
                    start + int(random.beta(1.3, 2.4) * length * RATE),
                    weight * random.uniform(0.05, 0.5),
                )
        put(track, burst(random, 0.02, band(50, 220)), 0, 0.8)
    else:
        body, (low, high, decay, level) = _HARD[floor]
        for start, weight in ((0, 1.0), (toe, 0.45)):
            for pitch, ringing, gain in body:
                put(track, ring(pitch * random.uniform(0.94, 1.06), ringing), start, weight * gain)
            put(track, burst(random, decay, band(low, high)), start, weight * level)
        put(track, burst(random, 0.03, band(900, 5000)), toe, 0.1)
    return track.sum(axis=0) * 0.7


def heartbeat(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A heart, at 72 beats a minute."""
    total = np.zeros((2, count), np.float32)
    low, high = ring(48, 0.06, glide=-0.3), ring(60, 0.045, glide=-0.3)
    for at in np.arange(0.2, count / RATE, 60 / 72):
        put(total, low, int(at * RATE), 1.0)
        put(total, high, int((at + 0.28) * RATE), 0.7)
    return total
