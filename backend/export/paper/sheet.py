"""The contact sheet: every shot's picture on one PNG."""

from __future__ import annotations

import io
import math
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from client.protocol.edit import Edit

from ..errors import ExportError
from ..shots import Row, rows, seconds
from ..text import fitting, plain
from .fonts import Fonts, find
from .pictures import Pictures

WIDTH = 320  # pixels of a picture
MOST_PIXELS = 60_000_000
GAP, LABEL, MARGIN = 12, 38, 24
PAPER, INK, QUIET = (24, 24, 27), (235, 235, 238), (150, 150, 158)


def to_png(edit: Edit, fonts: Path | None = None) -> tuple[bytes, list[str]]:
    """The sheet, and remarks. `fonts` is a folder of fonts, None for the system's.

    Raises:
        ExportError: there is no shot.
    """
    all_rows = rows(edit)
    if not all_rows:
        raise ExportError("empty_edit", "There is no shot yet. Add one, then export the contact sheet.")
    with tempfile.TemporaryDirectory(prefix="take-one-") as room:
        found = find([edit.title, *(row.shot.name for row in all_rows), "0123456789 frames,.s"], fonts, Path(room))
        pictures = Pictures(edit, WIDTH)
        sheet = _drawn(edit, all_rows, pictures, found)
        data = io.BytesIO()
        sheet.save(data, "PNG")
        return data.getvalue(), [*found.remarks(), *pictures.remarks]


def _drawn(edit: Edit, all_rows: list[Row], pictures: Pictures, fonts: Fonts) -> Image.Image:
    aspect = edit.size[1] / edit.size[0]
    cell = (WIDTH, round(WIDTH * aspect)) if aspect <= 1 else (round(WIDTH / aspect), WIDTH)
    columns = max(1, math.ceil(math.sqrt(len(all_rows) * (cell[1] + LABEL) / cell[0] * 1.6)))
    columns = min(columns, len(all_rows))
    lines = -(-len(all_rows) // columns)
    width = 2 * MARGIN + columns * (cell[0] + GAP) - GAP
    height = 2 * MARGIN + 36 + lines * (cell[1] + LABEL + GAP) - GAP
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    _text(draw, (MARGIN, MARGIN + 14), plain(edit.title), 20, INK, fonts, width - 2 * MARGIN)
    for index, row in enumerate(all_rows):
        left = MARGIN + index % columns * (cell[0] + GAP)
        top = MARGIN + 36 + index // columns * (cell[1] + LABEL + GAP)
        picture = ImageOps.contain(pictures.of(row.shot, row.place), cell)
        sheet.paste(picture, (left + (cell[0] - picture.width) // 2, top + (cell[1] - picture.height) // 2))
        _text(draw, (left, top + cell[1] + 16), f"{row.number}  {plain(row.shot.name)}", 14, INK, fonts, cell[0])
        length = f"{row.frames} frames, {seconds(row.frames, edit.fps)} s"
        _text(draw, (left, top + cell[1] + 32), length, 11, QUIET, fonts, cell[0])
    if width * height > MOST_PIXELS:
        sheet = sheet.reduce(math.ceil(math.sqrt(width * height / MOST_PIXELS)))
    return sheet


def _text(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    color: tuple[int, int, int],
    fonts: Fonts,
    width: int,
) -> None:
    """One line, cut where it is longer than `width` pixels."""
    path = fonts.of(text)
    font = ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)
    text = "".join(character for character in text if character not in fonts.lacking)
    text = fitting(text, lambda words: draw.textlength(words, font) <= width)
    draw.text(at, text, color, font, anchor="ls")  # by the baseline: faces differ in height
