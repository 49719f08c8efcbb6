"""An edit's types by themselves: what sidecars add to it, what is seen where, timecode at its corners, changes."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from client.protocol import Unfit
from client.protocol.codec import to_json
from client.protocol.edit import (
    Changes,
    Cut,
    Edit,
    Marker,
    Note,
    OtherStrip,
    Place,
    Shot,
    SoundStrip,
    Take,
    Transition,
    file,
)
from client.protocol.edit import sidecar as sidecars
from client.protocol.edit.burn_in import filled, shot_at, values_at
from client.protocol.edit.edit import OWN
from client.protocol.edit.sidecar import with_sidecars
from client.protocol.edit.timecode import timecode

SAID = {
    "frames": 49,
    "fps": "24000/1001",
    "width": 640,
    "height": 360,
    "created_at": "2026-03-04T05:06:07+00:00",
    "cost": {"amount": 1.25, "currency": "EUR"},
    "beyond": 7,
    "tail": 9,
    "handles": [5, 11],
}


def described(folder: Path, said: dict[str, Any], take: Take) -> Take:
    (folder / "a_t001.json").write_text(json.dumps(said))
    shot = Shot("a", "A", takes=(replace(take, file=folder / "a_t001.mp4"),))
    return with_sidecars(Edit("e", "film", Fraction(24), (64, 36), shots=(shot,))).shots[0].takes[0]


def test_a_sidecar_says_what_the_edit_does_not_know(tmp_path: Path) -> None:
    found = described(tmp_path, SAID, Take("t", 3, seed=4))
    assert found == Take(
        "t",
        3,
        file=tmp_path / "a_t001.mp4",
        frames=49,
        fps=Fraction(24000, 1001),
        handles=(5, 11),
        size=(640, 360),
        seed=4,
        made="2026-03-04T05:06:07+00:00",
        cost="1.25 EUR",
        beyond=7,
    )


def test_what_the_edit_knows_of_a_take_counts_before_its_sidecar(tmp_path: Path) -> None:
    known = Take(
        "t",
        frames=25,
        fps=Fraction(25),
        handles=(0, 3),
        size=(0, 90),
        made="2026-01-02",
        cost="0.10 USD",
        beyond=2,
        file=tmp_path / "a_t001.mp4",
    )
    assert described(tmp_path, SAID, known) == known


def test_a_price_that_was_written_for_people_counts_before_the_cost(tmp_path: Path) -> None:
    both = {"price": "3.50 GBP", "cost": {"amount": 1.25, "currency": "EUR"}}
    assert described(tmp_path, both, Take("t")).cost == "3.50 GBP"
    assert described(tmp_path, {**both, "price": None}, Take("t")).cost == "1.25 EUR"


def test_what_does_not_fit_is_left_out_and_the_rest_is_taken(tmp_path: Path) -> None:
    found = described(tmp_path, {**SAID, "fps": "x", "handles": [1], "width": -1}, Take("t"))
    assert (found.frames, found.fps, found.handles, found.size, found.beyond) == (49, None, (0, 0), (0, 0), 7)


def test_a_sidecar_is_read_to_its_last_byte_and_no_further(tmp_path: Path) -> None:
    path = tmp_path / "take.json"
    for more, wanted in ((0, {"frames": 3}), (1, {})):
        text = '{"frames": 3}'
        path.write_text(text + " " * (sidecars.MAX_BYTES - len(text) + more))
        assert sidecars.read_sidecar(path) == wanted
    for text in ("[1]", '{"a": "\\ud800"}', "{", '{"a":' + "[" * 70 + "]" * 70 + "}"):
        path.write_text(text)
        assert sidecars.read_sidecar(path) == {}
    assert sidecars.read_sidecar(tmp_path) == sidecars.read_sidecar(tmp_path / "none.json") == {}


@pytest.mark.parametrize(
    ("frame", "fps", "text"),
    [
        (24 * 86_400 + 49, Fraction(24), "00:00:02:01"),  # a day later the clock begins anew
        (24 * 86_399 + 23, Fraction(24), "23:59:59:23"),
        (99, Fraction(100), "00:00:00:99"),
        (1001, Fraction(101), "00:00:09:092"),
        (3599, Fraction(60000, 1001), "00:00:59;59"),
        (35964, Fraction(60000, 1001), "00:10:00;00"),
        (5394, Fraction(30000, 1001), "00:02:59;28"),
        (-1, Fraction(30000, 1001), "-00:00:00;01"),
        (1, Fraction(1), "00:00:01:00"),
        (29, Fraction(2997, 100), "00:00:00;29"),  # as some write 30000/1001
        (47, Fraction(24), "00:00:01:23"),
    ],
)
def test_timecode_at_its_corners(frame: int, fps: Fraction, text: str) -> None:
    assert timecode(frame, fps) == text


def edit(**changes: Any) -> Edit:
    """Two shots: the second also on a lower channel at once, and earlier on one that is switched off."""
    one = Shot("a", "A", (Place(11, 20, channel=3), Place(5, 4, channel=9), Place(5, 6, channel=2)), lens=35.0)
    two = Shot("b", "B", (Place(21, 10, 4, channel=2), Place(15, 3, channel=8, enabled=False)), note=" x \n y ")
    fields = {"start": 11, "frames": 40, "shots": (one, two), "made": "2026-03-05T10:00:00+00:00"}
    return Edit(**{"id": "e", "title": "T", "fps": Fraction(24), "size": (64, 36), **fields, **changes})


def test_strips_stand_in_the_order_of_the_edit() -> None:
    film = edit()
    assert [(shot.id, place.start, place.channel) for shot, place in film.placed()] == [
        ("a", 5, 2),
        ("a", 5, 9),
        ("a", 11, 3),
        ("b", 15, 8),
        ("b", 21, 2),
    ]
    first = film.shots[0].place
    assert first is not None and (first.start, first.channel) == (5, 2)
    assert Shot("c", "C").place is None
    earlier = Shot("c", "C", (Place(9, 5, channel=1), Place(5, 5, channel=7))).place
    assert earlier is not None and earlier.start == 5
    assert film.shots[1].places[0].end == 31 and film.end == 51


def test_the_frame_to_count_from_is_the_earliest_of_all_strips_and_never_after_the_start() -> None:
    late = Shot("a", "A", (Place(20, 5),))
    film = edit(shots=(late,))
    assert film.origin == 11
    assert replace(film, sounds=(SoundStrip("s", 8, 9),)).origin == 8
    assert replace(film, others=(OtherStrip("o", "TEXT", 7, 2), OtherStrip("p", "TEXT", 30, 2))).origin == 7
    assert replace(film, markers=()).origin == 11


def test_the_highest_strip_that_is_on_is_seen() -> None:
    film = edit()
    seen = {frame: shot_at(film, frame) for frame in (4, 5, 8, 9, 10, 15, 21, 30, 31)}
    found = {frame: (pair[0].id, pair[1].channel) if pair else None for frame, pair in seen.items()}
    assert found == {
        4: None,
        5: ("a", 9),
        8: ("a", 9),
        9: ("a", 2),
        10: ("a", 2),
        15: ("a", 3),
        21: ("a", 3),
        30: ("a", 3),
        31: None,
    }
    off = replace(film, shots=(replace(film.shots[0], places=()), film.shots[1]))
    assert shot_at(off, 16) is None
    values = values_at(off, 23)
    assert (values["shot"], values["shot_frame"], values["take"], values["note"]) == ("B", "3", "board", "x y")
    assert (values["frame"], values["frames"], values["timecode"]) == ("23", "40", "00:00:00:12")


def test_an_order_is_that_of_the_file_and_each_change_is_a_sentence() -> None:
    film = edit(
        shots=(
            Shot("a", "A", (Place(11, 20, 6, "t1"), Place(60, 5))),
            Shot("b", "B", (Place(31, 10),), takes=(Take("t2", 2), Take("t3", 3, "B_t003"))),
        )
    )
    same = (Cut("a", "A", 11, 20, 6, 0, "t1"), Cut("b", "B", 31, 10, 0, 0), Cut("a", "A", 60, 5, 0, 1))
    assert Changes(same).lines(film) == []
    turned = Changes((same[1], same[0], same[2], Cut("", "new", 70, 4), Cut("a", "A", 80, 3)))
    assert turned.lines(film) == [
        "new: a new shot of 4 frames at 70.",
        "A: once more, 3 frames at 80.",
        "The order becomes B, A.",
    ]
    moved = Changes((Cut("a", "A", 12, 18, 4, 0, "t1"), Cut("b", "B", 31, 10, 2, 0, "t3"), same[2]))
    assert moved.lines(film) == [
        "A: from frame 11 to 12.",
        "A: 20 frames become 18.",
        "A: its take begins 2 frames earlier.",
        "B: its take begins 2 frames later.",
        "B: its picture becomes B_t003.",
    ]


def test_frames_of_a_file_that_are_other_shots() -> None:
    shared = Take("t", frames=100, beyond=30)
    assert [shared.own(offset) for offset in (0, 20, 69, 70, 90)] == [70, 50, 1, 1, 1]
    assert replace(shared, beyond=0).own(20) == replace(shared, frames=0).own(20) == 2_000_000


@pytest.mark.parametrize(
    ("make", "low", "high", "place"),
    [
        (lambda value: Take("t", handles=(value, 0)), 0, 2_000_000, "handles"),
        (lambda value: Take("t", handles=(3, value)), 0, 2_000_000, "handles"),
        (lambda value: Take("t", size=(3, value)), 0, 65_536, "size"),
        (lambda value: Take("t", rating=value), 0, 5, "rating"),
        (lambda value: Take("t", seed=value), 0, 2**53, "seed"),
        (lambda value: Take("t", fps=Fraction(value)), 1, 1000, "fps"),
        (lambda value: Take("t", frames=value), -2_000_000, 2_000_000, "frames"),
        (lambda value: Shot("s", "S", rating=value), 0, 5, "rating"),
        (lambda value: Shot("s", "S", lens=value), 0, 100_000, "lens"),
        (lambda value: Place(1, value), 1, 2_000_000, "frames"),
        (lambda value: Place(1, 1, channel=value), 0, 1024, "channel"),
        (lambda value: Transition("DISSOLVE", 5, value), 1, 2_000_000, "frames"),
        (lambda value: edit(fps=Fraction(value)), 1, 240, "fps"),
        (lambda value: edit(frames=value), 0, 2_000_000, "frames"),
        (lambda value: edit(size=(value, 36)), 1, 65_536, "size"),
        (lambda value: Note("s", "x", frame=value), -1, 2_000_000, "frame"),
        (lambda value: Marker(value), -2_000_000, 2_000_000, "frame"),
        (lambda value: SoundStrip("s", value, 1), -2_000_000, 2_000_000, "start"),
        (lambda value: OtherStrip("o", "TEXT", 1, 1, offset=value), -2_000_000, 2_000_000, "offset"),
    ],
)
def test_both_sides_of_each_limit(make: Any, low: int, high: int, place: str) -> None:
    make(low)
    make(high)
    for beyond in (low - 1, high + 1):
        with pytest.raises(Unfit) as refused:
            make(beyond)
        assert refused.value.place == place


def test_a_note_says_something_or_has_a_verdict() -> None:
    assert Note("s", verdict="approved").text == "" and Note("s", "darker").verdict == ""
    with pytest.raises(Unfit, match="must say something"):
        Note("s", " \n")


def test_every_file_of_an_edit_is_named_from_its_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "takes", Path("/elsewhere/x")
    take = Take("t", file=inside / "a.mp4", picture=inside / "a.png")
    film = edit(
        shots=(Shot("a", "A", takes=(take, Take("u")), picture=inside / "still.png"),),
        sounds=(SoundStrip("s", 1, 2, file=tmp_path / "s.wav"), SoundStrip("r", 1, 2, file=outside)),
        others=(OtherStrip("o", "MOVIE", 1, 2, file=inside / "o.mov"), OtherStrip("p", "TEXT", 1, 2)),
    )
    data = file.to_bytes(film, tmp_path)
    said = json.loads(data)
    shot = said["shots"][0]
    assert [shot["takes"][0]["file"], shot["takes"][0]["picture"], shot["picture"]] == [
        "takes/a.mp4",
        "takes/a.png",
        "takes/still.png",
    ]
    assert [one["file"] for one in (*said["sounds"], *said["others"])] == ["s.wav", "/elsewhere/x", "takes/o.mov", None]
    assert file.from_bytes(data, tmp_path) == film
    there = file.from_bytes(data, Path("/moved"))
    assert (there.sounds[0].file, there.sounds[1].file) == (Path("/moved/s.wav"), outside)
    assert (there.others[0].file, there.shots[0].picture) == (
        Path("/moved/takes/o.mov"),
        Path("/moved/takes/still.png"),
    )


def test_what_is_not_said_of_a_strip() -> None:
    assert to_json(Place(1, 2)) == {"start": 1, "frames": 2, "offset": 0, "take": "", "channel": 1, "enabled": True}
    assert to_json(SoundStrip("s", 1, 2)) == {
        "name": "s",
        "start": 1,
        "frames": 2,
        "offset": 0,
        "kind": OWN,
        "file": None,
        "shot": "",
        "take": "",
        "channel": 1,
        "volume": 1.0,
        "fade_in": 0,
        "fade_out": 0,
        "enabled": True,
    }
    assert to_json(OtherStrip("o", "TEXT", 1, 2)) == {
        "name": "o",
        "kind": "TEXT",
        "start": 1,
        "frames": 2,
        "offset": 0,
        "channel": 1,
        "file": None,
        "enabled": True,
    }
    assert to_json(Cut("a", "A", 3, 4)) == {
        "shot": "a",
        "name": "A",
        "start": 3,
        "frames": 4,
        "offset": 0,
        "place": -1,
        "take": "",
        "note": "",
    }
    assert to_json(Note("s", "x")) == {"shot": "s", "text": "x", "name": "", "take": "", "verdict": "", "frame": -1}


def test_a_number_has_as_many_digits_as_its_word_says_and_no_more_where_it_says_none() -> None:
    values = {"frame": "23", "shot": "A", "note": ""}
    assert filled("{frame}|{frame:5}|{frame:05}|{frame:1}|{shot:3}", values) == "23|00023|00023|23|00A"
    assert filled("{note:4}", values) == "" and filled("a     b\n\n {lens} ", values) == "a  b"


@pytest.mark.parametrize("version", [True, "1", 1.0, 0, 2, None])
def test_a_file_of_another_version_is_refused_by_its_kind(version: object) -> None:
    assert file.read_json(b'{"take_one_edit": 1}', "take_one_edit", 1, 20) == {"take_one_edit": 1}
    with pytest.raises(Unfit) as refused:
        file.read_json(json.dumps({"take_one_edit": version}).encode(), "take_one_edit", 1, 99)
    assert refused.value.place == "take_one_edit"
    with pytest.raises(Unfit, match="larger than 0 KB"):
        file.read_json(b'{"take_one_edit": 1}', "take_one_edit", 1, 19)


@pytest.mark.parametrize("name", ["id", "name", "camera", "scene", "status", "current"])
def test_a_name_of_a_shot_has_at_most_a_thousand_characters(name: str) -> None:
    replace(Shot("s", "S"), **{name: "x" * (1000 if name != "id" else 100)})
    with pytest.raises(Unfit) as refused:
        replace(Shot("s", "S"), **{name: "x" * 1001})
    assert refused.value.place == name
