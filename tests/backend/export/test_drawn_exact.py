"""What is drawn and burnt in, to the pixel and to the frame; and a font that is put aside as it is."""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from backend.export import commands
from backend.export.errors import ExportError
from backend.export.exchange import edl, incoming
from backend.export.page import page
from backend.export.paper import board, burn, fonts, sheet
from backend.export.paper.fonts import Fonts
from backend.export.paper.pictures import Pictures
from backend.export.shots import rows
from backend.guide.movie import Format, written
from client.protocol.edit import Edit, Note, Notes, Shot, notes
from client.protocol.edit.burn_in import BurnIn
from tests.backend.export.test_paper import font

FILM = Edit("e", "Film", Fraction(24), (64, 36), start=101, frames=5, shots=(Shot("a", "A"),))
RATE = Fraction(30000, 1001)


def movie(path: Path, frames: int) -> Path:
    """A silent movie of another rate than the edit's."""
    with written(path, Format("mp4", "libx264", "rgb24", "yuv420p", {"crf": "1"}, 1), (64, 36), RATE) as add:
        for index in range(frames):
            add(np.full((36, 64, 3), 100 + 10 * index, np.uint8))
    return path


class Corner:
    """Letters of one white square, which say what they were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def picture(self, text: str, size: int) -> np.ndarray:
        self.asked.append((text, size))
        return np.full((8, 8, 4), (255, 255, 255, 1), np.float32)


def test_each_frame_gets_its_own_text_at_the_movies_own_rate(tmp_path: Path) -> None:
    told: list[Any] = []
    letters: Any = Corner()
    texts = {0: {"top_left": "a"}, 1: {}, 2: {"bottom_right": "b", "top": "c"}, 3: {}, 4: {"top_left": "d"}}
    source = movie(tmp_path / "cut.mp4", 5)
    count = burn._write(source, tmp_path / "out", texts, letters, FILM.fps, lambda *values: told.append(values))
    assert count == 5 and told == [(index, 5) for index in range(1, 6)]
    assert letters.asked == [("a", 9), ("b", 9), ("c", 9), ("d", 9)]
    with av.open(str(tmp_path / "out")) as container:
        video = container.streams.video[0]
        frames = list(container.decode(video))
        assert (video.average_rate, video.width, video.height) == (RATE, 64, 36) and not container.streams.audio
        context = video.codec_context
        assert [int(one) for one in (context.colorspace, context.color_primaries, context.color_trc)] == [1, 1, 1]
    assert [frame.pts * frame.time_base for frame in frames] == [index / RATE for index in range(5)]
    pictures = np.stack([frame.to_ndarray(format="rgb24") for frame in frames]).astype(int)
    assert (pictures[:, 4, 4, 0] > 200).tolist() == [True, False, False, False, True]
    assert (pictures[:, 31, 58, 0] > 200).tolist() == [False, False, True, False, False]
    assert (pictures[:, 4, 32, 0] > 200).tolist() == [False, False, True, False, False]
    assert pictures[:, 18, 12, 1] == pytest.approx([100, 110, 120, 130, 140], abs=4)  # between them it is what it was


def test_what_is_no_cut_is_not_drawn_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(path: Path) -> tuple[str, str]:
        with pytest.raises(ExportError) as caught:
            burn.burn(FILM, path, tmp_path / "out.mp4", BurnIn())
        assert not (tmp_path / "out.mp4").exists()
        return caught.value.code, caught.value.message

    short, broken = movie(tmp_path / "short.mp4", 4), tmp_path / "broken.mp4"
    assert said(short) == ("invalid_file", "'short.mp4' has 4 frames and the edit 5. Export the cut again.")
    broken.write_bytes(b"no movie")
    code, message = said(broken)
    assert code == "invalid_file" and message.startswith("'broken.mp4' can't be read: ")
    assert message.endswith(". Export the cut again.")
    with av.open(str(tmp_path / "mute.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=48000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 48000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    assert said(tmp_path / "mute.mp4")[1] == "'mute.mp4' has no picture. Export the cut again."


def test_the_texts_of_a_burn_in_are_those_of_the_edits_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr(burn, "find", lambda *words: given.append(words) or Fonts(None, (), frozenset("x")))
    # As many frames as bytes: five.
    monkeypatch.setattr(burn, "_write", lambda *words: given.append(words) or words[1].write_bytes(b"cut!!"))
    template = BurnIn(*[""] * 4, bottom="{frame}", bottom_right="{title}")
    remarks = burn.burn(FILM, Path("cut.mp4"), tmp_path / "out.mp4", template, Path("fonts"), print)
    (texts, folder, _), (source, _, wanted, letters, rate, progress) = given
    assert texts == {"Film", "101", "102", "103", "104", "105"} and folder == Path("fonts")
    assert wanted == {index: {"bottom": str(101 + index), "bottom_right": "Film"} for index in range(5)}
    assert (source, rate, progress) == (Path("cut.mp4"), 24, print) and letters._fonts.lacking == {"x"}
    assert remarks == ["No font here has the characters x: they are left out. Name a folder of fonts with --fonts."]


def test_of_many_texts_the_last_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = burn._Letters(Fonts(None, (), frozenset()))
    drawn: list[Any] = []
    monkeypatch.setattr(letters, "_drawn", lambda *words: drawn.append(words) or np.zeros((1, 1, 4), np.float32))
    for number in range(501):
        letters.picture(str(number), 9)
    letters.picture("0", 9)
    assert len(drawn) == 501 and len(letters._made) == 501
    letters.picture("new", 9)
    assert list(letters._made) == [("new", 9)]


@pytest.mark.parametrize(("size", "shape", "thick"), [((1600, 400), (1000, 250), 4), ((400, 1600), (250, 1000), 1)])
def test_a_line_across_is_as_thick_as_the_picture_is_wide(
    size: tuple[int, int], shape: tuple[int, int], thick: int
) -> None:
    blank = Pictures(Edit("e", "", Fraction(24), size), 1000)._blank()
    line = (np.asarray(blank) == (90, 90, 96)).all(-1)
    assert blank.size == shape and blank.getpixel((0, 0)) == (52, 52, 56)
    across = line.sum(0 if size[0] > size[1] else 1)[shape[0] // 4 : -shape[0] // 4]
    assert thick <= np.median(across) <= thick + 1
    assert line[-8:, :10].any() and line[:8, -10:].any() and not line[:5, : shape[0] // 3].any()


def test_a_font_is_put_aside_once_and_what_is_none_leaves_nothing(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    good = font(tmp_path / "Good.woff2", "abc")
    plain = fonts._plain(good, room)
    assert plain is not None and fonts.characters(plain) == frozenset("abc") and plain.parent == room
    assert fonts._plain(good, room) == plain
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    cut = tmp_path / "cut.ttf"
    cut.write_bytes(plain.read_bytes()[:-600])  # its tables say that there is more
    for bad in (tmp_path / "broken.ttf", tmp_path / "gone.ttf", cut):
        assert fonts._plain(bad, room) is None
    assert list(room.iterdir()) == [plain]
    large = tmp_path / "large.ttf"
    with large.open("wb") as file:
        file.truncate((64 << 20) + 1)
    assert fonts._plain(large, room) is None and list(room.iterdir()) == [plain]


def test_three_points_in_one_letter_only_where_the_face_has_it(tmp_path: Path) -> None:
    for letters, more in (("abc\u2026", "\u2026"), ("abc", "...")):
        face = font(tmp_path / f"Face{len(letters)}.ttf", letters)
        assert board._Board(FILM, board.LANDSCAPE, "a4", Fonts(face, (), frozenset()))._more == more
    assert board._Board(FILM, board.LANDSCAPE, "a4", Fonts(None, (), frozenset()))._more == "..."


# What the command answers


def test_what_a_client_said_is_shown_as_people_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = (Note("a", "darker", "Hall", verdict="change"), Note("b", "", verdict="approved"), Note("c", "why?"))
    answer = {"remarks": ["One.", "Two."], "notes": {"notes": [vars(one) for one in found]}, "written": ["a.csv", "b"]}
    commands._say(answer, False)
    said = capsys.readouterr()
    assert said.err == "note: One.\nnote: Two.\n"
    assert said.out == "Hall: change darker\nb: approved \nc: why?\na.csv\nb\n"
    commands._say({"changes": {}, "lines": []}, False)
    assert capsys.readouterr().out == "Nothing would change.\n"
    commands._say({"changes": {}, "lines": ["A.", "B."], "a": "ü"}, True)
    assert capsys.readouterr().out == '{"changes": {}, "lines": ["A.", "B."], "a": "ü"}\n'


def test_notes_to_another_edit_and_to_shots_that_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_bytes(notes.to_bytes(Notes("other", (Note("a", "x"), Note("z", "y", "Attic"), Note("q", "y")), "Their")))
    assert commands._notes(FILM, path)["remarks"] == [
        "'n.json' holds notes to another edit, 'Their'.",
        "There is no shot 'Attic' any more.",
        "There is no shot 'q' any more.",
    ]
    path.write_bytes(b"{}")
    with pytest.raises(ExportError) as caught:
        commands._notes(FILM, path)
    assert (caught.value.code, caught.value.message) == (
        "invalid_file",
        "'n.json' holds no notes of a client page: is no file of the kind take_one_notes.",
    )


def test_the_progress_of_burning_in_is_told_to_programs_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Any] = []

    def burnt(edit: Any, cut: Path, path: Path, wanted: BurnIn, folder: Any, progress: Any) -> list[str]:
        given.append((edit, cut, path, wanted, folder))
        for done in (1, 10, 15, 20, 23):
            progress(done, 23)
        return ["A remark."]

    monkeypatch.setattr(burn, "burn", burnt)
    (tmp_path / "b.json").write_text('{"top": "{shot}"}')
    for as_json, lines in ((True, [10, 20, 23]), (False, [])):
        parsed = argparse.Namespace(cut=tmp_path / "c.mp4", burn=tmp_path / "b.json", fonts=None, json=as_json)
        assert commands._burnt(FILM, tmp_path / "o.mp4", parsed) == ["A remark."]
        assert [json.loads(one) for one in capsys.readouterr().out.splitlines()] == [
            {"done": done, "total": 23} for done in lines
        ]
    assert given[0] == (FILM, tmp_path / "c.mp4", tmp_path / "o.mp4", BurnIn(top="{shot}"), None)


def test_the_bounds_of_what_is_read_and_written() -> None:
    """Bytes, pictures, events: what other programs take and a mail may weigh."""
    assert (page.MOST_MEDIA, page.PICTURE_SIDE) == (314_572_800, 480)
    assert (incoming.MAX_BYTES, incoming.DEEPEST, commands.MOST_OFF) == (67_108_864, 200, 0.1)
    assert (edl.LONGEST, edl.MOST_EVENTS, edl.DAY, edl.REEL) == (200, 999, 86_400, "AX")
    assert (fonts.MOST_FILES, fonts.MOST_BYTES) == (400, 67_108_864)
    assert (sheet.WIDTH, sheet.MOST_PIXELS, board.PICTURE_SIDE) == (320, 60_000_000, 900)
    assert (burn.SIZE, burn.LEAST, burn.MARGIN) == (0.03, 9, 0.022)
    assert burn.QUALITY == {"crf": "15", "preset": "veryfast"}


@pytest.mark.parametrize(
    ("film", "size", "boxes"),
    [  # of each picture on the sheet: left, top, width, height
        ((64, 36), (320, 80), [(24, 110, 320, 80), (356, 110, 320, 80), (24, 340, 320, 80)]),
        ((64, 36), (90, 180), [(139, 60, 90, 180), (471, 60, 90, 180), (139, 290, 90, 180)]),
        ((36, 64), (180, 180), [(24, 130, 180, 180), (216, 130, 180, 180), (408, 130, 180, 180)]),
    ],
)
def test_a_picture_lies_in_the_middle_of_its_cell(
    monkeypatch: pytest.MonkeyPatch, film: tuple[int, int], size: tuple[int, int], boxes: list[Any]
) -> None:
    edit = Edit("e", "Title", Fraction(24), film, shots=tuple(Shot(name, name.upper(), frames=30) for name in "abc"))
    said: list[Any] = []
    monkeypatch.setattr(sheet, "_text", lambda draw, at, text, size, *more: said.append((at, text, size, more[2])))
    shades = {shot.id: (0, 0, 100 + 20 * index) for index, shot in enumerate(edit.shots)}
    shown: Any = SimpleNamespace(of=lambda shot, place: Image.new("RGB", size, shades[shot.id]))
    made = np.asarray(sheet._drawn(edit, rows(edit), shown, Fonts(None, (), frozenset())))
    for shade, (left, top, width, height) in zip(shades.values(), boxes, strict=True):
        y, x = np.nonzero((made == shade).all(-1))
        assert (x.min(), y.min(), x.max() + 1 - x.min(), y.max() + 1 - y.min()) == (left, top, width, height)
    wide, high = (320, 180) if film[0] > film[1] else (180, 320)
    cells = [(24, 60), (24 + wide + 12, 60), (24, 290) if wide == 320 else (408, 60)]
    assert said[0] == ((24, 38), "Title", 20, made.shape[1] - 48)
    assert said[1:] == [
        line
        for number, (left, top) in enumerate(cells, 1)
        for line in (
            ((left, top + high + 16), f"{number}  {'ABC'[number - 1]}", 14, wide),
            ((left, top + high + 32), "30 frames, 1.25 s", 11, wide),
        )
    ]


def test_a_large_sheet_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    edit = Edit("e", "", Fraction(24), (64, 36), shots=tuple(Shot(name, name) for name in "abcd"))
    shown: Any = SimpleNamespace(of=lambda shot, place: Image.new("RGB", (320, 180)))
    none = Fonts(None, (), frozenset())
    whole = sheet._drawn(edit, rows(edit), shown, none)
    area = whole.width * whole.height
    for most, parts in ((area, 1), (area - 1, 2), (area / 4, 2), (area / 4 - 1, 3)):
        monkeypatch.setattr(sheet, "MOST_PIXELS", most)
        made = sheet._drawn(edit, rows(edit), shown, none)
        assert made.size == (-(-whole.width // parts), -(-whole.height // parts))
