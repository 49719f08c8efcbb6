"""From a shot's card to a job: take the still, send the request, follow it until its take has landed.

The take's uid is the job's key. A job is bound to file, scene and shot by ids, so that undo, redo, renames, file
load and a restart of Blender do not lose it.
"""

from __future__ import annotations

from typing import Any

import bpy

from .still import Still


def start(
    context: bpy.types.Context,
    shot: Any,
    *,
    seeds: list[int] | None = None,
    placement: str | None = None,
    source: str | None = None,
    overrides: dict[str, Any] | None = None,
    refines: str = "",
) -> None:
    """Animate a shot without waiting: the still first (a render is Blender's own, non-blocking), then one job a seed.

    `seeds` None: one take with the shot's seed where it is locked, else a new random one. `placement` is PLAYHEAD,
    AFTER or REPLACE; None: the scene's. `source` None: the shot's. `overrides` replaces values of the shot's card
    for these takes only: engine, prompt, sound, seconds, quality, size_percent, motion. `refines` is the uid of the take that the
    new one replaces on its strips. Progress shows in `state.STATE`.

    Raises:
        SceneError: for what is wrong before anything began. What goes wrong later is kept in STATE.last_error.
    """
    raise NotImplementedError


def run_blocking(
    context: bpy.types.Context,
    shot: Any,
    *,
    seeds: list[int] | None = None,
    placement: str | None = None,
    source: str | None = None,
    overrides: dict[str, Any] | None = None,
    refines: str = "",
    timeout: float = 3600.0,
) -> list[Any]:
    """The same for scripts and background mode: returns the landed takes (TAKEONE_PG_take), one a seed.

    Raises:
        SceneError: for whatever went wrong; `timeout` when it took longer than `timeout` seconds.
    """
    raise NotImplementedError


def submit(
    context: bpy.types.Context,
    shot: Any,
    still: Still,
    *,
    seed: int,
    placement: str | None = None,
    overrides: dict[str, Any] | None = None,
    refines: str = "",
) -> str:
    """Send one job for a still that is already there. Returns the take's uid, which is the job's key."""
    raise NotImplementedError


def make_again(context: bpy.types.Context, shot: Any, take_uid: str) -> str:
    """Send the request of a take once more, from what it kept (its still, direction, engine, seed): a new take that
    replaces it on its strips."""
    raise NotImplementedError


def cancel(key: str) -> None:
    """Stop one job, also while its still renders."""
    raise NotImplementedError


def cancel_all() -> None:
    """Stop all jobs of this machine's journal that belong to the present backend."""
    raise NotImplementedError
