"""Strips moved, connected and gone over into each other, in figures: what stays, what is keyed, what keeps it."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
from cutting import ALL, colour, extent, lay, points, row, use_of
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import connect, effects, keys, ripple, shift, transitions
from take_one.scene.edit.cut.uses import BURN_KEY, OVERLAP_KEY, WITH_KEY


def test_strips_of_several_distances_never_meet(edit):
    row_ = [colour(edit, name, 2, first, 10) for name, first in (("a", 50), ("b", 60), ("c", 70))]
    colour(edit, "stays", 2, 100, 5)
    over = effects.new_effect(edit, "over", "GAMMA_CROSS", 9, 50, 10, *row_[:2])
    assert shift.follows(over) and not shift.follows(row_[0])
    assert shift.inputs(over) == row_[:2] and shift.inputs(row_[0]) == []
    assert shift.move(edit, [(row_[0], 20), (row_[2], -20), (over, 7)]) == 0
    assert [extent(one) for one in row_] == [(70, 80, 2), (60, 70, 2), (50, 60, 2)]
    assert shift.move(edit, [(row_[0], 25), (row_[1], 0)]) == 1
    assert extent(row_[0])[:2] == (95, 105) and row_[0].channel != 2
    assert shift.move(edit, []) == 0
    assert shift.move(edit, [(one, 8) for one in row_[1:]]) == 0
    assert [extent(one) for one in row_[1:]] == [(68, 78, 2), (58, 68, 2)]


def test_only_what_our_strips_are_keyed_with_is_told(edit):
    one = colour(edit, 'a "b"', 2, 50, 10)
    one.blend_alpha = 0.5
    one.keyframe_insert("blend_alpha", frame=52)
    edit.view_settings.exposure = 0.5
    edit.view_settings.keyframe_insert("exposure", frame=3)
    ((path, curve),) = keys.curves(edit)
    assert path == keys.path_of('a "b"') + ".blend_alpha" and [key.co.x for key in curve.keyframe_points] == [52]
    assert keys.path_of('a "b"') == 'sequence_editor.strips_all["a \\"b\\""]'
    data = edit.animation_data
    action = data.action
    data.action_slot = None
    assert list(keys.curves(edit)) == []
    data.action = None
    assert list(keys.curves(edit)) == []
    data.action = action


def test_strips_are_connected_and_what_was_chosen_stays(edit, monkeypatch):
    one, two, three = (colour(edit, name, channel, 50, 10) for channel, name in enumerate("abc", 2))
    three.select, edit.sequence_editor.active_strip = True, three
    connect.connect(edit, [one])
    connect.connect(edit, [one, two])
    assert [strip.select for strip in (one, two, three)] == [False, False, True]
    assert edit.sequence_editor.active_strip == three
    for strip in edit.sequence_editor.strips:
        strip.select = False
    one.split(55, "SOFT")
    assert sorted(strip.name.partition(".")[0] for strip in edit.sequence_editor.strips) == ["a", "a", "b", "b", "c"]


# Transitions


def test_what_a_transition_needs(edit, source):
    lay(edit, source, "a", 50, 70)
    lay(edit, source, "b", 71, 90)
    for kind in (transitions.DISSOLVE, transitions.DIP):
        with pytest.raises(SceneError, match="No shot ends where this one begins") as caught:
            transitions.add(edit, use_of(edit, "b"), kind, 4)
        assert caught.value.code == "no_cut"
    assert transitions.before(edit, use_of(edit, "b")) is None
    ripple.ripple(edit, 71, -1, ALL)
    assert transitions.before(edit, use_of(edit, "b")).shot_uid == "a"
    strips.remove([(edit, strip) for strip in use_of(edit, "a").strips if strip.type == "MOVIE"])
    with pytest.raises(SceneError, match="A shot has only its sound here") as caught:
        transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 4)
    assert caught.value.code == "no_picture"
    lay(edit, source, "c", 89, 129)
    lay(edit, source, "d", 129, 149)
    with pytest.raises(SceneError, match="The take before has no frame after its end") as caught:
        transitions.add(edit, use_of(edit, "d"), transitions.DISSOLVE, 4)
    assert caught.value.code == "no_handle" and transitions.between(edit) == 0
    assert transitions.add(edit, use_of(edit, "c"), transitions.DISSOLVE, 4) == 4
    assert transitions.BLACK == (0.0, 0.0, 0.0)


def test_sounds_fade_with_their_pictures_and_are_as_they_were(edit, source):
    _, first = lay(edit, source, "a", 50, 70)
    _, second = lay(edit, source, "b", 70, 90)
    first.volume, second.volume = 0.5, 0.8
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 6) == 6
    assert (points(first), points(second)) == ([(70, 0.5), (76, 0)], [(70, 0), (76, 0.8)])
    assert [one[OVERLAP_KEY] for one in use_of(edit, "a").strips] == [6, 6] and row(edit) == [
        ("a", 50, 70),
        ("b", 70, 90),
    ]
    assert transitions.add(edit, use_of(edit, "b"), transitions.DIP, 9) == 8
    assert (points(first), points(second)) == ([(66, 0.5), (70, 0)], [(70, 0), (74, 0.8)])
    assert not any(OVERLAP_KEY in one for one in edit.sequence_editor.strips)
    assert transitions.add(edit, use_of(edit, "b"), transitions.FADE_IN, 5) == 5
    assert (points(first), points(second)) == ([], [(70, 0), (75, 0.8)])
    assert transitions.add(edit, use_of(edit, "b"), transitions.FADE_OUT, 7) == 7
    assert points(second) == [(70, 0), (75, 0.8), (83, 0.8), (90, 0)]
    cover = edit.sequence_editor.strips["Fade Out"]
    (curve,) = [curve for path, curve in keys.curves(edit) if path.startswith(keys.path_of("Fade Out"))]
    assert [tuple(key.co) for key in curve.keyframe_points] == [(83, 0), (90, 1)] and extent(cover)[:2] == (83, 90)
    assert [transitions.at_beginning(edit, use_of(edit, uid)) for uid in "ab"] == ["", "FADE_IN"]
    assert not transitions.remove(edit, use_of(edit, "a")) and transitions.remove(edit, use_of(edit, "b"))
    assert transitions.remove(edit, use_of(edit, "b"), transitions.FADE_OUT)
    assert (points(first), points(second), first.volume, second.volume) == ([], [], 0.5, pytest.approx(0.8))


def test_transitions_that_a_user_made_are_torn_where_their_strips_part(edit):
    one, two = colour(edit, "a", 2, 50, 20), colour(edit, "b", 3, 65, 20)
    own = effects.new_effect(edit, "own", "GAMMA_CROSS", 5, 65, 5, one, two)
    for end, found in ((66, []), (65, ["own"]), (60, ["own"])):
        setattr(one, strips.END, end)
        assert transitions.torn(edit) == found
    own[transitions.KIND_KEY] = transitions.DISSOLVE
    assert transitions.torn(edit) == [] and transitions.torn(bpy.data.scenes.new("bare")) == []
    assert (transitions.between(edit), transitions.between(bpy.data.scenes["bare"])) == (1, 0)


def test_a_transition_lies_over_what_goes_with_its_shot_and_under_burn_ins(edit, source):
    lay(edit, source, "a", 50, 70)
    colour(edit, "words", 6, 52, 10, **{WITH_KEY: "a"})
    colour(edit, "burn", 20, 50, 20, **{WITH_KEY: "a", BURN_KEY: "top"})
    assert transitions.add(edit, use_of(edit, "a"), transitions.FADE_IN, 5) == 5
    assert extent(edit.sequence_editor.strips["Fade In"]) == (50, 55, 7)
    assert transitions._frames_after(SimpleNamespace(type="IMAGE")) >= 1_000_000


def test_a_dissolves_picture_goes_up_also_from_a_channel_that_is_its_own(edit, source):
    lay(edit, source, "a", 50, 70, channel=5)
    movie, sound = lay(edit, source, "b", 70, 90, channel=2)
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 6) == 6
    assert (extent(movie), extent(sound)) == ((70, 90, 6), (70, 90, 1))


def test_a_dissolves_picture_goes_up_and_its_sound_wherever_there_is_room(edit, source):
    lay(edit, source, "a", 50, 70, channel=5)
    movie, sound = lay(edit, source, "b", 70, 90, channel=5)
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 6) == 6
    assert (extent(movie), extent(sound)) == ((70, 90, 6), (70, 90, 1))
    assert extent(edit.sequence_editor.strips["Dissolve"]) == (70, 76, 7)
