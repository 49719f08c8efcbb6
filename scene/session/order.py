"""What is known of a shot's takes before their still is there, and what an engine can't do, said in time."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..edit.edit_scene import find_edit_scene
from ..model import options, takes
from ..model.errors import SceneError
from ..model.properties import MAX_SEED, ensure_ids, prompt_of
from ..model.state import STATE
from ..stills.camera import check_camera, is_animated, picture_size
from . import prompts

CARD = ("engine", "sound", "seconds", "size_percent", "motion")  # and "prompt"


@dataclass
class Plan:
    """Takes to be made of one shot: all that is known before the still is there."""

    scene: str
    shot_uid: str
    numbers: dict[str, int]  # by key
    seeds: dict[str, int]
    source: str
    card: dict[str, Any]
    options: dict[str, Any]  # the engine's own
    wording: dict[str, Any]  # options of the prompt: the final one, or what is known of the scene
    placement: str
    frame: int | None
    edit_uid: str
    refines: str
    folder: Path


def make_plan(
    context: bpy.types.Context,
    shot: Any,
    seeds: list[int] | None,
    placement: str | None,
    source: str | None,
    overrides: dict[str, Any] | None,
    refines: str,
) -> Plan:
    """Read the shot's card and give its takes their numbers. The arguments are those of `jobs.start`.

    Raises:
        SceneError: camera_still, no_camera, panoramic_camera, engine_unavailable, too_long, too_large.
    """
    scene = shot.id_data
    ensure_ids(scene)
    card = {name: getattr(shot, name) for name in CARD} | {"prompt": prompt_of(shot)} | (overrides or {})
    if card["motion"] == "CAMERA" and not is_animated(check_camera(scene, shot.camera)):
        raise SceneError(
            "camera_still",
            "The camera is not animated. Animate it, or let the words choose the move.",
            "pick_camera",
        )
    if seeds is None:
        seeds = [shot.seed if shot.seed_lock else random.randint(0, MAX_SEED)]
        shot.seed = seeds[0]
    edit = find_edit_scene(context, scene)
    if edit is not None:
        ensure_ids(edit)
    _check_engine(card, scene)
    if (source or shot.still_source) in prompts.FROM_CAMERA:
        check_camera(scene, shot.camera)  # before a number is taken
    wording = prompts.options(shot, source or shot.still_source, overrides or {})
    keys = [uuid.uuid4().hex for _ in seeds]
    numbers = {key: takes.next_number(shot) for key in keys}
    return Plan(
        scene=scene.name,
        shot_uid=shot.uid,
        numbers=numbers,
        seeds=dict(zip(keys, seeds, strict=True)),
        source=source or shot.still_source,
        card=card,
        options=options.chosen(shot, overrides or {}),
        wording=wording,
        placement=placement or scene.take_one.placement,
        frame=edit.frame_current if edit is not None else None,
        edit_uid=edit.take_one.uid if edit is not None else "",
        refines=refines,
        folder=takes.still_folder(shot, numbers[keys[0]]),
    )


def _check_engine(card: dict[str, Any], scene: bpy.types.Scene) -> None:
    """What the engine can't do is said before anything is rendered. Nothing is checked until the backend
    has told."""
    engine = STATE.engine(card["engine"])
    if engine is None:
        return
    name = engine.get("name") or engine["id"]
    if not engine.get("available", True):
        raise SceneError(
            "engine_unavailable",
            rpt_("{name} can't run here: {reason}").format(name=name, reason=engine.get("reason", "")),
            engine.get("fix", ""),
        )
    longest = engine.get("max_seconds")
    if longest and card["seconds"] > longest:
        raise SceneError(
            "too_long",
            rpt_("{name} makes up to {longest:g} seconds, and the shot is {seconds:g}.").format(
                name=name, longest=longest, seconds=card["seconds"]
            ),
            "shorter",
        )
    clip_size(*picture_size(scene), card["size_percent"], engine)


def clip_size(width: int, height: int, percent: int, engine: dict[str, Any] | None) -> tuple[int, int]:
    """The clip's size for a still of this size: even numbers, or the engine's own size that comes closest
    in shape and then in area.

    Raises:
        SceneError: smaller_size where the engine can't make so many pixels.
    """
    wide, high = (max(16, side * percent // 100 // 2 * 2) for side in (width, height))
    engine = engine or {}
    sizes = engine.get("sizes") or ()
    if sizes:
        return min(
            ((int(w), int(h)) for w, h in sizes),
            key=lambda size: (
                round(abs(size[0] / size[1] - wide / high), 2),
                abs(size[0] * size[1] - wide * high),
            ),
        )
    most = engine.get("max_pixels")
    if most and wide * high > most:
        name = engine.get("name") or engine["id"]
        raise SceneError(
            "too_large",
            rpt_("{name} can't make {wide}x{high}, only up to {most:.1f} megapixels.").format(
                name=name, wide=wide, high=high, most=most / 1e6
            ),
            "smaller_size",
        )
    return wide, high
