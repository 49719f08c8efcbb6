"""Burn-ins in figures: what each word stands for, where and how large the texts are, which are written when."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import a_take, camera
from take_one.client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View
from take_one.client.protocol.camera import IDENTITY
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, burn_in, edit_scene, strips
from take_one.scene.edit.cut import effects, uses
from take_one.scene.edit.cut.uses import BURN_KEY, WITH_KEY
from take_one.scene.model.properties.edit_properties import Followers
from take_one.scene.model.shots import shot_list
from take_one.scene.model.shots.kept import Kept, write


@pytest.fixture
def edit():
    """An edit of 25 frames a second from 101 on: boards of Hall from 111 to 136 and of Roof behind it to 186."""
    stand_in.attach()
    scene = bpy.context.scene
    scene.camera = camera(scene, "Main")
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.frame_start, edit.frame_end = 25, 101, 300
    edit.render.resolution_x, edit.render.resolution_y = 640, 360
    for name, seconds, frame in (("Hall", 1.0, 111), ("Roof", 2.0, 136)):
        shot = shot_list.add_shot(scene)
        shot.name, shot.seconds = name, seconds
        board.lay(edit, shot, frame, (64, 36))
    edit.frame_set(120)
    return edit


def shot_of(name):
    return next(shot for shot in bpy.context.scene.take_one.shots if shot.name == name)


def only(edit, **texts):
    """The templates of the edit, these and no other."""
    for place in burn_in.PLACES:
        setattr(edit.take_one.burn_in, place, texts.get(place, ""))


def laid(edit):
    return sorted((strip[BURN_KEY], strips.start(strip), strips.end(strip), strip.text) for strip in burn_in.of(edit))


def use(name="Hall", frame=120):
    shot = shot_of(name)
    return burn_in.shot_values(uses.uses_of(bpy.data.scenes["Edit"], shot.uid)[0], frame)


def test_what_the_words_of_the_film_stand_for(edit, tmp_path):
    assert burn_in.film_values(edit, 127) == {
        "title": "Edit", "frame": "127", "frames": "85", "timecode": "00:00:01:01",
    }  # fmt: skip
    edit.frame_start = 200
    assert burn_in.film_values(edit, 200) == {
        "title": "Edit", "frame": "200", "frames": "0", "timecode": "00:00:00:00",
    }  # fmt: skip
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "My film.blend"))
    assert burn_in.film_values(bpy.data.scenes["Edit"], 9)["title"] == "My film"


def test_what_the_words_of_a_shot_stand_for(edit):
    shot = shot_of("Hall")
    shot.note = " too\n dark "
    for speaker, words in (("Ann", "Oui."), ("", "No.")):
        line = shot.lines.add()
        line.speaker, line.line = speaker, words
    said = {"shot": "Hall", "take": "board", "shot_frame": "10", "camera": "Main", "lens": "50 mm",
            "note": "too dark", "line": "Ann: Oui. / No."}  # fmt: skip
    assert use() == said
    own = shot.camera = camera(bpy.context.scene, "Own")
    own.data.lens = 85.123
    assert (use()["camera"], use()["lens"]) == ("Own", "85.12 mm")
    own.data.type, own.data.ortho_scale = "ORTHO", 6.12345
    assert use()["lens"] == "6.123"
    shot.camera = None
    bpy.context.scene.camera = bpy.data.objects.new("no camera", None)
    assert (use()["camera"], use()["lens"]) == ("", "")
    take = a_take(shot, "k7", 7, engine="draft", seed=42)
    picture = uses.uses_of(edit, shot.uid)[0].strips[0]
    picture[strips.TAKE_KEY] = "k7"
    assert use() == {**said, "take": "t007", "camera": "", "lens": "", "engine": "draft", "seed": "42"}
    write(take, Kept(made="2026-11-05T10:00:00"))
    assert (use()["date"], burn_in.made_on(take)) == ("2026-11-05", "2026-11-05")
    picture[strips.TAKE_KEY] = 3
    assert use()["take"] == "board", "a stranger's"
    picture[strips.SHOT_KEY] = "gone"
    assert burn_in.shot_values(uses.uses_of(edit, "gone")[0], 120) == {}


def lens(frame, fit="AUTO", size=(640, 360), zooms=((0.0, 1.0), (1.0, 3.0)), head=4, shown=(12, 4), movie=True, **more):
    """The lens that is told at a frame, of a take of 21 frames whose clip begins at 100; fx and fy are 640."""
    seen = replace(Camera("perspective", *size, 320, 180, fx=640.0, fy=720.0), **more)
    path = CameraPath(tuple(Keyframe(t, IDENTITY, zoom) for t, zoom in zooms)) if zooms else None
    binding = stand_in.Binding("f", "s", "h", "k", "Hall", 1, head=shown[1])
    still = View(Path("/a.png"), None, seen)
    request = TakeRequest("draft", Direction("x"), (still,), 21 / 24, Fraction(24), (64, 36), 1, path, binding=binding)
    take = shot_of("Hall").takes[0]
    write(take, Kept(request))
    data = SimpleNamespace(
        type="PERSP", lens=50.0, sensor_fit=fit, sensor_width=36.0, sensor_height=18.0, ortho_scale=1.0
    )

    class Strip(dict):
        type = "MOVIE" if movie else "IMAGE"

    strip = Strip({strips.HEAD_KEY: head})
    setattr(strip, strips.CONTENT_START, 100)
    return burn_in.lens_words(data, take, SimpleNamespace(strips=[strip]), frame)


def test_the_lens_is_that_of_the_takes_camera_and_zooms_along_its_path(edit):
    """640 pixels of a picture of 640 are 36 mm of its width, and 720 of 360 are 36 mm of its height of 18."""
    take = a_take(shot_of("Hall"), "k1", 1)
    assert [lens(frame) for frame in (100, 105, 110, 120, 130)] == ["36 mm", "54 mm", "72 mm", "108 mm", "108 mm"]
    assert lens(110, movie=False) == lens(110, zooms=None) == "36 mm"
    assert [lens(110, head=head) for head in (2, 4, 9)] == ["72 mm", "72 mm", "54 mm"], "a later shot of its clip"
    assert lens(100, "VERTICAL", zooms=None) == "36 mm" and lens(100, "VERTICAL", (640, 720), None) == "18 mm"
    tall = {"size": (360, 720), "zooms": None, "fx": 360.0, "fy": 360.0}
    assert (lens(1, **tall), lens(1, "HORIZONTAL", **tall)) == ("18 mm", "36 mm")
    assert lens(1, size=(640, 640), zooms=None, fy=1.0) == "36 mm"
    assert lens(1, projection="orthographic", scale=1.0) == "50 mm"
    write(take, Kept())
    data = SimpleNamespace(type="PERSP", lens=24.5678)
    assert burn_in.lens_words(data, take, None, 1) == burn_in.lens_words(data, None, None, 1) == "24.57 mm"
    data.type, data.ortho_scale = "ORTHO", 7.0
    assert burn_in.lens_words(data, take, None, 1) == "7"


def test_which_words_a_template_asks_for():
    asked = {
        "{shot} {frame:4} {take:04}": {"shot", "frame", "take"}, "{{shot}} {shots} {lens:0}": set(),
        "{frame:12} {note}": {"note"}, "{timecode}{line}": {"timecode", "line"}, "shot": set(),
        "{{{camera}}} {shot_frame}": {"shot_frame"},
    }  # fmt: skip
    assert {template: burn_in.names(template) for template in asked} == asked


def test_texts_are_laid_a_film_and_a_shot_at_a_time(edit):
    only(edit, top_left="{title} {frame:4}", bottom="{shot}", top="  ")
    effects.new_effect(edit, "high", "COLOR", 9, 300, 10)
    before = [(strip.name, strips.start(strip), strip.channel) for strip in edit.sequence_editor.strips]
    assert burn_in.lay(edit) == 3
    assert laid(edit) == [
        ("bottom", 111, 136, "Hall"), ("bottom", 136, 186, "Roof"), ("top_left", 111, 186, "Edit 0120"),
    ]  # fmt: skip
    assert {strip.name.partition(".")[0] for strip in burn_in.of(edit)} == {"Burn-in bottom", "Burn-in top left"}
    assert [(strip[BURN_KEY], strip.get(WITH_KEY)) for strip in burn_in.of(edit)] == [
        ("top_left", None), ("bottom", shot_of("Hall").uid), ("bottom", shot_of("Roof").uid),
    ]  # fmt: skip
    assert {strip[BURN_KEY]: strip.channel for strip in burn_in.of(edit)} == {"top_left": 14, "bottom": 15}
    assert burn_in.lay(edit) == 3 and len(burn_in.of(edit)) == 3, "laid anew"
    assert burn_in.clear(edit) == 3 and burn_in.clear(edit) == 0
    assert [(strip.name, strips.start(strip), strip.channel) for strip in edit.sequence_editor.strips] == before
    effects.new_effect(edit, "highest", "COLOR", 127, 300, 10)
    assert burn_in.lay(edit) == 3
    assert {strip[BURN_KEY]: strip.channel for strip in burn_in.of(edit)} == {"top_left": 4, "bottom": 5}
    only(edit)
    assert (burn_in.lay(edit), burn_in.of(edit)) == (0, [])
    only(edit, top="x")
    strips.remove([(edit, strip) for use in uses.uses(edit) for strip in use.all])
    assert (burn_in.lay(edit), burn_in.of(edit)) == (0, [])


@pytest.mark.parametrize(
    ("place", "at", "along", "up"),
    [("top_left", (0.02, 0.97), "LEFT", "TOP"), ("top", (0.5, 0.97), "CENTER", "TOP"),
     ("top_right", (0.98, 0.97), "RIGHT", "TOP"), ("bottom_left", (0.02, 0.03), "LEFT", "BOTTOM"),
     ("bottom", (0.5, 0.03), "CENTER", "BOTTOM"), ("bottom_right", (0.98, 0.03), "RIGHT", "BOTTOM")],
)  # fmt: skip
def test_where_in_the_picture_each_text_stands(edit, place, at, along, up):
    only(edit, **{place: "x"})
    for high, percent, size in ((1080, 100, 35), (1080, 50, 35), (200, 100, 8)):
        edit.render.resolution_y, edit.render.resolution_percentage = high, percent
        burn_in.lay(edit)
        (strip,) = burn_in.of(edit)
        assert tuple(strip.location) == pytest.approx(at)
        assert (strip.anchor_x, strip.anchor_y, getattr(strip, "alignment_x", along)) == (along, up, along)
        assert (strip.font_size, strip.use_shadow, strip.color_tag, strip[BURN_KEY]) == (size, True, "COLOR_09", place)
        assert not strip.select


def test_only_what_changes_from_frame_to_frame_is_written_anew(edit):
    only(edit, top="{timecode}", top_left="{shot_frame} {title}", bottom="{shot}", bottom_left="{lens}")
    edit.take_one.burn_in.shown = True
    for strip in burn_in.of(edit):
        strip.text = "old"
    burn_in.update(edit, 140)
    assert [text for *_, text in laid(edit)] == ["old", "old", "old", "50 mm", "00:00:01:14", "old", "5 Edit"]
    assert [(place, start) for place, start, *_ in laid(edit)] == [
        ("bottom", 111), ("bottom", 136), ("bottom_left", 111), ("bottom_left", 136), ("top", 111), ("top_left", 111),
        ("top_left", 136),
    ]  # fmt: skip
    for frame, wanted in ((111, "1 Edit"), (135, "25 Edit"), (136, "25 Edit"), (110, "25 Edit")):
        burn_in.update(edit, frame)
        assert laid(edit)[5][3] == wanted
    burn_in.update(edit, 111, all_words=True)
    assert [text for *_, text in laid(edit)][:2] == ["Hall", "Roof"]
    stray = effects.new_effect(edit, "stray", "TEXT", 90, 111, 5)
    stray[BURN_KEY] = 7
    stray.text = "a stranger's"
    burn_in.update(edit, 111, all_words=True)
    assert stray.text == ""


def test_they_follow_the_frame_where_they_are_shown(edit):
    only(edit, top="{frame}")
    burn_in.lay(edit)
    edit.frame_set(130)
    assert laid(edit)[0][3] == "120"
    edit.take_one.burn_in.shown = True
    assert laid(edit)[0][3] == "130"
    edit.frame_set(131)
    assert laid(edit)[0][3] == "131"
    edit.take_one.burn_in.shown = False
    assert laid(edit) == []
    burn_in.follow(bpy.data.scenes.new("bare"))
    other = bpy.data.scenes["bare"]
    burn_in._on_frame(other)
    assert other.sequence_editor is None


def test_new_shots_get_theirs_and_renamed_ones_say_so(edit, monkeypatch):
    only(edit, top="{shot}", bottom="{title}")
    burn_in.renew(edit)
    assert laid(edit) == [], "they are not shown"
    edit.take_one.burn_in.shown = True
    kept = [strip.as_pointer() for strip in burn_in.of(edit)]
    shot_of("Hall").name = "Cellar"
    burn_in.renew(edit)
    assert [text for *_, text in laid(edit)] == ["Edit", "Cellar", "Roof"]
    assert [strip.as_pointer() for strip in burn_in.of(edit)] == kept
    new = shot_list.add_shot(bpy.context.scene)
    new.name = "Yard"
    board.lay(edit, new, 186, (64, 36))
    burn_in.renew(edit)
    assert [text for *_, text in laid(edit)] == ["Edit", "Cellar", "Roof", "Yard"] and laid(edit)[0][2] == 311
    monkeypatch.setattr(burn_in, "lay", lambda _edit: (_ for _ in ()).throw(SceneError("no_channel", "No room.")))
    burn_in.follow(edit)
    assert app().state.last_error.message == "No room."


def test_a_film_that_is_full_has_no_room_for_texts(edit):
    only(edit, top="x")
    for number in range(1, strips.CHANNELS + 1):
        edit.sequence_editor.channels[number].lock = number != 1
    edit.take_one.burn_in.shown = True
    assert laid(edit) == [("top", 111, 186, "x")] and burn_in.of(edit)[0].channel == 1
    edit.sequence_editor.channels[1].lock = True
    edit.take_one.burn_in.top = "y"
    assert app().state.last_error.code == "no_channel"


def test_burn_ins_of_a_linked_edit_are_left(edit, tmp_path):
    only(edit, top="x")
    library = str(tmp_path / "library.blend")
    bpy.data.libraries.write(library, {edit})
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.scenes = ["Edit"]
    linked = next(scene for scene in bpy.data.scenes if scene.library is not None)
    assert linked.sequence_editor is not None
    before = len(linked.sequence_editor.strips)
    burn_in.follow(linked)
    assert len(linked.sequence_editor.strips) == before and laid(edit) == []


def test_they_are_followed_from_one_place():
    def listed():
        return [getattr(bpy.app.handlers, name).count(burn_in._on_frame) for name in burn_in.HANDLERS]

    assert (burn_in.HANDLERS, listed()) == (("frame_change_pre", "render_pre"), [1, 1])
    burn_in.unregister()
    burn_in.unregister()
    assert listed() == [0, 0]
    burn_in.register()
    assert listed() == [1, 1] and app().part(Followers).of_burn_in == [burn_in.follow] * 2
