"""How long making a draft is: the whole job, with sound and encoding, each in a process of its own.

    python bench/draft/speed.py [CLIP ...] [--cold] [--drawing] [--cycles]
                                [--blender-python PYTHON] [--renders FOLDER]

A CLIP is SECONDS:WIDTHxHEIGHT:VIEWS, for example 5:1280x720:5. A truck through the room of bench/truth at 24 fps
with rain and one line of dialogue. The still is rendered in 1280x720 and scaled; further views stand evenly on the path
and are rendered as fine as a press has them for such a clip, and depths are files as a press writes them, of nothing
but the depth. Each is made twice in one process, as the service does:
processor time and wall clock of the second time, and peak memory. `--drawing` also makes each from frames that were
drawn before (layers, sound and encoding, but no drawing), and without encoding. `--cold` adds a clip with nothing
compiled. `--cycles` also renders one frame of the room at 64 samples and a quarter of the width and height, for the
ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SIZE = (1280, 720)
FINER = (1792, 1008)  # of further views
REACH = 0.8  # metres of the truck
LAST = 4  # of the further views
CLIPS = (
    "5:1280x720:1",
    "5:1280x720:5",
    "5:1920x1080:1",
    "5:3840x2160:1",
    "45:320x180:1",
    "180:320x180:1",
    "180:320x180:5",
)
KEPT = 24  # frames that are encoded over and over where nothing is drawn


@dataclass(frozen=True)
class ClipAsked:
    seconds: float
    size: tuple[int, int]
    views: int

    @classmethod
    def of(cls, text: str) -> ClipAsked:
        seconds, size, views = text.split(":")
        width, height = size.split("x")
        return cls(float(seconds), (int(width), int(height)), int(views))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("clips", nargs="*", default=CLIPS, metavar="CLIP")
    arguments.add_argument("--blender-python", type=Path, default=ROOT / ".dev/blender-5.2/bin/python")
    arguments.add_argument("--renders", type=Path, default=Path(tempfile.gettempdir()) / "take-one-speed")
    arguments.add_argument("--cold", action="store_true")
    arguments.add_argument("--drawing", action="store_true")
    arguments.add_argument("--cycles", action="store_true")
    arguments.add_argument("--job", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.job:
        print(json.dumps(job(given.renders, ClipAsked.of(given.job), given.drawing)))
        return
    further = [
        {"name": f"view_{k}", "matrix": truck(k / LAST), "depth": True, "size": FINER} for k in range(1, LAST + 1)
    ]
    still = {"name": "still", "matrix": truck(0), "depth": True}
    render(given.blender_python, given.renders, 16, SIZE, [still, *further])
    for frame in (still, *further):
        write_depth(given.renders, frame["name"])
    print(f"Load {os.getloadavg()[0]:.1f}")
    print("| clip | processor time | wall clock | peak memory |\n| --- | --- | --- | --- |")
    if given.cold:
        with tempfile.TemporaryDirectory() as empty:
            rows("5:1280x720:1", given, {"NUMBA_CACHE_DIR": empty}, "first")
    for clip in given.clips:
        rows(clip, given, {}, "again")
    if given.cycles:
        print(
            f"\nOne frame of the room in Cycles, 64 samples, denoised, {SIZE[0] // 4}x{SIZE[1] // 4}: {cycles(given)}"
        )


def rows(clip: str, given: argparse.Namespace, environment: dict[str, str], which: str) -> None:
    command = [sys.executable, __file__, "--renders", given.renders, "--job", clip]
    done = subprocess.run(
        [*command, *(["--drawing"] if given.drawing else [])],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    spent = json.loads(done.stdout.splitlines()[-1])
    for name, (wall, processor) in spent["runs"].items():
        if name in (which, "encoding", "drawing"):
            memory = f"{spent['memory']:.0f} MB" if name == which else ""
            print(f"| {clip} {name} | {processor:.2f} s | {wall:.2f} s | {memory} |", flush=True)


def job(renders: Path, clip: ClipAsked, drawing: bool) -> dict[str, Any]:
    """A job as the service does it, from nothing imported to the finished mp4, and once more: wall clock and
    processor time of each; of its parts as well, if asked for."""
    runs = {"first": spent(lambda: make(renders, clip)), "again": spent(lambda: make(renders, clip))}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if drawing:
        runs["drawing"] = spent(lambda: make(renders, clip, encode=False))
        kept = first_frames(renders, clip)
        runs["encoding"] = spent(lambda: make(renders, clip, kept=kept))
    return {"runs": runs, "memory": memory}


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """Wall clock and processor time of `work`."""
    processor, started = time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - started, time.process_time() - processor


def make(renders: Path, clip: ClipAsked, encode: bool = True, kept: list[Any] | None = None) -> None:
    from backend.engines.draft import DraftEngine
    from backend.media.encode import write_clip

    asked = request(renders, clip)
    if kept is not None:
        asked = replace(asked, views=asked.views[:1])
    made = DraftEngine().generate(asked, lambda *_: None, lambda: False)
    if kept is not None:
        there_and_back = [*kept, *kept[-2:0:-1]]
        made.frames = (there_and_back[k % len(there_and_back)] for k in range(asked.frame_count))
    if not encode:
        for _ in made.frames:
            pass
        return
    with tempfile.TemporaryDirectory() as folder:
        write_clip(made, asked, Path(folder) / "take.mp4", lambda *_: None, lambda: False)


def first_frames(renders: Path, clip: ClipAsked) -> list[Any]:
    from backend.engines.draft import DraftEngine

    frames = DraftEngine().generate(request(renders, clip), lambda *_: None, lambda: False).frames
    return [next(frames) for _ in range(KEPT)]


def request(renders: Path, clip: ClipAsked) -> Any:
    from bench.truth.moves import request as truth_request
    from client.protocol import CameraPath, Direction, Keyframe, Line, View

    path = tuple(Keyframe(t, truck(t)) for t in (0.0, 1.0))
    asked = truth_request(renders, clip.size)
    still = replace(asked.views[0], depth=depth_file(renders, "still"))
    assert still.camera is not None
    by = FINER[0] / still.camera.width
    lens = {name: getattr(still.camera, name) * by for name in ("cx", "cy", "fx", "fy")}
    step = LAST // max(1, clip.views - 1)
    further = tuple(
        View(
            renders / f"view_{k}.png",
            depth_file(renders, f"view_{k}"),
            replace(still.camera, width=FINER[0], height=FINER[1], **lens, matrix_world=truck(k / LAST)),
            k / LAST,
        )
        for k in range(step, LAST + 1, step)
        if clip.views > 1
    )
    return replace(
        asked,
        views=(still, *further),
        seconds=clip.seconds,
        path=CameraPath(path),
        direction=Direction("", (Line("ANNA", "English", "We are late."),), "rain on a window"),
    )


def depth_file(renders: Path, name: str) -> Path:
    return renders / f"{name}_depth.exr"


def write_depth(renders: Path, name: str) -> None:
    """The depth of a render, which has all its passes in one file, as scene/stills/formats/exr.py writes it."""
    import OpenEXR

    from backend.media.stills import read_depth

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"V": read_depth(renders / f"{name}.exr")}).write(str(depth_file(renders, name)))


def truck(t: float) -> tuple[tuple[float, ...], ...]:
    return (1.0, 0.0, 0.0, REACH * t), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)


def cycles(given: argparse.Namespace) -> str:
    """Processor time of a frame: two more of the same against none."""
    small = SIZE[0] // 4, SIZE[1] // 4
    still = {"matrix": truck(0), "depth": False}

    def taken(*more: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with tempfile.TemporaryDirectory() as folder:
            render(
                given.blender_python, Path(folder), 64, small, [{"name": name, **still} for name in ("still", *more)]
            )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    return f"{(taken('again', 'third') - taken()) / 2:.1f} s of processor time"


def render(python: Path, folder: Path, samples: int, size: tuple[int, int], frames: list[dict[str, Any]]) -> None:
    """Renders frames of the room."""
    from bench.truth.blender import Blender

    Blender(python, size, samples, "CPU", 1).render("room", folder, frames)


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
