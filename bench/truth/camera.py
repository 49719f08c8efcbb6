"""How true the draft's camera moves are: SSIM and PSNR against Blender's own renders along the same path.

    .dev/test/bin/python bench/truth/camera.py [--renders FOLDER]

Renders each scene's still with depth, and the true frames at a quarter, half and end of every move (once: they
and the fitted pans and zooms are kept in FOLDER), then compares on the same frames: the draft engine; the best
pan-and-zoom of the still (scale and shift fitted to every true frame, which no user could do); plain splatting
of the pixels through true depth with the holes filled from around them. Half of every path is also reported by
itself (the same move at half its amount), and what the measure gives to a second render of the same view.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.engines.draft.camera import paths  # noqa: E402
from backend.engines.draft.view import picture  # noqa: E402
from backend.engines.draft.view.drawing.renderer import Renderer, Sight  # noqa: E402
from backend.engines.draft.view.film import Film  # noqa: E402
from backend.engines.draft.view.views import Place  # noqa: E402
from bench.truth import blender, moves  # noqa: E402
from bench.truth.compare import compare  # noqa: E402
from bench.truth.fitted import pan_and_zoom  # noqa: E402
from client.protocol import CameraPath, Keyframe  # noqa: E402

SAMPLES, FRAMES = 32, 121


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    blender.add_arguments(arguments, "take-one-truth", SAMPLES)
    given = arguments.parse_args()
    rows = []
    for scene in moves.SCENES:
        folder = given.renders / scene
        if not given.no_render:
            render_truth(blender.of(given), scene, folder)
        request = moves.request(folder)
        still, _ = picture.load(request)
        for move in moves.MOVES:
            keys = [
                Keyframe(key["t"], tuple(map(tuple, key["matrix"])), key["zoom"])
                for key in moves.keyframes(scene, move, FRAMES)
            ]
            poses = paths.poses(CameraPath(tuple(keys)), FRAMES)
            moments = {name: round(t * (FRAMES - 1)) for name, t in moves.MOMENTS.items()}
            view = Film(still, still, [Place(request.still, poses[0])], poses, request.seed).prepare(0)
            draft = Renderer(still)
            for name, index in moments.items():
                truth = np.asarray(Image.open(folder / f"{move}_{name}.png").convert("RGB"))
                fitted = folder / f"{move}_{name}_pan_and_zoom.png"
                if not fitted.exists():
                    Image.fromarray(pan_and_zoom(still.rgb, truth)).save(fitted)
                made = {
                    "draft": draft.frame([Sight(view.picture, view.layers, poses[index])]).rgb,
                    "pan and zoom": np.asarray(Image.open(fitted)),
                    "splat": splat(still, poses[index]),
                }
                row = {
                    "scene": scene,
                    "move": move,
                    "moment": name,
                    **{key: compare(truth, frame) for key, frame in made.items()},
                }
                rows.append(row)
                print(
                    scene,
                    move,
                    name,
                    *(f"{key} {row[key][0]:.3f}/{row[key][1]:.1f}" for key in made),
                    sep="  ",
                    flush=True,
                )
                for key, frame in made.items():
                    Image.fromarray(frame).save(folder / f"{move}_{name}_{key.replace(' ', '_')}.png")
    report(rows)
    again = [
        compare(
            *(
                np.asarray(Image.open(given.renders / scene / f"{move}_{name}.png").convert("RGB"))
                for name in ("half", "again")
            )
        )
        for scene in moves.SCENES
        for move in moves.AGAIN
    ]
    print(
        f"The same view rendered with another seed: mean SSIM {np.mean(again, 0)[0]:.3f}, "
        f"worst {np.min(again, 0)[0]:.3f}, PSNR {np.mean(again, 0)[1]:.1f}"
    )


def render_truth(work: blender.Blender, scene: str, folder: Path) -> None:
    """Renders what is missing in `folder`."""
    frames = [
        {"name": f"{move}_{name}", "matrix": moves.pose(scene, move, t).tolist()}
        for move in moves.MOVES
        for name, t in moves.MOMENTS.items()
    ]
    frames += [
        {"name": f"{move}_again", "matrix": moves.pose(scene, move, 0.5).tolist(), "seed": 1} for move in moves.AGAIN
    ]
    frames.insert(0, {"name": "still", "matrix": np.eye(4).tolist(), "depth": True})
    work.render(scene, folder, frames)


def splat(still: picture.Picture, pose: paths.Pose) -> np.ndarray:
    """Every pixel moved to where it is seen from `pose` (two pixels wide), nearest on top; holes from around."""
    height, width = still.height, still.width
    v, u = np.mgrid[0:height, 0:width] + 0.5
    z = np.minimum(still.metres(), 1e6)
    points = np.stack([(u - still.cx) / still.fx * z, (v - still.cy) / still.fy * z, z], -1)
    seen = (points - pose.position) @ pose.rotation
    x = seen[..., 0] / seen[..., 2] * still.fx * pose.zoom + still.cx
    y = seen[..., 1] / seen[..., 2] * still.fy * pose.zoom + still.cy
    order = np.argsort(-seen[..., 2], axis=None)
    out = np.zeros((height, width, 3), np.uint8)
    hit = np.zeros((height, width), bool)
    for dy in (0, 1):
        for dx in (0, 1):
            column = np.floor(x - 0.5).astype(int).ravel()[order] + dx
            row = np.floor(y - 0.5).astype(int).ravel()[order] + dy
            ok = (column >= 0) & (column < width) & (row >= 0) & (row < height) & (seen[..., 2].ravel()[order] > 0)
            out[row[ok], column[ok]] = still.rgb.reshape(-1, 3)[order[ok]]
            hit[row[ok], column[ok]] = True
    nearest = ndimage.distance_transform_edt(~hit, return_distances=False, return_indices=True)
    return out[tuple(nearest)]


def report(rows: list[dict]) -> None:
    """Prints a table for docs/benchmarks.md."""
    names = [key for key in rows[0] if key not in ("scene", "move", "moment")]
    print(f"\n| scene, move | {' | '.join(f'{name}: SSIM at a quarter, half, end (PSNR)' for name in names)} |")
    print("| --- |" + " --- |" * len(names))
    for scene in moves.SCENES:
        for move in moves.MOVES:
            cells = []
            for name in names:
                values = [row[name] for row in rows if row["scene"] == scene and row["move"] == move and name in row]
                cells.append(
                    ", ".join(f"{ssim:.3f}" for ssim, _ in values)
                    + " ("
                    + ", ".join(f"{psnr:.1f}" for _, psnr in values)
                    + ")"
                    if values
                    else "cannot"
                )
            print(f"| {scene}, {move.replace('_', ' ')} | {' | '.join(cells)} |")
    for amount, moments in (("whole amounts", ("quarter", "half", "end")), ("half amounts", ("quarter", "half"))):
        for name in names:
            every = [row for row in rows if name in row and row["moment"] in moments]
            values = [row[name][0] for row in every if row["move"] != "pull_out"]
            more = [row[name][0] for row in every]
            print(
                f"{amount}: {name}: five moves mean SSIM {np.mean(values):.3f}, worst {min(values):.3f}; "
                f"with pull out {np.mean(more):.3f}, {min(more):.3f}"
            )


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
