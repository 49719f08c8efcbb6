"""How well stills are planned: the time, the choice against evenly spaced ones, and the forecast against what is drawn.

    .dev/blender-5.2/bin/python bench/draft/walk_plan.py [--scenes turn street ...] [--fine 5] [--joined {3,4}]
        [--frames 240] [--no-drawing]

Scenes are built here: a turn in a room, walks through two and three rooms, a street with trees; a hall with bars and
columns and a park with a picket fence, which were only scored. For each the stills are
planned as the card does; seconds are the processor's, of the main thread, which other processes can't lengthen, and
`step_ms` is the longest step. As many evenly spaced stills are measured beside them. Then the planned ones are
rendered (small, one sample: what is seen does not depend on it), the draft engine draws the clip from them, and the
share of each frame that no view shows, as it counts it, is compared with the forecast, in points of a hundred.
`--fine` cuts every box into 4**N times as many triangles, `--joined` makes one mesh of all, of triangles (3) or quads.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "blender")]
import flats  # noqa: E402
import load_extension  # noqa: E402

SIZE = (320, 180)
FRAMES, FIRST = 120, 21
PYTHON = ROOT / ".dev" / "backend" / "bin" / "python"


def turn() -> bpy.types.Object:
    """270 degrees in the middle of a room."""
    scene = flats.flat(1, furniture=8)
    camera = flats.eye(scene, "Turn", (2, 2.5, 1.5), (3, 2.5, 1.4), 24)
    camera.rotation_mode = "XYZ"
    start = camera.rotation_euler.z
    for part in range(10):
        camera.rotation_euler.z = start + math.radians(30 * part)
        camera.keyframe_insert("rotation_euler", frame=FIRST + part * (FRAMES - 1) / 9)
    return camera


def walk_of(rooms: int) -> bpy.types.Object:
    """From room to room through the doors."""
    return flats.tour(flats.flat(rooms, furniture=8), FRAMES, FIRST, rooms)


def street() -> bpy.types.Object:
    """Along houses, cars and trees of many small leaves."""
    scene = flats.flat(1, furniture=0)
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    chance = random.Random(5)
    flats.box(scene, "road", (-5, -60, -0.2), (60, 60, 0))
    for side in (-1, 1):
        for number in range(6):
            x, deep = number * 9.0, chance.uniform(5, 8)
            y = side * 9 if side > 0 else side * 9 - deep
            flats.box(scene, "house", (x, y, 0), (x + chance.uniform(5, 8), y + deep, chance.uniform(5, 11)))
            flats.box(scene, "car", (x + 2, side * 3.5 - 0.8, 0), (x + 6, side * 3.5 + 0.8, 1.4))
            _tree(scene, (x + 8, side * 6.0), chance)
    camera = flats.eye(scene, "Drive", (0, 0, 1.6), (10, 0, 1.6), 28)
    for share in (0, 1):
        camera.location.x = 36 * share
        camera.keyframe_insert("location", frame=FIRST + share * (FRAMES - 1))
    for curve in flats_curves(camera):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
    return camera


def hall() -> bpy.types.Object:
    """Past a balustrade of bars, between columns and around a plant."""
    scene = flats.flat(3, furniture=3)
    for number in range(30):
        x = 0.9 + 0.14 * number
        flats.box(scene, "bar", (x, 3.1, 0), (x + 0.025, 3.125, 1.0))
    flats.box(scene, "rail", (0.9, 3.09, 1.0), (5.1, 3.135, 1.05))
    for number in range(5):
        place = (5.6 + 1.1 * number, 3.3 - 0.2 * number, 1.3)
        bpy.ops.mesh.primitive_cylinder_add(radius=0.12, depth=2.6, location=place)
    _tree(scene, (10.6, 3.4), random.Random(4))
    stops = [
        ((0.5, 4.2, 1.2), (3.0, 2.0, 1.2)),
        ((2.2, 4.3, 1.7), (4.2, 1.2, 0.9)),
        ((3.2, 2.2, 1.6), (4.0, 1.2, 1.5)),
        ((5.2, 1.3, 1.5), (8.0, 2.5, 1.2)),
        ((7.2, 3.6, 1.9), (10.6, 3.4, 2.2)),
    ]
    return _by_stops(scene, stops, 22)


def park() -> bpy.types.Object:
    """A truck and a pan past a picket fence, trees, a bench and a kiosk."""
    scene = flats.flat(1, furniture=0)
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    flats.box(scene, "ground", (-20, -20, -0.2), (40, 30, 0))
    for number in range(60):
        flats.box(scene, "picket", (0.25 * number, 4.0, 0), (0.25 * number + 0.09, 4.03, 1.1))
    for z in (0.3, 0.85):
        flats.box(scene, "rail", (0, 4.03, z), (15, 4.06, z + 0.07))
    chance = random.Random(12)
    for number in range(5):
        _tree(scene, (1.5 + 3 * number, 6.5 + chance.uniform(-0.8, 0.8)), chance)
    _tree(scene, (6.0, 2.2), chance)
    flats.box(scene, "kiosk", (9, 7, 0), (12, 10, 3))
    flats.box(scene, "bench", (3, 2.4, 0.3), (4.6, 2.9, 0.5))
    flats.box(scene, "back", (3, 2.85, 0.5), (4.6, 2.9, 1))
    stops = [((0, 0, 1.6), (3, 6, 1.4)), ((4, 0.3, 1.6), (6, 6, 1.5)), ((9, 0, 1.5), (8, 7, 1.4))]
    return _by_stops(scene, stops, 26)


def _by_stops(scene: bpy.types.Scene, stops: list[tuple[Any, Any]], lens: float) -> bpy.types.Object:
    """A camera that stands at each place at even times, and looks from it to the other."""
    camera = flats.eye(scene, "Go", *stops[0], lens)
    camera.rotation_mode = "QUATERNION"
    for number, (place, at) in enumerate(stops):
        camera.matrix_world = flats.looking(place, at)
        frame = FIRST + number * (FRAMES - 1) / (len(stops) - 1)
        camera.keyframe_insert("location", frame=frame)
        camera.keyframe_insert("rotation_quaternion", frame=frame)
    return camera


def flats_curves(camera: bpy.types.Object) -> list[Any]:
    """The curves of an object's action."""
    from take_one.scene.stills.walk.rig import fcurves

    return list(fcurves(camera))


def _tree(scene: bpy.types.Scene, at: tuple[float, float], chance: random.Random) -> None:
    flats.box(scene, "trunk", (at[0] - 0.15, at[1] - 0.15, 0), (at[0] + 0.15, at[1] + 0.15, 2.5))
    corners, faces = [], []
    for leaf in range(400):
        middle = np.array([at[0], at[1], 3.6]) + [chance.gauss(0, 0.8) for _ in range(3)]
        one, two = (np.array([chance.uniform(-1, 1) for _ in range(3)]) * 0.25 for _ in range(2))
        corners += [tuple(middle + part) for part in (-one - two, one - two, one + two, two - one)]
        faces.append(tuple(range(4 * leaf, 4 * leaf + 4)))
    mesh = bpy.data.meshes.new("leaves")
    mesh.from_pydata(corners, [], faces)
    scene.collection.objects.link(bpy.data.objects.new("leaves", mesh))


SCENES = {"turn": turn, "two_rooms": lambda: walk_of(2), "three_rooms": lambda: walk_of(3), "street": street}
SCENES |= {"hall": hall, "park": park}


def _join(scene: bpy.types.Scene, sides: int) -> None:
    """Make one mesh of all, as it comes from other programs."""
    import bmesh  # there once bpy is

    whole, graph = bmesh.new(), bpy.context.evaluated_depsgraph_get()
    for item in [item for item in scene.objects if item.type == "MESH"]:
        mesh = bpy.data.meshes.new_from_object(item.evaluated_get(graph))
        mesh.transform(item.matrix_world)
        whole.from_mesh(mesh)
        bpy.data.objects.remove(item)
    if sides == 3:
        bmesh.ops.triangulate(whole, faces=whole.faces[:])
    mesh = bpy.data.meshes.new("whole")
    whole.to_mesh(mesh)
    whole.free()
    scene.collection.objects.link(bpy.data.objects.new("whole", mesh))


def measure(name: str, fine: int, joined: int, draw: bool) -> dict[str, Any]:
    """All figures of one scene."""
    from take_one.scene.stills.camera import camera_track
    from take_one.scene.stills.coverage import plan, surfaces

    bpy.ops.wm.read_factory_settings(use_empty=True)
    camera = SCENES[name]()
    scene = bpy.context.scene
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.cycles.samples = 1
    for item in scene.objects if fine else ():
        if item.type == "MESH":
            cut = item.modifiers.new("cut", "SUBSURF")
            cut.subdivision_type, cut.levels = "SIMPLE", fine
    scene.frame_set(FIRST)
    if joined:
        _join(scene, joined)
    bpy.context.view_layer.update()
    track = camera_track(scene, camera, FIRST, FRAMES)
    took: list[float] = []
    found = _timed(surfaces.read(scene, np.array([pose.place for pose in track.poses[::12]])), took)
    made = _timed(plan.plan(track, found), took)
    seconds, step = sum(took), max(took)
    even = tuple(round(at) for at in np.linspace(0, FRAMES - 1, len(made.views)))
    other = _timed(plan.coverage(track, found, even), [])
    one = _timed(plan.plan(track, found, 1), []) if draw else None
    figures = {
        "scene": name,
        "triangles": len(found.triangles),
        "seconds": round(seconds, 2),
        "step_ms": round(1000 * step, 1),
        "steps_over_33_ms": sum(one > 0.033 for one in took),
        "stills": len(made.views),
        "covered": [round(100 * made.mean, 1), round(100 * min(made.covered), 1)],
        "even": [round(100 * other.mean, 1), round(100 * min(other.covered), 1)],
    }
    for which, views in (("forecast", made), ("forecast_of_one", one)) if draw else ():
        with tempfile.TemporaryDirectory() as folder:
            unseen = np.array(_drawn(scene, camera, track, views, Path(folder)))
        forecast = np.interp(np.arange(FRAMES), views.moments, [1 - share for share in views.covered])
        off = 100 * np.abs(unseen - forecast)
        figures[which] = {
            "mean_off": round(float(off.mean()), 2),
            "worst_off": round(float(off.max()), 2),
            "drawn_unseen": round(100 * float(unseen.mean()), 2),
            "forecast_unseen": round(100 * float(forecast.mean()), 2),
        }
    return figures


def _timed(work: Any, took: list[float]) -> Any:
    while True:
        began = time.thread_time()
        try:
            next(work)
        except StopIteration as end:
            return end.value
        finally:
            took.append(time.thread_time() - began)


def _drawn(scene: bpy.types.Scene, camera: bpy.types.Object, track: Any, made: Any, folder: Path) -> Any:
    """Render the planned views and have the draft engine draw the clip: the share of each frame that no view shows."""
    from take_one.client.protocol import Direction, TakeRequest, View
    from take_one.client.protocol.codec import to_json
    from take_one.scene.stills import capture
    from take_one.scene.stills.borrow import second_camera
    from take_one.scene.stills.camera import path_of, with_unseen

    stills = []
    for number, at in enumerate(made.views):
        seen = second_camera.make(camera, track.poses[at])
        still = capture.capture(bpy.context, scene, folder / str(number), camera=seen, frame=float(FIRST))
        second_camera.remove_all()
        stills.append(View(still.image, still.depth, still.camera, min(track.poses[at].t, 1 - 1e-4)))
    request = TakeRequest(
        engine="draft",
        direction=Direction("", (), ""),
        views=(replace(stills[0], t=0.0), *stills[1:]),
        seconds=FRAMES / 24,
        fps=Fraction(24),
        size=SIZE,
        seed=1,
        path=with_unseen(scene, path_of(scene, camera, track), made),
    )
    (folder / "request.json").write_text(json.dumps(to_json(request)))
    code = DRAWN.format(root=str(ROOT), request=str(folder / "request.json"))
    done = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(done.stdout.splitlines()[-1])


DRAWN = """
import json, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from backend.engines.draft import engine
from client.protocol import TakeRequest
from client.protocol.codec import from_json
films = []
from backend.engines.draft.view import film
made = film.Film
film.Film = lambda *given: films.append(made(*given)) or films[-1]
request = from_json(TakeRequest, json.loads(Path({request!r}).read_text()))
clip = engine.DraftEngine().generate(request, lambda *_: None, lambda: False)
for _ in clip.frames:
    pass
print(json.dumps([float(share) for share in films[0].unseen]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", nargs="+", default=list(SCENES), choices=list(SCENES))
    parser.add_argument("--fine", type=int, default=0)
    parser.add_argument("--joined", type=int, default=0, choices=(0, 3, 4))
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--no-drawing", action="store_true")
    arguments = parser.parse_args()
    globals()["FRAMES"] = arguments.frames
    with tempfile.TemporaryDirectory() as home:
        os.environ["TAKE_ONE_HOME"] = home
        load_extension.load()
        for name in arguments.scenes:
            print(json.dumps(measure(name, arguments.fine, arguments.joined, not arguments.no_drawing)), flush=True)


if __name__ == "__main__":
    main()
