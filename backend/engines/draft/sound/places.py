"""Ambiences of rooms and streets. Each gives stereo [2, count] at 48 kHz; levels are set in the mix."""

from __future__ import annotations

import numpy as np

from .events import SoundEvent
from .levels import RATE
from .noise import band, burst, distant, echoing, put, resonances, ring, scattered, shaped, slow


def room(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Room tone: the low breath of a quiet interior."""
    total = shaped(random, count, band(25, 280, -5), 0.5) + 0.14 * shaped(random, count, band(300, 5000, -5))
    tones = shaped(random, count, resonances([(118, 12, 0.6), (173, 14, 0.4), (262, 16, 0.25)]), 0.5)
    return total * slow(random, count, 0.4, 0.92, 1.0) + 0.15 * tones


def hum(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A fridge, a fan, an air conditioner: mains hum under moving air."""
    t = np.arange(count) / RATE
    tone = sum(
        a * np.sin(2 * np.pi * f * t + p)
        for f, a, p in zip((50, 100, 150, 200, 300), (0.3, 1.0, 0.2, 0.45, 0.2), random.uniform(0, 6, 5), strict=True)
    )
    air = shaped(random, count, band(120, 2500, -4)) * slow(random, count, 0.6, 0.9, 1.0)
    whirr = (
        air * (1 + 0.2 * np.sin(2 * np.pi * random.uniform(11, 17) * t))
        if event.has("fan", "fans", "ventilator")
        else air
    )
    return (0.35 * tone * slow(random, count, 0.5, 0.9, 1.0) + 0.8 * whirr).astype(np.float32)


def traffic(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
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
        at += random.exponential(2.6 / event.strength) + 0.7
    if event.strength >= 0.9 and count > 2 * RATE:
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


def clock(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A clock: tick, tock."""
    total = np.zeros((2, count), np.float32)
    ticks = [
        ring(f, 0.006) * 0.6 + np.pad(burst(random, 0.0015, band(2000, 9000)), (0, 3000))[: len(ring(f, 0.006))]
        for f in (2350.0, 1900.0)
    ]
    for i in range(int(count / RATE * 2) + 1):
        put(total, ticks[i % 2].astype(np.float32), int((0.2 + 0.5 * i) * RATE), 1.0, 0.15)
    return echoing(random, total, 0.5, 0.3)


def typing(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """Keys in bursts."""
    keys = [
        burst(random, random.uniform(0.004, 0.009), resonances([(f, 4, 1.0)], 0.2))
        for f in random.uniform(1500, 3600, 8)
    ]
    rows = np.clip(slow(random, count, 0.9, -0.4, 1.4), 0, 1)
    return echoing(
        random, scattered(random, count, 8 * event.strength, keys, 0.3, loudest=1.4, envelope=rows), 0.35, 0.2
    )


def dishes(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
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
        scattered(random, count, 2.2 * event.strength, [np.asarray(c, np.float32) for c in clinks], loudest=1.6),
        0.7,
        0.4,
    )


def bells(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
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


def siren(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A siren far off between houses."""
    t = np.arange(count) / RATE
    pitch = 620 + 330 * np.sin(2 * np.pi * 0.28 * t - 1.2)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tone = (np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.15 * np.sin(3 * phase)) * slow(random, count, 0.5, 0.6, 1.0)
    angle = 0.25 * np.pi * (1 + 0.5 * np.sin(0.25 * t))
    return echoing(
        random,
        distant(np.stack([np.cos(angle) * tone, np.sin(angle) * tone]).astype(np.float32), 1800),
        2.0,
        0.8,
        1800,
    )


def drone(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
    """A low tone for tension: detuned voices that breathe."""
    t = np.arange(count) / RATE
    total = np.zeros((2, count))
    for ratio, level in ((1, 1.0), (1.5, 0.5), (2, 0.45), (3, 0.16)):
        for side in (0, 1):
            tune = 55 * ratio * (1 + random.uniform(-0.004, 0.004))
            total[side] += (
                level * np.sin(2 * np.pi * tune * t + random.uniform(0, 6)) * slow(random, count, 0.3, 0.6, 1.0)
            )
    return (total + 0.4 * shaped(random, count, band(40, 500, -5))).astype(np.float32)
