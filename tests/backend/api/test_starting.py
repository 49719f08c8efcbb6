"""A start of the service step by step, in this process: what is looked at in which order, and what is said where it
can't go on."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from backend import __version__
from backend.api import running, service, wire
from backend.api.service import Settings, serve
from backend.jobs.cluster.crew import Cluster, ClusterCrew
from backend.jobs.store.owner import Owner
from backend.jobs.store.store import Store
from backend.jobs.workers.local import LocalCrew

SECRET = "a-token-that-was-set"


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """What the service would run with; the log stays the tests'."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(running, "run", lambda *given: (found.append(given), 7)[1])
    monkeypatch.setattr(service, "_log_to", lambda path: found.append(("log", path)))
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TAKE_ONE_TOKEN", SECRET)
    yield found
    for given in found:
        for one in given:
            if isinstance(one, socket.socket | Store):
                one.close()
            elif isinstance(one, Owner):
                one.release()


def users_file(tmp_path: Path, text: str = f"anna {'a' * 20}\n") -> Path:
    path = tmp_path / "users"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_service_runs_with_a_port_a_list_and_the_right_to_it(run: list[tuple[Any, ...]], tmp_path: Path) -> None:
    settings = Settings(port=0)
    assert serve(settings) == 7
    (log, given) = run
    assert log == ("log", tmp_path / "home" / "logs" / "backend.log")
    told, folder, users, exposed, listener, store, owner = given
    assert (told, folder, exposed) == (settings, tmp_path / "home", False)
    assert users.named(SECRET).name == "" and users.named("another-token-of-16") is None
    assert listener.getsockname()[0] == "127.0.0.1"
    assert (isinstance(store, Store), owner.acquire()) == (True, True)
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("tokens", [True, False])
def test_other_machines_are_let_in_with_a_token_that_was_set_or_users(
    run: list[tuple[Any, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tokens: bool,
) -> None:  # fmt: skip
    monkeypatch.setenv("TAKE_ONE_TOKEN", "")
    settings = Settings("0.0.0.0", 0, tokens=users_file(tmp_path) if tokens else None)
    assert serve(settings) == (7 if tokens else 2)
    if tokens:
        assert (run[1][3], run[1][2].named("a" * 20).name) == (True, "anna")
        return
    assert capsys.readouterr().err == (
        "error: --host 0.0.0.0 lets other machines in. Set TAKE_ONE_TOKEN to a secret of at least 16 characters first, "
        "or name users: --tokens.\n"
    )
    assert len(run) == 1
    monkeypatch.setenv("TAKE_ONE_TOKEN", SECRET)
    assert serve(settings) == 7


def test_what_keeps_it_from_serving_is_said_with_the_code_of_whose_fault_it_is(
    run: list[tuple[Any, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def says(settings: Settings, code: int) -> str:
        assert serve(settings) == code
        return capsys.readouterr().err

    gone = tmp_path / "gone"
    assert says(Settings(port=0, tokens=gone), 2) == (
        f"error: the file of users {gone} can't be read: No such file or directory.\n"
    )
    assert "names nobody" in says(Settings(port=0, tokens=users_file(tmp_path, "# none\n")), 2)
    monkeypatch.setattr(service, "missing", lambda: "Ray is not here.")
    assert says(Settings(port=0, cluster=Cluster("auto")), 2) == "error: Ray is not here.\n"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert says(Settings(port=port), 1) == (
            f"error: can't listen on 127.0.0.1 port {port}: Address already in use\n"
        )
    with monkeypatch.context() as patched:
        patched.setattr(service, "_listen", lambda host, port: (_ for _ in ()).throw(OSError("no such host")))
        assert says(Settings(port=7), 1) == "error: can't listen on 127.0.0.1 port 7: no such host\n"
    monkeypatch.setenv("TAKE_ONE_TOKEN", "short")
    assert says(Settings(port=0), 2).startswith("error: TAKE_ONE_TOKEN must have at least 16 characters")
    monkeypatch.setenv("TAKE_ONE_TOKEN", SECRET)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "file"))
    said = says(Settings(port=0), 1)
    assert said.startswith(f"error: the folder {tmp_path / 'file'} can't be used: ")
    assert said.endswith(" TAKE_ONE_HOME chooses another one.\n")
    monkeypatch.setenv("TAKE_ONE_HOME", "~no-such-user/x")
    assert says(Settings(port=0), 2).startswith("error: TAKE_ONE_HOME is ~no-such-user/x, ")
    assert not [given for given in run if given[0] != "log"]


def test_which_file_is_in_the_way_and_what_helps(tmp_path: Path) -> None:
    def says(name: str) -> str:
        error = sqlite3.DatabaseError("it is torn")
        error.sqlite_errorname = name  # type: ignore[attr-defined]
        return service._unusable(tmp_path, error)

    away = "Move it away: a new one is made, without the jobs in it."
    space = "The disk may be full: free some space, or choose another folder by TAKE_ONE_HOME."
    listed = f"the list of jobs {tmp_path / 'jobs.db'} can't be used: it is torn."
    assert says("SQLITE_NOTADB") == f"{listed} {away}"
    assert says("SQLITE_FULL") == says("SQLITE_IOERR_WRITE") == f"{listed} {space}"
    (tmp_path / "jobs.lock").mkdir()
    assert says("SQLITE_CANTOPEN").startswith(f"{tmp_path / 'jobs.lock'} is not a file but a folder")
    (tmp_path / "jobs.db").symlink_to("/nonexistent/place")
    assert says("SQLITE_CANTOPEN").startswith(f"{tmp_path / 'jobs.db'} is not a file but a folder")
    (tmp_path / "jobs.db").unlink()
    (tmp_path / "jobs.db").write_text("")
    (tmp_path / "jobs.lock").rmdir()
    assert says("SQLITE_CANTOPEN") == f"{listed} {away}"


def test_hosts_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [service._is_loopback(host) for host in ("127.0.0.1", "::1", "0.0.0.0", "192.0.2.7")] == [
        True, True, False, False,
    ]  # fmt: skip
    both = [(0, 0, 0, "", ("127.0.0.1", 0)), (0, 0, 0, "", ("192.0.2.7", 0))]
    monkeypatch.setattr(service.socket, "getaddrinfo", lambda *_: both)
    assert not service._is_loopback("of-both")


def test_the_log_goes_to_its_file_and_to_stderr_but_never_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(service.logging, "basicConfig", lambda **facts: given.append(facts))
    level = logging.getLogger("uvicorn").level
    path = tmp_path / "logs" / "backend.log"
    try:
        service._log_to(path)
        path.write_text("")
        service._log_to(path)
        monkeypatch.setattr(service.os, "fstat", lambda descriptor: path.stat())
        service._log_to(path)
        assert logging.getLogger("uvicorn").level == logging.WARNING
        assert logging.raiseExceptions is False
    finally:
        logging.getLogger("uvicorn").setLevel(level)
        logging.raiseExceptions = True
    first, second, same = (one["handlers"] for one in given)
    for handlers in (first, second):
        stream, file = handlers
        assert type(stream) is logging.StreamHandler and isinstance(file, RotatingFileHandler)
        assert (file.baseFilename, file.maxBytes, file.backupCount) == (str(path), 2 << 20, 3)
    assert len(same) == 1
    assert (given[0]["level"], given[0]["force"]) == (logging.INFO, True)


class Listener:
    """Where a service that is only told about listens."""

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", 4321


@pytest.mark.parametrize("exposed", [False, True])
def test_a_service_goes_by_its_names_and_says_what_it_exposes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture, exposed: bool,
) -> None:  # fmt: skip
    ran: list[Any] = []
    monkeypatch.setattr(running, "Pool", lambda *given: ("pool", given))
    monkeypatch.setattr(running, "make_app", lambda parts, model: (ran.append((parts, model)), None)[1])
    monkeypatch.setattr(running, "stop_when_unused", lambda folder, stop: ran.append((folder, stop)))
    monkeypatch.setattr(running._Server, "run", lambda self, sockets: ran.append((self, sockets)))
    monkeypatch.setattr(running.socket, "gethostname", lambda: "Box")
    monkeypatch.setattr(running.socket, "getfqdn", lambda: "Box.Studio.LAN")
    monkeypatch.delenv("TAKE_ONE_TOKEN", raising=False)
    caplog.set_level(logging.INFO)
    leases = tmp_path / "leases" if exposed else None
    settings = Settings("host", 1, ("Render.LAN",), tmp_path / "ready", leases, "tests.backend.scripted", gpus=3)
    assert running.run(settings, tmp_path, (), exposed, Listener(), "store", "owner") == 0  # type: ignore[arg-type]
    (parts, model), *rest = ran
    (store, owner, crew) = parts.pool[1]
    assert (store, owner, crew.registry, crew._gpus) == ("store", "owner", "tests.backend.scripted", 3)
    assert (model, parts.exposed, parts.registry) == ("scripted", exposed, "tests.backend.scripted")
    assert parts.names == {"localhost", "render.lan", *(("box", "box.studio.lan") if exposed else ())}
    server, sockets = rest[-1]
    assert (len(sockets), parts.stopping()) == (1, False)
    if exposed:
        assert rest[0][0] == leases
        rest[0][1]()
        assert server.should_exit
    assert ("host port 4321: every machine" in capsys.readouterr().err) is exposed
    config = server.config
    assert (config.timeout_graceful_shutdown, config.timeout_keep_alive, config.access_log) == (2, 75, False)
    assert (config.server_header, config.ws, config.lifespan, config.log_config) == (False, "none", "on", None)
    assert [one.getMessage() for one in caplog.records] == [
        f"Take One {__version__} serves http://host:4321, jobs in {tmp_path}",
        f"The token is in {tmp_path / 'token'}",
        "Take One has ended",
    ]


def test_who_works_is_of_this_machine_or_of_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClusterCrew, "__init__", lambda self, *given: setattr(self, "given", given))
    crew = running._crew(Settings(registry="r", cluster=Cluster("auto")))
    assert isinstance(crew, ClusterCrew) and crew.given == ("r", Cluster("auto"))  # type: ignore[attr-defined]
    assert isinstance(running._crew(Settings()), LocalCrew)


def test_what_is_exposed_depends_on_whose_tokens_there_are() -> None:
    one, several = running._exposure("h", 5, False), running._exposure("h", 5, True)
    assert "Take One listens on h port 5: every machine that can reach it and knows the token can\nmake and read" in one
    assert "see the prompts of all jobs" in one and "of its user" not in one
    assert "knows a token can\nmake takes here, and read those of its user." in several
    assert "The connection is not encrypted" in one and "The connection is not encrypted" in several


class Told:
    """Where an answer is written."""

    def __init__(self) -> None:
        self.said = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.said += data

    def close(self) -> None:
        self.closed = True


def test_what_is_no_http_is_answered_and_the_line_closed() -> None:
    import h11

    told = Told()
    one: Any = SimpleNamespace(conn=h11.Connection(h11.SERVER), transport=told)
    wire.Http.send_400_response(one, "Invalid.")
    head, _, body = told.said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ") and b"connection: close" in head and b"application/json" in head
    assert f"content-length: {len(body)}".encode() in head
    assert json.loads(body) == {"error": {"code": "invalid_request", "message": "Invalid.", "param": None, "fix": ""}}
    assert told.closed


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> running._Server:
    async def done(self: Any, sockets: Any = None) -> None:
        self.started = True

    monkeypatch.setattr(uvicorn.Server, "startup", done)
    monkeypatch.setattr(uvicorn.Server, "shutdown", done)
    return running._Server(uvicorn.Config(None), tmp_path / "deep" / "ready.json", 4321, threading.Event())  # type: ignore[arg-type]


def test_it_says_that_it_is_ready_once_it_answers(server: running._Server, tmp_path: Path) -> None:
    asyncio.run(server.startup())
    said = json.loads((tmp_path / "deep" / "ready.json").read_text())
    assert said == {"port": 4321, "pid": os.getpid(), "version": __version__}
    assert (server.exit_code, server.should_exit) == (0, False)


def test_it_ends_where_it_cannot_say_so(
    server: running._Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deep").write_text("a file")
    asyncio.run(server.startup())
    assert (server.exit_code, server.should_exit) == (1, True)
    assert capsys.readouterr().err.startswith(
        f"error: the ready file {tmp_path / 'deep' / 'ready.json'} can't be written"
    )


def test_one_that_did_not_start_is_not_ready(
    server: running._Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: Any, sockets: Any = None) -> None:
        self.started = False

    monkeypatch.setattr(uvicorn.Server, "startup", fails)
    asyncio.run(server.startup())
    assert not (tmp_path / "deep").exists()


def test_streams_end_with_it_and_signals_are_as_they_were(server: running._Server) -> None:
    assert not server._stopping.is_set()
    asyncio.run(server.shutdown())
    assert server._stopping.is_set()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    with server.capture_signals():
        assert [signal.getsignal(number) for number in numbers] == [server.handle_exit] * 2
        signal.raise_signal(signal.SIGTERM)
        assert server.should_exit
    assert [signal.getsignal(number) for number in numbers] == before
    thread = threading.Thread(target=lambda: server.capture_signals().__enter__())
    thread.start()
    thread.join()
    assert [signal.getsignal(number) for number in numbers] == before
