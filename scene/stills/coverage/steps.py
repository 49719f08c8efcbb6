"""Work in steps: a generator that yields often, done at once by scripts and bit by bit by the timer."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TypeVar

import bpy

from ...app import timer
from ...app.errors import SceneError
from ..borrow.blocks import of_session

Result = TypeVar("Result")
Steps = Generator[float, None, Result]  # yields how much is done, 0..1; between two yields lie some milliseconds

BUDGET = 0.012  # seconds of a round; a step more may follow, and all must stay under 33 ms
PAUSE = 0.01


def at_once(steps: Steps[Result]) -> Result:
    """Do all steps now."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def by_the_timer(
    steps: Steps[Result], done: Callable[[Result | SceneError], None], wanted: Callable[[float], bool]
) -> None:
    """Do the steps bit by bit while Blender stays usable. `wanted` hears how much is done and answers whether to go on;
    `done` is called once with the result or with what went wrong, and not at all where it is not wanted any more."""

    def round_() -> float | None:
        ends = time.perf_counter() + BUDGET
        while time.perf_counter() < ends:
            try:
                share = next(steps)
            except StopIteration as end:
                done(end.value)
                return None
            except SceneError as error:
                done(error)
                return None
            if not wanted(share):
                steps.close()
                return None
        return PAUSE

    timer.every(round_)


def scene_of(number: int) -> bpy.types.Scene:
    """The scene with this number of the session. Raises SceneError no_scene where it is gone."""
    scene = of_session(bpy.data.scenes, number)
    if scene is None:
        raise SceneError("no_scene", "The scene is gone whose stills were being planned.")
    return scene
