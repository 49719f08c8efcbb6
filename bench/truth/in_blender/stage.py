"""Sets up a scene of the benchmarks. Runs in a Python that has bpy."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "blender")]
os.environ.setdefault("TAKE_ONE_HOME", tempfile.mkdtemp())

import load_extension  # noqa: E402

from bench.truth.in_blender import flat, later, scenes, unseen  # noqa: E402
from bench.truth.in_blender.parts import settings  # noqa: E402

SCENES = {
    "room": scenes.room,
    "street": scenes.street,
    "flat": flat.flat,
    "loft": unseen.loft,
    "garden": unseen.garden,
    "closeup": unseen.closeup,
    "salon": later.salon,
    "orchard": later.orchard,
}


def set_up(job):
    """Loads the extension, builds the job's scene with its settings, and writes camera.json (the start camera) into
    its folder. Gives the camera's matrix and its sides in pixels."""
    load_extension.load()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    SCENES[job["scene"]]()
    width, height = job["size"]
    settings(width, height, job["samples"], job["device"], job["threads"])
    bpy.context.view_layer.update()
    camera = bpy.context.scene.camera
    start, focal = camera.matrix_world.copy(), camera.data.lens / camera.data.sensor_width * width
    sides = {"width": width, "height": height, "fx": focal, "fy": focal, "cx": width / 2, "cy": height / 2}
    record = {"projection": "perspective", **sides, "matrix_world": [list(row) for row in start]}
    file = Path(job["out"]) / "camera.json"
    if not file.exists():
        file.write_text(json.dumps(record))
    return start, sides
