"""A press of Animate: the shot's card becomes an order, and what can't be made is said before anything is rendered."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import Direction, EngineInfo
from ....client.protocol.problem import Unfit
from ...app.app import app
from ...app.errors import SceneError
from ...app.objects import ObjectId
from ...edit.edit_scene import find_edit_scene
from ...model.lent import own_size
from ...model.properties import options, properties
from ...model.properties.properties import MAX_SEED
from ...model.properties.rates import frame_rate
from ...model.shots import takes, trust
from ...model.shots.paths import absolute
from ...model.shots.shot_list import frame_of
from ...stills.camera import camera_track, check_camera, is_animated, own_camera, path_of
from ...stills.capture import IMAGE, RENDER
from ..words import prompts
from . import handles, references
from .order import Order, OrderedTake, Place, clip_size, requests

MOVED_BY_CAMERA = "CAMERA"


@dataclass(frozen=True)
class Call:
    """What one press says besides the card. None, and what `overrides` does not name, is as the card says.

    `seeds`: one take each; None: one take with the shot's seed if it is locked, else a new random one.
    `placement`: PLAYHEAD, AFTER or REPLACE. `source`, `image`: of the still. `overrides` by the names of the card:
    engine, prompt, sound, seconds, size_percent, motion, stills (a number, or None for as many as are needed), and the
    engine's options. `refines` is the uid of the take that the new one replaces on its strips. `last` is a picture
    to end on, for engines that can.
    """

    seeds: tuple[int, ...] | None = None
    placement: str | None = None
    source: str | None = None
    image: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    refines: str = ""
    last: Path | None = None


def make_order(context: bpy.types.Context, shot: Any, call: Call | None = None) -> Order:
    """Read the shot's card, and give its takes their numbers. From its first take on a shot keeps its camera and its
    frame.

    Raises:
        SceneError: camera_still, no_camera, panoramic_camera, engine_unavailable, too_long, too_large, bad_request,
            unseen_picture, unseen_pictures, no_image.
    """
    call = call or Call()
    overrides = dict(call.overrides)
    scene = shot.id_data
    file_id, scene_uid = takes.keep_ids(scene)
    source = call.source or shot.still_source
    engine_id = overrides.get("engine", shot.engine)
    engine = app().state.engine(engine_id) or EngineInfo(engine_id)
    seconds = overrides.get("seconds", shot.seconds)
    percent = overrides.get("size_percent", shot.size_percent)
    moved = overrides.get("motion", shot.motion) == MOVED_BY_CAMERA
    seen = moved or source in prompts.FROM_CAMERA
    camera = check_camera(scene, shot.camera) if seen else shot.camera or own_camera(scene)
    if moved and not is_animated(camera):
        message = "The camera is not animated. Animate it, or let the words choose the move."
        raise SceneError("camera_still", message, "pick_camera")
    _check_engine(engine, seconds, percent, scene)
    frame = frame_of(shot)
    edit = find_edit_scene(context, scene)
    fps = frame_rate(edit or scene)
    wanted = 0 if call.last is not None else scene.take_one.handles  # a clip that ends on a picture ends there
    extra = handles.of(shot, engine, wanted, moved and source in prompts.FROM_CAMERA, seconds, fps)
    seeds = call.seeds or (shot.seed if shot.seed_lock else random.randint(0, MAX_SEED),)
    count = max(1, round(extra.seconds * frame_rate(scene)))
    track = camera_track(scene, camera, frame - extra.frames, count) if moved else None
    stands = camera is not None and not moved and source == RENDER
    order = Order(
        file_id=file_id,
        scene_uid=scene_uid,
        shot_uid=shot.uid,
        shot_name=shot.name,
        frame=frame - extra.frames,
        camera=ObjectId.of(camera) if camera is not None else None,
        path=path_of(scene, camera, track) if track is not None else None,
        source=source,
        image=call.image or _image_of(shot, source),
        folder=Path(),
        picture=own_size(scene),
        size_percent=percent,
        engine=engine,
        direction=_direction(shot, overrides),
        seconds=extra.seconds,
        fps=fps,
        options=options.chosen(shot, overrides) | prompts.options(shot, source, frame, overrides),
        place=Place(
            placement=call.placement or scene.take_one.placement,
            frame=edit.frame_current if edit is not None else None,
            edit_uid=takes.keep_ids(edit)[1] if edit is not None else "",
            refines=call.refines,
        ),
        takes=tuple(OrderedTake(uuid.uuid4().hex, 0, seed, Path()) for seed in seeds),
        head=extra.head,
        tail=extra.tail,
        last=call.last if engine.last_frame else None,
        references=references.of_card(shot, engine),
        track=track,
        start=camera_track(scene, camera, frame - extra.frames, 1).poses[0] if stands else None,
        frame_count=count,
        stills=overrides.get("stills", properties.stills_of(shot)),
    )
    _check_bounds(order)
    if call.seeds is None:
        shot.seed = seeds[0]
    if seen:
        takes.keep_view(shot, camera, frame)
    return _numbered(shot, order)


def _image_of(shot: Any, source: str) -> Path | None:
    """The picture from disk that the card names. Raises SceneError unseen_picture where it would be sent, and the
    user has neither chosen it nor been shown it."""
    picture = absolute(shot.image_path) if shot.image_path else None
    if picture is not None and source == IMAGE and trust.is_unseen(picture):
        message = "The file says to send {picture} for '{shot}'. Choose it on the card, or animate that shot alone."
        raise SceneError("unseen_picture", rpt_(message).format(picture=trust.real(picture), shot=shot.name))
    return picture


def _numbered(shot: Any, order: Order) -> Order:
    """The order with numbers for its takes, which are theirs from now on, and with the places of their files."""
    found = []
    for take in order.takes:
        number = takes.next_number(shot)
        found.append(replace(take, number=number, clip=takes.new_clip_path(shot, number)))
    return replace(order, takes=tuple(found), folder=takes.still_folder(shot, found[0].number))


def _direction(shot: Any, overrides: Mapping[str, Any]) -> Direction:
    """What should happen, by the card and this press. Raises SceneError bad_request."""
    try:
        said = prompts.direction(shot)
        return replace(said, **{name: overrides[name] for name in ("prompt", "sound") if name in overrides})
    except Unfit as error:
        raise _out_of_bounds(error) from error


def _check_engine(engine: EngineInfo, seconds: float, percent: int, scene: bpy.types.Scene) -> None:
    """What the engine can't do. Nothing is checked of what the backend has not said."""
    if not engine.available:
        raise SceneError(
            "engine_unavailable",
            rpt_("{name} can't run here: {reason}").format(name=engine.label, reason=engine.reason),
            engine.fix,
        )
    if engine.max_seconds and seconds > engine.max_seconds:
        raise SceneError(
            "too_long",
            rpt_("{name} makes up to {longest:g} seconds, and the shot is {seconds:g}.").format(
                name=engine.label, longest=engine.max_seconds, seconds=seconds
            ),
            "shorter",
        )
    clip_size(*own_size(scene), percent, engine)


def _check_bounds(order: Order) -> None:
    """Raises SceneError bad_request for an order that no backend would accept."""
    try:
        requests(order, ())
    except Unfit as error:
        raise _out_of_bounds(error) from error


def _out_of_bounds(error: Unfit) -> SceneError:
    text = f"{error.place} {error.what}."
    return SceneError("bad_request", text[:1].upper() + text[1:], param=error.place)
