"""What each refusal of a type says, to the word: the place of the fault, and what would be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from client.protocol import (
    Camera,
    CameraPath,
    Choice,
    Direction,
    Keyframe,
    Line,
    Option,
    PartOfClip,
    Price,
    ProblemError,
    TakeRequest,
    Unfit,
    View,
)
from client.protocol.camera import IDENTITY, Focus, Thing
from client.protocol.edit import Changes, Cut, Edit, Marker, Note, Notes, OtherStrip, Place, Shot, SoundStrip, Take
from client.protocol.edit import Transition as Change
from client.protocol.edit.burn_in import BurnIn
from client.protocol.edit.file import read_json
from client.protocol.several import join

FILM = Edit("e", "film", Fraction(24), (64, 36))
CAMERA = Camera("perspective", 64, 48, 32.0, 24.0, fx=50.0, fy=51.0)
PART = PartOfClip(Direction("a"), 1.0)
NAN, INF = float("nan"), float("inf")
BOX, ZERO = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


def asked(**changes: Any) -> TakeRequest:
    fields = {"engine": "e", "direction": Direction("go"), "views": (), "seconds": 2.0, "fps": Fraction(24)}
    return TakeRequest(**{**fields, "size": (64, 48), "seed": 7, **changes})


def parted(*seconds: float) -> TakeRequest:
    return asked(shots=tuple(replace(PART, seconds=one) for one in seconds))


REFUSALS: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: Focus(0.0), "distance", "must be above 0"),
    (lambda: Focus(1.0, "x" * 65), "name", "must have at most 64 characters"),
    (lambda: Focus(1.0, position=(1.0, NAN, 2.0)), "position", "must be three finite numbers"),
    (lambda: Focus(1.0, position=(1.0, 2.0, 3.0, 4.0)), "position", "must be three finite numbers"),  # type: ignore[arg-type]
    (lambda: Thing("", ZERO, BOX), "name", "must not be empty"),
    (lambda: Thing("x" * 65, ZERO, BOX), "name", "must have at most 64 characters"),
    (lambda: Thing("a", (0.0, INF, 0.0), BOX), "centre", "must be three finite numbers"),
    (lambda: Thing("a", ZERO, (1.0, 1.0, NAN)), "size", "must be three finite numbers"),
    (lambda: Thing("a", ZERO, (1.0, -1.0, 1.0)), "size", "must not be below 0"),
    (lambda: replace(CAMERA, projection="flat"), "projection", "must be one of perspective, orthographic"),
    (lambda: replace(CAMERA, width=0), "width", "and height must be 1 to 65536 pixels"),
    (lambda: replace(CAMERA, height=65_537), "width", "and height must be 1 to 65536 pixels"),
    (lambda: replace(CAMERA, cy=NAN), "cy", "must be a finite number"),
    (lambda: replace(CAMERA, scale=-INF), "scale", "must be a finite number"),
    (lambda: replace(CAMERA, fx=0.0), "fx", "and fy must be above 0 for a perspective camera"),
    (lambda: replace(CAMERA, projection="orthographic"), "scale", "must be above 0 for an orthographic camera"),
    (lambda: replace(CAMERA, matrix_world=IDENTITY[:3]), "matrix_world", "must have 4 rows of 4 numbers"),
    (lambda: replace(CAMERA, matrix_world=((INF,) * 4,) * 4), "matrix_world", "must hold finite numbers"),
    (lambda: replace(CAMERA, things=(Thing("a", ZERO, BOX),) * 65), "things", "must be at most 64"),
    (lambda: replace(CAMERA, near=-1.0), "near", "must be a finite number of at least 0"),
    (lambda: replace(CAMERA, sight=((),)), "sight", "must have at most 32 rows of 1 to 32 distances"),
    (lambda: replace(CAMERA, sight=((1.0,), (1.0, 2.0), (3.0,))), "sight", "must have rows of one length"),
    (lambda: replace(CAMERA, sight=((1.0, 2.0), (1.0,))), "sight", "must have rows of one length"),
    (lambda: replace(CAMERA, sight=((1.0,), (NAN,))), "sight", "must hold finite distances of at least 0"),
    (lambda: Keyframe(-0.1, IDENTITY), "t", "must lie between 0 and 1"),
    (lambda: Keyframe(0.0, IDENTITY, 1001.0), "zoom", "must be above 0 and at most 1000"),
    (lambda: Keyframe(0.0, ((1.0,),)), "matrix", "must have 4 rows of 4 numbers"),
    (lambda: Keyframe(0.0, IDENTITY, unseen=((-1.0,),)), "unseen", "must hold finite distances of at least 0"),
    (lambda: CameraPath(()), "keyframes", "must be 1 to 4096"),
    (
        lambda: CameraPath((Keyframe(0.5, IDENTITY), Keyframe(0.5, IDENTITY))),
        *("keyframes", "must have a t that rises from one to the next"),
    ),
    (
        lambda: CameraPath(tuple(Keyframe(k / 257, IDENTITY, unseen=((1.0,),)) for k in range(257))),
        *("keyframes", "must have something unseen in at most 256 of them"),
    ),
    (lambda: View(Path("a"), t=1.5), "t", "must lie between 0 and 1"),
    (lambda: Line(line=" "), "line", "must say something"),
    (lambda: Line(line="x" * 1001), "line", "must have at most 1000 characters"),
    (lambda: Line("a\0", line="b"), "speaker", "holds characters that are not text"),
    (
        lambda: Line(language="Dutch", line="b"),
        *("language", "must be one of English, Mandarin, Cantonese, Japanese, Korean, German, French"),
    ),
    (lambda: Direction("x" * 5001), "prompt", "must have at most 5000 characters"),
    (lambda: Direction(sound="\udfff"), "sound", "holds characters that are not text"),
    (lambda: Direction(dialogue=(Line(line="a"),) * 65), "dialogue", "must have at most 64 lines"),
    (lambda: Option("a b", "int", 1), "name", "must be an identifier, not 'a b'"),
    (lambda: Option("a", "list", 1), "kind", "must be one of bool, int, float, enum, text"),
    (lambda: Option("a", "text", 1), "default", "of a does not fit: it must be text"),
    (
        lambda: Option("a", "enum", "z", choices=(Choice("x"), Choice("y"))),
        *("default", "of a does not fit: it must be one of x, y"),
    ),
    (lambda: Price(-1.0), "amount", "must be at least 0 and below 1e+12"),
    (lambda: asked(seconds=0.0), "seconds", "must be above 0 and at most 3600"),
    (lambda: asked(fps=Fraction(481, 2)), "fps", "must be between 1 and 240, not 240.5"),
    (lambda: asked(size=(15, 48)), "size", "must have 16 to 8192 pixels a side, not 15x48"),
    (lambda: asked(seed=-1), "seed", "must be a whole number from 0 to 4294967295"),
    (lambda: asked(views=tuple(View(Path("a"), t=k / 65) for k in range(65))), "views", "must be at most 64"),
    (lambda: asked(references=(Path("a"),) * 11), "references", "must be at most 10"),
    (lambda: asked(views=(View(Path("a")),) * 2), "views", "must have a t that rises from one to the next"),
    (lambda: parted(2.0), "shots", "must be 2 to 12"),
    (lambda: parted(*[2 / 13] * 13), "shots", "must be 2 to 12"),
    (lambda: parted(1.0, 1.5), "shots", "must be as long together as the clip"),
    (lambda: replace(PART, seconds=3600.5), "seconds", "must be above 0 and at most 3600"),
    (lambda: replace(PART, seed=2**32), "seed", "must be a whole number from 0 to 4294967295"),
    (
        lambda: join([asked(), asked(size=(64, 50))], True),
        *("shots", "must all have one size and one frame rate"),
    ),
    # Of an edit
    (lambda: Take(""), "id", "must not be empty"),
    (lambda: Take("t", engine="x" * 1001), "engine", "must have at most 1000 characters"),
    (lambda: Take("t", note="x" * 320_001), "note", "must have at most 320000 characters"),
    (lambda: Take("t", prompt="\0"), "prompt", "holds characters that are not text"),
    (lambda: Take("t", beyond=2_000_001), "beyond", "must be at most 2000000 frames"),
    (lambda: Take("t", number=-1), "number", "must be 0 to 9007199254740992"),
    (lambda: Take("t", seed=2**53 + 1), "seed", "must be 0 to 9007199254740992"),
    (lambda: Take("t", fps=Fraction(0)), "fps", "must be above 0 and at most 1000"),
    (lambda: Take("t", handles=(0, -1)), "handles", "must be 0 to 2000000 frames"),
    (lambda: Take("t", size=(65_537, 1)), "size", "must have at most 65536 pixels a side"),
    (lambda: Take("t", rating=6), "rating", "must be 0 to 5"),
    (lambda: Place(1, 0), "frames", "must be at least 1"),
    (lambda: Place(1, 1, channel=1025), "channel", "must be 0 to 1024"),
    (lambda: Place(1, 1, take="\0"), "take", "holds characters that are not text"),
    (lambda: Shot("", "S"), "id", "must not be empty"),
    (lambda: Shot("s", "S", lens=-0.1), "lens", "must be 0 to 100000 mm"),
    (lambda: Shot("s", "S", rating=-1), "rating", "must be 0 to 5"),
    (lambda: Shot("s", "S", frame=-2_000_001), "frame", "must be at most 2000000 frames"),
    (lambda: Shot("s", "S", takes=(Take("t"),) * 1001), "takes", "must be at most 1000"),
    (lambda: Shot("s", "S", places=(Place(1, 1),) * 50_001), "places", "must be at most 50000"),
    (lambda: Shot("s", "S", takes=(Take("t"), Take("u"), Take("t"))), "takes", "must have ids that differ"),
    (lambda: SoundStrip("s", 1, 2, kind="MUSIC"), "kind", "must be one of TAKE, BED, OWN"),
    (lambda: SoundStrip("s", 1, 2, volume=1000.5), "volume", "must be 0 to 1000"),
    (lambda: SoundStrip("s", 1, 2, fade_out=2_000_001), "fade_out", "must be at most 2000000 frames"),
    (lambda: Change("WIPE", 1, 2), "kind", "must be one of DISSOLVE, FADE_IN, FADE_OUT"),
    (lambda: Change("FADE_IN", 1, 0), "frames", "must be at least 1"),
    (lambda: Change("FADE_IN", 1, 2, after="x" * 1001), "after", "must have at most 1000 characters"),
    (lambda: Marker(1, camera="\0"), "camera", "holds characters that are not text"),
    (lambda: Marker(1, note="\0"), "note", "holds characters that are not text"),
    (lambda: OtherStrip("o", "\0", 1, 2), "kind", "holds characters that are not text"),
    (lambda: replace(FILM, id=""), "id", "must not be empty"),
    (lambda: replace(FILM, fps=Fraction(1, 2)), "fps", "must be between 1 and 240, not 0.5"),
    (lambda: replace(FILM, size=(64, 0)), "size", "must have 1 to 65536 pixels a side"),
    (lambda: replace(FILM, frames=-1), "frames", "must not be below 0"),
    (lambda: replace(FILM, start=2_000_001), "start", "must be at most 2000000 frames"),
    (lambda: replace(FILM, shots=(Shot("s", "S"),) * 5001), "shots", "must be at most 5000"),
    (lambda: replace(FILM, shots=(Shot("s", "S"), Shot("s", "T"))), "shots", "must have ids that differ"),
    (lambda: replace(FILM, markers=(Marker(1),) * 50_001), "markers", "must be at most 50000"),
    (lambda: replace(FILM, author="x" * 1001), "author", "must have at most 1000 characters"),
    (lambda: Note("", "x"), "shot", "must not be empty"),
    (lambda: Note("s", "x", verdict="fine"), "verdict", "must be approved, change or empty"),
    (lambda: Note("s", "x", frame=-2), "frame", "must be -1 to 2000000"),
    (lambda: Note("s", " "), "text", "must say something"),
    (lambda: Note("s", "x" * 10_001), "text", "must have at most 10000 characters"),
    (lambda: Note("s", "x", name="x" * 1001), "name", "must have at most 1000 characters"),
    (lambda: Notes("e", (Note("s", "x"),) * 10_001), "notes", "must be at most 10000"),
    (lambda: Notes("e", made="x" * 1001), "made", "must have at most 1000 characters"),
    (lambda: BurnIn(top="x" * 501), "top", "must have at most 500 characters"),
    (
        lambda: BurnIn(bottom="{zoom} {aperture} {shot}"),
        "bottom",
        "names {aperture}. Known are title, shot, take, frame, timecode, shot_frame, frames, camera, lens, engine, "
        "seed, date, author, note, line",
    ),
    (lambda: read_json(b"{}" + b" " * 2047, "kind", 1, 2048), "", "is larger than 2 KB"),
    (lambda: read_json(b"{", "kind", 1, 99), "", "is no JSON"),
    (lambda: read_json(b"[" * 99_999, "kind", 1, 99_999), "", "is no JSON"),
    (lambda: read_json(b'["kind"]', "kind", 1, 99), "", "is no file of the kind kind"),
    (lambda: read_json(b'"kind"', "kind", 1, 99), "", "is no file of the kind kind"),
    (lambda: read_json(b'{"other": 1}', "kind", 1, 99), "", "is no file of the kind kind"),
    (
        lambda: read_json(b'{"kind": 1, "a": ' + b"[" * 70 + b"]" * 70 + b"}", "kind", 1, 999),
        *("", "is no file of the kind kind"),
    ),
    (
        lambda: read_json(b'{"kind": 3}', "kind", 2, 99),
        *("kind", "is version 3, and only up to 2 is known here. Install a newer Take One"),
    ),
]


@pytest.mark.parametrize(("make", "place", "what"), REFUSALS)
def test_a_refusal_names_the_place_and_what_would_be_right(make: Callable[[], Any], place: str, what: str) -> None:
    with pytest.raises(Unfit) as refused:
        make()
    assert (refused.value.place, refused.value.what) == (place, what)
    assert str(refused.value) == (f"{place}: {what}" if place else what)


def test_what_is_as_much_as_may_be_is_fine() -> None:
    replace(CAMERA, sight=((0.0, 1e12),) * 32, things=(Thing("x" * 64, ZERO, ZERO),) * 64)
    parted(*[2 / 12] * 12)
    asked(views=tuple(View(Path("a"), t=k / 64) for k in range(64)), references=(Path("a"),) * 10)
    Shot("s", "S", (Place(1, 1),) * 3, tuple(Take(str(k)) for k in range(1000)))
    assert read_json(b'{"kind": 2}', "kind", 2, 11) == {"kind": 2}
    with pytest.raises(Unfit):
        parted(1.0, 0.95)  # a frame too few


def test_a_problem_on_its_way_keeps_all_that_it_says() -> None:
    error = ProblemError("too_long", "It is too long.", "shorter", "seconds")
    assert (error.code, error.message, error.fix, error.param, str(error)) == (
        *("too_long", "It is too long.", "shorter", "seconds"),
        "It is too long.",
    )
    assert (ProblemError("a", "b").fix, ProblemError("a", "b").param) == ("", None)


# What was made of an edit


def test_only_an_order_that_differs_is_told() -> None:
    a, b, c = (Shot(name, name.upper(), (Place(start, 10),)) for name, start in (("a", 1), ("b", 11), ("c", 21)))
    film = replace(FILM, shots=(c, a, b))

    def cuts(*ids: str) -> list[str]:
        places = {"a": 1, "b": 11, "c": 21}
        return Changes(tuple(Cut(one, one, places[one], 10, 0, 0) for one in ids)).lines(film)

    assert cuts("a", "b", "c") == cuts("a", "c") == cuts("a", "a", "b") == cuts() == []
    assert cuts("c", "a") == ["The order becomes C, A."]
    assert cuts("b", "a", "b", "c") == ["The order becomes B, A, C."]


def test_a_take_is_called_by_its_name_or_its_number() -> None:
    takes = (Take("t1", 1), Take("t2", 2, "film_t002"))
    film = replace(FILM, shots=(Shot("a", "A", (Place(1, 10, 3, "t1"),), takes),))

    def lines(**changes: Any) -> list[str]:
        return Changes((replace(Cut("a", "A", 1, 10, 3, 0, "t1"), **changes),)).lines(film)

    assert lines() == lines(take="") == []
    assert lines(take="t2") == ["A: take 1 becomes film_t002."]
    assert lines(take="gone") == ["A: take 1 becomes its picture."]
    assert lines(offset=7) == ["A: its take begins 4 frames later."]
    assert lines(offset=1) == ["A: its take begins 2 frames earlier."]
    assert lines(place=1) == lines(place=-1) == ["A: once more, 10 frames at 1."]
    assert lines(start=2, frames=8) == ["A: from frame 1 to 2.", "A: 10 frames become 8."]
