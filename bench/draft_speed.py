"""How long making a draft is: the whole job, with sound and encoding, each in a process of its own.

    python bench/draft_speed.py [--blender-python PYTHON] [--renders FOLDER] [--cycles]

1280x720 at 24 fps, a truck through the room of truth_scenes.py with rain and one line of dialogue; 2, 5 and
15 s; wall clock, processor time and peak memory. First of all once with nothing compiled; each is then made
again in the same process, as the service does. `--cycles` also renders one frame of the room at 64 samples and a
quarter of the width and height, for the ratio.
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
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

SIZE = (1280, 720)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--blender-python", type=Path, default=ROOT / ".dev/blender-5.2/bin/python")
    arguments.add_argument("--renders", type=Path, default=Path(tempfile.gettempdir()) / "take-one-speed")
    arguments.add_argument("--cycles", action="store_true")
    arguments.add_argument("--job", type=float, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.job:
        print(json.dumps(job(given.renders, given.job)))
        return
    if not (given.renders / "still.exr").exists():
        render(given.blender_python, given.renders, samples=16)
    print(f"Load {os.getloadavg()[0]:.1f}")
    print("| clip | processor time | again | wall clock | again | peak memory |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as empty:
        row("5 s, nothing compiled yet", given.renders, 5, {"NUMBA_CACHE_DIR": empty})
    for seconds in (2, 5, 15):
        row(f"{seconds} s", given.renders, seconds, {})
    if given.cycles:
        with tempfile.TemporaryDirectory() as folder:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            render(given.blender_python, Path(folder), 64, (SIZE[0] // 4, SIZE[1] // 4), ("again", "third"))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            both = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        with tempfile.TemporaryDirectory() as folder:
            render(given.blender_python, Path(folder), 64, (SIZE[0] // 4, SIZE[1] // 4), ())
            last = resource.getrusage(resource.RUSAGE_CHILDREN)
            without = last.ru_utime - after.ru_utime + last.ru_stime - after.ru_stime
        print(
            f"\nOne frame of the room in Cycles, 64 samples, denoised, {SIZE[0] // 4}x{SIZE[1] // 4}: "
            f"{(both - without) / 2:.1f} s of processor time"
        )


def row(name: str, renders: Path, seconds: float, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, __file__, "--renders", renders, "--job", str(seconds)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    spent = json.loads(done.stdout.splitlines()[-1])
    (first, again), memory = spent["runs"], spent["memory"]
    print(
        f"| {name} | {first[1]:.1f} s | {again[1]:.1f} s | {first[0]:.1f} s | {again[0]:.1f} s | {memory:.0f} MB |",
        flush=True,
    )


def job(renders: Path, seconds: float) -> dict[str, object]:
    """A job as the service does it, from nothing imported to the finished mp4, and once more: wall clock and
    processor time of each."""
    runs = []
    for _ in range(2):
        before, started = time.process_time() if runs else 0.0, time.perf_counter()
        make(renders, seconds)
        runs.append((time.perf_counter() - started, time.process_time() - before))
    return {"runs": runs, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def make(renders: Path, seconds: float) -> None:
    from truth_moves import request as truth_request

    from backend.engines.draft import DraftEngine
    from backend.media.encode import write_clip
    from client.protocol import CameraPath, Direction, Keyframe, Line

    path = tuple(Keyframe(t, ((1, 0, 0, 0.8 * t), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))) for t in (0.0, 1.0))
    request = replace(
        truth_request(renders, SIZE),
        seconds=seconds,
        path=CameraPath(path),
        direction=Direction("", (Line("ANNA", "English", "We are late."),), "rain on a window"),
    )
    clip = DraftEngine().generate(request, lambda *_: None, lambda: False)
    with tempfile.TemporaryDirectory() as folder:
        write_clip(clip, request, Path(folder) / "take.mp4", lambda *_: None, lambda: False)


def render(python: Path, folder: Path, samples: int, size: tuple[int, int] = SIZE, more: tuple[str, ...] = ()) -> None:
    """Renders the room's still and depth, and the still again under the names `more`."""
    folder.mkdir(parents=True, exist_ok=True)
    still = [[float(i == j) for j in range(4)] for i in range(4)]
    frames = [{"name": name, "matrix": still, "depth": name == "still"} for name in ("still", *more)]
    (folder / "job.json").write_text(
        json.dumps({"scene": "room", "out": str(folder), "size": size, "samples": samples, "frames": frames})
    )
    subprocess.run([python, ROOT / "bench/truth_render.py", folder / "job.json"], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
