"""Renders views and true frames of a scene. Runs in a Python that has bpy.

    python bench/truth/render.py JOB.json

JOB.json: {"scene": name, "out": folder, "size": [w, h], "samples": n, "frames": [frame]}, where a frame is {"name",
"matrix": 4x4 relative to the start pose, or "world": 4x4 of the camera, "zoom": f, "seed": n, "depth": bool}.
Writes camera.json (the start camera), NAME.png for each frame and NAME.exr (its Z pass) where it has depth, all with
the same settings. What is there already stays.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import bpy
from mathutils import Matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.truth import flat, scenes, unseen
from bench.truth.parts import render, render_depth, settings

SCENES = {
    "room": scenes.room,
    "street": scenes.street,
    "flat": flat.flat,
    "loft": unseen.loft,
    "garden": unseen.garden,
    "closeup": unseen.closeup,
}


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(job["out"])
    folder.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    SCENES[job["scene"]]()
    width, height = job["size"]
    settings(width, height, job["samples"])
    scene, thing = bpy.context.scene, bpy.context.scene.camera
    bpy.context.view_layer.update()
    start, lens = thing.matrix_world.copy(), thing.data.lens
    focal = lens / thing.data.sensor_width * width
    sides = {"width": width, "height": height, "fx": focal, "fy": focal, "cx": width / 2, "cy": height / 2}
    record = {"projection": "perspective", **sides, "matrix_world": [list(row) for row in start]}
    (folder / "camera.json").write_text(json.dumps(record))
    for frame in job["frames"]:
        path, depth = folder / f"{frame['name']}.png", folder / f"{frame['name']}.exr"
        thing.matrix_world = Matrix(frame["world"]) if "world" in frame else start @ Matrix(frame["matrix"])
        thing.data.lens = lens * frame.get("zoom", 1)
        scene.cycles.seed = frame.get("seed", 0)
        if not path.exists():
            render(path)
        if frame.get("depth") and not depth.exists():
            render_depth(depth)
        print(f"rendered {path.name}", flush=True)


main()
