"""Every panel stays quick with a long list of takes and a long queue, and changes nothing while it draws."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.blender_window import MODULE, BlenderWindow

TAKES, JOBS, LINES = 200, 50, 20
BUDGET_MS = 2.0
# Two hundred takes of one shot, each with its strips, as if made here; a full card; a long queue.
FILL = f"""
import json
from {MODULE}.client.protocol import Binding, JobState, Problem
from {MODULE}.scene.app import state
from {MODULE}.scene.app.app import app
from {MODULE}.scene.model.shots import shot_list
shot = shot_list.ensure_shot(scene)
for number in range(1, {TAKES} + 1):
    take = shot.takes.add()
    take.uid, take.number, take.status, take.clip = f"take{{number}}", number, "READY", bpy.app.binary_path
    take.rating, take.note = number % 6, "a note" if number % 3 else ""
    take.notes = "No camera move found in the direction: a gentle push in was made. " * 3
edit = bpy.data.scenes.new("Edit")
editor = edit.sequence_editor_create()
for number in range(2 * {TAKES}):
    keywords = dict(length=24) if bpy.app.version >= (5, 0, 0) else dict(frame_end=number * 24 + 25)
    strip = editor.strips.new_effect(f"strip{{number}}", "COLOR", 1 + number % 2, number * 24 + 1, **keywords)
    strip["take_one_shot"], strip["take_one_take"] = shot.uid, f"take{{number // 2 + 1}}"
for number in range({LINES}):
    line = shot.lines.add()
    line.speaker, line.line = f"WHO {{number}}", "We are late. " * 4
shot.words = "slowly push in, then pan left to the window\\n" * {LINES}
shot.engine = "happyhorse"
shot.final_prompt = bpy.data.texts.new("final")
shot.final_prompt.write("A medium shot on a 35 mm standard lens. Interior, dusk. In view: sofa, window.\\n" * {LINES})
shot.final_prompt_of = "of another direction"
for number in range({JOBS}):
    status = JobState.IN_PROGRESS if number == 0 else JobState.QUEUED
    binding = Binding("file", "scene", shot.uid, f"job{{number}}", shot.name, 300 + number)
    app().state.jobs[f"job{{number}}"] = state.Job(
        f"job{{number}}", binding, status=status, progress=30, stage="Making frames",
        eta_seconds=75.0, queue_position=number or None)
for name in ("take_one_settings", "take_one_more", "take_one_about"):
    setattr(bpy.context.window_manager, name, True)
said = "Something went wrong, in a sentence that is as long as they are. " * 2
app().state.fail(Problem("test", said, "retry"))
"""
# Every draw() of ours is timed from here on. A panel that begins closed is opened.
TIME = f"""
import time, functools
from {MODULE} import panels
TIMES = {{}}
def timed(name, draw):
    @functools.wraps(draw)
    def wrapper(self, context):  # Blender counts the arguments
        began = time.thread_time()
        try:
            return draw(self, context)
        finally:
            TIMES.setdefault(name, []).append((time.thread_time() - began) * 1000)
    return wrapper
# the lists are drawn by their panels, and the wide list in a window of its own
OURS = [cls for cls in panels.CLASSES if "_UL_" not in cls.__name__ and "_OT_" not in cls.__name__]
for cls in OURS:
    cls.draw = timed(cls.__name__, cls.draw)
    if "DEFAULT_CLOSED" in getattr(cls, "bl_options", ()):
        bpy.utils.unregister_class(cls)
        cls.bl_options = set()
        bpy.utils.register_class(cls)
"""
REDRAW = """
for window in bpy.context.window_manager.windows:
    for area in window.screen.areas:
        area.tag_redraw()
"""
SEQUENCER = """
area = region_of("VIEW_3D", "UI")[1]
area.type = "SEQUENCE_EDITOR"
"""


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    window = open_blender()
    window.run(TIME)
    window.show_tab()
    window.until("len(STATE.engines)", 60)
    window.run(FILL)
    return window


def redraw(blender: BlenderWindow, times: int = 12) -> None:
    """Have everything drawn several times."""
    for _ in range(times):
        blender.run(REDRAW)
        blender.settle()


def test_every_panel_draws_in_two_milliseconds(blender: BlenderWindow) -> None:
    redraw(blender)
    blender.picture("two_hundred_takes")
    for name in blender.ask("[cls.__name__ for cls in OURS if '_MT_' in cls.__name__]"):
        for _ in range(3):
            blender.move_to(500, 400)
            blender.run(f"bpy.ops.wm.call_menu(name={name!r})")
            blender.settle()
            blender.press("Escape")
    for _ in range(3):
        blender.run("bpy.ops.wm.call_panel(name='TAKEONE_PT_presets')")
        blender.settle()
        blender.press("Escape")
    blender.run(SEQUENCER)
    blender.show_tab("SEQUENCE_EDITOR")
    redraw(blender)
    blender.picture("two_hundred_takes_sequencer")
    blender.run("scene.take_one.shots[0].engine = 'draft'")  # which follows a camera, so that a walkthrough is of use
    redraw(blender)
    blender.run("region_of('SEQUENCE_EDITOR', 'UI')[2].active_panel_category = 'Shots'")
    redraw(blender)
    blender.picture("shots")
    blender.run(f"bpy.ops.preferences.addon_show(module={MODULE!r})")
    blender.settle()
    redraw(blender)
    blender.picture("preferences")
    # the best of several draws: what a panel costs, not what else the machine was doing
    costs = blender.ask("{name: min(times) for name, times in TIMES.items()}")
    for name, cost in sorted(costs.items(), key=lambda item: -item[1]):
        print(f"{name:<36} {cost:6.2f} ms")
    assert set(blender.ask("[cls.__name__ for cls in OURS]")) == set(costs)  # none was left out
    assert max(costs.values()) < BUDGET_MS, costs


def test_drawing_changes_nothing(blender: BlenderWindow) -> None:
    # Blender would refuse a write to its data in draw() and print the traceback
    assert "Traceback" not in blender.log()
    assert "rna_uiItem" not in blender.log()
    assert blender.ask("len(scene.take_one.shots[0].takes)") == TAKES
    assert blender.ask("len(STATE.jobs)") == JOBS
