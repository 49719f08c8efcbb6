"""What goes out in figures: an edit as data, changed by another program, a cut read back, beds and notes that came."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
import stand_in
from rooms import clip
from take_one.client.commands.export import ExportState
from take_one.client.home import home
from take_one.client.protocol import Line
from take_one.client.protocol.edit import Changes, Cut, Note, Notes
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import edit_scene, landing, strips
from take_one.scene.edit.cut import bed, effects, transitions
from take_one.scene.edit.cut.uses import BED_KEY, BOARD_KEY, BURN_KEY, WITH_KEY, uses
from take_one.scene.edit.out import apply as applying
from take_one.scene.edit.out.collect import collect, find_edit
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.paths import stored_path
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session.out import beds, exports, notes


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 40)


@pytest.fixture
def edit(source, tmp_path):
    """An edit of 25 frames a second from 101 on, of a scene of 30: A from 111 to 131 with handles of 6 and 4, B behind
    it to 161 from the fifth frame of its file on, on other channels."""
    stand_in.attach()
    scene = bpy.context.scene
    scene.render.fps, scene.render.resolution_x, scene.render.resolution_y = 30, 641, 359
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    edit = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    edit.render.fps, edit.render.resolution_percentage, edit.frame_start, edit.frame_end = 25, 50, 101, 160
    for number, (name, at, after, handles) in enumerate((("A", 111, 131, (6, 4)), ("B", 131, 161, (0, 0)))):
        shot = add_shot(bpy.context.scene)
        shot.name, shot.seconds, shot.prompt = name, 1.5 + number, f"push {number}"
        file = takes.new_clip_path(shot, 3)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source.read_bytes())
        take = shot.takes.add()
        take.uid, take.number, take.status, take.clip, take.seed = f"t{name}", 3, "READY", stored_path(file), 7 + number
        shot.current_take = take.uid
        movie, sound = strips.place(
            edit, file, name=name, shot_uid=shot.uid, take_uid=take.uid, frame=at - 4 * number, handles=handles
        )
        for strip in (movie, sound):
            setattr(strip, strips.START, at)
            setattr(strip, strips.END, after)
            strip.channel = 6 * number + (2 if strip == movie else 1)
    return edit


def shots():
    return bpy.context.scene.take_one.shots


def test_what_is_seen_of_strips_is_told_and_what_is_off(edit, source):
    row = edit.sequence_editor.strips
    sound = row.new_sound("own", str(source), 12, 140)
    sound.volume = 1.5
    lone = row.new_sound("bed", str(source), 13, 100)
    lone[BED_KEY] = "mark"
    effects.new_effect(edit, "burn", "TEXT", 14, 101, 300)[BURN_KEY] = "top"
    effects.new_effect(edit, "compare", "COLOR", 15, 101, 300)[strips.COMPARE_KEY] = True
    effects.new_effect(edit, "fade", "COLOR", 16, 111, 5)[WITH_KEY] = shots()[0].uid
    muted = effects.new_effect(edit, "muted", "COLOR", 17, 300, 50)
    muted.mute = True
    edit.sequence_editor.channels[12].mute = True
    meta = row.new_meta("meta", 18, 170)
    effects.new_effect(edit, "inside", "COLOR", 30, 165, 30).move_to_meta(meta)
    strips.trim(meta, 170, 190)
    edit.timeline_markers.new("here", frame=120)
    shots()[0].rating, shots()[0].takes[0].rating, shots()[0].takes[0].note = 4, 3, "dark"
    data = collect(edit)
    assert (data.fps, data.size, data.start, data.frames, data.title) == (25, (320, 180), 101, 89, "film")
    assert data.id == f"{takes.keep_ids(edit)[0]}.Edit"
    first, second = data.shots
    both = (*first.places, *second.places)
    assert [(one.start, one.frames, one.offset, one.take, one.channel, one.enabled) for one in both] == [
        (111, 20, 6, "tA", 2, True), (131, 30, 4, "tB", 8, True),
    ]  # fmt: skip
    assert (first.frames, second.frames, first.rating, first.current) == (45, 75, 4, "tA")
    take = first.takes[0]
    assert (take.number, take.name, take.frames, take.handles, take.seed, take.rating, take.note) == (
        3, "A_t003", 40, (6, 4), 7, 3, "dark",
    )  # fmt: skip
    told = {one.name: (one.start, one.frames, one.offset, one.kind, one.channel, one.enabled) for one in data.sounds}
    assert told == {
        "A sound": (111, 20, 6, "TAKE", 1, True), "B sound": (131, 30, 4, "TAKE", 7, True),
        "own": (140, strips.length(sound), 0, "OWN", 12, False), "bed": (100, strips.length(lone), 0, "BED", 13, True),
    }  # fmt: skip
    assert {one.name: (one.shot, one.take, one.volume) for one in data.sounds if one.name != "B sound"} == {
        "A sound": (first.id, "tA", 1.0), "own": ("", "", 1.5), "bed": ("", "", 1.0),
    }  # fmt: skip
    assert [(one.name, one.kind, one.start, one.frames, one.enabled) for one in data.others] == [
        ("muted", "COLOR", 300, 50, False), ("inside", "COLOR", 170, 20, True),
    ]  # fmt: skip
    assert [(one.name, one.frame) for one in data.markers] == [("here", 120)]
    with pytest.raises(SceneError, match="not there any more"):
        find_edit(-1)
    assert find_edit(edit.session_uid) == edit


def test_transitions_are_told_by_the_shots_that_they_are_between(edit):
    transitions.add(edit, uses(edit)[0], transitions.FADE_IN, 5)
    transitions.add(edit, uses(edit)[1], transitions.DIP, 8)
    transitions.add(edit, uses(edit)[1], transitions.FADE_OUT, 6)
    a, b = (shot.uid for shot in shots())
    assert sorted((one.start, one.frames, one.kind, one.before, one.after) for one in collect(edit).transitions) == [
        (111, 5, "FADE_IN", "", a), (127, 4, "FADE_OUT", a, ""), (131, 4, "FADE_IN", "", b),
        (155, 6, "FADE_OUT", b, ""),
    ]  # fmt: skip
    edit.sequence_editor.strips["Fade In"].mute = True
    assert len(collect(edit).transitions) == 3


def places(edit):
    return {
        one.name: (strips.start(one), strips.end(one), strips.content_start(one), one.channel)
        for one in edit.sequence_editor.strips
    }


def test_another_programs_changes_are_done_to_each_strip(edit):
    """B goes before A, three of its frames longer at its head and two shorter at its end; A is shorter at its head."""
    scene, row = bpy.context.scene, {}
    a, b = (shot.uid for shot in shots())
    over = (("along", 131, 30), ("begin", 131, 5), ("end", 150, 11), ("mid", 140, 9))
    for number, (name, first, count) in enumerate(over, 20):
        row[name] = effects.new_effect(edit, name, "COLOR", number, first, count)
        row[name][WITH_KEY] = b
    data = collect(edit)
    cuts = (
        Cut(b, "B", 105, 31, 1, 0, "tB"),
        Cut("", "New " + "x" * 70, 140, 10, note="a\n door"),
        Cut(a, "A", 150, 15, 11, 0, "tA"),
    )
    edit.frame_end = 400
    done = applying.apply(edit, data, Changes(cuts), scene)
    assert (done.changed, done.new, done.remarks) == (2, 1, ())
    now = places(edit)
    assert {name: now[name] for name in ("A", "A sound", "B", "B sound")} == {
        "A": (150, 165, 139, 2), "A sound": (150, 165, 139, 1), "B": (105, 136, 104, 8), "B sound": (105, 136, 104, 7),
    }  # fmt: skip
    assert {name: now[name][:2] for name in row} == {
        "along": (105, 136),
        "begin": (105, 110),
        "end": (125, 136),
        "mid": (114, 123),
    }
    assert [shot.name for shot in shots()] == ["B", "New " + "x" * 56, "A"] and edit.frame_end == 400
    new = shots()[1]
    assert (new.seconds, new.prompt, new.camera) == (pytest.approx(0.4), "a door", scene.camera)
    assert [(one.name, one.frame) for one in edit.timeline_markers] == [(new.name, 140)]


def test_what_can_not_be_done_is_said_and_the_rest_is_done(edit):
    a, b = (shot.uid for shot in shots())
    data = collect(edit)
    same = Cut(a, "A", 111, 20, 6, 0, "tA")
    done = applying.apply(edit, data, Changes((same, replace(same, start=300, place=7))), bpy.context.scene)
    assert (done.changed, done.new, done.remarks) == (
        0, 0, ("Shot 'A' is used once more there: lay it yourself.",),
    )  # fmt: skip
    edit.frame_end = 105
    assert applying.apply(edit, data, Changes((Cut(b, "B", 141, 30, 4, 0, "tB"),)), bpy.context.scene).changed == 1
    assert (places(edit)["B"], edit.frame_end) == ((141, 171, 137, 8), 170)
    edit.sequence_editor.channels[7].lock = True
    before = places(edit)
    with pytest.raises(SceneError, match="Strip 'B sound', or its channel, is locked") as caught:
        applying.apply(edit, collect(edit), Changes((Cut(b, "B", 151, 30, 4, 0, "tB"),)), bpy.context.scene)
    assert (caught.value.code, places(edit)) == ("locked", before)
    setattr(edit.sequence_editor.strips["A"], strips.END, 130)
    with pytest.raises(SceneError, match=r"shot 'A'\. Read it again") as caught:
        applying.apply(edit, data, Changes((Cut(a, "A", 1, 9, 0, 0),)), bpy.context.scene)
    assert caught.value.code == "changed"


def test_a_board_as_data_is_its_picture_where_it_is_the_films_own(edit):
    shot = shots()[0]
    file = takes.new_picture(shot, 0, "board.png")
    file.write_bytes(b"picture")
    strips.remove(strips.strips_of_shot(shot.uid))
    image = edit.sequence_editor.strips.new_image("A", str(file), 9, 111)
    image[strips.SHOT_KEY], image[BOARD_KEY] = shot.uid, True
    setattr(image, strips.LENGTH, 20)
    first = collect(edit).shots[0]
    assert (first.picture, first.takes[0].frames, first.takes[0].handles) == (file, 0, (0, 0))
    assert [(one.start, one.frames, one.offset, one.take) for one in first.places] == [(111, 20, 0, "")]
    image.directory = "//../"
    assert collect(edit).shots[0].picture is None
    shot.still = stored_path(file)
    assert collect(edit).shots[0].picture == file


def test_directions_as_data_have_what_is_said(edit):
    shot = shots()[1]
    shot.sound = "rain"
    for speaker, language, text in (("Ann", "French", "Oui."), ("Bob", "", "  "), ("", "English", "No.")):
        line = shot.lines.add()
        line.speaker, line.line = speaker, text
        if language:
            line.language = language
    found = collect(edit).shots[1].direction
    assert (found.prompt, found.sound) == ("push 1", "rain")
    assert found.dialogue == (Line("Ann", "French", "Oui."), Line("", "English", "No."))


def test_a_cut_that_was_rendered_is_read_back_before_it_counts(source, tmp_path):
    exports._check_frames(source, 40)
    with pytest.raises(ValueError, match="The rendered cut has 40 frames instead of 39"):
        exports._check_frames(source, 39)
    with pytest.raises(ValueError, match="Blender has rendered no movie"):
        exports._check_frames(tmp_path / "none.mp4", 40)
    out = tmp_path / "out" / "cut.mp4"
    out.parent.mkdir()
    with pytest.raises(ValueError, match="instead of 41"):
        exports._put_in_place(source, out, 41)
    assert not out.exists()
    exports._put_in_place(source, out, 40)
    assert out.read_bytes() == source.read_bytes()
    assert (
        exports._fonts(out)[0] == "--fonts" and exports._fonts(Path("a.PDF")) and exports._fonts(Path("a.otio")) == ()
    )


def test_only_old_exports_of_a_blender_that_was_killed_go(tmp_path):
    folder = tmp_path / "exports"
    for name, days in (("old", 2.1), ("new", 1.9)):
        (folder / name).mkdir(parents=True)
        (folder / name / "edit.json").touch()
        then = exports.time.time() - days * 86400
        os.utime(folder / name, (then, then))
    exports._clear_old(folder)
    assert [path.name for path in folder.iterdir()] == ["new"]
    exports._clear_old(tmp_path / "none")


def test_an_export_says_why_it_can_not_begin(edit, monkeypatch):
    part = exports.exports()
    monkeypatch.setattr(type(part), "busy", True)
    with pytest.raises(SceneError, match="An export is running") as caught:
        exports._begin(edit, lambda *_: None)
    assert caught.value.code == "busy"
    monkeypatch.undo()
    with pytest.raises(SceneError, match="edit's first frame on: no strip that is switched on"):
        exports._render("Edit", replace(collect(edit), frames=0, shots=(), sounds=()), home(), None)
    given = exports.burn_ins(edit)
    edit.take_one.burn_in.top, edit.take_one.burn_in.bottom = "{shot}", ""
    assert (exports.burn_ins(edit).top, exports.burn_ins(edit).bottom) == ("{shot}", "") != (given.top, given.bottom)
    strips.remove([(edit, strip) for strip in edit.sequence_editor.strips])
    with pytest.raises(SceneError, match="The edit is empty") as caught:
        exports.edit_of(bpy.context)
    assert caught.value.code == "no_edit"


def test_beds_are_laid_once_they_are_there_or_not_at_all(edit, source, monkeypatch, tmp_path):
    talk = (bed.Talk(0.5, 1.25, (("Ann", "French", "Oui."),)),)
    assert beds._said(bed.Run("rain", 111, 161, 25.0, talk=talk)) == [
        {"start": 0.5, "seconds": 1.25, "lines": [
            {"speaker": "Ann", "language": "French", "line": "Oui."},
        ]},
    ]  # fmt: skip
    file = tmp_path / "bed.flac"
    file.write_bytes(b"x")
    for told, found in (
        ("[[0, 0], [1, -60]]", [(0, 0), (1, -60)]),
        ("[[0, 0.1]]", None),
        ("[[1000000, 0]]", [(1e6, 0)]),
    ):
        file.with_suffix(".json").write_text(f'{{"ducking": {told}}}')
        assert beds._ducking(file) == found
    part = beds.making()
    pushed = []
    monkeypatch.setattr(landing, "push_undo", lambda _, message: pushed.append(message))
    run = bed.Run("rain", 111, 161, 25.0, (shots()[0].uid,))
    part.runs, part.edit_uid = ((run, source),), takes.keep_ids(edit)[1]
    for state, laid, code in (("failed", 0, "bed_failed"), ("cancelled", 0, None), ("done", 1, None)):
        part.exporter.state, part.due = ExportState(state, message="It said no."), True
        app().state.dismiss()
        beds._settle(part)
        assert (len(bed.beds(edit)), part.due) == (laid, False)
        assert (app().state.last_error.code if app().state.last_error else None) == code
    assert pushed == ["Take One: Ambience Bed"]
    (strip,) = bed.beds(edit)
    assert (strips.start(strip), strips.end(strip), strip[BED_KEY]) == (111, 161, run.mark)
    part.edit_uid = "gone"
    beds._settle(part)
    assert pushed == ["Take One: Ambience Bed"]


def test_a_clients_notes_are_their_last_word_on_each_shot(edit, tmp_path):
    a, b = (shot.uid for shot in shots())
    file_id = takes.keep_ids(edit)[0]
    rows = (Note(a, "darker", "A", "tA", "change", 3), Note(b, "good", "B", "", "approved"), Note("x", "?", ""))
    found = Notes(f"{file_id}.Edit", rows, "film", "Mia", "2026-03-04T10:00:00Z")
    assert notes.lay(found, bpy.context.scene) == (2, ["There is no shot 'x' any more."])
    other = replace(found, edit="another.Edit", author="Bo", notes=(Note(a, "fine", "A", "", ""),))
    assert notes.lay(other, bpy.context.scene) == (1, ["The notes belong to another file, 'film'."])
    again = replace(found, notes=(Note(a, "too dark", "A", "", "approved"),), made="2026-03-05")
    assert notes.lay(again, bpy.context.scene) == (1, [])
    assert [(n.author, n.text, n.verdict, n.made, n.take) for n in shots()[0].client_notes] == [
        ("Mia", "too dark", "Approved", "2026-03-05", ""), ("Bo", "fine", "", "2026-03-04", ""),
    ]  # fmt: skip
    assert [(n.text, n.verdict) for n in shots()[1].client_notes] == [("good", "Approved")]
    file = tmp_path / "notes.json"
    with pytest.raises(SceneError, match="can't be read") as caught:
        notes.read(file)
    assert caught.value.code == "disk"
    file.write_text(json.dumps([]))
    with pytest.raises(SceneError, match=r"'notes.json' holds no notes of a client page") as caught:
        notes.read(file)
    assert caught.value.code == "no_notes"
