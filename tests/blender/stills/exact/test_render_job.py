"""Blender's own render job for a still: begun from the timer, watched, handed over once, and all is as it was."""

from __future__ import annotations

from concurrent.futures import wait
from types import SimpleNamespace

import bpy
import pytest
from moment import travelling, x_of
from rooms import camera, depth_of, picture, settings_of
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.session import handlers
from take_one.scene.stills import files, render, render_job
from take_one.scene.stills.borrow import second_camera
from take_one.scene.stills.camera import camera_track
from take_one.scene.stills.capture import capture
from take_one.scene.stills.coverage.margin import Margin

HERE = 4


@pytest.fixture
def scene() -> bpy.types.Scene:
    """Of 48 x 27 pixels at frame 4; its camera travels 1 m a frame along x, from 5 m at frame 1 on."""
    scene = travelling()
    scene.frame_set(HERE)
    return scene


class Renders:
    """What Blender renders, by the scene's own settings at its beginning."""

    def __init__(self) -> None:
        self.seen: list[tuple] = []
        self.display: list[str] = []
        self.meanwhile = lambda _scene: None

    def note(self, scene, *_):
        one = scene.render
        self.seen.append((scene.name, scene.frame_float, scene.camera.name, one.resolution_x, one.use_stamp))
        self.display.append(bpy.context.preferences.view.render_display_type)
        self.meanwhile(scene)


@pytest.fixture
def renders():
    noted = Renders()
    bpy.app.handlers.render_pre.append(noted.note)
    yield noted
    bpy.app.handlers.render_pre.remove(noted.note)


def start(scene, folder, **more) -> list:
    """A list that holds the answer once it is there."""
    answers = []
    render_job.start_render(bpy.context, scene, folder, answers.append, **more)
    return answers


def round_() -> None:
    pending = render.state().pending
    if pending.depth is not None:
        wait([pending.depth])
    for due in app().part(timer.Tasks)._due:
        due.at = 0
    app().part(timer.Tasks).run()


def rounds(answers) -> None:
    """Let the timer go on until it is answered."""
    for _ in range(4000):
        if answers:
            assert not render.rendering()
            assert render_job._watch not in [due.task for due in app().part(timer.Tasks)._due]
            return
        round_()
    raise AssertionError("it never came")


def finished(answers):
    rounds(answers)
    (answer,) = answers
    if isinstance(answer, SceneError):
        raise answer
    return answer


def test_the_job_is_of_the_moment_and_camera_that_were_asked_for(scene, renders, tmp_path):
    other = camera(scene, "Other", (2.0, -12.0, 3.0))
    scene.timeline_markers.new("cut", frame=9).camera = scene.camera
    scene.render.use_stamp, own = True, scene.camera
    edit = bpy.data.scenes.new("Edit")
    edit.frame_current = 31
    bpy.context.preferences.view.render_display_type = "AREA"
    before = settings_of(scene)
    try:
        bpy.context.window.scene = edit  # the window's is another
        answers = start(scene, tmp_path / "new" / "still", camera=other, frame=9.5)
        assert answers == [] and renders.seen == [] and render.rendering()
        with pytest.raises(SceneError) as busy:
            start(scene, tmp_path / "second")
        assert (busy.value.code, busy.value.fix) == ("render_busy", "retry") and not (tmp_path / "second").exists()
        for source in ("RENDER", "RESULT"):
            with pytest.raises(SceneError, match="Blender is rendering"):
                capture(bpy.context, scene, tmp_path / "second", source=source)
        rounds(answers)
    finally:
        bpy.context.window.scene = scene
    (still,) = answers
    assert renders.seen == [("Scene", 9.5, "Other", 48, False)]
    assert renders.display == ["NONE"] and bpy.context.preferences.view.render_display_type == "AREA"
    assert (settings_of(scene), scene.camera, edit.frame_current) == (before, own, 31)
    assert (still.source, still.width, still.height, still.notes, still.around) == ("RENDER", 48, 27, (), None)
    assert x_of(still) == pytest.approx(2.0) and still.camera.matrix_world[1][3] == pytest.approx(-12)
    assert depth_of(still.depth).shape == picture(still.image).shape[:2] == (27, 48)
    names = sorted(path.name for path in (tmp_path / "new" / "still").iterdir())
    assert names == ["camera.json", "depth.exr", "still.png"]


def test_without_more_it_is_of_the_scenes_own_camera_and_frame(scene, renders, tmp_path):
    still = finished(start(scene, tmp_path))
    assert renders.seen == [("Scene", float(HERE), "Camera", 48, False)] and x_of(still) == pytest.approx(8.0)
    assert scene.frame_current == HERE and (tmp_path / "still.png").is_file()


def test_a_depth_of_its_own_is_rendered_first_and_a_margin_is_cut_off(scene, renders, tmp_path):
    scene.camera.data.dof.use_dof = True
    margin = Margin(6, 2, 10, 1)
    still = finished(start(scene, tmp_path, frame=7, size=margin.size(48, 27), margin=margin))
    assert [one[1:4] for one in renders.seen] == [(7.0, "Camera", 64)] * 2
    assert (still.width, still.height, still.around.width, still.around.height) == (48, 27, 64, 30)
    assert (picture(still.around.image)[2:29, 6:54] == picture(still.image)).all()
    assert (depth_of(still.around.depth)[2:29, 6:54] == depth_of(still.depth)).all()
    assert still.around.camera.cx - still.camera.cx == 6 and still.around.camera.cy - still.camera.cy == 2
    assert still.around.camera.things == () and scene.camera.data.dof.use_dof
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "around.png", "around_depth.exr", "camera.json", "depth.exr", "still.png",
    ]  # fmt: skip


def test_esc_ends_it(scene, renders, tmp_path):
    before = settings_of(scene)
    renders.meanwhile = lambda _scene: render.abandon()
    answers = start(scene, tmp_path)
    rounds(answers)
    assert (answers[0].code, answers[0].fix) == ("render_cancelled", "retry")
    assert settings_of(scene) == before and scene.frame_float == HERE and not list(tmp_path.glob("*.png"))
    # also while the depth is written, once all is rendered
    renders.meanwhile = lambda _scene: None
    answers = start(scene, tmp_path)
    pending = render.state().pending
    while pending.depth is None:
        round_()
    render.abandon()
    rounds(answers)
    assert answers[0].code == "render_cancelled"


def test_an_undo_step_ends_it_but_not_the_depth_that_is_written(scene, renders, tmp_path):
    """Blender says of a render that an undo step ended that it is complete, and its picture is what there was."""
    before = settings_of(scene)
    answers = start(scene, tmp_path)
    handlers._on_undo()  # before it began
    rounds(answers)
    assert (answers[0].code, renders.seen) == (render_job.UNDONE, [])
    renders.meanwhile = lambda _scene: handlers._on_undo()
    answers = start(scene, tmp_path)
    rounds(answers)
    assert (answers[0].code, answers[0].fix, len(renders.seen)) == ("render_undone", "retry", 1)
    assert settings_of(scene) == before and scene.frame_float == HERE and not list(tmp_path.glob("*.png"))
    renders.meanwhile = lambda _scene: None
    answers = start(scene, tmp_path)
    while render.state().pending.depth is None:
        round_()
    handlers._on_undo()
    rounds(answers)
    assert answers[0].image == tmp_path / "still.png"
    answers = start(scene, tmp_path)
    render.abandon()
    handlers._on_undo()
    rounds(answers)
    assert answers[0].code == "render_cancelled", "what the user stopped stays so"


def test_what_is_gone_by_then_ends_it(scene, tmp_path):
    eye = camera(scene, "Eye", (2.0, -12.0, 3.0))
    answers = start(scene, tmp_path, camera=eye)
    bpy.data.objects.remove(eye)
    rounds(answers)
    assert (answers[0].code, answers[0].fix) == ("no_camera", "pick_camera") and scene.camera.name == "Camera"
    assert answers[0].message.startswith("The camera was deleted while its still was rendered.")
    other = bpy.data.scenes.new("Other")
    other.collection.objects.link(scene.camera)
    other.camera = scene.camera
    answers = start(other, tmp_path)
    bpy.data.scenes.remove(other)
    rounds(answers)
    assert (answers[0].code, answers[0].message) == ("no_scene", "The scene was deleted while its still was rendered.")


def test_a_user_who_moves_on_before_it_begins_is_no_hindrance(scene, renders, tmp_path):
    answers = start(scene, tmp_path, frame=9)
    assert scene.frame_float == 9
    scene.frame_set(20)
    scene.render.resolution_x = 80
    still = finished(answers)
    assert [one[1:4] for one in renders.seen] == [(9.0, "Camera", 48)]
    assert x_of(still) == pytest.approx(13.0) and still.width == 48
    assert (scene.frame_current, scene.render.resolution_x) == (20, 80)  # as the user has it now


@pytest.mark.parametrize("kind", ["LINK_COPY", "FULL_COPY"])
@pytest.mark.parametrize("left", [0, 1])
def test_a_copy_of_the_scene_that_is_made_meanwhile_has_what_the_scene_had(kind, left, scene, tmp_path):
    other = camera(scene, "Other", (2.0, -12.0, 3.0))
    scene.timeline_markers.new("cut", frame=2).camera = scene.camera
    scene.render.use_stamp, scene.render.use_motion_blur = True, True
    before = settings_of(scene)
    answers = start(scene, tmp_path, camera=other, frame=9.5, size=(32, 18))
    for _ in range(left):  # the depth's render, and then the picture's is prepared
        round_()
    with bpy.context.temp_override(scene=scene):
        bpy.ops.scene.new(type=kind)
    (copy,) = {*bpy.data.scenes} - {scene}
    finished(answers)
    now, own = settings_of(copy), ".001" if kind == "FULL_COPY" else ""
    assert (now.pop("camera"), now.pop("markers")) == ("Camera" + own, [("cut", 2, "Camera" + own)])
    for name in ("camera", "markers", "data"):
        before.pop(name, None)
    now.pop("data")
    assert now == before
    bpy.data.scenes.remove(copy)


def test_one_who_moves_on_while_it_begins_costs_another_try_and_at_last_an_error(scene, renders, tmp_path):
    def shift(changed):
        if len(renders.seen) < 3:
            changed.render.resolution_x = 40 + len(renders.seen)

    renders.meanwhile = shift
    still = finished(start(scene, tmp_path, frame=9))
    assert len(renders.seen) == 3 and x_of(still) == pytest.approx(13.0) and still.width == 48
    renders.seen.clear()
    other = camera(scene, "Other", (9, 9, 9))
    renders.meanwhile = lambda changed: setattr(changed, "camera", other)
    answers = start(scene, tmp_path)
    rounds(answers)
    assert (answers[0].code, len(renders.seen)) == ("render_failed", render.TRIES + 1)
    assert "was changed while the render began" in answers[0].message and scene.frame_float == HERE


class Fails(bpy.types.RenderEngine):
    bl_idname = "TAKEONE_TEST_FAILS_IN_A_JOB"
    bl_label = "Fails"

    def render(self, depsgraph):
        self.report({"ERROR"}, "The dog ate the shader")


def test_a_render_that_fails_is_said(scene, tmp_path):
    bpy.utils.register_class(Fails)
    try:
        scene.render.engine = Fails.bl_idname
        before = settings_of(scene)
        answers = start(scene, tmp_path, frame=6)
        rounds(answers)
        assert answers[0].code == "render_failed" and "The dog ate the shader" in answers[0].message
        assert "scene 'Scene'" in answers[0].message and settings_of(scene) == before
    finally:
        scene.render.engine = "CYCLES"
        bpy.utils.unregister_class(Fails)


def test_a_render_that_ends_without_a_word_failed(scene, monkeypatch, tmp_path):
    monkeypatch.setattr(render_job, "_begin_job", lambda _context, pending: setattr(pending, "state", "running"))
    answers = start(scene, tmp_path, frame=HERE + 0.5)
    scene.frame_float = HERE + 1.25  # as the shutter's frames leave it
    rounds(answers)
    assert (answers[0].code, "Blender gave no picture." in answers[0].message) == ("render_failed", True)


@pytest.mark.parametrize(("left_at", "back"), [(HERE + 1, HERE), (HERE - 1, HERE), (HERE + 1.25, HERE + 1.25)])
def test_a_stopped_render_is_put_back_from_the_shutters_frames_alone(left_at, back, scene, monkeypatch, tmp_path):
    def stops(_context, pending):
        pending.state = "cancelled"
        scene.frame_float = left_at

    monkeypatch.setattr(render_job, "_begin_job", stops)
    rounds(start(scene, tmp_path, frame=30))
    assert scene.frame_float == back


def test_a_folder_or_a_depth_that_cant_be_written_is_said(scene, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SceneError) as caught:
        start(scene, tmp_path / "file" / "folder")
    assert (caught.value.code, caught.value.fix, render.rendering()) == ("disk", "free_space", False)

    def full(*_, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_depth", full)
    answers = start(scene, tmp_path / "still")
    rounds(answers)
    assert answers[0].code == "disk" and str(tmp_path / "still") in answers[0].message


def test_a_window_is_needed_and_its_playback_stops(scene, monkeypatch, tmp_path):
    nowhere = SimpleNamespace(window=None, window_manager=SimpleNamespace(windows=[]))
    with pytest.raises(SceneError) as caught:
        render_job.start_render(nowhere, scene, tmp_path, print)
    assert caught.value.code == "no_window" and not render.rendering() and "take_one_borrowed" not in scene
    windows = SimpleNamespace(window=None, window_manager=bpy.context.window_manager)
    assert render_job._window(windows) == bpy.context.window_manager.windows[0]
    mine = SimpleNamespace(window="mine", window_manager=bpy.context.window_manager)
    assert render_job._window(mine) == "mine"
    bpy.ops.screen.animation_play()
    playing = bpy.context.window.screen.is_animation_playing
    start(scene, tmp_path)
    assert not bpy.context.window.screen.is_animation_playing or not playing


def test_only_the_render_of_the_scene_itself_tells_its_camera(scene, tmp_path):
    task = render.task_of(scene, scene.camera, tmp_path, "RENDER", None)
    render.begin(task, scene, scene.camera)
    graph = bpy.context.evaluated_depsgraph_get()
    told = SimpleNamespace(mode="RENDER", scene_eval=graph.scene_eval)
    render._on_frame(scene, graph)  # as a window draws
    render._on_frame(bpy.data.scenes.new("Other"), told)
    assert task.framing is None
    scene.camera = None
    assert not render.is_as_asked(scene, task)
    render.end(scene)
    render._on_frame(scene, told)  # once it is over
    assert task.framing is None and scene.frame_float == HERE
    for name, value in (("frame_float", HERE + 0.002), ("camera", camera(scene, "Other")), ("frame_float", HERE)):
        before = getattr(scene, name)
        setattr(scene, name, value)
        assert render.is_as_asked(scene, task) is (value == HERE and scene.camera == bpy.data.objects["Camera"])
        setattr(scene, name, before)
    scene.camera = bpy.data.objects["Camera"]
    assert render.is_as_asked(scene, task)
    scene.render.resolution_percentage = 50
    assert not render.is_as_asked(scene, task)


def test_before_an_undo_step_all_is_given_back_and_a_camera_of_ours_is_gone(scene, tmp_path):
    """The step takes it away, and Blender would leave a scene that has it with any object."""
    assert handlers._before_undo in bpy.app.handlers.undo_pre and handlers._before_undo in bpy.app.handlers.redo_pre
    own, before = scene.camera, settings_of(scene)
    ours = second_camera.make(own, camera_track(scene, own, HERE, 1).poses[0])
    handlers._before_undo()
    assert ours.name in bpy.data.objects, "nothing renders"
    answers = start(scene, tmp_path, camera=ours, frame=HERE + 3)
    assert scene.camera == ours and scene.frame_float == HERE + 3
    handlers._before_undo()
    assert scene.camera == own and "Take One View" not in bpy.data.objects and "take_one_borrowed" not in scene
    assert settings_of(scene) == before
    handlers._on_undo()
    rounds(answers)
    assert (answers[0].code, scene.camera, settings_of(scene)) == (render_job.UNDONE, own, before)


def test_whatever_else_goes_wrong_ends_the_still_and_all_is_given_back(scene, monkeypatch, tmp_path):
    """Once, said, at whatever step: the timer does not try it again."""
    scene.frame_set(HERE)
    before = settings_of(scene)

    def breaks(*_, **_named):
        raise KeyError("Combined")

    steps = (files, "write_depth"), (render, "framing_of"), (render_job, "_begin_job"), (files, "finish")
    for number, (where, name) in enumerate(steps):
        folder = tmp_path / str(number)
        with monkeypatch.context() as broken:
            broken.setattr(where, name, breaks)
            answers = start(scene, folder, frame=HERE + 2)
            rounds(answers)
        (answer,) = answers
        assert (answer.code, answer.fix, "'Combined'" in answer.message) == ("unexpected", "open_log", True), name
        assert settings_of(scene) == before and "take_one_borrowed" not in scene, name
        assert render.state().running is None and list(folder.glob("part_*")) == [], name
    assert x_of(finished(start(scene, tmp_path / "next"))) == pytest.approx(8.0)


def test_what_cant_be_cleared_away_is_left_and_the_still_is_there(scene, monkeypatch, tmp_path):
    (tmp_path / "part_still.png").mkdir()  # no unlink removes it
    (tmp_path / "part_other").write_text("left")
    still = finished(start(scene, tmp_path / "other"))
    render.clean(SimpleNamespace(folder=tmp_path))
    assert still.image.is_file() and sorted(one.name for one in tmp_path.glob("part_*")) == ["part_still.png"]
