"""Ambiences out of doors. Each gives stereo [2, count] at 48 kHz; levels are set in the mix."""

from __future__ import annotations

import numpy as np

from ..direction.lists import by_phrase
from .events import SoundEvent
from .levels import RATE
from .noise import band, burst, distant, echoing, moments, put, resonances, ring, scattered, shaped, slow


def wind(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Gusts: the harder it blows, the more of the high bands is heard; a whistle in strong wind."""
    gusts = slow(random, count, 0.35, 0.25, 1.0) * slow(random, count, 1.3, 0.75, 1.0)
    gusts = np.clip(gusts * (0.6 + 0.4 * event.strength), 0, 1.4)
    flutter = slow(random, count, 6.0, 0.85, 1.0)
    total = 0.9 * shaped(random, count, band(30, 160, -3), 0.5) * gusts
    total += 0.75 * shaped(random, count, band(140, 480, -3)) * gusts**1.4 * flutter
    total += 0.34 * shaped(random, count, band(450, 1600, -4)) * gusts**2.2
    total += 0.05 * event.strength * shaped(random, count, band(2000, 7000, -4)) * gusts**3
    if event.strength > 0.9 or event.has("howling", "whistling", "howls"):
        for centre in random.uniform(420, 980, 3):
            howl = shaped(random, count, resonances([(centre, 28, 1.0)]), 0.7)
            total += 0.1 * event.strength * howl * slow(random, count, 0.5) ** 2 * gusts**2
    return total


def leaves(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Leaves that rustle in gusts."""
    gusts = slow(random, count, 0.5, 0.1, 1.0) ** 1.5
    flutter = slow(random, count, 9.0, 0.5, 1.0)
    rustle = shaped(random, count, band(1800, 9000, -2)) * gusts * flutter
    ticks = scattered(random, count, 220 * event.strength, [burst(random, 0.002, band(2500, 9000))], envelope=gusts)
    return rustle + 0.5 * ticks


_DROPS = {
    "window": ((2100, 2900, 3800, 5200), 0.004, 90, 0.5),
    "roof": ((480, 760, 1150, 1700), 0.009, 260, 0.6),
    "metal": ((1300, 2050, 3150, 4700), 0.028, 170, 0.5),
    "leaves": ((900, 1500, 2600), 0.003, 240, 0.8),
    "umbrella": ((320, 520, 800), 0.008, 200, 0.35),
    "ground": ((1800, 3000, 4400, 6500), 0.0022, 160, 1.0),
}
_SURFACES = by_phrase(
    {
        "window": "window, windows, windowpane, glass, pane",
        "roof": "roof, rooftop, attic",
        "metal": "tin, metal, car",
        "leaves": "leaves, forest, jungle, garden, trees",
        "umbrella": "umbrella, umbrellas, tent",
    }
)


def rain(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A wash of far drops and the near ones one by one, on the surface that the words name."""
    surface = next((_SURFACES[word] for word in event.near if word in _SURFACES), "ground")
    tones, decay, rate, wash = _DROPS[surface]
    strength = event.strength
    shimmer = slow(random, count, 1.5, 0.85, 1.0)
    total = wash * strength**1.2 * shimmer * shaped(random, count, band(900, 11000, -1.5))
    total += 0.18 * wash * strength**1.5 * shaped(random, count, band(120, 900, -3), 0.7)
    grains = [
        0.6 * ring(tone * random.uniform(0.93, 1.07), decay)
        + 0.7 * _padded(burst(random, 0.0012, band(1500, 9000)), tone, decay)
        for tone in tones
        for _ in range(3)
    ]
    drops = scattered(random, count, rate * strength**1.3, grains, loudest=4.5)
    total += 0.9 * drops / max(float(np.sqrt(np.mean(drops**2))), 1e-3) * min(1.0, 0.75 + 0.15 / strength)
    if surface == "window":
        total = distant(total, 7000)
        plinks = [ring(f, 0.012, glide=0.25) for f in random.uniform(900, 2200, 6)]
        total += 0.5 * scattered(random, count, 5 * strength, plinks, spread=0.9, loudest=3)
    return total


def _padded(grain: np.ndarray, tone: float, decay: float) -> np.ndarray:
    length = len(ring(tone, decay))
    return np.pad(grain, (0, max(0, length - len(grain))))[:length]


def thunder(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A clap that rolls away, one for every nine seconds; near ones crack."""
    total = np.zeros((2, count), np.float32)
    rumble = shaped(random, count, band(22, 130, -4), 0.8)
    body = shaped(random, count, band(60, 700, -6), 0.9)
    start = random.uniform(0.08, 0.3) * min(count, 6 * RATE)
    t = np.arange(count) / RATE
    while start < count:
        since = np.maximum(t - start / RATE, 0.0)
        rolls = slow(random, count, 2.5, 0.2, 1.0) * slow(random, count, 0.9, 0.4, 1.0)
        envelope = (
            np.where(since > 0, np.clip(since / 0.12, 0, 1) * np.exp(-since / random.uniform(1.6, 2.8)), 0.0) * rolls
        )
        total += (rumble + 0.5 * body * np.exp(-since / 0.9)) * envelope
        if event.distance < 0.5:
            crack = burst(random, 0.09, band(150, 6000, -3), attack=0.002)
            put(total, crack, int(start), 2.5 * event.strength, random.uniform(-0.5, 0.5))
        start += random.uniform(6.0, 12.0) * RATE
    return echoing(random, total, 2.8, 0.5, 900)


def sea(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Waves that rise, break and draw back over the sand, over a far surf."""
    total = 0.3 * shaped(random, count, band(60, 1200, -4))
    deep = shaped(random, count, band(35, 220, -3), 0.6)
    crash = shaped(random, count, band(180, 2600, -3))
    hiss = shaped(random, count, band(2200, 11000, -2))
    t = np.arange(count) / RATE
    at = random.uniform(-4.0, -1.0)
    while at < count / RATE:
        size = random.uniform(0.6, 1.0) * (0.5 + 0.5 * event.strength)
        rise, fall = random.uniform(1.3, 2.0), random.uniform(1.2, 1.9)
        since = t - at
        swell = np.where(since < rise, np.exp(-(((since - rise) / (0.45 * rise)) ** 2)), np.exp(-(since - rise) / fall))
        draw = np.clip((since - rise + 0.15) / 0.5, 0, 1) * np.exp(-np.maximum(since - rise, 0) / (1.5 * fall))
        side = random.uniform(-0.5, 0.5)
        sides = np.array([[1 - 0.5 * max(side, 0)], [1 + 0.5 * min(side, 0)]])
        total += size * sides * (0.8 * deep * swell + 0.9 * crash * swell**1.6 + 0.38 * hiss * draw)
        at += random.uniform(3.2, 5.2)
    return total


def water(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Running water: a brook's gurgle, or the roar of a fall if the words are strong."""
    total = 0.35 * event.strength * shaped(random, count, band(300, 6000, -2)) * slow(random, count, 4, 0.7, 1.0)
    total += 0.3 * event.strength**2 * shaped(random, count, band(60, 500, -3), 0.7)
    bubbles = [
        ring(f, random.uniform(0.008, 0.03), glide=random.uniform(0.2, 0.7)) for f in random.uniform(380, 1900, 14)
    ]
    return total + 0.65 * scattered(random, count, 55, bubbles, spread=0.9, envelope=slow(random, count, 3, 0.2, 1.0))


def dripping(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Drops into water, with the echo of the room they fall in."""
    drops = [ring(f, 0.03, glide=0.9) for f in random.uniform(700, 1600, 4)]
    return echoing(random, scattered(random, count, 1.4 * event.strength, drops, 0.6, loudest=1.5), 1.6, 0.6)


def birds(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Several birds, each with a song of its own that comes back, near and far."""
    total = np.zeros((2, count), np.float32)
    singers = max(2, round(4 * event.strength))
    for singer in range(singers):
        song = _song(random)
        away = 0.0 if singer == 0 else random.uniform(0.2, 1.0)
        heard = distant(song[None, :], 9000 * (1 - 0.6 * away))[0]
        at = random.uniform(0.05, 1.6)
        while at < count / RATE:
            put(
                total,
                heard,
                int(at * RATE),
                (1 - 0.75 * away) * random.uniform(0.7, 1.0),
                random.uniform(-0.9, 0.9) if singer else 0.3,
            )
            at += len(song) / RATE + random.uniform(0.6, 3.5)
    air = shaped(random, count, band(200, 4000, -4)) * 0.012
    return echoing(random, total, 1.1, 0.25, 6000) + air


def _song(random: np.random.Generator) -> np.ndarray:
    """One bird's phrase: a motif of gliding, trilling syllables, repeated with changes."""
    base = random.uniform(2300, 5200)
    kinds = [
        (random.uniform(0.04, 0.16), *random.uniform(0.75, 1.35, 2), random.choice([0.0, 0.0, 28.0, 45.0]))
        for _ in range(random.integers(1, 4))
    ]
    parts: list[np.ndarray] = []
    for i in range(random.integers(3, 9)):
        length, start, end, trill = kinds[i % len(kinds)]
        length *= random.uniform(0.9, 1.1)
        t = np.arange(int(length * RATE)) / RATE
        u = t / length
        pitch = base * (start + (end - start) * u) * (1 + (0.09 * np.sin(2 * np.pi * trill * t) if trill else 0.0))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        parts.append((np.sin(phase) + 0.12 * np.sin(2 * phase)) * np.sin(np.pi * u) ** 0.7)
        parts.append(np.zeros(int(random.uniform(0.015, 0.09) * RATE)))
    return np.concatenate(parts).astype(np.float32)


def gulls(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Gulls: harsh cries that fall, in rows."""
    total = np.zeros((2, count), np.float32)
    at = random.uniform(0.2, 1.0)
    while at < count / RATE:
        side, away, pitch = random.uniform(-0.9, 0.9), random.uniform(0.3, 1.0), random.uniform(850, 1250)
        for i in range(random.integers(2, 6)):
            length = random.uniform(0.16, 0.3) if i else random.uniform(0.35, 0.6)
            t = np.arange(int(length * RATE)) / RATE
            u = t / length
            f = pitch * (0.8 + 0.55 * np.sin(np.pi * u**0.6)) * (1 - 0.12 * u)
            phase = 2 * np.pi * np.cumsum(f) / RATE
            cry = sum(np.sin(k * phase) * a for k, a in ((1, 0.6), (2, 1.0), (3, 0.55), (4, 0.25)))
            cry *= np.sin(np.pi * u) ** 0.5 * (1 + 0.25 * np.sin(2 * np.pi * 38 * t))
            put(total, cry.astype(np.float32), int(at * RATE), away * 0.5, side)
            at += length + random.uniform(0.03, 0.12)
        at += random.uniform(0.9, 3.0) / event.strength
    return echoing(random, distant(total, 5500), 1.3, 0.35, 4000)


def insects(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Crickets near and far: rows of short pulses at a pitch of their own."""
    total = np.zeros((2, count), np.float32)
    t = np.arange(count) / RATE
    for _ in range(max(3, round(6 * event.strength))):
        pitch, pulses, rows = random.uniform(3900, 5100), random.uniform(26, 42), random.uniform(1.4, 2.8)
        pulse = np.clip(np.sin(2 * np.pi * pulses * t + random.uniform(0, 6)), 0, 1) ** 0.8
        row = np.clip(3.0 * np.sin(2 * np.pi * rows * t + random.uniform(0, 6)), 0, 1)
        angle = random.uniform(0.1, 0.4) * np.pi
        chirp = np.sin(2 * np.pi * pitch * t + 0.4 * np.sin(2 * np.pi * 3 * t)) * pulse * row * random.uniform(0.2, 1.0)
        total += np.array([[np.cos(angle)], [np.sin(angle)]]) * chirp
    air = shaped(random, count, band(3000, 8000, -3)) * 0.03
    return echoing(random, total.astype(np.float32), 0.8, 0.2, 7000) + air


def fire(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A low roar that flickers, crackles, and now and then the pop of a log."""
    flicker = slow(random, count, 7, 0.55, 1.0) * slow(random, count, 1.2, 0.7, 1.0)
    total = 0.55 * event.strength * flicker * shaped(random, count, band(45, 420, -4), 0.6)
    total += 0.12 * event.strength * flicker**2 * shaped(random, count, band(600, 5000, -2))
    crackles = [
        burst(random, d, band(low, 3 * low))
        for d, low in zip(random.uniform(0.0006, 0.004, 9), random.uniform(900, 5000, 9), strict=True)
    ]
    rows = np.clip(slow(random, count, 3.5, -0.5, 1.2), 0.05, 1.2)
    total += 0.9 * scattered(random, count, 46 * event.strength, crackles, 0.7, loudest=7, envelope=rows)
    for at in moments(random, count, 0.9):
        pop = burst(random, random.uniform(0.006, 0.014), band(250, 3500, -2))
        put(total, pop, int(at), random.uniform(2.5, 5.0), random.uniform(-0.5, 0.5))
    return total
