"""Lanes: a job waits for its own only, a cancel reaches its engine at once, and what is paid is paid once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from backend.jobs import lanes
from tests.backend.scripted import ASKED, PATIENT, SLOW
from tests.backend.service_process import FOR_HOURS, Service, is_gone, open_gate, shut


def submit(service: Service, still: bytes, model: str, options: dict[str, Any] | None = None, **more: Any) -> str:
    answer = service.submit(still, options=options, model=model, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def orders(account: Path) -> list[str]:
    """The keys of what was paid."""
    return [line.split()[1] for line in (account / "orders").read_text().splitlines()]


def _lines(path: Path) -> list[str]:
    """What stands in it, as soon as a whole line does, within a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if path.exists() and path.read_text().endswith("\n"):
            break
        time.sleep(0.02)
    return path.read_text().splitlines()


def test_a_job_waits_for_its_own_lane_only(service: Service, still: bytes) -> None:
    long = submit(service, still, "card", FOR_HOURS)
    behind = submit(service, still, "second_card")
    service.wait(long, "in_progress")
    draft = submit(service, still, "scripted")
    assert service.wait(draft)["status"] == "completed"
    assert service.job(long)["status"] == "in_progress"
    assert (service.job(behind)["status"], service.job(behind)["queue_position"]) == ("queued", 1)
    service.http.post(f"/v1/videos/{long}/cancel")
    assert service.wait(behind)["status"] == "completed"


def test_jobs_go_where_their_model_is(own_service: Service, still: bytes, tmp_path: Path) -> None:
    own_service.variables["CUDA_VISIBLE_DEVICES"] = "0,1"
    own_service.start()
    for model in ("card", "second_card", "second_card", "card", "second_card", "card"):  # one after the other
        options = {"run_marker": str(tmp_path / model)}
        job = submit(own_service, still, model, options, seconds="0.1", size="64x48")
        assert own_service.wait(job)["status"] == "completed"
    kept = [(tmp_path / model).read_text().splitlines() for model in ("card", "second_card")]
    assert [len(lines) for lines in kept] == [3, 3]  # no line says that a model made room for the other
    cards = [{line.split()[1] for line in lines} for lines in kept]
    assert cards == [{"0"}, {"1"}]


def test_positions_are_counted_in_the_lane(service: Service, still: bytes) -> None:
    running = [submit(service, still, model, FOR_HOURS) for model in ("scripted", "card")]
    for job in running:
        service.wait(job, "in_progress")
    models = ("scripted", "card", "scripted", "card", "card")
    waiting = [submit(service, still, model) for model in models]
    assert [service.job(job)["queue_position"] for job in waiting] == [1, 1, 2, 2, 3]
    listed = {job["id"]: job["queue_position"] for job in service.http.get("/v1/videos").json()["data"]}
    assert [listed[job] for job in waiting] == [1, 1, 2, 2, 3]
    service.http.post(f"/v1/videos/{waiting[4]}/move", json={"before": waiting[1]})
    assert [service.job(job)["queue_position"] for job in waiting] == [1, 2, 2, 3, 1]
    for job in (*running, *waiting):
        service.http.post(f"/v1/videos/{job}/cancel")


def test_the_network_lane_makes_four_at_once(service: Service, still: bytes, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    jobs = [submit(service, still, "hosted", {"account": str(tmp_path), **shut(gate)}) for _ in range(5)]
    for job in jobs[:4]:
        service.wait(job, "in_progress")
    assert (service.job(jobs[4])["status"], service.job(jobs[4])["queue_position"]) == ("queued", 1)
    open_gate(gate)
    assert [service.wait(job)["status"] for job in jobs] == ["completed"] * 5
    assert len(set(orders(tmp_path))) == len(orders(tmp_path)) == 5


def test_only_workers_that_are_needed_run(own_service: Service, still: bytes) -> None:
    service = own_service.start()
    service.wait(submit(service, still, "scripted"))
    assert len(service.workers()) == 1
    service.wait(submit(service, still, "card"))
    assert len(service.workers()) == 2


def test_an_engine_makes_room_for_another_of_its_lane(service: Service, still: bytes, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    for model in ("card", "card", "second_card"):
        service.wait(submit(service, still, model, {"run_marker": str(marker)}))
    first, second, unload, third = marker.read_text().splitlines()
    assert unload == "unload card"
    assert first == second == third  # the same process, which keeps its own environment


def _cards_of_three(service: Service, still: bytes, folder: Path) -> set[str]:
    """What the workers of three jobs see, of which two are at work at once."""
    gate, marker = folder / "gate", folder / "marker"
    service.start()
    jobs = [submit(service, still, "card", {"run_marker": str(marker), **shut(gate)}) for _ in range(3)]
    for job in jobs[:2]:
        service.wait(job, "in_progress")
    assert service.job(jobs[2])["status"] == "queued"
    open_gate(gate)
    assert [service.wait(job)["status"] for job in jobs] == ["completed"] * 3
    return {line.split()[1] for line in marker.read_text().splitlines()}


def test_each_card_has_a_worker_that_sees_it_alone(own_service: Service, still: bytes, tmp_path: Path) -> None:
    own_service.variables["CUDA_VISIBLE_DEVICES"] = "GPU-a,GPU-b"
    assert _cards_of_three(own_service, still, tmp_path) == {"GPU-a", "GPU-b"}


def test_a_job_has_as_many_cards_as_the_service_was_told(own_service: Service, still: bytes, tmp_path: Path) -> None:
    own_service.variables["CUDA_VISIBLE_DEVICES"] = "GPU-a,GPU-b,GPU-c,GPU-d"
    own_service.options = ("--gpus", "2")
    assert _cards_of_three(own_service, still, tmp_path) == {"GPU-a,GPU-b", "GPU-c,GPU-d"}


def test_the_cards_are_those_that_the_driver_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for said, names in (("", ["gpu:0"]), ("GPU-a\n", ["gpu:0"]), ("GPU-a\nGPU-b\n", ["gpu:0", "gpu:1"])):
        tool.write_text(f"#!/bin/sh\nprintf '{said}'\n")
        tool.chmod(0o755)
        gpus = [slot for slot in lanes.further_slots() if slot.lane == "gpu"]
        assert [slot.name for slot in gpus] == names
        seen = [slot.environment.get("CUDA_VISIBLE_DEVICES") for slot in gpus]
        assert seen == (["GPU-a", "GPU-b"] if len(names) == 2 else [None])
    tool.write_text("#!/bin/sh\nprintf 'GPU-a\\nGPU-b\\nGPU-c\\n'\n")
    for size, names, seen in (
        (1, ["gpu:0", "gpu:1", "gpu:2"], ["GPU-a", "GPU-b", "GPU-c"]),
        (2, ["gpu:0+1", "gpu:2"], ["GPU-a,GPU-b", "GPU-c"]),
        (0, ["gpu:0+1+2"], ["GPU-a,GPU-b,GPU-c"]),
        (8, ["gpu:0+1+2"], ["GPU-a,GPU-b,GPU-c"]),
    ):
        gpus = [slot for slot in lanes.further_slots(size) if slot.lane == "gpu"]
        assert [(slot.name, slot.environment["CUDA_VISIBLE_DEVICES"]) for slot in gpus] == list(
            zip(names, seen, strict=True)
        )
    tool.unlink()
    assert [slot.lane for slot in lanes.further_slots()] == ["gpu", *["network"] * 4]


def test_a_cancel_is_noticed_while_an_engine_says_what_it_can_do(own_service: Service, still: bytes) -> None:
    silent = own_service.home.with_name("silent")
    own_service.variables |= {SLOW: str(silent), PATIENT: "30"}
    service = own_service.start()
    job = submit(service, still, "scripted", FOR_HOURS)
    service.wait(job, "in_progress")
    worker = service.worker()
    silent.touch()
    asked, until = service.home / ASKED, time.monotonic() + 60
    before = asked.read_text()
    while asked.read_text() == before:  # what is known of the engines holds for a while
        assert time.monotonic() < until
        service.http.get("/v1/models")  # asks the worker, which does not answer
        time.sleep(0.05)
    service.http.post(f"/v1/videos/{job}/cancel")
    next_job = submit(service, still, "scripted")
    assert service.wait(next_job)["status"] == "completed"
    assert service.worker() == worker  # it was not ended for want of an ear
    assert "did not notice" not in service.log()


@pytest.mark.parametrize("dies", ["before", "after", "waits"])
def test_a_killed_worker_goes_on_from_its_state(service: Service, still: bytes, tmp_path: Path, dies: str) -> None:
    job = submit(service, still, "hosted", {"account": str(tmp_path), "made_in": 1, "dies": dies})
    done = service.wait(job)
    assert (tmp_path / "died").exists()
    assert done["status"] == "completed", done
    assert len(orders(tmp_path)) == 1


def test_a_job_that_ends_every_worker_is_given_up(service: Service, still: bytes, tmp_path: Path) -> None:
    job = submit(service, still, "hosted", {"account": str(tmp_path), "end": "exit", "at": 0})
    done = service.wait(job, seconds=120)
    assert (done["status"], done["error"]["code"]) == ("failed", "engine_crashed")
    assert len(orders(tmp_path)) == 1


def test_a_killed_service_pays_once_however_often(own_service: Service, still: bytes, tmp_path: Path) -> None:
    service = own_service.start()
    job = submit(service, still, "hosted", {"account": str(tmp_path), "made_in": 600})
    [order] = _lines(tmp_path / "orders")
    for left in (3, 2, 1, 0):  # more often than a job that begins anew may be interrupted
        service.wait(job, "in_progress")
        workers = service.workers()
        service.kill()
        assert all(is_gone(worker) for worker in workers)
        if not left:
            (tmp_path / "orders").write_text(f"{order.rpartition(' ')[0]} 0\n")  # it is ready now
        service.start()
    assert service.wait(job)["status"] == "completed"
    assert len(orders(tmp_path)) == 1


def test_a_cancel_reaches_the_provider(service: Service, still: bytes, tmp_path: Path) -> None:
    job = submit(service, still, "hosted", {"account": str(tmp_path), "made_in": 60})
    _lines(tmp_path / "orders")
    service.http.post(f"/v1/videos/{job}/cancel")
    assert _lines(tmp_path / "cancelled") == orders(tmp_path)
