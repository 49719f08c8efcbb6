"""An edit made by hand around shots, before and after each operation: only what should move has moved."""

from __future__ import annotations

import bpy
import pytest
from rooms import NEW, clip
from take_one.scene.edit import board, edit_scene, strips, swapping
from take_one.scene.edit.cut import effects, fit, order, ripple, shift, transitions, uses
from take_one.scene.edit.cut.connect import connect
from take_one.scene.edit.cut.ripple import Rules
from take_one.scene.model.shots import shot_list

RULES = {"off": Rules(False, True, True), "all": Rules(True, True, True), "ours": Rules(True, False, False)}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 40)


@pytest.fixture
def edit(source):
    """Three shots A, B, C of 24, 30 and 20 frames from 11 on: A and C boards, B a take of 40 frames that is cut. And
    what a user laid: music from before to after, a title over B, an effect on B's picture, a meta strip over C, one on
    the shots' own channel behind C, a locked strip, one on a locked channel; markers, and a fade of the title."""
    set_scene = bpy.context.scene
    edit = edit_scene.ensure_edit_scene(bpy.context, set_scene)
    edit.frame_start, edit.frame_end = 11, 11
    for name, frames in (("A", 24), ("B", 30), ("C", 20)):
        shot = shot_list.add_shot(set_scene)
        shot.name, shot.seconds = name, frames / 24
    first, second, third = set_scene.take_one.shots
    board.lay(edit, first, 11, (64, 36))
    movie, sound = strips.place(edit, source, name="B", shot_uid=second.uid, take_uid="b1", frame=35)
    for strip in (movie, sound):
        setattr(strip, strips.END, 65)
    movie.channel, sound.channel = 2, 1
    connect(edit, (movie, sound))
    board.lay(edit, third, 65, (64, 36))
    laid = {
        "music": colour(edit, "music", 8, 5, 200),
        "title": colour(edit, "title", 9, 40, 10),
        "behind": colour(edit, "behind", 2, 90, 10),
        "locked": colour(edit, "locked", 10, 70, 5),
        "apart": colour(edit, "apart", 12, 70, 5),
    }
    laid["locked"].lock = True
    edit.sequence_editor.channels[12].lock = True
    glow = effects.new_effect(edit, "glow", "GLOW", 6, 35, 30, movie)
    glow.blend_alpha = 0.5
    glow.keyframe_insert("blend_alpha", frame=40)
    meta = edit.sequence_editor.strips.new_meta("meta", 11, 68)
    colour(edit, "inner", 14, 68, 8).move_to_meta(meta)
    setattr(meta, strips.LENGTH, 8)
    for frame, alpha in ((40, 0.0), (48, 1.0)):
        laid["title"].blend_alpha = alpha
        laid["title"].keyframe_insert("blend_alpha", frame=frame)
    for name, frame in (("in A", 20), ("in B", 50), ("in C", 70)):
        edit.timeline_markers.new(name, frame=frame)
    edit.frame_set(33)
    return edit


def colour(edit, name, channel, first, count):
    return effects.new_effect(edit, name, "COLOR", channel, first, count)


def state(edit):
    """Every strip by name: type, channel, start, end, start of its content; markers; keys; playhead and selection."""
    found = {
        strip.name: (strip.type, strip.channel, strips.start(strip), strips.end(strip), strips.content_start(strip))
        for strip in edit.sequence_editor.strips_all
    }
    found |= {f"marker {marker.name}": marker.frame for marker in edit.timeline_markers}
    bag = edit.animation_data.action.layers[0].strips[0].channelbag(edit.animation_data.action_slot)
    for curve in bag.fcurves:
        found["keys of " + curve.data_path.split('"')[1]] = [round(key.co.x, 3) for key in curve.keyframe_points]
    found["playhead"] = edit.frame_current
    found["selected"] = [strip.name for strip in edit.sequence_editor.strips if strip.select]
    return found


def moved(before, after):
    """What is different, and by how much: (start, end) of strips, frames of markers."""
    assert before.keys() == after.keys()
    changed = {}
    for name, old in before.items():
        new = after[name]
        if old == new:
            continue
        if isinstance(old, tuple):
            assert old[:2] == new[:2], name  # type and channel
            changed[name] = new[2] - old[2], new[3] - old[3]
        elif isinstance(old, list):
            changed[name] = new[0] - old[0]
        else:
            changed[name] = new - old
    return changed


def use_of(edit, name):
    shot = next(shot for shot in bpy.context.scene.take_one.shots if shot.name == name)
    return uses.uses_of(edit, shot.uid)[0]


C_ALONG = {"C": (7, 7), "C words": (7, 7), "behind": (7, 7)}
OTHERS = {"meta": (7, 7), "inner": (7, 7), "marker in C": 7}


@pytest.mark.parametrize(("rules", "along"), [("all", C_ALONG | OTHERS), ("ours", C_ALONG)])
def test_a_longer_shot_moves_what_follows(edit, rules, along):
    before = state(edit)
    assert ripple.set_length(edit, use_of(edit, "B"), 37, RULES[rules])
    assert moved(before, state(edit)) == {"B": (0, 7), "B sound": (0, 7), "glow": (0, 7)} | along


def at_cuts(edit):
    """Markers on the first frames of B and C, a strip that ends with B and one that begins with C."""
    for name, frame in (("first of B", 35), ("first of C", 65)):
        edit.timeline_markers.new(name, frame=frame)
    colour(edit, "end", 13, 55, 10)
    colour(edit, "begin", 13, 65, 4)


def test_what_stands_right_at_a_cut_goes_with_what_follows(edit):
    at_cuts(edit)
    before = state(edit)
    assert ripple.set_length(edit, use_of(edit, "B"), 37, RULES["all"])
    along = C_ALONG | OTHERS | {"begin": (7, 7), "marker first of C": 7}
    assert moved(before, state(edit)) == {"B": (0, 7), "B sound": (0, 7), "glow": (0, 7)} | along


def test_what_stands_right_at_a_cut_goes_with_its_shot(edit):
    at_cuts(edit)
    before = state(edit)
    first, second, third = bpy.context.scene.take_one.shots
    assert order.arrange(edit, [second.uid, first.uid, third.uid], RULES["all"]) == 2
    now = moved(before, state(edit))
    assert {name: now.get(name) for name in ("marker first of B", "marker first of C", "end", "begin")} == {
        "marker first of B": -24,
        "marker first of C": None,
        "end": (-24, -24),
        "begin": None,
    }


def test_a_shot_right_behind_itself_is_there_twice(edit):
    third = bpy.context.scene.take_one.shots[2]
    board.lay(edit, third, 85, (64, 36))
    assert [(use.start, use.end, len(use.all)) for use in uses.uses_of(edit, third.uid)] == [(65, 85, 2), (85, 105, 2)]
    assert transitions.before(edit, uses.uses_of(edit, third.uid)[1]) is None


def test_without_ripple_a_shot_takes_the_room_that_is_free(edit):
    ripple.ripple(edit, 65, 6, RULES["all"])
    before = state(edit)
    assert not ripple.set_length(edit, use_of(edit, "B"), 37, RULES["off"])
    assert state(edit) == before
    assert ripple.set_length(edit, use_of(edit, "B"), 36, RULES["off"])
    assert moved(before, state(edit)) == {"B": (0, 6), "B sound": (0, 6), "glow": (0, 6)}


def test_a_shot_goes_from_under_the_next_one(edit):
    """What of its place the next one shows stays, so nothing closes up."""
    movie = fit.movie_of(use_of(edit, "B"))
    for strip, channel in ((movie, 22), (edit.sequence_editor.strips["B sound"], 21)):
        strip.channel = channel
        setattr(strip, strips.END, 72)
    before = state(edit)
    order.remove(edit, bpy.context.scene.take_one.shots[1].uid, RULES["all"])
    after = state(edit)
    assert after == {name: value for name, value in before.items() if name in after}
    assert before.keys() - after.keys() == {"B", "B sound", "glow", "keys of glow"}


def test_a_shot_over_the_end_of_another_stays_there(edit):
    """The film goes on with it no further than with the one below."""
    third = bpy.context.scene.take_one.shots[2]
    board.lay(edit, third, 25, (64, 36), 10)
    assert ripple.set_length(edit, use_of(edit, "A"), 30, RULES["all"])
    assert [(use.start, use.end) for use in uses.uses(edit)] == [(11, 41), (25, 35), (41, 71), (71, 91)]


def test_strips_on_the_topmost_channel_move_past_each_other(edit):
    """Where Blender would put one that is in the way further along, as there is no channel above."""
    for name, first, count in (("over A", 11, 24), ("over B", 35, 30), ("one", 90, 10), ("two", 100, 10)):
        colour(edit, name, 128, first, count)
    before = state(edit)
    assert ripple.ripple(edit, 65, 7, RULES["all"]) == 0
    now = moved(before, state(edit))
    assert now["one"] == now["two"] == now["C"] == (7, 7)
    assert ripple.ripple(edit, 72, -7, RULES["all"]) == 0
    assert state(edit) == before
    first, second, third = bpy.context.scene.take_one.shots
    assert order.arrange(edit, [second.uid, first.uid, third.uid], RULES["all"]) == 2
    now = moved(before, state(edit))
    assert (now["over A"], now["over B"], now["A"], now["B"]) == ((30, 30), (-24, -24), (30, 30), (-24, -24))


def test_what_runs_along_ends_with_the_film_as_far_as_it_can(edit, source):
    """A bed, which was cut at its beginning, with its file; what begins behind the new end not at all."""
    row = edit.sequence_editor.strips
    for name in ("music", "behind"):
        row.remove(row[name])
    bed = row.new_sound("Bed", str(source), 20, 60)
    setattr(bed, strips.START, 70)
    setattr(bed, strips.END, 85)
    bed["take_one_bed"] = "mark"
    late = colour(edit, "late", 21, 80, 5)
    late["take_one_burn_in"] = "top"
    for frames, wanted in ((25, [(70, 90), (80, 90)]), (12, [(70, 77), (80, 90)]), (50, [(70, 100), (118, 128)])):
        assert ripple.set_length(edit, use_of(edit, "C"), frames, RULES["all"])
        assert [(strips.start(one), strips.end(one)) for one in (bed, late)] == wanted


def test_a_shorter_shot_closes_up(edit):
    before = state(edit)
    assert ripple.set_length(edit, use_of(edit, "A"), 14, RULES["all"])
    follow = dict.fromkeys(("B", "B sound", "glow", "C", "C words", "behind", "meta", "inner", "title"), (-10, -10))
    shorter = {"A": (0, -10), "A words": (0, -10)}
    markers = {"marker in B": -10, "marker in C": -10, "keys of title": -10.0, "keys of glow": -10.0}
    assert moved(before, state(edit)) == follow | shorter | markers


def test_without_ripple_nothing_moves(edit):
    before = state(edit)
    assert not ripple.set_length(edit, use_of(edit, "B"), 37, RULES["off"])  # there is no room
    assert ripple.ripple(edit, 11, 50, RULES["off"]) == 0
    assert order.arrange(edit, [shot.uid for shot in reversed(bpy.context.scene.take_one.shots)], RULES["off"]) == 0
    assert state(edit) == before
    assert ripple.set_length(edit, use_of(edit, "B"), 25, RULES["off"])
    assert moved(before, state(edit)) == {"B": (0, -5), "B sound": (0, -5), "glow": (0, -5)}


def test_a_locked_shot_keeps_its_length(edit):
    edit.sequence_editor.channels[2].lock = True
    before = state(edit)
    assert not ripple.set_length(edit, use_of(edit, "B"), 37, RULES["all"])
    assert state(edit) == before


def test_shots_change_places_with_what_lies_over_them(edit):
    before = state(edit)
    first, second, third = bpy.context.scene.take_one.shots
    assert order.arrange(edit, [second.uid, first.uid, third.uid], RULES["all"]) == 2
    assert moved(before, state(edit)) == {
        **dict.fromkeys(("A", "A words"), (30, 30)),
        **dict.fromkeys(("B", "B sound", "glow", "title"), (-24, -24)),
        "marker in A": 30,
        "marker in B": -24,
        "keys of title": -24.0,
        "keys of glow": -24.0,
    }


def test_a_gap_stays_where_it_is_when_shots_change_places(edit):
    ripple.ripple(edit, 65, 6, RULES["all"])
    first, second, third = bpy.context.scene.take_one.shots
    assert order.arrange(edit, [third.uid, first.uid, second.uid], RULES["ours"]) == 3
    assert [(use.start, use.end) for use in uses.uses(edit)] == [(11, 31), (31, 55), (61, 91)]


def test_a_shot_is_taken_out_and_what_follows_closes_up(edit):
    before = state(edit)
    uid = bpy.context.scene.take_one.shots[1].uid
    assert order.remove(edit, uid, RULES["all"]) == 2
    after = state(edit)
    gone = before.keys() - after.keys()
    assert gone == {"B", "B sound", "glow", "keys of glow"}
    rest = {name: value for name, value in before.items() if name not in gone}
    follow = dict.fromkeys(("C", "C words", "behind", "meta", "inner"), (-30, -30))
    assert moved(rest, after) == follow | {"marker in C": -30}


def test_without_ripple_a_shot_leaves_a_gap(edit):
    before = state(edit)
    order.remove(edit, bpy.context.scene.take_one.shots[0].uid, RULES["off"])
    rest = {name: value for name, value in before.items() if name not in ("A", "A words")}
    assert state(edit) == rest


def test_the_card_changes_the_edit_where_that_ripples(edit):
    before = state(edit)
    shot = bpy.context.scene.take_one.shots[0]
    shot.frames = 30
    assert state(edit) == before
    edit.take_one.ripple, edit.take_one.ripple_others, edit.take_one.ripple_markers = True, False, False
    shot.frames = 26
    assert use_of(edit, "A").length == 26
    assert moved(before, state(edit))["C"] == (2, 2)
    edit.render.fps = 30
    shot.seconds = 1.0
    assert (shot.frames, use_of(edit, "A").length) == (30, 30)  # a shot's frames are the edit's


def test_length_from_strip_and_from_take(edit):
    shot = bpy.context.scene.take_one.shots[1]
    fit.length_from_strip(edit, use_of(edit, "B"), shot)
    assert shot.frames == 30
    before = state(edit)
    assert fit.length_from_take(edit, "b1", "B") == 1
    assert use_of(edit, "B").length == 40
    assert moved(before, state(edit)) == {
        "B": (0, 10),
        "B sound": (0, 10),
        "glow": (0, 10),
        "marker in C": 10,
        **dict.fromkeys(("C", "C words", "behind", "meta", "inner"), (10, 10)),
    }


def test_what_is_cut_or_held_is_said_on_the_strip(edit):
    fit.fit(edit, "b1", "B", RULES["off"])
    movie = fit.movie_of(use_of(edit, "B"))
    assert movie.name == "B (10 cut)"
    ripple.set_length(edit, use_of(edit, "B"), 46, RULES["all"])
    fit.fit(edit, "b1", "B", RULES["off"])
    assert movie.name == "B (holds 6)"


def test_what_the_user_has_trimmed_stays_so(edit, source):
    """B shows 30 of 40 frames: a retake is as long, whatever ripples, and there is nothing to be said of it."""
    before = state(edit)
    swapping.swap(list(use_of(edit, "B").strips), source, name="B", take_uid="b2")
    assert fit.fit(edit, "b2", "B", RULES["all"]) == 0
    assert state(edit) == before
    assert fit.length_from_take(edit, "b2", "B") == 1
    assert use_of(edit, "B").length == 40


def test_a_take_that_was_cut_at_its_beginning_stays_as_long(edit):
    for strip in use_of(edit, "B").strips:
        setattr(strip, strips.START, 40)
    assert fit.fit(edit, "b1", "B", RULES["all"]) == 0
    assert [(use.start, use.end) for use in uses.uses(edit)] == [(11, 35), (40, 65), (65, 85)]
    assert fit.movie_of(use_of(edit, "B")).name == "B (10 cut)"


def test_a_take_of_another_rate_ends_with_its_sound_under_the_next_shot_too(edit):
    """Its 40 frames, and the four that go on under a dissolve, where its channel is free."""
    movie, sound = (edit.sequence_editor.strips[name] for name in ("B", "B sound"))
    movie.channel, sound.channel = 22, 21
    setattr(movie, strips.END, 69)
    setattr(sound, strips.END, 60)
    movie[uses.OVERLAP_KEY], movie[strips.OFF_RATE_KEY] = 4, True
    assert fit.fit(edit, "b1", "B", RULES["off"]) == 1
    assert (strips.end(movie), strips.end(sound)) == (79, 79)
    assert strips.OFF_RATE_KEY not in movie


def test_the_first_picture_of_a_shot_is_the_one_in_front(edit, source):
    uid = bpy.context.scene.take_one.shots[1].uid
    for name, frame in (("B 0", -60), ("B 9", 300)):
        strips.place(edit, source, name=name, shot_uid=uid, take_uid="b1", frame=frame)
    assert fit.movie_of_shot(edit, uid).name == "B 0"


def test_the_edits_last_frame_follows_unless_the_user_set_it(edit):
    edit.frame_end = strips.last_frame(edit) - 1
    music = edit.sequence_editor.strips["music"]
    edit.sequence_editor.strips.remove(music)
    edit.frame_end = strips.last_frame(edit) - 1
    ripple.set_length(edit, use_of(edit, "C"), 50, RULES["all"])
    assert edit.frame_end == strips.last_frame(edit) - 1
    edit.frame_end = 500
    ripple.set_length(edit, use_of(edit, "C"), 20, RULES["all"])
    assert edit.frame_end == 500


@pytest.mark.skipif(not NEW, reason="Blender 4.5 does not say what is connected")
def test_connections_outlive_all_of_it(edit):
    movie = fit.movie_of(use_of(edit, "B"))
    ripple.set_length(edit, use_of(edit, "A"), 30, RULES["all"])
    order.arrange(edit, [shot.uid for shot in reversed(bpy.context.scene.take_one.shots)], RULES["all"])
    assert [strip.name for strip in movie.connections] == ["B sound"]


@pytest.mark.parametrize(
    ("one", "other", "keys"), [(3, 7, [225, 231]), (7, 3, [225, 231]), (4, 0, [225, 231]), (4, 4, [229, 235])]
)
def test_the_animation_of_an_effect_goes_with_all_that_it_is_made_of(edit, one, other, keys):
    first, second = colour(edit, "one", 20, 200, 40), colour(edit, "two", 21, 220, 40)
    cross = effects.new_effect(edit, "over", "CROSS", 22, 220, 20, first, second)
    for frame, alpha in ((225, 0.2), (231, 0.9)):
        cross.blend_alpha = alpha
        cross.keyframe_insert("blend_alpha", frame=frame)
    shift.move(edit, [(first, one), (second, other)])
    assert (strips.start(first), strips.start(second)) == (200 + one, 220 + other)
    assert state(edit)["keys of over"] == keys
