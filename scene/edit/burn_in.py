"""Burn-ins: text over the film by templates, as strips that can be switched off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ...client.protocol.edit.burn_in import WORDS, filled
from ...client.protocol.edit.timecode import timecode
from ..app.app import app
from ..app.errors import SceneError
from ..model import marks
from ..model.properties.edit_properties import Followers
from ..model.properties.rates import frame_rate
from ..model.shots.kept import read
from ..model.shots.shot_list import find_shot, find_take
from . import strips
from .cut import effects, levels
from .cut.uses import BURN_KEY, WITH_KEY, Use, uses

CHANNELS_BETWEEN = 5  # left free under the burn-ins, for transitions
# by place: where in the picture (from its lower left corner), and what of the text lies there
PLACES = {
    "top_left": (0.02, 0.97, "LEFT", "TOP"),
    "top": (0.5, 0.97, "CENTER", "TOP"),
    "top_right": (0.98, 0.97, "RIGHT", "TOP"),
    "bottom_left": (0.02, 0.03, "LEFT", "BOTTOM"),
    "bottom": (0.5, 0.03, "CENTER", "BOTTOM"),
    "bottom_right": (0.98, 0.03, "RIGHT", "BOTTOM"),
}
OF_FRAME = ("frame", "timecode", "shot_frame", "lens")  # what changes from frame to frame
OF_SHOT = ("shot", "take", "shot_frame", "camera", "lens", "engine", "seed", "date", "note", "line")
SIZE = 0.032  # of the picture's height, as it is at 100 %: strips are scaled with the render


def names(template: str) -> set[str]:
    """The words that a template asks for."""
    return {word for word in WORDS if re.search(rf"(?<!\{{)\{{{word}(:0?[1-9])?\}}", template)}


def film_values(edit: bpy.types.Scene, frame: int) -> dict[str, str]:
    """What the words that belong to the film stand for."""
    first = edit.frame_start
    return {
        "title": Path(bpy.data.filepath).stem if bpy.data.filepath else edit.name,
        "frame": str(frame),
        "frames": str(max(0, strips.last_frame(edit) - first)),
        "timecode": timecode(frame - first, frame_rate(edit)),
    }


def shot_values(use: Use, frame: int) -> dict[str, str]:
    """What the words that belong to the shot stand for."""
    shot = find_shot(use.shot_uid)
    if shot is None:
        return {}
    camera = shot.camera or shot.id_data.camera
    lens = camera.data if camera is not None and camera.type == "CAMERA" else None
    shown = next((marks.text(strip, strips.TAKE_KEY) for strip in use.strips if strips.TAKE_KEY in strip), "")
    take = find_take(shot, shown) if shown else None
    values = {
        "shot": shot.name,
        "take": "board",
        "shot_frame": str(frame - use.start + 1),
        "camera": camera.name if lens is not None else "",
        "lens": lens_words(lens, take, use, frame) if lens is not None else "",
        "note": " ".join(shot.note.split()),
        "line": " / ".join(f"{line.speaker}: {line.line}".removeprefix(": ") for line in shot.lines),
    }
    return values if take is None else values | _take_values(take)


def lens_words(lens: Any, take: Any, use: Use, frame: int) -> str:
    """The focal length of what is seen at a frame: by the camera that the take was made with, where it is known, and
    its zoom there; else the camera's now."""
    if lens.type == "ORTHO":
        return f"{lens.ortho_scale:.4g}"
    request = read(take).request if take is not None else None
    camera = request.still.camera if request is not None and request.still is not None else None
    if request is None or camera is None or camera.projection != "perspective":
        return f"{lens.lens:.4g} mm"
    if lens.sensor_fit == "VERTICAL":
        length = camera.fy * lens.sensor_height / camera.height
    else:
        across = camera.fy / camera.height if lens.sensor_fit == "AUTO" and camera.height > camera.width else 0.0
        length = (across or camera.fx / camera.width) * lens.sensor_width
    movie = next((strip for strip in use.strips if strip.type == "MOVIE"), None)
    if request.path is not None and movie is not None:
        before = max(0, marks.count(movie, strips.HEAD_KEY) - request.shot_frames[0])
        into = frame - strips.content_start(movie) - before
        zooms = [(key.t, key.zoom) for key in request.path.keyframes]
        length *= levels.between(zooms, into / max(1, request.frame_count - 1))
    return f"{length:.3g} mm"


def _take_values(take: Any) -> dict[str, str]:
    values = {"take": f"t{take.number:03d}", "engine": take.engine, "seed": str(take.seed)}
    made = made_on(take)
    return values | ({"date": made} if made else {})


def made_on(take: Any) -> str:
    """The day on which a take was made, as ISO 8601; "" where nobody knows."""
    return read(take).made[:10]


def templates(edit: bpy.types.Scene) -> dict[str, str]:
    """By place, without those that are empty."""
    found = {place: str(getattr(edit.take_one.burn_in, place)) for place in PLACES}
    return {place: template for place, template in found.items() if template.strip()}


def lay(edit: bpy.types.Scene) -> int:
    """Lay the edit's burn-ins anew, by its templates: a strip a place for the film, or one a shot where the template
    names what belongs to shots. Returns how many strips there are. Raises SceneError no_channel."""
    clear(edit)
    row = uses(edit)
    wanted = templates(edit)
    if not row or not wanted:
        return 0
    count = 0
    first, after = row[0].start, max(use.end for use in row)
    lowest = max(strip.channel for strip in edit.sequence_editor.strips) + CHANNELS_BETWEEN
    for place, template in wanted.items():
        of_shot = bool(names(template) & set(OF_SHOT))
        free = strips.usable_channels(edit.sequence_editor, first, after)
        channel = (
            next((one for one in free if one >= lowest), None)
            or strips.free_channels(edit.sequence_editor, first, after, 1)[0]
        )
        for use in row if of_shot else [None]:
            start, end = (use.start, use.end) if use else (first, after)
            strip = effects.new_effect(edit, f"Burn-in {place.replace('_', ' ')}", "TEXT", channel, start, end - start)
            _style(edit, strip, place)
            if use is not None:
                strip[WITH_KEY] = use.shot_uid
            count += 1
    update(edit, edit.frame_current, all_words=True)
    return count


def renew(edit: bpy.types.Scene) -> None:
    """Something of the shots has changed: the burn-ins, where they are shown, say so; new shots get theirs."""
    if not edit.take_one.burn_in.shown:
        return
    covered = {marks.text(strip, WITH_KEY) for strip in of(edit) if WITH_KEY in strip}
    if {use.shot_uid for use in uses(edit)} <= covered:
        update(edit, edit.frame_current, all_words=True)
    else:
        follow(edit)


def clear(edit: bpy.types.Scene) -> int:
    """Remove the burn-ins. Returns how many strips went."""
    found = of(edit)
    for strip in found:
        strips.take_from(edit.sequence_editor, strip)
    return len(found)


def of(edit: bpy.types.Scene) -> list[bpy.types.Strip]:
    """The strips of the edit's burn-ins."""
    return [strip for strip in strips.strips_of_edit(edit) if BURN_KEY in strip and strip.type == "TEXT"]


def update(edit: bpy.types.Scene, frame: int, all_words: bool = False) -> None:
    """Write the texts that change with the frame; or all, after something of the shots has changed."""
    found = of(edit)
    if not found:
        return
    row = uses(edit)
    film = film_values(edit, frame)
    wanted = templates(edit)
    for strip in found:
        template = wanted.get(marks.text(strip, BURN_KEY), "")
        moving = bool(names(template) & set(OF_FRAME))
        here = strips.start(strip) <= frame < strips.end(strip)
        if not (all_words or (moving and here)):
            continue
        use = next((use for use in row if strip in use.over), None) if WITH_KEY in strip else None
        text = filled(template, film | (shot_values(use, frame) if use is not None else {}))
        if strip.text != text:
            strip.text = text


def _style(edit: bpy.types.Scene, strip: bpy.types.Strip, place: str) -> None:
    x, y, along, up = PLACES[place]
    strip[BURN_KEY] = place
    strip.location = (x, y)
    strip.anchor_x, strip.anchor_y = along, up
    if "alignment_x" in strip.bl_rna.properties:
        strip.alignment_x = along
    strip.font_size = max(8, round(SIZE * edit.render.resolution_y))
    strip.use_shadow = True
    strip.color_tag = "COLOR_09"


@persistent
def _on_frame(scene: bpy.types.Scene, *_: object) -> None:
    """The numbers of the frame follow the playhead, and the frames of a render."""
    if scene.sequence_editor is not None and scene.take_one.burn_in.shown:
        update(scene, scene.frame_current)


def follow(edit: bpy.types.Scene) -> None:
    """The edit's burn-ins are switched on or off, or have another template."""
    if edit.library is not None or edit.sequence_editor is None:
        return
    try:
        if edit.take_one.burn_in.shown:
            lay(edit)
        else:
            clear(edit)
    except SceneError as error:
        app().state.fail(error)


HANDLERS = ("frame_change_pre", "render_pre")  # a render of another scene than the window's has only the second


def register() -> None:
    """Follow the frame, and the switch."""
    app().part(Followers).of_burn_in.append(follow)
    for name in HANDLERS:
        getattr(bpy.app.handlers, name).append(_on_frame)


def unregister() -> None:
    """Follow it no more."""
    for name in HANDLERS:
        if _on_frame in getattr(bpy.app.handlers, name):
            getattr(bpy.app.handlers, name).remove(_on_frame)
