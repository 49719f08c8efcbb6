"""The guide's parts by themselves: its movies and levels, the answers of its process, what its command takes."""

from __future__ import annotations

import argparse
import dataclasses
import errno
import json
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from backend.__main__ import main
from backend.engines.engine import EngineError
from backend.guide import command, files, limits, process
from backend.guide.files import MOVIES, _levels, _write_movies, write_guide
from backend.guide.guide import Guide, GuideFrame, _intrinsics, _inverse
from backend.guide.movie import Format, written
from backend.guide.span import _points
from client.protocol.codec import to_json
from devtools.take_requests import take_request
from tests.backend.guide.conftest import Walk
from tests.backend.guide.test_span import picture

SIZE = (32, 16)


def test_a_movie_has_its_rate_its_size_and_every_picture(tmp_path: Path) -> None:
    for rate, threads in ((Fraction(24000, 1001), 1), (Fraction(25, 2), 3)):
        how = Format("matroska", "ffv1", "rgb24", "bgr0", {"level": "3", "g": "1"}, threads)
        with written(tmp_path / "a.mkv", how, SIZE, rate) as add:
            for level in (10, 20, 30):
                shades = np.full((16, 32, 3), level, np.uint8)
                shades[..., 0] += 5
                add(shades[:, ::-1])
        with av.open(str(tmp_path / "a.mkv")) as container:
            stream = container.streams.video[0]
            frames = list(container.decode(stream))
            assert (stream.width, stream.height, stream.average_rate) == (32, 16, rate)
        assert [round(float(frame.time or 0) * rate) for frame in frames] == [0, 1, 2]
        assert [frame.to_ndarray(format="rgb24")[7, 9].tolist() for frame in frames] == [
            [15, 10, 10],
            [25, 20, 20],
            [35, 30, 30],
        ]
        assert all(frame.key_frame for frame in frames)


def test_depth_is_in_levels_of_its_inverse() -> None:
    inverse = np.array([[0.0, 1 / 8, 1 / 4], [1 / 2, 1.0, 1 / 2.00001]], np.float32)
    assert _levels(inverse, 2.0).tolist() == [[0, 16384, 32768], [65535, 65535, 65535]]
    assert _levels(inverse, 2.0).dtype == np.uint16
    assert _levels(np.float32([1 / 65535 * 0.5001, 1 / 65535 * 0.4999]), 1.0).tolist() == [1, 0]
    formats = {name: (how.container, how.codec, how.given, how.kept) for name, how in MOVIES.items()}
    assert formats == {
        "warp.mkv": ("matroska", "ffv1", "rgb24", "bgr0"),
        "mask.mkv": ("matroska", "ffv1", "gray", "gray"),
        "depth.mkv": ("matroska", "ffv1", "gray16le", "gray16le"),
    }
    assert {tuple(how.options.items()) for how in MOVIES.values()} == {(("level", "3"), ("g", "1"), ("slicecrc", "1"))}


def test_what_is_nearer_than_nothing_is_no_surface() -> None:
    nearness = np.array([0.5, 0.0, -0.25, -np.inf], np.float32)
    hole = np.isneginf(nearness)
    assert _inverse(nearness, hole, False, 9.0).tolist() == [0.5, 0.0, 0.0, 0.0]
    metres = np.array([-2.0, -9.0, -9.5, 1.0, 0.0, -np.inf], np.float32)
    found = _inverse(metres, np.isneginf(metres), True, 9.0)
    assert found.tolist() == [0.5, np.float32(1 / 9), 0.0, 0.0, 0.0, 0.0]
    lens = SimpleNamespace(fx=100.0, fy=50.0, cx=16.0, cy=7.0)
    shot: Any = SimpleNamespace(still=SimpleNamespace(lens=lens))
    pose: Any = SimpleNamespace(zoom=1.5)
    assert _intrinsics(shot, pose).tolist() == [[150, 0, 16], [0, 75, 7], [0, 0, 1]]


def made(orthographic: bool = True, breaks: bool = False) -> tuple[Guide, list[str]]:
    """A guide of three frames, and what became of its drawing."""
    done: list[str] = []

    def frames() -> Iterator[GuideFrame]:
        try:
            for index in range(3):
                if breaks and index == 2:
                    raise EngineError("depth_unusable", "No.", "")
                hole = np.zeros((16, 32), bool)
                hole[:, index] = True
                warp = np.full((16, 32, 3), 40 * index, np.uint8)
                yield GuideFrame(warp, hole, np.full((16, 32), 0.25, np.float32), np.eye(4) * (index + 1), np.eye(3))
        finally:
            done.append("closed")

    return Guide(*SIZE, Fraction(30000, 1001), 3, orthographic, 2.0, 8.0, ("A note.",), frames()), done


def test_a_zip_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    guide, done = made()
    monkeypatch.setattr(files, "guide", lambda request: guide)
    assert write_guide(take_request(), tmp_path / "g.zip", lambda *values: told.append(values)) is guide
    assert [one[:2] for one in told] == [(pytest.approx(k / 3), "Drawing the guide") for k in (1, 2, 3)]
    assert [int(one[2][3, 4, 1]) for one in told] == [0, 40, 80] and done == ["closed"]
    with zipfile.ZipFile(tmp_path / "g.zip") as file:
        about = json.loads(file.read("guide.json"))
        assert file.namelist() == ["guide.json", "warp.mkv", "mask.mkv", "depth.mkv"]
    assert about["fps"] == pytest.approx(29.97003) and about["size"] == [32, 16] and about["notes"] == ["A note."]
    assert about["projection"] == "orthographic" and [one["camera_to_world"][1][1] for one in about["frames"]] == [
        1,
        2,
        3,
    ]
    assert {(one["near"], one["far"]) for one in about["frames"]} == {(2.0, 8.0)}
    broken, done = made(breaks=True)
    monkeypatch.setattr(files, "guide", lambda request: broken)
    before = (tmp_path / "g.zip").read_bytes()
    with pytest.raises(EngineError, match="No"):
        write_guide(take_request(), tmp_path / "g.zip", lambda *_: None)
    assert (tmp_path / "g.zip").read_bytes() == before and done == ["closed"]
    assert [path.name for path in tmp_path.iterdir()] == ["g.zip"]
    flat, _ = made(orthographic=False)
    assert _write_movies(flat, tmp_path, lambda *_: None)["projection"] == "perspective"


@pytest.mark.parametrize(
    ("raised", "code", "fix", "said"),
    [
        (EngineError("depth_unusable", "No depth.", "pick_depth"), "depth_unusable", "pick_depth", "No depth."),
        (OSError(errno.ENOSPC, "No space left"), "disk_full", "free_space", ""),
        (MemoryError(), "out_of_memory", "smaller_size", "There was not enough memory."),
        (ValueError("x" * 600), "engine_failed", "open_log", "The guide failed: " + "x" * 482),
    ],
)
def test_what_its_process_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, code: str, fix: str, said: str
) -> None:
    asked: list[Any] = []

    def write(request: Any, path: Path, progress: Any) -> None:
        progress(0.5, "Drawing")
        asked.append((request.views[0].image, path))
        raise raised

    monkeypatch.setattr(files, "write_guide", write)
    order = to_json(take_request(still=Path("a.png")))
    failed = process._answer(tmp_path, order)["failed"]
    assert (failed["code"], failed["fix"]) == (code, fix) and failed["message"].startswith(said or "The disk")
    assert len(failed["message"]) <= 500
    assert asked == [(tmp_path / "a.png", tmp_path / "guide.zip")]
    monkeypatch.setattr(files, "write_guide", lambda *_: None)
    assert process._answer(tmp_path, order) == {"done": True}


def test_its_process_takes_one_order_and_ends_with_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    order = {"folder": str(tmp_path), "request": {"a": 1}}
    monkeypatch.setattr(process, "end_with_parent", lambda parent: sent.append(parent))
    monkeypatch.setattr(process, "serve", lambda: (sent.append, iter([order])))
    monkeypatch.setattr(process, "_answer", lambda folder, asked: {"done": (folder, asked)})
    monkeypatch.setattr(process, "_listen", lambda messages: None)
    process.main(77)
    assert sent == [77, {"done": (tmp_path, {"a": 1})}]
    ended: list[int] = []
    monkeypatch.undo()
    monkeypatch.setattr(process.os, "_exit", ended.append)
    left = iter([{}, {}])
    process._listen(left)
    assert ended == [0] and next(left, None) is None


def test_a_view_of_the_command_by_its_moment(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"projection": "perspective"}')

    def views(*given: tuple[str, str, str, str]) -> Any:
        parsed = argparse.Namespace(still=Path("s"), depth=None, view=[list(one) for one in given])
        return command._views(parsed)

    camera = str(tmp_path / "c.json")
    named, found = views(("0.5", "a", "b", camera), ("1", "c", "d", camera))
    assert named == {
        "input_reference": Path("s"),
        "depth": None,
        "view_1": Path("a"),
        "view_1_depth": Path("b"),
        "last_frame": Path("c"),
        "last_frame_depth": Path("d"),
    }
    assert [(one["name"], one["t"]) for one in found] == [("view_1", 0.5), ("last_frame", 1.0)]
    assert {json.dumps(one["camera"]) for one in found} == {'{"projection": "perspective"}'}
    with pytest.raises(EngineError) as caught:
        views(("noon", "a", "b", camera))
    assert (caught.value.code, caught.value.message) == (
        "invalid_request",
        "--view: 'noon' is no time between 0 and 1.",
    )


def test_how_much_a_guide_may_be() -> None:
    asked = dataclasses.replace(take_request(size=(8192, 8192)), fps=Fraction(4), seconds=16.0)
    limits.check_whole(asked)  # 2 to the 32nd
    with pytest.raises(EngineError) as caught:
        limits.check_whole(dataclasses.replace(asked, seconds=16.1))
    assert (
        caught.value.code == "invalid_request" and "at most 64 frames, this one would have 65." in caught.value.message
    )
    assert limits.limits().name == "The guide" and limits.limits().views == 64


def test_a_cell_is_at_most_sixteen_pixels_and_an_eightieth() -> None:
    counts = []
    for width, height in ((79, 3), (160, 3), (1279, 31), (1280, 33), (4000, 16)):
        counts.append(len(_points(picture(np.ones((height, width))))) // 2)
    assert counts == [79 * 3, 80 * 2, 86 * 3, 80 * 3, 250]


def test_the_command_says_what_it_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], walk: Walk
) -> None:
    asked: list[Any] = []
    guide, _ = made()

    def write(request: Any, path: Path, progress: Any) -> Any:
        progress(0.5, "Drawing the guide")
        asked.append((request, path))
        if len(asked) == 2:
            raise OSError(errno.EACCES, "Permission denied", str(path))
        return guide

    monkeypatch.setattr(files, "write_guide", write)
    (tmp_path / "camera.json").write_text(json.dumps(to_json(walk.request.views[0].camera)))
    still = walk.request.views[0]
    words = ["--still", still.image, "--depth", still.depth, "--camera", tmp_path / "camera.json", "--seconds", "0.5"]
    out = tmp_path / "new" / "one" / "g.zip"
    assert main(["guide", *map(str, words), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"{out}: 3 frames of 32x16 at 30000/1001, 2.00 to 8.00 m, in 0.")
    assert "note: A note.\n" in said.err and out.parent.is_dir()
    request, path = asked[0]
    assert (request.seconds, request.size, path, len(request.views)) == (0.5, (240, 136), out, 1)
    assert main(["guide", *map(str, words), "--out", str(out)]) != 0
    assert "Permission denied" in capsys.readouterr().err
