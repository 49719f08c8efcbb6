"""Files in parcels: whole, bounded, and the same when one comes twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.jobs.cluster import actor as actors
from backend.jobs.cluster import parcel
from backend.jobs.cluster.parcel import Part, Span

SIZES = [("a", 3), ("empty", 0), ("b", 25), ("c", 4), ("d", 8)]


def test_small_files_share_a_parcel_and_a_large_one_has_several() -> None:
    assert list(parcel.planned(SIZES, most=10)) == [
        [Span("a", 0, 3), Span("empty", 0, 0), Span("b", 0, 7)],
        [Span("b", 7, 10)],
        [Span("b", 17, 8), Span("c", 0, 2)],
        [Span("c", 2, 2), Span("d", 0, 8)],
    ]
    assert list(parcel.planned([("x", 10), ("y", 0)], most=10)) == [[Span("x", 0, 10)], [Span("y", 0, 0)]]


def test_what_is_written_is_what_was_read_also_when_a_parcel_comes_twice(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    for number, (name, size) in enumerate(SIZES):
        (here / name).write_bytes(bytes((number * 50 + index) % 256 for index in range(size)))
    for spans in parcel.planned(SIZES, most=10):
        parts = parcel.read(here, spans)
        assert sum(len(part.data) for part in parts) <= 10
        parcel.write(there, parts)
        parcel.write(there, parts)
    for name, _ in SIZES:
        assert (there / name).read_bytes() == (here / name).read_bytes()
        assert (there / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/b", "..", "."])
def test_a_path_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a file"):
        parcel.write(tmp_path, [Part(name, 0, b"x")])
    with pytest.raises(ValueError, match="not the name of a file"):
        parcel.read(tmp_path, [Span(name, 0, 1)])


class Told:
    """What an actor's worker is told and says."""

    def __init__(self, registry: object, say: Callable[[dict[str, Any]], None], messages: Iterator[dict[str, Any]]):
        self.say, self.messages = say, messages

    def run(self) -> None:
        """Nothing is made."""


def test_a_job_comes_with_its_last_files_and_a_small_take_with_the_word_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers: list[Told] = []
    monkeypatch.setattr(actors, "Worker", lambda *given: workers.append(Told(*given)) or workers[-1])
    monkeypatch.setattr(actors.tempfile, "gettempdir", lambda: str(tmp_path))
    actor = actors.Actor("json", None)
    actor.put("video_1", [Part("still.png", 0, b"ab")])
    for _ in range(2):  # the second time changes nothing
        actor.send(1, {"do": "make", "id": "video_1"}, [Part("still.png", 2, b"c"), Part("depth.exr", 0, b"d")])
    actor.send(2, {"do": "cancel"})
    told = next(workers[0].messages)
    folder = Path(told["folder"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"still.png": b"abc", "depth.exr": b"d"}
    assert next(workers[0].messages) == {"do": "cancel"}
    done = {"id": "video_1", "attempt": 3, "done": {}}
    (folder / "attempt-3").mkdir()
    for size in (4, actors.AT_ONCE):
        for name in actors.RESULTS:
            (folder / "attempt-3" / name).write_bytes(b"x" * (size if name == "clip.mp4" else 1))
        workers[0].say(done)
    (_, small), (_, large) = actor.receive(0, 0)
    sizes, parts = small.pop("take")
    assert small == large == done  # the large one is asked for
    assert sizes == [("clip.mp4", 4), ("sidecar.json", 1), ("thumbnail.jpg", 1), ("result.json", 1)]
    assert [(part.name, part.data) for part in parts] == [(name, b"x" * size) for name, size in sizes]
    assert actor.take("video_1", 3)[0][0] == ("clip.mp4", actors.AT_ONCE)
