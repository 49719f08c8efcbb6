"""Run inside a Blender with its window: what can't be tried without one. Writes results.json; see
test_window.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parents[1]
OUT = Path(sys.argv[sys.argv.index("--") + 1])
os.environ["TAKE_ONE_HOME"] = str(OUT / "home")
sys.path.insert(0, str(HERE))
results: dict = {}

import load_extension  # noqa: E402


def run():
    """The steps, one a timer tick; a step yields how long to wait."""
    from rooms import clip, depth_of, picture, room, settings_of
    from stand_in import attach, ready
    from take_one.scene.app.app import app
    from take_one.scene.app.errors import SceneError
    from take_one.scene.edit import strips
    from take_one.scene.model.shots import takes
    from take_one.scene.model.shots.shot_list import add_shot
    from take_one.scene.session import jobs, pump
    from take_one.scene.session.press.press import Call, make_order
    from take_one.scene.stills import capture as still
    from take_one.scene.stills.borrow import borrowed
    from take_one.scene.stills.formats import exr

    scene = room(160, 90, "BLENDER_WORKBENCH")
    yield 0.5
    # The viewport's picture and depth against a render with the same engine.
    for kind in ("PERSP", "ORTHO"):
        scene.camera.data.type = kind
        scene.camera.data.ortho_scale = 12
        scene.camera.data.shift_x = 0.1
        yield 0.3
        before = settings_of(scene), view_of()
        drawn = still.capture(bpy.context, scene, OUT / f"viewport_{kind}", source="VIEWPORT")
        results[f"{kind} settings same"] = (settings_of(scene), view_of()) == before
        rendered = still.capture(bpy.context, scene, OUT / f"render_{kind}", source="RENDER")
        one, two = depth_of(drawn.depth), depth_of(rendered.depth)
        both = (one < exr.BACKGROUND) & (two < exr.BACKGROUND)
        results[f"{kind} overlap"] = float(both.sum() / max(1, ((one < exr.BACKGROUND) | (two < exr.BACKGROUND)).sum()))
        results[f"{kind} depth error"] = float(abs(one - two)[both].mean())
        results[f"{kind} camera same"] = drawn.camera == rendered.camera
        results[f"{kind} drawn"] = float(picture(drawn.image).std())
        results[f"{kind} notes"] = list(drawn.notes)
    scene.camera.data.type, scene.camera.data.shift_x = "PERSP", 0.0

    # Blender's own non-blocking render: the timer goes on meanwhile.
    scene.render.engine = "CYCLES"
    subprocess.run(["xdotool", "mousemove", "200", "700"], check=True)  # into the window: keys go there
    for name, samples in (("finished", 30), ("stopped", 20000)):
        scene.cycles.samples = samples
        scene.cycles.use_adaptive_sampling = False  # which may be satisfied long before it can be stopped
        yield 0.5
        before = settings_of(scene)
        answers: list = []
        still.start_render(bpy.context, scene, OUT / f"async_{name}", answers.append)
        results[f"{name} returns at once"] = not answers and still.rendering()
        try:
            still.start_render(bpy.context, scene, OUT / "second", answers.append)
        except SceneError as error:
            results[f"{name} second"] = error.code
        ticks, begun = 0, time.monotonic()
        while not answers and time.monotonic() - begun < 60:
            ticks += 1
            yield 0.05
            if name == "stopped" and ticks % 10 == 5:  # again, where Blender did not look the first time
                subprocess.run(["xdotool", "key", "Escape"], check=True)
        results[f"{name} ticks"] = ticks  # of the one that is stopped at least the five before the first key
        answer = answers[0] if answers else None
        results[f"{name} answer"] = getattr(answer, "code", None) or type(answer).__name__
        results[f"{name} depth"] = bool(getattr(answer, "depth", None))
        yield 0.3
        results[f"{name} settings same"] = settings_of(scene) == before
        results[f"{name} records"] = borrowed.RECORD in scene

    # Two presses; then everything is changed while the first still renders.
    session = attach()
    eye, aside = scene.camera, scene.camera.copy()
    scene.collection.objects.link(aside)
    for frame in (0, 100):
        eye.location.x = frame / 10
        eye.keyframe_insert("location", frame=frame)
    scene.cycles.samples = 30
    pressed = []
    for name, frame in (("One", 20), ("Two", 60)):
        yield from until_it_renders()
        scene.frame_set(frame)
        eye.update_tag()
        bpy.context.view_layer.update()
        pressed.append(eye.matrix_world[0][3])
        shot = add_shot(scene)
        shot.name, shot.seconds = name, 0.5
        jobs.start(make_order(bpy.context, shot, Call(source="RENDER")))
    yield from until_it_renders()
    results["begun"] = still.rendering() and not session.requests
    scene.frame_set(90)
    scene.camera, scene.render.resolution_x = aside, 64
    ends = time.monotonic() + 120
    while len(session.requests) < 2 and time.monotonic() < ends:
        yield 0.1
    views = [request.views[0] for request in session.requests]
    results["pressed x"] = pressed
    results["still x"] = [view.camera.matrix_world[0][3] for view in views]
    results["still sizes"] = [picture(view.image).shape[:2] for view in views]
    results["clip sizes"] = [request.size for request in session.requests]
    results["scene afterwards"] = [scene.frame_current, scene.camera.name == aside.name, scene.render.resolution_x]
    results["press error"] = app().state.last_error and app().state.last_error.message
    scene.render.resolution_x = 160
    app().state.jobs.clear()

    # Of another camera and frame than the window's scene, through fog, so that the depth is rendered first; and the
    # user goes on meanwhile.
    from rooms import camera
    from take_one.scene.stills.borrow import depth_pass

    scene.cycles.samples = 4
    bound = camera(scene, "Bound", (0.0, -12.0, 3.0))
    eye = camera(scene, "Eye", (5.0, -8.0, 4.0))
    for frame, x in ((1, 5.0), (5, 6.0)):
        eye.location.x = x
        eye.keyframe_insert("location", frame=frame)
    scene.timeline_markers.new("cut", frame=1).camera = bound
    scene.frame_set(1)
    scene.camera = own = next(item for item in scene.objects if item.name == "Camera")
    scene.world.use_nodes = True
    tree = scene.world.node_tree
    fog = tree.nodes.new("ShaderNodeVolumeScatter")
    fog.inputs["Density"].default_value = 0.02
    output = next(node for node in tree.nodes if node.type == "OUTPUT_WORLD")
    tree.links.new(fog.outputs[0], output.inputs["Volume"])
    edit = bpy.data.scenes.new("Edit")
    edit.frame_current = 40
    for name, shown in (("same", scene), ("other", edit)):
        bpy.context.window.scene = shown
        yield 0.5
        scene.camera = own  # which no marker would choose
        before = settings_of(scene)
        answers = []
        last = time.monotonic()
        still.start_render(bpy.context, scene, OUT / f"fog_{name}", answers.append, camera=eye, frame=5)
        results[f"fog {name} starts in"] = time.monotonic() - last
        begun = time.monotonic()
        while not answers and time.monotonic() - begun < 90:
            yield 0.05
        answer = answers[0] if answers else None
        results[f"fog {name} answer"] = getattr(answer, "message", None) or type(answer).__name__
        if isinstance(answer, still.Still):
            results[f"fog {name} x"] = answer.camera.matrix_world[0][3]
            results[f"fog {name} doubtful"] = depth_pass.doubtful(depth_of(answer.depth))
            results[f"fog {name} notes"] = list(answer.notes)
        results[f"fog {name} files"] = sorted(path.name for path in (OUT / f"fog_{name}").iterdir())
        yield 0.3
        after = settings_of(scene)
        results[f"fog {name} changed"] = [key for key in after if after[key] != before.get(key)]
        results[f"fog {name} frames"] = [scene.frame_current, edit.frame_current]
    bpy.context.window.scene = scene
    yield 0.3
    scene.cycles.samples = 30
    answers = []
    still.start_render(bpy.context, scene, OUT / "meanwhile", answers.append, camera=eye, frame=5)
    yield from until_it_renders()
    results["meanwhile moved"] = not answers
    scene.frame_set(3)
    scene.camera = bound
    eye.location.x = -20.0
    begun = time.monotonic()
    while not answers and time.monotonic() - begun < 90:
        yield 0.05
    results["meanwhile answer"] = type(answers[0]).__name__ if answers else None
    if answers and isinstance(answers[0], still.Still):
        results["meanwhile x"] = answers[0].camera.matrix_world[0][3]
    yield 0.3
    results["meanwhile kept"] = [scene.frame_current, scene.camera.name]
    results["meanwhile marker"] = scene.timeline_markers[0].camera.name
    scene.frame_set(1)
    scene.camera = own
    yield 0.3  # markers choose once more
    scene.camera = own

    # The 3D View draws a camera that a collection hides, at its own frame.
    shelf = bpy.data.collections.new("Shelf")
    scene.collection.children.link(shelf)
    scene.collection.objects.unlink(eye)
    shelf.objects.link(eye)
    bpy.context.view_layer.layer_collection.children["Shelf"].exclude = True
    scene.render.engine = "BLENDER_WORKBENCH"
    yield 0.3
    drawn = still.capture(bpy.context, scene, OUT / "drawn", source="VIEWPORT", camera=eye, frame=5)
    rendered = still.capture(bpy.context, scene, OUT / "rendered", source="RENDER", camera=eye, frame=5)
    results["hidden camera x"] = drawn.camera.matrix_world[0][3]
    results["hidden camera depth"] = float(abs(depth_of(drawn.depth) - depth_of(rendered.depth)).clip(0, 1).mean())
    yield 0.3
    results["hidden camera after"] = [scene.frame_current, scene.camera.name, scene.timeline_markers[0].camera.name]

    # A take lands from the timer, and one undo takes it away.
    shot = add_shot(scene)
    shot.name = "Kitchen"
    uid = shot.uid
    bpy.ops.ed.undo_push(message="before")
    app().part(pump.Pump).waiting.append(ready(shot, source=clip(OUT / "take.mp4", 24), placement="AFTER"))
    ends = time.monotonic() + 60
    while app().part(pump.Pump).waiting and time.monotonic() < ends:
        yield 0.1
    results["landed strips"] = len(strips.strips_of_shot(uid))
    bpy.ops.ed.undo()
    yield 0.3
    from take_one.scene.model.shots.shot_list import find_shot

    results["strips after undo"] = len(strips.strips_of_shot(uid))
    results["takes after undo"] = [take.status for take in find_shot(uid).takes]
    bpy.ops.ed.redo()
    yield 0.3
    results["strips after redo"] = len(strips.strips_of_shot(uid))
    results["name"] = takes.take_name(find_shot(uid).name, 1)


def until_it_renders():
    """Where a render was begun: until Blender has read the scene. Its thread first sets the scene's frame once more,
    which takes a frame that a script has set in that millisecond away."""
    from take_one.scene.stills import render

    ends = time.monotonic() + 60
    while (task := render.state().running) and task.framing is None and time.monotonic() < ends:
        yield 0.02


def view_of() -> list:
    """What a viewport still might disturb in the 3D View."""
    from rooms import everything

    spaces = [
        area.spaces.active
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
        if area.type == "VIEW_3D"
    ]
    return [(everything(space.shading), everything(space.overlay), space.show_gizmo) for space in spaces]


def drive(steps):
    def tick():
        try:
            return next(steps)
        except StopIteration:
            pass
        except Exception:  # noqa: BLE001  told in the results
            results["error"] = traceback.format_exc()
        (OUT / "results.json").write_text(json.dumps(results, indent=1))
        bpy.ops.wm.quit_blender()
        return None

    return tick


bpy.context.preferences.view.show_splash = False
bpy.ops.wm.read_factory_settings(use_empty=False)
for item in list(bpy.data.objects):
    bpy.data.objects.remove(item)
load_extension.load()
bpy.app.timers.register(drive(run()), first_interval=2.0, persistent=True)
