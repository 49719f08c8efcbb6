"""What is asked for an order's views, one by one, and what is said of a plan; nothing is planned or rendered here."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
import stand_in
from mathutils import Quaternion
from rooms import camera
from take_one.client.protocol import EngineInfo
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import Job
from take_one.scene.model.shots import shot_list
from take_one.scene.session.press import handles
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.views import ahead, plans, shoot, walks
from take_one.scene.stills import capture
from take_one.scene.stills.coverage.margin import Margin
from take_one.scene.stills.coverage.plan import Plan
from take_one.scene.stills.walk.plan import Stop, Stretch, Walk

VIEWS = EngineInfo("views", "Views", camera_path=True, views=9, max_seconds=20)


@pytest.fixture
def scene(monkeypatch):
    """A scene of 30 frames a second that stands at 31, and a shot of a camera that goes a metre a frame."""
    monkeypatch.setattr(plans, "mark_now", lambda _scene, _camera, planned: given(planned.mark)())
    stand_in.attach()
    app().state.engines = (VIEWS, replace(VIEWS, id="one", views=1))
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 30
    scene.camera = camera(scene, "Crane")
    for frame in range(31, 62):
        scene.camera.location.x = frame
        scene.camera.keyframe_insert("location", frame=frame)
    scene.frame_set(31)
    scene.take_one.handles = 0
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.engine, shot.seconds, shot.motion = "Hall", "views", 1.0, "CAMERA"
    return scene


def the_shot(scene):
    return scene.take_one.shots[0]


def an_order(scene, **said):
    order = make_order(bpy.context, the_shot(scene), Call((1,), **said))
    for key in order.keys:
        app().state.jobs[key] = Job(key, order.binding(order.takes[0]))
    return order


def planned_of(order, **more):
    plan = Plan((0, 14, 29), (0, 14, 29), (1.0, 0.85, 0.5), "surfaces")
    return replace(plans.Planned(plan, order.track, order.frame, 30, (), "look"), **more)


def given(planned):
    def steps(*_):
        yield 0.5
        return planned

    return steps


def run(order, answers, ready=None):
    """What is asked for, by pose, with the stages shown meanwhile; and what comes of it. Each answer is for one."""
    steps, asked, said = shoot.shoot(order, ready or {}), [], None
    while True:
        try:
            want = steps.send(said)
        except StopIteration as done:
            return asked, done.value
        said = None
        if isinstance(want, shoot.Ask):
            job = app().state.jobs.get(order.job_keys[0])
            asked.append((want, job.stage, job.progress) if job else (want, "", 0))
            said = answers[len(asked) - 1](want)


def a_still(want):
    want.folder.mkdir(parents=True, exist_ok=True)
    image = want.folder / "still.png"
    image.write_bytes(b"picture")
    return capture.Still(image, 64, 36, "RENDER", notes=("A mirror.",))


def no_still(code="render_failed"):
    return lambda _want: SceneError(code, "It broke.")


def test_each_view_of_a_plan_is_asked_for_and_one_that_fails_is_left_out(scene, monkeypatch):
    order = an_order(scene)
    planned = planned_of(order, held=("Tree",))
    monkeypatch.setattr(shoot, "_plan", given(planned))
    monkeypatch.setattr(shoot, "with_unseen", lambda _scene, path, _plan: path)
    asked, made = run(order, [a_still, no_still(), a_still])
    poses = order.track.poses
    assert [(want.pose, want.size, bool(want.margin)) for want, _, _ in asked] == [
        (None, None, False), (poses[14], None, False), (poses[29], None, False),
    ]  # fmt: skip
    assert [(stage, progress) for _, stage, progress in asked] == [
        ("Rendering still 1 of 3", 0), ("Rendering still 2 of 3", 33), ("Rendering still 3 of 3", 67),
    ]  # fmt: skip
    assert [want.folder.name for want, _, _ in asked] == [order.folder.name, "part_view", "part_view"]
    assert [(view.image.name, view.t) for view in made.views] == [("still.png", 0.0), ("view_02.png", shoot.BEFORE_END)]
    assert made.notes == (
        "A mirror.", "The view at frame 45 is left out: It broke.", "2 stills show 80 % of the move.",
        "From frame 45 on parts of the picture are in no still (at worst 50 % are).",
        "What moves in the scene stands still in this take: Tree.",
    )  # fmt: skip
    assert plans.known(the_shot(scene)).plan == planned.plan
    assert plans.still_seconds(scene) is not None and made.order.picture == (64, 36)
    for code in ("render_failed", "render_cancelled"):
        with pytest.raises(SceneError, match=r"It broke\."):
            run(order, [no_still(code)])
    with pytest.raises(SceneError) as caught:
        run(order, [a_still, no_still("render_cancelled")])
    assert caught.value.code == "render_cancelled"


def test_further_views_are_asked_for_finer_until_one_fails(scene, monkeypatch):
    order = an_order(scene)
    planned = planned_of(order, finer=True)
    ways = []
    monkeypatch.setattr(shoot, "_plan", lambda *way: ways.append(way[1:]) or given(planned)())
    monkeypatch.setattr(shoot, "with_unseen", lambda _scene, path, _plan: path)
    taken = []
    monkeypatch.setattr(plans, "measured", lambda _scene, _seconds, more: taken.append(more))
    asked, made = run(order, [a_still, a_still, a_still])
    assert [want.size for want, _, _ in asked] == [None, (89, 50), (89, 50)]
    whole, fine = order.track.poses[14], asked[1][0].pose
    focal = pytest.approx(whole.fx * 89 / 64)
    assert (fine.fx, fine.fy, fine) == (focal, focal, replace(whole, fx=fine.fx, fy=fine.fy, cx=44.5, cy=25))
    assert taken == [0, 89 * 50 / (64 * 36) - 1, 89 * 50 / (64 * 36) - 1]
    assert made.notes[1:3] == (
        "3 stills show 80 % of the move.",
        "From frame 45 on parts of the picture are in no still (at worst 50 % are).",
    )
    assert made.notes[3] == "The further stills were rendered with 96 % more pixels, to stay sharp between them."
    asked, made = run(order, [a_still, no_still(), a_still, a_still])
    assert [want.size for want, _, _ in asked] == [None, (89, 50), None, None]
    assert [view.image.name for view in made.views] == ["still.png", "view_01.png", "view_02.png"]
    assert made.notes[1] == "A still could not be rendered finer: It broke."
    assert not [note for note in made.notes if "96 %" in note or "left out" in note]
    run(replace(order, following=(replace(order),)), [a_still] * 6)  # whose stills travel in one request
    assert [fine for _, fine in ways] == [True, True, False, False]


def test_one_view_is_asked_for_where_more_are_of_no_use(scene):
    order = an_order(scene)
    assert shoot.plans_views(order)
    others = [replace(order, engine=replace(VIEWS, **more)) for more in ({"views": 1}, {"camera_path": False})]
    for other in (replace(order, track=None), replace(order, source="VIEWPORT"), *others):
        assert not shoot.plans_views(other)
        asked, made = run(other, [a_still])
        assert ([stage for _, stage, _ in asked], len(made.views)) == ([""], 1)


def test_orders_of_one_clip_are_taken_one_after_the_other_but_those_that_are_ready(scene):
    order = an_order(scene, source="VIEWPORT")
    second, third = (replace(order, takes=(replace(order.takes[0], key=f"{order.keys[0]}-{n}"),)) for n in (1, 2))
    had = shoot.Shots(second, (), ("had",))
    row = replace(order, following=(second, third))
    asked, made = run(row, [a_still, a_still], {second.keys[0]: had})
    assert [want.order.keys for want, _, _ in asked] == [order.keys, third.keys]
    assert made.following[0] == had and made.following[1].order.keys == third.keys
    two = make_order(bpy.context, the_shot(scene), Call((1, 2), source="VIEWPORT"))
    assert run(two, [], {two.keys[0]: had}) == ([], replace(had, following=()))


def test_a_camera_that_went_elsewhere_is_asked_for_where_it_was(scene):
    shot = the_shot(scene)
    shot.motion = "WORDS"
    order = an_order(scene)
    (want, _, _), *_ = run(order, [a_still])[0]
    assert want.pose is None
    scene.camera.animation_data_clear()
    scene.camera.location.x += 5
    (want, _, _), *_ = run(order, [a_still])[0]
    assert want.pose == order.start and want.pose.place[0] == pytest.approx(31)
    (want, _, _), *_ = run(replace(order, source="VIEWPORT"), [a_still])[0]
    assert want.pose is None
    scene.camera.location.x -= 5
    assert shoot._start(order) is None
    scene.camera.data.lens += 1  # where it was, with another lens
    assert shoot._start(order) == order.start
    assert shoot._start(replace(order, start=None)) is None is shoot._start(replace(order, camera=None))
    bpy.data.objects.remove(scene.camera)
    with pytest.raises(SceneError, match="Camera 'Crane' of Hall is gone") as caught:
        run(order, [a_still])
    assert (caught.value.code, caught.value.fix) == ("no_camera", "pick_camera")
    with pytest.raises(SceneError, match="The scene of Hall is gone"):
        shoot.scene_of(replace(order, scene_uid="gone"))
    assert shoot.camera_of(replace(order, camera=None)) is None


def test_what_is_said_before_anything_is_rendered(scene):
    shot, order = the_shot(scene), an_order(scene)
    assert plans.lines(shot) == []
    planned = planned_of(order, held=("A", "B", "C", "D"))
    plans.keep(plans.key(shot), planned)
    assert plans.lines(shot) == [
        "3 stills; how long they need is known after the first", "They show 80 % of the move, 50 % at worst",
        "Below 90 % from frame 45 on", "Stands still: A, B, C ...",
    ]  # fmt: skip
    plans.measured(scene, 10.0)
    assert plans.lines(shot)[0] == "3 stills, about 30 s; all 30 frames would need 5 min"
    shot.seconds = 0.5
    assert plans.lines(shot)[0] == "3 stills, about 30 s; all 30 frames, handles included, would need 5 min"
    one = Plan((0,), (0, 29), (1.0, 0.9), "m", Margin(8, 0, 0, 0), 0.125)
    plans.keep(plans.key(shot), replace(planned, plan=one))
    assert plans.lines(shot) == [
        "One still (+12 % pixels), about 11 s; all 30 frames, handles included, would need 5 min",
        "They show 95 % of the move, 90 % at worst",
    ]  # fmt: skip
    plans.keep(plans.key(shot), replace(planned, plan=replace(one, views=(0, 9))))
    assert plans.lines(shot)[0].startswith("2 stills (the first +12 % pixels), about 21 s;")
    assert planned.mark == "surfaces-look"
    plans.keep(plans.key(shot), replace(planned, finer=True))  # 1 and twice 1.96 stills, of 10 s
    assert plans.lines(shot)[0].startswith("3 stills, about 49 s;")


def test_a_plan_is_stale_once_something_of_it_is_another(scene):
    shot, order = the_shot(scene), an_order(scene)
    plans.keep(plans.key(shot), planned_of(order, settings=plans._settings(scene), first=handles.span(shot)[0]))

    def stale():
        return plans.is_stale(shot, plans.known(shot))

    assert not stale()
    render, layer = scene.render, scene.view_layers[0]
    changes = (
        (shot, "seconds", 2.0), (shot, "frame", 40), (render, "resolution_x", 65), (render, "use_simplify", True),
        (layer, "use", False), (scene, "background_set", bpy.data.scenes.new("Set")),
    )  # fmt: skip
    for item, name, value in changes:
        before = getattr(item, name)
        setattr(item, name, value)
        assert stale(), name
        setattr(item, name, before)
        assert not stale(), name
    app().part(plans.Plans).edits += 1
    assert stale()
    assert plans.key(scene.take_one.blank) == f"blank card of {scene.session_uid}" != plans.key(shot) == shot.uid


def test_which_changes_are_the_users():
    scene, item = bpy.context.scene, bpy.data.objects.new("x", None)

    def update(block, **of):
        flags = dict.fromkeys(("is_updated_geometry", "is_updated_transform", "is_updated_shading"), False)
        return SimpleNamespace(id=block, **(flags | of))

    assert not plans._is_edit([update(item)]) and not plans._is_edit([])
    for name in ("is_updated_geometry", "is_updated_transform", "is_updated_shading"):
        assert plans._is_edit([update(item), update(item, **{name: True})])
    shaded = update(item, is_updated_shading=True)
    assert not plans._is_edit([update(scene), shaded]), "a take that is listed shades all objects anew"
    assert plans._is_edit([update(scene), update(item, is_updated_transform=True)])


def test_what_moves_by_itself_is_told_by_name(scene):
    def thing(name):
        bpy.ops.mesh.primitive_cube_add()
        bpy.context.object.name = name

    for name in ("still", "moved", "hidden", "shape", "looks", "cloth", "posed"):
        thing(name)
    objects = bpy.data.objects
    for name in ("moved", "hidden"):
        for frame in (1, 9):
            objects[name].location.x = frame
            objects[name].keyframe_insert("location", frame=frame)
    objects["hidden"].hide_render = True
    objects["shape"].shape_key_add(name="Basis")
    key = objects["shape"].shape_key_add(name="Up")
    for frame in (1, 9):
        key.value = frame / 9
        key.keyframe_insert("value", frame=frame)
    material = bpy.data.materials.new("M")
    objects["looks"].data.materials.append(material)
    material.diffuse_color[0] = 0.5
    material.keyframe_insert("diffuse_color", frame=1)
    objects["cloth"].modifiers.new("c", "CLOTH")
    bones = objects.new("bones", bpy.data.armatures.new("bones"))
    bones.keyframe_insert("location", frame=1)
    bones.location.x = 3
    bones.keyframe_insert("location", frame=9)
    objects["posed"].modifiers.new("a", "ARMATURE").object = bones
    empty = objects.new("empty", None)
    scene.collection.objects.link(empty)
    empty.keyframe_insert("location", frame=1)
    assert sorted(plans.held_still(scene, scene.camera)) == ["cloth", "looks", "moved", "posed", "shape"]
    assert sorted(plans.held_still(scene, objects["moved"])) == ["cloth", "looks", "posed", "shape"]


def test_the_way_of_words_is_not_waited_for_without_a_backend(scene):
    the_shot(scene).motion = "WORDS"
    order = an_order(scene)
    app().state.backend.state = "starting"
    with pytest.raises(StopIteration) as done:
        next(ahead.track(order, scene, scene.camera))
    assert done.value.value == (None, (ahead.LATE,))


# Walks


def test_a_walk_needs_two_perspective_cameras(scene):
    one, two = camera(scene, "One"), camera(scene, "Two")
    walks.check([one, two])
    two.data.type = "ORTHO"
    for cameras, code in (([one], "few_cameras"), ([], "few_cameras"), ([one, two], "bad_camera")):
        with pytest.raises(SceneError) as caught:
            walks.check(cameras)
        assert caught.value.code == code
    assert caught.value.message == "'Two' is no perspective camera. A walk goes through those only."


def test_a_walks_shot_has_the_shown_direction_and_a_free_name(scene):
    one, two = camera(scene, "One"), camera(scene, "Two")
    shot = the_shot(scene)
    shot.prompt, shot.name = "look around", "Walk 01"
    made = walks.shot_of_walk(bpy.context, [two, one])
    assert (made.name, made.prompt, walks.cameras_of(made)) == ("Walk 02", "look around", [two, one])
    bpy.data.objects.remove(two)
    made = scene.take_one.shots[1]
    assert walks.cameras_of(made) == [one] and scene.take_one.active_shot == 1
    with pytest.raises(SceneError, match="The shot of the walk is gone"):
        walks.lay("gone", "gone", None)


def test_a_walks_shot_is_of_the_scene_that_its_cameras_are_in(scene):
    one, edit = camera(scene, "One"), bpy.data.scenes.new("Edit")
    bpy.context.window.scene = edit  # one without shots shows those of another
    try:
        assert walks.shot_of_walk(bpy.context, [one, scene.camera]).id_data == scene
        own = camera(edit, "Own")
        assert walks.shot_of_walk(bpy.context, [one, own]).id_data == edit
    finally:
        bpy.context.window.scene = scene


def test_cameras_walk_in_the_order_in_which_they_were_selected(scene):
    named = {name: camera(scene, name) for name in ("A", "B", "C")}
    for chosen, wanted in (("B", "B"), ("AB", "BA"), ("ABC", "BAC"), ("AC", "AC"), ("ABC", "ACB"), ("", "")):
        for name, item in named.items():
            item.select_set(name in chosen)
        assert "".join(item.name for item in walks.in_order(bpy.context)) == wanted


def test_what_is_selected_is_looked_at_five_times_a_second(scene):
    told = []
    for chosen in (False, True, True, False):
        before = app().state.revision
        scene.camera.select_set(chosen)
        assert walks._watch() == 0.2
        told.append(app().state.revision - before)
    assert told == [0, 1, 0, 1]


def test_what_there_is_to_say_of_a_walk(scene):
    """In a scene whose unit is half a metre, of 25 frames a second from frame 31 on."""
    scene.unit_settings.scale_length = 0.5
    scene.render.fps = 25
    stops = [Stop(name, np.zeros(3), Quaternion(), 50.0) for name in "ABC"]
    rest = ((), (), ())
    stretches = (
        Stretch((stops[0], stops[1]), "line", 0.0, 4.0, *rest, hurry=1.5), Stretch((stops[2],), None, 4.0, 6.0, *rest),
    )  # fmt: skip
    walk = Walk(stretches, 6.0, 2.5, (("B", "C"),), 5.9)
    assert walks.remarks(scene, walk, 31) == [
        "6.0 s at 1.2 m/s", "5.9 s are too few to look around where it stands.",
        "There is no free way from 'B' to 'C': it cuts there, at frame 131.",
        "From 'A' to 'B' the way is too short for their looks: it turns 1.5 times too fast.",
    ]  # fmt: skip
    calm = replace(walk, stretches=(replace(stretches[0], hurry=1.05, line=None),), cuts=(), wanted=5.96)
    assert walks.remarks(scene, calm, 31) == ["6.0 s at 1.2 m/s"]
    hurried = replace(calm, stretches=(replace(stretches[0], hurry=1.1, line=None),), seconds=180.2, wanted=None)
    assert walks.remarks(scene, hurried, 31)[1:] == [
        "A shot takes 180 s at most: the end of the walk is not in it. Use fewer cameras.",
        "From 'A' to 'B' the time is too short: it turns 1.1 times too fast.",
    ]  # fmt: skip
