"""The renders of a still, with stand-ins for what renders and writes: what each step is given, in which order, and what
is said and undone where one fails."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
from rooms import camera
from take_one.client.protocol import Camera
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import render, render_job
from take_one.scene.stills.borrow import borrowed
from take_one.scene.stills.borrow.compositor import Composed
from take_one.scene.stills.coverage.margin import Margin
from take_one.scene.stills.files import Framing

CAMERA = Camera("perspective", 10, 8, 5.0, 4.0, 20.0, 20.0)
FRAMING = Framing(CAMERA, 100.0, 2.0)
WIDE = Margin(1, 2, 3, 4)


@pytest.fixture
def scene():
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 40, 20, 100
    scene.camera = camera(scene, "Main")
    scene.frame_set(9, subframe=0.5)
    return scene


def said(caught):
    return caught.value.code, str(caught.value), caught.value.fix


# --- a task ---


def test_what_there_is_to_render_for_a_still(scene, watch, calls, tmp_path):
    eye, shown = camera(scene, "Eye"), Composed(("A",), True)
    watch(render, composed=lambda _: shown, first_layer=lambda _: Composed(("First",), True))
    watch(render.depth_pass, needs_pass=True)
    made = render.task_of(scene, eye, tmp_path, "RENDER", None)
    assert made == render.Task(scene.session_uid, eye.session_uid, 9.5, 9.5, (40, 20), tmp_path, "RENDER", shown,
                               ["depth", "picture"])  # fmt: skip
    assert calls == [("composed", scene), ("needs_pass", scene, eye, scene.render.engine)]
    made = render.task_of(scene, eye, tmp_path, "VIEWPORT", 0.0, (6, 4), WIDE)
    assert (made.frame, made.here, made.size, made.margin, made.composed.layers) == (0.0, 9.5, (6, 4), WIDE, ("First",))
    assert made.notes == ["There is no 3D View to draw in: the still was rendered with Workbench."]
    assert calls[-1] == ("needs_pass", scene, eye, "BLENDER_WORKBENCH") and made.left == ["depth", "picture"]
    watch(render.depth_pass, needs_pass=False)
    assert render.task_of(scene, eye, tmp_path, "RENDER", 3).left == ["picture"]
    shown = Composed(("A",), False)
    calls.clear()
    made = render.task_of(scene, eye, tmp_path, "RENDER", 3)
    assert made.notes == ["The compositor moves the picture, so that no depth fits it: the move is plainer."]
    assert (made.left, calls) == (["picture"], [("composed", scene)])
    scene.view_layers[0].use = False
    scene.name = "Hall"
    with pytest.raises(SceneError) as caught:
        render.task_of(scene, eye, tmp_path, "RENDER", None)
    assert said(caught) == ("no_layer", "All view layers of scene 'Hall' are switched off: nothing would be rendered. "
                            "Switch one on (View Layer properties, Use for Rendering).", "retry")  # fmt: skip
    scene.view_layers.new("Second")
    assert render.task_of(scene, eye, tmp_path, "RENDER", None).left == ["picture"]


def task(folder, *left, **more):
    given = {"scene": 1, "camera": 2, "frame": 4.0, "here": 9.5, "size": (40, 20), "folder": folder, "source": "RENDER",
             "composed": Composed(("A", "B"), True), "left": list(left or ["picture"])}  # fmt: skip
    return render.Task(**{**given, **more})


@pytest.fixture
def begun(watch, monkeypatch):
    """What a render is begun with."""
    watch(render, still_changes=lambda *_: {"still": 1}, borrow=None, _listen=None)
    watch(render.depth_pass, pass_changes=lambda *_: {"pass": 1}, depth_changes=lambda *_: {"z": 1})
    watch(render.see_through, clear_away=None, restore=None)
    watch(render.mirrors, make_plain=None)
    watch(render.rendered, expect_wide=None)
    now = render.Rendering()
    monkeypatch.setattr(render, "state", lambda: now)
    return now


WORKBENCH = {"render.engine": "BLENDER_WORKBENCH", "render.use_compositing": False}


@pytest.mark.parametrize(
    ("left", "more", "changes"),
    [
        (("picture",), {}, {"still": 1, "z": 1}),
        (("picture",), {"has_depth": True}, {"still": 1}),
        (("picture",), {"composed": Composed(("A",), False)}, {"still": 1}),
        (("picture",), {"source": "VIEWPORT"}, {"still": 1, **WORKBENCH, "z": 1}),
        (("depth", "picture"), {}, {"still": 1, "pass": 1}),
        (("depth", "picture"), {"source": "VIEWPORT"}, {"still": 1, "pass": 1}),
        (("picture",), {"size": (40, 22)}, {"still": 1, "render.resolution_x": 40, "render.resolution_y": 22,
                                            "render.resolution_percentage": 100, "z": 1}),
    ],
)  # fmt: skip
def test_how_the_scene_is_made_ready_for_a_render(left, more, changes, scene, begun, calls, tmp_path):
    one = task(tmp_path, *left, framing=FRAMING, as_asked=False, **more)
    render.begin(one, scene, "eye")
    told = {name: given for name, *given in calls}
    assert told["still_changes"] == [scene, "eye", 4.0] and told["borrow"] == [scene, changes]
    assert ("clear_away" in told) is (left[0] == "depth")
    asked = [scene, one.composed.layers]
    assert told.get("pass_changes", [*asked, False]) == [*asked, False] and told.get("depth_changes", asked) == asked
    assert told["expect_wide"] == [None] and told["_listen"] == [True]
    assert (one.framing, one.as_asked, begun.running) == (None, True, one)
    assert "make_plain" not in told
    render.begin(task(tmp_path, left=["depth"], mirrored=True), scene, "eye")
    assert (
        calls[-4:-2] == [("clear_away", scene), ("make_plain", scene)]
        and ("pass_changes", scene, ("A", "B"), True) in calls
    )
    render.begin(task(tmp_path, margin=WIDE), scene, "eye")
    assert ("expect_wide", scene) in calls


def test_a_scene_is_given_back_and_nothing_is_listened_to_any_more(scene, begun, watch, calls):
    watch(render, give_back=None)
    begun.running = "task"
    render.end(scene)
    assert calls == [("expect_wide", None), ("_listen", False), ("restore",), ("give_back", scene)]
    assert begun.running is None
    calls.clear()
    render.end(None)
    assert [one[0] for one in calls] == ["expect_wide", "_listen", "restore"]


def test_what_is_written_of_each_render(scene, watch, calls, tmp_path):
    watch(render, framing_of=FRAMING, _known=lambda _task, _scene, one: replace(one, near=0.5))
    watch(render.files, save_picture=None, save_layers=None)
    one = task(tmp_path, "depth", "picture")
    render.save(one, scene, "eye")
    assert calls == [("framing_of", scene, "eye", {"size": (40, 20)}), ("save_layers", scene, tmp_path)]
    assert one.has_depth and one.framing is FRAMING
    one.left.pop(0)
    calls.clear()
    render.save(one, scene, "eye")
    assert calls == [("_known", one, scene, CAMERA), ("save_picture", scene, tmp_path / "still.png")]
    assert one.framing.camera.near == 0.5
    calls.clear()
    render.save(task(tmp_path, margin=WIDE), scene, "eye")
    assert [one[0] for one in calls] == ["framing_of", "_known", "save_picture", "save_layers"]
    assert calls[2] == ("save_picture", scene, tmp_path / "around.png")
    moved = task(tmp_path, composed=Composed(("A",), False))
    render.save(moved, scene, "eye")
    assert not moved.has_depth and calls[-1][0] == "save_picture"


def test_things_are_those_of_the_still_and_not_of_its_margin(watch, calls, monkeypatch):
    watch(render, with_things=lambda _scene, one: replace(one, things=(one.width,)))
    watch(render.wider, inside=replace(CAMERA, width=6))
    assert render._known(task("f"), "scene", CAMERA) == replace(CAMERA, things=(10,))
    assert render._known(task("f", margin=WIDE), "scene", CAMERA) == replace(CAMERA, things=(6,))
    assert calls[-2:] == [("inside", CAMERA, WIDE), ("with_things", "scene", replace(CAMERA, width=6))]


# --- all renders while a script waits ---


@pytest.fixture
def waiting(watch, monkeypatch):
    """A script that waits: the operator answers `answers`, one after the other."""
    made = SimpleNamespace(task=None, answers=[])

    def operator():
        made.calls.append("render")
        answer = made.answers.pop(0) if made.answers else {"FINISHED"}
        if isinstance(answer, Exception):
            raise answer
        return answer

    watch(render, check_free=None, task_of=lambda *_: made.task, begin=None, save=None, end=None, put_frame=None,
          finish="still", write_depth="depth", clean=None)  # fmt: skip
    ops = SimpleNamespace(ops=SimpleNamespace(render=SimpleNamespace(render=operator)))
    monkeypatch.setattr(render, "bpy", ops)
    return made


CONTEXT = SimpleNamespace(temp_override=lambda scene: nullcontext())


def rendered(made, calls, scene, **more):
    made.calls = calls
    return render.render(CONTEXT, scene, "eye", made.task.folder, "RENDER", 4.0, (6, 4), WIDE)


def names(calls):
    return [one if isinstance(one, str) else one[0] for one in calls]


ROUND = ["begin", "render", "save", "end"]


def test_a_script_waits_for_each_render(waiting, calls, tmp_path):
    waiting.task = one = task(tmp_path, "depth", "picture")
    there = SimpleNamespace(frame_float=9.5, name="Set")
    assert rendered(waiting, calls, there) == "still"
    assert names(calls) == ["check_free", "task_of", *ROUND, *ROUND, "write_depth", "finish", "clean"]
    assert calls[1] == ("task_of", there, "eye", tmp_path, "RENDER", 4.0, (6, 4), WIDE)
    assert calls[2] == ("begin", one, there, "eye") and calls[4] == ("save", one, there, "eye")
    assert calls[-2:] == [("finish", one, "depth"), ("clean", one)] and one.left == []
    calls.clear()
    waiting.task = task(tmp_path)
    there.frame_float = 4.0  # where an engine left it
    rendered(waiting, calls, there)
    assert names(calls)[2:7] == [*ROUND, "put_frame"] and ("put_frame", there, 9.5) in calls


def test_a_render_that_fails_or_is_cancelled_leaves_the_scene_as_it_was(waiting, calls, tmp_path):
    there = SimpleNamespace(frame_float=9.5, name="Set")
    waiting.task, waiting.answers = task(tmp_path, "depth", "picture"), [RuntimeError("Error: torn"), {"FINISHED"}]
    assert rendered(waiting, calls, there) == "still"
    assert names(calls)[2:] == ["begin", "render", "end", *ROUND, "write_depth", "finish", "clean"]
    assert waiting.task.notes == ["The depth could not be rendered on its own: torn"]
    for answer, code, text in (
        (RuntimeError("Error: torn"), "render_failed", "Blender could not render scene 'Set': torn"),
        ({"CANCELLED"}, "render_cancelled", "The render of the still was cancelled."),
    ):
        calls.clear()
        waiting.task, waiting.answers = task(tmp_path), [answer]
        with pytest.raises(SceneError) as caught:
            rendered(waiting, calls, there)
        assert said(caught) == (code, text, "retry")
        assert names(calls)[2:] == ["begin", "render", "end", "clean"]
    calls.clear()
    waiting.task, waiting.answers = task(tmp_path, as_asked=False), []
    with pytest.raises(SceneError) as caught:
        rendered(waiting, calls, there)
    assert said(caught)[:2] == ("render_failed", f"Blender could not render scene 'Set': {render.CHANGED}")
    assert "save" not in names(calls)


# --- Blender's own job ---


def test_a_render_that_can_not_be_made_ready_is_said(watch, calls, tmp_path):
    there, error = SimpleNamespace(name="Set"), RuntimeError("Error: locked")
    watch(render_job, begin=error, end=None)
    pending = render.Pending(task(tmp_path), print)
    with pytest.raises(SceneError) as caught:
        render_job._prepare(pending, there, "eye")
    assert said(caught) == ("render_failed", "Blender could not render scene 'Set': locked", "retry")
    assert calls == [("begin", pending.task, there, "eye"), ("end", there)] and caught.value.__cause__ is error
    watch(render_job, begin=None)
    render_job._prepare(pending, there, "eye")
    assert pending.state == "prepared" and len(calls) == 3


@pytest.fixture
def job(watch, monkeypatch, scene):
    """A job that is to begin: the scene and the camera are there, a window too."""
    made = SimpleNamespace(scene=scene, camera=scene.camera, asked=True, begun=[])
    watch(render_job, begin=None, end=None, is_as_asked=lambda *_: made.asked, _window="window")
    monkeypatch.setattr(render_job.blocks, "of_session", lambda _, number: {1: made.scene, 2: made.camera}[number])

    def invoke(how):
        made.begun.append(how)
        if isinstance(made.answer, Exception):
            raise made.answer

    made.answer = None
    ops = SimpleNamespace(render=SimpleNamespace(render=invoke))
    monkeypatch.setattr(render_job, "bpy", SimpleNamespace(ops=ops, data=bpy.data, types=bpy.types))
    view = SimpleNamespace(render_display_type="WINDOW")
    made.overrides = []
    override = lambda **what: made.overrides.append(what) or nullcontext()  # noqa: E731
    made.context = SimpleNamespace(preferences=SimpleNamespace(view=view), temp_override=override)
    return made


def test_a_job_begins_in_its_window_for_its_scene(job, calls, tmp_path):
    pending = render.Pending(task(tmp_path, framing=FRAMING, as_asked=False), print, "prepared")
    render_job._begin_job(job.context, pending)
    assert (pending.state, pending.task.framing, pending.task.as_asked) == ("running", None, True)
    assert job.begun == ["INVOKE_DEFAULT"] and job.overrides == [{"window": "window"}, {"scene": job.scene}]
    assert names(calls) == ["_window", "is_as_asked"] and job.context.preferences.view.render_display_type == "WINDOW"
    job.asked = False
    calls.clear()
    render_job._begin_job(job.context, pending)
    assert calls[2:] == [("end", job.scene), ("begin", pending.task, job.scene, job.camera)]


def test_a_job_that_can_not_begin_gives_the_scene_back(job, calls, tmp_path, watch):
    pending = render.Pending(task(tmp_path), print, "prepared")
    job.answer = RuntimeError("Error: no device")
    with pytest.raises(SceneError) as caught:
        render_job._begin_job(job.context, pending)
    assert said(caught) == ("render_failed", "Blender could not render scene 'Scene': no device", "retry")
    assert calls[-1] == ("end", job.scene) and caught.value.__cause__ is job.answer
    assert job.context.preferences.view.render_display_type == "WINDOW"
    eye, job.camera = job.camera, None
    calls.clear()
    with pytest.raises(SceneError) as caught:
        render_job._begin_job(job.context, pending)
    assert (caught.value.code, calls) == ("no_camera", [("end", job.scene)])
    job.camera, job.scene = eye, None
    with pytest.raises(SceneError) as caught:
        render_job._begin_job(job.context, pending)
    assert (caught.value.code, calls[-1]) == ("no_scene", ("end", None))


# --- copies that the user makes meanwhile ---


@pytest.mark.parametrize("kind", ["LINK_COPY", "FULL_COPY"])
def test_copies_of_a_scene_have_what_it_had_and_their_own_cameras(kind, scene):
    other, main = camera(scene, "Other", (2.0, -12.0, 3.0)), scene.camera
    for name, frame, eye in (("cut", 2, main), ("note", 5, None), ("back", 8, other)):
        scene.timeline_markers.new(name, frame=frame).camera = eye
    aside = bpy.data.scenes.new("Aside")
    aside.camera = main
    scene.render.use_stamp = True
    scene.camera = main
    borrowed.borrow(scene, {"camera": other, "frame_float": 20.0, "render.use_stamp": False})
    borrowed.borrow(scene, {"render.resolution_x": 64})
    before = {*bpy.data.scenes}
    with bpy.context.temp_override(scene=scene):
        bpy.ops.scene.new(type=kind)
    (copy,) = {*bpy.data.scenes} - before
    borrowed.give_back_in_copies(scene)
    own = ".001" if kind == "FULL_COPY" else ""
    assert (copy.camera.name, copy.frame_float, copy.render.use_stamp) == ("Main" + own, 9.5, True)
    assert copy.render.resolution_x == 40 and borrowed.RECORD not in copy
    assert [(one.name, one.camera and one.camera.name) for one in copy.timeline_markers] == [
        ("cut", "Main" + own), ("note", None), ("back", "Other" + own),
    ]  # fmt: skip
    assert (scene.camera, scene.frame_float, scene.render.resolution_x, aside.camera) == (other, 20, 64, main)
    assert borrowed.RECORD in scene
    borrowed.give_back_in_copies(None)
    assert borrowed.RECORD not in scene and (scene.camera, scene.render.resolution_x) == (main, 40)


def test_a_copys_own_camera_is_of_the_same_name_and_place(scene):
    main, copy = scene.camera, bpy.data.scenes.new("Copy")
    assert borrowed._twin(scene, main) is main and borrowed._twin(copy, main) is main
    here = tuple(main.location)
    for name, place in (("Main.001", (9, 9, 9)), ("Else.001", here), ("Main.002", here)):
        camera(copy, name).location = place
    for item in copy.objects:
        item.rotation_euler, item.scale = main.rotation_euler, main.scale
    bpy.context.view_layer.update()
    assert borrowed._twin(copy, main).name == "Main.002"
    main.name = "Main.003"
    assert borrowed._twin(copy, main).name == "Main.002"
    main.location.x += 1
    bpy.context.view_layer.update()
    assert borrowed._twin(copy, main) is main
