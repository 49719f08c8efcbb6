"""An edit to cut in: takes and colours laid by hand, and where they are, in figures."""

from __future__ import annotations

import bpy
from take_one.scene.edit import edit_scene, strips
from take_one.scene.edit.cut import effects, levels, uses
from take_one.scene.edit.cut.ripple import Rules

ALL, OFF = Rules(True, True, True), Rules(False, True, True)


def an_edit(fps: int) -> bpy.types.Scene:
    """An edit of so many frames a second from frame 37 on, of a scene of 30."""
    scene = bpy.context.scene
    scene.render.fps = 30
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.frame_start, edit.frame_end = fps, 37, 37
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    return edit


def lay(edit, source, uid, frame, after=None, channel=2, take=None, **more):
    """A take's movie and sound on two channels, from a frame to before another."""
    name = take or uid
    movie, sound = strips.place(edit, source, name=name, shot_uid=uid, take_uid=name, frame=frame, **more)
    for strip, to in ((movie, channel), (sound, channel - 1)):
        setattr(strip, strips.END, after or frame + 40)
        strip.channel = to
    return movie, sound


def colour(edit, name, channel, first, count, **keys_of):
    """A colour for so many frames, with these marks."""
    strip = effects.new_effect(edit, name, "COLOR", channel, first, count)
    for key, value in keys_of.items():
        strip[key] = value
    return strip


def colour_to(edit, name, channel, first, after, **keys_of):
    """The same up to before a frame."""
    return colour(edit, name, channel, first, after - first, **keys_of)


def extent(strip):
    return strips.start(strip), strips.end(strip), strip.channel


def spans(edit):
    return {one.name: extent(one) for one in edit.sequence_editor.strips}


def row(edit):
    return [(use.shot_uid, use.start, use.end) for use in uses.uses(edit)]


def use_of(edit, uid, index=0):
    return uses.uses_of(edit, uid)[index]


def points(sound):
    return [(key.co.x, round(key.co.y, 4)) for key in levels._keys(sound)]
