"""Takes on the sequencer: movie and sound strips, placed on free unlocked channels, swapped in place."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import bpy

PLAYHEAD, AFTER, REPLACE = "PLAYHEAD", "AFTER", "REPLACE"
SHOT_KEY, TAKE_KEY = "take_one_shot", "take_one_take"


class Placed(NamedTuple):
    """The strips of one take. `sound` is None where the clip is silent."""

    movie: bpy.types.Strip
    sound: bpy.types.Strip | None


def place(
    edit: bpy.types.Scene, clip: Path, *, name: str, shot_uid: str, take_uid: str, frame: int, sound: bool = True
) -> Placed:
    """Lay a clip at `frame` on free unlocked channels. Nothing that was there moves; on failure nothing remains.

    Raises:
        SceneError: `no_channel`, `clip_unreadable`.
    """
    raise NotImplementedError


def strips_of_shot(shot_uid: str) -> list[tuple[bpy.types.Scene, bpy.types.Strip]]:
    """All strips, in every scene (meta strips included), that show a take of the shot."""
    raise NotImplementedError
