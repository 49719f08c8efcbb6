"""Boards and contact sheets: rendered, and looked at."""

from __future__ import annotations

import argparse
import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from backend.export import commands
from backend.export.paper.board import FOOTER, GAP, HEADER, LANDSCAPE, MARGIN, NUMBER, PORTRAIT, to_pdf
from backend.export.paper.sheet import to_png
from client.protocol import Direction
from client.protocol.edit import Edit, Shot
from tests.backend.export.conftest import COLORS, NAMES


def box(height: int) -> object:
    """A glyph."""
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((50, height), (550, height), (550, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def font(path: Path, characters: str) -> Path:
    """A font whose characters are boxes of different heights."""
    names = [".notdef", *(f"u{ord(character):04X}" for character in characters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(character): f"u{ord(character):04X}" for character in characters})
    builder.setupGlyf({name: box(400 + index) for index, name in enumerate(names)})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.font.flavor = "woff2" if path.suffix == ".woff2" else None
    builder.save(path)
    return path


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face of Latin letters, and one of others as Blender ships them."""
    folder = tmp_path_factory.mktemp("fonts")
    font(folder / "Inter.woff2", "".join(map(chr, range(32, 256))) + "\u2026\u2605")
    font(folder / "NotoSansCJK.woff2", "厨房の朝映画مطبخ")
    (folder / "NotoBroken.ttf").write_bytes(b"no font")
    return folder


def seen(data: bytes, page: int = 0) -> tuple[np.ndarray, str, int]:
    """A page as it looks (8 pixels to the millimetre of its short side, roughly), its text, and how many there are."""
    pdf = pypdfium2.PdfDocument(data)
    picture = np.asarray(pdf[page].render(scale=2).to_pil().convert("RGB")).astype(int)
    return picture, pdf[page].get_textpage().get_text_range(), len(pdf)


@pytest.mark.parametrize(("layout", "columns"), [(LANDSCAPE, 3), (PORTRAIT, 2)])
def test_a_board_shows_every_shot_in_its_place(film: Edit, fonts: Path, layout: str, columns: int) -> None:
    data, remarks = to_pdf(film, layout, "a4", fonts)
    assert remarks == []
    picture, text, pages = seen(data)
    height, width = picture.shape[:2]
    assert pages == 1 and (width > height) == (layout == LANDSCAPE)
    for index, color in enumerate(COLORS):
        line, column = divmod(index, columns)
        point = picture[
            round((24 + line * (height / 5.66 - 20) / (6 / columns)) * 5.66) + 60,
            round((column + 0.5) * width / columns),
        ]
        expected = np.array(color) * 0.73
        assert np.abs(point - expected).max() < 25, (index, point)
    for name in (
        NAMES[0],
        NAMES[1],
        NAMES[2],
        NAMES[4],
        "48 frames, 2.00 s",
        "ANNA: We are <late>.",
        "Note: lower the lamp",
    ):
        assert name in text, (name, text)
    assert "{now}" in text and "36 mm" in text and "1 / 1" in text


def test_many_shots_are_many_pages_and_what_does_not_fit_is_said(film: Edit, fonts: Path) -> None:
    shots = tuple(
        replace(film.shots[index % 6], id=f"s{index}", name=f"Shot {index}", places=(), takes=(), direction=Direction())
        for index in range(13)
    )
    shots = (replace(shots[0], direction=Direction("word " * 900), name="long " * 150), *shots[1:])
    data, remarks = to_pdf(replace(film, shots=shots), LANDSCAPE, "letter", fonts)
    _, text, pages = seen(data, 2)
    assert pages == 3 and "Shot 12" in text and "not in the edit" in text and "3 / 3" in text
    assert len(remarks) == 1 and "is cut on the board" in remarks[0]


def test_without_any_font_latin_is_there_and_the_rest_is_named(film: Edit, tmp_path: Path) -> None:
    data, remarks = to_pdf(film, LANDSCAPE, "a4", tmp_path)
    assert "Kitchen" in seen(data)[1]
    assert any(remark.startswith("No font here has the characters") and "--fonts" in remark for remark in remarks)


def test_a_take_that_is_gone_shows_its_still_and_a_still_that_is_gone_nothing(film: Edit, fonts: Path) -> None:
    first, second = film.shots[0], film.shots[1]
    gone = Path("/nowhere/gone.mp4")
    lost = replace(first, takes=tuple(replace(take, file=gone) for take in first.takes))
    bare = replace(second, takes=tuple(replace(take, file=gone) for take in second.takes), picture=gone)
    data, remarks = to_png(replace(film, shots=(lost, bare), transitions=()), fonts)
    sheet = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert (sheet == np.array(COLORS[0])).all(axis=2).sum() > 10_000  # the still's own colour
    assert not (np.abs(sheet.astype(int) - COLORS[1]).max(axis=2) < 30).any()
    assert len(remarks) == 3 and "Make it again" in remarks[0] and "still of shot" in remarks[2]


def test_a_sheet_shows_every_shot_in_order(film: Edit, fonts: Path) -> None:
    data, remarks = to_png(film, fonts)
    sheet = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert remarks == []
    middles = []
    for color in COLORS:
        found = np.argwhere(np.abs(sheet - np.array(color) * 0.73).max(axis=2) < 20)
        assert len(found) > 40_000
        middles.append(tuple(found.mean(axis=0) // 50))
    assert middles == sorted(middles) and len(set(middles)) == 6


def test_the_same_edit_makes_the_same_board(film: Edit, fonts: Path) -> None:
    short = replace(film, shots=film.shots[:1], transitions=())
    assert to_pdf(short, LANDSCAPE, "a4", fonts) == to_pdf(short, LANDSCAPE, "a4", fonts)


def test_pictures_of_a_sheet_lie_in_columns_and_what_has_none_is_grey_with_a_line_across(fonts: Path) -> None:
    film = Edit("e", "", Fraction(24), (64, 36), shots=tuple(Shot(name, "") for name in "abc"))
    sheet = np.asarray(Image.open(io.BytesIO(to_png(film, fonts)[0])).convert("RGB"))
    assert sheet.shape == (532, 700, 3)
    grey = (sheet == (52, 52, 56)).all(-1)
    rows, columns = np.flatnonzero(grey.any(1)), np.flatnonzero(grey.any(0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (60, 469, 24, 675)
    assert not grey[:, 344:356].any() and not grey[240:290].any() and not grey[290:, 356:].any()
    assert grey[60, 24] and grey[60, 356] and grey[290, 24]
    across = (sheet[60:240, 24:344] == (90, 90, 96)).all(-1)
    assert across[90, 158:163].any() and across[179, :3].any() and across[1, -3:].any() and 300 < across.sum() < 700


def test_words_stand_at_the_edges_and_a_number_before_each_name(fonts: Path) -> None:
    shots = tuple(Shot(name, f"Shot{name}") for name in "ABCD")
    film = Edit("e", "Title", Fraction(24), (64, 36), frames=48, shots=shots, author="Author")
    document = pypdfium2.PdfDocument(to_pdf(film, LANDSCAPE, "a4", fonts)[0])
    page = document[0].get_textpage()
    whole = page.get_text_range()

    def box(words: str, last: bool = False) -> tuple[float, float]:
        """Millimetres from the left and from the top to the first letter's lower left, or the last one's right."""
        left, bottom, right, _ = page.get_charbox(whole.index(words) + (len(words) - 1 if last else 0))
        return (right if last else left) * 25.4 / 72, 210 - bottom * 25.4 / 72

    right = 297 - MARGIN
    assert box("Title")[0] == pytest.approx(MARGIN, abs=0.3)
    assert box("4 shots, 00:00:02:00 at 24 fps", True)[0] == pytest.approx(right, abs=0.2)
    assert box("Author") == (pytest.approx(MARGIN, abs=0.3), pytest.approx(210 - MARGIN - 0.9, abs=0.6))
    assert box("1 / 1", True)[0] == pytest.approx(right, abs=0.2)
    width = (297 - 2 * MARGIN - 2 * GAP) / 3
    for index, name in enumerate("ABC"):
        left = MARGIN + index * (width + GAP)
        number = whole.rindex(f"{index + 1}", 0, whole.index(f"Shot{name}"))
        assert page.get_charbox(number)[0] * 25.4 / 72 == pytest.approx(left, abs=0.3)
        assert box(f"Shot{name}")[0] == pytest.approx(left + NUMBER, abs=0.3)
    assert box("ShotD")[1] - box("ShotA")[1] == pytest.approx((210 - 2 * MARGIN - HEADER - FOOTER + GAP) / 2, abs=0.1)


@pytest.mark.parametrize(
    ("portrait", "paper", "size"),
    [(True, "letter", (612, 792)), (False, "letter", (792, 612)), (True, "a4", (595, 842))],
)
def test_a_board_is_of_the_paper_that_was_asked_for(
    portrait: bool, paper: str, size: tuple[int, int], fonts: Path, tmp_path: Path
) -> None:
    film = Edit("e", "Title", Fraction(24), (64, 36), shots=(Shot("A", "A"),))
    parsed = argparse.Namespace(portrait=portrait, paper=paper, fonts=fonts)
    data, remarks = commands._made(film, tmp_path / "a.PDF", parsed)
    page = pypdfium2.PdfDocument(data)[0]
    assert (round(page.get_width()), round(page.get_height())) == size and remarks == []
