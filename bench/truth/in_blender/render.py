"""Renders views and true frames of a scene. Runs in a Python that has bpy.

    python bench/truth/in_blender/render.py JOB.json

JOB.json: {"scene": name, "out": folder, "size": [w, h], "samples": n, "device": Cycles', "threads": n,
"frames": [frame]}, where a frame is {"name", "matrix": 4x4 relative to the start pose, or "world": 4x4 of the camera,
"zoom": f, "seed": n, "margin": pixels more to the left, top, right, bottom, "size": [w, h] (the job's), "depth": bool}.
Writes camera.json (the start camera), NAME.png for each frame, all with the same settings, and NAME.exr, the
depth as a still has it, where it has depth. What is there already stays.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import bpy
from mathutils import Matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.truth.in_blender.parts import render, render_depth
from bench.truth.in_blender.stage import set_up


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(job["out"])
    start, _ = set_up(job)
    scene, thing = bpy.context.scene, bpy.context.scene.camera
    lens = thing.data.lens
    for frame in job["frames"]:
        path, depth = folder / f"{frame['name']}.png", folder / f"{frame['name']}.exr"
        thing.matrix_world = Matrix(frame["world"]) if "world" in frame else start @ Matrix(frame["matrix"])
        thing.data.lens = lens * frame.get("zoom", 1)
        scene.cycles.seed = frame.get("seed", 0)
        scene.render.resolution_x, scene.render.resolution_y = frame.get("size", job["size"])
        kept = widen(frame.get("margin", (0, 0, 0, 0)))
        began = time.perf_counter()
        if not path.exists():
            render(path)
        if frame.get("depth") and not depth.exists():
            render_depth(depth)
        print(f"rendered {path.name} in {time.perf_counter() - began:.2f} s", flush=True)
        restore(*kept)


def widen(margin):
    """So many pixels more on each side, on the same grid of pixels. Gives what `restore` takes."""
    camera, size = bpy.context.scene.camera.data, bpy.context.scene.render
    kept = camera.sensor_fit, camera.sensor_width, size.resolution_x, size.resolution_y
    left, top, right, bottom = margin
    wide, high = size.resolution_x + left + right, size.resolution_y + top + bottom
    camera.sensor_fit, camera.sensor_width = "HORIZONTAL", camera.sensor_width * wide / size.resolution_x
    camera.shift_x, camera.shift_y = (right - left) / 2 / wide, (top - bottom) / 2 / wide
    size.resolution_x, size.resolution_y = wide, high
    return kept


def restore(fit, sensor, width, height):
    camera, size = bpy.context.scene.camera.data, bpy.context.scene.render
    camera.sensor_fit, camera.sensor_width, camera.shift_x, camera.shift_y = fit, sensor, 0.0, 0.0
    size.resolution_x, size.resolution_y = width, height


main()
