"""How much sooner a take from planned stills is there than every frame rendered with the same settings.

    .dev/test/bin/python bench/truth/saving.py [--size 640x360] [--samples 8] [--every 20] [--renders FOLDER] [TOUR]

All that a press does, one thing after the other: planning (Automatic), rendering the stills with depth, drawing all
frames. Against it every so manieth frame of the tour, rendered in one go and multiplied. FOLDER has to be empty. What
is the same once for both, starting Blender and building the scene, is measured apart and counted for both.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.engines.draft import DraftEngine  # noqa: E402
from bench.truth import blender  # noqa: E402
from bench.truth.drawn import told  # noqa: E402
from bench.truth.tour import request, still  # noqa: E402
from bench.truth.tours import TOURS  # noqa: E402
from client.protocol import TakeRequest  # noqa: E402


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tour", nargs="?", default="turn")
    blender.add_arguments(arguments, "take-one-saving")
    arguments.add_argument("--every", type=int, default=20)
    given = arguments.parse_args()
    work, tour = replace(blender.of(given), at_once=1), TOURS[given.tour]
    folder, name = given.renders / tour.scene, given.tour
    worlds = [tour.world(k).tolist() for k in range(tour.frames + 1)]
    work.plan(tour.scene, folder, [{"name": name, "worlds": worlds, "counts": [None, tour.count()]}])
    plan = json.loads((folder / f"{name}_plan.json").read_text())

    once = spent(lambda: work.render(tour.scene, folder, [{"name": "first", "world": worlds[0]}]))
    sample = list(range(given.every // 2, tour.frames, given.every))
    frames = [{"name": f"{name}_{k:03d}", "world": worlds[k]} for k in sample]
    some = spent(lambda: work.render(tour.scene, given.renders / "frames", frames))
    a_frame = (some - once) / (len(sample) - 1)
    every = once + a_frame * tour.frames
    print(f"{once:.1f} s to the first frame, {a_frame:.2f} s for each further one: all {len(worlds)} in {every:.0f} s")
    for how, views in plan["views"].items():
        to, finer = given.renders / how, plan["finer"][how]
        wanted = [{**still(name, k, finer), "world": worlds[k]} for k in views]
        stills = spent(lambda to=to, wanted=wanted: work.render(tour.scene, to, wanted))
        asked = told(request(name, tour, views, to, finer), plan["unseen"][how])
        draw(asked)  # compiles what draws
        drawing = spent(lambda asked=asked: draw(asked))
        whole = plan["seconds"] + stills + drawing
        print(
            f"{len(views)} stills ({how}): planned in {plan['seconds']:.1f} s, rendered in {stills:.1f} s, drawn in "
            f"{drawing:.1f} s: {whole:.1f} s, {every / whole:.1f} times sooner"
        )


def draw(asked: TakeRequest) -> None:
    for _ in DraftEngine().generate(asked, lambda *_: None, lambda: False).frames:
        pass


def spent(work: Callable[[], None]) -> float:
    """Wall clock of `work`, in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
