"""How true takes from several views are: SSIM and PSNR of tours against Blender's own renders along the same path.

    .dev/test/bin/python bench/truth/tour.py [--blender-python PYTHON] [--renders FOLDER] [--sheets] [TOUR ...]

Renders each tour's views with depth and its scored frames (once: they are kept in FOLDER), has the draft engine make
the whole take from every view and from every second one, and compares the scored frames, lossless: the engine's, and
a plain splat of the same views (the two nearest in time, every pixel moved through true depth, averaged where both
show one surface, holes filled from around them). Prints also what the measure gives to a second render with another
seed, and how much of the frames no view showed. `--sheets` writes pictures to look at beside the renders: truth,
engine, splat, and the engine's error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.engines.draft import DraftEngine  # noqa: E402
from backend.engines.draft.camera import paths  # noqa: E402
from backend.engines.draft.view import picture  # noqa: E402
from backend.engines.draft.view.hidden.pyramid import fill  # noqa: E402
from backend.engines.draft.view.views import placed, seen_from  # noqa: E402
from bench.truth.compare import compare, depth_file  # noqa: E402
from bench.truth.tours import TOURS, Tour  # noqa: E402
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View  # noqa: E402

SIZE, SAMPLES, FPS = (640, 360), 8, 24
HELD = 6  # views that the splat keeps read


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tours", nargs="*", metavar="TOUR", default=list(TOURS))
    arguments.add_argument("--blender-python", type=Path, default=ROOT / ".dev/blender-5.2/bin/python")
    arguments.add_argument("--renders", type=Path, default=Path(tempfile.gettempdir()) / "take-one-tours")
    arguments.add_argument("--no-render", action="store_true", help="score what is rendered already")
    arguments.add_argument("--sheets", action="store_true")
    given = arguments.parse_args()
    print("| tour | views | engine: SSIM mean (worst), PSNR | splat | ahead in | other seed | unseen | drawn in |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in given.tours:
        tour, folder = TOURS[name], given.renders / TOURS[name].scene
        if not given.no_render:
            render(given.blender_python, name, tour, folder)
        for sparser in (1, 2):
            row(name, tour, sparser, folder, given.sheets)


def frames_of(name: str, tour: Tour) -> list[dict]:
    """What Blender has to render: the views first."""
    views = tour.views()
    order = [*views, *(frame for frame in tour.scored() if frame not in views)]
    made = [{"name": f"{name}_{k:03d}", "world": tour.world(k).tolist(), "depth": k in views} for k in order]
    again = [{"name": f"{name}_{k:03d}_again", "world": tour.world(k).tolist(), "seed": 1} for k in tour.again()]
    return made + again


def render(python: Path, name: str, tour: Tour, folder: Path) -> None:
    """Renders what is missing in `folder`."""
    frames = frames_of(name, tour)
    if all((folder / f"{frame['name']}.png").exists() for frame in frames):
        return
    folder.mkdir(parents=True, exist_ok=True)
    job = folder / f"{name}.json"
    scene = {"scene": tour.scene, "out": str(folder), "size": SIZE, "samples": SAMPLES, "frames": frames}
    job.write_text(json.dumps(scene))
    subprocess.run([python, ROOT / "bench/truth/render.py", job], check=True, stdout=subprocess.DEVNULL)


def request(name: str, tour: Tour, sparser: int, folder: Path, size: tuple[int, int] = SIZE) -> TakeRequest:
    """The take of the whole tour from its views that are rendered (every `sparser`th of them)."""
    lens = json.loads((folder / "camera.json").read_text())
    sides = {key: lens[key] for key in ("width", "height", "cx", "cy", "fx", "fy")}
    views = []
    for frame in tour.views(sparser):
        image = folder / f"{name}_{frame:03d}.png"
        if image.exists() and image.with_suffix(".exr").exists():
            camera = Camera("perspective", **sides, matrix_world=_matrix(tour.world(frame)))
            views.append(View(image, depth_file(image.with_suffix(".exr")), camera, frame / tour.frames))
    start = np.linalg.inv(tour.world(0))
    path = tuple(Keyframe(k / tour.frames, _matrix(start @ tour.world(k))) for k in range(tour.frames + 1))
    return TakeRequest(
        "draft", Direction(), tuple(views), (tour.frames + 1) / FPS, FPS, size, seed=7, path=CameraPath(path)
    )


def _matrix(world: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, world.tolist()))


def row(name: str, tour: Tour, sparser: int, folder: Path, sheets: bool) -> None:
    asked = request(name, tour, sparser, folder)
    held = {round(view.t * tour.frames) for view in asked.views}
    last = max(held)
    there = {*tour.scored(), *tour.views()} - held  # views that are left out are true frames, too
    scored = [k for k in sorted(there) if k < last and (folder / f"{name}_{k:03d}.png").exists()]
    if not scored:
        return
    started = time.perf_counter()
    clip = DraftEngine().generate(asked, lambda *_: None, lambda: False)
    made = {k: frame for k, frame in enumerate(clip.frames) if k in scored}
    spent = time.perf_counter() - started
    splat = Splat(asked)
    rows = []
    for k in scored:
        truth = np.asarray(Image.open(folder / f"{name}_{k:03d}.png").convert("RGB"))
        plain = splat.frame(k)
        rows.append((*compare(truth, made[k]), *compare(truth, plain)))
        if sheets:
            wrong = np.clip(np.abs(truth.astype(int) - made[k]) * 4, 0, 255).astype(np.uint8)
            sheet = np.vstack([np.hstack([truth, made[k]]), np.hstack([plain, wrong])])
            Image.fromarray(sheet).save(folder / f"sheet_{name}_{sparser}_{k:03d}.png")
    again = [
        compare(*(np.asarray(Image.open(folder / f"{name}_{k:03d}{end}.png").convert("RGB")) for end in ("", "_again")))
        for k in tour.again()
        if (folder / f"{name}_{k:03d}_again.png").exists()
    ]
    table = np.array(rows)
    mean, worst = table.mean(0), table.min(0)
    seed = f"{np.mean(again, 0)[0]:.3f} ({np.min(again, 0)[0]:.3f})" if again else "-"
    print(
        f"| {name} | {len(asked.views)} | {mean[0]:.4f} ({worst[0]:.3f} at {scored[int(table[:, 0].argmin())]}), "
        f"{mean[1]:.1f} | {mean[2]:.4f} ({worst[2]:.3f}), {mean[3]:.1f} | "
        f"{(table[:, 0] > table[:, 2]).sum()} of {len(table)} | {seed} | {100 * clip.facts['unseen']:.2f} % | "
        f"{spent:.0f} s |",
        flush=True,
    )


class Splat:
    """The plainest thing that could work with the same views."""

    def __init__(self, asked: TakeRequest) -> None:
        self.asked, self.read = asked, {}
        self.still, _ = picture.load(asked)
        self.poses = paths.poses(asked.path, asked.frame_count)
        self.places, _ = placed(asked, self.poses, 1.0)

    def frame(self, k: int) -> np.ndarray:
        t = k / (len(self.poses) - 1)
        times = np.array([place.view.t for place in self.places])
        nearest = np.argsort(np.abs(times - t), kind="stable")[:2]
        made = [self._moved(int(n), k) for n in nearest]
        weights = [max(1e-3, 1 - abs(times[n] - t) / max(float(np.ptp(times[nearest])), 1e-9)) for n in nearest]
        front = np.maximum.reduce([near for _, near in made])
        total, rgb = np.zeros(front.shape), np.zeros((*front.shape, 3))
        for (colour, near), weight in zip(made, weights, strict=True):
            shows = weight * ((near > 0) & (near >= 0.97 * front))
            total += shows
            rgb += shows[..., None] * colour
        hit = total > 0
        rgb[hit] /= total[hit][:, None]
        rgb[~hit] = fill(rgb.astype(np.float32), hit)[~hit]
        return np.round(rgb).astype(np.uint8)

    def _moved(self, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
        """View `n` seen in frame `k`: colours, and nearness (0: nothing)."""
        if n not in self.read:
            if len(self.read) >= HELD:
                self.read.pop(next(iter(self.read)))
            self.read[n], _ = picture.read(self.places[n].view, self.asked.size)
        view, pose, still = self.read[n], seen_from(self.places[n].pose, self.poses[k]), self.still
        v, u = np.mgrid[0 : view.height, 0 : view.width] + 0.5
        z = np.minimum(view.metres(), 1e6)
        seen = (
            np.stack([(u - view.cx) / view.fx * z, (v - view.cy) / view.fy * z, z], -1) - pose.position
        ) @ pose.rotation
        with np.errstate(divide="ignore", invalid="ignore"):
            x = seen[..., 0] / seen[..., 2] * still.fx * pose.zoom + still.cx
            y = seen[..., 1] / seen[..., 2] * still.fy * pose.zoom + still.cy
        order = np.argsort(-seen[..., 2], axis=None)
        order = order[seen[..., 2].ravel()[order] > 1e-3]
        out, near = np.zeros((still.height, still.width, 3), np.uint8), np.zeros((still.height, still.width))
        for dy in (0, 1):
            for dx in (0, 1):
                column, row = (
                    np.floor(c.ravel()[order] - 0.5).clip(-9, 1e5).astype(int) + d for c, d in ((x, dx), (y, dy))
                )
                ok = (column >= 0) & (column < still.width) & (row >= 0) & (row < still.height)
                value = 1 / seen[..., 2].ravel()[order][ok]
                ahead = value >= near[row[ok], column[ok]]
                out[row[ok][ahead], column[ok][ahead]] = view.rgb.reshape(-1, 3)[order[ok][ahead]]
                near[row[ok][ahead], column[ok][ahead]] = value[ahead]
        return out, near


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
