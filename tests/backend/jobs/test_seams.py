"""Where the queue meets others: the check of files in its process, lines to actors, what lanes and slots are called."""

from __future__ import annotations

import queue
import signal
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.engine import EngineError
from backend.jobs import lanes, pool, request
from backend.jobs.cluster import actor as actors
from backend.jobs.cluster import crew as crews
from backend.jobs.cluster import parcel
from backend.jobs.inspection import inspect, inspector
from backend.jobs.lanes import CPU, GPU, NETWORK, Slot
from backend.jobs.store import connection, ending, store, turns
from backend.jobs.workers import child as children
from backend.jobs.workers import local, runner, worker
from backend.jobs.workers.link import Loss


@pytest.mark.parametrize(("kind", "options"), [("JPEG", {"quality": 95}), ("WEBP", {"lossless": True}), ("PNG", {})])
def test_every_pixel_of_a_picture_is_decoded_at_the_door(tmp_path: Path, kind: str, options: dict[str, Any]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (90, 64, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a", kind, **options)
    assert inspect.picture(tmp_path / "a", "view_2")[1:] == (64, 90)
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[: len(data) * 9 // 10])
    with pytest.raises(EngineError) as refused:
        inspect.picture(tmp_path / "a", "view_2")
    assert (refused.value.code, refused.value.param, refused.value.fix, refused.value.message) == (
        "invalid_file",
        "view_2",
        "",
        "The file view_2 is not a PNG, JPEG or WebP picture that can be read.",
    )


def test_the_process_that_checks_answers_each_file_within_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "a", "PNG")
    (tmp_path / "b").write_bytes(b"none")
    asked = [
        {"seconds": 3, "kind": "picture", "path": str(tmp_path / "a"), "param": "still"},
        {"seconds": 5, "kind": "depth", "path": str(tmp_path / "b"), "param": "view_1_depth"},
    ]
    said: list[Any] = []
    monkeypatch.setattr(children, "serve", lambda: (said.append, iter(asked)))
    monkeypatch.setattr(inspect, "_end_after", said.append)
    monkeypatch.setattr(inspect.sys, "platform", "darwin")  # with all the memory that there is
    inspect.main()
    wrong = {
        "code": "invalid_file",
        "message": "The file view_1_depth is not an OpenEXR file.",
        "param": "view_1_depth",
    }
    assert said[:4] == [{"ready": True}, 3, 0, {"found": (".png", 30, 20)}] and said[4:6] == [5, 0]
    assert {name: said[6]["wrong"][name] for name in wrong} == wrong and len(said) == 7


def test_a_process_that_checks_has_so_much_memory_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits: list[Any] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *what: limits.append(what))
    monkeypatch.setattr(children, "serve", lambda: (lambda _: None, iter(())))
    inspect.main()
    assert limits == [(resource.RLIMIT_AS, (4 << 30, 4 << 30))]
    timers: list[Any] = []
    monkeypatch.setattr(inspect.signal, "setitimer", lambda *what: timers.append(what))
    inspect._end_after(2.5)
    assert timers == [(signal.ITIMER_PROF, 2.5)]


def test_what_is_too_large_says_how_large_it_is() -> None:
    error = inspect._too_large("view_1", 9000, 8000)
    assert (error.code, error.message, error.fix, error.param) == (
        "invalid_file",
        "The file view_1 is 9000x8000: that is too large.",
        "smaller_size",
        "view_1",
    )
    assert inspect._window({"dataWindow": ((3, -2), (12, 4))}) == (10, 7)


class Bridge:
    """Remembers what goes over it."""

    def __init__(self) -> None:
        self.alive = True
        self.sent: list[Any] = []

    def send(self, message: Any) -> None:
        self.sent.append(message)


def test_a_line_is_what_the_queue_needs_of_it() -> None:
    bridge, aside = Bridge(), []
    link = crews.ActorLink(bridge, 7, "gpu:1", lambda one: (aside.append(one), "engines" in one)[1])  # type: ignore[arg-type]
    assert (link.ready, link.alive, link.exit_code, link.last_words()) == (False, True, None, "")
    assert (link.ending, link.loss) == ("was lost with the way to its cluster", Loss.AGAIN)
    link.on_message({"ready": {"host": "h", "pid": 3}})
    assert link.ready
    for message in ({"engines": []}, {"n": 1}):
        link.on_message({"message": message})
    assert aside == [{"engines": []}, {"n": 1}]
    assert link.receive(0) == {"n": 1} and link.receive(0) is None
    link.send({"do": "make"})
    assert bridge.sent == [{"do": "send", "line": 7, "message": {"do": "make"}}]
    bridge.alive = False
    assert not link.alive
    bridge.alive = True
    link.on_message({"ended": "no room"})
    assert (link.alive, link.ending, link.loss) == (False, "ended (no room)", Loss.COUNTS)
    link.kill()
    assert bridge.sent[1:] == [{"do": "kill", "line": 7}]
    assert (link.ending, link.loss) == ("ended (no room)", Loss.COUNTS)  # the first word counts
    waited: list[float] = []
    link._ended.wait = waited.append  # type: ignore[assignment, method-assign]
    link.wait(3.5)
    assert waited == [3.5] and link.receive(1) is None
    killed = crews.ActorLink(bridge, 8, "gpu:2", None)  # type: ignore[arg-type]
    killed.on_message({"message": {"n": 2}})
    assert killed.receive(0) == {"n": 2}
    killed.kill()
    assert (killed.ending, killed.loss, killed.alive) == ("was ended", Loss.AGAIN, False)


def test_an_actor_waits_for_news_and_tells_what_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "Worker", lambda *_: SimpleNamespace(run=lambda: None))
    monkeypatch.setattr(actors.os, "umask", lambda mask: None)
    actor = actors.Actor("json", str(tmp_path))
    waited: list[float] = []

    def wait_for(there: Any, seconds: float) -> None:
        assert not there()
        waited.append(seconds)
        actor._said.append((1, {"n": 1}))
        assert there()

    monkeypatch.setattr(actor._news, "wait_for", wait_for)
    assert actor.receive(0, 2.5) == [(1, {"n": 1})] and waited == [2.5]
    monkeypatch.setattr(actor._news, "wait_for", lambda there, seconds: waited.append(bool(there())))
    actor._number = 1
    actor._say({"n": 2})
    actor._say({"n": 3})
    assert actor.receive(1, 9.0) == [(2, {"n": 2}), (3, {"n": 3})] and actor.receive(2, 9.0) == [(3, {"n": 3})]
    assert actor.receive(3, 0) == [] and waited[1:] == [True, True, False]
    about = actor.about()
    assert set(about) == {"host", "pid", "folder"} and Path(about["folder"]).parent == tmp_path


def test_an_actor_where_all_see_one_folder_sends_no_take_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "Worker", lambda *_: SimpleNamespace(run=lambda: None))
    monkeypatch.setattr(actors.os, "umask", lambda mask: None)
    for shared, along in ((str(tmp_path), False), (None, True)):
        monkeypatch.setattr(actors.tempfile, "gettempdir", lambda: str(tmp_path))
        actor = actors.Actor("json", shared)
        folder = Path(actor.about()["folder"]) / "video_1" / "attempt-2"
        folder.mkdir(parents=True)
        for number, name in enumerate(actors.RESULTS):
            (folder / name).write_bytes(bytes([number]) * (number + 1))
        actor._say({"id": "video_1", "attempt": 2, "done": {}})
        assert ("take" in actor.receive(0, 0)[0][1]) is along
        spans = [actors.Span("sidecar.json", 1, 1), actors.Span("result.json", 0, 4)]
        found = [(part.name, part.offset, part.data) for part in actor.get("video_1", 2, spans)]
        assert found == [("sidecar.json", 1, b"\x01"), ("result.json", 0, b"\x03\x03\x03\x03")]
        actor.forget("video_1")
        assert not folder.parent.exists()


@pytest.mark.parametrize(
    ("cards", "gpus", "names"),
    [
        ([], 1, {"gpu:0": {}}),
        (["a"], 1, {"gpu:0": {}}),
        (["a", "b"], 1, {"gpu:0": {"CUDA_VISIBLE_DEVICES": "a"}, "gpu:1": {"CUDA_VISIBLE_DEVICES": "b"}}),
        (["a", "b"], 2, {"gpu:0+1": {"CUDA_VISIBLE_DEVICES": "a,b"}}),
        (["a", "b", "c"], 0, {"gpu:0+1+2": {"CUDA_VISIBLE_DEVICES": "a,b,c"}}),
        (["a", "b", "c"], 2, {"gpu:0+1": {"CUDA_VISIBLE_DEVICES": "a,b"}, "gpu:2": {"CUDA_VISIBLE_DEVICES": "c"}}),
    ],
)
def test_the_slots_of_a_machine(
    monkeypatch: pytest.MonkeyPatch, cards: list[str], gpus: int, names: dict[str, dict[str, str]]
) -> None:
    monkeypatch.setattr(lanes, "_cards", lambda: cards)
    slots = lanes.further_slots(gpus)
    assert {slot.name: slot.environment for slot in slots if slot.lane == GPU} == names
    network = [slot for slot in slots if slot.lane == NETWORK]
    assert [slot.name for slot in network] == [f"network:{index}" for index in range(4)] and slots[-4:] == network
    assert not any(slot.ahead for slot in slots) and len(slots) == len(names) + 4
    assert [Slot("a", lane).cancel_seconds for lane in (CPU, GPU, NETWORK)] == [0.6, 0.6, 10.0]


def test_the_cards_are_those_chosen_or_those_the_driver_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    answer = SimpleNamespace(stdout="GPU-1\nGPU-2\n", returncode=0)
    monkeypatch.setattr(lanes.subprocess, "run", lambda *what, **how: (asked.append((what, how)), answer)[1])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", " 1, ,3 ")
    assert lanes._cards() == ["1", "3"] and asked == []
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert lanes._cards() == ["GPU-1", "GPU-2"]
    command = ["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"]
    assert asked == [((command,), {"capture_output": True, "text": True, "timeout": 10.0, "creationflags": 0})]
    answer.returncode = 9
    assert lanes._cards() == []
    for error in (OSError("none"), lanes.subprocess.TimeoutExpired("nvidia-smi", 10)):
        monkeypatch.setattr(lanes.subprocess, "run", lambda *_, error=error, **__: (_ for _ in ()).throw(error))
        assert lanes._cards() == []


def test_a_local_crew_counts_cards_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    monkeypatch.setattr(local, "further_slots", lambda gpus: (counted.append(gpus), [Slot("gpu:0", GPU)])[1])
    crew = local.LocalCrew("a", 2)
    assert crew.slots() == crew.slots() == [Slot("gpu:0", GPU)] and counted == [2]
    assert local.LocalCrew("a").slots() and counted == [2, 1]
    assert (crew.describing.name, crew.describing.lane, crew.registry) == ("cpu", CPU, "a")


def test_the_child_s_side_sends_lines_and_reads_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b'{"do": "a"}\n{"do": "b"}\n')
    handled: list[Any] = []
    with (tmp_path / "in").open("rb") as given, (tmp_path / "out").open("wb") as out:
        system = SimpleNamespace(
            dup=lambda number: handled.append(number) or 70,
            dup2=lambda *what: handled.append(what),
            fdopen=lambda *_: out,
        )
        monkeypatch.setattr(children, "os", system)
        monkeypatch.setattr(children.signal, "signal", lambda *what: handled.append(what))
        monkeypatch.setattr(children.sys, "stdin", SimpleNamespace(buffer=given))
        send, messages = children.serve()
        assert handled == [(signal.SIGINT, signal.SIG_IGN), 1, (2, 1)]
        assert [one["do"] for one in messages] == ["a", "b"]
        send({"n": 1})
        assert (tmp_path / "out").read_bytes() == b'{"n": 1}\n'  # at once
        send({"n": 2})
    assert (tmp_path / "out").read_bytes() == b'{"n": 1}\n{"n": 2}\n'


def test_a_queue_of_messages_ends_with_the_child() -> None:
    made = children.Child.__new__(children.Child)
    made._messages, made._aside = queue.Queue(), lambda message: message.get("aside", False)
    made._sending = threading.Lock()
    lines = [b'{"n": 1}\n', b"torn\n", b'{"aside": true}\n', b'{"n": 2}\n']
    made._process = SimpleNamespace(stdout=lines, stdin=None)  # type: ignore[assignment]
    made._read_messages()
    assert [made.receive(0) for _ in range(4)] == [{"n": 1}, {"n": 2}, None, None]
    wrote: list[Any] = []
    made._process.stdin = SimpleNamespace(write=wrote.append, flush=lambda: wrote.append("flushed"))  # type: ignore[assignment]
    made.send({"do": "x", "n": [1, 2]})
    assert wrote == [b'{"do": "x", "n": [1, 2]}\n', "flushed"]
    for error in (BrokenPipeError(), OSError(), ValueError()):
        made._process.stdin.flush = lambda error=error: (_ for _ in ()).throw(error)  # type: ignore[union-attr, method-assign]
        made.send({})  # into the void


def test_the_bounds_of_files_jobs_and_processes() -> None:
    """Bytes, counts and seconds: what one job or file may take from all others."""
    assert (inspect.MAX_BYTES, inspect.MAX_MEMORY) == (1_073_741_824, 4_294_967_296)
    assert (inspector.LARGE, inspector.QUICK_SECONDS, inspector.PATIENT_SECONDS) == (25_165_824, 0.6, 20.0)
    assert (inspector.WAITING, inspector.STARTING_SECONDS, inspector.MAX_PATIENT) == (3, 30.0, 8)
    assert (lanes.NETWORK_SLOTS, lanes.PROBE_SECONDS) == (4, 10.0)
    assert (pool.POLL_SECONDS, pool.FRESH_SECONDS, pool.SWEEP_SECONDS) == (0.5, 3.0, 21_600.0)
    assert (request.MAX_BINDING, request.MAX_OPTIONS, worker.MAX_STATE) == (4096, 16_384, 16_384)
    assert (worker.REPORT_SECONDS, worker.PREVIEW_SECONDS, children.KEPT_LINES) == (0.1, 0.5, 40)
    assert (runner.RETRY_SECONDS, runner.CHILD_SECONDS, runner.BROKEN_SECONDS) == (2.0, 1.0, 10.0)
    assert (runner.IDLE_SECONDS, runner.DEATHS, ending.INTERRUPTIONS) == (600.0, 5, 2)
    assert (store.KEPT_SECONDS, store.STEP_SECONDS, store.MAX_WAITING) == (2_592_000.0, 86_400.0, 1000)
    assert (turns.KEPT_PACE, turns.USUAL_PACE, connection.BUSY_SECONDS) == (0.8, 0.1, 3.0)
    assert (actors.AT_ONCE, parcel.MOST) == (1_048_576, 8_388_608)
    assert (crews.BRIDGE_SECONDS, crews.KEEP_SECONDS, crews.LEAVE_SECONDS) == (5.0, 0.2, 15.0)
