"""Several takes in the making, in a real window: variations, cameras, the queue and its order, cancelling; and Blender
is free for other work meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.window.blender import BlenderWindow

from ..conftest import STRIPS

SHOT = "scene.take_one.shots[0]"
JOBS = "[(job.binding.number, job.status, job.queue_position) for job in STATE.jobs.values()]"
SHOWN = "any(job.preview and job.eta_seconds is not None and job.progress > 4 for job in STATE.jobs.values())"

F3 = "69"  # the key itself: by its name xdotool presses Alt too


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], tmp_path_factory: pytest.TempPathFactory) -> BlenderWindow:
    film = tmp_path_factory.mktemp("film") / "film.blend"
    window = open_blender()
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(film)!r})")
    window.run("scene.take_one.blank.seconds = 1.0")
    window.show_tab()
    window.click("takeone.animate_frame")
    window.until("not STATE.jobs and [t.status for s in scene.take_one.shots for t in s.takes] == ['READY']")
    return window


def over_view(blender: BlenderWindow) -> None:
    blender.hover(500, 400)


def test_variations_ask_how_many_and_wait_in_a_queue(blender: BlenderWindow) -> None:
    blender.run(f"{SHOT}.seconds = 60.0\nscene.render.resolution_percentage = 400")  # long enough for all that follows
    blender.click("takeone.variations")
    blender.picture("variations_dialog")
    blender.press("Return")
    blender.until("len(STATE.jobs) == 3")
    blender.until(f"{JOBS} == [(2, 'in_progress', None), (3, 'queued', 1), (4, 'queued', 2)]")
    blender.until(SHOWN)
    blender.picture("queue")
    seeds = blender.ask(f"[take.seed for take in {SHOT}.takes]")
    assert len(set(seeds)) == 4


def test_blender_is_free_meanwhile(blender: BlenderWindow) -> None:
    blender.run(
        "RENDERED = []\nbpy.app.handlers.render_complete.append(lambda *_: RENDERED.append(True))\n"
        "scene.render.resolution_percentage = 100"
    )
    over_view(blender)
    blender.press("F12")
    blender.until("RENDERED == [True]")
    over_view(blender)
    blender.press("g", "x", "1", "Return")
    blender.until("bpy.data.objects['Cube'].location.x == 1")
    assert blender.ask("bpy.data.is_dirty")
    blender.press("ctrl+s")
    blender.until("not bpy.data.is_dirty")
    blender.run("film = bpy.data.filepath\nbpy.ops.wm.read_homefile()")
    blender.show_tab()
    blender.until("len(STATE.jobs) == 3 and STATE.jobs and list(STATE.jobs.values())[0].status == 'in_progress'")
    blender.picture("other_file")
    blender.run("bpy.ops.wm.open_mainfile(filepath=film)")
    assert blender.ask(f"[take.status for take in {SHOT}.takes]") == ["READY", "WAITING", "WAITING", "WAITING"]
    assert blender.ask("len(STATE.jobs)") == 3


def test_the_order_of_those_that_wait_can_be_changed(blender: BlenderWindow) -> None:
    last = blender.ask("list(STATE.jobs)[2]")
    blender.click(f'takeone.queue_move(job="{last}"')
    blender.until(f"{JOBS}[1:] == [(3, 'queued', 2), (4, 'queued', 1)]")
    blender.picture("reordered")


def test_one_is_cancelled_then_all(blender: BlenderWindow) -> None:
    first = blender.ask("list(STATE.jobs)[0]")
    blender.click(f'takeone.cancel(job="{first}"')
    blender.until(f"'{first}' not in STATE.jobs")
    blender.until(f"sorted({JOBS}) == [(3, 'queued', 1), (4, 'in_progress', None)]")
    blender.click("takeone.cancel_all")
    blender.until("not STATE.jobs")
    assert blender.ask(f"[take.status for take in {SHOT}.takes]") == ["READY", "CANCELLED", "CANCELLED", "CANCELLED"]
    assert blender.ask("STATE.last_error") is None
    blender.picture("cancelled")
    blender.run(f"{SHOT}.active_take = 3")
    blender.click("takeone.take_delete")  # no question: it has no files
    blender.until(f"len({SHOT}.takes) == 3")


def test_every_selected_camera_is_animated(blender: BlenderWindow) -> None:
    blender.run(
        "import math\n"
        f"{SHOT}.seconds = 1.0\n"
        "bpy.ops.object.select_all(action='DESELECT')\n"
        "for number in (1, 2):\n"
        "    data = bpy.data.cameras.new(f'View {number}')\n"
        "    item = bpy.data.objects.new(f'View {number}', data)\n"
        "    item.location, item.rotation_euler = (6 * number, -6, 4), (1.1, 0, 0.7 * number)\n"
        "    scene.collection.objects.link(item)\n"
        "    item.select_set(True)"
    )
    before = blender.ask(STRIPS)
    over_view(blender)
    blender.press(F3)
    blender.write("animate selected cameras")
    blender.picture("search")
    blender.press("Return")
    blender.until("not STATE.jobs and [s.takes[-1].status for s in scene.take_one.shots[1:]] == ['READY'] * 2")
    shots = "[(s.name, s.camera and s.camera.name, [t.status for t in s.takes]) for s in scene.take_one.shots]"
    assert blender.ask(shots)[1:] == [["View 1", "View 1", ["READY"]], ["View 2", "View 2", ["READY"]]]
    after = blender.ask(STRIPS)
    assert after[: len(before)] == before
    assert [name for _kind, name, _channel in after[len(before) :]] == [
        "View_1_t001",
        "View_1_t001 sound",
        "View_2_t001",
        "View_2_t001 sound",
    ]
    assert Path(blender.ask("bpy.path.abspath(scene.take_one.shots[2].takes[0].clip)")).is_file()
    blender.picture("cameras")
    assert "Traceback" not in blender.log()
