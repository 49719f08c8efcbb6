"""A real service process, spoken to over real HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-only-for-tests"
OVER = ("completed", "failed", "cancelled")
PATIENCE = 60.0  # seconds: what has not come by then hangs, however busy the machine is
FOR_HOURS = {"frame_seconds": 600}  # options of a scripted job that is at work until it is cancelled


def shut(gate: Path) -> dict[str, Any]:
    """Options of a scripted job that is at work until its gate is opened, however long a test takes meanwhile."""
    gate.write_bytes(b"")
    return {"gate": str(gate)}


def open_gate(gate: Path) -> None:
    """Lets a job through, with all its frames."""
    gate.write_bytes(b"." * 1000)


def quiet_port() -> str:
    """A free port that the system gives to nobody who asks for any."""
    while True:
        port = random.randint(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return str(port)


class Service:
    """`python -m MODULE serve`-like process on a home of its own."""

    def __init__(self, home: Path, module: str = "tests.backend.scripted", *options: str) -> None:
        self.home, self.module, self.options = home, module, options
        self.variables: dict[str, str] = {}  # of its environment
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client(trust_env=False)
        self.url = ""

    def start(self, **popen: Any) -> Service:
        self.home.mkdir(parents=True, exist_ok=True)
        ready = self.home / f"ready-{time.monotonic_ns()}.json"
        command = [
            sys.executable,
            "-m",
            *self.module.split(),
            "--port",
            "0",
            "--ready-file",
            str(ready),
            *self.options,
        ]
        with (self.home / "stderr.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stderr=log,
                stdout=log,
                env=self.environment(),
                **{"stdin": subprocess.DEVNULL, **popen},
            )
        until = time.monotonic() + PATIENCE
        while not ready.exists():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.01)
        about = json.loads(ready.read_text())
        assert about["pid"] == self.process.pid
        self.url = f"http://127.0.0.1:{about['port']}"
        self.http.close()
        self.http = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=PATIENCE, trust_env=False
        )
        return self

    def environment(self) -> dict[str, str]:
        return {**os.environ, "TAKE_ONE_HOME": str(self.home), "TAKE_ONE_TOKEN": TOKEN, **self.variables}

    def log(self) -> str:
        return (self.home / "stderr.log").read_text(errors="replace")

    def kill(self) -> None:
        """kill -9, and nothing else."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        self.http.close()
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def children(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def workers(self) -> list[psutil.Process]:
        """The processes that run engines, the oldest first: that of the lane cpu."""
        found = []
        for child in self.children():
            with contextlib.suppress(psutil.Error):
                if "backend.jobs.workers.worker_process" in child.cmdline():
                    found.append(child)
        return sorted(found, key=lambda child: (child.create_time(), child.pid))

    def worker(self, seconds: float = PATIENCE) -> psutil.Process:
        """The process that runs the engines of the lane cpu, as long as it was not ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := self.workers():
                return found[0]
            time.sleep(0.05)
        raise AssertionError("there is no worker")

    def submit(
        self,
        still: bytes,
        key: str | None = None,
        options: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        files: dict[str, bytes] | None = None,
        **fields: Any,
    ) -> httpx.Response:
        data = {
            "prompt": "A quiet room",
            "seconds": "1",
            "extra_params": json.dumps({"options": options or {}, **(extra or {})}),
        }
        headers = {} if key is None else {"Idempotency-Key": key}
        uploads = {"input_reference": ("../../etc/passwd", still, "text/plain")}
        uploads |= {name: (name, content, "text/plain") for name, content in (files or {}).items()}
        return self.http.post("/v1/videos", data={**data, **fields}, files=uploads, headers=headers)

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self.http.get(f"/v1/videos/{job_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait(self, job_id: str, *statuses: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The job once its status is one of `statuses` (default: it is over, which does not pass: asked less often)."""
        until, pause = time.monotonic() + seconds, 0.03
        while time.monotonic() < until:
            job = self.job(job_id)
            if job["status"] in (statuses or OVER):
                return job
            assert job["status"] not in OVER, f"It is over: {job}"
            time.sleep(pause)
            pause = pause if statuses else min(1.2 * pause, 0.2)
        raise AssertionError(f"{job}\n{self.log()}")

    def events(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        with self.http.stream("GET", f"/v1/videos/{job_id}/events") as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            name = ""
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    yield name, json.loads(line[6:])


def is_gone(process: psutil.Process, seconds: float = PATIENCE) -> bool:
    """Whether the process ends within `seconds`. One that nobody has waited for yet is at its end, too."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.005)
    return False
