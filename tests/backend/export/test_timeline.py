"""Timelines that leave: read again by OpenTimelineIO, every clip found; and what comes back."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from backend.export.errors import ExportError
from backend.export.exchange.edl import to_edl
from backend.export.exchange.incoming import read_changes
from backend.export.exchange.timeline import to_otio
from client.protocol.edit import Changes, Edit, Place, file
from tests.backend.export.conftest import HANDLE, LENGTHS, NAMES, moved


@pytest.fixture(scope="module")
def timeline(film: Edit) -> otio.schema.Timeline:
    return otio.adapters.read_from_string(to_otio(film)[0], "otio_json")


def back(edit: Edit, text: str, folder: Path, suffix: str = ".otio") -> Changes:
    path = folder / f"back{suffix}"
    path.write_text(text, encoding="utf-8", newline="\n")
    return read_changes(edit, path)


def clips(timeline: otio.schema.Timeline) -> list[otio.schema.Clip]:
    return list(timeline.video_tracks()[0].find_clips())


def test_every_clip_is_found_where_it_is(film: Edit, timeline: otio.schema.Timeline) -> None:
    found = clips(timeline)
    names = [" ".join(name.split()) for name in NAMES]
    assert [clip.name for clip in found] == names
    ranges = [clip.transformed_time_range(clip.trimmed_range(), timeline.tracks) for clip in found]
    starts = [int(one.start_time.value) for one in ranges]
    assert starts == [0, 48, 78, 124, 154, 179]  # the third begins at the middle of the dissolve, 83 + 6 - 11
    assert [int(one.duration.value) for one in ranges] == [48, 30, 46, 30, 25, 61]
    assert int(timeline.duration().value) == sum(LENGTHS)
    third = found[2].source_range
    assert third.start_time.value == 2 + 6 and third.start_time.rate == 24


def test_the_other_takes_are_alternates(film: Edit, timeline: otio.schema.Timeline) -> None:
    for index, clip in enumerate(clips(timeline)):
        references = clip.media_references()
        assert set(references) == {"DEFAULT_MEDIA", f"s{index}_t001"}
        shown = clip.media_reference
        assert shown.target_url == str(film.shots[index].takes[1].file)
        assert shown.available_range.duration.value == LENGTHS[index] + 2 * HANDLE
        about = shown.metadata["take_one"]
        assert (about["seed"], about["engine"], about["cost"]) == (100 * index + 2, "draft", "0.10 USD")
        assert "file" not in about


def test_sound_transitions_markers_and_notes_are_there(timeline: otio.schema.Timeline) -> None:
    own, bed = timeline.audio_tracks()
    assert [clip.name for clip in own.find_clips()] == [f"s{index} sound" for index in range(6)]
    (only,) = bed.find_clips()
    assert only.source_range.duration.value == 240 and only.metadata["take_one"]["volume"] == 0.5
    pictures = timeline.video_tracks()[0]
    transitions = [child for child in pictures if isinstance(child, otio.schema.Transition)]
    assert [(one.name, one.in_offset.value, one.out_offset.value) for one in transitions] == [
        ("Fade", 0, 10),
        ("Dissolve", 6, 6),
        ("Fade", 8, 0),
    ]
    markers = [(one.name, one.comment, int(one.marked_range.start_time.value)) for one in timeline.tracks.markers]
    assert markers == [("F_20", "look here", 9), ("end of scene", "", 119), ("TEXT: Title", "", 4)]
    assert timeline.tracks.markers[0].metadata["Resolve_OTIO"]["Note"] == "look here"
    notes = [(one.name, one.comment) for one in clips(timeline)[1].markers]
    assert notes == [("Note", "lower the lamp"), ("Note to s1_t002", "the better one"), ("ANNA: We are <late>.", "")]


def test_own_strips_lie_above(timeline: otio.schema.Timeline) -> None:
    (logo,) = timeline.video_tracks()[1].find_clips()
    assert logo.name == "logo" and logo.source_range.start_time.value == 5
    assert logo.transformed_time_range(logo.trimmed_range(), timeline.tracks).start_time.value == 49


def test_missing_files_are_named_with_what_to_do(film: Edit, tmp_path: Path) -> None:
    gone = replace(film.shots[3].takes[1], file=tmp_path / "gone.mp4")
    edit = replace(
        film, shots=(*film.shots[:3], replace(film.shots[3], takes=(film.shots[3].takes[0], gone)), *film.shots[4:])
    )
    _, remarks = to_otio(edit)
    assert "The file of s3_t002 is missing. Press Make Again beside the take, or bring it back." in remarks
    assert any("strip 'logo' is missing: logo.mov" in remark for remark in remarks)
    assert str(tmp_path) not in " ".join(remarks)


def test_files_can_be_named_from_the_timelines_folder_on(film: Edit, film_file: Path) -> None:
    text, _ = to_otio(film, film_file.parent)
    assert str(film_file.parent) not in text and '"takes/s0/s0_t002.mp4"' in text


def test_a_round_trip_changes_nothing(film: Edit, tmp_path: Path) -> None:
    for suffix, text in ((".otio", to_otio(film)[0]), (".edl", to_edl(film)[0])):
        changes = back(film, text, tmp_path, suffix)
        assert changes.lines(film) == [], suffix
        assert [cut.shot for cut in changes.cuts] == [shot.id for shot in film.shots], suffix
        assert changes.unnamed == (), suffix


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25), Fraction(60)])
def test_a_round_trip_changes_nothing_at_other_rates(film: Edit, tmp_path: Path, fps: Fraction) -> None:
    far = [moved_by(film, 40_000)] if fps.denominator > 1 else [film]
    for edit in [replace(one, fps=fps) for one in far]:
        for suffix, text in ((".otio", to_otio(edit)[0]), (".edl", to_edl(edit)[0])):
            assert back(edit, text, tmp_path, suffix).lines(edit) == [], (suffix, fps)


def moved_by(edit: Edit, frames: int) -> Edit:
    """The edit with its last shot so much later: past minutes in which numbers are dropped."""
    edit = moved(edit, 2, start=95, frames=40)
    return replace(
        moved(edit, 5, start=edit.shots[5].places[0].start + frames), frames=edit.frames + frames, transitions=()
    )


@pytest.mark.parametrize("suffix", [".otio", ".edl"])
def test_order_trims_and_lengths_come_back(film: Edit, tmp_path: Path, suffix: str) -> None:
    other = moved(film, 4, start=film.end, frames=20, offset=HANDLE + 9)
    other = replace(other, frames=film.frames + 20, transitions=other.transitions[:1])
    other = moved(other, 0, frames=40)
    text = to_otio(other)[0] if suffix == ".otio" else to_edl(other)[0]
    changes = back(film, text, tmp_path, suffix)
    assert changes.lines(film) == [
        "Kitchen: 48 frames become 40.",
        "{shot} {{x}} %s: from frame 165 to 251.",
        "{shot} {{x}} %s: 25 frames become 20.",
        "{shot} {{x}} %s: its take begins 5 frames later.",
        "The order becomes " + ", ".join(NAMES[index] for index in (0, 1, 2, 3, 5, 4)) + ".",
    ]
    assert [(cut.start, cut.frames, cut.offset) for cut in changes.cuts][-1] == (251, 20, HANDLE + 9)


def test_another_take_and_a_new_shot_come_back(film: Edit, tmp_path: Path) -> None:
    timeline = otio.adapters.read_from_string(to_otio(replace(film, transitions=film.transitions[:1]))[0], "otio_json")
    third = clips(timeline)[2]
    third.active_media_reference_key = "s2_t001"
    rate = third.source_range.duration.rate
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(7, rate), otio.opentime.RationalTime(33, rate))
    new = otio.schema.Clip("Corridor.mov", otio.schema.ExternalReference("/elsewhere/Corridor.mov"), span)
    timeline.video_tracks()[0].append(new)
    changes = back(film, timeline.to_json_string(), tmp_path)
    assert changes.lines(film) == [
        f"{NAMES[2]}: s2_t002 becomes s2_t001.",
        "Corridor: a new shot of 33 frames at 251.",
    ]
    assert changes.cuts[-1].shot == "" and changes.cuts[-1].offset == 7


def test_another_programs_timeline_is_known_by_the_names_of_files(film: Edit, tmp_path: Path) -> None:
    """What we wrote into metadata is gone, paths are another machine's, media has a timecode of its own."""
    timeline = otio.adapters.read_from_string(to_otio(film)[0], "otio_json")
    timeline.metadata.clear()
    for clip in timeline.find_clips():
        clip.metadata.clear()
        for reference in clip.media_references().values():
            reference.metadata.clear()
            reference.target_url = "D:\\film\\" + Path(reference.target_url).name
        hour = otio.opentime.RationalTime(86400, 24)
        available = clip.media_reference.available_range
        if available:
            clip.media_reference.available_range = otio.opentime.TimeRange(hour, available.duration)
            clip.source_range = otio.opentime.TimeRange(clip.source_range.start_time + hour, clip.source_range.duration)
    assert back(film, timeline.to_json_string(), tmp_path).lines(film) == []


def test_an_edl_that_begins_at_one_hour_begins_at_the_first_frame(film: Edit, tmp_path: Path) -> None:
    text = to_edl(film)[0]
    shifted = "\n".join(
        re.sub(r"00(:\d\d:\d\d:\d\d) 00(:\d\d:\d\d:\d\d)$", r"01\1 01\2", line) for line in text.splitlines()
    )
    assert shifted != text
    changes = back(film, shifted.replace("* TAKE_ONE SHOT", "* SOMETHING"), tmp_path, ".edl")
    assert changes.lines(film) == []


def test_an_edl_names_no_folders_and_one_line_a_comment(film: Edit, film_file: Path) -> None:
    text, remarks = to_edl(film)
    assert str(film_file.parent) not in text
    assert text.startswith("TITLE: ") and text.splitlines()[1] == "FCM: NON-DROP FRAME"
    events = [line for line in text.splitlines() if line[:3].isdigit()]
    assert events[0].split() == [*["001", "AX", "V", "C"], "00:00:00:12", "00:00:02:12", "00:00:00:00", "00:00:02:00"]
    assert "D 012" in text
    assert all(
        line[:3].isdigit() or line[:1] in ("*", "") or line[:4] in ("TITL", "FCM:") for line in text.splitlines()
    )
    assert any("sound" in remark for remark in remarks) and any("fades" in remark for remark in remarks)


def test_what_no_edl_can_hold_is_said(film: Edit) -> None:
    with pytest.raises(ExportError, match="no rate of 17 fps"):
        to_edl(replace(film, fps=Fraction(17)))
    with pytest.raises(ExportError, match="No shot is in the edit"):
        to_edl(replace(film, shots=()))


def test_a_dip_between_two_shots_is_a_marker(film: Edit) -> None:
    from client.protocol.edit import Transition

    dip = (Transition("FADE_OUT", 51, 8, before="shot-0"), Transition("FADE_IN", 59, 8, after="shot-1"))
    timeline = otio.adapters.read_from_string(
        to_otio(replace(moved(film, 2, start=95, frames=40), transitions=dip))[0], "otio_json"
    )
    names = [[(one.name, one.marked_range.start_time.value) for one in clip.markers] for clip in clips(timeline)[:2]]
    assert ("Fade out", 12 + 40) in names[0] and ("Fade in", 13) in names[1]
    assert not [child for child in timeline.video_tracks()[0] if isinstance(child, otio.schema.Transition)]


def test_a_shot_that_is_used_twice_keeps_both_places(film: Edit, tmp_path: Path) -> None:
    again = Place(film.end, 20, 3, "take-0-1", 2)
    flat = moved(film, 2, start=95, frames=40)
    first = replace(film.shots[0], places=(*film.shots[0].places, again))
    edit = replace(flat, shots=(first, *flat.shots[1:]), frames=film.frames + 20, transitions=())
    for suffix, text in ((".otio", to_otio(edit)[0]), (".edl", to_edl(edit)[0])):
        changes = back(edit, text, tmp_path, suffix)
        assert changes.lines(edit) == [], suffix
        assert [cut.place for cut in changes.cuts if cut.shot == "shot-0"] == [0, 1]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.otio", b"{"),
        ("a.otio", b'{"OTIO_SCHEMA": "Clip.1"}'),
        ("a.otio", b"[" * 5000),
        ("a.otio", b"\xff\xfe"),
        ("a.otio", b'{"OTIO_SCHEMA": "Timeline.1", "tracks": null}'),
        ("a.edl", b"TITLE: x\n\n001  AX  V  C  99:99:99:99 00:00:01:00 00:00:00:00 00:00:01:00\n"),
        ("a.edl", b""),
        ("a.xml", b"<xmeml/>"),
    ],
)
def test_what_is_no_timeline_is_refused(film: Edit, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ExportError):
        read_changes(film, tmp_path / name)


@pytest.mark.parametrize("time", ["NaN", "Infinity", "-Infinity"])
def test_times_that_are_none_are_refused(film: Edit, tmp_path: Path, time: str) -> None:
    data = json.loads(to_otio(film)[0])
    children = data["tracks"]["children"][0]["children"]
    clip = next(child for child in children if child["OTIO_SCHEMA"].startswith("Clip"))
    clip["source_range"]["start_time"]["value"] = float(time)
    with pytest.raises(ExportError, match="can't be read"):
        back(film, json.dumps(data), tmp_path)


def test_files_whose_names_are_no_utf_8(film: Edit) -> None:
    """Such as those that a disk of another system brings."""
    take = replace(film.shots[0].takes[1], file=Path(os.fsdecode(b"/takes/K\xfcche_t002.mp4")))
    edit = replace(film, shots=(replace(film.shots[0], takes=(film.shots[0].takes[0], take)), *film.shots[1:]))
    assert "/takes/K?che_t002.mp4" in to_otio(edit)[0]
    assert file.from_bytes(file.to_bytes(edit, Path("/x")), Path("/x")) == edit


def test_metadata_that_lies_does_no_harm(film: Edit, tmp_path: Path) -> None:
    data = json.loads(to_otio(film)[0])
    children = data["tracks"]["children"][0]["children"]
    clips_ = [child for child in children if child["OTIO_SCHEMA"].startswith("Clip")]
    clips_[0]["metadata"]["take_one"] |= {"place": 99, "shot": ["x"]}
    clips_[1]["metadata"]["take_one"] = "text"
    clips_[2]["source_range"]["duration"]["value"] = 1e18
    changes = back(film, json.dumps(data), tmp_path)
    assert {cut.shot for cut in changes.cuts} == {
        "shot-0",
        "shot-1",
    }  # what follows an endless clip lies past every frame
    assert any("no length" in remark for remark in changes.remarks)


@pytest.mark.parametrize(("suffix", "write"), [(".otio", to_otio), (".edl", to_edl)])
def test_what_is_another_shots_is_in_no_timeline_and_comes_back_as_it_was(film: Edit, tmp_path: Path, suffix, write):
    shot = film.shots[3]
    place, take = shot.places[0], replace(shot.takes[1], beyond=24 - 1)  # of 54 frames the first 31 are its own
    own = 54 - 23 - place.offset
    edit = replace(film, shots=(*film.shots[:3], replace(shot, takes=(shot.takes[0], take)), *film.shots[4:]))
    text, remarks = write(edit)
    assert f"The edit holds the last frame of '{NAMES[3]}' for {30 - own} frames" in " ".join(remarks)
    path = tmp_path / f"part{suffix}"
    path.write_text(text, encoding="utf-8", newline="\n")
    read = (
        otio.adapters.read_from_file(str(path), "otio_json" if suffix == ".otio" else "cmx_3600", rate=24)
        if suffix == ".edl"
        else otio.adapters.read_from_file(str(path), "otio_json")
    )
    clip = list(read.video_tracks()[0].find_clips())[3]
    shown = clip.trimmed_range()
    assert (int(shown.start_time.value), int(shown.duration.value)) == (place.offset, own)
    changes = read_changes(edit, path)
    assert changes.lines(edit) == []
    assert [cut.frames for cut in changes.cuts] == [place.frames for _, place in edit.placed()]
