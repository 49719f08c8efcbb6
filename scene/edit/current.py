"""Which take of a shot the edit shows; and removing one from it for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..model.shots import takes, trust
from ..model.shots.kept import read
from ..model.shots.paths import is_there
from . import several, strips, swapping, trash
from .cut import fit


def make_current(shot: Any, take: Any) -> int:
    """Show this take wherever the edit shows the shot's current one: the strips' files are swapped in
    place, trims, transforms and effects stay, in every scene. Returns the number of strips that changed.

    Raises:
        SceneError: clip_missing; no_strip if no scene shows the shot.
    """
    takes.check_clip(take)
    pairs = strips.strips_of_take(shot.current_take) if shot.current_take else []
    if not pairs and not strips.strips_of_take(take.uid):
        pairs = strips.strips_of_shot(shot.uid)
    if not pairs and not strips.strips_of_take(take.uid):
        raise SceneError("no_strip", rpt_("No strip in the edit shows shot '{shot}'.").format(shot=shot.name))
    swapped = [strip for _, strip in pairs if strip[strips.TAKE_KEY] != take.uid]
    name = takes.take_name(shot.name, take.number)
    kept = read(take)
    swapping.swap(
        swapped, takes.clip_path(take), name=name, take_uid=take.uid, handles=(max(0, kept.head), max(0, kept.tail))
    )
    several.note_beyond(take.uid, kept.beyond)
    for edit in {scene.name: scene for scene, _ in strips.strips_of_take(take.uid)}.values():
        fit.fit(edit, take.uid, name)
    shot.current_take = take.uid
    return len(swapped)


def files_of(take: Any) -> list[Path]:
    """The files that go when the take is deleted: its clip and what lies beside it, where they are a take's by name
    and lie in the film's own folders. The others stay."""
    clip = takes.clip_path(take)
    if not take.clip or not trust.is_own(clip):
        return []
    beside = [clip.with_suffix(suffix) for suffix in trust.BESIDE_CLIP]
    return [file for file in beside if trust.is_own(file) and is_there(file)]


def delete(shot: Any, take: Any) -> str:
    """Forget a take, remove its strips, and put its files into the system's trash ("trash") or, where there
    is none, delete them ("deleted"); "" where it had none. Its number is never given again.

    Raises:
        SceneError: linked where the shot is another file's.
    """
    trust.check_local(shot)
    uid, files = take.uid, files_of(take)
    strips.remove(strips.strips_of_take(uid))
    takes.forget(shot, uid)
    shot.last_number = max(shot.last_number, take.number)
    if shot.current_take == uid:
        shot.current_take = ""
    shot.takes.remove(next(index for index, other in enumerate(shot.takes) if other.uid == uid))
    shot.active_take = min(shot.active_take, max(0, len(shot.takes) - 1))
    ends = [trash.discard(file) for file in files]
    return "" if not ends else "deleted" if "deleted" in ends else "trash"
