"""A still of a scene or a camera from a library is of that one, whatever local ones are called."""

from __future__ import annotations

import bpy
import pytest
from moment import shot, travelling, x_of
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import quick_still
from take_one.scene.stills.borrow import borrowed
from take_one.scene.stills.camera import check_camera


@pytest.fixture
def scene() -> bpy.types.Scene:
    return travelling()


@pytest.fixture
def linked(scene, tmp_path) -> bpy.types.Scene:
    """The scene from a library, beside a local one with objects of the same names in other places."""
    scene.timeline_markers.new("cut", frame=1).camera = scene.camera
    pane = bpy.data.materials.new("Pane")
    pane.use_nodes = True
    shader = pane.node_tree.nodes["Principled BSDF"].inputs
    shader["Transmission Weight"].default_value, shader["Roughness"].default_value = 1.0, 0.0
    bpy.data.objects["Cube"].data.materials[0] = pane
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library), copy=True)
    scene.camera.animation_data_clear()
    scene.camera.location.x = -4.0
    with bpy.data.libraries.load(str(library), link=True) as (_, data):
        data.scenes = [scene.name]
    assert data.scenes[0].name == scene.name and data.scenes[0].library
    return data.scenes[0]


def test_a_linked_scene_and_its_camera_are_not_taken_for_local_ones(linked, tmp_path):
    local = next(scene for scene in bpy.data.scenes if scene.library is None)
    assert linked.camera.name == local.camera.name and linked.camera != local.camera
    result = shot(linked, tmp_path / "linked", frame=11)
    assert x_of(result) == pytest.approx(15.0)
    assert result.depth is not None  # also of its glass, whose material is linked
    assert x_of(shot(local, tmp_path / "local", frame=11)) == pytest.approx(-4.0)
    for scene, other in ((linked, local), (local, linked)):
        with pytest.raises(SceneError) as caught:
            check_camera(scene, other.camera)
        assert caught.value.code == "no_camera"


def test_a_linked_camera_in_a_local_scene_is_itself(linked, tmp_path):
    local = next(scene for scene in bpy.data.scenes if scene.library is None)
    theirs, ours = linked.camera, local.camera
    local.collection.objects.link(theirs)
    assert x_of(shot(local, tmp_path / "theirs", camera=theirs, frame=11)) == pytest.approx(15.0)
    local.camera = theirs
    local.timeline_markers[0].camera = theirs
    assert x_of(shot(local, tmp_path / "ours", camera=ours)) == pytest.approx(-4.0)
    assert local.camera == theirs and local.timeline_markers[0].camera == theirs


@pytest.mark.skipif(bpy.app.version < (5, 0), reason="packs no libraries")
def test_a_camera_that_is_packed_is_not_taken_for_the_linked_one(linked, tmp_path):
    local, linked_one = next(scene for scene in bpy.data.scenes if scene.library is None), linked.camera
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True, pack=True) as (_, data):
        data.objects = [linked_one.name]
    (packed,) = data.objects
    assert packed.library != linked_one.library and (packed.name, packed.is_linked_packed) == (linked_one.name, True)
    for one in (packed, linked_one):
        local.collection.objects.link(one)
    for active, asked in ((packed, linked_one), (linked_one, packed)):
        local.camera = local.timeline_markers[0].camera = active
        assert x_of(shot(local, tmp_path / f"still {active.library.name}", camera=asked, frame=11)) == pytest.approx(
            15.0
        )
        assert local.camera == local.timeline_markers[0].camera == active


def test_what_was_borrowed_of_linked_blocks_is_given_back_after_a_reload(linked, tmp_path):
    local = next(scene for scene in bpy.data.scenes if scene.library is None)
    theirs, ours = linked.camera, local.camera
    local.collection.objects.link(theirs)
    local.camera = theirs
    local.timeline_markers[0].camera = theirs
    borrowed.borrow(local, borrowed.still_changes(local, ours, 17))
    assert (local.camera, local.frame_current) == (ours, 17)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "film.blend"))
    local = next(scene for scene in bpy.data.scenes if scene.library is None)
    assert local.camera.library and local.timeline_markers[0].camera == local.camera
    assert local.frame_current == 1


def test_a_look_is_out_of_date_where_another_camera_of_the_name_is_taken(linked):
    from take_one.scene.model.shots import shot_list

    local = next(scene for scene in bpy.data.scenes if scene.library is None)
    card = shot_list.card(local)
    ours, theirs = local.camera, linked.camera
    theirs.matrix_world = ours.matrix_world
    mark = quick_still.mark_of(card)
    local.collection.objects.link(theirs)
    local.camera = theirs
    assert quick_still.mark_of(card) != mark
