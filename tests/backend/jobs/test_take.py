"""One take, and the worker that makes it, with engines that are told what to do: no process starts."""

from __future__ import annotations

import dataclasses
import errno
import json
import queue
import threading
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backend.engines.engine import Clip, EngineError
from backend.jobs.workers import worker as workers
from backend.jobs.workers.take import Memory, Take, _Rising, make_take
from backend.media.encode import Written
from client.protocol import Price, Result
from client.protocol.codec import to_json
from devtools.take_requests import take_request

REQUEST = take_request(seconds=1 / 12, fps=Fraction(24), size=(64, 48))
COST = Price(0.5, "EUR", exact=True)


def clip(**facts: Any) -> Clip:
    return Clip(64, 48, Fraction(24), 2, (np.full((48, 64, 3), 40 * n, np.uint8) for n in (1, 2)), None, **facts)


class Plain:
    """An engine without a memory."""

    def __init__(self, **facts: Any) -> None:
        self.facts, self.calls = facts, []  # type: ignore[var-annotated]

    def capabilities(self) -> Any:
        raise NotImplementedError

    def generate(self, request: Any, progress: Any, cancelled: Any) -> Clip:
        self.calls.append("generate")
        progress(0.25, "Thinking")
        if "fails" in self.facts:
            raise self.facts["fails"]
        return clip(**self.facts)


class Lasting(Plain):
    """One that writes down where it is."""

    def generate(self, request: Any, progress: Any, cancelled: Any, commit: Any) -> Clip:  # type: ignore[override]
        self.calls.append(("generate", commit({"order": 1})))
        return clip()

    def resume(self, state: Any, request: Any, progress: Any, cancelled: Any, commit: Any) -> Clip:
        self.calls.append(("resume", state, request))
        return clip()


def make(engine: Any, folder: Path, state: Any = None, told: Any = lambda *_: None) -> Take:
    memory = Memory(state, lambda said: said)  # type: ignore[arg-type]
    paths = folder / "clip.mp4", folder / "sidecar.json"
    return make_take(engine, REQUEST, *paths, ("ours", "both"), told, lambda: False, memory)


def test_a_take_says_what_was_made_and_what_it_cost(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    engine = Plain(notes=("both", "theirs"), cost=COST)
    take = make(engine, tmp_path, told=lambda fraction, stage, _: told.append((fraction, stage)))
    assert take.notes == ("ours", "both", "theirs")
    assert take.result == Result(2, Fraction(24), 64, 48, 0.0, ("ours", "both", "theirs"), COST)
    said = json.loads((tmp_path / "sidecar.json").read_text())
    assert (said["notes"], said["cost"]["amount"], said["frames"]) == (["ours", "both", "theirs"], 0.5, 2)
    assert told == [(0.25, "Thinking"), (0.5, "Thinking"), (1.0, "Thinking")]


def test_the_result_has_the_size_of_what_was_written() -> None:
    take = Take(Written(3, Fraction(25), 66, 50, 1.5, b"", ("not these",)), ("a",), COST)
    assert take.result == Result(3, Fraction(25), 66, 50, 1.5, ("a",), COST)


def test_progress_rises_and_keeps_its_stage() -> None:
    told: list[tuple[float, str, Any]] = []
    rising = _Rising(lambda *said: told.append(said))
    for fraction, stage, preview in ((0.5, "a", None), (0.25, "", 7), (1.5, "b", 8), (0.0, "c", None)):
        rising(fraction, stage, preview)  # type: ignore[arg-type]
    assert told == [(0.5, "a", None), (0.5, "a", 7), (1.0, "b", 8), (1.0, "c", None)]


def test_an_engine_goes_on_from_what_it_wrote_down_and_from_nothing_else(tmp_path: Path) -> None:
    engine = Lasting()
    make(engine, tmp_path)
    make(engine, tmp_path, {"order": 7})
    assert engine.calls == [("generate", {"order": 1}), ("resume", {"order": 7}, REQUEST)]
    make(engine, tmp_path, {})
    assert engine.calls[2][:2] == ("resume", {})  # nothing written is a state as well
    plain = Plain()
    with pytest.raises(EngineError, match="can't go on"):
        make(plain, tmp_path, {"order": 7})
    assert plain.calls == []


@pytest.mark.parametrize(
    ("error", "code", "fix"),
    [(MemoryError(), "out_of_memory", "smaller_size"), (OSError(errno.ENOSPC, "Full"), "disk_full", "free_space")],
)
def test_what_a_user_can_change_is_said(tmp_path: Path, error: Exception, code: str, fix: str) -> None:
    with pytest.raises(EngineError) as failed:
        make(Plain(fails=error), tmp_path)
    assert (failed.value.code, failed.value.fix) == (code, fix)
    with pytest.raises(PermissionError):
        make(Plain(fails=PermissionError(13, "No")), tmp_path)


def worker(sent: list[dict[str, Any]], **engines: Any) -> workers.Worker:
    registry = SimpleNamespace(engine=engines.__getitem__, names=lambda: list(engines), DEFAULT="plain")
    return workers.Worker(registry, sent.append, iter(()))  # type: ignore[arg-type]


def order(folder: Path, engine: str, **more: Any) -> dict[str, Any]:
    request = to_json(dataclasses.replace(REQUEST, engine=engine))
    return {
        "id": "video_1",
        "attempt": 3,
        "folder": str(folder),
        "request": request,
        "notes": ["n"],
        "state": None,
        **more,
    }


def test_an_order_leaves_all_its_files_the_result_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    written: list[str] = []
    keep = workers.write_whole
    monkeypatch.setattr(workers, "write_whole", lambda path, data: (written.append(path.name), keep(path, data)))
    worker(sent, plain=Plain(cost=COST))._make(order(tmp_path, "plain"))
    result = to_json(Result(2, Fraction(24), 64, 48, 0.0, ("n",), COST))
    assert sent[-1] == {"id": "video_1", "attempt": 3, "done": result}
    folder = tmp_path / "attempt-3"
    assert json.loads((folder / "result.json").read_text()) == result
    assert sorted(path.name for path in folder.iterdir()) == [
        "clip.mp4",
        "result.json",
        "sidecar.json",
        "thumbnail.jpg",
    ]
    assert written == ["thumbnail.jpg", "result.json"]


@pytest.mark.parametrize(
    ("error", "code", "words", "fix"),
    [
        (EngineError("no_camera", "None.", "pick_camera"), "no_camera", "None.", "pick_camera"),
        (ValueError("bad " * 200), "engine_failed", "The engine plain failed. ValueError: bad bad", "open_log"),
        (ZeroDivisionError(), "engine_failed", "The engine plain failed. ZeroDivisionError", "open_log"),
    ],
)
def test_a_failure_names_its_engine(tmp_path: Path, error: Exception, code: str, words: str, fix: str) -> None:
    sent: list[dict[str, Any]] = []
    worker(sent, plain=Plain(fails=error))._make(order(tmp_path, "plain"))
    failed = sent[-1]["failed"]
    assert (failed["code"], failed["fix"], sent[-1]["attempt"]) == (code, fix, 3)
    assert failed["message"].startswith(words) and len(failed["message"]) <= 530
    assert not (tmp_path / "attempt-3" / "result.json").exists()


def test_only_the_engine_at_work_keeps_what_it_loaded(tmp_path: Path) -> None:
    freed: list[str] = []

    class Loaded(Plain):
        def unload(self) -> None:
            freed.append(self.facts["name"])

        def generate(self, *_: Any) -> Clip:
            return clip()

    sent: list[dict[str, Any]] = []
    served = worker(sent, plain=Plain(), a=Loaded(name="a"), b=Loaded(name="b"))
    for name in ("plain", "a", "b", "b", "a"):
        served._make(order(tmp_path, name))
    assert freed == ["a", "a", "b"]
    ends = [message for message in sent if "fraction" not in message]
    assert ["done" in message for message in ends] == [True] * 5


def test_progress_goes_out_ten_times_a_second_and_a_picture_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(workers.time, "monotonic", lambda: now[0])
    sent: list[dict[str, Any]] = []
    report = workers._Reporter(sent.append, {"id": "v", "attempt": 2})
    picture = np.zeros((4, 4, 3), np.uint8)
    for at, preview in (
        (0.0, None),
        (0.09, None),
        (0.11, picture),
        (0.3, picture),
        (0.35, None),
        (0.6, picture),
        (0.62, picture),
    ):
        now[0] = 100.0 + at
        report(at, "s", preview)
    assert [(round(message["fraction"], 2), "preview" in message) for message in sent] == [
        (0.0, False),
        (0.11, True),
        (0.3, False),
        (0.6, False),
        (0.62, True),
    ]
    assert {(message["id"], message["attempt"], message["stage"]) for message in sent} == {("v", 2, "s")}


def test_a_state_is_on_the_disk_before_the_engine_goes_on() -> None:
    sent: list[dict[str, Any]] = []
    kept: queue.Queue[int] = queue.Queue()
    cancelled = threading.Event()

    def send(message: dict[str, Any]) -> None:
        sent.append(message)
        kept.put(message["number"] - 1)  # of another state
        kept.put(message["number"])

    commit = workers._Committer(send, {"id": "v", "attempt": 2}, kept, cancelled)
    commit({"order": 7})
    (message,) = sent
    assert {name: message[name] for name in ("id", "attempt", "state")} == {
        "id": "v",
        "attempt": 2,
        "state": {"order": 7},
    }
    assert kept.empty()
    commit({"a": "x" * (workers.MAX_STATE - len('{"a": ""}'))})
    for wrong in ({"a": "x" * (workers.MAX_STATE - len('{"a": ""}') + 1)}, {"a": float("nan")}):
        with pytest.raises(ValueError):
            commit(wrong)
    assert len(sent) == 2
    cancelled.set()
    with pytest.raises(workers.Cancelled):
        commit({"order": 8})


def test_an_engine_that_can_not_be_loaded_is_described_all_the_same() -> None:
    class Broken:
        def capabilities(self) -> Any:
            raise ImportError("no module named torch")

    said = worker([], broken=Broken())._describe("broken")
    facts = (said["id"], said["available"], said["reason"], said["fix"], said["lane"])
    assert facts == ("broken", False, "It could not be loaded: no module named torch", "install", "")


def test_a_clip_that_says_nothing_has_no_size_and_no_frames() -> None:
    said_nothing = Clip()
    assert (said_nothing.width, said_nothing.height, said_nothing.frame_count) == (0, 0, 0)
    assert said_nothing.fps == 0 and list(said_nothing.frames) == []
