"""The local backend's start and end step by step, without a process: what is taken, ended, waited for."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client import lease
from client.api.errors import ApiError
from client.local import process, reason, running
from client.local.process import LocalBackend, Outdated, StartError
from client.local.running import Running

THEIRS = Running(77, 8123)


class Ended:
    """A process that was started, and its exit code."""

    def __init__(self, code: int | None = None, pid: int = 55) -> None:
        self.code, self.pid, self.waited = code, pid, list[float]()

    def poll(self) -> int | None:
        return self.code

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        raise subprocess.TimeoutExpired("x", seconds)


class World:
    """What runs, what it answers, and what is done to it. Time passes only in sleeps."""

    def __init__(self, backend: LocalBackend, monkeypatch: pytest.MonkeyPatch) -> None:
        self.backend, self.now = backend, 0.0
        self.found: Running | None = None
        self.starting: int | None = None
        self.health: list[Any] = []
        self.others = False
        self.ended: list[Any] = []
        self.asked: list[float] = []
        self.closed: list[str] = []
        clock = SimpleNamespace(monotonic=lambda: self.now, sleep=self.sleep)
        monkeypatch.setattr(process, "time", clock)
        monkeypatch.setattr(running, "find", lambda file: self.found)
        monkeypatch.setattr(running, "starting", lambda pid_file, file: self.starting)
        monkeypatch.setattr(running, "is_backend", lambda pid, file: pid == self.starting)
        monkeypatch.setattr(running, "end", self.end)
        monkeypatch.setattr(lease, "others", lambda home, own: self.others)
        monkeypatch.setattr(process, "Api", self.api)
        self.arrives: dict[float, Running] = {}

    def sleep(self, seconds: float) -> None:
        self.now = round(self.now + seconds, 6)
        self.found = self.arrives.get(self.now, self.found)

    def end(self, pids: set[int], file: Path, seconds: float) -> None:
        self.ended.append((pids, file.name, seconds))
        self.found = self.starting = None

    def api(self, url: str, token: str) -> Any:
        def health(seconds: float) -> Any:
            self.asked.append(seconds)
            one = self.health.pop(0) if len(self.health) > 1 else self.health[0]
            if isinstance(one, Exception):
                raise one
            return SimpleNamespace(version=one, pid=77) if isinstance(one, str) else one

        assert url == f"http://127.0.0.1:{THEIRS.port}" and token == process.local_token(self.backend.home)
        return SimpleNamespace(health=health, close=lambda: self.closed.append(url))


@pytest.fixture
def world(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    (tmp_path / "root" / "backend").mkdir(parents=True)
    (tmp_path / "root" / "backend" / "__init__.py").write_text('x = 1\n__version__ = "0.2.0"\n')
    python = tmp_path / "python"
    python.touch()
    return World(LocalBackend(python, tmp_path / "root", home, "mine"), monkeypatch)


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []

    def popen(command: Any, **options: Any) -> Any:
        seen.append((command, options))
        return Ended()

    monkeypatch.setattr(process.subprocess, "Popen", popen)
    return seen


def test_one_that_answers_is_taken(world: World) -> None:
    world.found, world.health = (
        THEIRS,
        [ApiError("unreachable", "busy"), SimpleNamespace(version="0.2.0", pid=78), "0.2.0"],
    )
    token = process.local_token(world.backend.home)
    assert world.backend.start() == ("http://127.0.0.1:8123", token)
    assert world.asked == [2.0, 5.0, 10.0] and world.backend.pid == 77 and world.ended == []
    assert world.closed == ["http://127.0.0.1:8123"] * 3
    assert world.backend.running() and world.backend.poll() is None
    world.found = None
    assert not world.backend.running()


def test_one_that_answers_no_more_is_ended(world: World, spawned: list[Any]) -> None:
    world.found, world.health = THEIRS, [ApiError("unreachable", "busy")]
    world.backend._await_ready = lambda token: ("url", token)  # type: ignore[method-assign]
    assert world.backend.start()[0] == "url"
    assert world.asked == [2.0, 5.0, 10.0, 15.0] and world.ended == [({77}, "backend.json", 6.0)] and len(spawned) == 1
    world.found, world.asked = THEIRS, []
    world.health = [ApiError("unreachable", "gone")]
    world.backend._health = lambda *_: setattr(world, "found", None)  # type: ignore[method-assign]
    assert world.backend._patient_health(THEIRS) is None  # it went: no further look


@pytest.mark.parametrize(
    ("others", "take_over", "ends"), [(False, False, True), (True, True, True), (True, False, False)]
)
def test_one_of_another_version(world: World, spawned: list[Any], others: bool, take_over: bool, ends: bool) -> None:
    world.found, world.health, world.others = THEIRS, ["0.1.0"], others
    world.backend._await_ready = lambda token: ("url", token)  # type: ignore[method-assign]
    if ends:
        assert world.backend.start(take_over)[0] == "url" and world.ended[0][0] == {77}
        return
    with pytest.raises(Outdated) as caught:
        world.backend.start(take_over)
    assert (caught.value.code, caught.value.fix) == ("not_started", "update") and world.ended == [] and spawned == []


def test_how_a_process_is_started(world: World, spawned: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    backend, home = world.backend, world.backend.home
    for name in ("PYTHONPATH", "PYTHONHOME", "OTHER"):
        monkeypatch.setenv(name, "/x")
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "backend.log").write_text("of before")
    (home / "backend.json").write_text("{}")
    world.health = [ApiError("unreachable", "not yet"), "0.2.0"]
    world.arrives = {0.1: THEIRS}
    assert backend.start() == (THEIRS.url, process.local_token(home))
    ((command, options),) = spawned
    ready = ["--ready-file", str(home / "backend.json"), "--leases", str(home / "clients")]
    assert command == [str(backend.python), "-m", "backend", "serve", "--port", "0", *ready]
    assert (options["cwd"], options["stdin"]) == (backend.root, subprocess.DEVNULL)
    assert options["stderr"] == subprocess.STDOUT
    assert options["start_new_session"] and Path(options["stdout"].name) == home / "logs" / "backend.log"
    variables = options["env"]
    assert {name: variables.get(name) for name in ("TAKE_ONE_HOME", "TAKE_ONE_TOKEN", "OTHER")} == {
        "TAKE_ONE_HOME": str(home),
        "TAKE_ONE_TOKEN": process.local_token(home),
        "OTHER": "/x",
    }
    assert {name: value for name, value in variables.items() if name.startswith("PYTHON")} == {
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    assert (home / "backend.starting").read_text() == "55" and backend.pid == 77
    assert not (home / "backend.json").exists()
    assert (home / "logs" / "backend.1.log").read_text() == "of before" and backend.log_tail() == ""
    assert world.asked == [2.0, 2.0] and world.now == 0.15
    assert {stat.S_IMODE((home / name).stat().st_mode) for name in ("token", "backend.starting")} == {0o600}


def test_a_start_is_given_up_after_ninety_seconds_or_when_told(world: World, spawned: list[Any]) -> None:
    with pytest.raises(StartError, match="did not answer within 90 s") as caught:
        world.backend.start()
    assert caught.value.fix == "open_log" and world.now == pytest.approx(90.0)
    assert world.ended == [({55}, "backend.json", 6.0)] and world.backend._process.waited == [6.0]  # type: ignore[union-attr]
    world.backend._stopped = lambda: world.now > 91
    with pytest.raises(StartError):
        world.backend.start()
    assert world.now == pytest.approx(91.05)
    world.backend._stopped = lambda: False
    world.backend._process = Ended(3)  # type: ignore[assignment]
    with pytest.raises(StartError, match="exit code 3"):
        world.backend._await_ready("token")
    world.found = Running(99, 1)
    world.backend._end()
    assert world.ended[-1][0] == {55, 99}


def test_one_that_another_was_starting_is_waited_for(world: World) -> None:
    world.starting, world.health = 66, ["0.2.0"]
    world.arrives = {1.0: THEIRS}
    assert world.backend._find(False) is not None and world.now == 1.0 and world.ended == []
    world.found, world.starting, world.arrives = None, 66, {}
    world.backend._stopped = lambda: world.now > 2.0
    with pytest.raises(StartError, match="given up") as caught:
        world.backend._find(False)
    assert caught.value.fix == "start"
    world.backend._stopped = lambda: False
    began = world.now
    assert world.backend._find(False) is None and world.ended == [({66}, "backend.json", 6.0)]
    assert world.now - began == pytest.approx(32.1)  # as long as one that runs is given for its answers
    world.starting = None
    assert world.backend._find(False) is None and len(world.ended) == 1


def test_a_start_that_can_not_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(error: Exception) -> Any:
        @contextlib.contextmanager
        def exclusively(path: Path, seconds: float, stopped: Any = None) -> Any:
            assert (path.name, seconds) == ("backend.lock", 90.0)
            raise error
            yield

        return exclusively

    for error, fix, said in (
        (TimeoutError("x"), "start", "Another Blender has been starting the backend for too long. Try again."),
        (OSError(28, "full"), "free_space", "The backend cannot be started: [Errno 28] full"),
        (PermissionError(13, "no"), "open_log", "The backend cannot be started: [Errno 13] no"),
    ):
        monkeypatch.setattr(lease, "exclusively", held(error))
        with pytest.raises(StartError) as caught:
            world.backend.start()
        assert (caught.value.fix, caught.value.message) == (fix, said)
    monkeypatch.undo()
    world.backend.python.unlink()
    with pytest.raises(StartError, match="not installed") as caught:
        world.backend._spawn()
    assert caught.value.fix == "install"


@pytest.mark.parametrize("others", [False, True])
def test_it_is_ended_unless_another_uses_it(world: World, others: bool) -> None:
    world.found, world.others, world.backend.pid = THEIRS, others, 77
    world.backend._process = Ended(pid=55)  # type: ignore[assignment]
    (world.backend.home / "clients").mkdir(parents=True)
    (world.backend.home / "backend.json").write_text("{}")
    assert world.backend.running()
    world.backend.stop()
    assert world.ended == ([] if others else [({55, 77}, "backend.json", 6.0)])
    assert (world.backend._process, world.backend.pid) == (None, None)
    assert (world.backend.home / "backend.json").exists() is others
    world.backend._process = Ended(0)  # type: ignore[assignment]
    assert not world.backend.running() and world.backend.poll() == 0
    world.found, world.health = THEIRS, ["0.2.0"]
    world.backend.start()
    assert world.backend._process is None  # what had ended is forgotten


def test_the_end_of_a_log(world: World) -> None:
    assert world.backend.log_tail() == ""
    world.backend.log_path.parent.mkdir(parents=True)
    world.backend.log_path.write_bytes(b"a" * 10 + "é".encode() + b"b" * 15_999)
    assert world.backend.log_tail() == "\ufffd" + "b" * 15_999
    world.backend.log_path.write_text("MemoryError")
    world.backend._process = Ended(1)  # type: ignore[assignment]
    assert world.backend.reason() == ("The machine ran out of memory. Close other programs.", "start")


def test_a_token_is_made_once(home: Path, tmp_path: Path) -> None:
    made = process.local_token(home)
    assert len(made) == 43 and process.local_token(home) == made and stat.S_IMODE(home.stat().st_mode) == 0o700
    (home / "token").write_text(" given \n")
    assert process.local_token(home) == "given"
    (home / "token").write_text(" \n")
    assert len(process.local_token(home)) == 43
    (tmp_path / "backend").mkdir()
    for text, version in (('__version__ = "1.2"\n__version__ = "3"', "1.2"), (' __version__ = "1"', ""), ("", "")):
        (tmp_path / "backend" / "__init__.py").write_text(text)
        assert process.code_version(tmp_path) == version


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("python -m backend serve --port 0 --ready-file {file} --leases x ", True),
        ("python -m backend serve --port 0 --ready-file {file}x ", True),
        ("python -m backend serve --ready-file /other ", False),
        ("python -m backend models --ready-file {file} ", False),
        ("", False),
    ],
)  # fmt: skip
def test_which_process_is_a_backend(words: str, is_one: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "backend.json"
    monkeypatch.setattr(running, "_command_line", lambda pid: words.format(file=file))
    assert [running.is_backend(pid, file) for pid in (-1, 0, 1, 2)] == [False, False, False, is_one]
    (tmp_path / "starting").write_text("2")
    assert running.starting(tmp_path / "starting", file) == (2 if is_one else None)
    file.write_text(json.dumps({"pid": "2", "port": "80"}))
    assert running.find(file) == (Running(2, 80) if is_one else None)


def told(clock: list[float]) -> SimpleNamespace:
    """A clock that passes only in sleeps."""
    return SimpleNamespace(monotonic=lambda: clock[0], sleep=lambda seconds: clock.append(clock.pop() + seconds))


def test_a_process_is_asked_before_it_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, killed, alive = [0.0], list[Any](), {5: 0.3, 6: 99.0}
    monkeypatch.setattr(running, "time", told(clock))
    monkeypatch.setattr(running, "is_backend", lambda pid, file: pid in alive and clock[0] < alive[pid])

    def kill(pid: int, number: int) -> None:
        killed.append((pid, number, round(clock[0], 2)))
        if number == signal.SIGKILL:
            alive[pid] = clock[0]
            raise ProcessLookupError

    monkeypatch.setattr(running.os, "kill", kill)
    running.end({5, 6, 7}, tmp_path / "x", 2.0)
    asked, late = [(5, signal.SIGTERM, 0.0), (6, signal.SIGTERM, 0.0)], pytest.approx(2.05, abs=0.06)
    assert killed == [*asked, (6, signal.SIGKILL, late)]
    clock[0], alive[5] = 0.0, 0.3
    running.end({5}, tmp_path / "x", 2.0)
    assert clock[0] == pytest.approx(0.3, abs=0.051)


def test_the_words_of_a_process() -> None:
    assert running._command_line(os.getpid()).split()[0].endswith(Path(sys.executable).name)
    assert running._command_line(2**22 + 1) == ""
    assert Running(1, 80).url == "http://127.0.0.1:80"


def test_the_words_of_a_process_where_the_system_has_no_files_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def run(command: Any, **options: Any) -> Any:
        asked.append((command, options))
        return SimpleNamespace(stdout="python -m backend serve\n")

    monkeypatch.setattr(running, "Path", lambda place: SimpleNamespace(exists=lambda: False))
    monkeypatch.setattr(running.subprocess, "run", run)
    assert running._command_line(7) == "python -m backend serve "
    ((command, options),) = asked
    assert command == ["/bin/ps", "-ww", "-o", "args=", "-p", "7"]
    assert options == {"capture_output": True, "text": True, "timeout": 5, "check": False}
    for error in (OSError("x"), subprocess.TimeoutExpired("ps", 5)):
        monkeypatch.setattr(running.subprocess, "run", lambda *_, error=error, **__: (_ for _ in ()).throw(error))
        assert running._command_line(7) == ""


@pytest.mark.parametrize(
    ("log", "code", "said"),
    [
        ("x" * 301, 1, "The backend stopped: " + "x" * 300),
        ("ok", -6, "The backend stopped: it aborted."),
        ("ok", 9, "The backend stopped: ok"),
        ("", 0, "The backend stopped with exit code 0 and an empty log. Install it again if this goes on."),
        ("a\n  b\nsaid\nTraceback x\n ^^~ \nWARNING y\nDEBUG z\nDuring handling\nThe above exception", 1, ": said"),
    ],
)  # fmt: skip
def test_more_reasons(log: str, code: int, said: str) -> None:
    assert said in reason.explain(log, code)[0]


def test_a_lease_is_taken_again_where_it_was_cleared_away(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    lock = lease._try_lock
    answers = iter([False, True])
    monkeypatch.setattr(lease, "_try_lock", lambda file: next(answers, True) and lock(file))
    monkeypatch.setattr(lease, "time", SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic))
    held = lease.Lease(home)
    assert pauses == [0.01] and (home / "clients" / f"{held.name}.lock").exists()
    assert stat.S_IMODE((home / "clients").stat().st_mode) == 0o700
    held.release()
    assert not lease.is_held(home, held.name) and lease.leases_folder(home) == home / "clients"
    (home / "clients" / f"{held.name}.lock").touch()
    held.release()  # what has its name since then is not its own
    assert (home / "clients" / f"{held.name}.lock").exists()

    def replaced(file: Any) -> bool:
        """Once, the file that was opened is cleared away as it is locked, and another has its name."""
        if len(pauses) == 1:
            Path(file.name).unlink()
            Path(file.name).touch()
        return lock(file)

    monkeypatch.setattr(lease, "_try_lock", replaced)
    held = lease.Lease(home)
    assert len(pauses) == 2 and lease.is_held(home, held.name)
    held.release()


def test_how_long_a_lock_is_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(lease, "_try_lock", lambda file: False)
    monkeypatch.setattr(lease, "time", told(clock))
    for seconds, stopped, ends in ((0.5, lambda: False, 0.55), (9.0, lambda: clock[0] > 0.32, 0.35)):
        clock[0] = 0.0
        held = lease.exclusively(home / "a.lock", seconds, stopped)
        with pytest.raises(TimeoutError, match=r"another process holds a\.lock"), held:
            raise AssertionError("it was held")
        assert clock[0] == pytest.approx(ends, abs=0.051)
