"""The nodes, run as ComfyUI runs them, with a service behind them."""

from __future__ import annotations

import importlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import pytest
import torch

from client.protocol import Camera
from client.protocol.codec import from_json
from integrations.comfyui.errors import TakeOneError
from integrations.comfyui.servers import server_at
from tests.backend.service_process import Service, open_gate, shut
from tests.integrations import comfy_stand_in as comfy
from tests.integrations.conftest import Answers, say
from tests.integrations.test_comfy_pictures import guide

PACK = Path(__file__).resolve().parents[2] / "integrations" / "comfyui"
STILL = torch.linspace(0, 1, 48 * 64 * 3).reshape(1, 48, 64, 3)
STANDARD = {"engine": "scripted", "seconds": 0.5, "seed": 21, "width": 0, "height": 0, "fps": 12.0}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[comfy.Running]:
    before = set(sys.modules)
    yield comfy.install(tmp_path)
    for name in set(sys.modules) - before:
        if name.startswith(("comfy", "folder_paths", "server", "integrations.comfyui.nodes")):
            del sys.modules[name]


@pytest.fixture
def nodes(running: comfy.Running) -> ModuleType:
    return importlib.import_module("integrations.comfyui.nodes")


def animate(nodes: ModuleType, **changes: Any) -> tuple[Any, ...]:
    values = {"server": server_at(""), "image": STILL, "prompt": "A quiet room", **STANDARD, **changes}
    found: tuple[Any, ...] = nodes.TakeOneAnimateStill.execute(**values).args
    return found


def test_a_still_becomes_a_video(nodes: ModuleType, running: comfy.Running, client: object, tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    def let_through() -> None:
        until = time.monotonic() + 60
        while ("7", "Filming") not in running.texts and time.monotonic() < until:
            time.sleep(0.01)
        open_gate(gate)

    options = json.dumps(shut(gate))
    threading.Thread(target=let_through).start()
    video, notes = animate(nodes, options=options)
    with av.open(video.file) as film:
        assert sum(1 for _ in film.decode(video=0)) == 6
        assert (film.streams.video[0].width, film.streams.audio[0].rate) == (64, 48_000)
    assert notes == "A scripted take."
    assert running.shown[-1] == (100, None)
    assert ("7", "Filming") in running.texts
    assert running.texts[-1] == ("7", "A scripted take.")


def test_an_interruption_reaches_comfyui_as_its_own(
    nodes: ModuleType, running: comfy.Running, client: object, service: Service, tmp_path: Path
) -> None:
    running.interrupt_at = 20.0
    half = shut(tmp_path / "gate")
    (tmp_path / "gate").write_bytes(b"." * 12)  # of 24 frames
    with pytest.raises(comfy.Interrupted):
        animate(nodes, seed=22, seconds=2.0, options=json.dumps(half))
    assert service.http.get("/v1/videos").json()["data"][0]["status"] == "cancelled"


def test_what_costs_is_not_ordered_unasked(nodes: ModuleType, client: object, running: comfy.Running) -> None:
    with pytest.raises(TakeOneError, match=r"costs about 0\.12 USD"):
        animate(nodes, engine="hosted")
    with pytest.raises(TakeOneError, match="both width and height"):
        animate(nodes, width=64)
    with pytest.raises(TakeOneError, match="image holds 2 pictures"):
        animate(nodes, image=STILL.repeat(2, 1, 1, 1))


def test_a_server_says_what_it_has(nodes: ModuleType, client: object, running: comfy.Running) -> None:
    server, engines = nodes.TakeOneServer.execute(address="").args
    assert server == server_at("")
    assert engines.splitlines()[0] == "scripted: Scripted, sound, dialogue, depth, path"
    assert "elsewhere: Elsewhere (not ready: It is elsewhere.)" in engines
    assert running.texts == [("7", engines)]
    assert nodes.TakeOneServer.validate_inputs(address="") is True
    assert "no address" in nodes.TakeOneServer.validate_inputs(address="ftp://a")
    with pytest.raises(TakeOneError, match=r"scripted makes no camera path of words\. Those that do: none there"):
        nodes.TakeOneCameraMove.execute(server, "push in", "scripted", 1.0, 1)


def test_a_lens_makes_the_camera_that_take_one_reads(nodes: ModuleType) -> None:
    (wide,) = nodes.TakeOneCamera.execute(STILL, 50.0, 36.0).args
    camera = from_json(Camera, json.loads(wide))
    assert (camera.width, camera.height, camera.cx, camera.cy) == (64, 48, 32, 24)
    assert camera.fx == camera.fy == pytest.approx(50 / 36 * 64)
    (tall,) = nodes.TakeOneCamera.execute(STILL.transpose(1, 2), 50.0, 36.0).args
    assert json.loads(tall)["fx"] == pytest.approx(camera.fx)


def test_a_guide_comes_as_pictures(
    nodes: ModuleType, running: comfy.Running, know: Callable[..., Any], answers: Callable[..., Answers], tmp_path: Path
) -> None:
    data = guide(tmp_path / "made.zip").read_bytes()
    other = answers(lambda handler: say(handler, 200, data))
    know(other.url)
    (depth,) = nodes.TakeOneDepth.execute(STILL, "near is white", 2.0, 10.0).args
    given = {"server": server_at(""), "image": STILL, "depth": depth, "prompt": "push in", **STANDARD}
    warp, mask, distances, cameras, fps = nodes.TakeOneGuide.execute(**given).args
    assert (warp.shape, mask.shape, distances.shape) == ((5, 18, 32, 3), (5, 18, 32), (5, 18, 32, 3))
    assert (len(json.loads(cameras)["frames"]), fps) == (5, pytest.approx(23.976, abs=1e-3))
    path, token, body = other.calls[0]
    assert (path, token.startswith("Bearer ")) == ("/v1/guide", True)
    assert [body.count(b'; name="%s"' % name) for name in (b"input_reference", b"depth", b"prompt", b"fps")] == [1] * 4
    assert list(running.folder.glob("take_one_*")) == []


def test_every_node_is_offered_and_named(nodes: ModuleType) -> None:
    package = importlib.import_module("integrations.comfyui")
    offered = _now(_now(package.comfy_entrypoint()).get_node_list())
    schemas = [node.define_schema() for node in offered]
    assert [schema.node_id for schema in schemas] == [
        "TakeOneServer",
        "TakeOneCamera",
        "TakeOneDepth",
        "TakeOneCameraMove",
        "TakeOneAnimateStill",
        "TakeOneGuide",
    ]
    for schema in schemas:
        ids = [thing.id for thing in [*schema.inputs, *schema.outputs]]
        assert len(ids) == len(set(ids)), schema.node_id
        assert "token" not in json.dumps([thing.id for thing in schema.inputs])


@pytest.mark.parametrize("name", sorted(path.name for path in (PACK / "example_workflows").glob("*.json")))
def test_the_examples_fit_the_nodes(name: str, nodes: ModuleType) -> None:
    schemas = {node.define_schema().node_id: node.define_schema() for node in _now(nodes.TakeOne().get_node_list())}
    text = (PACK / "example_workflows" / name).read_text(encoding="utf-8")
    used = [node for node in json.loads(text)["nodes"] if node["type"].startswith("TakeOne")]
    assert len(used) >= 2
    for node in used:
        schema = schemas[node["type"]]
        linked = {given["name"]: given["type"] for given in node["inputs"] if given.get("link") is not None}
        kinds = {thing.id: thing.kind for thing in schema.inputs}
        assert {name: kinds.get(name) for name in linked} == linked
        needed = [thing.id for thing in schema.inputs if not thing.args.get("optional") and "default" not in thing.args]
        assert set(needed) <= set(linked), node["type"]
        assert [given["type"] for given in node["outputs"]] == [thing.kind for thing in schema.outputs]
        widgets = [thing for thing in schema.inputs if "default" in thing.args]
        assert len(node["widgets_values"]) == len(widgets), node["type"]


def _now(awaited: Any) -> Any:
    """What a coroutine that waits for nothing returns."""
    try:
        awaited.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")
