"""What may be asked, by itself: each field as it is read, and both sides of each limit."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.jobs import request as requests
from backend.jobs.request import Wanted, check, parse, parse_binding, parse_fps, parse_json
from backend.jobs.size import fitting_size
from client.protocol import (
    Camera,
    CameraPath,
    Direction,
    EngineInfo,
    Keyframe,
    Line,
    Option,
    TakeRequest,
    View,
)
from client.protocol.camera import IDENTITY
from client.protocol.several import PartOfClip

CAMERA = Camera("perspective", 64, 48, 32.0, 24.0, 50.0, 51.0)
PATH = CameraPath((Keyframe(0.0, IDENTITY), Keyframe(1.0, IDENTITY, 2.0)))


def refused(call: Any, *values: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call(*values)
    return caught.value


def test_each_field_is_read_into_its_own_place() -> None:
    extra = {
        "dialogue": [{"speaker": " ANNA ", "language": "gERMAN", "line": " Hi. "}, {"line": "Yes."}],
        "sound": "rain",
        "camera": {"projection": "perspective", "width": 64, "height": 48, "cx": 32, "cy": 24, "fx": 50, "fy": 51},
        "path": {"keyframes": [{"t": 0, "matrix": IDENTITY}, {"t": 1, "matrix": IDENTITY, "zoom": 2}]},
        "views": [{"name": "view_1", "t": 0.25}],
        "options": {"a": 1},
        "binding": {"b": 2},
        "unknown": 3,
    }
    fields = {"model": "m", "prompt": "p", "seconds": "2.5", "fps": "25", "size": "320x180", "seed": "7"}
    wanted = parse({**fields, "extra_params": json.dumps(extra)}, "other")
    lines = (Line("ANNA", "German", "Hi."), Line("", "English", "Yes."))
    assert wanted == Wanted(
        "m",
        Direction("p", lines, "rain"),
        2.5,
        Fraction(25),
        (320, 180),
        7,
        CAMERA,
        PATH,
        (requests.FurtherView("view_1", 0.25),),
        {"a": 1},
    )
    assert parse_binding({"extra_params": extra}) == {"b": 2}


def test_what_is_not_said() -> None:
    wanted = parse({}, "other")
    assert (wanted.engine, wanted.direction, wanted.seconds, wanted.fps) == ("other", Direction(), 5.0, Fraction(24))
    assert (wanted.size, wanted.camera, wanted.path, wanted.views, wanted.options) == (None, None, None, (), {})
    assert 0 <= wanted.seed < 2**31
    assert len({parse({"seed": seed}, "").seed for seed in (None, "", "-1", -1)}) > 1  # another each time
    assert parse_binding({}) is None and parse_binding({"extra_params": {"binding": None}}) is None


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [({"num_frames": 49}, 49 / 24), ({"num_frames": "48", "fps": "12"}, 4.0), ({"num_frames": 9, "seconds": 3}, 3.0),
     ({"seconds": 3600}, 3600.0), ({"seconds": "1e-3"}, 0.001)],
)  # fmt: skip
def test_lengths(fields: dict[str, Any], seconds: float) -> None:
    assert parse(fields, "").seconds == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"seconds": 3600.1}, "seconds"), ({"seconds": 0}, "seconds"), ({"num_frames": 0}, "seconds"),
     ({"seconds": True}, "seconds"), ({"seconds": "1" * 41}, "seconds"), ({"num_frames": "x"}, "num_frames"),
     ({"seed": 2**32}, "seed"), ({"seed": -2}, "seed"), ({"seed": 0.5}, "seed"), ({"prompt": 5}, "prompt"),
     ({"model": ["a"]}, "model"), ({"extra_params": {"sound": 5}}, "extra_params.sound"),
     ({"extra_params": {"dialogue": "Hi."}}, "extra_params.dialogue"), ({"prompt": "\0"}, "prompt"),
     ({"extra_params": 5}, "extra_params"), ({"size": "15x16"}, "size"), ({"size": "16x15"}, "size"),
     ({"size": "8193x16"}, "size"), ({"size": "16x8193"}, "size"), ({"height": 99}, "size"),
     ({"width": 64.5, "height": 48}, "size")],
)  # fmt: skip
def test_what_is_beyond_a_limit_is_named(fields: dict[str, Any], param: str) -> None:
    error = refused(parse, fields, "")
    assert (error.code, error.param) == ("invalid_request", param)


@pytest.mark.parametrize(
    ("fields", "size"),
    [({"size": "16x8192"}, (16, 8192)), ({"size": "8192x16"}, (8192, 16)), ({"size": " 640 X 360 "}, (640, 360)),
     ({"size": "640×361"}, (640, 361)), ({"size": "auto", "width": "64", "height": 48}, (64, 48)),
     ({"size": "320x180", "width": 64, "height": 48}, (320, 180)), ({"size": "auto"}, None)],
)  # fmt: skip
def test_sizes(fields: dict[str, Any], size: tuple[int, int] | None) -> None:
    assert parse(fields, "").size == size
    with pytest.raises(EngineError) as caught:
        parse({"size": "x" * 41}, "")
    assert caught.value.message == f"'{'x' * 40}' is not a size. Write it as 1280x720."


def test_seeds_to_their_last() -> None:
    assert [parse({"seed": seed}, "").seed for seed in (0, "0", 2**32 - 1, "7.0")] == [0, 0, 2**32 - 1, 7]


@pytest.mark.parametrize(
    ("text", "fps"),
    [("24", Fraction(24)), ("23.976", Fraction(24000, 1001)), ("29.97", Fraction(30000, 1001)),
     ("59.94", Fraction(60000, 1001)), ("24000/1001", Fraction(24000, 1001)), ("12.5", Fraction(25, 2)),
     ("23.97", Fraction(2397, 100)), ("50/2", Fraction(25)), (" 30 ", Fraction(30)), ("1", Fraction(1)),
     ("240", Fraction(240)), ("47.952", Fraction(48000, 1001))],
)  # fmt: skip
def test_frame_rates(text: str, fps: Fraction) -> None:
    assert parse_fps(text) == fps


@pytest.mark.parametrize(
    "text", ["0.9", "241", "240.5", "24/0", "24/0.0", "-24", "24fps", "1e2", "24/1/1", "", "1" * 41]
)
def test_no_frame_rates(text: str) -> None:
    assert refused(parse_fps, text).param == "fps"


@pytest.mark.parametrize(("name", "most"), [("options", requests.MAX_OPTIONS), ("binding", requests.MAX_BINDING)])
def test_json_of_the_clients_own_is_bounded(name: str, most: int) -> None:
    def read(size: int) -> Any:
        fields = {"extra_params": {name: {"x": "a" * (size - len('{"x": ""}'))}}}
        return parse_binding(fields) if name == "binding" else parse(fields, "").options

    assert len(json.dumps(read(most))) == most
    error = refused(read, most + 1)
    assert error.param == f"extra_params.{name}" and f"larger than {most} bytes" in error.message


def test_json_is_nested_at_most_64_levels() -> None:
    for inside in ("", "1", '"a"'):
        assert parse_json("[" * 64 + inside + "]" * 64, "body")
        assert "more than 64 levels" in refused(parse_json, "[" * 65 + inside + "]" * 65, "body").message
        assert parse_json('{"a":' * 63 + f"[{inside}]" + "}" * 63, "body")
        assert "more than 64" in refused(parse_json, '[1,{"a":' * 32 + f"[{inside}]" + "}]" * 32, "body").message


def info(**more: Any) -> EngineInfo:
    return EngineInfo("e", "Engine", max_seconds=10.0, max_pixels=320 * 180, needs_still=False, **more)


def take(**more: Any) -> TakeRequest:
    fields: dict[str, Any] = {"engine": "e", "direction": Direction(), "views": (), "seconds": 10.0, "seed": 1}
    return TakeRequest(**{**fields, "fps": Fraction(24), "size": (320, 180), **more})


def test_what_an_engine_can_do_is_checked_to_the_limit() -> None:
    assert check(take(), info()) == ()
    longer = refused(check, take(seconds=10.01), info())
    assert (longer.param, longer.fix) == ("seconds", "shorter") and "at most 10 seconds, not 10.01" in longer.message
    larger = refused(check, take(size=(321, 180)), info())
    assert (larger.param, larger.fix) == ("size", "smaller_size")
    assert check(take(size=(180, 320)), info()) == ()
    absent = EngineInfo("e", "Engine", available=False, reason="It is away.", fix="models")
    away = refused(check, take(), absent)
    assert (away.code, away.fix, away.param) == ("engine_unavailable", "models", "model")
    assert away.message == "Engine can't run here. It is away."
    assert check(take(seconds=3600.0, size=(8192, 8192)), EngineInfo("e", needs_still=False)) == ()  # nothing is known
    still = refused(check, take(), EngineInfo("e"))
    assert (still.param, still.fix) == ("input_reference", "pick_camera")
    assert refused(check, take(views=(View(Path("a"), t=1.0),)), EngineInfo("e")).param == "input_reference"
    assert check(take(views=(View(Path("a")),)), EngineInfo("e")) == ()


def test_options_are_checked_by_their_declaration() -> None:
    steps = Option("steps", "int", 8, "Steps", low=1, high=50)
    for value in (1, 50):
        check(take(options={"steps": value}), info(options=(steps,)))
    for value in (0, 51, 8.5, True, "8"):
        error = refused(check, take(options={"steps": value}), info(options=(steps,)))
        assert error.param == "extra_params.options.steps" and "Steps of Engine" in error.message
    check(take(options={"unknown": 99}), info(options=(steps,)))


def test_languages() -> None:
    spoken = take(
        direction=Direction(dialogue=(Line("", "Korean", "a"), Line("", "French", "b"), Line("", "German", "c")))
    )
    error = refused(check, spoken, info(dialogue=True, languages=("German",)))
    assert error.message == "Engine does not speak French, Korean." and error.param == "extra_params.dialogue"
    assert check(spoken, info(dialogue=True)) == ()  # they are not known
    assert check(spoken, info(languages=("German",))) == ("Engine does not use the dialogue.",)


def test_what_is_not_used_is_said_and_only_that() -> None:
    views = (View(Path("a"), Path("d"), CAMERA), View(Path("b"), t=0.5), View(Path("c"), t=1.0))
    everything = take(direction=Direction("p", (Line(line="Hi."),), "rain"), views=views, path=PATH)
    able = {"dialogue": True, "sound": True, "depth": True, "last_frame": True, "views": 8, "camera_path": True}
    assert check(everything, info(**able)) == ()
    notes = {
        "dialogue": "the dialogue",
        "sound": "the sound",
        "depth": "the depth",
        "last_frame": "the last frame",
        "views": "the further views",
        "camera_path": "the camera path",
    }
    for name, words in notes.items():
        lacks = info(**{**able, name: 1 if name == "views" else False})
        assert check(everything, lacks) == (f"Engine does not use {words}.",)
    assert check(take(views=(View(Path("a")),)), info()) == ()


def test_reference_pictures_are_counted_and_come_in_their_order() -> None:
    def pictures(count: int) -> TakeRequest:
        return take(references=(Path("a"),) * count)

    assert check(pictures(3), info(references=3)) == ()
    error = refused(check, pictures(4), info(references=3))
    assert (error.param, error.message) == ("references", "Engine takes 3 reference pictures, not 4.")
    assert check(pictures(1), info()) == ("Engine does not use the reference pictures.",)
    files = {f"reference_{number}": Path(f"r{number}") for number in (10, 2, 1)}
    made = parse({"seconds": 1}, "e").request((64, 48), files)
    assert made.references == (Path("r1"), Path("r2"), Path("r10"))


def test_shots_of_one_clip_are_counted_and_their_seconds_summed() -> None:
    def clip(*seconds: float, views: tuple[View, ...] = ()) -> TakeRequest:
        shots = tuple(PartOfClip(Direction(), one) for one in seconds)
        return take(shots=shots, seconds=sum(round(one * 24) for one in seconds) / 24, views=views)

    several = info(shots=3, shot_requests=True)
    assert check(clip(3.3, 3.3, 3.4), several) == ()
    assert refused(check, clip(3.3, 3.3, 3.5), several).message == "Engine makes clips of at most 10 seconds, not 10.1."
    more = refused(check, clip(1, 1, 1, 1), several)
    assert (more.param, more.message) == ("extra_params.shots", "Engine makes at most 3 shots in one clip.")
    assert refused(check, clip(1, 1), info(shots=3)).message == "Engine makes one shot in one clip."
    between = clip(1, 1, views=(View(Path("a")), View(Path("b"), t=0.5)))
    assert check(between, info(shots=3, shot_requests=True, shot_stills=True)) == ()
    assert check(between, info(shots=3, shot_requests=True, views=9)) == ("Engine does not use the further views.",)


def test_a_last_view_with_a_depth_is_drawn_like_the_others() -> None:
    def ends(depth: Path | None) -> TakeRequest:
        return take(views=(View(Path("a")), View(Path("c"), depth, CAMERA, 1.0)))

    assert check(ends(Path("d")), info(views=2, depth=True)) == ()
    assert check(ends(None), info(views=2, depth=True)) == ("Engine does not use the last frame.",)
    assert check(ends(Path("d")), info(views=1, depth=True)) == ("Engine does not use the last frame.",)


def test_a_last_frame_that_is_a_view_is_one_view() -> None:
    camera = {"projection": "perspective", "width": 64, "height": 48, "cx": 32, "cy": 24, "fx": 50, "fy": 51}
    extra = {"views": [{"name": "last_frame", "t": 1, "camera": camera}]}
    files = {"input_reference": Path("a"), "last_frame": Path("c"), "last_frame_depth": Path("d")}
    made = parse({"seconds": 1, "extra_params": extra}, "e").request((64, 48), files)
    assert made.views == (View(Path("a")), View(Path("c"), Path("d"), CAMERA, 1.0))
    plain = parse({"seconds": 1}, "e").request((64, 48), files)
    assert plain.views[1] == View(Path("c"), t=1.0)


def test_a_path_is_asked_for_as_a_whole_unless_it_is_said() -> None:
    assert [parse({"extra_params": extra}, "").whole for extra in ({}, {"whole": False}, {"whole": True})] == [
        True,
        False,
        True,
    ]
    assert refused(parse, {"extra_params": {"whole": 1}}, "").param == "extra_params.whole"


def test_views_get_their_files_by_name() -> None:
    extra = {"views": [{"name": "view_1", "t": 0.25}, {"name": "view_2", "t": 0.75}]}
    wanted = parse({"seconds": 1, "extra_params": extra}, "e")
    files = {
        name: Path(name + ".x")
        for name in ("input_reference", "depth", "view_1", "view_1_depth", "view_2", "last_frame")
    }
    made = wanted.request((64, 48), files)
    assert [(view.t, view.image, view.depth) for view in made.views] == [
        (0.0, Path("input_reference.x"), Path("depth.x")),
        (0.25, Path("view_1.x"), Path("view_1_depth.x")),
        (0.75, Path("view_2.x"), None),
        (1.0, Path("last_frame.x"), None),
    ]
    assert made.size == (64, 48)
    assert refused(wanted.request, (64, 48), {"view_1": Path("a")}).param == "view_2"
    swapped = parse({"extra_params": {"views": extra["views"][::-1]}}, "e")
    assert refused(swapped.request, (64, 48), files).param == "views"


@pytest.mark.parametrize(
    ("asked", "still", "most", "size"),
    [
        ((100, 50), (64, 48), 1, (100, 50)),
        (None, (641, 361), 641 * 361, (641, 361)),
        (None, None, 0, (1280, 720)),
        (None, (9000, 10), 0, (9000, 10)),
        (None, (1920, 1080), 1280 * 720, (1280, 720)),
        (None, (1080, 1920), 1280 * 720, (720, 1280)),
        (None, (1921, 1080), 1920 * 1080, (1920, 1078)),
        (None, (4000, 20), 40_000, (2828, 16)),
    ],
)
def test_the_size_of_a_clip(
    asked: tuple[int, int] | None, still: tuple[int, int] | None, most: int, size: tuple[int, int]
) -> None:
    assert fitting_size(asked, still, EngineInfo("e", max_pixels=most)) == size
