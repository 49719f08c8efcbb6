"""What a stranger's file may say of a shot and no shot of ours does, put right when it comes in: a data-block of
another kind where a camera, a text or our properties belong, an id that is none, or another shot's."""

from __future__ import annotations

from typing import Any

import bpy

from .properties import new_uid

KINDS = {"camera": bpy.types.Object, "prompt_text": bpy.types.Text, "final_prompt": bpy.types.Text}
LONGEST_UID = 64


def mend(scene: bpy.types.Scene) -> None:
    """Of linked shots only the data-blocks, for as long as their file is open: the ids are their own file's."""
    _drop_blocks(scene)
    state = scene.take_one
    for shot in (state.blank, *state.shots):
        _drop_others(shot, KINDS)
        for stop in shot.walk_cameras:
            _drop_others(stop, {"camera": bpy.types.Object})
    known: set[str] = set()
    for shot in state.shots if scene.library is None else ():
        if not 0 < len(shot.uid) <= LONGEST_UID or shot.uid in known:
            shot.uid = new_uid()
        known.add(shot.uid)


def _drop_blocks(scene: bpy.types.Scene) -> None:
    """Blender never comes back from reading properties of ours where the file has a data-block in their place."""
    kept = scene.bl_system_properties_get() if hasattr(scene, "bl_system_properties_get") else scene
    _drop_block(kept, "take_one")
    own = kept.get("take_one") if kept is not None else None
    for name in ("blank", "burn_in"):
        _drop_block(own, name)


def _drop_block(group: Any, name: str) -> None:
    if hasattr(group, "get") and isinstance(group.get(name), bpy.types.ID):
        del group[name]


def _drop_others(item: Any, kinds: dict[str, type]) -> None:
    for name, kind in kinds.items():
        if not isinstance(getattr(item, name), kind | None):
            setattr(item, name, None)
