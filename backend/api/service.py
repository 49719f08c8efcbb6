"""Starts the service, says when it is ready, and ends it when it should."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from logging.handlers import RotatingFileHandler
from pathlib import Path

import uvicorn

from .. import __version__
from ..home import home, token, write_whole
from ..jobs.inspector import Inspector
from ..jobs.owner import Owner
from ..jobs.pool import Pool
from ..jobs.store import Store
from ..lifetime import stop_when_unused
from .app import Parts, make_app

log = logging.getLogger("take_one")

LOG_BYTES = 2 << 20
LOGS = 3
LEAVING_SECONDS = 2  # how long open connections may take when the service ends
KEEP_ALIVE_SECONDS = 75  # a client that comes back within it finds its connection open
MIN_TOKEN = 16


@dataclass(frozen=True)
class Settings:
    """How to serve. `registry` is the module of the engines, `names` are further names of this host."""

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    ready_file: Path | None = None
    parent_pid: int | None = None
    leases: Path | None = None
    registry: str = "backend.engines.registry"


def serve(settings: Settings) -> int:
    """Serves until SIGTERM, Ctrl-C, or the end of the parent or the last client. Gives the exit code."""
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    _log_to(folder / "logs" / "backend.log")
    exposed = not _is_loopback(settings.host)
    if exposed and len(os.environ.get("TAKE_ONE_TOKEN", "")) < MIN_TOKEN:
        needed = f"Set TAKE_ONE_TOKEN to a secret of at least {MIN_TOKEN} characters first."
        print(f"error: --host {settings.host} lets other machines in. {needed}", file=sys.stderr)
        return 2
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        print(f"error: can't listen on {settings.host} port {settings.port}: {error.strerror}", file=sys.stderr)
        return 1
    port = listener.getsockname()[1]
    try:
        store = Store(folder)
    except sqlite3.DatabaseError as error:
        print(f"error: the list of jobs {folder / 'jobs.db'} can't be used: {error}", file=sys.stderr)
        return 1
    pool = Pool(store, Owner(folder), settings.registry)
    names = frozenset({"localhost", *(name.lower() for name in settings.names)})
    if exposed:
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        print(_exposure(settings.host, port), file=sys.stderr)
    stopping = threading.Event()
    parts = Parts(store, pool, Inspector(), token(folder), names, exposed, stopping.is_set, settings.registry)
    app = make_app(parts, import_module(settings.registry).DEFAULT)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, ws="none", lifespan="on",
        timeout_graceful_shutdown=LEAVING_SECONDS, timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )  # fmt: skip
    server = _Server(config, settings.ready_file, port, stopping)
    if settings.parent_pid is not None:
        _end_with(settings.parent_pid, server)
    if settings.leases is not None:
        stop_when_unused(settings.leases, server.end)
    log.info("Take One %s serves http://%s:%d, jobs in %s", __version__, settings.host, port, folder)
    log.info("The token is %s", "TAKE_ONE_TOKEN's" if os.environ.get("TAKE_ONE_TOKEN") else f"in {folder / 'token'}")
    server.run(sockets=[listener])
    log.info("Take One has ended")
    return 0


class _Server(uvicorn.Server):
    """uvicorn, with a file that says when it answers, and streams that end with it."""

    def __init__(self, config: uvicorn.Config, ready: Path | None, port: int, stopping: threading.Event) -> None:
        super().__init__(config)
        self._ready, self._port, self._stopping = ready, port, stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None and self.started:
            about = {"port": self._port, "pid": os.getpid(), "version": __version__}
            self._ready.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._ready, json.dumps(about).encode())

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
    return all(info[4][0] in ("127.0.0.1", "::1") or str(info[4][0]).startswith("127.")
               for info in socket.getaddrinfo(host, None))  # fmt: skip


def _exposure(host: str, port: int) -> str:
    return (
        f"Take One listens on {host} port {port}: every machine that can reach it and knows the token can\n"
        "make and read takes here, and see the prompts of all jobs. The connection is not encrypted: use it\n"
        "in a network you trust, or put a TLS proxy or an SSH tunnel before it."
    )


def _end_with(parent: int, server: _Server) -> None:
    """Ends the service when the process `parent` is gone, or when the pipe that it gave as stdin ends."""

    def watch() -> None:
        while _is_running(parent):
            time.sleep(0.5)
        log.info("The parent process %d is gone", parent)
        server.end()

    def read() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
            log.info("The parent process has closed our stdin")
            server.end()

    threading.Thread(target=watch, name="parent", daemon=True).start()
    if _is_pipe(0):
        threading.Thread(target=read, name="stdin", daemon=True).start()


def _is_pipe(descriptor: int) -> bool:
    import stat

    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x00100000, False, pid)  # SYNCHRONIZE
        if not handle:
            return False
        running = kernel.WaitForSingleObject(handle, 0) == 0x102  # WAIT_TIMEOUT
        kernel.CloseHandle(handle)
        return bool(running)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True,
                        format="%(levelname)s %(asctime)s %(name)s: %(message)s")  # fmt: skip
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
