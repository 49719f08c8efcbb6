"""The still as the draft engine takes it: cropped from its middle, its lens and its distances with it; and what a path
asks of it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.view import margins
from backend.engines.draft.view.coverage import Coverage
from backend.engines.draft.view.picture import Picture, load, measure, read
from backend.engines.engine import EngineError
from client.protocol import Camera, View
from devtools.take_requests import take_request
from tests.backend.draft.card import write_depth


def picture(
    metres: np.ndarray,
    *,
    orthographic: bool = False,
    fx: float = 80.0,
    fy: float = 100.0,
    cx: float = 0.5,
    cy: float = 0.5,
) -> Picture:
    """Of these distances (inf: sky); cx and cy as parts of width and height."""
    height, width = metres.shape
    surface = np.isfinite(metres)
    with np.errstate(divide="ignore"):
        nearness = np.where(surface, -metres if orthographic else 1 / metres, -99.0 if orthographic else 0.0)
    rgb = np.zeros((height, width, 3), np.uint8)
    return Picture(rgb, nearness.astype(np.float32), surface, True, orthographic, 80.0, 100.0, cx * width, cy * height)


def pose(x: float = 0, y: float = 0, z: float = 0, zoom: float = 1.0, turn: float = 0) -> Pose:
    c, s = math.cos(turn), math.sin(turn)
    return Pose(np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]), np.array([x, y, z], float), zoom)


# Loading


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A still of 80x40 whose columns differ, with depth in metres of its columns."""
    columns = np.repeat(np.arange(80) * 3, 40).reshape(80, 40).T.astype(np.uint8)
    Image.fromarray(np.dstack([columns] * 3)).save(tmp_path / "still.png")
    write_depth(tmp_path / "depth.exr", np.tile(np.arange(1, 81, dtype=np.float32), (40, 1)))
    return tmp_path


def loaded(scene: Path, size: tuple[int, int], camera: Camera | None, depth: bool = True) -> tuple[Picture, tuple]:
    return load(
        take_request(size=size, still=scene / "still.png", depth=scene / "depth.exr" if depth else None, camera=camera)
    )


CAMERA = Camera("perspective", 160, 80, 90.0, 30.0, 200.0, 240.0)  # in pixels of a picture twice as large


def test_a_still_as_it_is(scene: Path) -> None:
    made, notes = loaded(scene, (80, 40), CAMERA)
    assert notes == () and made.has_depth and not made.orthographic
    assert (made.fx, made.fy, made.cx, made.cy) == (100, 120, 45, 15)
    assert made.metres()[7, [0, 40, 79]].tolist() == [1, pytest.approx(41), pytest.approx(80)]
    assert made.rgb[5, [0, 10, 79], 1].tolist() == [0, 30, 237]


def test_a_still_is_cropped_from_its_middle(scene: Path) -> None:
    made, _ = loaded(scene, (40, 40), CAMERA)
    assert (made.width, made.height) == (40, 40)
    assert (made.fx, made.fy, made.cx, made.cy) == (100, 120, 25, 15)
    assert made.rgb[5, [0, 39], 1].tolist() == [60, 177]
    assert made.metres()[7, [0, 39]] == pytest.approx([21, 60])


def test_a_still_is_scaled_with_its_lens(scene: Path) -> None:
    made, _ = loaded(scene, (40, 16), CAMERA)
    assert (made.fx, made.fy, made.cx, made.cy) == (50, 60, 22.5, 5.5)  # the upper 4 of 40 lines are gone
    assert made.metres()[3, [0, 20, 39]] == pytest.approx([2, 41.5, 79.5], abs=0.05)


@pytest.mark.parametrize(("size", "fine"), [((40, 20), True), ((56, 28), True), ((20, 20), True), ((64, 32), False)])
def test_a_still_finer_than_the_clip_is_known_at_twice_its_size(
    scene: Path, size: tuple[int, int], fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = loaded(scene, size, CAMERA)
    assert (made.twice is not None) == fine
    if made.twice is None:
        return
    assert made.twice.shape == (2 * size[1], 2 * size[0], 3)
    step = 40 / size[1] / 2  # of the still's columns, each 3 brighter than the one before it
    middle = (np.arange(2 * size[0]) + 0.5) * step + (80 - 2 * size[0] * step) / 2 - 0.5
    assert made.twice[5, 3:-3, 0] == pytest.approx(3 * middle[3:-3], abs=1)
    assert made.rgb[5, 2:-2, 2] == pytest.approx(1.5 * (middle[4:-4:2] + middle[5:-3:2]), abs=1)
    monkeypatch.setattr("backend.engines.draft.view.picture.LARGE", size[0] * size[1])
    assert loaded(scene, size, CAMERA)[0].twice is None  # it would take too much memory


@pytest.mark.parametrize(
    ("size", "finest", "sides"),
    [
        ((40, 20), 1.0, (40, 20)),  # of a picture of 80 x 40
        ((40, 20), 1.5, (60, 30)),
        ((40, 20), 3.0, (80, 40)),
        ((50, 20), 3.0, (80, 32)),
        ((56, 28), 1.5, (80, 40)),
        ((64, 32), 1.5, (64, 32)),  # hardly more pixels
    ],
)
def test_a_further_picture_keeps_pixels_that_the_clip_has_not(
    scene: Path, size: tuple[int, int], finest: float, sides: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = View(scene / "still.png", scene / "depth.exr", CAMERA)
    made, _ = read(view, size, finest)
    assert (made.width, made.height) == sides and made.fine == pytest.approx(sides[0] / size[0])
    assert made.fx == pytest.approx(100 * sides[0] / 80)
    if finest > 1:
        assert made.twice is None
        monkeypatch.setattr("backend.engines.draft.view.picture.LARGE", size[0] * size[1])
        assert read(view, size, finest)[0].fine == 1  # it would take too much memory


def test_an_orthographic_still(scene: Path) -> None:
    made, _ = loaded(scene, (80, 40), Camera("orthographic", 160, 80, 90.0, 30.0, scale=0.25))
    assert made.orthographic and (made.fx, made.fy, made.cx, made.cy) == (2, 2, 45, 15)
    assert made.metres()[7, [0, 79]].tolist() == [1, 80]


def test_what_is_missing_is_said(scene: Path) -> None:
    flat, notes = loaded(scene, (80, 40), None, depth=False)
    assert len(notes) == 1 and "no depth" in notes[0] and not flat.has_depth
    assert set(flat.metres().ravel().tolist()) == {4.0}
    assert flat.fx == flat.fy and (flat.cx, flat.cy) == (40, 20)
    lensless, notes = loaded(scene, (80, 40), None)
    assert len(notes) == 1 and "50 mm" in notes[0] and lensless.fx == pytest.approx(50 / 36 * 80)
    with pytest.raises(EngineError) as caught:
        load(take_request(size=(80, 40)))
    assert (caught.value.code, caught.value.param) == ("still_missing", "input_reference")


@pytest.mark.parametrize(("width", "fits"), [(81, True), (79, True), (82, False), (78, False)])
def test_a_depth_of_about_the_same_shape_will_do(scene: Path, width: int, fits: bool) -> None:
    write_depth(scene / "depth.exr", np.full((40, width), 5.0, np.float32))
    if fits:
        assert loaded(scene, (80, 40), CAMERA)[0].metres() == pytest.approx(5.0)
        return
    with pytest.raises(EngineError, match=f"it is {width} x 40 and the still is 80 x 40"):
        loaded(scene, (80, 40), CAMERA)


def test_sky_is_no_surface(scene: Path) -> None:
    depth = np.full((40, 80), 5.0, np.float32)
    depth[:, :10], depth[:, 70:75], depth[0, 79] = 1e10, 1e9, 0.0
    write_depth(scene / "depth.exr", depth)
    made, _ = loaded(scene, (80, 40), CAMERA)
    assert np.flatnonzero(~made.surface[5]).tolist() == [*range(10), *range(70, 75)]
    assert not made.surface[0, 79] and np.isinf(made.metres()[5, 0])


# Measuring


def test_the_room_to_each_side_is_its_own() -> None:
    metres = np.full((100, 200), 10.0, np.float32)
    made = measure(picture(metres, cx=0.25, cy=0.4))
    # Of 200 columns, the 4th and the 196th: (3.98 - 50) / 80 * 10 and so on.
    assert (made.left, made.right) == pytest.approx((5.75, 18.25), abs=0.2)
    assert (made.up, made.down) == pytest.approx((3.8, 5.8), abs=0.2)
    assert (made.focus, made.forward) == (10.0, 10.0)
    assert (made.width, made.height, made.fx, made.fy, made.orthographic) == (200, 100, 80.0, 100.0, False)
    flat = measure(picture(metres, orthographic=True, cx=0.25, cy=0.4))
    assert (flat.left, flat.right, flat.up, flat.down) == pytest.approx((0.575, 1.825, 0.38, 0.58), abs=0.02)


def test_what_is_looked_at_is_in_the_middle_and_what_is_in_the_way_is_nearest() -> None:
    metres = np.full((100, 200), 20.0, np.float32)
    metres[30:70, 60:140] = 6.0  # the subject
    metres[45:50, 90:100] = 2.5  # a lamp before it
    metres[:, :20] = 1.0  # a curtain beside
    made = measure(picture(metres))
    assert (made.focus, made.forward) == (6.0, 2.5)
    metres[45:50, 90:100] = np.inf
    assert measure(picture(metres)).forward == 6.0
    metres[:] = np.inf
    sky = measure(picture(metres))
    assert (sky.focus, sky.forward, sky.left, sky.right, sky.up, sky.down) == (1000.0,) * 6
    metres[:30] = 7.0
    assert measure(picture(metres)).forward == pytest.approx(7.0)  # nothing is in the middle: what is seen elsewhere


# What a path asks


def test_parallax_is_of_the_farthest_the_camera_goes() -> None:
    made = picture(np.full((100, 200), 10.0, np.float32))
    assert margins.parallax(made, [pose(), pose(3, 4)]) == pytest.approx(5 * 100)
    assert margins.parallax(made, [pose(3, 4), pose(zoom=2)]) == pytest.approx(5 * 200)
    axis = math.hypot(200, 100) / 2 / 100
    assert margins.parallax(made, [pose(z=-2), pose(z=1)]) == pytest.approx(2 * axis * 100)
    flat = picture(np.full((100, 200), 10.0, np.float32), orthographic=True)
    assert margins.parallax(flat, [pose(3, 4), pose(turn=0.3)]) == pytest.approx(math.sin(0.3) * 100)


@pytest.mark.parametrize(
    ("end", "reach"),
    [((1.9, 0, 0), (0, 0, 16, 0)), ((-1.9, 0, 0), (16, 0, 0, 0)), ((0, 1.96, 0), (0, 0, 0, 20)),
     ((0, -1.96, 0), (0, 20, 0, 0)), ((0, 0, -1.95), (20, 10, 20, 10)), ((0, 0, 2), (0, 0, 0, 0)),
     ((500, 0, 0), (0, 0, 200, 0))],
)  # fmt: skip
def test_what_a_path_uncovers_beyond_each_edge(end: tuple[float, float, float], reach: tuple[int, ...]) -> None:
    made = picture(np.full((100, 200), 10.0, np.float32))
    wanted = tuple(pixels + 4 if pixels else 0 for pixels in reach)
    assert margins.margins(made, [pose(), pose(*end)]) == wanted


def test_a_turn_uncovers_one_side() -> None:
    made = picture(np.full((100, 200), 10.0, np.float32))
    left, top, right, bottom = margins.margins(made, [pose(), pose(turn=0.2)])
    assert left == 0 and right > 20 and top > 4 and top == bottom
    assert margins.margins(made, [pose(), pose(turn=-0.2)]) == (right, top, 0, bottom)


# Coverage


def moved(x: float = 0, y: float = 0, z: float = 0) -> np.ndarray:
    """In Blender's axes."""
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


@pytest.mark.parametrize(
    ("matrix", "zoom", "share"),
    [(moved(), 1.0, 1.0), (moved(x=5), 1.0, 1 - 40 / 200), (moved(x=-10), 1.0, 1 - 80 / 200),
     (moved(y=2), 1.0, 1 - 20 / 100), (moved(y=-6), 1.0, 1 - 60 / 100), (moved(x=5, y=2), 1.0, 0.8 * 0.8),
     (moved(z=-5), 1.0, 1.0), (moved(z=5), 1.0, (10 / 15) ** 2), (moved(), 0.5, 0.25), (moved(x=99), 1.0, 0.0),
     (moved(x=5), 2.0, 1.0), (moved(x=10), 2.0, 1 - 30 / 100)],  # the frame is the middle half
)  # fmt: skip
def test_coverage_falls_with_what_comes_in(matrix: np.ndarray, zoom: float, share: float) -> None:
    made = picture(np.full((100, 200), 10.0, np.float32))
    assert Coverage(made)(matrix, zoom) == pytest.approx(share, abs=0.03)


def test_coverage_of_parallel_sight_and_of_a_shifted_lens() -> None:
    flat = Coverage(picture(np.full((100, 200), 10.0, np.float32), orthographic=True))
    assert flat(moved(x=0.5), 1.0) == pytest.approx(1 - 40 / 200, abs=0.03)
    assert flat(moved(z=9), 1.0) == 1.0
    turned = np.diag([-1.0, 1.0, -1.0, 1.0])  # looks back
    assert Coverage(picture(np.full((100, 200), 10.0, np.float32)))(turned, 1.0) == 0.0
