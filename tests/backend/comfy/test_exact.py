"""What an engine of a workflow says of itself, and where its files go: each answer of ComfyUI by itself."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.comfy import engine as engines
from backend.engines.comfy import follow, result, shelf, work
from backend.engines.comfy import pictures as stills
from backend.engines.comfy.engine import ComfyEngine
from backend.engines.comfy.graph import parts, spec, workflow
from backend.engines.comfy.graph.workflow import read
from backend.engines.comfy.server import address as addresses
from backend.engines.comfy.server import calls, known, listen, problems
from backend.engines.engine import EngineError
from backend.engines.hosted.wire.http import MAX_CLIP
from client.protocol import View
from devtools.take_requests import take_request
from tests.backend.draft.card import write_depth

AWAY = "ComfyUI does not answer at 127.0.0.1:8188 (refused). Start it, then try again."
LACKS = "ComfyUI lacks nodes of this workflow: A (#1). Install them with its Manager, then try again."


@pytest.fixture
def shelved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take One's folder, with the workflow "plain", of one node."""
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "plain.json").write_text(json.dumps({"1": {"class_type": "A", "inputs": {"x": 1}}}))
    shelf.add(tmp_path / "plain.json")
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("told", "reason", "fix"),
    [
        ((True, "", {"A": {}}, True), "", ""),
        ((True, "", {}, True), LACKS, "retry"),
        ((True, "", {}, False), "", ""),  # not all is known yet
        ((None, "", {}, False), "", ""),
        ((None, "", {}, True), LACKS, "retry"),
        ((False, "refused.", {}, True), AWAY, "retry"),
        ((False, "refused", {"A": {}}, False), AWAY, "retry"),
    ],
)  # fmt: skip
def test_what_it_says_by_what_is_known(
    shelved: Path, monkeypatch: pytest.MonkeyPatch, told: Any, reason: str, fix: str
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(engines, "known", lambda *words: asked.append(words) or told)
    about = ComfyEngine("plain").capabilities()
    assert asked == [("http://127.0.0.1:8188", ("A",))]
    assert (about.available, about.reason, about.fix) == (not reason, reason, fix)
    assert (about.id, about.name) == ("comfy:plain", "plain (ComfyUI)")
    assert about.description == "Your own workflow in ComfyUI. It uses: nothing of the shot."


def test_what_is_beyond_this_machine_is_not_even_asked(shelved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shelved / "accounts.json").write_text(json.dumps({"comfyui": {"address": "https://there:9", "kept": "none"}}))
    monkeypatch.setattr(addresses.accounts, "offline", lambda: True)
    monkeypatch.setattr(engines, "known", lambda *words: pytest.fail("it was asked"))
    about = ComfyEngine("plain").capabilities()
    why = "Blender's online access is off, and ComfyUI at there:9 is beyond this machine."
    assert (about.available, about.reason, about.fix) == (False, why, "online_access")
    assert about.sends_to == "there:9"  # said before it can be asked
    assert (addresses.place("http://a:1/b"), addresses.is_here("http://[::1]:1"), addresses.is_here("http://a")) == (
        *("a:1/b", True),
        False,
    )


# What it made


def file(name: str, kind: str = "output") -> dict[str, Any]:
    return {"filename": name, "subfolder": "s", "type": kind}


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ({"1": {"images": [file("a.mp4"), file("b.MOV")]}}, ["b.MOV"]),
        ({"1": {"images": [file("a.png")]}, "2": {"gifs": [file("b.webm")]}}, ["b.webm"]),
        ({"1": {"images": [file("a.png"), file("b.txt"), file("c.webp")]}, "2": {"images": [file("d.png")]}},
         ["a.png", "c.webp"]),
        ({"1": {"images": [file("a.mp4", "temp")]}, "2": {"images": [file("b.jpg")]}}, ["b.jpg"]),
        ({"1": {"images": [file("a.png", "temp")]}, "2": {"images": [file("b.mkv", "temp")]}}, ["b.mkv"]),
        ({"1": {"images": [file("a.mp4")]}, "9": {"images": [file("b.mp4")]}}, ["b.mp4"]),
        ({"1": {"images": [file("a.mp4")]}, "9": {"images": [file("b.png")]}}, ["a.mp4"]),
        ({"1": 5, "2": {"text": "x", "images": [5, {"filename": 5}, {}, file("a"), file("a.png")]}}, ["a.png"]),
        ({}, []), (None, []), ([], []),
    ],
)  # fmt: skip
def test_which_of_its_files_is_the_take(outputs: Any, found: list[str]) -> None:
    """Node 9 is titled Take."""
    assert [one["filename"] for one in result.files_of(outputs, {"1": "Other", "9": "TAKE"})] == found


def test_a_file_goes_to_a_place_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[Any] = []
    monkeypatch.setattr(result, "place", lambda *words: placed.append(words) or Path("there"))
    one = file("a.png")
    assert result._place("p1", one) == Path("there")
    assert placed == [("comfyui", {"prompt": "p1", "file": one})]


def test_pictures_are_fetched_in_their_order_within_what_may_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[Any] = []
    files = [file(f"{name}.png") for name in "abc"]
    monkeypatch.setattr(result, "_place", lambda prompt, one: tmp_path / f"{prompt}-{one['filename']}")

    def fetch(wire: Any, one: Any, path: Path, progress: Any, most: int = MAX_CLIP) -> None:
        fetched.append((wire, one, path.name, most))
        progress(0.3)
        Image.new("RGB", (8, 6)).save(path, "PNG")
        path.write_bytes(path.read_bytes() + b"x" * (1000 - path.stat().st_size))

    monkeypatch.setattr(result, "_fetch", fetch)
    told: list[float] = []
    clip = result.clip_of("wire", "p", files, Fraction(25, 2), told.append)  # type: ignore[arg-type]
    assert fetched == [("wire", one, f"p-{one['filename']}", MAX_CLIP - 1000 * k) for k, one in enumerate(files)]
    assert told == [pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0]
    assert (clip.width, clip.height, clip.fps, clip.frame_count) == (8, 6, Fraction(25, 2), 3)
    fetched.clear()
    told.clear()
    movie = result.clip_of("wire", "q", [file("m.mkv"), *files], Fraction(9), told.append)  # type: ignore[arg-type]
    assert [one[1:3] for one in fetched] == [(file("m.mkv"), "q-m.mkv")] and movie.file == tmp_path / "q-m.mkv"
    assert told == [0.3]


def test_no_file_is_no_clip() -> None:
    with pytest.raises(EngineError) as caught:
        result.clip_of("wire", "p", [], Fraction(9), lambda _: None)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.message, caught.value.fix) == (
        "engine_failed",
        "ComfyUI has done this workflow. It made no movie and no pictures: let it end with Save Video.",
        "retry",
    )


class Wire:
    """It answers the same to all."""

    label = "ComfyUI at here:1"

    def __init__(self, answer: Any, size: int) -> None:
        self.answer, self.size, self.asked = answer, size, list[Any]()

    def fetch(self, url: str, path: Path, progress: Any, most: int) -> Any:
        self.asked.append((url, path, progress, most))
        path.write_bytes(b"x" * self.size)
        return self.answer


def test_a_file_is_there_or_it_is_said_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "view", lambda wire, one: f"view {one['filename']}")
    path, one = tmp_path / "a", file("a.png")

    def refused(status: int | None, size: int) -> tuple[str, str, str]:
        wire = Wire(None if status is None else type("A", (), {"status": status})(), size)
        with pytest.raises(EngineError) as caught:
            result._fetch(wire, one, path, print)  # type: ignore[arg-type]
        assert not path.exists()
        return caught.value.code, caught.value.message, caught.value.fix

    there = Wire(None, 1)
    result._fetch(there, one, path, print, 77)  # type: ignore[arg-type]
    assert there.asked == [("view a.png", path, print, 77)] and path.exists()
    gone = ("expired", "The clip is not at ComfyUI at here:1 any more. Make it again.", "retry")
    assert [refused(*how) for how in ((None, 0), (403, 1), (404, 1), (410, 1))] == [gone] * 4
    says = "ComfyUI at here:1 answers 500 instead of the clip."
    assert refused(500, 1) == ("unreachable", says, "retry")


# What goes there


def test_near_is_bright_and_sky_is_black(tmp_path: Path) -> None:
    metres = np.tile(np.array([1.0, 2.0, 4.0, 1e10, 0.0], np.float32), (2, 1))
    grey = np.asarray(stills.depth_picture(write_depth(tmp_path / "d.exr", metres)))
    assert grey[0, :, 0].tolist() == [255, 85, 0, 0, 0] and (grey == grey[..., :1]).all() and grey.shape == (2, 5, 3)
    flat = stills.depth_picture(write_depth(tmp_path / "e.exr", np.full((2, 2), 3.0)))
    assert np.asarray(flat).max() == 0  # nothing is nearer than the rest
    sky = stills.depth_picture(write_depth(tmp_path / "f.exr", np.full((2, 2), 1e10)))
    assert np.asarray(sky).max() == 0


def test_each_picture_goes_by_its_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size, red in (("still", (64, 48), 10), ("last", (96, 48), 20)):
        Image.new("RGB", size, (red, 0, 0)).save(tmp_path / f"{name}.png")
    depth = write_depth(tmp_path / "d.exr", np.tile(np.linspace(1, 2, 64, dtype=np.float32), (48, 1)))
    monkeypatch.setattr(stills, "_png", lambda picture: (picture.size, picture.getpixel((0, 0))[0]))
    asked = take_request(size=(64, 48), still=tmp_path / "still.png", depth=depth, last_frame=tmp_path / "last.png")
    size = (64, 48)
    assert stills.pictures(asked) == {"still": (size, 10), "depth": (size, 255), "last_frame": (size, 20)}
    assert list(stills.pictures(take_request(size=(64, 48), still=tmp_path / "still.png"))) == ["still"]
    assert list(stills.pictures(take_request(last_frame=tmp_path / "last.png"))) == ["last_frame"]
    assert stills.pictures(take_request()) == {}
    assert View(depth).depth is None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "it is no JSON"),
        (b'{"a": NaN}', "it is no JSON"),
        (b"[]", "it is no JSON object"),
        (b'{"nodes": []}', "it was saved for the canvas: export it with Export (API) in ComfyUI's menu"),
        (b"{}", "it has 0 nodes, and 1 to 1000 can be used"),
        (b'{"1": {"class_type": "", "inputs": {}}}',
         "its part '1' is no node. Export it with Export (API) in ComfyUI's menu"),
        (b'{"1": {"class_type": "A"}}', "its part '1' is no node. Export it with Export (API) in ComfyUI's menu"),
        (b'{"a": ' + b"[" * 64 + b"]" * 64 + b"}", "it is nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_no_workflow_to_the_word(data: bytes, why: str) -> None:
    with pytest.raises(EngineError) as caught:
        read(data)
    assert (caught.value.code, caught.value.message) == ("workflow_unfit", f"This workflow can't be used: {why}.")


def test_what_was_sent_is_a_workflow_too() -> None:
    plain = {"1": {"class_type": "A", "inputs": {"x": ["2", 0]}, "_meta": {"title": "T"}}}
    node = read(json.dumps({"prompt": plain}).encode()).nodes["1"]
    assert (node.id, node.kind, node.title, node.label) == ("1", "A", "T", '"T" (#1)')
    assert read(json.dumps(plain).encode()).nodes["1"] == node


def test_the_bounds_of_what_a_workflow_and_its_server_may_say() -> None:
    assert (listen.MAX_MESSAGE, listen.MAX_DONE, listen.MAX_PREVIEW) == (16_777_216, 10_000, 4096)
    assert (known.FRESH_SECONDS, known.KIND_SECONDS, known.WAIT_SECONDS) == (5.0, 60.0, 0.4)
    assert (follow.LOOK_SECONDS, follow.STEP_SECONDS, follow.LOOK_FOR_SECONDS, follow.AWAY_SECONDS) == (1, 0.1, 8, 600)
    assert (parts.MAX_SETTINGS, parts.LIMIT, spec.MAX_CHOICES, spec.MAX_NUMBER) == (40, 2_147_483_647, 500, 1e300)
    assert (workflow.MAX_FILE, workflow.MAX_NODES, workflow.MAX_NAME) == (1_048_576, 1000, 200)
    assert (work.MAX_TITLES, engines.TRIES, calls.UPLOADS, problems.MOST) == (8192, 2, 3, 4)
    assert (shelf.MOST, shelf.PREFIX, result.MAX_PICTURES) == (100, "comfy:", 20_000)
