"""A local backend that answers slowly, not at all, or is only about to start: there is never a twin of it."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from client.api.calls import Api
from client.events import READY, RECONNECTING, BackendState
from client.lease import Lease
from client.local import running
from client.local.process import LocalBackend
from client.session import Session
from client.target import LocalTarget
from tests.client.conftest import wait_for, wait_until
from tests.client.installing.test_backend_process import PYTHON, gone

SLOW = """
    import os, pathlib, time
    from tests.client import fake_server

    class Slow(fake_server.FakeServer):
        def _handler(self):
            handler = super()._handler()
            at_once = handler._health

            def health(request):
                file = pathlib.Path(os.environ["TAKE_ONE_HOME"], "slow")
                if file.exists():
                    file.with_name("asked").touch()
                    time.sleep(float(file.read_text()))
                at_once(request)

            handler._health = health
            return handler

    fake_server.FakeServer = Slow
    time.sleep(float(os.environ.get("TAKE_ONE_TEST_LATE", 0)))
    fake_server.main()
"""  # its /health takes as many seconds as the file `slow` says


@pytest.fixture
def lease(home: Path) -> Iterator[Lease]:
    held = Lease(home)
    yield held
    held.release()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "backend").mkdir(parents=True)
    (folder / "backend" / "__init__.py").write_text('__version__ = "0.1.0"\n')
    here = Path(__file__).resolve().parents[3]
    (folder / "backend" / "__main__.py").write_text(
        f"import sys\nsys.path.insert(0, {str(here)!r})\n" + textwrap.dedent(SLOW)
    )
    return folder


def processes(home: Path) -> list[int]:
    """The backends of this home that run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if running.is_backend(int(folder.name), home / "backend.json"):
                found.append(int(folder.name))
    return found


def test_a_backend_that_answers_slowly_gets_no_twin(
    home: Path, root: Path, lease: Lease, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("client.local.process.PATIENCE", (0.2, 0.5, 5.0))
    first = LocalBackend(PYTHON, root, home, lease.name)
    address = first.start()
    (home / "slow").write_text("1.5")
    other = Lease(home)
    second = LocalBackend(PYTHON, root, home, other.name)
    assert second.start() == address
    assert processes(home) == [first.pid] == [second.pid]
    (home / "slow").unlink()
    other.release()
    first.stop()
    assert processes(home) == []


def test_a_backend_that_answers_no_more_is_ended_before_another_starts(
    home: Path, root: Path, lease: Lease, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("client.local.process.PATIENCE", (0.2, 0.3))
    first = LocalBackend(PYTHON, root, home, lease.name)
    first.start()
    assert first.pid is not None
    (home / "slow").write_text("600")
    second = LocalBackend(PYTHON, root, home, lease.name)
    monkeypatch.setattr(second, "_roll_log", lambda: (home / "slow").unlink())  # the next one is well
    second.start()
    assert gone(first.pid)
    assert processes(home) == [second.pid]
    second.stop()


def test_a_session_comes_back_to_a_backend_that_was_busy(
    home: Path, root: Path, make_session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("client.local.process.PATIENCE", (0.3, 5.0))
    monkeypatch.setattr("client.connection.CHECK_SECONDS", 0.2)
    session = make_session()
    session.connect(LocalTarget(root, PYTHON))
    wait_for(session, BackendState, test=lambda event: event.state == READY)
    monkeypatch.setattr(Api.health, "__defaults__", (0.5,))
    (pid,) = processes(home)
    (home / "slow").write_text("1.0")
    seen: list = []
    wait_for(session, BackendState, test=lambda event: event.state == READY, seen=seen)
    assert processes(home) == [pid]
    assert not [event for event in seen if isinstance(event, BackendState) and event.state == RECONNECTING]


def test_a_backend_that_a_killed_blender_was_starting_is_found(
    home: Path, root: Path, lease: Lease, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TAKE_ONE_TEST_LATE", "1.5")
    killed = LocalBackend(PYTHON, root, home, lease.name)
    monkeypatch.setattr(killed, "_await_ready", lambda token: ("", token))
    killed.start()
    assert not (home / "backend.json").exists()
    assert len(processes(home)) == 1
    second = LocalBackend(PYTHON, root, home, lease.name)
    second.start()
    assert processes(home) == [second.pid]
    second.stop()
    assert killed._process is not None
    killed._process.wait(10)


def test_another_program_with_the_number_of_a_dead_backend_is_left_alone(home: Path, root: Path, lease: Lease):
    """Neither is it ended, nor does whoever listens at the backend's old port see the token."""
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        port = listener.getsockname()[1]
        (home / "backend.json").write_text(json.dumps({"port": port, "pid": stranger.pid, "version": "0.1.0"}))
        backend = LocalBackend(PYTHON, root, home, lease.name)
        url, _ = backend.start()
        assert url != f"http://127.0.0.1:{port}"
        assert stranger.poll() is None
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
        backend.stop()
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x", "port": 1}', '{"pid": 1, "port": 80}', "\xff"])
def test_a_ready_file_of_no_sense_names_nobody(text: str, tmp_path: Path):
    (tmp_path / "backend.json").write_text(text)
    assert running.find(tmp_path / "backend.json") is None
    assert running.starting(tmp_path / "backend.json", tmp_path / "x") is None


def test_closing_does_not_wait_for_a_backend_that_answers_no_more(
    home: Path, root: Path, lease: Lease, make_session: Callable[..., Session]
):
    LocalBackend(PYTHON, root, home, lease.name).start()
    (pid,) = processes(home)
    (home / "slow").write_text("600")
    session = make_session()
    session.connect(LocalTarget(root, PYTHON))
    wait_until((home / "asked").exists)
    began = time.monotonic()
    session.close()
    assert time.monotonic() - began < 120  # it is silent for 600
    assert processes(home) == [pid], "it may be of use to the other Blender yet"
    running.end({pid}, home / "backend.json", 5.0)
