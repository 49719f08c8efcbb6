"""A clip with several shots comes home: a take a shot, each with a file of its own that shares the clip's data."""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from ...client.events import TakeReady
from ...client.files import copy_whole, mode_beside, write_whole
from ...client.jobs.clip import NotAClip, count_frames
from ...client.protocol import Binding, Result
from ...client.protocol.codec import to_json
from ...client.protocol.edit.sidecar import read_sidecar
from ..model.shots import takes
from ..model.shots.paths import absolute, is_there
from ..model.shots.shot_list import find_shot
from . import strips

OF_SHOT = re.compile(r"Shot ([0-9]{1,2}): ")  # what a note begins with that is about one of the shots
OF_STILL = ("still_sha256", "depth_sha256", "last_frame_sha256", "camera", "views")  # a sidecar's: the first shot's
OF_PART = ("seconds", "seed", "path", *OF_STILL)  # what a sidecar may say of each shot


def parts(ready: TakeReady) -> Iterator[TakeReady]:
    """The takes of the event, as events of their own, one by one. Each but the first gets a file in its shot's folder:
    a link to the clip's data, or a copy where the disk has no links. Done again it finds them there. Raises OSError."""
    if not ready.binding.parts:
        yield ready
        return
    whole = read_sidecar(ready.sidecar)
    shots = whole.get("shots")
    said = shots if isinstance(shots, list) else []
    for number, binding in enumerate(ready.binding.each()):
        yield _part(ready, binding, number, whole, said[number] if number < len(said) else {})


def _part(ready: TakeReady, binding: Binding, number: int, whole: Mapping[str, Any], said: Any) -> TakeReady:
    said = said if isinstance(said, Mapping) else {}
    said_direction = said.get("direction")
    direction = said_direction if isinstance(said_direction, Mapping) else {}
    clip, binding = _placed(ready, binding, number)
    notes = _notes(ready.job.result.notes if ready.job.result else (), number)
    result = replace(ready.job.result or Result(), notes=notes, cost=None)
    if number == 0 and ready.job.result is not None:
        result = replace(result, cost=ready.job.result.cost)  # the whole clip's, once
    seed, prompt = said.get("seed"), direction.get("prompt")
    job = replace(
        ready.job,
        seed=seed if isinstance(seed, int) else None,
        prompt=prompt if isinstance(prompt, str) else "",
        result=result,
        binding=binding,
    )
    sidecar = clip.with_suffix(".json")
    shared = whole if number == 0 else {name: value for name, value in whole.items() if name not in OF_STILL}
    own = {**shared, **direction, **{name: said[name] for name in OF_PART if name in said}}
    own |= {"binding": to_json(binding), "handles": [binding.head, binding.tail], "notes": list(notes)}
    own |= {"beyond": binding.beyond, "cost": whole.get("cost") if number == 0 else None, "shot_of_clip": number + 1}
    write_whole(sidecar, json.dumps(own, indent=1, ensure_ascii=False), mode_beside(sidecar.parent))
    return TakeReady(binding.take_uid, clip, sidecar, job, binding)


def _placed(ready: TakeReady, binding: Binding, number: int) -> tuple[Path, Binding]:
    """Where the part's clip is, put there if need be. A place that another file took gets the next number."""
    shot = find_shot(binding.shot_uid, binding.scene_uid)
    if number == 0:
        return ready.clip, binding
    folder = (
        takes.shot_folder(shot) if shot is not None else ready.clip.parent.parent / takes.safe_name(binding.shot_name)
    )
    leads_away = takes.is_elsewhere(folder)
    if leads_away:  # a link, put there since the press
        folder = takes.unsaved_folder(binding.file_id) / folder.name
    clip = folder / (takes.take_name(shot.name if shot is not None else binding.shot_name, binding.number) + ".mp4")
    if clip.is_file() and _is_same(clip, ready.clip):
        return clip, binding
    if shot is not None and not leads_away and _is_taken(clip):
        binding = replace(binding, number=takes.next_number(shot))
        clip = folder / (takes.take_name(shot.name, binding.number) + ".mp4")
    while _is_taken(clip):  # the shot is gone, and its folder may be another film's too
        binding = replace(binding, number=binding.number + 1)
        clip = folder / (takes.take_name(binding.shot_name, binding.number) + ".mp4")
    clip.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(ready.clip, clip)
    except FileExistsError:  # just now, by somebody else: the landing begins anew
        raise
    except OSError:  # a disk without links
        copy_whole(ready.clip, clip, mode_beside(clip.parent))
    return clip, binding


def _is_taken(clip: Path) -> bool:
    """Whether something bears the clip's name, or its sidecar's, if only a link to nowhere."""
    return any(os.path.lexists(path) for path in (clip, clip.with_suffix(".json")))


def _is_same(one: Path, other: Path) -> bool:
    """Whether two files are one, or hold as much: a copy that was made before."""
    with contextlib.suppress(OSError):
        return one.samefile(other) or filecmp.cmp(one, other, shallow=False)
    return False


def _notes(notes: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Those about this shot, and about the whole clip."""
    found = []
    for note in notes:
        about = OF_SHOT.match(note)
        if about is None or int(about[1]) == number + 1:
            found.append(note[about.end() :] if about else note)
    return tuple(dict.fromkeys(found))


def note_beyond(take_uid: str, beyond: int) -> None:
    """How many frames at the end of the take's file are other shots' is kept on its strips, which never show them, nor
    let them be heard."""
    found = strips.strips_of_take(take_uid)
    movies = [(scene, strip) for scene, strip in found if strip.type == "MOVIE"]
    for scene, strip in found:
        if strip.type == "SOUND":
            beside = _beside(strip, [movie for edit, movie in movies if edit == scene])
            _note_own(strip, beside, max(1, _frames_of(strip, movies) - beyond) if beyond > 0 else None)
    for _, strip in movies:
        if beyond <= 0 and strips.BEYOND_KEY not in strip:
            continue
        shown, frames = (strips.start(strip), strips.end(strip)), strips.content_length(strip)
        strip[strips.BEYOND_KEY] = beyond
        with strips.aside(strip):
            setattr(strip, strips.TRIM_END, max(0, min(beyond, frames - 1)))
            strips.trim(strip, *shown)
        if beyond <= 0:
            del strip[strips.BEYOND_KEY]


def _frames_of(sound: bpy.types.Strip, movies: list[tuple[bpy.types.Scene, bpy.types.Strip]]) -> int:
    """How many pictures the file of a sound strip has; `movies` are strips that show the same file. Where there are
    none the file is asked: Blender only says how long the one is that the strip had first."""
    if movies:
        return strips.content_length(movies[0][1])
    file = absolute(sound.sound.filepath) if sound.sound is not None else None
    if file is not None and is_there(file):
        with contextlib.suppress(OSError, NotAClip), file.open("rb") as clip:
            return count_frames(clip)
    return strips.content_length(sound)


def _beside(sound: bpy.types.Strip, movies: list[bpy.types.Strip]) -> bpy.types.Strip | None:
    """The picture that is seen for most of the sound: the user may have moved either's ends."""

    def both(movie: bpy.types.Strip) -> int:
        first, after = max(strips.start(sound), strips.start(movie)), min(strips.end(sound), strips.end(movie))
        return after - first

    found = max(movies, key=both, default=None)
    return found if found is not None and both(found) > 0 else None


def _note_own(sound: bpy.types.Strip, movie: bpy.types.Strip | None, own: int | None) -> None:
    """The sound beside this picture ends where that does, or where its file goes on with other shots: after its `own`
    frames, None for all. One that ends earlier is as the user wants it."""
    after = strips.end(movie) if movie is not None else strips.end(sound)
    follows = strips.end(sound) in (after, strips.ending(sound, after))
    if own is not None:
        sound[strips.OWN_KEY] = own
    elif strips.OWN_KEY in sound:
        del sound[strips.OWN_KEY]
    wanted = strips.ending(sound, after if follows else strips.end(sound))
    if strips.end(sound) != wanted:
        setattr(sound, strips.END, wanted)
