"""A take in its place: as long as the place, or the place as long as it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy

from ...app.app import app
from ...model import marks
from ...model.properties.edit_properties import Followers
from ...model.properties.rates import frame_rate
from .. import strips
from .ripple import Rules, set_length, set_length_everywhere
from .uses import OVERLAP_KEY, Use, uses, uses_of


def movie_of(use: Use) -> bpy.types.Strip | None:
    """The picture of a use that shows a take."""
    return next((strip for strip in use.strips if strip.type == "MOVIE"), None)


def movie_of_shot(edit: bpy.types.Scene, shot_uid: str) -> bpy.types.Strip | None:
    """The first picture of a take of this shot in the edit. Cheap enough for draw()."""
    editor = edit.sequence_editor
    movies = (strip for strip in (editor.strips if editor else ()) if strip.type == "MOVIE")
    found = (strip for strip in movies if strip.get(strips.SHOT_KEY) == shot_uid)
    return min(found, key=strips.start, default=None)


def shot_frames(movie: bpy.types.Strip) -> int:
    """How many frames of the strip's file belong to the shot, its handles apart."""
    handles = marks.count(movie, strips.HEAD_KEY) + marks.count(movie, strips.TAIL_KEY)
    return max(1, strips.content_length(movie) - handles)


def held(movie: bpy.types.Strip) -> int:
    """For how many frames the strip holds the last frame of its take, negative for what is cut off at its end."""
    after = strips.own_end(movie)
    if strips.end(movie) > after:
        return strips.end(movie) - after
    shown_to = strips.end(movie) - marks.count(movie, OVERLAP_KEY)
    return min(0, shown_to - (_first(movie) + shot_frames(movie)))


def hears_others(edit: bpy.types.Scene, shot_uid: str) -> bool:
    """Whether a sound of the shot was dragged on to where its file is another shot's: sound can't be held. Cheap enough
    for draw()."""
    found = [strip for strip in edit.sequence_editor.strips if strip.get(strips.SHOT_KEY) == shot_uid]
    return any(strips.OWN_KEY in strip and strips.end(strip) > strips.own_end(strip) for strip in found)


def say(movie: bpy.types.Strip, name: str) -> None:
    """Name a strip, and say of it what does not fit."""
    over = held(movie)
    if movie.get(strips.TRIMMED_KEY):
        over = max(0, over)  # what the user has cut off needs no word
    movie.name = f"{name} (holds {over})" if over > 0 else f"{name} ({-over} cut)" if over < 0 else name


def fit(edit: bpy.types.Scene, take_uid: str, name: str, rules: Rules | None = None, anyway: bool = False) -> int:
    """Where the edit shows the take, let its places be as long as it, by the rules; without ripple it is cut or held.
    A place that the user has trimmed stays so, unless `anyway`. Returns how many places have changed."""
    rules = rules or Rules.of(edit)
    changed = 0
    for index in reversed(range(len(_showing(edit, take_uid)))):
        use, movie = _showing(edit, take_uid)[index]
        frames = shot_frames(movie)
        trimmed = movie.get(strips.TRIMMED_KEY) and not anyway
        if rules.ripple and frames != use.length and strips.start(movie) == _first(movie) and not trimmed:
            changed += set_length(edit, use, frames, rules)
    for use, movie in _showing(edit, take_uid):
        changed += _even(edit, use, movie)
        say(movie, name)
    for strip in edit.sequence_editor.strips_all:  # in a meta strip, which is the user's own, it stays as it is
        if strip.get(strips.TAKE_KEY) == take_uid:
            strip.pop(strips.OFF_RATE_KEY, None)
    return changed


def _even(edit: bpy.types.Scene, use: Use, movie: bpy.types.Strip) -> bool:
    """Picture and sound of a take that was made at another rate than the one before it may end apart: bring both to the
    take's own end where there is room, else to the picture's. Whether they did. Sound that ends apart for another
    reason was cut by the user: so is what ends apart once they were looked at."""
    if not movie.pop(strips.OFF_RATE_KEY, False):
        return False
    sounds = [strip for strip in use.strips if strip.type == "SOUND" and strips.start(strip) == strips.start(movie)]
    if all(strips.end(strip) == strips.ending(strip, strips.end(movie)) for strip in sounds):
        return False
    overlap = marks.count(movie, OVERLAP_KEY)
    wanted = strips.start(movie) + shot_frames(movie) + overlap
    busy = strips.busy_channels(edit.sequence_editor, strips.end(movie), wanted, movie)
    end = wanted if movie.channel not in busy else strips.end(movie)
    for strip in (movie, *sounds):
        if strips.end(strip) != strips.ending(strip, end):
            setattr(strip, strips.END, strips.ending(strip, end))
    return True


def _first(movie: bpy.types.Strip) -> int:
    """Where the shot begins in the strip's file: one that the user has trimmed at its beginning stays as he left it."""
    return strips.content_start(movie) + marks.count(movie, strips.HEAD_KEY)


def _showing(edit: bpy.types.Scene, take_uid: str) -> list[tuple[Use, bpy.types.Strip]]:
    found = [(use, movie_of(use)) for use in uses(edit)]
    return [(use, movie) for use, movie in found if movie is not None and movie.get(strips.TAKE_KEY) == take_uid]


def length_from_take(edit: bpy.types.Scene, take_uid: str, name: str) -> int:
    """Let the places of a take be as long as it, and what follows move, whatever the setting says."""
    return fit(edit, take_uid, name, replace(Rules.of(edit), ripple=True), anyway=True)


def length_from_strip(edit: bpy.types.Scene, use: Use, shot: Any) -> None:
    """Let the shot be as long as its place in the edit."""
    shot.seconds = float(use.length / frame_rate(edit))


def follow(shot: Any) -> None:
    """The shot has another length: so have its places, in edits that ripple."""
    if shot.id_data.library is not None:
        return
    for edit in bpy.data.scenes:
        ripples = edit.library is None and edit.sequence_editor is not None and edit.take_one.ripple
        if ripples and uses_of(edit, shot.uid):
            set_length_everywhere(edit, shot.uid, max(1, round(shot.seconds * frame_rate(edit))))


def register() -> None:
    """Let edits follow the lengths of shots."""
    app().part(Followers).of_length.append(follow)
