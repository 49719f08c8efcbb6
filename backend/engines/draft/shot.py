"""A request made ready to be drawn: its still, its camera's path, its views along it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from client.protocol import MAX_VIEWS, CameraPath, TakeRequest

from .camera import paths
from .camera.moves import plan, world_up
from .camera.sight import with_subject
from .direction.beyond import beyond, notes_of
from .view import picture, views
from .view.coverage import Coverage
from .view.film import Film
from .view.picture import Picture
from .view.unseen import unseen_along


@dataclass(frozen=True, eq=False)
class Shot:
    """`film` draws the frames, `path` is the way of its camera; `notes` are on the still and the move, `left_out` on
    views that can't be used."""

    still: Picture
    path: CameraPath
    film: Film
    notes: tuple[str, ...]
    left_out: tuple[str, ...]


def begin(request: TakeRequest, guess: bool = True) -> Shot:
    """`request` as a shot. Where it has no path, its words choose one. Without a `guess`, frames show only what views
    show (see Film).

    Raises:
        EngineError: a still, depth, camera or path that cannot be used.
    """
    still, notes = picture.load(request)
    wide = views.around(request)
    first = still if wide is None else picture.read_around(wide, still)
    if request.path is None:
        camera = request.still.camera if request.still else None
        seen = with_subject(picture.measure(still), camera, still.metres())
        usable = sum(view.camera is not None and view.depth is not None for view in request.views if view is not wide)
        words = request.direction.prompt
        move = plan(
            words, request.seconds, seen, request.seed, world_up(camera), Coverage(first, still), min(usable, MAX_VIEWS)
        )
        path, notes = move.path, (*notes, *move.notes)
    else:
        path = paths.check(request.path)
        notes = (*notes, *notes_of(beyond(request.direction.prompt)))
    poses = paths.poses(path, request.frame_count)
    places, left_out = views.placed(request, poses, picture.measure(still).focus)
    unseen = unseen_along(path, request.still.camera if request.still else None)
    film = Film(still, first, places, poses, request.seed, guess, workers(), unseen)
    return Shot(still, path, film, notes, left_out)


def workers() -> int:
    """Threads that draw: one to each core this process may use, at most four, and at most as many as OMP_NUM_THREADS
    says, which Ray sets to the processors of an actor."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    said = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return max(1, min(4, cores, int(said) if said.isdecimal() and int(said) else cores))
