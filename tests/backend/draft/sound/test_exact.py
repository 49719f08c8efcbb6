"""Loudness, peaks, limits and seams against plain references in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.engines.draft.sound import ambience as mixing
from backend.engines.draft.sound import levels, noise
from backend.engines.draft.sound.ambience import OVERLAP, crossed
from backend.engines.draft.sound.events import SoundEvent
from backend.engines.draft.sound.levels import RATE, fast_length, limited, loudness, true_peaks


def tone(seconds: float, decibels: float, frequency: float = 997.0) -> np.ndarray:
    """On the left, of an amplitude in dB of full scale."""
    wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, 0 * wave]).astype(np.float32)


def weighted(samples: np.ndarray) -> np.ndarray:
    """One channel through the two filters of BS.1770-4, sample by sample."""
    made = [float(sample) for sample in samples]
    for b, a in (
        ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
        ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
    ):
        x1 = x2 = y1 = y2 = 0.0
        for at, x in enumerate(made):
            y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
            x1, x2, y1, y2 = x, x1, y, y1
            made[at] = y
    return np.array(made)


def test_loudness_is_that_of_the_standard_with_both_gates() -> None:
    """A second and a half, whose blocks of 0.4 s begin every 0.1 s: some are gated for being 10 LU under the rest."""
    random = np.random.default_rng(5)
    samples = (0.1 * random.standard_normal((2, round(1.5 * RATE) + 777))).astype(np.float32)
    samples[1] *= 0.5
    samples[:, RATE // 2 :] *= 0.05
    power = sum(weighted(side) ** 2 for side in samples)
    assert isinstance(power, np.ndarray)
    hop = RATE // 10
    blocks = np.array([power[at * hop : (at + 4) * hop].mean() for at in range(12)])
    mean = blocks[blocks > 10 ** (-6.9309)].mean()
    kept = blocks[blocks > mean / 10]
    assert 0 < len(kept) < 12
    assert loudness(samples) == pytest.approx(-0.691 + 10 * math.log10(kept.mean()), abs=0.01)


@pytest.mark.parametrize(
    ("parts", "measured"),
    [
        ([-30, -100], -33.01 + 10 * math.log10(38.5 / 40)),  # three blocks lie across, and count
        ([-30, -39.5], None),  # 9.5 LU under the first, some 7 under the mean: not gated
        ([-20, -32.6], -3.01 + 10 * math.log10((1e-2 + 10**-3.26) / 2)),  # 9.8 LU under the mean: it counts
        ([-20, -33.0], -23.01 + 10 * math.log10(38.5 / 40)),  # 10.2 under it: gated
        ([-80, -80], -70.0),
    ],
)
def test_what_is_gated(parts: list[float], measured: float | None) -> None:
    found = loudness(np.concatenate([tone(4.0, part) for part in parts], axis=1))
    if measured is None:
        assert found == pytest.approx(-3.01 + 10 * math.log10((1e-3 + 10**-3.95) / 2), abs=0.06)
    else:
        assert found == pytest.approx(measured, abs=0.03)


def test_short_sounds_are_one_block() -> None:
    """0.4 s is the least that is measured in blocks; what is shorter is averaged over its own length."""
    for seconds in (0.1, 0.399, 0.4):
        assert loudness(tone(seconds, -20)) == pytest.approx(-23.01, abs=0.12), seconds
    half = np.concatenate([tone(0.15, -20), tone(0.15, -100)], axis=1)
    assert loudness(half) == pytest.approx(-26.02, abs=0.12)
    both = tone(0.2, -20)
    both[1] = both[0]
    assert loudness(both) == pytest.approx(-20, abs=0.12)


def test_peaks_between_samples_are_those_of_the_whole_in_every_piece() -> None:
    """Against the whole sound oversampled at once. The pieces are whole milliseconds."""
    count = 144_000
    random = np.random.default_rng(2)
    spectrum = np.fft.rfft(random.standard_normal((2, count)), axis=1)
    spectrum[:, int(0.4 * count) :] = 0  # 19.2 kHz
    samples = 0.1 * np.fft.irfft(spectrum, count)
    wide = np.zeros((2, 4 * count // 2 + 1), complex)
    wide[:, : spectrum.shape[1]] = 0.4 * spectrum
    wanted = np.abs(np.fft.irfft(wide, 4 * count)).reshape(2, count, 4).max(axis=(0, 2))
    found = list(true_peaks(samples.astype(np.float32)))
    assert len(found) == 3 and all(len(part) % 48 == 0 for part in found[:-1])
    peaks = np.concatenate(found)
    assert peaks.shape == (count,)
    np.testing.assert_allclose(peaks[300:-300], wanted[300:-300], atol=2e-3)


def test_the_gain_falls_before_a_peak_and_comes_back_after_it() -> None:
    """One peak in block 100 of a quiet sound. Gain is the mean of its neighbourhood's least by a Hann window of 25 ms;
    between the middles of blocks it is straight."""
    samples = np.full((2, 200 * 48), 0.01, np.float32)
    at = 100 * 48 + 20
    samples[0, at] = 0.8
    held = limited(samples, 0.4)
    assert held is not samples and samples[0, at] == np.float32(0.8)
    gain = held[1] / samples[1]
    peak = max(float(part.max()) for part in true_peaks(samples))
    least = 0.995 * 0.4 / peak
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(25) / 24)
    window /= window.sum()
    blocks = []
    for block in range(60, 141):
        near = [least if abs(other - 100) <= 12 else 1.0 for other in range(block - 12, block + 13)]
        blocks.append(float(np.dot(near, window)))
    middles = (np.arange(60, 141) + 0.5) * 48
    inside = np.arange(70 * 48, 130 * 48)
    np.testing.assert_allclose(gain[inside], np.interp(inside, middles, blocks), atol=1e-4)
    assert gain[at] == pytest.approx(least, abs=1e-5)
    assert (gain[: 70 * 48] == 1).all() and (gain[131 * 48 :] == 1).all() and gain[80 * 48] < 1


def test_what_is_at_the_ceiling_is_left_as_it_is() -> None:
    samples = np.full((2, 4800), 0.5, np.float32)
    peak = max(float(part.max()) for part in true_peaks(samples))
    assert limited(samples, peak) is samples
    assert limited(np.zeros((2, 0), np.float32), 0.5).shape == (2, 0)
    long = np.tile(np.float32(0.2) * np.ones(1, np.float32), (2, levels.PIECE + 4800))
    long[:, levels.PIECE + 2000] = 0.9
    held = limited(long, 0.5)
    assert (
        held[0, levels.PIECE + 2000] <= 0.5 and (held[:, : levels.PIECE - 4800] == long[:, : levels.PIECE - 4800]).all()
    )


@pytest.mark.parametrize(
    ("count", "length"),
    [(1, 1), (2, 2), (3, 3), (7, 8), (11, 12), (13, 15), (17, 18), (19, 20), (121, 125), (1001, 1024), (3126, 3200)],
)
def test_the_next_length_that_is_quick(count: int, length: int) -> None:
    assert fast_length(count) == length
    wanted = count
    while True:
        rest = wanted
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            break
        wanted += 1
    assert length == wanted


def test_pieces_and_filters_join_without_a_seam() -> None:
    samples = np.random.default_rng(4).standard_normal((2, levels.PIECE + 5000)).astype(np.float32)
    parts = [part.shape[1] for part in levels.pieces(samples)]
    assert parts == [levels.PIECE, 5000]
    delay = np.exp(-2j * np.pi * np.arange(levels.PIECE // 2 + 1) * 30 / levels.PIECE)
    late = levels.filtered(samples, delay, 100)
    np.testing.assert_allclose(late[:, 30:], samples[:, :-30], atol=2e-5)
    np.testing.assert_allclose(late[:, :30], 0, atol=2e-5)


def test_parts_go_over_into_one_another_at_equal_power() -> None:
    asked: list[tuple[int, int]] = []

    def make(count: int, seed: int) -> np.ndarray:
        asked.append((count, seed))
        return np.full((2, count), float(len(asked)), np.float32)

    length = 200_000
    found = list(crossed(make, 2 * length + 50_000, 5, length))
    assert asked == [(length + OVERLAP, 5), (length + OVERLAP, 5 + 7919), (50_000, 5 + 2 * 7919)]
    assert [part.shape for part in found] == [(2, length), (2, length), (2, 50_000)]
    first, second, third = (part[1] for part in found)
    assert (first == 1).all() and (second[OVERLAP:] == 2).all()
    at = np.array([0, 1000, 72_000, 143_999])
    angle = 0.5 * np.pi * (at + 0.5) / OVERLAP
    np.testing.assert_allclose(second[at], 2 * np.sin(angle) + 1 * np.cos(angle), rtol=1e-5)
    at = np.array([0, 30_000, 49_999])  # a last part that is shorter than what it goes over in
    angle = 0.5 * np.pi * (at + 0.5) / OVERLAP
    np.testing.assert_allclose(third[at], 3 * np.sin(angle) + 2 * np.cos(angle), rtol=1e-5)
    asked.clear()
    assert [part.shape[1] for part in crossed(make, length, 1, length)] == [length] and asked == [(length, 1)]


def test_an_ambience_is_made_at_once_up_to_seventy_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def noted(events: object, count: int, seed: int) -> np.ndarray:
        lengths.append(count)
        return np.zeros((2, count), np.float32)

    monkeypatch.setattr(mixing, "_mixed", noted)
    assert mixing.ambience((), 70 * RATE, 1).shape == (2, 70 * RATE) and lengths == [70 * RATE]
    lengths.clear()
    assert mixing.ambience((), 70 * RATE + 1, 1).shape == (2, 70 * RATE + 1)
    assert lengths == [23 * RATE, 23 * RATE, 23 * RATE, 10 * RATE + 1]


@pytest.mark.parametrize(
    ("distance", "highest", "echo"), [(0.2, None, False), (0.3, 6170.36, False), (0.6, 3176.84, True)]
)
def test_what_is_far_is_dull_then_echoes(
    distance: float, highest: float | None, echo: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a click: how its tones fade, and whether anything comes after it."""

    def click(random: np.random.Generator, count: int, event: SoundEvent) -> np.ndarray:
        made = np.zeros((2, count), np.float32)
        made[:, 4000] = 1.0
        return made

    monkeypatch.setitem(mixing.MAKERS, "wind", click)
    heard = mixing.ambience((SoundEvent("wind", distance=distance),), RATE, 3)[0].astype(np.float64)
    heard -= np.median(heard)
    around = np.abs(np.fft.rfft(heard[3000:5000], RATE))
    if highest is not None and not echo:
        for frequency in (1000, 4000, 12_000):
            wanted = 1 / (1 + (frequency / highest) ** 2)
            assert around[frequency] / around[30] == pytest.approx(wanted, rel=0.01), frequency
    elif not echo:
        assert around[12_000] / around[1000] == pytest.approx(1, abs=0.01)
    after = np.sqrt((heard[8000:] ** 2).sum() / (heard**2).sum())
    assert after > 0.1 if echo else after < 1e-3


def test_noise_is_alike_on_both_sides_in_the_lowest_octaves_and_shaped_above() -> None:
    made = noise.shaped(np.random.default_rng(8), 6 * RATE, lambda f: 100 / f, 0.8).astype(np.float64)
    left, right = np.fft.rfft(made, axis=1)
    at = np.fft.rfftfreq(6 * RATE, 1 / RATE)
    assert np.abs(left[at < 17.9]).max() < 1e-3 * np.abs(left).max() < 10 * np.abs(left[(at > 18) & (at < 19)]).max()

    def alike(low: float, high: float) -> float:
        part = (at >= low) & (at < high)
        both = np.real(left[part] @ right[part].conj())
        return float(both / np.sqrt((np.abs(left[part]) ** 2).sum() * (np.abs(right[part]) ** 2).sum()))

    assert alike(20, 60) == pytest.approx(1, abs=1e-3)
    assert alike(255, 265) == pytest.approx(1 - (0.8 * 0.5) ** 2, abs=0.06)  # halfway from 60 to 460 Hz
    assert alike(500, 4000) == pytest.approx(1 - 0.8**2, abs=0.02)
    low, high = ((np.abs(left[(at >= f) & (at < 1.25 * f)]) ** 2).mean() for f in (1000, 4000))
    assert low / high == pytest.approx(16, rel=0.06)


def test_long_noise_comes_back_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "LOOP", 9600)
    made = noise.shaped(np.random.default_rng(8), 25_000, lambda f: np.ones_like(f))
    np.testing.assert_array_equal(made[:, :5800], made[:, 19_200:])
    np.testing.assert_array_equal(made[:, :9600], made[:, 9600:19_200])
    assert np.sqrt((made**2).mean()) == pytest.approx(1, abs=1e-4) and not np.allclose(made[0], made[1], atol=0.5)


def test_grains_are_scattered_by_rate_level_and_side() -> None:
    """Clicks of 1, told apart by where they are."""
    click = np.ones(1, np.float32)

    def made(rate: float, **how: float) -> np.ndarray:
        return noise.scattered(np.random.default_rng(6), 20 * RATE, rate, [click, click], **how)  # type: ignore[arg-type]

    found = made(200.0)
    loud = np.hypot(*found)
    heard = loud[loud > 0]
    assert len(heard) == pytest.approx(4000, abs=200) and heard.min() >= 0.3 - 1e-6
    assert (made(5.0, loudest=1.0) ** 2).sum(axis=0).max() <= 1 + 1e-5
    assert 0.4 < (found[0] > 0).mean() / (found[0] != 0).mean() < 0.6
    middle = made(200.0, spread=0.0)
    np.testing.assert_allclose(middle[0], middle[1], atol=1e-6)
    angles = np.degrees(np.arctan2(np.abs(found[1]), np.abs(found[0])))[loud > 0]
    assert angles.min() < 3 and angles.max() > 87
    fading = np.linspace(1, 0, 20 * RATE) ** 3
    weaker = noise.scattered(np.random.default_rng(6), 20 * RATE, 200.0, [click, click], envelope=fading)
    first, last = ((part**2).sum() / (whole**2).sum() for part, whole in (
        (weaker[:, :RATE], found[:, :RATE]), (weaker[:, -RATE:], found[:, -RATE:])))  # fmt: skip
    assert first > 0.7 and last < 1e-4
