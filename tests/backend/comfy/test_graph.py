"""What is read out of a workflow, and what is sent of it: pure functions."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backend.engines.comfy import shelf
from backend.engines.comfy.graph.fill import fill, fitted, rate_of, values
from backend.engines.comfy.graph.parts import option, parts
from backend.engines.comfy.graph.spec import Input, Kind, Kinds, kind_of, of
from backend.engines.comfy.graph.workflow import MAX_FILE, Place, read
from backend.engines.engine import EngineError
from client.protocol import Direction, TakeRequest
from tests.backend.comfy.workflows import workflow

OBJECT_INFO = json.loads((Path(__file__).parent / "object_info.json").read_text(encoding="utf-8"))
KINDS: Kinds = {name: kind_of(data) for name, data in OBJECT_INFO.items()}


NODE = {"class_type": "A", "inputs": {}}


def request(**more: Any) -> TakeRequest:
    fields = {"seconds": 2.5, "fps": Fraction(24000, 1001), "size": (1280, 720), "seed": 77, **more}
    return TakeRequest(engine="comfy:x", direction=Direction("She turns", (), "rain"), views=(), **fields)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"1": ' * 90 + b"1" + b"}" * 90, "nested"),
        (b"[]", "no JSON object"),
        (b"{}", "0 nodes"),
        (b'{"nodes": [], "links": []}', "Export (API)"),
        (b'{"1": {"class_type": "A"}}', "no node"),
        (b'{"1": {"class_type": 5, "inputs": {}}}', "no node"),
        (b'{"1": {"class_type": "A", "inputs": {"x": NaN}}}', "no JSON"),
        (b'{"a": "\\ud800"}', "no JSON"),
        (b" " * (MAX_FILE + 1), "larger than 1 MiB"),
        (b" " * MAX_FILE, "no JSON"),
        (json.dumps(dict.fromkeys(range(1001), NODE)).encode(), "1001 nodes"),
        (json.dumps({"1": {**NODE, "class_type": "A" * 201}}).encode(), "no node"),
        (json.dumps({"1" * 201: NODE}).encode(), "no node"),
        (b'{"prompt": [1]}', "no node"),
    ],
    ids=range(16),
)
def test_what_is_no_workflow_says_why(data: bytes, why: str) -> None:
    with pytest.raises(EngineError, match="can't be used") as raised:
        read(data)
    assert raised.value.code == "workflow_unfit"
    assert why in raised.value.message


def test_a_workflow_may_be_so_large() -> None:
    assert len(read(json.dumps(dict.fromkeys(range(1000), NODE)).encode()).nodes) == 1000
    sent = {"prompt": {"1" * 200: {**NODE, "class_type": "A" * 200, "_meta": {"title": " a\n b "}}}}
    (node,) = read(json.dumps(sent).encode()).nodes.values()  # as it was sent to ComfyUI
    assert (len(node.id), len(node.kind), node.title, node.label) == (200, 200, "a b", f'"a b" (#{node.id})')


def test_what_comfyui_says_of_an_input() -> None:
    said = {
        "a": ["COMBO", {"options": ["x", "y", 3], "tooltip": "Which"}],
        "b": ["INT", {"options": ["x"], "min": -1, "max": 1e300, "step": 2, "tooltip": None}],
        "c": [["x", "y"]],
        "d": "text",
        "e": [],
        "f": ["INT", None],
    }
    found = kind_of({"input": {"required": said, "optional": 5}, "output_node": True})
    assert found.is_output
    assert found.inputs == {
        "a": Input(True, choices=("x", "y"), tooltip="Which"),
        "b": Input(True, -1, 1e300, 2),
        "c": Input(True, choices=("x", "y")),
        **dict.fromkeys("def", Input(True)),
    }
    for nothing in (None, [], {"input": 3}, {"output_node": 1}):
        assert kind_of(nothing) == Kind({})


def test_of_two_readers_the_one_with_larger_steps_counts() -> None:
    flow = workflow(
        n1=("PrimitiveInt", "Length", {"value": 9}),
        n2=("Fine", "", {"length": ["1", 0]}),
        n3=("Coarse", "", {"length": ["1", 0]}),
    )
    steps = {"Fine": 1, "Coarse": 8}
    kinds = {name: kind_of({"input": {"required": {"length": ["INT", {"step": by}]}}}) for name, by in steps.items()}
    assert of(flow, kinds, Place("1", "value")).step == 8


def test_titles_say_what_gets_what_and_a_primitive_hands_on_what_its_reader_takes() -> None:
    flow = workflow(
        n1=("LoadImage", "Last Frame", {"image": "a.png"}),
        n2=("LoadImage", "STILL", {"image": "b.png"}),
        n3=("PrimitiveInt", "Length", {"value": 81}),
        n4=(
            "WanFirstLastFrameToVideo",
            "Size",
            {"width": 832, "height": 480, "length": ["3", 0], "end_image": ["1", 0]},
        ),
        n5=("CLIPTextEncode", "Prompt", {"text": "old", "clip": ["9", 0]}),
        n6=("KSampler", "Seed", {"seed": 1, "steps": 20, "cfg": 5.0}),
        n7=("CLIPTextEncode", "Sound", {"text": ["5", 0]}),
        n8=("CreateVideo", "", {"images": ["4", 0], "fps": 16.0, "audio": ["2", 1]}),
        n9=("Words", "Sound Prompt", {"string": "old", "text": ["5", 0]}),
        n10=("Clock", "Seconds", {"time": 3.0, "zone": "x", "on": True}),  # its only number
        n11=("Clock", "Duration", {"seconds": ["10", 0], "other": 3.0}),  # which has its own already
        n12=("Clock", "Frame Rate", {"a": 3.0, "b": 3.0}),
        n13=("CreateVideo", "", {"images": ["4", 0], "fps": 241.0}),
    )
    found = parts(flow)
    assert found.places == {
        "sound": (Place("9", "string"),),
        "seconds": (Place("10", "time"),),
        "last_frame": (Place("1", "image"),),
        "still": (Place("2", "image"),),
        "length": (Place("3", "value"),),
        "width": (Place("4", "width"),),
        "height": (Place("4", "height"),),
        "prompt": (Place("5", "text"),),
        "seed": (Place("6", "seed"),),
    }
    assert (found.rate, found.sound, found.unused) == (
        Fraction(16),
        True,
        ('"Sound" (#7)', '"Duration" (#11)', '"Frame Rate" (#12)'),
    )
    assert parts(workflow(n1=("CreateVideo", "", {"images": ["4", 0], "fps": 241.0}))).rate is None
    assert parts(workflow(n1=("CreateVideo", "", {"images": ["4", 0], "frame_rate": 240}))).rate == 240
    ntsc = parts(workflow(n1=("CreateVideo", "", {"images": ["4", 0], "fps": 23.976}))).rate
    assert ntsc == Fraction(24000, 1001)
    inputs = {"length": ["INT", {"min": 3, "max": 161, "step": 4}], "width": ["INT", {"min": 16, "step": 16}]}
    inputs["height"] = ["INT", {"min": 16, "step": 32}]
    kinds = {
        "WanFirstLastFrameToVideo": kind_of({"input": {"required": inputs}}),
        "PrimitiveInt": kind_of({"input": {"required": {"value": ["INT", {"min": -(2**63), "max": 2**63}]}}}),
    }
    filled = values(flow, found, kinds, request(), "She turns.")
    assert filled == {
        Place("3", "value"): 43,  # 40 frames are 2.5 s at 16 a second, and 4n + 3 are made
        Place("4", "width"): 1280,
        Place("4", "height"): 720 - 720 % 32 + 16,
        Place("5", "text"): "She turns.",
        Place("6", "seed"): 77,
        Place("9", "string"): "rain",
        Place("10", "time"): 2.5,
    }


def test_lengths_and_sizes_stay_on_the_steps_and_within_the_range() -> None:
    ltx = Input(True, low=9, high=257, step=8)
    assert [fitted(wanted, ltx, True, up=True) for wanted in (1, 9, 10, 60, 97, 98, 1000)] == [
        9,
        9,
        17,
        65,
        97,
        105,
        257,
    ]
    assert [fitted(9, Input(True, step=step), True, up=True) for step in (0, 1, 2, 8)] == [9, 9, 10, 16]
    side = Input(True, low=64, high=4096, step=32)
    assert [fitted(wanted, side, True) for wanted in (50, 719, 721, 1080, 9000)] == [64, 704, 736, 1088, 4096]
    assert fitted(0.333, Input(True, low=0.0, high=1.0, step=0.01), False) == 0.333


def test_a_rate_that_can_be_set_is_the_edits() -> None:
    flow = workflow(
        n1=("PrimitiveFloat", "FPS", {"value": 24.0}),
        n2=("RepeatImageBatch", "Frames", {"image": ["9", 0], "amount": 1}),
        n3=("CreateVideo", "", {"images": ["2", 0], "fps": ["1", 0]}),
    )
    found = parts(flow)
    filled = values(flow, found, {}, request(), "")
    assert filled[Place("1", "value")] == pytest.approx(24000 / 1001)
    assert filled[Place("2", "amount")] == 60  # 59.94 of them
    assert rate_of(found, filled) == Fraction(24000, 1001)


def test_settings_are_marked_nodes_and_krita_parameters_with_their_ranges() -> None:
    flow = workflow(
        n1=("KSampler", "Steps (parameter)", {"seed": 3, "steps": 20, "cfg": 5.0}),
        n2=("Thing", "Look (Parameter)", {"tint": 0.5, "on": True, "image": ["1", 0]}),
        n3=(
            "ETN_Parameter",
            "x",
            {"name": "2. Grade/1. Quality", "type": "number", "default": 1, "min": 0, "max": 2.5},
        ),
        n4=("ETN_Parameter", "y", {"name": "Words", "type": "prompt (positive)", "default": "a"}),
        n5=("ETN_Parameter", "z", {"name": "Sampler", "type": "choice", "default": "euler"}),
        n6=("Pick", "", {"sampler": ["5", 0], "strength": ["3", 0], "text": ["4", 0]}),
        n7=("ETN_Parameter", "", {"name": "Nothing", "type": "auto"}),  # a stranger's may lack anything
        n8=("ETN_Parameter", "", {"name": "Nothing either", "default": None}),
        n9=("ETN_Parameter", "", {"name": "No text", "type": "text", "default": 5}),
        n10=("ETN_Parameter", "", {"name": "Over", "type": "number (integer)", "default": 5, "min": 6, "max": 9}),
        n11=("ETN_Parameter", "", {"name": "Under", "type": "number", "default": 5.5, "min": 6, "max": 9}),
        n12=("ETN_Parameter", "", {"name": "Free", "type": "number (integer)", "default": 5}),
        n13=("Noise", "Grain (parameter)", {"noise_seed": 4}),  # a setting, so that it gets no seed of its own
    )
    found = parts(flow)
    assert [(one.name, one.label, one.kind, one.default) for one in found.settings] == [
        ("steps", "Steps", "int", 20),
        ("look_tint", "Look: tint", "float", 0.5),
        ("look_on", "Look: on", "bool", True),
        ("quality_2", "Quality", "float", 1.0),  # quality alone means something else
        ("sampler", "Sampler", "text", "euler"),
        ("over", "Over", "int", 5),
        ("under", "Under", "float", 5.5),
        ("free", "Free", "int", 5),
        ("grain", "Grain", "int", 4),
    ]
    assert found.places == {"prompt": (Place("4", "default"),), "seed": (Place("1", "seed"),)}
    inputs = {"sampler": [["heun", "euler"], {}], "strength": ["FLOAT", {"min": 0, "max": 9}]}
    kinds = {
        "Pick": kind_of({"input": {"optional": inputs}}),
        "KSampler": kind_of({"input": {"required": {"steps": ["INT", {"min": 1, "max": 30}]}}}),
    }
    shown = [option(setting, of(flow, kinds, setting.place)) for setting in found.settings]
    assert [(one.kind, one.low, one.high) for one in shown] == [
        ("int", 1, 30),
        ("float", None, None),
        ("bool", None, None),
        ("float", 0, 2.5),
        ("enum", None, None),
        *[("int", 1 - 2**31, 2**31 - 1), ("float", None, None)],  # ranges that their own values do not lie in
        *[("int", 1 - 2**31, 2**31 - 1)] * 2,
    ]
    assert [choice.value for choice in shown[4].choices] == ["heun", "euler"]
    asked = request(options={"steps": 8, "sampler": "heun"})
    graph = fill(flow, found, kinds, values(flow, found, kinds, asked, "b"))
    assert set(graph) == {"1", "2", "6", "13"}
    assert [graph[id]["_meta"]["title"] for id in ("1", "6")] == ["Steps (parameter)", "Pick"]
    assert graph["1"]["inputs"] == {"seed": 77, "steps": 8, "cfg": 5.0}
    assert graph["6"]["inputs"] == {"sampler": "heun", "strength": 1, "text": "b"}


def test_what_lacks_its_picture_is_left_out_as_far_as_nodes_can_do_without() -> None:
    side = read((shelf.DELIVERED / "Side by Side.json").read_bytes())
    found = parts(side)
    filled: dict[Place, Any] = {Place("1", "image"): "take-one/still.png"}
    graph = fill(side, found, KINDS, filled)
    assert set(graph) == {"1", "5", "6", "7", "8"}
    assert "image2" not in graph["5"]["inputs"]
    assert graph["5"]["inputs"]["direction"] == "right"
    with pytest.raises(EngineError, match='needs a still: without, nothing comes to "Take"'):
        fill(side, found, KINDS, {Place("2", "image"): "take-one/last.png"})
    assert side.nodes["5"].inputs["image2"] == ["2", 0]  # the workflow itself is as it was


def test_every_delivered_workflow_uses_still_length_and_saves_a_take() -> None:
    assert len(shelf.delivered()) == 6
    for name in shelf.delivered():
        flow = read((shelf.DELIVERED / f"{name}.json").read_bytes())
        found = parts(flow)
        assert found.has("still"), name
        assert found.has("length") or found.moving(), name  # what is guided is as long as its guide
        assert found.unused == (), name
        assert [node.kind for node in flow.nodes.values() if node.title == "Take"] == ["SaveVideo"], name


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "1" + "0" * 400])
def test_a_number_that_no_card_can_show_is_taken_as_not_given(number: str) -> None:
    about = json.loads(
        f'{{"input": {{"required": {{"cfg": ["FLOAT", {{"min": {number}, "max": 7.5, "step": {number}}}]}}}}}}'
    )
    found = kind_of(about).inputs["cfg"]
    assert (found.low, found.high, found.step) == (None, 7.5, 0.0)
