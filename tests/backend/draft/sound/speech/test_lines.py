"""When lines are spoken, how fast, how loud and from where: with a voice whose lengths are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.engines.draft.sound.levels import RATE, loudness
from backend.engines.draft.sound.speech import lines
from backend.engines.draft.sound.speech.lines import Dialogue, dialogue
from backend.engines.draft.sound.speech.voice import VOICE_RATE, Timbre, VoiceError
from client.protocol import Line

PACES: list[int] = []


@pytest.fixture(autouse=True)
def voice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tone for every line: a second for each word at the usual pace, shorter as it is faster."""

    def tone(text: str, language: str, timbre: Timbre, pace: int) -> np.ndarray:
        PACES.append(pace)
        count = round(VOICE_RATE * len(text.split()) * 165 / pace)
        return (0.3 * np.sin(2 * np.pi * 440 * np.arange(count) / VOICE_RATE)).astype(np.float32)

    PACES.clear()
    monkeypatch.setattr(lines, "speak", tone)


def said(*words: str) -> tuple[Line, ...]:
    """Lines as "A one two": who speaks, and the words."""
    return tuple(Line(line[0], "English", line[2:]) for line in words)


def spans(made: Dialogue | None) -> list[float]:
    """Seconds at which somebody begins and ends."""
    assert made is not None and made.samples.shape == (2, len(made.activity)) and set(made.activity) <= {0, 1}
    return (np.flatnonzero(np.diff(np.pad(made.activity, 1))) / RATE).tolist()


@pytest.mark.parametrize(
    ("words", "seconds", "pace", "times"),
    [
        (("A one",), 5.0, 165, (0.4, 1.4)),
        (("A one", "A one", "B one two"), 9.0, 165, (0.4, 1.4, 1.62, 2.62, 3.02, 5.02)),
        (("A one",), 1.5, 165, (0.25, 1.25)),  # half of what is left over lies before it
        # 0.12 and 0.08 of two seconds are left around: it just fits, and does not any more
        (("A one two",), 2.51, 165, (0.255, 2.255)),
        (("A one two",), 2.49, 165, (0.245, 2.245)),  # with half the pauses it does
        # 3 s and pauses of 0.4 + 0.12 * 2.5 + 0.08 * 2.5 in 2.5: 3 / (2.5 - 0.45) * 1.03 times as fast
        (("A one two", "B one"), 2.5, round(165 * 1.4), None),
        # 3 s, and half of 0.384 + 0.22 + 0.25 in 3.2: 3 / 2.773 * 1.03 = 1.114 times as fast; 0.4 s are left over
        (("A one two", "A one"), 3.2, 184, (0.2, 0.2 + 330 / 184, 0.31 + 330 / 184, 0.31 + 495 / 184)),
    ],
)
def test_lines_are_timed_to_the_shot(
    words: tuple[str, ...], seconds: float, pace: int, times: tuple[float, ...] | None
) -> None:
    made = dialogue(said(*words), round(seconds * RATE))
    assert PACES[-1] == pace and PACES[0] == 165
    assert len(PACES) == len(words) * (1 if pace == 165 else 2)
    if times is not None:
        assert spans(made) == pytest.approx(times, abs=2e-4)
        assert made is not None and made.notes == ()


def test_what_is_too_long_is_as_fast_as_may_be_then_cut_and_said() -> None:
    count = round(3.4 * RATE)
    made = dialogue(said("A one two three four", "B one"), count)
    length = 4 * 165 / 231  # at 1.4 times the pace
    assert made is not None and PACES[-1] == 231
    assert spans(made) == pytest.approx([0, length, length + 0.2, 3.4], abs=2e-4)
    needed = math.ceil(10 * (length * 1.25 + 0.2 + 0.25)) / 10
    assert made.notes == (f"The dialogue is longer than the shot: {needed:.1f} s would fit it.",)
    cut = np.abs(made.samples[:, -RATE // 8 :]).max(axis=0)
    whole = np.abs(made.samples[:, -RATE // 5 : -RATE // 8]).max()
    middle = np.abs(made.samples[:, -round(0.064 * RATE) : -round(0.056 * RATE)]).max()
    assert cut[-20:].max() < 0.01 * whole and middle == pytest.approx(0.5 * whole, rel=0.15)
    assert cut[:200].max() == pytest.approx(whole, rel=0.05)
    over = dialogue(said("A one two three four five", "B one"), count)
    assert spans(over) == pytest.approx([0, 3.4], abs=2e-4)  # nothing is left for the second


def test_each_line_is_as_loud_as_the_standard_has_it_and_stands_where_its_speaker_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "_in_a_room", lambda samples: samples)
    made = dialogue(said("A one two", "B one two", "C one two"), 12 * RATE)
    assert made is not None
    bounds = [round(at * RATE) for at in spans(made)]
    angles = []
    for first, last in (bounds[:2], bounds[2:4], bounds[4:]):
        assert loudness(made.samples[:, first:last]) == pytest.approx(-23, abs=0.05)
        left, right = (float((side[first + 2400 : last - 2400] ** 2).mean()) ** 0.5 for side in made.samples)
        angles.append(math.degrees(math.atan2(right, left)))
        assert np.abs(made.samples[:, first : first + 24]).max() < 0.1 * np.abs(made.samples[:, first:last]).max()
    assert angles == pytest.approx([45 - 13.5, 45, 45 + 13.5], abs=0.01)


def test_the_room_answers_for_a_fifth_of_a_second_20_db_down() -> None:
    click = np.zeros((2, RATE // 2), np.float32)
    click[:, 1000] = 1.0
    tail = (lines._in_a_room(click) - click).astype(np.float64)
    assert np.abs(tail[:, :1000]).max() < 1e-6 and np.abs(tail[:, 1000 + round(0.22 * RATE) :]).max() < 1e-6
    assert np.sqrt((tail**2).sum(axis=1)) == pytest.approx([0.16, 0.16], abs=1e-4)
    # What it is made of: noise that fades by 1 / 0.045 a second, made dark, and fades by 1 / 0.05 more.
    t = np.arange(7200) / RATE
    steps = np.diff(tail[:, 1000:8200] * np.exp(t / 0.05), axis=1, prepend=0.0)
    waves = np.zeros_like(steps)
    for at in range(1, steps.shape[1]):
        waves[:, at] = steps[:, at] + 0.35 * waves[:, at - 1]
    even = waves[:, 240:] * np.exp(t[240:] / 0.045)
    levels = [part.std() for part in np.array_split(even, 4, axis=1)]
    assert levels == pytest.approx([np.mean(levels)] * 4, rel=0.06)
    assert abs(np.corrcoef(even[0, 1:], even[0, :-1])[0, 1]) < 0.05 > abs(np.corrcoef(even)[0, 1])
    assert waves[:, 72:120].std() / levels[0] == pytest.approx(0.5, abs=0.12)  # it rises over 4 ms
    power = (np.abs(np.fft.rfft(tail, RATE)) ** 2).sum(axis=0)
    assert power[:1000].sum() > 0.5 * power.sum() and power[4000:].sum() < 0.05 * power.sum()
    assert lines._in_a_room(np.zeros((2, 0), np.float32)).shape == (2, 0)


def test_only_what_follows_a_line_is_in_the_room() -> None:
    made = dialogue(said("A one"), 3 * RATE)
    assert made is not None
    end = round(1.4 * RATE)
    assert not made.samples[:, : round(0.4 * RATE) - 1].any()
    assert np.abs(made.samples[:, end + 240 : end + 2400]).max() > 1e-4
    assert not made.samples[:, end + round(0.22 * RATE) :].any()


def test_what_can_not_be_said_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = "A line of dialogue has nothing that can be spoken."
    assert dialogue((), RATE) is None
    for words in (("A ...",), ("A ...", "B !")):
        silent = dialogue(said(*words), RATE)
        assert silent is not None and silent.notes == (nothing,) and not silent.samples.any()
        assert silent.activity.tolist() == [0.0] * RATE
    both = dialogue(said("A ...", "B one"), 3 * RATE)
    assert both is not None and both.notes == (nothing,) and spans(both) == pytest.approx([0.4, 1.4], abs=2e-4)

    def fail(*_: object) -> np.ndarray:
        raise VoiceError("No voice.")

    monkeypatch.setattr(lines, "speak", fail)
    mute = dialogue(said("A one"), RATE)
    assert mute is not None and mute.notes == ("The dialogue is not heard: No voice.",) and not mute.activity.any()


def test_a_voice_is_that_of_the_name() -> None:
    """As in every film so far; of two that would speak alike the later gets another voice."""
    found = lines._timbres(["ANNA", "BEN", "ANNA", "Cleo", " anna"])
    assert [(name, one.variant, one.pitch, one.range, round(one.pace, 2)) for name, one in found.items()] == [
        ("ANNA", "f3", 43, 48, 0.95),
        ("BEN", "f1", 51, 50, 1.01),
        ("Cleo", "m4", 56, 65, 1.03),
        (" anna", "m2", 43, 48, 0.95),
    ]
