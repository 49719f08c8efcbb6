"""Plane mirrors: what one shows moves as what stands behind it, is seen in it alone, and never in the next room."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.shot import begin
from backend.engines.draft.view import layers, mirrors
from backend.engines.draft.view.drawing.renderer import Renderer, Sight
from backend.engines.draft.view.picture import Picture, read
from backend.media.stills import read_depth, read_depths
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View
from tests.backend.draft.card import FLIP, psnr

WIDE, HIGH, FOCAL = 160, 104, 110.0
MIRROR = 0
# In the axes of pictures (x to the right, y down, z ahead): which axis a face is across and where, and from where to
# where it goes along the two others. Two rooms with a wall at 6 between them, in it a door, beside that the mirror.
FACES = (
    (2, 5.97, (-1.3, 0.5), (-0.9, 0.8)),
    (2, 5.985, (-1.4, 0.6), (-1.0, 0.9)),  # its frame
    (2, 6.0, (-3.0, 0.8), (-1.5, 1.5)),
    (2, 6.0, (2.0, 3.0), (-1.5, 1.5)),
    (2, 6.0, (0.8, 2.0), (-1.5, -1.1)),
    (2, -2.0, (-3.0, 3.0), (-1.5, 1.5)),
    (2, 10.0, (-3.0, 3.0), (-1.5, 1.5)),
    (0, -3.0, (-1.5, 1.5), (-2.0, 10.0)),
    (0, 3.0, (-1.5, 1.5), (-2.0, 10.0)),
    (1, -1.5, (-3.0, 3.0), (-2.0, 10.0)),
    (1, 1.5, (-3.0, 3.0), (-2.0, 10.0)),
    (2, 3.0, (-2.4, -1.5), (-0.6, 1.5)),  # stands in the first room, and so before the far wall of the other
    (2, 4.2, (1.2, 1.7), (-0.2, 1.5)),
    (2, -0.9, (0.4, 1.0), (-0.5, 0.9)),  # behind the camera: only the mirror shows it
)
OTHERS = ((1, 2), (0, 2), (0, 1))  # the two axes that a face goes along


def hit(start: np.ndarray, ray: np.ndarray, but: int = -1) -> tuple[np.ndarray, np.ndarray]:
    """How far along each ray the nearest face is, and which."""
    far, which = np.full(ray.shape[:-1], np.inf), np.full(ray.shape[:-1], -1)
    for face, (axis, at, one, two) in enumerate(FACES):
        with np.errstate(divide="ignore", invalid="ignore"):
            way = (at - start[..., axis]) / ray[..., axis]
            a, b = (start[..., k] + ray[..., k] * way for k in OTHERS[axis])
            on = (way > 1e-6) & (way < far) & (one[0] <= a) & (a <= one[1]) & (two[0] <= b) & (b <= two[1])
        if face != but:
            far[on], which[on] = way[on], face
    return far, which


def cast(pose: np.ndarray, by: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """From a pose in Blender's axes: colours, depth, that of what the mirror shows (0: no mirror), and where a part of
    a pixel shows the mirror."""
    turn, place = FLIP @ pose[:3, :3] @ FLIP, FLIP @ pose[:3, 3]
    v, u = (np.mgrid[0 : HIGH * by, 0 : WIDE * by] + 0.5) / by
    ray = np.stack([(u - WIDE / 2) / FOCAL, (v - HIGH / 2) / FOCAL, np.ones_like(u)], -1) @ turn.T
    start = np.broadcast_to(place, ray.shape)
    far, which = hit(start, ray)
    mirror, depth = (which == MIRROR) & (place[2] < FACES[MIRROR][1]), far.copy()
    at, on = start + ray * far[..., None], ray * np.where(mirror, -1, 1)[..., None] ** np.array([0, 0, 1])
    further, reflected = hit(at, on, MIRROR)
    far = np.where(mirror, far + further, far)
    at = np.where(mirror[..., None], at + on * further[..., None], at)
    which = np.where(mirror, reflected, which)
    tint = 95 + 45 * np.stack([np.sin(1.7 * which), np.cos(2.3 * which), np.sin(3.1 * which + 1)], -1)
    wave = np.stack([np.sin(2.9 * at[..., 0] + 2 * at[..., 2]), np.sin(3.3 * at[..., 1]), np.cos(at.sum(-1))], -1)
    rgb = (tint + 50 * wave).reshape(HIGH, by, WIDE, by, 3).mean((1, 3))
    middle = np.s_[by // 2 :: by, by // 2 :: by]
    shows = mirror.reshape(HIGH, by, WIDE, by).any((1, 3))
    return np.rint(rgb).astype(np.uint8), depth[middle], np.where(mirror, far, 0)[middle], shows


def pose(x: float, z: float, yaw: float) -> np.ndarray:
    """Metres to the right and ahead; turned to the right by degrees. In Blender's axes."""
    c, s = np.cos(np.radians(-yaw)), np.sin(np.radians(-yaw))
    return np.array([[c, 0, s, x], [0, 1, 0, 0.1], [-s, 0, c, -z], [0, 0, 0, 1]])


def rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, matrix.tolist()))


def write(path: Path, depth: np.ndarray, mirrored: np.ndarray | None) -> Path:
    channels = {"V": depth} if mirrored is None else {"V": depth, "mirrored": mirrored}
    made = {name: OpenEXR.Channel(np.ascontiguousarray(one, np.float32)) for name, one in channels.items()}
    OpenEXR.File({}, made).write(str(path))
    return path


# Towards the mirror and past it through the door, on the way close by its edge; then round in the next room.
KNOTS = ((-0.9, 0.4, 0.0), (-0.2, 2.6, -4.0), (0.75, 5.2, -20.0), (1.4, 6.9, 10.0), (0.2, 8.4, -150.0))


def way(t: float) -> np.ndarray:
    return pose(*(np.interp(t * (len(KNOTS) - 1), range(len(KNOTS)), values) for values in zip(*KNOTS, strict=True)))


FRAMES, INSIDE = 17, 9


def films(folder: Path, at: tuple[float, ...]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The frames of a take from views at these parts of the way: with what the mirror shows, and without."""
    known, plain = [], []
    for t in at:
        rgb, depth, mirrored, _ = cast(way(t))
        image = folder / f"{t}.png"
        Image.fromarray(rgb).save(image)
        lens = Camera("perspective", WIDE, HIGH, WIDE / 2, HIGH / 2, FOCAL, FOCAL, matrix_world=rows(way(t)))
        known.append(View(image, write(folder / f"{t}.exr", depth, mirrored), lens, t))
        plain.append(View(image, write(folder / f"{t}_plain.exr", depth, None), lens, t))
    start = np.linalg.inv(way(0))
    keys = tuple(Keyframe(t, rows(start @ way(t))) for t in np.linspace(0, 1, FRAMES).tolist())
    asked = TakeRequest("draft", Direction(), (), FRAMES / 8, Fraction(8), (WIDE, HIGH), 3, CameraPath(keys))
    one, other = (begin(replace(asked, views=tuple(views))).film for views in (known, plain))
    return [frame.copy() for frame in one.frames(1)], [frame.copy() for frame in other.frames(1)]


@pytest.fixture(scope="module")
def truth() -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Of the frames in the first room. Those in the next one are turned away from the mirror, or behind it."""
    return [cast(way(k / (FRAMES - 1))) for k in range(INSIDE)]


def grown(mask: np.ndarray, by: int) -> np.ndarray:
    wide = np.pad(mask, by)
    return np.any([wide[v : v + HIGH, u : u + WIDE] for v in range(2 * by + 1) for u in range(2 * by + 1)], 0)


def test_the_picture_in_a_mirror_is_what_the_camera_would_see_in_it_and_nothing_else_changes(truth, tmp_path) -> None:
    known, plain = films(tmp_path, (0.0, 0.25, 0.5, 0.75, 1.0))
    for k, (rgb, _, mirrored, shows) in enumerate(truth):
        changed = (known[k] != plain[k]).any(-1)
        assert not changed[~grown(shows, 2)].any(), k  # no ghost through the door, nor in the next room
        there = mirrored > 0
        if k in (0, 4, 8):
            assert psnr(known[k][there], rgb[there]) > 60
    for k in range(INSIDE, FRAMES):
        assert np.array_equal(known[k], plain[k]), k
    for k, least, more in ((1, 31, 9), (2, 30, 11), (3, 31, 11), (5, 22, 6), (6, 18, 4), (7, 14.5, 2)):
        rgb, _, mirrored, _ = truth[k]
        there = mirrored > 0
        found = psnr(known[k][there], rgb[there])
        assert found > least and found > psnr(plain[k][there], rgb[there]) + more, (k, found)


def test_one_still_begins_with_it_and_its_mirror_moves_rightly_too(truth, tmp_path) -> None:
    known, plain = films(tmp_path, (0.0,))
    assert psnr(known[0], truth[0][0]) > 60
    for k, (rgb, _, mirrored, shows) in enumerate(truth[:4]):
        assert not (known[k] != plain[k]).any(-1)[~grown(shows, 2)].any(), k
        there = mirrored > 0
        assert k == 0 or psnr(known[k][there], rgb[there]) > psnr(plain[k][there], rgb[there]) + 3, k
    for k in range(INSIDE, FRAMES):
        assert np.array_equal(known[k], plain[k]), k


# Parts


def flat(metres: np.ndarray, mirrored: np.ndarray, rgb: np.ndarray | None = None) -> Picture:
    """Of these distances, and of what mirrors show (0: no mirror)."""
    high, wide = metres.shape
    rgb = np.zeros((high, wide, 3), np.uint8) if rgb is None else rgb
    with np.errstate(divide="ignore"):
        behind = np.where(mirrored > 0, 1 / mirrored, -np.inf).astype(np.float32)
    near, everywhere = (1 / metres).astype(np.float32), np.ones((high, wide), bool)
    return Picture(rgb, near, everywhere, True, False, 80.0, 80.0, wide / 2, high / 2, mirrored=behind)


def test_mirrors_on_one_plane_are_one_and_small_ones_and_rims_are_none() -> None:
    metres, mirrored = np.full((40, 120), 4.0), np.zeros((40, 120))
    lean = 1 / (0.26 + 0.001 * np.arange(30))
    metres[5:35, 70:100] = lean
    for columns in (slice(0, 20), slice(30, 50), slice(70, 100)):
        mirrored[5:35, columns] = 9.0
    mirrored[10:16, 60:67] = 9.0  # of 42 pixels, on a plane of its own
    metres[10:16, 60:67] = 3.0
    found = mirrors.find(flat(metres, mirrored))
    wanted = np.zeros((40, 120), int)
    first, second = found[20, 10], found[20, 80]
    wanted[6:34, :19] = wanted[6:34, 31:49] = first
    wanted[6:34, 71:99] = second
    assert sorted((first, second)) == [1, 2] and np.array_equal(found, wanted)
    assert not mirrors.find(replace(flat(metres, mirrored), mirrored=None)).any()


def test_what_one_mirror_shows_is_not_seen_in_another() -> None:
    metres, mirrored = np.full((60, 120), 4.0), np.zeros((60, 120))
    metres[:, 60:] = 3.99
    rgb = np.full((60, 120, 3), 90, np.uint8)
    for columns, colour in ((slice(10, 50), (250, 20, 20)), (slice(60, 100), (20, 20, 250))):
        mirrored[10:50, columns], rgb[10:50, columns] = 40.0, colour
    picture = flat(metres, mirrored, rgb)
    made = layers.build(picture, 80.0, (0, 0, 0, 0), 1, guess=False)
    assert made.mirrored.size == 3 and set(made.mirror.tolist()) == {0, 1, 2, -1, -2}
    still = Sight(picture, made, Pose(np.eye(3), np.zeros(3), 1.0))
    assert np.array_equal(Renderer(picture).frame([still]).rgb, rgb)
    moved = Renderer(picture).frame([replace(still, pose=Pose(np.eye(3), np.array([1.0, 0, 0]), 1.0))]).rgb
    row = moved[30].astype(int)  # 20 pixels to the left, and what both show 2
    assert (row[:30, 0] - row[:30, 2] > 0).sum() == pytest.approx(40 - 10, abs=2)
    assert (row[38:, 0] <= 95).all() and (row[42:78, 2] > 200).all()


@pytest.mark.parametrize("kind", ["perspective", "orthographic"])
def test_a_picture_has_the_nearness_of_what_its_mirrors_show(tmp_path: Path, kind: str) -> None:
    depth, mirrored = np.full((20, 40), 4.0), np.zeros((20, 40))
    depth[:, 30:] = 2e9
    mirrored[2:12, 4:34] = np.linspace(5, 8, 30)
    mirrored[2:5, 4:34] = 1e10
    mirrored[14, 4:8] = -3, np.nan, 3.5, 0
    file = write(tmp_path / "depth.exr", depth, mirrored)
    Image.new("RGB", (40, 20)).save(tmp_path / "still.png")
    lens = {"fx": 30.0, "fy": 30.0} if kind == "perspective" else {"scale": 0.05}
    view = View(tmp_path / "still.png", file, Camera(kind, 40, 20, 20.0, 10.0, **lens))
    found = read(view, (40, 20))[0].mirrored
    assert found is not None
    wanted = np.full((20, 40), -np.inf)
    metres = np.linspace(5, 8, 30)[:26]
    wanted[5:12, 4:30] = 1 / metres if kind == "perspective" else -metres
    wanted[2:5, 4:30] = 0 if kind == "perspective" else -1.5 * 4
    np.testing.assert_allclose(found, wanted, rtol=1e-6)
    wide = read(view, (80, 40))[0].mirrored
    assert wide is not None and np.array_equal(np.isfinite(wide)[::2, ::2], np.isfinite(found))
    assert np.array_equal(read_depth(file), read_depths(file)[0])
    assert read_depths(write(tmp_path / "plain.exr", depth, None))[1] is None
