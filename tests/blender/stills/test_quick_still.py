"""A look at what would be sent: taken without a job, out of date when the framing changes; and the prompt's words."""

from __future__ import annotations

import bpy
import pytest
from rooms import picture, room, settings_of


@pytest.fixture
def card():
    from take_one.scene.model.shots import shot_list

    return shot_list.card(room(320, 180))


def test_a_look_makes_no_take_and_changes_nothing(card):
    from take_one.scene.app.app import app
    from take_one.scene.stills import quick_still

    before = settings_of(card.id_data)
    assert quick_still.newest(card) is None
    assert bpy.ops.takeone.preview_still() == {"FINISHED"}
    seen = quick_still.newest(card)
    assert picture(seen.image).shape[:2] == (180, 320) and picture(seen.image).std() > 0.01
    assert (seen.source, seen.frame) == ("RENDER", 1)
    assert settings_of(card.id_data) == before
    assert len(card.id_data.take_one.shots) == 0 and not app().state.jobs and app().state.last_error is None


def test_a_look_is_out_of_date_when_the_framing_changes(card):
    from take_one.scene.stills import quick_still

    camera = card.id_data.camera

    def change(item, name, value):
        bpy.ops.takeone.preview_still()
        seen = quick_still.newest(card)
        assert not quick_still.is_stale(card, seen)
        setattr(item, name, value)
        bpy.context.view_layer.update()
        assert quick_still.is_stale(card, seen), name

    change(camera, "location", (3, -3, 2))
    change(camera.data, "lens", 85)
    change(card.id_data.render, "resolution_x", 300)
    card.id_data.frame_set(1)
    bpy.ops.takeone.preview_still()
    card.id_data.frame_set(7)
    assert quick_still.is_stale(card, quick_still.newest(card))
    change(card, "still_source", "RESULT")


def test_a_look_is_of_the_frame_that_the_shot_keeps(card):
    from take_one.scene.stills import quick_still

    scene, camera = card.id_data, card.id_data.camera
    for frame, x in ((10, 5.0), (60, 25.0)):
        camera.location.x = x
        camera.keyframe_insert("location", frame=frame)
    scene.frame_set(10)
    bpy.ops.takeone.preview_still()
    wanted = picture(quick_still.newest(card).image)
    card.frame, card.frame_lock = 10, True
    scene.frame_set(60)
    bpy.ops.takeone.preview_still()
    seen = quick_still.newest(card)
    assert seen.frame == 10 and abs(picture(seen.image) - wanted).max() < 0.02
    assert not quick_still.is_stale(card, seen)
    assert scene.frame_current == 60
    scene.frame_set(10)
    assert not quick_still.is_stale(card, seen)
    card.frame = 60
    assert quick_still.is_stale(card, seen)


def test_only_the_last_look_is_kept_and_a_sent_still_takes_its_place(card):
    from take_one.scene.stills import quick_still

    bpy.ops.takeone.preview_still()
    first = quick_still.newest(card).image
    bpy.ops.takeone.preview_still()
    assert not first.exists() and quick_still.newest(card).image.exists()
    card.still = "//sent.png"
    assert quick_still.newest(card) is None


def test_a_look_without_a_camera_says_so(card):
    from take_one.scene.app.app import app

    card.id_data.camera = None
    with pytest.raises(RuntimeError, match="no active camera"):
        bpy.ops.takeone.preview_still()
    assert app().state.last_error.fix == "pick_camera"


def test_an_image_file_needs_no_look(card):
    card.still_source = "IMAGE"
    with pytest.raises(RuntimeError, match="sent as it is"):
        bpy.ops.takeone.preview_still()


def test_words_go_into_one_line_or_into_a_text_of_their_own(card):
    card.words = "push in"
    assert (card.prompt, card.prompt_text) == ("push in", None)
    card.words = "push in\nthen hold"
    text = card.prompt_text
    assert text.as_string().strip() == card.words == "push in\nthen hold"
    card.words = "push in\nthen hold"
    assert card.prompt_text == text
    card.words = "pan\nthen hold"
    assert card.prompt_text != text and text.as_string().strip() == "push in\nthen hold"
    card.words = "tilt up"
    assert (card.words, card.prompt_text) == ("tilt up", None)


def test_each_shot_has_a_text_of_its_own(card):
    from take_one.scene.model.shots import shot_list

    card.words = "push in\nthen hold"
    written_in = card.prompt_text
    shot = shot_list.ensure_shot(card.id_data)
    assert shot.prompt_text == written_in  # the one that the user has open
    bpy.ops.takeone.shot_add(duplicate=True)
    first, second = card.id_data.take_one.shots
    assert second.words == first.words and second.prompt_text != first.prompt_text
