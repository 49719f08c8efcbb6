"""When lines are spoken, how fast, how loud and from where: with a voice that is a tone of so many seconds. And what of
a line can be read, in which language."""

from __future__ import annotations

import zlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backend.engines.draft.sound import soundtrack
from backend.engines.draft.sound.levels import RATE, loudness
from backend.engines.draft.sound.speech import lines, voice
from backend.engines.draft.sound.speech.lines import Dialogue, dialogue
from backend.engines.draft.sound.speech.voice import VOICE_RATE, Timbre, VoiceError
from client.protocol import Line

Said = list[tuple[str, str, Timbre, int]]


def line(speaker: str, seconds: float) -> Line:
    """A line that takes so long at the usual pace."""
    return Line(speaker, "English", f"{seconds} s")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What was spoken, by a voice that hums as long as the line says; faster in proportion."""
    spoken: Said = []

    def speak(text: str, language: str, timbre: Timbre, pace: int = 165) -> np.ndarray:
        spoken.append((text, language, timbre, pace))
        count = round(float(text.split()[0]) * VOICE_RATE * 165 / pace)
        return (0.1 * np.sin(2 * np.pi * 440 * np.arange(count) / VOICE_RATE)).astype(np.float32)

    monkeypatch.setattr(lines, "speak", speak)
    monkeypatch.setattr(lines, "_in_a_room", lambda samples: samples)
    return spoken


def spans(made: Dialogue | None) -> list[tuple[float, float]]:
    """From when to when somebody speaks, in seconds."""
    assert made is not None
    edges = np.flatnonzero(np.diff(np.pad(made.activity, 1)))
    return [(round(first / RATE, 3), round(after / RATE, 3)) for first, after in edges.reshape(-1, 2)]


def test_lines_follow_one_another_with_a_breath_between_them(said: Said) -> None:
    made = dialogue((line("A", 1.0), line("A", 0.5), line("B", 0.75)), 4 * RATE)
    assert spans(made) == [(0.4, 1.4), (1.62, 2.12), (2.52, 3.27)]
    assert [(text, language, pace) for text, language, _, pace in said] == [
        ("1.0 s", "English", 165), ("0.5 s", "English", 165), ("0.75 s", "English", 165),
    ]  # fmt: skip
    assert made is not None and made.notes == () and made.samples.shape == (2, 4 * RATE)
    assert made.samples.dtype == np.float32


def test_a_line_that_just_fits_begins_in_the_middle_of_what_is_spare(said: Said) -> None:
    # 0.12 and 0.08 of two seconds are what is kept before and behind it.
    assert spans(dialogue((line("A", 1.6),), 2 * RATE)) == [(0.2, 1.8)]
    assert [one[3] for one in said] == [165]


@pytest.mark.parametrize(
    ("seconds", "paces"),
    [
        (1.61, [165]),  # half of the pauses is enough for it
        (1.8, [165, 170]),  # 1.8 s into 1.8, and three in a hundred faster than that
        (2.2, [165, 208]),
        (4.0, [165, 231]),  # no faster than by 1.4
    ],
)
def test_what_does_not_fit_is_spoken_faster(said: Said, seconds: float, paces: list[int]) -> None:
    dialogue((line("A", seconds),), 2 * RATE)
    assert [one[3] for one in said] == paces


def test_what_is_too_long_all_the_same_is_cut_and_said(said: Said) -> None:
    made = dialogue((line("A", 2.0), line("B", 3.0)), 3 * RATE)
    assert made is not None
    # 5 s spoken faster by 1.4, and 0.2 s between them: 0.77 s more than there are, and a quarter behind.
    assert made.notes == ("The dialogue is longer than the shot: 4.1 s would fit it.",)
    (first, second) = spans(made)
    assert first == (0.0, pytest.approx(2 / 1.4, abs=0.001)) and second == (
        pytest.approx(2 / 1.4 + 0.2, abs=0.001),
        3.0,
    )
    ends = np.abs(made.samples[:, -round(0.12 * RATE) :]).max(0)
    assert ends[:480].max() > 20 * ends[-480:].max() > 0  # faded, not cut off


def test_a_line_is_as_loud_as_every_other_and_comes_from_its_speaker(said: Said) -> None:
    made = dialogue((line("A", 0.5), line("B", 0.5), line("C", 0.5)), 4 * RATE)
    assert made is not None
    levels = []
    for first, after in spans(made):
        part = made.samples[:, round(first * RATE) : round(after * RATE)]
        assert loudness(part) == pytest.approx(-23.0, abs=0.15)
        left, right = np.abs(part).max(1)
        levels.append(float(np.degrees(np.arctan2(right, left))))
    assert levels == pytest.approx([45 * 0.7, 45, 45 * 1.3], abs=0.1)
    assert set(np.unique(made.activity)) == {0.0, 1.0} and not made.samples[:, made.activity == 0].any()


def test_what_can_not_be_spoken_is_said(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = "A line of dialogue has nothing that can be spoken."
    silent = dialogue((Line("A", "English", "\u2764"),), RATE)
    assert silent is not None and silent.notes == (nothing,) and not silent.samples.any() and not silent.activity.any()
    assert (silent.samples.shape, silent.activity.shape) == ((2, RATE), (RATE,)) and said == []
    both = dialogue((Line("A", "English", "\u2764"), line("B", 0.5)), 2 * RATE)
    assert both is not None and both.notes == (nothing,) and spans(both) == [(0.4, 0.9)]
    assert dialogue((), RATE) is None

    def mute(*_: Any) -> np.ndarray:
        raise VoiceError("It is hoarse.")

    monkeypatch.setattr(lines, "speak", mute)
    hoarse = dialogue((line("A", 0.5),), RATE)
    assert hoarse is not None and hoarse.notes == ("The dialogue is not heard: It is hoarse.",)
    assert not hoarse.activity.any() and hoarse.samples.shape == (2, RATE)


def test_a_room_answers_a_voice_for_a_moment() -> None:
    dry = np.zeros((2, RATE), np.float32)
    dry[:, 100] = 1.0
    made = lines._in_a_room(dry)
    tail = made - dry
    assert made.dtype == np.float32 and made.shape == dry.shape and not tail[:, :100].round(6).any()
    assert np.sqrt((tail**2).sum(axis=1)) == pytest.approx([0.16, 0.16], abs=1e-3)
    assert not tail[:, 100 + round(0.22 * RATE) :].round(6).any() and (tail[0] != tail[1]).any()
    early, late = (np.square(tail[:, 100 + start : 100 + start + 2400]).sum() for start in (0, 4800))
    assert early > 10 * late > 0
    assert lines._in_a_room(np.zeros((2, 0), np.float32)).shape == (2, 0)


def test_a_voice_is_made_of_a_name() -> None:
    code = zlib.crc32(b"anna maria")
    found = lines._timbres(["Anna  MARIA"])["Anna  MARIA"]
    assert found == Timbre(
        voice.VARIANTS[code % 12], 38 + (code >> 8) % 25, 48 + (code >> 16) % 20, 0.95 + 0.01 * ((code >> 24) % 11)
    )
    many = [f"speaker {index}" for index in range(12)]
    assert {one.variant for one in lines._timbres(many).values()} == set(voice.VARIANTS)


# What is read


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("Hello <i>there</i>, friend!", "English", ("Hello there , friend!", "English")),
        ("a\u2764b\tc", "English", ("a b c", "English")),
        ("\uff28\uff49", "English", ("Hi", "English")),
        ("... !", "English", ("", "English")),
        ("5%", "German", ("5%", "German")),
        ("x" * 1199 + "yz", "English", ("x" * 1199 + "y", "English")),
        ("\u4f60\u597d", "English", ("\u4f60\u597d", "Mandarin")),
        ("\u4f60\u597d", "Cantonese", ("\u4f60\u597d", "Cantonese")),
        ("\uc548\ub155", "English", ("\uc548\ub155", "Korean")),
        ("hello", "Klingon", ("hello", "English")),
        ("<" + "x" * 200 + ">a", "English", ("a", "English")),
    ],
)
def test_what_of_a_line_can_be_read(text: str, language: str, read: tuple[str, str]) -> None:
    assert voice.readable(text, language) == read


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("ab\u4f60\u597d", "English", "English"),  # no more than half of it
        ("a\u4f60\u597d", "English", "Mandarin"),
        ("\u4f60\u597d\u3042", "English", "Japanese"),
        ("\u4f60\u597d\u3042", "Mandarin", "Japanese"),
        ("\u3042", "Japanese", "Japanese"),
        ("\u4f60\u597d", "Japanese", "Japanese"),
        ("\u4f60\u597d", "Korean", "Mandarin"),
        ("\uc548\u4f60\u597d", "English", "English"),  # two scripts, of which neither is more
        ("\uc548\ub155\u4f60", "English", "Korean"),
        ("\uc548\ub155", "Korean", "Korean"),
        ("\u1100\u1161", "French", "Korean"),
        ("\u3400\u4dbf", "French", "Mandarin"),
        ("bonjour", "French", "French"),
        ("123", "German", "German"),
    ],
)
def test_in_which_language_a_line_is_spoken(text: str, language: str, spoken: str) -> None:
    assert voice._language_of(text, language) == spoken


def test_silence_around_a_voice_is_cut_to_a_hundredth() -> None:
    loud, low = 10 ** (-49.9 / 20), 10 ** (-50.1 / 20)
    samples = np.zeros(4000, np.float32)
    samples[1000], samples[2000], samples[500], samples[3000] = loud, -loud, low, -low
    made = voice._trimmed(samples)
    assert len(made) == 1000 + 2 * 220 and made[220] == np.float32(loud) and made[1220] == np.float32(-loud)
    assert len(voice._trimmed(np.float32([loud, 0, loud, 0]))) == 4
    assert voice._trimmed(np.full(100, low, np.float32)).shape == (0,)


def espeak(*unknown: bytes) -> Any:
    """The library, which says nothing and has all voices but these; and what it was asked."""
    asked: list[Any] = []
    return SimpleNamespace(
        asked=asked,
        espeak_SetSynthCallback=lambda callback: None,
        espeak_SetVoiceByName=lambda name: asked.append(name) or int(name in unknown),
        espeak_SetParameter=lambda *values: asked.append(values),
        espeak_Synth=lambda data, size, *rest: asked.append((data, size.value, *rest)),
        espeak_Synchronize=lambda: asked.append("wait"),
    )


def test_how_the_library_is_asked() -> None:
    library = espeak()
    spoken = voice._spoken(library, "h\xe9", "German", Timbre("f2", 40, 60, 0.9), 200)
    assert spoken.shape == (0,) and spoken.dtype == np.float32
    assert library.asked == [
        b"de+f2", (1, 180, 0), (3, 40, 0), (4, 60, 0), (b"h\xc3\xa9\0", 4, 0, 1, 0, 1, None, None), "wait",
    ]  # fmt: skip
    for pace, words, rate in ((0.5, 200, 110), (2.0, 200, 300), (1.0, 165, 165)):
        library.asked.clear()
        voice._spoken(library, "a", "English", Timbre(pace=pace), words)
        assert library.asked[:2] == [b"en-us", (1, rate, 0)]


def test_a_variant_that_is_not_there_is_done_without() -> None:
    library = espeak(b"fr+m3")
    voice._choose_voice(library, "French", "m3")
    assert library.asked == [b"fr+m3", b"fr"]
    with pytest.raises(VoiceError, match=r"^The scratch voice has no voice for French\.$"):
        voice._choose_voice(espeak(b"fr+m3", b"fr"), "French", "m3")


# Under the voices


def test_the_ambience_goes_down_by_six_decibels_and_comes_back() -> None:
    activity = np.zeros(3 * RATE, np.float32)
    activity[RATE : RATE + RATE // 2] = 1.0
    gain = np.concatenate(list(soundtrack.ducking(activity)))
    assert gain.shape == activity.shape and gain.dtype == np.float32
    assert gain[RATE + RATE // 4] == pytest.approx(10 ** (-6 / 20), abs=1e-4)
    assert gain[0] == gain[RATE // 4] == gain[-1] == 1.0 and gain.min() >= 10 ** (-6 / 20) - 1e-6
    half = np.flatnonzero(gain < 10 ** (-3 / 20))  # symmetric around it: 155 ms before and behind
    assert half[0] / RATE == pytest.approx(1.0 - 0.155, abs=0.02) and half[-1] / RATE == pytest.approx(1.655, abs=0.02)
