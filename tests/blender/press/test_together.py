"""Contiguous shots as one request, by a real server: one job, one clip, a take a shot, cut at the cuts."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
import stand_in
from rooms import picture, picture_output, room
from take_one.client import events
from take_one.client.protocol import EngineInfo, Price, Problem, Tariff
from take_one.client.protocol.request import MAX_VIEWS
from take_one.client.target import LocalTarget
from take_one.operators.making import together as operator
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import transitions, uses
from take_one.scene.model.shots import kept, shot_list, takes
from take_one.scene.session import jobs, pump
from take_one.scene.session.press import together
from take_one.scene.session.server import connection, preferences
from take_one.scene.session.views import plans
from take_one.scene.stills import capture

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")
LENGTHS = {"Hall": 10, "Stairs": 15, "Roof": 8}  # frames
ONE_STILL = EngineInfo("draft", "Draft", shots=6, views=6, shot_seconds=1.0, max_seconds=10, shot_requests=True)
COLORS = {"Hall": (0.8, 0.1, 0.1), "Stairs": (0.1, 0.8, 0.1), "Roof": (0.1, 0.1, 0.8)}


@pytest.fixture
def scene(tmp_path):
    """Three shots of three walls of other colours, from frame 40 on; the scene stands at 7."""
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.display.shading.light, scene.display.shading.color_type = "FLAT", "OBJECT"
    for index, (name, frames) in enumerate(LENGTHS.items()):
        bpy.ops.mesh.primitive_plane_add(size=40, location=(0, 0, -100 * (index + 1)))
        bpy.context.object.color = (*COLORS[name], 1.0)
        eye = bpy.data.objects.new(name, bpy.data.cameras.new(name))
        eye.location = (0, 0, -100 * (index + 1) + 5)
        scene.collection.objects.link(eye)
        shot = shot_list.add_shot(scene, eye)
        shot.name, shot.prompt, shot.engine, shot.frames = name, "hold", "draft", frames
        shot.frame, shot.frame_lock = 40 + index, True
    scene.take_one.handles = 3
    scene.take_one.active_shot = 0
    scene.frame_set(7)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return bpy.context.scene


def colour_at(edit, frame):
    """The middle of the edit's frame."""
    edit.frame_start = edit.frame_end = frame
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    picture_output(edit, bpy.app.tempdir + "seen_")
    bpy.ops.render.render(animation=True, scene=edit.name)
    return picture(bpy.app.tempdir + f"seen_{frame:04d}.png")[14:22, 28:36].mean(axis=(0, 1))


@pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")
def test_three_shots_are_one_job_and_three_takes(scene):
    connection.use(LocalTarget(root=ROOT, python=Path(PYTHON)))
    bpy.ops.takeone.animate_together()
    assert (app().state.last_error, app().state.jobs) == (None, {})
    edit = bpy.data.scenes["Edit"]
    shots = {shot.name: shot for shot in scene.take_one.shots}
    row = uses.uses(edit)
    assert [(shot_list.find_shot(use.shot_uid).name, use.start, use.end) for use in row] == [
        ("Hall", 1, 11),
        ("Stairs", 11, 26),
        ("Roof", 26, 34),
    ]
    # one file: 10 + 3, 15 + 3 and 8 + 3 frames; a move by words has no handle at its head
    files = {name: takes.clip_path(shot.takes[0]) for name, shot in shots.items()}
    assert len({file.read_bytes() for file in files.values()}) == 1
    assert [file.name for file in files.values()] == ["Hall_t001.mp4", "Stairs_t001.mp4", "Roof_t001.mp4"]
    keys = (strips.HEAD_KEY, strips.TAIL_KEY, strips.BEYOND_KEY, strips.OWN_KEY)
    for use, wanted in zip(row, [(0, 32, 29, 13), (13, 14, 11, 31), (31, 3, None, None)], strict=True):
        found = {strip.type: tuple(strip.get(key) for key in keys) for strip in use.strips}
        assert found == {"MOVIE": (*wanted[:3], None), "SOUND": (*wanted[:2], None, wanted[3])}
    for name, use in zip(shots, row, strict=True):  # in the middle and at both ends
        for frame in (use.start, (use.start + use.end) // 2, use.end - 1):
            seen = colour_at(edit, frame)
            assert int(np.argmax(seen)) == list(LENGTHS).index(name), (name, frame, seen)
    for number, (name, shot) in enumerate(shots.items()):
        said = json.loads(files[name].with_suffix(".json").read_text())
        take = shot.takes[0]
        assert (said["binding"]["shot_uid"], said["binding"]["take_uid"]) == (shot.uid, take.uid)
        assert (said["seed"], said["shot_of_clip"]) == (take.seed, number + 1)
        assert (shot.current_take, take.status, take.number) == (take.uid, "READY", 1)
        assert kept.read(take).request.frame_count == LENGTHS[name] + 3
        assert not [note for note in take.notes.splitlines() if note.startswith("Shot ")]
    assert (scene.frame_current, scene.take_one.active_shot) == (7, 0)

    # a dissolve has the frames of its own handle, not the next shot's
    assert transitions.add(edit, uses.uses(edit)[1], transitions.DISSOLVE, 12) == 3

    # a retake of one is an ordinary take, in the same place
    scene.take_one.active_shot = 1
    bpy.ops.takeone.retake(seed=5)
    take = shots["Stairs"].takes[1]
    use = uses.uses_of(edit, shots["Stairs"].uid)[0]
    assert (use.start, use.end, shots["Stairs"].current_take) == (11, 26, take.uid)
    assert {strip.get(strips.BEYOND_KEY) for strip in use.strips} == {None}
    assert takes.clip_path(take).read_bytes() != files["Stairs"].read_bytes()
    assert int(np.argmax(colour_at(edit, 20))) == 1


def test_what_can_not_be_one_request_is_said(scene):
    session = stand_in.attach()
    one, two = EngineInfo("draft", "Draft", shots=4, max_seconds=1.0, shot_requests=True), EngineInfo("other", "Other")
    app().state.engines = (one, two)
    shots = scene.take_one.shots
    with pytest.raises(RuntimeError, match=r"Draft makes up to 1 seconds, and these shots are 1\.04"):
        bpy.ops.takeone.animate_together(count=2)
    app().state.engines = ()
    with pytest.raises(SceneError, match="has not said yet what its engines can do"):
        together.make(bpy.context, list(shots[:2]))
    app().state.engines = (one, two)
    shots[1].engine = "other"
    with pytest.raises(RuntimeError, match="'Stairs' has another engine than 'Hall'"):
        bpy.ops.takeone.animate_together(count=2)
    scene.take_one.active_shot = 1
    assert not bpy.ops.takeone.animate_together.poll()
    assert session.keys == []


def test_an_engine_of_one_still_and_whole_seconds(scene, monkeypatch):
    session = stand_in.attach()
    app().state.engines = (ONE_STILL,)
    monkeypatch.setattr(jobs, "wait", lambda *_: None)
    bpy.ops.takeone.animate_together(count=3)
    (request,) = session.requests
    assert [len(request.views), request.seconds, [shot.seconds for shot in request.shots]] == [1, 3.0, [1, 1, 1]]
    parts = request.binding.parts
    assert [(part.first, part.frames, part.head, part.tail) for part in parts] == [
        (0, 24, 0, 14),
        (24, 24, 0, 9),
        (48, 24, 0, 16),
    ]
    found = [shot.takes[0] for shot in scene.take_one.shots]
    assert [take.uid for take in found] == [session.keys[0] + end for end in ("", "-1", "-2")]
    assert all(app().state.making(take.uid) is app().state.jobs[session.keys[0]] for take in found)
    pump.handle(events.JobFailed(session.keys[0], Problem("cancelled", "Cancelled."), request.binding))
    assert [take.status for take in found] == ["CANCELLED"] * 3

    # as many as last together no longer than a clip may
    for longest, count in ((1.9, 1), (2.0, 2), (2.9, 2), (3.0, 3), (0.0, 3)):
        app().state.engines = (replace(ONE_STILL, max_seconds=longest),)
        assert len(together.fitting(bpy.context, scene.take_one.shots[0])) == count


OWN_STILLS = replace(ONE_STILL, views=MAX_VIEWS, shot_seconds=0.0, shot_stills=True)


def test_an_older_server_is_not_asked_for_several_shots(scene):
    session = stand_in.attach()
    app().state.engines = (replace(ONE_STILL, shot_requests=False),)
    assert not bpy.ops.takeone.animate_together.poll()
    with pytest.raises(SceneError, match="The server of Draft takes one shot in a request"):
        together.make(bpy.context, list(scene.take_one.shots[:2]))
    assert session.keys == []


@pytest.mark.parametrize("count", [2, 3])
def test_the_shots_share_the_views_of_a_request(scene, count):
    stand_in.attach()
    shots = list(scene.take_one.shots[:count])
    for engine, most in ((OWN_STILLS, MAX_VIEWS // count), (replace(OWN_STILLS, views=7), 7 // count), (ONE_STILL, 1)):
        app().state.engines = (engine,)
        first = together.make(bpy.context, shots)
        found = [plans.wanted(32, one.engine.views) for one in (first, *first.following)]
        assert found == [most] * count, engine


def test_the_first_of_the_selected_shots_says_what_it_costs(scene, monkeypatch):
    session = stand_in.attach()
    rate = Price(0.5, per="second")
    paid = replace(ONE_STILL, id="paid", name="Paid", shot_seconds=1.0, sends_to="Somebody", tariffs=(Tariff(rate),))
    app().state.engines = (replace(ONE_STILL, shots=1), paid)
    hall, *others = scene.take_one.shots
    for shot in others:
        shot.engine = "paid"
    asked = []
    monkeypatch.setattr(jobs, "learn_spending", asked.append)
    monkeypatch.setattr(jobs, "wait", lambda *_: None)
    budgets = SimpleNamespace(budget_day=0.0, budget_film=0.9, backend="LOCAL")
    monkeypatch.setattr(preferences, "preferences", lambda: budgets)
    assert not bpy.ops.takeone.animate_together.poll()  # the hall's engine makes one at a time
    monkeypatch.setattr(operator, "selected", lambda _context: others)
    with pytest.raises(RuntimeError, match=r"This makes \$1\.00, and the budget of this film is \$0\.90"):
        bpy.ops.takeone.animate_together()
    ((wish,),) = asked
    assert (wish.engine.id, wish.seconds) == ("paid", 2.0)
    assert (hall.engine, session.keys) == ("draft", [])


def test_what_is_seen_now_is_taken_before_a_render_of_the_same_row(scene, monkeypatch):
    session = stand_in.attach()
    app().state.engines = (OWN_STILLS,)
    monkeypatch.setattr(jobs, "wait", lambda *_: None)
    hall, stairs, _ = scene.take_one.shots
    stairs.still_source = "RESULT"
    scene.camera = bpy.data.objects["Roof"]
    bpy.ops.render.render()
    bpy.ops.takeone.animate_together(count=2)
    (request,) = session.requests
    seen = [int(np.argmax(picture(view.image)[14:22, 28:36].mean(axis=(0, 1)))) for view in request.views]
    assert seen == [0, 2]  # the hall, rendered, and the roof that was the result at the press

    begun = []
    monkeypatch.setattr(capture, "start_render", lambda c, s, folder, done, **_: begun.append((folder, done)))
    order = together.make(bpy.context, [hall, stairs])
    jobs.start(order)
    assert (len(begun), len(session.requests)) == (1, 1)
    assert int(np.argmax(picture(order.following[0].folder / "still.png")[14:22, 28:36].mean(axis=(0, 1)))) == 0
    (folder, done), scene.camera = begun[0], bpy.data.objects["Stairs"]
    done(capture.capture(bpy.context, scene, folder))
    assert [int(np.argmax(picture(view.image)[18, 32])) for view in session.requests[1].views] == [1, 0]
    assert session.requests[1].views[1].image == order.following[0].folder / "still.png"
