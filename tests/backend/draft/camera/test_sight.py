"""What a camera sees, from distances without symmetry: what it looks at, how much room there is, what is nearest."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera.scene_depth import SceneDepth
from backend.engines.draft.camera.sight import distance_to, nearest_large, scene_of, with_subject
from client.protocol import Camera, Focus, Thing

LENS = Camera("perspective", 1600, 900, 800, 450, 1200, 1300)
SCENE = SceneDepth(False, 1600, 900, 1200, 1300, 5.0, 4.0, 1, 1, 1, 1)


def sight(*rows: str) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(one) for one in row.split()) for row in rows)


def test_without_anything_known_the_subject_is_at_four_metres() -> None:
    for scene in (scene_of(None), scene_of(LENS)):
        assert (scene.focus, scene.forward, scene.subject) == (4.0, 4.0, 4.0)
        assert (scene.left, scene.right, scene.up, scene.down) == (1e3,) * 4
        assert scene.deepest is None and scene.lens is None and not scene.orthographic
    plain = scene_of(None)
    assert (plain.width, plain.height, plain.fx, plain.fy) == (1920, 1080, 2667, 2667)
    flat = scene_of(replace(LENS, projection="orthographic", scale=0.02, fx=0.0, fy=0.0))
    assert flat.orthographic and (flat.fx, flat.fy) == (50.0, 50.0)


def test_what_is_known_of_a_lens_and_of_things_is_used() -> None:
    chair, behind = Thing("Chair", (1, 0, -7.5), (1, 1, 1)), Thing("Wall", (0, 0, 2.0), (1, 1, 1))
    assert scene_of(replace(LENS, focus=Focus(6.5))).focus == 6.5
    assert scene_of(replace(LENS, focus=Focus(1e6))).focus == 1e4
    assert scene_of(replace(LENS, things=(behind, chair))).focus == 7.5
    assert scene_of(replace(LENS, things=(behind,))).focus == 4.0
    lens = scene_of(replace(LENS, focus=Focus(6.5)))
    assert lens.lens == (0.0, 0.0, -6.5) and lens.subject == 6.5
    aside = scene_of(replace(LENS, focus=Focus(6.5, position=(0.5, 0.2, -6.0)), things=(chair,)))
    assert (aside.lens, aside.subject, aside.things) == ((0.5, 0.2, -6.0), 6.0, (chair,))
    assert (
        scene_of(replace(LENS, focus=Focus(6.5, position=(0.5, 0.2, 6.0)))).subject == 6.5
    )  # it lies behind the camera


def test_distances_tell_focus_room_and_the_farthest() -> None:
    """Five rows and ten columns: 0 is sky. The middle fifth is at 3, one of it at 2; a wall at 8 on the right."""
    camera = replace(
        LENS,
        sight=sight(
            "0 0 0 0 0 0 0 0 0 0",
            "6 6 6 6 5 5 6 6 8 8",
            "6 6 6 6 3 2 6 6 8 8",
            "6 6 6 6 3 3 6 6 8 8",
            "5 5 5 5 5 5 5 5 5 5",
        ),
    )
    scene = scene_of(camera)
    metres = np.array(camera.sight)
    y, x = np.mgrid[0:5, 0:10] + 0.5
    seen = metres > 0
    weight = np.exp(-(((x / 10 - 0.5) ** 2 + (y / 5 - 0.5) ** 2) / 0.16**2) / 2)[seen]
    halves = [(weight[metres[seen] < far].sum(), weight[metres[seen] > far].sum(), far) for far in (2, 3, 5, 6, 8)]
    (focus,) = (far for below, above, far in halves if max(below, above) < weight.sum() / 2)
    assert (scene.forward, scene.focus) == (2.0, focus)
    across = ((x / 10 - 0.5) * 1600 / 1200 * metres)[seen]
    upward = ((0.5 - y / 5) * 900 / 1300 * metres)[seen]
    low, high = np.percentile(across, [2, 98])
    assert (scene.left, scene.right) == pytest.approx((-low, high)) and scene.left != pytest.approx(scene.right)
    low, high = np.percentile(upward, [2, 98])
    assert (scene.down, scene.up) == pytest.approx((-low, high)) and scene.down != pytest.approx(scene.up)
    # of the six cells at 8: the middle of where they are
    assert scene.deepest == pytest.approx((0.4 * 1600 / 1200 * 8, 0.0, -8), abs=1e-9)
    sky = scene_of(replace(LENS, sight=sight("0 0 0 0", "0 0 0 0", "0 0 0 7")))
    assert (sky.forward, sky.deepest) == (7.0, pytest.approx((0.375 * 4 / 3 * 7, -900 / 1300 / 3 * 7, -7)))


def metres(blocks: list[tuple[slice, slice, float]], shape: tuple[int, int] = (36, 64)) -> np.ndarray:
    made = np.full(shape, np.inf)
    for rows, columns, far in blocks:
        made[rows, columns] = far
    return made


def points(far: np.ndarray) -> np.ndarray:
    rows, columns = far.shape
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    return np.stack([(x / columns - 0.5) * far, (0.5 - y / rows) * far, -far], -1)


ALL = slice(None)
UP = np.array([0.0, 1.0, 0.0])


@pytest.mark.parametrize(
    ("blocks", "nearest"),
    [
        ([(ALL, ALL, 9.0), (slice(8, 30), slice(20, 40), 3.0)], 3.0),
        ([(ALL, ALL, 9.0), (slice(16, 19), slice(30, 34), 3.0)], 9.0),  # too small a thing
        ([(ALL, ALL, 9.0), (slice(0, 36), slice(0, 14), 3.0)], 9.0),  # too far aside
        # in three parts, each within 1.35 of the nearest: one thing, and its middle by weight
        ([(ALL, ALL, 9.0), (slice(6, 30), slice(20, 28), 3.0), (slice(6, 30), slice(28, 34), 3.5),
          (slice(6, 30), slice(34, 42), 4.0)], 3.5),
        ([(ALL, ALL, 9.0), (slice(14, 22), slice(30, 36), 3.0), (slice(6, 30), slice(36, 60), 4.1)], 4.1),
        ([], 0.0),
        ([(slice(0, 2), slice(0, 2), 5.0)], 5.0),  # nothing is large
    ],
)  # fmt: skip
def test_the_nearest_large_thing(blocks: list[tuple[slice, slice, float]], nearest: float) -> None:
    with np.errstate(invalid="ignore"):
        assert nearest_large(metres(blocks), points(metres(blocks)), UP) == nearest


def test_how_large_is_large() -> None:
    """A column in the middle that is wider and wider: from 0.12 of the frame, by weight, it counts."""
    y, x = np.mgrid[0:36, 0:64] + 0.5
    weight = np.exp(-(((x / 64 - 0.5) / 0.22) ** 2 + ((y / 36 - 0.5) / 0.28) ** 2) / 2)
    for width in range(1, 10):
        made = metres([(ALL, ALL, 9.0), (ALL, slice(32, 32 + width), 3.0)])
        large = weight[:, 32 : 32 + width].sum() / weight.sum() >= 0.12
        assert nearest_large(made, points(made), UP) == (3.0 if large else 9.0), width


def floor(height: float, tilt: float) -> tuple[np.ndarray, np.ndarray]:
    """Distances to a floor that is `height` metres below a camera which looks down by `tilt` radians, and up in its
    axes; sky above."""
    up = np.array([0.0, math.cos(tilt), math.sin(tilt)])
    one = points(np.ones((36, 64)))
    down = -(one @ up)
    return np.where(down > 0.02, height / np.where(down > 0.02, down, 1), np.inf), up


@pytest.mark.parametrize(("tilt", "left_out"), [(0.1, True), (0.6, True), (1.2, False)])
def test_ground_is_no_thing_unless_the_camera_looks_down_on_it(tilt: float, left_out: bool) -> None:
    far, up = floor(1.6, tilt)
    with np.errstate(invalid="ignore"):
        found = nearest_large(far, points(far), up)
    assert (found == 0.0 or found > 15) if left_out else found > 1.2  # beside the horizon it is far
    far[10:30, 24:40] = 2.0
    with np.errstate(invalid="ignore"):
        found = nearest_large(far, points(far), up)
    assert found == 2.0 if left_out else 1.2 < found < 2.1


def test_what_a_move_is_about() -> None:
    far = metres([(ALL, ALL, 8.0), (slice(8, 30), slice(10, 40), 3.0), (slice(0, 6), slice(50, 60), 12.0)])
    camera = replace(LENS, things=(Thing("Chair", (1, 0, -7.5), (1, 1, 1)),))
    found = with_subject(SCENE, camera, far.astype(np.float32))
    assert (found.subject, found.focus, found.lens, len(found.things)) == (3.0, 5.0, None, 1)
    assert found.deepest == pytest.approx((0.0, 0.0, -8.0), abs=2.0) and found.deepest[2] == -8.0
    assert with_subject(SCENE, None, np.full((36, 64), np.inf, np.float32)).subject == 5.0
    large = np.repeat(np.repeat(far, 4, axis=0), 4, axis=1).astype(np.float32)  # 144 rows are thinned to 72
    assert with_subject(SCENE, None, large).subject == 3.0
    assert with_subject(SCENE, replace(camera, focus=Focus(2e4)), far).lens == (0.0, 0.0, -1e4)
    assert with_subject(replace(SCENE, orthographic=True, fx=100, fy=90), None, far).subject == 3.0


@pytest.mark.parametrize(
    ("subject", "focus", "far"), [(3.0, 5.0, 3.0), (0.0, 5.0, 5.0), (0.0, 0.0, 4.0), (math.inf, 5.0, 4.0), (0, -1, 4.0)]
)
def test_how_far_what_is_looked_at_lies(subject: float, focus: float, far: float) -> None:
    assert distance_to(replace(SCENE, subject=subject, focus=focus)) == far
