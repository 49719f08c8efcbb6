"""Dissolves with real pictures, fades, dips, and the sound that goes with them; seen and heard in what is rendered."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from rooms import clip, picture
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import fit, levels, order, ripple, transitions, uses
from take_one.scene.edit.cut.ripple import Rules

RED, GREEN = (0.8, 0.05, 0.05), (0.05, 0.8, 0.05)
RIPPLE = Rules(True, True, True)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return {"a": clip(folder / "a.mp4", 42, RED), "b": clip(folder / "b.mp4", 30, GREEN)}


@pytest.fixture
def edit(clips):
    """A red shot from 41 to before 71 with 12 frames after its end, and a green one of 30 frames behind it."""
    edit = bpy.data.scenes.new("Edit")
    edit.render.fps, edit.render.fps_base = 24, 1.0
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    edit.view_settings.view_transform = "Standard"
    edit.sequence_editor_create()
    for name, frame, handles in (("a", 41, (0, 12)), ("b", 71, (0, 0))):
        movie, sound = strips.place(
            edit, clips[name], name=name, shot_uid=f"shot {name}", take_uid=name, frame=frame, handles=handles
        )
        movie.channel, sound.channel = 2, 1
    return edit


def use_of(edit, name):
    return uses.uses_of(edit, f"shot {name}")[0]


def spans(edit):
    return {strip.name: (strips.start(strip), strips.end(strip)) for strip in edit.sequence_editor.strips}


def seen(edit, frame, folder):
    """The middle of the picture that the edit shows at a frame."""
    edit.frame_start = edit.frame_end = frame
    edit.render.filepath = str(folder / "seen_")
    edit.render.image_settings.file_format = "PNG"
    bpy.ops.render.render(animation=True, scene=edit.name)
    return picture(folder / f"seen_{frame:04d}.png")[18, 32]


def volume(edit, name, frame):
    strip = edit.sequence_editor.strips[name]
    curve = levels._curve(strip)
    return strip.volume if curve is None else curve.evaluate(frame)


def test_a_dissolve_shows_both_and_moves_nothing(edit, tmp_path):
    before = spans(edit)
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8) == 8
    after = spans(edit)
    assert after.pop("Dissolve") == (71, 79)
    assert after == before | {"a": (41, 79), "a sound": (41, 79)}
    assert [(use.start, use.end) for use in uses.uses(edit)] == [(41, 71), (71, 101)]
    red, both, green = (seen(edit, frame, tmp_path) for frame in (70, 75, 80))
    assert red[0] > 0.7 > 0.3 > red[1] and green[1] > 0.7 > 0.3 > green[0]
    assert both[0] > 0.3 and both[1] > 0.3
    assert np.allclose([volume(edit, "a sound", frame) for frame in (70, 75, 79)], [1, 0.5, 0], atol=0.01)
    assert np.allclose([volume(edit, "b sound", frame) for frame in (71, 75, 80)], [0, 0.5, 1], atol=0.01)
    movie = edit.sequence_editor.strips["a"]
    assert fit.held(movie) == 0
    setattr(movie, strips.END, 74)  # the shot itself is seen to 66: what lies under the dissolve is not its own
    assert fit.held(movie) == -5


def test_a_dissolve_is_as_long_as_the_handle_allows_and_needs_one(edit):
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 40) == 12
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 4) == 4
    assert spans(edit)["a"] == (41, 75)
    transitions.remove(edit, use_of(edit, "b"))
    movie = edit.sequence_editor.strips["a"]
    setattr(movie, strips.END, 83)  # all that there is
    later = edit.sequence_editor.strips["b"]
    assert ripple.ripple(edit, 71, 12, RIPPLE) == 0 and strips.start(later) == 83
    with pytest.raises(SceneError, match="handles"):
        transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)


def test_a_transition_goes_without_a_trace(edit):
    before = spans(edit), volume(edit, "b sound", 75)
    for kind in (transitions.DISSOLVE, transitions.DIP, transitions.FADE_IN):
        transitions.add(edit, use_of(edit, "b"), kind, 8)
        assert transitions.at_beginning(edit, use_of(edit, "b")) == kind
    assert transitions.remove(edit, use_of(edit, "b"))
    assert (spans(edit), volume(edit, "b sound", 75)) == before
    assert not transitions.remove(edit, use_of(edit, "b"))
    assert all("take_one_volume" not in strip for strip in edit.sequence_editor.strips)


def test_a_dip_goes_through_its_colour(edit, tmp_path):
    assert transitions.add(edit, use_of(edit, "b"), transitions.DIP, 10, (1.0, 1.0, 1.0)) == 10
    red, white, green = (seen(edit, frame, tmp_path) for frame in (66, 71, 76))
    assert red[1] < 0.3 and green[0] < 0.3 and white.min() > 0.95
    assert np.allclose([volume(edit, "a sound", frame) for frame in (66, 68.5, 71)], [1, 0.5, 0], atol=0.01)
    assert np.allclose([volume(edit, "b sound", frame) for frame in (71, 73.5, 76)], [0, 0.5, 1], atol=0.01)


def test_a_shot_that_comes_between_lies_under_the_dip(edit, clips, tmp_path):
    transitions.add(edit, use_of(edit, "b"), transitions.DIP, 10, (1.0, 1.0, 1.0))
    ripple.ripple(edit, 71, 30, RIPPLE)
    assert spans(edit)["Dip"] == (96, 106)
    new = strips.place(edit, clips["b"], name="c", shot_uid="shot c", take_uid="c", frame=71)
    assert (new.sound.channel, new.movie.channel, edit.sequence_editor.strips["Dip"].channel) == (1, 2, 3)
    before, dipping, white = (seen(edit, frame, tmp_path) for frame in (95, 98, 101))
    assert before[0] < 0.3 < dipping[0] < 0.8 and white.min() > 0.95
    own = edit.sequence_editor.strips.new_movie("own", str(clips["a"]), 4, 131)  # what shows is not covered by it
    above = strips.place(edit, clips["b"], name="d", shot_uid="shot d", take_uid="d", frame=131)
    assert above.movie.channel > own.channel


def test_fades_begin_and_end_in_black(edit, tmp_path):
    transitions.add(edit, use_of(edit, "a"), transitions.FADE_IN, 10)
    transitions.add(edit, use_of(edit, "b"), transitions.FADE_OUT, 10)
    assert seen(edit, 41, tmp_path).max() < 0.05 and seen(edit, 51, tmp_path)[0] > 0.7
    assert seen(edit, 91, tmp_path)[1] > 0.7 and seen(edit, 100, tmp_path).max() < 0.45
    assert np.allclose([volume(edit, "a sound", frame) for frame in (41, 46, 51)], [0, 0.5, 1], atol=0.01)
    assert np.allclose([volume(edit, "b sound", frame) for frame in (91, 96, 101)], [1, 0.5, 0], atol=0.01)
    with pytest.raises(SceneError, match="begins"):
        transitions.add(edit, use_of(edit, "a"), transitions.DISSOLVE, 8)


def test_transitions_move_with_their_shots(edit):
    transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)
    transitions.add(edit, use_of(edit, "b"), transitions.FADE_OUT, 6)
    before = spans(edit)
    ripple.set_length(edit, use_of(edit, "a"), 25, RIPPLE)
    after = spans(edit)
    assert after.pop("Fade Out") == (before.pop("Fade Out")[0] - 5, 96)
    assert after == {"a": (41, 74), "a sound": (41, 74), "b": (66, 96), "b sound": (66, 96), "Dissolve": (66, 74)}
    assert np.allclose([volume(edit, "a sound", frame) for frame in (65, 70, 74)], [1, 0.5, 0], atol=0.01)
    ripple.set_length(edit, use_of(edit, "b"), 20, RIPPLE)
    assert spans(edit)["Fade Out"] == (80, 86)
    assert np.allclose([volume(edit, "b sound", frame) for frame in (74, 80, 83, 86)], [1, 1, 0.5, 0], atol=0.01)


def test_other_neighbours_part_a_dissolve(edit):
    transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)
    assert transitions.between(edit) == 1
    order.arrange(edit, ["shot b", "shot a"], RIPPLE)
    assert transitions.between(edit) == 0
    assert spans(edit) == {"b": (41, 71), "b sound": (41, 71), "a": (71, 101), "a sound": (71, 101)}
    order.arrange(edit, ["shot a", "shot b"], RIPPLE)
    transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)
    order.remove(edit, "shot b", RIPPLE)
    assert spans(edit) == {"a": (41, 71), "a sound": (41, 71)}


def test_the_users_own_volume_stays(edit):
    sound = edit.sequence_editor.strips["a sound"]
    sound.volume = 0.7
    sound.keyframe_insert("volume", frame=60)
    transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)
    assert volume(edit, "a sound", 78) == pytest.approx(0.7)
    transitions.remove(edit, use_of(edit, "b"))
    assert volume(edit, "a sound", 60) == pytest.approx(0.7)


def test_nothing_is_done_to_locked_strips(edit):
    edit.sequence_editor.channels[2].lock = True
    before = spans(edit)
    with pytest.raises(SceneError, match="locked"):
        transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)
    assert spans(edit) == before


def test_a_dip_is_no_longer_than_either_of_its_shots(edit):
    for strip in use_of(edit, "a").strips:
        setattr(strip, strips.START, 63)  # 8 of its frames are left
    assert transitions.add(edit, use_of(edit, "b"), transitions.DIP, 40) == 16
    (cover,) = (one for one in edit.sequence_editor.strips if one.get(transitions.KIND_KEY) == transitions.DIP)
    assert (strips.start(cover), strips.end(cover)) == (63, 79)
    for strip in use_of(edit, "b").strips:
        setattr(strip, strips.END, 76)  # and 5 of the other's
    assert transitions.add(edit, use_of(edit, "b"), transitions.DIP, 40) == 10


def test_a_shot_that_was_dissolved_to_is_cut_to_once_the_one_before_is_gone(edit):
    transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)
    order.remove(edit, "shot a", RIPPLE)
    assert spans(edit) == {"b": (41, 71), "b sound": (41, 71)}
    assert not levels.is_animated(edit.sequence_editor.strips["b sound"])


def test_a_sound_that_ends_early_is_as_loud_again_once_its_dissolve_is_gone(edit):
    sound = edit.sequence_editor.strips["a sound"]
    setattr(sound, strips.END, 60)
    transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8)
    assert (spans(edit)["a"], spans(edit)["a sound"]) == ((41, 79), (41, 60))
    transitions.remove(edit, use_of(edit, "b"))
    assert (spans(edit)["a"], spans(edit)["a sound"]) == ((41, 71), (41, 60))
    assert not levels.is_animated(sound) and levels.VOLUME_KEY not in sound


def test_a_dissolve_is_no_longer_than_the_shot_before(edit):
    for strip in use_of(edit, "a").strips:
        setattr(strip, strips.START, 66)  # 5 of its frames are left, and 12 behind its end
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 10) == 5


def test_a_dissolve_leaves_a_frame_of_its_shot_alone(edit):
    for strip in use_of(edit, "b").strips:
        setattr(strip, strips.END, 76)  # 5 of its frames are left
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 10) == 4
    assert transitions.at_beginning(edit, use_of(edit, "b")) == transitions.DISSOLVE
