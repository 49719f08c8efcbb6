"""The service as it runs: says when it is ready, and ends when it should."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import uvicorn

from .. import __version__
from ..home import write_whole
from ..jobs.cluster.crew import ClusterCrew
from ..jobs.inspection.inspector import Inspector
from ..jobs.pool import Pool
from ..jobs.store.owner import Owner
from ..jobs.store.store import Store
from ..jobs.workers.link import Crew
from ..jobs.workers.local import LocalCrew
from ..lifetime import stop_when_unused
from .app import Parts, make_app
from .service import Settings
from .users import Users
from .wire import Http, allow_many_connections

log = logging.getLogger("take_one")

LEAVING_SECONDS = 2  # how long open connections may take when the service ends
KEEP_ALIVE_SECONDS = 75  # a client that comes back within it finds its connection open


def run(
    settings: Settings, folder: Path, users: Users, exposed: bool, listener: socket.socket, store: Store, owner: Owner
) -> int:
    """Serves on `listener` until it is told to end. Gives the exit code. `exposed`: to other machines too."""
    allow_many_connections()
    pool = Pool(store, owner, _crew(settings))
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
        http=Http,
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


def _crew(settings: Settings) -> Crew:
    if settings.cluster is not None:
        return ClusterCrew(settings.registry, settings.cluster)
    return LocalCrew(settings.registry, settings.gpus)


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
            self.exit_code = 1
            print(f"error: the ready file {self._ready} can't be written: {error}", file=sys.stderr)
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


def _exposure(host: str, port: int, several: bool) -> str:
    who = "knows the token can\nmake and read takes here, and see the prompts of all jobs."
    if several:
        who = "knows a token can\nmake takes here, and read those of its user."
    return (
        f"Take One listens on {host} port {port}: every machine that can reach it and {who}\n"
        "The connection is not encrypted: use it in a network you trust, or put a TLS proxy or an SSH tunnel before it."
    )
