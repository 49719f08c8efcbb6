"""The shots of a file: found by id, added, removed, filled in."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from ..lent import own_frame
from ..properties import options, pictures
from ..properties.properties import DIRECTION, TAKEONE_PG_shot, TAKEONE_PG_take, new_uid


def ensure_ids(scene: bpy.types.Scene) -> tuple[str, str]:
    """The file's id and the scene's id; both are made on first use.

    All scenes of a file share one file id. A scene that was duplicated keeps its shots but gets its own id.
    """
    others = [other for other in bpy.data.scenes if other != scene]
    state = scene.take_one
    if not state.file_id:
        state.file_id = next((o.take_one.file_id for o in others if o.take_one.file_id), "") or new_uid()
    if not state.uid or any(other.take_one.uid == state.uid for other in others):
        state.uid = new_uid()
    return state.file_id, state.uid


def active_shot(scene: bpy.types.Scene) -> TAKEONE_PG_shot | None:
    """The shot that the panels show, or None where the scene has none yet."""
    shots = scene.take_one.shots
    return shots[scene.take_one.active_shot] if 0 <= scene.take_one.active_shot < len(shots) else None


def card(scene: bpy.types.Scene) -> TAKEONE_PG_shot:
    """The shot to fill in: the active one, or a blank that becomes the first shot."""
    return active_shot(scene) or scene.take_one.blank


def copy_direction(source: TAKEONE_PG_shot, target: TAKEONE_PG_shot) -> None:
    """Give `target` the direction and settings of `source`, and a text block of its own. Names, ids, camera and
    takes stay."""
    with pictures.copying():
        for name in DIRECTION:
            setattr(target, name, getattr(source, name))
    options.copy(source, target)
    if target.prompt_text:
        target.prompt_text = target.prompt_text.copy()
    target.lines.clear()
    for line in source.lines:
        new = target.lines.add()
        new.speaker, new.language, new.line = line.speaker, line.language, line.line
    target.references.clear()
    for reference in source.references:
        target.references.add().path = reference.path


def free_name(name: str, but: str = "") -> str:
    """`name`, or with the first number that makes it no other shot's. `but` is the uid of one that may have it."""
    used = {shot.name for shot in all_shots() if shot.uid != but}
    number, found = 1, name
    while found in used:
        number += 1
        found = f"{name} {number}"
    return found


def add_shot(scene: bpy.types.Scene, camera: bpy.types.Object | None = None) -> TAKEONE_PG_shot:
    """Append a shot with a free name, and make it the active one."""
    ensure_ids(scene)
    shots = scene.take_one.shots
    used = {shot.name for shot in all_shots()}
    number = len(shots) + 1
    while f"Shot {number:02d}" in used:
        number += 1
    shot = shots.add()
    shot.uid = new_uid()
    shot.name = f"Shot {number:02d}"
    shot.camera = camera
    scene.take_one.active_shot = len(shots) - 1
    return shot


def insert_copy(shot: TAKEONE_PG_shot) -> TAKEONE_PG_shot:
    """A shot with the direction, camera, frame and length of this one, right behind it, without its dialogue and takes.
    The list is laid out anew: find other shots again."""
    scene, uid = shot.id_data, shot.uid
    add_shot(scene, shot.camera)
    shots = scene.take_one.shots
    place = [one.uid for one in shots].index(uid)
    shots.move(len(shots) - 1, place + 1)
    old, new = shots[place], shots[place + 1]
    copy_direction(old, new)
    new.lines.clear()
    new.name = free_name(old.name, new.uid)
    new.frame, new.frame_lock, new.status = old.frame, old.frame_lock, "TODO"
    scene.take_one.active_shot = place + 1
    return new


def move_shot(shot: TAKEONE_PG_shot, by: int) -> None:
    """Let a shot stand earlier or later in its list. The active one stays active."""
    state = shot.id_data.take_one
    uids = [one.uid for one in state.shots]
    active = uids[state.active_shot] if 0 <= state.active_shot < len(uids) else ""
    place = uids.index(shot.uid)
    target = max(0, min(place + by, len(uids) - 1))
    state.shots.move(place, target)
    if active:
        state.active_shot = [one.uid for one in state.shots].index(active)


def remove_shot(shot: TAKEONE_PG_shot) -> None:
    """Remove a shot from its scene's list. The active one stays active; else the next one is."""
    state = shot.id_data.take_one
    place = [one.uid for one in state.shots].index(shot.uid)
    state.shots.remove(place)
    if place < state.active_shot:
        state.active_shot -= 1
    state.active_shot = max(0, min(state.active_shot, len(state.shots) - 1))


def frame_of(shot: TAKEONE_PG_shot) -> int:
    """The frame that the shot's still is taken at: the one that it keeps, else where its scene stands."""
    return int(shot.frame if shot.frame_lock else own_frame(shot.id_data))


def ensure_shot(scene: bpy.types.Scene) -> TAKEONE_PG_shot:
    """The active shot; the blank card becomes the first one where the scene has none."""
    shot = active_shot(scene)
    if shot:
        return shot
    blank = scene.take_one.blank
    shot = add_shot(scene, blank.camera)
    text, blank.prompt_text = blank.prompt_text, None  # which the user may be writing in
    copy_direction(blank, shot)
    shot.prompt_text = text
    return shot


def all_shots() -> Iterator[TAKEONE_PG_shot]:
    """Every shot of the file."""
    for scene in bpy.data.scenes:
        yield from scene.take_one.shots


def find_scene(scene_uid: str) -> bpy.types.Scene | None:
    """The scene with this id, or None where it was deleted."""
    return next((scene for scene in bpy.data.scenes if scene.take_one.uid == scene_uid), None)


def find_shot(shot_uid: str, scene_uid: str = "") -> TAKEONE_PG_shot | None:
    """The shot with this id: in the scene with this id first, for a scene that was duplicated has the same shots."""
    scene = find_scene(scene_uid) if scene_uid else None
    own = (shot for shot in scene.take_one.shots if shot.uid == shot_uid) if scene else iter(())
    return next(own, None) or next((shot for shot in all_shots() if shot.uid == shot_uid), None)


def shot_with(shot_uid: str, scene_uid: str = "") -> TAKEONE_PG_shot:
    """The shot that is known to be there: one that was just made, or found under its id. Raises LookupError."""
    shot = find_shot(shot_uid, scene_uid)
    if shot is None:
        raise LookupError(f"there is no shot {shot_uid}")
    return shot


def find_take(shot: TAKEONE_PG_shot, take_uid: str) -> TAKEONE_PG_take | None:
    """The shot's take with this id."""
    return next((take for take in shot.takes if take.uid == take_uid), None)
