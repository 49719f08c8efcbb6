"""The worker as a Ray actor: `worker.Worker`, whose messages and files come and go by calls instead of pipes.

Each call may come twice, where an answer was lost on the way: the second time changes nothing.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ..workers.worker import Worker
from . import parcel
from .parcel import Part, Span, plain

AT_ONCE = 1 << 20  # bytes of a take that comes with the word of it: no more, so that the word is never late
RESULTS = ("clip.mp4", "sidecar.json", "thumbnail.jpg", "result.json")  # the last one says that all is there


class Actor:
    """`registry` is the module that names the engines. Its calls come on threads of their own; takes are made one at
    a time. `shared` is a folder that the service sees too, None where files travel."""

    def __init__(self, registry: str, shared: str | None) -> None:
        os.umask(0o077)
        place = Path(shared or tempfile.gettempdir())
        _sweep(place)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_ours()}{os.getpid()}-", dir=place))
        self._travels = shared is None
        self._inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self._sending = threading.Lock()
        self._taken = 0  # the number of the last message that came
        self._said: deque[tuple[int, dict[str, Any]]] = deque()
        self._number = 0
        self._news = threading.Condition()
        worker = Worker(import_module(registry), self._say, iter(self._inbox.get, None))
        threading.Thread(target=worker.run, name="worker", daemon=True).start()

    def about(self) -> dict[str, Any]:
        """Where it is."""
        return {"host": socket.gethostname(), "pid": os.getpid(), "folder": str(self._folder)}

    def send(self, number: int, message: dict[str, Any], parts: Sequence[Part] = ()) -> None:
        """Takes a message; numbers rise. Of the files of a job that is to be made the last come with it."""
        with self._sending:  # a second call may come while the first one writes
            if number <= self._taken:
                return
            if message["do"] == "make":
                folder = self._job_folder(message["id"])
                parcel.write(folder, parts)
                message = {**message, "folder": str(folder)}
            self._taken = number
            self._inbox.put(message)

    def receive(self, after: int, seconds: float) -> list[tuple[int, dict[str, Any]]]:
        """What the worker said after the message `after`, with numbers; waits so long for something."""
        with self._news:
            while self._said and self._said[0][0] <= after:
                self._said.popleft()
            self._news.wait_for(lambda: self._said, seconds)
            return list(self._said)

    def put(self, job: str, parts: list[Part]) -> None:
        """Takes files of a job."""
        parcel.write(self._job_folder(job), parts)

    def take(self, job: str, attempt: int) -> tuple[list[tuple[str, int]], list[Part]]:
        """What the take of a job consists of, names and bytes, and its first parcel: most takes fit into one."""
        folder = self._job_folder(job) / f"attempt-{attempt}"
        sizes = [(name, (folder / name).stat().st_size) for name in RESULTS]
        return sizes, parcel.read(folder, next(parcel.planned(sizes)))

    def get(self, job: str, attempt: int, spans: list[Span]) -> list[Part]:
        """Parts of a take."""
        return parcel.read(self._job_folder(job) / f"attempt-{attempt}", spans)

    def forget(self, job: str) -> None:
        """Removes what is here of a job."""
        shutil.rmtree(self._job_folder(job), ignore_errors=True)

    def _job_folder(self, job: str) -> Path:
        folder = self._folder / plain(job)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _say(self, message: dict[str, Any]) -> None:
        if "done" in message and self._travels:
            with contextlib.suppress(OSError):  # who asks for it is answered so
                sizes, parts = self.take(message["id"], message["attempt"])
                if sum(size for _, size in sizes) <= AT_ONCE:
                    message = {**message, "take": (sizes, parts)}
        with self._news:
            self._number += 1
            self._said.append((self._number, message))
            self._news.notify_all()


def _ours() -> str:
    return f"take-one-{socket.gethostname()}-"


def _sweep(place: Path) -> None:
    """Removes the folders of actors of this machine that are gone: most end suddenly."""
    for folder in place.glob(f"{_ours()}*-*"):
        host, pid = folder.name.rsplit("-", 2)[:2]  # "render" is not "render-12", whose names begin alike
        if f"{host}-" == _ours() and pid.isdecimal() and not _runs(int(pid)) and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        pass
    return True
