"""An edit as a file, timecode, and burn-ins."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from client.protocol import Unfit
from client.protocol.edit import Edit, Note, Notes, Shot, Take, file, notes
from client.protocol.edit.burn_in import BurnIn, filled
from client.protocol.edit.sidecar import with_sidecars
from client.protocol.edit.timecode import timecode


def test_an_edit_is_read_as_it_was_written(film: Edit, film_file: Path) -> None:
    assert file.from_bytes(film_file.read_bytes(), film_file.parent) == film


def test_a_folder_that_moves_takes_its_files_along(film: Edit, film_file: Path) -> None:
    data = film_file.read_bytes()
    assert str(film_file.parent) not in data.decode()
    found = file.from_bytes(data, Path("/elsewhere"))
    assert found.shots[2].takes[1].file == Path("/elsewhere/takes/s2/s2_t002.mp4")
    assert found.others[1].file == Path("/elsewhere/own/logo.mov")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fps": "1/0"}, "fps"),
        ({"take_one_edit": 2}, "newer Take One"),
        ({"take_one_edit": True}, "version"),
        ({"frames": -1}, "frames"),
        ({"size": [0, 36]}, "size"),
        ({"id": ""}, "id"),
        ({"shots": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "differ"),
        ({"shots": [{"id": "a", "name": "A", "places": [{"start": 1, "frames": 0}]}]}, "shots.0.places.0.frames"),
        ({"shots": [{"id": "a", "name": "A", "takes": [{"id": "t", "seed": 2**53 + 1}]}]}, "shots.0.takes.0.seed"),
        ({"shots": [{"id": "a", "name": "A", "takes": [{"id": "t", "number": -1}]}]}, "shots.0.takes.0.number"),
        ({"markers": [{"frame": 3_000_000}]}, "markers.0.frame"),
    ],
)
def test_what_is_no_edit_is_refused(film_file: Path, change: dict[str, object], said: str) -> None:
    data = json.loads(film_file.read_bytes()) | change
    with pytest.raises(Unfit, match=said):
        file.from_bytes(json.dumps(data).encode(), film_file.parent)


@pytest.mark.parametrize(
    ("price", "cost"),
    [
        ('{"amount": 0.347, "currency": "EUR"}', "0.35 EUR"),
        ('{"amount": 2}', "2.00 USD"),
        ('{"amount": 1' + "0" * 400 + "}", ""),
        ('{"amount": NaN}', ""),
        ('{"amount": true}', ""),
        ('{"amount": "1"}', ""),
        ('"0.10 USD"', "0.10 USD"),
        ("[1]", ""),
    ],
)
def test_what_a_sidecar_says_of_a_price(tmp_path: Path, price: str, cost: str) -> None:
    (tmp_path / "a_t001.json").write_text(f'{{"frames": 24, "price": {price}}}')
    edit = Edit(
        "e", "film", Fraction(24), (64, 36), shots=(Shot("a", "A", takes=(Take("t", file=tmp_path / "a_t001.mp4"),)),)
    )
    take = with_sidecars(edit).shots[0].takes[0]
    assert (take.cost, take.frames) == (cost, 24)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"take_one_edit": 1}', b"[" * 100_000])
def test_what_is_no_file_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(Unfit):
        file.from_bytes(data, Path("/x"))


@pytest.mark.parametrize(
    ("frame", "fps", "text"),
    [
        (0, Fraction(24), "00:00:00:00"),
        (24 * 3661 + 5, Fraction(24), "01:01:01:05"),
        (-30, Fraction(24), "-00:00:01:06"),
        (100, Fraction(24000, 1001), "00:00:04:04"),
        (1799, Fraction(30000, 1001), "00:00:59;29"),
        (1800, Fraction(30000, 1001), "00:01:00;02"),
        (17981, Fraction(30000, 1001), "00:09:59;29"),
        (17982, Fraction(30000, 1001), "00:10:00;00"),
        (107892, Fraction(30000, 1001), "01:00:00;00"),
        (3600, Fraction(60000, 1001), "00:01:00;04"),
        (1800, Fraction(30), "00:01:00:00"),
        (121, Fraction(120), "00:00:01:001"),
    ],
)
def test_timecode(frame: int, fps: Fraction, text: str) -> None:
    assert timecode(frame, fps) == text


def test_burn_ins_say_what_is_seen_at_each_frame(film: Edit) -> None:
    template = BurnIn(
        top_left="{title} {{x}}",
        top="{shot}",
        top_right="{engine} {seed} {date}",
        bottom_left="{take} {shot_frame:3}/{note}",
        bottom="{camera} {lens}",
        bottom_right="{timecode} {frame:5}",
    )
    first, middle = template.at(film, 11), template.at(film, 90)
    assert first["top_left"] == 'A film "<b>" 映画 {x}'
    assert first["top_right"] == "draft 2 2026-03-02"
    assert first["bottom_left"] == "t002 001/"
    assert first["bottom_right"] == "00:00:00:00 00011"
    # In the dissolve the shot on the higher channel counts, and its text is never read as a template.
    assert middle["top"] == film.shots[1].name and middle["bottom"] == "Camera 1 36 mm"
    assert middle["bottom_left"] == "t002 032/lower the lamp" and middle["bottom_right"] == "00:00:03:07 00090"
    fifth = film.shots[4].places[0].start
    assert template.at(film, fifth)["top"] == "{shot} {{x}} %s"


def test_a_burn_in_leaves_out_what_is_not_known(film: Edit) -> None:
    gone = template_at_the_end(film)
    assert gone == {"bottom_right": "00:00:10:00  0251", "top_left": film.title, "top_right": "2026-03-05"}


def template_at_the_end(film: Edit) -> dict[str, str]:
    assert film.end == 251
    return BurnIn().at(film, 251)


def test_a_word_that_is_not_known_is_refused() -> None:
    with pytest.raises(Unfit, match=r"names \{size\}"):
        BurnIn(top="{size}")
    assert filled("{{shot}} {shot}", {"shot": "{take}"}) == "{shot} {take}"


def test_notes_are_read_as_they_were_written(film: Edit) -> None:
    said = Notes(film.id, (Note("shot-2", "darker\n<b>", "厨房", "take-2-1", "change", 40),), film.title, "Mia", "2026")
    assert notes.from_bytes(notes.to_bytes(said)) == said


@pytest.mark.parametrize(
    "change",
    [
        {"notes": [{"shot": "", "text": "x"}]},
        {"notes": [{"shot": "a", "text": " "}]},
        {"notes": [{"shot": "a", "text": "x", "verdict": "maybe"}]},
        {"notes": [{"shot": "a", "text": "x" * 10_001}]},
        {"notes": [{"shot": "a", "text": "x", "frame": -2}]},
        {"notes": {"a": 1}},
        {"take_one_notes": 3},
    ],
)
def test_what_are_no_notes_is_refused(film: Edit, change: dict[str, object]) -> None:
    data = json.loads(notes.to_bytes(Notes(film.id))) | change
    with pytest.raises(Unfit):
        notes.from_bytes(json.dumps(data).encode())


def test_an_edit_holds_strips_before_its_first_frame(film: Edit) -> None:
    early = replace(film.shots[0], places=(replace(film.shots[0].places[0], start=-4),))
    assert film.origin == 11 and replace(film, shots=(early, *film.shots[1:])).origin == -4
