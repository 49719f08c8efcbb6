"""How long a job keeps Blender's main thread, with its window open: the longest stall that it adds.

    BLENDER=blender python bench/ui_stall.py [--takes 5]

A real Blender with its window draws a set, its sidebar open. A backend beside it makes takes of 5 s at 1280x720
with the draft engine. Measured in Blender, per take, from the moment when the still is there to a second
after the take has landed: every call of Take One's timer (wall clock, and processor time of the main thread
alone, which other processes can't lengthen), what it was about, and the gaps between the ticks of an idle timer.
Beside them stand the gaps of a Blender that is left alone, of one whose sidebar is redrawn ten times a second, and
of that one while the same engine works for a shell on the same cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from devtools.window.blender import BlenderWindow, WindowError  # noqa: E402

LIMIT = 0.033  # seconds
SET_UP = """
import importlib.util, os, sys, time
from pathlib import Path
ROOT = Path({root!r})
os.environ["TAKE_ONE_HOME"] = {home!r}
spec = importlib.util.spec_from_file_location("take_one", ROOT / "__init__.py", submodule_search_locations=[{root!r}])
module = importlib.util.module_from_spec(spec)
sys.modules["take_one"] = module
spec.loader.exec_module(module)
module.register()
sys.path.insert(0, str(ROOT / "tests" / "blender"))
for item in list(bpy.data.objects):
    bpy.data.objects.remove(item)
from rooms import room
scene = room(1280, 720, "BLENDER_WORKBENCH")
bpy.ops.wm.save_as_mainfile(filepath={film!r})
from take_one.client.target import RemoteTarget
from take_one.scene.edit import landing, moving
from take_one.scene.model.shots import shot_list
from take_one.scene.session import jobs, pump
from take_one.scene.session.server import connection
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.app.app import app
from take_one.scene.app.state import RENDERING
shot = shot_list.add_shot(scene)
shot.name, shot.prompt, shot.sound, shot.seconds, shot.still_source = "Room", "slowly push in", "rain", 5.0, "VIEWPORT"
connection.use(RemoteTarget({url!r}, {token!r}))

calls, gaps, last = [], [], [None]
def timed(owner, name, label):
    whole = getattr(owner, name)
    def call(*args, **more):
        wall, own = time.perf_counter(), time.thread_time()
        try:
            return whole(*args, **more)
        finally:
            what = label or type(args[0]).__name__
            calls.append((what, time.perf_counter() - wall, time.thread_time() - own))
    setattr(owner, name, call)
timed(pump, "pump", "tick")
timed(pump, "handle", "")
timed(landing, "push_undo", "undo step")
timed(moving, "relocate_takes", "relocate")
def idle():
    now = time.perf_counter(), time.thread_time()
    if last[0] is not None:
        gaps.append((now[0] - last[0][0], now[1] - last[0][1]))
    last[0] = now
    return 0.0
bpy.app.timers.register(idle, persistent=True)
def redraw():
    app().state.changed()
    return 0.1
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--takes", type=int, default=5)
    takes = arguments.parse_args().takes
    with tempfile.TemporaryDirectory(prefix="take-one-bench-") as folder:
        try:
            measure(Path(folder), takes)
        except WindowError as error:
            sys.exit(f"ui_stall: {error}")


def measure(folder: Path, takes: int) -> None:
    """Run the takes and print the table."""
    backend, url = start_backend(folder)
    try:
        with BlenderWindow(folder / "window", {}) as blender:
            blender.run(
                SET_UP.format(
                    root=str(ROOT),
                    home=str(folder / "blender"),
                    film=str(folder / "film.blend"),
                    url=url,
                    token="token-of-the-bench",
                )
            )
            blender.show_tab()
            wait(blender, "app().state.backend.state == 'ready'", 60)
            alone = watch(blender, 5)
            blender.run("bpy.app.timers.register(redraw)")
            redrawn = watch(blender, 5)
            beside = watch_beside_engine(blender, folder)
            blender.run("bpy.app.timers.unregister(redraw)")
            rows = [one_take(blender, index) for index in range(takes)]
    finally:
        backend.terminate()
        backend.wait(20)
    report({"Blender alone": alone, "sidebar redrawn": redrawn, "the same, engine busy": beside}, rows)


def backend_python() -> str:
    """The Python of the backend's environment."""
    return os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")


def compiled() -> dict[str, str]:
    """The environment in which the draft's machine code is kept between runs, as it is on a user's machine: compiling
    it is no part of a take."""
    return {"NUMBA_CACHE_DIR": str(ROOT / ".dev" / "kernels"), **os.environ}


def start_backend(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A backend of its own, and its address."""
    ready = folder / "ready.json"
    process = subprocess.Popen(
        [backend_python(), "-m", "backend", "serve", "--port", "0", "--ready-file", str(ready)],
        cwd=ROOT,
        env={**compiled(), "TAKE_ONE_HOME": str(folder / "backend"), "TAKE_ONE_TOKEN": "token-of-the-bench"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ends = time.monotonic() + 60
    while not ready.exists():
        if time.monotonic() > ends or process.poll() is not None:
            sys.exit("ui_stall: the backend did not start")
        time.sleep(0.1)
    return process, f"http://127.0.0.1:{json.loads(ready.read_text())['port']}"


def ask(blender: BlenderWindow, expression: str) -> object:
    """The value of an expression in Blender."""
    return blender.run(f"result = {expression}")


def wait(blender: BlenderWindow, expression: str, seconds: float) -> None:
    """Wait until an expression is true in Blender; the question costs it a tick a second."""
    ends = time.monotonic() + seconds
    while not ask(blender, expression):
        if time.monotonic() > ends:
            raise WindowError(f"still not so after {seconds:g} s: {expression}")
        time.sleep(1.0)
    problem = ask(blender, "app().state.last_error and app().state.last_error.message")
    if problem:
        raise WindowError(str(problem))


def watch(blender: BlenderWindow, seconds: float) -> list[list[float]]:
    """The gaps of the main thread (wall clock, own time) while nothing of ours happens."""
    blender.run("gaps.clear(); calls.clear(); last[0] = None")
    time.sleep(seconds)
    return list(ask(blender, "list(gaps)"))


def watch_beside_engine(blender: BlenderWindow, folder: Path) -> list[list[float]]:
    """The gaps while the engine makes the same clip for a shell: what its work alone does to Blender."""
    still = folder / "beside.png"
    Image.effect_noise((1280, 720), 60).convert("RGB").save(still)
    command = [backend_python(), "-m", "backend", "animate", "--still", str(still), "--prompt", "slowly push in"]
    command += ["--sound", "rain", "--seconds", "5", "--size", "1280x720", "--out", str(folder / "beside.mp4")]
    blender.run("gaps.clear(); calls.clear(); last[0] = None")
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return list(ask(blender, "list(gaps)"))


def one_take(blender: BlenderWindow, index: int) -> dict:
    """Start a take, wait until it has landed, and give what was measured after its still was there."""
    blender.run(
        "calls.clear()\n"
        "shot = shot_list.active_shot(bpy.data.scenes['Scene'])\n"
        f"jobs.start(make_order(bpy.context, shot, Call(seeds=({index},), placement='AFTER')))\n"
        "gaps.clear(); last[0] = None"
    )
    wait(blender, "not app().state.jobs", 180)
    time.sleep(1.0)
    return {"calls": ask(blender, "list(calls)"), "gaps": ask(blender, "list(gaps)")}


def report(baselines: dict[str, list[list[float]]], rows: list[dict]) -> None:
    kinds: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        for what, wall, own in row["calls"]:
            kinds.setdefault(what, []).append((wall, own))
    print(f"{len(rows)} takes of 5 s, 1280x720, draft engine on the same {os.cpu_count()} cores; milliseconds")
    print(f"{'main thread busy with':24} {'calls':>6} {'median':>8} {'longest':>8} {'longest, own time':>18}")
    for what, times in sorted(kinds.items(), key=lambda item: -max(item[1])[0]):
        walls = [wall * 1000 for wall, _ in times]
        own = max(own for _, own in times) * 1000
        print(f"{what:24} {len(walls):6d} {statistics.median(walls):8.2f} {max(walls):8.2f} {own:18.2f}")
    print(f"{'gaps of an idle timer':24} {'ticks':>6} {'99 %':>8} {'longest':>8} {'longest, own time':>18}")
    for what, gaps in (*baselines.items(), ("during jobs", [gap for row in rows for gap in row["gaps"]])):
        walls = sorted(wall * 1000 for wall, _ in gaps)
        own = max(own for _, own in gaps) * 1000
        print(f"{what:24} {len(walls):6d} {walls[int(len(walls) * 0.99)]:8.2f} {walls[-1]:8.2f} {own:18.2f}")
    longest = max(own for _, own in kinds["tick"])
    verdict = "within" if longest <= LIMIT else "OVER"
    print(f"longest tick: {longest * 1000:.1f} ms of the main thread's own time, {verdict} {LIMIT * 1000:.0f} ms")


if __name__ == "__main__":
    main()
