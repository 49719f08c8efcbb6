"""A clip at a glance: `python devtools/demo/contact_sheet.py CLIP SHEET.png`, in the backend's environment."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np
from PIL import Image

COLUMNS, ROWS, WIDTH, GAP = 3, 2, 480, 6
PAPER = (24, 24, 26)


def contact_sheet(clip: Path, sheet: Path) -> None:
    """Six frames from first to last, evenly spaced, on one picture."""
    with av.open(str(clip)) as container:
        frames = [frame.to_image() for frame in container.decode(video=0)]
    picks = [frames[round(index)] for index in np.linspace(0, len(frames) - 1, COLUMNS * ROWS)]
    height = round(WIDTH * picks[0].height / picks[0].width)
    paper = Image.new("RGB", (COLUMNS * (WIDTH + GAP) + GAP, ROWS * (height + GAP) + GAP), PAPER)
    for index, pick in enumerate(picks):
        row, column = divmod(index, COLUMNS)
        paper.paste(
            pick.resize((WIDTH, height), Image.Resampling.LANCZOS),
            (GAP + column * (WIDTH + GAP), GAP + row * (height + GAP)),
        )
    paper.save(sheet)


if __name__ == "__main__":
    contact_sheet(Path(sys.argv[1]), Path(sys.argv[2]))
