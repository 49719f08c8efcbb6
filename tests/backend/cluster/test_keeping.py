"""The crew of a cluster and its bridge, which is made up: when one is started, and what becomes of the lines of one
that is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.jobs.cluster import actor as actors
from backend.jobs.cluster import crew as module
from backend.jobs.cluster.crew import Cluster, ClusterCrew
from backend.jobs.lanes import CPU, GPU, NETWORK, Slot
from backend.jobs.workers.link import Loss


class Bridge:
    """What the crew sees of the process that speaks to Ray."""

    begun: list[Bridge] = []

    def __init__(self, *command: str, aside: Any, environment: dict[str, str]) -> None:
        self.command, self.say, self.environment = command, aside, environment
        self.alive, self.sent, self.ending = True, [], "ended with exit code 1"
        Bridge.begun.append(self)

    def send(self, message: Any) -> None:
        self.sent.append(message)

    def wait(self, seconds: float) -> None:
        self.sent.append(f"waited {seconds}")

    def kill(self) -> None:
        self.sent.append("killed")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes a crew that keeps nothing by itself, in a time of its own."""
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=1000.0)
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "Child", Bridge)
    monkeypatch.setattr(module, "KEEP_SECONDS", 1000)
    Bridge.begun = []
    crews: list[ClusterCrew] = []

    def make(cluster: Cluster) -> tuple[ClusterCrew, Any]:
        crews.append(ClusterCrew("a registry", cluster))
        return crews[-1], clock

    yield make
    for crew in crews:
        crew.stop()


NODES = {"nodes": [{"id": "a", "cpus": 8.0, "gpus": 2}]}


def test_a_bridge_is_started_with_what_it_needs_and_not_twice_within_five_seconds(made: Any) -> None:
    crew, clock = made(Cluster("10.0.0.5:6379", shared=Path("/shared")))
    crew._ensure_bridge()
    crew._ensure_bridge()
    [first] = Bridge.begun
    assert first.command == ("backend.jobs.cluster.bridge", "10.0.0.5:6379", "a registry", "/shared")
    assert first.environment == {"RAY_USAGE_STATS_ENABLED": "0"}
    first.alive, clock.now = False, 1004.9
    crew._ensure_bridge()
    assert len(Bridge.begun) == 1
    clock.now = 1005.0
    crew._ensure_bridge()
    assert len(Bridge.begun) == 2


def test_a_cluster_of_our_own_lets_nobody_else_in(made: Any) -> None:
    crew, clock = made(Cluster("local"))
    crew._ensure_bridge()
    Bridge.begun[0].alive, clock.now = False, 2000.0
    crew._ensure_bridge()
    first, second = (one.environment for one in Bridge.begun)
    assert (first["RAY_AUTH_MODE"], len(first["RAY_AUTH_TOKEN"])) == ("token", 64)
    assert first["RAY_AUTH_TOKEN"] != second["RAY_AUTH_TOKEN"]
    assert Bridge.begun[0].command == ("backend.jobs.cluster.bridge", "local", "a registry")


def test_workers_are_opened_by_number_and_lost_with_their_bridge(made: Any, caplog: pytest.LogCaptureFixture) -> None:
    crew, clock = made(Cluster("x", gpus=2, cpus=1.5))
    crew._ensure_bridge()
    [bridge] = Bridge.begun
    with pytest.raises(OSError, match="not reached"):
        crew.start(Slot("cpu:0", CPU, ahead=True))
    assert crew._on_message(NODES) is True
    heard: list[Any] = []
    cpu = crew.start(Slot("cpu:0", CPU, ahead=True), lambda message: bool(heard.append(message)))
    gpu = crew.start(Slot("gpu:0", GPU, ahead=True))
    assert bridge.sent == [
        {"do": "open", "line": 1, "cpus": 1.5, "gpus": 0}, {"do": "open", "line": 2, "cpus": 0, "gpus": 2},
    ]  # fmt: skip
    crew._on_message({"line": 2, "message": {"n": 2}})
    crew._on_message({"line": 1, "message": {"n": 1}})
    crew._on_message({"line": 9, "message": {"n": 9}})  # of one that is gone
    assert (cpu.receive(0), gpu.receive(0), heard) == ({"n": 1}, {"n": 2}, [{"n": 1}])
    crew._on_message({"line": 1, "ended": "its node died"})
    assert (cpu.alive, cpu.loss, cpu.ending, list(crew._links)) == (False, Loss.COUNTS, "ended (its node died)", [2])
    bridge.alive, clock.now = False, 2000.0
    crew._ensure_bridge()
    assert (gpu.alive, gpu.loss, gpu.ending) == (False, Loss.AGAIN, "was lost with the way to its cluster")
    assert (crew._links, crew._nodes, crew._connected) == ({}, [], False)
    assert [slot.lane for slot in crew.slots()] == [NETWORK] * 4
    lost = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert lost == ["The Ray cluster x is lost: its bridge ended with exit code 1"]
    crew._on_message({"refused": "no such address"})
    assert caplog.records[-1].message == "The Ray cluster x can't be reached: no such address"


def test_a_slot_of_this_machine_is_started_here(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    crew, _ = made(Cluster("x"))
    monkeypatch.setattr(crew._local, "start", lambda *given: given)
    slot = Slot("network:0", NETWORK)
    assert crew.start(slot, None) == (slot, None)


class Worker:
    """What an actor's worker is told."""

    def __init__(self, registry: Any, say: Any, messages: Any) -> None:
        self.say, self.messages = say, messages

    def run(self) -> None:
        """Nothing is made."""


@pytest.fixture
def actor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    before = os.umask(0o022)
    monkeypatch.setattr(actors, "Worker", Worker)
    yield lambda shared: actors.Actor("json", shared)
    os.umask(before)


def test_an_actor_says_each_thing_once_it_was_not_heard(actor: Any, tmp_path: Path) -> None:
    one = actor(str(tmp_path))
    about = one.about()
    assert (about["pid"], Path(about["folder"]).parent) == (os.getpid(), tmp_path)
    assert Path(about["folder"]).name.startswith(f"take-one-{about['host']}-{os.getpid()}-")
    assert Path(about["folder"]).stat().st_mode & 0o077 == 0
    assert one.receive(0, 0) == []
    for number in range(3):
        one._say({"n": number})
    assert one.receive(0, 0) == [(1, {"n": 0}), (2, {"n": 1}), (3, {"n": 2})]
    assert one.receive(2, 0) == [(3, {"n": 2})]
    assert one.receive(0, 0) == [(3, {"n": 2})]  # what was heard is forgotten
    one._say({"done": {}, "id": "video_1", "attempt": 1})  # where all see one folder nothing travels
    assert one.receive(3, 0) == [(4, {"done": {}, "id": "video_1", "attempt": 1})]


def test_a_take_that_is_not_there_is_said_without_it_and_what_is_forgotten_is_gone(
    actor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actors.tempfile, "gettempdir", lambda: str(tmp_path))
    one = actor(None)
    done = {"done": {}, "id": "video_1", "attempt": 1}
    one._say(done)
    assert one.receive(0, 0) == [(1, done)]
    folder = Path(one.about()["folder"]) / "video_1"
    (folder / "attempt-1").mkdir(parents=True)
    for name in actors.RESULTS:
        (folder / "attempt-1" / name).write_bytes(name.encode())
    sizes, parts = one.take("video_1", 1)
    assert sizes == [(name, len(name)) for name in actors.RESULTS]
    assert [part.data.decode() for part in parts] == list(actors.RESULTS)
    spans = [actors.Span("clip.mp4", 2, 3), actors.Span("result.json", 0, 4)]
    assert [part.data for part in one.get("video_1", 1, spans)] == [b"ip.", b"resu"]
    one.forget("video_1")
    assert not folder.exists()
    with pytest.raises(ValueError, match="not the name of a file"):
        one.forget("../x")


def test_a_process_runs_where_it_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert actors._runs(os.getpid())

    def asked(error: Exception) -> Any:
        def kill(pid: int, number: int) -> None:
            assert (pid, number) == (7, 0)
            raise error

        return kill

    for error, runs in ((ProcessLookupError(), False), (PermissionError(), True)):
        monkeypatch.setattr(actors.os, "kill", asked(error))
        assert actors._runs(7) is runs
