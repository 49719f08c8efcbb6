"""What another program made of an edit, beside the edit as it is: shown first, then applied by Blender's side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .edit import Edit, Place, Shot


@dataclass(frozen=True)
class Cut:
    """A strip as it should be. `shot` is the id of the shot that it shows, "" for one that is to be made, called
    `name`; `place` counts the strips of that shot, -1 for a further one. Frames are the edit's, `offset` the frames of
    the file before the first that is shown. `take` is the id of the take, "" for the one that is shown now."""

    shot: str
    name: str
    start: int
    frames: int
    offset: int = 0
    place: int = -1
    take: str = ""
    note: str = ""


@dataclass(frozen=True)
class Changes:
    """`cuts` are all strips in their new order, those that stay as they are included. `unnamed` are the ids of shots
    that the file does not name: they stay. `remarks` say what of the file is left out."""

    cuts: tuple[Cut, ...]
    unnamed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def lines(self, edit: Edit) -> list[str]:
        """What would change, a sentence each; none where nothing would."""
        return [line for cut in self.cuts for line in _lines(edit, cut)] + self._order(edit)

    def _order(self, edit: Edit) -> list[str]:
        before = [shot.id for shot, _ in edit.placed()]
        after = [cut.shot for cut in self.cuts if cut.shot]
        common = set(before) & set(after)
        was, now = ([one for one in order if one in common] for order in (before, after))
        if list(dict.fromkeys(was)) == list(dict.fromkeys(now)):
            return []
        names = {shot.id: shot.name for shot in edit.shots}
        return ["The order becomes " + ", ".join(names[one] for one in dict.fromkeys(now)) + "."]


def place_of(edit: Edit, cut: Cut) -> Place | None:
    """The strip that a cut is about, as it is now."""
    shot = edit.shot(cut.shot)
    return shot.places[cut.place] if shot and 0 <= cut.place < len(shot.places) else None


def _lines(edit: Edit, cut: Cut) -> Iterator[str]:
    shot, place = edit.shot(cut.shot), place_of(edit, cut)
    if shot is None:
        yield f"{cut.name}: a new shot of {cut.frames} frames at {cut.start}."
        return
    if place is None:
        yield f"{shot.name}: once more, {cut.frames} frames at {cut.start}."
        return
    if cut.start != place.start:
        yield f"{shot.name}: from frame {place.start} to {cut.start}."
    if cut.frames != place.frames:
        yield f"{shot.name}: {place.frames} frames become {cut.frames}."
    if cut.offset != place.offset:
        by = cut.offset - place.offset
        yield f"{shot.name}: its take begins {abs(by)} frames {'later' if by > 0 else 'earlier'}."
    if cut.take and cut.take != place.take:
        yield f"{shot.name}: {_named(shot, place.take)} becomes {_named(shot, cut.take)}."


def _named(shot: Shot, take_id: str) -> str:
    take = shot.take(take_id)
    return (take.name or f"take {take.number}") if take else "its picture"
