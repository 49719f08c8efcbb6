"""Starts the service: what may keep it from serving is looked at first, and only then the rest is imported, which takes
most of the time of a start."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import sqlite3
import sys
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ..home import MIN_TOKEN, HomeError, home, make_private, token
from ..jobs.cluster.crew import Cluster, missing
from ..jobs.store.owner import Owner
from ..jobs.store.store import Store
from .users import Users

LOG_BYTES = 2 << 20
LOGS = 3


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
    try:
        folder = home()
    except HomeError as error:
        return _refuse(2, str(error))
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
        return _refuse(1, _unusable(folder, error))
    except OSError as error:
        return _refuse(1, f"the list of jobs in {folder} can't be used: {error}")
    from .running import run

    return run(settings, folder, users, exposed, listener, store, owner)


def _unusable(folder: Path, error: sqlite3.DatabaseError) -> str:
    """Which file keeps the service from its list of jobs, and what to do."""
    for name in ("jobs.db", "jobs.lock"):
        path = folder / name
        if (path.is_symlink() or path.exists()) and not path.is_file():
            return f"{path} is not a file but a folder or something else. Move it away, and a new one is made."
    remedy = "Move it away: a new one is made, without the jobs in it."
    if error.sqlite_errorname.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        remedy = "The disk may be full: free some space, or choose another folder by TAKE_ONE_HOME."
    return f"the list of jobs {folder / 'jobs.db'} can't be used: {error}. {remedy}"


def _refuse(code: int, why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return code


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
