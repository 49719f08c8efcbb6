"""Several shots in one clip: whose the views are, and how long it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from backend.engines.engine import EngineError
from backend.jobs.request import check
from client.protocol import (
    MAX_SHOTS,
    Binding,
    BoundPart,
    CameraPath,
    Direction,
    EngineInfo,
    Keyframe,
    Line,
    TakeRequest,
    Unfit,
    View,
)
from client.protocol.camera import IDENTITY
from client.protocol.codec import from_json
from client.protocol.direction import MAX_TEXT
from client.protocol.several import PartOfClip, cuts, join, split

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


def path(zoom: float) -> CameraPath:
    return CameraPath((Keyframe(0.0, IDENTITY), Keyframe(1.0, IDENTITY, zoom)))


@pytest.fixture
def three(make_request: Callable[..., TakeRequest], tmp_path: Path) -> list[TakeRequest]:
    """Requests that differ in everything but size and rate."""
    return [
        make_request(
            direction=Direction(
                f"prompt {number}", (Line(f"S{number}", "English", f"line {number}"),), f"sound {number}"
            ),
            views=(
                View(tmp_path / f"{number}.png"),
                View(tmp_path / f"{number}-half.png", t=0.5),
                View(tmp_path / "e", t=1.0),
            ),
            seconds=2.49 + number / 100,
            seed=number + 5,
            path=path(number + 2.0) if number != 1 else None,
            options={"quality": number, "final_prompt": f"final {number}", "scene": {"n": number}, "steps": 9},
            binding=Binding("f", f"scene{number}", f"shot{number}", f"take{number}", f"Shot {number}", number),
        )
        for number in range(3)
    ]


def test_a_clip_has_each_shot_as_it_was_asked_for(three: list[TakeRequest]) -> None:
    whole = join(three, each_still=True)
    at = cuts(three, three[0].fps)
    assert at == (0, 60, 120, 180) and whole.frame_count == 180 and whole.seconds == 180 * 1001 / 24000
    assert whole.shots == tuple(PartOfClip(one.direction, one.seconds, one.seed, one.path) for one in three)
    assert whole.direction == Direction(
        "prompt 0 prompt 1 prompt 2", tuple(one.direction.dialogue[0] for one in three), "sound 0"
    )
    assert (whole.engine, whole.seed, whole.path, whole.binding) == ("draft", 5, None, three[0].binding)
    assert whole.options == {"quality": 0, "steps": 9}
    # a frame to end on is no view of a shot that another follows, nor of the last
    assert [(view.image.name, view.t) for view in whole.views] == [
        ("0.png", 0.0), ("0-half.png", pytest.approx(30 / 180)), ("1.png", pytest.approx(60 / 180)),
        ("1-half.png", pytest.approx(90 / 180)), ("2.png", pytest.approx(120 / 180)),
        ("2-half.png", pytest.approx(150 / 180)),
    ]  # fmt: skip
    assert join(three, each_still=False).views == three[0].views[:1]


def test_a_clip_comes_apart_into_what_it_was_made_of(three: list[TakeRequest]) -> None:
    whole = join(three, each_still=True)
    parts = tuple(BoundPart(f"shot{n}", f"take{n}", f"Shot {n}", n, 60 * n, 60, 3 + n, 7 + n) for n in range(3))
    whole = replace(whole, binding=replace(three[0].binding, parts=parts))  # type: ignore[type-var]
    for number, (found, one) in enumerate(zip(split(whole), three, strict=True)):
        assert (found.direction, found.seconds, found.seed, found.path) == (
            one.direction,
            one.seconds,
            one.seed,
            one.path,
        )
        assert (found.shots, found.size, found.options) == ((), whole.size, whole.options)
        assert found.binding is not None and found.binding.parts == ()
        assert (found.binding.head, found.binding.tail) == (3 + number, 7 + number)
        assert found.shot_frames == (3 + number, 60 - 7 - number)
    fewer = replace(whole, binding=replace(three[0].binding, head=4, tail=5, parts=parts[:2]))  # type: ignore[type-var]
    assert [(one.binding.head, one.binding.tail) for one in split(fewer) if one.binding] == [(0, 0)] * 3
    assert split(three[1]) == (three[1],)


def test_shots_of_another_rate_or_size_are_no_clip(three: list[TakeRequest]) -> None:
    for change in ({"fps": Fraction(25)}, {"size": (322, 180)}):
        with pytest.raises(Unfit, match="one size and one frame rate"):
            join([*three[:2], replace(three[2], **change)], True)


def test_words_that_are_too_long_together_are_the_first_ones(three: list[TakeRequest]) -> None:
    def worded(length: int) -> TakeRequest:
        first = replace(three[0], direction=Direction("a" * length))
        return join([first, replace(three[1], direction=Direction("b" * 9))], True)

    assert worded(MAX_TEXT - 10).direction.prompt == "a" * (MAX_TEXT - 10) + " " + "b" * 9
    assert worded(MAX_TEXT - 9).direction.prompt == "a" * (MAX_TEXT - 9)


def test_a_cut_lies_on_the_nearest_frame(make_request: Callable[..., TakeRequest]) -> None:
    lengths = [make_request(seconds=seconds, fps=Fraction(24)) for seconds in (0.001, 0.99, 1.03)]
    assert cuts(lengths, Fraction(24)) == (0, 1, 25, 50)
