"""A scene's ambience as one file: its length, its level across its seams, and how it goes down under lines."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from backend.engines.draft.sound import bed as beds
from backend.engines.draft.sound.bed import Spoken, blocks, ducking_points, write_bed
from backend.engines.draft.sound.levels import RATE, loudness
from backend.engines.draft.sound.read import read_sound
from client.protocol import Line

ANNA = Line("ANNA", "English", "We are late.")


def read(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate) == ("flac", RATE)
        frames = [frame.to_ndarray() for frame in container.decode(stream)]
    return np.concatenate(frames, axis=1).reshape(-1, 2).T / 32768


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seams every six seconds."""
    monkeypatch.setattr(beds, "PART", 6 * RATE)


@pytest.mark.parametrize("sound", ["", "rain", "wind"])
def test_a_bed_runs_on_over_its_seams_at_one_level(sound: str) -> None:
    events = read_sound(sound, "").events
    whole = np.concatenate(list(blocks(events, round(20.5 * RATE), 5)), axis=1)
    assert whole.shape == (2, round(20.5 * RATE)) and np.abs(whole[:, [0, -1]]).max() < 1e-4
    seams = [loudness(whole[:, int((at - 0.5) * RATE) : int((at + 3.5) * RATE)]) for at in (6, 12)]
    between = [loudness(whole[:, int(at * RATE) : int((at + 3) * RATE)]) for at in (2, 9, 15)]
    assert np.mean(seams) == pytest.approx(np.mean(between), abs=1.0)
    assert loudness(whole) == pytest.approx(loudness(next(blocks(events, 5 * RATE, 9))), abs=1.0)
    assert np.abs(np.diff(whole)).max() < 0.3


def test_a_bed_is_one_file_with_its_ducking_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "scene.flac"
    spoken = (Spoken(2.0, 4.0, (ANNA,)), Spoken(9.0, 4.0, ()), Spoken(10.0, 4.0, (ANNA, ANNA)))
    made = write_bed(path, "rain", "", 14.25, 7, spoken)
    samples = read(path)
    assert samples.shape == (2, round(14.25 * RATE)) and loudness(samples) == pytest.approx(-36, abs=0.7)
    about = json.loads((tmp_path / "scene.json").read_text())
    assert about["ducking"] == [list(point) for point in made.ducking] and about["seed"] == 7
    times, gains = zip(*made.ducking, strict=True)
    assert times[0] == 0 and times[-1] == 14.25 and list(times) == sorted(times) and set(gains) == {0.0, -6.0}
    down = np.interp(np.arange(0, 14.25, 0.25), times, gains)
    assert down[int(2.2 / 0.25)] > -1 and down[int(2.75 / 0.25)] == -6 and down[int(5 / 0.25)] == 0
    assert down[int(9.5 / 0.25)] == 0 and down[int(11 / 0.25)] == -6
    assert sorted(file.name for file in tmp_path.iterdir()) == ["scene.flac", "scene.json"]


def test_how_far_and_how_long_a_bed_goes_down() -> None:
    one = ducking_points((Spoken(2.0, 4.0, (ANNA,)),), 9.0)
    times, gains = zip(*one, strict=True)
    first, after = times[2], times[3]
    assert gains == (0, 0, -6, -6, 0, 0) and first == pytest.approx(2.4) and 2.9 < after < 4
    assert times == pytest.approx((0, first - 0.1, first, after, after + 0.5, 9))
    # a line that goes on where the bed ends, and one that begins at once
    late = ducking_points((Spoken(10.0, 4.0, (ANNA,)),), 10.6)
    assert (10.4, -6.0) in late and late[-1] == (pytest.approx(after + 8.5), 0)
    soon = ducking_points((Spoken(0.0, 0.8, (ANNA,)),), 9.0)
    assert soon[1][0] >= 0 and soon[2][1] == soon[3][1] == -6 and soon[2][0] < 0.1
    # a shorter line under a longer one
    long = Spoken(2.0, 8.0, (ANNA, ANNA, ANNA))
    assert ducking_points((long, Spoken(2.1, 2.0, (ANNA,))), 14.0) == ducking_points((long,), 14.0)


def test_the_same_bed_is_the_same_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_bed(tmp_path / f"{name}.flac", "wind", "", 7.0, seed)
    a, b, c = ((tmp_path / f"{name}.flac").read_bytes() for name in "abc")
    assert a == b != c


def test_silence_is_silent_and_what_can_not_be_is_refused(tmp_path: Path) -> None:
    write_bed(tmp_path / "s.flac", "silence", "", 1.0, 1)
    assert not read(tmp_path / "s.flac").any()
    for seconds in (0.0, 5 * 3600.0):
        with pytest.raises(ValueError, match="hours"):
            write_bed(tmp_path / "x.flac", "", "", seconds, 1)
    with pytest.raises(OSError):
        write_bed(tmp_path / "no" / "x.flac", "", "", 1.0, 1)
    assert ducking_points((), 3.0) == ((0.0, 0.0), (3.0, 0.0))
