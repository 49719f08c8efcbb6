"""A view: a picture from a known camera."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .camera import Camera
from .problem import Unfit


@dataclass(frozen=True)
class View:
    """`image` is a PNG, JPEG or WebP, `depth` an EXR of metres along the camera's axis.

    `t` is the view's time in the shot, 0..1. The still is the view at 0; a view at 1 is the frame to end on. A view
    within a thousandth after the still, from the same place, may show what the still does and more around it: an engine
    with `overscan` draws from it in the still's stead, and the clip has the still's frame all the same.
    """

    image: Path
    depth: Path | None = None
    camera: Camera | None = None
    t: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.t <= 1:
            raise Unfit("t", "must lie between 0 and 1")
