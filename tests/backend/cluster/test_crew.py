"""Workers that may be lost with their machine, as the queue sees them. No Ray is needed here."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backend.jobs import lanes
from backend.jobs.cluster import actor as actors
from backend.jobs.cluster import crew as crews
from backend.jobs.cluster.crew import ActorLink, Cluster, ClusterCrew
from backend.jobs.lanes import CPU, DESCRIBING, Slot
from backend.jobs.pool import Pool, _merged
from backend.jobs.store.owner import Owner
from backend.jobs.store.row import StoredJob
from backend.jobs.store.store import Store
from backend.jobs.workers.child import Child
from backend.jobs.workers.link import Aside, Link, Loss
from backend.jobs.workers.local import LocalCrew
from backend.jobs.workers.worker import Worker
from client.protocol import Direction, EngineInfo, TakeRequest
from client.protocol.codec import from_json

REGISTRY = "tests.backend.scripted"


class Distant(Child):
    """A process that stands for an actor: it is ready when it says so, and its end is no fault of the job's."""

    loss = Loss.COUNTS  # type: ignore[assignment]
    ready = True  # type: ignore[assignment]


class DistantCrew(LocalCrew):
    """Two places on other machines."""

    describing = Slot("engines", DESCRIBING)

    def __init__(self) -> None:
        super().__init__(REGISTRY)
        self.started: list[Distant] = []
        self.room = 2

    def slots(self) -> Sequence[Slot]:
        return [Slot(f"cpu:{index}", CPU, ahead=True) for index in range(self.room)]

    def start(self, slot: Slot, aside: Aside | None = None) -> Link:
        if not slot.ahead:
            return super().start(slot, aside)
        module = "backend.jobs.workers.worker_process"
        child = Distant(module, REGISTRY, str(os.getpid()), aside=aside, environment={"PYTHONPATH": str(Path.cwd())})
        self.started.append(child)
        return child


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[tuple[Store, Pool, DistantCrew]]:
    store, crew = Store(tmp_path), DistantCrew()
    pool = Pool(store, Owner(tmp_path), crew)
    pool.start()
    yield store, pool, crew
    pool.stop()
    store.close()


def add(store: Store, name: str, **options: Any) -> str:
    job = f"video_{name}"
    store.job_folder(job).mkdir()
    request = TakeRequest("scripted", Direction(), (), 1.0, Fraction(24), (64, 48), 7, options=options)
    store.add(job, request, CPU)
    return job


def until(true: Callable[[], Any], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_job_whose_machine_dies_is_made_on_another(queue: tuple[Store, Pool, DistantCrew], tmp_path: Path) -> None:
    store, _, _ = queue
    marker = tmp_path / "marker"
    job = add(store, "once", run_marker=str(marker), frame_seconds=0.02)
    until(marker.exists)
    pid = int(marker.read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    until(lambda: store.get(job).status.over)  # type: ignore[union-attr]
    found = store.get(job)
    assert found is not None and (found.status.value, found.attempt, found.interruptions) == ("completed", 2, 1)
    assert [path.name for path in store.job_folder(job).iterdir()] == ["attempt-2"]
    assert [line.split()[0] for line in marker.read_text().splitlines()][1:] != [str(pid)]


def test_a_job_that_takes_three_workers_with_it_fails_and_says_so(queue: tuple[Store, Pool, DistantCrew]) -> None:
    store, _, _ = queue
    job = add(store, "thrice", end="SIGKILL")
    until(lambda: store.get(job).status.over)  # type: ignore[union-attr]
    found = store.get(job)
    assert found is not None and found.error is not None
    assert (found.status.value, found.attempt, found.error.code) == ("failed", 3, "workers_lost")
    assert found.error.message.startswith("3 workers in a row were lost while they made this take")
    assert "The last one was ended by SIGKILL." in found.error.message
    other = add(store, "after")
    until(lambda: store.get(other).status.over)  # type: ignore[union-attr]
    assert store.get(other).status.value == "completed"  # type: ignore[union-attr]


def test_as_many_workers_come_as_jobs_wait(queue: tuple[Store, Pool, DistantCrew]) -> None:
    store, pool, crew = queue
    until(lambda: len(crew.started) == 1)  # it describes the engines
    first, second = (add(store, name, frame_seconds=0.03) for name in ("first", "second"))
    pool.wake()
    until(lambda: store.get(second).status.over and store.get(first).status.over)  # type: ignore[union-attr]
    assert len(crew.started) == 2
    third = add(store, "third")
    until(lambda: store.get(third).status.over)  # type: ignore[union-attr]
    assert len(crew.started) == 2


def test_the_engines_are_as_the_worker_of_their_lane_says(queue: tuple[Store, Pool, DistantCrew]) -> None:
    _, pool, _ = queue
    assert pool.engines()["scripted"].available
    assert pool.engines()["card"].lane == "gpu"


def test_a_machine_that_can_not_load_an_engine_says_nothing_of_where_it_runs() -> None:
    class Registry:
        names = staticmethod(lambda: ["film"])

        @staticmethod
        def engine(name: str) -> Any:
            raise ImportError("no card here")

    worker = Worker(Registry, lambda _: None, iter(()))  # type: ignore[arg-type]
    failed = {"film": from_json(EngineInfo, worker._describe("film"))}
    able = {"film": EngineInfo("film", lane="gpu", available=True)}
    assert _merged({"": failed, "gpu": able, "cpu": failed}) == able
    nowhere = _merged({"": failed, "gpu": failed, "cpu": failed})["film"]
    assert (nowhere.lane, nowhere.available, nowhere.reason) == ("cpu", False, "It could not be loaded: no card here")


def test_a_claim_whose_worker_is_gone_is_no_start(
    queue: tuple[Store, Pool, DistantCrew], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pool, crew = queue
    claim, give_back = store.claim, store.give_back
    counted: list[float | None] = []

    def waits() -> float | None:
        return pool.meter.registry.get_sample_value(
            "take_one_wait_seconds_count", {"engine": "scripted", "lane": "cpu"}
        )

    def claim_and_lose(lane: str) -> StoredJob | None:
        job = claim(lane)
        if job is not None and not counted:
            for child in crew.started:  # whichever of them it was claimed for
                child.kill()
        return job

    def count(job: StoredJob) -> None:
        counted.append(waits())
        give_back(job)

    monkeypatch.setattr(store, "claim", claim_and_lose)
    monkeypatch.setattr(store, "give_back", count)
    until(lambda: crew.started)
    made = 0
    while not counted and made < 12:  # a slot may have another worker before the job is there: then it is no such claim
        job = add(store, f"late_{made}")
        until(lambda job=job: store.get(job).status.over)  # type: ignore[misc, union-attr]
        found = store.get(job)
        assert found is not None
        assert (found.status.value, found.attempt, found.interruptions) == ("completed", 1, 0)
        made += 1
    assert counted == [None if made == 1 else made - 1.0]
    assert waits() == made


def test_places_are_those_that_take_jobs(queue: tuple[Store, Pool, DistantCrew]) -> None:
    _, pool, crew = queue
    until(lambda: [place.name for place in pool.places()] == ["cpu:0", "cpu:1"] and crew.started)
    crew.room = 0
    until(lambda: [(place.name, place.running) for place in pool.places()] == [("cpu:0", True)])  # it describes


def test_only_folders_of_this_machines_ended_actors_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors.socket, "gethostname", lambda: "render")
    monkeypatch.setattr(actors, "_runs", lambda pid: pid == 40)
    for name in ("render-39-abcd_efg", "render-40-abcd_efg", "render-12-39-abcd_efg", "render-12-abcdefgh-x"):
        (tmp_path / f"take-one-{name}").mkdir()
    actors._sweep(tmp_path)
    left = sorted(path.name.removeprefix("take-one-") for path in tmp_path.iterdir())
    assert left == ["render-12-39-abcd_efg", "render-12-abcdefgh-x", "render-40-abcd_efg"]


class Bridge:
    """What an ActorLink sees of the bridge."""

    alive = True

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def wait(self, seconds: float) -> None:
        self.waited = seconds

    def kill(self) -> None:
        self.sent.append({"do": "die"})


def test_a_line_to_an_actor() -> None:
    bridge, heard = Bridge(), []
    link = ActorLink(bridge, 4, "cpu:0", lambda message: bool(message.get("engines")) and not heard.append(message))  # type: ignore[arg-type, func-returns-value]
    assert (link.alive, link.ready, link.receive(0)) == (True, False, None)
    link.on_message({"ready": {"host": "there", "pid": 5}})
    link.on_message({"message": {"engines": [1]}})
    link.on_message({"message": {"fraction": 0.5}})
    assert (link.ready, heard, link.receive(0), link.receive(0)) == (True, [{"engines": [1]}], {"fraction": 0.5}, None)
    link.send({"do": "cancel"})
    assert bridge.sent == [{"do": "send", "line": 4, "message": {"do": "cancel"}}]
    link.on_message({"ended": "its node has died"})
    assert (link.alive, link.loss, link.ending) == (False, Loss.COUNTS, "ended (its node has died)")
    link.lose("later", Loss.AGAIN)
    assert (link.loss, link.receive(0)) == (Loss.COUNTS, None)


def test_a_line_whose_bridge_dies_counts_against_no_job() -> None:
    bridge = Bridge()
    link = ActorLink(bridge, 1, "cpu:0", None)  # type: ignore[arg-type]
    bridge.alive = False
    assert (link.alive, link.loss, link.ending) == (False, Loss.AGAIN, "was lost with the way to its cluster")


def test_the_bridge_has_the_time_to_leave_its_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "KEEP_SECONDS", 1000)
    crew, bridge = ClusterCrew(REGISTRY, Cluster("x")), Bridge()
    crew._bridge = bridge  # type: ignore[assignment]
    crew.stop()
    assert bridge.sent == [{"do": "end"}, {"do": "die"}]
    assert bridge.waited > 15  # after which it ends by itself, whatever Ray does


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        (Cluster("x"), (13, 6)),
        (Cluster("x", gpus=2), (13, 2)),  # of three cards one is left over
        (Cluster("x", gpus=0), (13, 1)),  # all of the largest machine
        (Cluster("x", cpus=4), (3, 6)),
        (Cluster("x", drafts=2, takes=8), (2, 8)),
        (Cluster("x", cpus=16, gpus=4), (1, 2)),  # no machine is as large: each takes all of the largest
        (Cluster("x", cpus=16, gpus=4, drafts=2, takes=3), (2, 3)),  # for Ray to bring
    ],
)
def test_there_are_as_many_slots_as_the_machines_have_room_for(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster, expected: tuple[int, int]
) -> None:
    monkeypatch.setattr(crews, "KEEP_SECONDS", 1000)  # no bridge
    crew = ClusterCrew(REGISTRY, cluster)
    assert {slot.lane for slot in crew.slots() if not slot.ahead} == {lanes.NETWORK}
    crew._on_message({"nodes": [{"id": "a", "cpus": 9.0, "gpus": 3}, {"id": "b", "cpus": 4.0, "gpus": 3}]})
    if cluster.gpus == 0:
        crew._on_message({"nodes": [{"id": "a", "cpus": 9.0, "gpus": 5}, {"id": "b", "cpus": 4.0, "gpus": 3}]})
    found = [slot.lane for slot in crew.slots() if slot.ahead]
    assert (found.count("cpu"), found.count("gpu")) == expected
    with pytest.raises(OSError, match="the Ray cluster x is not reached"):
        crew.start(crew.slots()[0])
    crew.stop()


def test_who_is_asked_for_more_than_a_machine_has_takes_what_it_has_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(crews, "KEEP_SECONDS", 1000)
    crew, bridge = ClusterCrew(REGISTRY, Cluster("x", cpus=4, gpus=3)), Bridge()
    crew._bridge = bridge  # type: ignore[assignment]
    crew._on_message({"nodes": [{"id": "a", "cpus": 0.0, "gpus": 0}]})
    assert not any(slot.ahead for slot in crew.slots())
    crew._on_message({"nodes": [{"id": "a", "cpus": 2.0, "gpus": 2}, {"id": "b", "cpus": 1.0, "gpus": 1}]})
    for slot in crew.slots():
        if slot.ahead:
            crew.start(slot)
    assert bridge.sent == [
        {"do": "open", "line": 1, "cpus": 2.0, "gpus": 0},
        {"do": "open", "line": 2, "cpus": 0, "gpus": 2},
    ]
    crew._on_message({"nodes": [{"id": "c", "cpus": 4.0, "gpus": 3}]})
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "No machine of the Ray cluster has CPUs to give: drafts wait until one comes",
        "No machine of the Ray cluster has 4 CPUs: a draft takes 2",
        "No machine of the Ray cluster has 3 GPUs: a take has 2",
    ]
    crew.stop()


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed here")
def test_without_ray_the_command_says_how_to_install_it(capfd: pytest.CaptureFixture[str]) -> None:
    from backend.__main__ import main

    assert main(["serve", "--ray", "local"]) == 2
    said = capfd.readouterr().err
    assert said.startswith("error: --ray needs Ray, which is not installed here. Install it")
    lock = Path(said.split()[-1])
    assert lock.is_file() and "\nray==" in lock.read_text()
