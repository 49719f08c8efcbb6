"""A walkthrough in a real window: its stills are planned and counted, cancelled between, kept when Blender is killed; a
walk's path is edited by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.window.blender import MODULE, ROOT, BlenderWindow

F3 = "69"
FIRST = 11
BUILT = f"""
import sys
sys.path.insert(0, {str(ROOT / "tests" / "blender")!r})
import flats
for thing in list(bpy.data.objects):
    bpy.data.objects.remove(thing)
flats.flat(2, furniture=4)
flats.tour(scene, 36, {FIRST})
scene.frame_set({FIRST})
for room, x in enumerate((1.0, 6.5)):
    flats.eye(scene, f"Eye {{room}}", (x, 2.5, 1.5), (x + 1, 2.0 + room, 1.5))
scene.timeline_markers.new("Here", frame=5)
card = scene.take_one.blank
card.seconds, card.motion, card.stills, card.still_count = 1.5, "CAMERA", "NUMBER", 5
"""
# Every stage that a render begins in, and a render that lasts for as long as its stage is HELD. Of every draw of the 3D
# View while the scene is lent, whether a render holds it: EEVEE locks drawing until it is done.
WATCHED = f"""
import time
from {MODULE}.scene.app.app import app
HELD, RENDERED, DRAWN = None, [], []
def drawn():
    if "take_one_borrowed" in bpy.context.scene:
        DRAWN.append(bpy.app.is_job_running("RENDER"))
bpy.types.SpaceView3D.draw_handler_add(drawn, (), "WINDOW", "POST_PIXEL")
def watch(*_):
    stages = lambda: [job.stage for job in list(app().state.jobs.values())]
    RENDERED.extend(stages())
    while HELD in stages():
        time.sleep(0.02)
bpy.app.handlers.render_pre.append(watch)
scene.render.engine, scene.render.resolution_x, scene.render.resolution_y = "CYCLES", 96, 54
scene.cycles.samples, scene.cycles.use_denoising = 4, False
"""
PLANS = "__import__('bl_ext.user_default.take_one.scene.session.views.plans', fromlist=['x'])"
SHOT = "scene.take_one.shots[0]"
LANDED = "not STATE.jobs and [[take.status for take in shot.takes] for shot in scene.take_one.shots] == [['READY']]"
STAGES = "[job.stage for job in STATE.jobs.values()]"
STATE_OF_SCENE = (
    "[scene.camera.name, scene.frame_current, [(m.name, m.frame) for m in scene.timeline_markers], "
    "len(bpy.data.objects), [o.name for o in bpy.context.selected_objects]]"
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film") / "film.blend"


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], film: Path) -> BlenderWindow:
    window = open_blender()
    window.run(BUILT)
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(film)!r})")
    window.show_tab()
    window.until("STATE.backend.state == 'ready'")
    return window


def stage(number: int) -> str:
    return f"Rendering still {number} of 5"


def stills(blender: BlenderWindow, number: int) -> list[str]:
    """The pictures in the folder of a take."""
    folder = Path(blender.ask("bpy.data.filepath")).parent / "takes" / "Shot_01" / "stills" / f"Shot_01_t{number:03d}"
    return sorted(path.name for path in folder.glob("*.png"))


def test_the_plan_is_shown_before_anything_is_rendered(blender: BlenderWindow) -> None:
    blender.click("takeone.plan_stills")
    lines = f"{PLANS}.lines(scene.take_one.blank)"
    blender.until(lines)
    first, second, *_ = blender.ask(lines)
    assert first == "5 stills; how long they need is known after the first"
    assert second.startswith("They show 9") or second.startswith("They show 100")
    blender.picture("plan")
    assert not blender.ask("scene.take_one.shots[:]")


def test_stills_are_counted_and_make_one_take(blender: BlenderWindow) -> None:
    before = blender.ask(STATE_OF_SCENE)
    blender.run(WATCHED)
    blender.click("takeone.animate_frame")
    blender.until(LANDED)
    assert blender.ask("STATE.last_error and STATE.last_error.message") is None
    assert blender.ask("RENDERED") == [stage(number) for number in range(1, 6)]
    assert blender.ask("DRAWN[0]") is False, "the render began before the window showed what was lent for it"
    assert blender.ask(f"[take.status for take in {SHOT}.takes]") == ["READY"]
    assert stills(blender, 1) == ["still.png", *(f"view_{number:02d}.png" for number in range(1, 5))]
    assert "5 stills show " in blender.ask(f"{SHOT}.takes[0].notes")
    assert blender.ask(STATE_OF_SCENE) == before
    assert not blender.ask(f"{PLANS}.is_stale({SHOT}, {PLANS}.known({SHOT}))"), "the press changed nothing"
    blender.run("bpy.data.lights[0].energy += 1")
    blender.until(f"{PLANS}.is_stale({SHOT}, {PLANS}.known({SHOT}))")
    blender.picture("landed")


def test_cancel_between_keeps_what_is_done_and_the_next_press_goes_on(blender: BlenderWindow) -> None:
    before = blender.ask(STATE_OF_SCENE)
    blender.run(f"bpy.data.lights[0].energy = 120\nHELD = {stage(3)!r}")
    blender.click("takeone.animate_frame")
    blender.until(f"{STAGES} == [{stage(3)!r}]")
    key = blender.ask("list(STATE.jobs)[0]")
    blender.picture("counted")
    blender.click(f'takeone.cancel(job="{key}"')
    blender.press("Escape")  # Blender's own render
    blender.until("not STATE.jobs and not bpy.app.is_job_running('RENDER')")
    assert stills(blender, 2) == ["still.png", "view_01.png"]
    assert blender.ask(STATE_OF_SCENE) == before


def test_killed_between_and_opened_again(
    blender: BlenderWindow, open_blender: Callable[..., BlenderWindow], film: Path
) -> None:
    before = blender.ask(STATE_OF_SCENE)
    blender.run(f"bpy.ops.wm.save_mainfile()\nHELD = {stage(4)!r}")
    blender.click("takeone.animate_frame")
    blender.until(f"{STAGES} == [{stage(4)!r}]")
    assert stills(blender, 3) == ["still.png", "view_01.png", "view_02.png"]
    blender.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(film.with_name('autosave.blend'))!r}, copy=True)")
    blender.kill()
    film.with_name("autosave.blend").replace(film)
    again = open_blender(str(film))
    again.run(WATCHED)
    assert again.ask(STATE_OF_SCENE) == before
    again.show_tab()
    again.until("STATE.backend.state == 'ready'")
    again.click("takeone.animate_frame")
    again.until(f"{SHOT}.takes[-1].number == 4 and {SHOT}.takes[-1].status == 'READY' and not STATE.jobs")
    assert again.ask("RENDERED") == [stage(4), stage(5)]
    assert len(stills(again, 4)) == 5
    again.picture("again")
    walk_by_hand(again)
    assert "Traceback" not in blender.log() + again.log()


def walk_by_hand(blender: BlenderWindow) -> None:
    """Two cameras selected one after the other, the walk through them, its curve bent, and made again."""
    blender.run("bpy.ops.object.select_all(action='DESELECT')\nbpy.data.objects['Eye 1'].select_set(True)")
    order = "__import__('bl_ext.user_default.take_one.scene.session.views.walks', fromlist=['x'])"
    order = f"[one.name for one in {order}.in_order(bpy.context)]"
    blender.until(f"{order} == ['Eye 1']")
    blender.run("bpy.data.objects['Eye 0'].select_set(True)")
    blender.until(f"{order} == ['Eye 1', 'Eye 0']")
    blender.hover(500, 400)
    blender.press(F3)
    blender.write("walkthrough")
    blender.press("Return")
    blender.until("len(scene.take_one.shots) == 2 and scene.take_one.shots[1].camera")
    walk = "scene.take_one.shots[1]"
    assert blender.ask(f"[one.camera.name for one in {walk}.walk_cameras]") == ["Eye 1", "Eye 0"]
    place = f"[round(x, 2) for x in {walk}.camera.matrix_world.translation]"
    assert blender.ask(place) == [6.5, 2.5, 1.5]
    curve = f"{walk}.camera.constraints[0].target.data.splines[0].bezier_points[0]"
    blender.run(f"{curve}.co.z += 0.4")
    blender.until(f"{place} == [6.5, 2.5, 1.9]")
    blender.picture("bent")
    blender.hover(500, 400)
    blender.press(F3)
    blender.write("make the walk again")
    blender.press("Return")
    blender.until(f"{place} == [6.5, 2.5, 1.5]")
