"""A shot that goes on where the one before it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...app.app import app
from ...app.errors import SceneError
from ...edit import strips
from ...edit.cut import fit, uses
from ...edit.edit_scene import find_edit_scene
from ...model.properties.rates import frame_rate
from ...model.shots import kept, shot_list, takes, trust
from ...model.shots.paths import absolute
from ...stills import clip_frame
from .order import Order
from .press import Call, make_order

PICTURE = "before.png"


def order_on(context: bpy.types.Context, shot: Any, end_on_next: bool = False) -> Order:
    """An order whose clip begins with the last frame that the edit shows of the shot before; where `end_on_next`, it
    ends on the still of the shot behind.

    Raises:
        SceneError: no_shot where there is none before or behind; no_take where it has none; no_last_frame where the
            engine can't end on a picture; and as `make_order`.
    """
    before = neighbour(context, shot, -1)
    if before is None:
        raise SceneError("no_shot", "There is no shot before this one")
    last = _still_behind(context, shot) if end_on_next else None
    image = save_last_frame(context, before, takes.new_picture(shot, 0, PICTURE))
    return make_order(context, shot, Call(source="IMAGE", image=image, placement="REPLACE", last=last))


def begin_at_moment(context: bpy.types.Context, shot: Any) -> None:
    """Let the shot begin at the moment of the scene at which the one before ends.

    Raises:
        SceneError: no_shot.
    """
    before = neighbour(context, shot, -1)
    if before is None:
        raise SceneError("no_shot", "There is no shot before this one")
    begins = shot_list.frame_of(before) + round(before.seconds * frame_rate(before.id_data))
    shot.frame, shot.frame_lock = begins, True


def neighbour(context: bpy.types.Context, shot: Any, by: int) -> Any | None:
    """The shot before (-1) or behind (1) this one: as the edit shows them, else as the list has them."""
    edit = find_edit_scene(context, shot.id_data)
    row = [use.shot_uid for use in uses.uses(edit)] if edit is not None else []
    if shot.uid not in row:
        row = [one.uid for one in shot.id_data.take_one.shots]
    place = row.index(shot.uid) + by
    return shot_list.find_shot(row[place]) if 0 <= place < len(row) else None


def save_last_frame(context: bpy.types.Context, shot: Any, path: Path) -> Path:
    """Write the last frame that the edit shows of the shot's current take; of one that it does not show, the last
    before its handle. Raises SceneError."""
    take = shot_list.find_take(shot, shot.current_take) if shot.current_take else None
    if take is None:
        message = rpt_("'{shot}', the shot before, has no take yet. Make one first.")
        raise SceneError("no_take", message.format(shot=shot.name), "retry")
    takes.check_clip(take)
    trust.check_clip(takes.clip_path(take))
    edit = find_edit_scene(context, shot.id_data)
    found = uses.uses_of(edit, shot.uid) if edit is not None else []
    movie = fit.movie_of(found[-1]) if found else None
    if movie is not None and movie.get(strips.TAKE_KEY) == take.uid:
        index = min(found[-1].end, strips.own_end(movie)) - 1 - strips.content_start(movie)
    else:
        index = -1 - max(0, kept.read(take).tail)
    clip_frame.save(context, takes.clip_path(take), index, path)
    return path


def _still_behind(context: bpy.types.Context, shot: Any) -> Path:
    engine = app().state.engine(shot.engine)
    if engine is not None and not engine.last_frame:
        message = rpt_("{engine} can't end on a picture. Choose another engine.")
        raise SceneError("no_last_frame", message.format(engine=engine.label))
    behind = neighbour(context, shot, 1)
    if behind is None:
        raise SceneError("no_shot", "There is no shot behind this one")
    still = absolute(behind.still) if behind.still else None
    if still is None or not trust.present([still]):
        message = rpt_("'{shot}', the shot behind, has no still yet. Draw the board, or animate it.")
        raise SceneError("no_still", message.format(shot=behind.name))
    return still
