"""In the sequencer the verbs act on the shot of the active strip, whatever the scene's active shot is."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import NEW, camera
from take_one.scene.edit import strips
from take_one.scene.model.shots import shot_list, shown
from take_one.scene.session import jobs
from take_one.scene.session.press import cameras


@pytest.fixture
def film():
    """Two scenes with shots, and an edit in the window whose active strip shows the second scene's first shot."""
    window = bpy.context.window_manager.windows[0]
    kitchen = bpy.data.scenes.new("Kitchen")
    hall = bpy.data.scenes.new("Hall")
    for scene, prompts in ((kitchen, ("k1", "k2")), (hall, ("h1", "h2", "h3"))):
        scene.camera = camera(scene, scene.name)
        scene.frame_set(17)
        for prompt in prompts:
            shot_list.add_shot(scene).prompt = prompt
        scene.take_one.active_shot = 1
    edit = bpy.data.scenes.new("Edit")
    strip = strip_of(edit, hall.take_one.shots[0].uid)
    edit.sequence_editor.active_strip = strip
    if NEW:
        window.workspace.sequencer_scene = edit
        window.scene = kitchen
    else:
        window.scene = edit
    window.screen.areas[0].type = "SEQUENCE_EDITOR"
    return SimpleNamespace(kitchen=kitchen, hall=hall, edit=edit, strip=strip)


def strip_of(edit, shot_uid):
    ending = {"length": 10} if NEW else {"frame_end": 11}
    made = edit.sequence_editor_create().strips.new_effect(
        "strip", "COLOR", 1 + len(edit.sequence_editor.strips), 1, **ending
    )
    made[strips.SHOT_KEY] = shot_uid
    return made


@contextmanager
def sequencer(**more):
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region, **more):
        yield


def prompts(scene):
    return [shot.prompt for shot in scene.take_one.shots]


def test_remove_takes_the_shown_shot_away(film):
    with sequencer():
        assert shown.shot_of(bpy.context).prompt == "h1"
        assert bpy.ops.takeone.shot_remove() == {"FINISHED"}
    assert (prompts(film.kitchen), prompts(film.hall)) == (["k1", "k2"], ["h2", "h3"])
    assert shot_list.active_shot(film.hall).prompt == "h2"  # which was active before


def test_add_starts_with_the_shown_direction_and_shows_the_new_shot(film):
    with sequencer():
        assert bpy.ops.takeone.shot_add(duplicate=True) == {"FINISHED"}
        assert film.edit.sequence_editor.active_strip is None
    with sequencer():
        if NEW:  # else the window shows the edit's scene, and stays there
            assert shown.shot_of(bpy.context) == film.hall.take_one.shots[-1]
        else:
            assert bpy.context.scene == film.edit
    assert (prompts(film.kitchen), prompts(film.hall)) == (["k1", "k2"], ["h1", "h2", "h3", "h1"])
    assert film.hall.take_one.shots[-1].camera == film.hall.camera


def test_a_chosen_shot_is_shown_by_its_strip_where_there_is_one(film):
    other = strip_of(film.edit, film.kitchen.take_one.shots[0].uid)
    with sequencer():
        bpy.ops.takeone.shot_choose(shot=film.kitchen.take_one.shots[0].uid)
        assert film.edit.sequence_editor.active_strip == other
        assert shown.shot_of(bpy.context).prompt == "k1"
        bpy.ops.takeone.shot_choose(shot=film.kitchen.take_one.shots[1].uid)
        assert film.edit.sequence_editor.active_strip is None
    assert shot_list.active_shot(film.kitchen).prompt == "k2"


def test_use_current_frame_is_that_of_the_shots_own_scene(film):
    film.edit.frame_set(90)
    film.hall.frame_set(33)
    with sequencer():
        bpy.ops.takeone.shot_use_frame()
    assert [(shot.frame, shot.frame_lock) for shot in film.hall.take_one.shots] == [(33, True), (0, False), (0, False)]
    assert not any(shot.frame_lock for shot in film.kitchen.take_one.shots)


def test_selected_cameras_start_from_the_shown_direction(film):
    first, second = camera(film.hall, "A"), camera(film.hall, "B")
    film.hall.take_one.shots[0].lines.add().line = "We are late."
    with sequencer(selected_objects=[second, first]):
        found = cameras.shots_of_selected(bpy.context)
    assert prompts(film.hall) == ["h1", "h2", "h3", "h1", "h1"]
    made = [shot_list.find_shot(*uids) for uids in found]
    assert [(shot.camera, shot.name, len(shot.lines)) for shot in made] == [(first, "A", 0), (second, "B", 0)]
    assert prompts(film.kitchen) == ["k1", "k2"]
    with sequencer(selected_objects=[second, first]):
        assert cameras.shots_of_selected(bpy.context) == found  # the shots that they have


def test_cameras_of_the_windows_scene_become_shots_of_that_scene(film):
    if not NEW:
        bpy.context.window_manager.windows[0].scene = film.kitchen
    eye = camera(film.kitchen, "A")
    with sequencer(selected_objects=[eye], active_strip=film.strip):
        ((uid, scene_uid),) = cameras.shots_of_selected(bpy.context)
    assert shot_list.find_shot(uid).id_data == film.kitchen
    assert (scene_uid, prompts(film.kitchen)) == (film.kitchen.take_one.uid, ["k1", "k2", "h1"])


def test_every_selected_camera_is_ordered_before_the_first_is_sent(film, monkeypatch):
    stand_in.attach()
    ordered = []
    monkeypatch.setattr(jobs, "run_blocking", ordered.append)
    eyes = [camera(film.hall, name) for name in ("B", "A")]
    with sequencer(selected_objects=eyes):
        assert bpy.ops.takeone.animate_cameras() == {"FINISHED"}
    assert [(one.camera.name, one.frame, one.direction.prompt) for one in ordered] == [("A", 17, "h1"), ("B", 17, "h1")]
    assert {one.place.placement for one in ordered} == {"REPLACE"}
