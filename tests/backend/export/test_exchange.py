"""Timelines of edits whose files nobody needs: what each clip carries, what a list can't hold, what a foreign one
means."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from backend.export.errors import ExportError
from backend.export.exchange import edl, incoming, timeline
from backend.export.exchange.edl import smpte_rate, to_edl
from backend.export.exchange.incoming import read_changes
from backend.export.exchange.timeline import to_otio
from client.protocol import Direction, Line
from client.protocol.edit import Changes, Edit, Marker, OtherStrip, Place, Shot, SoundStrip, Take, Transition

RATE = 24.0


def time(frames: float, rate: float = RATE) -> Any:
    return otio.opentime.RationalTime(frames, rate)


def span(start: float, frames: float, rate: float = RATE) -> Any:
    return otio.opentime.TimeRange(time(start, rate), time(frames, rate))


def edit(*shots: Shot, **more: Any) -> Edit:
    facts = {"id": "e", "title": "T", "fps": Fraction(24), "size": (64, 36), "start": 101, "frames": 99, **more}
    return Edit(**facts, shots=shots)


def shot(name: str, *places: Place, **more: Any) -> Shot:
    return Shot(name, f"Shot {name}", places, **more)


def made(film: Edit, folder: Path | None = None) -> Any:
    return otio.adapters.read_from_string(to_otio(film, folder)[0], "otio_json")


def changes(film: Edit, folder: Path, *clips: Any, about: dict[str, Any] | None = None) -> Changes:
    """What a timeline of these clips on one track would change."""
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.extend(clips)
    found = otio.schema.Timeline("x", metadata={"take_one": about} if about else {})
    found.tracks.append(track)
    path = folder / "back.otio"
    path.write_text(otio.adapters.write_to_string(found, "otio_json"))
    return read_changes(film, path)


def clip(name: str, start: float, frames: float, url: str = "", rate: float = RATE, **about: Any) -> Any:
    reference = otio.schema.ExternalReference(url) if url else otio.schema.MissingReference()
    metadata = {"take_one": about} if about else {}
    return otio.schema.Clip(name, reference, span(start, frames, rate), metadata=metadata)


TAKES = (
    Take("t1", 1, "A_t001", Path("/film/a/A_t001.mp4"), 60, Fraction(25), rating=2, note="lower"),
    Take("t2", 2, "A_t001", Path("/film/a/A_t002.mp4"), 0),
    Take("t3", 3, "A_t003", None, 9),
)


def test_a_clip_carries_its_shot_and_every_take_that_has_a_file() -> None:
    words = Direction("push in", (Line("ANNA", "English", "Hi."), Line("", "English", "Yes.")), "rain")
    one = shot("a", Place(111, 20, 5, "t1"), takes=TAKES, camera="Cam", lens=35.5, status="ready", rating=4, note="n1",
               direction=words)  # fmt: skip
    film = edit(one, title="The\nfilm", made="2026-03-05T12:00:00+00:00")
    whole = made(film, Path("/film"))
    assert (whole.name, whole.global_start_time) == ("The film", time(0))
    about = {"edit": "e", "fps": "24", "size": [64, 36], "start": 101, "frames": 99, "origin": 101, "made": film.made}
    carried = dict(whole.metadata["take_one"])
    assert {**carried, "size": list(carried["size"])} == about
    gap, found = list(whole.video_tracks()[0])
    assert (type(gap), gap.source_range) == (otio.schema.Gap, span(0, 10))
    assert (found.name, found.source_range, found.enabled) == ("Shot a", span(5, 20), True)
    carried = dict(found.metadata["take_one"])
    assert carried.pop("direction")["prompt"] == "push in"
    assert carried == {
        "shot": "a", "place": 0, "held": 0, "take": "t1", "camera": "Cam", "lens": 35.5, "status": "ready", "rating": 4,
        "note": "n1",
    }  # fmt: skip
    references = found.media_references()
    assert set(references) == {"DEFAULT_MEDIA", "A_t001"}  # the third has no file
    shown, other = references["DEFAULT_MEDIA"], references["A_t001"]
    assert (shown.target_url, shown.available_range) == ("a/A_t001.mp4", span(0, 60, 25))
    assert (other.target_url, other.available_range, other.metadata["take_one"]["take"]) == ("a/A_t002.mp4", None, "t2")
    assert not {"file", "picture", "name", "frames", "fps", "id"} & set(shown.metadata["take_one"])
    markers = [(one.name, one.comment, one.color, one.marked_range) for one in found.markers]
    assert markers == [
        ("Note", "n1", "YELLOW", span(5, 1)), ("Note to A_t001", "lower", "YELLOW", span(5, 1)),
        ("ANNA: Hi.", "", "CYAN", span(5, 1)), ("Yes.", "", "CYAN", span(5, 1)),
    ]  # fmt: skip


def test_a_take_of_a_name_that_another_has_is_told_by_its_id() -> None:
    takes = (replace(TAKES[0], id="t0", name="B"), *TAKES[:2], Take("t4", 4, "", Path("/x.mp4")))
    (found,) = made(edit(shot("a", Place(101, 20, 0, "t0"), takes=takes))).find_clips()
    assert set(found.media_references()) == {"DEFAULT_MEDIA", "A_t001", "A_t001 t2", "Shot a take 4"}


def test_a_shot_without_a_take_shows_its_still_as_long_as_it_is_seen() -> None:
    still, bare = shot("a", Place(101, 20, 5), picture=Path("/s.png")), shot("b", Place(121, 9))
    first, second = made(edit(still, bare)).find_clips()
    assert first.media_reference.available_range == span(0, 25)
    assert (first.media_reference.target_url, first.media_reference.name) == ("/s.png", "Shot a board")
    assert (type(second.media_reference), second.media_reference.name) == (otio.schema.MissingReference, "Shot b")
    lost = replace(still, takes=(TAKES[2],), places=(Place(101, 20, 5, "t3"),))
    (third,) = made(edit(lost)).find_clips()
    assert (type(third.media_reference), third.media_reference.name) == (otio.schema.MissingReference, "A_t003")


def test_files_elsewhere_keep_their_whole_path() -> None:
    (found,) = made(edit(shot("a", Place(101, 20, 0, "t1"), takes=TAKES)), Path("/other")).find_clips()
    assert found.media_reference.target_url == "/film/a/A_t001.mp4"


def test_sound_and_own_strips_carry_what_they_are() -> None:
    sound = SoundStrip("s\n1", 103, 7, 4, "TAKE", Path("/s.wav"), "a", "t1", 1, enabled=False, volume=0.5, fade_in=2,
                       fade_out=3)  # fmt: skip
    film = edit(
        shot("a", Place(101, 5)), sounds=(sound,),
        others=(OtherStrip("logo", "IMAGE", 120, 8, 2, 20), OtherStrip("Title", "TEXT", 115, 30, channel=9)),
        markers=(Marker(90, "early", "why"), Marker(101, "M")),
    )  # fmt: skip
    whole = made(film)
    (heard,) = whole.audio_tracks()[0].find_clips()
    assert (heard.name, heard.source_range, heard.enabled) == ("s 1", span(4, 7), False)
    assert dict(heard.metadata["take_one"]) == {
        "kind": "TAKE", "shot": "a", "take": "t1", "volume": 0.5, "fade_in": 2, "fade_out": 3,
    }  # fmt: skip
    assert heard.media_reference.target_url == "/s.wav"
    logo = next(one for one in whole.find_clips() if one.name == "logo")
    assert (dict(logo.metadata["take_one"]), logo.source_range) == ({"kind": "IMAGE"}, span(2, 8))
    assert type(logo.media_reference) is otio.schema.MissingReference
    seen = [(one.name, one.comment, one.color, one.marked_range) for one in whole.tracks.markers]
    origin = film.origin
    assert seen == [
        ("early", "why", "GREEN", span(90 - origin, 1)), ("M", "", "GREEN", span(101 - origin, 1)),
        ("TEXT: Title", "", "PURPLE", span(115 - origin, 30)),
    ]  # fmt: skip


FADED = (Transition("FADE_IN", 101, 6, after="a"), Transition("FADE_OUT", 116, 5, before="a"))


@pytest.mark.parametrize(
    ("fades", "held"),
    [
        (FADED, [("Fade", 0, 6), ("Fade", 5, 0)]),
        ((replace(FADED[0], frames=20), replace(FADED[1], start=101, frames=20)), [("Fade", 0, 20), ("Fade", 20, 0)]),
        ((replace(FADED[0], frames=21), replace(FADED[1], start=100, frames=21)), []),  # longer than the shot
        ((replace(FADED[0], start=102), replace(FADED[1], start=115)), []),  # not at its ends
        ((replace(FADED[0], after="b"), replace(FADED[1], before="b")), []),
    ],
)
def test_a_fade_stands_at_the_end_of_its_shot(fades: tuple[Transition, ...], held: list[Any]) -> None:
    track = made(edit(shot("a", Place(101, 20)), transitions=fades)).video_tracks()[0]
    found = [one for one in track if isinstance(one, otio.schema.Transition)]
    assert [(one.name, one.in_offset.value, one.out_offset.value) for one in found] == held


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    with pytest.raises(ExportError, match="OpenTimelineIO is missing here") as missing:
        timeline.library()
    assert (missing.value.code, missing.value.fix) == ("not_installed", "install")


@pytest.mark.parametrize(
    ("fps", "rate"),
    [(Fraction(24), 24.0), (Fraction(24000, 1001), 24000 / 1001), (Fraction(24_009, 1000), 24.0)],
)
def test_a_rate_near_one_of_timecode_is_that(fps: Fraction, rate: float) -> None:
    assert smpte_rate(edit(fps=fps)) == pytest.approx(rate, abs=1e-4)


def test_a_rate_beside_those_of_timecode_is_none() -> None:
    with pytest.raises(ExportError, match=r"^Timecode has no rate of 24\.02 fps, which an EDL needs\.") as none:
        smpte_rate(edit(fps=Fraction(2402, 100)))
    assert none.value.code == "no_timecode"


def test_a_list_says_what_it_leaves_out_and_keeps_only_what_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Take("t", 1, "K", Path("/film/kitchen.mp4"), 99)
    film = edit(
        shot("a", Place(101, 20, 3, "t"), takes=(take,)), shot("b", Place(121, 10, enabled=False)),
        shot("c", Place(131, 9), Place(135, 5, channel=5)),
        sounds=(SoundStrip("s", 101, 9), SoundStrip("s", 120, 9)), transitions=FADED,
        others=(OtherStrip("o", "MOVIE", 101, 5, channel=9), OtherStrip("t", "TEXT", 101, 5, channel=9)),
    )  # fmt: skip
    text, remarks = to_edl(film)
    said = [
        "An EDL has one track: the 2 of the edit were laid together, the highest on top.",
        "An EDL of pictures holds no sound: 2 strips are left out. The .otio has them.",
        "An EDL has one track: 1 strips of your own are left out. The .otio has them.",
        "An EDL holds dissolves only: fades are left out. The .otio has them.",
    ]
    assert remarks[-4:] == said
    events = [line.split() for line in text.splitlines() if line[:3].isdigit()]
    assert [event[-2:] for event in events] == [
        ["00:00:00:00", "00:00:00:20"], ["00:00:01:06", "00:00:01:10"], ["00:00:01:10", "00:00:01:15"],
    ]  # fmt: skip
    assert "* FROM CLIP NAME:  kitchen.mp4" in text and "* SHOT: Shot a" in text and "* TAKE_ONE SHOT a" in text
    plain = edit(shot("a", Place(101, 20, 3, "t"), takes=(take,)), title=" ")
    text, remarks = to_edl(plain)
    assert text.startswith("TITLE: Take One\nFCM: NON-DROP FRAME\n\n")
    assert not [one for one in remarks if "EDL" in one]
    assert to_edl(replace(plain, fps=Fraction(30000, 1001)))[0].splitlines()[1] == "FCM: DROP FRAME"
    monkeypatch.setattr(edl, "MOST_EVENTS", 0)
    assert to_edl(plain)[1][-1] == "CMX 3600 knows 0 events, this one has 1: some programs refuse it."
    monkeypatch.setattr(edl, "MOST_EVENTS", 1)
    assert not any("CMX" in one for one in to_edl(plain)[1])


def test_a_list_holds_less_than_a_day() -> None:
    day = edit(shot("a", Place(-73_600, 5)), start=0, frames=2_000_000)  # from before the first frame on
    with pytest.raises(ExportError, match="less than 24 hours") as long:
        to_edl(day)
    assert long.value.code == "too_long"
    assert to_edl(replace(day, frames=day.frames - 1))[0]
    for nothing in (edit(), edit(shot("a", Place(101, 5, enabled=False)))):
        with pytest.raises(ExportError, match="No shot is in the edit yet") as empty:
            to_edl(nothing)
        assert empty.value.code == "empty_edit"


KNOWN = edit(
    shot("a", Place(101, 20, 5, "t1"), takes=TAKES), shot("b", Place(121, 10), picture=Path("/film/b_still.png")),
    others=(OtherStrip("Logo", "MOVIE", 101, 5, file=Path("/own/studio_logo.mov")),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "shot_id", "take"),
    [
        (clip("x", 5, 20, shot="a"), "a", "t1"),  # by what we wrote, with the take that is there now
        (clip("x", 5, 20, "C:\\other\\A_T002.mov"), "a", "t2"),  # by its file, in whatever case and folder
        (clip("a_t003.mov", 5, 20), "a", "t3"),  # by its own name
        (clip("shot B", 5, 20), "b", ""),
        (clip("x", 5, 20, "/y/B_still.exr"), "b", ""),
        (clip("x", 5, 20, "/y/A_t002.mp4", shot="b"), "b", ""),  # a take is its shot's
        (clip("", 5, 20, "/y/New.Scene.mov"), "", ""),
    ],
)
def test_a_clip_is_known_by_what_it_carries_by_its_file_or_by_its_name(
    tmp_path: Path, one: Any, shot_id: str, take: str
) -> None:
    found = changes(KNOWN, tmp_path, one)
    (cut,) = found.cuts
    assert (cut.shot, cut.take, cut.start, cut.frames, cut.offset) == (shot_id, take, 101, 20, 5)
    assert found.unnamed == tuple(name for name in "ab" if name != shot_id)
    if not shot_id:
        assert (cut.name, cut.place) == ("new", -1)


@pytest.mark.parametrize(
    "one", [clip("logo", 0, 5), clip("x", 0, 5, "/z/Studio_Logo.mp4"), clip("x", 0, 5, kind="SOUND")]
)
def test_a_strip_of_ones_own_is_no_shot(tmp_path: Path, one: Any) -> None:
    found = changes(KNOWN, tmp_path, one, clip("x", 0, 9, shot="b"))
    assert [cut.shot for cut in found.cuts] == ["b"]
    with pytest.raises(ExportError, match="shows no clips") as empty:
        changes(KNOWN, tmp_path, one.clone())
    assert empty.value.code == "empty_edit"


def test_a_new_clip_has_a_name_and_its_notes(tmp_path: Path) -> None:
    one = clip("Shots/Hall.v2.mov", 2, 9)
    one.markers.extend([otio.schema.Marker("Dark", comment="raise it"), otio.schema.Marker("", comment="")])
    one.markers.append(otio.schema.Marker("Only"))
    nameless = clip("", 0, 4, "/y/door.mov")
    first, second = changes(KNOWN, tmp_path, one, nameless).cuts
    assert (first.name, first.shot, first.offset) == ("Shots Hall.v2", "", 2)
    assert (second.name, second.start) == ("door", 110)
    assert incoming._note(one) == "Dark: raise it\nOnly"


def test_media_that_begins_elsewhere_and_a_clock_of_another_rate(tmp_path: Path) -> None:
    one = clip("x", 90_007, 20, shot="a")
    one.media_reference = otio.schema.ExternalReference("/y/z.mp4", span(90_000, 50))
    assert changes(KNOWN, tmp_path, one).cuts[0].offset == 7
    early = clip("x", 89_990, 20, shot="a")
    early.media_reference = otio.schema.ExternalReference("/y/z.mp4", span(90_000, 50))
    assert changes(KNOWN, tmp_path, early).cuts[0].offset == 0  # nothing lies before a file
    found = changes(KNOWN, tmp_path, clip("x", 5, 25, rate=25.0, shot="a"))
    assert (found.cuts[0].frames, found.cuts[0].offset) == (24, 5)
    assert found.remarks == ("The file counts at 25 fps and the edit at 24: places are rounded.",)
    near = changes(KNOWN, tmp_path, clip("x", 5, 24, rate=24000 / 1001, shot="a"))
    assert (near.cuts[0].frames, near.remarks) == (24, ())


def test_a_timeline_of_ours_counts_from_where_it_said(tmp_path: Path) -> None:
    one = clip("x", 0, 5, shot="a")
    for about, start in (
        ({"edit": "e", "origin": 90}, 90),
        ({"edit": "f", "origin": 90}, 101),
        ({"edit": "e", "origin": "x"}, 101),
    ):
        assert changes(KNOWN, tmp_path, one.clone(), about=about).cuts[0].start == start


def test_dissolves_belong_to_both_and_a_change_of_speed_is_said(tmp_path: Path) -> None:
    one, two = clip("x", 5, 20, shot="a"), clip("y", 9, 30, shot="b")
    two.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    dissolve = otio.schema.Transition("d", in_offset=time(4), out_offset=time(6))
    found = changes(KNOWN, tmp_path, one, dissolve, two)
    assert [(cut.start, cut.frames, cut.offset) for cut in found.cuts] == [(101, 26, 5), (117, 34, 5)]
    assert found.remarks == ("The change of speed of 'y' is left out.",)


def test_of_two_places_each_is_taken_once_the_one_that_is_named_first(tmp_path: Path) -> None:
    film = edit(shot("a", Place(150, 5), Place(101, 5, 0), Place(120, 5)))
    three = [clip("x", 0, 5, shot="a") for _ in range(4)]
    assert [cut.place for cut in changes(film, tmp_path, *three).cuts] == [1, 2, 0, -1]
    three = [clip("x", 0, 5, shot="a", place=place) for place in (0, 0, 7, True)]
    assert [cut.place for cut in changes(film, tmp_path, *three).cuts] == [0, 1, 2, -1]


def test_what_no_edit_can_hold_is_left_out_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = clip("x", 0, 5, shot="a")
    for wrong in (clip("w", 0, 0.4), clip("w", 0, 2_000_001), clip("w", 2_000_001, 5)):
        found = changes(KNOWN, tmp_path, good.clone(), wrong)
        assert [cut.shot for cut in found.cuts] == ["a"]
        assert found.remarks == ("'w' has no length that an edit can have, and is left out.",)
    monkeypatch.setattr(incoming, "MAX_STRIPS", 2)
    assert len(changes(KNOWN, tmp_path, good.clone(), good.clone()).cuts) == 2
    with pytest.raises(ExportError, match="The timeline has more than 2 clips"):
        changes(KNOWN, tmp_path, *(good.clone() for _ in range(3)))


def test_a_file_is_so_large_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes(KNOWN, tmp_path, clip("x", 0, 5, shot="a"))
    path = tmp_path / "back.otio"
    monkeypatch.setattr(incoming, "MAX_BYTES", path.stat().st_size)
    assert read_changes(KNOWN, path).cuts
    monkeypatch.setattr(incoming, "MAX_BYTES", path.stat().st_size - 1)
    with pytest.raises(ExportError, match="is larger than 0 MB"):
        read_changes(KNOWN, path)


def test_a_collection_is_its_first_timeline(tmp_path: Path) -> None:
    whole = made(KNOWN)
    path = tmp_path / "back.otio"
    several = otio.schema.SerializableCollection("x", [otio.schema.Clip("c"), whole])
    path.write_text(otio.adapters.write_to_string(several, "otio_json"))
    assert read_changes(KNOWN, path).lines(KNOWN) == []
