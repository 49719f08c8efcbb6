"""How true moves are from one still, from one with the margin that a press plans, and from as many stills as a press
plans (at most three), and how steady they are.

    .dev/test/bin/python bench/truth/stills.py [--renders FOLDER] [--size 640x360] [--samples 8] [--sheets] [SCENE ...]

For each scene and move the stills are planned as a press plans them, rendered with depth, and the draft engine draws
the clip; frames at a quarter, the half, three quarters and the end are compared with Blender's own, lossless, at exact
times (a frame at which a still stands is left out of what several stills are scored by). Beside them a plain splat of
the same stills (see tour.Splat). Prints also the pixels that jump by more than 16 levels where the set of stills that a
moment is drawn from changes, the camera held in its place.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.engines.draft.shot import begin  # noqa: E402
from backend.engines.draft.view.drawing.renderer import Renderer  # noqa: E402
from backend.engines.draft.view.views import parts  # noqa: E402
from bench.truth import moves  # noqa: E402
from bench.truth.compare import compare, depth_file  # noqa: E402
from bench.truth.tour import Splat  # noqa: E402
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View  # noqa: E402

BUILT, UNSEEN = ("room", "street"), ("loft", "garden", "closeup")
FRAMES, FPS = 97, 24
SCORED = (24, 48, 72, 96)
LEVELS = 16
BESIDE = 1e-4  # when a view is that is the still with more around it


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("scenes", nargs="*", metavar="SCENE", default=[*BUILT, *UNSEEN])
    arguments.add_argument("--blender-python", type=Path, default=ROOT / ".dev/blender-5.2/bin/python")
    arguments.add_argument("--renders", type=Path, default=Path(tempfile.gettempdir()) / "take-one-stills")
    arguments.add_argument("--size", default="640x360")
    arguments.add_argument("--samples", default="8")
    arguments.add_argument("--no-render", action="store_true")
    arguments.add_argument("--no-jumps", action="store_true")
    arguments.add_argument("--sheets", type=Path)
    given = arguments.parse_args()
    rows = []
    print("| scene, move | stills | one still: SSIM of each | splat | wider | planned stills | splat of them | jump |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for scene in given.scenes:
        if not given.no_render:
            job = [given.blender_python, ROOT / "bench/truth/plan_render.py", given.renders, given.size, given.samples]
            subprocess.run([*job, scene], check=True, stdout=subprocess.DEVNULL)
        folder = given.renders / scene
        plan = json.loads((folder / "plan.json").read_text())
        for move, stills in plan.items():
            if all((folder / f"{move}_{round(1000 * t):04d}.exr").exists() for t in stills[1:]):
                rows += score(scene, move, stills, folder, given)
    for name, scenes in (("built", BUILT), ("unseen", UNSEEN)):
        for way in ("one", "one splat", "wider", "planned", "planned splat"):
            found = np.array([row[2:] for row in rows if row[0] in scenes and row[1] == way])
            if len(found):
                mean, worst = found.mean(0), found.min(0)
                print(
                    f"{name}, {way}: SSIM {mean[0]:.4f} (worst {worst[0]:.3f}), {mean[1]:.2f} dB, {len(found)} frames"
                )


def request(scene: str, move: str, stills: list[float], folder: Path) -> TakeRequest:
    """The take of a move from these stills."""
    lens = json.loads((folder / "camera.json").read_text())
    sides = {key: lens[key] for key in ("width", "height", "cx", "cy", "fx", "fy")}
    start = np.array(lens["matrix_world"])
    views = []
    for t in stills:
        image = folder / ("still.png" if t == 0 else f"{move}_{round(1000 * t):04d}.png")
        camera = Camera("perspective", **sides, matrix_world=_rows(start @ moves.pose(scene, move, t)))
        views.append(View(image, depth_file(image.with_suffix(".exr")), camera, min(t, 1 - 1e-4)))
    path = tuple(Keyframe(t, _rows(moves.pose(scene, move, t))) for t in np.linspace(0, 1, FRAMES).tolist())
    size = lens["width"], lens["height"]
    return TakeRequest("draft", Direction(), tuple(views), FRAMES / FPS, FPS, size, seed=7, path=CameraPath(path))


def with_margin(asked: TakeRequest, folder: Path, move: str) -> tuple[TakeRequest, float]:
    """The take of one still as it is with its planned margin, and the share of pixels that this has more."""
    left, top, right, bottom = json.loads((folder / "wider.json").read_text())[move]
    if not any((left, top, right, bottom)):
        return asked, 0.0
    camera, image = asked.views[0].camera, folder / f"{move}_wider.png"
    wide, high = camera.width + left + right, camera.height + top + bottom
    more = wide * high / (camera.width * camera.height) - 1
    camera = replace(camera, width=wide, height=high, cx=camera.cx + left, cy=camera.cy + top)
    view = View(image, depth_file(image.with_suffix(".exr")), camera, BESIDE)
    return replace(asked, views=(*asked.views, view)), more


def score(scene: str, move: str, stills: list[float], folder: Path, given: argparse.Namespace) -> list[tuple]:
    """(scene, way, SSIM, PSNR) of each scored frame; prints the move's row."""
    rows, cells, sheet = [], [], {}
    for way, used in (("one", [0.0]), ("wider", [0.0]), ("planned", stills)):
        asked, more = request(scene, move, used, folder), 0.0
        if way == "wider":
            asked, more = with_margin(asked, folder, move)
        standing = {round(t * (FRAMES - 1)) for t in used}
        drawn = {way: frames(asked, SCORED)}
        if way != "wider":
            splat = Splat(asked)
            drawn[f"{way} splat"] = {k: splat.frame(k) for k in SCORED}
        for name, made in drawn.items():
            likes = []
            for k in SCORED:
                truth = picture(folder / f"{move}_{round(1000 * k / (FRAMES - 1)):04d}.png")
                sheet.setdefault(k, [truth]).append(made[k])
                if k not in standing:
                    likes.append(compare(truth, made[k]))
                    rows.append((scene, name, *likes[-1]))
            size = f" (+{100 * more:.0f} % pixels)" if more else ""
            cells.append((", ".join(f"{one:.3f}" for one, _ in likes) or "-") + size)
        if len(used) > 1 and not given.no_jumps:
            jumped = jumps(asked)
    jump = f"{100 * max(jumped):.2f} %" if len(stills) > 1 and not given.no_jumps and jumped else "-"
    print(f"| {scene}, {move.replace('_', ' ')} | {len(stills)} | {' | '.join(cells)} | {jump} |", flush=True)
    if given.sheets:
        given.sheets.mkdir(parents=True, exist_ok=True)
        for k in SCORED[1::2]:
            Image.fromarray(contact(sheet[k])).save(given.sheets / f"{scene}_{move}_{k:03d}.png")
    return rows


def frames(asked: TakeRequest, wanted: tuple[int, ...]) -> dict[int, np.ndarray]:
    """The take's frames at these numbers. All the path counts for what is got ready, but only these are drawn."""
    film = begin(asked).film
    draw = Renderer(film.still)
    return {k: draw.frame(film._sights(k, _Now())).rgb.copy() for k in wanted}


def jumps(asked: TakeRequest) -> list[float]:
    """The share of pixels that jump by more than `LEVELS` from one frame to the next at each change of the set of
    stills, both drawn from the second one's pose."""
    film = begin(asked).film
    draw = Renderer(film.still)
    times, passed = [place.view.t for place in film.places], [place.passed for place in film.places]
    sets = [{part.index for part in parts(times, passed, k / (FRAMES - 1))} for k in range(FRAMES)]
    found = []
    for k in (k for k in range(1, FRAMES) if sets[k] != sets[k - 1]):
        pose, before = film.poses[k], film.poses[k - 1]
        after = draw.frame(film._sights(k, _Now())).rgb.astype(int)
        film.poses[k - 1] = pose
        held = draw.frame(film._sights(k - 1, _Now())).rgb.astype(int)
        film.poses[k - 1] = before
        found.append(float((np.abs(after - held).max(-1) > LEVELS).mean()))
    return found


class _Now(Executor):
    """Does what it is given at once."""

    def submit(self, work, /, *given):
        done: Future = Future()
        done.set_result(work(*given))
        return done


def contact(made: list[np.ndarray]) -> np.ndarray:
    """Truth, one still, its error four times; with a margin, planned stills, the error with a margin."""
    truth, one, _splat, wider, planned, _ = made
    wrong, left = (np.clip(np.abs(truth.astype(int) - each) * 4, 0, 255).astype(np.uint8) for each in (one, wider))
    return np.vstack([np.hstack([truth, one, wrong]), np.hstack([wider, planned, left])])


def picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, matrix.tolist()))


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
