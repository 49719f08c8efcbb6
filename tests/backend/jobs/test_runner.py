"""One slot of a lane with a worker that the test plays: what a job's end, a cancel and a lost worker come to."""

from __future__ import annotations

import base64
import signal
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.jobs.lanes import CPU, GPU, NETWORK, Slot
from backend.jobs.store.row import StoredJob
from backend.jobs.store.store import Store
from backend.jobs.workers import runner as module
from backend.jobs.workers.link import Loss
from backend.jobs.workers.runner import Runner
from client.protocol import Binding, Direction, Problem, Result, TakeRequest
from client.protocol.codec import to_json


class Worker:
    """A worker. Each `receive` takes the next of `says`: a message, None, or something to do first. It dies when there
    is nothing left, unless it `stays`."""

    def __init__(self, *says: Any, loss: Loss = Loss.FAILS, code: int | None = -9, words: str = "") -> None:
        self.says, self.loss, self.exit_code, self.words = list(says), loss, code, words
        self.sent: list[dict[str, Any]] = []
        self.did: list[str] = []
        self.alive = self.ready = True

    ending = "was lost somehow"

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def receive(self, seconds: float) -> dict[str, Any] | None:
        assert seconds == 0.1
        if not self.says:
            self.alive = False
            return None
        said = self.says.pop(0)
        if callable(said):
            said = said()
        return said  # type: ignore[no-any-return]

    def last_words(self) -> str:
        return self.words

    def kill(self) -> None:
        self.did.append("killed")
        self.alive = False

    def wait(self, seconds: float) -> None:
        self.did.append(f"waited {seconds}")


class Slotted:
    """A runner that is called step by step, in the test's own thread and time."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.stopping, self.now, self.paused = Store(folder), threading.Event(), 100.0, []
        self.began: list[StoredJob] = []
        self.started: list[Slot] = []
        self.comes: list[Worker] = []
        monkeypatch.setattr(self.stopping, "wait", self._wait)
        clock = SimpleNamespace(monotonic=lambda: self.now, time=lambda: 5000.0 + self.now)
        monkeypatch.setattr(module, "time", clock)
        self.crew: Any = SimpleNamespace(start=self._start)

    def _wait(self, seconds: float | None = None) -> bool:
        self.paused.append(seconds)
        return self.stopping.is_set()

    def _start(self, slot: Slot, aside: Any) -> Worker:
        self.started.append(slot)
        return self.comes.pop(0)

    def runner(self, lane: str = CPU, ahead: bool = False, aside: Any = None) -> Runner:
        slot = Slot("a slot", lane, ahead=ahead)
        return Runner(slot, self.crew, self.store, self.stopping, self.began.append, lambda *_: None, aside)

    def job(self, lane: str = CPU, state: dict[str, Any] | None = None, **facts: Any) -> StoredJob:
        """One that was claimed."""
        name = f"video_{len(self.store.page(99))}"
        request = TakeRequest("draft", Direction("pan"), (), 2.5, Fraction(24), (640, 360), 7)
        self.store.job_folder(name).mkdir()
        self.store.add(name, request, lane, **facts)
        job = self.store.claim(lane)
        assert job is not None
        if state is not None:
            self.store.keep_state(job, state)
            job = self.store.get(job.id)
        assert job is not None
        return job

    def make(self, worker: Worker, job: StoredJob | None = None, lane: str = CPU) -> StoredJob:
        """What became of a job that a worker had."""
        job = job or self.job(lane)
        self.comes = [worker]
        self.runner(lane)._make(job)
        found = self.store.get(job.id)
        assert found is not None
        return found


@pytest.fixture
def slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slotted]:
    found = Slotted(tmp_path, monkeypatch)
    yield found
    found.store.close()


def of(job: int = 0, attempt: int = 1, /, **message: Any) -> dict[str, Any]:
    return {"id": f"video_{job}", "attempt": attempt, **message}


DONE = to_json(Result(60, Fraction(24), 640, 360, 2.5, ("n",)))


def test_a_worker_is_told_all_of_a_job_and_its_take_completes_it(slot: Slotted) -> None:
    binding = Binding("file-1", "scene-1", "shot-1", "take-1", "Kitchen", 3)
    job = slot.job(binding=to_json(binding), notes=("one", "two"))
    (slot.store.job_folder(job.id) / "attempt-1").mkdir()
    worker = Worker(of(done=DONE))
    done = slot.make(worker, job)
    assert (done.status.value, done.result) == ("completed", Result(60, Fraction(24), 640, 360, 2.5, ("n",)))
    (order,) = worker.sent
    request = order.pop("request")
    assert (request["engine"], request["size"], request["binding"]) == ("draft", [640, 360], to_json(binding))
    folder = str(slot.store.job_folder(job.id))
    assert order == {
        "do": "make",
        "id": "video_0",
        "attempt": 1,
        "folder": folder,
        "notes": ("one", "two"),
        "state": None,
    }
    assert slot.began == [job]
    worker = Worker(of(1, failed=to_json(Problem("x", "No."))))
    slot.make(worker, slot.job(binding={"mine": 1}))  # of a client's own kind
    assert worker.sent[0]["request"]["binding"] is None


def test_what_a_worker_says_of_another_job_or_attempt_is_not_of_this_one(slot: Slotted) -> None:
    strange = [of(1, done=DONE), of(0, 2, done=DONE), of(0, 0, failed=to_json(Problem("x", "No."))), {"engines": []}]
    failed = slot.make(Worker(*strange, None, of(failed=to_json(Problem("bad", "So it is.", "retry", "p")))))
    assert (failed.status.value, failed.error) == ("failed", Problem("bad", "So it is.", "retry", "p"))


def test_progress_is_written_down_with_what_is_left(slot: Slotted) -> None:
    seen: list[Any] = []

    def later() -> dict[str, Any]:
        slot.now += 3.0
        return of(fraction=0.5, stage="s" * 300, preview=base64.b64encode(b"jpeg").decode())

    def look() -> dict[str, Any]:
        seen.append(slot.store.progress("video_0"))
        return of(done=DONE)

    folder = slot.store.folder / "video_0" / "attempt-1"
    slot.make(Worker(lambda: folder.mkdir(), of(fraction=0.25, stage="Filming"), later, look))
    (progress,) = seen
    assert (progress.fraction, progress.stage, progress.preview) == (0.5, "s" * 200, b"jpeg")
    assert progress.eta == 6.0  # a quarter took 3 s, and a half is left


def test_a_state_is_kept_before_the_engine_is_told_so_also_where_that_takes_several_tries(
    slot: Slotted, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, tries = slot.store.keep_state, []

    def busy_at_first(job: StoredJob, state: dict[str, Any]) -> bool:
        tries.append(state)
        if len(tries) < 3:
            raise EngineError("disk_full", "Full.")
        return keep(job, state)

    monkeypatch.setattr(slot.store, "keep_state", busy_at_first)
    worker = Worker(of(state={"order": 7}, number=4), None, None, None, of(failed=to_json(Problem("x", "No."))))
    found = slot.make(worker)
    assert tries == [{"order": 7}] * 3
    assert worker.sent[1:] == [{"do": "kept", "number": 4}]
    assert (found.state, slot.paused.count(2.0)) == ({"order": 7}, 2)


def test_a_state_of_an_attempt_that_does_not_count_is_not_said_to_be_kept(
    slot: Slotted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot.store, "keep_state", lambda *_: False)
    worker = Worker(of(state={"order": 7}, number=4), of(cancelled=True))
    slot.make(worker)
    assert [message["do"] for message in worker.sent] == ["make"]


@pytest.mark.parametrize(("lane", "most"), [(CPU, 0.6), (GPU, 0.6), (NETWORK, 10.0)])
def test_a_cancel_is_passed_on_once_and_who_does_not_notice_is_ended(slot: Slotted, lane: str, most: float) -> None:
    job = slot.job(lane)

    def cancel() -> None:
        slot.store.cancel(job.id)
        slot.now += 0.1

    def pass_(seconds: float) -> Callable[[], None]:
        def passed() -> None:
            slot.now += seconds

        return passed

    worker = Worker(cancel, pass_(most), pass_(0.01), *[None] * 9)
    assert slot.make(worker, job, lane).status.value == "cancelled"
    assert ([message["do"] for message in worker.sent], worker.did) == (["make", "cancel"], ["killed"])
    assert len(worker.says) == 9  # not a moment before, nor after
    worker = Worker(cancel, of(1, cancelled=True), *[None] * 9)
    job = slot.job(lane)
    assert slot.make(worker, job, lane).status.value == "cancelled"
    assert (worker.did, len(worker.says)) == ([], 9)


def test_an_engine_that_gives_up_by_itself_fails(slot: Slotted) -> None:
    failed = slot.make(Worker(of(cancelled=True))).error
    assert failed == Problem("engine_failed", "The engine gave up by itself.", "open_log")


def test_a_service_that_stops_ends_the_worker_and_counts_nothing_against_the_job(slot: Slotted) -> None:
    worker = Worker(lambda: slot.stopping.set(), None)
    found = slot.make(worker)
    assert (found.status.value, found.interruptions, worker.did) == ("queued", 0, ["killed"])


@pytest.mark.parametrize("comes", [None, "gone"])
def test_a_job_whose_worker_never_was_there_is_as_if_it_had_not_been_claimed(slot: Slotted, comes: str | None) -> None:
    runner, job = slot.runner(ahead=True), slot.job()
    if comes:
        runner._child = Worker()  # type: ignore[assignment]
        runner._child.kill()  # type: ignore[union-attr]
    runner._make(job)
    found = slot.store.get(job.id)
    assert found is not None and (found.status.value, found.attempt, slot.began, slot.started) == ("queued", 0, [], [])


SMALLER = "If it happens again, try a smaller size than 640x360; the log has the details."
CRASHED = "The engine draft crashed: its process was lost somehow."
KILLED = (
    "The engine draft was lost somehow, most likely because memory ran out. Choose a smaller size than 640x360 or a "
    "shorter clip than 2.5 s."
)


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (-9, "x", ("engine_killed", "smaller_size", KILLED)),
        (-15, "x", ("engine_killed", "smaller_size", KILLED)),
        (-11, "x", ("engine_crashed", "open_log", f"{CRASHED} {SMALLER}")),
        (3, "", ("engine_crashed", "open_log", f"{CRASHED} {SMALLER}")),
        (3, "y" * 400, ("engine_crashed", "open_log", f'{CRASHED} Its last words: "{"y" * 300}" {SMALLER}')),
        (None, "x", ("engine_crashed", "open_log", f"{CRASHED} {SMALLER}")),
    ],
)
def test_a_process_that_ends_fails_its_job_and_says_why(
    slot: Slotted, code: int | None, words: str, said: tuple[str, str, str]
) -> None:
    assert -signal.SIGKILL == -9
    worker = Worker(code=code, words=words)
    error = slot.make(worker).error
    assert error is not None and (error.code, error.fix, error.message) == said
    assert worker.did == ["waited 2"]


def test_a_job_is_made_elsewhere_where_its_machine_may_have_gone_but_not_for_ever(slot: Slotted) -> None:
    job = slot.job()
    for times in (1, 2):
        found = slot.make(Worker(loss=Loss.COUNTS), job)
        assert (found.status.value, found.interruptions) == ("queued", times)
        claimed = slot.store.claim(CPU)
        assert claimed is not None
        job = claimed
    error = slot.make(Worker(loss=Loss.COUNTS), job).error
    assert error == Problem(
        "workers_lost",
        "3 workers in a row were lost while they made this take, so it was not tried again. The last one was lost "
        "somehow. Try a smaller size than 640x360; the log has the details.",
        "smaller_size",
    )


def test_a_worker_that_was_lost_for_no_fault_of_the_jobs_counts_nothing(slot: Slotted) -> None:
    found = slot.make(Worker(loss=Loss.AGAIN))
    assert (found.status.value, found.interruptions) == ("queued", 0)


def test_a_job_goes_on_from_its_state_until_it_took_five_workers_with_it(slot: Slotted) -> None:
    job, runner = slot.job(state={"order": 7}), slot.runner()
    for _ in range(4):
        slot.comes = [Worker()]
        runner._child = None
        runner._make(job)
        found = slot.store.get(job.id)
        assert found is not None and (found.status.value, found.interruptions) == ("queued", 0)
        claimed = slot.store.claim(CPU)
        assert claimed is not None
        job = claimed
    slot.comes, runner._child = [Worker()], None
    runner._make(job)
    found = slot.store.get(job.id)
    assert found is not None and found.error is not None
    assert (found.status.value, found.error.code) == ("failed", "engine_killed")


def test_what_was_made_waits_for_room_on_the_disk(slot: Slotted, monkeypatch: pytest.MonkeyPatch) -> None:
    complete, tries = slot.store.complete, []

    def full_at_first(job: StoredJob, result: Result) -> bool:
        tries.append(result.frames)
        if len(tries) < 3:
            raise EngineError("disk_full", "Full.")
        return complete(job, result)

    monkeypatch.setattr(slot.store, "complete", full_at_first)
    job = slot.job()
    (slot.store.job_folder(job.id) / "attempt-1").mkdir()
    assert slot.make(Worker(of(done=DONE)), job).status.value == "completed"
    assert (tries, slot.paused.count(2.0)) == ([60] * 3, 2)


def test_a_worker_starts_with_its_first_job_and_another_not_at_once(slot: Slotted) -> None:
    first, second, third = Worker(), Worker(), Worker()
    slot.comes = [first, second, third]
    runner = slot.runner(GPU)
    assert runner._ready_child() is first is runner._ready_child()
    assert first.sent == []  # it answers for no engines
    first.alive, slot.now = False, 100.25
    assert runner._ready_child() is second
    assert slot.paused == [-100.0, 0.75]  # a second between two starts
    second.alive = second.ready = False  # and ten where the last never came to work
    assert runner._ready_child() is third
    runner._child, third.alive = third, False  # type: ignore[assignment]
    slot.comes, slot.now = [Worker()], 102.0
    runner._ready_child()
    assert slot.paused[2:] == [1.0, 9.25 - 1.0 + 0.25 - 0.25]


@pytest.mark.parametrize(("lane", "warms"), [(CPU, True), (GPU, False)])
def test_the_worker_that_answers_for_the_engines_is_asked_and_warmed_once(
    slot: Slotted, lane: str, warms: bool
) -> None:
    first, second = Worker(), Worker()
    slot.comes = [first, second]
    runner = slot.runner(lane, aside=lambda _: False)
    runner._ready_child()
    first.alive = False
    runner._ready_child()
    assert first.sent == [{"do": "engines"}, *([{"do": "warm"}] if warms else [])]
    assert second.sent == [{"do": "engines"}]
    runner._rest()
    assert (second.did, runner.child, runner.describes) == ([], second, True)  # it stays


def test_a_slot_says_what_it_does(slot: Slotted) -> None:
    runner, ahead, job = slot.runner(GPU), slot.runner(ahead=True), slot.job()
    assert (runner.free, runner.busy, runner.coming, runner.child, runner.describes) == (
        True,
        False,
        False,
        None,
        False,
    )
    assert runner.place == module.Place("a slot", GPU, False, "", None, 5100.0)
    worker = Worker()
    runner._child, runner._loaded, slot.now = worker, "draft", 107.0  # type: ignore[assignment]
    runner.give(job)
    assert (runner.free, runner.busy, runner.coming) == (False, True, True)
    assert runner.place == module.Place("a slot", GPU, True, "draft", job, 5107.0)
    worker.alive = False
    assert (runner.place.running, runner.place.engine, runner.coming) == (False, "", False)
    assert not ahead.free  # before its worker is there
    ahead._child = worker  # type: ignore[assignment]
    for alive, ready in ((False, True), (True, False), (True, True)):
        worker.alive, worker.ready = alive, ready
        assert ahead.free is (alive and ready)
    later = slot.runner(ahead=True)
    later.prepare()
    assert later.coming and later._inbox.get_nowait() is None


def test_a_worker_without_a_job_ends_after_a_while(slot: Slotted) -> None:
    runner, worker = slot.runner(GPU), Worker()
    runner._rest()
    runner._child, slot.now = worker, 150.0  # type: ignore[assignment]
    runner._rest()
    assert (worker.did, runner.child, runner.place.since) == (["killed"], None, 5150.0)
