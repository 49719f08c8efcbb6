"""A take comes home whatever happened to the file meanwhile, as one undo step, and is never lost."""

from __future__ import annotations

from fractions import Fraction

import bpy
import pytest
from rooms import NEW, clip, everything
from stand_in import attach, ready, seen
from take_one.client import events
from take_one.client.protocol import Problem
from take_one.scene.app.app import app
from take_one.scene.app.state import ACTIVE, WAITING_FILE, Job
from take_one.scene.edit import current, edit_scene, landing, strips
from take_one.scene.model.properties import edit_of
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids, find_shot, find_take
from take_one.scene.session import pump


def test_a_take_lands_in_the_list_and_on_a_new_edit(shot, source, session):
    pump.handle(ready(shot, source=source))
    (take,) = shot.takes
    assert (take.uid, take.number, take.status, take.seed, take.engine) == ("k1", 1, "READY", 5, "draft")
    assert take.notes == "The words chose a push in."
    assert seen() == [("Kitchen_t001", 30, 54, 2), ("Kitchen_t001 sound", 30, 54, 1)]
    assert shot.current_take == "k1"
    assert session.landed_keys == ["k1"]
    assert app().state.last_error is None
    assert bpy.data.scenes["Edit"].view_settings.view_transform == "Standard"
    assert (bpy.data.scenes["Edit"].frame_start, bpy.data.scenes["Edit"].frame_end) == (1, 53)


def test_the_edit_takes_size_and_rate_from_the_scene_and_nothing_else_changes(shot, source, session):
    scene = bpy.context.scene
    render = scene.render
    render.fps, render.fps_base, render.resolution_x, render.resolution_y = 30, 1.001, 1000, 420
    render.pixel_aspect_y = 2.0
    before = everything(scene.render), everything(scene.view_settings), scene.frame_current, scene.name
    pump.handle(ready(shot, source=source))
    assert (
        everything(scene.render),
        everything(scene.view_settings),
        scene.frame_current,
        scene.name,
    ) == before
    assert bpy.context.scene == scene
    made = bpy.data.scenes["Edit"].render
    assert (made.fps, made.fps_base) == (30, pytest.approx(1.001))
    assert (made.resolution_x, made.resolution_y, made.pixel_aspect_y) == (1000, 420, 2.0)


def test_an_edit_that_was_there_is_not_changed(shot, source, session):
    own = bpy.data.scenes.new("Edit")
    own.render.fps, own.frame_end, own.view_settings.view_transform = 25, 12, "AgX"
    before = everything(own.render), own.frame_end, own.view_settings.view_transform
    pump.handle(ready(shot, source=source))
    assert (everything(own.render), own.frame_end, own.view_settings.view_transform) == before
    assert len(own.sequence_editor.strips) == 2


@pytest.mark.skipif(bpy.app.version < (5, 0), reason="Blender 4.5 has no sequencer scene")
def test_the_workspace_chooses_the_edit(shot, source, session):
    chosen = bpy.data.scenes.new("My Cut")
    bpy.data.scenes.new("Edit")
    if bpy.context.workspace is None:
        pytest.skip("no workspace without a window")
    bpy.context.workspace.sequencer_scene = chosen
    pump.handle(ready(shot, source=source))
    assert [name for name, *_ in seen("My Cut")] == ["Kitchen_t001", "Kitchen_t001 sound"]


def test_one_undo_step_takes_it_off_the_edit_and_the_take_stays(shot, source, session):
    uid = shot.uid
    landing.push_undo(bpy.context, "before")
    pump.handle(ready(shot, source=source))
    bpy.ops.ed.undo()
    assert strips.strips_of_shot(uid) == []
    shot = find_shot(uid)
    assert [(take.uid, take.status) for take in shot.takes] == [("k1", "READY")]
    assert not takes.clip_missing(shot.takes[0])
    bpy.ops.ed.redo()
    assert len(strips.strips_of_shot(uid)) == 2
    assert len(find_shot(uid).takes) == 1


def test_a_shot_that_an_undo_removed_is_made_again(source, session):
    scene = bpy.context.scene
    ensure_ids(scene)
    landing.push_undo(bpy.context, "before the shot")
    shot = add_shot(scene)
    shot.name = "Kitchen"
    uid, event = shot.uid, ready(shot, source=source)
    landing.push_undo(bpy.context, "the shot")
    bpy.ops.ed.undo()
    assert find_shot(uid) is None
    pump.handle(event)
    shot = find_shot(uid)
    assert (shot.name, shot.prompt, len(shot.takes)) == ("Kitchen", "push in", 1)
    assert len(strips.strips_of_shot(uid)) == 2
    assert session.landed_keys == ["k1"]


def test_renames_do_not_matter(shot, source, session):
    event = ready(shot, source=source)
    shot.name = "Bathroom"
    bpy.context.scene.name = "Set B"
    pump.handle(event)
    assert [name for name, *_ in seen()] == ["Bathroom_t001", "Bathroom_t001 sound"]


def test_a_deleted_scene_does_not_lose_the_take(shot, source, session):
    other = bpy.data.scenes.new("Other")
    lonely = add_shot(other)
    lonely.name = "Lonely"
    event = ready(lonely, source=source)
    uid = lonely.uid
    bpy.data.scenes.remove(other)
    pump.handle(event)
    assert find_shot(uid).name == "Lonely"
    assert len(strips.strips_of_shot(uid)) == 2


def test_the_edit_deleted_meanwhile_is_made_again(shot, source, session):
    first = edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    ensure_ids(first)
    event = ready(shot, source=source, edit_uid=first.take_one.uid)
    bpy.data.scenes.remove(first)
    pump.handle(event)
    assert [name for name, *_ in seen()] == ["Kitchen_t001", "Kitchen_t001 sound"]


def test_another_file_is_open_so_the_take_waits(source, session, tmp_path):
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    film = str(tmp_path / "film.blend")
    bpy.ops.wm.save_as_mainfile(filepath=film)
    uid, event = shot.uid, ready(shot, source=source)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    pump.handle(event)
    assert session.landed_keys == []
    assert app().state.jobs["k1"].status == WAITING_FILE
    assert app().state.jobs["k1"].status not in ACTIVE
    assert "Edit" not in bpy.data.scenes
    replays = session.replays
    bpy.ops.wm.open_mainfile(filepath=film)
    assert session.replays == replays + 1
    pump.handle(event)
    shot = find_shot(uid)
    assert [take.clip for take in shot.takes] == ["//takes/Kitchen/Kitchen_t001.mp4"]
    assert session.landed_keys == ["k1"]
    assert app().state.jobs == {}


def test_told_twice_lands_once(shot, source, session):
    event = ready(shot, source=source)
    pump.handle(event)
    pump.handle(event)
    assert len(shot.takes) == 1
    assert len(seen()) == 2


def test_replace_swaps_the_current_take_everywhere(shot, source, session):
    pump.handle(ready(shot, source=source))
    trailer = bpy.data.scenes.new("Trailer")
    trailer.sequence_editor_create()
    strips.place(
        trailer,
        takes.clip_path(shot.takes[0]),
        name="Kitchen_t001",
        shot_uid=shot.uid,
        take_uid="k1",
        frame=5,
    )
    before = [(extent[1:]) for extent in seen() + seen("Trailer")]
    pump.handle(ready(shot, "k2", 2, source, placement="REPLACE"))
    assert [(extent[1:]) for extent in seen() + seen("Trailer")] == before
    assert {name for name, *_ in seen() + seen("Trailer")} >= {"Kitchen_t002", "Kitchen_t002 sound"}
    assert strips.strips_of_take("k1") == []
    assert len(strips.strips_of_take("k2")) == 4
    assert shot.current_take == "k2"
    assert current.make_current(shot, find_take(shot, "k1")) == 4
    assert len(strips.strips_of_take("k1")) == 4
    assert [(extent[1:]) for extent in seen() + seen("Trailer")] == before


def test_a_refined_take_replaces_only_the_one_it_refines(shot, source, session):
    pump.handle(ready(shot, source=source))
    pump.handle(ready(shot, "k2", 2, source, placement="AFTER"))
    assert {name for name, *_ in seen()} >= {"Kitchen_t001", "Kitchen_t002"}
    pump.handle(ready(shot, "k3", 3, source, refines="k1", placement="PLAYHEAD"))
    assert strips.strips_of_take("k1") == []
    assert len(strips.strips_of_take("k2")) == len(strips.strips_of_take("k3")) == 2


def test_after_the_last_strip(shot, source, session):
    pump.handle(ready(shot, source=source))
    pump.handle(ready(shot, "k2", 2, source, placement="AFTER"))
    assert [extent[:3] for extent in seen() if extent[0] == "Kitchen_t002"] == [("Kitchen_t002", 54, 78)]


def test_a_take_that_finds_no_channel_is_kept_and_said(shot, source, session):
    own = bpy.data.scenes.new("Edit")
    for channel in own.sequence_editor_create().channels:
        channel.lock = True
    pump.handle(ready(shot, source=source))
    assert app().state.last_error.code == "no_channel"
    assert shot.takes[0].status == "READY"
    assert session.landed_keys == ["k1"]


def test_a_clip_that_blender_cannot_read_is_said(shot, source, session):
    event = ready(shot, source=source)
    event.clip.write_bytes(b"broken")
    pump.handle(event)
    assert app().state.last_error.code == "clip_unreadable"
    assert app().state.last_error.fix == "retry"
    assert len(seen()) == 0


def test_a_take_for_another_frame_rate_says_so(shot, source, session):
    event = ready(shot, source=source, fps=Fraction(24000, 1001))
    cut = edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    cut.render.fps, cut.render.fps_base = 24, 1.001
    pump.handle(event)
    assert app().state.last_error is None
    second = ready(shot, "k2", 2, source, fps=Fraction(25))
    pump.handle(second)
    assert (app().state.last_error.code, app().state.last_error.fix) == ("frame_rate", "retry")
    assert len(strips.strips_of_take("k2")) == 2


def test_a_landing_in_steps_begins_anew_after_an_undo_in_its_middle(shot, source, session):
    uid = shot.uid
    landing.push_undo(bpy.context, "before")
    app().part(pump.Pump).waiting.append(ready(shot, source=source))
    pump.pump()
    assert [strip.type for _, strip in strips.strips_of_take("k1")] == ["MOVIE"]
    assert session.landed_keys == []
    landing.push_undo(bpy.context, "something else")
    bpy.ops.ed.undo()
    for _ in range(5):
        pump.pump()
    assert sorted(strip.type for _, strip in strips.strips_of_take("k1")) == ["MOVIE", "SOUND"]
    assert strips.unfinished("k1") == []
    assert session.landed_keys == ["k1"]
    assert len(find_shot(uid).takes) == 1


def test_no_landing_while_blender_renders(shot, source, session, monkeypatch):
    app().part(pump.Pump).waiting.append(ready(shot, source=source))
    monkeypatch.setattr(landing, "can_land", lambda _: False)
    assert not pump.pump()
    assert "Edit" not in bpy.data.scenes
    monkeypatch.setattr(landing, "can_land", lambda _: True)
    for _ in range(5):
        pump.pump()
    assert len(seen()) == 2


def test_a_failed_job_says_so_and_its_take_too(shot, source, session):
    event = ready(shot, source=source)
    take = shot.takes.add()
    take.uid = "k1"
    problem = Problem("out_of_memory", "Not enough memory. Choose a smaller size.", "smaller_size")
    pump.handle(events.JobFailed("k1", problem, event.binding))
    assert (app().state.last_error.code, app().state.last_error.fix, app().state.last_error_key) == (
        "out_of_memory",
        "smaller_size",
        "k1",
    )
    assert take.status == "FAILED"
    app().state.dismiss()
    pump.handle(events.JobFailed("k1", Problem("cancelled", ""), event.binding))
    assert app().state.last_error is None
    assert take.status == "CANCELLED"


def test_a_bug_in_handling_neither_stops_the_timer_nor_loses_the_job(shot, source, session, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(landing, "land", broken)
    pump.handle(ready(shot, source=source))
    assert app().state.last_error.code == "unexpected"
    assert "boom" in app().state.last_error.message
    assert session.landed_keys == []


def test_what_ends_while_another_file_is_open_is_told_again(shot, source, session, tmp_path):
    event = ready(shot, source=source)
    app().state.jobs["k1"] = Job("k1", event.binding)
    bpy.ops.wm.read_homefile(use_empty=True)
    pump.handle(events.JobFailed("k1", Problem("cancelled", ""), event.binding))
    assert session.landed_keys == []
    assert app().state.jobs == {}


def test_a_new_edit_writes_a_movie_with_sound_beside_the_file(shot, source, session, tmp_path):
    pump.handle(ready(shot, source=source))
    edit = bpy.data.scenes["Edit"]
    settings, ffmpeg = edit.render.image_settings, edit.render.ffmpeg
    assert (settings.file_format, ffmpeg.format, ffmpeg.codec, ffmpeg.audio_codec) == ("FFMPEG", "MPEG4", "H264", "AAC")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "my {film}.blend"))
    assert edit.render.filepath == "//my (film) Edit.mp4"
    edit.frame_start, edit.frame_end = 30, 40
    bpy.ops.render.render(animation=True, scene="Edit")
    made = tmp_path / "my (film) Edit.mp4"
    check = bpy.data.scenes.new("check").sequence_editor_create().strips
    assert check.new_movie("m", str(made), 1, 1).frame_duration == 11
    assert check.new_sound("s", str(made), 2, 1).frame_duration >= 11
    edit.render.filepath = "//mine.mp4"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other.blend"))
    assert edit.render.filepath == "//mine.mp4"
    bpy.ops.wm.read_factory_settings(use_empty=True)


def test_a_retake_at_the_edits_new_rate_has_picture_and_sound_of_one_length(shot, session, tmp_path):
    slow, fast = clip(tmp_path / "slow.mp4", 24), clip(tmp_path / "fast.mp4", 30, fps=30)
    pump.handle(ready(shot, source=slow))
    edit = bpy.data.scenes["Edit"]
    edit.render.fps = 30
    event = ready(shot, "k2", 2, fast, placement="REPLACE")
    pump.handle(event)
    ends = {strip.type: (strips.start(strip), strips.end(strip)) for strip in edit.sequence_editor.strips}
    assert ends == {"MOVIE": (30, 60), "SOUND": (30, 60)}
    assert shot.frames == 150  # five seconds, of the edit


def test_in_a_meta_strip_a_retake_at_another_rate_stays_as_the_user_cuts_it(shot, session, tmp_path):
    slow, fast = clip(tmp_path / "slow.mp4", 24), clip(tmp_path / "fast.mp4", 30, fps=30)
    pump.handle(ready(shot, source=slow, frame=47))
    edit = bpy.data.scenes["Edit"]
    edit.render.fps = 30
    meta = edit.sequence_editor.strips.new_meta("meta", 40, 47)
    for strip in [one for one in edit.sequence_editor.strips if one != meta]:
        strip.move_to_meta(meta)
    pump.handle(ready(shot, "k2", 2, fast, placement="REPLACE"))
    assert {one.name for one in meta.strips} == {"Kitchen_t002", "Kitchen_t002 sound"}
    movie, sound = meta.strips["Kitchen_t002"], meta.strips["Kitchen_t002 sound"]
    assert (strips.start(movie), strips.start(sound)) == (47, 47)
    assert not any(key.endswith("off_rate") for strip in (movie, sound) for key in dict(strip.items()))


def test_takes_that_an_undo_took_away_come_back_in_their_order(shot, source, session):
    uid = shot.uid
    landing.push_undo(bpy.context, "begin")
    pump.handle(ready(shot, source=source))
    pump.handle(ready(find_shot(uid), "k2", 2, source, placement="REPLACE"))
    pump.handle(ready(find_shot(uid), "k3", 3, source, placement="REPLACE"))
    for _ in range(2):
        bpy.ops.ed.undo()
    assert [take.number for take in find_shot(uid).takes] == [1, 2, 3]


def test_an_edit_from_another_file_holds_no_takes(source, session, tmp_path):
    """What lands there would not be saved."""
    strips.place(
        edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene),
        source,
        name="Own",
        shot_uid="s",
        take_uid="k0",
        frame=1,
    )
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other.blend"), copy=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    attach()
    with bpy.data.libraries.load(str(tmp_path / "other.blend"), link=True) as (_, data):
        data.scenes = ["Edit"]
    (linked,) = data.scenes
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = linked
    landing.land(bpy.context, ready(add_shot(bpy.context.scene), source=source))
    assert [(scene.library, strips.start(one)) for scene, one in strips.strips_of_take("k1")] == 2 * [(None, 30)]
    assert len(linked.sequence_editor.strips) == 2
    assert edit_of.edit_on_show(bpy.context, bpy.context.scene).library is None


@pytest.mark.skipif(not NEW, reason="Blender 4.5 does not say what is connected")
def test_a_take_that_lands_while_a_meta_strip_is_open_is_connected_too(shot, source, session):
    editor = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene).sequence_editor
    inner = [editor.strips.new_meta(name, channel, 1) for channel, name in ((5, "inner"), (6, "outer"))]
    inner[0].move_to_meta(inner[1])
    editor.display_stack(inner[0])
    landing.land(bpy.context, ready(shot, source=source))
    picture, sound = (one for _, one in strips.strips_of_take("k1"))
    assert list(picture.connections) == [sound] and list(sound.connections) == [picture]
    assert [one.name for one in editor.meta_stack] == ["outer", "inner"]
