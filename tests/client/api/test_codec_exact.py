"""The codec and the small types, exactly: what is read, what is cut, and what each refusal says."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from client.protocol import (
    Binding,
    Camera,
    Choice,
    Direction,
    EngineInfo,
    Job,
    JobState,
    Keyframe,
    Option,
    PartOfClip,
    Price,
    TakeRequest,
    Tariff,
    Unfit,
)
from client.protocol.codec import _bounded, from_json, nests_deeper, to_json
from client.protocol.direction import check_text
from client.protocol.edit import Changes, Edit, Marker, Notes, OtherStrip, Place, Shot, SoundStrip, Take, Transition
from client.protocol.edit.burn_in import BurnIn
from client.protocol.rates import exact_rate


@dataclass(frozen=True)
class Inner:
    number: int
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner
    pair: tuple[int, str] = (1, "a")
    many: tuple[Inner, ...] = ()
    flag: bool = False
    share: float = 0.5
    rate: Fraction | None = None
    file: Path | None = None
    state: JobState = JobState.QUEUED
    more: Mapping[str, Any] = field(default_factory=dict)
    thing: Any = None

    def __post_init__(self) -> None:
        if self.name == "bad":
            raise Unfit("name", "is bad")
        if self.name == "wholly bad":
            raise Unfit("", "is wholly bad")


GOOD = {"name": "n", "inner": {"number": 1}}


@pytest.mark.parametrize(
    ("change", "place", "what"),
    [
        ({"name": 5}, "name", "must be text"),
        ({"inner": 5}, "inner", "must be an object"),
        ({"inner": [1]}, "inner", "must be an object"),
        ({"inner": {}}, "inner.number", "is missing"),
        ({"inner": {"number": 1.5}}, "inner.number", "must be a whole number"),
        ({"inner": {"number": "1"}}, "inner.number", "must be a whole number"),
        ({"inner": {"number": 1, "shares": [1.0, "x"]}}, "inner.shares.1", "must be a number"),
        ({"inner": {"number": 1, "shares": [1.0, float("nan")]}}, "inner.shares.1", "must be a number"),
        ({"inner": {"number": 1, "shares": {"a": 1}}}, "inner.shares", "must be a list"),
        ({"pair": [1]}, "pair", "must have 2 entries"),
        ({"pair": [1, "a", 2]}, "pair", "must have 2 entries"),
        ({"pair": [1, 2]}, "pair.1", "must be text"),
        ({"many": "ab"}, "many", "must be a list"),
        ({"many": [{"number": 1}, {"number": None}]}, "many.1.number", "must be a whole number"),
        ({"flag": 1}, "flag", "must be true or false"),
        ({"share": True}, "share", "must be a number"),
        ({"share": float("-inf")}, "share", "must be a number"),
        ({"rate": "24/0"}, "rate", "must be a fraction, such as 24 or 24000/1001"),
        ({"rate": []}, "rate", "must be something else"),
        ({"file": "a\0b"}, "file", "must be a path"),
        ({"file": 5}, "file", "must be a path"),
        ({"state": "x"}, "state", "must be one of queued, in_progress, completed, failed, cancelled"),
        ({"state": 5}, "state", "must be something else"),
        ({"more": [1]}, "more", "must be an object"),
        ({"name": "bad"}, "name", "is bad"),
        ({"name": "wholly bad"}, "", "is wholly bad"),
    ],
)
def test_a_refusal_names_the_way_to_the_fault(change: dict[str, Any], place: str, what: str) -> None:
    with pytest.raises(Unfit) as refused:
        from_json(Outer, {**GOOD, **change})
    assert (refused.value.place, refused.value.what) == (place, what)


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_what_is_no_object_is_refused_without_a_place(data: Any) -> None:
    for lenient in (False, True):
        with pytest.raises(Unfit) as refused:
            from_json(Outer, data, lenient=lenient)
        assert (refused.value.place, str(refused.value)) == ("", "must be an object")


def test_all_that_can_travel_comes_back() -> None:
    made = Outer(
        "n", Inner(-3, (0.5, -1.25)), (2, "b"), (Inner(1), Inner(2, (1.0,))), True, -0.0,
        Fraction(24000, 1001), Path("/a/b"), JobState.FAILED, {"a": [1, {"b": None}]}, [1, {"c": 2.5}],
    )  # fmt: skip
    data = to_json(made)
    assert data == {
        "name": "n", "inner": {"number": -3, "shares": [0.5, -1.25]}, "pair": [2, "b"],
        "many": [{"number": 1, "shares": []}, {"number": 2, "shares": [1.0]}], "flag": True, "share": -0.0,
        "rate": "24000/1001", "file": "/a/b", "state": "failed", "more": {"a": [1, {"b": None}]},
        "thing": [1, {"c": 2.5}],
    }  # fmt: skip
    assert from_json(Outer, data) == made
    assert from_json(Outer, {**GOOD, "unknown": 1}) == Outer("n", Inner(1))
    whole = from_json(Outer, {**GOOD, "share": 3, "inner": {"number": 4.0, "shares": [1, 2.5]}, "rate": 25})
    assert (whole.share, whole.inner, whole.rate) == (3.0, Inner(4, (1.0, 2.5)), Fraction(25))
    assert [type(one) for one in (whole.share, whole.inner.number, *whole.inner.shares)] == [float, int, float, float]
    assert from_json(Outer, {**GOOD, "rate": None, "file": None}) == Outer("n", Inner(1))
    assert to_json({"a": (1, Path("x")), "b": Fraction(1, 2)}) == {"a": [1, "x"], "b": "1/2"}
    assert to_json(JobState) is JobState  # a type is no value


def test_a_copy_of_numbers_is_its_own() -> None:
    numbers = [1.0, 2.0]
    assert to_json(numbers) == numbers and to_json(numbers) is not numbers
    read = from_json(Inner, {"number": 1, "shares": numbers})
    assert read.shares == (1.0, 2.0) and isinstance(read.shares, tuple)


def test_a_lenient_reader_leaves_out_what_does_not_fit_and_no_more() -> None:
    said = {
        "name": "n" * 10_001, "inner": {"number": "7", "shares": ["0.5", "x", 2, None, float("nan")]},
        "pair": [1], "many": [{"number": 1}, 5, {"number": "x"}, {"number": "3"}], "flag": "true", "share": "1e3",
        "rate": "x", "file": 5, "state": "x", "more": [1],
    }  # fmt: skip
    found = from_json(Outer, said, lenient=True)
    assert found == Outer("n" * 10_000, Inner(7, (0.5, 2.0)), many=(Inner(1), Inner(3)), share=1000.0)
    for change in ({"name": None}, {"inner": {}}, {"inner": {"number": "x"}}, {"name": "bad"}):
        with pytest.raises(Unfit):
            from_json(Outer, {**GOOD, **change}, lenient=True)
    assert len(from_json(Outer, {**GOOD, "many": [{"number": 1}] * 1001}, lenient=True).many) == 1000
    assert len(from_json(Outer, {**GOOD, "many": [{"number": 1}] * 1001}).many) == 1001
    assert len(from_json(Outer, {**GOOD, "name": "x" * 10_001}).name) == 10_001
    good = from_json(Outer, {**GOOD, "pair": ["2", "b"]}, lenient=True)
    assert good.pair == (2, "b")


@pytest.mark.parametrize(
    ("kind", "said", "taken"),
    [
        (int, "12", 12),
        (int, "1" * 41, "1" * 41),
        (int, "0" * 39 + "7", 7),
        (int, "1.5", "1.5"),
        (int, str(2**53), 2**53),
        (int, str(2**53 + 1), None),
        (int, -(2**53), -(2**53)),
        (int, -(2**53) - 1, None),
        (int, float("nan"), None),
        (int, 1e300, None),
        (float, 1e300, 1e300),
        (float, "1.5", 1.5),
        (float, "x", "x"),
        (float, 2**60, 2**60),
        (str, "12", "12"),
        (str, "a\0b\ud800", "ab?"),
        (str, "x" * 9_999 + "yz", "x" * 9_999 + "y"),
        (bool, True, True),
        (str, 5, 5),
    ],
)
def test_what_a_lenient_reader_makes_of_it(kind: type, said: Any, taken: Any) -> None:
    found = _bounded(kind, said)
    assert (found, type(found)) == (taken, type(taken))


def test_the_largest_number_is_the_largest_that_a_float_holds() -> None:
    assert from_json(Outer, {**GOOD, "share": sys.float_info.max}).share == sys.float_info.max
    for number in (int(sys.float_info.max) * 2, -int(sys.float_info.max) * 2):
        with pytest.raises(Unfit, match="share: must be a number"):
            from_json(Outer, {**GOOD, "share": number})


@pytest.mark.parametrize(
    ("text", "rate"),
    [("24", Fraction(24)), ("-24", Fraction(-24)), ("29.97", Fraction(2997, 100)), ("1/3", Fraction(1, 3)),
     ("9" * 19, Fraction(int("9" * 19))), ("1." + "5" * 19, Fraction("1." + "5" * 19)),
     ("1/" + "7" * 19, Fraction(1, int("7" * 19))), ("24/10", Fraction(12, 5))],
)  # fmt: skip
def test_text_that_is_a_fraction(text: str, rate: Fraction) -> None:
    assert from_json(Outer, {**GOOD, "rate": text}).rate == rate
    for wrong in (text + "0" * 20, text + "/", text + ".", "+" + text, text + "\n"):
        with pytest.raises(Unfit, match="rate: must be a fraction"):
            from_json(Outer, {**GOOD, "rate": wrong})


def test_levels_are_counted_in_any_branch() -> None:
    wide = {"a": 1, "b": [2, {"c": [3]}], "d": "text"}
    assert [nests_deeper(wide, most) for most in range(6)] == [True, True, True, True, False, False]
    assert not nests_deeper(5, 0) and nests_deeper([], 0) and not nests_deeper([], 1)
    assert nests_deeper({}, 0) and not nests_deeper({"a": 1}, 1) and nests_deeper({"a": {}}, 1)


# Text, rates, options, prices


@pytest.mark.parametrize("character", ["\0", "\ud800", "\udbff", "\udc00", "\udfff"])
def test_what_utf_8_can_not_hold_is_no_text(character: str) -> None:
    with pytest.raises(Unfit) as refused:
        check_text(f"a{character}b", "field", 3)
    assert (refused.value.place, refused.value.what) == ("field", "holds characters that are not text")
    check_text("a\ud7ff\ue000\U0010ffff\1", "field", 5)
    with pytest.raises(Unfit, match="field: must have at most 4 characters"):
        check_text("abcde", "field", 4)


@pytest.mark.parametrize(
    ("said", "rate"),
    [
        (23.976, Fraction(24000, 1001)), (23.98, Fraction(24000, 1001)), (23.9711, Fraction(24000, 1001)),
        (23.97, Fraction(2397, 100)), (23.982, Fraction(11991, 500)), (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)), (24.0, Fraction(24)), (12.5, Fraction(25, 2)), (0.999, Fraction(1000, 1001)),
        (29.9999999, Fraction(30)), (1 / 3, Fraction(1, 3)),
    ],
)  # fmt: skip
def test_the_rate_that_a_number_means(said: float, rate: Fraction) -> None:
    assert exact_rate(said) == rate
    assert exact_rate(Fraction(rate)) == rate


def test_no_rate_is_not_finite() -> None:
    for number, error in ((float("nan"), ValueError), (float("inf"), OverflowError)):
        with pytest.raises(error):
            exact_rate(number)


def test_a_setting_is_found_by_its_name_and_an_engine_by_what_people_call_it() -> None:
    options = (Option("a", "int", 1), Option("b", "int", 2))
    engine = EngineInfo("id", "Name", options=options)
    assert [engine.option(name) for name in ("a", "b", "c")] == [*options, None]
    assert (engine.label, EngineInfo("id").label) == ("Name", "id")
    assert [EngineInfo("e", shots=shots, shot_requests=True).shots_asked for shots in (-1, 0, 1, 6)] == [1, 1, 1, 6]


def test_only_both_ends_of_a_range_are_in_it() -> None:
    both, low, high, none = (
        Option("a", "float", 2, low=lowest, high=highest)
        for lowest, highest in ((1.5, 2.5), (1.5, None), (None, 2.5), (None, None))
    )
    values = (1.4, 1.5, 2, 2.5, 2.6)
    assert [[one.refusal(value) is None for value in values] for one in (both, low, high, none)] == [
        [False, True, True, True, False],
        [False, True, True, True, True],
        [True, True, True, True, False],
        [True] * 5,
    ]
    assert high.refusal(3) == "it must lie between None and 2.5"
    assert none.refusal("2") == none.refusal(None) == "it must be a number"
    choices = Option("a", "enum", "x", choices=(Choice("x"), Choice("y", "Why")))
    assert choices.refusal("Why") == "it must be one of x, y"


def test_the_first_tariff_that_holds_counts_and_only_where_all_of_it_does() -> None:
    second = Price(0.125, "EUR", "2026-03-01", "https://prices", True, "second")
    one, two = Tariff(second, {"a": 1, "b": True}), Tariff(Price(1.0, per="second"), {"a": 1})
    assert one.holds({"a": 1, "b": True, "c": 3}) and not one.holds({"a": 1}) and not one.holds({"a": 1, "b": False})
    assert Tariff(second).holds({})
    options = (Option("a", "int", 1), Option("b", "bool", False))
    engine = EngineInfo("e", options=options, tariffs=(one, two), rate=Price(9.0, per="second"))
    found = engine.price(2.5, {"b": True})
    assert found == Price(0.375, "EUR", "2026-03-01", "https://prices", False, "")
    assert engine.price(2.5, {}) == Price(3.0) and engine.price(2.5, {"a": 2}) is None
    assert EngineInfo("e", rate=Price(0.33333, per="second")).price(1, {}) == Price(0.3333)
    lengths = EngineInfo("e", rate=Price(1.0, per="second"), lengths=(4.0, 8.5))
    prices = [lengths.price(seconds, {}) for seconds in (4.0000009, 4.000002, 8.5, 8.6)]
    assert [price and price.amount for price in prices] == [4.0, 8.5, 8.5, None]


def test_a_job_of_another_server_keeps_its_binding() -> None:
    binding = Binding("f", "s", "h", "t", "n", 1, frame=-5)
    said = {"id": "v", "status": "failed", "binding": to_json(binding), "error": {"code": "c", "message": "m"}}
    job = from_json(Job, said, lenient=True)
    assert (job.binding, job.status, job.status.over) == (binding, JobState.FAILED, True)
    assert job.error is not None and (job.error.code, job.error.message, job.error.fix) == ("c", "m", "")


def test_what_an_edit_does_not_say_means_this() -> None:
    """What other versions wrote is read by it: so no default changes by itself."""
    assert to_json(Edit("e", "T", Fraction(25), (64, 36))) == {
        "id": "e", "title": "T", "fps": "25", "size": [64, 36], "start": 1, "frames": 0, "shots": [], "sounds": [],
        "transitions": [], "markers": [], "others": [], "made": "", "author": "",
    }  # fmt: skip
    assert to_json(Take("t")) == {
        "id": "t", "number": 0, "name": "", "file": None, "frames": 0, "fps": None, "handles": [0, 0], "size": [0, 0],
        "engine": "", "seed": 0, "made": "", "cost": "", "rating": 0, "note": "", "prompt": "", "picture": None,
        "beyond": 0,
    }  # fmt: skip
    assert to_json(Shot("s", "S")) == {
        "id": "s", "name": "S", "places": [], "takes": [], "current": "", "camera": "", "lens": 0.0, "scene": "",
        "frame": 0, "frames": 0, "direction": {"prompt": "", "dialogue": [], "sound": ""}, "note": "", "rating": 0,
        "status": "", "picture": None,
    }  # fmt: skip
    assert to_json(Marker(3)) == {"frame": 3, "name": "", "note": "", "camera": ""}
    fade = {"kind": "FADE_IN", "start": 1, "frames": 2, "before": "", "after": ""}
    assert to_json(Transition("FADE_IN", 1, 2)) == fade
    assert to_json(Notes("e")) == {"edit": "e", "notes": [], "title": "", "author": "", "made": ""}
    assert to_json(Changes(())) == {"cuts": [], "unnamed": [], "remarks": []}
    assert to_json(BurnIn()) == {
        "top_left": "{title}", "top": "", "top_right": "{date}", "bottom_left": "{shot}  {take}",
        "bottom": "{camera}  {lens}", "bottom_right": "{timecode}  {frame:4}",
    }  # fmt: skip


def test_what_a_request_does_not_say_means_this() -> None:
    flat = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    camera = Camera("perspective", 64, 48, 32.0, 24.0, 50.0, 51.0)
    assert to_json(camera) == {
        "projection": "perspective", "width": 64, "height": 48, "cx": 32.0, "cy": 24.0, "fx": 50.0, "fy": 51.0,
        "scale": 0.0, "matrix_world": flat, "focus": None, "things": [], "sight": [], "near": 0.0,
    }  # fmt: skip
    assert to_json(Keyframe(0.5, camera.matrix_world)) == {"t": 0.5, "matrix": flat, "zoom": 1.0, "unseen": []}
    asked = TakeRequest("e", Direction(), (), 1.0, Fraction(24), (64, 48), 3)
    assert to_json(asked) == {
        "engine": "e", "direction": {"prompt": "", "dialogue": [], "sound": ""}, "views": [], "seconds": 1.0,
        "fps": "24", "size": [64, 48], "seed": 3, "path": None, "options": {}, "binding": None, "references": [],
        "shots": [],
    }  # fmt: skip
    assert to_json(PartOfClip(Direction(), 2.0))["seed"] == 0 and PartOfClip(Direction(), 2.0).path is None
    assert (asked.width, asked.height, asked.still, asked.last_frame, asked.files()) == (64, 48, None, None, {})


def test_ends_and_pictures_of_strips() -> None:
    assert [one.end for one in (Place(3, 4), SoundStrip("s", 3, 4), Transition("FADE_IN", 3, 4))] == [7] * 3
    kinds = {
        kind: OtherStrip("o", kind, 3, 4).shows for kind in ("MOVIE", "IMAGE", "SCENE", "MOVIECLIP", "TEXT", "META")
    }
    assert [kind for kind, shows in kinds.items() if shows] == ["MOVIE", "IMAGE", "SCENE", "MOVIECLIP"]
    assert OtherStrip("o", "TEXT", 3, 4).end == 7
    shots = (Shot("a", "A", takes=(Take("t"), Take("u")), current="u"), Shot("b", "B"))
    film = Edit("e", "T", Fraction(25), (64, 36), 11, 5, shots)
    assert (film.end, film.shot("b"), film.shot("c")) == (16, shots[1], None)
    assert (shots[0].current_take, shots[0].take("t"), shots[1].current_take) == (Take("u"), Take("t"), None)
