"""What comes from ComfyUI, limit by limit: messages, what is known of it, its files; and the files that go there."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.comfy import shelf, streams
from backend.engines.comfy.graph.spec import kind_of
from backend.engines.comfy.graph.workflow import MAX_FILE
from backend.engines.comfy.pictures import pictures
from backend.engines.comfy.result import clip_of, files_of
from backend.engines.comfy.server import known as knowing
from backend.engines.comfy.server.listen import Listener, RunState, on_message, picture
from backend.engines.engine import EngineError
from backend.engines.hosted.wire.http import Answer, Unreached
from backend.guide.guide import GuideFrame
from devtools.take_requests import take_request


def event(state: RunState, kind: str, **data: Any) -> RunState:
    return on_message(state, json.dumps({"type": kind, "data": data}), "ours")


def test_what_each_message_changes() -> None:
    state = RunState(True, node="2", done=frozenset("1"))
    assert event(RunState(), "execution_start") == RunState(True)
    assert event(RunState(), "execution_cached", nodes=[3, "4"]) == RunState(True, done=frozenset("34"))
    assert event(RunState(node="2"), "progress", value=1, max=4) == RunState(True, node="2", within=0.25)
    assert [event(state, "progress", value=value, max=most).within for value, most in ((5, 4), (-1, 4), (0.5, 0))] == [
        1,
        0,
        0.5,
    ]
    assert event(state, "executing", node=7) == RunState(True, node="7", done=frozenset("12"))
    assert event(RunState(over=True), "executing", node="1").over
    for kind in ("execution_success", "execution_error", "execution_interrupted"):
        assert event(state, kind) == RunState(True, True, "2", 0.0, frozenset("1"))
    assert event(state, "executed", node="2") == state
    many = event(RunState(), "execution_cached", nodes=list(range(10_000)))
    assert len(many.done) == 10_000
    assert event(many, "execution_cached", nodes=[10_001]).done == many.done
    assert event(many, "executing", node="x").node == "x"
    assert RunState(done=frozenset("123"), within=0.5).fraction(7) == 0.5
    assert RunState(done=frozenset("123")).fraction(0) == 1.0 and RunState(within=0.5).fraction(0) == 0.5


def test_a_preview_is_what_is_behind_its_head() -> None:
    state, head = RunState(preview=b"old"), struct.pack(">II", 1, 2)
    assert on_message(state, head, "ours").preview == b"" and on_message(state, head[:7], "ours") is state
    for data in (b"[]", b"\xff{", b"{"):
        assert on_message(state, struct.pack(">II", 4, len(data)) + data + b"new", "ours") is state
    assert on_message(state, struct.pack(">II", 4, 2) + b"{}new", "ours").preview == b"new"
    sizes = {}
    for width in (4096, 4097):
        buffer = io.BytesIO()
        Image.new("L", (width, 1)).save(buffer, "PNG")
        sizes[width] = picture(buffer.getvalue())
    assert sizes[4096] is not None and sizes[4096].shape == (1, 4096, 3) and sizes[4097] is None


@pytest.mark.parametrize(
    ("address", "url", "proxy"),
    [
        ("http://127.0.0.1:8188", "ws://127.0.0.1:8188/ws?clientId=me", None),
        ("https://there.example/comfy/", "wss://there.example/comfy/ws?clientId=me", True),
    ],
)
def test_how_it_listens(monkeypatch: pytest.MonkeyPatch, address: str, url: str, proxy: Any) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("websockets.sync.client.connect", lambda *values, **more: seen.append((values, more)))
    Listener(address, "me", "ours", {"A": "b"})._connected()
    wanted = {"additional_headers": {"A": "b"}, "max_size": 16 << 20, "open_timeout": 10, "proxy": proxy}
    assert seen == [((url,), wanted)]


def test_it_listens_again_after_longer_and_longer_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    listener, pauses, sent = Listener("http://127.0.0.1:1", "me", "ours", {}), list[float](), list[str]()

    class Socket:
        def __enter__(self) -> Socket:
            return self

        def __exit__(self, *_: Any) -> None: ...

        send = staticmethod(sent.append)

        def __iter__(self) -> Any:
            return iter(['{"type": "execution_start", "data": {}}'])

    def connected() -> Any:
        if len(pauses) != 6:
            raise OSError("refused")
        return Socket()

    class Ended:
        def is_set(self) -> bool:
            return len(pauses) == 8

        def wait(self, seconds: float) -> None:
            pauses.append(seconds)

    monkeypatch.setattr(listener, "_connected", connected)
    monkeypatch.setattr(listener, "_ended", Ended())
    listener._run()
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 0.5, 1.0]
    assert listener.state.begun and [json.loads(one) for one in sent] == [
        {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
    ]


def test_what_is_known_holds_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = [100.0], list[Any]()
    there = {"A": kind_of({"input": {}}), "B": None}

    class Wire:
        def close(self) -> None:
            asked.append("closed")

    def kinds(wire: Any, wanted: list[str], patience: float) -> Any:
        asked.append((wanted, patience))
        if clock[0] > 500:
            raise Unreached("gone")
        return {kind: there[kind] for kind in wanted if there[kind]}

    monkeypatch.setattr(knowing, "_known", {})
    monkeypatch.setattr(knowing.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(knowing.addresses, "wire", lambda address: Wire())
    monkeypatch.setattr(knowing.calls, "kinds", kinds)
    monkeypatch.setattr(knowing.calls, "version", lambda wire, patience: asked.append(("version", patience)))

    class Now:
        def __init__(self, target: Any, args: Any, daemon: bool) -> None:
            self.start, self.join = (lambda: target(*args)), lambda seconds: None

    monkeypatch.setattr(knowing.threading, "Thread", Now)
    monkeypatch.setattr(knowing, "_lock", __import__("threading").RLock())

    def tell(at: float, *wanted: str) -> Any:
        clock[0] = at
        asked.clear()
        return knowing.known("here", wanted), list(asked)

    both = (True, "", {"A": there["A"]}, True)
    assert tell(100, "A", "B") == (both, [(["A", "B"], 1.0), "closed"])
    assert tell(104, "A") == (both, [])  # what it lacks is asked for each time
    assert tell(105, "A") == (both, [])
    assert tell(105.1, "A") == (both, [("version", 1.0), ([], 1.0), "closed"])
    assert tell(106, "A", "B") == (both, [(["B"], 1.0), "closed"])
    assert tell(160, "A")[1] == [("version", 1.0), ([], 1.0), "closed"]
    assert tell(160.1, "A")[1] == [(["A"], 1.0), "closed"]
    assert tell(501, "A") == ((False, "gone", {"A": there["A"]}, True), [(["A"], 1.0), "closed"])
    assert tell(506, "A")[1] == []  # nobody is asked for classes who does not answer
    assert tell(506.1, "A")[1] == [(["A"], 1.0), "closed"]
    knowing._known["here"].busy = True  # somebody asks already
    assert tell(900, "A", "B")[1] == []


def test_a_shelf_holds_a_hundred_workflows_that_only_their_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    grain = shelf.DELIVERED / "Grain.json"
    assert shelf.names() == () and not shelf.remove("Grain")
    assert shelf.add(grain, "x" * 61)[0] == "x" * 60 and shelf.add(grain, "a" * 59 + " b")[0] == "a" * 59
    folder = tmp_path / "home" / "workflows"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    for index in range(97):
        (folder / f"w{index:02}.json").write_bytes(grain.read_bytes())
    (folder / "d.json").mkdir()
    assert len(shelf.names()) == 99
    shelf.add(grain, "last")
    with pytest.raises(EngineError, match="there are 100 workflows already") as full:
        shelf.add(grain, "one more")
    assert full.value.code == "workflow_unfit"
    assert shelf.add(shelf.DELIVERED / "Side by Side.json", "last")[0] == "last"  # in place of one
    assert "ImageStitch" in shelf.workflow("last").kinds
    (folder / "z.json").write_bytes(grain.read_bytes())
    assert len(shelf.names()) == 100 and shelf.names()[-1] == "x" * 60
    (folder / "last.json").write_bytes(grain.read_bytes() + b" ")
    os.utime(folder / "last.json", ns=(5, 5))
    assert "ImageStitch" not in shelf.workflow("last").kinds
    with pytest.raises(EngineError, match="'---' is no name for it"):
        shelf.add(grain, "---")


def test_a_workflow_is_read_to_its_last_byte_and_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    whole = (shelf.DELIVERED / "Grain.json").read_bytes()
    for more, fits in ((0, True), (1, False)):
        (tmp_path / "w.json").write_bytes(whole + b" " * (MAX_FILE + more - len(whole)))
        if fits:
            assert shelf.add(tmp_path / "w.json")[0] == "w"
            continue
        with pytest.raises(EngineError, match="larger than 1 MiB"):
            shelf.add(tmp_path / "w.json")
        (tmp_path / "home" / "workflows" / "w.json").write_bytes((tmp_path / "w.json").read_bytes())
        with pytest.raises(EngineError, match="larger than 1 MiB"):
            shelf.workflow("w")
    assert set(shelf.delivered()) >= {"Grain", "Side by Side", "Guide and Mask"} and shelf.engines() == ("comfy:w",)


def test_a_guide_is_drawn_at_the_rate_of_the_workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "s.png")
    request = take_request(seconds=4, size=(16, 16), still=tmp_path / "s.png", depth=tmp_path / "d.exr")
    seen: list[Any] = []

    def guide(asked: Any) -> Any:
        seen.append(asked.fps)
        frames = (frame for frame in ())
        return type("Made", (), {"width": 16, "height": 16, "frames": frames})

    monkeypatch.setattr(streams, "guide", guide)
    monkeypatch.setattr(streams, "check_whole", lambda asked: seen.append(asked.frame_count))
    for rate in (Fraction(12), Fraction(1, 2)):
        assert streams.streams(request, rate, 0, (), tmp_path, print, lambda: False) == {}
    assert seen == [48, 12, 4, 1]


def test_each_picture_has_the_size_of_the_clip(tmp_path: Path) -> None:
    for name, colour in (("s", (10, 20, 30)), ("l", (200, 100, 50))):
        Image.new("RGB", (40, 20), colour).save(tmp_path / f"{name}.png")
    request = take_request(size=(16, 16), still=tmp_path / "s.png", last_frame=tmp_path / "l.png")
    found = {role: Image.open(io.BytesIO(file)) for role, file in pictures(request).items()}
    shown = {role: (one.format, one.size, one.getpixel((8, 8))) for role, one in found.items()}
    assert shown == {"still": ("PNG", (16, 16), (10, 20, 30)), "last_frame": ("PNG", (16, 16), (200, 100, 50))}
    assert list(pictures(take_request(still=tmp_path / "s.png"))) == ["still"] and pictures(take_request()) == {}


def test_the_last_frame_is_held_and_no_frame_too_many_is_drawn() -> None:
    drawn: list[int] = []

    def frames() -> Any:
        for index in range(4):
            drawn.append(index)
            yield index

    assert list(streams._held(frames(), 6)) == [0, 1, 2, 3, 3, 3]
    assert list(streams._held(frames(), 2)) == [0, 1] and list(streams._held(frames(), 4)) == [0, 1, 2, 3]
    crf = {role: one.options["crf"] for role, one in streams.FORMATS.items()}
    assert crf == {"guide": "8", "mask": "0", "depth": "4"} and {one.threads for one in streams.FORMATS.values()} == {1}
    made = type("Made", (), {"near": 2.0, "far": 10.0})()
    inverse = np.array([[0.6, 0.5, 0.3], [0.1, 0.05, 0.0]], np.float32)
    frame = GuideFrame(np.zeros((2, 3, 3), np.uint8), inverse > 0.4, inverse, np.eye(4), np.eye(3))
    assert streams._picture(frame, made, "depth")[..., 1].tolist() == [[255, 255, 128], [0, 0, 0]]  # type: ignore[arg-type]
    assert streams._picture(frame, made, "mask")[..., 2].tolist() == [[255, 255, 0], [0, 0, 0]]  # type: ignore[arg-type]


class Files:
    """A wire that brings these, by their names; an answer is a refusal."""

    label, address = "ComfyUI", "http://here:1"

    def __init__(self, **files: Any) -> None:
        self.files, self.asked = files, list[str]()

    def fetch(self, url: str, path: Path, progress: Any, most: int = 0) -> Answer | None:
        self.asked.append(url)
        found = self.files[url.partition("filename=")[2].partition(".")[0]]
        if isinstance(found, Answer):
            return found
        path.write_bytes(found)
        progress(0.5)
        return None


def png(colour: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), (colour, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def test_pictures_become_a_clip_and_go_as_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    told: list[float] = []
    files = [{"filename": f"{name}.png", "subfolder": "s", "type": "output"} for name in "abcd"]
    wire = Files(**{name: png(index) for index, name in enumerate("abcd")})
    clip = clip_of(wire, "p", files, Fraction(12), told.append)  # type: ignore[arg-type]
    assert (clip.width, clip.height, clip.fps, clip.frame_count, clip.file) == (8, 6, 12, 4, None)
    assert told == [0.25, 0.5, 0.75, 1.0]
    left = []
    for index, frame in enumerate(clip.frames):
        assert frame[3, 4].tolist() == [index, 0, 0]
        left.append(len(list((tmp_path / "downloads").iterdir())))
    assert left == [4, 3, 2, 1] and list((tmp_path / "downloads").iterdir()) == []
    movie = clip_of(Files(m=b"film"), "p", [{**files[0], "filename": "m.mp4"}], Fraction(12), told.append)  # type: ignore[arg-type]
    assert movie.file is not None and movie.file.read_bytes() == b"film" and told[-1] == 0.5


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        (Answer(403, None, {}), "expired", "not at ComfyUI any more"),
        (Answer(404, None, {}), "expired", "not at ComfyUI any more"),
        (Answer(410, None, {}), "expired", "not at ComfyUI any more"),
        (Answer(400, None, {}), "unreachable", "ComfyUI answers 400 instead of the clip."),
        (b"", "expired", "not at ComfyUI any more"),
    ],
)
def test_a_file_that_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Any, code: str, said: str
) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    files = [{"filename": f"{name}.png", "subfolder": "", "type": "output"} for name in "ab"]
    for several in (files, [{**files[1], "filename": "b.mov"}]):
        with pytest.raises(EngineError) as caught:
            clip_of(Files(a=png(1), b=found), "p", several, Fraction(12), lambda _: None)  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.fix) == (code, "retry") and said in caught.value.message
        assert list((tmp_path / "downloads").iterdir()) == []


def test_at_most_twenty_thousand_pictures() -> None:
    files = [{"filename": f"{index}.png", "type": "output"} for index in range(20_001)]
    found = files_of({"1": {"images": files}}, {})
    assert len(found) == 20_000 and found[-1]["filename"] == "19999.png"
