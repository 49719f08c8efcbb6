"""The board's pictures, drawn shot by shot while Blender goes on, and then the takes queued."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...app import timer
from ...app.app import app
from ...app.errors import SceneError
from ...edit import board, strips
from ...edit.edit_scene import ensure_edit_scene
from ...model.lent import own_frame, own_size
from ...model.shots.paths import stored_path
from ...model.shots.shot_list import find_shot
from ...stills import capture, viewport
from ...stills.borrow.borrowed import borrowing
from ...stills.camera import check_camera
from .. import jobs
from ..press import quotes
from ..press.press import Call, make_order
from ..server import connection

LOG = logging.getLogger("take_one")
PAUSE = 0.01
Uids = tuple[str, str]  # of a shot and of its scene


class Drawing:
    """What is still to be done: `pictures` to be drawn, then `takes` to be queued. `steps` are the seconds that the
    last pictures took."""

    def __init__(self) -> None:
        self.pictures: deque[Uids] = deque()
        self.takes: deque[Uids] = deque()
        self.count = 0
        self.steps: list[float] = []

    @property
    def done(self) -> int:
        return self.count - len(self.pictures)


@dataclass(frozen=True)
class Laid:
    """Where boards were laid: how many, in which edit."""

    edit: bpy.types.Scene
    count: int


def lay(context: bpy.types.Context, shots: list[Uids], places: list[tuple[int | None, int | None]]) -> Laid:
    """Lay a board for each shot that the edit does not show yet: at its place (frame and length in the edit), or after
    what is there. Raises SceneError."""
    count = 0
    edit = None
    for uids, (at, frames) in zip(shots, places, strict=True):
        shot = find_shot(*uids)
        assert shot is not None
        edit = edit or ensure_edit_scene(context, shot.id_data)
        if strips.strips_of_shot(shot.uid) or board.boards_of(shot.uid):
            continue
        shot.still = shot.still or stored_path(board.picture_of(shot))
        board.lay(edit, shot, strips.last_frame(edit) if at is None else at, look_size(shot.id_data), frames)
        count += 1
    assert edit is not None
    if count:
        edit.frame_end = max(edit.frame_end, strips.last_frame(edit) - 1)
    return Laid(edit, count)


def look_size(scene: bpy.types.Scene) -> tuple[int, int]:
    """The size of a board's picture: the scene's, as the 3D View draws it at most LOOK_WIDTH wide."""
    width, height = own_size(scene)
    if bpy.app.background:
        return width, height
    smaller = min(1.0, viewport.LOOK_WIDTH / width)
    return max(1, round(width * smaller)), max(1, round(height * smaller))


def draw(context: bpy.types.Context, uids: Uids) -> Path:
    """Draw the board's picture of a shot now, of its own camera and frame. The scene is as it was afterwards.

    Raises:
        SceneError: as `capture.capture`; no_shot; linked_folder.
    """
    shot = find_shot(*uids)
    if shot is None:
        raise SceneError("no_shot", "The shot is gone")
    scene = shot.id_data
    camera = check_camera(scene, shot.camera)
    frame = shot.frame if shot.frame_lock else own_frame(scene)
    path = board.new_picture(shot)
    view = viewport.find_view(context, scene)
    if view is not None:
        with borrowing(scene, {"camera": camera, "frame_float": float(frame)}):
            view.window.view_layer.update()
            viewport.save_quick_still(view, scene, camera, path)
    else:
        _render(context, scene, camera, path, frame)
    drawn = find_shot(*uids)
    if drawn is not None:  # also one that got no board, such as the second half of a shot that was split
        drawn.still = drawn.still or stored_path(path)
    return path


def _render(
    context: bpy.types.Context, scene: bpy.types.Scene, camera: bpy.types.Object, path: Path, frame: float
) -> None:
    """Without a 3D View: the picture that Workbench renders."""
    with tempfile.TemporaryDirectory(prefix="take-one-") as folder:
        still = capture.capture(context, scene, Path(folder), source=capture.VIEWPORT, camera=camera, frame=frame)
        shutil.copyfile(still.image, path)


def begin(pictures: list[Uids], takes: list[Uids]) -> None:
    """Draw these boards, then make a take of each of these shots; from the timer, one shot at a time."""
    part = app().part(Drawing)
    idle = not part.pictures and not part.takes
    part.pictures.extend(one for one in pictures if one not in part.pictures)
    for uids in takes:
        if uids not in part.takes and (shot := find_shot(*uids)) is not None:
            part.takes.append(uids)
            quotes.queued(shot)
    part.count, part.steps = len(part.pictures), []
    if idle and (part.pictures or part.takes):
        timer.every(_step, PAUSE)
    app().state.changed()


def stop() -> None:
    """Leave what is still to be done."""
    part = app().part(Drawing)
    part.pictures.clear()
    _leave_takes(part)


def _leave_takes(part: Drawing) -> None:
    for shot_uid, _ in part.takes:
        quotes.unqueued(shot_uid)
    part.takes.clear()


def now(context: bpy.types.Context, pictures: list[Uids]) -> None:
    """Draw these boards and wait. Raises SceneError, the first, once all others are drawn."""
    first: SceneError | None = None
    for uids in pictures:
        try:
            draw(context, uids)
        except SceneError as error:
            first = first or error
    show(pictures)
    if first is not None:
        raise first


def begin_or_draw(context: bpy.types.Context, pictures: list[Uids]) -> None:
    """Draw these boards: from the timer, or now where none runs. Raises SceneError."""
    if bpy.app.background:
        now(context, pictures)
    else:
        begin(pictures, [])


def progress() -> tuple[int, int] | None:
    """How many of the board's pictures are drawn, and of how many; None where none is being drawn."""
    part = app().part(Drawing)
    return (part.done, part.count) if part.pictures else None


def cost() -> str:
    """What the last board has cost, in words."""
    steps = app().part(Drawing).steps
    if not steps:
        return ""
    return rpt_("{count} pictures in {seconds:.1f} s, the longest {longest:.0f} ms").format(
        count=len(steps), seconds=sum(steps), longest=max(steps) * 1000
    )


def show(pictures: list[Uids]) -> None:
    """Let the edit read the new pictures."""
    edits = {}
    for uids in pictures:
        shot = find_shot(*uids)
        if shot is None:
            continue
        for edit, use in board.boards_of(uids[0]):
            board.resize(use, look_size(shot.id_data))
            edits[edit.name] = edit
    for edit in edits.values():
        strips.refresh(edit)


def _step() -> float | None:
    part = app().part(Drawing)
    if bpy.app.is_job_running("RENDER") and part.pictures:
        return PAUSE * 10
    if part.pictures:
        _draw_next(part)
    elif part.takes:
        _take_next(part)
    app().state.changed()
    return PAUSE if part.pictures or part.takes else None


def _draw_next(part: Drawing) -> None:
    uids = part.pictures[0]
    began = time.perf_counter()
    try:
        draw(bpy.context, uids)
    except SceneError as error:
        app().state.fail(error)
    part.steps.append(time.perf_counter() - began)
    if part.pictures and part.pictures[0] == uids:
        part.pictures.popleft()
    show([uids])
    if not part.pictures:
        LOG.info("board: %s", cost())


def _take_next(part: Drawing) -> None:
    uids = part.takes.popleft()
    quotes.unqueued(uids[0])
    shot = find_shot(*uids)
    if shot is None:
        return
    try:
        connection.ensure()
        order = make_order(bpy.context, shot, Call(placement="REPLACE"))
        quotes.pressed(jobs.start(order), quotes.of_order(order).cost)
    except SceneError as error:
        app().state.fail(error)
        if error.code != "unseen_picture":  # which is of this shot alone
            _leave_takes(part)  # the next ones would say the same


def queue(shots: list[Any]) -> list[Uids]:
    """The shots that have no take yet, none under way and none queued."""
    making = {binding.shot_uid for job in app().state.jobs.values() for binding in job.binding.each()}
    making |= {shot_uid for shot_uid, _ in app().part(Drawing).takes}
    return [(shot.uid, shot.id_data.take_one.uid) for shot in shots if not shot.current_take and shot.uid not in making]
