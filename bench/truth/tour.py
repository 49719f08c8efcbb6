"""How true and how steady takes from several views are, against Blender's own renders along the same path.

    .dev/test/bin/python bench/truth/tour.py [--renders FOLDER] [--every 10] [--at-once 1] [--sheets FOLDER] [TOUR ...]

The views of each tour are planned as a press plans them, for a number of stills, half of it, and as many as it takes
(Automatic). They are rendered with depth, those beyond the first as fine as a press has them; so is each scored frame,
and once more with another seed (all is kept in FOLDER). The draft engine makes the take of each plan, and its scored
frames, lossless, are compared with the true ones: SSIM and PSNR; beside it a plain splat of the same views (see
splat.py); what the other seed has more; the share that no view showed. Where the frames beside a scored one are there,
too, also flicker: the second difference of three frames in a row, |a - 2 b + c|, in levels, against the true film's.
Where the set of views changes: the pixels that jump by more than 16 levels with the camera held. `--every 1` scores
all frames and all flicker. What was measured of each frame is written beside the renders; `--sheets` writes the frames
around each view and the worst ones: truth, engine, error four times.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.truth import blender  # noqa: E402
from bench.truth.compare import compare  # noqa: E402
from bench.truth.drawn import Drawn, flicker, told  # noqa: E402
from bench.truth.splat import Splat  # noqa: E402
from bench.truth.tours import TOURS, Tour  # noqa: E402
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View  # noqa: E402

FPS = 24
BESIDE = 2  # frames to either side of a view that a sheet shows
WORST = 5  # frames on the sheet of the worst


@dataclass(frozen=True)
class Scored:
    """A frame: SSIM and PSNR of engine and splat, SSIM of another seed, flicker of engine, splat and true film, the
    share that jumps (None: not there, or no change), the share that no view shows."""

    frame: int
    ssim: float
    psnr: float
    splat: float
    splat_psnr: float
    seed: float | None
    flicker: tuple[float, float, float] | None
    jump: float | None
    unseen: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tours", nargs="*", metavar="TOUR", default=list(TOURS))
    blender.add_arguments(arguments, "take-one-tours")
    arguments.add_argument("--every", type=int, default=10, help="frames from one that is scored to the next")
    arguments.add_argument("--sheets", type=Path)
    given = arguments.parse_args()
    there = []
    for name in given.tours:
        tour, folder = TOURS[name], given.renders / TOURS[name].scene
        if not given.no_render:
            render(blender.of(given), name, tour, folder, given.every)
        plan = json.loads((folder / f"{name}_plan.json").read_text())
        for how, views in plan["views"].items():
            asked = request(name, tour, views, folder, plan["finer"][how])
            there.append((name, how, told(asked, plan["unseen"][how])))
    with ProcessPoolExecutor(given.at_once) as pool:
        waiting = [(name, how, asked, scoring(pool, name, asked, given)) for name, how, asked in there]
        print("| tour | views | SSIM mean (worst), PSNR | splat | ahead in | other seed | lost to it, mean / worst |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, how, asked, parts in waiting:
            scored = [one for part in parts for one in part.result()]
            if not scored:
                sys.exit(f"{name}: a view stands at each frame that would be scored. Score more with --every.")
            folder = given.renders / TOURS[name].scene
            (folder / f"{name}_{how}_scored.json").write_text(json.dumps([asdict(one) for one in scored]))
            print(row(name, how, asked, scored), flush=True)
            if given.sheets:
                given.sheets.mkdir(parents=True, exist_ok=True)
                sheets(pool, name, how, asked, scored, given)


def render(work: blender.Blender, name: str, tour: Tour, folder: Path, every: int) -> None:
    """Plans the views, and renders them and the scored frames, as far as they are missing."""
    worlds = [tour.world(k).tolist() for k in range(tour.frames + 1)]
    work.plan(tour.scene, folder, [{"name": name, "worlds": worlds, "counts": [tour.count(), tour.count(2), None]}])
    plan = json.loads((folder / f"{name}_plan.json").read_text())
    made = {}
    for how, views in plan["views"].items():
        for k in views:
            wanted = still(name, k, plan["finer"][how])
            made[wanted["name"]] = {**wanted, "world": worlds[k]}
    scored = range(every, tour.frames, every)
    for k in scored:
        made.setdefault(f"{name}_{k:03d}", {"name": f"{name}_{k:03d}", "world": worlds[k]})
    again = [{"name": f"{name}_{k:03d}_again", "world": worlds[k], "seed": 1} for k in scored]
    work.render(tour.scene, folder, [*made.values(), *again])


def still(name: str, frame: int, finer: Sequence[int] | None) -> dict[str, Any]:
    """The still at this frame of a tour, as render.py takes it; of `finer` pixels where it is not the first."""
    wanted = {"name": f"{name}_{frame:03d}", "depth": True}
    return {**wanted, "name": f"{wanted['name']}_finer", "size": finer} if finer and frame else wanted


def request(name: str, tour: Tour, views: list[int], folder: Path, finer: Sequence[int] | None) -> TakeRequest:
    """The take of the whole tour from views at these frames, those beyond the first of `finer` pixels."""
    lens = json.loads((folder / "camera.json").read_text())
    made = []
    for frame in views:
        wanted = still(name, frame, finer)
        image = folder / f"{wanted['name']}.png"
        width, height = wanted.get("size", (lens["width"], lens["height"]))
        focal = lens["fx"] * width / lens["width"]
        world = _matrix(tour.world(frame))
        camera = Camera("perspective", width, height, width / 2, height / 2, focal, focal, matrix_world=world)
        made.append(View(image, image.with_suffix(".exr"), camera, frame / tour.frames))
    start, size = np.linalg.inv(tour.world(0)), (lens["width"], lens["height"])
    path = tuple(Keyframe(k / tour.frames, _matrix(start @ tour.world(k))) for k in range(tour.frames + 1))
    count = tour.frames + 1
    return TakeRequest("draft", Direction(), tuple(made), count / FPS, FPS, size, seed=7, path=CameraPath(path))


def _matrix(world: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, world.tolist()))


def scoring(
    pool: ProcessPoolExecutor, name: str, asked: TakeRequest, given: argparse.Namespace
) -> list[Future[list[Scored]]]:
    """The scored frames in parts, one to a process."""
    folder, last = given.renders / TOURS[name].scene, asked.frame_count - 1
    held = {round(view.t * last) for view in asked.views}
    frames = [k for k in range(given.every, last, given.every) if k not in held and true(folder, name, k).exists()]
    parts = [part.tolist() for part in np.array_split(frames, given.at_once) if len(part)]
    return [pool.submit(score, name, asked, part, folder) for part in parts]


def score(name: str, asked: TakeRequest, frames: list[int], folder: Path) -> list[Scored]:
    """What is measured of these frames, in order."""
    drawn, splat, ours, plain = Drawn(asked), Splat(asked), {}, {}
    changed, found, unseen = drawn.changes(), [], {}
    first = 1 if not frames else max(1, frames[0] - 1)
    for k in frames:
        beside = [k - 1, k, k + 1] if all(true(folder, name, k + step).exists() for step in (-1, 1)) else [k]
        jumps = [drawn.jump(at) for at in changed if first <= at <= k]
        first = k + 1
        for at in beside:
            if at not in ours:
                ours[at], plain[at], unseen[at] = drawn.frame(at), splat.frame(at), drawn.unseen
        truth = [picture(true(folder, name, at)) for at in beside]
        here, other = truth[beside.index(k)], folder / f"{name}_{k:03d}_again.png"
        seed = compare(here, picture(other))[0] if other.exists() else None
        flickers = None
        if len(beside) == 3:
            flickers = tuple(
                flicker(*three) for three in ([ours[at] for at in beside], [plain[at] for at in beside], truth)
            )
        likes = (*compare(here, ours[k]), *compare(here, plain[k]))
        found.append(Scored(k, *likes, seed, flickers, max(jumps, default=None), unseen[k]))
        for over in [at for at in ours if at < k]:
            del ours[over], plain[over]
    return found


def row(name: str, how: str, asked: TakeRequest, scored: list[Scored]) -> str:
    """The tour's row, and in a second line what is steady."""
    likes = np.array([(one.ssim, one.psnr, one.splat, one.splat_psnr) for one in scored])
    mean, worst = likes.mean(0), likes.min(0)
    ahead = sum(one.ssim > one.splat for one in scored)
    again = np.array([(one.seed, one.seed - one.ssim) for one in scored if one.seed is not None]).reshape(-1, 2)
    seeds = f"{again[:, 0].mean():.3f} | {again[:, 1].mean():.4f} / {again[:, 1].max():.3f}" if len(again) else "- | -"
    views = f"{len(asked.views)}{' (Automatic)' if how == 'automatic' else ''}"
    text = (
        f"| {name} | {views} | {mean[0]:.4f} ({worst[0]:.3f} at {scored[int(likes[:, 0].argmin())].frame}), "
        f"{mean[1]:.1f} | {mean[2]:.4f} ({worst[2]:.3f}), {mean[3]:.1f} | {ahead} of {len(scored)} | {seeds} |"
    )
    flickers = np.array([one.flicker for one in scored if one.flicker]).reshape(-1, 3)
    jumps = [one.jump for one in scored if one.jump is not None]
    if len(flickers):
        ratio = flickers[:, 0] / flickers[:, 2]
        ours, plain, true_ = flickers.mean(0)
        text += (
            f"\n  flicker {ours:.2f}, splat {plain:.2f}, true film {true_:.2f}: {ours / true_:.3f} of it, worst "
            f"{ratio.max():.2f}, above 1.2 in {(ratio > 1.2).sum()} of {len(ratio)}"
        )
    if jumps:
        text += f"\n  jumps at {len(jumps)} changes: mean {100 * np.mean(jumps):.2f} %, worst {100 * max(jumps):.2f} %"
    return text + f"\n  unseen {100 * np.mean([one.unseen for one in scored]):.2f} %"


def sheets(
    pool: ProcessPoolExecutor, name: str, how: str, asked: TakeRequest, scored: list[Scored], given: argparse.Namespace
) -> None:
    """Pictures of the frames around each view, and of the worst ones."""
    folder, last = given.renders / TOURS[name].scene, asked.frame_count - 1
    around = [round(view.t * last) for view in asked.views]
    shown = {f"{at:03d}": [at + step for step in range(-BESIDE, BESIDE + 1)] for at in around}
    shown["worst"] = sorted(one.frame for one in sorted(scored, key=lambda one: one.ssim)[:WORST])
    made = []
    for what, frames in shown.items():
        frames = [k for k in frames if 0 <= k <= last and true(folder, name, k).exists()]
        if frames:
            made.append(pool.submit(sheet, name, asked, frames, folder, given.sheets / f"{name}_{how}_{what}.jpg"))
    for one in made:
        one.result()


def sheet(name: str, asked: TakeRequest, frames: list[int], folder: Path, to: Path) -> None:
    """A row for each frame: truth, engine, error four times."""
    drawn, rows = Drawn(asked), []
    for k in frames:
        truth, ours = picture(true(folder, name, k)), drawn.frame(k)
        wrong = np.clip(np.abs(truth.astype(int) - ours) * 4, 0, 255).astype(np.uint8)
        rows.append(np.hstack([truth, ours, wrong]))
    Image.fromarray(np.vstack(rows)).save(to, quality=90)


def true(folder: Path, name: str, k: int) -> Path:
    """Where Blender's own frame is."""
    return folder / f"{name}_{k:03d}.png"


def picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
