"""Streams of a job's state and guides, in this process: what is sent when, how a guide's process ends, what stays."""

from __future__ import annotations

import asyncio
import base64
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.api import app as module
from backend.api import guides
from backend.api.guides import Guides, Handed
from backend.api.submission import Submission
from backend.engines.engine import EngineError
from client.protocol import Problem
from tests.backend.api.here import Here


def streamed(here: Here, monkeypatch: pytest.MonkeyPatch, steps: list[Callable[[], None]], pause: float) -> list[str]:
    """What a stream says of the job, where a step is done before each look but the first; then the service stops."""
    left = list(steps)
    stopping: list[bool] = []

    async def sleep(seconds: float) -> None:
        assert seconds == pause
        if left:
            left.pop(0)()
        else:
            stopping.append(True)

    monkeypatch.setattr(module, "POLL_SECONDS", pause)
    monkeypatch.setattr(module, "asyncio", SimpleNamespace(to_thread=asyncio.to_thread, sleep=sleep))
    parts: Any = SimpleNamespace(store=here.store, stopping=lambda: bool(stopping))

    async def read() -> list[str]:
        return [part async for part in module._events(parts, "video_1")]

    return asyncio.run(read())


def names(said: list[str]) -> list[str]:
    return [part.splitlines()[0].removeprefix("event: ") for part in said]


def test_a_stream_tells_of_changes_only_and_ends_with_the_job(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    job = here.job("video_1")

    def claim() -> None:
        here.store.claim("cpu")

    def report(fraction: float, preview: bytes | None = None) -> Callable[[], None]:
        return lambda: here.store.report(here.store.get(job.id), fraction, "Filming", 2.0, preview)  # type: ignore[arg-type]

    def nothing() -> None:
        pass

    def fail() -> None:
        here.store.fail(here.store.get(job.id), Problem("engine_failed", "No."))  # type: ignore[arg-type]

    steps = [nothing, claim, report(0.25), nothing, report(0.5, b"picture"), nothing, report(0.5), fail]
    said = streamed(here, monkeypatch, steps, 0.1)
    assert names(said) == ["progress", "progress", "progress", "progress", "end"]
    picture = f'"preview": "data:image/jpeg;base64,{base64.b64encode(b"picture").decode()}"'
    assert [picture in part for part in said] == [False, False, False, True, False]
    assert ['"progress": 25' in part for part in said] == [False, False, True, False, False]
    assert all(part.endswith("}\n\n") and "\ndata: {" in part for part in said)
    assert '"status": "failed"' in said[-1] and '"id": "video_1"' in said[-1]


def test_a_quiet_stream_is_kept_open_and_ends_with_the_service(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    here.job("video_1")
    said = streamed(here, monkeypatch, [lambda: None] * 85, 0.25)
    assert names(said) == ["progress", ": still here", ": still here"]  # each after 10 s of nothing
    said = streamed(here, monkeypatch, [lambda: None] * 39, 0.25)
    assert names(said) == ["progress"]
    said = streamed(here, monkeypatch, [lambda: None] * 40, 0.25)
    assert names(said) == ["progress", ": still here"]


def test_a_stream_outlasts_another_program_in_the_way_and_tells_of_a_deletion(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.job("video_1")
    get = here.store.get

    def in_the_way() -> None:
        def busy(_: str) -> Any:
            raise EngineError("busy", "Later.")

        monkeypatch.setattr(here.store, "get", busy)

    steps = [in_the_way, lambda: None, lambda: monkeypatch.setattr(here.store, "get", get)]
    said = streamed(here, monkeypatch, [*steps, lambda: here.store.delete("video_1") and None], 0.1)
    assert names(said) == ["progress", "end"]
    assert said[-1] == 'event: end\ndata: {"id": "video_1", "object": "video.deleted", "deleted": true}\n\n'


def test_a_stream_is_kept_by_nobody_on_the_way(here: Here) -> None:
    here.job("video_1")
    here.store.cancel("video_1")
    answer = here.get("/v1/videos/video_1/events")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
    assert answer.text.startswith("event: end\n")


class Child:
    """A guide's process. It says what the test gives it, then None; without more to come it has ended."""

    said: list[Any] = []
    ended = -9
    stop: threading.Event | None = None
    made: list[Any] = []

    def __init__(self, *command: str) -> None:
        self.left = list(Child.said)
        self.did: list[Any] = [command]
        Child.made.append(self)

    def send(self, order: Any) -> None:
        self.did.append(order)

    def receive(self, seconds: float) -> Any:
        self.did.append(seconds)
        if Child.stop is not None and len(self.left) == 1:
            Child.stop.set()
        return self.left.pop(0) if self.left else None

    @property
    def alive(self) -> bool:
        return bool(self.left)

    def wait(self, seconds: float) -> None:
        self.did.append("waited")

    def kill(self) -> None:
        self.did.append("killed")

    exit_code = property(lambda self: Child.ended)


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> type[Child]:
    monkeypatch.setattr(guides, "Child", Child)
    Child.said, Child.stop, Child.made = [], None, []
    return Child


def test_a_guides_process_is_told_waited_for_and_ended(child: type[Child]) -> None:
    child.said = [None, None, {"done": True}]
    guides._drawn({"folder": "f"}, threading.Event())
    [one] = child.made
    command = ("backend.guide.process", str(os.getpid()))
    assert one.did == [command, {"folder": "f"}, 0.2, 0.2, 0.2, "killed"]


def test_what_a_guides_process_says_goes_wrong_is_said(child: type[Child]) -> None:
    child.said = [{"failed": {"code": "depth_unusable", "message": "It is none.", "fix": "", "param": "depth"}}]
    with pytest.raises(EngineError, match=r"^It is none\.$") as failure:
        guides._drawn({}, threading.Event())
    assert (failure.value.code, child.made[0].did[-1]) == ("depth_unusable", "killed")


def test_a_guides_process_that_is_gone_is_said_and_one_that_is_unwanted_ended(child: type[Child]) -> None:
    with pytest.raises(EngineError) as failure:
        guides._drawn({}, threading.Event())
    says = "The guide's process was ended by SIGKILL, most likely because memory ran out. Choose a smaller size."
    assert (failure.value.code, failure.value.message, failure.value.fix) == ("engine_killed", says, "smaller_size")
    assert child.made[0].did[2:] == [0.2, "waited", 0, "killed"]
    child.said, child.stop = [None] * 9, threading.Event()
    with pytest.raises(EngineError, match="not wanted any more") as failure:
        guides._drawn({}, child.stop)
    assert (failure.value.code, failure.value.fix, child.made[1].did[-1]) == ("busy", "retry", "killed")


def test_what_was_left_behind_goes_after_an_hour_without_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 10_000.0
    monkeypatch.setattr(guides.time, "time", lambda: now)
    for name, ages in (("old", (3601, 3601)), ("new", (3600, 9000)), ("written", (9000, 10))):
        (tmp_path / "guides" / name).mkdir(parents=True)
        (tmp_path / "guides" / name / "warp.mkv").write_text("x")
        for path, age in zip((tmp_path / "guides" / name, tmp_path / "guides" / name / "warp.mkv"), ages, strict=True):
            os.utime(path, (now, now - age))
    Guides(None, tmp_path / "guides").sweep()  # type: ignore[arg-type]
    assert sorted(path.name for path in (tmp_path / "guides").iterdir()) == ["new", "written"]
    Guides(None, tmp_path / "nowhere").sweep()  # type: ignore[arg-type]


def test_a_guide_that_cannot_be_made_leaves_no_folder_and_one_that_is_made_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[Any] = []
    monkeypatch.setattr(guides, "check", lambda request, info: orders.append(("checked", info.id)))
    monkeypatch.setattr(guides, "check_whole", lambda request: orders.append("whole"))
    monkeypatch.setattr(guides, "to_json", lambda request: request)
    monkeypatch.setattr(guides, "_drawn", lambda order, stop: orders.append(order))
    given: list[Any] = []
    intake: Any = SimpleNamespace(store_files=lambda *what: (given.append(what), "request")[1])
    made = Guides(intake, tmp_path / "guides")
    wanted, submission, stop = SimpleNamespace(), Submission(), threading.Event()
    folder = made._make(wanted, submission, stop)  # type: ignore[arg-type]
    assert folder.parent == tmp_path / "guides" and folder.is_dir()
    assert given[0][:3] == (wanted, submission, folder)
    assert orders == [("checked", guides.limits().id), "whole", {"folder": str(folder), "request": "request"}]
    monkeypatch.setattr(guides, "_drawn", lambda order, stop: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        made._make(wanted, submission, stop)  # type: ignore[arg-type]
    stop.set()
    with pytest.raises(EngineError, match="not wanted any more"):
        made._make(wanted, submission, stop)  # type: ignore[arg-type]
    assert list((tmp_path / "guides").iterdir()) == [folder]
    made.stop()


def test_a_guide_too_many_is_asked_to_come_again(tmp_path: Path) -> None:
    made = Guides(None, tmp_path)  # type: ignore[arg-type]
    made._clients["anna"] = 3
    with pytest.raises(EngineError) as failure:
        asyncio.run(made.make(Submission(), "anna", None))  # type: ignore[arg-type]
    said = "3 guides are being waited for. Try again in a moment."
    assert (failure.value.code, failure.value.message, failure.value.fix) == ("busy", said, "retry")
    assert made._clients["anna"] == 3
    made.stop()


def test_a_client_that_goes_stops_its_guide_and_frees_its_place(tmp_path: Path) -> None:
    made, seen = Guides(None, tmp_path), []  # type: ignore[arg-type]

    def make(wanted: Any, submission: Any, stop: threading.Event) -> Path:
        seen.append((wanted.engine, wanted.options, wanted.shots, made._clients["anna"]))
        assert stop.wait(30)
        raise EngineError("busy", "It is not wanted.", "retry")

    made._make = make  # type: ignore[method-assign]
    asked: list[bool] = []

    async def unwanted() -> bool:
        asked.append(len(asked) == 1)
        return asked[-1]

    fields = {"model": "hosted", "extra_params": {"options": {"a": 1}}}
    with pytest.raises(EngineError, match="not wanted"):
        asyncio.run(made.make(Submission(fields), "anna", unwanted))
    assert (seen, asked[:2]) == ([(guides.limits().id, {}, (), 1)], [False, True])
    assert made._clients["anna"] == 0
    made.stop()


@pytest.mark.parametrize("gone", [False, True])
def test_a_zip_is_removed_once_it_is_sent_or_nobody_takes_it(tmp_path: Path, gone: bool) -> None:
    folder = tmp_path / "of-one"
    folder.mkdir()
    (folder / guides.ZIP).write_bytes(b"zipped")
    sent: list[Any] = []

    async def send(message: Any) -> None:
        if gone:
            raise ConnectionError
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()

    handed = Handed(folder)
    assert handed.headers["content-disposition"] == f'attachment; filename="{guides.ZIP}"'
    assert (handed.headers["cache-control"], handed.media_type) == ("no-store", "application/zip")
    scope = {"type": "http", "method": "GET", "headers": []}
    if gone:
        with pytest.raises(ConnectionError):
            asyncio.run(handed(scope, receive, send))
    else:
        asyncio.run(handed(scope, receive, send))
        assert b"".join(message.get("body", b"") for message in sent) == b"zipped"
    assert not folder.exists()
