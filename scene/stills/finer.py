"""Further stills that are rendered finer than the clip: as many pixels as a frame has don't hold what another pose
shows."""

from __future__ import annotations

from dataclasses import replace

import bpy

from ..model.lent import own_size
from .borrow.depth_pass import EEVEE
from .camera import intrinsics
from .coverage.wider import composes, drivers_ask
from .track import Pose, Track

BY = 1.4  # pixels to one of the clip's, each way
MOST_FRAME = 4_000_000  # pixels of a frame: of larger ones the engine keeps no finer picture in memory
MOST_SENT = 40_000_000  # pixels of all finer stills: a server takes so many with their depth in one request


def may_be_finer(scene: bpy.types.Scene, count: int) -> bool:
    """Whether so many further stills can be rendered finer, and show the same then: nothing in them goes by pixels."""
    render, (width, height) = scene.render, own_size(scene)
    wide, high = size(width, height)
    if width * height >= MOST_FRAME or count * wide * high > MOST_SENT:
        return False
    if render.engine not in {*EEVEE, "CYCLES"} or render.use_freestyle:
        return False
    if render.engine == "CYCLES" and scene.cycles.time_limit > 0:
        return False  # more pixels would share the same seconds
    return not composes(scene) and not drivers_ask(scene)


def size(width: int, height: int) -> tuple[int, int]:
    """The finer picture's, of one of this size. The longer side follows from the shorter one: were each rounded by
    itself, the two would often not fit, and who draws from it had to move all of it by half a pixel, which blurs."""
    short, long = sorted((width, height))
    fine = round(short * BY)
    sides = fine, round(long * fine / short)
    return sides if width < height else sides[::-1]


def finer(scene: bpy.types.Scene, track: Track, one: Pose) -> Track:
    """A pose of the track alone, as a finer picture shows it."""
    sides = size(track.width, track.height)
    seen = intrinsics(one.lens, scene.render, *sides)
    return Track((replace(one, fx=seen["fx"], fy=seen["fy"], cx=seen["cx"], cy=seen["cy"]),), *sides)
