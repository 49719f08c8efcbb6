"""The guide, against truth that can be worked out; its zip read back."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from backend.__main__ import main
from backend.engines.draft.view.drawing.renderer import Renderer
from backend.guide.files import NEAR, write_guide
from backend.guide.guide import GuideFrame, guide
from client.protocol import Camera, CameraPath, Keyframe, View
from client.protocol.codec import to_json
from tests.backend.draft.card import CARD, FLIP, FOCAL, HEIGHT, WALL, WIDTH, key, write_depth
from tests.backend.guide.conftest import SKY_ROWS, Walk, moved, truth

FORMATS = {"warp": "rgb24", "mask": "gray", "depth": "gray16le"}


@pytest.fixture(scope="module")
def drawn(walk: Walk) -> list[GuideFrame]:
    return list(guide(walk.request).frames)


def away_from_edges(depth: np.ndarray, reach: int = 3) -> np.ndarray:
    """Where `depth` has no break within `reach` pixels."""
    tall = np.pad(depth, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(tall, (2 * reach + 1, 2 * reach + 1))
    return windows.max((2, 3)) < 1.05 * windows.min((2, 3))


def at_the_still(t: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where what is seen at t falls in the still, in pixels, and how far it is from the still's camera."""
    turn, place = FLIP @ moved(t)[:3, :3] @ FLIP, FLIP @ moved(t)[:3, 3]
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    ray = np.stack([(u - WIDTH / 2) / FOCAL, (v - HEIGHT / 2) / FOCAL, np.ones_like(u)], -1)
    point = place + (ray @ turn.T) * truth(t)[1][..., None]
    z = point[..., 2]
    return FOCAL * point[..., 0] / z + WIDTH / 2, FOCAL * point[..., 1] / z + HEIGHT / 2, z


@pytest.mark.parametrize(("index", "of"), [(0, 0), (4, 1)])
def test_at_a_views_own_pose_it_is_that_view(walk: Walk, drawn: list[GuideFrame], index: int, of: int) -> None:
    frame, depth = drawn[index], walk.depths[of]
    assert not frame.hole.any()
    assert np.abs(frame.warp.astype(int) - walk.pictures[of]).max() <= 1
    assert (frame.warp == walk.pictures[of]).mean() > 0.999
    surface = depth < 1e9
    clear = away_from_edges(depth) & surface
    np.testing.assert_allclose(frame.inverse_depth[clear], 1 / depth[clear], rtol=1e-5)
    assert (frame.inverse_depth[~surface] == 0).all() and (~surface).sum() == (SKY_ROWS * WIDTH if of == 0 else 0)


@pytest.mark.parametrize("index", [1, 3])
def test_at_another_pose_it_is_what_the_camera_would_see(walk: Walk, drawn: list[GuideFrame], index: int) -> None:
    frame, (rgb, depth) = drawn[index], truth(index / 8)
    below_the_sky = at_the_still(index / 8)[1] > SKY_ROWS + 6
    clear = away_from_edges(depth, 4) & ~frame.hole & below_the_sky
    assert clear.mean() > 0.6
    off = np.abs(frame.inverse_depth * depth - 1)[clear]
    assert off.max() < 1e-3 and (off < 1e-5).mean() > 0.99
    assert (np.abs(frame.warp.astype(int) - rgb)[clear] <= 3).mean() > 0.995


def test_holes_are_where_the_still_did_not_see(walk: Walk) -> None:
    """By casting rays: beyond its frame, and behind the card."""
    frame = list(guide(replace(walk.request, views=walk.request.views[:1])).frames)[5]
    u, v, z = at_the_still(5 / 8)
    beyond = (u < 0) | (u > WIDTH) | (v < 0) | (v > HEIGHT)
    x, y = (u - WIDTH / 2) / FOCAL * CARD, (v - HEIGHT / 2) / FOCAL * CARD
    behind = (z > WALL - 0.5) & (np.abs(x) < 0.5) & (np.abs(y) < 0.35)
    unseen = beyond | behind
    assert behind.mean() > 0.01 and beyond.mean() > 0.05
    borders = np.abs(np.diff(unseen, axis=1, prepend=False)) | np.abs(np.diff(unseen, axis=0, prepend=False))
    near_border = np.lib.stride_tricks.sliding_window_view(np.pad(borders, 2), (5, 5)).any((2, 3))
    # What the still calls sky lies infinitely far, so it moves otherwise than the wall that is drawn there.
    sure = ~near_border & (v > SKY_ROWS + 2)
    assert (frame.hole == unseen)[sure].all() and sure.mean() > 0.6
    assert (frame.warp[frame.hole] == 0).all() and (frame.inverse_depth[frame.hole] == 0).all()


def test_a_plane_at_another_pose_has_the_depth_of_its_formula(tmp_path: Path, walk: Walk) -> None:
    """A slanted wall, z = 4 + x / 2, from a camera that turned by a fifth and moved."""
    u = (np.arange(WIDTH) + 0.5 - WIDTH / 2) / FOCAL
    depth = np.tile((4 / (1 - u / 2)).astype(np.float32), (HEIGHT, 1))
    still = replace(walk.request.views[0], depth=write_depth(tmp_path / "plane.exr", depth))
    path = CameraPath((key(0), key(1, x=0.3, z=-0.7, turn=0.2)))
    frame = list(guide(replace(walk.request, views=(still,), path=path)).frames)[-1]
    c, s = np.cos(0.2), np.sin(0.2)
    ray_x, ray_z = c * u - s, s * u + c  # in the still's axes of pictures: a turn to the left
    expected = (4 + 0.3 / 2 - 0.7) / (ray_z - ray_x / 2)
    seen = ~frame.hole
    assert 0.5 < seen.mean() < 1
    np.testing.assert_allclose(frame.inverse_depth[seen], np.tile(1 / expected, (HEIGHT, 1))[seen], rtol=1e-5)


def test_the_poses_are_those_of_the_path_in_the_world(walk: Walk, drawn: list[GuideFrame]) -> None:
    for index, frame in enumerate(drawn):
        np.testing.assert_allclose(frame.camera_to_world, walk.world @ moved(index / 8), atol=1e-6)
        np.testing.assert_allclose(frame.intrinsics, [[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1]])


def test_a_zoom_and_another_size_are_in_the_intrinsics(walk: Walk) -> None:
    path = CameraPath((Keyframe(0, key(0).matrix), Keyframe(1, key(0).matrix, 2.0)))
    asked = replace(walk.request, views=walk.request.views[:1], path=path, size=(WIDTH * 2, HEIGHT))
    frames = list(guide(asked).frames)
    # Scaled to cover, its middle kept.
    np.testing.assert_allclose(frames[-1].intrinsics, [[4 * FOCAL, 0, WIDTH], [0, 4 * FOCAL, HEIGHT / 2], [0, 0, 1]])
    np.testing.assert_allclose(frames[0].intrinsics[0, 0], 2 * FOCAL)


def test_a_turn_on_the_spot_has_depth_too(walk: Walk) -> None:
    """Nothing parts along such a path, but the card still stands before the wall."""
    path = CameraPath((key(0), key(1, turn=0.1)))
    frames = list(guide(replace(walk.request, views=walk.request.views[:1], path=path)).frames)
    depth = walk.depths[0]
    surface = away_from_edges(depth) & (depth < 1e9)
    np.testing.assert_allclose(frames[0].inverse_depth[surface], 1 / depth[surface], rtol=1e-5)
    assert np.abs(np.sort(frames[-1].inverse_depth, axis=None)[[-1, 20000]] - (1 / CARD, 1 / WALL)).max() < 0.02


def test_an_orthographic_camera_has_metres_too(walk: Walk) -> None:
    camera = Camera("orthographic", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, scale=0.02)
    still = replace(walk.request.views[0], camera=camera)
    made = guide(replace(walk.request, views=(still,), path=CameraPath((key(0), key(1, x=0.4, z=-0.5)))))
    frames = list(made.frames)
    assert made.orthographic and made.near < CARD - 0.5 and WALL < made.far < 1.2 * WALL
    depth = walk.depths[0]
    clear = away_from_edges(depth)
    assert (frames[0].inverse_depth[clear & (depth > 1e9)] == 0).all()
    surface = clear & (depth < 1e9)
    np.testing.assert_allclose(frames[0].inverse_depth[surface], 1 / depth[surface], rtol=1e-5)
    moved_by = round(0.4 / 0.02)
    ahead = clear[:, moved_by:] & (depth < 1e9)[:, moved_by:]
    expected = 1 / (depth[:, moved_by:] - 0.5)
    np.testing.assert_allclose(frames[-1].inverse_depth[:, :-moved_by][ahead], expected[ahead], rtol=1e-5)
    assert frames[-1].hole[:, -moved_by + 1 :].all()


def test_more_views_than_frames(walk: Walk) -> None:
    """Frames that leap over views."""
    still = walk.request.views[0]
    views = tuple(replace(still, t=float(t)) for t in np.linspace(0, 1, 12))
    made = list(guide(replace(walk.request, views=views, seconds=3 / 24)).frames)
    assert len(made) == 3 and not made[0].hole.any() and made[-1].hole.any()


def test_frames_are_drawn_as_they_are_asked_for(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    frame = Renderer.frame
    monkeypatch.setattr(Renderer, "frame", lambda *given: asked.append(1) or frame(*given))
    monkeypatch.setattr("backend.guide.guide.workers", lambda: 2)
    frames = guide(walk.request).frames
    next(frames)
    next(frames)
    assert len(asked) <= 4
    frames.close()


def test_the_zip_holds_it_all_without_loss(walk: Walk, drawn: list[GuideFrame], tmp_path: Path) -> None:
    path = tmp_path / "guide.zip"
    told: list[tuple[float, str]] = []

    def progress(fraction: float, stage: str, preview: np.ndarray | None = None) -> None:
        told.append((fraction, stage))
        np.testing.assert_array_equal(preview, drawn[len(told) - 1].warp)

    made = write_guide(walk.request, path, progress)
    assert told == [((k + 1) / 9, "Drawing the guide") for k in range(9)]
    assert list(tmp_path.iterdir()) == [path]
    about, movies = read(path)
    assert about["fps"] == 24 and about["size"] == [WIDTH, HEIGHT] and about["projection"] == "perspective"
    assert about["notes"] == [] and len(about["frames"]) == 9
    assert all(len(frames) == 9 for frames in movies.values())
    depths = np.concatenate([1 / frame.inverse_depth[frame.inverse_depth > 0] for frame in drawn])
    assert 0.9 * depths.min() < made.near <= depths.min() and depths.max() <= made.far < 1.1 * depths.max()
    for index, frame in enumerate(drawn):
        said = about["frames"][index]
        assert set(said) == {"camera_to_world", "intrinsics", "near", "far"}
        np.testing.assert_array_equal(said["camera_to_world"], frame.camera_to_world)
        np.testing.assert_array_equal(said["intrinsics"], frame.intrinsics)
        assert (said["near"], said["far"]) == (made.near, made.far)
        np.testing.assert_array_equal(movies["warp"][index], frame.warp)
        np.testing.assert_array_equal(movies["mask"][index], np.where(frame.hole, 255, 0))
        assert np.abs(movies["depth"][index] - NEAR * made.near * frame.inverse_depth.astype(float)).max() <= 0.51


def read(path: Path) -> tuple[dict, dict[str, list[np.ndarray]]]:
    """guide.json, and the frames of the movies by their names."""
    movies = {}
    with zipfile.ZipFile(path) as file:
        assert [about.filename for about in file.infolist()] == ["guide.json", "warp.mkv", "mask.mkv", "depth.mkv"]
        assert all(about.compress_type == zipfile.ZIP_STORED for about in file.infolist())
        for name, kind in FORMATS.items():
            with file.open(f"{name}.mkv") as movie, av.open(movie) as container:
                assert container.streams.video[0].codec_context.name == "ffv1"
                movies[name] = [frame.to_ndarray(format=kind) for frame in container.decode(video=0)]
        return json.loads(file.read("guide.json")), movies


def test_on_the_command_line(walk: Walk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    still, further = walk.request.views
    for name, what in (("camera", still.camera), ("further", further.camera), ("path", walk.request.path)):
        (tmp_path / f"{name}.json").write_text(json.dumps(to_json(what)))
    files = ["--still", still.image, "--depth", still.depth, "--camera", tmp_path / "camera.json"]
    view = ["--view", "0.5", further.image, further.depth, tmp_path / "further.json"]
    move = ["--path", tmp_path / "path.json", "--seconds", "0.375", "--out", tmp_path / "out" / "g.zip"]
    assert main(["guide", *map(str, [*files, *view, *move])]) == 0
    assert "9 frames of 240x136 at 24" in capsys.readouterr().out
    about, movies = read(tmp_path / "out" / "g.zip")
    assert len(about["frames"]) == 9 and not movies["mask"][4].any()
    np.testing.assert_allclose(movies["warp"][4], walk.pictures[1], atol=1)
    assert main(["guide", "--out", str(tmp_path / "none.zip")]) == 2
    assert "The guide needs a still" in capsys.readouterr().err
    assert main(["guide", *map(str, files), "--seconds", "181"]) == 2
    assert "The guide makes clips of at most 180 seconds" in capsys.readouterr().err


def test_a_view_without_depth_is_left_out_and_said(walk: Walk) -> None:
    still, further = walk.request.views
    without = View(further.image, None, further.camera, further.t)
    made = guide(replace(walk.request, views=(still, without)))
    made.frames.close()
    assert made.notes == (
        "A further view was left out: a view needs its depth and its camera, of the same kind as the still's.",
    )
