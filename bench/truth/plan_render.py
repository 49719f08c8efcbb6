"""Plans the stills of the moves as a press does, and renders them and the true frames. Runs in a Python that has bpy.

    python bench/truth/plan_render.py FOLDER SIZE SAMPLES SCENE [MOVE ...]

SIZE as 640x360. Writes into FOLDER/SCENE camera.json, plan.json ({move: [t of each still]}), wider.json ({move: pixels
more around the one still: left, top, right, bottom}), MOVE_TTTT.png for each true frame and still (TTTT thousandths of
the way), with .exr where it is a still, and MOVE_wider.png of the one still with its margin. What is there stays.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "blender")]
os.environ.setdefault("TAKE_ONE_HOME", tempfile.mkdtemp())

import load_extension  # noqa: E402

from bench.truth import moves, scenes, unseen  # noqa: E402
from bench.truth.parts import render, render_depth, settings  # noqa: E402

SCENES = {
    "room": scenes.room,
    "street": scenes.street,
    "loft": unseen.loft,
    "garden": unseen.garden,
    "closeup": unseen.closeup,
}
POSES, MOST = 97, 3
SCORED = (0.25, 0.5, 0.75, 1.0)


def main():
    folder, size, samples, name, *wanted = sys.argv[1:]
    folder, (width, height) = Path(folder) / name, map(int, size.split("x"))
    folder.mkdir(parents=True, exist_ok=True)
    load_extension.load()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    SCENES[name]()
    settings(width, height, int(samples))
    bpy.context.view_layer.update()
    camera = bpy.context.scene.camera
    start = camera.matrix_world.copy()
    focal = camera.data.lens / camera.data.sensor_width * width
    sides = {"width": width, "height": height, "fx": focal, "fy": focal, "cx": width / 2, "cy": height / 2}
    record = {"projection": "perspective", **sides, "matrix_world": [list(row) for row in start]}
    (folder / "camera.json").write_text(json.dumps(record))
    known, margins = read(folder / "plan.json"), read(folder / "wider.json")
    for move in wanted or list(moves.MOVES[:5]):
        if move not in known or move not in margins:
            known[move], margins[move] = planned(name, move, np.array(start), sides)
            (folder / "plan.json").write_text(json.dumps(known))
            (folder / "wider.json").write_text(json.dumps(margins))
            print(name, move, known[move], margins[move], flush=True)
    for move in wanted or list(moves.MOVES[:5]):
        stills = known[move]
        for t in sorted({*SCORED, *stills[1:]}):
            picture(folder / f"{move}_{round(1000 * t):04d}.png", start, name, move, t, t in stills)
        if any(margins[move]):
            wider(folder / f"{move}_wider.png", start, margins[move], width, height)
    picture(folder / "still.png", start, name, "truck", 0.0, True)


def picture(path, start, name, move, t, with_depth):
    camera = bpy.context.scene.camera
    camera.matrix_world = start @ Matrix(moves.pose(name, move, t).tolist())
    if not path.exists():
        render(path)
    if with_depth and not path.with_suffix(".exr").exists():
        render_depth(path.with_suffix(".exr"))


def read(path):
    return json.loads(path.read_text()) if path.exists() else {}


def wider(path, start, margin, width, height):
    """The one still with its margin, on the same grid of pixels."""
    camera, render_ = bpy.context.scene.camera, bpy.context.scene.render
    lens, sensor = camera.data, camera.data.sensor_width
    left, top, right, bottom = margin
    wide, high = width + left + right, height + top + bottom
    camera.matrix_world = start
    lens.sensor_fit, lens.sensor_width = "HORIZONTAL", sensor * wide / width
    lens.shift_x, lens.shift_y = (right - left) / 2 / wide, (top - bottom) / 2 / wide
    render_.resolution_x, render_.resolution_y = wide, high
    if not path.exists():
        render(path)
    if not path.with_suffix(".exr").exists():
        render_depth(path.with_suffix(".exr"))
    lens.sensor_fit, lens.sensor_width, lens.shift_x, lens.shift_y = "AUTO", sensor, 0.0, 0.0
    render_.resolution_x, render_.resolution_y = width, height


def planned(name, move, start, sides):
    """When each still of the move is, 0..1 (as many as it takes, at most `MOST`), and the margin of one alone."""
    from take_one.scene.stills.coverage import plan, surfaces
    from take_one.scene.stills.coverage.steps import at_once
    from take_one.scene.stills.coverage.track import Lens, Pose, Track

    data = bpy.context.scene.camera.data
    lens = Lens("PERSP", data.lens, 1.0, "AUTO", data.sensor_width, data.sensor_height, 0.0, 0.0, 1.0)
    focal = {key: sides[key] for key in ("fx", "fy", "cx", "cy")}
    poses = []
    for t in np.linspace(0, 1, POSES):
        matrix = start @ moves.pose(name, move, float(t))
        poses.append(Pose(float(t), tuple(map(tuple, matrix.tolist())), lens, **focal))
    track = Track(tuple(poses), sides["width"], sides["height"])
    seen = at_once(surfaces.read(bpy.context.scene, np.array([pose.place for pose in poses[::12]])))
    made = at_once(plan.plan(track, seen))
    if len(made.views) > MOST:
        made = at_once(plan.plan(track, seen, MOST))
    margin = at_once(plan.plan(track, seen, 1, True)).margin
    return [poses[at].t for at in made.views], [margin.left, margin.top, margin.right, margin.bottom]


main()
