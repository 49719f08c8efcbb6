"""What strips of ours say of themselves in custom properties. A stranger's file may hold anything there: what is of
another kind counts as not there."""

from __future__ import annotations

import bpy

from .lent import LAST

MOST_PIXELS = 65536  # in a row of a picture


def text(strip: bpy.types.Strip, key: str) -> str:
    """A word or an id, "" where there is none."""
    told = strip.get(key)
    return told if isinstance(told, str) else ""


def number(strip: bpy.types.Strip, key: str) -> int:
    """Frames, also negative; 0 where there are none, or more than Blender has."""
    told = strip.get(key)
    return int(told) if isinstance(told, int) and abs(told) <= LAST else 0


def count(strip: bpy.types.Strip, key: str) -> int:
    """How many frames; 0 where that is nothing that can be counted."""
    return max(0, number(strip, key))


def size(strip: bpy.types.Strip, key: str) -> tuple[int, int] | None:
    """Width and height in pixels."""
    try:
        width, height = strip.get(key)
        return (int(width), int(height)) if 0 < min(width, height) <= max(width, height) <= MOST_PIXELS else None
    except (TypeError, ValueError):
        return None
