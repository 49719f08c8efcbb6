"""Parts of the cut in figures: beds one after the other, what follows a shot, what is locked, what transitions need."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
from cutting import ALL, OFF, colour, extent, lay, points, row, spans, use_of
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, strips
from take_one.scene.edit.cut import bed, fit, levels, ripple, uses
from take_one.scene.edit.cut.ripple import Rules
from take_one.scene.edit.cut.uses import BED_KEY, BOARD_KEY, OVERLAP_KEY, WITH_KEY
from take_one.scene.model.properties.edit_properties import Followers
from take_one.scene.model.shots import shot_list


def a_shot(name, sound="", seconds=1.0, *lines):
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name, shot.sound, shot.seconds = name, sound, seconds
    for speaker, words in lines:
        line = shot.lines.add()
        line.speaker, line.line = speaker, words
    return shot.uid


# Beds


def told(runs):
    return [(run.words, run.start, run.end, run.fade_in, run.fade_out) for run in runs]


def test_beds_run_through_neighbours_of_one_sound_and_into_each_other(edit, source):
    """Half a second of each overlaps the other: 12 frames of 25 a second, and no more than half of the shorter one."""
    rows = (("rain", 50, 80), ("rain", 80, 100), ("wind", 100, 150), ("sea", 150, 160), ("", 160, 170),
            ("fire", 184, 220), ("far", 245, 270))  # fmt: skip
    uids = []
    for number, (sound, first, after) in enumerate(rows):
        uids.append(a_shot(f"S{number}", sound))
        lay(edit, source, uids[-1], first, after)
    runs = bed.runs(edit)
    assert told(runs) == [
        ("rain", 50, 112, 0, 24), ("wind", 88, 155, 24, 10), ("sea", 145, 191, 10, 14), ("fire", 177, 220, 14, 0),
        ("far", 245, 270, 0, 0),
    ]  # fmt: skip
    assert [run.shots for run in runs] == [tuple(uids[:2]), (uids[2],), (uids[3],), (uids[5],), (uids[6],)]
    assert {run.rate for run in runs} == {25.0}
    edit.render.fps = 1
    assert told(bed.runs(edit))[0] == ("rain", 50, 101, 0, 2), "a frame at least"


def test_what_is_said_is_told_from_the_beds_first_frame_on(edit, source):
    """A bed that begins earlier, and shots whose strips are trimmed or are boards."""
    lay(edit, source, a_shot("Wind", "wind"), 60, 100)
    first = a_shot("A", "rain", 1.0, ("Ann", "Oui."), ("Bob", "  "), ("", "No."))
    lay(edit, source, first, 100, 120, handles=(3, 5))
    silent = a_shot("B", "rain")
    lay(edit, source, silent, 120, 130)
    uid = a_shot("C", "rain", 1.2, ("Cid", "Si."))
    board.lay(edit, shot_list.find_shot(uid), 130, (64, 36))
    wind, rain = bed.runs(edit)
    assert (wind.talk, told([rain])) == ((), [("rain", 88, 160, 24, 0)])
    assert [(one.start, one.seconds, [line[::2] for line in one.lines]) for one in rain.talk] == [
        (pytest.approx(12 / 25), pytest.approx(32 / 25), [("Ann", "Oui."), ("", "No.")]),
        (pytest.approx(42 / 25), pytest.approx(30 / 25), [("Cid", "Si.")]),
    ]  # fmt: skip
    assert rain.talk[0].lines[0][1] == shot_list.find_shot(first).lines[0].language
    use = use_of(edit, first)
    assert bed._spoken_in(use) == (100, 32)
    for strip in use.strips:
        setattr(strip, strips.START, 110)
    assert bed._spoken_in(use_of(edit, first)) == (100, 32)
    wind, rain = bed.runs(edit)
    assert (rain.start, rain.talk[0].start) == (98, pytest.approx(12 / 25)), "not before its bed"


def test_under_a_bed_takes_are_silent_but_for_their_lines(edit, source):
    speaks, silent, other = a_shot("A", "rain", 1.0, ("Ann", "Oui.")), a_shot("B", "rain"), a_shot("C", "wind")
    _, voice = lay(edit, source, speaks, 100, 130)
    _, still = lay(edit, source, silent, 130, 150)
    _, away = lay(edit, source, other, 150, 170)
    _, again = lay(edit, source, silent, 300, 320, take="again")
    run = bed.Run("rain", 90, 150, 25.0, (speaks, silent))
    ducking = [(0.0, 0.0), (0.8, 0.0), (1.0, -6.0), (1.2, 0.0)]
    (laid,) = bed.lay(edit, [(run, source, ducking)])
    assert (extent(laid), laid.name, laid[BED_KEY], laid.select, laid.color_tag) == (
        (90, 150, 3), "Bed 1: rain", run.mark, False, "COLOR_08",
    )  # fmt: skip
    assert [(frame, round(volume, 3)) for frame, volume in points(laid)] == [
        (90, 1), (110, 1), (115, 0.501), (120, 1), (150, 1),
    ]  # fmt: skip
    assert points(voice) == [(100, 0), (110, 0), (115, 1), (120, 0), (130, 0)] and not voice.mute
    assert (still.mute, away.mute, again.mute) == (True, False, False)
    assert [bed.QUIET_KEY in one for one in (voice, still, away, again)] == [True, True, False, False]
    assert bed.remove(edit) == 1 and bed.remove(edit) == 0
    assert (points(voice), still.mute) == ([], False)
    assert not [one for one in (voice, still) if bed.QUIET_KEY in one or levels.SHAPE_KEY in one]
    bed.lay(edit, [(run, source, ducking)], bed.ALL)
    assert (still.mute, points(voice)) == (False, []) and len(bed.beds(edit)) == 1
    still.mute = True
    voice.keyframe_insert("volume", frame=105)
    bed.lay(edit, [(run, source, ducking)])
    assert bed.QUIET_KEY not in still and bed.QUIET_KEY not in voice and points(voice) == [(105, 1)]
    bed.remove(edit)
    assert still.mute, "the user had it off"


def test_beds_that_can_not_be_laid_leave_none(edit, source, tmp_path, monkeypatch):
    lay(edit, source, a_shot("A", "rain"), 100, 130)
    run, none = bed.Run("x" * 80, 100, 120, 25.0), [(0.0, 0.0)]
    (laid,) = bed.lay(edit, [(run, source, none)])
    assert laid.name == f"Bed 1: {'x' * 53}" and extent(laid) == (100, 120, 3)

    def refuse(*_):
        raise RuntimeError("no sound")

    editor = SimpleNamespace(strips=SimpleNamespace(new_sound=refuse))
    monkeypatch.setattr(strips, "usable_channels", lambda *_: [5])
    with pytest.raises(SceneError, match=r"Blender can't read the ambience bed .*none\.flac\. Lay it again") as caught:
        bed._lay(edit, editor, run, tmp_path / "none.flac", [], 1)
    assert (caught.value.code, caught.value.fix) == ("clip_unreadable", "retry")
    free = iter([[5], []])
    monkeypatch.setattr(strips, "usable_channels", lambda *_: next(free))
    with pytest.raises(SceneError, match="No channel is free for the ambience bed") as caught:
        bed.lay(edit, [(run, source, none), (run, source, none)])
    assert (caught.value.code, caught.value.fix, bed.beds(edit)) == ("no_channel", "retry", [])


def test_a_bed_is_stale_once_the_edit_wants_another(edit, source):
    lay(edit, source, a_shot("A", "rain"), 100, 130)
    assert not bed.is_stale(edit), "there is none"
    (run,) = bed.runs(edit)
    bed.lay(edit, [(run, source, [(0.0, 0.0)])])
    assert not bed.is_stale(edit)
    shot = bpy.context.scene.take_one.shots[0]
    for name, value in (("sound", "wind"), ("sound", "")):
        before = getattr(shot, name)
        setattr(shot, name, value)
        assert bed.is_stale(edit)
        setattr(shot, name, before)
    assert not bed.is_stale(edit)
    setattr(bed.beds(edit)[0], strips.END, 129)
    assert bed.is_stale(edit)
    colour(edit, "stranger", 9, 100, 30, **{BED_KEY: "x"})
    assert len(bed.beds(edit)) == 1 and bed.beds(bpy.data.scenes.new("bare")) == []


def test_fades_of_beds_have_equal_power_and_end_where_they_end(edit):
    for run, found in (
        (bed.Run("x", 50, 98, 24.0), [(50, 1), (98, 1)]),
        (bed.Run("x", 50, 98, 24.0, fade_in=8), [(50, 0), (54, 0.7071), (58, 1), (98, 1)]),
        (bed.Run("x", 50, 98, 24.0, fade_out=6), [(50, 1), (92, 1), (95, 0.7071), (98, 0)]),
    ):
        gains = bed._gains(run, [(0.0, 0.0)])
        assert [(frame, round(volume, 4)) for frame, volume in gains] == found
    late = bed._gains(bed.Run("x", 50, 98, 24.0), [(0.0, -20.0), (9.0, -20.0)])
    assert [(frame, round(volume, 4)) for frame, volume in late] == [(50, 0.1), (98, 0.1)], "as far as the bed goes"


# What is there


def test_where_shots_stand(edit):
    assert uses.uses(bpy.data.scenes.new("bare")) == []
    for name, channel, first, count, keys_of in (
        ("second", 2, 80, 10, {"take_one_shot": "b"}), ("first", 3, 50, 20, {"take_one_shot": "a"}),
        ("beside", 4, 60, 20, {"take_one_shot": "a"}), ("apart", 3, 80, 5, {"take_one_shot": "a"}),
        ("over", 5, 79, 9, {WITH_KEY: "a"}), ("far", 6, 90, 9, {WITH_KEY: "a"}), ("long", 7, 50, 60, {WITH_KEY: "b"}),
        ("under", 8, 100, 20, {"take_one_shot": "c", OVERLAP_KEY: 6}), ("stranger", 9, 70, 9, {"take_one_shot": 3}),
        ("whole", 10, 130, 5, {"take_one_shot": "d", OVERLAP_KEY: 9}),
    ):  # fmt: skip
        colour(edit, name, channel, first, count, **keys_of)
    found = [(use.shot_uid, use.start, use.end, use.length, [one.name for one in use.strips],
              [one.name for one in use.over]) for use in uses.uses(edit)]  # fmt: skip
    assert found == [
        ("a", 50, 80, 30, ["first", "beside"], ["over"]), ("a", 80, 85, 5, ["apart"], ["over"]),
        ("b", 80, 90, 10, ["second"], ["long"]), ("c", 100, 114, 14, ["under"], []), ("d", 130, 131, 1, ["whole"], []),
    ]  # fmt: skip
    assert [(use.start, use.is_board) for use in uses.uses_of(edit, "a")] == [(50, False), (80, False)]
    edit.sequence_editor.strips["beside"][BOARD_KEY] = True
    assert [use.is_board for use in uses.uses_of(edit, "a")] == [True, False]
    assert [one.name for one in use_of(edit, "a").all] == ["first", "beside", "over"]


def test_the_first_picture_of_a_shot_and_what_it_hears(edit, source):
    assert fit.movie_of_shot(bpy.data.scenes.new("bare"), "a") is None
    lay(edit, source, "a", 90, 100)
    movie, sound = lay(edit, source, "a", 50, 60, take="early")
    lay(edit, source, "b", 10, 20)
    assert fit.movie_of_shot(edit, "a") == movie and fit.movie_of_shot(edit, "gone") is None
    assert fit.movie_of(SimpleNamespace(strips=[sound])) is None and fit.movie_of(use_of(edit, "a")) == movie


# What follows


def test_what_moves_and_what_stays(edit, source):
    lay(edit, source, "a", 50, 70)
    lay(edit, source, "b", 70, 80)
    colour(edit, "ours' channel", 2, 95, 5)
    colour(edit, "other", 9, 70, 5)
    colour(edit, "before", 10, 69, 5)
    colour(edit, "locked", 11, 90, 5).lock = True
    colour(edit, "locked channel", 12, 90, 5)
    edit.sequence_editor.channels[12].lock = True
    for frame in (69, 70):
        edit.timeline_markers.new(f"m{frame}", frame=frame)
    before = spans(edit)

    def moved():
        now = spans(edit)
        return {name for name in before if now[name] != before[name]}, [one.frame for one in edit.timeline_markers]

    ours = {"b", "b sound", "ours' channel"}
    for rules, names, frames in (
        (OFF, set(), [69, 70]), (Rules(True, False, False), ours, [69, 70]),
        (Rules(True, True, False), ours | {"other"}, [69, 70]), (ALL, ours | {"other"}, [69, 77]),
    ):  # fmt: skip
        assert ripple.ripple(edit, 70, 7, rules) == 0
        assert moved() == (names, frames)
        ripple.ripple(edit, 77, -7, rules)
        assert moved()[0] == set()
    assert ripple.ripple(edit, 70, 5, ALL, keep=["other", "b"]) == 0
    assert moved()[0] == {"b sound", "ours' channel"}
    assert ripple.ripple(bpy.data.scenes.new("bare"), 1, 5, ALL) == 0 and ripple.ripple(edit, 70, 0, ALL) == 0
    state = edit.take_one
    for values in ((True, False, True), (False, True, False)):
        state.ripple, state.ripple_others, state.ripple_markers = values
        assert Rules.of(edit) == Rules(*values)


def test_what_lies_over_a_shot_as_it_gets_longer(edit, source):
    """What ends with it ends later, what lies at its end goes along, what ends before stays; keys of its end too."""
    _, sound = lay(edit, source, "a", 50, 70)
    over = {"along": (5, 50, 20), "early": (6, 52, 5), "late": (7, 62, 5), "end": (8, 60, 10), "half": (9, 59, 11)}
    for name, (channel, first, count) in over.items():
        colour(edit, name, channel, first, count, **{WITH_KEY: "a"})
    for frame in (55, 65):
        sound.volume = 0.5
        sound.keyframe_insert("volume", frame=frame)
    sound[levels.VOLUME_KEY] = 0.5
    assert ripple.set_length(edit, use_of(edit, "a"), 26, ALL)
    found = {name: where[:2] for name, where in spans(edit).items()}
    assert found == {
        "a": (50, 76), "a sound": (50, 76), "along": (50, 76), "early": (52, 57), "late": (68, 73), "end": (66, 76),
        "half": (59, 76),
    }  # fmt: skip
    assert [frame for frame, _ in points(sound)] == [55, 71]
    assert not ripple.is_locked(edit.sequence_editor, sound)
    sound.lock = True
    assert ripple.is_locked(edit.sequence_editor, sound) and not ripple.set_length(edit, use_of(edit, "a"), 30, ALL)
    assert ripple.set_length(edit, use_of(edit, "a"), 26, ALL), "it has this length"


def test_every_use_gets_the_length_or_it_is_said(edit, source):
    lay(edit, source, "a", 50, 60)
    lay(edit, source, "b", 60, 70)
    lay(edit, source, "a", 70, 80, take="again")
    edit.take_one.ripple = True
    assert ripple.set_length_everywhere(edit, "a", 15)
    assert row(edit) == [("a", 50, 65), ("b", 65, 75), ("a", 75, 90)]
    edit.take_one.ripple = False
    assert not ripple.set_length_everywhere(edit, "a", 18), "the first has no room"
    assert row(edit) == [("a", 50, 65), ("b", 65, 75), ("a", 75, 93)]


def test_edits_that_ripple_follow_the_card(edit, source):
    uid = a_shot("A", "", 1.0)
    lay(edit, source, uid, 50, 75)
    other = bpy.data.scenes.new("Other")
    other.render.fps = 30
    strips.place(other, source, name="o", shot_uid=uid, take_uid="o", frame=10)
    shot = shot_list.find_shot(uid)
    assert app().part(Followers).of_length == [fit.follow]
    shot.seconds = 0.8
    assert row(edit) == [(uid, 50, 75)] and row(other) == [(uid, 10, 50)]
    edit.take_one.ripple = True
    shot.seconds = 0.6
    assert row(edit) == [(uid, 50, 65)] and row(other) == [(uid, 10, 50)]
    other.take_one.ripple = True
    fit.follow(shot)
    assert row(other) == [(uid, 10, 28)]
