"""The queue through a real service: takes are made, cancelled, reordered, and survive what may happen."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import httpx
import psutil
import pytest

from backend.engines.engine import Cancelled
from backend.jobs.workers.local import LocalCrew
from backend.jobs.workers.warm import warm
from client.protocol import TakeRequest
from devtools.take_requests import take_request
from tests.backend.service_process import FOR_HOURS, Service, is_gone, open_gate, shut

POSE = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -0.5], [0.0, 0.0, 0.0, 1.0]]
CAMERA = {
    "projection": "orthographic",
    "width": 64,
    "height": 48,
    "scale": 0.02,
    "cx": 32.0,
    "cy": 24.0,
    "matrix_world": POSE,
}
PATH = {"keyframes": [{"t": 0.0, "matrix": POSE, "zoom": 1.0}, {"t": 1.0, "matrix": POSE, "zoom": 1.25}]}


def test_a_take_is_made_and_can_be_read(service: Service, still: bytes, depth: bytes, tmp_path: Path) -> None:
    answer = service.submit(
        still,
        seconds="2",
        fps="24000/1001",
        seed="7",
        files={"depth": depth},
        extra={
            "binding": {"shot": "010"},
            "sound": "rain",
            "camera": CAMERA,
            "path": PATH,
            "dialogue": [{"speaker": "ANNA", "language": "english", "line": "We are late."}],
        },
    )
    assert answer.status_code == 200
    assert answer.headers["openai-poll-after-ms"] == "500"
    job = service.wait(answer.json()["id"])
    assert job["status"] == "completed", job
    assert (job["size"], job["fps"], job["seed"], job["seconds"]) == ("64x48", "24000/1001", 7, "2")
    assert (job["progress"], job["binding"], job["error"]) == (100, {"shot": "010"}, None)
    assert job["result"]["frames"] == 48
    assert job["result"]["notes"] == ["A scripted take."]
    assert abs(job["result"]["sound_seconds"] - 48 * 1001 / 24000) < 1 / 48000

    clip = service.http.get(f"/v1/videos/{job['id']}/content")
    assert clip.headers["content-type"] == "video/mp4"
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip.content)
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 48
    thumbnail = service.http.get(f"/v1/videos/{job['id']}/content?variant=thumbnail")
    assert thumbnail.content[:2] == b"\xff\xd8"
    sidecar = service.http.get(f"/v1/videos/{job['id']}/content?variant=sidecar").json()
    assert sidecar["seed"] == 7
    assert sidecar["dialogue"] == [{"speaker": "ANNA", "language": "English", "line": "We are late."}]
    assert len(sidecar["depth_sha256"]) == len(sidecar["still_sha256"]) == 64
    assert sidecar["versions"]["scripted"] == "1"
    assert {name: sidecar["camera"][name] for name in CAMERA} == CAMERA
    assert sidecar["path"] == {"keyframes": [{**key, "unseen": []} for key in PATH["keyframes"]]}


def test_ranges_of_the_clip(service: Service, still: bytes) -> None:
    job = service.wait(service.submit(still).json()["id"])
    whole = service.http.get(f"/v1/videos/{job['id']}/content").content
    part = service.http.get(f"/v1/videos/{job['id']}/content", headers={"Range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, whole[4:12])
    beyond = service.http.get(f"/v1/videos/{job['id']}/content", headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


def test_events_tell_progress_time_left_and_a_picture(service: Service, still: bytes, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gate.write_bytes(b"")
    job_id = service.submit(still, options={"gate": str(gate)}).json()["id"]
    seen: list[tuple[str, dict[str, Any]]] = []
    for name, data in service.events(job_id):
        if name == "progress" and data["progress"] not in [state["progress"] for _, state in seen]:
            with gate.open("ab") as file:
                file.write(b"..")  # two frames more for each percentage that comes
        seen.append((name, data))
    states = [data for name, data in seen if name == "progress"]
    assert seen[-1][0] == "end"
    assert seen[-1][1]["status"] == "completed"
    percents = [state["progress"] for state in states]
    assert percents == sorted(percents)
    assert len(set(percents)) >= 12
    assert any(state["stage"] == "Filming" for state in states)
    assert any((state.get("preview") or "").startswith("data:image/jpeg;base64,/9j/") for state in states)
    middle = next(state for state in states if state["progress"] >= 50 and state["eta_seconds"] is not None)
    assert middle["eta_seconds"] > 0, middle
    # A stream that is opened again begins with the present state.
    assert next(service.events(job_id))[0] == "end"


@pytest.mark.parametrize("deaf", [False, True], ids=["notices", "deaf"])
def test_a_cancel_takes_effect_at_once(service: Service, still: bytes, deaf: bool) -> None:
    job_id = service.submit(still, options={**FOR_HOURS, "deaf": deaf}).json()["id"]
    after = service.submit(still).json()["id"]
    service.wait(job_id, "in_progress")
    assert service.http.post(f"/v1/videos/{job_id}/cancel").json()["status"] == "cancelled"
    assert service.wait(after)["status"] == "completed"  # the worker is free again, or there is another
    assert service.job(job_id)["status"] == "cancelled"
    assert service.http.get(f"/v1/videos/{job_id}/content").status_code == 404
    assert not list((service.home / "jobs" / job_id).glob("attempt-*"))


@pytest.mark.parametrize(
    ("end", "code", "says", "fix"),
    [
        ("SIGKILL", "engine_killed", "SIGKILL", "smaller_size"),
        ("SIGSEGV", "engine_crashed", "SIGSEGV", "open_log"),
        ("exit", "engine_crashed", "exit code 3", "open_log"),
        ("raise", "engine_failed", "fell over", "open_log"),
        ("memory", "out_of_memory", "smaller", "smaller_size"),
        ("engine_error", "no_camera", "no camera", "pick_camera"),
        ("give_up", "engine_failed", "gave up", "open_log"),
    ],
)
def test_an_engine_that_ends_fails_one_job_and_says_why(
    service: Service, still: bytes, end: str, code: str, says: str, fix: str
) -> None:
    bad = service.submit(still, options={"end": end, "at": 3}).json()["id"]
    good = service.submit(still).json()["id"]
    failed = service.wait(bad)
    assert failed["status"] == "failed"
    assert (failed["error"]["code"], failed["error"]["fix"]) == (code, fix)
    assert says in failed["error"]["message"]
    assert service.wait(good)["status"] == "completed"
    assert not list((service.home / "jobs" / bad).glob("attempt-*"))


def test_the_last_words_of_a_crash_are_told(service: Service, still: bytes) -> None:
    failed = service.wait(service.submit(still, options={"end": "exit"}).json()["id"])
    assert "scripted: no more" in failed["error"]["message"]


def test_the_worker_stays_warm(service: Service, still: bytes) -> None:
    service.wait(service.submit(still).json()["id"])
    pid = service.worker().pid
    service.wait(service.submit(still).json()["id"])
    assert service.worker().pid == pid


def test_an_engine_is_warm_before_its_first_job(own_service: Service) -> None:
    service = own_service.start()
    until = time.monotonic() + 60
    while "engines may print" not in service.log() and time.monotonic() < until:  # the scripted engine does
        time.sleep(0.05)
    assert "engines may print" in service.log()
    assert service.http.get("/v1/videos").json()["data"] == []


def test_warming_gives_way_to_a_job_that_waits() -> None:
    seen: list[bool] = []

    class Patient:
        def generate(self, request: TakeRequest, progress: object, cancelled: Callable[[], bool]) -> None:
            for _ in range(1000):
                seen.append(cancelled())
                if seen[-1]:
                    raise Cancelled
            raise AssertionError("it was not told to stop")

    warm(Patient(), lambda: len(seen) >= 3)  # type: ignore[arg-type]
    assert seen == [False, False, False, True]


def test_the_waiting_queue_can_be_reordered(service: Service, still: bytes) -> None:
    running = service.submit(still, options=FOR_HOURS).json()["id"]
    first, second, third = (service.submit(still).json()["id"] for _ in range(3))
    service.wait(running, "in_progress")
    assert [service.job(job)["queue_position"] for job in (running, first, second, third)] == [None, 1, 2, 3]
    moved = service.http.post(f"/v1/videos/{third}/move", json={"before": first})
    assert moved.json()["queue_position"] == 1
    service.http.post(f"/v1/videos/{first}/move", json={"before": None})
    assert [service.job(job)["queue_position"] for job in (third, second, first)] == [1, 2, 3]
    refused = service.http.post(f"/v1/videos/{running}/move", json={"before": first})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_waiting")
    assert service.http.post(f"/v1/videos/{first}/move", json={"before": "video_x"}).status_code == 404
    service.http.post(f"/v1/videos/{running}/cancel")
    done = [service.wait(job) for job in (third, second, first)]
    assert [job["status"] for job in done] == ["completed"] * 3
    store = {job["id"]: job["completed_at"] for job in service.http.get("/v1/videos").json()["data"]}
    assert store[third] <= store[second] <= store[first]


def test_a_job_can_be_deleted_at_any_time(service: Service, still: bytes) -> None:
    running = service.submit(still, options=FOR_HOURS).json()["id"]
    waiting = service.submit(still).json()["id"]
    service.wait(running, "in_progress")
    for job_id in (running, waiting):
        assert service.http.delete(f"/v1/videos/{job_id}").json() == {
            "id": job_id,
            "object": "video.deleted",
            "deleted": True,
        }
        assert service.http.get(f"/v1/videos/{job_id}").status_code == 404
        assert service.http.delete(f"/v1/videos/{job_id}").status_code == 404
    folders = [service.home / "jobs" / job_id for job_id in (running, waiting)]
    until = time.monotonic() + 60  # whichever was in progress goes when its worker has let go
    while any(folder.exists() for folder in folders) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(folder.exists() for folder in folders)


def test_the_same_key_gives_the_same_job(own_service: Service, still: bytes) -> None:
    service = own_service.start()
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(service.submit(still, key="k1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = service.submit(still, key="k1", prompt="Another room")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    job_id = answers[0].json()["id"]
    service.wait(job_id)
    service.kill()
    service.start()
    again = service.submit(still, key="k1")
    assert (again.json()["id"], again.json()["status"]) == (job_id, "completed")
    assert len(service.http.get("/v1/videos").json()["data"]) == 1
    assert len(list((service.home / "jobs").iterdir())) == 1


def test_a_killed_service_makes_the_job_again(own_service: Service, still: bytes, tmp_path: Path) -> None:
    service = own_service.start()
    marker, gate = tmp_path / "runs", tmp_path / "gate"
    job_id = service.submit(still, options={"run_marker": str(marker), **shut(gate)}).json()["id"]
    waiting = service.submit(still).json()["id"]
    service.wait(job_id, "in_progress")
    until = time.monotonic() + 60
    while not marker.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    orphan = service.worker()
    service.kill()
    assert is_gone(orphan)
    open_gate(gate)
    service.start()
    assert service.wait(job_id)["status"] == "completed"
    assert service.wait(waiting)["status"] == "completed"
    assert len(marker.read_text().splitlines()) == 2
    assert [path.name for path in (service.home / "jobs" / job_id).glob("attempt-*")] == ["attempt-2"]


def test_a_job_that_is_interrupted_again_and_again_fails(own_service: Service, still: bytes) -> None:
    service = own_service.start()
    job_id = service.submit(still, options=FOR_HOURS).json()["id"]
    for _ in range(3):
        service.wait(job_id, "in_progress")
        service.kill()
        service.start()
    job = service.wait(job_id)
    assert (job["status"], job["error"]["code"], job["error"]["fix"]) == (
        "failed",
        "interrupted",
        "smaller_size",
    )


def test_a_stopped_service_goes_on_where_it_was(own_service: Service, still: bytes, tmp_path: Path) -> None:
    service, gate = own_service.start(), tmp_path / "gate"
    job_id = service.submit(still, options=shut(gate)).json()["id"]
    for _ in range(4):  # more often than interruptions are allowed: a stop is none
        service.wait(job_id, "in_progress")
        assert service.stop() == 0
        service.start()
    open_gate(gate)
    assert service.wait(job_id)["status"] == "completed"


def test_a_take_that_is_whole_is_not_made_again(own_service: Service, still: bytes, tmp_path: Path) -> None:
    """The service dies between the worker's last file and its own commit."""
    service = own_service.start()
    marker, gate = tmp_path / "runs", tmp_path / "gate"
    job_id = service.submit(still, options={"run_marker": str(marker), **shut(gate)}).json()["id"]
    service.wait(job_id, "in_progress")
    worker, until = service.worker(), time.monotonic() + 60
    while not marker.exists():  # it has its order
        assert time.monotonic() < until
        time.sleep(0.02)
    psutil.Process(service.process.pid).suspend()
    open_gate(gate)
    result = service.home / "jobs" / job_id / "attempt-1" / "result.json"
    until = time.monotonic() + 60
    while not result.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert json.loads(result.read_text())["frames"] == 24
    service.kill()
    assert is_gone(worker)
    service.start()
    assert service.wait(job_id)["status"] == "completed"
    assert len(marker.read_text().splitlines()) == 1


def test_two_services_share_one_queue(tmp_path: Path, still: bytes) -> None:
    one, two = Service(tmp_path / "home").start(), Service(tmp_path / "home").start()
    try:
        first = one.submit(still, options={"frame_seconds": 0.05}).json()["id"]
        second = two.submit(still).json()["id"]
        assert two.wait(first)["status"] == "completed"
        assert one.wait(second)["status"] == "completed"
        third = two.submit(still, options=FOR_HOURS).json()["id"]
        one.wait(third, "in_progress")
        two.http.post(f"/v1/videos/{third}/cancel")
        one.kill()  # the one that works
        fourth = two.submit(still).json()["id"]
        assert two.wait(fourth)["status"] == "completed"
    finally:
        one.end()
        two.end()


def test_an_orphaned_upload_is_swept(own_service: Service) -> None:
    import os

    folder = own_service.home / "jobs" / "video_orphan"
    folder.mkdir(parents=True)
    (folder / "still.part").write_bytes(b"half")
    os.utime(folder, (1, 1))
    service = own_service.start()
    until = time.monotonic() + 60
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()
    assert service.http.get("/v1/videos").json()["data"] == []


def test_an_error_in_the_queue_itself_does_not_end_it(tmp_path: Path) -> None:
    """A disk error at the wrong moment: the job is made again, and the queue goes on."""
    import sqlite3

    from backend.jobs.pool import Pool
    from backend.jobs.store.owner import Owner
    from backend.jobs.store.store import Store

    store = Store(tmp_path)
    store.job_folder("video_1").mkdir()
    store.add("video_1", dataclasses.replace(take_request(seconds=0.5, size=(64, 48)), engine="scripted"))
    complete, failures = store.complete, iter([sqlite3.OperationalError("disk I/O error")])

    def failing(*arguments: Any) -> bool:
        for failure in failures:
            raise failure
        return complete(*arguments)

    store.complete = failing  # type: ignore[method-assign]
    pool = Pool(store, Owner(tmp_path), LocalCrew("tests.backend.scripted"))
    pool.start()
    try:
        until = time.monotonic() + 60
        while (job := store.get("video_1")).status != "completed" and time.monotonic() < until:
            time.sleep(0.05)
        assert job.status == "completed"
        assert job.attempt == 1  # its take was whole, so it was not made again
    finally:
        pool.stop()
        store.close()


def test_a_queue_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "jobs.db") as db:
        db.execute("PRAGMA user_version = 99")
    service = Service(tmp_path)
    with pytest.raises(AssertionError, match="newer Take One"):
        service.start()
    assert service.process.returncode == 1
