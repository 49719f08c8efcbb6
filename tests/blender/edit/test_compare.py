"""Two takes side by side: both seen at once, the edit below untouched, and gone without a trace."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from rooms import clip, everything, picture
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import compare, strips
from take_one.scene.edit.cut import effects
from take_one.scene.model.shots import shot_list


@pytest.fixture
def edit(tmp_path):
    """An edit with a red take of a shot that also has a green one."""
    scene = bpy.data.scenes.new("Edit")
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.view_settings.view_transform = "Standard"
    scene.sequence_editor_create()
    shot = shot_list.ensure_shot(bpy.context.scene)
    for number, colour in enumerate(((0.8, 0.05, 0.05), (0.05, 0.8, 0.05)), start=1):
        take = shot.takes.add()
        take.uid, take.number, take.status = f"t{number}", number, "READY"
        take.clip = str(clip(tmp_path / f"t{number}.mp4", 24, colour))
    strips.place(scene, tmp_path / "t1.mp4", name="t1", shot_uid=shot.uid, take_uid="t1", frame=10, sound=False)
    shot.current_take = "t1"
    return scene


def shown(edit, frame, path):
    edit.frame_start = edit.frame_end = frame
    edit.render.filepath = str(path / "seen_")
    edit.render.image_settings.file_format = "PNG"
    bpy.ops.render.render(animation=True, scene=edit.name)
    return picture(path / f"seen_{frame:04d}.png")


def test_both_takes_are_seen_over_black(edit, tmp_path):
    shot = shot_list.active_shot(bpy.context.scene)
    compare.show(edit, shot.takes[0], shot.takes[1], 10)
    compare.unregister()  # a render is the only way to see it here
    seen = shown(edit, 12, tmp_path)
    compare.register()
    left, right, above = seen[18, 16], seen[18, 48], seen[2, 32]
    assert np.argmax(left) == 0 and np.argmax(right) == 1
    assert above.max() < 0.08
    assert compare.showing()


def test_a_render_shows_the_film_and_no_comparison(edit, tmp_path):
    shot = shot_list.active_shot(bpy.context.scene)
    compare.show(edit, shot.takes[1], shot.takes[1], 10)
    seen = shown(edit, 12, tmp_path)
    assert np.argmax(seen[18, 16]) == np.argmax(seen[2, 32]) == 0 and seen[2, 32, 0] > 0.7
    assert compare.showing() and not any(strip.mute for _, strip in compare._strips())


def test_it_lies_over_all_and_makes_no_film_longer(edit):
    shot = shot_list.active_shot(bpy.context.scene)
    over = effects.new_effect(edit, "Burn-in", "TEXT", 9, 1, 60)
    over["take_one_burn_in"] = "top"
    before = strips.last_frame(edit)
    compare.show(edit, shot.takes[0], shot.takes[1], before - 2)
    assert sorted(strip.channel for _, strip in compare._strips()) == [10, 11, 12]
    assert strips.last_frame(edit) == before < max(map(strips.end, edit.sequence_editor.strips))


def test_the_edit_is_as_it_was_afterwards(edit):
    shot = shot_list.active_shot(bpy.context.scene)
    before = everything(edit.sequence_editor)
    compare.show(edit, shot.takes[0], shot.takes[1], 10)
    assert len(strips.strips_of_shot(shot.uid)) == 1  # the comparison is no use of the shot
    assert compare.hide() == 3
    assert everything(edit.sequence_editor) == before
    assert not compare.showing()


def test_the_operator_shows_and_puts_away(edit):
    shot = shot_list.active_shot(bpy.context.scene)
    shot.active_take = 1
    bpy.ops.takeone.take_compare()
    assert compare.showing()
    bpy.ops.takeone.take_compare()
    assert not compare.showing()


def test_a_missing_file_lays_nothing(edit):
    shot = shot_list.active_shot(bpy.context.scene)
    shot.takes[1].clip = "/gone.mp4"
    with pytest.raises(SceneError, match="gone"):
        compare.show(edit, shot.takes[0], shot.takes[1], 10)
    assert len(edit.sequence_editor.strips) == 1
