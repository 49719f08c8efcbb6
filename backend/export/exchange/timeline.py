"""An edit as an OpenTimelineIO timeline: clips with all takes of their shot, sound, markers, notes, transitions.

What only Take One knows is kept as metadata under "take_one", so that `incoming` finds each clip's shot again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client.protocol.codec import to_json
from client.protocol.edit import Edit, Shot, Take, Transition
from client.protocol.edit.edit import DISSOLVE, FADE_IN, FADE_OUT

from ..errors import ExportError
from ..text import missing_files, plain, take_name, unplaced
from .arrange import Item, picture_tracks, sound_tracks

if TYPE_CHECKING:
    import opentimelineio as otio

KEY = "take_one"
RESOLVE = "Resolve_OTIO"  # DaVinci Resolve reads a marker's note there, not from `comment`
SHOWN = "DEFAULT_MEDIA"  # the key of the media that a clip shows


def library() -> Any:
    """OpenTimelineIO. Raises ExportError where it can't be had."""
    try:
        import opentimelineio
    except ImportError as error:
        message = (
            f"OpenTimelineIO is missing here ({error}). It needs Python 3.11 to 3.13: install the backend with one."
        )
        raise ExportError("not_installed", message, "install") from error
    return opentimelineio


def to_otio(edit: Edit, relative_to: Path | None = None) -> tuple[str, list[str]]:
    """The edit as .otio text, and remarks. Files are named by their absolute paths, as plain ones since DaVinci Resolve
    reads no file:// URLs; or from the folder `relative_to` on where they lie in it.

    Raises:
        ExportError: OpenTimelineIO is missing.
    """

    def named(file: Path) -> str:
        if relative_to and file.is_relative_to(relative_to):
            return file.relative_to(relative_to).as_posix()
        return str(file)

    timeline, remarks = build(edit, named)
    return library().adapters.write_to_string(timeline, "otio_json"), remarks


def build(edit: Edit, named: Callable[[Path], str]) -> tuple[otio.schema.Timeline, list[str]]:
    """The timeline, and remarks on what it can't hold. `named` says what a file is called in it."""
    otio, maker, remarks = library(), _Maker(edit, named), []
    timeline = otio.schema.Timeline(plain(edit.title), metadata={KEY: _about(edit)})
    timeline.global_start_time = maker.time(0)
    for number, items in enumerate(picture_tracks(edit), 1):
        timeline.tracks.append(maker.track(f"V{number}", otio.schema.TrackKind.Video, items))
    for number, items in enumerate(sound_tracks(edit), 1):
        timeline.tracks.append(maker.track(f"A{number}", otio.schema.TrackKind.Audio, items))
    timeline.tracks.markers.extend(maker.markers())
    remarks += [f"Shot '{shot.name}' is not in the edit yet, and so not in the timeline." for shot in unplaced(edit)]
    remarks += [
        f"The edit holds the last frame of '{plain(item.shot.name)}' for {item.held} frames, other programs show "
        "nothing there: its file goes on with the next shot. Make the take longer, or press Length from Take."
        for items in picture_tracks(edit)
        for item in items
        if item.shot and item.held
    ]
    return timeline, [*remarks, *missing_files(edit)]


def _about(edit: Edit) -> dict[str, Any]:
    return {
        "edit": edit.id,
        "fps": str(edit.fps),
        "size": list(edit.size),
        "start": edit.start,
        "frames": edit.frames,
        "origin": edit.origin,
        "made": edit.made,
    }


class _Maker:
    """Makes OpenTimelineIO's objects at the edit's rate."""

    def __init__(self, edit: Edit, named: Callable[[Path], str]) -> None:
        self._edit, self._named, self._otio = edit, named, library()
        self._rate = float(edit.fps)

    def time(self, frames: int) -> Any:
        return self._otio.opentime.RationalTime(frames, self._rate)

    def range(self, start: int, frames: int, rate: float = 0.0) -> Any:
        time = self._otio.opentime.RationalTime
        return self._otio.opentime.TimeRange(time(start, rate or self._rate), time(frames, rate or self._rate))

    def track(self, name: str, kind: str, items: list[Item]) -> Any:
        track, at = self._otio.schema.Track(name, kind=kind), 0
        for item in items:
            if item.start > at:
                track.append(self._otio.schema.Gap(source_range=self.range(0, item.start - at)))
            clip, fades = self._clip(item), self._fades(item) if item.shot else {}
            comes, goes = fades.get(FADE_IN), fades.get(FADE_OUT)
            if item.transition and item.start == at:
                track.append(self._transition(item.transition, item.before, item.after))
            elif comes and (item.start > at or at == 0):
                track.append(self._transition(comes, 0, comes.frames))
            elif comes:  # a transition there would be one from the clip before
                clip.markers.append(self._marker("Fade in", "", item.offset, comes.frames, "BLACK"))
            track.append(clip)
            at = item.end
            if goes and not any(one.start == at for one in items):
                track.append(self._transition(goes, goes.frames, 0))
            elif goes:
                first = item.offset + item.frames - goes.frames
                clip.markers.append(self._marker("Fade out", "", first, goes.frames, "BLACK"))
        return track

    def _fades(self, item: Item) -> dict[str, Transition]:
        """The fades that begin or end with the item, by their kind."""
        assert item.shot
        found, origin = {}, self._edit.origin
        for one in self._edit.transitions:
            start, end = one.start - origin, one.end - origin
            comes = one.kind == FADE_IN and one.after == item.shot.id and start == item.start and end <= item.end
            goes = one.kind == FADE_OUT and one.before == item.shot.id and end == item.end and start >= item.start
            if comes or goes:
                found[one.kind] = one
        return found

    def _transition(self, transition: Transition, before: int, after: int) -> Any:
        kind = self._otio.schema.TransitionTypes.SMPTE_Dissolve
        about = {KEY: to_json(transition)}
        name = "Dissolve" if transition.kind == DISSOLVE else "Fade"
        return self._otio.schema.Transition(name, kind, self.time(before), self.time(after), about)

    def _clip(self, item: Item) -> Any:
        if item.shot and item.place:
            return self._shot_clip(item, item.shot)
        strip = item.sound or item.other
        assert strip
        about: dict[str, Any] = {"kind": strip.kind}
        if item.sound:
            sound = item.sound
            about |= {"shot": sound.shot, "take": sound.take, "volume": sound.volume}
            about |= {"fade_in": sound.fade_in, "fade_out": sound.fade_out}
        reference = self._missing(strip.name) if strip.file is None else self._reference(strip.file, strip.name)
        clip = self._otio.schema.Clip(
            plain(strip.name), reference, self.range(item.offset, item.frames), metadata={KEY: about}
        )
        clip.enabled = item.enabled
        return clip

    def _shot_clip(self, item: Item, shot: Shot) -> Any:
        place = item.place
        assert place
        clip = self._otio.schema.Clip(plain(shot.name), source_range=self.range(item.offset, item.frames))
        clip.enabled = item.enabled
        clip.metadata[KEY] = {
            "shot": shot.id,
            "place": shot.places.index(place),
            "held": item.held,
            "take": place.take,
            "camera": shot.camera,
            "lens": shot.lens,
            "status": shot.status,
            "rating": shot.rating,
            "note": shot.note,
            "direction": to_json(shot.direction),
        }
        shown = shot.take(place.take)
        references = {SHOWN: self._take(shot, shown) if shown else self._picture(shot, item.offset + item.frames)}
        for take in shot.takes:
            if take is not shown and take.file is not None:
                references[self._key(shot, take, references)] = self._take(shot, take)
        clip.set_media_references(references, SHOWN)
        texts = [("Note", shot.note), *((f"Note to {take_name(shot, take)}", take.note) for take in shot.takes)]
        for name, text in texts:
            if text.strip():
                clip.markers.append(self._marker(plain(name), text, item.offset, 1, "YELLOW"))
        for line in shot.direction.dialogue:
            name = plain(f"{line.speaker}: {line.line}".removeprefix(": "))
            clip.markers.append(self._marker(name, "", item.offset, 1, "CYAN"))
        return clip

    def _key(self, shot: Shot, take: Take, used: dict[str, Any]) -> str:
        key = plain(take_name(shot, take)) or take.id
        return key if key not in used else f"{key} {take.id}"

    def _take(self, shot: Shot, take: Take) -> Any:
        if take.file is None:
            return self._missing(take_name(shot, take))
        about = to_json(take)
        for name in ("file", "picture", "name", "frames", "fps", "id"):
            del about[name]
        reference = self._reference(take.file, take_name(shot, take), {"take": take.id, **about})
        if take.frames:
            reference.available_range = self.range(0, take.frames, float(take.fps or self._edit.fps))
        return reference

    def _picture(self, shot: Shot, frames: int) -> Any:
        if shot.picture is None:
            return self._missing(shot.name)
        reference = self._reference(shot.picture, f"{shot.name} board", {"take": ""})
        reference.available_range = self.range(0, frames)
        return reference

    def _reference(self, file: Path, name: str, about: dict[str, Any] | None = None) -> Any:
        named = self._named(file).encode(errors="replace").decode()  # a name that is no UTF-8 can't be in the file
        reference = self._otio.schema.ExternalReference(named, metadata={KEY: about} if about else {})
        reference.name = plain(name)
        return reference

    def _missing(self, name: str) -> Any:
        reference = self._otio.schema.MissingReference()
        reference.name = plain(name)
        return reference

    def markers(self) -> Iterator[Any]:
        """Those of the edit, and strips that are no pictures of their own (text, colours, effects), as ranges."""
        origin = self._edit.origin
        for marker in self._edit.markers:
            yield self._marker(plain(marker.name), marker.note, marker.frame - origin, 1, "GREEN")
        for strip in self._edit.others:
            if not strip.shows:
                name = plain(f"{strip.kind}: {strip.name}")
                yield self._marker(name, "", strip.start - origin, strip.frames, "PURPLE")

    def _marker(self, name: str, note: str, start: int, frames: int, color: str) -> Any:
        about = {RESOLVE: {"Note": note}} if note else {}
        marker = self._otio.schema.Marker(name, self.range(start, frames), color, about)
        marker.comment = note
        return marker
