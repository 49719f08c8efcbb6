"""Frame rates, exact."""

from __future__ import annotations

from fractions import Fraction

import bpy

from ....client.protocol.rates import exact_rate

NTSC = 1.001


def frame_rate(scene: bpy.types.Scene) -> Fraction:
    """The scene's frame rate as a fraction: 24, or 24000/1001 for an fps base of 1.001."""
    render = scene.render
    if abs(render.fps_base - NTSC) < 1e-5:
        return Fraction(render.fps * 1000, 1001)
    return exact_rate(Fraction(render.fps) / Fraction(render.fps_base)).limit_denominator(1001)
