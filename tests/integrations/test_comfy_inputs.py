"""What stands on the nodes, number by number, and what each of them asks and shows: at a client that is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from integrations.comfyui import pictures
from integrations.comfyui.asking import Shot
from integrations.comfyui.errors import TakeOneError
from integrations.comfyui.servers import server_at
from tests.integrations import comfy_stand_in as comfy
from tests.integrations.test_comfy_nodes import STILL, _now, nodes, running
from tests.integrations.test_comfy_steps import Told, job

__all__ = ["nodes", "running"]
SECONDS, SEED, SIDE = (5.0, 0.04, 3600.0, 0.1), (1, 0, 2**32 - 1, None), (0, 0, 8192, None)
SHOT = {"seconds": SECONDS, "seed": SEED, "width": SIDE, "height": SIDE, "fps": (24.0, 1.0, 240.0, 0.001)}
METRES = (0.001, 1e6, 0.1)
NUMBERS = {
    "TakeOneCamera": {"lens": (35.0, 1.0, 2000.0, 0.1), "sensor": (36.0, 1.0, 200.0, 0.1)},
    "TakeOneDepth": {"near": (1.0, *METRES), "far": (30.0, *METRES)},
    "TakeOneCameraMove": {"seconds": SECONDS, "seed": SEED},
    "TakeOneAnimateStill": {**SHOT, "most_cost": (0.0, 0.0, 1e5, 0.1)},
    "TakeOneGuide": SHOT,
}
OPTIONAL = {
    "TakeOneCameraMove": ["camera"],
    "TakeOneAnimateStill": ["depth", "camera", "path", "last_frame", "sound", "dialogue", "most_cost", "options"],
    "TakeOneGuide": ["camera", "path"],
}


def test_every_number_that_stands_on_a_node(nodes: ModuleType) -> None:
    schemas = {node.define_schema().node_id: node.define_schema() for node in _now(nodes.TakeOne().get_node_list())}
    names, linked = ("default", "min", "max", "step"), []
    for id, schema in schemas.items():
        numbers = {one.id: tuple(map(one.args.get, names)) for one in schema.inputs if one.kind in ("INT", "FLOAT")}
        assert numbers == NUMBERS.get(id, {}), id
        assert [one.id for one in schema.inputs if one.args.get("optional")] == OPTIONAL.get(id, []), id
        linked += [one.id for one in schema.inputs if one.args.get("force_input")]
        assert schema.category == "Take One" and schema.display_name.startswith("Take One ")
        many = [one.id for one in schema.inputs if one.args.get("multiline")]
        assert set(many) <= {"words", "prompt", "dialogue"} and (not many or many[0] in ("words", "prompt"))
    assert linked == ["camera", "camera", "path", "camera", "path"]
    seeds = [one for schema in schemas.values() for one in schema.inputs if one.id == "seed"]
    assert [one.args["control_after_generate"] for one in seeds] == [False] * 3
    (meaning,) = [one for one in schemas["TakeOneDepth"].inputs if one.id == "meaning"]
    assert meaning.args["options"] == ["near is white", "near is black", "metres"]
    assert meaning.args["default"] == "near is white"


@pytest.fixture
def at(nodes: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """The nodes' client is told so."""

    def told(**answers: Any) -> Told:
        made = Told(**answers)
        monkeypatch.setattr(nodes, "_client", lambda server: made)
        return made

    return told


def test_a_move_of_words(nodes: ModuleType, at: Any, running: comfy.Running) -> None:
    client = at(path={"path": {"keyframes": []}, "notes": ["one", 2]}, models=[])
    found = nodes.TakeOneCameraMove.execute(server_at(""), "pan left", "e", 2.5, 7, '{"c": 1}').args
    assert found == ('{"keyframes": []}', "one\n2") and running.texts == [("7", "one\n2")]
    assert client.seen == [("path", Shot("e", "pan left", 2.5, 7, camera='{"c": 1}').fields())]
    at(path={"path": None}, models=[[{"id": "a", "words_path": True}, {"id": "b"}, {"id": "c", "words_path": True}]])
    with pytest.raises(TakeOneError, match=r"The engine e makes no camera path of words\. Those that do: a, c\."):
        nodes.TakeOneCameraMove.execute(server_at(""), "pan left", "e", 2.5, 7)
    at(path={"path": {"a": 1}, "notes": "none"})
    assert nodes.TakeOneCameraMove.execute(server_at(""), "x", "e", 1, 1).args == ('{"a": 1}', "")


def test_a_still_goes_out_with_all_that_stands_on_the_node(
    nodes: ModuleType, at: Any, running: comfy.Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TAKE_ONE_MOST_COST", "2")
    engine = {"id": "e", "name": "E", "priced": True}
    done = job("completed", result={"notes": ["A note."]})
    client = at(models=[[engine]], estimate={"amount": 1.5}, submit=done, download=None)
    depth = pictures.metres(pictures.one_picture(STILL, "d"), pictures.LINEAR, 1.0, 9.0)
    last = 1 - STILL
    given = (server_at(""), STILL, "go", "e", 2.0, 7, 64, 48, 25.0)
    more = (depth, '{"c": 1}', '{"p": 2}', last, "rain", "A: b", 1.5, '{"o": 3}')
    video, notes = nodes.TakeOneAnimateStill.execute(*given, *more).args
    shot = Shot("e", "go", 2.0, 7, (64, 48), 25.0, "rain", "A: b", '{"c": 1}', '{"p": 2}', '{"o": 3}')
    first, end = (pictures.png(pictures.one_picture(one, "x")) for one in (STILL, last))
    form = shot.form({"input_reference": first, "last_frame": end, "depth": pictures.exr(depth)})
    assert [one[0] for one in client.seen] == ["models", "estimate", "submit", "download"]
    assert client.seen[1] == ("estimate", shot.fields()) and client.seen[2][1].key == form.key
    assert video.file == str(client.seen[3][2]) and Path(video.file).parent == running.folder and notes == "A note."
    assert running.texts == [("7", "Costs 1.50 USD"), ("7", "A note.")] and running.shown == [(100, None)]
    free = at(models=[[{"id": "e"}]], submit=job("completed"), download=None)
    running.texts.clear()
    assert nodes.TakeOneAnimateStill.execute(*given).args[1] == ""
    assert running.texts == [("7", "Sending"), ("7", "Done")] and free.seen[1][0] == "submit"
    at(models=[[engine]], estimate={"amount": 1.5})
    with pytest.raises(TakeOneError, match=r"most_cost allows 1\.49"):
        nodes.TakeOneAnimateStill.execute(*given, most_cost=1.49)


def test_a_guide_says_how_much_is_to_be_filled(
    nodes: ModuleType, at: Any, running: comfy.Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = torch.zeros(4, 2, 2)
    mask[0, 0, 0] = 1
    about = {"fps": "24000/1001", "notes": ["A note."]}
    drawn = pictures.Guide(torch.ones(4, 2, 2, 3), mask, torch.ones(4, 2, 2, 3) / 2, about)
    monkeypatch.setattr(pictures, "read_guide", lambda path: drawn)
    client = at(guide=None)
    depth = torch.ones(48, 64).numpy()
    given = (server_at(""), STILL, depth, "go", "e", 2.0, 7, 64, 48, 25.0)
    warp, found, far, text, rate = nodes.TakeOneGuide.execute(*given, '{"c": 1}', '{"p": 2}').args
    assert (warp is drawn.warp, found is mask, far is drawn.depth, json.loads(text)) == (True, True, True, about)
    assert rate == pytest.approx(24000 / 1001)
    shot = Shot("e", "go", 2.0, 7, (64, 48), 25.0, camera='{"c": 1}', path='{"p": 2}')
    files = {"input_reference": pictures.png(pictures.one_picture(STILL, "x")), "depth": pictures.exr(depth)}
    ((name, form, file),) = client.seen
    assert (name, form.key, file.name) == ("guide", shot.form(files).key, "guide.zip")
    assert file.parent.parent == running.folder and not file.parent.exists()
    said = "4 frames, 6.2% of the picture to be filled\nA note."
    assert running.texts == [("7", "Drawing the guide"), ("7", said)] and running.shown == [(100, None)]


def test_a_text_is_shown_once(nodes: ModuleType, running: comfy.Running) -> None:
    screen = nodes._Screen("9")
    for text in ("", "a", "a", "b"):
        screen.text(text)
    screen.show(40.5, "b", "picture")
    screen.show(50.0, "c")
    assert running.texts == [("9", "a"), ("9", "b"), ("9", "c")]
    assert running.shown == [(40.5, ("JPEG", "picture", None)), (50.0, None)] and screen.bar.total == 100
    assert nodes.TakeOneServer.validate_inputs(address=None) is True  # where it is linked
    (camera,) = nodes.TakeOneCamera.execute(STILL[:, :24], 18.0, 36.0).args
    found = json.loads(camera)
    assert (found["width"], found["height"], found["fx"]) == (64, 24, 32.0)
