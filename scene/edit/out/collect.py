"""The edit of a .blend as data (client/protocol/edit): nothing of the .blend is changed, no file is opened."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import bpy

from ....client.protocol import LANGUAGES, Direction, Line
from ....client.protocol.direction import MAX_LINE, MAX_LINES, MAX_SPEAKER, MAX_TEXT
from ....client.protocol.edit import Edit, Marker, OtherStrip, Place, Shot, SoundStrip, Take, Transition
from ....client.protocol.edit.edit import BED, DISSOLVE, FADE_IN, FADE_OUT, MAX_NAME, OWN, TAKE
from ...app.errors import SceneError
from ...model import marks
from ...model.properties.properties import prompt_of
from ...model.properties.rates import frame_rate
from ...model.shots import takes, trust
from ...model.shots.paths import absolute
from ...model.shots.shot_list import all_shots
from ...model.shots.shown import SHOT_KEY
from .. import strips
from ..cut.transitions import KIND_KEY
from ..cut.uses import BED_KEY, BURN_KEY, WITH_KEY

FILES_A_STEP, SHOTS_A_STEP = 80, 40
MOST_TRIES = 5
CROSSES = ("CROSS", "GAMMA_CROSS")


class Span(NamedTuple):
    """A strip where it is seen: cut by the meta strips that it is in."""

    strip: bpy.types.Strip
    start: int
    frames: int
    enabled: bool

    @property
    def offset(self) -> int:
        """Frames of its file before the first that is shown; none for what has no file."""
        return self.start - strips.content_start(self.strip) if self.strip.type in ("MOVIE", "SOUND") else 0


class Seen(NamedTuple):
    """What is looked at in one step: the edit, its strips, shots by id, and the strips that show each."""

    edit: bpy.types.Scene
    spans: list[Span]
    rows: dict[str, Any]
    placed: dict[str, list[Span]]


class _Changed(Exception):
    """The edit is another than a step before."""


def collect(edit: bpy.types.Scene) -> Edit:
    """The edit scene as it is now. Raises Unfit where it holds what no edit can."""
    steps = collect_steps(edit)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def collect_steps(edit: bpy.types.Scene) -> Generator[None, None, Edit]:
    """`collect` in steps, between which Blender may draw. Where the edit is changed meanwhile it is read anew.

    Raises:
        SceneError: changed, where the edit is gone, or never the same for long enough.
        Unfit: as `collect`.
    """
    uid = edit.session_uid
    for _ in range(MOST_TRIES):
        try:
            return (yield from _read(uid))
        except _Changed:
            yield
    raise SceneError("changed", "The edit changes while it is read. Export it again.", "retry")


def _read(uid: int) -> Generator[None, None, Edit]:
    """Nothing of Blender's is kept from one step to the next: an undo takes it away."""
    mark = _mark(_look(uid))
    yield
    seen = _look(uid, mark)
    uids, files = list(seen.rows), list(_files(list(seen.rows.values()), seen.spans))
    del seen
    yield
    known: set[Path] = set()
    for at in range(0, len(files), FILES_A_STEP):
        known |= trust.known(files[at : at + FILES_A_STEP])
        yield
    shots: list[Shot] = []
    for at in range(0, len(uids), SHOTS_A_STEP):
        seen = _look(uid, mark)
        shots += [_shot(seen.rows[one], seen.placed[one], known) for one in uids[at : at + SHOTS_A_STEP]]
        del seen
        yield
    seen = _look(uid, mark)
    sounds = tuple(_sounds(seen.spans, seen.rows))
    del seen
    yield
    return _edit(_look(uid, mark), tuple(shots), sounds)


def _edit(seen: Seen, shots: tuple[Shot, ...], sounds: tuple[SoundStrip, ...]) -> Edit:
    edit, spans, rows, _placed = seen
    file_id, _ = takes.keep_ids(edit)
    first = edit.frame_start
    shown = [span for span in spans if span.enabled and not strips.runs_along(span.strip)]
    last = max((span.start + span.frames for span in shown), default=edit.frame_end + 1)
    render, percent = edit.render, edit.render.resolution_percentage / 100
    return Edit(
        id=f"{file_id}.{edit.name}"[:MAX_NAME],
        title=_name(Path(bpy.data.filepath).stem if bpy.data.filepath else edit.name) or "Film",
        fps=frame_rate(edit),
        size=(max(1, round(render.resolution_x * percent)), max(1, round(render.resolution_y * percent))),
        start=first,
        frames=max(0, last - first),
        shots=shots,
        sounds=sounds,
        transitions=tuple(_transitions(spans, rows)),
        markers=tuple(_marker(marker) for marker in edit.timeline_markers),
        others=tuple(_others(spans, rows)),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def find_edit(uid: int) -> bpy.types.Scene:
    """The scene of this `session_uid`, which an undo leaves it. Raises SceneError changed where it is gone."""
    edit = next((scene for scene in bpy.data.scenes if scene.session_uid == uid), None)
    if edit is None:
        raise SceneError("changed", "The edit is not there any more.")
    return edit


def _look(uid: int, mark: int | None = None) -> Seen:
    """The edit as it is now. Raises _Changed unless it is as it was when `mark` was taken; SceneError."""
    edit = find_edit(uid)
    spans = list(_spans(edit))
    rows = {shot.uid: shot for shot in all_shots() if shot.id_data.library is None and shot.uid}
    placed: dict[str, list[Span]] = {uid: [] for uid in rows}
    for span in spans:
        if shot_strip(span.strip) and marks.text(span.strip, SHOT_KEY) in placed:
            placed[span.strip[SHOT_KEY]].append(span)
    seen = Seen(edit, spans, rows, placed)
    if mark is not None and mark != _mark(seen):
        raise _Changed
    return seen


def _mark(seen: Seen) -> int:
    """The same for the same strips in the same places, and the same shots with the same takes."""
    shown = tuple(
        (one.strip.name, one.start, one.frames, one.enabled, str(one.strip.get(strips.TAKE_KEY, "")))
        for one in seen.spans
    )
    made = tuple(
        (uid, shot.current_take, *((take.uid, take.clip, take.status) for take in shot.takes))
        for uid, shot in seen.rows.items()
    )
    return hash((shown, made, len(seen.edit.timeline_markers)))


def shot_strip(strip: bpy.types.Strip) -> bool:
    """Whether a strip is the picture of a shot."""
    return bool(strip.get(SHOT_KEY)) and strip.type in ("MOVIE", "IMAGE")


def _spans(edit: bpy.types.Scene) -> Iterator[Span]:
    editor = edit.sequence_editor
    if editor is None:
        return
    yield from _inside(editor.strips, editor.channels, None)


def _inside(found: Any, channels: Any, meta: Span | None) -> Iterator[Span]:
    for strip in found:
        first, after = strips.start(strip), strips.end(strip)
        if meta is not None:
            first, after = max(first, meta.start), min(after, meta.start + meta.frames)
        if after <= first or strips.COMPARE_KEY in strip:
            continue
        enabled = not strip.mute and not channels[strip.channel].mute and (meta is None or meta.enabled)
        span = Span(strip, first, after - first, enabled)
        if strip.type == "META":
            yield from _inside(strip.strips, strip.channels, span)
        else:
            yield span


def _files(shots: list[Any], spans: list[Span]) -> Iterator[Path]:
    """Those that the data would name as the film's own, if they are."""
    for shot in shots:
        if shot.still:
            yield absolute(shot.still)
        yield from (takes.clip_path(take) for take in shot.takes if take.clip and take.status == "READY")
    for span in spans:
        if span.strip.type == "IMAGE" and shot_strip(span.strip) and (file := _file(span.strip)) is not None:
            yield file


def _shot(shot: Any, placed: list[Span], known: set[Path]) -> Shot:
    camera = shot.camera or shot.id_data.camera
    data = camera.data if camera is not None and camera.type == "CAMERA" else None
    still = absolute(shot.still) if shot.still else None
    return Shot(
        id=shot.uid,
        name=_name(shot.name),
        places=tuple(_place(span) for span in placed),
        takes=tuple(_take(shot, take, placed, known) for take in shot.takes if take.uid),
        current=shot.current_take,
        camera=_name(camera.name) if data else "",
        lens=float(data.lens) if data and data.type == "PERSP" else 0.0,
        scene=_name(shot.id_data.name),
        frame=shot.frame,
        frames=max(1, round(shot.seconds * frame_rate(shot.id_data))),
        direction=_direction(shot),
        note=_text(shot.note),
        rating=shot.rating,
        status=_status(shot),
        picture=_board(placed, known) or (still if still in known else None),
    )


def _board(placed: list[Span], known: set[Path]) -> Path | None:
    for span in placed:
        if span.strip.type == "IMAGE" and (file := _file(span.strip)) in known:
            return file
    return None


def _place(span: Span) -> Place:
    take = str(span.strip.get(strips.TAKE_KEY, "")) if span.strip.type == "MOVIE" else ""
    return Place(span.start, span.frames, span.offset, take, span.strip.channel, span.enabled)


def _take(shot: Any, take: Any, placed: list[Span], known: set[Path]) -> Take:
    clip = takes.clip_path(take) if take.clip and take.status == "READY" else None
    own = [span.strip for span in placed if span.strip.get(strips.TAKE_KEY) == take.uid and span.strip.type == "MOVIE"]
    return Take(
        id=take.uid,
        number=take.number,
        name=_name(takes.take_name(shot.name, take.number)),
        file=clip if clip in known else None,
        frames=strips.content_length(own[0]) if own else 0,
        handles=(marks.count(own[0], strips.HEAD_KEY), marks.count(own[0], strips.TAIL_KEY)) if own else (0, 0),
        engine=_name(take.engine),
        seed=take.seed,
        rating=take.rating,
        note=_text(take.note),
        beyond=marks.count(own[0], strips.BEYOND_KEY) if own else 0,
    )


def _direction(shot: Any) -> Direction:
    lines = [
        Line(_text(line.speaker)[:MAX_SPEAKER], line.language or LANGUAGES[0], _text(line.line)[:MAX_LINE])
        for line in shot.lines
        if line.line.strip()
    ]
    return Direction(_text(prompt_of(shot))[:MAX_TEXT], tuple(lines[:MAX_LINES]), _text(shot.sound)[:MAX_TEXT])


def _status(shot: Any) -> str:
    """The words that the panel has for the shot's status."""
    items = shot.bl_rna.properties["status"].enum_items
    return next((item.name for item in items if item.identifier == shot.status), "")


def _sounds(spans: list[Span], rows: dict[str, Any]) -> Iterator[SoundStrip]:
    for span in spans:
        strip = span.strip
        if strip.type != "SOUND":
            continue
        shot = str(strip.get(SHOT_KEY, ""))
        kind = TAKE if shot in rows else BED if BED_KEY in strip else OWN
        yield SoundStrip(
            name=_name(strip.name),
            start=span.start,
            frames=span.frames,
            offset=span.offset,
            kind=kind,
            file=_file(strip),
            shot=shot if kind == TAKE else "",
            take=str(strip.get(strips.TAKE_KEY, "")) if kind == TAKE else "",
            channel=strip.channel,
            volume=min(max(float(strip.volume), 0.0), 1000.0),
            enabled=span.enabled,
        )


def _transitions(spans: list[Span], rows: dict[str, Any]) -> Iterator[Transition]:
    for span in spans:
        strip, end = span.strip, span.start + span.frames
        kind, shot = str(strip.get(KIND_KEY, "")), str(strip.get(WITH_KEY, ""))
        if not span.enabled:
            continue
        if strip.type in CROSSES:
            sides = [str(one.get(SHOT_KEY, "")) if one else "" for one in (strip.input_1, strip.input_2)]
            if all(side in rows for side in sides):
                yield Transition(DISSOLVE, span.start, span.frames, *sides)
        elif kind == FADE_IN and shot in rows:
            yield Transition(FADE_IN, span.start, span.frames, after=shot)
        elif kind == FADE_OUT and shot in rows:
            yield Transition(FADE_OUT, span.start, span.frames, before=shot)
        elif kind == "DIP" and shot in rows:
            cut = next((one.start for one in spans if one.strip.get(SHOT_KEY) == shot and one.start > span.start), end)
            before = next((one for one in spans if shot_strip(one.strip) and one.start + one.frames == cut), None)
            if before is not None and span.start < cut < end:
                yield Transition(FADE_OUT, span.start, cut - span.start, before=str(before.strip[SHOT_KEY]))
                yield Transition(FADE_IN, cut, end - cut, after=shot)


def _others(spans: list[Span], rows: dict[str, Any]) -> Iterator[OtherStrip]:
    """Those that are neither a shot's, nor what Take One laid over one."""
    for span in spans:
        strip = span.strip
        ours = any(marks.text(strip, key) in rows for key in (SHOT_KEY, WITH_KEY)) or BURN_KEY in strip
        if strip.type == "SOUND" or ours:
            continue
        if strip.type in CROSSES and all(
            one and marks.text(one, SHOT_KEY) in rows for one in (strip.input_1, strip.input_2)
        ):
            continue
        yield OtherStrip(
            name=_name(strip.name),
            kind=strip.type,
            start=span.start,
            frames=span.frames,
            offset=max(0, span.offset),
            channel=strip.channel,
            file=_file(strip),
            enabled=span.enabled,
        )


def _marker(marker: bpy.types.TimelineMarker) -> Marker:
    return Marker(marker.frame, _name(marker.name), camera=_name(marker.camera.name) if marker.camera else "")


def _file(strip: bpy.types.Strip) -> Path | None:
    """The file of a strip, by its name only."""
    stored = ""
    if strip.type == "MOVIE":
        stored = strip.filepath
    elif strip.type == "SOUND" and strip.sound is not None:
        stored = strip.sound.filepath
    elif strip.type == "IMAGE" and strip.elements:
        stored = os.path.join(strip.directory, strip.elements[0].filename)  # noqa: PTH118  "//" is Blender's own
    return absolute(stored) if stored and "\0" not in stored else None


def _name(text: str) -> str:
    return _text(text)[:MAX_NAME]


def _text(text: str) -> str:
    """Text that UTF-8 holds."""
    return str(text).encode("utf-8", "replace").decode().replace("\0", "")
