"""Takes on the sequencer: movie and sound strips, placed on free unlocked channels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..model import marks
from ..model.shots.paths import stored_path
from ..model.shots.shown import SHOT_KEY

PLAYHEAD, AFTER, REPLACE = "PLAYHEAD", "AFTER", "REPLACE"
TAKE_KEY, JOB_KEY = "take_one_take", "take_one_job"
HEAD_KEY, TAIL_KEY = "take_one_head", "take_one_tail"  # handles: frames of the file before and after the shot
BEYOND_KEY = "take_one_beyond"  # of the frames after the shot, how many at the file's end are other shots'
OWN_KEY = "take_one_own"  # on the sound of such a file: how many frames of it, from its first on, are not other shots'
TRIMMED_KEY = "take_one_trimmed"  # whether the strip ended before its file did, as the take was swapped: as wanted
WITH_KEY = "take_one_with"  # on what goes with a shot (words, burn-ins, fades): the shot's uid
BURN_KEY = "take_one_burn_in"  # on a burn-in: its place in the picture
BED_KEY = "take_one_bed"  # on a sound strip that runs through a scene: what it was made of
COMPARE_KEY = "take_one_compare"  # on strips that are here for a while, to be looked at
OFF_RATE_KEY = "take_one_off_rate"  # whether the file before ran at another rate than the edit, as the take was swapped
SIZE_KEY = "take_one_size"  # of the picture that the strip shows, in pixels
NO_HANDLES = (0, 0)
CHANNELS = 128
COLORS = ("COLOR_05", "COLOR_06", "COLOR_04", "COLOR_07", "COLOR_03", "COLOR_08", "COLOR_02")

# Blender 5.1 renamed a strip's numbers and warns about the old names.
_NEW_NAMES = "left_handle" in bpy.types.Strip.bl_rna.properties
START, END, LENGTH, CONTENT_START, CONTENT_LENGTH = (
    ("left_handle", "right_handle", "duration", "content_start", "content_duration")
    if _NEW_NAMES
    else ("frame_final_start", "frame_final_end", "frame_final_duration", "frame_start", "frame_duration")
)
TRIM_END = "content_trim_end" if _NEW_NAMES else "animation_offset_end"  # left out of a file, and held


class Placed(NamedTuple):
    """The strips of one take. `sound` is None if the clip is silent."""

    movie: bpy.types.Strip
    sound: bpy.types.Strip | None


def start(strip: bpy.types.Strip) -> int:
    """The first frame that the strip shows."""
    return int(getattr(strip, START))


def end(strip: bpy.types.Strip) -> int:
    """The frame after the last one that the strip shows."""
    return int(getattr(strip, END))


def length(strip: bpy.types.Strip) -> int:
    """How many frames the strip shows."""
    return int(getattr(strip, LENGTH))


def content_start(strip: bpy.types.Strip) -> int:
    """Where the first frame of the strip's file would be, whatever is trimmed."""
    return round(getattr(strip, CONTENT_START))


def content_length(strip: bpy.types.Strip) -> int:
    """How many frames the strip's file has, those of other shots included."""
    return int(getattr(strip, CONTENT_LENGTH)) + (int(getattr(strip, TRIM_END)) if BEYOND_KEY in strip else 0)


def content_span(strip: bpy.types.Strip) -> int:
    """How many frames of the edit the file would take whole, from `content_start` on, in the time that it is shown."""
    after = strip.content_end if _NEW_NAMES else strip.frame_final_end + strip.frame_offset_end
    return round(after) - content_start(strip)


def index_at(strip: bpy.types.Strip, frame: int, frames: int, rate: float) -> int:
    """Which of the `frames` that its file or scene has a strip shows at a frame of an edit of this rate, frames a
    second. Whether it keeps the time of a file of another rate ("Adjust Playback Rate") is told by its length alone."""
    span, own = content_span(strip), getattr(strip, "fps", 0.0)
    pace = own / rate if own else 1.0
    if abs(span - frames) <= abs(span - frames / pace):
        pace = 1.0
    since = frame - content_start(strip)
    if strip.use_reverse_frames:
        since = span - 1 - since
    index = min(max(0, since) * pace, frames - 1)
    if strip.strobe > 1:
        index -= index % strip.strobe
    return round(index)


def own_end(strip: bpy.types.Strip) -> int:
    """The frame after the last one in the strip's file that is not another shot's."""
    if OWN_KEY in strip:
        return content_start(strip) + marks.number(strip, OWN_KEY)
    return content_start(strip) + content_length(strip) - marks.count(strip, BEYOND_KEY)


def ending(strip: bpy.types.Strip, after: int) -> int:
    """Where a strip of a shot ends whose place ends before the frame `after`: sound, which can't be held, at the latest
    where another shot's begins."""
    return max(start(strip) + 1, min(after, own_end(strip))) if OWN_KEY in strip else after


def last_frame(edit: bpy.types.Scene) -> int:
    """The frame after the film's last strip, or the first frame. Beds, burn-ins and comparisons make it no longer."""
    ends = (end(strip) for strip in strips_of_edit(edit) if not runs_along(strip) and COMPARE_KEY not in strip)
    return max(ends, default=edit.frame_start)


def runs_along(strip: bpy.types.Strip) -> bool:
    """Whether it is an ambience bed or a burn-in: as long as what is there."""
    return BED_KEY in strip or BURN_KEY in strip


def place(
    edit: bpy.types.Scene,
    clip: Path,
    *,
    name: str,
    shot_uid: str,
    take_uid: str,
    frame: int,
    sound: bool = True,
    handles: tuple[int, int] = NO_HANDLES,
) -> Placed:
    """Lay a clip at `frame` on free unlocked channels, above what shows there, without its `handles`: frames at its
    beginning and end. Nothing that was there moves, the selection stays, and on failure nothing remains.

    Raises:
        SceneError: no_channel; clip_unreadable.
    """
    steps = place_steps(
        edit, clip, name=name, shot_uid=shot_uid, take_uid=take_uid, frame=frame, sound=sound, handles=handles
    )
    for _ in steps:
        pass
    laid = {strip.type: strip for strip in edit.sequence_editor.strips if strip.get(JOB_KEY) == take_uid}
    return Placed(laid["MOVIE"], laid.get("SOUND"))


def place_steps(
    edit: bpy.types.Scene,
    clip: Path,
    *,
    name: str,
    shot_uid: str,
    take_uid: str,
    frame: int,
    sound: bool = True,
    handles: tuple[int, int] = NO_HANDLES,
) -> Iterator[None]:
    """`place` in steps, so that Blender draws in between: opening a file takes some 20 ms. What was begun
    and not ended bears no JOB_KEY; `remove_unfinished` takes it away."""
    edit_name = edit.name
    try:
        _place_movie(edit, clip, name, take_uid, frame, 2 if sound else 1, handles)
        if sound:
            yield
            edit = bpy.data.scenes[edit_name]
            movie = next((strip for _, strip in unfinished(take_uid)), None)
            if movie is None:
                return  # the user took it away
            _place_sound(edit, movie, clip, f"{name} sound", take_uid)
        for _, strip in unfinished(take_uid):
            strip[SHOT_KEY], strip[JOB_KEY] = shot_uid, take_uid
            strip.color_tag = color_of(shot_uid)
    except Exception:
        remove_unfinished(take_uid)
        raise


def _place_movie(
    edit: bpy.types.Scene, clip: Path, name: str, take_uid: str, frame: int, channels: int, handles: tuple[int, int]
) -> None:
    editor = edit.sequence_editor or edit.sequence_editor_create()
    head, tail = handles
    movie = editor.strips.new_movie(name, stored_path(clip), CHANNELS, frame - head, fit_method="FIT")
    movie[TAKE_KEY] = take_uid
    movie.select = False
    movie[SIZE_KEY] = check_readable(movie, clip)
    if 0 <= head < content_length(movie) - tail <= content_length(movie):
        trim(movie, frame, end(movie) - tail)
        movie[HEAD_KEY], movie[TAIL_KEY] = head, tail
    movie.channel = free_channels(editor, start(movie), end(movie), channels, ignore=movie)[-1]


def _place_sound(edit: bpy.types.Scene, movie: bpy.types.Strip, clip: Path, name: str, take_uid: str) -> None:
    """Under the movie where there is room, as long as it."""
    editor = edit.sequence_editor
    first, after = start(movie), end(movie)
    free = usable_channels(editor, first, after)
    below = [channel for channel in free if channel < movie.channel]
    if not free:
        raise _no_channel(first, after)
    audio = editor.strips.new_sound(name, stored_path(clip), CHANNELS, content_start(movie))
    audio[TAKE_KEY] = take_uid
    audio.select = False
    trim(audio, first, after)
    audio.channel = below[-1] if below else free[0]
    for key in (HEAD_KEY, TAIL_KEY):
        audio[key] = movie.get(key, 0)


def trim(strip: bpy.types.Strip, first: int, after: int) -> None:
    """Show the strip from `first` to before `after`, what of it is there then staying where it is."""
    if start(strip) != first:
        setattr(strip, START, first)
    if end(strip) != after:
        setattr(strip, END, after)


@contextmanager
def aside(strip: bpy.types.Strip) -> Iterator[None]:
    """Within, nothing else is on the strip's channel; afterwards it is on its own again, or above where something is in
    the way there. One that meets another, if only while its file is moved and its ends are not yet, Blender brings to
    another channel, or to another time, for good."""
    channel, parent = strip.channel, _parent_of(strip.id_data, strip)
    taken = {one.channel for one in parent.strips}
    strip.channel = next((one for one in range(CHANNELS, 0, -1) if one not in taken), channel)
    try:
        yield
    finally:
        busy = busy_channels(parent, start(strip), end(strip), strip)
        strip.channel = next((one for one in range(channel, CHANNELS + 1) if one not in busy), strip.channel)


def _parent_of(scene: bpy.types.Scene, strip: bpy.types.Strip) -> Any:
    """What the strip is in: a meta strip, or the edit."""
    editor = scene.sequence_editor
    metas = (meta for meta in editor.strips_all if meta.type == "META" and strip.name in meta.strips)
    return next(metas, editor)


def unfinished(take_uid: str) -> list[tuple[bpy.types.Scene, bpy.types.Strip]]:
    """The strips of a take that is just being laid."""
    return [(scene, strip) for scene, strip in strips_of_take(take_uid) if JOB_KEY not in strip]


def remove_unfinished(take_uid: str) -> None:
    """Remove what `place_steps` began and did not end."""
    remove(unfinished(take_uid))


def free_channels(
    editor: bpy.types.SequenceEditor,
    first: int,
    after: int,
    count: int,
    ignore: bpy.types.Strip | None = None,
) -> list[int]:
    """The `count` lowest channels that are free in [first, after) and neither locked nor muted, above what
    shows there if possible; what lies over shots, such as fades and burn-ins, shall lie over these too.

    Raises:
        SceneError: no_channel.
    """
    usable = usable_channels(editor, first, after, ignore)
    under = [one for one in editor.strips if one != ignore and WITH_KEY not in one and BURN_KEY not in one]
    highest = max((one.channel for one in under if start(one) < after and end(one) > first), default=0)
    above = [channel for channel in usable if channel > highest]
    chosen = above if len(above) >= count else usable
    if len(chosen) < count:
        raise _no_channel(first, after)
    return chosen[:count]


def usable_channels(
    editor: bpy.types.SequenceEditor, first: int, after: int, ignore: bpy.types.Strip | None = None
) -> list[int]:
    """The channels that are free in [first, after) and neither locked nor muted, lowest first."""
    busy = busy_channels(editor, first, after, ignore)
    return [
        channel
        for channel in range(1, CHANNELS + 1)
        if channel not in busy and not editor.channels[channel].lock and not editor.channels[channel].mute
    ]


def busy_channels(editor: bpy.types.SequenceEditor, first: int, after: int, ignore: bpy.types.Strip | None) -> set[int]:
    """The channels on which something shows in [first, after)."""
    return {strip.channel for strip in editor.strips if strip != ignore and start(strip) < after and end(strip) > first}


def _no_channel(first: int, after: int) -> SceneError:
    return SceneError(
        "no_channel",
        rpt_("All channels of the edit are taken or locked from frame {first} to {after}. Unlock one.").format(
            first=first, after=after
        ),
        "retry",
    )


def color_of(shot_uid: str) -> str:
    """A strip colour that stays the same for a shot and differs between neighbours, mostly."""
    return COLORS[sum(shot_uid.encode()) % len(COLORS)]


def all_strips() -> Iterator[tuple[bpy.types.Scene, bpy.types.Strip]]:
    """Every strip of every scene that can be changed, those in meta strips included."""
    for scene in bpy.data.scenes:
        if scene.sequence_editor is not None and scene.library is None:
            for strip in scene.sequence_editor.strips_all:
                yield scene, strip


def strips_of_edit(edit: bpy.types.Scene) -> Iterable[bpy.types.Strip]:
    """The strips of a scene that may have no sequencer yet, without those inside of meta strips."""
    return edit.sequence_editor.strips if edit.sequence_editor is not None else ()


def strips_of_shot(shot_uid: str) -> list[tuple[bpy.types.Scene, bpy.types.Strip]]:
    """All strips, in every scene, that show a take of the shot."""
    return [(scene, strip) for scene, strip in all_strips() if strip.get(SHOT_KEY) == shot_uid and TAKE_KEY in strip]


def strips_of_take(take_uid: str) -> list[tuple[bpy.types.Scene, bpy.types.Strip]]:
    """All strips, in every scene, that show this take."""
    return [(scene, strip) for scene, strip in all_strips() if strip.get(TAKE_KEY) == take_uid]


def check_readable(movie: bpy.types.Strip, clip: Path) -> tuple[int, int]:
    """Width and height of a strip that was just made from the clip."""
    element = movie.elements[0] if movie.elements else None
    if element is None or not element.orig_width or not element.orig_height:
        raise SceneError(
            "clip_unreadable",
            rpt_("Blender can't read the clip {clip}. Make the take again.").format(clip=clip),
            "retry",
        )
    return element.orig_width, element.orig_height


def take_from(parent: Any, strip: bpy.types.Strip) -> None:
    """Take a strip out of an edit or a meta strip. Blender may be prefetching frames in a thread, which crashes where
    what it draws is removed; `strips.remove` lets it, and what clears the strip's cache ends it first."""
    strip.invalidate_cache("RAW")
    parent.strips.remove(strip)


def remove(pairs: list[tuple[bpy.types.Scene, bpy.types.Strip]]) -> None:
    """Take strips out of the edit, with the sounds that nothing else plays."""
    for scene, strip in pairs:
        sound = strip.sound if strip.type == "SOUND" else None
        take_from(_parent_of(scene, strip), strip)
        if sound is not None and sound.users == 0:
            bpy.data.sounds.remove(sound)


def refresh(edit: bpy.types.Scene) -> None:
    """Let Blender find out anew which files of the edit are there: it marks the strips of those that are gone."""
    window = next(iter(bpy.context.window_manager.windows), None)
    with bpy.context.temp_override(window=window, scene=edit, sequencer_scene=edit):
        if bpy.ops.sequencer.refresh_all.poll():
            bpy.ops.sequencer.refresh_all()
