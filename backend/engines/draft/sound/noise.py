"""The materials that ambiences are made of: shaped noise, slow change, scattered grains. 48 kHz float
arrays."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .levels import PIECE, RATE, fast_length, filtered, pieces

BESIDE = 4096  # samples after which nothing is left of how tones fade with distance
LOOP = 786_432  # samples, 16.4 s: nobody hears noise come back after that
Spectrum = Callable[[np.ndarray], np.ndarray]  # amplitude for frequencies in Hz


def shaped(random: np.random.Generator, count: int, spectrum: Spectrum, width: float = 1.0) -> np.ndarray:
    """Stereo noise [2, count] with an amplitude `spectrum`, RMS 1. `width` 0..1: how different the sides are;
    the lowest octaves stay together, as they do in the open. Longer ones than LOOP repeat, without a seam:
    noise made from its spectrum is periodic."""
    size = fast_length(min(count, LOOP))
    frequencies = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32)
    amplitude = spectrum(np.maximum(frequencies, 1.0)).astype(np.float32)
    amplitude[frequencies < 18] = 0.0
    # Shares of what the sides have in common and what is their own.
    own = np.float32(width) * np.clip((frequencies - 60) / 400, 0, 1)
    waves = random.standard_normal((3 if width else 1, 2 * len(frequencies)), np.float32).view(np.complex64)
    common = amplitude * np.sqrt(1 - own**2) * waves[0]
    sides = common + amplitude * own * waves[1:] if width else np.stack([common, common])
    noise = np.fft.irfft(sides, size)
    return _unit(np.tile(noise, (1, -(-count // size)))[:, :count])


def _unit(noise: np.ndarray) -> np.ndarray:
    power = sum(float((part**2).sum(dtype=np.float64)) for part in pieces(noise)) / noise.size
    return np.multiply(noise, 1 / max(math.sqrt(power), 1e-12), dtype=np.float32)


def band(low: float, high: float, tilt: float = 0.0, edge: float = 4.0) -> Spectrum:
    """A band from `low` to `high` Hz with soft edges (`edge`: steepness), its slope `tilt` in dB an
    octave."""

    def amplitude(f: np.ndarray) -> np.ndarray:
        slope = (f / np.sqrt(low * high)) ** (tilt / 6.02)
        return slope / np.sqrt((1 + (low / f) ** edge) * (1 + (f / high) ** edge))

    return amplitude


def resonances(peaks: list[tuple[float, float, float]], floor: float = 0.0) -> Spectrum:
    """Peaks of (Hz, quality, gain) on a `floor`."""

    def amplitude(f: np.ndarray) -> np.ndarray:
        total = np.full_like(f, floor)
        for centre, quality, gain in peaks:
            total += gain / np.sqrt(1 + (quality * (f / centre - centre / f)) ** 2)
        return total

    return amplitude


def slow(random: np.random.Generator, count: int, rate: float, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """A curve [count] that wanders smoothly between `low` and `high`, `rate` turns a second."""
    points = max(4, int(count / RATE * rate) + 4)
    values = random.uniform(0, 1, points)
    begin = random.uniform(0, 0.999)
    made = np.empty(count, np.float32)
    for first in range(0, count, PIECE):
        part = made[first : first + PIECE]
        at = (np.arange(first, first + len(part)) / RATE * rate) + begin
        base = at.astype(int)
        u = at - base
        u = u * u * (3 - 2 * u)
        base = np.minimum(base, points - 2)
        part[:] = low + (high - low) * (values[base] * (1 - u) + values[base + 1] * u)
    return made


def convolved(samples: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """`samples` [channels, n] convolved with `kernel` [m] or [channels, m], cut to n."""
    count = samples.shape[-1]
    size = fast_length(count + kernel.shape[-1] - 1)
    spectrum = np.fft.rfft(samples.astype(np.float32), size) * np.fft.rfft(kernel.astype(np.float32), size)
    return np.fft.irfft(spectrum, size)[..., :count]


def moments(random: np.random.Generator, count: int, per_second: float) -> np.ndarray:
    """Random moments (sample numbers), `per_second` on average."""
    return np.sort(random.integers(0, count, random.poisson(per_second * count / RATE)))


def scattered(
    random: np.random.Generator,
    count: int,
    per_second: float,
    grains: list[np.ndarray],
    spread: float = 1.0,
    loudest: float = 8.0,
    envelope: np.ndarray | None = None,
) -> np.ndarray:
    """Stereo [2, count]: copies of `grains` at random moments, levels (a few `loudest`) and places."""
    total = np.zeros((2, count), np.float32)
    for grain in grains:
        at = moments(random, count, per_second / len(grains))
        level = np.minimum(random.pareto(2.2, len(at)) + 0.3, loudest) * random.choice([-1.0, 1.0], len(at))
        if envelope is not None:
            level *= envelope[at]
        sides = spread * random.uniform(-1, 1, len(at))
        for start, gain, side in zip(at.tolist(), level.tolist(), sides.tolist(), strict=True):
            put(total, grain, start, gain, side)
    return total


def ring(frequency: float, decay: float, length: float | None = None, glide: float = 0.0) -> np.ndarray:
    """A struck tone: `decay` seconds to fall to a third, `glide` its rise in octaves over the length."""
    t = np.arange(int((length or 6 * decay) * RATE)) / RATE
    phase = 2 * np.pi * frequency * t * (1 + 0.5 * glide * t / max(t[-1], 1e-6)) if len(t) > 1 else t
    return (np.sin(phase) * np.exp(-t / decay) * np.clip(t / 0.0004, 0, 1)).astype(np.float32)


def burst(random: np.random.Generator, decay: float, spectrum: Spectrum, attack: float = 0.0005) -> np.ndarray:
    """A short mono burst of shaped noise with its peak at 1."""
    count = max(64, int(7 * decay * RATE))
    noise = shaped(random, count, spectrum, 0.0)[0]
    t = np.arange(count) / RATE
    noise = noise * np.exp(-t / decay) * np.clip(t / attack, 0, 1)
    return (noise / max(float(np.abs(noise).max()), 1e-9)).astype(np.float32)


def put(track: np.ndarray, grain: np.ndarray, start: int, gain: float = 1.0, side: float = 0.0) -> None:
    """Add a mono `grain` to the stereo `track` at sample `start`, at `side` -1..1; what is outside is cut."""
    first, last = max(0, start), min(track.shape[1], start + len(grain))
    if last <= first:
        return
    part = grain[first - start : last - start] * np.float32(gain)
    angle = 0.25 * math.pi * (1 + side)
    track[0, first:last] += np.float32(math.cos(angle)) * part
    track[1, first:last] += np.float32(math.sin(angle)) * part


def echoing(
    random: np.random.Generator, samples: np.ndarray, seconds: float, amount: float, dark: float = 4000.0
) -> np.ndarray:
    """`samples` [2, n] in a space whose echo fades by 60 dB in `seconds`, `amount` of it, without tones
    over `dark` Hz."""
    count = max(256, int(seconds * RATE))
    t = np.arange(count) / RATE
    tail = shaped(random, count, band(120, dark, -2), 1.0) * np.exp(-6.9 * t / seconds) * np.clip(t / 0.012, 0, 1)
    tail *= amount / np.sqrt((tail**2).sum(axis=1, keepdims=True))
    return (samples + convolved(samples, tail)).astype(np.float32)


def distant(samples: np.ndarray, highest: float) -> np.ndarray:
    """`samples` as heard from afar: tones over `highest` Hz fade."""
    f = np.fft.rfftfreq(PIECE, 1 / RATE)
    response = (1 / (1 + (f / highest) ** 2)).astype(np.float32)
    return filtered(np.asarray(samples, np.float32), response, BESIDE)
