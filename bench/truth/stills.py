"""How true moves are from one still, from one with the margin that a press plans, and from as many stills as a press
plans (at most three), and how steady they are.

    .dev/test/bin/python bench/truth/stills.py [--at-once 1] [--pan-and-zoom] [--sheets FOLDER] [SCENE ...]

For each scene and move the stills are planned as a press plans them, rendered with depth, and the draft engine draws
the clip; frames at a quarter, the half, three quarters and the end are compared with Blender's own, lossless, at exact
times (a frame at which a still stands is left out of what several stills are scored by). Beside them a plain splat of
the same stills (see splat.py) and, if asked for, the best pan and zoom of the still (see camera.py), and what a second
render of the half with another seed has. Prints also the pixels that jump by more than 16 levels where the set of
stills that a moment is drawn from changes, the camera held in its place.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.truth import blender, moves  # noqa: E402
from bench.truth.compare import compare  # noqa: E402
from bench.truth.drawn import Drawn, Unseen, told  # noqa: E402
from bench.truth.splat import Splat  # noqa: E402
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View  # noqa: E402

BUILT, UNSEEN = ("room", "street"), ("loft", "garden", "closeup")
MOVES, MOST = moves.MOVES[:5], 3
FRAMES, FPS = 97, 24
SCORED, AGAIN = (24, 48, 72, 96), 48
BESIDE = 1e-4  # when a view is that is the still with more around it
WAYS = ("one", "one splat", "wider", "planned", "planned splat", "pan and zoom", "other seed")


@dataclass
class Move:
    """What is measured of a move: the SSIM and PSNR of its scored frames by each way, and its row of the table."""

    scene: str
    likes: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    text: str = ""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("scenes", nargs="*", metavar="SCENE", default=[*BUILT, *UNSEEN])
    blender.add_arguments(arguments, "take-one-stills")
    arguments.add_argument("--pan-and-zoom", action="store_true", help="takes some ten seconds a frame")
    arguments.add_argument("--sheets", type=Path)
    given = arguments.parse_args()
    if not given.no_render:
        for scene in given.scenes:
            render(blender.of(given), scene, given.renders / scene)
    if given.sheets:
        given.sheets.mkdir(parents=True, exist_ok=True)
    print(f"| scene, move | stills | {' | '.join(WAYS)} | jump |")
    print("| --- | --- |" + " --- |" * (len(WAYS) + 1))
    with ProcessPoolExecutor(given.at_once) as pool:
        every = [(scene, move, given.renders / scene, given) for scene in given.scenes for move in MOVES]
        measured = []
        for one in pool.map(score, *zip(*every, strict=True)):
            measured.append(one)
            print(one.text, flush=True)
    for name, scenes in (("built", BUILT), ("unseen", UNSEEN), *((scene, (scene,)) for scene in given.scenes)):
        for way in WAYS:
            found = np.array([like for one in measured if one.scene in scenes for like in one.likes.get(way, [])])
            if len(found):
                (mean, decibels), worst = found.mean(0), found.min(0)[0]
                print(f"{name}, {way}: SSIM {mean:.4f} (worst {worst:.3f}), {decibels:.2f} dB, {len(found)} frames")


def render(work: blender.Blender, scene: str, folder: Path) -> None:
    """Plans the stills of the moves, and renders them and the true frames, as far as they are missing."""
    times = np.linspace(0, 1, FRAMES).tolist()
    paths = {move: [moves.pose(scene, move, t).tolist() for t in times] for move in MOVES}
    work.plan(
        scene,
        folder,
        [{"name": move, "matrices": poses, "counts": [None, MOST], "margin": True} for move, poses in paths.items()],
    )
    frames = [{"name": "still", "matrix": np.eye(4).tolist(), "depth": True}]
    for move, poses in paths.items():
        (stills, _, finer), (margin, _) = planned(folder, move)
        frames += [{"name": f"{move}_{k:03d}", "matrix": poses[k]} for k in SCORED]
        fine = {"size": finer} if finer else {}
        frames += [{"name": f"{move}_{k:03d}_still", "matrix": poses[k], "depth": True, **fine} for k in stills[1:]]
        frames.append({"name": f"{move}_{AGAIN:03d}_again", "matrix": poses[AGAIN], "seed": 1})
        if any(margin):
            frames.append({"name": f"{move}_wider", "matrix": poses[0], "margin": margin, "depth": True})
    work.render(scene, folder, frames)


def planned(folder: Path, move: str) -> tuple[tuple[list[int], Unseen, Sequence[int] | None], tuple[list[int], Unseen]]:
    """The frames that the stills of a move stand at, and the margin of one alone; with each, what does not show, and of
    the stills the size of those beyond the first where it is not the frame's."""
    plan = json.loads((folder / f"{move}_plan.json").read_text())
    count = "automatic" if len(plan["views"]["automatic"]) <= MOST else str(MOST)
    margin = plan["margin"], plan["unseen"]["margin"]
    return (plan["views"][count], plan["unseen"][count], plan["finer"][count]), margin


def request(scene: str, move: str, stills: list[int], folder: Path, finer: Sequence[int] | None = None) -> TakeRequest:
    """The take of a move from stills at these frames, those beyond the first of `finer` pixels."""
    lens = json.loads((folder / "camera.json").read_text())
    start, last = np.array(lens["matrix_world"]), FRAMES - 1
    views = []
    for k in stills:
        image = folder / ("still.png" if k == 0 else f"{move}_{k:03d}_still.png")
        width, height = finer if finer and k else (lens["width"], lens["height"])
        focal, world = lens["fx"] * width / lens["width"], _rows(start @ moves.pose(scene, move, k / last))
        camera = Camera("perspective", width, height, width / 2, height / 2, focal, focal, matrix_world=world)
        views.append(View(image, image.with_suffix(".exr"), camera, min(k / last, 1 - 1e-4)))
    path = tuple(Keyframe(t, _rows(moves.pose(scene, move, t))) for t in np.linspace(0, 1, FRAMES).tolist())
    size = lens["width"], lens["height"]
    return TakeRequest("draft", Direction(), tuple(views), FRAMES / FPS, FPS, size, seed=7, path=CameraPath(path))


def with_margin(asked: TakeRequest, folder: Path, move: str, margin: list[int]) -> tuple[TakeRequest, float]:
    """The take of one still as it is with its planned margin, and the share of pixels that this has more."""
    left, top, right, bottom = margin
    if not any(margin):
        return asked, 0.0
    camera, image = asked.views[0].camera, folder / f"{move}_wider.png"
    wide, high = camera.width + left + right, camera.height + top + bottom
    more = wide * high / (camera.width * camera.height) - 1
    camera = replace(camera, width=wide, height=high, cx=camera.cx + left, cy=camera.cy + top)
    view = View(image, image.with_suffix(".exr"), camera, BESIDE)
    return replace(asked, views=(*asked.views, view)), more


def score(scene: str, move: str, folder: Path, given: argparse.Namespace) -> Move:
    """Measures a move."""
    ((stills, lacking, finer), (margin, beside)), made, jump = planned(folder, move), Move(scene), "-"
    truth = {k: picture(folder / f"{move}_{k:03d}.png") for k in SCORED}
    sheet, likes, more = {k: [truth[k]] for k in SCORED}, made.likes, 0.0

    def compared(way: str, frames: dict[int, np.ndarray], left_out: list[int]) -> None:
        likes[way] = [compare(truth[k], frames[k]) for k in frames if k not in left_out]

    for way, used in (("one", [0]), ("wider", [0]), ("planned", stills)):
        asked = request(scene, move, used, folder, finer)
        if way == "wider":
            asked, more = with_margin(told(asked, beside), folder, move, margin)
        if way == "planned":
            asked = told(asked, lacking)
        drawn, splat = Drawn(asked), Splat(asked)
        frames = {k: drawn.frame(k) for k in SCORED}
        compared(way, frames, used)
        for k in SCORED:
            sheet[k].append(frames[k])
        if way != "wider":
            compared(f"{way} splat", {k: splat.frame(k) for k in SCORED}, used)
        if len(used) > 1:
            jump = f"{100 * max((drawn.jump(k) for k in drawn.changes()), default=0.0):.2f} %"
    if given.pan_and_zoom:
        from bench.truth.fitted import pan_and_zoom

        still = picture(folder / "still.png")
        compared("pan and zoom", {k: pan_and_zoom(still, truth[k]) for k in SCORED}, [])
    compared("other seed", {AGAIN: picture(folder / f"{move}_{AGAIN:03d}_again.png")}, [])
    cells = [", ".join(f"{one:.3f}" for one, _ in likes.get(way, [])) or "-" for way in WAYS]
    cells[WAYS.index("wider")] += f" (+{100 * more:.0f} % pixels)" if more else ""
    made.text = f"| {scene}, {move.replace('_', ' ')} | {len(stills)} | {' | '.join(cells)} | {jump} |"
    if given.sheets:
        for k in SCORED[1::2]:
            Image.fromarray(contact(sheet[k])).save(given.sheets / f"{scene}_{move}_{k:03d}.jpg", quality=90)
    return made


def contact(made: list[np.ndarray]) -> np.ndarray:
    """Truth, one still, its error four times; with a margin, planned stills, their error."""
    truth, one, wider, planned_ = made
    wrong, left = (np.clip(np.abs(truth.astype(int) - each) * 4, 0, 255).astype(np.uint8) for each in (one, planned_))
    return np.vstack([np.hstack([truth, one, wrong]), np.hstack([wider, planned_, left])])


def picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, matrix.tolist()))


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
