"""The engine itself: load, plan, build the layers, and draw frames as they are asked for."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from client.protocol import LANGUAGES, EngineInfo, TakeRequest

from ..engine import Cancelled, Clip, Progress

if TYPE_CHECKING:
    from .camera.paths import Pose
    from .view.layers import Layers
    from .view.picture import Picture

PREPARED = 0.1  # share of the whole that is done once the layers are built
PREVIEWS = 12  # small pictures shown while a clip is made
MAX_PIXELS = 4096 * 2304
MAX_SECONDS = 60.0


class DraftEngine:
    """See backend.engines.engine.Engine."""

    def capabilities(self) -> EngineInfo:
        return EngineInfo(
            id="draft",
            name="Draft",
            description="A real camera move through the still's depth, sound made from its words and a scratch "
            "voice. Runs on any machine, in seconds; people in the picture do not move.",
            max_seconds=MAX_SECONDS,
            max_pixels=MAX_PIXELS,
            languages=LANGUAGES,
            sound=True,
            depth=True,
            camera_path=True,
            dialogue=True,
            handles=True,
        )

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip:
        """Raises EngineError for a still, depth, camera or path that cannot be used; Cancelled."""
        from .camera import paths
        from .camera.moves import plan, world_up
        from .sound.soundtrack import soundtrack
        from .view import picture
        from .view.coverage import Coverage

        def stop_if_cancelled() -> None:
            if cancelled():
                raise Cancelled

        progress(0.0, "Reading the still")
        scene, notes = picture.load(request)
        stop_if_cancelled()
        if request.path is None:
            up = world_up(request.still.camera if request.still else None)
            move = plan(
                request.direction.prompt, request.seconds, picture.measure(scene), request.seed, up, Coverage(scene)
            )
            path, notes = move.path, (*notes, *move.notes)
        else:
            path = paths.check(request.path)
        poses = paths.poses(path, request.frame_count)

        with ThreadPoolExecutor(1) as beside:
            sounding = beside.submit(soundtrack, request, request.frame_count / float(request.fps))
            from .view.kernels import compiled

            progress(0.02, "Building depth layers" if compiled() else "Getting ready for the first time")
            layers = _layers(scene, poses, request.seed)
            stop_if_cancelled()
            sound, sound_notes = sounding.result()
        progress(PREPARED, "Moving the camera")
        return Clip(
            width=request.width,
            height=request.height,
            fps=request.fps,
            frame_count=request.frame_count,
            frames=_frames(scene, layers, poses, progress, cancelled),
            sound=sound,
            notes=(*notes, *sound_notes),
            path=path,
            facts={"model": "draft", "depth": scene.has_depth, "planes": len(layers.boxes)},
        )


def _layers(scene: Picture, poses: list[Pose], seed: int) -> Layers:
    from .view import layers, margins

    return layers.build(scene, margins.parallax(scene, poses), margins.margins(scene, poses), seed)


def _frames(
    scene: Picture, layers: Layers, poses: list[Pose], progress: Progress, cancelled: Callable[[], bool]
) -> Iterator[np.ndarray]:
    """Draws a few frames ahead, one to a core; gives them in order."""
    from .view.raster import Renderer

    workers = max(1, min(4, _cores()))
    free = deque(Renderer(scene, layers) for _ in range(workers))
    waiting: deque[tuple[Future[np.ndarray], Renderer]] = deque()
    show = max(1, len(poses) // PREVIEWS)
    ahead = iter(poses)
    with ThreadPoolExecutor(workers) as pool:
        for index in range(len(poses)):
            if cancelled():
                raise Cancelled
            while free and (pose := next(ahead, None)) is not None:
                renderer = free.popleft()
                waiting.append((pool.submit(renderer.frame, pose), renderer))
            future, renderer = waiting.popleft()
            frame = future.result()
            free.append(renderer)
            done = PREPARED + (1 - PREPARED) * (index + 1) / len(poses)
            progress(done, "Moving the camera", frame[::4, ::4].copy() if index % show == 0 else None)
            yield frame


def _cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
