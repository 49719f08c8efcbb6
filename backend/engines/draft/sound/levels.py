"""Levels: loudness (ITU-R BS.1770-4), true peak, and a limiter. All vectorised, for 48 kHz float32
[channels, samples]."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

RATE = 48000
PIECE = 1 << 18  # samples that are worked on at a time
BLOCK = 48  # samples, 1 ms: what the limiter looks at
QUIETEST = -70.0  # LUFS: the absolute gate; also what silence measures

# The two K-weighting filters of BS.1770-4 at 48 kHz: a shelf for the head, a high pass. (b0, b1, b2), (1,
# a1, a2)
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def fast_length(count: int) -> int:
    """The next length from `count` on that an FFT is quick at (2^a 3^b 5^c)."""
    best = 1 << max(count - 1, 1).bit_length()
    fives = 1
    while fives < best:
        threes = fives
        while threes < best:
            twos = threes
            while twos < count:
                twos *= 2
            best = min(best, twos)
            threes *= 3
        fives *= 5
    return best


def pieces(samples: np.ndarray) -> Iterator[np.ndarray]:
    """`samples` [..., n], some at a time: what is made of a long sound needs no more memory than of a short one."""
    for first in range(0, samples.shape[-1], PIECE):
        yield samples[..., first : first + PIECE]


def filtered(samples: np.ndarray, response: np.ndarray, beside: int) -> np.ndarray:
    """`samples` [..., n] through a filter that rings for less than `beside` samples, of the `response`
    [PIECE / 2 + 1]."""
    made = np.empty(samples.shape, np.float32)
    own = PIECE - 2 * beside
    for first in range(0, samples.shape[-1], own):
        begin, end = max(0, first - beside), min(samples.shape[-1], first + own + beside)
        spectrum = np.fft.rfft(samples[..., begin:end], PIECE)
        spectrum *= response
        part = made[..., first : first + own]
        part[:] = np.fft.irfft(spectrum, PIECE)[..., first - begin : first - begin + part.shape[-1]]
    return made


@functools.lru_cache(maxsize=1)
def _k_weighting() -> np.ndarray:
    """BS.1770's K-weighting, for `filtered`."""
    turn = np.exp(-2j * np.pi * np.arange(PIECE // 2 + 1) / PIECE)
    response = np.ones_like(turn)
    for b, a in (_SHELF, _HIGH_PASS):
        response *= (b[0] + b[1] * turn + b[2] * turn**2) / (a[0] + a[1] * turn + a[2] * turn**2)
    return response.astype(np.complex64)


def loudness(samples: np.ndarray) -> float:
    """Integrated loudness in LUFS, gated. Shorter sounds than 0.4 s are measured as one block."""
    hop = RATE // 10
    count = samples.shape[-1]
    if count < 4 * hop:
        blocks = np.sum([_power(side, count) for side in samples], axis=0) if count else np.zeros(1)
    else:
        hops = np.sum([_power(side, hop) for side in samples], axis=0)
        blocks = (hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:]) / 4.0
    with np.errstate(divide="ignore"):
        levels = -0.691 + 10.0 * np.log10(blocks)
    kept = blocks[levels > QUIETEST]
    if not kept.size:
        return QUIETEST
    gate = -0.691 + 10.0 * np.log10(kept.mean()) - 10.0
    kept = blocks[levels > max(gate, QUIETEST)]
    return float(-0.691 + 10.0 * np.log10(kept.mean()))


def _power(samples: np.ndarray, hop: int) -> np.ndarray:
    """The weighted power of one channel in every `hop` samples."""
    weighted = filtered(np.asarray(samples, np.float32), _k_weighting(), RATE // 2)
    power: np.ndarray = (weighted[: len(samples) // hop * hop].reshape(-1, hop) ** 2).mean(axis=1)
    return power


def true_peaks(samples: np.ndarray) -> Iterator[np.ndarray]:
    """The highest level (a factor of full scale) of all channels [samples], at and between samples (4 times
    oversampled), some at a time: whole milliseconds, but for the last."""
    count = samples.shape[-1]
    whole = 1 << 16  # its spectrum fits the cache
    beside = 256  # samples of the neighbours that each piece sees, so that its ends are no edges
    turn = np.arange(whole // 2 + 1) / whole
    shifts = [np.exp(2j * np.pi * part * turn).astype(np.complex64) for part in (0.25, 0.5, 0.75)]
    own = (whole - 2 * beside) // BLOCK * BLOCK
    for start in range(0, count, own):
        first, last = max(0, start - beside), min(count, start + own + beside)
        part = np.abs(samples[..., start : start + own]).max(axis=0)
        spectrum = np.fft.rfft(samples[..., first:last].astype(np.float32), whole)
        spectrum[..., -1] *= 0.5
        for shift in shifts:
            between = np.fft.irfft(spectrum * shift, whole)[..., start - first : start - first + len(part)]
            np.maximum(part, np.abs(between).max(axis=0), out=part)
        yield part


def limited(samples: np.ndarray, ceiling: float, out: np.ndarray | None = None) -> np.ndarray:
    """`samples` with every true peak at or under `ceiling` (a factor of full scale): gain falls 2 ms before
    a peak and comes back after it, without distortion. What has to be changed is put into `out`, which may be
    `samples`, else into a new array."""
    for _ in range(3):
        peaks = np.concatenate([np.zeros(0, np.float32), *map(_in_blocks, true_peaks(samples))])
        if not peaks.size or peaks.max() <= ceiling:
            return samples
        gain = np.minimum(1.0, 0.995 * ceiling / np.maximum(peaks, 1e-9))
        reach = 12
        padded = np.pad(gain, reach, mode="edge")
        lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)
        window = np.hanning(2 * reach + 1)
        smooth = np.convolve(np.pad(lowest, reach, mode="edge"), window / window.sum(), mode="valid")
        at = (np.arange(peaks.size) + 0.5) * BLOCK
        # Both neighbours of a sample's block are at or below what its own peak needs, so is the line between
        # them.
        smooth = np.minimum(smooth, 1.0)
        made = np.empty(samples.shape, np.float32) if out is None else out
        for first in range(0, samples.shape[-1], PIECE):
            part = samples[..., first : first + PIECE]
            made[..., first : first + PIECE] = part * np.interp(np.arange(first, first + part.shape[-1]), at, smooth)
        samples = made
    return samples


def _in_blocks(envelope: np.ndarray) -> np.ndarray:
    """The highest of each BLOCK; the last one may be short."""
    peaks: np.ndarray = np.maximum.reduceat(envelope, np.arange(0, envelope.size, BLOCK))
    return peaks


def faded(samples: np.ndarray, seconds: float, out: np.ndarray | None = None) -> np.ndarray:
    """`samples` with raised-cosine fades of `seconds` at both ends, in `out` (which may be `samples`), else in a new
    array."""
    made = samples.copy() if out is None else out
    count = min(int(seconds * RATE), samples.shape[-1] // 2)
    if count < 1:
        made *= 0.0
        return made
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)
    made[..., :count] *= ramp
    made[..., -count:] *= ramp[::-1]
    return made
