"""Makes guides for clients that wait for them: one at a time, each in a process of its own, nothing of it kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse

from client.protocol.codec import to_json

from ..engines.engine import EngineError
from ..guide.limits import check_whole, limits
from ..guide.process import ZIP
from ..jobs.request import Wanted, check, parse
from ..jobs.workers.child import Child, ending
from .submission import Intake, Submission

POLL_SECONDS = 0.2
MAX_WAITING = 8  # clients, the one that is served among them
MAX_OF_ONE = 3  # of those of one user
LEFT_SECONDS = 3600.0  # what nobody wrote to for so long, a service that was killed left behind


class Guides:
    """`folder` holds the files of guides as long as they are made and sent."""

    def __init__(self, intake: Intake, folder: Path) -> None:
        self._intake, self._folder = intake, folder
        self._thread = ThreadPoolExecutor(1, "guide")
        self._clients: Counter[str] = Counter()  # by their user

    async def make(self, submission: Submission, user: str, unwanted: Callable[[], Awaitable[bool]]) -> Path:
        """A new folder with the zip of the guide that `submission` of a user asks for; who asked removes it.

        `unwanted` is asked again and again: where it says so, the work stops.

        Raises:
            EngineError: what is wrong with the submission or went wrong; `busy`.
        """
        info = limits()
        wanted = replace(parse(submission.fields, info.id), engine=info.id, options={}, shots=())
        if self._clients.total() >= MAX_WAITING or self._clients[user] >= MAX_OF_ONE:
            message = f"{self._clients.total()} guides are being waited for. Try again in a moment."
            raise EngineError("busy", message, "retry")
        stop = threading.Event()
        self._clients[user] += 1
        try:
            making = asyncio.get_running_loop().run_in_executor(self._thread, self._make, wanted, submission, stop)
            while not (await asyncio.wait({making}, timeout=POLL_SECONDS))[0]:
                if await unwanted():
                    stop.set()
            return making.result()
        finally:
            stop.set()
            self._clients[user] -= 1

    def stop(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def sweep(self) -> None:
        """Removes what services left behind that were killed."""
        if not self._folder.is_dir():
            return
        for left in self._folder.iterdir():
            with contextlib.suppress(OSError):  # it is removed just now
                times = [path.stat().st_mtime for path in (left, *left.rglob("*"))]
                if time.time() - max(times) > LEFT_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)

    def _make(self, wanted: Wanted, submission: Submission, stop: threading.Event) -> Path:
        _go_on(stop)
        self.sweep()
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            request = self._intake.store_files(wanted, submission, folder, limits())
            check(request, limits())
            check_whole(request)
            _drawn({"folder": str(folder), "request": to_json(request)}, stop)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return folder


def _drawn(order: dict[str, Any], stop: threading.Event) -> None:
    """Has a process of its own make the guide of `order`, and ends it where it should `stop`.

    Raises:
        EngineError: what went wrong.
    """
    child = Child("backend.guide.process", str(os.getpid()))
    try:
        child.send(order)
        while (answer := child.receive(POLL_SECONDS)) is None:
            _go_on(stop)
            if not child.alive:
                child.wait(2)
                answer = child.receive(0)
                break
    finally:
        child.kill()
    if answer is None:
        how = f"The guide's process {ending(child.exit_code)}, most likely because memory ran out."
        raise EngineError("engine_killed", f"{how} Choose a smaller size.", "smaller_size")
    if "failed" in answer:
        raise EngineError(**answer["failed"])


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise EngineError("busy", "The guide is not wanted any more, or this service is ending.", "retry")


class Handed(FileResponse):
    """The zip in `folder`, which is removed once it is sent, or the client is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(
            folder / ZIP, media_type="application/zip", filename=ZIP, headers={"Cache-Control": "no-store"}
        )

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
