"""Takes that a real Ray cluster makes for a real service, and what happens when parts of either are killed.

Where Ray is installed beside the tests' own requirements: `pip install -r backend/requirements/ray.txt`.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.backend.service_process import OVER, ROOT, Service, is_gone

pytest.importorskip("ray", reason="needs Ray: pip install -r backend/requirements/ray.txt")

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of one machine with two CPUs and, as far as Ray knows, four cards."""
    before = {name: os.environ.get(name) for name in QUIET}
    os.environ.update(QUIET)
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 2, "num_gpus": 4, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    yield str(cluster.address)
    cluster.shutdown()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="module")
def studio(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose takes that cluster makes, two cards each."""
    options = ("--ray", address, "--gpus", "2", "--drafts", "2")
    service = Service(tmp_path_factory.mktemp("studio"), "tests.backend.scripted", *options).start()
    yield service
    service.stop()
    service.end()


def submit(service: Service, still: bytes, model: str = "scripted", **options: Any) -> str:
    answer = service.submit(still, model=model, options=options, size="64x48")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def marked(marker: Path, seconds: float = 20) -> tuple[psutil.Process, str]:
    """The process that makes what writes to `marker`, and the cards that it sees."""
    until = time.monotonic() + seconds
    while not marker.exists() or not marker.read_text().endswith("\n"):
        assert time.monotonic() < until
        time.sleep(0.01)
    pid, cards = marker.read_text().splitlines()[-1].split()
    return psutil.Process(int(pid)), cards


def test_a_take_comes_back_whole_with_its_progress(studio: Service, still: bytes, tmp_path: Path) -> None:
    job = submit(studio, still, run_marker=str(tmp_path / "marker"), frame_seconds=0.03)
    told = [data for name, data in studio.events(job) if name == "progress"]
    assert max(state["progress"] for state in told if state["stage"] == "Filming") > 20
    assert any((state.get("preview") or "").startswith("data:image/jpeg;base64,/9j/") for state in told)
    made = studio.wait(job)
    assert (made["status"], made["result"]["frames"]) == ("completed", 24)
    maker, _ = marked(tmp_path / "marker")
    assert maker.pid not in [child.pid for child in studio.children()]
    assert studio.http.get(f"/v1/videos/{job}/content").content[4:8] == b"ftyp"
    folder = studio.home / "jobs" / job
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*"))
    assert names == [f"attempt-1/{name}" for name in ("clip.mp4", "result.json", "sidecar.json", "thumbnail.jpg")]
    assert '"odd": "kept"' in (folder / "attempt-1" / "sidecar.json").read_text()


def test_a_model_stays_in_its_actor_and_each_take_has_two_cards(studio: Service, still: bytes, tmp_path: Path) -> None:
    markers = [tmp_path / str(number) for number in range(4)]
    for marker in markers[:2]:
        assert studio.wait(submit(studio, still, "card", run_marker=str(marker)))["status"] == "completed"
    assert marked(markers[0]) == marked(markers[1])
    jobs = [submit(studio, still, "card", run_marker=str(marker), frame_seconds=2) for marker in markers[2:]]
    assert sorted(marked(marker)[1] for marker in markers[2:]) == ["0,1", "2,3"]
    for job in jobs:
        studio.http.post(f"/v1/videos/{job}/cancel")


def test_a_cancel_reaches_the_actor_within_a_second(studio: Service, still: bytes, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    job = submit(studio, still, run_marker=str(marker), frame_seconds=0.5)
    maker, _ = marked(marker)
    began = time.monotonic()
    studio.http.post(f"/v1/videos/{job}/cancel")
    after = submit(studio, still)
    studio.wait(after, "in_progress", *OVER)
    assert studio.job(job)["status"] == "cancelled"
    assert time.monotonic() - began < 1.5
    assert maker.is_running()  # what it loaded stays


def test_an_engine_that_hears_no_cancel_is_ended(studio: Service, still: bytes, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    job = submit(studio, still, run_marker=str(marker), frame_seconds=5, deaf=True)
    maker, _ = marked(marker)
    studio.http.post(f"/v1/videos/{job}/cancel")
    assert is_gone(maker)


def test_what_kills_its_worker_is_made_again_and_fails_at_the_third(
    studio: Service, still: bytes, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    once = submit(studio, still, run_marker=str(marker), frame_seconds=0.1)
    maker, _ = marked(marker)
    thrice = submit(studio, still, end="SIGKILL")
    maker.kill()
    assert studio.wait(once, seconds=60)["status"] == "completed"
    assert len({line.split()[0] for line in marker.read_text().splitlines()}) == 2
    failed = studio.wait(thrice, seconds=60)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "workers_lost")
    assert studio.log().count(f"{thrice}: started") == 3


def test_the_service_survives_its_bridge_and_its_jobs_do_too(studio: Service, still: bytes, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    job = submit(studio, still, run_marker=str(marker), frame_seconds=0.1)
    maker, _ = marked(marker)
    bridge = next(child for child in studio.children() if "backend.jobs.cluster.bridge" in child.cmdline())
    bridge.kill()
    assert studio.wait(job, seconds=60)["status"] == "completed"
    assert is_gone(maker)
    assert studio.log().count(f"{job}: started") == 2


def test_files_go_through_a_shared_folder_where_there_is_one(
    address: str, own_service: Service, still: bytes, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    own_service.options = ("--ray", address, "--shared", str(shared), "--drafts", "1", "--takes", "0")
    own_service.start()
    job = submit(own_service, still, frame_seconds=0.05)
    seen = set()
    while own_service.job(job)["status"] not in OVER:
        seen |= {path.name for path in shared.rglob("*.*")}
        time.sleep(0.05)
    assert own_service.job(job)["status"] == "completed"
    assert any("input_reference" in name or name.startswith("still") for name in seen), seen
    assert own_service.http.get(f"/v1/videos/{job}/content").content[4:8] == b"ftyp"
    assert own_service.wait(submit(own_service, still, end="engine_error"))["status"] == "failed"
    marker = tmp_path / "marker"
    cancelled = submit(own_service, still, run_marker=str(marker), frame_seconds=0.1)
    marked(marker)
    own_service.http.post(f"/v1/videos/{cancelled}/cancel")
    until = time.monotonic() + 60
    while left := [path.name for path in shared.rglob("*.*")]:  # nothing of any of them stays in the actor's folder
        assert time.monotonic() < until, left
        time.sleep(0.05)
    own_service.stop()


def test_a_local_cluster_ends_with_its_service_and_a_new_one_finds_the_job(
    own_service: Service, still: bytes, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    own_service.options = ("--ray", "local", "--drafts", "1")
    own_service.start()
    job = submit(own_service, still, run_marker=str(marker), frame_seconds=0.3)
    maker, _ = marked(marker, 40)
    cluster = own_service.children()
    names = {child.name() for child in cluster}
    assert {"raylet", "gcs_server"} <= names, names
    own_service.kill()
    assert is_gone(maker)
    late = [child for child in cluster if not is_gone(child, 15)]
    assert {child.name() for child in late} <= {
        "ray::DashboardAgent",
        "ray::RuntimeEnvAgent",
    }  # look rarely after theirs
    assert all(is_gone(child) for child in late)
    own_service.start()
    assert own_service.wait(job, seconds=60)["status"] == "completed"
    assert own_service.log().count(f"{job}: started") == 2
    with contextlib.suppress(psutil.NoSuchProcess):
        assert own_service.stop() == 0
