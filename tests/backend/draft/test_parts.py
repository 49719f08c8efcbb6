"""What the engine does with its parts, without drawing: what it offers, how many threads, what it tells of several
shots, what is handed to whom."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft import DraftEngine, engine, rehearsal, shot
from backend.engines.draft.sound import soundtrack as sounding
from backend.engines.engine import FIRST_TIME, Cancelled, Clip, Sound
from backend.media.stills import read_depth
from client.protocol import Camera, CameraPath, Direction
from client.protocol.several import PartOfClip
from devtools.take_requests import take_request
from tests.backend.draft.card import key

LENS = Camera("perspective", 64, 48, 32.0, 24.0, 50.0, 50.0)


def test_all_that_it_offers() -> None:
    assert dataclasses.asdict(DraftEngine().capabilities()) == {
        **dataclasses.asdict(engine.EngineInfo("draft")),
        "name": "Draft",
        "description": "A real camera move through the still's depth, sound made from its words and a scratch voice. "
        "Runs on any machine, in seconds; people in the picture do not move.",
        "max_seconds": 180.0,
        "max_pixels": 4096 * 2304,
        "languages": ("English", "Mandarin", "Cantonese", "Japanese", "Korean", "German", "French"),
        "views": 64,
        "shots": 12,
        **dict.fromkeys(("sound", "depth", "camera_path", "dialogue", "words_path", "handles"), True),
        **dict.fromkeys(("shot_requests", "shot_stills", "overscan", "finer_views"), True),
    }


@pytest.mark.parametrize(("found", "said", "threads"), [(3, "", 3), (None, "", 1), (8, "", 4), (8, "2", 2), (0, "", 1)])
def test_where_a_process_knows_no_cores_of_its_own(
    monkeypatch: pytest.MonkeyPatch, found: int | None, said: str, threads: int
) -> None:
    monkeypatch.setattr(shot, "os", SimpleNamespace(cpu_count=lambda: found, environ={"OMP_NUM_THREADS": said}))
    assert shot.workers() == threads


class Layers:
    """A film that counts what is done with it; its frames are numbered."""

    def __init__(self, frames: int = 3) -> None:
        self.poses, self.places, self.unseen = [None] * frames, ["a", "b"], [0.0, 0.25, 0.125][:frames]
        self.did: list[Any] = []

    def start(self) -> None:
        self.did.append("starts")

    def rehearse(self) -> None:
        self.did.append("rehearses")

    def frames(self, workers: int) -> Any:
        self.did.append(workers)
        return (np.full((16, 24, 3), index, np.uint8) for index in range(len(self.poses)))


def begun(layers: Layers, depth: bool = True) -> Any:
    still = SimpleNamespace(has_depth=depth)
    return SimpleNamespace(film=layers, still=still, notes=("of the move",), left_out=("a view",), path="the path")


@pytest.mark.parametrize(("known", "stage"), [(True, "Building depth layers"), (False, FIRST_TIME)])
def test_a_shot_step_by_step(monkeypatch: pytest.MonkeyPatch, known: bool, stage: str) -> None:
    layers, asked = Layers(), take_request(seconds=0.125, fps=Fraction(24), size=(24, 16))
    monkeypatch.setattr(shot, "begin", lambda request: (layers.did.append(request), begun(layers, known))[1])
    monkeypatch.setattr(shot, "workers", lambda: 7)
    monkeypatch.setattr("backend.kernels.compiled", lambda: known)
    monkeypatch.setattr("backend.kernels.forget_earlier", lambda: layers.did.append("forgets"))
    said: list[Any] = []
    clip = engine._silent(asked, lambda *told: said.append(told), lambda: False)
    assert layers.did == [asked, *([] if known else ["forgets"]), "starts", *([] if known else ["rehearses"])]
    assert said == [(0.0, "Reading the still"), (0.02, stage), (0.1, "Moving the camera")]
    assert (clip.width, clip.height, clip.fps, clip.frame_count, clip.sound) == (24, 16, 24, 3, None)
    assert (clip.notes, clip.path) == (("of the move", "a view"), "the path")
    assert clip.facts == {"model": "draft", "depth": known, "views": 2}
    assert [int(frame[0, 0, 0]) for frame in clip.frames] == [0, 1, 2] and layers.did[-1] == 7
    assert [(round(done, 6), words, shown.shape) for done, words, shown in said[3:]] == [
        (fraction, "Moving the camera", (4, 6, 3)) for fraction in (0.4, 0.7, 1.0)
    ]
    assert clip.facts["unseen"] == 0.125
    assert clip.notes[2:] == (
        "12 % of the picture is guessed: no view shows it. From 0.0 s on it is more than 10 %, at 0.0 s 25 %: render "
        "more views along the path, or move less.",
    )


@pytest.mark.parametrize("stops", [1, 2, 3, 4])
def test_a_shot_stops_where_it_is_asked_to(monkeypatch: pytest.MonkeyPatch, stops: int) -> None:
    layers = Layers()
    monkeypatch.setattr(shot, "begin", lambda request: begun(layers))
    monkeypatch.setattr("backend.kernels.compiled", lambda: True)
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) == stops

    taken = 0
    with pytest.raises(Cancelled):
        for _ in engine._silent(take_request(), lambda *_: None, cancelled).frames:
            taken += 1
    assert (taken, len(layers.did)) == {1: (0, 0), 2: (0, 1), 3: (0, 2), 4: (1, 2)}[stops]


def test_a_clip_has_its_picture_s_notes_and_its_sound_s(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, sound, given = take_request(seconds=2.0, fps=Fraction(24)), Sound(np.zeros((2, 9)), 48_000), []
    monkeypatch.setattr(sounding, "soundtrack", lambda *what: (given.append(what), (sound, ("of the sound",)))[1])
    monkeypatch.setattr(engine, "_silent", lambda *what: (given.append(what), Clip(notes=("of the picture",)))[1])
    said, stops = (lambda *_: None), (lambda: False)
    made = DraftEngine().generate(asked, said, stops)
    assert (made.notes, made.sound) == (("of the picture", "of the sound"), sound)
    assert sorted(given, key=len) == [(asked, 2.0), (asked, said, stops)]


def test_several_shots_are_drawn_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = tuple(PartOfClip(Direction(words), seconds, 1) for words, seconds in (("a", 0.125), ("b", 0.25)))
    asked = dataclasses.replace(take_request(seconds=0.375, fps=Fraction(24), size=(24, 16)), shots=parts, path=None)
    sound, heard, said = Sound(np.zeros((2, 18_000)), 48_000), [], []
    monkeypatch.setattr(sounding, "of_several", lambda *what: (heard.append(what), (sound, ("of the sound",)))[1])
    drawn: list[Any] = []

    def silent(request: Any, progress: Any, cancelled: Any) -> Clip:
        drawn.append((request.direction.prompt, request.frame_count, cancelled))
        progress(0.5, "Half", "a preview")
        progress(0.75, "More")
        frames = (np.full((16, 24, 3), len(drawn), np.uint8) for _ in range(request.frame_count))
        return Clip(frames=frames, notes=(f"of {request.direction.prompt}", "more"))

    monkeypatch.setattr(engine, "_silent", silent)
    stops = lambda: False  # noqa: E731
    made = DraftEngine().generate(asked, lambda *told: said.append(told), stops)
    assert said == [(0.0, "Making the sound")] and drawn == []
    [(shots, fps)] = heard
    assert ([one.direction.prompt for one in shots], fps) == (["a", "b"], 24)
    assert (made.width, made.height, made.fps, made.frame_count, made.sound) == (24, 16, 24, 9, sound)
    assert made.facts == {"model": "draft", "cuts": [0, 3]} and made.notes == ("of the sound",)
    assert [int(frame[0, 0, 0]) for frame in made.frames] == [1] * 3 + [2] * 6
    assert drawn == [("a", 3, stops), ("b", 6, stops)]
    assert said[1:] == [
        (0.25, "Shot 1 of 2: Half", "a preview"),
        (0.375, "Shot 1 of 2: More", None),
        (0.75, "Shot 2 of 2: Half", "a preview"),
        (0.875, "Shot 2 of 2: More", None),
    ]
    wanted = ("Shot 1: of a", "Shot 1: more", "Shot 2: of b", "Shot 2: more")
    assert made.notes == ("of the sound", *wanted)
    with pytest.raises(Cancelled):
        DraftEngine().generate(asked, lambda *_: None, lambda: True)


@pytest.mark.parametrize(("count", "shown"), [(12, range(12)), (23, range(23)), (24, range(0, 24, 2)), (5, range(5))])
def test_how_many_previews_there_are(monkeypatch: pytest.MonkeyPatch, count: int, shown: range) -> None:
    layers = Layers(count)
    layers.unseen = [0.0] * count
    told: list[Any] = []
    clip = Clip(fps=Fraction(24))
    for _ in engine._frames(layers, clip, lambda *what: told.append(what[2]), lambda: False):  # type: ignore[arg-type]
        pass
    assert [index for index, one in enumerate(told) if one is not None] == list(shown)
    assert clip.facts == {"unseen": 0.0} and clip.notes == ()


def test_what_a_shot_is_made_of_and_what_is_handed_to_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def keeps(name: str, answer: Any) -> Any:
        return lambda *what: (given.__setitem__(name, what), answer)[1]

    still = SimpleNamespace(metres=lambda: "its metres")
    depth = "depth.exr"
    asked = take_request(prompt="push in", seconds=2.0, fps=Fraction(24), size=(64, 48), seed=9)
    wide = SimpleNamespace(camera=LENS, depth=depth, t=0.1)
    others = [SimpleNamespace(camera=camera, depth=held, t=0.5) for camera, held in ((LENS, depth), (None, depth))]
    others += [SimpleNamespace(camera=LENS, depth=None, t=0.6), SimpleNamespace(camera=LENS, depth=depth, t=0.0)]
    told = SimpleNamespace(
        direction=asked.direction, seconds=2.0, seed=9, frame_count=48, path=None,
        still=others[3], views=(others[3], wide, *others[:3]),
    )  # fmt: skip
    monkeypatch.setattr(shot.picture, "load", keeps("load", (still, ("of the still",))))
    monkeypatch.setattr(shot.picture, "measure", keeps("measure", SimpleNamespace(focus=4.5)))
    monkeypatch.setattr(shot.picture, "read_around", keeps("around", "the wide one"))
    monkeypatch.setattr(shot.views, "around", lambda _: wide)
    monkeypatch.setattr(shot, "with_subject", keeps("seen", "what is seen"))
    monkeypatch.setattr(shot, "world_up", keeps("up", "up"))
    monkeypatch.setattr(shot, "Coverage", keeps("coverage", "what is covered"))
    monkeypatch.setattr(shot, "plan", keeps("plan", SimpleNamespace(path="a way", notes=("of the move",))))
    monkeypatch.setattr(shot.paths, "poses", keeps("poses", "poses"))
    monkeypatch.setattr(shot.views, "placed", keeps("placed", ("places", ("left out",))))
    monkeypatch.setattr(shot, "unseen_along", keeps("unseen", "unseen"))
    monkeypatch.setattr(shot, "Film", keeps("film", "film"))
    monkeypatch.setattr(shot, "workers", lambda: 3)
    made = shot.begin(told)  # type: ignore[arg-type]
    assert (made.still, made.path, made.film, made.left_out) == (still, "a way", "film", ("left out",))
    assert made.notes == ("of the still", "of the move")
    assert given["around"] == (wide, still) and given["coverage"] == ("the wide one", still)
    assert given["plan"] == ("push in", 2.0, "what is seen", 9, "up", "what is covered", 2)
    assert given["seen"][1:] == (LENS, "its metres") and given["up"] == (LENS,)
    assert given["poses"] == ("a way", 48) and given["placed"] == (told, "poses", 4.5)
    assert given["unseen"] == ("a way", LENS)
    assert given["film"] == (still, "the wide one", "places", "poses", 9, True, 3, "unseen")
    monkeypatch.setattr(shot.views, "around", lambda _: None)
    monkeypatch.setattr(shot.paths, "check", keeps("check", "checked"))
    monkeypatch.setattr(shot, "beyond", keeps("beyond", "more"))
    monkeypatch.setattr(shot, "notes_of", keeps("notes", ("of the words",)))
    told.path, told.still = CameraPath((key(0.0),)), None
    made = shot.begin(told, False)  # type: ignore[arg-type]
    assert (made.path, made.notes) == ("checked", ("of the still", "of the words"))
    assert (given["check"], given["beyond"], given["notes"]) == ((told.path,), ("push in",), ("more",))
    assert given["unseen"] == ("checked", None)
    assert given["film"] == (still, still, "places", "poses", 9, False, 3, "unseen")


def test_the_words_path_is_asked_for_with_all_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.engines.draft.camera import moves

    asked: list[Any] = []
    move = SimpleNamespace(path="a way", notes=("a note",))
    monkeypatch.setattr(moves, "path_of", lambda *what, **how: (asked.append((what, how)), move)[1])
    request = take_request(prompt="orbit", seconds=3.0, seed=5)
    for how, views in (((), moves.SEVERAL), ((True,), moves.SEVERAL), ((False,), 1)):
        said = DraftEngine().words_path(request, *how)
        assert (said.path, said.notes) == ("a way", ("a note",))
        camera = request.still.camera if request.still else None
        assert asked.pop() == (("orbit", camera, 3.0, 5), {"views": views})


def test_the_take_that_nobody_sees_is_a_disc_before_a_wall_from_two_places(tmp_path: Path) -> None:
    made = rehearsal.request(tmp_path)
    assert (made.seconds, made.fps, made.frame_count, made.size, made.seed) == (4 / 24, 24, 4, (64, 36), 1)
    assert made.path is not None and [one.t for one in made.path.keyframes] == [0.0, 1.0]
    assert [np.array(one.matrix)[:3, 3].tolist() for one in made.path.keyframes] == [[0, 0, 0], [0.4, 0, 0]]
    assert [view.t for view in made.views] == [0.0, 0.5]
    for view, wide, high in zip(made.views, (64, 128), (36, 72), strict=True):
        camera = view.camera
        assert camera is not None and view.image is not None and view.depth is not None
        assert (camera.projection, camera.width, camera.height) == ("perspective", wide, high)
        assert (camera.cx, camera.cy, camera.fx, camera.fy) == (wide / 2, high / 2, 0.9 * wide, 0.9 * wide)
        assert np.array(camera.matrix_world)[:3, 3].tolist() == [0.4 * view.t, 0, 0]
        shown, metres = np.asarray(Image.open(view.image)), read_depth(view.depth)
        assert shown.shape == (high, wide, 3) and metres.shape == (high, wide)
        y, x = np.mgrid[0:high, 0:wide]
        disc = np.hypot(2 * y / (high - 1) - 1, 2 * x / (wide - 1) - 1) < 0.5
        np.testing.assert_array_equal(metres, np.where(disc, np.float32(2), np.float32(5)))
        assert (shown[disc] == 200).all() and shown[0, 0].tolist() == [20] * 3 and shown[-1, -1].tolist() == [140] * 3
