"""How well stills are planned: the time, the choice against evenly spaced ones, and the forecast against what is drawn.

    .dev/blender-5.2/bin/python bench/draft/walk_plan.py [--scenes turn street ...] [--fine 5] [--joined {3,4}]
        [--frames 240] [--no-drawing]

For each of the scenes of walk_scenes.py the stills are planned as the card does; seconds are the processor's, of the
main thread, which other processes can't lengthen, and `step_ms` is the longest step. As many evenly spaced stills are
measured beside them. Then the planned ones are rendered (small, one sample: what is seen does not depend on it), the
draft engine draws the clip from them, and the share of each frame that no view shows, as it counts it, is compared with
the forecast, in points of a hundred.
`--fine` cuts every box into 4**N times as many triangles, `--joined` makes one mesh of all, of triangles (3) or quads.
"""

from __future__ import annotations

import argparse
import json
import os
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
import load_extension  # noqa: E402
from walk_scenes import FIRST, SCENES  # noqa: E402

SIZE = (320, 180)
FRAMES = 120
PYTHON = ROOT / ".dev" / "backend" / "bin" / "python"


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
    camera = SCENES[name](FRAMES)
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
