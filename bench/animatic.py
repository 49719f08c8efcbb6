"""A set with markers becomes a board, and an animatic with sound: what the board costs, and what twelve takes cost
beside twelve drafts that are asked for one by one.

    BLENDER=blender python bench/animatic.py [--shots 12] [--seconds 2] [--size 640x360]

A real Blender with its window, a room with a camera a marker, and a backend beside it. Measured in one run: from the
press of *Shots from Markers* until the last picture of the board is drawn (clock, and processor time of Blender), its
steps; from then until the last take has landed (processor time of Blender, and of the backend with its workers); and
the same for three retakes, each pressed when the one before had landed, both by the clock too. Then the edit is looked
at: its strips and their ends.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from bench.ui_stall import SET_UP, ask, backend_python, compiled, start_backend, wait  # noqa: E402
from devtools.window.blender import BlenderWindow, WindowError  # noqa: E402

TOKEN = "token-of-the-bench"
SCENE = """
from rooms import camera
from take_one.scene.session.board.drawing import Drawing
bpy.data.scenes["Scene"].take_one.shots.clear()
scene.render.resolution_x, scene.render.resolution_y = {size}
for index in range({shots}):
    eye = camera(scene, f"Camera {{index + 1:02d}}", (5.0 - index * 0.6, -8.0, 2.0 + index * 0.3))
    marker = scene.timeline_markers.new(f"F_{{index}}", frame=1 + index * {frames})
    marker.camera = eye
scene.frame_end = {shots} * {frames}
scene.take_one.blank.prompt, scene.take_one.blank.sound = "slowly push in", "rain"
used = lambda: time.process_time()
"""
PRESS = """
begun, clock = used(), time.perf_counter()
bpy.ops.takeone.shots_from_markers("INVOKE_DEFAULT")
pressed = used() - begun, time.perf_counter() - clock
board = []
def look():
    part = app().part(Drawing)
    if part.pictures:
        return 0.01
    board.extend([used() - begun, time.perf_counter() - clock, list(part.steps)])
bpy.app.timers.register(look)
"""
ALONE = 3
READY = "sum(t.status == 'READY' for s in scene.take_one.shots for t in s.takes)"
RETAKE = """
shot = scene.take_one.shots[{index}]
jobs.start(make_order(bpy.context, shot, Call(placement="REPLACE")))
"""
ENDS = """
edit = next(one for one in bpy.data.scenes if one.sequence_editor)
from take_one.scene.edit import strips
result = sorted((one.type, strips.start(one), strips.end(one)) for one in edit.sequence_editor.strips
    if one.type in ("MOVIE", "SOUND", "IMAGE"))
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--shots", type=int, default=12)
    arguments.add_argument("--seconds", type=int, default=2)
    arguments.add_argument("--size", default="640x360")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="take-one-bench-") as folder:
        try:
            measure(Path(folder), given.shots, given.seconds, given.size)
        except WindowError as error:
            sys.exit(f"animatic: {error}")


def measure(folder: Path, shots: int, seconds: int, size: str) -> None:
    """Run it and print the figures."""
    backend, url = start_backend(folder)
    try:
        warm(folder, seconds, size)
        with BlenderWindow(folder / "window", {}) as blender:
            film = {"root": str(ROOT), "home": str(folder / "blender"), "film": str(folder / "film.blend")}
            blender.run(SET_UP.format(**film, url=url, token=TOKEN))
            sides = tuple(map(int, size.split("x")))
            blender.run(SCENE.format(shots=shots, frames=24 * seconds, size=sides))
            wait(blender, "app().state.backend.state == 'ready'", 60)
            blender.run(PRESS)
            wait(blender, "bool(board)", 120)
            own, clock, steps = ask(blender, "board")
            print(f"board of {shots}: {own:.2f} s of Blender's processor time, {clock:.1f} s by the clock")
            print(
                f"  the press itself {1000 * ask(blender, 'pressed')[0]:.0f} ms, the longest picture {max(steps):.2f} s"
            )
            before, mine, began = used_by(backend.pid), ask(blender, "used()"), time.monotonic()
            wait(blender, f"{READY} == {shots}", 900)
            clock = time.monotonic() - began
            theirs, mine = used_by(backend.pid) - before, ask(blender, "used()") - mine
            print(f"{shots} takes: {theirs:.1f} s of the backend's processor time, {mine:.1f} s of Blender's")
            laid = blender.run(ENDS)
            before, own, began = used_by(backend.pid), ask(blender, "used()"), time.monotonic()
            for index in range(ALONE):
                blender.run(RETAKE.format(index=index))
                wait(blender, f"{READY} == {shots + index + 1}", 300)
            single = (used_by(backend.pid) - before + ask(blender, "used()") - own) / ALONE
            alone = (time.monotonic() - began) / ALONE
    finally:
        backend.terminate()
        backend.wait(20)
    wanted = sorted(
        (kind, 1 + index * 24 * seconds, 1 + (index + 1) * 24 * seconds)
        for index in range(shots)
        for kind in ("MOVIE", "SOUND")
    )
    ends = [tuple(one) for one in laid] == wanted
    print("the edit holds them end to end, with sound" if ends else f"the edit: {laid}")
    share = (theirs + mine) / (single * shots)
    print(f"one draft alone: {single:.1f} s of both; the animatic took {share:.2f} of {shots} times that")
    print(f"  by the clock {alone:.1f} s and {clock:.1f} s: {clock / (alone * shots):.2f} of {shots} times")


def warm(folder: Path, seconds: int, size: str) -> None:
    """A draft for a shell, so that everything is compiled."""
    still = folder / "still.png"
    width, height = map(int, size.split("x"))
    Image.effect_noise((width, height), 60).convert("RGB").save(still)
    command = [backend_python(), "-m", "backend", "animate", "--still", str(still), "--prompt", "slowly push in"]
    command += ["--sound", "rain", "--seconds", str(seconds), "--size", size, "--out", str(folder / "alone.mp4")]
    subprocess.run(command, cwd=ROOT, env=compiled(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def used_by(pid: int) -> float:
    """Seconds of processor time of a process with all that it started, those that have ended included (Linux)."""
    total = 0.0
    for one in Path("/proc").glob("[0-9]*"):
        try:
            fields = (one / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(one.name) == pid or _descends(one.name, pid):
            mine = fields[11:15]  # utime, stime, cutime, cstime
            total += sum(map(int, mine)) / os.sysconf("SC_CLK_TCK")
    return total


def _descends(name: str, pid: int) -> bool:
    while name not in ("0", "1"):
        try:
            name = (Path("/proc") / name / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            return False
        if name == str(pid):
            return True
    return False


if __name__ == "__main__":
    main()
