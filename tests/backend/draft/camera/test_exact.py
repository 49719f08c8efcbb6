"""What a camera measures itself by where several views show the way, which thing it goes by against the plainest
search, and what a take says of its move."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera import remarks, sight
from backend.engines.draft.camera.courses import Course
from backend.engines.draft.camera.limits import Sizes
from backend.engines.draft.camera.scene_depth import SceneDepth
from backend.engines.draft.camera.variation import Manner
from backend.engines.draft.direction.steps import Step
from client.protocol import Camera, Thing

LENS = Camera("perspective", 1600, 900, 800, 450, 1200, 1300)
WIDE = SceneDepth(False, 1000, 500, 500, 400, 10.0, 50.0, 20.0, 30.0, 40.0, 50.0)


def course(kind: str, extent: float, meant: float, large: bool = True, **more: object) -> Course:
    step = Step(kind, 1, **{"said": kind, **more})  # type: ignore[arg-type]
    return Course(step, extent, meant, lambda pose, _: pose, Manner(0.3, 0.3), large=large)


def test_sizes_of_a_scene_that_several_views_show() -> None:
    size, one = Sizes.of(WIDE, 2), Sizes.of(WIDE)
    assert size.room == one.room and size.focus == 10
    assert size.usual == pytest.approx(
        {
            **{"push": 4.5, "truck": 6.4, "pedestal": 3.0, "crane": 4.6875, "orbit": math.radians(45)},
            **{"pan": 0.4 * WIDE.fov_x, "tilt": 0.3 * WIDE.fov_y, "roll": math.radians(6)},
            **{"zoom": math.log(1.3), "dolly zoom": 2.5},
        }
    )
    assert size.most == pytest.approx(
        {
            **dict.fromkeys(("truck", "pedestal", "crane"), 1e4),
            **dict.fromkeys(("orbit", "pan", "roll"), math.radians(720)),
            **{"tilt": math.radians(89), "push": 45.08, "zoom": math.log(30), "dolly zoom": 7.0},
        }
    )
    narrow = Sizes.of(replace(WIDE, forward=2.0), 3)  # 1.6 of it are free
    assert (narrow.usual["push"], narrow.most["push"]) == pytest.approx((0.8 * 1.6, 0.92 * 1.6))
    assert (narrow.usual["dolly zoom"], narrow.most["dolly zoom"]) == pytest.approx((0.6 * 1.6, 0.92 * 1.6))
    assert Sizes.of(replace(WIDE, forward=2.0)).usual["push"] == pytest.approx(0.45 * 1.6)


def test_sizes_of_what_is_not_known_or_beyond_all_measure() -> None:
    lost = Sizes.of(replace(WIDE, focus=math.nan, forward=math.inf, left=math.inf, down=2e4, up=-3.0))
    assert lost.focus == 4.0
    far = Sizes.of(replace(WIDE, forward=math.inf, left=math.inf, right=math.nan, down=2e4, up=-3.0))
    # left and right as wide as the frame is at the focus; forward to the focus, less a metre's 0.8
    assert far.room == pytest.approx((17.0, 17.0, 8500.0, 0.0, 9.2, 12.0))
    assert far.inside(np.array([0.0, 1e-3, 0.0])) and not far.inside(np.array([0.0, 1.1e-3, 0.0]))


def weights(shape: tuple[int, int], across: float, down: float) -> np.ndarray:
    y, x = (np.arange(count) + 0.5 for count in shape)
    return np.exp(-((((y / shape[0] - 0.5) / down) ** 2)[:, None] + ((x / shape[1] - 0.5) / across) ** 2) / 2)


def median(metres: np.ndarray, weight: np.ndarray) -> float:
    """The least distance that half of the weight lies within."""
    pairs, reached = sorted(zip(metres.ravel(), weight.ravel(), strict=True)), 0.0
    for far, heavy in pairs:
        reached += heavy
        if reached >= weight.sum() / 2:
            return float(far)
    raise AssertionError


@pytest.mark.parametrize("seed", range(6))
def test_focus_and_way_ahead_of_distances_without_order(seed: int) -> None:
    metres = np.round(np.random.default_rng(seed).uniform(1, 60, (5 + seed, 10 - seed)), 3)
    scene = sight.scene_of(replace(LENS, sight=tuple(map(tuple, metres.tolist()))))
    assert scene.focus == median(metres, weights(metres.shape, 0.16, 0.16))
    rows, columns = metres.shape
    inner = [
        metres[y, x] for y in range(rows * 2 // 5, rows - rows * 2 // 5)
        for x in range(columns * 2 // 5, columns - columns * 2 // 5)
    ]  # fmt: skip
    assert scene.forward == min(inner)


@pytest.mark.parametrize("seed", range(8))
def test_the_nearest_large_thing_of_distances_without_order(seed: int) -> None:
    """The nearest distance from which on, to 1.35 of it, lie 12 % of the frame's weight; of those the middle by
    weight. Straight up or down nothing counts as ground."""
    shape = 7 + seed, 13 - seed
    metres = np.random.default_rng(seed).uniform(2, 40, shape)
    metres[np.random.default_rng(seed + 50).uniform(size=shape) < 0.2] = np.inf
    points = np.dstack([metres, metres, -metres])
    whole = weights(shape, 0.22, 0.28)
    hit = np.isfinite(metres)
    cells = sorted(zip(metres[hit], whole[hit], strict=True))
    wanted = median(metres[hit], whole[hit])
    for first, (near, _) in enumerate(cells):
        near_it = [(far, heavy) for far, heavy in cells[first:] if far <= 1.35 * near]
        if sum(heavy for _, heavy in near_it) / whole.sum() >= 0.12:
            wanted = median(*(np.array(part) for part in zip(*near_it, strict=True)))
            break
    with np.errstate(invalid="ignore"):
        assert sight.nearest_large(metres, points, np.array([0.0, 0.1, 0.9])) == wanted


def test_where_the_cells_of_a_picture_are() -> None:
    found = sight._points(replace(WIDE, fx=500, fy=250), np.array([[2.0, 4.0], [6.0, 8.0], [3.0, 5.0]]))
    assert found[0].tolist() == pytest.approx(np.array([[-1.0, 4 / 3, -2], [2, 8 / 3, -4]]))
    assert found[2].tolist() == pytest.approx(np.array([[-1.5, -2.0, -3], [2.5, -10 / 3, -5]]))
    flat = sight._points(replace(WIDE, orthographic=True, fx=500, fy=250), np.full((1, 2), 7.0))
    assert flat[0].tolist() == [[-0.5, 0.0, -7.0], [0.5, 0.0, -7.0]]


def test_the_deepest_is_the_middle_of_the_farthest_twentieth() -> None:
    metres = np.arange(1.0, 101.0).reshape(10, 10)
    points = np.dstack([metres * 2, metres - 50, -metres])
    assert sight._deepest(metres, points) == (196.0, 48.0, -98.0)  # of 96 to 100
    metres[9] = np.inf
    assert sight._deepest(metres, points) == (2 * 88.0, 38.0, -88.0)  # of 86 to 90
    assert sight._deepest(np.full((3, 3), np.inf), points[:3, :3]) is None


@pytest.mark.parametrize(
    ("kind", "extent", "meant", "said"),
    [
        ("push", 1.0, 9.94, "1 m of 9.9 m"), ("push", 0.123, 10.0, "0.12 m of 10 m"),
        ("push", -9.96, -23.4, "10 m of 23 m"), ("pan", 0.5, 1.0, "29 degrees of 57 degrees"),
        ("zoom", math.log(2), math.log(3.04), "2.0 times of 3.0 times"), ("tilt", 0.1, -0.2, "6 degrees of 11 degrees"),
        ("dolly zoom", 2.0, 3.0, "2 m of 3 m"), ("orbit", 0.2, 0.4, "11 degrees of 23 degrees"),
        ("roll", 0.3, 0.4, "17 degrees of 23 degrees"),
    ],
)  # fmt: skip
def test_what_is_cut_is_said_in_its_own_measure(kind: str, extent: float, meant: float, said: str) -> None:
    alone, several = (remarks.cuts([course(kind, extent, meant)], 1.0, views) for views in (1, 2))
    assert alone == [f'"{kind}" stops at {said}: a single still shows only so much.']
    assert several == [f'"{kind}" stops at {said}: there is no room or time for more.']


def test_how_much_may_be_cut_without_a_word() -> None:
    def cut(extent: float, part: float, large: bool, meant: float = 10.0) -> int:
        return len(remarks.cuts([course("push", extent, meant, large)], part, 1))

    assert [cut(extent, 1.0, True) for extent in (9.69, 9.7, -9.7, 10.0)] == [1, 0, 0, 0]
    assert [cut(10.0, part, True) for part in (0.96, 0.98)] == [1, 0]
    assert [cut(extent, 1.0, False) for extent in (5.99, 6.0)] == [1, 0]
    assert cut(0.0, 1.0, True, 1e-7) == 0 and cut(0.0, 1.0, True, 2e-6) == 1
    long = course("push", 1.0, 9.0, said="a direction of forty-eight characters, to the end")
    short = course("push", 1.0, 9.0, said=long.step.said[:48])
    assert len(short.step.said) == 48
    first, second = remarks.cuts([long, short], 1.0, 1)
    assert first.startswith('"a direction of forty-eight characters, to..." stops')
    assert second.startswith(f'"{short.step.said}" stops')
    (unsaid,) = remarks.cuts([course("push", 1.0, 9.0, said="")], 1.0, 1)
    assert unsaid.startswith('"push in" stops')


def test_which_names_are_said_to_be_missing() -> None:
    def told(*steps: Step, found: tuple[str, ...] = (), scene: SceneDepth = WIDE) -> list[str]:
        return remarks.not_found(steps, found, scene)

    def to(target: str, relation: str = "to", kind: str = "push") -> Step:
        return Step(kind, 1, relation=relation, target=target)

    seen = replace(WIDE, things=(Thing("Chair", (0, 0, -3), (1, 1, 1)),))
    end = "The move goes by what is nearest in the middle."
    assert told(to("piano"), scene=seen) == [f"Not found in view by its name: piano. {end}"]
    assert told(to("piano")) == [] == told(to("piano"), found=("piano",), scene=seen)
    assert told(to("old man")) == [f"Not found in view by its name: old man. {end}"]
    assert told(to("man beside piano")) == []  # the last word is the thing
    assert told(to("piano"), to("man")) == [f"Not found in view by its name: piano, man. {end}"]
    for relation in ("to", "through", "over", "past", "around", "at", "with", "from"):
        assert len(told(to("piano", relation), scene=seen)) == 1, relation
    for step in (to("piano", "whole"), to("piano", kind="hold"), to("piano", kind="handheld"), to("")):
        assert told(step, scene=seen) == []
    four = [to(name) for name in ("piano", "harp", "harp", "organ", "drum")]
    assert told(*four, scene=seen) == [f"Not found in view by its name: piano, harp, organ. {end}"]
    assert told(to("p" * 60), scene=seen)[0].startswith(f"Not found in view by its name: {'p' * 48}. The")
    lens = replace(seen, lens=(0.0, 0.0, -2.0))
    assert told(to("piano"), scene=lens)[0].endswith("The move goes by what the lens focuses on.")
