"""The move that the words mean as a camera's own animation: asked of the backend, laid as keys to be edited by hand and
followed from several stills."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_
from mathutils import Matrix

from ....client.events import WordsFound
from ....client.protocol import Keyframe, WordsPath
from ...app.app import app
from ...app.errors import SceneError
from ...edit import landing
from ...model.properties.rates import frame_rate
from ...model.shots import shot_list
from ...stills.borrow.borrowed import borrowing
from ...stills.camera import camera_of, camera_track, check_camera, metres_per_unit
from ...stills.known.things import with_things
from ..server import connection
from ..words import prompts

MOST_KEYS = 49  # of a steady move
BENDS = 2.0  # a second, of its roll: more is a hand's unsteadiness, of which no key can be left out


def ask(shot: Any) -> None:
    """Ask which path the shot's words mean, seen by its camera at its frame. Never waits: the camera is made when the
    answer comes (`lay`).

    Raises:
        SceneError: no_words_path; no_camera, panoramic_camera; bad_request.
    """
    state, scene = app().state, shot.id_data
    engine = state.engine(shot.engine)
    if engine is not None and not engine.words_path:
        text = rpt_("{engine} makes no camera path of words. Animate the camera instead.")
        raise SceneError("no_words_path", text.format(engine=engine.label), "pick_engine")
    camera = check_camera(scene, shot.camera)
    try:
        direction = prompts.direction(shot)
    except ValueError as error:
        raise SceneError("bad_request", str(error)) from error
    frame = shot_list.frame_of(shot)
    with borrowing(scene, {"camera": camera, "frame_float": float(frame)}):
        seen = with_things(scene, camera_of(scene, camera))
    shot.camera, shot.frame, shot.frame_lock = camera, frame, True
    asked = (engine.id if engine is not None else shot.engine, direction, seen, float(shot.seconds), int(shot.seed))
    connection.session().words_path(shot.uid, *asked)
    state.composing = shot.uid
    state.changed()


def lay(event: WordsFound) -> None:
    """The answer has come: a camera with the words' move, which the shot follows from now on. Raises SceneError."""
    state = app().state
    if state.composing == event.key:
        state.composing = ""
    state.changed()
    if event.problem is not None:
        raise SceneError.of(event.problem)
    shot = shot_list.find_shot(event.key)
    if shot is None or shot.camera is None:
        return
    if event.found is None:
        raise SceneError("no_words_path", "The words say of no camera move.")
    shot.camera = _camera(shot, event.found)
    shot.motion = "CAMERA"
    shot.walk_notes = "\n".join(event.found.notes)
    landing.push_undo(bpy.context, "Take One: Move of the Words")


def _camera(shot: Any, found: WordsPath) -> bpy.types.Object:
    """A copy of the shot's camera, where it stands at the shot's frame, with the path as keys from there on."""
    scene, source = shot.id_data, shot.camera
    pose = camera_track(scene, source, shot.frame, 1).poses[0]
    start, lens = np.array(pose.matrix), pose.lens.lens
    data = source.data.copy()
    if data.library is not None:
        data.make_local()
    data.animation_data_clear()
    made = bpy.data.objects.new(f"{shot.name} Move", data)
    scene.collection.objects.link(made)
    made.rotation_mode = "QUATERNION"
    frames = max(1, round(shot.seconds * frame_rate(scene)))
    keys, before = found.path.keyframes, None
    zooms = len({round(key.zoom, 5) for key in keys}) > 1
    every = 1 if _is_unsteady(keys, float(shot.seconds)) else max(1, -(-len(keys) // MOST_KEYS))
    for key in keys[::every] + (keys[-1:] if len(keys) > 1 else ()):
        matrix = np.array(key.matrix)
        matrix[:3, 3] /= metres_per_unit(scene)
        place, turn, _ = Matrix((start @ matrix).tolist()).decompose()
        if before is not None:
            turn.make_compatible(before)
        made.location, made.rotation_quaternion, before = place, turn, turn
        frame = shot.frame + key.t * (frames - 1)
        for path in ("location", "rotation_quaternion"):
            made.keyframe_insert(path, frame=frame)
        if zooms:
            data.lens = lens * key.zoom
            data.keyframe_insert("lens", frame=frame)
    return made


def _is_unsteady(keys: tuple[Keyframe, ...], seconds: float) -> bool:
    """Whether the path rolls to and fro as in a hand, by how often its roll bends the other way."""
    bends = np.diff([key.matrix[1][0] for key in keys], 2)
    signs = np.sign(bends[np.abs(bends) > 1e-6])
    return int(np.count_nonzero(np.diff(signs))) > BENDS * seconds
