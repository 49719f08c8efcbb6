"""What is made of ComfyUI's messages, also of such as make no sense, and which of its files is the take."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
from PIL import Image

from backend.engines.comfy.result import files_of
from backend.engines.comfy.server.listen import Heard, hear, picture


def told(heard: Heard, kind: str, **data: object) -> Heard:
    return hear(heard, json.dumps({"type": kind, "data": {"prompt_id": "ours", **data}}), "ours")


def test_messages_tell_the_node_and_how_far() -> None:
    heard = told(Heard(), "execution_cached", nodes=["1"])
    heard = told(heard, "executing", node="2")
    heard = told(heard, "executing", node="3")
    assert (heard.node, heard.done, heard.fraction(8)) == ("3", frozenset({"1", "2"}), 0.25)
    heard = told(heard, "progress", node="3", value=3, max=4)
    assert heard.fraction(8) == 2.75 / 8
    assert told(heard, "progress", node="2", value=1, max=1) == heard
    assert told(heard, "progress", node="3", value=1, max=1, prompt_id="theirs") == heard
    assert not heard.over
    heard = told(heard, "executing", node=None)
    assert (heard.over, heard.done) == (True, frozenset({"1", "2", "3"}))


def test_previews_are_seen_with_their_data_and_without() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (5, 4), (9, 200, 30)).save(buffer, "PNG")
    file = buffer.getvalue()
    assert hear(Heard(), struct.pack(">II", 1, 2) + file, "ours").preview == file
    for prompt, seen in (("ours", file), ("theirs", b"")):
        data = json.dumps({"prompt_id": prompt}).encode()
        assert hear(Heard(), struct.pack(">II", 4, len(data)) + data + file, "ours").preview == seen
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
    heard = Heard(True, False, "2", 0.5, frozenset({"1"}))
    assert hear(heard, message, "ours") == heard


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
        "4": {"images": [file("e.mp4")]},
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
