"""What the camera sees on its way, as movies for workflows: the still carried along (guide), where nothing was seen
(mask), and how near it is (depth).

RGB without subsampling, since ComfyUI reads RGB: a mask is exactly black or white. Its server takes 100 MB a file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from client.protocol import TakeRequest

from ...guide.guide import Guide, GuideFrame, guide
from ...guide.limits import check_whole
from ...guide.movie import Format, written
from ..engine import Cancelled
from .graph.parts import DEPTH, GUIDE, MASK

QUALITY = {GUIDE: "8", MASK: "0", DEPTH: "4"}  # as x264's crf: 0 is without a loss
FORMATS = {
    # one thread, so that the same pictures are the same file
    role: Format("mp4", "libx264rgb", "rgb24", "rgb24", {"crf": crf, "preset": "veryfast"}, threads=1)
    for role, crf in QUALITY.items()
}


def streams(
    request: TakeRequest,
    rate: Fraction,
    count: int,
    roles: Iterable[str],
    folder: Path,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> dict[str, Path]:
    """Movies of `count` frames at `rate` in `folder`, by their roles; none where the still has no depth. The last frame
    is held where they are longer than the shot.

    Raises:
        EngineError: a still, depth, camera or path that can't be used; it is too long.
        Cancelled: `cancelled()` said so.
    """
    if request.still is None or request.still.depth is None:
        return {}
    asked = replace(request, fps=max(Fraction(1), rate))
    check_whole(asked)
    made = guide(asked)
    paths = {role: folder / f"{role}.mp4" for role in roles}
    try:
        with contextlib.ExitStack() as stack:
            add = {
                role: stack.enter_context(written(path, FORMATS[role], (made.width, made.height), rate))
                for role, path in paths.items()
            }
            for index, frame in enumerate(_held(made.frames, count)):
                if cancelled():
                    raise Cancelled
                for role in paths:
                    add[role](_picture(frame, made, role))
                progress((index + 1) / count)
    finally:
        made.frames.close()
    return paths


def _held(frames: Iterable[GuideFrame], count: int) -> Iterator[GuideFrame]:
    """`count` of the frames, the last one again and again where there are fewer."""
    left, last = count, None
    for last in frames:
        if left == 0:
            return
        left -= 1
        yield last
    for _ in range(left):
        assert last is not None
        yield last


def _picture(frame: GuideFrame, made: Guide, role: str) -> np.ndarray:
    """uint8 RGB [height, width, 3]."""
    if role == GUIDE:
        return frame.warp
    if role == MASK:
        grey = frame.hole.astype(np.uint8) * np.uint8(255)
    else:
        near, far = 1 / made.near, 1 / made.far
        share = np.clip((frame.inverse_depth - far) / max(near - far, 1e-12), 0.0, 1.0)
        grey = np.rint(np.where(frame.inverse_depth > 0, share, 0.0) * 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, 2)
