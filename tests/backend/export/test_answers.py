"""`export` in this process, with edits whose files nobody needs: what is written, refused, answered and printed; and
the fonts and pictures that boards and sheets are made of."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.engine import EngineError
from backend.export import commands
from backend.export.errors import ExportError
from backend.export.page.page import safe_name
from backend.export.paper import board, burn, fonts, pictures, sheet
from backend.export.paper.fonts import Fonts
from backend.export.paper.pictures import Pictures
from backend.media import movie
from client.protocol.edit import Edit, Note, Notes, Place, Shot, SoundStrip, Take, file, notes
from client.protocol.edit.burn_in import BurnIn

ONE = Shot("a", "Hall", (Place(1, 48, 3, "t"),), takes=(Take("t", 1, "Hall_t001"),), current="t")
FILM = Edit("e", "Film", Fraction(24), (64, 36), frames=48, shots=(ONE,))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    (tmp_path / "film.json").write_bytes(file.to_bytes(FILM, tmp_path))
    return tmp_path / "film.json"


def export(*words: object) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser)
    parsed = parser.parse_args([str(word) for word in words])
    code: int = parsed.run(parsed)
    return code


def test_each_file_is_made_as_it_was_asked_for(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[tuple[Any, ...]] = []
    for module, name in ((board, "to_pdf"), (sheet, "to_png")):
        monkeypatch.setattr(module, name, lambda *given, name=name: (made.append((name, *given[1:])), (b"x", ["r"]))[1])
    folder = saved.parent
    assert export(saved, folder / "a.pdf", folder / "b.PNG") == 0
    printed = capsys.readouterr()
    assert printed.err == "note: r\n"  # once
    assert printed.out == f"{folder / 'a.pdf'}\n{folder / 'b.PNG'}\n"
    export(saved, folder / "a.pdf", "--portrait", "--paper", "letter", "--fonts", folder, "--json")
    assert json.loads(capsys.readouterr().out) == {"written": [str(folder / "a.pdf")], "remarks": ["r"]}
    assert made == [("to_pdf", "landscape", "a4", None), ("to_png", None), ("to_pdf", "portrait", "letter", folder)]
    assert (folder / "b.PNG").read_bytes() == b"x"


def test_files_are_named_from_the_timelines_folder_on_where_that_is_asked(tmp_path: Path) -> None:
    take = Take("t", 1, "K", tmp_path / "k.mp4")
    film = replace(FILM, shots=(replace(ONE, takes=(take,)),))
    (tmp_path / "film.json").write_bytes(file.to_bytes(film, tmp_path))
    export(tmp_path / "film.json", tmp_path / "a.otio")
    assert str(tmp_path / "k.mp4") in (tmp_path / "a.otio").read_text()
    export(tmp_path / "film.json", tmp_path / "a.otio", "--relative")
    assert str(tmp_path / "k.mp4") not in (tmp_path / "a.otio").read_text()


def test_nothing_is_written_where_one_of_the_files_is_of_no_kind(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(saved, saved.parent / "a.csv", saved.parent / "b.docx") == 2
    known = ".otio, .edl, .csv, .pdf, .png, .html, .mp4"
    assert capsys.readouterr().err == f"error: 'b.docx' is of no kind that can be written. Known are {known}.\n"
    assert sorted(path.name for path in saved.parent.iterdir()) == ["film.json"]


def test_an_edit_is_so_large_at_most(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = saved.stat().st_size
    monkeypatch.setattr(commands.file, "MAX_BYTES", size)
    assert commands.read_edit(saved) == FILM
    monkeypatch.setattr(commands.file, "MAX_BYTES", size - 1)
    with pytest.raises(ExportError, match="larger than 0 MB") as large:
        commands.read_edit(saved)
    assert large.value.code == "invalid_file"


def test_burn_ins_need_a_cut_and_their_own_kind(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(burn, "burn", lambda *what: (given.append(what), ["said"])[1])
    folder = saved.parent
    assert export(saved, folder / "o.mp4") == 2
    assert capsys.readouterr().err == "error: An .mp4 is --cut with burn-ins: name the exported cut.\n"
    for text in ("{", '{"top": "{size}"}', "[" * 9000):
        (folder / "burn.json").write_text(text)
        assert export(saved, folder / "o.mp4", "--cut", folder / "c.mp4", "--burn", folder / "burn.json") == 2
        assert capsys.readouterr().err.startswith("error: 'burn.json' holds no burn-ins: ")
    assert given == []
    (folder / "burn.json").write_text('{"top": "{shot}"}')
    assert export(saved, folder / "o.mp4", "--cut", folder / "c.mp4", "--burn", folder / "burn.json") == 0
    assert export(saved, folder / "o.mp4", "--cut", folder / "c.mp4") == 0
    assert [one[:3] for one in given] == [(FILM, folder / "c.mp4", folder / "o.mp4")] * 2
    assert (given[0][3].top, given[1][3]) == ("{shot}", BurnIn())


@pytest.mark.parametrize(
    ("frames", "sounds", "sound", "wrong"),
    [
        (48, (), 0.0, False),
        (48, (SoundStrip("s", 1, 9),), 0.0, True),
        (48, (SoundStrip("s", 1, 9, enabled=False),), 0.0, False),  # nothing is heard
        (49, (), 0.0, True),
    ],
)
def test_a_cut_that_is_not_whole_ends_with_one(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], frames: int, sounds: Any,
    sound: float, wrong: bool,
) -> None:  # fmt: skip
    saved.write_bytes(file.to_bytes(replace(FILM, sounds=sounds), saved.parent))
    found = SimpleNamespace(times=(0,) * frames, fps=Fraction(24), sound_seconds=sound)
    monkeypatch.setattr(movie, "read_movie", lambda path: found)
    assert export(saved, "--check", "cut.mp4", "--json") == (1 if wrong else 0)
    printed = capsys.readouterr()
    if wrong:
        assert printed.err.startswith("error: The exported cut is not whole: ") and printed.out == ""
    else:
        assert json.loads(printed.out)["checked"] == {"frames": frames, "fps": "24", "sound_seconds": 0.0}


def test_a_cut_that_cannot_be_read_ends_with_two(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def torn(path: Path) -> Any:
        raise EngineError("engine_failed", f"{path.name} is torn.")

    monkeypatch.setattr(movie, "read_movie", torn)
    assert export(saved, "--check", "cut.mp4") == 2
    assert capsys.readouterr().err == "error: The exported cut can't be read: cut.mp4 is torn.\n"


def test_notes_say_what_is_of_another_edit_or_of_no_shot(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved.parent / "notes.json"
    said = (
        Note("a", "darker", "", "", "change"),
        Note("gone", "x"),
        Note("gone", "y", "Old"),
        Note("a", "only", "Hall"),
    )
    path.write_bytes(notes.to_bytes(Notes("other", said, "Other Film")))
    assert export(saved, "--notes", path) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["a: change darker", "gone: x", "Old: y", "Hall: only"]
    assert printed.err.splitlines() == [
        "note: 'notes.json' holds notes to another edit, 'Other Film'.",
        "note: There is no shot 'gone' any more.",
        "note: There is no shot 'Old' any more.",
    ]
    path.write_bytes(notes.to_bytes(Notes("e", said[:1])))
    export(saved, "--notes", path, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["remarks"], answer["notes"]["notes"][0]["text"]) == ([], "darker")
    monkeypatch.setattr(commands.notes_file, "MAX_BYTES", path.stat().st_size)
    assert export(saved, "--notes", path) == 0
    monkeypatch.setattr(commands.notes_file, "MAX_BYTES", path.stat().st_size - 1)
    capsys.readouterr()
    assert export(saved, "--notes", path) == 2
    assert capsys.readouterr().err == "error: 'notes.json' is larger than 0 MB.\n"


def test_what_the_disk_says_is_said(saved: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    (saved.parent / "way").write_text("")
    assert export(saved, saved.parent / "way" / "a.csv") == 1
    assert capsys.readouterr().err.startswith("error: ")

    def fails(*_: Any) -> Any:
        raise OSError("no number")

    monkeypatch.setattr(commands, "write_whole", fails)
    assert export(saved, saved.parent / "a.csv") == 1
    assert capsys.readouterr().err == "error: no number\n"


@pytest.mark.parametrize(
    ("name", "safe"),
    [("A film: 2/3", "A_film_2_3"), ("../../etc", "etc"), ("___", "film"), ("", "film"), ("é-1", "é-1"),
     ("x" * 59 + "--y", "x" * 59 + "-"), ("x" * 59 + "//y", "x" * 59)],
)  # fmt: skip
def test_a_name_that_every_file_system_takes(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.fixture
def has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What characters a font of each name has, in place of reading it; nothing else is a font."""
    found: dict[str, str] = {}
    monkeypatch.setattr(fonts, "_plain", lambda path, room: path if path.stem in found else None)
    monkeypatch.setattr(fonts, "characters", lambda path: frozenset(found[path.stem]))
    yield found


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def test_a_plain_face_first_and_others_only_for_what_it_lacks(has: dict[str, str], tmp_path: Path) -> None:
    folder = files(
        tmp_path / "f", "Zapf.ttf", "deep/Arial.TTF", "Noto Sans.otf", "NotoSansCJK.ttc", "Odd-Bold.ttf", "Inter.txt",
        "Odd.woff2",
    )  # fmt: skip
    has |= {"Zapf": "abc!", "Arial": "abc", "NotoSansCJK": "x", "Odd-Bold": "d!", "Odd": "d"}
    found = fonts.find(["a b", "c"], folder, tmp_path)
    assert (found.face, found.others, found.lacking) == (folder / "deep/Arial.TTF", (), frozenset())
    found = fonts.find(["abd!x\n?"], folder, tmp_path)
    assert [one.name for one in found.others] == ["NotoSansCJK.ttc", "Odd.woff2", "Zapf.ttf"]
    assert found.lacking == frozenset("?")


def test_without_a_known_face_the_first_that_is_one(has: dict[str, str], tmp_path: Path) -> None:
    folder = files(tmp_path / "f", "a.ttf", "b.ttf", "c.ttf")
    has |= {"b": "x", "c": "xy"}
    found = fonts.find(["xyz"], folder, tmp_path)
    assert (found.face, found.others, found.lacking) == (folder / "b.ttf", (folder / "c.ttf",), frozenset("z"))
    nothing = fonts.find(["xé厨"], files(tmp_path / "none", "x.pdf"), tmp_path)
    assert (nothing.face, nothing.others, nothing.lacking) == (None, (), frozenset("厨"))


def test_the_font_that_has_most_of_a_text_and_what_none_has(has: dict[str, str]) -> None:
    has |= {"one": "abc", "two": "bcde"}
    one, two = Path("one.ttf"), Path("two.ttf")
    several = Fonts(one, (two,), frozenset())
    assert [several.of(text) for text in ("ab", "bd", "bc", "")] == [one, two, one, one]
    assert (Fonts(None, (), frozenset()).of("a"), several.remarks()) == (None, [])
    lacking = frozenset("nmlkjihgfedcba")
    assert Fonts(one, (), lacking).remarks() == [
        "No font here has the characters a b c d e f g h i j k l: they are left out. "
        "Name a folder of fonts with --fonts."
    ]


@pytest.mark.parametrize(
    ("better", "worse"),
    [("NotoSans-Regular", "DejaVuSans"), ("NotoSansCJK", "NotoSans"), ("DejaVu", "Other"), ("Other", "NotoSans-Bold"),
     ("aaa", "bbb"), ("arial uni", "zzz")],
)  # fmt: skip
def test_regular_faces_of_large_families_are_the_likeliest(better: str, worse: str) -> None:
    assert fonts._likeliness(Path(f"{better}.ttf")) < fonts._likeliness(Path(f"{worse}.ttf"))


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_where_fonts_lie(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    monkeypatch.setenv("WINDIR", "/windows")
    home = Path.home()
    assert (
        fonts._folders()
        == {
            "linux": [
                home / ".local/share/fonts",
                home / ".fonts",
                Path("/usr/local/share/fonts"),
                Path("/usr/share/fonts"),
            ],
            "darwin": [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")],
            "win32": [Path("/windows/Fonts"), Path("/local/Microsoft/Windows/Fonts")],
        }[system]
    )


def test_a_shots_picture_is_of_its_middle_and_of_what_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Fraction]] = []

    def frame(path: Path, time: Fraction) -> np.ndarray:
        asked.append((path.name, time * 24))
        return np.zeros((36, 64, 3), np.uint8)

    monkeypatch.setattr(pictures, "frame_at", frame)
    take = Take("t", 1, "", Path("t.mp4"), 60)
    one = replace(ONE, takes=(take, Take("u", 2, "", Path("u.mp4"))))
    seen = Pictures(FILM, 32)
    assert seen.of(one, one.places[0]).size == (32, 18)
    assert seen.of(one, one.places[0]) is seen.of(one, one.places[0])
    seen.of(one, one.places[0], 0.0)
    seen.of(one, one.places[0], 1.0)
    seen.of(one, None)  # of the take that is chosen, at its beginning
    seen.of(one, replace(one.places[0], take="u"))
    shared = replace(one, id="b", takes=(replace(take, beyond=40),))
    seen.of(shared, one.places[0])
    assert asked == [("t.mp4", 26), ("t.mp4", 3), ("t.mp4", 50), ("t.mp4", 0), ("u.mp4", 26), ("t.mp4", 11)]


def test_what_cannot_be_shown_is_grey_in_the_edits_shape_and_said(tmp_path: Path) -> None:
    lost = replace(ONE, name="Hall", takes=(Take("t", 1, "", tmp_path / "gone.mp4"),), picture=tmp_path / "gone.png")
    seen = Pictures(replace(FILM, size=(36, 64)), 32)
    picture = seen.of(lost, lost.places[0])
    assert (picture.size, picture.getpixel((2, 2))) == ((18, 32), (52, 52, 56))
    assert seen.remarks == [
        "The take of shot 'Hall' can't be read: its still is shown. Make it again.",
        "The still of shot 'Hall' can't be read. Make a take, or render it again.",
    ]
    Image.new("RGB", (400, 100), (1, 200, 3)).save(tmp_path / "gone.png")
    still = Pictures(FILM, 32)
    shown = still.of(lost, lost.places[0])
    assert (shown.size, shown.getpixel((5, 5)), len(still.remarks)) == ((32, 8), (1, 200, 3), 1)
