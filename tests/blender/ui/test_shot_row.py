"""The row of shots: moved, copied, split, removed, renamed; listed quickly; and the edit follows where it ripples."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
import stand_in
from paper import Paper, Window, draw
from rooms import clip, room
from take_one.operators.edit import shot_row
from take_one.panels import shots as panel
from take_one.scene.app.app import app
from take_one.scene.edit import board, edit_scene, strips
from take_one.scene.edit.cut import uses
from take_one.scene.model.shots import shot_list

from devtools.window.steps import steps_of


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 48)


@pytest.fixture
def scene():
    """Four shots of one, two, three and one seconds in an edit of 30 frames a second that begins at 101; the scene has
    24, and stands at frame 9."""
    stand_in.attach()
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.frame_set(9)
    for name, seconds in (("Hall", 1.0), ("Stairs", 2.0), ("Roof", 3.0), ("Sky", 1.0)):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.seconds, shot.prompt = name, seconds, f"see the {name.lower()}"
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.frame_start = 30, 101
    edit.take_one.ripple = True
    bpy.ops.takeone.board()
    return scene


def edit():
    return bpy.data.scenes["Edit"]


def names(scene):
    return [shot.name for shot in scene.take_one.shots]


def row():
    by_uid = {shot.uid: shot.name for shot in shot_list.all_shots()}
    return [(by_uid.get(use.shot_uid), use.start, use.end) for use in uses.uses(edit())]


def uid(scene, name):
    return next(shot.uid for shot in scene.take_one.shots if shot.name == name)


def test_the_board_stands_in_the_lists_order(scene):
    assert row() == [("Hall", 101, 131), ("Stairs", 131, 191), ("Roof", 191, 281), ("Sky", 281, 311)]


def test_moving_a_shot_moves_it_in_the_edit(scene):
    bpy.ops.takeone.shot_move(shot=uid(scene, "Roof"), by=-1)
    assert names(scene) == ["Hall", "Roof", "Stairs", "Sky"]
    assert row() == [("Hall", 101, 131), ("Roof", 131, 221), ("Stairs", 221, 281), ("Sky", 281, 311)]
    edit().take_one.ripple = False
    bpy.ops.takeone.shot_move(shot=uid(scene, "Sky"), by=-3)
    assert names(scene) == ["Sky", "Hall", "Roof", "Stairs"]
    assert [name for name, _, _ in row()] == ["Hall", "Roof", "Stairs", "Sky"]
    bpy.ops.takeone.shots_by_edit()
    assert names(scene) == ["Hall", "Roof", "Stairs", "Sky"]


def test_a_copy_stands_behind_its_original_without_dialogue_and_takes(scene):
    shot = shot_list.find_shot(uid(scene, "Stairs"))
    shot.lines.add().line = "Wait."
    shot.frame, shot.frame_lock = 33, True
    bpy.ops.takeone.shot_duplicate(shot=shot.uid)
    assert names(scene) == ["Hall", "Stairs", "Stairs 2", "Roof", "Sky"]
    new = scene.take_one.shots[2]
    assert (new.prompt, new.frame, new.frame_lock, len(new.lines), new.seconds) == ("see the stairs", 33, True, 0, 2.0)
    assert row()[1:4] == [("Stairs", 131, 191), ("Stairs 2", 191, 251), ("Roof", 251, 341)]
    assert board.picture_of(new).is_file()


def test_a_shot_is_split_at_the_playhead(scene):
    edit().frame_set(201 + 45)
    bpy.ops.takeone.shot_split(shot=uid(scene, "Roof"))
    assert names(scene) == ["Hall", "Stairs", "Roof", "Roof 2", "Sky"]
    assert row()[2:] == [("Roof", 191, 246), ("Roof 2", 246, 281), ("Sky", 281, 311)]
    old, new = scene.take_one.shots[2], scene.take_one.shots[3]
    assert (new.frame, new.frame_lock) == (9 + round(55 / 30 * 24), True)
    assert (old.seconds, new.seconds) == (pytest.approx(55 / 30), pytest.approx(35 / 30))
    assert bpy.path.abspath(new.still) == str(board.picture_of(new)) and board.picture_of(new).is_file()
    texts = [strip.text.splitlines()[0] for use in uses.uses(edit())[2:4] for strip in use.over]
    assert texts == ["Roof", "Roof 2"]
    edit().frame_set(105)
    with pytest.raises(RuntimeError, match="playhead"):
        bpy.ops.takeone.shot_split(shot=uid(scene, "Sky"))


def test_a_split_take_stands_for_the_new_shot_until_that_has_its_own(scene, source):
    from take_one.scene.session import pump

    stairs = shot_list.find_shot(uid(scene, "Stairs"))
    pump.handle(stand_in.ready(stairs, source=source, placement="REPLACE"))
    assert row()[1] == ("Stairs", 131, 179)  # 48 frames of the file: the edit ripples
    edit().frame_set(160)
    bpy.ops.takeone.shot_split(shot=stairs.uid)
    first, second = uses.uses(edit())[1:3]
    assert (first.end, second.start, first.is_board, second.is_board) == (160, 160, False, True)
    assert len(strips.strips_of_take("k1")) == 2
    new = scene.take_one.shots[2]
    pump.handle(stand_in.ready(new, "k2", 1, source=source, placement="REPLACE"))
    second = uses.uses_of(edit(), new.uid)[0]
    assert (second.start, second.end, second.is_board, len(second.strips)) == (160, 208, False, 2)
    assert row()[3][1:] == (208, 298)


def test_removing_a_shot_takes_its_strips_where_wanted(scene):
    bpy.ops.takeone.shot_remove(shot=uid(scene, "Stairs"), with_strips=True)
    assert row() == [("Hall", 101, 131), ("Roof", 131, 221), ("Sky", 221, 251)]
    bpy.ops.takeone.shot_remove(shot=uid(scene, "Hall"))
    assert row() == [(None, 101, 131), ("Roof", 131, 221), ("Sky", 221, 251)]
    assert names(scene) == ["Roof", "Sky"]


def test_a_shot_with_takes_asks_before_it_goes(scene, monkeypatch):
    from take_one.operators.edit.shot_row import TAKEONE_OT_shot_remove as remove

    asked = []
    manager = SimpleNamespace(invoke_props_dialog=lambda *_, **__: asked.append(True) or {"RUNNING_MODAL"})
    context = SimpleNamespace(window_manager=manager)
    monkeypatch.setattr("take_one.operators.edit.shot_row.shot_of", lambda _: scene.take_one.shots[0])
    stand = SimpleNamespace(shot="", with_strips=False, execute=lambda _: {"FINISHED"})
    assert remove.invoke(stand, context, None) == {"FINISHED"} and not asked
    take = scene.take_one.shots[0].takes.add()
    take.rating = 3
    assert remove.invoke(stand, context, None) == {"RUNNING_MODAL"} and asked
    paper = Paper()
    remove.draw(SimpleNamespace(shot=stand.shot, layout=paper, bl_rna=None), context)
    assert "'Hall' has a take, with stars or a note" in paper.texts
    scene.take_one.shots[0].takes.add()
    paper = Paper()
    remove.draw(SimpleNamespace(shot=stand.shot, layout=paper, bl_rna=None), context)
    assert "'Hall' has 2 takes, 1 of them with stars or a note" in paper.texts


def test_shots_are_named_by_a_pattern(scene):
    scene.take_one.shots[1].status = "APPROVED"
    bpy.ops.takeone.shots_rename(pattern="SC1_###", first=10, step=10)
    assert names(scene) == ["SC1_010", "SC1_020", "SC1_030", "SC1_040"]
    bpy.ops.takeone.shots_rename(pattern="{name}_{camera}", status="APPROVED")
    assert names(scene) == ["SC1_010", "SC1_020_Camera", "SC1_030", "SC1_040"]
    images = [strip.name for use in uses.uses(edit()) for strip in use.strips]
    assert images == names(scene)
    with pytest.raises(RuntimeError, match="SC1_040"):
        bpy.ops.takeone.shots_rename(pattern="SC1_040")
    assert names(scene)[0] == "SC1_010"


def test_length_from_strip_by_the_operator(scene):
    edit().take_one.ripple = False
    use = uses.uses(edit())[3]
    for strip in use.all:
        setattr(strip, strips.END, use.end + 15)
    bpy.ops.takeone.length_from_strip(shot=uid(scene, "Sky"))
    assert scene.take_one.shots[3].seconds == pytest.approx(1.5)


def test_a_place_of_another_length_than_its_shot_says_so(scene, source):
    from take_one.scene.session import pump

    stairs = shot_list.find_shot(uid(scene, "Stairs"))
    pump.handle(stand_in.ready(stairs, source=source, placement="REPLACE"))
    scene.take_one.active_shot = 1
    stairs.frames = 48
    assert not [text for text in draw(panel.TAKEONE_PT_shots).texts if "long in the edit" in text]
    edit().take_one.ripple = False
    stairs.frames = 60
    assert "48 frames long in the edit" in draw(panel.TAKEONE_PT_shots).texts
    assert row()[1] == ("Stairs", 131, 179)


def test_transitions_that_go_are_told():
    said = []
    operator = SimpleNamespace(report=lambda kind, text: said.append((kind, text)))
    shot_row.say_parted(operator, 0)
    shot_row.say_parted(operator, 2)
    assert said == [({"INFO"}, "2 dissolves or dips went: their shots are no neighbours any more")]


class Narrow(Window):
    region = SimpleNamespace(width=300)


def test_the_panel_lists_shots_and_their_time(scene):
    scene.take_one.shots[3].status = "OMITTED"
    paper = draw(panel.TAKEONE_PT_shots)
    assert "3 shots, 0:06.0, 180 frames" in paper.texts
    assert {"ripple", "ripple_others", "ripple_markers", "status", "note"} <= {one.what for one in paper.drawn}
    item = Paper()
    panel.TAKEONE_UL_shots.draw_item(
        panel.TAKEONE_UL_shots_wide, Narrow(), item, None, scene.take_one.shots[1], 0, None, "", 1
    )
    assert [text for text in item.texts if "," in text or "take" in text] == ["Camera, 50 mm", "No take"]
    narrow = Paper()
    panel.TAKEONE_UL_shots.draw_item(
        panel.TAKEONE_UL_shots, Narrow(), narrow, None, scene.take_one.shots[1], 0, None, "", 1
    )
    assert [one.what for one in narrow.drawn if one.call == "prop"] == ["name", "frames"]


def test_an_empty_list_shows_the_ways_to_shots():
    paper = draw(panel.TAKEONE_PT_shots)
    assert [one.what for one in paper.drawn] == [
        "takeone.shots_from_markers",
        "takeone.shots_from_cameras",
        "takeone.shots_from_strips",
    ]


def test_the_filter_lists_one_status(scene):
    scene.take_one.shots[2].status = "REVIEW"
    holder = SimpleNamespace(status="REVIEW", filter_name="", bitflag_filter_item=1 << 30)
    flags, order = panel.TAKEONE_UL_shots.filter_items(holder, None, scene.take_one, "shots")
    assert (flags, order) == ([0, 0, 1 << 30, 0], [])


def test_two_hundred_shots_are_drawn_like_twenty():
    """How long that takes: bench/ui_draw.py."""
    scene = room(64, 36, "BLENDER_WORKBENCH")
    steps = []
    for count in (20, 200):
        for index in range(len(scene.take_one.shots), count):
            shot = shot_list.add_shot(scene, scene.camera)
            shot.name, shot.prompt = f"S{index:03d}", "push in"
        draw_shots(scene)  # what is looked up once
        steps.append(steps_of(draw_shots, scene))
    assert steps[1] < 20_000
    assert steps[1] - steps[0] < 180 * 30, steps
    assert app().state.last_error is None


def draw_shots(scene):
    """The panel, and as many rows as Blender shows."""
    draw(panel.TAKEONE_PT_shots)
    for shot in list(scene.take_one.shots)[:10]:
        panel.TAKEONE_UL_shots.draw_item(panel.TAKEONE_UL_shots, Window(), Quiet(), None, shot, 0, None, "", 1)
    panel._get_shot(bpy.context.window_manager)


class Quiet:
    """A layout that takes all."""

    def __getattr__(self, name):
        return lambda *_, **__: self
