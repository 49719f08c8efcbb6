"""Where the camera was when a scene's Render Result was rendered: by whomever, an animation's last frame included."""

from __future__ import annotations

from typing import Any

import bpy

from ...app.app import app
from ...app.errors import SceneError
from ..camera import check_camera
from ..files import Framing, framing_of


class Rendered:
    """By a scene's session uid: the framings of the Render Results, and of the renders that run (None: not known yet,
    or none)."""

    def __init__(self) -> None:
        self.last: dict[int, Framing] = {}
        self.going: dict[int, Framing | None] = {}


def framing(scene: bpy.types.Scene) -> Framing | None:
    """Of the scene's Render Result, or None where it was rendered before Take One looked on, or without a camera that
    it knows."""
    return app().part(Rendered).last.get(scene.session_uid)


@bpy.app.handlers.persistent
def _on_begin(scene: bpy.types.Scene, *_: Any) -> None:
    """A frame is rendered: what was kept is of another picture."""
    rendered = app().part(Rendered)
    rendered.last.pop(scene.session_uid, None)
    rendered.going[scene.session_uid] = None


@bpy.app.handlers.persistent
def _on_frame(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, *_: Any) -> None:
    """The frame's own time comes first, and then, with motion blur, those through the shutter."""
    going = app().part(Rendered).going
    if depsgraph.mode != "RENDER" or scene.session_uid not in going or going[scene.session_uid] is not None:
        return
    camera = depsgraph.scene_eval.camera
    if camera is not None:
        try:
            going[scene.session_uid] = framing_of(scene, check_camera(scene, camera.original), depsgraph)
        except SceneError:  # a panoramic one
            return


@bpy.app.handlers.persistent
def _on_end(scene: bpy.types.Scene, *_: Any) -> None:
    rendered = app().part(Rendered)
    found = rendered.going.pop(scene.session_uid, None)
    if found is not None:
        rendered.last[scene.session_uid] = found


@bpy.app.handlers.persistent
def _on_cancel(scene: bpy.types.Scene, *_: Any) -> None:
    app().part(Rendered).going.pop(scene.session_uid, None)


@bpy.app.handlers.persistent
def _on_load(*_: object) -> None:
    """Another file's scenes may have the same numbers."""
    rendered = app().part(Rendered)
    rendered.last.clear()
    rendered.going.clear()


HANDLERS = (
    ("render_pre", _on_begin),
    ("frame_change_post", _on_frame),
    ("render_post", _on_end),
    ("render_cancel", _on_cancel),
    ("load_post", _on_load),
)
