"""What ambiences are made of, and how they are mixed: exact levels, sides and times."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.engines.draft.sound import ambience as mixing
from backend.engines.draft.sound import noise
from backend.engines.draft.sound.events import SoundEvent
from backend.engines.draft.sound.levels import RATE, faded, loudness
from backend.engines.draft.sound.read import MOST_EVENTS, read_sound
from backend.engines.draft.sound.soundtrack import DUCKED, ducking
from backend.engines.draft.sound.speech import kana, lines
from backend.engines.draft.sound.vocabulary import KINDS

HALF = math.sqrt(0.5)


@pytest.mark.parametrize(
    ("side", "left", "right"),
    [(-1.0, 1.0, 0.0), (0.0, HALF, HALF), (1.0, 0.0, 1.0), (-0.5, 0.92388, 0.38268)],
)
def test_a_grain_is_put_on_its_side(side: float, left: float, right: float) -> None:
    track = np.full((2, 10), 0.25, np.float32)
    noise.put(track, np.array([1, 2, 3], np.float32), 4, 0.5, side)
    for channel, gain in ((0, left), (1, right)):
        wanted = [0.25] * 4 + [0.25 + 0.5 * gain * value for value in (1, 2, 3)] + [0.25] * 3
        assert track[channel].tolist() == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize(
    ("start", "wanted"),
    [(-2, [3, 0, 0, 0]), (-3, [0, 0, 0, 0]), (2, [0, 0, 1, 2]), (4, [0, 0, 0, 0]), (0, [1, 2, 3, 0])],
)
def test_what_lies_outside_is_cut(start: int, wanted: list[float]) -> None:
    track = np.zeros((2, 4), np.float32)
    noise.put(track, np.array([1, 2, 3], np.float32), start, 1.0, -1.0)
    assert track[0].tolist() == pytest.approx(wanted)


def test_a_bands_edges_and_slope() -> None:
    middle = math.sqrt(200 * 3200)
    flat = noise.band(200, 3200)(np.array([middle, 200.0, 3200.0, 50.0, 12_800.0]))
    assert flat[1] / flat[0] == pytest.approx(HALF, rel=0.01) and flat[2] / flat[0] == pytest.approx(HALF, rel=0.01)
    assert flat[3] / flat[0] == pytest.approx(flat[4] / flat[0]) and flat[3] / flat[0] < 0.1
    tilted = noise.band(20, 20_000, tilt=-6.02)(np.array([400.0, 800.0]))
    assert tilted[1] / tilted[0] == pytest.approx(0.5, rel=0.01)


def test_resonances_peak_where_they_are_told() -> None:
    peaks = noise.resonances([(440.0, 10.0, 2.0)], floor=0.25)
    found = peaks(np.array([440.0, 220.0, 880.0]))
    assert found[0] == pytest.approx(2.25) and found[1] == pytest.approx(found[2]) and found[1] < 0.45


def test_shaped_noise_is_of_its_band_and_width() -> None:
    def made(width: float) -> np.ndarray:
        return noise.shaped(np.random.default_rng(1), RATE, noise.band(1000, 2000), width)

    wide, mono = made(1.0), made(0.0)
    for sound in (wide, mono):
        assert sound.shape == (2, RATE) and np.sqrt(np.mean(sound**2)) == pytest.approx(1, abs=1e-4)
    np.testing.assert_array_equal(mono[0], mono[1])
    assert abs(np.corrcoef(wide)[0, 1]) < 0.1
    power = np.abs(np.fft.rfft(wide[0])) ** 2
    assert power[900:2200].sum() > 0.55 * power.sum() and power[:18].sum() < 1e-6 * power.sum()
    half = np.corrcoef(made(0.5))[0, 1]
    assert half == pytest.approx(0.75, abs=0.06)  # what is common: 1 - 0.5 ** 2


def test_what_changes_slowly_stays_in_its_bounds() -> None:
    curve = noise.slow(np.random.default_rng(2), 10 * RATE, 2.0, 0.25, 0.75)
    assert curve.min() >= 0.25 and curve.max() <= 0.75 and np.ptp(curve) > 0.3
    turns = np.flatnonzero(np.diff(np.sign(np.diff(curve[::480]))))
    assert 8 <= len(turns) <= 24
    assert np.abs(np.diff(curve)).max() < 4 / RATE


def test_convolution_is_that() -> None:
    samples = np.array([[1, 0, 0, 2, 0], [0, 1, 0, 0, 0]], np.float32)
    wanted = [[3, 1, 0.5, 6, 2], [0, 3, 1, 0.5, 0]]
    np.testing.assert_allclose(noise.convolved(samples, np.array([3, 1, 0.5])), wanted, atol=1e-6)
    sides = np.array([[1.0, 0], [0, 2.0]])
    np.testing.assert_allclose(noise.convolved(samples, sides), [[1, 0, 0, 2, 0], [0, 0, 2, 0, 0]], atol=1e-6)


def test_a_struck_tone_and_a_burst() -> None:
    tone = noise.ring(1000.0, 0.1)
    assert len(tone) == round(0.6 * RATE)
    envelope = np.abs(tone).reshape(-1, 480).max(1)
    assert envelope[10] / envelope[0] == pytest.approx(math.exp(-1), rel=0.05)
    assert int(np.abs(np.fft.rfft(tone)).argmax()) / 0.6 == pytest.approx(1000, abs=2)
    rising = noise.ring(1000.0, 9.0, 1.0, glide=1.0)
    early, late = (int(np.abs(np.fft.rfft(part)).argmax()) * 10 for part in (rising[:4800], rising[-4800:]))
    assert early < late
    made = noise.burst(np.random.default_rng(3), 0.02, noise.band(200, 2000))
    assert np.abs(made).max() == pytest.approx(1, abs=1e-6) and len(made) == round(0.14 * RATE)
    assert np.abs(made[: RATE // 100]).max() == 1.0 and np.abs(made[-480:]).max() < 0.02


def test_moments_are_as_many_as_asked_on_average_and_in_order() -> None:
    random = np.random.default_rng(4)
    counts = [noise.moments(random, 10 * RATE, 3.0) for _ in range(50)]
    assert all((np.diff(one) >= 0).all() and one.min() >= 0 and one.max() < 10 * RATE for one in counts)
    assert np.mean([len(one) for one in counts]) == pytest.approx(30, abs=2.5)


def test_what_is_far_is_dull_and_what_echoes_goes_on() -> None:
    high = np.tile(np.sin(2 * np.pi * 8000 * np.arange(RATE) / RATE), (2, 1))
    low = np.tile(np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE), (2, 1))
    assert noise.distant(high, 2000.0).std() / high.std() == pytest.approx(1 / 17, rel=0.02)
    assert noise.distant(low, 2000.0).std() / low.std() == pytest.approx(1 / 1.01, rel=0.005)
    click = np.zeros((2, RATE), np.float32)
    click[:, 100] = 1
    heard = noise.echoing(np.random.default_rng(5), click, 0.5, 0.3)
    assert not np.abs(heard[:, :100]).max() > 1e-6 and heard[0, 100] == pytest.approx(1, abs=0.02)
    tail = heard - click
    assert [np.sqrt((side**2).sum()) for side in tail] == pytest.approx([0.3, 0.3], abs=0.01)
    first, later = (np.sqrt((tail[0, at : at + 2400] ** 2).mean()) for at in (1000, 13_000))
    assert 20 * math.log10(first / later) == pytest.approx(60 * 0.25 / 0.5, abs=4)


def test_each_event_has_its_own_level() -> None:
    count = 3 * RATE
    usual = loudness(mixing.ambience((SoundEvent("wind"),), count, 1))
    assert usual == pytest.approx(KINDS["wind"][1], abs=0.1)
    assert loudness(mixing.ambience((SoundEvent("wind", level=-9.0),), count, 1)) == pytest.approx(usual - 9, abs=0.1)
    one, two = (mixing.ambience((SoundEvent(kind),), count, 1) for kind in ("wind", "rain"))
    both = mixing.ambience((SoundEvent("wind"), SoundEvent("rain")), count, 1)
    np.testing.assert_allclose(both, one + two, atol=1e-6)
    short = mixing.ambience((SoundEvent("wind"),), 1000, 1)
    assert short.shape == (2, 1000) and np.abs(short.mean(axis=1)).max() < 1e-6


def test_distance_dulls() -> None:
    def brightness(distance: float) -> float:
        power = np.abs(np.fft.rfft(mixing.ambience((SoundEvent("rain", distance=distance),), 2 * RATE, 1)[0])) ** 2
        return float(power[2 * 4000 :].sum() / power.sum())

    near, edge, far = brightness(0.0), brightness(0.2), brightness(0.6)
    assert edge == near and far < 0.5 * near


def test_the_bed_gives_way_before_a_line_and_comes_back_after_it() -> None:
    activity = np.zeros(4 * RATE, np.float32)
    activity[RATE : 2 * RATE] = 1
    level = 20 * np.log10(np.concatenate(list(ducking(activity))))
    assert level[0] == level[-1] == 0 and len(level) == 4 * RATE
    assert level[RATE : 2 * RATE].max() < 0.7 * DUCKED and level[int(1.5 * RATE)] == pytest.approx(DUCKED, abs=0.01)
    assert [level[int(at * RATE)] for at in (0.4, 2.6)] == pytest.approx([0, 0], abs=0.05)
    assert level[int(0.9 * RATE)] < -1


def test_fades_are_raised_cosines_at_both_ends() -> None:
    held = faded(np.full((2, 4800), 2.0), 0.01)
    ramp = 1 - np.cos(np.pi * np.arange(480) / 480)
    np.testing.assert_allclose(held[0, :480], ramp, atol=1e-9)
    np.testing.assert_allclose(held[1, -480:], ramp[::-1], atol=1e-9)
    assert (held[:, 480:-480] == 2.0).all()


# Speech


@pytest.mark.parametrize(
    ("speakers", "sides"),
    [(["A"], {"A": 0.0}), (["A", "A"], {"A": 0.0}), (["B", "A", "B"], {"B": -0.3, "A": 0.3}),
     (["A", "B", "C"], {"A": -0.3, "B": 0.0, "C": 0.3})],
)  # fmt: skip
def test_where_speakers_stand(speakers: list[str], sides: dict[str, float]) -> None:
    assert lines._sides(speakers) == pytest.approx(sides)


def test_a_speaker_has_the_same_voice_in_every_shot() -> None:
    alone, both = lines._timbres(["Anna"]), lines._timbres(["Ben", "Anna", "Ben"])
    assert list(both) == ["Ben", "Anna"] and both["Ben"].variant != both["Anna"].variant
    assert (alone["Anna"].pitch, alone["Anna"].range, alone["Anna"].pace) == (
        both["Anna"].pitch,
        both["Anna"].range,
        both["Anna"].pace,
    )
    assert lines._timbres([" anna "])[" anna "] == alone["Anna"]
    for timbre in lines._timbres([f"speaker {index}" for index in range(40)]).values():
        assert 38 <= timbre.pitch <= 62 and 48 <= timbre.range <= 67 and 0.95 <= timbre.pace <= 1.05


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0, "ぜろ"),
        (1, "いち"),
        (10, "じゅう"),
        (14, "じゅうよん"),
        (20, "にじゅう"),
        (99, "きゅうじゅうきゅう"),
        (100, "ひゃく"),
        (300, "さんびゃく"),
        (606, "ろっぴゃくろく"),
        (850, "はっぴゃくごじゅう"),
        (1000, "せん"),
        (3333, "さんぜんさんびゃくさんじゅうさん"),
        (8000, "はっせん"),
        (10_000, "いちまん"),
        (21_005, "にまんせんご"),
        (100_000_000, "いちおく"),
        (120_000_001, "いちおくにせんまんいち"),
    ],
)
def test_numbers_in_japanese(value: int, read: str) -> None:
    assert kana.number(value) == read


# Words


def kinds(sound: str, prompt: str = "") -> list[tuple[str, float]]:
    return [(event.kind, event.level) for event in read_sound(sound, prompt).events]


def test_a_clock_ticks_somewhere_and_the_prompt_lies_under() -> None:
    assert kinds("clock")[0] == ("room", -12.0) and kinds("clock")[1][0] == "clock"
    assert [kind for kind, _ in kinds("clock, rain")] == ["clock", "rain"]
    alone, under = dict(kinds("", "rain")), dict(kinds("birds", "rain"))
    assert under["rain"] == alone["rain"] - 6.0
    assert [kind for kind, _ in kinds("birds", "rain")] == ["rain", "birds"]


def test_no_more_than_seven_sounds_and_the_named_ones_stay() -> None:
    named = "wind, rain, thunder, birds, fire, traffic, crowd"
    found = [kind for kind, _ in kinds(named, "sea, bells, a train")]
    assert len(found) == MOST_EVENTS == 7 and set(found) == {
        "wind",
        "rain",
        "thunder",
        "birds",
        "fire",
        "traffic",
        "crowd",
    }


@pytest.mark.parametrize(
    ("sound", "found"),
    [("no wind, rain", {"rain"}), ("rain without wind", {"rain"}), ("no wind but rain", {"rain"}),
     ("no wind or birds, traffic", {"traffic"}), ("wind, no rain", {"wind"})],
)  # fmt: skip
def test_what_is_ruled_out_and_what_is_not(sound: str, found: set[str]) -> None:
    assert {kind for kind, _ in kinds(sound)} == found


def test_distance_and_strength_by_the_words_beside() -> None:
    (far,) = read_sound("distant rain", "").events
    (near,) = read_sound("rain", "").events
    assert far.level == pytest.approx(near.level - 7 * far.distance) and far.distance > 0
    quiet, loud = (read_sound(f"{word} rain", "").events[0] for word in ("quiet", "loud"))
    assert quiet.level < near.level < loud.level and quiet.strength < 1 < loud.strength <= 2.0
