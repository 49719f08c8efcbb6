"""Parts of what is exported and read, by hand: a clip's names and frames, where pictures and texts lie."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from backend.export.errors import ExportError
from backend.export.exchange import edl, incoming
from backend.export.paper import board, burn, pictures, sheet
from backend.export.paper.fonts import Fonts
from backend.export.shots import Row
from backend.export.text import fitting
from client.protocol.edit import Edit, OtherStrip, Place, Take
from tests.backend.export.test_arrange import edit, shot

NONE = Fonts(None, (), frozenset())


def named(**metadata: Any) -> Any:
    return SimpleNamespace(metadata=metadata)


@pytest.mark.parametrize(
    ("about", "comments", "held"),
    [
        ({}, [], 0),
        ({"held": 7}, [], 7),
        ({"held": 0}, [], 0),
        ({"held": -1}, [], 0),
        ({"held": "7"}, [], 0),
        ({"held": incoming.MAX_FRAME}, [], incoming.MAX_FRAME),
        ({"held": incoming.MAX_FRAME + 1}, [], 0),
        ({"held": 7}, ["TAKE_ONE HELD 5"], 5),
        ({}, ["TAKE_ONE HELD  12 ", "a note"], 12),
        ({}, ["TAKE_ONE HELD x", "HELD 4"], 0),
        ({"held": 7}, ["TAKE_ONE HELD \u0663"], 7),
        ({}, ["TAKE_ONE HELD 1234567891"], 123456789 if incoming.MAX_FRAME >= 123456789 else 0),
    ],
)
def test_for_how_long_a_clip_is_held(about: dict[str, Any], comments: list[str], held: int) -> None:
    assert incoming._held(named(cmx_3600={"comments": comments}), about) == held
    assert incoming._held(named(), {"held": 3}) == 3


def test_the_shot_that_an_event_names_is_the_last() -> None:
    for comments, found in (
        ([], ""),
        (["SHOT: Kitchen"], ""),
        (["TAKE_ONE SHOT a", "TAKE_ONE SHOT  b ", "SHOT: B"], "b"),
        (["a TAKE_ONE SHOT a"], ""),
    ):
        assert incoming._shot_comment(named(cmx_3600={"comments": comments})) == found
    assert incoming._shot_comment(named()) == ""


def test_a_clip_s_words() -> None:
    for url, stem in (
        ("", ""),
        ("/a/B C_t001.mp4", "b c_t001"),
        ("file:///x/K.x.MOV", "k.x"),
        ("C:\\a\\Bild.mp4", "bild"),
        (None, ""),
    ):
        assert incoming._stem(url) == stem  # type: ignore[arg-type]
    for name, url, free in (
        ("Kitchen", "/a/b.mp4", "Kitchen"),
        ("", "/a/Bee.mp4", "bee"),
        ("", "", "Shot"),
        ("a/b.mp4", "", "a b"),
        ("x" * 2 * incoming.MAX_NAME, "", "x" * incoming.MAX_NAME),
        (" ", "", "Shot"),
    ):
        clip = SimpleNamespace(name=name, media_reference=SimpleNamespace(target_url=url))
        assert incoming._free_name(clip) == free
    marks = [SimpleNamespace(name=name, comment=said) for name, said in (("A", "b"), ("", "c"), ("D", ""), ("", ""))]
    assert incoming._note(SimpleNamespace(markers=marks)) == "A: b\nc\nD"
    long = [SimpleNamespace(name="n" * incoming.MAX_NAME, comment="")] * 2
    assert incoming._note(SimpleNamespace(markers=long)) == "n" * incoming.MAX_NAME


def test_names_that_two_shots_have_are_none() -> None:
    one = shot(
        "a", takes=(Take("t1", 1, "Both", Path("/x/A_t001.mp4")), Take("t2", 2, "A two")), picture=Path("/x/P.png")
    )
    two = shot("b", takes=(Take("t3", 1, "both", Path("/x/b.mp4")), Take("t4", 2, "Shot B")))
    found = incoming._names(edit(one, two))
    assert {name: (pair[0].id, pair[1]) for name, pair in found.items()} == {
        "shot a": ("a", ""), "p": ("a", ""), "a_t001": ("a", "t1"), "a two": ("a", "t2"),
        "shot b": ("b", ""), "b": ("b", "t3"),
    }  # fmt: skip


def reader(film: Edit, tracks: list[Any] | None = None, is_list: bool = False, **about: Any) -> Any:
    timeline = otio.schema.Timeline("T")
    timeline.tracks.extend(tracks or [])
    timeline.metadata[incoming.KEY] = about
    return incoming._Reader(film, timeline, is_list)


def ranged(start: float, frames: float, rate: float = 24) -> Any:
    times = [otio.opentime.RationalTime(value, rate) for value in (start, frames)]
    return otio.opentime.TimeRange(*times)


def test_frames_of_another_rate_are_rounded_and_said_where_it_is_another() -> None:
    for rate, value, frames, said in (
        (24, 10.4, 10, False),
        (24.011, 10, 10, False),
        (24.013, 1000, 999, False),  # of the same name: 23.976 in a file of 24
        (24000 / 1001, 1000, 1001, False),
        (24.037, 1000, 998, True),
        (30, 45, 36, True),
    ):
        read = reader(edit())
        assert read._frames(otio.opentime.RationalTime(value, rate)) == frames, rate
        words = f"The file counts at {rate:g} fps and the edit at 24: places are rounded."
        assert read.remarks == ([words] if said else [])


@pytest.mark.parametrize(("begins", "hours"), [(100, 0), (86_399, 0), (86_400, 1), (90_000, 1), (172_801, 2)])
def test_a_list_counts_from_the_hour_of_its_first_event(begins: int, hours: int) -> None:
    gap, clip = (otio.schema.Gap(source_range=ranged(0, begins)), otio.schema.Clip("c", source_range=ranged(5, 9)))
    later = otio.schema.Clip("d", source_range=ranged(0, 200_000))
    track = otio.schema.Track("V", [gap, clip, later], kind="Video")
    assert reader(edit(), [track], is_list=True)._hours == 86_400 * hours
    assert reader(edit(), [track.clone()])._hours == 0
    assert reader(edit(), [otio.schema.Track("V", kind="Video")], is_list=True)._hours == 0


def test_a_clip_is_seen_within_its_dissolves_too() -> None:
    clips = [otio.schema.Clip(name, source_range=ranged(10, 30)) for name in "abc"]
    dissolve = otio.schema.Transition("Dissolve", "SMPTE_Dissolve", *ranged_pair(3, 5))
    again = otio.schema.Transition("Dissolve", "SMPTE_Dissolve", *ranged_pair(7, 2))
    track = otio.schema.Track("V", [clips[0], dissolve, clips[1], again, clips[2]], kind="Video")
    read = reader(edit(), [track])
    found = list(read.timeline.video_tracks()[0].find_clips())
    assert [read._overlaps(clip) for clip in found] == [(0, 5), (3, 2), (7, 0)]
    assert read._overlaps(otio.schema.Clip("alone")) == (0, 0)


def ranged_pair(before: int, after: int) -> tuple[Any, Any]:
    return otio.opentime.RationalTime(before, 24), otio.opentime.RationalTime(after, 24)


def test_whose_origin_counts() -> None:
    film = edit()
    assert reader(film)._origin == film.origin != 77
    assert reader(film, edit="e", origin=77)._origin == 77
    assert reader(film, edit="another", origin=77)._origin == reader(film, edit="e", origin="77")._origin == film.origin


def test_a_strip_of_the_user_s_is_known_by_its_name_or_file() -> None:
    other = OtherStrip("Titles", "MOVIE", 1, 5, file=Path("/x/Logo.mov"))
    read = reader(edit(others=(other, OtherStrip("Empty", "COLOR", 1, 5))))
    for name, url, is_other in (("TITLES", "", True), ("x", "/y/logo.mp4", True), ("logo", "", True), ("x", "", False)):
        clip = SimpleNamespace(name=name, media_reference=SimpleNamespace(target_url=url))
        assert read._is_other(clip) is is_other


def test_places_of_a_shot_are_given_out_once_the_wanted_first() -> None:
    three = shot("a", Place(130, 9), Place(101, 9), Place(115, 9))
    read = reader(edit(three))
    assert [read._place(three, about) for about in ({"place": 2}, {}, {"place": 2}, {"place": 9}, {})] == [
        2,
        1,
        0,
        -1,
        -1,
    ]
    assert reader(edit(three))._place(three, {"place": "2"}) == 1


# --- pictures ---


@pytest.mark.parametrize(
    ("size", "side", "blank"),
    [
        ((64, 36), 320, (320, 180)),
        ((36, 64), 320, (180, 320)),
        ((4000, 16), 100, (100, 1)),
        ((16, 4000), 100, (1, 100)),
    ],
)
def test_what_stands_for_a_picture_has_the_edit_s_shape(
    size: tuple[int, int], side: int, blank: tuple[int, int]
) -> None:
    made = pictures.Pictures(edit(size=size), side)._blank()
    assert made.size == blank
    if min(blank) > 1:
        assert made.getpixel((1, 1)) == (52, 52, 56)
        assert made.getpixel((blank[0] // 2, blank[1] // 2)) == (90, 90, 96)  # struck through, from below left
        for share in (0.25, 0.75):
            assert made.getpixel((round(share * blank[0]), round((1 - share) * blank[1]))) == (90, 90, 96)


def test_a_shot_s_picture_is_read_once_at_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    one = shot("a", Place(101, 41, 5, "t"), takes=(Take("t", 1, "T", Path("/x/t.mp4"), frames=99),), current="t")
    made = pictures.Pictures(edit(one), 64)
    monkeypatch.setattr(made, "_read", lambda *what: (read.append(what), f"picture {len(read)}")[1])
    place = one.places[0]
    shown = [made.of(one, place, part) for part in (0.0, 0.5, 0.5, 1.0, 0.51)]
    assert shown == ["picture 1", "picture 2", "picture 2", "picture 3", "picture 2"]
    assert [(file, offset) for _, file, offset in read] == [(Path("/x/t.mp4"), at) for at in (5, 25, 45)]
    assert made.of(one, None) == "picture 4" and read[3] == (one, Path("/x/t.mp4"), 0)
    bare = shot("b", Place(101, 11, 2))
    assert made.of(bare, bare.places[0]) == "picture 5" and read[4] == (bare, None, 7)


# --- burn-ins ---


class Letters:
    """A picture for each text: `high` and `wide`, of one colour and coverage."""

    def __init__(self, high: int, wide: int) -> None:
        self.made = np.full((high, wide, 4), (200, 100, 50, 0.5), np.float32)
        self.asked: list[Any] = []

    def picture(self, text: str, size: int) -> np.ndarray:
        self.asked.append((text, size))
        return self.made


@pytest.mark.parametrize(
    ("place", "top", "left"),
    [("top_left", 22, 44), ("top_right", 22, 1856), ("bottom_left", 928, 44), ("bottom_right", 928, 1856),
     ("top", 22, 950), ("bottom", 928, 950)],
)  # fmt: skip
def test_where_a_burn_in_lies_and_how_large_it_is(place: str, top: int, left: int) -> None:
    frame = np.full((1000, 2000, 3), 100, np.uint8)
    letters: Any = Letters(50, 100)
    drawn = burn.draw(frame, {place: "words"}, letters)
    changed = np.argwhere((drawn != frame).any(-1))
    assert (changed.min(0).tolist(), changed.max(0).tolist()) == ([top, left], [top + 49, left + 99])
    assert drawn[top, left].tolist() == [150, 100, 75] and letters.asked == [("words", 30)]
    assert (frame == 100).all()


def test_a_burn_in_of_a_small_picture_stays_within_it() -> None:
    letters: Any = Letters(50, 100)
    drawn = burn.draw(np.zeros((40, 60, 3), np.uint8), {"bottom_right": "w"}, letters)
    assert (drawn == (100, 50, 25)).all() and letters.asked == [("w", 9)]


def test_letters_are_made_once_and_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    letters, made = burn._Letters(NONE), []
    monkeypatch.setattr(letters, "_drawn", lambda *what: (made.append(what), np.zeros(1))[1])
    for text, size in (("a", 9), ("a", 9), ("a", 10), ("b", 9), ("a", 9)):
        letters.picture(text, size)
    assert made == [("a", 9), ("a", 10), ("b", 9)]
    for number in range(499):
        letters.picture(str(number), 9)
    assert len(letters._made) == 1 and letters.picture("498", 9) is letters.picture("498", 9)


# --- sheets and boards ---


def test_where_pictures_and_words_lie_on_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr(
        sheet, "_text", lambda draw, at, text, size, color, fonts, width: said.append((at, text, size, width))
    )
    shown: Any = SimpleNamespace(of=lambda one, place: Image.new("RGB", (160, 160), (250, 0, 0)))
    all_rows = [Row(number, shot(f"s{number}"), None, None, 0, 12 * number) for number in range(1, 6)]
    made = sheet._drawn(edit(size=(64, 36)), all_rows, shown, NONE)
    assert made.size == (2 * 24 + 3 * 332 - 12, 48 + 36 + 2 * 230 - 12)
    assert said[0] == ((24, 38), "T", 20, made.width - 48)
    places = [(24 + column * 332, 60 + line * 230) for line, column in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1))]
    for number, (left, top) in enumerate(places, 1):
        words = [(f"{number}  Shot s{number}", 14, 196), (f"{12 * number} frames, {number / 2:.2f} s", 11, 212)]
        assert said[2 * number - 1 : 2 * number + 1] == [
            ((left, top + at), text, size, 320) for text, size, at in words
        ]
        assert made.getpixel((left + 71, top + 5)) == (250, 0, 0) != made.getpixel((left + 68, top + 5))  # 180 wide
        assert made.getpixel((left + 160, top + 179)) == (250, 0, 0)
    tall = sheet._drawn(edit(size=(36, 64)), all_rows[:1], shown, NONE)
    assert tall.size == (48 + 320 * 36 // 64, 48 + 36 + 320 + 38)
    monkeypatch.setattr(sheet, "MOST_PIXELS", made.width * made.height // 4 + 1)
    assert sheet._drawn(edit(size=(64, 36)), all_rows, shown, NONE).size == (made.width // 2, made.height // 2)


def test_a_text_is_cut_where_it_has_no_room() -> None:
    assert [fitting("abcdef", lambda text, most=most: len(text) <= most) for most in (6, 5, 2, 1, 0)] == [
        "abcdef", "abcd\u2026", "a\u2026", "\u2026", "",
    ]  # fmt: skip
    assert fitting("abc", lambda text: len(text) < 3, "..") == ".."


def test_the_day_of_a_file_is_the_edit_s() -> None:
    assert board._date("2026-03-04T05:06:07+02:00") == datetime(2026, 3, 4, 3, 6, 7, tzinfo=UTC)
    before = datetime.now(UTC)
    assert before <= board._date("never") <= datetime.now(UTC)


class Page:
    """A PDF of 297 x 210 mm that remembers what is written where."""

    w, h = 297.0, 210.0

    def __init__(self) -> None:
        self.did: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *what, **how: self.did.append((name, *what))

    def multi_cell(self, width: float, line: float, text: str, **_: Any) -> list[str]:
        return text.split("|")


def test_where_a_cell_of_a_board_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    made = board._Board(edit(*(shot(f"s{n}") for n in range(7))), "landscape", "a4", NONE)
    page: Any = Page()
    made._pdf = page
    monkeypatch.setattr(made, "_page", lambda: page.did.append("page"))
    monkeypatch.setattr(made, "_size", lambda size: None)
    monkeypatch.setattr(made, "_known", lambda text: text)
    monkeypatch.setattr(made.pictures, "of", lambda one, place: Image.new("RGB", (160, 90)))
    row = Row(4, shot("a"), None, None, 0, 12)
    for _ in range(7):
        made.add(row, [board.Paragraph("a name", 10.0), board.Paragraph("a line", 8.0, True)])
    assert page.did.count("page") == 2 and made._pages == 2
    images = [what[2:] for what in page.did if what[0] == "image"]
    width, height = (297 - 22 - 10) / 3, (210 - 22 - 13 - 7 - 5) / 2
    scale = min(width / 160, 0.62 * height / 90)
    for number, (left, top, wide, high) in enumerate(images):
        column, line = number % 6 % 3, number % 6 // 3
        assert (left, top) == pytest.approx((11 + column * (width + 5), 24 + line * (height + 5)))
        assert (wide, high) == pytest.approx((160 * scale, 90 * scale))
    texts = [what[1:] for what in page.did if what[0] in ("set_xy", "cell")][:6]
    at = 24 + 90 * scale + 1.2
    assert texts[0] == pytest.approx((11, at)) and texts[1] == (8.0, pytest.approx(10 * board.LINE), "4")
    assert texts[2] == pytest.approx((19, at)) and texts[3][2] == "a name" and texts[3][0] == pytest.approx(width - 8)
    assert texts[4] == pytest.approx((11, at + 10 * board.LINE + 0.5)) and texts[5][2] == "a line"
    assert made.remarks == []
    inks = [what[1:] for what in page.did if what[0] == "set_text_color"][:3]
    assert inks == [(105, 105, 112), (20, 20, 22), (105, 105, 112)]  # the number, the name, a quiet line
    made.add(row, [board.Paragraph("a|b|c", 10.0), board.Paragraph("never", 8.0)])
    assert [what[-1] for what in page.did if what[0] == "cell"][-2:] == ["a", "b..."]
    assert made.remarks == ["The text of shot 'Shot a' is cut on the board. The shot list has it all."]


# --- lists ---


def test_rates_that_a_list_can_have() -> None:
    for fps, rate in ((Fraction(24), 24.0), (Fraction(24000, 1001), 24000 / 1001), (Fraction(30), 30.0)):
        assert edl.smpte_rate(edit(fps=fps)) == pytest.approx(rate, abs=1e-6)
    assert edl.smpte_rate(edit(fps=Fraction(2397, 100))) == pytest.approx(24000 / 1001)
    with pytest.raises(ExportError, match=r"^Timecode has no rate of 12 fps, which an EDL needs\.") as refused:
        edl.smpte_rate(edit(fps=Fraction(12)))
    assert refused.value.code == "no_timecode"


def test_a_list_without_a_shot_is_empty() -> None:
    with pytest.raises(ExportError, match="No shot is in the edit yet") as refused:
        edl.to_edl(edit(shot("a", Place(101, 5, enabled=False))))
    assert refused.value.code == "empty_edit"


def test_a_list_holds_no_fades_and_no_clip_that_is_switched_off() -> None:
    clips = [otio.schema.Clip(name, source_range=ranged(10, 30)) for name in "abc"]
    clips[1].enabled = False
    fades = [otio.schema.Transition(name, "SMPTE_Dissolve", *ranged_pair(3, 5)) for name in ("Dissolve", "Fade")]
    track = otio.schema.Track("V", [clips[0], fades[0], clips[1], fades[1], clips[2]], kind="Video")
    edl._only_what_fits(otio, track)
    assert [(type(one).__name__, one.name) for one in track] == [
        ("Clip", "a"), ("Transition", "Dissolve"), ("Gap", ""), ("Clip", "c"),
    ]  # fmt: skip
    assert track[2].source_range == ranged(10, 30)


def test_a_clip_as_an_event() -> None:
    for url, name, about, called, comments in (
        ("/a/b c.mp4", "Kitchen", {"shot": "s1", "held": 4}, "b c.mp4",
         ["SHOT: Kitchen", "TAKE_ONE SHOT s1", "TAKE_ONE HELD 4"]),
        ("", "Kitchen", {"shot": ""}, "Kitchen", ["SHOT: Kitchen"]),
        ("", "", {}, "clip", []),
        ("/a/" + "x" * 300, "y" * 300, {"shot": "z" * 300}, "x" * 200, [("SHOT: " + "y" * 300)[:200],
                                                                      ("TAKE_ONE SHOT " + "z" * 300)[:200]]),
    ):  # fmt: skip
        clip = otio.schema.Clip(name, otio.schema.ExternalReference(url), ranged(0, 5), metadata={edl.KEY: about})
        clip.markers.extend(otio.schema.Marker(one, comment=said) for one, said in (("M", "why"), ("N", "")))
        edl._prepare(clip)
        assert (clip.name, dict(clip.metadata["cmx_3600"])["reel"]) == (called, "AX")
        assert list(clip.metadata["cmx_3600"]["comments"]) == comments
        assert [marker.name for marker in clip.markers] == ["M: why", "N"]
