"""An edit as a CMX 3600 edit decision list: one track of pictures with dissolves, by OpenTimelineIO's adapter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from client.protocol.edit import Edit
from client.protocol.edit.timecode import drops

from ..errors import ExportError
from ..text import plain
from .arrange import sound_tracks
from .timeline import KEY, build, library

ADAPTER = "cmx_3600"
SHOT = "TAKE_ONE SHOT"  # a comment with the id of the event's shot
HELD = "TAKE_ONE HELD"  # a comment: for how many frames more the edit holds the event's last one
REEL = "AX"  # a file, no tape
LONGEST = 200  # characters of a comment
MOST_EVENTS = 999
DAY = 24 * 3600


def to_edl(edit: Edit) -> tuple[str, list[str]]:
    """The edit as EDL text, and remarks on what is left out. Files are named without their folders.

    Raises:
        ExportError: its rate has no timecode, it is empty, or too long.
    """
    otio = library()
    rate = smpte_rate(edit)
    if not any(place.enabled for _, place in edit.placed()):
        raise ExportError("empty_edit", "No shot is in the edit yet. Make a take, or lay the board first.")
    if (edit.end - edit.origin) / edit.fps >= DAY:
        raise ExportError("too_long", "An EDL holds less than 24 hours. Export a part of the edit.")
    timeline, remarks = build(replace(edit, others=()), lambda file: file.name)
    tracks = timeline.video_tracks()
    for track in tracks:
        _only_what_fits(otio, track)
    flat = tracks[0] if len(tracks) == 1 else otio.algorithms.flatten_stack(list(tracks))
    events = flat.find_clips()
    for clip in events:
        _prepare(clip)
    alone = otio.schema.Timeline(plain(edit.title)[:70] or "Take One")
    alone.tracks.append(flat.clone())
    text = otio.adapters.write_to_string(alone, ADAPTER, rate=rate, style="avid", reelname_len=None)
    mode = "FCM: DROP FRAME" if drops(edit.fps) else "FCM: NON-DROP FRAME"
    head, _, body = text.partition("\n\n")
    if len(tracks) > 1:
        remarks.append(f"An EDL has one track: the {len(tracks)} of the edit were laid together, the highest on top.")
    if sounds := sum(len(track) for track in sound_tracks(edit)):
        remarks.append(f"An EDL of pictures holds no sound: {sounds} strips are left out. The .otio has them.")
    if own := sum(strip.shows for strip in edit.others):
        remarks.append(f"An EDL has one track: {own} strips of your own are left out. The .otio has them.")
    if any(one.kind != "DISSOLVE" for one in edit.transitions):
        remarks.append("An EDL holds dissolves only: fades are left out. The .otio has them.")
    if len(events) > MOST_EVENTS:
        remarks.append(f"CMX 3600 knows {MOST_EVENTS} events, this one has {len(events)}: some programs refuse it.")
    return f"{head}\n{mode}\n\n{body}", remarks


def smpte_rate(edit: Edit) -> float:
    """The edit's rate as timecode has it. Raises ExportError for a rate that no EDL can have."""
    rate = float(edit.fps)
    if not library().opentime.RationalTime.is_smpte_timecode_rate(rate):
        nearest = library().opentime.RationalTime.nearest_smpte_timecode_rate(rate)
        if abs(nearest - rate) > 0.01:
            message = f"Timecode has no rate of {rate:g} fps, which an EDL needs. Export .otio, or set the edit to 24."
            raise ExportError("no_timecode", message)
        return float(nearest)
    return rate


def _only_what_fits(otio: Any, track: Any) -> None:
    """Fades and clips that are switched off leave the track."""
    for index in reversed(range(len(track))):
        child = track[index]
        if isinstance(child, otio.schema.Transition) and child.name != "Dissolve":
            del track[index]
        elif isinstance(child, otio.schema.Clip) and not child.enabled:
            track[index] = otio.schema.Gap(source_range=child.trimmed_range())


def _prepare(clip: Any) -> None:
    """The clip as an event: called after its file, as programs find it again, the shot's name and id as comments."""
    about = clip.metadata.get(KEY, {})
    reference = clip.media_reference
    name = Path(getattr(reference, "target_url", "") or "").name or clip.name or "clip"
    comments = [f"SHOT: {clip.name}"[:LONGEST]] if "shot" in about else []
    if about.get("shot"):
        comments.append(f"{SHOT} {plain(about['shot'])}"[:LONGEST])
    if about.get("held"):
        comments.append(f"{HELD} {about['held']}")
    clip.name = plain(name)[:LONGEST]
    clip.metadata["cmx_3600"] = {"reel": REEL, "comments": comments}
    for marker in clip.markers:
        marker.name = plain(f"{marker.name}: {marker.comment}".removesuffix(": "))[:LONGEST]
