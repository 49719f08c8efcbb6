"""A still that is rendered wider than its frame: planned, the same inside to the pixel, for the draft alone."""

from __future__ import annotations

from dataclasses import replace

import bpy
import flats
import numpy as np
import pytest
import rooms
import stand_in
from mathutils import Euler
from stand_in import DRAFT
from take_one.client.protocol.several import split
from take_one.scene.app.app import app
from take_one.scene.model.shots.shot_list import add_shot, find_shot
from take_one.scene.session import jobs
from take_one.scene.session.press import together
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.views import ahead, plans
from take_one.scene.stills import render
from take_one.scene.stills.borrow import second_camera
from take_one.scene.stills.camera import camera_of, camera_track
from take_one.scene.stills.coverage import plan, surfaces
from take_one.scene.stills.coverage.margin import NONE, Margin, widened
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.coverage.wider import may_be_wider
from take_one.scene.stills.formats import png
from take_one.scene.stills.known import facts
from turning import FIRST, pan, turn

ABLE = replace(DRAFT, views=32, camera_path=True, depth=True, words_path=True, overscan=True)


@pytest.fixture
def session():
    fake = stand_in.attach()
    app().state.engines = (ABLE, replace(ABLE, id="plain", overscan=False), replace(DRAFT, id="one"))
    return fake


@pytest.fixture
def shot(tmp_path):
    """A camera that turns 12 degrees to the left in 24 frames from frame 17 on."""
    scene = rooms.room()
    scene.frame_set(FIRST)
    turn(scene.camera, 12)
    made = add_shot(scene)
    made.name, made.motion, made.seconds, made.stills = "Turn", "CAMERA", 1.0, "ONE"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return find_shot(made.uid)


def take(session, shot, **call):
    keys = jobs._send(jobs._views_now(make_order(bpy.context, shot, Call(**call))))
    return session.requests[session.keys.index(keys[0])]


def inner(wide, margin):
    high, across = wide.shape[:2]
    return wide[margin.top : high - margin.bottom, margin.left : across - margin.right]


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
@pytest.mark.parametrize(
    ("fit", "size", "shift", "pixel"),
    [
        ("AUTO", (96, 54), (0.13, -0.07), (1.0, 1.0)),
        ("AUTO", (54, 96), (0.0, 0.0), (1.0, 1.0)),
        ("VERTICAL", (96, 60), (-0.2, 0.1), (1.0, 1.0)),
        ("HORIZONTAL", (60, 96), (0.0, 0.21), (1.0, 1.3)),
        ("AUTO", (80, 60), (0.05, 0.0), (1.5, 1.0)),
    ],
)
def test_each_pixel_stays_the_ray_that_it_was(kind, fit, size, shift, pixel):
    scene = flats.flat(1)
    item = flats.eye(scene, "Eye", (1, 1, 1.5), (3, 4, 1), 31)
    lens = item.data
    lens.type, lens.ortho_scale, lens.sensor_fit, lens.sensor_height = kind, 3.3, fit, 17
    lens.shift_x, lens.shift_y = shift
    render_ = scene.render
    render_.resolution_x, render_.resolution_y, render_.resolution_percentage = *size, 100
    render_.pixel_aspect_x, render_.pixel_aspect_y = pixel
    track = camera_track(scene, item, FIRST, 1)
    margin = Margin(14, 6, 2, 30)
    wide = widened(track, margin)
    other = second_camera.make(item, wide.poses[0])
    scene.collection.objects.link(other)
    bpy.context.view_layer.update()
    one, two = camera_of(scene, item), camera_of(scene, other, size=(wide.width, wide.height))
    assert (two.width, two.height) == (size[0] + 16, size[1] + 36)
    found = [(two.fx, two.fy, two.cx, two.cy, two.scale)]
    assert np.allclose(found, [(one.fx, one.fy, one.cx + 14, one.cy + 6, one.scale)], rtol=1e-5)
    assert np.allclose(one.matrix_world, two.matrix_world, atol=1e-6)


def test_a_margin_is_planned_where_the_move_goes_and_no_wider(shot):
    scene = shot.id_data
    track = camera_track(scene, scene.camera, FIRST, 24)
    bpy.context.view_layer.update()
    found = at_once(surfaces.read(scene, np.array([track.poses[0].place])))
    plain, wider = (at_once(plan.plan(track, found, 1, wide)) for wide in (False, True))
    assert not plain.margin and plain.more == 0 and plain.covered[-1] < 0.8
    # 12 degrees beside a frame that is 39.6 degrees wide: 0.36 of its width, the end of it seen briefly.
    margin = wider.margin
    assert 28 <= margin.left <= 36 and margin.right == 0
    assert wider.more == pytest.approx((96 + margin.left) * (54 + margin.top + margin.bottom) / (96 * 54) - 1)
    assert wider.views == (0,) and min(wider.covered) > 0.93 and wider.mean > plain.mean + 0.1
    # As many as it takes: the margin stands in for the further still.
    free = at_once(plan.plan(track, found, None, True))
    assert len(free.views) == 1 and free.margin and free.mean >= plan.ENOUGH
    assert len(at_once(plan.plan(track, found)).views) == 2


def test_a_move_that_uncovers_nothing_beside_the_frame_has_no_margin(shot):
    scene = shot.id_data
    scene.camera.animation_data_clear()
    scene.camera.rotation_euler = Euler((1.2, 0, 0.55))
    begin = scene.camera.location.copy()
    bpy.context.view_layer.update()
    ahead_ = scene.camera.matrix_world.to_3x3().col[2] * -2
    for frame, place in ((FIRST, begin), (FIRST + 23, begin + ahead_)):
        scene.camera.location = place
        scene.camera.keyframe_insert("location", frame=frame)
    track = camera_track(scene, scene.camera, FIRST, 24)
    found = at_once(surfaces.read(scene, np.array([track.poses[0].place])))
    assert not at_once(plan.plan(track, found, 1, True)).margin


def test_the_still_is_what_lies_inside_to_the_bit(session, shot):
    scene = shot.id_data
    scene.cycles.samples = 96
    before = rooms.settings_of(scene)
    request = take(session, shot)
    assert rooms.settings_of(scene) == before
    assert not [one for one in bpy.data.objects if second_camera.is_ours(one)]
    still, around = request.views
    assert (still.t, 0 < around.t <= 1e-3) == (0, True)
    assert [still.image.name, around.image.name] == ["still.png", "around.png"]
    left, top = around.camera.width - 96, round(around.camera.cy - still.camera.cy)
    margin = Margin(left, top, 0, around.camera.height - 54 - top)
    assert left >= 28 and around.camera.cx == pytest.approx(still.camera.cx + left, abs=1e-3)
    assert np.array_equal(inner(rooms.picture(around.image), margin), rooms.picture(still.image))
    assert np.array_equal(inner(rooms.depth_of(around.depth), margin), rooms.depth_of(still.depth))
    assert rooms.depth_of(around.depth).shape == (around.camera.height, around.camera.width)
    assert shot.still.endswith("still.png") and "more pixels, for what the move uncovers" in shot.takes[0].notes
    # A plain still of the same moment shows the same, its noise apart, by the same camera.
    plain = take(session, shot, overrides={"engine": "one"})
    assert len(plain.views) == 1
    assert rooms.psnr(rooms.picture(plain.views[0].image), rooms.picture(still.image)) > 30
    assert np.allclose(plain.views[0].camera.matrix_world, still.camera.matrix_world, atol=1e-6)
    assert plain.views[0].camera.things == still.camera.things
    near = rooms.depth_of(plain.views[0].depth) / rooms.depth_of(still.depth)
    assert np.mean(np.abs(near - 1) < 0.02) > 0.97


def test_a_retake_uses_both_pictures_again(session, shot, monkeypatch):
    first = take(session, shot)
    rendered = []
    real = render.render
    monkeypatch.setattr("take_one.scene.stills.capture.render", lambda *a: rendered.append(a) or real(*a))
    again = take(session, shot, overrides={"prompt": "quietly"})
    assert rendered == [] and [view.image.name for view in again.views] == ["still.png", "around.png"]
    for one, other in zip(first.views, again.views, strict=True):
        assert one.image.parent != other.image.parent
        assert one.image.read_bytes() == other.image.read_bytes()
        assert one.depth.read_bytes() == other.depth.read_bytes()
    first.views[1].image.unlink()
    again.views[1].image.unlink()
    assert len(take(session, shot).views) == 2 and len(rendered) == 1


def test_the_card_says_what_it_costs(session, shot):
    planned = at_once(plans.of_shot(shot))
    plans.keep(plans.key(shot), planned)
    shot.id_data.take_one.still_seconds = 0.0
    percent = f"(+{100 * planned.plan.more:.0f} % pixels)"
    assert planned.plan.more > 0.3 and percent in plans.lines(shot)[0]
    plans.measured(shot.id_data, 10 * (1 + planned.plan.more), planned.plan.more)
    assert plans.still_seconds(shot.id_data) == pytest.approx(10)
    assert f"about {plans.duration(10 * (1 + planned.plan.more))}" in plans.lines(shot)[0]


def test_a_plan_is_old_once_the_scene_shows_other_things(session, shot):
    scene = shot.id_data
    planned = at_once(plans.of_shot(shot))
    plans.keep(plans.key(shot), planned)
    planned = plans.known(shot)
    scene["anything"] = 1
    scene.render.simplify_subdivision_render = 3  # not in use
    assert not plans.is_stale(shot, planned)
    for where, name, value in (
        (scene, "background_set", bpy.data.scenes.new("Set")),
        (scene.view_layers[0], "material_override", bpy.data.materials.new("Clay")),
        (scene.render, "use_simplify", True),
    ):
        before = getattr(where, name)
        setattr(where, name, value)
        assert plans.is_stale(shot, planned), name
        setattr(where, name, before)
        assert not plans.is_stale(shot, planned), name


@pytest.mark.parametrize("reason", ["blur", "freestyle", "window", "viewport", "rays", "seconds", "cull"])
def test_a_still_that_goes_by_its_frame_is_not_widened(session, shot, reason):
    scene, call = shot.id_data, {}
    if reason == "blur":
        scene.render.use_motion_blur = True
    elif reason == "freestyle":
        scene.render.use_freestyle = True
    elif reason == "rays":
        scene.render.engine, scene.eevee.use_raytracing = rooms.EEVEE, True
    elif reason == "seconds":
        scene.cycles.time_limit = 2.5
    elif reason == "cull":
        scene.render.use_simplify = scene.cycles.use_camera_cull = True
    elif reason == "viewport":
        call["source"] = "VIEWPORT"
    else:
        tree = bpy.data.materials["Colour 1"].node_tree
        place, noise = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeTexNoise")
        tree.links.new(place.outputs["Window"], noise.inputs["Vector"])
    if reason == "viewport":
        assert [view.image.name for view in take(session, shot, **call).views] == ["still.png"]
    else:
        assert not at_once(plans.of_shot(shot)).plan.margin


def test_what_is_driven_by_the_frame_or_made_by_its_camera(shot):
    scene = shot.id_data
    assert may_be_wider(scene, scene.camera)
    scene.render.engine = rooms.EEVEE
    assert may_be_wider(scene, scene.camera)  # without ray tracing
    driven = bpy.data.materials["Colour 2"].node_tree.nodes["Principled BSDF"].inputs["Roughness"]
    for path, fits in (("render.resolution_y", False), ("camera.data.lens", False), ("render.fps", True)):
        driver = driven.driver_add("default_value").driver
        one = driver.variables.new()
        one.targets[0].id_type, one.targets[0].id, one.targets[0].data_path = "SCENE", scene, path
        driver.expression = "var / 90"
        assert may_be_wider(scene, scene.camera) is fits
        driven.driver_remove("default_value")
    group = bpy.data.node_groups.new("Culled", "GeometryNodeTree")
    assert may_be_wider(scene, scene.camera)
    group.nodes.new("GeometryNodeInputActiveCamera")
    assert not may_be_wider(scene, scene.camera)


def no_wide_render(monkeypatch):
    real = render.render

    def fails(*asked):
        if asked[-1]:
            raise render.failed(None, RuntimeError("no memory"))
        return real(*asked)

    monkeypatch.setattr("take_one.scene.stills.capture.render", fails)


def test_where_the_wide_render_fails_the_plain_still_is_taken(session, shot, monkeypatch):
    no_wide_render(monkeypatch)
    wide = at_once(plans.of_shot(shot)).plan
    request = take(session, shot)
    assert [view.image.name for view in request.views] == ["still.png"]
    notes = shot.takes[0].notes
    assert "could not be rendered wider than its frame" in notes and "more pixels" not in notes
    assert rooms.picture(request.views[0].image).shape == (54, 96, 3)
    # What it claims to show is what a still without a margin does, on the take and on the card.
    app().state.engines = tuple(replace(one, overscan=False) for one in app().state.engines)
    plain = at_once(plans.of_shot(shot)).plan
    assert plain.mean < wide.mean - 0.1
    assert f"One still shows {100 * plain.mean:.0f} % of the move." in notes
    kept = plans.known(shot).plan
    assert (kept.margin, kept.covered) == (NONE, plain.covered)
    assert f"They show {100 * plain.mean:.0f} % of the move, {100 * min(plain.covered):.0f} % at worst" in plans.lines(
        shot
    )


def test_where_the_wider_picture_cannot_be_cut_the_plain_still_is_taken(session, shot, monkeypatch):
    def damaged(*_):
        raise ValueError("The PNG is damaged.")

    monkeypatch.setattr(png, "cut_out", damaged)
    request = take(session, shot)
    assert [view.image.name for view in request.views] == ["still.png"]
    assert "could not be cut out of its wider picture: The PNG is damaged." in shot.takes[0].notes
    assert not (request.views[0].image.parent / "around.png").exists()


def test_where_the_wide_render_fails_further_stills_stand_in_for_the_margin(session, shot, monkeypatch):
    shot.stills = "AUTO"
    assert len(at_once(plans.of_shot(shot)).plan.views) == 1
    no_wide_render(monkeypatch)
    request = take(session, shot)
    assert [view.image.name for view in request.views] == ["still.png", "view_01.png"]
    assert "2 stills show" in shot.takes[0].notes


def test_a_take_by_words_asks_where_its_camera_goes(session, shot):
    shot.motion, shot.prompt = "WORDS", "pan right"
    session.path = pan(-9)
    bpy.data.objects["Cube"].name = "Red Sofa"
    request = take(session, shot, seeds=(5, 6))
    assert request.path is None
    still, around = request.views
    assert around.camera.width > 96 and around.camera.cx == pytest.approx(still.camera.cx, abs=0.5)  # on the right
    engine, direction, seen, seconds, seed = session.ahead[1]
    assert (engine, direction.prompt, seconds, seed) == ("draft", "pan right", 1.0, 6)
    assert seen.sight and {thing.name for thing in seen.things} == {"Red Sofa"}
    session.ahead.clear()
    assert len(take(session, shot, overrides={"engine": "plain"}).views) == 1 and session.ahead == []


@pytest.mark.parametrize("each", [True, False])
def test_each_shot_of_a_clip_has_its_own_margin(session, shot, each):
    app().state.engines = (replace(ABLE, shots=6, shot_requests=True, shot_stills=each),)
    other = add_shot(bpy.context.scene)
    other.name, other.seconds, other.engine, other.frame, other.frame_lock = "After", 0.5, "draft", FIRST + 3, True
    for one in (shot, other):
        one.motion, one.prompt = "WORDS", "pan right"
    session.path = pan(-9)
    keys = jobs._send(jobs._views_now(together.make(bpy.context, (shot, other))))
    request = session.requests[session.keys.index(keys[0])]
    if not each:
        assert [view.camera.width for view in request.views] == [96]
        return
    for part in split(request):
        still, around = part.views
        assert (still.t, still.camera.width, around.t) == (0, 96, pytest.approx(1e-4))
        assert around.camera.width > 96 and around.camera.matrix_world == still.camera.matrix_world


@pytest.mark.parametrize("why", ["nobody answers", "it holds", "not ready", "heavy"])
def test_where_the_way_is_not_known_the_still_is_plain(session, shot, monkeypatch, why):
    monkeypatch.setattr(ahead, "PATIENCE", 0.05)
    shot.motion = "WORDS"
    session.path = None if why == "nobody answers" else pan(0 if why == "it holds" else 9)
    if why == "not ready":
        app().state.backend.state = "starting"
    if why == "heavy":
        monkeypatch.setattr(facts, "MAX_RAY_FACES", 6)
    request = take(session, shot)
    assert [view.image.name for view in request.views] == ["still.png"]
    assert "wider" not in shot.takes[0].notes
    known = "Where the words lead was not known" not in shot.takes[0].notes
    assert known is (why in {"it holds", "heavy"})
    assert (session.ahead == []) is (why in {"not ready", "heavy"})
