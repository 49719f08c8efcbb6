"""What the engine says of itself and of its clips: facts, notes and progress, of one shot and of several; which thread
of it stops when."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from backend.engines.draft import DraftEngine, engine, shot
from backend.engines.draft.engine import coverage_notes
from backend.engines.draft.sound.soundtrack import of_several, soundtrack
from backend.engines.engine import Cancelled, Clip
from client.protocol import Binding, CameraPath, Direction, Line, TakeRequest, View
from client.protocol.several import PartOfClip
from tests.backend.draft.card import HEIGHT, WIDTH, key, request

SIZE = (60, 34)


def small(scene: Path, *keys: object, **changes: object) -> TakeRequest:
    return request(scene, *keys, size=SIZE, fps=Fraction(24), seconds=0.25, **changes)  # type: ignore[arg-type]


def clip(asked: TakeRequest) -> Clip:
    return DraftEngine().generate(asked, lambda *_: None, lambda: False)


def test_what_it_can_do_is_as_other_parts_rely_on() -> None:
    able = DraftEngine().capabilities()
    assert (able.id, able.name, able.shots, able.fps, able.lane) == ("draft", "Draft", 12, None, "cpu")
    assert able.languages == ("English", "Mandarin", "Cantonese", "Japanese", "Korean", "German", "French")
    assert able.available and able.needs_still and not able.prompt_form


def test_a_clip_of_one_shot(scene: Path) -> None:
    asked = small(scene, key(0.0), key(1.0, x=0.3), sound="rain")
    made = clip(asked)
    assert (made.width, made.height, made.fps, made.frame_count) == (60, 34, Fraction(24), 6)
    assert made.facts == {"model": "draft", "depth": True, "views": 1} and made.path == asked.path
    frames = list(made.frames)
    assert len(frames) == 6 and {frame.shape for frame in frames} == {(34, 60, 3)}
    assert 0.001 < made.facts["unseen"] < 0.1 and made.facts["unseen"] == round(made.facts["unseen"], 4)
    assert made.sound is not None and made.sound.samples.shape == (2, 12_000)
    np.testing.assert_array_equal(made.sound.samples, soundtrack(asked, 0.25)[0].samples)
    assert made.notes[0].endswith("of the picture is guessed: no view shows it.") and len(made.notes) == 1
    flat = clip(replace(asked, views=(View(asked.views[0].image),)))
    assert flat.facts["depth"] is False and "no depth" in flat.notes[0]
    assert flat.notes[-1] != flat.notes[0] or len(flat.notes) == 1


def test_words_give_the_path_of_a_whole_view_or_of_one_still(scene: Path) -> None:
    asked = small(scene, prompt="truck left, the door opens")
    whole, one = (DraftEngine().words_path(asked, so) for so in (True, False))
    far, near = (said.path.keyframes[-1].matrix[0][3] for said in (whole, one))
    assert far < 3 * near < 0 and whole.notes == one.notes
    assert whole.notes == ("The draft moves only the camera. As in the still stay: the door.",)
    assert DraftEngine().words_path(asked).path == whole.path
    lensless = DraftEngine().words_path(replace(asked, views=()), True)
    assert lensless.path.keyframes[-1].matrix[0][3] < 0


def several(scene: Path) -> TakeRequest:
    views = tuple(replace(small(scene, key(0.0)).views[0], t=t) for t in (0.0, 0.3, 0.9))
    shots = (
        PartOfClip(Direction("hold", sound="silence"), 0.125, 1, CameraPath((key(0.0), key(1.0, x=0.2)))),
        PartOfClip(Direction("qwertz", sound="gloop"), 0.25, 2),
        PartOfClip(Direction("hold", sound="wind"), 0.0417, 3),
    )
    return replace(small(scene, key(0.0)), shots=shots, path=None, seconds=10 / 24, views=views)


def test_a_clip_of_several_shots_is_told_shot_by_shot(scene: Path) -> None:
    said: list[tuple[float, str]] = []
    asked = several(scene)
    made = DraftEngine().generate(asked, lambda done, stage, *_: said.append((round(done, 5), stage)), lambda: False)
    assert (made.frame_count, made.width, made.height, made.fps) == (10, 60, 34, 24)
    assert made.facts == {"model": "draft", "cuts": [0, 3, 9]} and said == [(0.0, "Making the sound")]
    frames = list(made.frames)
    assert len(frames) == 10
    assert made.notes[0] == "Shot 2: No sound words known: room tone was used."
    assert "Shot 2: No camera move found in the words: a gentle arc was used." in made.notes
    assert all(note.startswith("Shot ") for note in made.notes)
    assert said[1] == (0.0, "Shot 1 of 3: Reading the still")
    moving = [(done, stage) for done, stage in said if stage.endswith("Moving the camera")]
    wanted = []
    for number, count in ((1, 3), (2, 6), (3, 1)):
        parts = [0.1, *(0.1 + 0.9 * (k + 1) / count for k in range(count))]
        wanted += [(round((number - 1 + part) / 3, 5), f"Shot {number} of 3: Moving the camera") for part in parts]
    assert moving == wanted
    assert np.abs(frames[0].astype(int) - frames[3]).max() < 3  # both begin at the still
    assert np.abs(frames[0].astype(int) - frames[2]).max() > 8


def test_sounds_of_several_shots_are_cut_to_the_sample() -> None:
    """Frames of 30000 / 1001 a second: 1601.6 samples each."""
    talk = Direction(sound="silence", dialogue=(Line("ANNA", "English", "We are late."),))
    shots = [
        TakeRequest("draft", Direction(sound=sound), (), 5 / 29.97, Fraction(30_000, 1001), SIZE, seed)
        for sound, seed in (("wind", 1), ("piano", 2), ("silence", 3))
    ]
    shots.append(replace(shots[0], direction=talk, seconds=60 / 29.97))
    made, notes = of_several(shots, Fraction(30_000, 1001))
    bounds = [0, 8008, 16_016, 24_024, 24_024 + 96_096]
    assert made.rate == 48_000 and made.samples.shape == (2, bounds[-1])
    assert notes == ("Shot 2: The draft engine makes no music.",)
    for one, first, after in zip(shots, bounds[:-1], bounds[1:], strict=True):
        np.testing.assert_array_equal(
            made.samples[:, first:after], soundtrack(one, (after - first) / 48_000)[0].samples
        )


def test_a_line_is_said_within_what_the_shot_shows() -> None:
    talk = Direction(sound="silence", dialogue=(Line("ANNA", "English", "We are late."),))
    bare = TakeRequest("draft", talk, (), 4.0, Fraction(24), SIZE, 1)
    bound = replace(bare, binding=Binding("f", "s", "shot", "take", "Kitchen", 1, head=36, tail=12))
    samples, _ = soundtrack(bound, 4.0)
    heard = np.flatnonzero(np.abs(samples.samples).max(0) > 1e-3) / 48_000
    assert 1.5 < heard[0] < 2.0 and heard[-1] <= 3.5
    short, _ = soundtrack(bound, 1.0)  # nothing of the shot is left within it
    assert not short.samples.any()


@pytest.mark.parametrize("stop", ["Building depth layers", "Moving the camera"])
def test_a_cancel_is_heard_before_layers_and_after_them(
    scene: Path, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = small(scene, key(0.0), key(1.0, x=0.1))
    said: list[str] = []
    started: list[int] = []
    monkeypatch.setattr(engine, "PREVIEWS", 3)
    monkeypatch.setattr(shot.Film, "start", lambda film: started.append(1))

    def cancelled() -> bool:
        return len(started) == (stop == "Moving the camera")

    with pytest.raises(Cancelled):
        DraftEngine().generate(asked, lambda _, stage, *__: said.append(stage), cancelled)
    assert said[0] == "Reading the still" and stop not in said
    with pytest.raises(Cancelled):
        DraftEngine().generate(several(scene), lambda *_: None, lambda: True)


def test_previews_are_a_quarter_of_the_frame_as_often_as_there_are_to_be(
    scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PREVIEWS", 2)
    shown: list[np.ndarray | None] = []
    asked = request(scene, key(0.0), key(1.0, x=0.2), seconds=5 / 8)
    made = DraftEngine().generate(asked, lambda *said: shown.append(said[2] if len(said) > 2 else None), lambda: False)
    frames = list(made.frames)
    assert [one is not None for one in shown[-5:]] == [True, False, True, False, True]
    assert shown[-3] is not None
    np.testing.assert_array_equal(shown[-3], frames[2][::4, ::4])
    assert shown[-3].shape == (HEIGHT // 4, WIDTH // 4, 3)


def test_shares_are_said_as_they_are_and_from_when_on() -> None:
    assert coverage_notes([0.0049, 0.0], 25.0) == ()
    (said,) = coverage_notes([0.0099, 0.0051], 25.0)
    assert said.startswith("0.8 % of the picture")
    (said,) = coverage_notes([0.005, 0.005], 25.0)
    assert said.startswith("0.5 % of the picture") and "From" not in said
    (said,) = coverage_notes([0.0, 0.101, 0.15, 0.149], 10.0)
    assert "From 0.1 s on it is more than 10 %, at 0.2 s 15 %" in said


def test_which_words_are_said_to_be_left_out(scene: Path) -> None:
    """With a path of its own the words move nothing, and what no camera does is said; without one they choose it."""
    words = "push in 2 metres, the curtains sway"
    along, chosen = (shot.begin(small(scene, *keys, prompt=words)) for keys in ((key(0.0), key(1.0, x=0.1)), ()))
    sway = "The draft moves only the camera. As in the still stay: the curtains."
    assert along.notes == (sway,) and along.path.keyframes[-1].matrix[0][3] == 0.1
    assert sway in chosen.notes and any(note.startswith('"push in 2') for note in chosen.notes)
    assert chosen.path.keyframes[-1].matrix[2][3] < -0.5
    assert len(chosen.film.poses) == 6 and chosen.film.guess and chosen.left_out == ()
    assert not shot.begin(small(scene, key(0.0)), guess=False).film.guess
    views = (*small(scene, key(0.0)).views, View(scene / "still.png", None, None, 0.5))
    more = shot.begin(replace(small(scene, key(0.0)), views=views))
    assert len(more.left_out) == 1 and more.left_out[0].startswith("A further view was left out")
    made = clip(replace(small(scene, key(0.0)), views=views))
    assert more.left_out[0] in made.notes
