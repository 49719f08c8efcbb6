"""Starts the service, says when it is ready, and ends it when it should."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import logging
import os
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from logging.handlers import RotatingFileHandler
from pathlib import Path

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from client.protocol import Problem
from client.protocol.codec import to_json

from .. import __version__
from ..home import MIN_TOKEN, HomeError, home, make_private, token, write_whole
from ..jobs.cluster.crew import Cluster, ClusterCrew, missing
from ..jobs.inspection.inspector import Inspector
from ..jobs.pool import Pool
from ..jobs.store.owner import Owner
from ..jobs.store.store import Store
from ..jobs.workers.link import Crew
from ..jobs.workers.local import LocalCrew
from ..lifetime import stop_when_unused
from .app import Parts, make_app
from .users import Users

log = logging.getLogger("take_one")

LOG_BYTES = 2 << 20
LOGS = 3
LEAVING_SECONDS = 2  # how long open connections may take when the service ends
KEEP_ALIVE_SECONDS = 75  # a client that comes back within it finds its connection open


@dataclass(frozen=True)
class Settings:
    """How to serve. `registry` is the module of the engines, `names` are further names of this host, `gpus` is how many
    GPUs share a take (0: all), `tokens` the file of users, `cluster` is where takes are made instead of here."""

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    ready_file: Path | None = None
    leases: Path | None = None
    registry: str = "backend.engines.registry"
    gpus: int = 1
    tokens: Path | None = None
    cluster: Cluster | None = None


def serve(settings: Settings) -> int:
    """Serves until SIGTERM, Ctrl-C, or the end of the last client. Gives the exit code: 1 where it can't, 2 for wrong
    arguments or a bad token."""
    if settings.cluster is not None and (needed := missing()):
        return _refuse(2, needed)
    folder = home()
    try:
        make_private(folder)
        _log_to(folder / "logs" / "backend.log")
        users = Users(token(folder), settings.tokens)
    except HomeError as error:
        return _refuse(2, str(error))
    except OSError as error:
        if settings.tokens is not None and error.filename == str(settings.tokens):
            return _refuse(2, f"the file of users {settings.tokens} can't be read: {error.strerror}.")
        return _refuse(1, f"the folder {folder} can't be used: {error}. TAKE_ONE_HOME chooses another one.")
    try:
        exposed = not _is_loopback(settings.host)
        if exposed and settings.tokens is None and not os.environ.get("TAKE_ONE_TOKEN"):
            needed = (
                f"Set TAKE_ONE_TOKEN to a secret of at least {MIN_TOKEN} characters first, or name users: --tokens."
            )
            return _refuse(2, f"--host {settings.host} lets other machines in. {needed}")
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        return _refuse(1, f"can't listen on {settings.host} port {settings.port}: {error.strerror or error}")
    try:
        store, owner = Store(folder), Owner(folder)
    except sqlite3.DatabaseError as error:
        return _refuse(1, f"the list of jobs {folder / 'jobs.db'} can't be used: {error}")
    except OSError as error:
        return _refuse(1, f"the list of jobs in {folder} can't be used: {error}")
    return _run(settings, folder, users, exposed, listener, Pool(store, owner, _crew(settings)), store)


def _crew(settings: Settings) -> Crew:
    if settings.cluster is not None:
        return ClusterCrew(settings.registry, settings.cluster)
    return LocalCrew(settings.registry, settings.gpus)


def _run(
    settings: Settings, folder: Path, users: Users, exposed: bool, listener: socket.socket, pool: Pool, store: Store
) -> int:
    port = listener.getsockname()[1]
    names = frozenset({"localhost", *(name.lower() for name in settings.names)})
    if exposed:
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        print(_exposure(settings.host, port, settings.tokens is not None), file=sys.stderr)
    stopping = threading.Event()
    parts = Parts(store, pool, Inspector(), users, names, exposed, stopping.is_set, settings.registry)
    app = make_app(parts, import_module(settings.registry).DEFAULT)
    config = uvicorn.Config(
        app,
        http=_Http,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=LEAVING_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    server = _Server(config, settings.ready_file, port, stopping)
    if settings.leases is not None:
        stop_when_unused(settings.leases, server.end)
    log.info("Take One %s serves http://%s:%d, jobs in %s", __version__, settings.host, port, folder)
    log.info("The token is %s", "TAKE_ONE_TOKEN's" if os.environ.get("TAKE_ONE_TOKEN") else f"in {folder / 'token'}")
    if settings.tokens is not None:
        log.info("The users are those of %s: %d", settings.tokens, len(users))
    server.run(sockets=[listener])
    log.info("Take One has ended")
    return server.exit_code


def _refuse(code: int, why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return code


class _Http(H11Protocol):
    """uvicorn's, with errors of our shape for what is no HTTP at all."""

    def send_400_response(self, msg: str) -> None:
        body = json.dumps({"error": to_json(Problem("invalid_request", msg))}).encode()
        headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Server(uvicorn.Server):
    """uvicorn, with a file that says when it answers, and streams that end with it."""

    def __init__(self, config: uvicorn.Config, ready: Path | None, port: int, stopping: threading.Event) -> None:
        super().__init__(config)
        self._ready, self._port, self._stopping = ready, port, stopping
        self.exit_code = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is None or not self.started:
            return
        about = {"port": self._port, "pid": os.getpid(), "version": __version__}
        try:
            self._ready.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._ready, json.dumps(about).encode())
        except OSError as error:
            self.exit_code = _refuse(1, f"the ready file {self._ready} can't be written: {error}")
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but a signal is an order to end, not a failure: it is not raised again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def end(self) -> None:
        """Ends the service; may be called from any thread."""
        self.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _is_loopback(host: str) -> bool:
    return all(ipaddress.ip_address(info[4][0]).is_loopback for info in socket.getaddrinfo(host, None))


def _exposure(host: str, port: int, several: bool) -> str:
    who = "knows the token can\nmake and read takes here, and see the prompts of all jobs."
    if several:
        who = "knows a token can\nmake takes here, and read those of its user."
    return (
        f"Take One listens on {host} port {port}: every machine that can reach it and {who}\n"
        "The connection is not encrypted: use it in a network you trust, or put a TLS proxy or an SSH tunnel before it."
    )


def _log_to(path: Path) -> None:
    """Logs to stderr and to `path`, which rotates; only to stderr where that is already this file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.raiseExceptions = False  # a log on a full disk is no reason to fail
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    try:
        same = path.exists() and os.path.samestat(path.stat(), os.fstat(2))
    except OSError:
        same = False
    if not same:
        handlers.append(RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOGS, encoding="utf-8", delay=True))
    line = "%(levelname)s %(asctime)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True, format=line)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
