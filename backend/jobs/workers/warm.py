"""A tiny take that nobody sees, so that the first real one does not wait for what an engine loads and compiles."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from client.protocol import Camera, Direction, Line, TakeRequest, View

from ...engines.engine import Cancelled, Engine, EngineError

WIDTH, HEIGHT = 96, 54

log = logging.getLogger("take_one.jobs")


def warm(engine: Engine, needed: Callable[[], bool]) -> None:
    """Makes two frames of a box before a wall, with sound and a line. What goes wrong is only logged.

    `needed`: whether something that somebody waits for is to be made; then this is left off as soon as it can be.
    """
    with tempfile.TemporaryDirectory(prefix="take-one-") as folder:
        try:
            clip = engine.generate(_request(Path(folder)), lambda *_: None, needed)
            for _ in clip.frames:
                if needed():
                    return
        except Cancelled:
            return
        except (EngineError, OSError) as error:
            log.warning("The engine could not be warmed: %s", error)


def _request(folder: Path) -> TakeRequest:
    import OpenEXR
    from PIL import Image

    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    box = (abs(x - WIDTH / 2) < WIDTH / 6) & (abs(y - HEIGHT / 2) < HEIGHT / 4)
    picture = np.dstack([np.where(box, 200, x + y), np.where(box, 90, x), np.where(box, 60, 2 * y)])
    still, depth = folder / "still.png", folder / "depth.exr"
    Image.fromarray(picture.astype(np.uint8)).save(still)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"V": np.where(box, 2.0, 5.0).astype(np.float32)}).write(str(depth))
    camera = Camera("perspective", WIDTH, HEIGHT, cx=WIDTH / 2, cy=HEIGHT / 2, fx=100.0, fy=100.0)
    return TakeRequest(
        engine="",
        direction=Direction("truck right", (Line("", "English", "Yes."),), "rain"),
        views=(View(still, depth, camera),),
        seconds=2 / 24,
        fps=Fraction(24),
        size=(WIDTH, HEIGHT),
        seed=1,
    )
