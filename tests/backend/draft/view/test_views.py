"""Takes drawn from several views: a walk past a card in front of a wall, whose truth can be worked out."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft import DraftEngine
from backend.engines.draft.shot import begin
from backend.engines.draft.view.drawing import renderer
from backend.engines.draft.view.drawing.bands import MOST
from backend.engines.draft.view.drawing.renderer import Renderer
from backend.engines.draft.view.film import Film, Prepared
from backend.engines.draft.view.layers import BACK
from backend.engines.draft.view.unseen import Boxes
from backend.engines.draft.view.views import parts
from backend.engines.engine import Clip
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View
from tests.backend.draft.card import FLIP, FOCAL, HEIGHT, WIDTH, psnr, seen, write_depth

FRAMES, REACH, TURN = 13, 1.6, 0.9  # the last frame is REACH metres to the right, turned by TURN to the left

WORLD = np.array([[0, 0, 1, 3.0], [1, 0, 0, -2.0], [0, 1, 0, 1.5], [0, 0, 0, 1]])  # where the walk begins


def pose(t: float) -> np.ndarray:
    """The camera at t of the walk, in Blender's axes."""
    c, s = np.cos(TURN * t), np.sin(TURN * t)
    return np.array([[c, 0, s, REACH * t], [0, 1, 0, 0.1 * t], [-s, 0, c, 0.2 * t], [0, 0, 0, 1]])


def truth(t: float) -> tuple[np.ndarray, np.ndarray]:
    """The picture at t, and its depth in metres along the turned camera's axis."""
    return seen(pose(t))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> TakeRequest:
    """The still and views in the midst of the walk and at seven eighths of it. The start camera stands anywhere."""
    folder = tmp_path_factory.mktemp("walk")
    views = []
    for t in (0.0, 0.5, 0.75):
        rgb, depth = truth(t)
        image = folder / f"view_{t}.png"
        Image.fromarray(rgb).save(image)
        matrix = tuple(map(tuple, (WORLD @ pose(t)).tolist()))
        camera = Camera("perspective", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, FOCAL, FOCAL, matrix_world=matrix)
        views.append(View(image, write_depth(folder / f"depth_{t}.exr", depth), camera, t))
    keys = tuple(Keyframe(t, tuple(map(tuple, pose(t).tolist()))) for t in np.linspace(0, 1, 4 * FRAMES - 3))
    seconds, fps = FRAMES / 8, Fraction(8)
    return TakeRequest("draft", Direction(), tuple(views), seconds, fps, (WIDTH, HEIGHT), 3, CameraPath(keys))


def made(request: TakeRequest) -> tuple[Clip, list[np.ndarray]]:
    clip = DraftEngine().generate(request, lambda *_: None, lambda: False)
    return clip, list(clip.frames)


def test_a_frame_at_a_view_is_that_view_and_those_between_are_what_the_camera_would_see(walk: TakeRequest) -> None:
    _, alone = made(replace(walk, views=walk.views[:1]))
    clip, frames = made(walk)
    assert len(frames) == FRAMES and clip.facts["views"] == 3
    for k, of in ((0, 0), (6, 1), (9, 2)):
        assert psnr(frames[k], np.asarray(Image.open(walk.views[of].image))) > 40
    for k in (2, 3, 5, 7, 8):
        true, _ = truth(k / (FRAMES - 1))
        assert psnr(frames[k], true) > 40
        assert k < 3 or psnr(frames[k], true) > psnr(alone[k], true) + 5


def recoloured(walk: TakeRequest, order: list[int], folder: Path) -> TakeRequest:
    """Its views in three colours that differ, in this order."""
    views = []
    for k, view in enumerate(walk.views):
        grey = np.asarray(Image.open(view.image))[..., 0].astype(int)
        rgb = np.stack([grey, grey * 2 // 3 + 20, 255 - grey], -1).astype(np.uint8)
        image = folder / f"{order[0]}_{k}.png"
        Image.fromarray(rgb[..., order]).save(image)
        views.append(replace(view, image=image))
    return replace(walk, views=tuple(views))


@pytest.mark.parametrize("count", [1, 3])
def test_red_green_and_blue_are_drawn_alike(walk: TakeRequest, tmp_path: Path, count: int) -> None:
    one, other = (recoloured(walk, order, tmp_path) for order in ([0, 1, 2], [1, 2, 0]))
    frames, turned = (made(replace(request, views=request.views[:count]))[1] for request in (one, other))
    assert len(frames) == FRAMES
    for k in range(5):  # later on there is more that is guessed, by how light it is
        assert (frames[k][..., [1, 2, 0]] == turned[k]).all()


def test_edges_are_smoothed_as_far_as_a_second_view_has_a_say(
    walk: TakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at a view's own pose, nor after the last; two thirds of SWITCH off one by 20 / 27."""
    smoothed: list[float] = []
    monkeypatch.setattr(renderer, "smooth", lambda rgb, near, part, same: smoothed.append(float(part)))
    with ThreadPoolExecutor(1) as beside:
        film = begin(walk).film
        for k in (0, 1, 3, 5, 6, 7, 9, 10):
            smoothed.append(-k)
            Renderer(film.still).frame(film._sights(k, beside))
    part = pytest.approx(20 / 27)
    assert smoothed == [0, -1, part, -3, 1.0, -5, part, -6, -7, 1.0, -9, -10]


def test_what_no_view_shows_is_said(walk: TakeRequest) -> None:
    clip, _ = made(replace(walk, views=walk.views[:1]))
    (note,) = (note for note in clip.notes if "no view shows it" in note)
    assert "From 0.2 s on it is more than 10 %, at 1.5 s " in note
    assert abs(int(note.rsplit(" s ", 1)[1].split(" %")[0]) / 100 - beyond_the_still(1.0)) < 0.03
    covered, _ = made(walk)
    assert covered.facts["unseen"] < 0.3 * clip.facts["unseen"]
    still, _ = made(replace(walk, path=CameraPath(walk.path.keyframes[:1]), views=walk.views[:1]))
    assert not any("no view" in note for note in still.notes) and still.facts["unseen"] == 0


def beyond_the_still(t: float) -> float:
    """The share of the picture at t that shows what lies beyond the still's frame."""
    turn, place = FLIP @ pose(t)[:3, :3] @ FLIP, FLIP @ pose(t)[:3, 3]
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    ray = np.stack([(u - WIDTH / 2) / FOCAL, (v - HEIGHT / 2) / FOCAL, np.ones_like(u)], -1)
    at = place + (ray @ turn.T) * truth(t)[1][..., None]
    x, y = FOCAL * at[..., 0] / at[..., 2], FOCAL * at[..., 1] / at[..., 2]
    return float(((np.abs(x) > WIDTH / 2) | (np.abs(y) > HEIGHT / 2)).mean())


def test_a_view_without_depth_is_left_out_and_said(walk: TakeRequest) -> None:
    first, second, third = walk.views
    clip, frames = made(replace(walk, views=(first, replace(second, depth=None), third)))
    assert clip.facts["views"] == 2
    assert any(note.startswith("A further view was left out") for note in clip.notes)
    assert psnr(frames[9], np.asarray(Image.open(third.image))) > 40


@pytest.mark.parametrize(("t", "pose_at"), [(0.45, 5), (0.46, 6), (0.54, 6), (0.55, 7)])
def test_a_path_passes_a_view_at_the_frame_nearest_to_its_time(walk: TakeRequest, t: float, pose_at: int) -> None:
    camera = replace(walk.views[1].camera, matrix_world=tuple(map(tuple, (WORLD @ pose(pose_at / 12)).tolist())))
    views = (walk.views[0], replace(walk.views[1], t=t, camera=camera))
    _, place = begin(replace(walk, views=views)).film.places
    assert place.passed
    np.testing.assert_allclose(place.pose.position, FLIP @ pose(pose_at / 12)[:3, 3], atol=1e-9)
    _, other = begin(replace(walk, views=(walk.views[0], replace(views[1], t=0.3)))).film.places
    assert not other.passed


def test_only_what_lies_behind_the_last_view_is_guessed_and_only_till_the_shot_ends(walk: TakeRequest) -> None:
    def guessed(t: float) -> list[bool]:
        film = begin(replace(walk, views=(walk.views[0], replace(walk.views[2], t=t)))).film
        return [bool((film.prepare(k).layers.layer == BACK).any()) for k in (0, 1)]

    assert guessed(0.75) == [False, True]
    assert guessed(1.0) == [False, False]


def test_what_a_view_is_to_a_moment_changes_continuously() -> None:
    times, passed = (0.0, 0.2, 0.3, 0.7, 1.0), (True, True, False, True, True)
    moments = np.linspace(0, 1, 4001)
    table = np.zeros((len(moments), len(times), 2))  # what each hides, by its share, and what it shows at all
    for at, t in enumerate(moments):
        here = int(np.searchsorted(times, t, "right")) - 1
        found = parts(times, passed, float(t))
        assert len(found) <= MOST and [part.index for part in found[:2]] == [here, here + 1][: len(found)]
        for place, part in enumerate(found):
            hides = part.share * part.says if place < 2 else 0.0
            table[at, part.index] = np.maximum(table[at, part.index], (hides, part.says))
    assert np.abs(np.diff(table, axis=0)).max() < 0.05
    assert (table[:, :, 0] > 0.002).any(1).all() and (table[:, :, 1].max(1) == 1).all()
    for k, t in enumerate(times):
        at = table[int(np.argmin(np.abs(moments - t)))]
        assert at[k, 1] == 1 and (at[:, 1] > 0).sum() == (1 if passed[k] else 3)
        assert at[k, 0] > 0.5 and (at[:, 0] > 0).sum() == 1


def test_halfway_to_the_next_view_each_has_half_and_before_it_less() -> None:
    shares = [{part.index: part.share for part in parts((0.0, 0.8), (True, True), t)} for t in (0.2, 0.4, 0.6)]
    assert shares == [
        {0: pytest.approx(0.671875), 1: pytest.approx(0.328125)},
        {0: pytest.approx(0.5), 1: pytest.approx(0.5)},
        {0: pytest.approx(0.328125), 1: pytest.approx(0.671875)},
    ]


@pytest.mark.parametrize(
    ("passed", "first"),
    [
        ((True, True), (0.75, 0.671875, 0.328125)),
        ((True, False), (0.75, 0.6328125, 0.1171875)),
        ((False, True), (1.0, 0.8828125, 0.3671875)),
        ((False, False), (1.0, 0.84375, 0.15625)),
    ],
)
def test_a_view_beside_the_path_gives_way_to_the_next_as_a_whole(
    passed: tuple[bool, bool], first: tuple[float, float, float]
) -> None:
    """Its say does not end by itself, as that of a view does that the path passes through."""
    shares = [parts((0.0, 1.0), passed, t)[0].share for t in (1e-9, 0.25, 0.75)]
    assert shares == pytest.approx(first)


def test_after_the_last_view_the_one_before_only_helps_out() -> None:
    found = parts((0.0, 0.5), (True, True), 0.8)
    assert [(part.index, part.share, part.says) for part in found] == [(1, 0.75, 1.0), (0, 0.01, 0.0), (0, 0.01, 1.0)]


def test_only_views_near_in_time_are_held(walk: TakeRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty views: never more than six of them in memory, and each is read once."""
    turns = np.linspace(0, 1, 20)
    views = tuple(replace(walk.views[0], t=float(t), camera=_turned(walk.views[0].camera, float(t))) for t in turns)
    alive: weakref.WeakSet[Prepared] = weakref.WeakSet()
    read, most, prepare, frame = [], [], Film.prepare, Renderer.frame

    def counted(film: Film, k: int) -> Prepared:
        read.append(k)
        prepared = prepare(film, k)
        alive.add(prepared)
        return prepared

    def watched(renderer: Renderer, sights: list, unseen: Boxes) -> object:
        gc.collect()
        most.append(len(alive))
        return frame(renderer, sights, unseen)

    monkeypatch.setattr(Film, "prepare", counted)
    monkeypatch.setattr(Renderer, "frame", watched)
    keys = tuple(Keyframe(float(t), views[k].camera.matrix_world) for k, t in enumerate(turns))
    start = np.linalg.inv(np.array(keys[0].matrix))
    keys = tuple(replace(key, matrix=tuple(map(tuple, (start @ np.array(key.matrix)).tolist()))) for key in keys)
    _, frames = made(replace(walk, views=views, seconds=5.0, path=CameraPath(keys)))
    assert len(frames) == 40 and sorted(read) == list(range(20)) and max(most) <= 6


def test_a_clip_that_is_dropped_waits_for_no_frame(walk: TakeRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the collector that ends it, wherever that runs: a thread that was just begun there waited for ever."""
    frame, go_on, begun = Renderer.frame, threading.Event(), []

    def held(renderer: Renderer, sights: list, unseen: Boxes) -> object:
        begun.append(renderer)
        if len(begun) > 1:
            assert go_on.wait(60)
        return frame(renderer, sights, unseen)

    clip = DraftEngine().generate(replace(walk, seconds=2.0), lambda *_: None, lambda: False)
    frames = iter(clip.frames)
    monkeypatch.setattr(Renderer, "frame", held)
    with ThreadPoolExecutor(1) as another:
        try:
            next(frames)
            another.submit(frames.close).result(timeout=20)
        finally:
            go_on.set()
    assert len(begun) > 1


def _turned(camera: Camera, t: float) -> Camera:
    c, s = np.cos(3 * t), np.sin(3 * t)
    matrix = np.array(camera.matrix_world) @ np.array([[c, 0, s, t], [0, 1, 0, 0], [-s, 0, c, 0], [0, 0, 0, 1]])
    return replace(camera, matrix_world=tuple(map(tuple, matrix.tolist())))


def test_the_same_bytes_on_any_number_of_cores(walk: TakeRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    for cores in (1, 3):
        monkeypatch.setattr("backend.engines.draft.shot.workers", lambda cores=cores: cores)
        runs.append(made(walk)[1])
    assert all(np.array_equal(one, other) for one, other in zip(*runs, strict=True))


def test_a_bad_further_view_is_told_by_name(walk: TakeRequest, tmp_path: Path) -> None:
    from backend.engines.engine import EngineError

    bad = write_depth(tmp_path / "bad.exr", np.full((HEIGHT, WIDTH), -1.0))
    views = (walk.views[0], replace(walk.views[1], depth=bad), walk.views[2])
    with pytest.raises(EngineError, match="negative") as caught:
        made(replace(walk, views=views))
    assert caught.value.code == "depth_unusable"
