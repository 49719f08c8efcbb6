"""Where the edit uses a shot: its picture and sound, and what was laid over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy

from ...model import marks
from ...model.shots.shown import SHOT_KEY
from .. import strips

WITH_KEY, BURN_KEY, BED_KEY = strips.WITH_KEY, strips.BURN_KEY, strips.BED_KEY
BOARD_KEY = "take_one_board"  # on what stands for a shot until it has a take
OVERLAP_KEY = "take_one_overlap"  # on strips that go on under the next shot: by how many frames


@dataclass(frozen=True)
class Use:
    """One place of a shot in the edit, from the frame `start` to before `end`. `strips` are its picture and sound,
    `over` what goes with them. Good until the edit is changed."""

    shot_uid: str
    start: int
    end: int
    strips: tuple[bpy.types.Strip, ...]
    over: tuple[bpy.types.Strip, ...] = ()

    @property
    def length(self) -> int:
        """In frames of the edit."""
        return self.end - self.start

    @property
    def all(self) -> tuple[bpy.types.Strip, ...]:
        """What moves as one."""
        return (*self.strips, *self.over)

    @property
    def is_board(self) -> bool:
        """Whether it shows a board: there is no take yet."""
        return any(BOARD_KEY in strip and strip.type != "SOUND" for strip in self.strips)


def uses(edit: bpy.types.Scene) -> list[Use]:
    """Where shots stand in the edit, from its start on. What is inside meta strips is the user's own."""
    editor = edit.sequence_editor
    if editor is None:
        return []
    marked = [(strip, marks.text(strip, SHOT_KEY), marks.text(strip, WITH_KEY)) for strip in editor.strips]
    shown = sorted(((strips.start(strip), strip, uid) for strip, uid, _ in marked if uid), key=lambda row: row[0])
    groups: dict[str, list[list[Any]]] = {}  # by shot: [start, end, strips] of each use
    for first, strip, uid in shown:
        after = max(first + 1, strips.end(strip) - marks.count(strip, OVERLAP_KEY))
        rows = groups.setdefault(uid, [])
        if rows and first < rows[-1][1]:
            rows[-1][1] = max(rows[-1][1], after)
            rows[-1][2].append(strip)
        else:
            rows.append([first, after, [strip]])
    over: dict[str, list[bpy.types.Strip]] = {}
    for strip, _, uid in marked:
        if uid:
            over.setdefault(uid, []).append(strip)
    found = [
        Use(uid, first, after, tuple(members), tuple(_over(over.get(uid, ()), first, after)))
        for uid, rows in groups.items()
        for first, after, members in rows
    ]
    return sorted(found, key=lambda use: use.start)


def uses_of(edit: bpy.types.Scene, shot_uid: str) -> list[Use]:
    """Where the edit uses this shot."""
    return [use for use in uses(edit) if use.shot_uid == shot_uid]


def _over(found: Any, first: int, after: int) -> Iterator[bpy.types.Strip]:
    for strip in found:
        if strips.start(strip) < after and strips.end(strip) > first:
            yield strip
