"""Handing requests to the session: into its journal first, then as a waiting take into the shot's list."""

from __future__ import annotations

from pathlib import Path

from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import TakeRequest, View
from ...app.app import app
from ...app.errors import SceneError
from ...app.state import Job
from ...model.shots import films, kept
from ...model.shots.paths import disk_fix, stored_path
from ...model.shots.shot_list import find_shot
from ..server.connection import session
from .order import Order, requests


def send(order: Order, views: tuple[View, ...], notes: tuple[str, ...]) -> list[str]:
    """Send the requests of an order whose views are there; `notes` are remarks on its still. Returns their keys.

    Raises:
        SceneError: too_large; disk if the journal can't be written.
    """
    shot = find_shot(order.shot_uid, order.scene_uid)
    if shot is not None:
        shot.still = stored_path(views[0].image)
    clips = {take.key: take.clip for take in order.takes}
    for key, request in requests(order, views):
        submit(key, request, clips[key])
        add_take(key, request, notes)
    return order.keys


def submit(key: str, request: TakeRequest, clip: Path) -> None:
    """Put a request into the journal; its clip will be at `clip`. Raises SceneError disk."""
    assert request.binding is not None
    try:
        clip.parent.mkdir(parents=True, exist_ok=True)
        session().submit(key, request, clip)
    except OSError as error:
        raise SceneError(
            "disk", rpt_("The job could not be written down: {error}.").format(error=error), disk_fix(error)
        ) from error
    films.begun(request.binding.file_id)
    app().state.jobs[key] = Job(key, request.binding)
    app().state.changed()


def add_take(key: str, request: TakeRequest, notes: tuple[str, ...]) -> None:
    """Put the take of a request, still waiting, into its shot's list. If the shot is gone, landing makes it anew."""
    binding = request.binding
    assert binding is not None
    shot = find_shot(binding.shot_uid, binding.scene_uid)
    if shot is None:
        return
    take = shot.takes.add()
    take.uid, take.number, take.status = key, binding.number, "WAITING"
    take.engine, take.seed, take.refines = request.engine, request.seed, binding.refines
    take.still = stored_path(request.views[0].image)
    take.notes = "\n".join(notes)
    kept.write(take, kept.Kept(request, notes))
