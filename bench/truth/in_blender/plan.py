"""Plans the stills of paths as a press does. Runs in a Python that has bpy.

    python bench/truth/in_blender/plan.py JOB.json

JOB.json: {"scene": name, "out": folder, "size": [w, h], "samples": n, "device": Cycles', "threads": n,
"paths": [path]}, where a path is {"name", "matrices": 4x4 of each pose relative to the start pose, or "worlds": of the
camera, "counts": [number of stills, or null for as many as it takes], "margin": bool}.
Writes NAME_plan.json: {"views": {count: [index of the pose of each still]}, "covered": {count: [mean, worst moment]},
"unseen": {count: {index of a pose: what stands there that no still shows, as in Keyframe}}, "finer": {count: the size
of the stills beyond the first, null where it is a frame's}, "seconds": of the first plan, "margin": the pixels that one
still has more to the left, top, right and bottom}. Of null the key is "automatic", of one still with its margin
"margin".
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.truth.in_blender.stage import set_up

EVERY = 12  # poses from place to place at which surfaces count as near


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    start, sides = set_up(job)
    for path in job["paths"]:
        made = planned(path, np.array(start), sides)
        (Path(job["out"]) / f"{path['name']}_plan.json").write_text(json.dumps(made))


def planned(path, start, sides):
    from take_one.scene.stills.coverage import plan, surfaces
    from take_one.scene.stills.coverage.steps import at_once
    from take_one.scene.stills.finer import may_be_finer, size
    from take_one.scene.stills.track import Lens, Pose, Track

    data = bpy.context.scene.camera.data
    lens = Lens("PERSP", data.lens, 1.0, "AUTO", data.sensor_width, data.sensor_height, 0.0, 0.0, 1.0)
    focal = {key: sides[key] for key in ("fx", "fy", "cx", "cy")}
    worlds = (
        [np.array(one) for one in path["worlds"]] if "worlds" in path else [start @ one for one in path["matrices"]]
    )
    times = np.linspace(0, 1, len(worlds)).tolist()
    poses = [Pose(t, tuple(map(tuple, one.tolist())), lens, **focal) for t, one in zip(times, worlds, strict=True)]
    track = Track(tuple(poses), sides["width"], sides["height"])
    began = time.perf_counter()
    seen = at_once(surfaces.read(bpy.context.scene, np.array([pose.place for pose in poses[::EVERY]])))
    made = {"views": {}, "covered": {}, "unseen": {}, "finer": {}}
    for count in path["counts"]:
        found = at_once(plan.plan(track, seen, count))
        key = "automatic" if count is None else str(count)
        made["views"][key] = found.views
        made["covered"][key] = found.mean, min(found.covered)
        made["unseen"][key] = unseen(found)
        fine = may_be_finer(bpy.context.scene, len(found.views) - 1)
        made["finer"][key] = size(sides["width"], sides["height"]) if fine else None
        made.setdefault("seconds", time.perf_counter() - began)
    if path.get("margin"):
        found = at_once(plan.plan(track, seen, 1, True))
        margin, made["unseen"]["margin"] = found.margin, unseen(found)
        made["margin"] = [margin.left, margin.top, margin.right, margin.bottom]
    return made


def unseen(plan):
    return {at: rows for at, rows in zip(plan.moments, plan.unseen, strict=True) if any(map(any, rows))}


main()
