"""How the service starts, and how it ends: ready file, tokens, leases, streams, full disks."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.backend.service_process import FOR_HOURS, PATIENCE, ROOT, TOKEN, Service


def ends(service: Service, seconds: float) -> bool:
    assert service.process is not None
    try:
        service.process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_it_ends_when_no_client_holds_a_lease(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    leases = tmp_path / "leases"
    leases.mkdir()
    with (leases / "one.lock").open("wb") as lease:
        fcntl.flock(lease, fcntl.LOCK_EX)
        service = Service(tmp_path / "home", "tests.backend.scripted", "--leases", str(leases)).start()
        assert not ends(service, 1.5)
    try:
        assert ends(service, PATIENCE), service.log()
        assert service.process.returncode == 0
    finally:
        service.end()


def test_sigterm_ends_it_with_a_stream_open_and_a_take_in_the_making(own_service: Service, still: bytes) -> None:
    service = own_service.start()
    job_id = service.submit(still, options=FOR_HOURS).json()["id"]
    service.wait(job_id, "in_progress")
    names: list[str] = []

    def listen() -> None:
        with contextlib.suppress(httpx.HTTPError):
            for name, _ in service.events(job_id):
                names.append(name)

    listener = threading.Thread(target=listen)
    listener.start()
    until = time.monotonic() + 60
    while not names and time.monotonic() < until:
        time.sleep(0.02)
    assert names
    assert service.stop() == 0, service.log()
    listener.join(60)
    assert "end" not in names  # the job is not over


def test_a_stream_that_is_dropped_is_given_up(own_service: Service, still: bytes) -> None:
    import psutil

    service = own_service.start()
    job_id = service.submit(still, options=FOR_HOURS).json()["id"]
    service.wait(job_id, "in_progress")
    process = psutil.Process(service.process.pid)

    def connections() -> int:
        return sum(1 for entry in process.net_connections() if entry.status == "ESTABLISHED")

    before = connections()
    for _ in range(5):
        with httpx.stream(
            "GET",
            f"{service.url}/v1/videos/{job_id}/events",
            trust_env=False,
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as answer:
            next(answer.iter_lines())
    until = time.monotonic() + 60
    while connections() > before and time.monotonic() < until:
        time.sleep(0.05)
    assert connections() <= before


def test_a_token_is_made_and_kept_private(tmp_path: Path) -> None:
    service = Service(tmp_path / "home")
    service.environment = lambda: {  # type: ignore[method-assign]
        name: value
        for name, value in {**os.environ, "TAKE_ONE_HOME": str(service.home)}.items()
        if name != "TAKE_ONE_TOKEN"
    }
    service.start()
    try:
        path = service.home / "token"
        token = path.read_text()
        assert len(token) >= 32
        assert os.name == "nt" or path.stat().st_mode & 0o077 == 0
        headers = {"Authorization": f"Bearer {token}"}
        assert service.http.get("/v1/videos", headers=headers).status_code == 200
        assert token not in service.log()
    finally:
        service.end()


def test_logs_hold_no_token_and_no_prompt(own_service: Service, still: bytes) -> None:
    service = own_service.start()
    job = service.submit(still, prompt="the secret ending", options={"end": "raise"}).json()
    service.wait(job["id"])
    service.http.get("/v1/videos", headers={"Authorization": "Bearer a-wrong-token"})
    service.stop()
    logs = service.log() + (service.home / "logs" / "backend.log").read_text()
    assert job["id"] in logs
    assert TOKEN not in logs
    assert "a-wrong-token" not in logs
    assert "secret ending" not in logs


@pytest.mark.parametrize("token", ["", "short"])
def test_other_machines_need_a_token_that_was_set(tmp_path: Path, token: str) -> None:
    environment = {**os.environ, "TAKE_ONE_HOME": str(tmp_path), "TAKE_ONE_TOKEN": token}
    done = subprocess.run(
        [sys.executable, "-m", "backend", "serve", "--host", "0.0.0.0", "--port", "0"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert "TAKE_ONE_TOKEN" in done.stderr


def test_a_service_for_other_machines_says_what_it_exposes(tmp_path: Path) -> None:
    service = Service(
        tmp_path / "home", "tests.backend.scripted", "--host", "0.0.0.0", "--allow-host", "render.lan"
    ).start()
    try:
        assert "not encrypted" in service.log()
        for host, status in (("192.168.1.5:80", 200), ("render.lan", 200), ("evil.example", 403)):
            assert service.http.get("/health", headers={"Host": host}).status_code == status
        assert service.http.get("/v1/videos", headers={"Authorization": ""}).status_code == 401
    finally:
        service.end()


def test_a_port_that_is_taken_is_told(own_service: Service) -> None:
    service = own_service.start()
    port = service.url.rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "-m", "backend", "serve", "--port", port],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=service.environment(),
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, still: bytes) -> None:
    """On a real full disk: a small file system, where the machine lets a test make one."""
    home = tmp_path / "home"
    home.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(home)], capture_output=True).returncode:
        pytest.skip("may not mount a file system")
    service = Service(home).start()
    try:
        first = service.submit(still).json()["id"]
        assert service.wait(first)["status"] == "completed"
        filler = home / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        answer = service.submit(still * 400)
        assert answer.status_code == 507, answer.text
        assert answer.json()["error"]["fix"] == "free_space"
        assert service.http.get("/health").status_code == 200
        assert service.job(first)["status"] == "completed"
        assert len(list((home / "jobs").iterdir())) == 1
        filler.unlink()
        assert service.wait(service.submit(still).json()["id"])["status"] == "completed"
    finally:
        service.end()
        subprocess.run(["umount", "-l", str(home)], check=True)
