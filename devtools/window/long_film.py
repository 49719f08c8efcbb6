"""A film as long as they come, for what measures its drawing: snippets that run in a Blender with its window."""

from __future__ import annotations

from .blender import MODULE

# `grow(share)`: one shot with so much of TAKES takes, each with its strips as if made here; a full card, a long queue.
GROW = f"""
from {MODULE}.client.protocol import Binding, JobState, Problem
from {MODULE}.scene.app import state
from {MODULE}.scene.app.app import app
from {MODULE}.scene.model.shots import shot_list
TAKES, JOBS, LINES = 200, 50, 20

def grow(share):
    scene = bpy.context.window_manager.windows[0].scene
    shot = scene.take_one.shots[0] if scene.take_one.shots else shot_list.ensure_shot(scene)
    edit = bpy.data.scenes.get("Edit") or bpy.data.scenes.new("Edit")
    editor = edit.sequence_editor_create()
    for number in range(len(shot.takes) + 1, round(TAKES * share) + 1):
        take = shot.takes.add()
        take.uid, take.number, take.status, take.clip = f"take{{number}}", number, "READY", bpy.app.binary_path
        take.rating, take.note = number % 6, "a note" if number % 3 else ""
        take.notes = "No camera move found in the direction: a gentle push in was made. " * 3
        for kind in range(2):
            start = (2 * number + kind) * 24 + 1
            keywords = dict(length=24) if bpy.app.version >= (5, 0, 0) else dict(frame_end=start + 24)
            strip = editor.strips.new_effect(f"strip{{number}}.{{kind}}", "COLOR", 1 + kind, start, **keywords)
            strip["take_one_shot"], strip["take_one_take"] = shot.uid, take.uid
    for number in range(len(shot.lines), round(LINES * share)):
        line = shot.lines.add()
        line.speaker, line.line = f"WHO {{number}}", "We are late. " * 4
    shot.words = "slowly push in, then pan left to the window\\n" * round(LINES * share)
    shot.engine = "happyhorse"
    shot.final_prompt = shot.final_prompt or bpy.data.texts.new("final")
    shot.final_prompt.clear()
    shot.final_prompt.write("A medium shot on a 35 mm standard lens. In view: sofa, window.\\n" * round(LINES * share))
    shot.final_prompt_of = "of another direction"
    for number in range(len(app().state.jobs), round(JOBS * share)):
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
# COSTS: by class of ours that draws, what measure(draw, panel, context) says of each of its draws. A panel that begins
# closed is opened. The lists are drawn by their panels, and the wide list in a window of its own.
MEASURE = f"""
import functools
from {MODULE} import panels
COSTS = {{}}
def measured(name, draw):
    @functools.wraps(draw)
    def wrapper(self, context):  # Blender counts the arguments
        COSTS.setdefault(name, []).append(measure(draw, self, context))
    return wrapper
OURS = [cls for cls in panels.CLASSES if "_UL_" not in cls.__name__ and "_OT_" not in cls.__name__]
for cls in OURS:
    cls.draw = measured(cls.__name__, cls.draw)
    if "DEFAULT_CLOSED" in getattr(cls, "bl_options", ()):
        bpy.utils.unregister_class(cls)
        cls.bl_options = set()
        bpy.utils.register_class(cls)
"""
