"""DepthFlow on the frames of camera_truth.py: its parameters fitted to each true frame, for moves they can express.

    pip install depthflow scikit-image OpenEXR      (in an environment of its own)
    python bench/truth/rival.py --renders FOLDER [--tries 45]

FOLDER is the one that camera_truth.py filled. DepthFlow gets the still and its true depth (as disparity from 0 to 1,
which is what its own estimator makes). A random search that narrows down (the best of so many tries, by SSIM) sets
height, isometric and zoom, and the offset and centre along the move or, for a push in, dolly and focus.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import OpenEXR
from depthflow.scene import DepthScene
from depthflow.state import DepthState
from PIL import Image
from skimage.metrics import structural_similarity

SCENES, MOMENTS = ("room", "street"), ("half", "end")
MOVES = ("truck", "pedestal", "push_in")
START = {
    "truck": {"height": 0.3, "isometric": 0.3, "zoom": 1.0, "offset": 0.0, "center": 0.0},
    "pedestal": {"height": 0.3, "isometric": 0.3, "zoom": 1.0, "offset": 0.0, "center": 0.0},
    "push_in": {"height": 0.3, "isometric": 0.3, "zoom": 1.1, "dolly": 0.0, "focus": 0.0},
}
SPREAD = {"height": 0.3, "isometric": 0.3, "zoom": 0.1, "offset": 0.5, "center": 0.1, "dolly": 0.5, "focus": 0.3}


def state(move: str, values: dict[str, float]) -> DepthState:
    """DepthFlow's parameters; it takes pairs (x, y) for offset and centre."""
    axis = 1 if move == "pedestal" else 0
    pairs = {
        key: tuple(value if i == axis else 0.0 for i in range(2))
        for key, value in values.items()
        if key in ("offset", "center")
    }
    return DepthState(sticky=False, **{key: value for key, value in values.items() if key not in pairs}, **pairs)


class Fit(DepthScene):
    """Draws candidates one after the other; `score` judges each when the next is asked for."""

    steps: Iterator[DepthState]

    def update(self) -> None:
        following = next(self.steps, None)
        if following is not None:
            self.state = following


def search(scene: Fit, move: str, truth: np.ndarray, tries: int, best: list[float]) -> Iterator[DepthState]:
    random = np.random.default_rng(1)
    chosen, width = dict(START[move]), 1.0
    candidate = dict(chosen)
    yield state(move, candidate)
    for _ in range(tries):
        frame = scene.screenshot()[..., :3]
        score = structural_similarity(truth, frame, channel_axis=2)
        if score > best[0]:
            best[0], chosen = score, candidate
        width = max(0.05, width * 0.95)
        candidate = {key: value + random.normal(0, SPREAD[key] * width) for key, value in chosen.items()}
        candidate["isometric"] = float(np.clip(candidate["isometric"], 0, 1))
        yield state(move, candidate)


def disparity(path: Path) -> np.ndarray:
    with OpenEXR.File(str(path)) as file:
        depth = next(iter(file.channels().values())).pixels
    inverse = np.where(depth > 1e6, 0, 1 / np.maximum(depth, 1e-6))
    low, high = np.percentile(inverse, [0, 99.9])
    return (np.clip((inverse - low) / (high - low), 0, 1) * 65535).astype(np.uint16)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--renders", type=Path, required=True)
    arguments.add_argument("--tries", type=int, default=45)
    given = arguments.parse_args()
    scores = []
    scene = Fit(backend="headless")
    for name in SCENES:
        folder = given.renders / name
        still = np.asarray(Image.open(folder / "still.png").convert("RGB"))
        scene.input(image=still, depth=disparity(folder / "depth.exr"))
        for move in MOVES:
            for moment in MOMENTS:
                truth = np.asarray(Image.open(folder / f"{move}_{moment}.png").convert("RGB"))
                best = [-1.0]
                scene.steps = search(scene, move, truth, given.tries, best)
                scene.main(width=640, height=360, fps=10, time=(given.tries + 2) / 10, ssaa=1, freewheel=True)
                scores.append(best[0])
                print(f"| {name}, {move}, {moment} | {best[0]:.3f} |", flush=True)
    print(f"mean {np.mean(scores):.3f}, worst {min(scores):.3f}")


if __name__ == "__main__":
    main()
