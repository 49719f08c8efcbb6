"""The types of what travels: they check themselves, and JSON brings them back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from client.protocol import (
    Binding,
    BoundPart,
    Camera,
    CameraPath,
    Choice,
    Direction,
    EngineInfo,
    Job,
    JobState,
    Keyframe,
    Line,
    Option,
    Price,
    Problem,
    Result,
    TakeRequest,
    Tariff,
    Unfit,
    View,
)
from client.protocol.camera import IDENTITY, Focus, Thing
from client.protocol.cluster import Lane, Worker
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


def test_each_take_of_a_clip_knows_its_place_in_it() -> None:
    parts = (
        BoundPart("s1", "t1", "One", 4, first=0, frames=30, head=2, tail=3),
        BoundPart("s2", "t2", "Two", 5, first=30, frames=20, head=6, tail=7),
        BoundPart("s3", "t3", "Three", 6, first=50, frames=10),
    )
    whole = Binding("f", "scene", "s1", "t1", "One", 4, "PLAYHEAD", 12, "edit", head=2, tail=3, parts=parts)
    found = whole.each()
    assert [(one.shot_uid, one.take_uid, one.shot_name, one.number) for one in found] == [
        ("s1", "t1", "One", 4), ("s2", "t2", "Two", 5), ("s3", "t3", "Three", 6),
    ]  # fmt: skip
    assert [(one.head, one.tail, one.beyond) for one in found] == [(2, 33, 30), (36, 17, 10), (50, 0, 0)]
    assert {(one.file_id, one.placement, one.frame, one.edit_uid, one.parts) for one in found} == {
        ("f", "PLAYHEAD", 12, "edit", ())
    }
    alone = replace(whole, parts=())
    assert alone.each() == (alone,)


@pytest.mark.parametrize(
    ("head", "tail", "shown"),
    [(0, 0, (0, 60)), (5, 7, (5, 53)), (0, 59, (0, 1)), (59, 0, (59, 60)), (30, 30, (0, 60)), (60, 0, (0, 60)),
     (0, -1, (0, 60)), (-1, 0, (0, 60))],
)  # fmt: skip
def test_what_of_a_clip_its_shot_shows(head: int, tail: int, shown: tuple[int, int]) -> None:
    assert REQUEST.binding is not None
    assert replace(REQUEST, binding=replace(REQUEST.binding, head=head, tail=tail)).shot_frames == shown
    assert replace(REQUEST, binding=None).shot_frames == (0, 60)


@pytest.mark.parametrize(("seconds", "frames"), [(0.01, 1), (2.5, 60), (2.52, 60), (2.53, 61), (2.0625, 49)])
def test_a_clip_has_the_nearest_number_of_frames(seconds: float, frames: int) -> None:
    assert replace(REQUEST, seconds=seconds).frame_count == frames


def test_references_are_named_from_one_on_and_before_the_views() -> None:
    asked = replace(REQUEST, references=(Path("x.png"), Path("y.webp")))
    files = asked.files()
    assert list(files)[:4] == ["reference_1", "reference_2", "input_reference", "depth"]
    assert (files["reference_1"], files["reference_2"]) == (Path("x.png"), Path("y.webp"))
    moved = asked.with_files({name: Path("/x", name) for name in files})
    assert moved.references == (Path("/x/reference_1"), Path("/x/reference_2"))
    assert [view.depth for view in moved.views] == [Path("/x/depth"), None, Path("/x/view_2_depth"), None]
    assert REQUEST.last_frame is not None and replace(REQUEST, views=REQUEST.views[1:3]).last_frame is None
    assert replace(REQUEST, views=REQUEST.views[1:]).still is None


def sight(*rows: tuple[float, ...]) -> Camera:
    return replace(CAMERA, sight=rows)


def unseen(*rows: tuple[float, ...]) -> Keyframe:
    return Keyframe(0.0, IDENTITY, unseen=rows)


def unseen_in(told: int, count: int) -> CameraPath:
    """A path of `count` keyframes, of which the first tell what no view shows."""
    return CameraPath(tuple(Keyframe(k / count, IDENTITY, unseen=((1.0,),) * (k < told)) for k in range(count)))


@pytest.mark.parametrize(
    ("make", "good", "bad", "place"),
    [
        (sight, ((0.0, 2.0), (3.0, 0.0)), ((0.0, 2.0), (3.0, -0.1)), "sight"),
        (sight, ((0.0, 2.0),), ((float("inf"), 2.0),), "sight"),
        (sight, ((1.0,) * 32,) * 32, ((1.0,) * 33,), "sight"),
        (sight, ((1.0,),), ((1.0, 2.0), (1.0, 2.0), (3.0,)), "sight"),
        (sight, ((1.0,),) * 32, ((1.0,),) * 33, "sight"),
        (lambda *size: Thing("lamp", (0, 0, 0), size), (0.0, 1.0, 2.0), (0.0, 1.0, -0.1), "size"),
        (lambda *name: Thing(name[0], (0, 0, 0), (1, 1, 1)), ("x" * 64,), ("x" * 65,), "name"),
        (lambda *name: Thing(name[0], (0, 0, 0), (1, 1, 1)), ("x",), (" ",), "name"),
        (lambda *size: Thing("lamp", (0, 0, 0), size), (1, 1, 1), (1, 1, 1, 1), "size"),
        (lambda *distance: Focus(distance[0]), (0.001,), (0.0,), "distance"),
        (lambda *place: Focus(1.0, position=place), (1.0, -2.0, 3.0), (1.0, 2.0, float("nan")), "position"),
        (lambda *zoom: Keyframe(0.5, IDENTITY, zoom[0]), (0.01,), (0.0,), "zoom"),
        (lambda *zoom: Keyframe(0.5, IDENTITY, zoom[0]), (1000.0,), (1000.1,), "zoom"),
        (lambda *t: Keyframe(t[0], IDENTITY), (0.0,), (-0.01,), "t"),
        (lambda *t: Keyframe(t[0], IDENTITY), (1.0,), (1.01,), "t"),
        (lambda *t: CameraPath(tuple(Keyframe(one, IDENTITY) for one in t)), (0.0, 0.1), (0.1, 0.1), "keyframes"),
        (unseen, ((0.0, 2.0), (3.0, 0.0)), ((0.0, 2.0), (3.0, -0.1)), "unseen"),
        (unseen, ((1.0,) * 32,) * 32, ((1.0,),) * 33, "unseen"),
        (unseen_in, (256, 4096), (257, 257), "keyframes"),
        (lambda *near: replace(CAMERA, near=near[0]), (0.0, 1e12), (-0.1,), "near"),
        (lambda *cx: replace(CAMERA, cx=cx[0]), (-1e12,), (1.1e12,), "cx"),
        (lambda *side: replace(CAMERA, width=side[0], height=side[1]), (1, 65_536), (1, 65_537), "width"),
        (lambda *side: replace(CAMERA, width=side[0], height=side[1]), (65_536, 1), (65_536, 0), "width"),
        (lambda *side: replace(CAMERA, width=side[0]), (1,), (0,), "width"),
        (lambda *count: replace(CAMERA, things=(Thing("a", (0, 0, 0), (1, 1, 1)),) * count[0]), (64,), (65,), "things"),
        (lambda *fx: replace(CAMERA, fx=fx[0], fy=fx[1]), (0.1, 0.1), (0.1, 0.0), "fx"),
        (lambda *fx: replace(CAMERA, fx=fx[0], fy=fx[1]), (0.1, 0.1), (0.0, 0.1), "fx"),
        (unseen_in, (1, 4096), (1, 4097), "keyframes"),
        (lambda *t: View(Path("a"), t=t[0]), (1.0,), (1.01,), "t"),
        (lambda *count: replace(REQUEST, references=(Path("a"),) * count[0]), (10,), (11,), "references"),
        (lambda *seed: replace(REQUEST, seed=seed[0]), (0,), (-1,), "seed"),
        (lambda *seconds: replace(REQUEST, seconds=seconds[0]), (3600.0,), (3600.1,), "seconds"),
        (lambda *fps: replace(REQUEST, fps=fps[0]), (Fraction(1),), (Fraction(99, 100),), "fps"),
        (lambda *fps: replace(REQUEST, fps=fps[0]), (Fraction(240),), (Fraction(241),), "fps"),
        (lambda *size: replace(REQUEST, size=size), (16, 8192), (15, 8192), "size"),
        (lambda *size: replace(REQUEST, size=size), (8192, 16), (16, 8193), "size"),
        (lambda *length: Line("x" * length[0], line="a"), (100,), (101,), "speaker"),
        (lambda *length: Line(line="x" * length[0]), (1000,), (1001,), "line"),
        (lambda *count: Direction(dialogue=(Line(line="a"),) * count[0]), (64,), (65,), "dialogue"),
        (lambda *length: Direction(sound="x" * length[0]), (5000,), (5001,), "sound"),
    ],
)  # fmt: skip
def test_both_sides_of_each_limit(make: Callable[..., Any], good: tuple, bad: tuple, place: str) -> None:
    make(*good)
    with pytest.raises(Unfit) as refused:
        make(*bad)
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("said", "fps"),
    [
        ("24000/1001", Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (23.976023976, Fraction(24000, 1001)),
        (25, Fraction(25)),
    ],
)
def test_a_rate_is_read_to_its_last_digit(said: Any, fps: Fraction) -> None:
    assert from_json(Job, {"id": "v", "fps": said}).fps == fps


def test_a_whole_number_may_be_written_with_a_point_and_no_other_number_is_one() -> None:
    assert from_json(Job, {"id": "v", "progress": 7.0}).progress == 7
    with pytest.raises(Unfit, match="progress: must be a whole number"):
        from_json(Job, {"id": "v", "progress": 7.5})
    with pytest.raises(Unfit, match="progress: must be a whole number"):
        from_json(Job, {"id": "v", "progress": True})


SECOND = Price(0.1, "EUR", "2026-03-01", "https://prices", per="second")


def euros(amount: float) -> Price:
    return Price(amount, "EUR", "2026-03-01", "https://prices")


def test_a_price_is_that_of_the_settings_and_of_whole_seconds() -> None:
    options = (Option("size", "enum", "s", choices=(Choice("s"), Choice("l"))), Option("sound", "bool", False))
    large = replace(SECOND, amount=0.25)
    engine = EngineInfo(
        "e", options=options, tariffs=(Tariff(large, {"size": "l", "sound": True}), Tariff(SECOND, {"size": "s"}))
    )
    assert engine.price(4.2, {}) == euros(0.5)
    assert engine.price(4.0000001, {}) == engine.price(4, {"sound": True}) == euros(0.4)
    assert engine.price(4, {"size": "l", "sound": True}) == euros(1.0)
    assert engine.price(4, {"size": "l"}) is None  # of no tariff
    assert engine.price(4, {"other": 1}) is None
    lengths = replace(engine, lengths=(5.0, 10.0))
    prices = [lengths.price(seconds, {}) for seconds in (3, 5.0000005, 5.1, 10, 10.1)]
    assert [price and price.amount for price in prices] == [0.5, 0.5, 1.0, 1.0, None]
    assert replace(engine, tariffs=(Tariff(replace(SECOND, per="")),)).price(4, {}) is None


def test_a_rate_alone_holds_where_no_setting_can_change_it() -> None:
    option = (Option("sound", "bool", False),)
    assert EngineInfo("e", rate=SECOND).price(3, {}) == euros(0.3)
    assert EngineInfo("e", rate=SECOND, options=option).price(3, {}) is None
    free = EngineInfo("e", rate=replace(SECOND, amount=0.0), options=option)
    assert free.price(3, {"sound": True}) == euros(0.0)
    assert EngineInfo("e").price(3, {}) is None
    assert [EngineInfo("e", shots=4, shot_requests=asked).shots_asked for asked in (True, False)] == [4, 1]


def test_a_setting_of_each_kind_says_why_it_does_not_fit() -> None:
    flag, word = Option("a", "bool", True), Option("b", "text", "x")
    pick = Option("c", "enum", "s", choices=(Choice("s"), Choice("l")))
    share = Option("d", "float", 0.5, low=0.0, high=1.0)
    assert [flag.refusal(value) for value in (False, 1)] == [None, "it must be true or false"]
    assert [word.refusal(value) for value in ("", 1)] == [None, "it must be text"]
    assert [pick.refusal(value) for value in ("l", "m")] == [None, "it must be one of s, l"]
    assert [share.refusal(value) for value in (0, 1.0, -0.1, 1.1, True)] == [
        None, None, "it must lie between 0.0 and 1.0", "it must lie between 0.0 and 1.0", "it must be a number",
    ]  # fmt: skip
    low = Option("e", "int", 5, low=2)
    assert low.refusal(10**9) is None and low.refusal(1) == "it must lie between 2 and None"


def test_what_is_not_said_means_this() -> None:
    """On either side of the wire, of whatever version: so no default changes by itself."""
    assert to_json(EngineInfo("e")) == {
        "id": "e", "name": "", "description": "", "available": True, "reason": "", "fix": "", "max_seconds": 0.0,
        "max_pixels": 0, "fps": None, "languages": [], "sound": False, "depth": False, "camera_path": False,
        "last_frame": False, "dialogue": False, "views": 1, "needs_still": True, "handles": False, "lane": "cpu",
        "prompt_form": False, "priced": False, "words_path": False, "options": [], "shots": 1, "shot_seconds": 0.0,
        "sends_to": "", "account": "", "rate": None, "references": 0, "shot_requests": False, "shot_stills": False,
        "tariffs": [], "lengths": [], "overscan": False, "finer_views": False,
    }  # fmt: skip
    assert to_json(Job("v")) == {
        "id": "v", "status": "queued", "progress": 0, "stage": "", "eta_seconds": None, "queue_position": None,
        "model": "", "prompt": "", "seconds": None, "size": "", "fps": None, "seed": None, "error": None,
        "result": None, "binding": None,
    }  # fmt: skip
    assert to_json(Result()) == {
        "frames": 0, "fps": None, "width": 0, "height": 0, "sound_seconds": None, "notes": [], "cost": None,
    }  # fmt: skip
    assert to_json(Binding("f", "s", "h", "t", "n", 1)) == {
        "file_id": "f", "scene_uid": "s", "shot_uid": "h", "take_uid": "t", "shot_name": "n", "number": 1,
        "placement": "", "frame": None, "edit_uid": "", "refines": "", "remade": False, "head": 0, "tail": 0,
        "beyond": 0, "parts": [],
    }  # fmt: skip
    assert to_json(Price(1)) == {
        "amount": 1, "currency": "USD", "as_of": "", "source": "", "exact": False, "per": "",
    }  # fmt: skip
    assert to_json(Lane("gpu")) == {"name": "gpu", "waiting": 0, "making": 0, "your_waiting": 0, "your_making": 0}
    assert to_json(Worker("w", "gpu", "off")) == {
        "name": "w", "lane": "gpu", "state": "off", "engine": "", "job": None, "since": 0.0,
    }  # fmt: skip
    assert to_json(Option("o", "int", 3)) == {
        "name": "o", "kind": "int", "default": 3, "label": "", "low": None, "high": None, "choices": [], "unit": "",
        "tooltip": "",
    }  # fmt: skip
    assert to_json(View(Path("a"))) == {"image": "a", "depth": None, "camera": None, "t": 0.0}
    assert to_json(Line(line="x")) == {"speaker": "", "language": "English", "line": "x"}
    assert [state.over for state in JobState] == [False, False, True, True, True]
