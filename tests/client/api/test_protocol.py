"""The types of what travels: they check themselves, and JSON brings them back."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from client.protocol import (
    Binding,
    Camera,
    CameraPath,
    Direction,
    EngineInfo,
    Job,
    JobState,
    Keyframe,
    Line,
    Option,
    Price,
    Problem,
    TakeRequest,
    View,
)
from client.protocol.camera import IDENTITY
from client.protocol.codec import from_json, nests_deeper, to_json

CAMERA = Camera("perspective", 64, 48, 32.0, 24.0, fx=50.0, fy=51.0)
REQUEST = TakeRequest(
    engine="draft",
    direction=Direction("push in", (Line("ANNA", "German", "Wir sind spät."),), "rain"),
    views=(
        View(Path("a.png"), Path("a.exr"), CAMERA),
        View(Path("b.png"), None, CAMERA, 0.25),
        View(Path("c.jpg"), Path("c.exr"), CAMERA, 0.75),
        View(Path("d.png"), t=1.0),
    ),
    seconds=2.5,
    fps=Fraction(24000, 1001),
    size=(64, 48),
    seed=7,
    path=CameraPath((Keyframe(0.0, IDENTITY), Keyframe(1.0, IDENTITY, 1.5))),
    options={"quality": "high"},
    binding=Binding("f", "s", "h", "t", "Shot 01", 3, frame=12),
)


def test_a_request_comes_back_from_json_as_it_was():
    assert from_json(TakeRequest, json.loads(json.dumps(to_json(REQUEST)))) == REQUEST


def test_every_file_of_a_request_has_a_name_and_can_be_put_elsewhere():
    names = ["input_reference", "depth", "view_1", "view_2", "view_2_depth", "last_frame"]
    assert list(REQUEST.files()) == names
    moved = REQUEST.with_files({name: Path("/x", name) for name in names})
    assert [view.image.name for view in moved.views] == ["input_reference", "view_1", "view_2", "last_frame"]
    assert moved.views[2].depth == Path("/x/view_2_depth")
    assert moved.views[1].depth is None
    assert moved.still == moved.views[0] and moved.last_frame == moved.views[3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fps": "24/0"}, "fps: must be a fraction"),
        ({"views": [{"image": "a.png", "t": 0.5}, {"image": "b.png", "t": 0.5}]}, "views: must have a t that rises"),
        ({"size": [8, 48]}, "size: must have 16 to 8192 pixels"),
        ({"size": [64]}, "size: must have 2 entries"),
        ({"seed": 4294967296}, "seed: must be a whole number"),
        ({"seconds": True}, "seconds: must be a number"),
        (
            {"direction": {"dialogue": [{"language": "Klingon", "line": "nuqneH"}]}},
            "direction.dialogue.0.language: must be",
        ),
        ({"path": {"keyframes": []}}, "path.keyframes: must be 1 to 4096"),
        ({"engine": 5}, "engine: must be text"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_by_its_place(change: dict, words: str):
    with pytest.raises(ValueError, match=words):
        from_json(TakeRequest, to_json(REQUEST) | change)


def test_a_foreign_servers_engine_needs_only_an_id():
    assert from_json(EngineInfo, {"id": "wan", "object": "model", "name": 5}, lenient=True) == EngineInfo("wan")
    with pytest.raises(ValueError, match="id: is missing"):
        from_json(EngineInfo, {"object": "model"}, lenient=True)


def test_a_foreign_servers_job_is_read_as_far_as_it_fits():
    job = from_json(Job, {"id": "v", "status": "completed", "progress": "abc", "error": "boom"}, lenient=True)
    assert job == Job("v", JobState.COMPLETED)
    assert from_json(Job, {"id": "v", "status": "warming"}, lenient=True).status == JobState.QUEUED


def test_a_lenient_reader_bounds_what_it_takes():
    said = {"id": "v", "seconds": "2.5", "seed": "4294967295", "progress": 2**53 + 1, "stage": "x" * 10_001 + "\0"}
    job = from_json(Job, said, lenient=True)
    assert (job.seconds, job.seed, job.progress, len(job.stage)) == (2.5, 4294967295, 0, 10_000)
    engine = from_json(EngineInfo, {"id": "e", "languages": ["A", 5, "\ud800"] * 1000}, lenient=True)
    assert engine.languages == ("A", "?") * 333 + ("A",)
    options = [{"name": "steps", "kind": "int", "default": 5}, {"name": "a b"}, None]
    assert from_json(EngineInfo, {"id": "e", "options": options}, lenient=True).options == (Option("steps", "int", 5),)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400, -(10**400)])
@pytest.mark.parametrize("lenient", [True, False])
def test_a_number_that_can_not_be_used_is_no_number(number: float, lenient: bool):
    for kind, name in ((Job, "eta_seconds"), (Job, "progress"), (Job, "fps")):
        data = {"id": "v", name: number}
        if lenient:
            assert from_json(kind, data, lenient=True) == Job("v")
            continue
        with pytest.raises(ValueError, match=name):
            from_json(kind, data)


@pytest.mark.parametrize("text", ["1e999999999", "24/0", "24/00", "1/2/3", "", "nan", "٢٤", "2_4", " 24", "9" * 20])
def test_text_that_is_no_fraction_is_refused_at_once(text: str):
    with pytest.raises(ValueError, match="fps: must be a fraction"):
        from_json(Job, {"id": "v", "fps": text})


def test_nesting_is_counted_in_lists_and_objects():
    def deep(levels: int) -> object:
        data: object = 1
        for level in range(levels):
            data = [data] if level % 2 else {"a": 1, "b": data}
        return data

    assert not nests_deeper(deep(64))
    assert nests_deeper(deep(65))
    assert nests_deeper([1, [2, [3]]], 2) and not nests_deeper([1, [2, [3]]], 3)
    assert not nests_deeper("text", 0)


def test_an_option_refuses_what_does_not_fit():
    steps = Option("steps", "int", 8, low=1, high=50)
    assert steps.refusal(50) is None and steps.refusal(1) is None
    assert steps.refusal(51) == "it must lie between 1 and 50"
    assert steps.refusal(8.5) == steps.refusal(True) == "it must be a whole number"
    with pytest.raises(ValueError, match="default: of steps"):
        Option("steps", "int", 0, low=1, high=50)


def test_a_camera_that_can_be_used_is_all_there_is():
    with pytest.raises(ValueError, match="fx: and fy must be above 0"):
        Camera("perspective", 64, 48, 32, 24)
    with pytest.raises(ValueError, match="scale: must be a finite number"):
        Camera("orthographic", 64, 48, 32, 24, scale=float("inf"))
    with pytest.raises(ValueError, match="4 rows of 4"):
        Camera("orthographic", 64, 48, 32, 24, scale=1.0, matrix_world=IDENTITY[:3])


def test_a_problem_is_the_same_on_both_sides():
    problem = Problem("too_long", "It is too long.", "shorter", "seconds")
    assert from_json(Problem, to_json(problem)) == problem


@pytest.mark.parametrize("amount", [-0.01, 1e12, float("nan"), float("inf")])
def test_a_price_that_none_can_be_is_none_and_its_engine_stays(amount: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Price(amount)
    named = {"id": "one", "name": "One", "rate": {"amount": amount, "per": "second"}, "sound": True}
    engine = from_json(EngineInfo, named, lenient=True)
    assert (engine.rate, engine.name, engine.sound) == (None, "One", True)
    good = from_json(EngineInfo, {**named, "rate": {"amount": 999_999_999_999, "per": "second"}}, lenient=True)
    assert good.rate == Price(999_999_999_999.0, per="second")
