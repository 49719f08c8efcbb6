"""The draft's soundtrack as it is heard: length, level, peaks, ends, places, time."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.draft.sound import ambience as ambiences
from backend.engines.draft.sound.ambience import MAKERS, ambience
from backend.engines.draft.sound.events import SoundEvent
from backend.engines.draft.sound.levels import RATE, loudness
from backend.engines.draft.sound.soundtrack import soundtrack
from backend.engines.draft.sound.speech.lines import dialogue
from backend.engines.draft.sound.speech.voice import VoiceError
from backend.engines.draft.sound.vocabulary import KINDS
from backend.engines.engine import Clip
from backend.media.encode import write_clip
from client.protocol import LANGUAGES, Binding, Line, TakeRequest
from devtools.take_requests import take_request
from tests.backend.draft.sound.heard import true_peak

ANNA = Line("ANNA", "English", "We are late.")
BEN = Line("BEN", "English", "Then we should go.")


def request(sound: str = "", lines: tuple[Line, ...] = (), prompt: str = "", seed: int = 3) -> TakeRequest:
    return take_request(prompt, seed=seed, dialogue=lines, sound=sound)


def made(
    sound: str = "", lines: tuple[Line, ...] = (), prompt: str = "", seconds: float = 5.0, seed: int = 3
) -> np.ndarray:
    return soundtrack(request(sound, lines, prompt, seed), seconds)[0].samples


def speech_times(samples: np.ndarray) -> tuple[float, float]:
    """Seconds of the first and last sample well over the bed."""
    loud = np.flatnonzero(np.abs(samples).max(axis=0) > 0.03)
    return loud[0] / RATE, loud[-1] / RATE


@pytest.mark.parametrize(
    ("sound", "level"),
    [("", -50.0), ("rain on a window", -36.0), ("a crowd in a cafe", -37.0), ("city traffic", -37.0), ("wind", -38.0)],
)
def test_dialogue_is_anchored_and_ambience_is_as_loud_with_it_as_without(sound: str, level: float) -> None:
    track, _ = soundtrack(request(sound, (ANNA,)), 5.0)
    samples, plain = track.samples, made(sound)
    assert track.rate == RATE and samples.dtype == np.float32 and samples.shape == (2, 5 * RATE)
    assert loudness(plain) == pytest.approx(level, abs=1.3)  # a cafe has dishes, too
    first, last = speech_times(made("silence", (ANNA,)))
    assert loudness(samples[:, int(first * RATE) : int(last * RATE)]) == pytest.approx(-23, abs=0.9)
    after = slice(int(3.5 * RATE), None)  # nobody speaks any more
    np.testing.assert_allclose(samples[:, after], plain[:, after], atol=1e-7)
    for one in (samples, plain):
        assert 20 * np.log10(true_peak(one)) < -1.0
        assert np.abs(one[:, [0, -1]]).max() < 1e-4
        assert np.abs(one.mean(axis=1)).max() < 1e-4
        assert np.abs(np.diff(one[:, : RATE // 100])).max() < 0.02  # no click at the start


@pytest.mark.parametrize(
    "sound",
    ["", "rain", "city traffic", "a crowd in a cafe", "wind, distant birds", "sea, gulls", "forest", "office", "fire"],
)
def test_neighbouring_takes_with_the_same_words_are_alike(sound: str) -> None:
    takes = [made(sound, seconds=seconds, seed=seed) for seconds, seed in ((2.0, 1), (5.0, 2), (9.0, 3))]
    levels = [loudness(take) for take in takes]
    assert max(levels) - min(levels) < 1.0, levels


@pytest.mark.parametrize("lines", [(), (ANNA,)])
@pytest.mark.parametrize("sound", ["", "rain", "a crowd in a cafe"])
def test_neighbouring_takes_are_alike_in_the_files_that_editors_cut(
    sound: str, lines: tuple[Line, ...], tmp_path: Path
) -> None:
    """What is read back from two mp4s, of other lengths and seeds: the whole, and what lies at their cut."""
    heard = []
    for seconds, seed in ((2.0, 1), (3.0, 2)):
        asked = take_request(seconds=seconds, size=(64, 36), seed=seed, dialogue=lines, sound=sound)
        track, _ = soundtrack(asked, seconds)
        frames = round(24 * seconds)
        pictures = (np.full((36, 64, 3), index, np.uint8) for index in range(frames))
        file = tmp_path / f"{seed}.mp4"
        write_clip(Clip(64, 36, Fraction(24), frames, pictures, track), asked, file, lambda *_: None, lambda: False)
        with av.open(file) as container:
            samples = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
        heard.append(samples[:, : round(seconds * RATE)])
    one, two = heard
    if lines:
        said = slice(*(int(at * RATE) for at in speech_times(made("silence", lines, seconds=2.0))))
        levels = [loudness(samples[:, said]) for samples in heard]
        assert levels == pytest.approx([-23, -23], abs=1.0) and abs(levels[0] - levels[1]) < 1.0
        return
    assert abs(loudness(one) - loudness(two)) < 1.0
    at_cut = one[:, -RATE // 2 : -RATE // 8], two[:, RATE // 8 : RATE // 2]
    before, after = (10 * np.log10((part**2).mean()) for part in at_cut)
    assert abs(before - after) < 3.0  # a third of a second of noise is not as even as the whole


def test_a_scene_in_one_take_is_limited_and_not_lowered() -> None:
    loud, quiet = made("explosion, thunder, violent storm"), made("rain")
    assert 20 * np.log10(true_peak(loud)) < -1.0
    assert loudness(loud) > loudness(quiet) + 10


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_each_sound_is_heard_in_stereo_and_in_its_own_way_by_seed(kind: str) -> None:
    one, same, other = (ambience((SoundEvent(kind),), 4 * RATE, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert one.shape == (2, 4 * RATE) and np.isfinite(one).all()
    assert loudness(one) == pytest.approx(KINDS[kind][1], abs=0.5)
    if kind not in ("heartbeat",):
        assert not np.array_equal(one, other)
        assert not np.allclose(one[0], one[1])


def share(samples: np.ndarray, low: float, high: float) -> float:
    """Part of the energy between two frequencies."""
    power = np.abs(np.fft.rfft(samples.mean(axis=0))) ** 2
    f = np.fft.rfftfreq(samples.shape[1], 1 / RATE)
    return float(power[(f >= low) & (f < high)].sum() / power.sum())


def test_sounds_lie_where_they_belong_in_the_spectrum() -> None:
    def of(kind: str, **how: object) -> np.ndarray:
        return ambience((SoundEvent(kind, **how),), 5 * RATE, 4)  # type: ignore[arg-type]

    assert share(of("birds"), 1800, 8000) > 0.8
    assert share(of("insects"), 3000, 6000) > 0.8
    assert share(of("thunder"), 20, 400) > 0.8
    assert share(of("rain"), 800, 20000) > 0.5
    assert share(of("room"), 20, 500) > 0.9
    assert share(of("wind", strength=2.0), 400, 4000) > share(of("wind", strength=0.5), 400, 4000)
    assert share(of("rain", distance=0.9), 3000, 20000) < share(of("rain"), 3000, 20000)


def test_footsteps_come_in_a_walker_s_rhythm() -> None:
    steps = ambience((SoundEvent("footsteps"),), 10 * RATE, 1)
    block = RATE // 50
    level = np.sqrt((steps.mean(axis=0).reshape(-1, block) ** 2).mean(axis=1))
    rises = np.flatnonzero((level[1:] > 0.35 * level.max()) & (level[:-1] < 0.2 * level.max()))
    assert 13 <= len(rises) <= 24  # about 1.85 a second for ten seconds


def test_silence_is_exact() -> None:
    assert not made("silence", prompt="a storm at sea").any()
    only_speech = made("silence", (ANNA,))
    first, last = speech_times(only_speech)
    assert not only_speech[:, : int((first - 0.1) * RATE)].any()
    assert last < 2.5


def test_the_ambience_goes_down_under_lines_and_comes_back() -> None:
    only, both = made("silence", (ANNA,)), made("wind", (ANNA,))
    first, last = speech_times(only)
    under, plain = both - only, made("wind")
    talk = slice(int((first + 0.3) * RATE), int((last - 0.1) * RATE))
    assert loudness(under[:, talk]) == pytest.approx(loudness(plain[:, talk]) - 6, abs=0.3)
    later = slice(int((last + 1.0) * RATE), -RATE // 10)
    np.testing.assert_allclose(under[:, later], plain[:, later], atol=1e-6)


def test_speakers_differ_in_place_and_voice_and_take_turns() -> None:
    talk = dialogue((ANNA, BEN), 5 * RATE)
    assert talk is not None and talk.notes == ()
    busy = np.flatnonzero(np.diff(np.pad(talk.activity, 1)))
    (first, end), (second, last) = busy.reshape(2, 2)
    assert 0.25 * RATE <= second - end <= 0.6 * RATE and last < 5 * RATE
    left, right = (np.sqrt((talk.samples[side, first:end] ** 2).mean()) for side in (0, 1))
    later_left, later_right = (np.sqrt((talk.samples[side, second:last] ** 2).mean()) for side in (0, 1))
    assert left > 1.2 * right and later_right > 1.2 * later_left
    alone = dialogue((ANNA,), 5 * RATE)
    assert alone is not None
    assert np.allclose(*[np.sqrt((alone.samples[side] ** 2).mean()) for side in (0, 1)], rtol=0.05)


def test_dialogue_that_does_not_fit_is_faster_then_cut_and_said() -> None:
    line = Line("ANNA", "English", "We should have left an hour ago, and now the last train is gone.")
    (fits,) = dialogue((line,), 10 * RATE).notes or ("",)  # type: ignore[union-attr]
    assert fits == ""
    usual, hasty = (dialogue((line,), round(seconds * RATE)) for seconds in (10, 3.4))
    assert usual is not None and hasty is not None
    assert hasty.notes == () and hasty.activity.sum() < 0.95 * usual.activity.sum()
    cut, notes = soundtrack(request("silence", (line,)), 1.5)
    (note,) = notes
    assert note.startswith("The dialogue is longer than the shot: ") and note.endswith(" s would fit it.")
    needed = float(note.split(": ")[1].split(" s")[0])
    assert soundtrack(request("silence", (line,)), needed)[1] == ()
    assert cut.samples.shape == (2, round(1.5 * RATE))
    assert np.abs(cut.samples[:, -200:]).max() < 0.02


def test_every_language_lands_in_the_mix() -> None:
    texts = (
        "We are late.",
        "我们迟到了。",
        "我哋遲到喇。",
        "遅れています。",
        "늦었어요.",
        "Wir sind spät.",
        "En retard.",
    )
    for language, text in zip(LANGUAGES, texts, strict=True):
        samples = made("silence", (Line("A", language, text),), seconds=4)
        first, last = speech_times(samples)
        assert 0.2 < first < 0.7 and 0.4 < last - first < 3.2, language


def test_a_missing_voice_is_a_note_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> np.ndarray:
        raise VoiceError("The scratch voice (espeak-ng) is not installed.")

    monkeypatch.setattr("backend.engines.draft.sound.speech.lines.speak", fail)
    monkeypatch.setattr("backend.engines.draft.sound.people.chorus", fail)
    track, notes = soundtrack(request("crowd", (ANNA,)), 2.0)
    assert "not installed" in " ".join(notes)
    assert loudness(track.samples) == pytest.approx(-37, abs=0.5)


def test_the_same_request_gives_the_same_bytes() -> None:
    talk = (ANNA, Line("BEN", "Japanese", "私たちは遅れています。"))
    one, two, other = (made("storm at sea, crowd", talk, seed=seed) for seed in (5, 5, 6))
    assert one.tobytes() == two.tobytes() != other.tobytes()


@pytest.mark.parametrize("seconds", [0.0, 1 / 48000, 0.02, 0.1, 0.35, 1001 / 24000 * 7, 12.345])
def test_any_length(seconds: float) -> None:
    samples = made("rain, wind, footsteps, birds, sea, thunder, bells", (ANNA,), seconds=seconds)
    assert samples.shape == (2, round(seconds * RATE)) and np.isfinite(samples).all()
    assert np.abs(samples).max(initial=0) < 1


def test_a_long_take_runs_on_over_its_parts_and_takes_little_more_memory_than_it_fills(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ambiences, "LONGEST", 7 * RATE)
    monkeypatch.setattr(ambiences, "PART", 5 * RATE)
    peaks = []
    for seconds in (13.0, 21.0):
        tracemalloc.start()
        samples = made("rain", seconds=seconds)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert samples.shape == (2, 21 * RATE)
    seams = [loudness(samples[:, int((at - 0.5) * RATE) : int((at + 3.5) * RATE)]) for at in (5, 10, 15)]
    assert np.mean(seams) == pytest.approx(loudness(samples), abs=1.0) == pytest.approx(-36, abs=1.0)
    assert np.abs(np.diff(samples)).max() < 0.3
    assert np.corrcoef(samples[0, 5 * RATE : 8 * RATE], samples[0, 10 * RATE : 13 * RATE])[0, 1] < 0.1
    filled = 8 * RATE * 2 * 4
    assert peaks[1] - peaks[0] < 1.5 * filled


def words(most: int) -> st.SearchStrategy[str]:
    """Whatever a direction may hold."""
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=most)


@settings(max_examples=25, deadline=None)
@given(
    sound=words(60),
    prompt=words(60),
    lines=st.lists(
        st.builds(Line, words(8), st.sampled_from(LANGUAGES), words(60).filter(str.strip)),
        max_size=3,
    ),
    seconds=st.floats(0.0, 2.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_request(sound: str, prompt: str, lines: list[Line], seconds: float, seed: int) -> None:
    track, notes = soundtrack(request(sound, tuple(lines), prompt, seed), seconds)
    assert track.samples.shape == (2, round(seconds * RATE))
    assert np.isfinite(track.samples).all() and true_peak(track.samples) < 0.9
    assert all(note.endswith(".") for note in notes)


def test_nobody_speaks_in_the_handles_of_a_shot() -> None:
    """Three seconds of 24 frames each, the first and the last of them handles."""
    asked = replace(request("silence", (ANNA,)), seconds=3.0, fps=Fraction(24))
    alone = soundtrack(replace(asked, seconds=1.0), 1.0)[0].samples
    bound = Binding("f", "s", "shot", "take", "Kitchen", 1, head=24, tail=24)
    heard = soundtrack(replace(asked, binding=bound), 3.0)[0].samples
    assert asked.shot_frames == (0, 72) and replace(asked, binding=bound).shot_frames == (24, 48)
    assert np.abs(heard[:, :RATE]).max() == np.abs(heard[:, 2 * RATE :]).max() == 0
    middle = slice(RATE + RATE // 20, 2 * RATE - RATE // 20)  # the ends of a take are faded
    np.testing.assert_allclose(heard[:, middle], alone[:, RATE // 20 : RATE - RATE // 20], atol=1e-6)


@pytest.mark.parametrize(("head", "tail"), [(-1, 0), (72, 0), (0, 72), (40, 40), (0, -5)])
def test_handles_that_leave_nothing_are_none(head: int, tail: int) -> None:
    bound = Binding("f", "s", "shot", "take", "Kitchen", 1, head=head, tail=tail)
    assert replace(request(), seconds=3.0, fps=Fraction(24), binding=bound).shot_frames == (0, 72)
