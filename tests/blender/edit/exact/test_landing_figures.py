"""A landing in figures: what the take keeps, what is said of it, when it has to wait, and where it goes by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import bpy
import pytest
from rooms import clip
from stand_in import ready, seen
from take_one.client.protocol import BoundPart, Direction, Price, TakeRequest, View
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, burn_in, current, edit_scene, landing, strips
from take_one.scene.model.shots import kept, takes
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids, find_take
from take_one.scene.session import pump


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    folder = tmp_path_factory.mktemp("clips")
    return {count: clip(folder / f"{count}.mp4", count) for count in (20, 24)}


@pytest.fixture
def shot(session):
    """A shot of the second of two scenes, at 25 frames a second; takes go to the first free frame."""
    scene = bpy.data.scenes.new("Set")
    scene.render.fps, scene.frame_start = 25, 7
    scene.frame_set(33)
    shot = add_shot(scene)
    shot.name, shot.seconds = "Kitchen", 2.0
    return shot


def edit_at(frame, first=11, fps=24):
    """The edit, from another frame than 1 on, its playhead at another."""
    edit = edit_scene.ensure_edit_scene(bpy.context, bpy.data.scenes["Set"])
    edit.frame_start, edit.frame_end, edit.render.fps, edit.render.fps_base = first, first, fps, 1.0
    edit.frame_set(frame)
    return edit


def of_job(event, **more):
    return event._replace(job=replace(event.job, **more))


def test_what_the_job_and_its_binding_say_is_kept(shot, clips, tmp_path):
    take = shot.takes.add()
    take.uid, take.number, take.engine = "k4", 4, "horse"
    asked = TakeRequest("horse", Direction("pan"), (View(tmp_path / "a.png"),), 2.0, Fraction(25), (640, 360), 3)
    kept.write(take, kept.Kept(asked, still_notes=("A mirror.",), made="2026-02-03T04:05:06"))
    event = ready(shot, "k4", 4, clips[24], frame=40, head=2, tail=7, beyond=5)
    price = Price(2.4, "EUR", exact=True)
    result = replace(event.job.result, notes=("One.", "Two."), cost=price, sound_seconds=0.5)
    pump.handle(of_job(event, result=result, fps=None, model="", prompt="x" * 20 + " and then some words"))
    found = kept.read(find_take(shot, "k4"))
    assert found == kept.Kept(asked, ("A mirror.",), Fraction(25), 0.5, price, 2, 7, 5, "2026-02-03T04:05:06")
    assert (take.engine, take.notes) == ("horse", "A mirror.\nOne.\nTwo.")
    assert take.about == "2.0 s, 640 x 360, horse, 3 Feb"
    assert take.words == "x" * 20 + " and then..."
    assert app().state.last_error is None, "the edit was made at its scene's rate, which it was asked for at"


def test_a_take_that_says_little_is_kept_with_the_day_it_landed(shot, clips):
    edit_at(33)
    pump.handle(of_job(ready(shot, source=clips[24]), result=None))
    found = kept.read(shot.takes[0])
    assert (found.fps, found.sound_seconds, found.cost, found.request) == (None, None, None, None)
    assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d", found.made)
    assert (shot.takes[0].notes, len(seen())) == ("", 2)


def test_the_rates_that_differ_are_said(shot, clips):
    edit = edit_at(33, fps=30)
    pump.handle(ready(shot, source=clips[24], fps=Fraction(24000, 1001)))
    error = app().state.last_error
    assert error.message == (
        "The take was made for 23.976 frames a second and 'Edit' runs at 30: it plays too fast or slow. Make it again."
    )
    assert (app().state.last_error_key, edit.frame_end) == ("k1", 53)


def window(*names):
    return SimpleNamespace(modal_operators=[SimpleNamespace(bl_idname=name) for name in names])


@pytest.mark.parametrize(
    ("windows", "free"),
    [((), True), ((window(),), True), ((window("SCREEN_OT_animation_step"), window()), True),
     ((window("TRANSFORM_OT_translate"),), False), ((window(), window("VIEW3D_OT_x", "SCULPT_OT_brush_stroke")), False),
     ((window("SEQUENCER_OT_slip"), window()), False), ((window("PAINT_OT_image_paint"),), False)],
)  # fmt: skip
def test_nothing_lands_while_the_user_drags(windows, free):
    assert landing.can_land(SimpleNamespace(window_manager=SimpleNamespace(windows=windows))) is free


def test_a_landing_is_one_step_of_undo_with_the_takes_name(shot, clips, monkeypatch):
    said = []
    monkeypatch.setattr(landing, "push_undo", lambda _, message: said.append(message))
    other = add_shot(shot.id_data)
    other.name = "Hall"
    parts = (BoundPart(shot.uid, "k1", "Kitchen", 3, 0, 9), BoundPart(other.uid, "k1-1", "Hall", 5, 9, 15))
    event = ready(shot, number=3, source=clips[24], parts=parts)
    assert landing.land(bpy.context, event._replace(binding=replace(event.binding, file_id="another"))) is False
    assert landing.land(bpy.context, event) is True
    assert said == ["Take One: Kitchen_t003, Hall_t005"]
    assert [name for name, *_ in seen()] == ["Hall_t005", "Hall_t005 sound", "Kitchen_t003", "Kitchen_t003 sound"]


def test_a_step_of_undo_is_made_where_no_window_is_the_contexts(session):
    """As in a timer."""
    manager, scene = bpy.context.window_manager, bpy.context.scene
    context = SimpleNamespace(window=None, window_manager=manager, temp_override=bpy.context.temp_override)
    for name in ("One", "Two"):
        scene.name = name
        landing.push_undo(context, name)
    bpy.ops.ed.undo()
    assert bpy.context.scene.name == "One"


def test_a_take_that_is_shown_by_hand_goes_where_its_scene_wants_takes(shot, clips):
    pump.handle(ready(shot, source=clips[24], frame=40))
    edit = edit_at(77)
    for placement, wanted in (("PLAYHEAD", 77), ("AFTER", 11), ("REPLACE", 11)):
        strips.remove(strips.strips_of_shot(shot.uid))
        shot.id_data.take_one.placement, shot.current_take = placement, ""
        landing.show(bpy.context, shot, shot.takes[0])
        assert [extent[1:3] for extent in seen()] == [(wanted, wanted + 24)] * 2, placement
        assert shot.current_take == "k1"
    assert edit.frame_end == 100
    with pytest.raises(SceneError, match=r"The file of take 1 is gone: .*Kitchen_t001\.mp4\. Make it again"):
        takes.clip_path(shot.takes[0]).unlink()
        strips.remove(strips.strips_of_shot(shot.uid))
        landing.show(bpy.context, shot, shot.takes[0])
    assert seen() == []


def test_a_take_that_is_shown_by_hand_takes_the_place_of_its_shots_current_one(shot, clips):
    pump.handle(ready(shot, "k1", 1, clips[24], frame=40))
    pump.handle(ready(shot, "k2", 2, clips[24], placement="REPLACE"))
    landing.show(bpy.context, shot, find_take(shot, "k1"))
    assert (shot.current_take, strips.strips_of_take("k2")) == ("k1", [])
    assert [extent[1:3] for extent in seen()] == [(40, 64)] * 2


def test_a_take_takes_the_place_of_its_shots_boards(shot, clips):
    """In each edit: as long as the board, on its channels; a board of another shot, and of one that is not asked for,
    stay."""
    edit, trailer = edit_at(33), bpy.data.scenes.new("Trailer")
    other = add_shot(shot.id_data)
    other.name = "Hall"
    shot = shot.id_data.take_one.shots[0]
    board.lay(edit, shot, 40, (64, 36), 30)
    board.lay(edit, other, 70, (64, 36), 30)
    board.lay(trailer, shot, 5, (64, 36), 10)
    pump.handle(ready(shot, "k1", 1, clips[24], placement="PLAYHEAD", frame=140))
    assert len(board.boards_of(shot.uid)) == 2
    strips.remove(strips.strips_of_shot(shot.uid))
    shot.current_take = ""
    pump.handle(ready(shot, "k2", 2, clips[24], placement="REPLACE"))
    assert board.boards_of(shot.uid) == []
    assert seen() == [
        ("Hall", 70, 100, 2), ("Hall words", 70, 100, 3),
        ("Kitchen_t002 (holds 6)", 40, 70, 2), ("Kitchen_t002 sound", 40, 70, 1),
    ]  # fmt: skip
    assert seen("Trailer") == [("Kitchen_t002 (14 cut)", 5, 15, 2), ("Kitchen_t002 sound", 5, 15, 1)]


def test_a_take_made_again_is_shown_by_its_strips_only(shot, clips):
    """With other handles and another length: begin, end and part of the shot stay, and nothing new is laid."""
    pump.handle(ready(shot, source=clips[24], frame=40, head=3, tail=5))
    edit = bpy.data.scenes["Edit"]
    movie = next(strip for _, strip in strips.strips_of_take("k1") if strip.type == "MOVIE")
    movie[strips.OFF_RATE_KEY] = True
    before = seen()
    assert before == [("Kitchen_t001", 40, 56, 2), ("Kitchen_t001 sound", 40, 56, 1)]
    again = ready(shot, "again", 1, clips[20], take_uid="k1", remade=True, head=1, tail=3, beyond=2)
    pump.handle(again)
    assert seen() == before and strips.OFF_RATE_KEY not in movie
    assert (strips.content_start(movie), movie[strips.HEAD_KEY], movie[strips.TAIL_KEY]) == (39, 1, 3)
    assert (movie[strips.BEYOND_KEY], strips.content_length(movie)) == (2, 20)
    assert edit.frame_end == 55 and len(shot.takes) == 1


def test_a_shot_that_is_made_again_is_as_long_as_its_take_without_handles(session, clips):
    for name in ("Set", "Other"):
        scene = bpy.data.scenes.new(name)
        ensure_ids(scene)
    scene = bpy.data.scenes["Set"]
    shot = add_shot(scene)
    shot.name, shot.engine = "Kitchen", "draft"
    event = ready(shot, "k1", 1, clips[24], fps=Fraction(25), head=4, tail=6)
    bare = ready(shot, "k2", 2, clips[24])
    scene.take_one.shots.clear()
    pump.handle(of_job(event, seconds=2.0, prompt="pan left", model="horse"))
    (made,) = scene.take_one.shots
    assert (made.seconds, made.prompt, made.engine) == (pytest.approx(1.6), "pan left", "horse")
    scene.take_one.shots.clear()
    pump.handle(of_job(bare, seconds=None, model=""))
    (made,) = scene.take_one.shots
    assert (made.uid, made.name, made.seconds, made.engine) == (event.binding.shot_uid, "Kitchen", 5.0, "")


def test_a_clip_that_could_not_land_is_ready_where_its_take_waits(shot, clips):
    event = ready(shot, source=clips[24])
    landing.keep_clip(event)
    assert len(shot.takes) == 0
    for number, (uid, status) in enumerate((("k0", "WAITING"), ("k1", "CANCELLED"), ("k1", "WAITING"))):
        shot.takes.clear()
        take = shot.takes.add()
        take.uid, take.status = uid, status
        landing.keep_clip(event)
        assert (take.status == "READY", bool(take.clip)) == (number == 2, number == 2)
    assert (takes.clip_path(take), take.sidecar) == (event.clip, str(event.sidecar))
    take.status, take.clip = "WAITING", ""
    event.clip.unlink()
    landing.keep_clip(event)
    assert (take.status, take.clip) == ("WAITING", "")


def test_burn_ins_of_the_edit_name_the_take_that_landed(shot, clips):
    edit = edit_at(33)
    edit.take_one.burn_in.top = "{shot} {take}"
    edit.take_one.burn_in.shown = True
    for number in (1, 2):
        pump.handle(ready(shot, f"k{number}", number, clips[24], placement="REPLACE"))
        found = {strip[strips.BURN_KEY]: strip.text for strip in burn_in.of(edit)}
        assert found["top"] == f"Kitchen t00{number}"


def test_a_deleted_take_leaves_the_next_one_chosen_and_says_where_its_files_went(shot, clips, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for number in (1, 2, 3):
        pump.handle(ready(shot, f"k{number}", number, clips[24], placement="REPLACE"))
    shot.active_take, shot.last_number = 2, 9
    picture = takes.clip_path(shot.takes[1]).with_suffix(".jpg")
    picture.write_bytes(b"picture")
    assert [path.suffix for path in current.files_of(shot.takes[1])] == [".mp4", ".json", ".jpg"]
    assert current.delete(shot, shot.takes[1]) == "trash"
    assert (shot.active_take, shot.last_number, shot.current_take) == (1, 9, "k3")
    assert len(seen()) == 2 and not picture.exists()
    (tmp_path / "data").rename(tmp_path / "trash")
    (tmp_path / "data").write_text("no folder")
    assert current.delete(shot, shot.takes[0]) == "deleted"
    assert current.delete(shot, shot.takes[0]) == "deleted"
    assert (shot.active_take, len(shot.takes), seen()) == (0, 0, [])


def test_a_linked_shots_take_is_not_deleted(shot, clips, tmp_path):
    pump.handle(ready(shot, source=clips[24]))
    file = takes.clip_path(shot.takes[0])
    library = str(tmp_path / "library.blend")
    bpy.data.libraries.write(library, {shot.id_data})
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.scenes = ["Set"]
    linked = next(scene for scene in bpy.data.scenes if scene.library is not None).take_one.shots[0]
    with pytest.raises(SceneError) as caught:
        current.delete(linked, linked.takes[0])
    assert (caught.value.code, len(linked.takes), file.is_file(), len(seen())) == ("linked", 1, True, 2)


def test_a_shot_that_no_scene_shows_has_no_take_to_make_current(shot, clips):
    pump.handle(ready(shot, source=clips[24]))
    strips.remove(strips.strips_of_shot(shot.uid))
    with pytest.raises(SceneError, match="No strip in the edit shows shot 'Kitchen'") as caught:
        current.make_current(shot, shot.takes[0])
    assert caught.value.code == "no_strip"


def test_another_current_take_brings_its_handles_and_name(shot, clips):
    pump.handle(ready(shot, "k1", 1, clips[24], frame=40, head=3, tail=5))
    pump.handle(ready(shot, "k2", 2, clips[20], placement="REPLACE", head=0, tail=4))
    shot.current_take = ""
    for uid, wanted in (("k1", (37, 3, 5, "Kitchen_t001")), ("k2", (40, None, None, "Kitchen_t002"))):
        take = find_take(shot, uid)
        assert current.make_current(shot, take) == 2
        movie = next(strip for _, strip in strips.strips_of_take(uid) if strip.type == "MOVIE")
        assert (strips.start(movie), strips.end(movie)) == (40, 56)
        handles = (3, 5) if uid == "k1" else (0, 4)
        assert (strips.content_start(movie), movie[strips.HEAD_KEY], movie[strips.TAIL_KEY]) == (wanted[0], *handles)
        assert movie.name == wanted[3]


def test_a_take_whose_scene_is_gone_meanwhile_lies_in_the_edit_of_the_shown_one(shot, clips):
    scene = bpy.context.scene
    arrival = landing.Arrival("gone", shot.uid, "k1", "Kitchen_t001", clips[24], True, None, frame=40)
    assert list(landing._show(bpy.context, arrival)) != []
    edit = edit_scene.find_edit_scene(bpy.context, scene)
    assert {scene_ for scene_, _ in strips.strips_of_take("k1")} == {edit}
    assert sorted((strip.type, strips.start(strip)) for _, strip in strips.strips_of_take("k1")) == [
        ("MOVIE", 40), ("SOUND", 40),
    ]  # fmt: skip
