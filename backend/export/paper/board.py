"""The board as a PDF: a picture for each shot with its number, length, camera, dialogue, words and notes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from client.protocol.edit import Edit
from client.protocol.edit.timecode import timecode

from ..errors import ExportError
from ..shots import Row, dialogue, rows, seconds
from ..text import fitting, plain, take_name
from .fonts import Fonts, characters, find
from .pictures import Pictures

if TYPE_CHECKING:
    from fpdf import FPDF

PORTRAIT, LANDSCAPE = "portrait", "landscape"
PAPERS = ("a4", "letter")
GRID = {LANDSCAPE: (3, 2), PORTRAIT: (2, 3)}  # columns and rows of a page
MARGIN, GAP, HEADER, FOOTER = 11.0, 5.0, 13.0, 7.0  # mm
PICTURE_SIDE = 900  # pixels
MOST_PICTURE = 0.62  # of a cell's height
LINE = 0.3528 * 1.28  # mm of a line for each point
NUMBER = 8.0  # mm
QUIET = (105, 105, 112)


@dataclass(frozen=True)
class Paragraph:
    """A text of a cell: `size` in points."""

    text: str
    size: float = 8.0
    quiet: bool = False


def to_pdf(
    edit: Edit, layout: str = LANDSCAPE, paper: str = "a4", fonts: Path | None = None
) -> tuple[bytes, list[str]]:
    """The board, and remarks. `fonts` is a folder of fonts, None for the system's.

    Raises:
        ExportError: there is no shot.
    """
    all_rows = rows(edit)
    if not all_rows:
        raise ExportError("empty_edit", "There is no shot yet. Add one, then export the board.")
    with tempfile.TemporaryDirectory(prefix="take-one-") as room:
        cells = [(row, _paragraphs(edit, row)) for row in all_rows]
        texts = [edit.title, edit.author, *(one.text for _, paragraphs in cells for one in paragraphs)]
        found = find(texts, fonts, Path(room))
        board = _Board(edit, layout, paper, found)
        for row, paragraphs in cells:
            board.add(row, paragraphs)
        return board.bytes(), [*found.remarks(), *board.pictures.remarks, *board.remarks]


def _paragraphs(edit: Edit, row: Row) -> list[Paragraph]:
    shot, take = row.shot, row.take
    length = f"{row.frames} frames, {seconds(row.frames, edit.fps)} s"
    where = f"from {timecode(row.start, edit.fps)}" if row.place else "not in the edit"
    lens = f"{shot.lens:.4g} mm" if shot.lens else ""
    rating = "\u2605" * (take.rating if take else shot.rating)
    about = [plain(shot.camera), lens, take_name(shot, take) if take else "board", plain(shot.status), rating]
    found = [
        Paragraph(plain(shot.name) or "-", 10.5),
        Paragraph(f"{length}, {where}", 7.5, True),
        Paragraph(" \u00b7 ".join(word for word in about if word), 7.5, True),
        Paragraph(dialogue(shot), 8.5),
        Paragraph(shot.direction.prompt, 7.5),
        Paragraph(f"Sound: {shot.direction.sound}" if shot.direction.sound else "", 7.5, True),
        Paragraph(f"Note: {shot.note}" if shot.note else "", 7.5),
    ]
    return [one for one in found if one.text.strip()]


class _Board:
    """The pages as they are filled."""

    def __init__(self, edit: Edit, layout: str, paper: str, fonts: Fonts) -> None:
        self._edit, self._fonts, self._layout, self._paper = edit, fonts, layout, paper
        self.pictures, self.remarks = Pictures(edit, PICTURE_SIDE), list[str]()
        self._columns, self._rows = GRID[layout]
        self._more = "\u2026" if fonts.face and "\u2026" in characters(fonts.face) else "..."
        self._pdf = self._new()
        self._filled, self._pages = 0, -(-len(rows(edit)) // (self._columns * self._rows))

    def add(self, row: Row, paragraphs: list[Paragraph]) -> None:
        """Fill the next cell."""
        pdf, place = self._pdf, self._filled % (self._columns * self._rows)
        if place == 0:
            self._page()
        self._filled += 1
        width = (pdf.w - 2 * MARGIN - GAP * (self._columns - 1)) / self._columns
        height = (pdf.h - 2 * MARGIN - HEADER - FOOTER - GAP * (self._rows - 1)) / self._rows
        left = MARGIN + place % self._columns * (width + GAP)
        top = MARGIN + HEADER + place // self._columns * (height + GAP)
        picture = self.pictures.of(row.shot, row.place)
        scale = min(width / picture.width, MOST_PICTURE * height / picture.height)
        shown = picture.width * scale, picture.height * scale
        pdf.image(picture, left, top, *shown)
        pdf.set_draw_color(150)
        pdf.rect(left, top, *shown)
        at, bottom = top + shown[1] + 1.2, top + height
        self._number(row.number, paragraphs[0].size, left, at)
        for index, paragraph in enumerate(paragraphs):
            indent, end = (0.0, bottom) if index else (NUMBER, at + 2.2 * paragraph.size * LINE)
            at, fits = self._write(paragraph, left + indent, at, width - indent, end)
            if not fits:
                said = f"The text of shot '{plain(row.shot.name)[:60]}' is cut on the board. The shot list has it all."
                self.remarks.append(said)
                break

    def bytes(self) -> bytes:
        """The finished file."""
        return bytes(self._pdf.output())

    def _number(self, number: int, size: float, left: float, top: float) -> None:
        """Apart from the name, which may run from right to left."""
        self._pdf.set_text_color(*QUIET)
        self._size(size)
        self._pdf.set_xy(left, top)
        self._pdf.cell(NUMBER, size * LINE, str(number))

    def _write(self, paragraph: Paragraph, left: float, top: float, width: float, bottom: float) -> tuple[float, bool]:
        """Where the next one begins, and whether all of this one fits above `bottom`."""
        pdf, line = self._pdf, paragraph.size * LINE
        pdf.set_text_color(*(QUIET if paragraph.quiet else (20, 20, 22)))
        self._size(paragraph.size)
        text = self._known(paragraph.text)
        lines = cast(list[str], pdf.multi_cell(width, line, text, dry_run=True, output="LINES", align="L"))
        room = int((bottom - top) / line + 0.01)
        if room < 1:
            return top, False
        shown = lines if len(lines) <= room else [*lines[: room - 1], lines[room - 1].rstrip() + self._more]
        for index, one in enumerate(shown):
            pdf.set_xy(left, top + index * line)
            pdf.cell(width, line, one)
        return top + len(shown) * line + 0.5, len(lines) <= room

    def _page(self) -> None:
        pdf, edit = self._pdf, self._edit
        pdf.add_page()
        pdf.set_text_color(20, 20, 22)
        self._size(13)
        pdf.set_xy(MARGIN, MARGIN - 2)
        pdf.cell(pdf.w - 2 * MARGIN - 60, 7, self._fitting(plain(edit.title), pdf.w - 2 * MARGIN - 62))
        pdf.set_text_color(*QUIET)
        self._size(8)
        total = f"{len(rows(edit))} shots, {timecode(edit.frames, edit.fps)} at {float(edit.fps):.5g} fps"
        pdf.set_xy(pdf.w - MARGIN - 60, MARGIN - 2)
        pdf.cell(60, 7, self._known(total), align="R")
        pdf.set_draw_color(190)
        pdf.line(MARGIN, MARGIN + 7, pdf.w - MARGIN, MARGIN + 7)
        who = " \u00b7 ".join(word for word in (plain(edit.author), edit.made[:10]) if word)
        pdf.set_xy(MARGIN, pdf.h - MARGIN - 4)
        pdf.cell(pdf.w / 2, 4, self._known(who))
        pdf.set_xy(pdf.w - MARGIN - 40, pdf.h - MARGIN - 4)
        pdf.cell(40, 4, f"{pdf.page} / {self._pages}", align="R")

    def _new(self) -> FPDF:
        from fpdf import FPDF

        pdf = FPDF(orientation=self._layout, format=self._paper)
        pdf.set_auto_page_break(False)
        pdf.alias_nb_pages("")  # so that {nb} is text, too
        pdf.c_margin = 0
        pdf.set_title(plain(self._edit.title))
        pdf.set_author(plain(self._edit.author))
        pdf.set_creator("Take One")
        pdf.set_creation_date(_date(self._edit.made))
        if self._fonts.face:
            pdf.add_font("face", fname=str(self._fonts.face))
            for index, font in enumerate(self._fonts.others):
                pdf.add_font(f"other{index}", fname=str(font))
            pdf.set_font("face", size=8)
            pdf.set_fallback_fonts([f"other{index}" for index in range(len(self._fonts.others))], exact_match=False)
            pdf.set_text_shaping(True)
        pdf.set_image_filter("AUTO")
        return pdf

    def _size(self, points: float) -> None:
        self._pdf.set_font("face" if self._fonts.face else "helvetica", size=points)

    def _known(self, text: str) -> str:
        """The text without the characters that no font has."""
        kept = "".join(character for character in text.replace("\r", "") if character not in self._fonts.lacking)
        return kept if self._fonts.face else kept.encode("latin-1", "ignore").decode("latin-1")

    def _fitting(self, text: str, width: float) -> str:
        return fitting(self._known(text), lambda words: self._pdf.get_string_width(words) <= width, self._more)


def _date(made: str) -> datetime:
    """The day of the edit, so that the same edit makes the same file."""
    try:
        return datetime.fromisoformat(made).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)
