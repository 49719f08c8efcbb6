"""Machines and vehicles. Each gives stereo [2, count] at 48 kHz; levels are set in the mix."""

from __future__ import annotations

import numpy as np

from .events import SoundEvent
from .levels import RATE
from .noise import band, burst, echoing, put, ring, scattered, shaped, slow


def machinery(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
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


def engine(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """The inside of a moving vehicle: a motor's firing and the rush of air; jets and ships by their words."""
    fire = 26.0 if event.has("ship", "boat", "ferry", "truck") else 42.0
    jet = event.has("plane", "airplane", "aeroplane", "aircraft", "jet", "cabin", "spaceship", "spacecraft")
    air = shaped(random, count, band(60, 1500 if jet else 700, -3), 0.8)
    total = air * slow(random, count, 0.5, 0.85, 1.0)
    phase = np.cumsum(fire * (1 + 0.05 * (slow(random, count, 0.4) - 0.5))) * (2 * np.pi / RATE)
    for k in (1, 2, 3, 4, 6):
        total = total + (0.12 if jet else 0.55) / k * np.sin(k * phase + random.uniform(0, 6)) * (
            0.9 + 0.1 * slow(random, count, 11)
        )
    if jet:
        t = np.arange(count) / RATE
        total = total + 0.05 * np.sin(2 * np.pi * random.uniform(900, 1300) * t + 0.5 * np.sin(2 * np.pi * 0.6 * t))
    return np.asarray(total, np.float32)


def train(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A train over the joints of its rails: two pairs of wheels, twice."""
    total = 0.8 * shaped(random, count, band(35, 420, -3), 0.7) + 0.15 * shaped(random, count, band(800, 5000, -3))
    clacks = np.zeros((2, count), np.float32)
    gap = random.uniform(1.0, 1.25)
    at = random.uniform(0.0, 0.5)
    clack = burst(random, 0.02, band(180, 2600, -2))
    while at < count / RATE:
        for late, gain in ((0.0, 1.0), (0.13, 0.85), (0.42, 0.6), (0.55, 0.5)):
            put(clacks, clack, int((at + late) * RATE), 5.0 * gain * random.uniform(0.85, 1.0), -0.3 + late)
        at += gap
    return (total + clacks).astype(np.float32)


def explosion(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
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
