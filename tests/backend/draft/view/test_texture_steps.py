"""A pattern that is carried on, step by step: the kernels' own code, run as it is written on a few texels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backend.engines.draft.view.hidden import texture


def written(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(texture, name).py_func
    return found


def colours(*values: float) -> np.ndarray:
    """A row of colours whose green is 1 more than their red, and their blue 2."""
    return (np.array(values, np.float32)[None, :, None] + [0, 1, 2]).astype(np.float32)


def test_pixels_are_laid_into_the_texels_that_they_lie_in() -> None:
    """Three rows of four texels, each half a metre, the first at (1, 2) m."""
    places = [(0, 0), (3.49, 2.49), (1.4, 1), (0.6, 1.3), (-0.51, 1), (1, -0.51), (3.51, 1), (1, 2.51), (2, 0)]
    at = np.array([1.0, 2.0]) + 0.5 * np.array(places)
    on = np.array([True] * 8 + [False])
    pixels = np.array([(0, 8 - k) for k in range(9)])
    total, seen = written("_lay")(colours(*range(10, 100, 10)), pixels, at, on, np.array([1.0, 2.0]), 0.5, (3, 4))
    wanted = np.zeros((3, 4))
    wanted[0, 0], wanted[2, 3], wanted[1, 1] = 90, 80, (70 + 60) / 2
    assert np.array_equal(seen, wanted > 0)
    assert np.array_equal(total, np.where(wanted[..., None] > 0, wanted[..., None] + [0, 1, 2], 0))


def test_gaps_between_texels_are_closed_ring_by_ring_from_two_neighbours_on() -> None:
    seen = np.zeros((5, 6), np.float32)
    colour = np.zeros((5, 6, 3), np.float32)
    seen[1, 1] = seen[1, 3] = 1
    colour[1, 1], colour[1, 3] = (10, 11, 12), (30, 31, 32)
    one, two = (seen.copy(), colour.copy()), (seen.copy(), colour.copy())
    written("_stretch")(one[1], one[0], 1)
    assert np.argwhere(one[0] > 0).tolist() == [[1, 1], [1, 2], [1, 3], [2, 2]] and one[0].max() == 1
    assert one[1][1, 2].tolist() == one[1][2, 2].tolist() == [20, 21, 22] and one[1][1, 1].tolist() == [10, 11, 12]
    written("_stretch")(two[1], two[0], 2)
    rows = [[0] * 6, [0, 1, 1, 1, 0, 0], [0, 1, 1, 1, 0, 0], [0] * 6, [0] * 6]
    assert two[0].tolist() == rows
    assert two[1][2, 1] == pytest.approx(np.array([0, 1, 2]) + (10 + 20 + 20) / 3)
    assert two[1][2, 3] == pytest.approx(np.array([0, 1, 2]) + (30 + 20 + 20) / 3)


@pytest.mark.parametrize("radius", [1, 2, 4])
def test_a_box_counts_what_lies_beyond_the_edges_as_nothing(radius: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def mean(values: np.ndarray) -> np.ndarray:
        wide = np.pad(values.astype(float), ((radius, radius), (radius, radius), (0, 0)))
        side = 2 * radius + 1
        rows = [[wide[y : y + side, x : x + side].sum((0, 1)) / side**2 for x in range(7)] for y in range(5)]
        return np.array(rows)

    random = np.random.default_rng(radius)
    values = random.random((5, 7, 2)).astype(np.float32)
    assert written("_box")(values, radius) == pytest.approx(mean(values), abs=1e-6)
    monkeypatch.setattr(texture, "_box", written("_box"))
    seen = (random.random((5, 7)) < 0.6).astype(np.float32)
    colour = 255 * random.random((5, 7, 3)).astype(np.float32)
    total, weight = mean(mean(colour * seen[..., None])), mean(mean(seen[..., None]))
    assert texture._average(colour, seen, radius) == pytest.approx(total / weight, rel=1e-4)


def test_likeness_is_a_share_of_what_both_hold_where_they_overlap_enough() -> None:
    product = np.arange(6, dtype=np.float32).reshape(2, 3)
    energy = np.array([[4, 9, 0], [16, 25, 1]], np.float32)
    overlap = np.array([[5, 5, 4.9], [5, 9, 0]], np.float32)
    least = 1e-3
    wanted = [[0 / 4, 1 / np.sqrt(9 * least), -1], [3 / 16, 4 / np.sqrt(25 * 1), -1]]
    assert written("_normal")(product, energy, overlap, 5.0) == pytest.approx(np.array(wanted), rel=1e-5)


def test_a_shift_is_a_peak_of_likeness_that_goes_round_at_the_edges() -> None:
    like = np.zeros((20, 24), np.float32)
    peaks = [(0, 8), (3, 19), (10, 12), (14, 0), (17, 14)]
    for y, x in peaks:
        like[y, x] = 0.9
    like[0, 7] = like[4, 3] = like[19, 2] = like[2, 21] = (
        0.95  # too near; the first of them is higher than the peak beside it
    )
    like[7, 7], like[7, 16] = texture.LIKENESS, texture.LIKENESS + 1e-3
    like[10, 13] = like[11, 12] = 0.9  # of a plateau the last
    like[13, 23] = 0.91  # beside (14, 0), around the edge
    found = written("_peaks")(like)
    assert [tuple(map(int, one)) for one in found] == [(3, 19), (7, 16), (11, 12), (13, 23), (17, 14)]
    like[0, 7] = 0.8
    assert (0, 8) in [tuple(map(int, one)) for one in written("_peaks")(like)]


def test_lengths_that_the_fft_is_quick_at() -> None:
    lengths = (1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 17, 19, 26, 37, 51, 97, 101, 129, 199, 217, 1000)
    quick = [1, 2, 3, 4, 5, 6, 7, 9, 12, 14, 18, 20, 27, 40, 54, 100, 108, 144, 200, 224, 1024]
    assert [texture._fast(length) for length in lengths] == quick


def test_detail_comes_from_the_best_shift_that_reaches_what_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texture, "_carried", written("_carried"))
    detail, seen = np.zeros((2, 12, 3), np.float32), np.zeros((2, 12), np.float32)
    detail[0, 0], detail[1, 11], seen[0, 0], seen[1, 11] = (7, 8, 9), (1, 2, 3), 1, 1

    def found(*shifts: tuple[int, int]) -> list[list[float]]:
        out, made = texture._carry_on(detail, seen, np.array(shifts))
        assert np.array_equal(out[..., 1] > 0, made) and np.array_equal(out[0, 0], (7, 8, 9))
        values: list[list[float]] = out[..., 0].tolist()
        return values

    assert found((0, -1)) == [[7, 7, 7, 7, 7, 0, 7, 0, 7, 0, 0, 0], [0] * 11 + [1]]  # once, twice ... 8 times as far
    assert found((-1, -2)) == [[7] + [0] * 11, [0, 0, 7] + [0] * 8 + [1]]
    assert found((1, 3), (0, -8)) == [[7] + [0] * 7 + [1, 0, 0, 0], [0] * 11 + [1]]  # the first that reaches something
    far = ((5, 0),) * 8
    assert found(*far, (0, -1)) == [[7, 7] + [0] * 10, [0] * 11 + [1]]  # of the first eight alone more than once
    assert found(*far * 5, *far[:7], (0, -1))[0][1] == 7 and found(*far * 6, (0, -1))[0][1] == 0  # of 48
    assert seen.sum() == 2 and detail[0, 1].sum() == 0


def test_colours_between_texels_are_mixed_by_what_each_counts() -> None:
    colour = np.stack([colours(10, 20, 40)[0], colours(50, 60, 80)[0]])
    weight = np.array([[1, 1, 0.5], [1, 0, 0.5]], np.float32)
    value, total = written("_look_up")(colour, weight, np.array([0.0, 0.25, 0.25]), np.array([0.5, 0.0, 1.5]))
    shares = [0.75 * 0.5 * 1, 0.75 * 0.5 * 0.5, 0, 0.25 * 0.5 * 0.5]
    assert total == pytest.approx([1, 1, sum(shares)])
    mixed = np.dot(shares, [20, 40, 60, 80]) / sum(shares)
    assert value == pytest.approx(np.array([[red, red + 1, red + 2] for red in (15, 20, mixed)]))
    nothing, none = written("_look_up")(colour, np.zeros((2, 3), np.float32), np.array([0.5]), np.array([0.5]))
    assert none.tolist() == [0] and nothing.tolist() == [[0, 0, 0]]
