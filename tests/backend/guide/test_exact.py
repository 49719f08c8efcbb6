"""The guide's steps by themselves, each with what it asks of others: no picture is drawn."""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from backend.engines.draft import DraftEngine
from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.view.picture import Picture
from backend.guide import command, files, guide, limits, process, span
from backend.guide.movie import Format, written
from client.protocol import Camera
from devtools.take_requests import take_request

TURN = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])


class Drawn:
    """What a film draws, and whether it was told to stop."""

    def __init__(self, *frames: Any) -> None:
        self.frames, self.closed = frames, 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.frames)

    def close(self) -> None:
        self.closed += 1


def a_shot(monkeypatch: pytest.MonkeyPatch, drawn: Drawn, orthographic: bool = False) -> tuple[Any, list[Any]]:
    """A shot of two poses whose film draws `drawn`, and what was asked of it."""
    asked: list[Any] = []
    poses = [Pose(np.eye(3), np.array([0.0, 0.0, 0.0]), 1.0), Pose(np.eye(3), np.array([1.0, 2.0, 4.0]), 1.5)]
    film = SimpleNamespace(poses=poses, drawn=lambda count, draw: asked.append((count, draw)) or drawn)
    still = SimpleNamespace(orthographic=orthographic, lens=SimpleNamespace(fx=100.0, fy=50.0, cx=16.0, cy=7.0))
    shot: Any = SimpleNamespace(film=film, still=still, notes=("First.", "Second."), left_out=("Third.",))
    monkeypatch.setattr(guide, "workers", lambda: 3)
    return shot, asked


def test_a_guide_is_what_its_request_and_its_film_are(monkeypatch: pytest.MonkeyPatch) -> None:
    shot, _ = a_shot(monkeypatch, Drawn(), orthographic=True)
    begun: list[Any] = []
    monkeypatch.setattr(guide, "begin", lambda request, guess: begun.append((request, guess)) or shot)
    monkeypatch.setattr(guide, "span", lambda film: (2.0, 8.0) if film is shot.film else (0.0, 0.0))
    asked = take_request(seconds=1.5, fps=Fraction(25, 2), size=(320, 180))
    made = guide.guide(asked)
    assert begun == [(asked, False)]
    assert (made.width, made.height, made.fps, made.frame_count) == (320, 180, Fraction(25, 2), asked.frame_count)
    assert (made.orthographic, made.near, made.far) == (True, 2.0, 8.0)
    assert made.notes == ("First.", "Second.", "Third.")


def test_each_frame_has_its_pose_in_the_world_and_its_lens(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [tuple(np.full((2, 2), value) for value in values) for values in ((1, 0, 0.25), (2, 1, 0.5))]
    drawn = Drawn(*pictures)
    shot, asked = a_shot(monkeypatch, drawn)
    world = ((0.0, 0.0, 1.0, 3.0), (1.0, 0.0, 0.0, -2.0), (0.0, 1.0, 0.0, 1.5), (0.0, 0.0, 0.0, 1.0))
    camera = Camera("perspective", 32, 16, 16.0, 7.0, 100.0, 50.0, matrix_world=world)
    frames = list(guide._frames(take_request(still=Path("s"), camera=camera), shot, 9.0))
    assert [count for count, _ in asked] == [3]
    for frame, (warp, hole, inverse_depth) in zip(frames, pictures, strict=True):
        assert frame.warp is warp and frame.hole is hole and frame.inverse_depth is inverse_depth
    # To the right 1, y down 2 and ahead 4: in Blender's axes (1, -2, -4).
    np.testing.assert_allclose(frames[0].camera_to_world, world, atol=1e-12)
    np.testing.assert_allclose(frames[1].camera_to_world[:, 3], np.array(world) @ [1, -2, -4, 1], atol=1e-12)
    assert [frame.intrinsics.tolist() for frame in frames] == [
        [[100, 0, 16], [0, 50, 7], [0, 0, 1]],
        [[150, 0, 16], [0, 75, 7], [0, 0, 1]],
    ]
    assert drawn.closed == 1
    without = list(guide._frames(take_request(), shot, 9.0))
    np.testing.assert_allclose(without[0].camera_to_world, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(without[1].camera_to_world[:, 3], [1, -2, -4, 1], atol=1e-12)


def test_the_drawing_ends_with_its_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Drawn((1, 2, 3), (4, 5, 6))
    shot, _ = a_shot(monkeypatch, drawn)
    frames = guide._frames(take_request(), shot, 9.0)
    next(frames)
    assert drawn.closed == 0
    frames.close()
    assert drawn.closed == 1
    short = Drawn((1, 2, 3))
    shot, _ = a_shot(monkeypatch, short)
    with pytest.raises(ValueError, match="shorter"):
        list(guide._frames(take_request(), shot, 9.0))
    assert short.closed == 1


@pytest.mark.parametrize(
    ("orthographic", "far", "wanted"), [(False, 9.0, [0, 0.5, 0, 0.125]), (True, 9.0, [0, 2, 0, 0.125])]
)
def test_what_is_drawn_is_black_in_holes(
    monkeypatch: pytest.MonkeyPatch, orthographic: bool, far: float, wanted: list[float]
) -> None:
    shot, asked = a_shot(monkeypatch, Drawn((1, 2, 3), (4, 5, 6)), orthographic)
    list(guide._frames(take_request(), shot, far))
    values = [-np.inf, -0.5, -10.0, -8.0] if orthographic else [-np.inf, 0.5, 0.0, 0.125]
    seen: list[Any] = []

    def frame(sights: Any, unseen: Any) -> Any:
        seen.append((sights, unseen))
        return SimpleNamespace(rgb=np.full((1, 4, 3), 200, np.uint8), nearness=np.array([values], np.float32))

    warp, hole, inverse_depth = asked[0][1](SimpleNamespace(frame=frame), "sights", "unseen")
    assert seen == [("sights", "unseen")]
    assert warp[0, :, 1].tolist() == [0, 200, 200, 200] and hole.tolist() == [[True, False, False, False]]
    assert inverse_depth.tolist() == [wanted] and inverse_depth.dtype == np.float32


# The span


def picture(metres: np.ndarray, orthographic: bool = False) -> Picture:
    nearness = (-metres if orthographic else 1 / metres).astype(np.float32)
    lens = (64.0, 32.0, 80.0, 20.0)
    return Picture(np.zeros((*metres.shape, 3), np.uint8), nearness, np.isfinite(metres), True, orthographic, *lens)


@pytest.mark.parametrize(("u", "v", "there"), [
    (-8.0, 20, False), (-7.9375, 20, True), (168.0, 20, False), (167.9375, 20, True),
    (80, -2.0, False), (80, -1.96875, True), (80, 42.0, False), (80, 41.96875, True),
])  # fmt: skip
def test_what_lies_right_at_the_rim_is_not_seen(u: float, v: float, there: bool) -> None:
    point = np.array([[(u - 80) / 64, (v - 20) / 32, 1.0], [0.0, 0.0, 2.0]])
    pose = Pose(np.eye(3), np.zeros(3), 1.0)
    assert span._seen(picture(np.ones((40, 160))), pose, point).tolist() == [*([1.0] if there else []), 2.0]


def test_what_a_turned_camera_sees_is_measured_along_its_axis() -> None:
    points = np.array([[5.0, 0.0, 0.5], [0.0, 0.0, 5.0], [-5.0, 0.0, 0.0], [3.0, 1.0, 0.0]])
    pose = Pose(TURN, np.array([1.0, 0.0, 0.0]), 1.0)  # it looks along x
    assert span._seen(picture(np.ones((40, 160))), pose, points).tolist() == [4.0, 2.0]


def test_a_cell_lies_where_its_pixels_lie() -> None:
    metres = np.full((4, 4), np.inf)
    metres[1, 3], metres[2, 0] = 2.0, 4.0
    for orthographic in (False, True):
        points = span._points(picture(metres, orthographic))
        assert points.shape == (4, 3)
        spread = (1.0, 1.0) if orthographic else (2.0, 4.0)
        wanted = [
            [(3.5 - 80) / 64 * spread[0], (1.5 - 20) / 32 * spread[0], 2.0],
            [(0.5 - 80) / 64 * spread[1], (2.5 - 20) / 32 * spread[1], 4.0],
        ]
        np.testing.assert_allclose(points, [*wanted, *wanted], rtol=1e-6)


def test_a_cell_of_many_pixels_lies_in_their_middle() -> None:
    metres = np.full((5, 320), 3.0)
    metres[4, 319] = 7.0  # of the last cell only one row is in the picture
    points = span._points(picture(metres))
    assert points.shape == (2 * 2 * 80, 3)
    np.testing.assert_allclose(points[1], [(6 - 80) / 64 * 3, (2 - 20) / 32 * 3, 3], rtol=1e-6)
    np.testing.assert_allclose(points[159], [(318 - 80) / 64 * 3, (6 - 20) / 32 * 3, 3], rtol=1e-6)
    np.testing.assert_allclose(points[319], [(318 - 80) / 64 * 7, (6 - 20) / 32 * 7, 7], rtol=1e-6)


@pytest.mark.parametrize(("poses", "looked"), [(96, range(96)), (97, range(0, 97, 2)), (193, range(0, 193, 3))])
def test_of_a_long_move_about_a_hundred_poses_are_looked_from(
    monkeypatch: pytest.MonkeyPatch, poses: int, looked: range
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(span, "_points", lambda picture: ("points", picture))
    monkeypatch.setattr(span, "_seen", lambda *words: seen.append(words) or np.array([words[1] + 1.0]))
    film: Any = SimpleNamespace(places=[0, 0], uses=lambda k: range(poses) if k else (), picture=lambda k: f"view {k}")
    assert span.span(film) == (0.95, pytest.approx((looked[-1] + 1) * 1.05))
    assert seen == [("view 1", pose, ("points", "view 1")) for pose in looked]


# Its movies, its process, its command


def test_what_is_given_becomes_what_is_kept(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    deep = rng.integers(0, 65536, (3, 16, 32)).astype(np.uint16)
    with written(tmp_path / "d.mkv", files.MOVIES["depth.mkv"], (32, 16), Fraction(24)) as add:
        for one in deep:
            add(one)
    with av.open(str(tmp_path / "d.mkv")) as container:
        assert container.format.name.startswith("matroska") and container.streams.video[0].format.name == "gray16le"
        assert np.array_equal([one.to_ndarray() for one in container.decode(video=0)], deep)
    how = Format("mp4", "libx264rgb", "rgb24", "rgb24", {"crf": "0"}, 1)
    colours = rng.integers(0, 256, (2, 16, 32, 3)).astype(np.uint8)
    with written(tmp_path / "c.mp4", how, (32, 16), Fraction(30000, 1001)) as add:
        for one in colours:
            add(one)
    with av.open(str(tmp_path / "c.mp4")) as container:
        frames = list(container.decode(video=0))
        assert container.streams.video[0].average_rate == Fraction(30000, 1001)
    assert [frame.pts * frame.time_base for frame in frames] == [0, Fraction(1001, 30000)]
    assert np.array_equal([frame.to_ndarray(format="rgb24") for frame in frames], colours)


def test_a_movie_has_the_options_and_threads_of_its_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codec = SimpleNamespace(thread_count=None)
    stream = SimpleNamespace(codec_context=codec, encode=lambda frame: ["rest"] if frame is None else [frame.pts])
    muxed: list[Any] = []
    asked: list[Any] = []

    class Container:
        def __enter__(self) -> Container:
            return self

        def __exit__(self, *_: object) -> None:
            muxed.append("closed")

        def add_stream(self, name: str, rate: Fraction) -> Any:
            asked.append((name, rate))
            return stream

        def mux(self, packets: list[Any]) -> None:
            muxed.extend(packets)

    monkeypatch.setattr(av, "open", lambda *words, **more: asked.append((words, more)) or Container())
    how = Format("matroska", "ffv1", "gray", "gray", {"g": "1"}, 5)
    with written(tmp_path / "a", how, (32, 16), Fraction(25)) as add:
        add(np.zeros((16, 32), np.uint8))
        add(np.zeros((16, 32), np.uint8))
    assert asked == [((str(tmp_path / "a"), "w"), {"format": "matroska"}), ("ffv1", Fraction(25))]
    assert (stream.width, stream.height, stream.pix_fmt, stream.options) == (32, 16, "gray", {"g": "1"})
    assert codec.thread_count == 5 and muxed == [0, 1, "rest", "closed"]
    assert Format("a", "b", "c", "d") == Format("a", "b", "c", "d", {}, 0)


def test_only_one_movie_lies_there_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = iter(())
    made: Any = SimpleNamespace(frames=SimpleNamespace(close=lambda: None))
    there: list[list[str]] = []

    def write(given: Any, folder: Path, progress: Any) -> dict[str, Any]:
        assert (given, progress, list(frames)) == (made, "progress", [])
        assert folder.parent == tmp_path and folder.name.startswith(".g.zip.")
        for name in files.MOVIES:
            (folder / name).write_bytes(name.encode())
        return {"fps": 24}

    real = zipfile.ZipFile.write

    def write_one(self: zipfile.ZipFile, path: Path, name: str) -> None:
        there.append(sorted(one.name for one in path.parent.glob("*.mkv")))
        real(self, path, name)

    monkeypatch.setattr(files, "guide", lambda request: made)
    monkeypatch.setattr(files, "_write_movies", write)
    monkeypatch.setattr(zipfile.ZipFile, "write", write_one)
    assert files.write_guide(take_request(), tmp_path / "g.zip", "progress") is made  # type: ignore[arg-type]
    assert there == [["depth.mkv", "mask.mkv", "warp.mkv"], ["depth.mkv", "mask.mkv"], ["depth.mkv"]]
    with zipfile.ZipFile(tmp_path / "g.zip") as file:
        assert {one.filename: one.compress_type for one in file.infolist()} == dict.fromkeys(
            ["guide.json", *files.MOVIES], zipfile.ZIP_STORED
        )
        assert [file.read(name) for name in files.MOVIES] == [name.encode() for name in files.MOVIES]


def test_its_process_listens_beside_its_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listener must not keep a process alive whose guide is made."""
    done: list[Any] = []
    messages = iter([{"folder": str(tmp_path), "request": 7}])

    class Thread:
        def __init__(self, **how: Any) -> None:
            done.append(how)

        def start(self) -> None:
            done.append("listening")

    monkeypatch.setattr(process, "end_with_parent", lambda parent: done.append(parent))
    monkeypatch.setattr(process, "serve", lambda: (done.append, messages))
    monkeypatch.setattr(process, "_answer", lambda folder, asked: (folder, asked))
    monkeypatch.setattr(process, "threading", SimpleNamespace(Thread=Thread))
    process.main(41)
    how = {"target": process._listen, "args": (messages,), "daemon": True}
    assert done == [41, how, "listening", (tmp_path, 7)]


def test_a_guide_may_be_what_a_draft_may_be() -> None:
    draft, able = DraftEngine().capabilities(), limits.limits()
    assert able.name == "The guide" and able.id == draft.id
    assert (able.max_seconds, able.max_pixels, able.views) == (draft.max_seconds, draft.max_pixels, draft.views)
    assert limits.MOST_PIXELS == 4_294_967_296


def test_views_of_the_command_are_counted_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    monkeypatch.setattr(command, "json_file", lambda path, name: read.append((path, name)) or path.name)
    given = [["1.0", "a", "b", "c"], ["0.25", "d", "e", "f"]]
    named, views = command._views(argparse.Namespace(still=None, depth=Path("z"), view=given))
    assert list(named.items()) == [
        ("input_reference", None),
        ("depth", Path("z")),
        ("last_frame", Path("a")),
        ("last_frame_depth", Path("b")),
        ("view_2", Path("d")),
        ("view_2_depth", Path("e")),
    ]
    assert views == [
        {"name": "last_frame", "t": 1.0, "camera": "c"},
        {"name": "view_2", "t": 0.25, "camera": "f"},
    ]
    assert read == [(Path("c"), "--view"), (Path("f"), "--view")]
