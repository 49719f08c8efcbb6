"""`python -m backend bed`: what it says, with which exit code, and what it does with the lines it is given."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from backend.engines.draft.sound import ambience as mixing
from backend.engines.draft.sound import bed as beds
from backend.engines.draft.sound import read as reading
from backend.engines.draft.sound.bed import MOST_SECONDS, Spoken, bed, blocks, ducking_points
from backend.engines.draft.sound.events import SoundEvent
from backend.engines.draft.sound.levels import RATE
from client.protocol import Line, Unfit

SHOT = {"start": 0.5, "seconds": 3.0, "lines": [{"speaker": "ANNA", "language": "English", "line": "We are late."}]}


def asked(folder: Path, given: str | None, seconds: float = 5.0) -> argparse.Namespace:
    lines = None if given is None else folder / "lines.json"
    if lines is not None:
        lines.write_text(given or "", encoding="utf-8")
    return argparse.Namespace(out=folder / "b.flac", sound="gloop", prompt="", seconds=seconds, seed=4, lines=lines)


def test_it_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = {**SHOT, "start": 3.5}
    assert bed(asked(tmp_path, json.dumps([again, SHOT]))) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'b.flac'}: 5.000 s of ambience, 2 times down under lines\n"
    assert said.err == "note: No sound words known: room tone was used.\n"
    about = json.loads((tmp_path / "b.json").read_text())
    assert (about["sound"], about["prompt"], about["seed"], about["seconds"]) == ("gloop", "", 4, 5.0)
    assert len(about["ducking"]) == 10 and about["ducking"][2][0] == pytest.approx(0.9, abs=0.02)
    assert bed(asked(tmp_path, None)) == 0 and "0 times down" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["{", '[{"start": -1, "seconds": 3}]', "[" * 100_000, '{"x": 1}'])
def test_what_are_no_lines_is_an_error_of_its_caller(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bed(asked(tmp_path, given)) == 2
    assert capsys.readouterr().err.startswith("error: ") and not (tmp_path / "b.flac").exists()


def test_what_can_not_be_written_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parsed = asked(tmp_path, None, 0.5)
    parsed.out = tmp_path / "none" / "b.flac"
    assert bed(parsed) == 1 and capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    ("start", "seconds", "fits"),
    [
        (0.0, 1.0, True),
        (MOST_SECONDS, MOST_SECONDS, True),
        (-0.001, 1.0, False),
        (0.0, 0.0, False),
        (MOST_SECONDS + 1, 1.0, False),
        (0.0, MOST_SECONDS + 1, False),
    ],
)
def test_when_a_shot_may_be(start: float, seconds: float, fits: bool) -> None:
    if fits:
        assert Spoken(start, seconds).lines == ()
        return
    with pytest.raises(Unfit) as caught:
        Spoken(start, seconds)
    assert "start" in str(caught.value) and "0 to 14400" in str(caught.value)


def test_lines_close_together_are_one_way_down_and_the_points_follow_one_another() -> None:
    """A line of about a second begins 0.4 s into a shot."""
    line = Line("ANNA", "English", "We are late.")

    def points(*starts: float) -> list[float]:
        return [at for at, gain in ducking_points([Spoken(at, 4.0, (line,)) for at in starts], 30.0) if gain < 0]

    first, after = points(0.0)
    length = after - first
    for apart, ways in ((length + 0.79, 1), (length + 0.81, 2)):
        assert len(points(0.0, apart)) == 2 * ways, apart
    assert points(5.0, 0.0) == pytest.approx([first, after, 5 + first, 5 + after], abs=2e-4)
    assert points(0.0, length + 0.5) == pytest.approx([first, 2 * length + 0.5 + first], abs=2e-4)
    close = ducking_points([Spoken(at, 4.0, (line,)) for at in (0.0, length + 0.81 - 0.4)], 30.0)
    times = [at for at, _ in close]
    assert times == sorted(times)
    # a line that begins just where the bed ends is not one of it
    assert ducking_points([Spoken(5.0, 4.0, (line,))], 5 + first) == ((0.0, 0.0), (round(5 + first, 4), 0.0))


def test_only_the_ends_of_a_bed_are_faded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beds, "PART", 4 * RATE)
    parts = list(blocks((SoundEvent("heartbeat"),), 9 * RATE, 1))
    assert [part.shape[1] for part in parts] == [4 * RATE, 4 * RATE, RATE]
    monkeypatch.setattr(beds, "FADE", 0.0)  # which leaves nothing of what is faded
    bare = list(blocks((SoundEvent("heartbeat"),), 9 * RATE, 1))
    assert not bare[0][:, : 2 * RATE].any() and bare[0][:, 2 * RATE :].any() and bare[1].any()
    assert bare[2][:, : RATE // 2].any() and not bare[2][:, RATE // 2 :].any()
    assert (parts[1] == bare[1]).all() and parts[0][:, : 2 * RATE].any() and parts[2][:, RATE // 2 :].any()


def test_a_part_may_peak_where_another_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two meet their sum stays under the ceiling of takes: -1.5 dB, and 3 dB for the other one."""
    asked: list[Any] = []
    monkeypatch.setattr(mixing, "ambience", lambda *words: asked.append(words) or "mix")
    monkeypatch.setattr(beds, "limited", lambda *words: asked.append(words) or "limited")
    events = (SoundEvent("wind"),)
    assert beds._part(events, 77, (5 << 32) + 9) == "limited"
    assert asked == [(events, 77, 9), ("mix", pytest.approx(0.595662))]


def test_a_bed_is_made_of_its_words_and_written_before_what_goes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []
    made = SimpleNamespace(events=("events",), notes=("A note.",))
    monkeypatch.setattr(reading, "read_sound", lambda *words: done.append(words) or made)
    monkeypatch.setattr(beds, "ducking_points", lambda *words: done.append(words) or ((0.0, 0.0), (2.5, -6.0)))
    monkeypatch.setattr(beds, "blocks", lambda *words: done.append(words) or "parts")
    monkeypatch.setattr(beds, "_encode", lambda path, parts: path.write_bytes(parts.encode()))
    shots = (Spoken(0.0, 1.0),)
    found = beds.write_bed(tmp_path / "s.flac", "ü rain", "push in", 2.5, 7, shots)
    assert found == beds.Bed(2.5, ("A note.",), ((0.0, 0.0), (2.5, -6.0)))
    assert done == [("ü rain", "push in"), (shots, 2.5), (("events",), 120_000, 7)]
    assert (tmp_path / "s.flac").read_text() == "parts"
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8")) == {
        "sound": "ü rain", "prompt": "push in", "seed": 7, "seconds": 2.5, "ducking": [[0.0, 0.0], [2.5, -6.0]],
    }  # fmt: skip
    for seconds in (0.0, -1.0, 14_400.5):
        with pytest.raises(ValueError, match=r"^A bed must be above 0 and at most 4 hours long\.$"):
            beds.write_bed(tmp_path / "t.flac", "", "", seconds, 7)
    beds.write_bed(tmp_path / "t.flac", "", "", 14_400.0, 7)


def test_what_is_encoded_is_what_it_was_to_the_nearest_level(tmp_path: Path) -> None:
    parts = [np.array([[0.25, -1.5, 1.5, 0.4 / 32767]], np.float32), np.full((1, RATE + 3), -0.5, np.float32)]
    beds._encode(tmp_path / "a.flac", iter([np.concatenate([part, -part]) for part in parts]))
    with av.open(str(tmp_path / "a.flac")) as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray() for frame in container.decode(stream)]
        assert (stream.rate, stream.layout.name) == (48_000, "stereo")
    left, right = np.concatenate(frames, axis=1).reshape(-1, 2).T
    assert left[:4].tolist() == [8192, -32768, 32767, 0] and right[:4].tolist() == [-8192, 32767, -32768, 0]
    assert left.shape == (RATE + 7,) and set(left[4:]) == {-16384} and set(right[4:]) == {16384}
