"""Loudness, true peaks and the limiter, against what ffmpeg measures."""

from __future__ import annotations

import math

import av
import numpy as np
import pytest

from backend.engines.draft.sound.levels import RATE, faded, fast_length, limited, loudness
from tests.backend.draft.sound.heard import true_peak


def ffmpeg(samples: np.ndarray) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (factor of full scale) of stereo `samples`, as ffmpeg has it."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=RATE, layout="stereo", time_base=f"1/{RATE}")
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples.T, np.float32).reshape(1, -1), format="flt", layout="stereo"
    )
    frame.sample_rate = RATE
    frame.pts = 0
    source.push(frame)
    source.push(None)
    found: dict[str, str] = {}
    while True:
        try:
            found |= dict(sink.pull().metadata)
        except (av.error.EOFError, av.error.BlockingIOError):
            break
    peak = max(float(found[f"lavfi.r128.true_peaks_ch{channel}"]) for channel in (0, 1))
    return float(found["lavfi.r128.I"]), peak


def noise(seconds: float, gain: float, seed: int = 0) -> np.ndarray:
    wave = np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))
    return (gain * np.cumsum(wave, axis=1) / 40).astype(np.float32) * 0.2 + (0.2 * gain * wave).astype(np.float32)


def test_a_full_scale_tone_measures_as_the_standard_says() -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(10 * RATE) / RATE).astype(np.float32)
    assert loudness(np.stack([tone, 0 * tone])) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize("gain", [0.02, 0.2])
def test_loudness_agrees_with_ffmpeg(gain: float) -> None:
    sound = noise(6, gain)
    sound[:, 2 * RATE : 4 * RATE] *= 0.02  # gated away
    assert loudness(sound) == pytest.approx(ffmpeg(sound)[0], abs=0.11)


def test_true_peaks_between_the_samples_are_seen() -> None:
    tone = 0.9 * np.sin(2 * np.pi * (RATE / 4) * np.arange(RATE) / RATE + np.pi / 4).astype(np.float32)
    sound = np.stack([tone, tone])
    assert np.abs(sound).max() < 0.65
    assert true_peak(sound) == pytest.approx(0.9, abs=0.01)


def test_true_peaks_of_a_long_sound_agree_with_ffmpeg() -> None:
    sound = noise(4, 0.1)
    sound[:, 65_024] = 0.9  # where one piece ends and the next begins
    sound[:, 65_025] = 0.9
    assert true_peak(sound) == pytest.approx(ffmpeg(sound)[1], rel=0.03)
    assert true_peak(noise(4, 0.1)) == pytest.approx(ffmpeg(noise(4, 0.1))[1], rel=0.03)


def test_the_limiter_holds_every_peak_and_leaves_the_rest() -> None:
    sound = noise(3, 0.1)
    for at in (10, 30_000, 30_020, 90_000, 3 * RATE - 5):
        sound[:, at] += 2.0
    held = limited(sound, 0.8)
    assert true_peak(held) <= 0.801
    assert ffmpeg(held)[1] <= 0.805
    np.testing.assert_array_equal(held[:, 60_000:80_000], sound[:, 60_000:80_000])
    np.testing.assert_array_equal(limited(held, 0.9), held)
    assert limited(sound, 0.8, out=sound) is sound
    np.testing.assert_array_equal(sound, held)


def test_fades_reach_silence() -> None:
    held = faded(np.ones((2, RATE), np.float32), 0.03)
    assert held[0, 0] == 0 and held[0, -1] == 0 and held[0, RATE // 2] == 1
    assert faded(np.ones((2, 1), np.float32), 0.03).shape == (2, 1)


def test_lengths_for_the_fourier_transform_are_smooth_and_long_enough() -> None:
    for count in (1, 2, 7, 1000, 240_000, 240_001, 999_983):
        size = fast_length(count)
        assert count <= size <= 1.07 * count + 2
        for factor in (2, 3, 5):
            while size % factor == 0:
                size //= factor
        assert size == 1
    assert math.isclose(loudness(np.zeros((2, 0), np.float32)), -70)
