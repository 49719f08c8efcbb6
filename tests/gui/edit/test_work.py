"""A day's work in a real window: animate, cancel, retake, choose a take, refine, an error and its fix."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.window.blender import BlenderWindow

from ..conftest import EDIT, STRIPS

READY = "sum(take.status == 'READY' for take in scene.take_one.shots[0].takes)"


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    window = open_blender()
    window.run("scene.take_one.blank.seconds = 1.0")
    window.show_tab()
    return window


def test_one_click_lays_a_take(blender: BlenderWindow) -> None:
    before = blender.clicks
    blender.click("takeone.animate_frame")
    blender.until(f"not STATE.jobs and {READY} == 1")
    assert blender.clicks - before == 1
    assert sorted(kind for kind, _name, _channel in blender.ask(STRIPS)) == ["MOVIE", "SOUND"]
    assert blender.ask("STATE.last_error") is None
    blender.picture("landed")


def test_undo_takes_the_strips_away_and_redo_brings_them_back(blender: BlenderWindow) -> None:
    blender.hover(500, 500)
    blender.press("ctrl+z")
    blender.until(f"({STRIPS}) == []")
    blender.hover(500, 500)
    blender.press("ctrl+shift+z")
    blender.until(f"len({STRIPS}) == 2")


def test_retake_takes_the_place_of_the_take(blender: BlenderWindow) -> None:
    before = blender.ask(STRIPS)
    blender.click("takeone.animate_frame")
    blender.until(f"not STATE.jobs and {READY} == 2")
    after = blender.ask(STRIPS)
    assert [(kind, channel) for kind, _n, channel in after] == [(kind, channel) for kind, _n, channel in before]
    first, second = blender.ask("[take.seed for take in scene.take_one.shots[0].takes]")
    assert first != second
    assert all("t002" in name for _kind, name, _channel in after)
    blender.picture("retaken")


def test_make_current_swaps_the_strip_back(blender: BlenderWindow) -> None:
    blender.run("scene.take_one.shots[0].active_take = 0")
    blender.click("takeone.take_make_current")
    blender.until("scene.take_one.shots[0].current_take == scene.take_one.shots[0].takes[0].uid")
    assert all("t001" in name for _kind, name, _channel in blender.ask(STRIPS))


def test_refine_replaces_the_draft_on_its_strip(blender: BlenderWindow) -> None:
    blender.click("takeone.refine(")
    blender.picture("refine_dialog")
    left, up = blender.pixels(200), blender.pixels(50)  # from the field under it to the title
    blender.run(f"xdotool('mousemove_relative', '--', {-left}, {-up})")
    blender.press("Return")
    blender.until(f"not STATE.jobs and {READY} == 3")
    draft, _other, refined = blender.ask("[take.seed for take in scene.take_one.shots[0].takes]")
    assert refined == draft
    strips = blender.ask(STRIPS)
    assert len(strips) == 2
    assert all("t003" in name for _kind, name, _channel in strips)


def test_cancel_stops_the_job_and_leaves_the_edit_alone(blender: BlenderWindow) -> None:
    before = blender.ask(STRIPS)
    blender.run("scene.take_one.shots[0].seconds = 60.0; scene.render.resolution_percentage = 400")  # hours of work
    blender.click("takeone.animate_frame")
    blender.until("any(job.status == 'in_progress' and job.progress > 1 for job in STATE.jobs.values())")
    blender.picture("before_cancel")
    blender.click("takeone.cancel(")
    blender.until("not STATE.jobs")
    assert blender.ask(STRIPS) == before
    assert blender.ask("scene.take_one.shots[0].takes[-1].status") == "CANCELLED"
    assert blender.ask("STATE.last_error") is None
    blender.run("scene.take_one.shots[0].seconds = 1.0; scene.render.resolution_percentage = 100")


def test_an_error_stays_with_a_button_that_fixes_it(blender: BlenderWindow) -> None:
    blender.run("scene.camera = None; scene.take_one.shots[0].camera = None")  # it keeps that of its first take
    blender.click("takeone.animate_frame")
    blender.until("STATE.last_error and STATE.last_error.fix == 'pick_camera'")
    blender.picture("error")
    blender.click("takeone.fix(fix='pick_camera'")
    blender.until("scene.camera and STATE.last_error is None")
    blender.picture("fixed")


def test_nothing_was_printed_as_an_error(blender: BlenderWindow) -> None:
    log = blender.log()
    assert "Traceback" not in log
    assert "rna_uiItem" not in log
    assert blender.ask(f"{EDIT}.view_settings.view_transform") == "Standard"
