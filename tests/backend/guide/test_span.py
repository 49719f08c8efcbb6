"""The span of a film's surfaces, by points whose places are plain."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.view.picture import Picture
from backend.guide.span import POSES, _points, _seen, span

WIDTH, HEIGHT, FX, FY, CX, CY = 161, 41, 100.0, 50.0, 80.0, 20.0


def picture(metres: np.ndarray, orthographic: bool = False) -> Picture:
    surface = np.isfinite(metres)
    nearness = (-metres if orthographic else 1 / metres).astype(np.float32)
    rgb = np.zeros((*metres.shape, 3), np.uint8)
    return Picture(rgb, nearness, surface, True, orthographic, FX, FY, CX, CY)


def pose(x: float = 0, y: float = 0, z: float = 0, zoom: float = 1) -> Pose:
    return Pose(np.eye(3), np.array([x, y, z], float), zoom)


def flat(metres: float) -> Picture:
    return picture(np.full((HEIGHT, WIDTH), metres))


@pytest.mark.parametrize("orthographic", [False, True])
def test_a_cell_stands_for_its_nearest_and_its_farthest_surface(orthographic: bool) -> None:
    metres = np.full((HEIGHT, WIDTH), 8.0)
    metres[6:8, 30:32] = np.inf  # one cell of 2x2 is sky
    metres[13, 101], metres[40, 160] = 2.0, 4.0  # the last cell reaches beyond the picture
    points = _points(picture(metres, orthographic))
    assert points.shape == (2 * (21 * 81 - 1), 3)
    near, far = points[: 21 * 81 - 1], points[21 * 81 - 1 :]
    assert sorted(near[near[:, 2] < 8][:, 2]) == [2, 4] and sorted(far[far[:, 2] < 8][:, 2]) == [4]
    here, spread = near[near[:, 2] == 2][0], 1 if orthographic else 2
    assert here[:2] == pytest.approx([(101 - CX) / FX * spread, (13 - CY) / FY * spread])
    there = far[far[:, 2] == 4][0]
    spread = 1 if orthographic else 4
    assert there[:2] == pytest.approx([(161 - CX) / FX * spread, (41 - CY) / FY * spread])


@pytest.mark.parametrize("orthographic", [False, True])
@pytest.mark.parametrize(("zoom", "x", "y"), [(1, 0.5, -0.25), (2, 0.5, -0.25), (1, 0, 0)])
def test_what_lies_in_the_frame_or_just_beside_it_is_seen(orthographic: bool, zoom: float, x: float, y: float) -> None:
    from_here, z = pose(x, y, -1, zoom), 4.0  # 5 metres away from there
    spread = 1.0 if orthographic else 5.0
    edges = {
        "left": (-0.05 * WIDTH, 20),
        "right": (1.05 * WIDTH, 20),
        "top": (60, -0.05 * HEIGHT),
        "low": (60, 1.05 * HEIGHT),
    }
    for name, (u, v) in edges.items():
        inward = {"left": (0.1, 0), "right": (-0.1, 0), "top": (0, 0.1), "low": (0, -0.1)}[name]
        for sign, seen in ((1, [5.0]), (-1, [])):
            at = (u + sign * inward[0] - CX) / FX / zoom * spread, (v + sign * inward[1] - CY) / FY / zoom * spread
            point = np.array([[at[0] + x, at[1] + y, z]])
            assert _seen(picture(np.ones((HEIGHT, WIDTH)), orthographic), from_here, point).tolist() == seen, name


def test_nothing_behind_or_right_at_the_camera_is_seen() -> None:
    points = np.array([[0, 0, 0.009], [0, 0, 0.01], [0, 0, 0.011], [0, 0, -3.0]])
    assert _seen(flat(1), pose(), points).tolist() == [0.011]


def film(*views: tuple[Picture, list[Pose]]) -> SimpleNamespace:
    return SimpleNamespace(
        places=views, uses=lambda k: views[k][1], picture=lambda k: views[k][0]
    )  # of a Film all that is asked


def test_the_span_is_that_of_all_views_and_a_twentieth_wider() -> None:
    views = [(flat(4), [pose(), pose(z=-2)]), (flat(99), []), (flat(3), [pose(z=1), pose(z=-1)])]
    assert span(film(*views)) == pytest.approx((2 * 0.95, 6 * 1.05))
    assert span(film(*reversed(views))) == pytest.approx((2 * 0.95, 6 * 1.05))
    assert span(film((flat(0.5), [pose()]))) == pytest.approx((0.475, 0.525))


def test_where_there_is_no_surface_the_span_is_nothing() -> None:
    assert span(film((flat(np.inf), [pose()]))) == (1, 1)
    assert span(film((flat(4), [pose(x=1e6)]), (flat(4), []))) == (1, 1)


@pytest.mark.parametrize(("count", "counts"), [(POSES, True), (POSES + 1, False)])
def test_of_many_poses_every_second_is_looked_from(count: int, counts: bool) -> None:
    poses = [pose(z=-100) if index == 1 else pose() for index in range(count)]
    assert span(film((flat(4), poses)))[1] == pytest.approx((104 if counts else 4) * 1.05)
    poses = [pose(z=-7) if index == 2 else pose() for index in range(count)]
    assert span(film((flat(4), poses)))[1] == pytest.approx(11 * 1.05)
