"""Lines of dialogue and words on the card, what the lists and the button say, and which place a transition goes to."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
import stand_in
from paper import Paper
from rooms import camera
from take_one.client.protocol import BoundPart, JobState
from take_one.operators.edit import transitions as verbs
from take_one.panels import shots as panel
from take_one.panels.parts.layout import time_left
from take_one.panels.sidebar import card, queue
from take_one.scene.app.app import app
from take_one.scene.app.state import RENDERING, SENDING, Job
from take_one.scene.edit import board, edit_scene
from take_one.scene.edit.cut import transitions, uses
from take_one.scene.model.shots import shot_list


@pytest.fixture
def scene():
    """Of 24 frames a second, at frame 9, with three shots, the second of which is shown; another scene has none."""
    scene = bpy.context.scene
    scene.camera = camera(scene, "Wide")
    for name, seconds in (("Hall", 1.5), ("Stairs", 2.0), ("Roof", 61.25)):
        shot = shot_list.add_shot(scene, camera(scene, f"{name} Cam"))
        shot.name, shot.seconds, shot.camera.data.lens = name, seconds, 35 + len(name)
    scene.take_one.active_shot = 1
    scene.frame_set(9)
    bpy.data.scenes.new("Other").frame_set(70)
    return scene


def say(shot, *lines):
    for speaker, language, line in lines:
        new = shot.lines.add()
        new.speaker, new.language, new.line = speaker, language, line


def test_lines_come_go_and_move(scene):
    shot = scene.take_one.shots[1]
    say(shot, ("Anna", "German", "a"), ("Bert", "French", "b"), ("Cleo", "English", "c"))
    bpy.ops.takeone.line_add(line="d")
    assert (shot.active_line, shot.lines[3].speaker, shot.lines[3].language) == (3, "Cleo", "English")
    bpy.ops.takeone.line_add(speaker="Dora", language="French")
    assert (shot.lines[4].speaker, shot.lines[4].language, shot.lines[4].line) == ("Dora", "French", "")
    for chosen, by, order, after in ((1, 1, "acbd", 2), (2, 9, "acdb", 4), (0, -1, "acdb", 0), (2, -1, "adcb", 1)):
        shot.active_line = chosen
        bpy.ops.takeone.line_move(by=by)
        assert ("".join(one.line for one in shot.lines), shot.active_line) == (order, after)
    for chosen, left, after in ((1, "acb", 1), (3, "ac", 2), (9, "ac", 1)):
        shot.active_line = chosen
        bpy.ops.takeone.line_remove()
        assert ("".join(one.line for one in shot.lines), shot.active_line) == (left, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "pan left"), ("push in", "push in, then pan left"), ("push in, .", "push in, then pan left")],
)
def test_words_are_put_behind_those_that_are_there(scene, before, after):
    shot = scene.take_one.shots[1]
    shot.prompt = before
    bpy.ops.takeone.add_words(words="pan left")
    assert (shot.prompt, scene.take_one.shots[2].prompt) == (after, "")
    shot.prompt_text = bpy.data.texts.new("long")
    shot.prompt_text.write(before)
    bpy.ops.takeone.add_words(words="pan left")
    assert (shot.prompt_text.as_string().strip(), shot.prompt) == (after, after)


def test_a_chosen_shot_brings_its_frame_and_its_camera_or_only_itself(scene):
    hall, roof = scene.take_one.shots[0], scene.take_one.shots[2]
    hall.frame, hall.frame_lock = 31, True
    bpy.ops.takeone.shot_choose(shot=hall.uid, look_through=False)
    assert (scene.take_one.active_shot, scene.frame_current, scene.camera.name) == (0, 9, "Wide")
    bpy.ops.takeone.shot_choose(shot=hall.uid)
    assert (scene.take_one.active_shot, scene.frame_current, scene.camera.name) == (0, 31, "Hall Cam")
    bpy.ops.takeone.shot_choose(shot=roof.uid)  # which keeps no frame
    assert (scene.take_one.active_shot, scene.frame_current, scene.camera.name) == (2, 31, "Roof Cam")


def test_the_list_says_lens_takes_and_time(scene):
    hall, stairs, roof = scene.take_one.shots
    assert [panel.lens_of(shot) for shot in (hall, stairs)] == ["Hall Cam, 39 mm", "Stairs Cam, 41 mm"]
    roof.camera.data.type, roof.camera.data.ortho_scale = "ORTHO", 6.5
    hall.camera = None
    assert [panel.lens_of(shot) for shot in (hall, roof)] == ["Wide, 50 mm", "Roof Cam, 6.5"]
    words = [panel.take_words(stairs, None)]
    for number in (4, 7):
        stairs.takes.add().number = number
        words.append(panel.take_words(stairs, None))
    words.append(panel.take_words(stairs, stairs.takes[0]))
    assert words == ["No take", "1 take", "2 takes", "Take 4 of 2"]
    assert panel.total(scene) == "3 shots, 1:04.8, 1554 frames"
    stairs.status = "OMITTED"
    edit_scene.ensure_edit_scene(bpy.context, scene).render.fps = 30
    assert panel.total(scene) == f"2 shots, 1:02.8, {round(62.75 * 30)} frames"


@pytest.mark.parametrize(
    ("locked", "take", "source", "wanted"),
    [
        (None, False, "RENDER", ["Animate This Frame"]),
        (9, False, "RENDER", ["Animate This Frame"]),
        (31, False, "RENDER", ["Animate Frame 31", "Use Frame 9 Instead"]),
        (31, True, "VIEWPORT", ["Retake Frame 31", "Use Frame 9 Instead"]),
        (31, True, "PLAYHEAD", ["Retake"]),
    ],
)
def test_the_button_says_which_frame(scene, locked, take, source, wanted):
    shot, paper = scene.take_one.shots[1], Paper()
    shot.still_source = source
    if locked is not None:
        shot.frame, shot.frame_lock = locked, True
    shot.current_take = "t1" if take else ""
    card.draw_button(paper, shot)
    assert paper.texts == wanted


def job(shot, key, status, **more):
    values = {name: more.pop(name) for name in list(more) if name in Job.__dataclass_fields__}
    made = Job(key, stand_in.binding_of(shot, key, **more), status, **values)
    app().state.jobs[key] = made
    return made


def test_the_queue_stands_in_the_order_in_which_takes_are_made(scene):
    shot = scene.take_one.shots[0]
    found = [
        job(shot, "a", RENDERING),
        job(shot, "b", JobState.QUEUED, queue_position=3),
        job(shot, "c", SENDING),
        job(shot, "d", JobState.QUEUED, queue_position=2),
        job(shot, "e", JobState.IN_PROGRESS),
    ]
    assert "".join(one.key for one in sorted(found, key=queue.turn)) == "edbca"
    assert app().state.queue() == ["d", "b"]


def test_the_queue_says_how_far_each_is(scene):
    stand_in.attach()
    shot = scene.take_one.shots[0]
    first, second = job(shot, "a", RENDERING), job(shot, "b", RENDERING, stage="Rendering still 2 of 3")
    assert [queue.describe(one) for one in (first, second)] == ["Rendering the still", "Waiting for the still"]
    del app().state.jobs["a"]
    assert queue.describe(second) == "Rendering still 2 of 3"
    assert queue.describe(job(shot, "c", JobState.QUEUED, queue_position=2)) == "Waiting, number 2"
    making = job(shot, "d", JobState.IN_PROGRESS, progress=41, eta_seconds=65.4)
    assert queue.describe(making) == "Making  41%  1:05 left"
    making.stage, making.eta_seconds = "Decoding", None
    assert queue.describe(making) == "Decoding  41%"
    sending = job(shot, "e", SENDING)
    assert queue.describe(sending) == "Sending"
    app().state.backend.state = "starting"
    assert queue.describe(sending) == "Waiting for the backend"
    assert [time_left(seconds) for seconds in (-3, 59.4, 59.6, 3600)] == [
        "0:00 left",
        "0:59 left",
        "1:00 left",
        "60:00 left",
    ]


def test_the_queue_names_what_is_made(scene):
    hall, stairs, roof = scene.take_one.shots
    parts = tuple(
        BoundPart(one.uid, f"f-{n}", one.name, n, 5 * n, 5, 0, 0) for n, one in enumerate((hall, stairs, roof))
    )
    assert queue.name_of(job(stairs, "f", SENDING, number=12)) == "Stairs, take 12"
    assert queue.name_of(job(hall, "g", SENDING, parts=parts)) == "Hall to Roof, 3 takes"


def test_a_transition_goes_to_the_place_that_is_chosen_and_says_what_it_lacks(scene):
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    hall, stairs, _ = scene.take_one.shots
    for shot, frame, frames in ((hall, 31, 20), (stairs, 51, 9), (hall, 60, 20), (stairs, 80, 30)):
        board.lay(edit, shot, frame, (64, 36), frames)
    stairs = scene.take_one.shots[1]
    edit.sequence_editor.active_strip = uses.uses_of(edit, stairs.uid)[1].strips[0]
    assert verbs.shown_use(edit, stairs).start == 80
    edit.sequence_editor.active_strip = uses.uses_of(edit, hall.uid)[1].strips[0]
    assert verbs.shown_use(edit, stairs).start == 51
    said = []
    for frames in (18, 19, 20):
        operator = SimpleNamespace(
            kind="DIP", frames=frames, color=(1, 0, 0), report=lambda kind, text: said.append((kind, text))
        )
        verbs.TAKEONE_OT_transition.act(operator, bpy.context, stairs)
    assert said == [({"WARNING"}, "18 frames long: there are no more")]
    transitions.add(edit, verbs.shown_use(edit, stairs), transitions.FADE_OUT, 4)
    verbs.TAKEONE_OT_transition_remove.act(SimpleNamespace(), bpy.context, stairs)
    assert [one for one in edit.sequence_editor.strips if transitions.KIND_KEY in one] == []
