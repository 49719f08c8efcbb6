"""An editor's first minutes in a real window: shots from markers, their board, another order, another length."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.window.blender import BlenderWindow

from ..conftest import EDIT

SET = """
import math
for index in range(6):
    eye = bpy.data.objects.new(f"Cam {index + 1}", bpy.data.cameras.new("eye"))
    turn = index * math.pi / 3
    eye.location, eye.rotation_euler = (7 * math.cos(turn), 7 * math.sin(turn), 4), (1.05, 0, turn + math.pi / 2)
    scene.collection.objects.link(eye)
    scene.timeline_markers.new("F_01", frame=11 + 24 * index).camera = eye
scene.frame_end = 154
scene.frame_set(40)
"""
SHOTS = "[shot.name for shot in scene.take_one.shots]"
# the board's pictures, by their place in the edit
ROW = (
    f"[[s.name, s.left_handle, s.right_handle] for s in sorted({EDIT}.sequence_editor.strips,"
    " key=lambda s: s.left_handle) if s.type == 'IMAGE']"
)
# the tabs that are open beside the strips
TABS = (
    "[region.active_panel_category for area in bpy.context.window_manager.windows[0].screen.areas"
    " if area.type == 'SEQUENCE_EDITOR' and area.spaces.active.view_type != 'PREVIEW'"
    " and area.spaces.active.show_region_ui for region in area.regions if region.type == 'UI']"
)
IN_LIST = """
window, area, region = region_of("SEQUENCE_EDITOR", "UI")
with bpy.context.temp_override(window=window, area=area, region=region):
    {}
"""


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    window = open_blender()
    window.run(SET)
    window.run("bpy.ops.takeone.shots_from_markers('INVOKE_DEFAULT', animate=False)")
    window.until(
        "__import__('os').path.isfile(bpy.path.abspath(scene.take_one.shots[5].still))"
        " if len(scene.take_one.shots) == 6 else False"
    )
    window.run("bpy.ops.takeone.show_edit()")
    window.until(f"({TABS}) == ['Take One']")  # it opens the tab, from Layout and at the first press
    window.show_tab("SEQUENCE_EDITOR")
    window.run("region_of('SEQUENCE_EDITOR', 'UI')[2].active_panel_category = 'Shots'")
    window.until_handled()
    return window


def test_the_board_stands_and_the_scene_as_it_was(blender: BlenderWindow) -> None:
    assert blender.ask(ROW) == [[f"Cam {n + 1}", 1 + 24 * n, 25 + 24 * n] for n in range(6)]
    assert blender.ask("(scene.frame_current, len({shot.still for shot in scene.take_one.shots}))") == [40, 6]
    assert blender.ask("STATE.last_error") is None


def test_the_playhead_goes_to_the_shot_and_the_list_stays(blender: BlenderWindow) -> None:
    blender.run(IN_LIST.format("bpy.context.window_manager.take_one_shot = 4"))
    blender.click("takeone.show_edit", area="SEQUENCE_EDITOR")
    blender.until(f"{EDIT}.frame_current == 97")
    assert blender.ask(f"[s.name for s in {EDIT}.sequence_editor.strips if s.select]") == ["Cam 5"]
    assert blender.ask(TABS) == ["Shots"]
    blender.run(IN_LIST.format("bpy.context.window_manager.take_one_shot = 2"))
    left, top, width, height = blender.place("SEQUENCE_EDITOR", "WINDOW")
    blender.move_to(left + width // 2, top + height // 2)
    blender.press("ctrl+alt+e")
    blender.until(f"{EDIT}.frame_current == 49")


def test_arrows_move_a_shot_in_list_and_edit(blender: BlenderWindow) -> None:
    blender.run(IN_LIST.format("bpy.context.window_manager.take_one_shot = 1"))
    blender.click(".ripple", area="SEQUENCE_EDITOR")
    blender.until(f"{EDIT}.take_one.ripple")
    blender.click("takeone.shot_move(by=1", area="SEQUENCE_EDITOR")
    blender.until(f"({SHOTS})[1] == 'Cam 3'")
    assert blender.ask(ROW)[:3] == [["Cam 1", 1, 25], ["Cam 3", 25, 49], ["Cam 2", 49, 73]]
    blender.picture("moved")
    blender.hover(400, 600)
    blender.press("ctrl+z")
    blender.until(f"({SHOTS})[1] == 'Cam 2'")
    assert blender.ask(ROW)[1] == ["Cam 2", 25, 49]


def test_another_length_moves_what_follows_with_ripple_only(blender: BlenderWindow) -> None:
    blender.run("scene.take_one.shots[0].frames = 30")
    assert blender.ask(ROW)[:2] == [["Cam 1", 1, 31], ["Cam 2", 31, 55]]
    blender.run(f"{EDIT}.take_one.ripple = False\nscene.take_one.shots[0].frames = 24")
    assert blender.ask(ROW)[:2] == [["Cam 1", 1, 31], ["Cam 2", 31, 55]]


def test_a_dissolve_is_a_click(blender: BlenderWindow) -> None:
    blender.run(IN_LIST.format("bpy.context.window_manager.take_one_shot = 2"))
    blender.run("bpy.ops.ed.undo_push(message='before')")
    blender.click("takeone.transition(kind='DISSOLVE'", area="SEQUENCE_EDITOR")
    crosses = f"[[s.left_handle, s.right_handle] for s in {EDIT}.sequence_editor.strips if s.type == 'GAMMA_CROSS']"
    blender.until(f"({crosses}) == [[55, 67]]")
    assert blender.ask(ROW)[1:3] == [["Cam 2", 31, 67], ["Cam 3", 55, 79]]
    blender.picture("dissolve")
    blender.hover(400, 600)
    blender.press("ctrl+z")
    blender.until(f"({crosses}) == []")
    assert blender.ask(ROW)[1] == ["Cam 2", 31, 55]


def test_the_wide_list_opens(blender: BlenderWindow) -> None:
    blender.run(IN_LIST.format("bpy.ops.takeone.shot_list('INVOKE_DEFAULT')"))
    blender.until_handled()
    blender.picture("wide_list")
    blender.press("Escape")
    assert "Traceback" not in blender.log() and "unable to get" not in blender.log()
