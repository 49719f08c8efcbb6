"""How long a draft takes: the whole job, with sound and encoding, each in a process of its own.

    python bench/draft_speed.py [--blender-python PYTHON] [--renders FOLDER] [--cycles]

1280x720 at 24 fps, a truck through the room of truth_scenes.py with rain and one line of dialogue; 2, 5 and
15 s; wall clock, processor time and peak memory. First of all once with nothing compiled. `--cycles` also
renders one frame of the room at 64 samples, for the ratio.
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
    if not (given.renders / "layers.exr").exists():
        render(given.blender_python, given.renders, samples=16)
    print("| clip | wall clock | processor time | peak memory | prepared after |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as empty:
        row("5 s, nothing compiled yet", given.renders, 5, {"NUMBA_CACHE_DIR": empty})
    for seconds in (2, 5, 15):
        row(f"{seconds} s", given.renders, seconds, {})
    if given.cycles:
        with tempfile.TemporaryDirectory() as folder:
            spent = render(given.blender_python, Path(folder), samples=64)
        print(f"\nOne frame of the room in Cycles, 64 samples, denoised: {spent:.0f} s")


def row(name: str, renders: Path, seconds: float, environment: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, __file__, "--renders", renders, "--job", str(seconds)], check=True,
                          capture_output=True, text=True, env={**os.environ, **environment})
    spent = json.loads(done.stdout.splitlines()[-1])
    print(f"| {name} | {spent['wall']:.1f} s | {spent['processor']:.1f} s | {spent['memory']:.0f} MB | "
          f"{spent['prepared']:.1f} s |", flush=True)


def job(renders: Path, seconds: float) -> dict[str, float]:
    """One job as the service does it, from nothing imported to the finished mp4."""
    started = time.perf_counter()
    from truth_moves import request as truth_request

    from backend.engines.draft import DraftEngine
    from backend.engines.engine import Keyframe, Line
    from backend.media.encode import write_clip

    path = tuple(Keyframe(t, ((1, 0, 0, 0.8 * t), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))) for t in (0.0, 1.0))
    request = replace(truth_request(renders, SIZE), seconds=seconds, path=path, sound="rain on a window",
                      dialogue=(Line("ANNA", "English", "We are late."),))
    started = min(started, time.perf_counter())
    clip = DraftEngine().generate(request, lambda *_: None, lambda: False)
    prepared = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        write_clip(clip, request, Path(folder) / "take.mp4", lambda *_: None, lambda: False)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"wall": time.perf_counter() - started, "processor": used.ru_utime + used.ru_stime,
            "memory": used.ru_maxrss / 1024, "prepared": prepared}


def render(python: Path, folder: Path, samples: int) -> float:
    """Renders the room's still and depth; seconds that the still alone took."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_text(json.dumps(
        {"scene": "room", "out": str(folder), "size": SIZE, "samples": samples,
         "frames": [{"name": "again", "matrix": [[float(i == j) for j in range(4)] for i in range(4)]}]}))
    subprocess.run([python, ROOT / "bench/truth_scenes.py", folder / "job.json"], check=True,
                   stdout=subprocess.DEVNULL)
    return (folder / "again.png").stat().st_mtime - (folder / "layers.exr").stat().st_mtime


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
