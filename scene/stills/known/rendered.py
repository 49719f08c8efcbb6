"""Where the camera was when a scene's Render Result was rendered: by whomever, an animation's last frame included.

Blender keeps a result in each of its render slots, and the scenes share them: the one that a render goes to is what the
slot's result was last, but for what another scene had there. So what other scenes rendered is known no longer once a
scene changes to another slot.
"""

from __future__ import annotations

from typing import Any

import bpy

from ...app.app import app
from ...app.errors import SceneError
from ..camera import check_camera
from ..files import Framing, framing_of

Key = tuple[int, int, str]  # a scene's session uid; a render slot's index and name


class Rendered:
    """The framings of the Render Results, and of the renders that run (None: not known yet, or none). `ours` are those
    that are a still with a margin; `slot` is what was rendered to last, `wide` the scene of which a wide still comes
    next."""

    def __init__(self) -> None:
        self.last: dict[Key, Framing] = {}
        self.going: dict[int, tuple[Key, Framing | None]] = {}
        self.ours: set[Key] = set()
        self.slot: tuple[int, str] | None = None
        self.wide: int | None = None


def framing(scene: bpy.types.Scene) -> Framing | None:
    """Of the scene's Render Result in the slot that is shown, or None where it was rendered before Take One looked on,
    or without a camera that it knows."""
    return app().part(Rendered).last.get(_key(scene))


def is_wide_still(scene: bpy.types.Scene) -> bool:
    """Whether the scene's Render Result in the slot that is shown is a still of ours with more around it."""
    return _key(scene) in app().part(Rendered).ours


def expect_wide(scene: bpy.types.Scene | None) -> None:
    """The next renders of this scene (None: of none) are of a still with more around it."""
    app().part(Rendered).wide = scene.session_uid if scene is not None else None


def _slot() -> tuple[int, str]:
    result = next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)
    if result is None or result.render_slots.active is None:
        return 0, ""
    return result.render_slots.active_index, result.render_slots.active.name


def _key(scene: bpy.types.Scene) -> Key:
    return (scene.session_uid, *_slot())


@bpy.app.handlers.persistent
def _on_begin(scene: bpy.types.Scene, *_: Any) -> None:
    """A frame is rendered: what was kept is of another picture."""
    rendered, key = app().part(Rendered), _key(scene)
    if rendered.slot is not None and rendered.slot != key[1:]:
        rendered.last = {one: kept for one, kept in rendered.last.items() if one[0] == key[0]}
        rendered.ours = {one for one in rendered.ours if one[0] == key[0]}
    rendered.slot = key[1:]
    rendered.last.pop(key, None)
    rendered.ours.discard(key)
    if rendered.wide == scene.session_uid:
        rendered.ours.add(key)
    rendered.going[scene.session_uid] = key, None


@bpy.app.handlers.persistent
def _on_frame(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, *_: Any) -> None:
    """The frame's own time comes first, and then, with motion blur, those through the shutter."""
    going = app().part(Rendered).going
    key, found = going.get(scene.session_uid, (None, None))
    if depsgraph.mode != "RENDER" or key is None or found is not None:
        return
    camera = depsgraph.scene_eval.camera
    if camera is not None:
        try:
            going[scene.session_uid] = key, framing_of(scene, check_camera(scene, camera.original), depsgraph)
        except SceneError:  # a panoramic one
            return


@bpy.app.handlers.persistent
def _on_end(scene: bpy.types.Scene, *_: Any) -> None:
    rendered = app().part(Rendered)
    key, found = rendered.going.pop(scene.session_uid, (None, None))
    if key is not None and found is not None:
        rendered.last[key] = found


@bpy.app.handlers.persistent
def _on_cancel(scene: bpy.types.Scene, *_: Any) -> None:
    app().part(Rendered).going.pop(scene.session_uid, None)


@bpy.app.handlers.persistent
def _on_load(*_: object) -> None:
    """Another file's scenes may have the same numbers."""
    rendered = app().part(Rendered)
    rendered.last.clear()
    rendered.going.clear()
    rendered.ours.clear()
    rendered.slot = None


HANDLERS = (
    ("render_pre", _on_begin),
    ("frame_change_post", _on_frame),
    ("render_post", _on_end),
    ("render_cancel", _on_cancel),
    ("load_post", _on_load),
)
