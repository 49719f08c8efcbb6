"""The planes of a scene, what is painted on them unseen, and where a frame meets them, against figures worked out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.view.drawing import raster
from backend.engines.draft.view.hidden import planes, pyramid, texture
from backend.engines.draft.view.picture import Lens, Picture

WIDE, HIGH = 160, 120
FX, FY, CX, CY = 130.0, 150.0, 70.0, 52.0
V, U = (np.mgrid[0:HIGH, 0:WIDE] + 0.5).astype(np.float64)
# nearness = a u + b v + c: a floor 1.2 m under the camera, walls 6 m ahead and 2 m to the left
FLOOR = np.array([0, 1 / (FY * 1.2), -CY / (FY * 1.2)])
BACK = np.array([0, 0, 1 / 6])
LEFT = np.array([-1 / (FX * 2), 0, CX / (FX * 2)])


def over(abc: np.ndarray) -> np.ndarray:
    return abc[0] * U + abc[1] * V + abc[2]


def room(sky: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Nearness, and which plane each pixel is of: floor, back (or sky), left, a picture on the back wall, a box."""
    sides = np.stack([over(FLOOR), np.zeros_like(U) if sky else over(BACK), np.full_like(U, -9) if sky else over(LEFT)])
    which = sides.argmax(0)
    nearness = sides.max(0)
    if not sky:
        nearness[20:40, 90:120] *= 1.012
        which[20:40, 90:120] = 3
    nearness[60:100, 100:130] = 0.4
    which[60:100, 100:130] = 4
    return nearness.astype(np.float32), which


def found(nearness: np.ndarray, surface: np.ndarray) -> planes.Planes:
    return planes.find(nearness, surface, False, 5)


def test_the_planes_of_a_room_are_found_with_what_closes_it_in() -> None:
    nearness, which = room()
    made = found(nearness, np.ones(nearness.shape, bool))
    assert made.sky == -1 and len(made.abc) == 5
    index = {}
    for name, abc in (
        ("floor", FLOOR),
        ("back", BACK),
        ("left", LEFT),
        ("picture", 1.012 * BACK),
        ("box", [0, 0, 0.4]),
    ):
        off = np.abs((made.abc - abc) @ np.array([[WIDE, 0, 0], [0, HIGH, 0], [0, 0, 1]])).max(1)
        index[name] = int(off.argmin())
        assert off.min() < 1e-4, name
    assert len(set(index.values())) == 5
    walls = {name: int(made.wall[k]) for name, k in index.items()}
    assert walls == {
        "floor": index["floor"], "back": index["back"], "left": index["left"], "picture": index["back"], "box": -1,
    }  # fmt: skip
    wanted = np.array([index[name] for name in ("floor", "back", "left", "picture", "box")])[which]
    assert (made.label == wanted).mean() > 0.99
    assert [bool(made.under_sky[index[name]]) for name in ("floor", "left", "box")] == [True, True, False]


def test_the_sky_is_a_plane_without_a_surface_and_only_the_ground_lies_under_it() -> None:
    nearness, which = room(sky=True)
    surface = which != 1
    made = found(nearness, surface)
    assert made.sky == 0 and made.abc[0].tolist() == [0, 0, 0] and (made.label[~surface] == 0).all()
    ground = int(np.abs(made.abc - FLOOR).sum(1).argmin())
    assert ground != 0 and made.wall[ground] == ground and made.under_sky[ground] and made.wall[0] == -1
    box = int(np.abs(made.abc - [0, 0, 0.4]).sum(1).argmin())
    assert made.wall[box] == -1 and not made.under_sky[box]


def test_small_patches_and_noise_are_no_planes() -> None:
    random = np.random.default_rng(1)
    nearness = random.uniform(0.1, 0.5, (HIGH, WIDE)).astype(np.float32)
    nearness[10:19, 10:19] = 0.3  # 0.4 %, and what lies on it by chance
    assert len(found(nearness, np.ones(nearness.shape, bool)).abc) == 0
    nearness[10:22, 10:40] = 0.3
    (plane,) = found(nearness, np.ones(nearness.shape, bool)).abc
    assert plane == pytest.approx([0, 0, 0.3], abs=1e-4)


def test_what_lies_within_a_share_of_a_plane_that_goes_on_is_of_it() -> None:
    nearness = np.full((4, 6), 0.2, np.float32)
    nearness[1], nearness[2] = 0.204, 0.2065
    label = np.zeros((4, 6), np.uint8)
    label[1:3], label[3, :3] = planes.NONE, 2
    abc = np.array([[0, 0, 0.2], [0, 0, 0.21], [0, 0, 0.2]])
    goes_on = np.array([True, False, False])
    made = planes.merge(nearness, label, abc, goes_on, np.float32(0.03))
    assert made.tolist() == [[0] * 6, [0] * 6, [planes.NONE] * 6, [0] * 6]
    both = planes.merge(nearness, label, abc, np.array([True, True, False]), np.float32(0.03))
    assert both[2].tolist() == [1] * 6 and both[1].tolist() == [0] * 6


def tiled() -> tuple[Picture, np.ndarray, np.ndarray]:
    """The back wall, tilted a little, with tiles of 0.45 x 0.3 m; its plane, and its colours."""
    plane = np.array([0.0002, -0.0003, 1 / 5 - 0.0002 * CX + 0.0003 * CY])
    z = 1 / over(plane)
    x, y = (U - CX) / FX * z, (V - CY) / FY * z
    tile = np.floor(x / 0.45).astype(int) + np.floor(y / 0.3).astype(int)
    rgb = np.where((tile % 2 == 0)[..., None], [210, 170, 60], [60, 50, 110]).astype(np.uint8)
    shown = np.ones((HIGH, WIDE), bool)
    return Picture(rgb, over(plane).astype(np.float32), shown, True, False, FX, FY, CX, CY), plane, rgb


def test_a_pattern_goes_on_in_step_where_nothing_is_seen() -> None:
    picture, plane, rgb = tiled()
    wanted = np.zeros((HIGH, WIDE), bool)
    wanted[40:75, 60:95] = True
    known = ~wanted
    given = rgb.astype(np.float32)
    given[wanted] = 0
    made = texture.paint(picture, plane, given, known, known, wanted, 0, 0)
    assert made.shape == (wanted.sum(), 3) and made.min() >= 0 and made.max() <= 255
    off = np.abs(made - rgb[wanted]).mean(1)
    smooth = np.abs(pyramid.fill_within(given, known, wanted) - rgb[wanted]).mean(1)
    assert np.median(off) < 16 and (off < 30).mean() > 0.9 and np.median(smooth) > 35
    # with margins around it, the same
    canvas = np.zeros((HIGH + 9, WIDE + 14, 3), np.float32)
    canvas[5 : 5 + HIGH, 8 : 8 + WIDE] = given
    around = [np.zeros(canvas.shape[:2], bool) for _ in range(2)]
    around[0][5 : 5 + HIGH, 8 : 8 + WIDE], around[1][5 : 5 + HIGH, 8 : 8 + WIDE] = known, wanted
    moved = texture.paint(picture, plane, canvas, around[0], around[0], around[1], 8, 5)
    assert np.median(np.abs(moved - rgb[wanted]).mean(1)) < 16
    # a plain wall has no pattern to carry on
    plain = np.full_like(given, 90.0)
    plain[wanted] = 0
    assert texture.paint(picture, plane, plain, known, known, wanted, 0, 0) == pytest.approx(90, abs=1e-3)


def test_where_pixels_lie_on_a_plane_in_metres() -> None:
    picture, plane, _ = tiled()
    pixels = np.array([[10, 20], [100, 20], [10, 150], [60, 80]])
    at, on = texture._flat(picture, plane, pixels + np.array([5, 8]), 8, 5)
    assert on.all()
    z = 1 / (plane[0] * (pixels[:, 1] + 0.5) + plane[1] * (pixels[:, 0] + 0.5) + plane[2])
    truth = np.stack([(pixels[:, 1] + 0.5 - CX) / FX * z, (pixels[:, 0] + 0.5 - CY) / FY * z, z], 1)
    for one in range(4):
        for other in range(one):
            apart = np.linalg.norm(truth[one] - truth[other])
            assert np.linalg.norm(at[one] - at[other]) == pytest.approx(apart, rel=1e-9)
    beyond, on = texture._flat(picture, np.array([0.0, 0.002, -0.1]), pixels, 0, 0)
    assert on.tolist() == [False, True, False, True]
    nothing, on = texture._flat(picture, np.zeros(3), pixels, 0, 0)
    assert not on.any() and not nothing.any() and beyond.shape == (4, 2)


@pytest.mark.parametrize("how", ["as it is", "mirrored", "upside down"])
def test_colours_between_known_ones_are_smooth_and_turn_with_the_picture(how: str) -> None:
    random = np.random.default_rng(3)
    rgb = random.integers(0, 256, (32, 64, 3)).astype(np.float32)
    known = random.random((32, 64)) < 0.1
    known[:, 40:60] = False
    flip = {
        "as it is": slice(None),
        "mirrored": (slice(None), slice(None, None, -1)),
        "upside down": slice(None, None, -1),
    }
    there = np.ascontiguousarray(known[flip[how]])
    made = pyramid.fill(np.ascontiguousarray(rgb[flip[how]]), there)
    np.testing.assert_allclose(made, pyramid.fill(rgb, known)[flip[how]], atol=1e-2)
    np.testing.assert_array_equal(made[there], rgb[flip[how]][there])
    wanted = ~there
    within = pyramid.fill_within(np.ascontiguousarray(rgb[flip[how]]), there, wanted)
    np.testing.assert_allclose(within, made[wanted], atol=1e-3)


def test_one_colour_fills_all_and_two_meet_in_the_middle() -> None:
    rgb = np.zeros((32, 64, 3), np.float32)
    known = np.zeros((32, 64), bool)
    rgb[5, 7], known[5, 7] = (10, 200, 30), True
    assert np.abs(pyramid.fill(rgb, known) - [10, 200, 30]).max() < 1e-3
    rgb[:, :4], rgb[:, -4:] = (0, 100, 200), (200, 100, 0)
    known[:], known[:, :4], known[:, -4:] = False, True, True
    across = pyramid.fill(rgb, known)[12]
    assert (np.diff(across[:, 0]) >= -1e-3).all() and across[:, 1] == pytest.approx(100)
    assert across[:, 0] + across[:, 2] == pytest.approx(200, abs=1e-2) and across[:32, 0] == pytest.approx(
        across[:31:-1, 2], abs=0.1
    )


def bare(orthographic: bool, *lens: float) -> Picture:
    """A picture that only its lens is asked of."""
    shown = np.ones((HIGH, WIDE), np.float32)
    return Picture(np.zeros((HIGH, WIDE, 3), np.uint8), shown, shown > 0, True, orthographic, *lens)


FLAT_FACE = np.array([[0.0004, -0.0002], [0.0007, 0.0003], [0.12, 0.3]])  # two faces: a, b, c


@pytest.mark.parametrize("orthographic", [False, True])
def test_a_face_is_where_rays_of_the_frame_meet_it(orthographic: bool) -> None:
    """Each pixel's ray, from a pose and with a lens of its own, is met with the plane and taken into the view."""
    planes_ = FLAT_FACE.copy()
    if orthographic:
        planes_ = np.array([[0.002, -0.004], [0.003, 0.001], [-5.0, -3.0]])
    scale = (40.0, 50.0, CX, CY) if orthographic else (FX, FY, CX, CY)
    picture = bare(orthographic, *scale)
    lens = Lens(45.0, 42.0, 61.0, 58.0) if orthographic else Lens(140.0, 125.0, 75.0, 66.0)
    c, s, d, t = np.cos(0.2), np.sin(0.2), np.cos(-0.1), np.sin(-0.1)
    rotation = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ np.array([[1, 0, 0], [0, d, -t], [0, t, d]])
    pose = Pose(rotation, np.array([0.4, -0.2, 0.3]), 1.25)
    projected = raster.projection(picture, pose, lens)
    back = np.zeros((2, raster.TURNED), np.float32)
    raster.turn(planes_, *projected, back)
    for face in range(2):
        a, b, k = planes_[:, face]
        for u, v in ((20.0, 30.0), (100.5, 15.5), (80.0, 90.0)):
            x, y = (u - lens.cx) / (lens.fx * pose.zoom), (v - lens.cy) / (lens.fy * pose.zoom)
            start = pose.position + (rotation @ [x, y, 0] if orthographic else 0)
            ray = rotation @ ([0, 0, 1] if orthographic else [x, y, 1])
            # z = -(a U + b V + c) or 1 / z = a U + b V + c, with U and V the point in the view
            fx, fy, cx, cy = scale
            normal = np.array([a * fx, b * fy, a * cx + b * cy + k])
            if orthographic:
                far = -(start @ [a * fx, b * fy, 1] + normal[2]) / (ray @ [a * fx, b * fy, 1])
            else:
                far = (1 - normal @ start) / (normal @ ray)
            x, y, z = start + far * ray
            wanted = (cx + fx * x, cy + fy * y) if orthographic else (cx + fx * x / z, cy + fy * y / z)
            rows = back[face, :9].astype(float).reshape(3, 3) @ [u, v, 1]
            assert rows[:2] / rows[2] == pytest.approx(wanted, rel=2e-4), (face, u, v)
            seen = back[face, raster.NEAR : raster.NEAR + 3].astype(float) @ [u, v, 1]
            nearness = -far if orthographic else 1 / far
            assert (seen if not orthographic else seen / rows[2]) == pytest.approx(nearness, rel=2e-3), (face, u, v)
    behind = Pose(np.diag([-1.0, 1.0, -1.0]), np.array([0.0, 0.0, 50.0]), 1.0)
    raster.turn(planes_, *raster.projection(picture, behind, lens), back)
    assert not back[:, : raster.STRETCH + 1].any() or orthographic


def test_blocks_are_seen_where_their_corners_are() -> None:
    picture = bare(False, FX, FY, CX, CY)
    pose = Pose(np.eye(3), np.array([0.3, -0.1, 0.5]), 1.2)
    lens = Lens(FX, FY, CX, CY)
    boxes = np.array([[10, 60, 150, 0], [20, 70, 5, 0], [26, 64, 158, 4], [28, 82, 9, 4]], np.float32)
    planes_ = np.repeat(np.array([[0.0], [0.0005], [0.2]]), 4, 1)
    planes_[2, 3] = 1.9  # at 0.5 m: half a metre ahead of the view is where the camera stands
    bounds, reach = np.zeros((4, 4), np.int32), np.zeros(4, np.float32)
    raster.place(boxes, planes_, *raster.projection(picture, pose, lens), HIGH, WIDE, bounds, reach)
    for i in range(3):
        u, v = np.array([boxes[0, i], boxes[2, i]] * 2), np.repeat(boxes[[1, 3], i], 2)
        near = 0.0005 * v + planes_[2, i]
        x, y, z = (u - CX) / FX / near - 0.3, (v - CY) / FY / near + 0.1, 1 / near - 0.5
        columns, rows = CX + FX * 1.2 * x / z, CY + FY * 1.2 * y / z
        wanted = [columns.min(), columns.max() - 1, rows.min(), rows.max() - 1]
        wanted = np.clip(wanted, [0, -1, 0, -1], [WIDE, WIDE - 1, HIGH, HIGH - 1])
        assert bounds[:, i] == pytest.approx(wanted, abs=1.6), i
        assert reach[i] == pytest.approx((1 / z).max(), rel=0.02), i
    order, first = raster.bands(bounds, 3, HIGH)
    held = [sorted(order[a:b].tolist()) for a, b in pairwise(first)]
    size = raster.BAND
    for band, blocks in enumerate(held):
        rows = range(band * size, band * size + size)
        seen = [
            i
            for i in range(3)
            if bounds[1, i] >= bounds[0, i] and set(rows) & set(range(bounds[2, i], bounds[3, i] + 1))
        ]
        assert blocks == seen
