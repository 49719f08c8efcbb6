"""What an edit is: its shots in order with their takes, its sound, transitions, markers and further strips.

All places are whole frames of the edit, numbered as in Blender. `frames` is a length, `offset` how many frames of a
file come before the first one that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..direction import MAX_LINES, MAX_TEXT, Direction, check_text
from ..problem import Unfit

MAX_FRAME = 2_000_000  # Blender's own end at 1,048,574
MAX_CHANNEL = 1024
MAX_NUMBER = 2**53  # which every program's numbers hold
MAX_NAME = 1000
MAX_SHOTS = 5000
MAX_TAKES = 1000  # of a shot
MAX_STRIPS = 50_000
MAX_SIDE = 65_536
PICTURE_KINDS = ("MOVIE", "IMAGE", "SCENE", "MOVIECLIP")  # other strips that show something of their own
DISSOLVE, FADE_IN, FADE_OUT = "DISSOLVE", "FADE_IN", "FADE_OUT"
TRANSITIONS = (DISSOLVE, FADE_IN, FADE_OUT)
TAKE, BED, OWN = "TAKE", "BED", "OWN"
SOUND_KINDS = (TAKE, BED, OWN)
NO_DIRECTION = Direction()


@dataclass(frozen=True)
class Take:
    """One clip of a shot. `frames` and `fps` are the file's, 0 and None where they are not known; `handles` is how many
    of them were made at the head and the tail to be trimmed, the last `beyond` of which are other shots'. `made`
    is ISO 8601, `cost` is for people ("0.35 USD")."""

    id: str
    number: int = 0
    name: str = ""
    file: Path | None = None
    frames: int = 0
    fps: Fraction | None = None
    handles: tuple[int, int] = (0, 0)
    size: tuple[int, int] = (0, 0)
    engine: str = ""
    seed: int = 0
    made: str = ""
    cost: str = ""
    rating: int = 0
    note: str = ""
    prompt: str = ""
    picture: Path | None = None
    beyond: int = 0

    def __post_init__(self) -> None:
        _check_names(self, "id", "name", "engine", "made", "cost")
        _check_texts(self, "note", "prompt")
        _check_id(self.id)
        _check_frames(self, "frames", "beyond")
        for name in ("number", "seed"):
            if not 0 <= getattr(self, name) <= MAX_NUMBER:
                raise Unfit(name, f"must be 0 to {MAX_NUMBER}")
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise Unfit("fps", "must be above 0 and at most 1000")
        if any(not 0 <= handle <= MAX_FRAME for handle in self.handles):
            raise Unfit("handles", f"must be 0 to {MAX_FRAME} frames")
        if any(not 0 <= side <= MAX_SIDE for side in self.size):
            raise Unfit("size", f"must have at most {MAX_SIDE} pixels a side")
        if not 0 <= self.rating <= 5:
            raise Unfit("rating", "must be 0 to 5")

    def own(self, offset: int) -> int:
        """How many frames from `offset` in its file on are its own: those behind them are other shots'."""
        return max(1, self.frames - self.beyond - offset) if self.frames and self.beyond else MAX_FRAME


@dataclass(frozen=True)
class Place:
    """A strip that shows a shot: `take` is the id of the one shown, "" for the shot's board picture."""

    start: int
    frames: int
    offset: int = 0
    take: str = ""
    channel: int = 1
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_place(self)
        _check_names(self, "take")

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.start + self.frames


@dataclass(frozen=True)
class Shot:
    """A shot, with the strips that show it (mostly one; none where it is not in the edit yet).

    `lens` is the focal length in millimetres at the shot's frame, 0 where it is not known; `frame` the frame of its
    scene, `frames` the length that its card asks for. `status` is a word for people. `picture` is its still.
    """

    id: str
    name: str
    places: tuple[Place, ...] = ()
    takes: tuple[Take, ...] = ()
    current: str = ""
    camera: str = ""
    lens: float = 0.0
    scene: str = ""
    frame: int = 0
    frames: int = 0
    direction: Direction = NO_DIRECTION
    note: str = ""
    rating: int = 0
    status: str = ""
    picture: Path | None = None

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_names(self, "id", "name", "camera", "scene", "status", "current")
        _check_texts(self, "note")
        _check_frames(self, "frame", "frames")
        if not 0 <= self.lens <= 100_000:
            raise Unfit("lens", "must be 0 to 100000 mm")
        if not 0 <= self.rating <= 5:
            raise Unfit("rating", "must be 0 to 5")
        _check_count(self.takes, "takes", MAX_TAKES)
        _check_count(self.places, "places", MAX_STRIPS)
        _check_distinct([take.id for take in self.takes], "takes")

    def take(self, take_id: str) -> Take | None:
        """Its take of this id."""
        return next((take for take in self.takes if take.id == take_id), None)

    @property
    def current_take(self) -> Take | None:
        """The take that the edit shows."""
        return self.take(self.current)

    @property
    def place(self) -> Place | None:
        """Where the edit shows it first."""
        return min(self.places, key=lambda place: (place.start, place.channel), default=None)


@dataclass(frozen=True)
class SoundStrip:
    """A strip of sound. `kind` is TAKE (a take's own), BED (ambience through a scene) or OWN (the user's).

    `volume` is a factor; `fade_in` and `fade_out` are frames of the edit.
    """

    name: str
    start: int
    frames: int
    offset: int = 0
    kind: str = OWN
    file: Path | None = None
    shot: str = ""
    take: str = ""
    channel: int = 1
    volume: float = 1.0
    fade_in: int = 0
    fade_out: int = 0
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_place(self)
        _check_names(self, "name", "shot", "take")
        _check_frames(self, "fade_in", "fade_out")
        if self.kind not in SOUND_KINDS:
            raise Unfit("kind", f"must be one of {', '.join(SOUND_KINDS)}")
        if not 0 <= self.volume <= 1000:
            raise Unfit("volume", "must be 0 to 1000")

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.start + self.frames


@dataclass(frozen=True)
class Transition:
    """From what shows before `start` to what shows from `start + frames` on. A DISSOLVE has two shots that overlap
    there, a FADE_IN comes from black to `after`, a FADE_OUT goes from `before` to black; a dip is both."""

    kind: str
    start: int
    frames: int
    before: str = ""
    after: str = ""

    def __post_init__(self) -> None:
        if self.kind not in TRANSITIONS:
            raise Unfit("kind", f"must be one of {', '.join(TRANSITIONS)}")
        _check_frames(self, "start", "frames")
        if self.frames < 1:
            raise Unfit("frames", "must be at least 1")
        _check_names(self, "before", "after")

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.start + self.frames


@dataclass(frozen=True)
class Marker:
    """A marker of the edit."""

    frame: int
    name: str = ""
    note: str = ""
    camera: str = ""

    def __post_init__(self) -> None:
        _check_frames(self, "frame")
        _check_names(self, "name", "camera")
        _check_texts(self, "note")


@dataclass(frozen=True)
class OtherStrip:
    """A strip that the user made: `kind` is Blender's own word (MOVIE, IMAGE, TEXT, COLOR, META ...)."""

    name: str
    kind: str
    start: int
    frames: int
    offset: int = 0
    channel: int = 1
    file: Path | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_place(self)
        _check_names(self, "name", "kind")

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.start + self.frames

    @property
    def shows(self) -> bool:
        """Whether it has a picture of its own, that other programs can show."""
        return self.kind in PICTURE_KINDS


@dataclass(frozen=True)
class Edit:
    """A whole edit. `start` is its first frame, `frames` its length, `size` its width and height in pixels.

    `id` stays the same through renames of the file.
    """

    id: str
    title: str
    fps: Fraction
    size: tuple[int, int]
    start: int = 1
    frames: int = 0
    shots: tuple[Shot, ...] = ()
    sounds: tuple[SoundStrip, ...] = ()
    transitions: tuple[Transition, ...] = ()
    markers: tuple[Marker, ...] = ()
    others: tuple[OtherStrip, ...] = ()
    made: str = ""
    author: str = ""

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_names(self, "id", "title", "made", "author")
        if not 1 <= self.fps <= 240:
            raise Unfit("fps", f"must be between 1 and 240, not {float(self.fps):g}")
        if any(not 1 <= side <= MAX_SIDE for side in self.size):
            raise Unfit("size", f"must have 1 to {MAX_SIDE} pixels a side")
        _check_frames(self, "start", "frames")
        if self.frames < 0:
            raise Unfit("frames", "must not be below 0")
        _check_count(self.shots, "shots", MAX_SHOTS)
        for name in ("sounds", "transitions", "markers", "others"):
            _check_count(getattr(self, name), name, MAX_STRIPS)
        _check_distinct([shot.id for shot in self.shots], "shots")

    def shot(self, shot_id: str) -> Shot | None:
        """Its shot of this id."""
        return next((shot for shot in self.shots if shot.id == shot_id), None)

    @property
    def end(self) -> int:
        """The frame after the last one."""
        return self.start + self.frames

    @property
    def origin(self) -> int:
        """The frame from which other programs count: the first one, or that of a strip which begins before it."""
        return min([self.start, *(place.start for place in self._strips())])

    def placed(self) -> list[tuple[Shot, Place]]:
        """Every strip that shows a shot, in the order of the edit."""
        pairs = ((shot, place) for shot in self.shots for place in shot.places)
        return sorted(pairs, key=lambda pair: (pair[1].start, pair[1].channel))

    def _strips(self) -> Iterator[Place | SoundStrip | OtherStrip]:
        for shot in self.shots:
            yield from shot.places
        yield from self.sounds
        yield from self.others


def _check_place(value: Place | SoundStrip | OtherStrip) -> None:
    _check_frames(value, "start", "frames", "offset")
    if value.frames < 1:
        raise Unfit("frames", "must be at least 1")
    if not 0 <= value.channel <= MAX_CHANNEL:
        raise Unfit("channel", f"must be 0 to {MAX_CHANNEL}")


def _check_frames(value: object, *names: str) -> None:
    for name in names:
        if abs(getattr(value, name)) > MAX_FRAME:
            raise Unfit(name, f"must be at most {MAX_FRAME} frames")


def _check_names(value: object, *names: str) -> None:
    for name in names:
        check_text(getattr(value, name), name, MAX_NAME)


def _check_texts(value: object, *names: str) -> None:
    for name in names:
        check_text(getattr(value, name), name, MAX_TEXT * MAX_LINES)


def _check_id(identity: str) -> None:
    if not identity:
        raise Unfit("id", "must not be empty")


def _check_count(values: tuple[object, ...], field: str, most: int) -> None:
    if len(values) > most:
        raise Unfit(field, f"must be at most {most}")


def _check_distinct(ids: list[str], field: str) -> None:
    if len(set(ids)) != len(ids):
        raise Unfit(field, "must have ids that differ")
