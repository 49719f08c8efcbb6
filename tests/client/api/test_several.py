"""Several shots in one clip: whose the views are, and how long it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from backend.engines.engine import EngineError
from backend.jobs.request import check
from client.protocol import MAX_SHOTS, EngineInfo, TakeRequest, View
from client.protocol.codec import from_json
from client.protocol.several import join, split

ABLE = EngineInfo("x", "X", shots=MAX_SHOTS, views=64, max_seconds=15.0, shot_requests=True, shot_stills=True)
RATES = (Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001))

Shots = Callable[..., TakeRequest]


@pytest.fixture
def together(make_request: Callable[..., TakeRequest], tmp_path: Path) -> Shots:
    """A clip of shots of so many seconds, with views at so many times each."""

    def make(fps: Fraction, *shots: tuple[float, tuple[float, ...]], each_still: bool = True) -> TakeRequest:
        singles = []
        for number, (seconds, times) in enumerate(shots):
            views = tuple(View(tmp_path / f"{number}-{t}.png", t=t) for t in times)
            singles.append(make_request(views=views, seconds=seconds, fps=fps, seed=number))
        return join(singles, each_still)

    return make


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("seconds", [(4.0, 3.0, 2.5), (0.1, 1.7, 59.0)])
def test_each_shot_gets_its_own_views_back(together: Shots, fps: Fraction, seconds: tuple[float, ...]) -> None:
    times = ((0.0, 0.5, 0.9999), (0.0, 0.9999), (0.0, 0.25, 0.9999))  # planned stills end right before the cut
    whole = together(fps, *zip(seconds, times, strict=True))
    found = split(whole)
    assert [tuple(view.t for view in one.views) for one in found] == [pytest.approx(one, abs=1e-8) for one in times]
    for number, one in enumerate(found):
        assert one.still is not None
        assert [view.image.name for view in one.views] == [f"{number}-{t}.png" for t in times[number]]


def test_a_frame_to_end_on_is_the_last_shots(together: Shots, tmp_path: Path) -> None:
    whole = together(RATES[0], (4.0, (0.0,)), (3.0, (0.0, 0.9999)))
    end = View(tmp_path / "end.png", t=1.0)
    first, last = split(replace(whole, views=(*whole.views, end)))
    assert ([view.t for view in first.views], [view.t for view in last.views]) == ([0.0], [0.0, 0.9999, 1.0])


@pytest.mark.parametrize("fps", RATES)
def test_shots_that_are_together_as_long_as_a_clip_may_be_fit(together: Shots, fps: Fraction) -> None:
    whole = together(fps, *[(5.0, (0.0,))] * 3)
    assert check(whole, ABLE) == check(together(fps, (4.0, (0.0,)), (5.0, (0.0,))), ABLE)
    longer = together(fps, *[(5.0, (0.0,))] * 2, (5.5, (0.0,)))
    with pytest.raises(EngineError, match=r"at most 15 seconds, not 15\.5"):
        check(longer, ABLE)


def test_a_server_that_does_not_say_so_is_not_asked_for_several_shots() -> None:
    older = from_json(EngineInfo, {"id": "fal-kling-3-pro", "shots": 6, "shot_seconds": 1.0, "views": 2})
    assert (older.shots_asked, older.shot_stills) == (1, False)
    newer = from_json(EngineInfo, {"id": "fal-kling-3-pro", "shots": 6, "shot_requests": True})
    assert newer.shots_asked == 6
