"""The limits and corners of what is read of a workflow and sent of it: exact, on both sides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.engines.comfy.graph.fill import fill, fitted, frames_of
from backend.engines.comfy.graph.parts import Setting, krita_label, option, parts
from backend.engines.comfy.graph.spec import NONE, Input, kind_of, number, of
from backend.engines.comfy.graph.workflow import Place, link, read
from backend.engines.engine import EngineError
from tests.backend.comfy.workflows import workflow

LIMIT = 2**31 - 1


def parameter(name: Any, kind: str, default: Any, **more: Any) -> Any:
    return ("ETN_Parameter", "", {"name": name, "type": kind, "default": default, **more})


def test_settings_of_one_name_are_numbered_and_at_most_forty() -> None:
    same = workflow(**{f"n{index}": ("A", "Steps (parameter)", {"steps": index}) for index in range(3)})
    assert [(one.name, one.default) for one in parts(same).settings] == [("steps", 0), ("steps_2", 1), ("steps_3", 2)]
    many = workflow(**{f"n{index}": ("A", f"S{index} (parameter)", {"x": index}) for index in range(41)})
    assert [one.name for one in parts(many).settings] == [f"s{index}" for index in range(40)]
    strange = workflow(
        n1=("A", "?? (parameter)", {"x": 1}),
        n2=("A", "class (parameter)", {"x": 1}),
        n3=("A", "2x  (PARAMETER)", {"x": 1}),
        n4=("A", f"{'y' * 90} (parameter)", {"x": 1}),
        n5=("A", "Shots (parameter)", {"x": 1}),
        n6=("A", "Cfg Scale (parameter)", {"cfg_scale": 1.5, "x": 2}),
        n7=("A", "(parameter)", {"x": 1}),
    )
    assert [(one.name, one.label) for one in parts(strange).settings] == [
        ("setting", "??"),
        ("class", "class"),
        ("n2x", "2x"),
        ("y" * 50, "y" * 80),
        ("shots_2", "Shots"),
        ("cfg_scale", "Cfg Scale"),
    ]


@pytest.mark.parametrize(
    ("name", "label"),
    [("1. Look/12. Steps", "Steps"), (" ", "Parameter"), (5, "Parameter"), ("x" * 81, "x" * 80), ("2.5", "2.5")],
)
def test_the_label_of_a_krita_parameter(name: Any, label: str) -> None:
    assert krita_label(workflow(n1=parameter(name, "number", 1)).nodes["1"]) == label


def test_whole_numbers_are_as_large_as_a_card_holds_them() -> None:
    flow = workflow(n1=("A", "X (parameter)", {"a": LIMIT, "b": -LIMIT, "c": LIMIT + 1, "d": -LIMIT - 1, "e": 2.0**31}))
    assert [one.place.name for one in parts(flow).settings] == ["a", "b", "e"]
    assert [number(value) for value in (1e300, -1e300, 1.1e300, True, "1")] == [1e300, -1e300, None, None, None]
    typed = workflow(
        n1=parameter("a", "toggle", True),
        n2=parameter("b", "toggle", 1),
        n3=parameter("c", "auto", 2.5, min=1, max=3),
        n4=parameter("d", "prompt (negative)", "no", min=1, max=3),
        n5=parameter("Seed", "number (integer)", 7),
        n6=parameter("e", "number", LIMIT + 1),
    )
    found = parts(typed)
    assert [(one.label, one.kind, one.low, one.high) for one in found.settings] == [
        ("a", "bool", None, None),
        ("c", "float", 1, 3),
        ("d", "text", None, None),
    ]
    assert found.places == {"seed": (Place("5", "default"),)}


def setting(kind: str, default: Any, low: Any = None, high: Any = None) -> Setting:
    return Setting("s", "S", Place("1", "x"), kind, default, low, high)


@pytest.mark.parametrize(
    ("kind", "default", "low", "high", "shown"),
    [
        ("int", 3, 3, 3, (3, 3)),
        ("int", 3, 4, None, (-LIMIT, LIMIT)),
        ("int", 3, None, 5, (-LIMIT, 5)),
        ("int", 3, 1, None, (1, LIMIT)),
        ("int", 3, None, 2, (-LIMIT, LIMIT)),
        ("int", 3, -(2**40), 2**40, (-LIMIT, LIMIT)),
        ("float", 3.5, 3.5, 3.5, (3.5, 3.5)),
        ("float", 3.5, None, 3.4, (None, None)),
        ("float", 3.5, 3.6, None, (None, None)),
        ("float", 3.5, 0.0, None, (0.0, None)),
        ("bool", True, 2, 3, (None, None)),
    ],
)
def test_a_range_holds_its_own_value(kind: str, default: Any, low: Any, high: Any, shown: Any) -> None:
    found = option(setting(kind, default), Input(True, low, high, choices=("a",), tooltip="Why"))
    assert (found.name, found.kind, found.default, found.label, found.tooltip) == ("s", kind, default, "S", "Why")
    assert (found.low, found.high, found.choices) == (*shown, ())


def test_a_choice_that_is_not_there_any_more_stays_the_first() -> None:
    here, gone = (option(setting("text", one), Input(True, choices=("a", "b"), tooltip="Why")) for one in ("b", "c"))
    assert (here.kind, [one.value for one in here.choices]) == ("enum", ["a", "b"])
    assert (gone.default, [(one.value, one.label) for one in gone.choices]) == (
        "c",
        [("c", "c"), ("a", "a"), ("b", "b")],
    )
    assert (gone.name, gone.label, gone.tooltip) == ("s", "S", "Why")
    free = option(setting("text", "x"), Input(True, tooltip="Why"))
    assert (free.kind, free.choices, free.tooltip) == ("text", (), "Why")


def test_what_comfyui_says_is_cut() -> None:
    names = [f"c{index}" for index in range(501)]
    (found,) = kind_of({"input": {"optional": {"x": [names, {"tooltip": "t" * 301, "step": 0.25}]}}}).inputs.values()
    assert (found.choices, found.tooltip, found.required, found.step) == (tuple(names[:500]), "t" * 300, False, 0.25)
    assert kind_of({"input": {"required": {"x": ["COMBO", {"options": "ab"}], "y": ["A", 5, {"min": 1}]}}}).inputs == {
        "x": Input(True),
        "y": Input(True),
    }


def test_a_node_of_one_value_wants_what_its_readers_want() -> None:
    flow = workflow(
        n1=("One", "", {"value": 1}),
        n2=("Two", "", {"value": 1, "other": 2}),
        n3=("Reader", "", {"a": ["1", 0], "b": ["2", 0], "c": ["4", 0]}),
        n4=("ETN_Parameter", "", {"name": "x", "default": 1}),
        n5=("Alone", "", {"value": 3}),
    )
    wants = {"required": {name: ["INT", {"step": index}] for index, name in enumerate("abc", 2)}}
    own = {"required": {"value": ["INT", {"min": 7}]}}
    kinds = {"Reader": kind_of({"input": wants}), **dict.fromkeys(("One", "Two", "Alone"), kind_of({"input": own}))}
    found = [
        of(flow, kinds, Place(id, name))
        for id, name in (("1", "value"), ("2", "value"), ("4", "default"), ("5", "value"))
    ]
    assert [(one.step, one.low) for one in found] == [(2, None), (0, 7), (4, None), (0, 7)]
    assert of(flow, {}, Place("1", "value")) is NONE
    chosen = {"Reader": kind_of({"input": {"required": {"a": [["x"]], "z": [["x", "y"]]}}})}
    two = workflow(n1=("One", "", {"v": "x"}), n2=("Reader", "", {"a": ["1", 0], "z": ["1", 0]}))
    assert of(two, chosen, Place("1", "v")).choices == ("x", "y")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (["1", 0], "1"),
        (["1", 0.5], "1"),
        (["1"], None),
        (["1", 0, 0], None),
        (["1", "0"], None),
        ([1, 0], None),
        ("10", None),
    ],
)
def test_what_is_a_link(value: Any, found: str | None) -> None:
    assert link(value) == found


def test_a_title_is_two_hundred_characters_long() -> None:
    def node(**more: Any) -> Any:
        return read(json.dumps({"1": {"class_type": "A", "inputs": {}, **more}}).encode()).nodes["1"]

    assert node(_meta={"title": "t" * 201}).title == "t" * 200
    assert [node(_meta=meta).label for meta in ({"title": 5}, [], {})] == ["A (#1)"] * 3
    assert read(b'{"prompt": {"7": {"class_type": "A", "inputs": {}}}}').nodes["7"].kind == "A"
    for strange in ({"p" * 50: 5}, {"p" * 50: {"class_type": "", "inputs": {}}}):
        with pytest.raises(EngineError, match=f"its part '{'p' * 40}' is no node"):
            read(json.dumps(strange).encode())


def test_a_parameter_hands_on_what_it_is_given() -> None:
    flow = workflow(
        n1=parameter("a", "number", 4),
        n2=("ETN_Parameter", "", {"name": "b", "default": ["1", 0]}),
        n3=("Use", "", {"x": ["2", 0], "y": ["1", 0], "z": ["9", 0]}),
        n4=("ETN_Parameter", "", {"name": "c", "default": ["5", 0]}),
        n5=("ETN_Parameter", "", {"name": "d", "default": ["4", 0]}),
        n6=("Use", "", {"round": ["4", 0]}),
    )
    sent = fill(flow, parts(flow), {}, {Place("1", "default"): 6})
    assert sent["3"]["inputs"] == {"x": 6, "y": 6, "z": ["9", 0]} and list(sent) == ["3", "6"]
    for length, frames in ((0, 1), (-3, 1), (1, 1), (2, 2)):
        held = workflow(n1=("A", "Length", {"length": length}))
        assert frames_of(held, parts(held), {}, 9.0) == frames
    assert frames_of(held, parts(held), {Place("1", "length"): 5.9}, 9.0) == 5
    assert [fitted(value, Input(True, None, 8, 3), True, True) for value in (3.0, 3.1, 8.5)] == [3, 6, 8]
    assert fitted(2.5, NONE, False) == 2.5 and isinstance(fitted(3, NONE, False), float)
