"""What another program made of an edit: an .otio or EDL beside it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from client.protocol.codec import nests_deeper
from client.protocol.edit import Changes, Cut, Edit, Shot
from client.protocol.edit.edit import MAX_FRAME, MAX_NAME, MAX_STRIPS

from ..errors import ExportError
from ..text import plain
from .edl import ADAPTER, HELD, SHOT, smpte_rate
from .timeline import KEY, library

MAX_BYTES = 64 << 20
SUFFIXES = (".otio", ".edl")
DEEPEST = 200  # levels of JSON: three for each level of nested tracks
UNREADABLE = (ValueError, RecursionError, IndexError, KeyError, TypeError, AttributeError)


def read_changes(edit: Edit, path: Path) -> Changes:
    """What the file at `path` would change in `edit`. Nothing else of the edit is touched by it.

    Raises:
        ExportError: it is no timeline, or shows no clips.
    """
    timeline = _timeline(edit, path)
    try:
        reader = _Reader(edit, timeline, path.suffix.lower() == ".edl")
        for track in timeline.video_tracks():
            for clip in track.find_clips():
                reader.take(clip)
    except ExportError:
        raise
    except (library().exceptions.OTIOError, ArithmeticError, *UNREADABLE) as error:  # times that are none, and the like
        raise _unreadable(path, error) from error
    if not reader.cuts:
        raise ExportError("empty_edit", f"'{path.name}' shows no clips. Export the timeline again.")
    cuts = sorted(reader.cuts, key=lambda cut: (cut.start, cut.place))
    named = {cut.shot for cut in cuts}
    unnamed = tuple(shot.id for shot in edit.shots if shot.places and shot.id not in named)
    return Changes(tuple(cuts), unnamed, tuple(dict.fromkeys(reader.remarks)))


def _timeline(edit: Edit, path: Path) -> Any:
    otio, suffix = library(), path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ExportError(
            "invalid_file", f"'{path.name}' is neither .otio nor .edl. Export the timeline as one of them."
        )
    if path.stat().st_size > MAX_BYTES:
        raise ExportError("invalid_file", f"'{path.name}' is larger than {MAX_BYTES >> 20} MB.")
    data = path.read_bytes()
    try:
        if suffix == ".otio":
            if nests_deeper(json.loads(data), DEEPEST):
                raise ValueError("it nests too deep")
            found = otio.adapters.read_from_string(data.decode(), "otio_json")
        else:
            found = otio.adapters.read_from_string(_text(data), ADAPTER, rate=smpte_rate(edit))
    except ExportError:
        raise
    except (otio.exceptions.OTIOError, *UNREADABLE) as error:
        raise _unreadable(path, error) from error
    if isinstance(found, otio.schema.SerializableCollection):
        found = next((one for one in found if isinstance(one, otio.schema.Timeline)), None)
    if not isinstance(found, otio.schema.Timeline) or found.tracks is None:
        raise ExportError("invalid_file", f"'{path.name}' holds no timeline. Export the timeline again.")
    return found


def _unreadable(path: Path, error: Exception) -> ExportError:
    said = plain(str(error))[:200]
    return ExportError("invalid_file", f"'{path.name}' can't be read: {said}. Export the timeline again.")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


@dataclass
class _Reader:
    """Collects the cuts of a timeline."""

    edit: Edit
    timeline: Any
    is_list: bool  # an EDL, which has no frame of its own to count from
    cuts: list[Cut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._otio = library()
        self._used: Counter[tuple[str, int]] = Counter()
        self._by_name = _names(self.edit)
        about = _about(self.timeline)
        ours = about.get("edit") == self.edit.id and isinstance(about.get("origin"), int)
        self._origin = int(about["origin"]) if ours else self.edit.origin
        self._hours = self._first_hour() if self.is_list else 0

    def take(self, clip: Any) -> None:
        """Adds the cut that the clip is, if it is one of a shot."""
        if len(self.cuts) >= MAX_STRIPS:
            raise ExportError("invalid_file", f"The timeline has more than {MAX_STRIPS} clips.")
        about = _about(clip)
        shown = clip.trimmed_range()
        there = clip.transformed_time_range(shown, self.timeline.tracks)
        before, after = self._overlaps(clip)
        start = self._frames(there.start_time) - before - self._hours
        frames = self._frames(there.duration) + before + after + _held(clip, about)
        offset = self._frames(shown.start_time - self._media_start(clip)) - before
        if frames < 1 or max(abs(start + self._origin), frames, abs(offset)) > MAX_FRAME:
            self.remarks.append(f"'{plain(clip.name)[:80]}' has no length that an edit can have, and is left out.")
            return
        if any(isinstance(effect, self._otio.schema.TimeEffect) for effect in clip.effects):
            self.remarks.append(f"The change of speed of '{plain(clip.name)[:80]}' is left out.")
        shot, take = self._shot_and_take(clip, about)
        if shot is None and (about.get("kind") or self._is_other(clip)):
            return  # a strip of the user's, which stays as it is
        place = self._place(shot, about) if shot else -1
        now = shot.places[place].take if shot and place >= 0 else ""
        self.cuts.append(
            Cut(
                shot.id if shot else "",
                shot.name if shot else _free_name(clip),
                start + self._origin,
                frames,
                max(0, offset),
                place,
                take or now,
                "" if shot else _note(clip),
            )
        )

    def _frames(self, time: Any) -> int:
        rate = float(self.edit.fps)
        if abs(time.rate - rate) <= 0.0005 * rate:
            return round(time.value)
        if abs(time.rate - rate) > 0.0015 * rate:
            self.remarks.append(f"The file counts at {time.rate:g} fps and the edit at {rate:g}: places are rounded.")
        return round(time.value / time.rate * rate)

    def _first_hour(self) -> int:
        """Frames of the whole hours that a list's first event begins with: programs count from 1:00:00:00 by habit."""
        starts = [
            clip.transformed_time_range(clip.trimmed_range(), self.timeline.tracks).start_time
            for track in self.timeline.video_tracks()
            for clip in track.find_clips()
        ]
        if not starts:
            return 0
        hours = int(min(time.value / time.rate for time in starts) // 3600)
        return self._frames(self._otio.opentime.RationalTime(hours * 3600 * starts[0].rate, starts[0].rate))

    def _overlaps(self, clip: Any) -> tuple[int, int]:
        """How many frames before and after its cuts a clip is seen, for it dissolves there."""
        track = clip.parent()
        if not isinstance(track, self._otio.schema.Track):
            return 0, 0
        index = track.index(clip)
        before = track[index - 1] if index else None
        after = track[index + 1] if index + 1 < len(track) else None
        transition = self._otio.schema.Transition
        return (
            self._frames(before.in_offset) if isinstance(before, transition) else 0,
            self._frames(after.out_offset) if isinstance(after, transition) else 0,
        )

    def _media_start(self, clip: Any) -> Any:
        available = getattr(clip.media_reference, "available_range", None)
        return (
            available.start_time
            if available
            else self._otio.opentime.RationalTime(0, clip.trimmed_range().start_time.rate)
        )

    def _shot_and_take(self, clip: Any, about: dict[str, Any]) -> tuple[Shot | None, str]:
        shown = _about(clip.media_reference).get("take")
        files = [_stem(getattr(clip.media_reference, "target_url", "")), _stem(clip.name)]
        if self.is_list:
            files.reverse()  # a list's dissolve has the file that it comes from
        found = [self._by_name[name] for name in (*files, clip.name.casefold()) if name and name in self._by_name]
        shot = self.edit.shot(str(about.get("shot") or _shot_comment(clip)))
        if shot is None and found:
            shot = found[0][0]
        if shot is None:
            return None, ""
        take = next((take for own, take in found if own is shot and take), "")
        if isinstance(shown, str) and shot.take(shown):
            take = shown
        return shot, take

    def _place(self, shot: Shot, about: dict[str, Any]) -> int:
        wanted = about.get("place")
        order = sorted(range(len(shot.places)), key=lambda index: shot.places[index].start)
        if isinstance(wanted, int) and wanted in order:
            order.insert(0, wanted)
        free = next((index for index in order if not self._used[shot.id, index]), -1)
        self._used[shot.id, free] += 1
        return free

    def _is_other(self, clip: Any) -> bool:
        names = {other.name.casefold() for other in self.edit.others}
        names |= {other.file.stem.casefold() for other in self.edit.others if other.file}
        return bool({clip.name.casefold(), _stem(getattr(clip.media_reference, "target_url", ""))} & names)


def _names(edit: Edit) -> dict[str, tuple[Shot, str]]:
    """Shots, with the id of a take, by what a clip may be called. A name that two shots have is none."""
    found: dict[str, tuple[Shot, str]] = {}
    doubtful = set()
    for shot in edit.shots:
        own = [(shot.name, ""), (shot.picture.stem if shot.picture else "", "")]
        for take in shot.takes:
            own += [(take.name, take.id), (take.file.stem if take.file else "", take.id)]
        for name, take_id in own:
            key = plain(name).casefold()
            if key in found and found[key][0] is not shot:
                doubtful.add(key)
            found.setdefault(key, (shot, take_id))
    return {name: pair for name, pair in found.items() if name and name not in doubtful}


def _stem(url: str) -> str:
    """The name of a file without folders and suffix, in lower case."""
    return plain(PureWindowsPath(PurePosixPath(url or "").name).stem).casefold()


def _about(thing: Any) -> dict[str, Any]:
    found = thing.metadata.get(KEY) if thing is not None else None
    return dict(found) if found is not None and hasattr(found, "keys") else {}


def _shot_comment(clip: Any) -> str:
    """The id of the shot that an event's comment names: the last, since a dissolve first names where it comes from."""
    comments = [str(comment) for comment in clip.metadata.get("cmx_3600", {}).get("comments", [])]
    return next((comment.removeprefix(SHOT).strip() for comment in reversed(comments) if comment.startswith(SHOT)), "")


def _held(clip: Any, about: dict[str, Any]) -> int:
    """For how many frames more the edit held the clip's last one."""
    held = about.get("held")
    for comment in map(str, clip.metadata.get("cmx_3600", {}).get("comments", [])):
        number = comment.removeprefix(HELD).strip()
        if comment.startswith(HELD) and number.isascii() and number.isdigit():
            held = int(number[:9])
    return held if isinstance(held, int) and 0 <= held <= MAX_FRAME else 0


def _free_name(clip: Any) -> str:
    name = clip.name or _stem(getattr(clip.media_reference, "target_url", "")) or "Shot"
    return plain(PurePosixPath(name.replace("/", " ")).stem)[:MAX_NAME] or "Shot"


def _note(clip: Any) -> str:
    texts = [f"{marker.name}: {marker.comment}".strip(": ") for marker in clip.markers]
    return "\n".join(text for text in texts if text)[:MAX_NAME]
