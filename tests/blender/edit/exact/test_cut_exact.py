"""The cut in figures: volumes by frame, what a place holds or cuts, room, gaps, splits, transitions' channels."""

from __future__ import annotations

import math

import bpy
import pytest
from cutting import ALL, OFF, an_edit, extent, lay, points, row, spans, use_of
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, edit_scene, strips
from take_one.scene.edit.cut import bed, effects, fit, keys, levels, order, ripple, shift, transitions, uses
from take_one.scene.edit.cut.ripple import Rules
from take_one.scene.edit.cut.uses import BOARD_KEY, OVERLAP_KEY, WITH_KEY
from take_one.scene.model.shots import shot_list

OURS = Rules(True, False, False)


@pytest.fixture
def edit():
    return an_edit(24)


def test_volumes_between_points_that_rise():
    ways = [(10.0, 1.0), (20.0, 0.5), (20.0, 0.0), (30.0, 1.0)]
    found = [levels.between(ways, frame) for frame in (5, 10, 15, 19, 20, 25, 30, 99)]
    assert found == pytest.approx([1, 1, 0.75, 0.55, 0.5, 0.75, 1, 1])
    assert levels.between([(3.0, 0.25)], 1) == levels.between([(3.0, 0.25)], 9) == 0.25


def test_ramps_are_of_the_volume_that_was_there_and_go_one_by_one(edit, source):
    _, sound = lay(edit, source, "a", 50)
    sound.volume = 0.8
    assert levels.ramp(sound, 50, 56, 0.0, 1.0) and levels.ramp(sound, 80, 90, 1.0, 0.25)
    assert points(sound) == [(50, 0), (56, 0.8), (80, 0.8), (90, 0.2)]
    assert {key.interpolation for key in levels._keys(sound)} == {"LINEAR"} and levels.is_animated(sound)
    levels.later(sound, 80, 5)
    assert points(sound) == [(50, 0), (56, 0.8), (85, 0.8), (95, 0.2)]
    assert [key.handle_left.x < key.co.x < key.handle_right.x for key in levels._keys(sound)] == [True] * 4
    levels.clear(sound, 51, 84)
    assert points(sound) == [(50, 0), (85, 0.8), (95, 0.2)]
    levels.clear(sound, 85, 95)
    assert points(sound) == [(50, 0)] and sound[levels.VOLUME_KEY] == pytest.approx(0.8)
    levels.clear(sound, 50, 50)
    assert (points(sound), levels.VOLUME_KEY in sound, sound.volume) == ([], False, pytest.approx(0.8))
    sound.volume = 0.6
    sound.keyframe_insert("volume", frame=60)
    assert not levels.ramp(sound, 50, 56, 0.0, 1.0) and points(sound) == [(60, 0.6)]
    levels.later(sound, 0, 9)
    levels.clear(sound, 0, 99)
    assert points(sound) == [(60, 0.6)], "the user's own"


def test_a_kept_volume_is_one_that_blender_plays():
    class Sound(dict):
        volume = 0.75

    kept = (250.0, 100.5, 99.0, -3.0, float("nan"), "loud")
    assert [levels._usual(Sound({levels.VOLUME_KEY: value})) for value in kept] == [100, 100, 99, 0, 0.75, 0.75]
    assert levels._usual(Sound()) == 0.75


def test_a_shape_goes_with_its_file_and_leaves_other_keys(edit, source):
    _, sound = lay(edit, source, "a", 50)
    sound.volume = 0.5
    levels.shape(sound, [(52.5, 1.0), (60.0, 0.5)])
    assert points(sound) == [(52.5, 0.5), (60, 0.25)] and list(sound[levels.SHAPE_KEY]) == [2.5, 10]
    shift.move(edit, [(sound, 7)])
    sound.keyframe_insert("volume", frame=80)
    levels.unshape(sound)
    assert points(sound) == [(80, 0.5)] and levels.SHAPE_KEY not in sound
    assert (levels.VOLUME_KEY in sound, sound.volume) == (True, 0.5)


def test_keys_stay_on_their_frames_where_wanted_and_go_with_their_handles(edit, source):
    movie, other = lay(edit, source, "a", 50)[0], lay(edit, source, 'b "2"', 150)[0]
    for strip, frames in ((movie, (55, 60)), (other, (155, 170))):
        for frame in frames:
            strip.blend_alpha = frame / 200
            strip.keyframe_insert("blend_alpha", frame=frame)

    def frames(name):
        (curve,) = [curve for path, curve in keys.curves(edit) if path.startswith(keys.path_of(name))]
        return [key.co.x for key in curve.keyframe_points], [
            (round(key.co.x - key.handle_left.x, 3), round(key.handle_right.x - key.co.x, 3))
            for key in curve.keyframe_points
        ]

    before = frames("a"), frames('b "2"')
    with keys.staying(movie):
        setattr(movie, strips.CONTENT_START, getattr(movie, strips.CONTENT_START) + 9)
    assert (frames("a"), frames('b "2"')) == before
    for _, curve in keys.curves(edit):
        keys.move(curve, -2.5)
    assert frames("a") == ([52.5, 57.5], before[0][1]) and frames('b "2"') == ([152.5, 167.5], before[1][1])
    assert list(keys.curves(bpy.data.scenes.new("bare"))) == []


def test_what_a_place_holds_or_cuts_is_said(edit, source):
    movie, sound = lay(edit, source, "a", 50, handles=(4, 6))
    assert (fit.shot_frames(movie), strips.end(movie)) == (30, 90)
    said = []
    for end in (84, 80, 79, 86, 90):
        setattr(movie, strips.END, end)
        fit.say(movie, "A")
        said.append((fit.held(movie), movie.name))
    # to the end of its file there are frames of its own: only behind them the last one is held
    assert said == [(0, "A"), (0, "A"), (-1, "A (1 cut)"), (0, "A"), (4, "A (holds 4)")]
    movie[OVERLAP_KEY] = 3
    setattr(movie, strips.END, 82)
    assert fit.held(movie) == -1
    movie[strips.TRIMMED_KEY] = True
    fit.say(movie, "A")
    assert movie.name == "A"
    setattr(movie, strips.END, 95)
    fit.say(movie, "A")
    assert movie.name == "A (holds 9)"
    movie[strips.HEAD_KEY], movie[strips.TAIL_KEY] = 30, 30
    assert fit.shot_frames(movie) == 1
    assert fit.movie_of(use_of(edit, "a")) == movie
    assert not fit.hears_others(edit, "a")
    sound[strips.OWN_KEY] = strips.end(sound) - strips.content_start(sound)
    assert not fit.hears_others(edit, "a")
    sound[strips.OWN_KEY] -= 1
    assert fit.hears_others(edit, "a") and not fit.hears_others(edit, "b")


def test_places_become_as_long_as_their_take_where_the_edit_ripples(edit, source):
    """The shot is used twice, before and after another; both its places are 25 frames of 30 that its take has."""
    first, _ = lay(edit, source, "a", 50, 75, take="t", handles=(4, 6))
    lay(edit, source, "b", 75, 95)
    second, _ = lay(edit, source, "a", 95, 120, take="t", handles=(4, 6))
    assert fit.fit(edit, "t", "A", OFF) == 0
    assert row(edit) == [("a", 50, 75), ("b", 75, 95), ("a", 95, 120)]
    assert fit.fit(edit, "t", "A", ALL) == 2
    assert row(edit) == [("a", 50, 80), ("b", 80, 100), ("a", 100, 130)]
    assert fit.fit(edit, "t", "A", ALL) == 0
    first[strips.TRIMMED_KEY], second[strips.OFF_RATE_KEY] = True, False
    for strip in use_of(edit, "a").strips:
        setattr(strip, strips.END, 70)
    assert fit.fit(edit, "t", "A", ALL) == 0 and strips.OFF_RATE_KEY not in second
    assert fit.length_from_take(edit, "t", "A") == 1
    shot = shot_list.add_shot(bpy.context.scene)
    fit.length_from_strip(edit, use_of(edit, "b"), shot)
    assert shot.seconds == pytest.approx(20 / 24)


def test_picture_and_sound_of_another_rate_end_together_where_there_is_room(edit, source):
    movie, sound = lay(edit, source, "a", 50, 80, take="t", handles=(0, 4))
    lay(edit, source, "b", 84, 100)
    for end, beside, wanted in ((80, 82, 80), (80, 90, 86)):
        movie[strips.OFF_RATE_KEY] = True
        setattr(movie, strips.END, end)
        setattr(sound, strips.END, 75)
        for strip in edit.sequence_editor.strips:
            if strip.get(strips.SHOT_KEY) == "b":
                setattr(strip, strips.START, beside)
        assert fit.fit(edit, "t", "A", OFF) == 1
        assert (strips.end(movie), strips.end(sound)) == (wanted, wanted)
    movie[strips.OFF_RATE_KEY] = True
    assert fit.fit(edit, "t", "A", OFF) == 0 and strips.OFF_RATE_KEY not in movie


def test_a_place_takes_no_more_room_than_is_free_on_its_channels(edit, source):
    lay(edit, source, "a", 50, 70)
    colour = effects.new_effect(edit, "own", "COLOR", 3, 72, 9)
    assert ripple.set_length(edit, use_of(edit, "a"), 30, OFF), "it is on another channel"
    assert ripple.set_length(edit, use_of(edit, "a"), 20, OFF)
    colour.channel = 1
    assert not ripple.set_length(edit, use_of(edit, "a"), 23, OFF)
    assert ripple.set_length(edit, use_of(edit, "a"), 22, OFF)
    assert spans(edit)["own"] == (72, 81, 1)
    assert ripple.set_length(edit, use_of(edit, "a"), 0, OFF) and row(edit) == [("a", 50, 51)]


def test_the_edits_frames_end_with_its_film_while_they_did(edit, source):
    lay(edit, source, "a", 50, 70)
    lay(edit, source, "b", 70, 80)
    for end, frames, wanted in ((79, 25, 84), (85, 20, 79), (86, 25, 86), (86, 20, 86)):
        edit.frame_end = end
        assert ripple.set_length(edit, use_of(edit, "a"), frames, ALL)
        assert edit.frame_end == wanted
    edit.frame_end = 79
    del edit[edit_scene.EDIT_KEY]
    ripple.set_length(edit, use_of(edit, "a"), 30, ALL)
    assert edit.frame_end == 79, "it is the user's own"


def test_only_what_a_shot_covers_goes_along_with_it(edit, source):
    lay(edit, source, "a", 50, 70)
    lay(edit, source, "b", 75, 85)
    for name, first, count, channel in (
        ("whole", 50, 20, 9), ("over the cut", 60, 20, 10), ("inside b", 76, 9, 11), ("apart", 90, 5, 12),
    ):  # fmt: skip
        effects.new_effect(edit, name, "COLOR", channel, first, count)
    for name, frame in (("a", 69), ("gap", 70), ("b", 75)):
        edit.timeline_markers.new(name, frame=frame)
    before = spans(edit)
    assert order.arrange(edit, ["b", "a"], ALL) == 2 and row(edit) == [("b", 50, 60), ("a", 65, 85)]
    after = spans(edit)
    assert (after["whole"][:2], after["over the cut"][:2], after["inside b"][:2]) == ((65, 85), (60, 80), (51, 60))
    assert {marker.name: marker.frame for marker in edit.timeline_markers} == {"a": 84, "gap": 70, "b": 50}
    assert order.arrange(edit, ["a", "b"], ALL) == 2 and spans(edit) == before
    assert order.arrange(edit, ["b", "a"], OURS) == 2 and row(edit) == [("b", 50, 60), ("a", 65, 85)]
    after = spans(edit)
    assert {name for name in before if before[name] == after[name]} == {"whole", "over the cut", "inside b", "apart"}
    assert [marker.frame for marker in edit.timeline_markers] == [69, 55, 75]
    assert order.arrange(edit, ["b"], ALL) == 0 and order.arrange(edit, ["b", "a"], ALL) == 0


def test_every_use_of_a_shot_goes_and_the_film_closes_up(edit, source):
    for uid, first, after in (("a", 50, 60), ("b", 60, 75), ("a", 75, 95), ("c", 95, 105)):
        lay(edit, source, uid, first, after, take=f"{uid}{first}")
    assert order.remove(edit, "a", ALL) == 4
    assert row(edit) == [("b", 50, 65), ("c", 65, 75)]
    assert order.remove(edit, "a", ALL) == 0
    assert order.remove(edit, "b", OFF) == 2 and row(edit) == [("c", 65, 75)]


def test_a_split_hands_over_what_comes_after(edit, source):
    """A shot of a scene of 30 frames a second, at its frame 40, that is seen for 24 frames of the edit's 24."""
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name, shot.frame, shot.frame_lock, shot.seconds, shot.still = "Hall", 40, True, 1.0, "/still.png"
    lay(edit, source, shot.uid, 50, 74, take="t")
    over = effects.new_effect(edit, "over", "COLOR", 5, 60, 10)
    over[WITH_KEY] = shot.uid
    late = effects.new_effect(edit, "late", "COLOR", 6, 66, 8)
    late[WITH_KEY] = shot.uid
    for frame in (50, 74):
        with pytest.raises(SceneError, match="does not stand within the shot") as caught:
            board.split(edit, shot, frame)
        assert caught.value.code == "no_strip"
    uid = shot.uid
    new = board.split(edit, shot, 58)
    shot = shot_list.find_shot(uid)
    assert (new.frame, new.frame_lock, new.still, new.name) == (50, True, "", "Hall 2")
    assert (shot.seconds, new.seconds) == (pytest.approx(8 / 24), pytest.approx(16 / 24))
    assert row(edit) == [(uid, 50, 58), (new.uid, 58, 74)]
    first, second = uses.uses(edit)
    assert [sorted(one.name for one in use.strips) for use in (first, second)] == [
        ["t", "t sound"],
        ["Hall 2", "Hall 2 sound"],
    ]
    assert {one.color_tag for one in second.strips} == {strips.color_of(new.uid)}
    assert all(BOARD_KEY in one and strips.TAKE_KEY not in one and strips.JOB_KEY not in one for one in second.strips)
    assert [one[strips.TAKE_KEY] for one in first.strips] == ["t", "t"] and not any(one.select for one in second.all)


def test_a_boards_second_half_says_what_it_is(edit):
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name, shot.prompt, shot.seconds = "Hall", "push in", 1.0
    board.lay(edit, shot, 50, (64, 36))
    new = board.split(edit, shot, 60)
    assert {(one.type, one.name) for one in use_of(edit, new.uid).all} == {
        ("IMAGE", "Hall 2"),
        ("TEXT", "Hall 2 words"),
    }
    picture = next(one for one in use_of(edit, new.uid).strips if one.type == "IMAGE")
    assert (strips.start(picture), strips.end(picture)) == (60, 74)
    assert picture.directory.endswith("Hall_2/stills/Hall_2_t000/")


def test_transitions_on_channels_that_are_taken(edit, source):
    """The second shot goes up above the first one's picture, with its words; a fade lies above all of it."""
    lay(edit, source, "a", 50, 80)
    movie, sound = lay(edit, source, "b", 80, 100)
    words = effects.new_effect(edit, "words", "TEXT", 3, 80, 20)
    words[WITH_KEY] = "b"
    effects.new_effect(edit, "own", "COLOR", 4, 90, 20)
    assert transitions.add(edit, use_of(edit, "b"), transitions.DISSOLVE, 8) == 8
    found = spans(edit)
    assert (found["a"], found["a sound"]) == ((50, 88, 2), (50, 88, 1))
    assert (movie.channel, sound.channel, words.channel) == (6, 5, 7)
    assert found["Dissolve"] == (80, 88, 8)
    assert transitions.add(edit, use_of(edit, "b"), transitions.FADE_OUT, 99) == 20
    cover = edit.sequence_editor.strips["Fade Out"]
    assert (extent(cover), cover.blend_type, tuple(cover.color)) == ((80, 100, 9), "ALPHA_OVER", (0, 0, 0))
    assert cover[transitions.KIND_KEY] == "FADE_OUT" and cover[WITH_KEY] == "b"
    assert transitions.between(edit) == 1 and transitions.torn(edit) == []
    assert transitions.at_beginning(edit, use_of(edit, "b")) == "DISSOLVE"
    assert transitions.remove(edit, use_of(edit, "b"), transitions.FADE_OUT) and "Fade Out" not in spans(edit)
    assert transitions.between(edit) == 1, "the one at its beginning stays"
    assert transitions.part(edit, [use_of(edit, "a")]) == 1 and transitions.between(edit) == 0
    assert spans(edit)["a"] == (50, 80, 2) and OVERLAP_KEY not in edit.sequence_editor.strips["a"]
    assert transitions.before(edit, use_of(edit, "b")).shot_uid == "a"
    assert transitions.before(edit, use_of(edit, "a")) is None


def test_a_dip_keeps_to_its_frames_and_colour(edit, source):
    lay(edit, source, "a", 50, 80)
    lay(edit, source, "b", 80, 100)
    assert transitions.add(edit, use_of(edit, "b"), transitions.DIP, 7, (0.25, 0.5, 0.75, 1.0)) == 6
    dip = edit.sequence_editor.strips["Dip"]
    assert (extent(dip), tuple(dip.color)) == ((77, 83, 3), (0.25, 0.5, 0.75))
    (curve,) = [curve for path, curve in keys.curves(edit) if path.startswith(keys.path_of("Dip"))]
    assert [tuple(key.co) for key in curve.keyframe_points] == [(77, 0), (80, 1), (83, 0)]
    assert transitions.add(edit, use_of(edit, "b"), transitions.FADE_IN, 0) == 1
    assert extent(edit.sequence_editor.strips["Fade In"]) == (80, 81, 3) and "Dip" not in spans(edit)
    for strip in use_of(edit, "a").strips:
        strip.lock = strip.type == "SOUND"
    assert transitions.add(edit, use_of(edit, "b"), transitions.FADE_OUT, 4) == 4
    with pytest.raises(SceneError, match="is locked") as caught:
        transitions.add(edit, use_of(edit, "b"), transitions.DIP, 4)
    assert caught.value.code == "locked"
    for channel in list(edit.sequence_editor.channels)[3:]:
        channel.lock = True
    with pytest.raises(SceneError, match="free above the shot") as caught:
        transitions.add(edit, use_of(edit, "b"), transitions.FADE_IN, 4)
    assert caught.value.code == "no_channel"


def test_a_board_has_as_many_frames_behind_its_end_as_one_likes(edit):
    for name, frame in (("A", 50), ("B", 80)):
        shot = shot_list.add_shot(bpy.context.scene)
        shot.name = name
        board.lay(edit, shot, frame, (64, 36), 30)
    second = shot_list.all_shots()
    uid = list(second)[1].uid
    assert transitions.add(edit, use_of(edit, uid), transitions.DISSOLVE, 90) == 29
    assert [(use.start, use.end) for use in uses.uses(edit)] == [(50, 80), (80, 110)]


def test_beds_by_their_words_and_gains(edit):
    """At equal power where they meet, down under lines, in the edit's frames."""
    run = bed.Run("rain", 50, 98, 24.0, fade_in=8, fade_out=4)
    gains = bed._gains(run, [(0.0, 0.0), (0.5, -6.0), (1.0, -6.0), (1.25, 0.0)])
    half = 10 ** (-6 / 20)
    assert [(frame, round(volume, 4)) for frame, volume in gains] == [
        (50, 0), (54, round(0.7071 * levels.between([(50, 1), (62, half)], 54), 4)),
        (58, round(levels.between([(50, 1), (62, half)], 58), 4)), (62, round(half, 4)), (74, round(half, 4)),
        (80, 1), (94, 1), (96, 0.7071), (98, 0),
    ]  # fmt: skip
    assert (run.seconds, run.seed, len(run.mark)) == (2.0, bed.Run("rain", 1, 2, 30.0).seed, 16)
    assert run.mark == bed.Run("rain", 0, 48, 24.0).mark != bed.Run("rain", 0, 49, 24.0).mark
    shot = shot_list.add_shot(bpy.context.scene)
    shot.sound = "  wind \n and rain "
    assert bed.words_of(shot) == "wind and rain"
    bpy.context.scene.take_one.ambience = "sea"
    assert bed.words_of(shot) == "sea"
    talk = (bed.Talk(0.5, 1.0, (("A", "en", "Go."),)),)
    later = bed._later(bed.Run("x", 0, 9, 24.0, talk=talk), 0.25)
    assert [one.start for one in later.talk] == [0.75] and math.isclose(later.seconds, 9 / 24)
