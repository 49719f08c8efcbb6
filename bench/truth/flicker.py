"""How steady takes are: their flicker against that of Blender's own film along the same path.

    .dev/test/bin/python bench/truth/flicker.py [--renders FOLDER] [--triples 6] [--no-render] [TOUR ...]

Flicker is the second difference of three frames in a row, |a - 2 b + c|, averaged over pixels and channels, in levels
of 255: what moves evenly gives little, what comes and goes gives much. For each tour the views are those of `tour.py`
(the same FOLDER: what is rendered stays); threes of true frames are rendered beside them, at even distances or, with
`--triples 0`, around each place where the set of views changes. Prints ours, a plain splat's of the same views and the
true film's, and their ratio on average and at worst.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.engines.draft.shot import begin  # noqa: E402
from backend.engines.draft.view.views import parts  # noqa: E402
from bench.truth.stills import frames  # noqa: E402
from bench.truth.tour import SAMPLES, SIZE, Splat, request  # noqa: E402
from bench.truth.tours import TOURS, Tour  # noqa: E402
from client.protocol import TakeRequest  # noqa: E402


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tours", nargs="*", metavar="TOUR", default=list(TOURS))
    arguments.add_argument("--blender-python", type=Path, default=ROOT / ".dev/blender-5.2/bin/python")
    arguments.add_argument("--renders", type=Path, default=Path(tempfile.gettempdir()) / "take-one-tours")
    arguments.add_argument("--triples", type=int, default=6, help="0: around each change of the set of views")
    arguments.add_argument("--no-render", action="store_true", help="score what is rendered already")
    given = arguments.parse_args()
    print("| tour | views | threes | engine | splat | true film | engine : true, mean (worst at) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in given.tours:
        tour, folder = TOURS[name], given.renders / TOURS[name].scene
        asked = request(name, tour, 1, folder)
        middles = even(asked, tour, given.triples) if given.triples else changes(asked, tour)
        if not given.no_render:
            render(given.blender_python, name, tour, folder, middles)
        row(name, asked, folder, middles)


def even(asked: TakeRequest, tour: Tour, count: int) -> list[int]:
    """The middles of so many threes, at even distances as far as there are views."""
    last = round(max(view.t for view in asked.views) * tour.frames)
    return sorted({round(last * (number + 0.5) / count) for number in range(count)})


def changes(asked: TakeRequest, tour: Tour) -> list[int]:
    """The frames at which another set of views comes in."""
    film = begin(asked).film
    times, passed = [place.view.t for place in film.places], [place.passed for place in film.places]
    last = round(max(times) * tour.frames)
    sets = [{part.index for part in parts(times, passed, k / tour.frames)} for k in range(last)]
    return [k for k in range(2, last - 1) if sets[k] != sets[k - 1]]


def render(python: Path, name: str, tour: Tour, folder: Path, middles: list[int]) -> None:
    """Renders the true frames that are missing in `folder`."""
    wanted = sorted({k + step for k in middles for step in (-1, 0, 1)})
    made = [{"name": f"{name}_{k:03d}", "world": tour.world(k).tolist()} for k in wanted]
    if all((folder / f"{frame['name']}.png").exists() for frame in made):
        return
    job = folder / f"{name}_flicker.json"
    scene = {"scene": tour.scene, "out": str(folder), "size": SIZE, "samples": SAMPLES, "frames": made}
    job.write_text(json.dumps(scene))
    subprocess.run([python, ROOT / "bench/truth/render.py", job], check=True, stdout=subprocess.DEVNULL)


def row(name: str, asked: TakeRequest, folder: Path, middles: list[int]) -> None:
    """Prints a tour's row, from the threes that are rendered."""
    threes = [(k - 1, k, k + 1) for k in middles]
    threes = [three for three in threes if all((folder / f"{name}_{k:03d}.png").exists() for k in three)]
    if not threes:
        return
    drawn = frames(asked, tuple(sorted({k for three in threes for k in three})))
    splat = Splat(asked)
    rows = []
    for three in threes:
        truth = [np.asarray(Image.open(folder / f"{name}_{k:03d}.png").convert("RGB")) for k in three]
        found = ([drawn[k] for k in three], [splat.frame(k) for k in three], truth)
        rows.append([flicker(*each) for each in found])
    table = np.array(rows)
    ratio = table[:, 0] / table[:, 2]
    ours, plain, true = table.mean(0)
    print(
        f"| {name} | {len(asked.views)} | {len(table)} | {ours:.2f} | {plain:.2f} | {true:.2f} | "
        f"{ours / true:.2f} ({ratio.max():.2f} at {threes[int(ratio.argmax())][1]}) |",
        flush=True,
    )


def flicker(before: np.ndarray, here: np.ndarray, after: np.ndarray) -> float:
    """The mean second difference of three pictures [h, w, 3], in levels."""
    return float(np.abs(before.astype(float) - 2.0 * here + after).mean())


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
