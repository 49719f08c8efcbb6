"""Burn-ins: text by templates, on strips that go with their shots and can be switched off; read back from a render."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import bpy
import pytest
import stand_in
from rooms import clip, picture, picture_output, room
from take_one.client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View
from take_one.client.protocol.camera import IDENTITY
from take_one.scene.edit import burn_in, edit_scene, strips
from take_one.scene.edit.cut import ripple, transitions, uses
from take_one.scene.edit.cut.ripple import Rules
from take_one.scene.edit.out.collect import collect
from take_one.scene.model.shots import shot_list, takes
from take_one.scene.model.shots.kept import Kept, write
from take_one.scene.session import pump


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 30, (0.2, 0.2, 0.2))


@pytest.fixture
def edit(source):
    """A shot with a take and one with a board, of 30 frames each, from 101 on."""
    stand_in.attach()
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.camera.data.lens = 85
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.frame_start = 101
    for name in ("Hall", "Stairs"):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.seconds = name, 1.25
    bpy.ops.takeone.board()
    pump.handle(stand_in.ready(scene.take_one.shots[0], number=3, source=source, placement="REPLACE"))
    return edit


def texts(edit):
    return {(strips.start(strip), strip["take_one_burn_in"]): strip.text for strip in burn_in.of(edit)}


def test_they_say_shot_take_camera_and_frame(edit):
    edit.frame_set(112)
    edit.take_one.burn_in.shown = True
    found = texts(edit)
    today = found.pop((101, "top_right"))
    assert today[:3] == "202" and found.pop((131, "top_right")) == ""
    assert found == {
        (101, "top_left"): "Edit",
        (101, "bottom_left"): "Hall  t003",
        (131, "bottom_left"): "Stairs  board",
        (101, "bottom"): "Camera  85 mm",
        (131, "bottom"): "Camera  85 mm",
        (101, "bottom_right"): "00:00:00:11  0112",
    }
    edit.frame_set(135)
    assert texts(edit)[101, "bottom_right"] == "00:00:01:10  0135"


def test_the_lens_is_that_of_the_take_and_zooms_with_it(edit, source):
    scene = bpy.context.scene
    shot = scene.take_one.shots[0]
    take = shot.takes[0]
    seen = Camera("perspective", 640, 360, 320.0, 180.0, fx=640 * 50 / 36, fy=640 * 50 / 36)  # 50 mm
    path = CameraPath((Keyframe(0.0, IDENTITY), Keyframe(0.5, IDENTITY, 2.0), Keyframe(1.0, IDENTITY, 1.5)))
    request = TakeRequest("draft", Direction("x"), (View(source, None, seen),), 1.25, Fraction(24), (64, 36), 1, path)
    write(take, Kept(request))
    edit.frame_set(101)
    edit.take_one.burn_in.shown = True
    assert texts(edit)[101, "bottom"] == "Camera  50 mm"  # the scene's camera has 85
    edit.frame_set(130)
    assert texts(edit)[101, "bottom"] == "Camera  75 mm"
    edit.frame_set(116)
    assert texts(edit)[101, "bottom"] == "Camera  99.1 mm"
    edit.take_one.burn_in.shown = False
    write(take, Kept(replace(request, path=None)))
    edit.take_one.burn_in.shown = True
    assert texts(edit)[101, "bottom"] == "Camera  50 mm"
    # a take with a handle begins before its shot, and one that is a later shot of its clip after that one's
    movie = next(strip for strip in edit.sequence_editor.strips if strip.get(strips.TAKE_KEY) and strip.type == "MOVIE")
    write(take, Kept(replace(request, binding=stand_in.binding_of(shot, head=4))))
    edit.frame_set(116)
    for head, lens in ((4, "99.1"), (6, "94.8")):
        movie[strips.HEAD_KEY] = head
        burn_in.renew(edit)
        assert texts(edit)[101, "bottom"] == f"Camera  {lens} mm"
    # by the picture's height where the sensor's counts, also with pixels that are no squares
    scene.camera.data.sensor_fit, scene.camera.data.sensor_height = "VERTICAL", 20
    tall = replace(seen, fx=650, fy=360 * 40 / 20)
    write(take, Kept(replace(request, path=None, views=(View(source, None, tall),))))
    burn_in.renew(edit)
    assert texts(edit)[101, "bottom"] == "Camera  40 mm"


def test_they_go_without_a_trace_and_move_with_their_shots(edit):
    before = [(strip.name, strips.start(strip), strips.end(strip)) for strip in edit.sequence_editor.strips]
    edit.take_one.burn_in.shown = True
    ripple.set_length(edit, uses.uses(edit)[0], 40, Rules(True, True, True))
    spans = {(strips.start(one), strips.end(one)) for one in burn_in.of(edit) if "take_one_with" in one}
    assert spans == {(101, 141), (141, 171)}
    ripple.set_length(edit, uses.uses(edit)[0], 30, Rules(True, True, True))
    edit.take_one.burn_in.shown = False
    after = [(strip.name, strips.start(strip), strips.end(strip)) for strip in edit.sequence_editor.strips]
    assert sorted(after) == sorted(before)


def test_they_are_as_long_as_what_ends_last(edit):
    for strip in uses.uses(edit)[0].strips:
        strip.channel += 20
        setattr(strip, strips.END, 175)
    edit.take_one.burn_in.shown = True
    assert {strips.end(strip) for strip in burn_in.of(edit) if strips.WITH_KEY not in strip} == {175}


def test_what_runs_along_ends_where_the_film_ends(edit, source):
    edit.take_one.ripple = edit.take_one.burn_in.shown = True
    bed = edit.sequence_editor.strips.new_sound("Bed", str(source), 9, 132)
    setattr(bed, strips.END, 161)
    bed["take_one_bed"] = "mark"
    edit.sequence_editor.strips.new_sound("own", str(source), 10, 120)
    setattr(edit.sequence_editor.strips["own"], strips.END, 150)

    def ends():
        found = [one for one in edit.sequence_editor.strips if strips.runs_along(one) and "take_one_with" not in one]
        return {strips.end(one) for one in found}, strips.end(edit.sequence_editor.strips["own"]), edit.frame_end

    stairs = bpy.context.scene.take_one.shots[1]
    assert ends() == ({161}, 150, 160)
    stairs.frames = 25
    assert ends() == ({156}, 150, 155) and collect(edit).frames == 55
    stairs.frames = 31  # the bed's file has 30 frames, and ends at 162
    assert ends() == ({162}, 150, 161)
    stairs.frames = 40
    assert (ends()[0], collect(edit).frames) == ({171, 162}, 70)
    stairs.frames = 22
    assert ends() == ({153, 162}, 150, 152) and collect(edit).frames == 52  # a bed of another length is stale anyway
    bpy.ops.takeone.shot_remove(shot=stairs.uid, with_strips=True)
    assert 150 in ends()[0] and edit.frame_end == 149  # where the user's own sound ends


def test_a_render_shows_each_frames_own_number(edit, tmp_path):
    for place in burn_in.PLACES:
        setattr(edit.take_one.burn_in, place, "")
    edit.take_one.burn_in.top_left = "{shot_frame}"
    edit.take_one.burn_in.shown = True
    edit.render.resolution_x, edit.render.resolution_y = 128, 72
    for strip in burn_in.of(edit):
        strip.font_size = 40
    edit.frame_start, edit.frame_end = 101, 111
    edit.frame_step = 10
    picture_output(edit, tmp_path / "seen_")
    bpy.ops.render.render(animation=True, scene=edit.name)
    one, eleven = (picture(tmp_path / f"seen_{frame:04d}.png")[:50, :64].max(axis=2) > 0.6 for frame in (101, 111))
    assert one.sum() > 20 and 1.5 < eleven.sum() / one.sum() < 2.6  # two ones for one


def test_a_dissolve_stays_under_the_burn_ins(edit):
    edit.take_one.burn_in.shown = True
    second = uses.uses(edit)[1]
    assert transitions.add(edit, uses.uses(edit)[1], transitions.FADE_IN, 6) == 6
    transitions.remove(edit, second)
    first = uses.uses(edit)[0]
    for strip in first.strips:
        setattr(strip, strips.END, 121)
    ripple.ripple(edit, 131, -10, Rules(True, True, True))
    assert transitions.add(edit, uses.uses(edit)[1], transitions.DISSOLVE, 6) == 6
    lowest = min(strip.channel for strip in burn_in.of(edit))
    assert all(strip.channel < lowest for strip in edit.sequence_editor.strips if "take_one_burn_in" not in strip)
    use = uses.uses(edit)[1]
    words = next(strip for strip in use.over if strip.name == "Stairs words")
    assert words.channel > max(strip.channel for strip in use.strips)


def test_landed_takes_and_other_templates_are_seen_at_once(edit, source):
    edit.take_one.burn_in.shown = True
    scene = bpy.context.scene
    pump.handle(stand_in.ready(scene.take_one.shots[1], "k2", 1, source=source, placement="REPLACE"))
    assert texts(edit)[131, "bottom_left"] == "Stairs  t001"
    edit.take_one.burn_in.bottom_left = "{engine} {seed} {{{note}}}"
    scene.take_one.shots[0].note = "too {dark}"
    burn_in.renew(edit)
    assert texts(edit)[101, "bottom_left"] == "draft 5 {too {dark}}"
    edit.take_one.burn_in.bottom_left = "{take} {shot_frame} of {frames}"
    edit.frame_set(140)
    assert texts(edit)[131, "bottom_left"] == "t001 10 of 60"
    # a shot that no burn-in covers yet
    shot = shot_list.add_shot(scene, scene.camera)
    pump.handle(stand_in.ready(shot, "k3", 2, source=source, placement="AFTER"))
    edit.frame_set(163)
    assert texts(edit)[161, "bottom_left"] == "t002 3 of 90"


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [(0, 24, "00:00:00:00"), (1439, 24, "00:00:59:23"), (86400, Fraction(24000, 1001), "01:00:00:00")],
)
def test_timecode(frame, rate, text):
    assert burn_in.timecode(frame, Fraction(rate)) == text


def test_the_list_says_length_size_engine_and_day():
    request = TakeRequest("draft", Direction("push in"), (), 2.5, Fraction(24), (640, 360), 3)
    kept = Kept(request, made="2026-11-05T10:00:00")
    assert takes.about(kept, "draft") == "2.5 s, 640 x 360, draft, 5 Nov"
    assert takes.about(Kept(made="x"), "draft") == "draft"
    assert takes.first_words("slowly push in on the old\n kettle by the window") == "slowly push in on the old..."
