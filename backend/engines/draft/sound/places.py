"""Ambiences of rooms, streets, people and machines. Each gives stereo [2, count] at 48 kHz; levels are set in the mix."""

from __future__ import annotations

import numpy as np

from .cues import Cue
from .levels import RATE
from .noise import band, burst, distant, echoing, put, resonances, ring, scattered, shaped, slow


def room(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """Room tone: the low breath of a quiet interior."""
    total = shaped(random, count, band(25, 280, -5), 0.5) + 0.14 * shaped(random, count, band(300, 5000, -5))
    tones = shaped(random, count, resonances([(118, 12, 0.6), (173, 14, 0.4), (262, 16, 0.25)]), 0.5)
    return total * slow(random, count, 0.4, 0.92, 1.0) + 0.15 * tones


def hum(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A fridge, a fan, an air conditioner: mains hum under moving air."""
    t = np.arange(count) / RATE
    tone = sum(
        a * np.sin(2 * np.pi * f * t + p)
        for f, a, p in zip(
            (50, 100, 150, 200, 300), (0.3, 1.0, 0.2, 0.45, 0.2), random.uniform(0, 6, 5), strict=True
        )
    )
    air = shaped(random, count, band(120, 2500, -4)) * slow(random, count, 0.6, 0.9, 1.0)
    whirr = (
        air * (1 + 0.2 * np.sin(2 * np.pi * random.uniform(11, 17) * t))
        if cue.has("fan", "fans", "ventilator")
        else air
    )
    return (0.35 * tone * slow(random, count, 0.5, 0.9, 1.0) + 0.8 * whirr).astype(np.float32)


def traffic(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A town's bed, cars that pass from side to side, a horn far off."""
    total = 0.8 * shaped(random, count, band(28, 240, -4), 0.7) * slow(random, count, 0.4, 0.8, 1.0)
    total += 0.3 * shaped(random, count, band(250, 2200, -4)) * slow(random, count, 0.7, 0.7, 1.0)
    tyres = shaped(random, count, band(500, 3800, -2), 0.0)[0]
    motor = shaped(random, count, band(60, 330, -3), 0.0)[0]
    t = np.arange(count) / RATE
    at = random.uniform(-1.0, 1.5)
    while at < count / RATE + 1:
        width = random.uniform(0.55, 1.2)
        near = 1 / (1 + ((t - at) / width) ** 2)
        way = random.choice([-1, 1])
        angle = 0.25 * np.pi * (1 + way * np.tanh((t - at) / width))
        car = (tyres * near**1.5 + 1.1 * motor * near) * random.uniform(0.5, 1.2)
        total += np.stack([np.cos(angle) * car, np.sin(angle) * car])
        at += random.exponential(2.6 / cue.strength) + 0.7
    if cue.strength >= 0.9 and count > 2 * RATE:
        for _ in range(random.poisson(0.14 * count / RATE) + 1):
            length, pitch = random.uniform(0.18, 0.5), random.uniform(330, 440)
            u = np.arange(int(length * RATE)) / RATE
            horn = sum(np.sin(2 * np.pi * pitch * k * u) / k for k in (1, 1.26, 2, 2.52, 3))
            horn *= np.clip(u / 0.02, 0, 1) * np.clip((length - u) / 0.05, 0, 1)
            echo = np.zeros((2, count), np.float32)
            put(
                echo,
                horn.astype(np.float32),
                int(random.uniform(0.1, 0.9) * count),
                0.28,
                random.uniform(-0.8, 0.8),
            )
            total += distant(echoing(random, echo, 1.5, 0.7, 2000), 1800)
    return total.astype(np.float32)


def crowd(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """Many people who talk at once: voices made of a gliding buzz through moving vowels, in syllables."""
    voices = round(np.clip(26 * cue.strength, 10, 48))
    total = np.zeros((2, count), np.float32)
    hop = 240  # 5 ms: how often pitch and vowel move
    frames = count // hop + 2
    harmonics = np.arange(1, 22)
    grid = np.arange(count) / hop
    base = np.minimum(grid.astype(int), frames - 2)
    part = (grid - base).astype(np.float32)
    vowels = np.array(
        [(730, 1090), (530, 1840), (270, 2290), (570, 840), (440, 1020), (300, 870), (660, 1720), (490, 1350)]
    )
    groups = 4 if count > 2 * RATE else 2
    for group in range(groups):
        buzz = np.zeros(count, np.float32)
        for _ in range(-(-voices // groups)):
            pitch = random.choice([random.uniform(95, 150), random.uniform(165, 250)])
            pace = random.uniform(3.2, 5.5)
            track = pitch * np.exp(0.18 * _wander(random, frames, hop, 2.2))
            syllable = np.clip(_wander(random, frames, hop, 2 * pace), 0, 1) ** 0.7
            phrase = np.clip(3 * _wander(random, frames, hop, 0.5) + 0.8, 0, 1)
            level = (syllable * phrase * random.uniform(0.25, 1.0)).astype(np.float32)
            pick = random.integers(0, len(vowels), frames * hop // int(RATE / pace) + 3)
            at = (np.arange(frames) * hop * pace / RATE).astype(int) % len(pick)
            formants = _eased(vowels[pick[at]].astype(float), 6) * random.uniform(0.92, 1.15)
            # A table of one period per vowel would click; few harmonics with moving weights are smooth and cheap.
            phase = np.cumsum(track[base] * (1 - part) + track[base + 1] * part) * (2 * np.pi / RATE)
            step = max(1, len(harmonics) // 7)
            voice = np.zeros(count, np.float32)
            for k in harmonics[:: step if pitch < 160 else 2][:8]:
                f = k * track
                weight = (
                    sum(1 / (1 + ((f - formants[:, j]) / (90 + 40 * j)) ** 2) for j in (0, 1))
                    / k**0.35
                    * level
                )
                weight = weight.astype(np.float32)
                voice += np.sin(k * phase).astype(np.float32) * (
                    weight[base] * (1 - part) + weight[base + 1] * part
                )
            buzz += voice
        side = -0.85 + 1.7 * group / (groups - 1)
        put(total, buzz, 0, 1.0, side)
    total /= max(float(np.sqrt(np.mean(total**2))), 1e-6)
    breath = shaped(random, count, resonances([(500, 2, 1.0), (1500, 3, 0.5)])) * slow(
        random, count, 5, 0.6, 1.0
    )
    return echoing(random, distant(0.8 * total + 0.3 * breath, 3800), 1.0, 0.6, 3000)


def _wander(random: np.random.Generator, frames: int, hop: int, rate: float) -> np.ndarray:
    """-1..1 for each frame, wandering `rate` times a second."""
    points = random.uniform(-1, 1, int(frames * hop / RATE * rate) + 4)
    return np.interp(
        np.arange(frames) * hop / RATE * rate + random.uniform(0, 1), np.arange(len(points)), points
    )


def _eased(values: np.ndarray, width: int) -> np.ndarray:
    kernel = np.hanning(2 * width + 3)[1:-1]
    padded = np.pad(values, ((width, width), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, kernel / kernel.sum(), mode="valid") for column in padded.T], axis=1)


def applause(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """Hands that clap, many and not together."""
    claps = [
        burst(random, random.uniform(0.004, 0.01), resonances([(random.uniform(900, 1700), 3, 1.0)], 0.25))
        for _ in range(12)
    ]
    return echoing(random, scattered(random, count, 230 * cue.strength, claps, loudest=3), 1.3, 0.5)


_FLOORS = {
    "gravel": "gravel", "pebbles": "gravel", "stones": "gravel", "sand": "sand", "beach": "sand",
    "snow": "snow", "grass": "grass", "leaves": "grass", "forest": "grass", "carpet": "carpet",
    "wood": "wood", "wooden": "wood", "floorboards": "wood", "parquet": "wood", "stairs": "wood",
    "metal": "metal", "grating": "metal", "puddle": "wet", "puddles": "wet", "wet": "wet", "mud": "wet",
    "heels": "stone", "marble": "stone", "concrete": "stone", "tiles": "stone", "corridor": "stone",
    "hallway": "stone", "hall": "stone", "pavement": "stone",
}  # fmt: skip


def footsteps(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """Steps of one walker, heel then toe, on the floor that the words name; halls echo."""
    floor = next((_FLOORS[word] for word in cue.near if word in _FLOORS), "stone")
    rate = (
        2.7 if cue.has("running", "runs", "run", "jogging") else 1.25 if cue.has("slow", "slowly") else 1.85
    )
    total = np.zeros((2, count), np.float32)
    at, foot = random.uniform(0.15, 0.4), 0
    while at < count / RATE:
        step = _step(random, floor)
        side = (0.12 if foot else -0.12) + 0.5 * np.sin(0.35 * at)
        put(total, step, int(at * RATE), random.uniform(0.8, 1.0), float(np.clip(side, -0.9, 0.9)))
        at += (1 + 0.05 * random.standard_normal()) / rate
        foot = 1 - foot
    echo = (
        1.8
        if cue.has("corridor", "hallway", "hall", "church", "tunnel", "echo", "echoing", "empty")
        else 0.45
    )
    return echoing(random, total, echo, 0.5 if echo > 1 else 0.22, 3500)


def _step(random: np.random.Generator, floor: str) -> np.ndarray:
    """One step, mono."""
    track = np.zeros((2, int(0.42 * RATE)), np.float32)
    toe = int(random.uniform(0.075, 0.11) * RATE)
    if floor in ("gravel", "snow", "grass", "sand"):
        low, high, grains, decay = {"gravel": (900, 7000, 42, 0.004), "snow": (500, 3600, 90, 0.006),
                                    "grass": (1500, 8000, 40, 0.008), "sand": (700, 6000, 120, 0.01)}[floor]  # fmt: skip
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
        body = {"wood": ((95, 0.05, 1.0), (190, 0.04, 0.6), (410, 0.02, 0.35)), "stone": ((120, 0.02, 0.7), (900, 0.008, 0.5)),
                "metal": ((210, 0.12, 0.7), (655, 0.16, 0.5), (1480, 0.11, 0.35), (2730, 0.07, 0.2)), "wet": ((110, 0.03, 0.7),),
                "carpet": ((85, 0.03, 0.9),)}[floor]  # fmt: skip
        for start, weight in ((0, 1.0), (toe, 0.45)):
            for pitch, decay, level in body:
                put(track, ring(pitch * random.uniform(0.94, 1.06), decay), start, weight * level)
            click = {"stone": (1400, 6500, 0.006, 0.9), "wood": (500, 3000, 0.008, 0.5), "metal": (1500, 7000, 0.005, 0.5),
                     "wet": (600, 7000, 0.045, 0.7), "carpet": (150, 900, 0.03, 0.4)}[floor]  # fmt: skip
            put(track, burst(random, click[2], band(click[0], click[1])), start, weight * click[3])
        put(track, burst(random, 0.03, band(900, 5000)), toe, 0.1)
    return track.sum(axis=0) * 0.7


def machinery(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A motor's harmonics, a beat of metal, the air around it."""
    t = np.arange(count) / RATE
    base = random.uniform(46, 62)
    wow = np.cumsum(base * (1 + 0.006 * (slow(random, count, 1.2) - 0.5))) * (2 * np.pi / RATE)
    total = np.zeros((2, count))
    for k in range(1, 15):
        level = random.uniform(0.3, 1.0) / k**0.75
        angle = random.uniform(0.15, 0.35) * np.pi
        total += np.array([[np.cos(angle)], [np.sin(angle)]]) * level * np.sin(k * wow + random.uniform(0, 6))
    beat = random.uniform(1.6, 2.6)
    pulse = 0.75 + 0.25 * np.clip(np.sin(2 * np.pi * beat * t), 0, 1)
    total = 0.5 * total * pulse + 0.35 * shaped(random, count, band(200, 3500, -3)) * pulse
    clank = sum(
        np.pad(a * ring(f, d), (0, int(0.9 * RATE)))[: int(0.9 * RATE)]
        for f, d, a in ((430, 0.06, 1.0), (1130, 0.09, 0.7), (1870, 0.07, 0.5), (2950, 0.04, 0.4))
    )
    clanks = np.zeros((2, count), np.float32)
    for i in range(int(count / RATE * beat) + 1):
        put(
            clanks,
            np.asarray(clank, np.float32),
            int((i + random.uniform(0, 0.02)) / beat * RATE),
            0.9 if i % 2 else 0.5,
            0.35 if i % 2 else -0.3,
        )
    return (total + echoing(random, clanks, 0.9, 0.5)).astype(np.float32)


def engine(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """The inside of a moving vehicle: a motor's firing and the rush of air; jets and ships by their words."""
    fire = 26.0 if cue.has("ship", "boat", "ferry", "truck") else 42.0
    jet = cue.has("plane", "airplane", "aeroplane", "aircraft", "jet", "cabin", "spaceship", "spacecraft")
    air = shaped(random, count, band(60, 1500 if jet else 700, -3), 0.8)
    total = air * slow(random, count, 0.5, 0.85, 1.0)
    phase = np.cumsum(fire * (1 + 0.05 * (slow(random, count, 0.4) - 0.5))) * (2 * np.pi / RATE)
    for k in (1, 2, 3, 4, 6):
        total = total + (0.12 if jet else 0.55) / k * np.sin(k * phase + random.uniform(0, 6)) * (
            0.9 + 0.1 * slow(random, count, 11)
        )
    if jet:
        t = np.arange(count) / RATE
        total = total + 0.05 * np.sin(
            2 * np.pi * random.uniform(900, 1300) * t + 0.5 * np.sin(2 * np.pi * 0.6 * t)
        )
    return np.asarray(total, np.float32)


def train(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A train over the joints of its rails: two pairs of wheels, twice."""
    total = 0.8 * shaped(random, count, band(35, 420, -3), 0.7) + 0.15 * shaped(
        random, count, band(800, 5000, -3)
    )
    clacks = np.zeros((2, count), np.float32)
    gap = random.uniform(1.0, 1.25)
    at = random.uniform(0.0, 0.5)
    clack = burst(random, 0.02, band(180, 2600, -2))
    while at < count / RATE:
        for late, gain in ((0.0, 1.0), (0.13, 0.85), (0.42, 0.6), (0.55, 0.5)):
            put(clacks, clack, int((at + late) * RATE), 5.0 * gain * random.uniform(0.85, 1.0), -0.3 + late)
        at += gap
    return (total + clacks).astype(np.float32)


def clock(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A clock: tick, tock."""
    total = np.zeros((2, count), np.float32)
    ticks = [
        ring(f, 0.006) * 0.6
        + np.pad(burst(random, 0.0015, band(2000, 9000)), (0, 3000))[: len(ring(f, 0.006))]
        for f in (2350.0, 1900.0)
    ]
    for i in range(int(count / RATE * 2) + 1):
        put(total, ticks[i % 2].astype(np.float32), int((0.2 + 0.5 * i) * RATE), 1.0, 0.15)
    return echoing(random, total, 0.5, 0.3)


def typing(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """Keys in bursts."""
    keys = [
        burst(random, random.uniform(0.004, 0.009), resonances([(f, 4, 1.0)], 0.2))
        for f in random.uniform(1500, 3600, 8)
    ]
    rows = np.clip(slow(random, count, 0.9, -0.4, 1.4), 0, 1)
    return echoing(
        random, scattered(random, count, 8 * cue.strength, keys, 0.3, loudest=1.4, envelope=rows), 0.35, 0.2
    )


def dishes(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """Cutlery, cups and glasses, here and there."""
    clinks = [
        sum(
            np.pad(ring(f * r, d), (0, RATE))[: RATE // 2] * a
            for r, d, a in ((1, 0.05, 1.0), (2.31, 0.035, 0.6), (3.9, 0.02, 0.4))
        )
        for f in random.uniform(1500, 3300, 7)
    ]
    return echoing(
        random,
        scattered(
            random, count, 2.2 * cue.strength, [np.asarray(c, np.float32) for c in clinks], loudest=1.6
        ),
        0.7,
        0.4,
    )


def bells(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A church bell, struck every two seconds: the partials of a real one."""
    total = np.zeros((2, count), np.float32)
    base = random.uniform(210, 290)
    partials = (
        (0.5, 3.2, 0.5),
        (1.0, 2.2, 0.9),
        (1.19, 1.6, 0.7),
        (1.5, 1.1, 0.4),
        (2.0, 1.2, 1.0),
        (2.51, 0.6, 0.4),
        (3.01, 0.5, 0.35),
        (4.17, 0.3, 0.25),
    )
    length = int(5 * RATE)
    t = np.arange(length) / RATE
    bell = sum(
        a * np.sin(2 * np.pi * base * r * t + p) * np.exp(-t / d)
        for (r, d, a), p in zip(partials, random.uniform(0, 6, 8), strict=True)
    )
    bell = (bell * np.clip(t / 0.002, 0, 1)).astype(np.float32)
    at = random.uniform(0.1, 0.5)
    while at < count / RATE:
        put(total, bell, int(at * RATE), random.uniform(0.85, 1.0), -0.1)
        at += 2.1
    return echoing(random, distant(total, 4500), 2.2, 0.4, 3500)


def siren(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A siren far off between houses."""
    t = np.arange(count) / RATE
    pitch = 620 + 330 * np.sin(2 * np.pi * 0.28 * t - 1.2)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tone = (np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.15 * np.sin(3 * phase)) * slow(
        random, count, 0.5, 0.6, 1.0
    )
    angle = 0.25 * np.pi * (1 + 0.5 * np.sin(0.25 * t))
    return echoing(
        random,
        distant(np.stack([np.cos(angle) * tone, np.sin(angle) * tone]).astype(np.float32), 1800),
        2.0,
        0.8,
        1800,
    )


def drone(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A low tone for tension: detuned voices that breathe."""
    t = np.arange(count) / RATE
    total = np.zeros((2, count))
    for ratio, level in ((1, 1.0), (1.5, 0.5), (2, 0.45), (3, 0.16)):
        for side in (0, 1):
            tune = 55 * ratio * (1 + random.uniform(-0.004, 0.004))
            total[side] += (
                level
                * np.sin(2 * np.pi * tune * t + random.uniform(0, 6))
                * slow(random, count, 0.3, 0.6, 1.0)
            )
    return (total + 0.4 * shaped(random, count, band(40, 500, -5))).astype(np.float32)


def heartbeat(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A heart, at 72 beats a minute."""
    total = np.zeros((2, count), np.float32)
    low, high = ring(48, 0.06, glide=-0.3), ring(60, 0.045, glide=-0.3)
    for at in np.arange(0.2, count / RATE, 60 / 72):
        put(total, low, int(at * RATE), 1.0)
        put(total, high, int((at + 0.28) * RATE), 0.7)
    return total


def explosion(random: np.random.Generator, count: int, cue: Cue) -> np.ndarray:
    """A blast and what falls after it."""
    total = np.zeros((2, count), np.float32)
    for at in [0.25] if count < 8 * RATE else np.arange(0.25, count / RATE, random.uniform(4, 7)):
        put(total, burst(random, 0.35, band(25, 400, -3), attack=0.003), int(at * RATE), 1.0)
        put(total, burst(random, 0.07, band(300, 6000, -3), attack=0.001), int(at * RATE), 0.6)
    debris = scattered(
        random,
        count,
        25,
        [burst(random, 0.004, band(800, 6000)) for _ in range(4)],
        envelope=np.exp(-np.arange(count) / RATE / 1.2),
    )
    return echoing(random, total + 0.05 * debris, 2.5, 0.6, 1500)
