"""Engines that do what a test wants of them (in `options`), one for each lane, and a service that runs them.

`python -m tests.backend.scripted --port 0 ...` takes the options of `python -m backend serve`.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.engines.engine import Cancelled, Clip, Commit, EngineError, Progress, Sound
from client.protocol import CameraPath, EngineInfo, Keyframe, Price, TakeRequest
from client.protocol.camera import IDENTITY

if TYPE_CHECKING:  # as of any registry, no process pays for what only a take needs
    import numpy as np

ENGINES = {"scripted": "", "card": "", "second_card": "", "hosted": "", "elsewhere": "", "broken": ""}
LANES = {"card": "gpu", "second_card": "gpu", "hosted": "network"}
DEFAULT = "scripted"
SLOW = "TAKE_ONE_TEST_SLOW_CAPABILITIES"  # a file: as long as it is there `elsewhere` does not say what it can do
ASKED = "asked"  # a file in the home that gets a line each time that it is asked
PATIENT = "TAKE_ONE_TEST_PATIENT"  # seconds until the service ends a process of its own for want of an answer


def names() -> tuple[str, ...]:
    return tuple(ENGINES)


def engine(name: str) -> Any:
    if name == "broken":
        raise ImportError("no module called torch")
    return Hosted(name) if name == "hosted" else Scripted(name)


class Scripted:
    """Makes grey frames that grow lighter. options: frame_seconds, load_seconds (once, until `unload`), gate (a
    file with a byte for each frame that may be made), deaf (cancel is not noticed), fps (its own), silent,
    run_marker (a file that gets a line at each start, and at `unload`), and end, at frame `at`: "SIGKILL", "SIGSEGV",
    "exit", "raise", "engine_error", "memory", "give_up"."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._marker: Any = None
        self._loaded = False

    def capabilities(self) -> EngineInfo:
        if self.name == "elsewhere":
            _write_line(Path(os.environ["TAKE_ONE_HOME"], ASKED), self.name)
            while SLOW in os.environ and Path(os.environ[SLOW]).exists():
                time.sleep(0.02)
        here = self.name != "elsewhere"
        return EngineInfo(
            id=self.name,
            name=self.name.title(),
            max_seconds=20,
            max_pixels=1920 * 1080,
            sound=True,
            depth=True,
            dialogue=True,
            languages=("English", "German"),
            camera_path=True,
            lane=LANES.get(self.name, "cpu"),
            priced=self.name == "hosted",
            available=here,
            reason="" if here else "It is elsewhere.",
            fix="" if here else "models",
        )

    def unload(self) -> None:
        if self._marker is not None:
            _write_line(self._marker, f"unload {self.name}")
        self._loaded = False

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip:
        import numpy as np

        options = dict(request.options)
        if "run_marker" in options:
            self._marker = options["run_marker"]
            cards = os.environ.get("CUDA_VISIBLE_DEVICES", "-")
            _write_line(self._marker, f"{os.getpid()} {cards}")
        if not self._loaded:
            time.sleep(options.get("load_seconds", 0.0))
            self._loaded = True
        print("engines may print", flush=True)
        progress(0.0, "Preparing")
        fps = Fraction(options.get("fps", request.fps))
        count = max(1, round(request.seconds * fps))
        samples = np.full((2, round(request.seconds * 48_000)), 0.1, np.float32)
        return Clip(
            request.width,
            request.height,
            fps,
            count,
            self._frames(request, options, count, progress, cancelled),
            None if options.get("silent") else Sound(samples, 48_000),
            notes=("A scripted take.",),
            path=None if request.path else CameraPath((Keyframe(0.0, IDENTITY),)),
            facts={"versions": {"scripted": "1"}, "odd": "kept"},
        )

    def _frames(
        self,
        request: TakeRequest,
        options: dict[str, Any],
        count: int,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> Iterator[np.ndarray]:
        import numpy as np

        for index in range(count):
            if index == options.get("at", 1) and "end" in options:
                _end(options["end"])
            until = time.monotonic() + options.get("frame_seconds", 0.0)
            while time.monotonic() < until:
                time.sleep(0.01)
                if cancelled() and not options.get("deaf"):
                    raise Cancelled
            progress(index / count, "Filming")
            while "gate" in options and Path(options["gate"]).stat().st_size <= index:
                if cancelled():
                    raise Cancelled
                time.sleep(0.02)
                progress(index / count, "Filming")
            yield np.full((request.height, request.width, 3), 40 + (index * 2) % 180, np.uint8)
            while cancelled() and options.get("deaf"):
                time.sleep(0.1)


class Hosted(Scripted):
    """Has takes made by a provider that wants money: the folder `account` of its options. A line of the file `orders`
    there is an order, and is paid: the request's seed, the order's key, and the time at which its take is ready
    (`made_in` seconds later). It gives the same answer to no two orders. options also: `dies`, what ends the process
    ("before" the order is sent, "after" it, or while it "waits"), the first time that the job comes to it."""

    def generate(  # type: ignore[override]
        self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool], commit: Commit
    ) -> Clip:
        key = secrets.token_hex(8)
        commit({"key": key})
        return self._go_on(key, request, progress, cancelled, commit)

    def resume(
        self,
        state: dict[str, Any],
        request: TakeRequest,
        progress: Progress,
        cancelled: Callable[[], bool],
        commit: Commit,
    ) -> Clip:
        return self._go_on(state["key"], request, progress, cancelled, commit)

    def estimate(self, request: TakeRequest) -> Price | None:
        if not request.options.get("known", True):
            return None
        return Price(0.25 * request.seconds, str(request.options.get("currency", "USD")), "2026-01-01")

    def _go_on(
        self, key: str, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool], commit: Commit
    ) -> Clip:
        account, dies = Path(request.options["account"]), request.options.get("dies", "")
        progress(0.1, "Sending")
        order = next((line for line in _lines(account / "orders") if key in line), None)
        if order is None:
            _die_once(account, dies == "before")
            ready = time.time() + request.options.get("made_in", 0.0)
            order = f"{request.seed} {key} {ready}"
            _write_line(account / "orders", order)
            _die_once(account, dies == "after")
        try:
            commit({"key": key, "sent": True})
            _die_once(account, dies == "waits")
            while time.time() < float(order.split()[2]):
                progress(0.2, "Waiting")
                if cancelled():
                    raise Cancelled
                time.sleep(0.02)
        except Cancelled:  # also of `commit`: it is ordered, so it is taken back
            _write_line(account / "cancelled", key)
            raise
        return super().generate(request, progress, cancelled)


def _die_once(account: Path, wanted: bool) -> None:
    if wanted and not (account / "died").exists():
        (account / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _write_line(path: Any, line: str) -> None:
    with Path(path).open("a") as file:
        file.write(line + "\n")


def _end(how: str) -> None:
    if how == "engine_error":
        raise EngineError("no_camera", "There is no camera to move.", "pick_camera")
    if how == "memory":
        raise MemoryError
    if how == "give_up":
        raise Cancelled
    if how == "raise":
        raise RuntimeError("the scripted engine fell over")
    if how == "SIGSEGV":
        ctypes.string_at(0)
    if how == "exit":
        print("scripted: no more", file=sys.stderr, flush=True)
        os._exit(3)
    os.kill(os.getpid(), getattr(signal, how))


if __name__ == "__main__":
    import dataclasses

    import backend.__main__ as command
    from backend.api import service
    from backend.jobs.inspection import inspector
    from backend.jobs.lanes import Slot

    given = command._parser().parse_args(["serve", *sys.argv[1:]])
    serve = service.serve
    service.serve = lambda settings: serve(dataclasses.replace(settings, registry="tests.backend.scripted"))
    if PATIENT in os.environ:
        Slot.cancel_seconds = float(os.environ[PATIENT])  # type: ignore[assignment, method-assign]
        inspector.WAITING = float(os.environ[PATIENT]) / inspector.QUICK_SECONDS  # type: ignore[assignment]
    sys.exit(given.run(given))
