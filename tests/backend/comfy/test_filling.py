"""Which file of a prompt is the take, what a workflow can do without, and the corners of what is filled in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from backend.engines.comfy.graph.fill import fill, fitted, frames_of, rate_of, values
from backend.engines.comfy.graph.parts import option, parts
from backend.engines.comfy.graph.spec import Input, Kind, Kinds
from backend.engines.comfy.graph.workflow import Place, Workflow
from backend.engines.comfy.result import files_of
from backend.engines.engine import EngineError
from client.protocol import Direction, TakeRequest
from tests.backend.comfy.workflows import workflow


def request(**more: Any) -> TakeRequest:
    fields = {"seconds": 2.5, "fps": Fraction(24), "size": (1280, 720), "seed": 77, **more}
    return TakeRequest(engine="comfy:x", direction=Direction("She turns"), views=(), **fields)


def test_a_picture_that_nothing_names_is_the_still_where_it_is_the_only_one() -> None:
    one = workflow(n1=("LoadImage", "", {"image": "a.png"}))
    assert parts(one).places["still"] == (Place("1", "image"),)
    two = workflow(n1=("LoadImage", "", {"image": "a.png"}), n2=("LoadImage", "", {"image": "b.png"}))
    assert not parts(two).has("still")
    marked = workflow(n1=("LoadImage", "Style (parameter)", {"image": "a.png"}))
    assert not parts(marked).has("still") and [one.label for one in parts(marked).settings] == ["Style"]
    ends = workflow(n1=("LoadImage", "Last Frame", {"image": "a.png"}))
    assert not parts(ends).has("still") and parts(ends).has("last_frame")


def test_a_depth_that_moves_is_a_movie_and_one_that_does_not_is_a_picture() -> None:
    flow = workflow(
        n1=("LoadVideo", "Depth", {"file": "d.mp4"}),
        n2=("LoadVideo", "Guide", {"video": "g.mp4"}),
        n3=("LoadImage", "Still", {"image": "s.png"}),
    )
    assert parts(flow).moving() == {"guide": (Place("2", "video"),), "depth": (Place("1", "file"),)}
    still = workflow(n1=("LoadImage", "Depth", {"image": "d.png"}))
    assert parts(still).moving() == {} and parts(still).has("depth")


@pytest.mark.parametrize(
    ("low", "high", "shown"), [(0, 9, (0, 9)), (None, None, (-5, 50)), (8, 9, (-(2**31) + 1, 2**31 - 1))]
)
def test_a_range_of_its_own_counts_before_comfyuis(low: Any, high: Any, shown: tuple[int, int]) -> None:
    inputs = {"name": "Steps", "type": "number (integer)", "default": 5, "min": low, "max": high}
    (setting,) = parts(workflow(n1=("ETN_Parameter", "", inputs))).settings
    found = option(setting, Input(True, -5, 50, tooltip="How many"))
    assert (found.low, found.high, found.default, found.tooltip) == (*shown, 5, "How many")


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (1, Fraction(1)),
        (240, Fraction(240)),
        (0.9, None),
        (241, None),
        (29.97002997, Fraction(30000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (12.5, Fraction(25, 2)),
        (29.9, Fraction(299, 10)),
    ],
)
def test_the_rate_is_that_of_the_node_that_makes_the_movie(fps: float, rate: Fraction | None) -> None:
    flow = workflow(n1=("Save", "", {"fps": fps, "images": ["2", 0]}), n2=("A", "", {"fps": 7}))
    assert parts(flow).rate == rate
    assert rate_of(parts(flow), {}) == (rate or 24)


@pytest.mark.parametrize(
    ("value", "about", "whole", "up", "wanted"),
    [
        (81, Input(True, 1, 200, 4), True, True, 81),
        (82, Input(True, 1, 200, 4), True, True, 85),
        (82, Input(True, 1, 200, 4), True, False, 81),
        (81.0000000001, Input(True, 1, 200, 4), True, True, 81),
        (999, Input(True, 1, 199, 4), True, True, 199),
        (-3, Input(True, 1, 199, 4), True, True, 1),
        (7, Input(True, None, None, 2), True, True, 8),
        (7.6, Input(True, 0, 10, 4), False, True, 7.6),
        (7.6, Input(True, 0, 10, 1), True, False, 8),
    ],
)
def test_a_number_lies_on_a_step_of_its_input(value: float, about: Input, whole: bool, up: bool, wanted: float) -> None:
    found = fitted(value, about, whole, up)
    assert found == wanted and isinstance(found, int) is whole


def test_frames_are_counted_by_what_was_filled_in() -> None:
    flow = workflow(n1=("Video", "Length", {"length": 17, "x": 1}), n2=("Rate", "FPS", {"fps": 10.0, "x": 1}))
    kinds: Kinds = {"Video": Kind({"length": Input(True, 1, 500, 8)})}
    filled = values(flow, parts(flow), kinds, request(), "words")
    assert filled[Place("2", "fps")] == 24.0 and filled[Place("1", "length")] == 65  # 60 frames, on steps of 8 from 1
    assert frames_of(flow, parts(flow), filled, 2.5) == 65
    bare = workflow(n1=("Save", "", {"fps": 10, "images": ["2", 0]}))
    assert [frames_of(bare, parts(bare), {}, seconds) for seconds in (0.001, 2.5, 2.51)] == [1, 25, 26]


def chain() -> tuple[Workflow, Kinds]:
    """A depth that a filter reads, which a control may take and a saver needs."""
    flow = workflow(
        n1=("LoadImage", "Still", {"image": "s.png"}),
        n2=("LoadImage", "Depth", {"image": "d.png"}),
        n3=("Filter", "", {"image": ["2", 0], "by": 3}),
        n4=("Sampler", "", {"still": ["1", 0], "control": ["3", 0], "steps": 8}),
        n5=("Save", "Take", {"images": ["4", 0]}),
    )
    kinds: Kinds = {
        "Filter": Kind({"image": Input(True)}),
        "Sampler": Kind({"still": Input(True), "control": Input(False)}),
        "Save": Kind({"images": Input(True)}, is_output=True),
    }
    return flow, kinds


def test_what_can_do_without_a_picture_does_and_the_rest_goes() -> None:
    flow, kinds = chain()
    sent = fill(flow, parts(flow), kinds, {Place("1", "image"): "mine.png"})
    assert {id: node["inputs"] for id, node in sent.items()} == {
        "1": {"image": "mine.png"},
        "4": {"still": ["1", 0], "steps": 8},
        "5": {"images": ["4", 0]},
    }
    assert sent["5"]["_meta"] == {"title": "Take"} and sent["4"]["_meta"] == {"title": "Sampler"}
    unknown = {name: kind for name, kind in kinds.items() if name != "Filter"}
    assert list(fill(flow, parts(flow), unknown, {Place("1", "image"): "mine.png"})) == ["1", "4", "5"]


def test_what_can_not_do_without_names_what_it_lacks() -> None:
    flow, kinds = chain()
    strict = {**kinds, "Sampler": Kind({"still": Input(True), "control": Input(True)})}
    for given, lacks in (("1", "the depth of the still"), ("2", "a still")):
        with pytest.raises(EngineError) as refused:
            fill(flow, parts(flow), strict, {Place(given, "image"): "mine.png"})
        assert refused.value.code == "invalid_request"
        assert refused.value.message == f'This workflow needs {lacks}: without, nothing comes to "Take" (#5).'


def file(name: str, kept: bool = True) -> dict[str, str]:
    return {"filename": name, "subfolder": "", "type": "output" if kept else "temp"}


@pytest.mark.parametrize(
    ("outputs", "titles", "names"),
    [
        ({"1": {"images": [file("a.png"), file("b.png")]}, "2": {"gifs": [file("c.mp4")]}}, {}, ["c.mp4"]),
        ({"1": {"images": [file("a.mp4"), file("b.webm")]}}, {}, ["b.webm"]),
        (
            {"1": {"images": [file("a.mp4", False)]}, "2": {"images": [file("b.png")]}},
            {},
            ["b.png"],
        ),
        ({"1": {"images": [file("a.mp4", False)]}}, {}, ["a.mp4"]),
        ({"1": {"images": [file("a.mp4")]}, "2": {"images": [file("b.mp4")]}}, {"2": "Take"}, ["b.mp4"]),
        ({"1": {"images": [file("a.mp4")]}, "2": {"images": [file("b.mp4")]}}, {"2": "rESULT", "1": "x"}, ["b.mp4"]),
        ({"1": {"images": [file("a.mp4")]}, "2": {"images": [file("b.mp4")]}}, {}, ["a.mp4"]),
        (
            {"1": {"images": [file("a.PNG"), file("a.txt"), file("b.webp")]}, "2": {"images": [file("c.png")]}},
            {},
            ["a.PNG", "b.webp"],
        ),
        ({"1": {"images": "a.mp4"}, "2": 5, "3": {"images": [5, {"filename": 5}]}}, {}, []),
        ([1], {}, []),
    ],
)
def test_which_file_is_the_take(outputs: Any, titles: dict[str, str], names: list[str]) -> None:
    assert [one["filename"] for one in files_of(outputs, titles)] == names
