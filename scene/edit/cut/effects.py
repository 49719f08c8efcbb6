"""Effect strips, made in every Blender."""

from __future__ import annotations

import bpy


def new_effect(
    edit: bpy.types.Scene, name: str, kind: str, channel: int, frame: int, frames: int, *inputs: bpy.types.Strip
) -> bpy.types.Strip:
    """An effect strip of this kind, such as TEXT, COLOR or CROSS, with what it is made of."""
    ends = {"length": frames} if bpy.app.version >= (5, 0, 0) else {"frame_end": frame + frames}
    made_of = {f"input{number}": strip for number, strip in enumerate(inputs, 1)}
    strip = edit.sequence_editor.strips.new_effect(name, kind, channel, frame, **ends, **made_of)
    strip.select = False
    return strip
