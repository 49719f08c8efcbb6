"""What a camera move has to know about the picture: how far things are, and how much room there is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from client.protocol import Thing

OUT_OF_SIGHT = 1e3  # metres: all distances, where nothing is there but sky


@dataclass(frozen=True)
class SceneDepth:
    """Distances in metres along the start camera's axis (planar depth), and the field of view.

    Without depth the distances are a plain guess at a scene with its subject at 4 m: moves use them as they are, what
    comes out is then a move in proportion to the guess.
    Background without a surface (sky) is left out of every distance; a picture of nothing but sky has all
    distances at OUT_OF_SIGHT.
    """

    orthographic: bool
    width: int  # pixels of the picture that the lengths below are in
    height: int
    fx: float  # focal lengths in pixels; orthographic: pixels a metre
    fy: float
    focus: float  # what the camera looks at: centre-weighted median
    forward: float  # how far the camera can go straight on before it meets the first thing in its way
    left: float  # how far to the side, up and down before it leaves the space seen (walls, floor, ceiling)
    right: float
    up: float
    down: float
    subject: float = 0.0  # what moves turn about, and hold in size: see `sight.py`; 0: the same as `focus`
    deepest: tuple[float, float, float] | None = None  # the middle of the farthest thing seen, in the camera's axes
    lens: tuple[float, float, float] | None = None  # what the lens focuses on, in the camera's axes
    things: tuple[Thing, ...] = ()  # the named things in view

    @property
    def fov_x(self) -> float:
        """Horizontal field of view in radians (0 for an orthographic camera)."""
        return 0.0 if self.orthographic else 2.0 * math.atan(self.width / (2.0 * self.fx))

    @property
    def fov_y(self) -> float:
        """Vertical field of view in radians (0 for an orthographic camera)."""
        return 0.0 if self.orthographic else 2.0 * math.atan(self.height / (2.0 * self.fy))

    @property
    def frame_width(self) -> float:
        """Metres that the picture is wide at the distance of `focus`."""
        return self.width / self.fx * (1.0 if self.orthographic else self.focus)

    @property
    def frame_height(self) -> float:
        """Metres that the picture is high at the distance of `focus`."""
        return self.height / self.fy * (1.0 if self.orthographic else self.focus)
