"""200 takes in one sitting, in a real Blender window: the memory of Blender and the backend, the panels' cost.

    BLENDER=blender .dev/test/bin/python bench/server/soak.py [--takes 200]

Short takes of one still, so that it ends in minutes; what a longer take costs the backend is in draft_speed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from devtools import build, environments  # noqa: E402
from devtools.window.blender import BlenderWindow, install_zip  # noqa: E402

EVERY = 25  # takes between two rows
PREPARE = """
import os
bpy.context.preferences.view.render_display_type = "NONE"
scene.render.engine = "BLENDER_WORKBENCH"
scene.render.resolution_x, scene.render.resolution_y = 320, 180
scene.take_one.blank.seconds = 0.5
def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return next((int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS")), 0.0)
def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(name), *children(int(name))]
    return found
def memory():
    return resident(os.getpid()), sum(resident(pid) for pid in children(os.getpid()))
import time, functools
TIMES = {}
def timed(name, draw):
    @functools.wraps(draw)
    def wrapper(self, context):
        began = time.perf_counter()
        draw(self, context)
        TIMES.setdefault(name, []).append((time.perf_counter() - began) * 1000)
    return wrapper
for name in dir(bpy.types):
    if name.startswith("TAKEONE_PT_") and not name.endswith("presets"):
        panel = getattr(bpy.types, name)
        panel.draw = timed(name, panel.draw)
"""
READY = "sum(take.status == 'READY' for take in scene.take_one.shots[0].takes)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takes", type=int, default=200)
    count = parser.parse_args().takes
    if not os.environ.get("BLENDER"):
        print("skipped: the variable BLENDER names no Blender")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profile").mkdir()
        install_zip(build.build(ROOT / "dist"), folder / "profile")
        python = os.environ.get("TAKE_ONE_PYTHON") or str(environments.python_of("backend"))
        variables = {
            "BLENDER_USER_RESOURCES": str(folder / "profile"),
            "TAKE_ONE_HOME": str(folder / "home"),
            "TAKE_ONE_PYTHON": python,
        }
        with BlenderWindow(folder / "blender", variables) as window:
            soak(window, count)


def soak(window: BlenderWindow, count: int) -> None:
    """Make the takes one after the other, and print a row every so many."""
    window.run(PREPARE)
    window.show_tab()
    print("| takes | Blender | backend | seconds | slowest panel, median of its draws |")
    print("| --- | --- | --- | --- | --- |")
    began = time.monotonic()
    for number in range(1, count + 1):
        window.run("bpy.ops.takeone.animate_frame('INVOKE_DEFAULT')")
        window.until(f"not STATE.jobs and {READY} >= {number}", 120)
        if number in (1, 5) or number % EVERY == 0:
            time.sleep(1)
            blender, backend = window.ask("memory()")
            costs = window.ask("{name: sorted(t)[len(t) // 2] for name, t in TIMES.items()}")
            window.run("TIMES.clear()")
            name, cost = max(costs.items(), key=lambda item: item[1])
            print(
                f"| {number} | {blender:.0f} MB | {backend:.0f} MB | {time.monotonic() - began:.0f} | "
                f"{name.removeprefix('TAKEONE_PT_')} {cost:.2f} ms |",
                flush=True,
            )
    window.picture("soak")


if __name__ == "__main__":
    main()
