"""Strips on tracks and rows of a shot list, of edits whose files nobody needs: both sides of each rule."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backend.export.exchange.arrange import Item, picture_tracks, sound_tracks
from backend.export.shots import COLUMNS, rows, seconds, to_csv
from backend.export.text import is_there, missing_files, plain, take_name, unplaced
from client.protocol import Direction, Line
from client.protocol.edit import Edit, OtherStrip, Place, Shot, SoundStrip, Take, Transition


def edit(*shots: Shot, **more: Any) -> Edit:
    return Edit(
        **{"id": "e", "title": "T", "fps": Fraction(24), "size": (64, 36), "start": 101, "frames": 99, **more},
        shots=shots,
    )


def shot(name: str, *places: Place, **more: Any) -> Shot:
    return Shot(name, f"Shot {name}", places, **more)


def laid(tracks: list[list[Item]]) -> list[list[tuple[str, int, int, int]]]:
    """Of each item what it shows, and its start, frames and offset."""
    return [[(_name(item), item.start, item.frames, item.offset) for item in track] for track in tracks]


def _name(item: Item) -> str:
    return item.shot.id if item.shot else (item.sound or item.other).name  # type: ignore[union-attr]


def test_a_dissolve_is_cut_at_its_middle_and_both_shots_lie_on_one_track() -> None:
    film = edit(
        shot("a", Place(101, 40, 5, channel=2)),
        shot("b", Place(130, 30, 7, channel=4)),
        transitions=(Transition("DISSOLVE", 130, 11, "a", "b"),),
    )
    (track,) = picture_tracks(film)
    assert laid([track]) == [[("a", 0, 34, 5), ("b", 34, 25, 12)]]
    one, two = track
    assert (one.transition, two.transition) == (None, film.transitions[0])
    assert (two.before, two.after, one.layer, two.layer, one.end, two.end) == (5, 6, 2, 2, 34, 59)


@pytest.mark.parametrize(
    "transition",
    [
        Transition("DISSOLVE", 130, 10, "a", "b"),  # ends before the first shot does
        Transition("DISSOLVE", 129, 12, "a", "b"),  # begins before the second does
        Transition("DISSOLVE", 130, 11, "b", "a"),
        Transition("FADE_OUT", 130, 11, "a"),
    ],
)
def test_a_dissolve_that_the_edit_does_not_have_so_changes_nothing(transition: Transition) -> None:
    film = edit(shot("a", Place(101, 40, 5)), shot("b", Place(130, 30, 7, channel=3)), transitions=(transition,))
    assert laid(picture_tracks(film)) == [[("a", 0, 40, 5)], [("b", 29, 30, 7)]]


def test_a_shot_shorter_than_half_its_dissolve_keeps_it_as_it_is() -> None:
    dissolve = Transition("DISSOLVE", 130, 11, "a", "b")
    film = edit(shot("a", Place(101, 40)), shot("b", Place(130, 5, channel=3)), transitions=(dissolve,))
    assert laid(picture_tracks(film)) == [[("a", 0, 40, 0)], [("b", 29, 5, 0)]]
    longer = replace(film, shots=(film.shots[0], shot("b", Place(130, 6, channel=3))))
    assert laid(picture_tracks(longer)) == [[("a", 0, 34, 0), ("b", 34, 1, 5)]]


def test_each_strip_falls_as_far_as_it_still_covers_what_it_covered() -> None:
    film = edit(
        shot("a", Place(101, 10, channel=5)),
        shot("b", Place(111, 10, channel=9)),  # touches, and covers nothing
        shot("c", Place(120, 5, channel=12), Place(95, 7, channel=7)),
        others=(OtherStrip("movie", "MOVIE", 122, 5, 3, 20), OtherStrip("text", "TEXT", 101, 50, channel=30)),
    )
    assert film.origin == 95
    assert laid(picture_tracks(film)) == [
        [("a", 6, 10, 0), ("b", 16, 10, 0)],
        [("c", 0, 7, 0), ("c", 25, 5, 0)],
        [("movie", 27, 5, 3)],
    ]
    assert laid(picture_tracks(film, others=False)) == laid(picture_tracks(film))[:2]


def test_a_strip_lies_above_all_that_it_covers() -> None:
    places = {"a": Place(101, 20, channel=2), "b": Place(106, 20, channel=4), "c": Place(110, 20, channel=6)}
    film = edit(*(shot(name, place) for name, place in places.items()))
    assert laid(picture_tracks(film)) == [[("a", 0, 20, 0)], [("b", 5, 20, 0)], [("c", 9, 20, 0)]]


def test_a_take_ends_where_other_shots_begin_in_its_file() -> None:
    film = edit(shot("a", Place(101, 40, 10, "t"), takes=(Take("t", frames=60, beyond=20),)))
    ((item,),) = picture_tracks(film)
    assert (item.frames, item.held, item.offset) == (30, 10, 10)
    ((whole,),) = picture_tracks(edit(replace(film.shots[0], takes=(Take("t", frames=60),))))
    assert (whole.frames, whole.held) == (40, 0)


def test_sound_lies_by_kind_takes_first() -> None:
    film = edit(
        sounds=(
            SoundStrip("own", 101, 9, kind="OWN", channel=1),
            SoundStrip("bed", 101, 90, kind="BED", channel=2),
            SoundStrip("late", 110, 5, 2, kind="TAKE", channel=9, enabled=False),
            SoundStrip("early", 103, 7, 4, kind="TAKE", channel=8),
            SoundStrip("over", 104, 3, kind="TAKE", channel=10),
        )
    )
    assert laid(sound_tracks(film)) == [
        [("early", 2, 7, 4), ("late", 9, 5, 2)],
        [("over", 3, 3, 0)],
        [("bed", 0, 90, 0)],
        [("own", 0, 9, 0)],
    ]
    assert [item.enabled for item in sound_tracks(film)[0]] == [True, False]


TAKES = (Take("t1", 1, "A_t001", rating=2, seed=11, engine="draft"), Take("t2", 2, seed=22, engine="wan"))
LISTED = edit(
    shot(
        "a",
        Place(121, 20, take="t2"),
        Place(105, 8, take="t1", enabled=False),
        takes=TAKES,
        current="t1",
        camera="Cam",
        lens=35.5,
        rating=4,
        status="ready",
        note="=1+1",
        direction=Direction("push in", (Line("ANNA", "English", "Hi."), Line("", "English", "Yes.")), "rain"),
    ),
    shot("b", Place(130, 30)),
    shot("c", takes=(Take("t3", 3, rating=1),), current="t3", frames=48),
    transitions=(Transition("DISSOLVE", 130, 11, "a", "b"), Transition("FADE_OUT", 152, 8, "b")),
)


def test_each_strip_that_is_on_is_a_row_and_shots_without_one_come_last() -> None:
    found = [
        (row.number, row.shot.id, row.take and row.take.id, row.start, row.frames, bool(row.place))
        for row in rows(LISTED)
    ]
    assert found == [(1, "a", "t2", 20, 9, True), (2, "b", None, 29, 30, True), (3, "c", "t3", 0, 48, False)]
    short = edit(shot("a", Place(130, 11)), shot("b", Place(130, 30)), transitions=LISTED.transitions[:1])
    assert [row.frames for row in rows(short)] == [1, 30]


def test_a_shot_list_says_everything_in_its_own_column() -> None:
    text = to_csv(LISTED)
    assert text.startswith("\ufeff") and "\r\n" in text
    head, first, second, third = csv.reader(io.StringIO(text[1:], newline=""))
    assert head == list(COLUMNS)
    assert dict(zip(head, first, strict=True)) == {
        "number": "1",
        "shot": "Shot a",
        "camera": "Cam",
        "lens_mm": "35.5",
        "start_frame": "121",
        "start": "00:00:00:20",
        "end": "00:00:01:05",
        "frames": "9",
        "seconds": "0.38",
        "status": "ready",
        "take": "",
        "takes": "2",
        "engine": "wan",
        "seed": "22",
        "rating": "4",
        "prompt": "push in",
        "dialogue": "ANNA: Hi.\nYes.",
        "sound": "rain",
        "note": "'=1+1",
    }
    assert (second[3:7], second[10:15]) == (["", "130", "00:00:01:05", "00:00:02:11"], ["", "0", "", "", ""])
    assert (third[4:9], third[13:15]) == (["", "", "", "48", "2.00"], ["0", "1"])
    assert [seconds(*one) for one in ((25, Fraction(24)), (1, Fraction(24000, 1001)))] == ["1.04", "0.04"]


def test_words_on_one_line_and_what_is_missing(tmp_path: Path) -> None:
    assert plain(" a\x00b\n\tc\u2028d ") == "a b c d"
    assert (take_name(LISTED.shots[0], TAKES[0]), take_name(LISTED.shots[0], TAKES[1])) == ("A_t001", "Shot a take 2")
    assert [one.id for one in unplaced(LISTED)] == ["c"]
    (tmp_path / "there.mp4").write_text("x")
    there, gone = tmp_path / "there.mp4", tmp_path / "gone.mp4"
    film = edit(
        shot(
            "a", Place(101, 5, take="t1"), Place(107, 5), takes=(Take("t1", 1, "A1", file=there), Take("t2", 2, "A2"))
        ),
        shot("b", Place(111, 5, take="t3"), takes=(Take("t3", 3, "B3", file=gone),)),
        shot("c", Place(121, 5, take="t4"), takes=(Take("t4", 4, "C4"),)),
        sounds=(SoundStrip("s", 101, 5, file=gone, kind="TAKE"), SoundStrip("bed", 101, 5, file=gone, kind="BED")),
        others=(OtherStrip("o", "MOVIE", 101, 5, file=there), OtherStrip("p", "IMAGE", 101, 5, file=tmp_path)),
    )
    assert [line.partition(" is missing")[0] for line in missing_files(film)] == [
        "The file of B3",
        "The file of C4",
        "The file of strip 'bed'",
        "The file of strip 'p'",
    ]
    assert is_there(Path("\\\\server\\share\\a.mp4"))
