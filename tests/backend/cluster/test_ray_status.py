"""What the page `/status` shows in a real browser of a real Ray cluster of three machines, one of which dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.backend.export.browser import browser, program
from tests.backend.service_process import ROOT, TOKEN, Service

pytest.importorskip("ray", reason="needs Ray: pip install -r backend/requirements/ray.txt")
pytestmark = pytest.mark.skipif(program() is None, reason="there is no Chromium: the variable CHROMIUM names one")

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "PYTHONPATH": str(ROOT)}
# Ray's own would find a dead machine within some 15 seconds.
HEALTH = {"health_check_period_ms": 1000, "health_check_timeout_ms": 5000, "health_check_failure_threshold": 3}
ANNA, BEN = "anna-has-a-token-of-hers", "ben-has-another-one"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head without room, and three machines with a card each, as far as Ray knows."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in QUIET.items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 0, "include_dashboard": False, "_system_config": HEALTH}
        made = Cluster(initialize_head=True, head_node_args=head)
        for _ in range(3):
            made.add_node(num_cpus=0, num_gpus=1, wait=False)
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def service(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("studio")
    users = home / "users"
    users.touch(mode=0o600)
    users.write_text(f"anna {ANNA}\nben {BEN}\n")
    made = Service(home, "tests.backend.scripted", "--ray", str(cluster.address), "--tokens", str(users)).start()
    yield made
    made.stop()
    made.end()


@contextmanager
def asking_as(service: Service, token: str) -> Iterator[None]:
    """Whose each call is: everybody sees their own jobs only."""
    service.http.headers["Authorization"] = f"Bearer {token}"
    try:
        yield
    finally:
        service.http.headers["Authorization"] = f"Bearer {TOKEN}"


def submit(service: Service, still: bytes, token: str) -> str:
    with asking_as(service, token):
        answer = service.submit(still, model="card", options={"frame_seconds": 20}, size="64x48")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def statuses(service: Service, jobs: dict[str, str]) -> list[str]:
    """Of jobs by the token of their user."""
    found = []
    for job, token in jobs.items():
        with asking_as(service, token):
            found.append(str(service.job(job)["status"]))
    return sorted(found)


def test_three_machines_are_shown_and_what_is_left_when_one_dies(
    cluster: Any, service: Service, still: bytes, tmp_path: Path
) -> None:
    jobs = {submit(service, still, token): token for token in (ANNA, BEN, BEN)}
    mine = next(iter(jobs))
    for job, token in jobs.items():
        with asking_as(service, token):
            service.wait(job, "in_progress", seconds=240)  # a worker on each machine starts first
    rows = "[...document.querySelectorAll('#%s tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    cards = f"{rows % 'workers'}.filter((row) => row[1] === 'gpu')"
    with browser(tmp_path / "profile") as tab:
        tab.visit(f"{service.url}/status#token={ANNA}")
        tab.wait("document.getElementById('about').textContent.startsWith('You are anna.')")
        tab.wait(f"({cards}).filter((row) => row[2] === 'busy').length === 3")
        shown = {row[0]: row[2:5] for row in tab.value(cards)}
        others = ["busy", "card", "another user's"]
        assert sorted(shown) == ["gpu:0", "gpu:1", "gpu:2"]
        assert sorted(shown.values()) == sorted([["busy", "card", mine], others, others])
        node = next(iter(cluster.worker_nodes))
        os.kill(node.all_processes["raylet"][0].process.pid, signal.SIGKILL)
        until = time.monotonic() + 120
        while statuses(service, jobs) == ["in_progress"] * 3:
            assert time.monotonic() < until, service.log()
            time.sleep(0.05)
        tab.wait(f"({cards}).filter((row) => row[2] === 'busy').length === 2")
        waits_again = "(row) => row[0] === 'gpu' && row[1] === '1' && row[3] === '2'"
        tab.wait(f"({rows % 'lanes'}).some({waits_again})")
        assert not [entry for entry in tab.errors if '"level": "verbose"' not in entry]  # advice on forms
    assert statuses(service, jobs) == ["in_progress", "in_progress", "queued"]
    for job, token in jobs.items():
        with asking_as(service, token):
            service.http.post(f"/v1/videos/{job}/cancel")
