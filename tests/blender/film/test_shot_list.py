"""The list of shots: in which order, which one is shown and found, in a file of several scenes; and its takes' order,
numbers and ends, as data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import bpy
import pytest
import stand_in
from rooms import camera
from take_one.client.protocol import Direction, TakeRequest
from take_one.scene.app.app import app
from take_one.scene.model import lent
from take_one.scene.model.properties.rates import frame_rate
from take_one.scene.model.shots import shot_list, shown, takes
from take_one.scene.model.shots.kept import Kept
from take_one.scene.stills.borrow.borrowed import borrowing


@pytest.fixture
def scene():
    """A scene of four shots at frame 9, and behind it one that is in the window, at frame 70."""
    scene = bpy.context.scene
    for name in "ABCD":
        shot_list.add_shot(scene).name = name
    scene.frame_set(9)
    window = bpy.data.scenes.new("Window")
    window.frame_set(70)
    bpy.context.window.scene = window
    return scene


def names(scene):
    state = scene.take_one
    return "".join(shot.name for shot in state.shots), state.shots[state.active_shot].name


@pytest.mark.parametrize(
    ("name", "by", "wanted"),
    [("B", 1, "ACBD"), ("B", 7, "ACDB"), ("C", -1, "ACBD"), ("C", -7, "CABD"), ("D", 1, "ABCD"), ("A", -1, "ABCD")],
)
def test_a_shot_goes_no_further_than_the_list(scene, name, by, wanted):
    scene.take_one.active_shot = 2
    shot_list.move_shot(scene.take_one.shots["ABCD".index(name)], by)
    assert names(scene) == (wanted, "C")


@pytest.mark.parametrize(
    ("active", "gone", "wanted"), [("C", "A", "C"), ("C", "C", "D"), ("C", "D", "C"), ("D", "D", "C"), ("A", "A", "B")]
)
def test_another_shot_is_shown_where_the_shown_one_goes(scene, active, gone, wanted):
    scene.take_one.active_shot = "ABCD".index(active)
    shot_list.remove_shot(scene.take_one.shots["ABCD".index(gone)])
    assert names(scene) == ("ABCD".replace(gone, ""), wanted)


def test_a_copy_is_still_to_do(scene):
    shot = scene.take_one.shots[1]
    shot.frame, shot.frame_lock, shot.status, shot.seconds = 33, True, "APPROVED", 1.75
    shot_list.insert_copy(shot)
    copy = scene.take_one.shots[2]
    assert names(scene) == ("ABB 2CD", "B 2")
    assert (copy.frame, copy.frame_lock, copy.status, copy.seconds) == (33, True, "TODO", 1.75)


def test_a_scene_that_was_duplicated_has_an_id_and_shots_of_its_own(scene):
    ids = shot_list.ensure_ids(scene)
    other = scene.copy()
    assert shot_list.ensure_ids(scene) != ids  # it is asked first: the copy has its id now
    assert shot_list.ensure_ids(other) == ids
    uid = scene.take_one.shots[2].uid
    for one in (scene, other):
        assert shot_list.find_shot(uid, one.take_one.uid).id_data == one
    assert shot_list.find_shot(uid, "gone").uid == uid and shot_list.find_shot("gone", ids[1]) is None


def test_a_shot_that_keeps_no_frame_stands_where_its_own_scene_does(scene):
    shot = scene.take_one.shots[1]
    assert shot_list.frame_of(shot) == 9
    shot.frame, shot.frame_lock = 21, True
    assert shot_list.frame_of(shot) == 21


def test_the_shown_scene_is_the_one_with_shots_unless_the_window_has_a_camera(scene):
    window = bpy.context.scene
    scene.take_one.active_shot = 1
    assert shown.shot_scene(bpy.context) == scene and shown.shot_of(bpy.context).name == "B"
    window.camera = camera(window)
    assert shown.shot_scene(bpy.context) == window and shown.shot_of(bpy.context) == window.take_one.blank
    shot_list.add_shot(window).name = "W"
    assert shown.shot_of(bpy.context).name == "W"


def test_each_scene_shows_the_first_of_its_shots(scene):
    window = bpy.context.scene
    for name in "XYZ":
        shot_list.add_shot(window).name = name
    found = [(one.take_one.shots[index].uid, one.take_one.uid) for one, index in ((scene, 1), (window, 0), (scene, 3))]
    shown.show_first(found)
    assert (names(scene)[1], names(window)[1]) == ("B", "X")


def test_a_frame_and_a_size_that_are_lent_are_the_users_meanwhile(scene):
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 300, 200, 50
    with borrowing(scene, {"frame_float": 40.0, "render.resolution_x": 77, "render.resolution_percentage": 100}):
        assert (lent.own_frame(scene), lent.own_size(scene)) == (9, (150, 100))
        scene.frame_set(40, subframe=0.5)  # as motion blur does
        assert lent.own_frame(scene) == 9
        scene.frame_set(41)  # as the user does
        assert lent.own_frame(scene) == 41
        with borrowing(scene, {"render.resolution_x": 55}):
            assert lent.own_size(scene) == (150, 100)
        scene.frame_set(40)
    assert (lent.own_frame(scene), lent.own_size(scene)) == (9, (150, 100))


@pytest.mark.parametrize(
    ("fps", "base", "rate"),
    [
        (24, 1.0, 24),
        (30, 1.001, Fraction(30000, 1001)),
        (2997, 100.0, Fraction(30000, 1001)),
        (25, 2.0, Fraction(25, 2)),
        (60, 1.0009, Fraction(59946, 1000)),
    ],
)
def test_rates_are_exact(scene, fps, base, rate):
    scene.render.fps, scene.render.fps_base = fps, base
    assert float(frame_rate(scene)) == pytest.approx(float(rate), rel=1e-6)
    if base != 1.0009:
        assert frame_rate(scene) == rate


def take_of(shot, uid, number, status="READY"):
    take = shot.takes.add()
    take.uid, take.number, take.status = uid, number, status
    return take


def test_takes_of_one_number_stand_together(scene):
    shot = scene.take_one.shots[1]
    for uid, number in (("a", 5), ("b", 2), ("c", 2), ("d", 1), ("e", 5)):
        take_of(shot, uid, number)
    shot.active_take = 2
    takes.sort(shot)
    assert [take.number for take in shot.takes] == [1, 2, 2, 5, 5]
    assert "".join(take.uid for take in shot.takes) == "dbcae"
    assert shot.takes[shot.active_take].uid == "c"


def test_a_take_that_an_undo_took_away_comes_back_ready_and_its_number_stays_its_own(scene):
    shot = scene.take_one.shots[1]
    takes.remember(shot, take_of(shot, "k1", 7))
    shot.takes.clear()
    assert takes.next_number(shot) == 8
    takes.restore_after_undo()
    shot.takes[0].status = "WAITING"
    takes.restore_after_undo()
    assert [(take.uid, take.number, take.status) for take in shot.takes] == [("k1", 7, "READY")]


def test_a_number_that_is_being_made_is_not_given_again(scene):
    shot, other = scene.take_one.shots[1], scene.take_one.shots[2]
    stand_in.attach()
    app().state.jobs["x"] = takes_job(shot, 12)
    assert (takes.next_number(shot), takes.next_number(other)) == (13, 1)
    shot.last_number = 30
    assert takes.next_number(shot) == 31


def takes_job(shot, number):
    from take_one.scene.app.state import Job

    return Job("x", stand_in.binding_of(shot, "x", number))


def test_takes_of_a_clip_of_several_shots_wait_for_its_job(scene):
    shot = scene.take_one.shots[1]
    for number, uid in enumerate(("k1", "k1-2", "k2-1"), 1):
        take_of(shot, uid, number, "WAITING")
    takes.reconcile({"k1"})
    assert [take.status for take in shot.takes] == ["WAITING", "WAITING", "CANCELLED"]


def test_what_is_remembered_of_another_file_stays_its_own(scene):
    part = app().part(takes.Remembered)
    part.ids, part.takes = {1: ("old", "s1"), 2: ("other", "s2")}, {("old", "a"): {}, ("other", "a"): {"k": {}}}
    takes.file_renamed("old", "new")
    assert part.ids == {1: ("new", "s1"), 2: ("other", "s2")}
    assert part.takes == {("new", "a"): {}, ("other", "a"): {"k": {}}}


def test_a_takes_length_is_its_shots_without_the_handles(scene):
    request = TakeRequest("draft", Direction("x"), (), 2.5, Fraction(24), (640, 360), 3)
    binding = replace(stand_in.binding_of(scene.take_one.shots[0]), head=6, tail=18)
    assert takes.about(Kept(replace(request, binding=binding)), "draft") == "1.5 s, 640 x 360, draft"
