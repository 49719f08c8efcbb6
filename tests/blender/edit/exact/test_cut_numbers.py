"""The cut in figures, each function on both sides of its limits: how long a transition may be, on which channel it
lies, what it ties, which gaps stay, and what is told to each Blender."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import bpy
import pytest
from cutting import ALL, OFF, colour, extent, lay, points, row, spans, use_of
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import bed, connect, effects, fit, keys, levels, order, ripple, shift, transitions, uses
from take_one.scene.edit.cut.ripple import Rules
from take_one.scene.edit.cut.transitions import DIP, DISSOLVE, FADE_IN, FADE_OUT, KIND_KEY
from take_one.scene.edit.cut.uses import BURN_KEY, OVERLAP_KEY, WITH_KEY, Use
from take_one.scene.model.shots import shot_list


def said(caught):
    return caught.value.code, str(caught.value), caught.value.fix


class Strip(dict):
    """A strip that is only looked at."""

    def __init__(self, kind="COLOR", first=0, after=10, channel=1, marks=None, **told):
        super().__init__(marks or {})
        self.type, self.name, self.channel, self.lock, self.input_count = kind, f"{kind} {first}", channel, False, 0
        for name, value in ((strips.START, first), (strips.END, after), (strips.CONTENT_START, first), *told.items()):
            setattr(self, name, value)


# --- what Blender is told ---


@pytest.mark.parametrize(
    ("version", "ends"), [((4, 5, 9), {"frame_end": 57}), ((5, 0, 0), {"length": 7}), ((5, 2, 0), {"length": 7})]
)
def test_an_effects_length_is_told_as_each_blender_has_it(version, ends, monkeypatch):
    made, told = SimpleNamespace(select=True), []
    monkeypatch.setattr(effects, "bpy", SimpleNamespace(app=SimpleNamespace(version=version)))
    row_ = SimpleNamespace(new_effect=lambda *given, **more: told.append((given, more)) or made)
    film = SimpleNamespace(sequence_editor=SimpleNamespace(strips=row_))
    assert effects.new_effect(film, "x", "CROSS", 4, 50, 7, "one", "two") is made and made.select is False
    assert effects.new_effect(film, "y", "COLOR", 5, 50, 7) is made
    assert told == [(("x", "CROSS", 4, 50), {**ends, "input1": "one", "input2": "two"}), (("y", "COLOR", 5, 50), ends)]


# --- transitions ---


def two_shots(edit, source, handles=(0, 20), first=30, second=15):
    """A of 30 frames before B of 15; the take of A has ten more, or as many as are left."""
    lay(edit, source, "a", 50, 50 + first, handles=handles)
    lay(edit, source, "b", 50 + first, 50 + first + second)
    return use_of(edit, "b")


@pytest.mark.parametrize(
    ("first", "second", "asked", "frames"),
    [(30, 15, 4, 4), (30, 15, 99, 10), (30, 8, 99, 7), (5, 15, 99, 5), (39, 15, 99, 1), (30, 15, 1, 1), (30, 2, 9, 1)],
)
def test_a_dissolve_is_as_long_as_either_shot_and_the_rest_of_the_take(first, second, asked, frames, edit, source):
    use = two_shots(edit, source, first=first, second=second)
    assert transitions.add(edit, use, DISSOLVE, asked) == frames
    cut, effect = 50 + first, edit.sequence_editor.strips["Dissolve"]
    assert extent(effect) == (cut, cut + frames, effect.channel) and effect.type == "GAMMA_CROSS"
    assert (effect[KIND_KEY], effect[WITH_KEY]) == (DISSOLVE, "b")
    a, b = use_of(edit, "a"), use_of(edit, "b")
    assert {strips.end(strip) for strip in a.strips} == {cut + frames} and (a.end, b.start) == (cut, cut)
    assert {strip[OVERLAP_KEY] for strip in a.strips} == {frames} and not any(OVERLAP_KEY in s for s in b.strips)
    assert effect.channel > max(strip.channel for strip in (*a.strips, *b.strips))
    picture = [strip for strip in a.strips if strip.type == "MOVIE"]
    assert (effect.input_1, effect.input_2) == (picture[0], next(s for s in b.strips if s.type == "MOVIE"))


def test_a_dissolve_needs_a_channel_for_each_strip_that_goes_up(edit, source):
    use = two_shots(edit, source)
    for channel in list(edit.sequence_editor.channels)[3:]:
        channel.lock = True
    with pytest.raises(SceneError) as caught:
        transitions.add(edit, use, DISSOLVE, 5)
    assert said(caught) == ("no_channel", "No channel is free for the dissolve. Unlock one.", "retry")
    assert "Dissolve" not in spans(edit)


@pytest.mark.parametrize(("second", "handles", "left"), [(1, (0, 20), None), (15, (0, 0), 40)])
def test_where_a_dissolve_has_no_frame_it_says_so(second, handles, left, edit, source):
    use = two_shots(edit, source, handles, left or 30, second)
    with pytest.raises(SceneError) as caught:
        transitions.add(edit, use, DISSOLVE, 5)
    assert said(caught)[:2] == (
        "no_handle", "The take before has no frame after its end: make it again with handles, trim it, or use a dip.",
    )  # fmt: skip
    assert "Dissolve" not in spans(edit) and not any(OVERLAP_KEY in strip for strip in edit.sequence_editor.strips)


@pytest.mark.parametrize(
    ("kind", "asked", "frames", "span"),
    [(DIP, 6, 6, (77, 83)), (DIP, 7, 6, (77, 83)), (DIP, 1, 2, (79, 81)), (DIP, 99, 30, (65, 95)),
     (FADE_IN, 5, 5, (80, 85)), (FADE_IN, 99, 15, (80, 95)), (FADE_IN, 0, 1, (80, 81)), (FADE_OUT, 5, 5, (90, 95)),
     (FADE_OUT, 99, 15, (80, 95)), (FADE_OUT, -3, 1, (94, 95))],
)  # fmt: skip
def test_how_long_a_cover_is_and_where_it_is_dark(kind, asked, frames, span, edit, source):
    use = two_shots(edit, source)
    assert transitions.add(edit, use, kind, asked, (0.25, 0.5, 0.75, 1.0)) == frames
    name = {DIP: "Dip", FADE_IN: "Fade In", FADE_OUT: "Fade Out"}[kind]
    cover = edit.sequence_editor.strips[name]
    assert extent(cover)[:2] == span and tuple(cover.color) == (0.25, 0.5, 0.75)
    assert (cover.blend_type, cover[KIND_KEY], cover[WITH_KEY], cover.type) == ("ALPHA_OVER", kind, "b", "COLOR")
    (curve,) = [curve for path, curve in keys.curves(edit) if path == keys.path_of(name) + ".blend_alpha"]
    first, after = span
    dark = {DIP: [(first, 0), (80, 1), (after, 0)], FADE_IN: [(first, 1), (after, 0)],
            FADE_OUT: [(first, 0), (after, 1)]}[kind]  # fmt: skip
    assert [tuple(key.co) for key in curve.keyframe_points] == dark
    a, b = (next(s for s in use_of(edit, uid).strips if s.type == "SOUND") for uid in "ab")
    assert points(b) == {DIP: [(80, 0), (after, 1)], FADE_IN: [(80, 0), (after, 1)],
                         FADE_OUT: [(first, 1), (95, 0)]}[kind]  # fmt: skip
    assert points(a) == ([(first, 1), (80, 0)] if kind == DIP else [])
    assert transitions.at_beginning(edit, use_of(edit, "b")) == ("" if kind == FADE_OUT else kind)
    assert transitions.between(edit) == (kind == DIP)


def test_a_cover_lies_above_all_that_is_in_its_frames(edit, source):
    """On the lowest channel that is free there: what lies beside it, or burns in, is not in its way."""
    use = two_shots(edit, source)
    rows = (("in the middle", 3, 79, 1), ("before", 4, 60, 17), ("behind", 4, 83, 5), ("last", 5, 82, 1))
    blocks = [colour(edit, *one) for one in rows]
    transitions.add(edit, use, DIP, 6)
    assert extent(edit.sequence_editor.strips["Dip"]) == (77, 83, 4)
    strips.remove([(edit, one) for one in blocks])
    colour(edit, "burn", 12, 80, 15, **{WITH_KEY: "b", BURN_KEY: "top"})
    colour(edit, "words", 6, 80, 15, **{WITH_KEY: "b"})
    transitions.add(edit, use_of(edit, "b"), DIP, 6)
    assert extent(edit.sequence_editor.strips["Dip"]) == (77, 83, 7)
    for channel in list(edit.sequence_editor.channels)[7:]:
        channel.lock = True
    transitions.remove(edit, use_of(edit, "b"))
    edit.sequence_editor.channels[7].mute = True
    before = spans(edit)
    with pytest.raises(SceneError) as caught:
        transitions.add(edit, use_of(edit, "b"), FADE_IN, 4)
    assert said(caught) == ("no_channel", "No channel is free above the shot. Unlock one.", "retry")
    assert spans(edit) == before


def test_why_a_transition_can_not_be_made(edit, source):
    use = two_shots(edit, source)
    first = use_of(edit, "a")
    for kind in (DISSOLVE, DIP):
        with pytest.raises(SceneError) as caught:
            transitions.add(edit, first, kind, 4)
        assert said(caught)[:2] == (
            "no_cut", "No shot ends where this one begins: there is nothing to come from. Use a fade.")  # fmt: skip
    for strip in first.strips:
        strip.lock = strip.type == "SOUND"
    locked = ("locked", "A strip of the shot, or its channel, is locked. Unlock it.")
    for kind, blocked in ((DISSOLVE, True), (DIP, True), (FADE_IN, False), (FADE_OUT, False)):
        if blocked:
            with pytest.raises(SceneError) as caught:
                transitions.add(edit, use, kind, 4)
            assert said(caught)[:2] == locked
        else:
            assert transitions.add(edit, use_of(edit, "b"), kind, 4) == 4
    edit.sequence_editor.channels[use.strips[0].channel].lock = True
    with pytest.raises(SceneError) as caught:
        transitions.add(edit, use_of(edit, "b"), FADE_OUT, 4)
    assert said(caught)[:2] == locked and spans(edit)["Fade Out"][:2] == (91, 95)


def test_what_there_is_after_a_picture():
    movie = Strip("MOVIE", 50, 80, marks={OVERLAP_KEY: 4}, **{strips.CONTENT_LENGTH: 45, strips.TRIM_END: 3})
    assert transitions._frames_after(movie) == 50 + 45 - 76
    movie[strips.OWN_KEY] = 33
    assert transitions._frames_after(movie) == 83 - 76
    assert transitions._frames_after(Strip("IMAGE", marks={OVERLAP_KEY: 4})) == 1_000_000


def test_the_picture_of_a_place_is_its_highest():
    sound, low, high = Strip("SOUND", channel=9), Strip("MOVIE", channel=2), Strip("IMAGE", channel=5)
    assert transitions._picture(Use("a", 0, 1, (low, high, sound))) is high
    assert transitions._picture(Use("a", 0, 1, (sound,))) is None


def test_a_shot_that_went_on_under_the_next_ends_where_it_did(edit, source):
    """Sound that the user has made shorter stays so much shorter."""
    use = two_shots(edit, source)
    transitions.add(edit, use, DISSOLVE, 6)
    movie, sound = sorted(use_of(edit, "a").strips, key=lambda strip: strip.type)
    setattr(sound, strips.END, 83)
    transitions._draw_back(use_of(edit, "a"))
    assert (strips.end(movie), strips.end(sound)) == (80, 77)
    assert not any(OVERLAP_KEY in strip for strip in edit.sequence_editor.strips)


def test_a_dissolves_removal_leaves_both_as_they_were(edit, source):
    use = two_shots(edit, source)
    before, ids = spans(edit), {uid: [strip.name for strip in use_of(edit, uid).strips] for uid in "ab"}
    transitions.add(edit, use, DISSOLVE, 6)
    transitions.add(edit, use_of(edit, "b"), FADE_OUT, 3)
    assert not transitions.remove(edit, use_of(edit, "a")) and not transitions.remove(edit, use_of(edit, "a"), FADE_OUT)
    assert transitions.remove(edit, use_of(edit, "b")) and "Fade Out" in spans(edit)
    assert transitions.remove(edit, use_of(edit, "b"), FADE_OUT) and not transitions.remove(edit, use_of(edit, "b"))
    now = spans(edit)
    assert {name: now[name][:2] for name in before} == {name: where[:2] for name, where in before.items()}
    assert {uid: [strip.name for strip in use_of(edit, uid).strips] for uid in "ab"} == ids
    assert not [path for path, _ in keys.curves(edit)]


def test_transitions_between_moved_shots_and_their_neighbours_go(edit, source):
    for index, uid in enumerate("abcd"):
        lay(edit, source, uid, 50 + 20 * index, 70 + 20 * index, channel=2)
    for uid, kind in (("a", FADE_IN), ("b", DIP), ("c", DISSOLVE), ("d", DIP)):
        transitions.add(edit, use_of(edit, uid), kind, 4)
    transitions.add(edit, use_of(edit, "b"), FADE_OUT, 4)
    assert transitions.between(edit) == 3
    assert transitions.part(edit, [use_of(edit, "b")]) == 2  # its own, and the next one's
    assert [transitions.at_beginning(edit, use_of(edit, uid)) for uid in "abcd"] == [FADE_IN, "", "", DIP]
    assert transitions.part(edit, [use_of(edit, "a")]) == 0 and "Fade Out" in spans(edit)
    assert transitions.part(edit, [use_of(edit, "d")]) == 1 and transitions.between(edit) == 0


# --- rows, gaps and room ---


def places(*rows):
    return [Use(uid, first, after, ()) for uid, first, after in rows]


def test_gaps_stay_between_places_and_overlaps_between_neighbours():
    a, b, c = row_ = places(("a", 0, 10), ("b", 8, 20), ("c", 25, 30))
    assert order._gaps(row_, row_) == [-2, 5, 0]
    assert order._gaps(row_, [c, a, b]) == [0, -2, 0]
    assert order._gaps(row_, [b, a, c]) == [0, 5, 0]
    assert order._gaps(places(("a", 0, 10), ("b", 13, 20), ("c", 20, 30)), [b, c, a]) == [3, 0, 0]


def test_whether_the_film_goes_on_before_a_shot_ends():
    use = Use("a", 50, 70, ())
    for first, after, goes_on in ((60, 80, True), (50, 80, False), (51, 71, True), (69, 71, True), (70, 80, False),
                                  (60, 70, False), (60, 69, False), (40, 80, False)):  # fmt: skip
        assert ripple._goes_on(use, Use("b", first, after, ())) is goes_on, (first, after)


def test_room_behind_a_place_is_free_on_its_own_channels():
    own, over = Strip(first=50, after=70, channel=2), Strip("TEXT", 50, 70, channel=6)
    use = Use("a", 50, 70, (own,), (over,))
    for first, after, channel, free in ((74, 80, 2, False), (75, 80, 2, True), (60, 71, 6, False), (60, 70, 6, True),
                                        (71, 72, 3, True), (70, 71, 2, False)):  # fmt: skip
        other = Strip("IMAGE", first, after, channel)
        assert ripple._is_free(SimpleNamespace(strips=[own, over, other]), use, 5) is free, (first, after, channel)


def test_what_is_the_users_own_within_a_place(edit, source):
    lay(edit, source, "a", 50, 70)
    rows = (("whole", 8, 50, 20), ("early", 9, 49, 10), ("late", 10, 60, 11), ("inside", 11, 55, 3),
            ("beside", 12, 70, 5), ("locked", 13, 55, 3))  # fmt: skip
    made = {one[0]: colour(edit, *one) for one in rows}
    made["locked"].lock = True
    colour(edit, "ours", 14, 55, 3, **{WITH_KEY: "a"})
    effects.new_effect(edit, "follows", "GAMMA_CROSS", 15, 50, 20, made["whole"], made["inside"])
    use = use_of(edit, "a")
    assert sorted(one.name for one in order._own_within(edit, use, ALL)) == ["inside", "whole"]
    assert order._own_within(edit, use, Rules(True, False, True)) == []
    setattr(edit.sequence_editor.strips["a"], strips.END, 60)
    colour(edit, "near", 2, 62, 3)
    assert [one.name for one in order._own_within(edit, use_of(edit, "a"), Rules(True, False, True))] == ["near"]


def test_shots_that_share_a_moment_close_nothing_up(edit, source):
    """A shot that another one runs along with goes alone; one that stands by itself lets the rest close up."""
    for uid, first, after, channel in (("a", 50, 70, 2), ("b", 60, 80, 5), ("c", 80, 90, 2)):
        lay(edit, source, uid, first, after, channel=channel)
    assert order.remove(edit, "a", ALL) == 2 and row(edit) == [("b", 60, 80), ("c", 80, 90)]
    assert order.remove(edit, "b", ALL) == 2 and row(edit) == [("c", 60, 70)]


def test_an_effects_keys_go_with_what_it_is_made_of(edit):
    one, two = colour(edit, "a", 2, 50, 20), colour(edit, "b", 3, 50, 20)
    both, twice = (effects.new_effect(edit, name, "GAMMA_CROSS", channel, 50, 20, *made_of)
                   for name, channel, made_of in (("both", 5, (one, two)), ("one", 4, (one, one))))  # fmt: skip
    above = effects.new_effect(edit, "above", "GAMMA_CROSS", 6, 50, 20, twice, twice)
    for strip in (both, twice, above):
        strip.blend_alpha = 0.5
        strip.keyframe_insert("blend_alpha", frame=55)

    def frames():
        return {path.split('"')[1]: curve.keyframe_points[0].co.x for path, curve in keys.curves(edit)}

    shift.move_effects_animation(edit, {"a": 7})
    assert frames() == {"both": 55, "one": 62, "above": 62}  # one of two stays
    shift.move_effects_animation(edit, {"a": 7, "b": 6})
    assert frames() == {"both": 55, "one": 69, "above": 69}
    shift.move_effects_animation(edit, {"a": -3, "b": -3, "above": 50})
    assert frames() == {"both": 52, "one": 66, "above": 69}  # what moves by itself has its keys along


def test_what_is_connected_is_connected_in_the_whole_edit(edit):
    """Also where a meta strip is open, which stays open."""
    one, two, part = (colour(edit, name, channel, 50, 10) for channel, name in enumerate(("a", "b", "part"), 2))
    meta = edit.sequence_editor.strips.new_meta("meta", 9, 80)
    part.move_to_meta(meta)
    edit.sequence_editor.display_stack(meta)
    connect.connect(edit, [one, two])
    assert [strip.name for strip in edit.sequence_editor.meta_stack] == ["meta"]
    edit.sequence_editor.display_stack(None)
    one.split(55, "SOFT")
    assert sorted(strip.name.partition(".")[0] for strip in edit.sequence_editor.strips) == ["a", "a", "b", "b", "meta"]


# --- lengths and beds ---


def test_the_length_of_a_card_is_whole_frames_of_each_edit(edit, source, monkeypatch):
    shot = shot_list.add_shot(bpy.context.scene)
    told = []
    monkeypatch.setattr(fit, "set_length_everywhere", lambda film, uid, frames: told.append((film.name, uid, frames)))
    lay(edit, source, shot.uid, 50, 70)
    edit.take_one.ripple = True
    for seconds in (1.27, 2.0):
        shot.seconds = seconds
    assert told == [("Edit", shot.uid, 32), ("Edit", shot.uid, 50)]
    card = SimpleNamespace(uid=shot.uid, seconds=0.001, id_data=SimpleNamespace(library=None))
    fit.follow(card)
    assert told.pop() == ("Edit", shot.uid, 1)
    card.id_data.library = "linked"
    fit.follow(card)
    fit.length_from_strip(edit, use_of(edit, shot.uid), shot)
    assert shot.seconds == pytest.approx(0.8) and told[-1] == ("Edit", shot.uid, 20)
    edit.take_one.ripple = False
    fit.follow(shot)
    assert len(told) == 3


def test_for_how_many_frames_a_strip_holds_its_last():
    """A file of 40 frames from 50 on; its handles are of 4 and 4, so that the shot is over at 86."""
    cases = [
        (90, None, 0, 0),
        (91, None, 0, 1),
        (89, None, 0, 0),
        (86, None, 0, 0),
        (85, None, 0, -1),
        (88, None, 3, -1),
        (80, 30, 0, -6),
        (84, 30, 0, 4),
    ]
    for end, own, overlap, held in cases:
        marks = {strips.HEAD_KEY: 4, strips.TAIL_KEY: 4, OVERLAP_KEY: overlap, **({strips.OWN_KEY: own} if own else {})}
        movie = Strip("MOVIE", 50, end, marks=marks, **{strips.CONTENT_LENGTH: 40, strips.TRIM_END: 0})
        assert fit.held(movie) == held


def test_a_bed_is_of_its_words_and_sound():
    talk = bed.Talk(0.5, 1.0, (("A", "en", "Go."),))
    run = bed.Run("rain", 50, 98, 24.0, talk=(talk,))
    others = [bed.Run("wind", 50, 98, 24.0, talk=(talk,)), bed.Run("rain", 50, 99, 24.0, talk=(talk,)),
              bed.Run("rain", 50, 98, 25.0, talk=(talk,)), bed.Run("rain", 50, 98, 24.0),
              bed.Run("rain", 50, 98, 24.0, talk=(bed.Talk(0.6, 1.0, talk.lines),)),
              bed.Run("rain", 50, 98, 24.0, talk=(bed.Talk(0.5, 1.1, talk.lines),)),
              bed.Run("rain", 50, 98, 24.0, talk=(bed.Talk(0.5, 1.0, (("B", "en", "Go."),)),))]  # fmt: skip
    assert len({run.mark, *(one.mark for one in others)}) == 8
    assert bed.Run("rain", 0, 48, 24.0, ("x",), (talk,), 3, 4).mark == run.mark and len(run.mark) == 16
    assert run.seed == others[1].seed != others[0].seed and float(Fraction(run.seconds)) == 2.0


def test_volumes_are_told_straight_between_points():
    assert levels.between([(10, 2.0), (20, 4.0), (40, 0.0)], 25) == 3.0
    assert [levels.between([(10, 2.0), (20, 4.0)], frame) for frame in (9, 10, 12, 20, 21)] == [2, 2, 2.4, 4, 4]


def test_an_edit_without_ripple_keeps_its_order(edit, source):
    lay(edit, source, "a", 50, 70)
    lay(edit, source, "b", 70, 80)
    assert order.arrange(edit, ["b", "a"], OFF) == 0 and row(edit) == [("a", 50, 70), ("b", 70, 80)]
    use_of(edit, "b").strips[0].lock = True
    assert order.arrange(edit, ["b", "a"], ALL) == 0 and [use.shot_uid for use in uses.uses(edit)] == ["a", "b"]
