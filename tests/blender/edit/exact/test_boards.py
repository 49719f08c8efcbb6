"""Boards in figures: shots of markers, cameras and strips at rates that differ; places, words, sizes and turns."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import NEW, camera
from take_one.client.protocol import EngineInfo, Price
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import Job
from take_one.scene.edit import board, edit_scene, strips
from take_one.scene.edit.cut import effects, uses
from take_one.scene.model.shots import shot_list
from take_one.scene.session import jobs
from take_one.scene.session.board import drawing, wanted
from take_one.scene.session.press import quotes
from take_one.scene.session.server import connection


@pytest.fixture
def scene():
    """A scene of 30 frames a second that stands at 9, and an edit of 25 that begins at 101."""
    scene = bpy.data.scenes.new("Set")
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 30
    scene.frame_start, scene.frame_end = 5, 90
    scene.frame_set(9)
    scene.camera = camera(scene, "Main")
    stand_in.attach()
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.render.resolution_x, edit.render.resolution_y = 25, 128, 100
    edit.frame_start = edit.frame_end = 101
    return scene


def the_edit():
    return bpy.data.scenes["Edit"]


def told(found):
    return [(one.name, one.camera.name, one.frame, one.seconds, one.at, one.frames) for one in found]


def test_markers_stand_for_shots_until_the_next_one(scene):
    others = {name: camera(scene, name) for name in ("A", "B")}
    for name, frame, eye in (
        ("Wide", 30, "A"), ("F_45", 45, "B"), ("Marker.001", 60, "A"), ("free", 70, None), ("F_45x", 75, "B"),
        ("late", 130, "A"),
    ):  # fmt: skip
        scene.timeline_markers.new(name, frame=frame).camera = others.get(eye)
    assert told(wanted.from_markers(scene)) == [
        ("Wide", "A", 30, 0.5, None, None), ("B", "B", 45, 0.5, None, None), ("A", "A", 60, 0.5, None, None),
        ("F_45x", "B", 75, pytest.approx(55 / 30), None, None), ("late", "A", 130, 0.1, None, None),
    ]  # fmt: skip
    scene.frame_end = 135
    assert told(wanted.from_markers(scene))[-1][3] == pytest.approx(6 / 30)
    scene.frame_end = 9000
    assert told(wanted.from_markers(scene))[-1][3] == 120
    scene.timeline_markers.clear()
    with pytest.raises(SceneError, match="No marker of the scene is bound") as caught:
        wanted.from_markers(scene)
    assert caught.value.code == "no_markers"


def test_cameras_stand_for_shots_in_the_order_of_their_numbers(scene):
    found = [camera(scene, name) for name in ("Cam 10", "cam 2", "Cam 1", "Bee")]
    for frame in (20, 49):
        found[1].keyframe_insert("location", frame=frame)
    found[2].keyframe_insert("location", frame=33)  # one key is no move
    assert told(wanted.from_cameras(scene, found)) == [
        ("Bee", "Bee", 9, None, None, None), ("Cam 1", "Cam 1", 9, None, None, None),
        ("cam 2", "cam 2", 20, 1.0, None, None), ("Cam 10", "Cam 10", 9, None, None, None),
    ]  # fmt: skip
    with pytest.raises(SceneError, match="The scene has no camera") as caught:
        wanted.from_cameras(scene, [])
    assert (caught.value.code, caught.value.fix) == ("no_camera", "pick_camera")


def test_scene_strips_stand_for_shots_at_their_place(scene):
    edit, blind = the_edit(), bpy.data.scenes.new("Blind")
    row = edit.sequence_editor.strips
    second = row.new_scene("Close", scene, 3, 200)
    first = row.new_scene("Set", scene, 4, 150)
    first.scene_camera = camera(scene, "Own")
    for strip, begin, after in ((first, 160, 185), (second, 200, 210)):
        strips.trim(strip, begin, after)
    others = [row.new_scene("Blind", blind, 5, 300), effects.new_effect(edit, "c", "COLOR", 6, 400, 9)]
    assert told(wanted.from_strips(edit, [second, first, *others])) == [
        ("Own", "Own", 15, 1.0, 160, 25), ("Close", "Main", 5, 0.4, 200, 10),
    ]  # fmt: skip
    with pytest.raises(SceneError, match="no scene strip with a camera") as caught:
        wanted.from_strips(edit, others)
    assert caught.value.code == "no_strips"


@pytest.mark.parametrize(
    ("cut", "backwards", "begin", "after", "shown"),
    [
        (0, False, 160, 185, 15), (7, False, 160, 185, 15 if NEW else 22), (0, True, 160, 185, 94),
        (7, True, 160, 185, 101 if NEW else 94), (0, False, 140, 185, 5), (0, False, 290, 300, 104),
    ],
)  # fmt: skip
def test_a_scene_strips_shot_is_of_the_frame_that_it_begins_with(scene, cut, backwards, begin, after, shown):
    """Of a scene of the frames 5 to 104 that stands at 150, as the edit renders it: cut, backwards, and held before its
    first frame and after its last."""
    edit = the_edit()
    scene.frame_start, scene.frame_end = 5, 104
    strip = edit.sequence_editor.strips.new_scene("Set", scene, 4, 150)
    strip.animation_offset_start, strip.use_reverse_frames = cut, backwards
    strips.trim(strip, begin, after)
    assert [one.frame for one in wanted.from_strips(edit, [strip])] == [shown]


def test_a_shot_that_is_there_stays_and_new_ones_have_its_direction(scene):
    eye, crane = camera(scene, "Eye"), camera(scene, "Crane")
    for frame in (20, 49):
        crane.keyframe_insert("location", frame=frame)
    model = shot_list.add_shot(scene, eye)
    model.name, model.prompt, model.frame, model.frame_lock, model.still_source = "Eye", "pan", 40, True, "IMAGE"
    model.lines.add().line, model.motion, model.seconds = "Wait.", "CAMERA", 3.5
    ask = [
        wanted.Wanted(scene, "Eye", eye, 40, 1.5), wanted.Wanted(scene, "Eye", eye, 41, None),
        wanted.Wanted(scene, "Ride", crane, 20, 1.5),
    ]  # fmt: skip
    assert [(card.name, seconds, new) for card, seconds, new in wanted.cards(ask, model)] == [
        ("Eye", None, False), ("Eye", None, True), ("Eye", 1.5, True),
    ]  # fmt: skip
    found = wanted.ensure(ask, model)
    shots = list(scene.take_one.shots)
    assert found == [(shot.uid, scene.take_one.uid) for shot in shots]
    names = ("name", "prompt", "frame", "frame_lock", "still_source", "motion", "seconds")
    assert [(*(getattr(shot, name) for name in names), len(shot.lines)) for shot in shots] == [
        ("Eye", "pan", 40, True, "IMAGE", "CAMERA", 3.5, 1), ("Eye 2", "pan", 41, True, "RENDER", "WORDS", 3.5, 0),
        ("Ride", "pan", 20, True, "RENDER", "CAMERA", 1.5, 0),
    ]  # fmt: skip
    shots[0].frame_lock = False
    assert len(wanted.ensure(ask[:1], shots[0])) == 1 and len(scene.take_one.shots) == 4
    assert wanted.report(4, 3) == "4 shots, 3 of them new"
    assert wanted.natural("Cam 10b") == [(0, "cam "), (10, ""), (0, "b")]


def boards():
    return [(one.start, one.end, one.is_board) for one in uses.uses(the_edit())]


def test_boards_lie_behind_each_other_or_at_their_places(scene):
    edit = the_edit()
    for name, seconds in (("A", 1.0), ("B", 0.01), ("C", 2.0)):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.seconds = name, seconds
    uids = [(shot.uid, scene.take_one.uid) for shot in scene.take_one.shots]
    laid = drawing.lay(bpy.context, uids, [(None, None), (None, None), (200, 12)])
    assert (laid.edit, laid.count, edit.frame_end) == (edit, 3, 211)
    assert boards() == [(101, 126, True), (126, 129, True), (200, 212, True)]
    again = drawing.lay(bpy.context, uids, [(300, 5)] * 3)
    assert (again.count, len(boards()), edit.frame_end) == (0, 3, 211)
    assert [bpy.path.basename(shot.still) for shot in scene.take_one.shots] == ["board.png"] * 3
    assert drawing.look_size(scene) == (64, 36)


def test_a_board_is_picture_and_words_above_what_is_there(scene):
    edit = the_edit()
    edit.render.resolution_percentage = 50
    effects.new_effect(edit, "own", "COLOR", 2, 110, 10)
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.prompt, shot.seconds = "Hall", "x" * 159 + "\nyz", 2.0
    use = board.lay(edit, shot, 105, (32, 36), 20)
    picture, words = sorted(use.all, key=lambda strip: strip.type)
    assert [(strip.type, strip.channel, strips.start(strip), strips.end(strip)) for strip in (picture, words)] == [
        ("IMAGE", 4, 105, 125), ("TEXT", 5, 105, 125),
    ]  # fmt: skip
    assert (picture.transform.scale_x, picture.transform.scale_y) == pytest.approx((100 / 36, 100 / 36))
    assert (words.font_size, tuple(words.location), words.anchor_x, words.anchor_y) == (
        12, pytest.approx((0.5, 0.08)), "CENTER", "BOTTOM",
    )  # fmt: skip
    assert (words.use_box, tuple(words.box_color), words.wrap_width) == (
        True,
        pytest.approx((0, 0, 0, 0.6)),
        pytest.approx(0.9),
    )
    assert getattr(words, "alignment_x", "CENTER") == "CENTER"
    assert words.text == "Hall\n" + "x" * 157 + "..."
    assert picture.color_tag == words.color_tag == strips.color_of(shot.uid)
    assert not picture.select and not words.select and board.frames_of(edit, shot) == 50
    edit.render.resolution_y, edit.render.resolution_percentage = 1000, 100
    assert board.add_words(edit, shot, 20, 300, 5).font_size == 35
    shot.prompt = "x" * 160
    assert board.words_of(shot) == "Hall\n" + "x" * 160
    shot.prompt, shot.name = "", "Attic"
    board.renamed(shot)
    assert [(strip.name, getattr(strip, "text", None)) for strip in (picture, words)] == [
        ("Attic", None), ("Attic words", "Attic"),
    ]  # fmt: skip
    scale = picture.transform.scale_x
    for size, wanted_scale in (
        ((32, 36), (scale, scale)),
        ((64, 72), (scale / 2, scale / 2)),
        ((32, 72), (scale, scale / 2)),
    ):
        board.resize(use, size)
        assert (picture.transform.scale_x, picture.transform.scale_y) == pytest.approx(wanted_scale)
        assert tuple(picture[strips.SIZE_KEY]) == size


@pytest.fixture
def three(scene):
    for name in "ABC":
        shot_list.add_shot(scene, scene.camera).name = name
    return [(shot.uid, scene.take_one.uid) for shot in scene.take_one.shots]


def test_pictures_are_drawn_once_and_counted(scene, three, monkeypatch):
    drawn = []
    monkeypatch.setattr(drawing, "draw", lambda _, uids: drawn.append(uids))
    assert (drawing.progress(), drawing.cost()) == (None, "")
    drawing.begin(three[:2], [])
    drawing.begin(three[1:], [])
    assert drawing.progress() == (0, 3)
    pauses = [drawing._step()]
    assert drawing.progress() == (1, 3)
    pauses += [drawing._step(), drawing._step()]
    assert drawn == three and pauses == [drawing.PAUSE, drawing.PAUSE, None] and drawing.progress() is None
    app().part(drawing.Drawing).steps[:] = [0.25, 1.5, 0.25]
    assert drawing.cost() == "3 pictures in 2.0 s, the longest 1500 ms"
    drawing.begin(three, [])
    drawing.stop()
    assert (drawing.progress(), drawing._step()) == (None, None) and len(drawn) == 3


def test_takes_of_a_board_are_queued_once_and_all_left_where_one_can_not_be(scene, three, monkeypatch):
    price = Price(2.0)
    monkeypatch.setattr(quotes, "of_card", lambda _: SimpleNamespace(cost=price))
    monkeypatch.setattr(connection, "ensure", lambda: None)
    started = []

    def start(order):
        if order.shot_name == "B":
            raise SceneError("too_long", "It is too long.")
        started.append(order.shot_name)
        return order.keys

    monkeypatch.setattr(jobs, "start", start)
    app().state.engines = (EngineInfo("draft", "Draft"),)
    gone = ("gone", three[0][1])
    drawing.begin([], [gone, three[0], three[0], three[1], three[2]])
    part = app().part(drawing.Drawing)
    assert list(part.takes) == three and set(app().part(quotes.Quotes).queued) == {uid for uid, _ in three}
    assert drawing.queue(list(scene.take_one.shots)) == []
    assert drawing._step() == drawing.PAUSE and (started, app().state.last_error) == (["A"], None)
    assert drawing._step() is None
    assert (started, app().state.last_error.code, list(part.takes)) == (["A"], "too_long", [])
    assert app().part(quotes.Quotes).queued == {}
    first, second, third = scene.take_one.shots
    first.current_take = "k1"
    app().state.jobs["k2"] = Job("k2", stand_in.binding_of(second, "k2"))
    assert drawing.queue([first, second, third]) == [three[2]]


def test_all_pictures_are_drawn_though_one_can_not_be(scene, three, monkeypatch):
    drawn, shown = [], []

    def draw(_, uids):
        drawn.append(uids)
        if uids != three[1]:
            raise SceneError("no_camera", f"None of {three.index(uids)}.")

    monkeypatch.setattr(drawing, "draw", draw)
    monkeypatch.setattr(strips, "refresh", lambda edit: shown.append(edit.name))
    drawing.lay(bpy.context, three[:2], [(None, None)] * 2)
    with pytest.raises(SceneError, match="None of 0"):
        drawing.now(bpy.context, three)
    assert drawn == three and shown == ["Edit"]
    with pytest.raises(SceneError, match="The shot is gone"):
        monkeypatch.undo()
        drawing.draw(bpy.context, ("gone", "gone"))
