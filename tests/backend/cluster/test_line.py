"""The bridge's lines to actors, with a Ray that is made up: files there and back, and how a line ends."""

from __future__ import annotations

import errno
import queue
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from backend.jobs.cluster.parcel import Part, Span
from client.protocol import Direction, TakeRequest, View
from client.protocol.codec import to_json
from tests.backend.cluster.made_up_ray import (
    ActorUnavailableError,
    GetTimeoutError,
    Ray,
    RayError,
    RayTaskError,
    made_up,
)

RESULTS = ("clip.mp4", "sidecar.json", "thumbnail.jpg", "result.json")


@pytest.fixture
def modules() -> Iterator[tuple[Ray, ModuleType, ModuleType]]:
    with made_up() as found:
        yield found


class Opened:
    """A line, and what it says."""

    def __init__(self, ray: Ray, module: ModuleType, gpus: int = 0, shared: str | None = None) -> None:
        self.ray, self.said = ray, queue.Queue[dict[str, Any]]()
        self.line = module.Line(self.said.put, 1.5, gpus, "a registry", shared)

    def hear(self) -> dict[str, Any]:
        return self.said.get(timeout=20)

    def asked(self, *names: str) -> list[tuple[Any, ...]]:
        return [call for call in self.ray.asked if call[0] in names]

    def until(self, name: str, times: int = 1) -> None:
        """So many such calls have come."""
        self.ray.until(lambda: len(self.asked(name)) == times)


@pytest.fixture
def opened(modules: tuple[Ray, ModuleType, ModuleType]) -> Iterator[Opened]:
    ray, module, _ = modules
    found = Opened(ray, module)
    assert found.hear() == {"ready": ray.answers["about"]}
    yield found
    found.line.kill()


def order(folder: Path, *names: str, job: str = "video_1") -> dict[str, Any]:
    views = tuple(View(Path(name), t=index / 10) for index, name in enumerate(names))
    request = TakeRequest("draft", Direction("x"), views, 1.0, Fraction(24), (64, 48), 7)
    return {"do": "make", "id": job, "attempt": 3, "folder": str(folder), "request": to_json(request)}


def test_what_the_worker_says_is_handed_on_with_the_number_that_was_heard_last(opened: Opened) -> None:
    opened.ray.says.put([(4, {"fraction": 0.5}), (5, {"engines": []})])
    assert [opened.hear(), opened.hear()] == [{"message": {"fraction": 0.5}}, {"message": {"engines": []}}]
    opened.ray.says.put([])
    opened.ray.says.put([(6, {"id": "video_9", "failed": {}})])
    assert opened.hear() == {"message": {"id": "video_9", "failed": {}}}
    assert opened.asked("forget") == [("forget", "video_9")]
    opened.ray.says.put([(7, {"id": "video_8", "cancelled": True})])
    opened.hear()
    assert [call[1:] for call in opened.asked("receive")[:4]] == [(0, 10.0), (5, 10.0), (5, 10.0), (6, 10.0)]
    assert all(29 < limit <= 30 for limit in opened.ray.limits[1:] if limit is not None)
    assert opened.ray.limits[0] is None


def test_an_actor_that_is_gone_ends_the_line_and_leaves_its_place(modules: tuple[Ray, ModuleType, ModuleType]) -> None:
    ray, module, _ = modules
    opened = Opened(ray, module, gpus=2)
    opened.hear()
    ray.says.put(RayError("  The actor died.\n\n  Traceback\n  because of it. \n"))
    assert opened.hear() == {"ended": "The actor died. ... because of it."}
    opened.line.send({"do": "cancel"})  # to nobody
    ray.until(lambda: ("removed", "a group") in ray.did)
    begun = ray.did[1]
    assert ray.did[0] == ("group", ([{"GPU": 2.0}],), {"strategy": "STRICT_PACK"})
    assert begun[:2] == ("begun", "Actor") and begun[3] == ("a registry", None)
    assert begun[2] == {
        "max_concurrency": 4, "max_restarts": 0, "num_cpus": 0, "num_gpus": 2, "scheduling_strategy": ("in", "a group"),
    }  # fmt: skip
    assert ray.did[2:] == [("killed",), ("removed", "a group")]


@pytest.mark.parametrize("gpus", [0, 1])
def test_an_actor_with_one_card_or_none_needs_no_bundle(modules: tuple[Ray, ModuleType, ModuleType], gpus: int) -> None:
    _, module, _ = modules
    assert module._place(1.5, gpus) == (None, {"num_cpus": 1.5, "num_gpus": gpus, "scheduling_strategy": "SPREAD"})


def test_a_job_comes_with_its_files_in_parcels_the_last_with_the_word_of_it(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modules: tuple[Ray, ModuleType, ModuleType]
) -> None:
    planned = modules[1].parcel.planned
    monkeypatch.setattr(modules[1].parcel, "planned", lambda sizes: planned(sizes, most=10))
    (tmp_path / "a.png").write_bytes(b"0123456789abcdef")
    (tmp_path / "b.png").write_bytes(b"xyz")
    opened.line.send({"do": "engines"})
    opened.line.send(order(tmp_path, "a.png", "b.png", "a.png"))
    opened.until("send", 2)
    put = [("put", "video_1", [Part("a.png", 0, b"0123456789")])]
    assert opened.asked("put") == put
    first, second = opened.asked("send")
    assert first == ("send", 1, {"do": "engines"})
    assert second[1:] == (
        2,
        order(tmp_path, "a.png", "b.png", "a.png"),
        [Part("a.png", 10, b"abcdef"), Part("b.png", 0, b"xyz")],
    )


def test_files_that_are_not_there_or_not_wanted_any_more_end_the_job(
    opened: Opened, tmp_path: Path, modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.line.send(order(tmp_path, "gone.png"))
    failed = opened.hear()["message"]
    assert (failed["id"], failed["attempt"], failed["failed"]["code"]) == ("video_1", 3, "transfer_failed")
    assert failed["failed"]["message"].startswith("The files of this take could not be moved: ")
    assert failed["failed"]["fix"] == "retry"
    planned = modules[1].parcel.planned

    def cancelled_after_the_first(sizes: Any) -> Iterator[Any]:
        for index, spans in enumerate(planned(sizes, most=10)):
            if index == 1:
                opened.line.send({"do": "cancel"})
            yield spans

    monkeypatch.setattr(modules[1].parcel, "planned", cancelled_after_the_first)
    (tmp_path / "a.png").write_bytes(b"0123456789abcdef")
    opened.line.send(order(tmp_path, "a.png", job="video_2"))
    assert opened.hear() == {"message": {"id": "video_2", "attempt": 3, "cancelled": True}}
    assert [call[1] for call in opened.asked("forget")] == ["video_1", "video_2"]
    assert (opened.asked("put"), [call[1] for call in opened.asked("send")]) == ([], [3])


def made(opened: Opened, folder: Path) -> dict[str, Any]:
    """The word of a take, whose job came before."""
    opened.line.send(order(folder))
    opened.until("send")
    return {"id": "video_1", "attempt": 3, "done": {"frames": 2}}


PARTS = [Part("clip.mp4", 0, b"clip"), Part("sidecar.json", 0, b"{}"), Part("thumbnail.jpg", 0, b"jp"),
         Part("result.json", 0, b"result")]  # fmt: skip
SIZES = [(part.name, len(part.data)) for part in PARTS]


def test_a_small_take_comes_with_its_word_and_the_result_is_written_last(
    opened: Opened, tmp_path: Path, modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []
    for name in ("sync_file", "sync_folder", "write_whole"):
        real = getattr(modules[1], name)
        monkeypatch.setattr(
            modules[1],
            name,
            lambda path, *data, name=name, real=real: (said.append((name, path.name)), real(path, *data)),
        )
    done = made(opened, tmp_path)
    opened.ray.says.put([(1, {**done, "take": (SIZES, PARTS)})])
    assert opened.hear() == {"message": done}
    folder = tmp_path / "attempt-3"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {part.name: part.data for part in PARTS}
    assert said == [("sync_file", name) for name in RESULTS[:3]] + [
        ("sync_folder", "attempt-3"),
        ("write_whole", "result.json"),
    ]
    assert (opened.asked("take", "get"), opened.asked("forget")) == ([], [("forget", "video_1")])


def test_a_large_take_is_asked_for_parcel_by_parcel(
    opened: Opened, tmp_path: Path, modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = modules[1].parcel.planned
    monkeypatch.setattr(modules[1].parcel, "planned", lambda sizes: planned(sizes, most=5))
    whole = {part.name: part.data for part in PARTS}
    cut = lambda spans: [Part(*span[:2], whole[span.name][span.offset :][: span.length]) for span in spans]  # noqa: E731
    opened.ray.answers["take"] = (SIZES, cut(next(planned(SIZES, most=5))))
    opened.ray.answers["get"] = lambda job, attempt, spans: cut(spans)
    (tmp_path / "attempt-3").mkdir()  # as one that broke off left it
    done = made(opened, tmp_path)
    opened.ray.says.put([(1, dict(done))])
    assert opened.hear() == {"message": done}
    assert {path.name: path.read_bytes() for path in (tmp_path / "attempt-3").iterdir()} == whole
    assert opened.asked("take") == [("take", "video_1", 3)]
    assert [call[1:3] for call in opened.asked("get")] == [("video_1", 3)] * 2
    assert opened.asked("get")[0][3] == [
        Span("sidecar.json", 1, 1),
        Span("thumbnail.jpg", 0, 2),
        Span("result.json", 0, 2),
    ]


@pytest.mark.parametrize(
    ("error", "code"), [(OSError(errno.ENOSPC, "Full"), "disk_full"), (OSError(errno.EIO, "Torn"), "transfer_failed")]
)
def test_a_take_that_cannot_be_brought_is_none(opened: Opened, tmp_path: Path, error: OSError, code: str) -> None:
    opened.ray.answers["take"] = RayTaskError(error)
    done = made(opened, tmp_path)
    opened.ray.says.put([(1, done)])
    failed = opened.hear()["message"]
    assert (failed["id"], failed["attempt"], failed["failed"]["code"], "done" in failed) == ("video_1", 3, code, False)
    assert opened.asked("forget") == [("forget", "video_1")]


def test_where_all_see_one_folder_files_are_copied(modules: tuple[Ray, ModuleType, ModuleType], tmp_path: Path) -> None:
    ray, module, _ = modules
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    ours.mkdir()
    ray.answers["about"] = {"folder": str(theirs)}
    opened = Opened(ray, module, shared=str(tmp_path))
    opened.hear()
    (ours / "a.png").write_bytes(b"still")
    opened.line.send(order(ours, "a.png"))
    opened.until("send")
    assert (theirs / "video_1" / "a.png").read_bytes() == b"still"
    assert (theirs / "video_1").stat().st_mode & 0o077 == 0
    assert opened.asked("send")[0][3] == []
    (theirs / "video_1" / "attempt-3").mkdir()
    for part in PARTS:
        (theirs / "video_1" / "attempt-3" / part.name).write_bytes(part.data)
    ray.says.put([(1, {"id": "video_1", "attempt": 3, "done": {}})])
    opened.hear()
    found = {path.name: path.read_bytes() for path in (ours / "attempt-3").iterdir()}
    assert found == {part.name: part.data for part in PARTS}
    assert opened.asked("put", "take", "get") == []
    opened.line.kill()


def calling(
    modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch, *answers: Any
) -> tuple[Any, list[Any]]:
    """A line that only calls, whose actor answers so in turn, and what it waited: in a time of its own."""
    ray, module, _ = modules
    left, now, waited = list(answers), [100.0], []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    ray.answers["ask"] = lambda *values: left.pop(0)
    line = module.Line.__new__(module.Line)
    line._actor = ray.remote(type("Actor", (), {})).options().remote()
    return line, waited


def test_an_actor_that_cannot_be_reached_is_asked_again_but_not_for_longer_than_it_may_take(
    modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [ActorUnavailableError()] * 3
    line, waited = calling(modules, monkeypatch, *away, "there")
    assert (line._call("ask", 1, 2), waited) == ("there", [0.2] * 3)
    line, waited = calling(modules, monkeypatch, *away * 9)
    with pytest.raises(ActorUnavailableError):
        line._call("ask", most=0.5)
    assert waited == [0.2] * 3
    assert modules[0].limits[-4:] == [0.5, pytest.approx(0.3), pytest.approx(0.1), 0.0]


def test_what_an_actor_could_not_do_is_told_apart(
    modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    line, _ = calling(
        modules, monkeypatch, GetTimeoutError(), RayTaskError(OSError(5, "Torn")), RayTaskError(ValueError("x"))
    )
    with pytest.raises(RayError, match=r"^it did not answer for 30 seconds$"):
        line._call("ask", most=30.0)
    with pytest.raises(OSError, match="Torn"):
        line._call("ask")
    with pytest.raises(RayTaskError):
        line._call("ask")
    words = modules[1]._words
    assert [words(RayError(text)) for text in ("one", " a \n b \n c ", "", "x" * 300)] == [
        "one",
        "a ... c",
        "RayError",
        "x" * 200,
    ]
