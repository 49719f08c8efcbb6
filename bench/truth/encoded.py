"""What H.264 takes of the likeness of tours' takes, encoded as takes are.

    .dev/test/bin/python bench/truth/encoded.py [--renders FOLDER] [TOUR ...]

FOLDER is one that tour.py filled. Prints the mean SSIM of the true frames that are there (but those at which a view
stands) to the engine's frames, lossless and from the mp4.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.engines.engine import Clip  # noqa: E402
from backend.media.encode import write_clip  # noqa: E402
from backend.media.movie import read_movie  # noqa: E402
from bench.truth.compare import compare  # noqa: E402
from bench.truth.drawn import Drawn, told  # noqa: E402
from bench.truth.tour import FPS, picture, request, true  # noqa: E402
from bench.truth.tours import TOURS  # noqa: E402


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tours", nargs="*", metavar="TOUR", default=list(TOURS))
    arguments.add_argument("--renders", type=Path, default=Path(tempfile.gettempdir()) / "take-one-tours")
    given = arguments.parse_args()
    for name in given.tours:
        tour, folder = TOURS[name], given.renders / TOURS[name].scene
        plan, how = json.loads((folder / f"{name}_plan.json").read_text()), str(tour.count())
        views = plan["views"][how]
        asked = replace(
            told(request(name, tour, views, folder, plan["finer"][how]), plan["unseen"][how]), fps=Fraction(FPS)
        )
        drawn, (width, height) = Drawn(asked), asked.size
        lossless = [drawn.frame(k) for k in range(asked.frame_count)]
        clip = Clip(width, height, asked.fps, asked.frame_count, iter(lossless))
        with tempfile.TemporaryDirectory() as aside:
            path = Path(aside) / "take.mp4"
            write_clip(clip, asked, path, lambda *_: None, lambda: False)
            decoded = list(read_movie(path).frames(asked.fps, asked.frame_count))
            size = path.stat().st_size / asked.frame_count / 1e3
        scored = [k for k in range(asked.frame_count) if k not in views and true(folder, name, k).exists()]
        truths = [picture(true(folder, name, k)) for k in scored]
        one, two = (
            np.mean([compare(truth, frames[k])[0] for k, truth in zip(scored, truths, strict=True)])
            for frames in (lossless, decoded)
        )
        print(
            f"{name}, {len(views)} views, {len(scored)} frames: {one:.4f}, from the mp4 {two:.4f} ({size:.0f} KB each)"
        )


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    main()
