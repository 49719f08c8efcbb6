"""A board's pictures, drawn one by one: by which camera, at which frame and size, while Blender renders, and after."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import camera
from take_one.client.protocol import Price
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, edit_scene, strips
from take_one.scene.edit.cut import effects
from take_one.scene.model.shots import shot_list
from take_one.scene.session import jobs
from take_one.scene.session.board import drawing, wanted
from take_one.scene.session.press import quotes
from take_one.scene.session.server import connection
from take_one.scene.stills import capture, viewport


@pytest.fixture
def scene(tmp_path):
    """A saved scene that stands at 9, with three shots; the second keeps frame 44 and has a still."""
    stand_in.attach()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 1280, 540
    scene.camera = camera(scene, "Main")
    for name in "ABC":
        shot = shot_list.add_shot(scene)
        shot.name, shot.seconds = name, 1.0
    second = scene.take_one.shots[1]
    second.camera, second.frame, second.frame_lock, second.still = camera(scene, "Own"), 44, True, "//kept.png"
    scene.frame_set(9)
    return scene


def uids(scene):
    return [(shot.uid, scene.take_one.uid) for shot in scene.take_one.shots]


def part():
    return app().part(drawing.Drawing)


def test_a_picture_is_rendered_by_its_own_camera_at_its_own_frame(scene, monkeypatch):
    asked = []

    def take(context, where, folder, **said):
        asked.append((where, said))
        (folder / "x.png").write_bytes(said["camera"].name.encode())
        return capture.Still(folder / "x.png", 1, 1, "VIEWPORT")

    monkeypatch.setattr(capture, "capture", take)
    first, second, _ = uids(scene)
    for one, name, frame in ((first, "Main", 9), (second, "Own", 44)):
        path = drawing.draw(bpy.context, one)
        shot = shot_list.find_shot(*one)
        assert (path, path.read_bytes()) == (board.picture_of(shot), name.encode())
        assert asked.pop() == (scene, {"source": "VIEWPORT", "camera": bpy.data.objects[name], "frame": frame})
    assert [shot.still for shot in scene.take_one.shots] == ["//takes/A/stills/A_t000/board.png", "//kept.png", ""]
    with pytest.raises(SceneError, match="The shot is gone") as caught:
        drawing.draw(bpy.context, ("gone", scene.take_one.uid))
    assert caught.value.code == "no_shot"

    def leave(*_, **_more):
        scene.take_one.shots.remove(2)
        return take(*_, **_more)

    monkeypatch.setattr(capture, "capture", leave)
    assert drawing.draw(bpy.context, uids(scene)[2]).read_bytes() == b"Main", "the shot went meanwhile"


def test_where_a_view_shows_the_scene_it_draws_the_picture(scene, monkeypatch):
    drawn, updated = [], []
    layer = SimpleNamespace(update=lambda: updated.append(scene.frame_float))
    view = SimpleNamespace(window=SimpleNamespace(view_layer=layer))
    monkeypatch.setattr(viewport, "find_view", lambda context, where: view if where == scene else None)
    monkeypatch.setattr(
        viewport, "save_quick_still",
        lambda *said: drawn.append((*said, scene.frame_float, scene.camera.name)),
    )  # fmt: skip
    for one in uids(scene)[:2]:
        drawing.draw(bpy.context, one)
    eyes, shots = bpy.data.objects, scene.take_one.shots
    assert drawn == [
        (view, scene, eyes["Main"], board.picture_of(shots[0]), 9, "Main"),
        (view, scene, eyes["Own"], board.picture_of(shots[1]), 44, "Own"),
    ]  # fmt: skip
    assert (updated, scene.frame_float, scene.camera.name) == ([9, 44], 9, "Main")


def test_pictures_are_as_large_as_they_will_be_looked_at(scene, monkeypatch):
    assert drawing.look_size(scene) == (1280, 540)
    monkeypatch.setattr(drawing, "bpy", SimpleNamespace(app=SimpleNamespace(background=False)))
    assert drawing.look_size(scene) == (640, 270)
    for size, seen in (
        ((640, 4), (640, 4)),
        ((320, 180), (320, 180)),
        ((1300, 4), (640, 2)),
        ((1281, 541), (640, 270)),
    ):
        scene.render.resolution_x, scene.render.resolution_y = size
        assert drawing.look_size(scene) == seen


def test_boards_are_drawn_now_in_the_background_else_by_the_timer(scene, monkeypatch):
    done = []
    monkeypatch.setattr(drawing, "now", lambda _context, pictures: done.append(("now", pictures)))
    monkeypatch.setattr(drawing, "begin", lambda *said: done.append(("begin", *said)))
    drawing.begin_or_draw(bpy.context, ["a"])
    monkeypatch.setattr(drawing, "bpy", SimpleNamespace(app=SimpleNamespace(background=False)))
    drawing.begin_or_draw(bpy.context, ["b"])
    assert done == [("now", ["a"]), ("begin", ["b"], [])]


def test_one_timer_draws_and_then_makes_takes(scene, monkeypatch):
    tasks, drawn, started = [], [], []
    monkeypatch.setattr(timer, "every", lambda task, after: tasks.append((task, after)))
    monkeypatch.setattr(drawing, "draw", lambda _context, one: drawn.append(one))
    monkeypatch.setattr(drawing, "_take_next", lambda part: started.append(part.takes.popleft()))
    first, second, third = uids(scene)
    before = app().state.revision
    drawing.begin([], [])
    assert tasks == [] and app().state.revision > before
    drawing.begin([first], [second])
    drawing.begin([first, third], [second, third])
    assert [after for _, after in tasks] == [drawing.PAUSE] == [0.01] and tasks[0][0] == drawing._step
    assert (list(part().pictures), list(part().takes), part().count) == ([first, third], [second, third], 2)
    rendering = [True]
    app_ = SimpleNamespace(is_job_running=lambda kind: kind == "RENDER" and rendering[0], background=True)
    monkeypatch.setattr(drawing, "bpy", SimpleNamespace(app=app_, context=bpy.context))
    assert drawing._step() == drawing.PAUSE * 10 and drawn == []
    rendering[0] = False
    before = app().state.revision
    assert [drawing._step() for _ in range(2)] == [drawing.PAUSE] * 2 and drawn == [first, third]
    assert app().state.revision == before + 2 and len(part().steps) == 2
    rendering[0] = True  # takes wait for their own stills
    assert [drawing._step() for _ in range(2)] == [drawing.PAUSE, None] and started == [second, third]
    drawing.begin([], [first])
    assert len(tasks) == 2 and part().steps == []


def test_a_picture_that_can_not_be_drawn_is_said_and_left(scene, monkeypatch):
    shown, first, second = [], *uids(scene)[:2]
    monkeypatch.setattr(timer, "every", lambda *_: None)
    monkeypatch.setattr(drawing, "show", shown.append)
    ticks = iter([10.0, 10.25, 20.0, 21.5])
    monkeypatch.setattr(drawing, "time", SimpleNamespace(perf_counter=lambda: next(ticks)))

    def draw(_context, one):
        if one == first:
            raise SceneError("no_camera", "It has none.")
        drawing.stop()  # the user is quick

    monkeypatch.setattr(drawing, "draw", draw)
    drawing.begin([first, second], [second])
    drawing._step()
    assert (app().state.last_error.message, list(part().pictures), drawing.progress()) == (
        "It has none.", [second], (1, 2),
    )  # fmt: skip
    drawing._step()
    assert (shown, part().steps, list(part().takes)) == ([[first], [second]], [0.25, 1.5], [])


def test_new_pictures_are_read_by_each_edit_once(scene, monkeypatch):
    edit, other = edit_scene.ensure_edit_scene(bpy.context, scene), bpy.data.scenes.new("Other")
    first, second, third = scene.take_one.shots
    uses = [board.lay(where, shot, frame, (64, 27)) for where, shot, frame in (
        (edit, first, 10), (edit, second, 40), (other, second, 10),
    )]  # fmt: skip
    refreshed = []
    monkeypatch.setattr(strips, "refresh", lambda where: refreshed.append(where.name))
    drawing.show([(third.uid, scene.take_one.uid), ("gone", "gone"), (first.uid, scene.take_one.uid)])
    assert refreshed == ["Edit"]
    sizes = [tuple(use.strips[0][strips.SIZE_KEY]) for use in uses]
    assert sizes == [(1280, 540), (64, 27), (64, 27)]
    drawing.show(uids(scene))
    assert sorted(refreshed[1:]) == ["Edit", "Other"]
    assert {tuple(use.strips[0][strips.SIZE_KEY]) for use in uses} == {(1280, 540)}


def test_a_shot_that_the_edit_shows_gets_no_board_and_keeps_its_still(scene):
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    first, second, third = scene.take_one.shots
    strip = effects.new_effect(edit, "taken", "COLOR", 3, 20, 10)
    strip[strips.SHOT_KEY], strip[strips.TAKE_KEY] = third.uid, "k1"
    edit.frame_end = 500
    laid = drawing.lay(bpy.context, uids(scene), [(50, None), (100, 7), (200, 5)])
    assert (laid.count, edit.frame_end) == (2, 500)
    assert [(use.start, use.end) for shot in (first, second, third) for _, use in board.boards_of(shot.uid)] == [
        (50, 74), (100, 107),
    ]  # fmt: skip
    assert (second.still, third.still) == ("//kept.png", "")
    again = drawing.lay(bpy.context, uids(scene)[2:], [(200, 5)])
    assert (again.count, again.edit) == (0, edit)


@pytest.mark.parametrize(("code", "left"), [("unseen_picture", 1), ("too_long", 0)])
def test_what_is_of_one_shot_alone_keeps_no_other_from_being_made(scene, monkeypatch, code, left):
    first, second = uids(scene)[:2]
    monkeypatch.setattr(timer, "every", lambda *_: None)
    monkeypatch.setattr(connection, "ensure", lambda: None)
    monkeypatch.setattr(quotes, "of_card", lambda _shot: SimpleNamespace(cost=Price(2.0)))
    asked, pressed = [], []

    def make_order(_context, shot, call):
        asked.append((shot.name, call.placement))
        if shot.name == "A":
            raise SceneError(code, "It can't.")
        return SimpleNamespace(cost=None)

    monkeypatch.setattr(drawing, "make_order", make_order)
    monkeypatch.setattr(jobs, "start", lambda order: ["k1"])
    monkeypatch.setattr(quotes, "of_order", lambda order: SimpleNamespace(cost=Price(3.0)))
    monkeypatch.setattr(quotes, "pressed", lambda *said: pressed.append(said))
    drawing.begin([], [("gone", "gone"), first, second])
    part().takes.appendleft(("gone", "gone"))
    assert drawing._step() == drawing.PAUSE and asked == []
    drawing._step()
    assert (asked, app().state.last_error.message, len(part().takes)) == ([("A", "REPLACE")], "It can't.", left)
    assert set(app().part(quotes.Quotes).queued) == ({second[0]} if left else set())
    drawing._step()
    assert pressed == ([(["k1"], Price(3.0))] if left else [])


def test_a_wanted_shot_has_the_card_of_its_model_or_of_its_own_scene(scene):
    other, eye = bpy.data.scenes.new("Other"), camera(scene, "New")
    scene.take_one.blank.prompt = "of the blank card"
    model = scene.take_one.shots[1]
    model.prompt, model.name, model.still_source = "pan", "Model", "VIEWPORT"
    one = wanted.Wanted(other, "There", eye, 7, 2.0)
    ((uid, home),) = wanted.ensure([one], model)
    made = other.take_one.shots[0]
    assert (uid, home, made.prompt, made.still_source, made.frame) == (
        made.uid, other.take_one.uid, "pan", "VIEWPORT", 7,
    )  # fmt: skip
    blank = wanted.Wanted(scene, "Model", eye, 8, None)
    wanted.ensure([blank], scene.take_one.blank)
    made = scene.take_one.shots[3]
    assert (made.prompt, made.name, made.frame) == ("of the blank card", "Model 2", 8)
    assert [len(list(scene_.take_one.shots)) for scene_ in (scene, other)] == [4, 1]


def test_only_scene_strips_of_other_scenes_are_wanted(scene):
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.camera = camera(edit, "of the edit")
    row = edit.sequence_editor.strips
    strip = row.new_scene("Shown", scene, 3, 20)
    itself = SimpleNamespace(type="SCENE", scene=edit, scene_camera=None, name="Loop", **{
        name: getattr(strip, name) for name in (strips.START, strips.END, strips.CONTENT_START, strips.LENGTH)
    })  # fmt: skip
    assert [one.name for one in wanted.from_strips(edit, [itself, strip])] == ["Shown"]
    with pytest.raises(SceneError, match="no scene strip with a camera"):
        wanted.from_strips(edit, [itself])
