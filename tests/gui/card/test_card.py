"""The shot card in a real window: what is seen, typed, chosen and kept, and what an engine's limits say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.window.blender import MODULE, BlenderWindow

from ..recorder import drawn, is_grey, record, texts

CARD = "scene.take_one.blank"
CLOSE_WINDOW = """
window = bpy.context.window_manager.windows[-1]
with bpy.context.temp_override(window=window):
    bpy.ops.wm.window_close()
"""
# An engine that can do next to nothing.
MUTE = f"""
from {MODULE}.client.protocol import EngineInfo
engines = STATE.engines
STATE.engines = (*engines, EngineInfo("mute", "Mute", max_seconds=2.0, max_pixels=10_000))
"""


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    window = open_blender()
    record(window)
    window.show_tab()
    window.until("len(STATE.engines)")
    return window


def test_seconds_and_frames_keep_step(blender: BlenderWindow) -> None:
    blender.type_into(".frames", "36")
    assert blender.ask(f"{CARD}.seconds") == pytest.approx(1.5)
    blender.type_into(".seconds", "2")
    assert blender.ask(f"{CARD}.frames") == 48


def test_the_camera_moves_by_words_or_by_its_own_animation(blender: BlenderWindow) -> None:
    blender.click(".motion")
    blender.picture("moves")
    blender.press("2")  # the entries of a menu have numbers
    assert blender.ask(f"{CARD}.motion") == "CAMERA"


def test_an_engine_that_cannot_run_says_why_and_what_helps(blender: BlenderWindow) -> None:
    available, why = blender.ask("[(one.available, one.reason) for one in STATE.engines if one.id == 'happyhorse'][0]")
    assert not available
    blender.click("TAKEONE_MT_engines")
    blender.picture("engines")
    blender.press("h")
    assert blender.ask(f"{CARD}.engine") == "happyhorse"
    said = drawn(blender, "shot_view3d")
    assert why.split(".")[0][:20] in " ".join(text for _c, _w, text, _g in said)
    assert any(what == "takeone.fix" for _call, what, _text, _grey in said)
    blender.run("bpy.context.window_manager.take_one_settings = True")
    settings = drawn(blender, "settings_view3d")
    assert any(what.startswith("option_") and text == "Quality" for _call, what, text, _grey in settings)
    blender.picture("engine_not_here")
    blender.run(f"{CARD}.engine = 'draft'")


def test_seed_is_drawn_and_locked(blender: BlenderWindow) -> None:
    blender.run("bpy.context.window_manager.take_one_settings = bpy.context.window_manager.take_one_more = True")
    assert is_grey(blender, "settings_view3d", "seed")  # an unlocked seed is not the next take's
    blender.click("takeone.new_seed")
    seed = blender.ask(f"{CARD}.seed")
    assert seed > 0
    blender.click(".seed_lock")
    assert blender.ask(f"{CARD}.seed_lock") is True
    assert not is_grey(blender, "settings_view3d", "seed")
    assert blender.ask(f"{CARD}.seed") == seed


def test_a_prompt_is_typed(blender: BlenderWindow) -> None:
    blender.type_into("blank.prompt", "slowly push in")
    assert blender.ask(f"{CARD}.prompt") == "slowly push in"


def test_sound_and_dialogue(blender: BlenderWindow) -> None:
    blender.type_into(".sound", "rain on a window")
    assert blender.ask(f"{CARD}.sound") == "rain on a window"
    blender.click("takeone.line_add")
    blender.type_into("lines[0].line", "We are late.")
    blender.type_into("lines[0].speaker", "ANNA")
    blender.run("bpy.ops.takeone.line_add(line='I know.')")
    lines = f"[(line.speaker, line.line) for line in {CARD}.lines]"
    assert blender.ask(lines) == [["ANNA", "We are late."], ["ANNA", "I know."]]
    blender.picture("dialogue")
    blender.click("takeone.line_move(by=-1")
    assert blender.ask(lines)[0] == ["ANNA", "I know."]
    assert blender.ask(f"{CARD}.active_line") == 0
    blender.click("takeone.line_remove")
    assert blender.ask(lines) == [["ANNA", "We are late."]]


def test_the_picture_that_will_be_sent_can_be_seen_before_anything_is_made(blender: BlenderWindow) -> None:
    assert ["operator", "takeone.preview_still", "", False] in drawn(blender, "shot_view3d")
    assert not any(call == "template_icon" for call, *_ in drawn(blender, "shot_view3d"))
    blender.click("takeone.preview_still")
    blender.until("len(list(__import__('pathlib').Path(bpy.app.tempdir).glob('take_one_quick_stills/*/*.png'))) == 1")
    assert any(call == "template_icon" for call, *_ in drawn(blender, "shot_view3d"))
    assert "Frame 1, not yet rendered" in " ".join(texts(blender, "shot_view3d"))
    blender.picture("look")
    assert blender.ask("len(scene.take_one.shots)") == 0 and blender.ask("len(STATE.jobs)") == 0
    assert blender.ask("STATE.last_error") is None


def test_the_picture_says_when_it_is_out_of_date(blender: BlenderWindow) -> None:
    blender.run("scene.camera.location.x += 1; bpy.context.view_layer.update()")
    assert "Changed since: look again" in " ".join(texts(blender, "shot_view3d"))
    blender.picture("look_again")
    blender.click("takeone.preview_still")
    assert "Frame 1, not yet rendered" in " ".join(texts(blender, "shot_view3d"))


def test_a_longer_prompt_is_written_in_a_text_window(blender: BlenderWindow) -> None:
    blender.click("takeone.prompt_text")
    blender.until("len(bpy.context.window_manager.windows) == 2")
    blender.until_handled()
    blender.hover(500, 400)
    blender.press("ctrl+End", "Return")
    blender.write("then pan left")
    blender.picture("text_window")
    assert blender.ask(f"{CARD}.words") == "slowly push in\nthen pan left"
    blender.run(CLOSE_WINDOW)
    assert {"slowly push in", "then pan left"} <= set(texts(blender, "shot_view3d"))
    blender.picture("prompt_in_text")


@pytest.fixture
def mute(blender: BlenderWindow) -> Iterator[BlenderWindow]:
    """The card with an engine that can do next to nothing."""
    blender.run(MUTE)
    blender.run(f"kept = {CARD}.engine; {CARD}.engine = 'mute'; {CARD}.motion = 'CAMERA'; {CARD}.seconds = 4")
    yield blender
    blender.run(f"STATE.engines = engines; {CARD}.engine = kept; {CARD}.motion = 'WORDS'; {CARD}.seconds = 2")


def test_what_an_engine_cannot_do_is_grey_with_the_reason(mute: BlenderWindow) -> None:
    said = " ".join(texts(mute, "direction_view3d"))
    for reason in ("Mute makes no sound", "Mute speaks no lines", "Mute moves the camera by words only"):
        assert reason in said
    assert "Mute makes at most 2 s" in said
    assert is_grey(mute, "direction_view3d", "sound")
    assert is_grey(mute, "direction_view3d", "TAKEONE_UL_lines")
    assert is_grey(mute, "direction_view3d", "motion")
    assert not is_grey(mute, "direction_view3d", "seconds")  # to be made shorter
    assert "Mute can't make 320x180" in " ".join(texts(mute, "settings_view3d"))
    mute.picture("limits")


def test_a_still_that_is_asked_for_while_the_timeline_plays_is_rendered_once(blender: BlenderWindow) -> None:
    blender.run(
        "from pathlib import Path\n"
        f"from {MODULE}.scene.stills import render_job\n"
        "BEGUN, DONE = [], []\n"
        "bpy.app.handlers.render_init.append(lambda *_: BEGUN.append(scene.frame_current))\n"
        "scene.render.engine, scene.render.resolution_x, scene.render.resolution_y = 'BLENDER_WORKBENCH', 64, 36\n"
        "window = bpy.context.window_manager.windows[0]\n"
        "with bpy.context.temp_override(window=window):\n"
        "    bpy.ops.screen.animation_play()"
    )
    blender.until("scene.frame_current > 3")
    blender.run(
        "FRAME = scene.frame_current\n"
        "render_job.start_render(bpy.context, scene, Path(bpy.app.tempdir) / 'played', DONE.append)"
    )
    blender.until("DONE")
    assert blender.ask("[BEGUN == [FRAME], scene.frame_current == FRAME, DONE[0].width]") == [True, True, 64]
    assert not blender.ask("bpy.context.window_manager.windows[0].screen.is_animation_playing")


def test_nothing_was_printed_as_an_error(blender: BlenderWindow) -> None:
    log = blender.log()
    assert "Traceback" not in log and "rna_uiItem" not in log
    assert blender.ask("STATE.last_error") is None
    assert not Path(blender.folder / "blender.crash.txt").exists()
