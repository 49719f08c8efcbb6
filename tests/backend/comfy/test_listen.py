"""What is made of ComfyUI's messages, also of such as make no sense, and which of its files is the take."""

from __future__ import annotations

import io
import json
import struct
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.comfy import result
from backend.engines.comfy.result import clip_of, files_of
from backend.engines.comfy.server.listen import Listener, RunState, on_message, picture
from backend.engines.comfy.work import facts_of
from backend.engines.engine import EngineError
from backend.jobs.workers.worker import MAX_STATE
from tests.backend.hosted.fakes.fake import KEY
from tests.backend.hosted.test_wire import REDIRECTS, Elsewhere, elsewhere

__all__ = ["elsewhere"]


def event(state: RunState, kind: str, **data: object) -> RunState:
    return on_message(state, json.dumps({"type": kind, "data": {"prompt_id": "ours", **data}}), "ours")


def test_messages_tell_the_node_and_how_far() -> None:
    state = event(RunState(), "execution_cached", nodes=["1"])
    state = event(state, "executing", node="2")
    state = event(state, "executing", node="3")
    assert (state.node, state.done, state.fraction(8)) == ("3", frozenset({"1", "2"}), 0.25)
    state = event(state, "progress", node="3", value=3, max=4)
    assert state.fraction(8) == 2.75 / 8
    assert event(state, "progress", node="2", value=1, max=1) == state
    assert event(state, "progress", node="3", value=1, max=1, prompt_id="theirs") == state
    assert not state.over
    state = event(state, "executing", node=None)
    assert (state.over, state.done) == (True, frozenset({"1", "2", "3"}))


def test_previews_are_seen_with_their_data_and_without() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (5, 4), (9, 200, 30)).save(buffer, "PNG")
    file = buffer.getvalue()
    assert on_message(RunState(), struct.pack(">II", 1, 2) + file, "ours").preview == file
    for prompt, seen in (("ours", file), ("theirs", b"")):
        data = json.dumps({"prompt_id": prompt}).encode()
        assert on_message(RunState(), struct.pack(">II", 4, len(data)) + data + file, "ours").preview == seen
    shown = picture(file)
    assert shown is not None
    assert shown.shape == (4, 5, 3)
    assert np.array_equal(shown[2, 3], (9, 200, 30))


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        '{"type": "progress"}',
        '{"type": "progress", "data": {"value": "a", "max": 1}}',
        '{"type": "execution_cached", "data": {"nodes": 5}}',
        '{"type": "crystools.monitor", "data": {"cpu": 3}}',
        "[" * 9000,
        b"",
        b"\0\0\0\1",
        struct.pack(">II", 4, 2**31) + b"{}",
        struct.pack(">II", 3, 5) + b"hello",
    ],
)
def test_what_makes_no_sense_changes_nothing(message: str | bytes) -> None:
    state = RunState(True, False, "2", 0.5, frozenset({"1"}))
    assert on_message(state, message, "ours") == state


def test_what_is_no_picture_is_none() -> None:
    assert picture(b"GIF89a") is None
    buffer = io.BytesIO()
    Image.new("1", (5000, 2)).save(buffer, "PNG")
    assert picture(buffer.getvalue()) is None


def test_the_take_is_the_movie_of_the_node_titled_so_then_what_is_kept() -> None:
    def file(name: str, kind: str = "output") -> dict[str, str]:
        return {"filename": name, "subfolder": "", "type": kind}

    outputs = {
        "1": {"images": [file("a.png")]},
        "2": {"gifs": [file("b.mp4")], "text": ["c.mp4"]},
        "3": {"images": [file("d.webm", "temp")], "animated": [True]},
        "4": {"images": [file("d.mp4"), file("e.mp4")]},  # the last one is whole
    }
    assert [one["filename"] for one in files_of(outputs, {})] == ["b.mp4"]
    assert [one["filename"] for one in files_of(outputs, {"4": "Take"})] == ["e.mp4"]
    several = {
        "5": {"images": [file("1.png"), file("2.png"), {"filename": 3}, "x"]},
        "6": {"images": [file("t.mp4", "temp")]},
    }
    assert [one["filename"] for one in files_of(several, {})] == ["1.png", "2.png"]
    assert files_of({"7": {"audio": [file("f.flac")]}, "8": None}, {}) == []
    assert files_of(None, {}) == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_the_websocket_goes_nowhere_else(elsewhere: Elsewhere, status: int) -> None:
    near = Elsewhere(status, elsewhere.url)
    try:
        with Listener(near.url, "client", "prompt", {"Authorization": f"Bearer {KEY}"}):
            until = time.monotonic() + 60
            while not near.seen:
                assert time.monotonic() < until
                time.sleep(0.01)
            (thread,) = (one for one in threading.enumerate() if one.name == "ComfyUI")
        thread.join(60)
        assert not thread.is_alive()
    finally:
        near.close()
    assert near.seen[0] == ("GET", f"Bearer {KEY}")
    assert elsewhere.seen == []


class Gallery:
    """A wire that brings the same picture for every file, as far as so many bytes may come."""

    label = "ComfyUI"
    address = "http://127.0.0.1:8188"

    def __init__(self, picture: bytes) -> None:
        self._picture = picture
        self.asked: list[int] = []

    def fetch(self, url: str, path: Path, progress: object, most: int = 0) -> None:
        self.asked.append(most)
        path.write_bytes(self._picture[: most + 1])
        if len(self._picture) > most:
            raise EngineError("engine_failed", "It is larger than 2 GiB.", "")


def test_all_pictures_of_a_result_share_what_may_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), (9, 200, 30)).save(buffer, "PNG")
    size = len(buffer.getvalue())
    monkeypatch.setattr(result, "MAX_CLIP", 3 * size)
    files = [{"filename": f"{index}.png", "subfolder": "", "type": "output"} for index in range(4)]

    def made(count: int) -> Gallery:
        gallery = Gallery(buffer.getvalue())
        clip = clip_of(gallery, "prompt", files[:count], Fraction(8), lambda _: None)  # type: ignore[arg-type]
        assert clip.frames is not None
        assert [frame.shape for frame in clip.frames] == [(6, 8, 3)] * count
        return gallery

    assert made(3).asked == [3 * size, 2 * size, size]
    with pytest.raises(EngineError, match="larger than"):
        made(4)
    assert list((tmp_path / "downloads").iterdir()) == []


@pytest.mark.parametrize("letter", ["a", "画", '"', "\x07"])
def test_what_is_kept_of_a_workflow_fits_into_a_state(letter: str) -> None:
    """A thousand nodes with the longest titles, in letters that JSON writes longer than they are."""
    graph = {f"{index:0200}": {"_meta": {"title": letter * 200}} for index in range(1000)}
    state = facts_of(graph, Fraction(24)) | {"phase": "sending", "id": "x" * 36, "address": "http://" + "a" * 253}
    assert len(json.dumps(state)) < MAX_STATE - 1000
    assert state["nodes"] == 1000
    assert len(state["titles"]) > 5
