"""All that stands on a page of a board, word by word and line by line, and the ends of what is read and shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import opentimelineio as otio
import pytest
from PIL import Image, ImageDraw, ImageFont

from backend.export import commands
from backend.export.errors import ExportError
from backend.export.exchange import edl, incoming
from backend.export.page import page as client_page
from backend.export.page import to_html
from backend.export.paper import board, burn, sheet
from backend.export.paper.fonts import Fonts
from backend.export.shots import rows
from backend.media import movie
from client.protocol import Direction, Line
from client.protocol.edit import Edit, OtherStrip, Place, Shot, SoundStrip, Take, Transition

NONE = Fonts(None, (), frozenset())
HALL = Shot(
    "a", "Hall", (Place(121, 36, take="t"),), (Take("t", 1, "Hall_t001"),), "t", "Cam", 35.25, status="ready",
    note="darker", direction=Direction("push in", (Line("ANNA", "English", "Hi."),), "rain"),
)  # fmt: skip
YARD = Shot("b", "Yard", frames=30, camera="B", direction=Direction("hold"))
FILM = Edit(
    "e", "Film", Fraction(24), (64, 36), start=101, frames=96, shots=(HALL, YARD), author="Mia", made="2026-03-05T12:00"
)
BLACK, QUIET = (20, 20, 22), (105, 105, 112)
# Of a page of A4: millimetres from the left and the top, width and height; points, colour, words.
HEAD = [
    (11.0, 9.0, 215.0, 7, 13, BLACK, "Film", "L"),
    (226.0, 9.0, 60, 7, 8, QUIET, "2 shots, 00:00:04:00 at 24 fps", "R"),
    (11.0, 195.0, 148.5, 4, 8, QUIET, "Mia \u00b7 2026-03-05", "L"),
    (246.0, 195.0, 40, 4, 8, QUIET, "1 / 1", "R"),
]
CELLS = [
    (11.0, 74.86, 8.0, 4.74, 10.5, QUIET, "1", "L"),
    (19.0, 74.86, 80.33, 4.74, 10.5, BLACK, "Hall", "L"),
    (11.0, 80.11, 88.33, 3.39, 7.5, QUIET, "36 frames, 1.50 s, from 00:00:00:20", "L"),
    (11.0, 83.99, 88.33, 3.39, 7.5, QUIET, "Cam \u00b7 35.25 mm \u00b7 Hall_t001 \u00b7 ready", "L"),
    (11.0, 87.88, 88.33, 3.84, 8.5, BLACK, "ANNA: Hi.", "L"),
    (11.0, 92.22, 88.33, 3.39, 7.5, BLACK, "push in", "L"),
    (11.0, 96.1, 88.33, 3.39, 7.5, QUIET, "Sound: rain", "L"),
    (11.0, 99.99, 88.33, 3.39, 7.5, BLACK, "Note: darker", "L"),
    (104.33, 74.86, 8.0, 4.74, 10.5, QUIET, "2", "L"),
    (112.33, 74.86, 80.33, 4.74, 10.5, BLACK, "Yard", "L"),
    (104.33, 80.11, 88.33, 3.39, 7.5, QUIET, "30 frames, 1.25 s, not in the edit", "L"),
    (104.33, 83.99, 88.33, 3.39, 7.5, QUIET, "B \u00b7 board", "L"),
    (104.33, 87.88, 88.33, 3.39, 7.5, BLACK, "hold", "L"),
]
UPRIGHT = [(11.0, 75.83, "1"), (19.0, 75.83, "Hall"), (11.0, 81.08, "36 frames, 1.50 s, from 00:00:00:20")]


def drawn(layout: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any]]:
    """The words and the shapes of the one page of FILM."""
    pages = board._Board(FILM, layout, "a4", NONE)
    pdf, words, shapes, now = pages._pdf, list[Any](), list[Any](), dict[str, Any]()
    cell = pdf.cell
    monkeypatch.setattr(pdf, "set_text_color", lambda *ink: now.update(ink=ink))
    monkeypatch.setattr(pdf, "set_draw_color", lambda grey: now.update(grey=grey))

    def write(width: float, height: float, text: str, align: str = "L") -> None:
        if text:  # multi_cell measures with empty ones
            words.append((pdf.x, pdf.y, width, height, pdf.font_size_pt, now["ink"], text, align))
        cell(width, height, text, align=align)

    monkeypatch.setattr(pdf, "cell", write)
    for name in ("line", "rect"):
        monkeypatch.setattr(pdf, name, lambda *given, name=name: shapes.append((name, now["grey"], *given)))
    monkeypatch.setattr(pdf, "image", lambda picture, *given: shapes.append(("image", picture.size, *given)))
    for row in rows(FILM):
        pages.add(row, board._paragraphs(FILM, row))
    return words, shapes


def near(wanted: tuple[Any, ...]) -> list[Any]:
    return [pytest.approx(one, abs=0.006) if isinstance(one, float) else one for one in wanted]


def test_every_word_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    words, shapes = drawn(board.LANDSCAPE, monkeypatch)
    assert [list(one) for one in words] == [near(one) for one in (*HEAD, *CELLS)]
    wide, high = 88.333, 49.663
    assert [list(one) for one in shapes] == [
        near(one)
        for one in (
            ("line", 190, 11.0, 18.0, 286.0, 18.0),
            ("image", (900, 506), 11.0, 24.0, wide, high), ("rect", 150, 11.0, 24.0, wide, high),
            ("image", (900, 506), 104.333, 24.0, wide, high), ("rect", 150, 104.333, 24.0, wide, high),
        )
    ]  # fmt: skip
    words, shapes = drawn(board.PORTRAIT, monkeypatch)
    assert [[one[0], one[1], one[6]] for one in words[4:7]] == [near(one) for one in UPRIGHT]
    assert list(shapes[3]) == near(("image", (900, 506), 107.501, 24.0, 90.059, 50.633))
    assert words[2][1] == pytest.approx(282, abs=0.01)


def test_the_facts_of_a_board(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = board._Board(replace(FILM, title="Fi\nlm", author="M\tia"), board.LANDSCAPE, "letter", NONE)._pdf
    assert (pdf.title, pdf.author, pdf.creator, pdf.c_margin, pdf.auto_page_break) == (
        "Fi lm", "M ia", "Take One", 0, False,
    )  # fmt: skip
    assert pdf.str_alias_nb_pages == ""
    assert (round(pdf.w), round(pdf.h)) == (279, 216)


def test_a_cell_ends_where_its_words_have_no_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = board._Board(FILM, board.LANDSCAPE, "a4", NONE)
    pages._pdf.add_page()
    line = 8.0 * 0.3528 * 1.28
    three = board.Paragraph("a\nb\nc", 8.0)
    shown: list[str] = []
    monkeypatch.setattr(pages._pdf, "cell", lambda width, height, text="", **_: shown.append(text))
    for room, wanted in (
        (3.0, ["a", "b", "c"]), (2.995, ["a", "b", "c"]), (2.98, ["a", "b..."]), (2.0, ["a", "b..."]), (1.0, ["a..."]),
    ):  # fmt: skip
        shown.clear()
        ends, fits = pages._write(three, 20.0, 50.0, 60.0, 50.0 + room * line)
        assert ([one for one in shown if one], fits) == (wanted, len(wanted) == 3), room
        assert ends == pytest.approx(50.0 + len(wanted) * line + 0.5)
    assert pages._write(three, 20.0, 50.0, 60.0, 50.0 + 0.98 * line) == (50.0, False)


def test_a_sheet_is_dark_and_its_words_are_light(monkeypatch: pytest.MonkeyPatch) -> None:
    inks: list[Any] = []
    monkeypatch.setattr(sheet, "_text", lambda *given: inks.append(given[4]))
    picture: Any = SimpleNamespace(of=lambda shot, place: Image.new("RGB", (320, 180), (9, 9, 9)))
    made = sheet._drawn(FILM, rows(FILM), picture, NONE)
    assert made.getpixel((3, 3)) == (24, 24, 27)
    assert inks == [(235, 235, 238), *((235, 235, 238), (150, 150, 158)) * 2]
    for count, columns in ((1, 1), (2, 2), (3, 2), (4, 3), (7, 3), (9, 4), (30, 6)):
        film = replace(FILM, shots=tuple(replace(YARD, id=f"s{number}") for number in range(count)))
        wide = sheet._drawn(film, rows(film), picture, NONE).width
        assert (wide - 2 * 24 + 12) // 332 == columns, count


def otio_file(folder: Path, *clips: otio.schema.Clip) -> Path:
    timeline = otio.schema.Timeline("T")
    timeline.tracks.append(otio.schema.Track("V", list(clips), kind="Video"))
    path = folder / "back.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def a_clip(name: str, start: float, frames: float, **about: Any) -> otio.schema.Clip:
    time = otio.opentime.RationalTime
    found = otio.opentime.TimeRange(time(start, 24), time(frames, 24))
    return otio.schema.Clip(name, source_range=found, metadata={"take_one": about})


def test_shots_that_came_not_back_are_those_that_had_a_strip(tmp_path: Path) -> None:
    film = replace(FILM, shots=(HALL, YARD, replace(HALL, id="c", name="Attic", takes=())))
    changed = incoming.read_changes(film, otio_file(tmp_path, a_clip("Hall", 3, 12, shot="a")))
    assert changed.unnamed == ("c",)
    (cut,) = changed.cuts
    assert (cut.shot, cut.name, cut.start, cut.frames, cut.offset, cut.place, cut.take) == (
        "a",
        "Hall",
        101,
        12,
        3,
        0,
        "t",
    )


def test_what_is_too_large_or_nests_too_deep_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.edl"
    with large.open("wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(ExportError, match=r"^'large.edl' is larger than 64 MB\.$"):
        incoming.read_changes(FILM, large)
    one = a_clip("Hall", 0, 12, shot="a")
    path = otio_file(tmp_path, one)
    data = json.loads(path.read_text())
    for levels, refused in ((100, False), (199, False), (200, True)):
        nested: Any = 1
        for _ in range(levels - 1):
            nested = [nested]
        data["metadata"]["deep"] = nested
        path.write_text(json.dumps(data))
        if refused:
            with pytest.raises(ExportError, match=r"can't be read: it nests too deep\. Export the timeline again\.$"):
                incoming.read_changes(FILM, path)
        else:
            assert len(incoming.read_changes(FILM, path).cuts) == 1


def test_how_far_a_cut_may_be_from_its_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of a frame a second, and a tenth of a second between picture and sound."""
    edit = replace(FILM, frames=48, sounds=(SoundStrip("s", 101, 48),))
    for fps, sound, wrong in (
        ("24.01", 2.099, ""), ("23.99", 1.901, ""), ("24.015", 2.0, "24.015 fps"), ("23.985", 2.0, "23.985 fps"),
        ("24", 2.101, "2.10 s"), ("24", 1.899, "1.90 s"),
    ):  # fmt: skip
        found = SimpleNamespace(times=(0,) * 48, fps=Fraction(fps), sound_seconds=sound)
        monkeypatch.setattr(movie, "read_movie", lambda path, found=found: found)
        if wrong:
            with pytest.raises(ExportError, match=wrong):
                commands._check(edit, Path("cut.mp4"))
        else:
            assert commands._check(edit, Path("cut.mp4"))["checked"]


def page_data(film: Edit) -> dict[str, Any]:
    return dict(json.loads(re.search(r'id="data">(.*?)</script>', to_html(film)[0], re.DOTALL)[1]))  # type: ignore[index]


def test_what_ends_where_the_edit_begins_is_not_on_the_page() -> None:
    before, into = (Shot(name, name, (Place(start, 20, 2),)) for name, start in (("a", 81), ("b", 101)))
    film = Edit("e", "A b", Fraction(25), (64, 36), 101, 30, (before, into), made="2026-03-05", author="Mia")
    data = page_data(film)
    assert data["cut"] == [{"media": None, "from": 2, "frames": 20, "start": 0, "shot": "b"}]
    assert (data["frames"], data["fps"], data["longest"], data["file"]) == (20, 25.0, client_page.MAX_NOTE, "A_b")
    assert data["about"] == "2 shots, 00:00:01:05, 1.20 s \u00b7 2026-03-05 \u00b7 Mia"
    assert data["cutShots"] == [
        {"shot": "a", "key": "1", "number": 1, "start": -20, "frames": 20},
        {"shot": "b", "key": "2", "number": 2, "start": 0, "frames": 20},
    ]
    assert [(shot["id"], shot["number"], shot["start"]) for shot in data["shots"]] == [("a", 1, -20), ("b", 2, 0)]


def test_a_page_says_when_it_cannot_show_all_of_the_cut() -> None:
    said = "The page cuts from take to take: export the cut for dissolves and your own strips."
    one = replace(FILM, shots=(replace(HALL, takes=()),))
    over = replace(one.shots[0], id="o", places=(Place(130, 10, channel=3),))
    for film, told in (
        (one, False), (replace(one, shots=(*one.shots, over)), True),
        (replace(one, transitions=(Transition("FADE_IN", 121, 5, after="a"),)), True),
        (replace(one, others=(OtherStrip("T", "TEXT", 101, 5, channel=9),)), True),
    ):  # fmt: skip
        assert (said in to_html(film)[1]) is told


def test_a_list_s_title_and_its_rate() -> None:
    film = replace(FILM, title="T" * 100, shots=(replace(HALL, takes=()),))
    text, _ = edl.to_edl(film)
    assert text.splitlines()[:2] == [f"TITLE: {'T' * 70}", "FCM: NON-DROP FRAME"]
    assert edl.to_edl(replace(film, title=""))[0].startswith("TITLE: Take One\n")
    drop = edl.to_edl(replace(film, fps=Fraction(30000, 1001)))[0]
    assert drop.splitlines()[1] == "FCM: DROP FRAME"


@pytest.mark.parametrize(("size", "edge"), [(11, 1), (24, 2), (48, 4)])
def test_burnt_in_letters_have_the_room_that_they_and_their_edge_take(size: int, edge: int) -> None:
    made, font = burn._Letters(NONE)._drawn("Ay\nq", size), ImageFont.load_default(size)
    probe = ImageDraw.Draw(Image.new("RGBA", (1, 1)))
    left, top, right, bottom = probe.multiline_textbbox((0, 0), "Ay\nq", font, stroke_width=edge)
    assert made.shape == (int(bottom - top) + 1, int(right - left) + 1, 4)
    assert 0.99 < made[..., 3].max() <= 1.0


def test_a_take_on_the_page_is_called_as_people_call_it_and_begins_where_it_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = Take("t", 1, "Hall_t001", Path("t.mp4"), 60, handles=(5, 7), engine="draft", rating=2)
    other = Take("u", 2, file=Path("u.mp4"), frames=50, handles=(4, 6), engine="fal\nwan")
    shared = replace(other, id="v", name="Shared", beyond=20, engine="")
    short = Take("w", 3, "Short", None, 10)
    hall = replace(HALL, places=(Place(121, 36, 8, "t"),), takes=(named, other, shared, short))
    film = replace(FILM, shots=(hall, replace(YARD, takes=(other, replace(named, frames=0)))))
    pages = client_page._Page(film, 0)
    monkeypatch.setattr(pages, "media", lambda file: file and f"<{file.name}>")
    monkeypatch.setattr(pages, "_picture", lambda shot: f"picture of {shot.id}")
    one, two = (pages._shot(shot, rows(film)) for shot in film.shots)
    assert one["takes"] == [
        {"id": "t", "label": "Hall_t001 \u00b7 draft \u00b7 \u2605\u2605 \u00b7 in the cut", "media": "<t.mp4>",
         "from": 8, "frames": 36},
        {"id": "u", "label": "Hall take 2 \u00b7 fal wan", "media": "<u.mp4>", "from": 4, "frames": 36},
        {"id": "v", "label": "Shared", "media": "<u.mp4>", "from": 4, "frames": 26},
        {"id": "w", "label": "Short", "media": None, "from": 0, "frames": 10},
    ]  # fmt: skip
    assert [(take["id"], take["from"], take["frames"]) for take in two["takes"]] == [("u", 4, 40), ("t", 5, 1)]
    assert {name: one[name] for name in one if name != "takes"} == {
        "id": "a", "number": 1, "name": "Hall", "about": "36 frames, 1.50 s \u00b7 Cam \u00b7 35.25 mm", "start": 20,
        "frames": 36, "dialogue": "ANNA: Hi.", "prompt": "push in", "note": "darker", "picture": "picture of a",
    }  # fmt: skip
    assert (two["number"], two["start"], two["frames"], two["about"]) == (2, -1, 30, "30 frames, 1.25 s \u00b7 B")


def test_the_parts_of_a_cut_and_the_gaps_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    shots = (
        Shot("a", "a", (Place(95, 10, 3, "t"),), (Take("t", file=Path("t.mp4")),)),
        Shot("b", "b", (Place(111, 20, 2, "gone"),)),
        Shot("c", "c", (Place(140, 5, enabled=False),)),
        Shot("d", "d", (Place(150, 6, 1),)),
    )
    pages = client_page._Page(Edit("e", "", Fraction(24), (64, 36), 101, 60, shots), 0)
    monkeypatch.setattr(pages, "media", lambda file: file and f"<{file.name}>")
    assert pages._parts() == [
        {"media": "<t.mp4>", "from": 9, "frames": 4, "start": 0, "shot": "a"},
        {"media": None, "from": 0, "frames": 6, "start": 4, "shot": ""},
        {"media": None, "from": 2, "frames": 20, "start": 10, "shot": "b"},
        {"media": None, "from": 0, "frames": 19, "start": 30, "shot": ""},
        {"media": None, "from": 1, "frames": 6, "start": 49, "shot": "d"},
    ]
    assert pages._whole(Path("cut.mp4")) == [{"media": "<cut.mp4>", "from": 0, "frames": 60, "start": 0, "shot": ""}]


def test_a_movie_lies_in_a_page_once_and_as_far_as_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(client_page, "frame_at", lambda *words: seen.append(words))
    for name, size in (("a.mp4", 10), ("b.mp4", 11), ("c.webm", 5), ("d.txt", 1)):
        (tmp_path / name).write_bytes(b"x" * size)
    pages = client_page._Page(FILM, 15)
    files = [tmp_path / name for name in ("a.mp4", "a.mp4", "b.mp4", "d.txt", "none.mp4", "c.webm")]
    assert [pages.media(file) for file in (None, *files)] == [None, "media-0", "media-0", None, None, None, "media-1"]
    assert [path.name for path, _ in seen] == ["a.mp4", "b.mp4", "c.webm"] and seen[0][1] == 0
    assert pages.holders == [
        '<script type="text/plain" id="media-0" data-type="video/mp4">eHh4eHh4eHh4eA==</script>',
        '<script type="text/plain" id="media-1" data-type="video/webm">eHh4eHg=</script>',
    ]
    assert pages.remarks == [
        "'b.mp4' is left out of the page, which would be too large to send with it.",
        "'d.txt' is missing, or no movie that browsers play: the page is without it.",
        "'none.mp4' is missing, or no movie that browsers play: the page is without it.",
    ]
