"""A stranger's .blend may hold any data-block where ours belong, and ids that are none or another's."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from take_one.scene.edit import board, edit_scene
from take_one.scene.model.properties import earlier
from take_one.scene.model.properties.properties import prompt_of
from take_one.scene.model.shots.shot_list import add_shot


def raw(item):
    """Where Blender keeps what a .blend says, of whatever type."""
    return item.bl_system_properties_get(do_create=True) if hasattr(item, "bl_system_properties_get") else item


def reopened(tmp_path) -> bpy.types.Scene:
    film = tmp_path / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(film))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    return bpy.data.scenes["Scene"]


@pytest.fixture
def shot():
    stand_in.attach()
    bpy.context.scene.name = "Scene"
    return add_shot(bpy.context.scene)


@pytest.mark.parametrize("place", ["take_one", "blank", "burn_in"])
def test_a_block_in_place_of_our_properties(shot, tmp_path, place):
    """Blender would wait for ever at the first look."""
    scene = shot.id_data
    holder = raw(scene) if place == "take_one" else raw(scene.take_one)
    holder.pop(place, None)
    holder[place] = bpy.data.meshes.new("Mesh")
    scene = reopened(tmp_path)
    assert len(scene.take_one.shots) == (0 if place == "take_one" else 1)
    scene.take_one.blank.prompt = "push in"
    assert (scene.take_one.blank.prompt, scene.take_one.burn_in.top) == ("push in", "")


def test_a_block_of_another_kind_where_a_text_or_a_camera_belongs(shot, tmp_path):
    own = bpy.data.texts.new("Own")
    own.write("pan left")
    shot.prompt = "push in"
    shot.walk_cameras.add()
    mesh = bpy.data.meshes.new("Mesh")
    for item, name in (
        (shot, "prompt_text"),
        (shot, "final_prompt"),
        (shot, "camera"),
        (shot.walk_cameras[0], "camera"),
    ):
        raw(item)[name] = mesh
    other = add_shot(shot.id_data)
    other.prompt_text = own
    shot, other = reopened(tmp_path).take_one.shots
    assert (prompt_of(shot), prompt_of(other)) == ("push in", "pan left")
    assert (shot.prompt_text, shot.final_prompt, shot.camera, shot.walk_cameras[0].camera) == (None,) * 4


def test_each_shot_of_a_scene_has_an_id_of_its_own(shot, tmp_path):
    scene, first = shot.id_data, shot.uid
    for uid in ("same", "same", "", "x" * 64, "x" * 65):
        add_shot(scene).uid = uid
    uids = [one.uid for one in reopened(tmp_path).take_one.shots]
    assert (uids[0], uids[1], uids[4]) == (first, "same", "x" * 64)
    assert len({*uids}) == 6 and {len(uids[place]) for place in (2, 3, 5)} == {16}
    earlier.update()
    assert [one.uid for one in bpy.data.scenes["Scene"].take_one.shots] == uids


def test_a_board_beside_another_of_the_same_shot(shot):
    """Laid where the two meet they are one place."""
    edit = edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    board.lay(edit, shot, 10, (64, 36), frames=20)
    use = board.lay(edit, shot, 20, (64, 36), frames=20)
    assert (use.shot_uid, use.start, use.end) == (shot.uid, 10, 40)
