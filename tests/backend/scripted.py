"""Engines that do what a test tells them (in `options`), and a service that runs them.

`python -m tests.backend.scripted --port 0 ...` takes the options of `python -m backend serve`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from backend.engines.engine import Cancelled, Clip, EngineError, Progress, Sound
from client.protocol import CameraPath, EngineInfo, Keyframe, TakeRequest
from client.protocol.camera import IDENTITY

ENGINES = {"scripted": "", "elsewhere": "", "broken": ""}
DEFAULT = "scripted"


def engine(name: str) -> Any:
    if name == "broken":
        raise ImportError("no module called torch")
    return Scripted(name)


class Scripted:
    """Makes grey frames that grow lighter. options: frame_seconds, deaf (cancel is not noticed), fps (its
    own), silent, run_marker (a file that gets a line at each start), and end, at frame `at`: "SIGKILL",
    "SIGSEGV", "exit", "raise", "engine_error", "memory", "give_up"."""

    def __init__(self, name: str) -> None:
        self.name = name

    def capabilities(self) -> EngineInfo:
        return EngineInfo(
            id=self.name, name=self.name.title(), description="", max_seconds=20, max_pixels=1920 * 1080,
            sound=True, depth=True, dialogue=True, languages=("English", "German"), camera_path=True,
            available=self.name == "scripted", reason="" if self.name == "scripted" else "It is elsewhere.",
            fix="" if self.name == "scripted" else "models",
        )  # fmt: skip

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip:
        options = dict(request.options)
        if "run_marker" in options:
            with open(options["run_marker"], "a") as file:  # noqa: PTH123
                file.write(f"{os.getpid()}\n")
        print("engines may print")
        progress(0.0, "Preparing")
        fps = Fraction(options.get("fps", request.fps))
        count = max(1, round(request.seconds * fps))
        samples = np.full((2, round(request.seconds * 48_000)), 0.1, np.float32)
        return Clip(
            request.width, request.height, fps, count,
            self._frames(request, options, count, progress, cancelled),
            None if options.get("silent") else Sound(samples, 48_000), notes=("A scripted take.",),
            path=None if request.path else CameraPath((Keyframe(0.0, IDENTITY),)),
            facts={"versions": {"scripted": "1"}, "odd": "kept"},
        )  # fmt: skip

    def _frames(
        self,
        request: TakeRequest,
        options: dict[str, Any],
        count: int,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> Iterator[np.ndarray]:
        for index in range(count):
            if index == options.get("at", 1) and "end" in options:
                _end(options["end"])
            until = time.monotonic() + options.get("frame_seconds", 0.0)
            while time.monotonic() < until:
                time.sleep(0.01)
                if cancelled() and not options.get("deaf"):
                    raise Cancelled
            progress(index / count, "Filming")
            yield np.full((request.height, request.width, 3), 40 + (index * 2) % 180, np.uint8)
            while cancelled() and options.get("deaf"):
                time.sleep(0.1)


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

    given = command._parser().parse_args(["serve", *sys.argv[1:]])
    serve = service.serve
    service.serve = lambda settings: serve(dataclasses.replace(settings, registry="tests.backend.scripted"))
    sys.exit(given.run(given))
