"""An edit's strips on tracks as other programs have them: nothing overlaps within one, dissolves lie over a cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from client.protocol.edit.edit import DISSOLVE, Edit, OtherStrip, Place, Shot, SoundStrip, Transition

BETWEEN_KINDS = {"TAKE": 0, "BED": 1, "OWN": 2}


@dataclass(frozen=True)
class Item:
    """A strip on a track. Frames count from the edit's origin. `transition` is the one at its head, whose first
    `before` frames lie over the item before it, `after` over this one."""

    start: int
    frames: int
    offset: int
    layer: int  # higher covers lower
    enabled: bool
    shot: Shot | None = None
    place: Place | None = None
    sound: SoundStrip | None = None
    other: OtherStrip | None = None
    transition: Transition | None = None
    before: int = 0
    after: int = 0
    held: int = 0  # frames after its last one, for which the edit holds that: its file goes on with other shots

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.start + self.frames


def picture_tracks(edit: Edit, others: bool = True) -> list[list[Item]]:
    """The strips with pictures, tracks from the lowest up. Two shots that dissolve meet at its middle, on one track.
    A take that shares its file with other shots' ends where theirs begin, though the edit holds its last frame.
    `others`: with the user's own strips."""
    items = [
        Item(place.start - edit.origin, place.frames, place.offset, place.channel, place.enabled, shot, place)
        for shot, place in edit.placed()
    ]
    for transition in edit.transitions:
        if transition.kind == DISSOLVE:
            items = _cut(items, transition, transition.start - edit.origin)
    items = [_own(item) for item in items]
    items += [
        Item(strip.start - edit.origin, strip.frames, strip.offset, strip.channel, strip.enabled, other=strip)
        for strip in edit.others
        if others and strip.shows
    ]
    return _fallen(items)


def sound_tracks(edit: Edit) -> list[list[Item]]:
    """The strips of sound: the takes' own on the first tracks, then beds, then what the user laid."""
    tracks: list[list[Item]] = []
    for kind in sorted({sound.kind for sound in edit.sounds}, key=BETWEEN_KINDS.__getitem__):
        tracks += _fallen(
            Item(one.start - edit.origin, one.frames, one.offset, one.channel, one.enabled, sound=one)
            for one in edit.sounds
            if one.kind == kind
        )
    return tracks


def _cut(items: list[Item], transition: Transition, start: int) -> list[Item]:
    """The dissolve's two items, cut at its middle; all as it was where the edit does not have them so."""
    end, middle = start + transition.frames, start + transition.frames // 2
    first = _index(items, transition.before, lambda item: item.end == end)
    second = _index(items, transition.after, lambda item: item.start == start)
    if first is None or second is None or items[first].start >= middle or items[second].end <= middle:
        return items
    one, two = items[first], items[second]
    layer = min(one.layer, two.layer)
    changed = list(items)
    changed[first] = replace(one, frames=middle - one.start, layer=layer)
    changed[second] = replace(
        two,
        start=middle,
        frames=two.end - middle,
        offset=two.offset + middle - two.start,
        layer=layer,
        transition=transition,
        before=middle - start,
        after=end - middle,
    )
    return changed


def _own(item: Item) -> Item:
    """The item without frames of its file that are other shots'."""
    take = item.shot.take(item.place.take) if item.shot and item.place else None
    frames = min(item.frames, take.own(item.offset)) if take else item.frames
    return replace(item, frames=frames, held=item.frames - frames)


def _index(items: list[Item], shot_id: str, fits: Callable[[Item], bool]) -> int | None:
    own = (index for index, item in enumerate(items) if item.shot and item.shot.id == shot_id and fits(item))
    return next(own, None)


def _fallen(items: Iterable[Item]) -> list[list[Item]]:
    """Each item on the lowest track where it still covers what it covered."""
    tracks: list[list[Item]] = []
    for item in sorted(items, key=lambda item: (item.layer, item.start)):
        below = [
            index
            for index, track in enumerate(tracks)
            if any(one.start < item.end and item.start < one.end for one in track)
        ]
        at = max(below, default=-1) + 1
        if at == len(tracks):
            tracks.append([])
        tracks[at].append(item)
    return [sorted(track, key=lambda item: item.start) for track in tracks]
