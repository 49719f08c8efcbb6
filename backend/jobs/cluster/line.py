"""The bridge's line to one actor: two threads, one that sends and one that receives."""

from __future__ import annotations

import contextlib
import math
import queue
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import ActorUnavailableError, GetTimeoutError, RayError, RayTaskError
from ray.util.placement_group import PlacementGroup, placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

from client.protocol import Problem, TakeRequest
from client.protocol.codec import from_json, to_json

from ...home import sync_file, sync_folder, write_whole
from ...media.disk import disk_full, is_full
from . import parcel
from .actor import RESULTS, Actor

RECEIVE_SECONDS = 10.0  # an actor that has nothing to say says so as often
SILENT_SECONDS = 30.0  # one that says nothing at all for so long is lost, whatever the cluster thinks of its machine
AGAIN_SECONDS = 0.2
ENDS = {"done", "failed", "cancelled"}  # one of them is in a job's last message
CALLS = 4  # at once: one that receives, one that sends, and room


class Line:
    """An actor with so many `cpus` and `gpus`, and what goes to and fro. `say` gets what it says, and how it ends."""

    def __init__(
        self, say: Callable[[dict[str, Any]], None], cpus: float, gpus: int, registry: str, shared: str | None
    ) -> None:
        self._say, self._shared = say, shared
        self._orders: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._cancelled = threading.Event()
        self._making: dict[str, Any] = {}
        self._folder: Path | None = None  # the actor's, where it is shared
        self._group, options = _place(cpus, gpus)
        kind = ray.remote(Actor).options(max_concurrency=CALLS, max_restarts=0, **options)
        self._actor: Any = kind.remote(registry, shared)
        for work in (self._receive, self._send_all):
            threading.Thread(target=work, name=f"line {work.__name__}", daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        """Hands a message on, with its files. Never waits."""
        if message["do"] == "make":
            self._cancelled.clear()
        elif message["do"] == "cancel":
            self._cancelled.set()
        self._orders.put(message)

    def kill(self) -> None:
        """Ends the actor at once, and gives its place back."""
        self._orders.put(None)
        with contextlib.suppress(RayError):
            ray.kill(self._actor)
        if self._group is not None:
            with contextlib.suppress(RayError):
                remove_placement_group(self._group)

    def _receive(self) -> None:
        last = 0
        try:
            about = self._call("about")
            if self._shared is not None:
                self._folder = Path(about["folder"])
            self._say({"ready": about})
            while True:
                for number, message in self._call("receive", last, RECEIVE_SECONDS, most=SILENT_SECONDS):
                    last = number
                    self._say({"message": self._ended(message) if ENDS & message.keys() else message})
        except RayError as error:
            self._say({"ended": _words(error)})
            self.kill()

    def _send_all(self) -> None:
        number = 0
        with contextlib.suppress(RayError):  # the other thread says so
            while (message := self._orders.get()) is not None:
                number += 1
                if message["do"] != "make":
                    self._call("send", number, message)
                    continue
                self._making = message
                failed = self._send(number, message)
                if failed is not None:
                    self._actor.forget.remote(message["id"])
                    self._say({"message": failed})

    def _send(self, number: int, order: dict[str, Any]) -> dict[str, Any] | None:
        """Brings a job to the actor, and its files: the last parcel of them with it. None, or how the job ends since
        it can't be brought."""
        folder, job = Path(order["folder"]), order["id"]
        names = [file.name for file in from_json(TakeRequest, order["request"]).files().values()]
        try:
            if self._folder is not None:
                (self._folder / job).mkdir(mode=0o700, parents=True, exist_ok=True)
                for name in names:
                    shutil.copyfile(folder / name, self._folder / job / name)
                names = []
            last: list[parcel.Part] = []
            for spans in parcel.planned([(name, (folder / name).stat().st_size) for name in dict.fromkeys(names)]):
                if self._cancelled.is_set():
                    return _outcome(order, cancelled=True)
                if last:
                    self._call("put", job, last)
                last = parcel.read(folder, spans)
            self._call("send", number, order, last)
        except (OSError, ValueError) as error:
            return _outcome(order, failed=_problem(error, folder))
        return None

    def _ended(self, message: dict[str, Any]) -> dict[str, Any]:
        """How a job ended. What the actor's folder holds of it is removed, in any case."""
        message = self._received(message) if "done" in message else message
        self._actor.forget.remote(message["id"])
        return message

    def _received(self, done: dict[str, Any]) -> dict[str, Any]:
        """Brings a take into the job's folder. The message that it is there, or how the job ends since it is not."""
        order = self._making
        job, number = order["id"], order["attempt"]
        folder = Path(order["folder"]) / f"attempt-{number}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._folder is not None:
                for name in RESULTS[:-1]:
                    shutil.copyfile(self._folder / job / folder.name / name, folder / name)
                last = (self._folder / job / folder.name / RESULTS[-1]).read_bytes()
            else:
                last = b""
                sizes, first = done.pop("take", None) or self._call("take", job, number)
                for index, spans in enumerate(parcel.planned(sizes)):
                    parts = self._call("get", job, number, spans) if index else first
                    parcel.write(folder, [part for part in parts if part.name != RESULTS[-1]])
                    last += b"".join(part.data for part in parts if part.name == RESULTS[-1])
            for name in RESULTS[:-1]:
                sync_file(folder / name)
            sync_folder(folder)
            write_whole(folder / RESULTS[-1], last)  # last, so that its presence says that all is there
        except (OSError, ValueError) as error:
            return _outcome(order, failed=_problem(error, folder))
        return done

    def _call(self, name: str, *values: Any, most: float | None = None) -> Any:
        """What the actor answers. Asked again for as long as it can't be reached but is not known to be gone, and no
        longer than `most` seconds.

        Raises:
            RayError: it is gone, or did not answer.
            OSError: it could not read or write its files.
        """
        until = math.inf if most is None else time.monotonic() + most
        while True:
            try:
                left = None if most is None else max(0.0, until - time.monotonic())
                return ray.get(getattr(self._actor, name).remote(*values), timeout=left)
            except ActorUnavailableError:
                if time.monotonic() > until:
                    raise
                time.sleep(AGAIN_SECONDS)
            except GetTimeoutError:
                raise RayError(f"it did not answer for {most:g} seconds") from None
            except RayTaskError as error:
                if isinstance(error.cause, OSError):
                    raise error.cause from error
                raise


def _place(cpus: float, gpus: int) -> tuple[PlacementGroup | None, dict[str, Any]]:
    """What an actor asks of the cluster. Several cards are one bundle: they are of one machine, and come at once."""
    if gpus < 2:
        return None, {"num_cpus": cpus, "num_gpus": gpus, "scheduling_strategy": "SPREAD"}
    group = placement_group([{"GPU": float(gpus)}], strategy="STRICT_PACK")
    return group, {"num_cpus": 0, "num_gpus": gpus, "scheduling_strategy": PlacementGroupSchedulingStrategy(group)}


def _outcome(order: dict[str, Any], **how: Any) -> dict[str, Any]:
    return {"id": order["id"], "attempt": order["attempt"], **how}


def _problem(error: Exception, folder: Path) -> Any:
    if is_full(error):
        return to_json(disk_full(folder).problem)
    return to_json(Problem("transfer_failed", f"The files of this take could not be moved: {error}", "retry"))


def _words(error: Exception) -> str:
    """The first line of what Ray says, and the last, where the error of an actor that did not start stands."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return " ... ".join(dict.fromkeys((lines[0][:200], lines[-1][:200])))
