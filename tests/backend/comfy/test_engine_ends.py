"""A guided order in this process, and the ends of one that few see: at a fake ComfyUI, or one told its words."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.engines.comfy import follow, shelf
from backend.engines.comfy import streams as movies
from backend.engines.comfy.engine import ComfyEngine, _graph
from backend.engines.comfy.server import calls
from backend.engines.comfy.server.listen import RunState
from backend.engines.comfy.work import Work
from backend.engines.engine import Clip, EngineError
from backend.engines.hosted.wire.http import Unreached
from tests.backend.comfy.fake import FakeComfy
from tests.backend.comfy.test_engine import Asked, asked, failure, fake

__all__ = ["asked", "fake"]


def test_a_guide_is_drawn_for_what_moves_and_goes_to_its_inputs(
    fake: FakeComfy, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add(shelf.DELIVERED / "Guide and Mask.json")
    seen: list[Any] = []

    def drawn(request: Any, rate: Fraction, count: int, roles: Any, folder: Path, told: Any, stopped: Any) -> Any:
        seen.append((request, rate, count, list(roles), stopped))
        told(0.5)
        for role in roles:
            (folder / f"{role}.mp4").write_bytes(role.encode())
        return {role: folder / f"{role}.mp4" for role in roles}

    monkeypatch.setattr(movies, "streams", drawn)
    deep = dataclasses.replace(asked.request.views[0], depth=asked.request.views[0].image)
    request = dataclasses.replace(asked.request, views=(deep,), seconds=2.01)
    monkeypatch.setattr("backend.engines.comfy.engine.pictures", lambda _: {"still": b"png", "depth": b"still"})
    work = Work(request, asked.progress, asked.stop, asked.commit, {"address": fake.url})
    with work.wire() as wire:
        graph, rate = _graph(wire, shelf.workflow("Guide and Mask"), work)
    assert seen == [(request, 25, 51, ["guide", "mask", "depth"], asked.stop)] and rate == 25
    assert asked.told == [(pytest.approx(0.015), "Drawing the guide")]
    titled = {node["_meta"]["title"]: node["inputs"].get("file") for node in graph.values()}
    assert {title: fake.inputs[titled[title]] for title in ("Guide", "Mask", "Depth")} == {
        "Guide": b"guide",
        "Mask": b"mask",
        "Depth": b"depth",
    }
    assert sorted(fake.inputs.values()) == [b"depth", b"guide", b"mask", b"png"]  # a still depth has no input there
    bare = Work(asked.request, asked.progress, asked.stop, asked.commit, {"address": fake.url})
    fake.inputs.clear()
    with bare.wire() as wire, pytest.raises(EngineError, match="needs a guide"):
        _graph(wire, shelf.workflow("Guide and Mask"), bare)
    assert fake.inputs == {}  # nothing is uploaded for what can't be made


def test_a_movie_that_is_wanted_wants_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    monkeypatch.setattr("backend.engines.comfy.engine.known", lambda at, kinds: (None, "", {}, False))
    loads = {"class_type": "LoadVideo", "inputs": {"file": "a"}, "_meta": {"title": "Guide"}}
    (tmp_path / "only.json").write_text(json.dumps({"1": loads}))
    (tmp_path / "none.json").write_text(json.dumps({"1": {"class_type": "A", "inputs": {"x": ["1", 0]}}}))
    (tmp_path / "loud.json").write_text(json.dumps({"1": {"class_type": "A", "inputs": {"audio": ["1", 0]}}}))
    found = []
    for name in ("only", "none", "loud"):
        shelf.add(tmp_path / f"{name}.json")
        found.append(ComfyEngine(name).capabilities())
    assert [(one.depth, one.camera_path, one.views, one.needs_still) for one in found] == [
        (True, True, 64, False),
        (False, False, 1, False),
        (False, False, 1, False),
    ]
    assert (found[2].sound, found[2].dialogue) == (True, False)  # nobody says what is said
    assert found[1].description == "Your own workflow in ComfyUI. It uses: nothing of the shot."
    assert (found[1].sound, found[1].dialogue, found[1].prompt_form, found[1].fps) == (False, False, False, None)
    assert (found[1].sends_to, found[1].account, found[1].rate) == ("", "", None)
    gone = ComfyEngine("gone").capabilities()
    assert (gone.lane, gone.needs_still, gone.available) == ("network", False, False)


def test_an_order_that_did_not_go_out_may_be_sent_again(
    fake: FakeComfy, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise Unreached("no route.")

    monkeypatch.setattr(calls, "submit", away)
    error = failure(asked)
    assert (error.code, asked.phases) == ("unreachable", ["sending", "unsent"]) and "(no route). Start" in error.message


class Told:
    """A wire that waits on a clock of its own."""

    pace = 2.0

    def __init__(self, clock: list[float]) -> None:
        self.clock, self.waits = clock, list[float]()

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock[0] += 0.5


@pytest.mark.parametrize(
    ("over", "before", "waits"), [(False, 0, 5), (True, 0, 1), (False, 3, 5)], ids=["works", "is over", "waits"]
)
def test_one_look_and_the_words_until_the_next(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, over: bool, before: int, waits: int
) -> None:
    clock = [10.0]
    monkeypatch.setattr(follow, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(calls, "finished", lambda wire, prompt: None)
    monkeypatch.setattr(calls, "before", lambda wire, prompt: before if prompt == "p" else None)
    state = {"address": "http://127.0.0.1:1", "prompt": "p", "nodes": 4, "titles": {}}
    work = Work(asked.request, asked.progress, asked.stop, asked.commit, state)
    wire, listener = Told(clock), SimpleNamespace(state=RunState(over=over))
    assert follow._poll(wire, work, listener) is None  # type: ignore[arg-type]
    assert wire.waits == [0.1] * waits  # for a second of a pace of 2, and once more
    said = "In the queue of ComfyUI: 3 before it" if before else "Made by ComfyUI"
    assert asked.told == [(0.02 if before else 0.05, said)] * (waits - 1)


def test_what_ended_between_two_looks_is_no_loss(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    state = {"address": "http://127.0.0.1:1", "prompt": "p", "nodes": 4, "titles": {"3": "Steps"}, "rate": "12"}
    work = Work(asked.request, asked.progress, asked.stop, asked.commit, state)
    entries: list[Any] = [None, {"status": 5, "outputs": {"7": {}}}]
    monkeypatch.setattr(calls, "finished", lambda wire, prompt: entries.pop(0))
    monkeypatch.setattr(calls, "before", lambda wire, prompt: None)
    given: list[Any] = []

    def clip_of(wire: Any, prompt: str, files: Any, rate: Fraction, progress: Any) -> Clip:
        given.append((prompt, files, rate))
        progress(0.5)
        return Clip()

    monkeypatch.setattr(follow.result, "clip_of", clip_of)
    monkeypatch.setattr(follow.result, "files_of", lambda outputs, titles: [outputs, titles])
    clip = follow._poll(Told([0.0]), work, SimpleNamespace(state=RunState()))  # type: ignore[arg-type]
    assert clip is not None and clip.facts == {"prompt_id": "p", "comfyui": "http://127.0.0.1:1"}
    assert given == [("p", [{"7": {}}, {"3": "Steps"}], 12)] and asked.kept == []
    assert asked.told == [(pytest.approx(0.935), "Fetching from ComfyUI")]
    failed = {"status_str": "error", "messages": [["execution_error", {"node_id": "3", "exception_message": "no"}]]}
    entries[:] = [{"status": failed}]
    with pytest.raises(EngineError, match=r'ComfyUI failed at "Steps" \(#3\): no\.'):
        follow._poll(Told([0.0]), work, SimpleNamespace(state=RunState()))  # type: ignore[arg-type]
    assert asked.phases == ["unsent"]
