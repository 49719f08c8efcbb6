"""The words of a board and of a sheet by themselves, and the letters that are burnt in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backend.export.errors import ExportError
from backend.export.page import to_html
from backend.export.paper import board, burn, sheet
from backend.export.paper.board import Paragraph
from backend.export.paper.fonts import Fonts
from backend.export.shots import rows
from backend.export.text import fitting
from client.protocol import Direction, Line
from client.protocol.edit import Edit, Place, Shot, Take

SHOT = Shot(
    "a", "Hall\nway", (Place(121, 36, take="t"),), (Take("t", 1, "Hall_t001", rating=2),), "t", "Cam", 35.25, rating=4,
    status="ready", note="darker", direction=Direction("push in", (Line("ANNA", "English", "Hi."),), "rain"),
)  # fmt: skip
FILM = Edit("e", "Film", Fraction(24), (64, 36), start=101, frames=96, shots=(SHOT,))


def said(film: Edit) -> list[Paragraph]:
    return board._paragraphs(film, rows(film)[0])


def test_a_cell_says_everything_of_its_shot_in_its_order_and_size() -> None:
    assert said(FILM) == [
        Paragraph("Hall way", 10.5),
        Paragraph("36 frames, 1.50 s, from 00:00:00:20", 7.5, True),
        Paragraph("Cam \u00b7 35.25 mm \u00b7 Hall_t001 \u00b7 ready \u00b7 \u2605\u2605", 7.5, True),
        Paragraph("ANNA: Hi.", 8.5),
        Paragraph("push in", 7.5),
        Paragraph("Sound: rain", 7.5, True),
        Paragraph("Note: darker", 7.5),
    ]


def test_a_cell_leaves_out_what_there_is_not() -> None:
    bare = replace(FILM, shots=(Shot("a", "", frames=12, rating=3),))
    assert said(bare) == [
        Paragraph("-", 10.5),
        Paragraph("12 frames, 0.50 s, not in the edit", 7.5, True),
        Paragraph("board \u00b7 \u2605\u2605\u2605", 7.5, True),
    ]


@pytest.mark.parametrize("make", [board.to_pdf, sheet.to_png])
def test_without_a_shot_there_is_nothing_to_show(make: Any) -> None:
    with pytest.raises(ExportError, match="There is no shot yet") as empty:
        make(replace(FILM, shots=()))
    assert empty.value.code == "empty_edit"


def test_the_day_of_a_board_is_the_edits() -> None:
    assert board._date("2026-03-05T12:00:00+02:00") == datetime(2026, 3, 5, 10, tzinfo=UTC)
    before = datetime.now(UTC)
    assert before <= board._date("no day") <= datetime.now(UTC)


NONE = Fonts(None, (), frozenset("\u53a8"))


def test_a_title_that_is_too_long_ends_in_three_points(tmp_path: Path) -> None:
    pages = board._Board(FILM, board.LANDSCAPE, "a4", NONE)
    pages._size(13)
    whole = pages._pdf.get_string_width("Kitchen")
    assert pages._fitting("Kitchen", whole) == "Kitchen"
    long = pages._fitting("Kitchen", whole - 0.01)
    assert long == "Kitch..."  # as long as it can be; the points that PDF's own letters have
    assert (pages._fitting("Kitchen", 1.0), pages._fitting("", 0)) == ("", "")
    assert pages._known("a\u53a8b\r\u0451") == "ab"  # without any font what Latin-1 has
    assert pages._known("caf\xe9") == "caf\xe9"


def test_without_any_font_a_text_that_is_cut_is_no_failure(tmp_path: Path) -> None:
    """Its three points in one letter, which PDF's own letters have not, ended it."""
    wordy = replace(SHOT, takes=(), direction=Direction("word " * 900))
    data, remarks = board.to_pdf(replace(FILM, title="Kitchen " * 60, shots=(wordy,)), fonts=tmp_path)
    assert data.startswith(b"%PDF") and any("is cut on the board" in remark for remark in remarks)


def test_a_sheet_of_pictures_narrower_than_a_letter_comes_to_an_end(tmp_path: Path) -> None:
    """A label that not even three points fit into was cut for ever."""
    data, _ = sheet.to_png(replace(FILM, size=(16, 4096), shots=(replace(SHOT, takes=()),)), tmp_path)
    assert data.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("room", "shown"), [(9, "Kitchen"), (7, "Kitchen"), (6, "Kitch\u2026"), (2, "K\u2026"), (1, "\u2026"), (0, "")]
)
def test_a_text_as_far_as_it_fits(room: int, shown: str) -> None:
    assert fitting("Kitchen", lambda text: len(text) <= room) == shown


def test_a_page_has_a_line_below_its_title_from_margin_to_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = board._Board(FILM, board.PORTRAIT, "a4", NONE)
    drawn: list[tuple[float, ...]] = []
    monkeypatch.setattr(pages._pdf, "line", lambda *points: drawn.append(points))
    pages._page()
    ((left, top, right, bottom),) = drawn
    assert (left, right) == (board.MARGIN, pages._pdf.w - board.MARGIN)
    assert board.MARGIN < top == bottom < board.MARGIN + board.HEADER


def test_a_title_leaves_the_numbers_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = board._Board(replace(FILM, title="Kitchen " * 60), board.LANDSCAPE, "a4", NONE)
    shown: list[str] = []
    cell = pages._pdf.cell
    monkeypatch.setattr(pages._pdf, "cell", lambda *given, **more: (shown.append(given[2]), cell(*given, **more))[1])
    pages._page()
    pages._size(13)
    assert pages._pdf.w - 2 * board.MARGIN - 70 < pages._pdf.get_string_width(shown[0]) <= 297 - 2 * board.MARGIN - 62
    assert shown[1:3] == ["1 shots, 00:00:04:00 at 24 fps", ""]


def test_a_client_page_says_how_long_a_shot_is_and_with_what_it_was_seen() -> None:
    text, _ = to_html(FILM)
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    (seen,) = data["shots"]
    assert (seen["about"], seen["name"], seen["number"]) == (
        "36 frames, 1.50 s \u00b7 Cam \u00b7 35.25 mm",
        "Hall way",
        1,
    )
    assert data["about"] == "1 shots, 00:00:04:00, 4.00 s"


def test_as_many_pages_as_the_shots_need() -> None:
    for layout in (board.LANDSCAPE, board.PORTRAIT):
        for count, pages in ((1, 1), (6, 1), (7, 2), (12, 2), (13, 3)):
            film = replace(FILM, shots=tuple(Shot(f"s{index}", "") for index in range(count)))
            assert board._Board(film, layout, "a4", NONE)._pages == pages


def test_letters_are_drawn_once_with_an_edge_and_as_high_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = burn._Letters(NONE)
    drawn: list[str] = []
    real = letters._drawn
    monkeypatch.setattr(letters, "_drawn", lambda text, size: (drawn.append(text), real(text, size))[1])
    one = letters.picture("Ig", 24)
    assert letters.picture("Ig", 24) is one and letters.picture("Ig", 12) is not one
    assert drawn == ["Ig", "Ig"]
    assert one.shape[2] == 4 and one.dtype == "float32"
    cover, ink = one[..., 3], one[..., 0]
    assert (cover.min(), cover.max(), ink.max()) == (0.0, 1.0, 255.0)
    assert pytest.approx(float(cover[(ink == 0) & (cover > 0.5)].max()), abs=0.01) == 200 / 255  # the edge is black
    assert letters.picture("Ig", 48).shape[0] > 1.7 * one.shape[0]
    assert letters.picture("\u53a8", 24).shape[:2] < letters.picture("A", 24).shape[:2]  # what no font has is left out
    for number in range(600):
        letters._made[str(number), 1] = one
    letters.picture("new", 9)
    assert len(letters._made) == 1
