"""How things are found in a real window: by search, as presets, and in the user's language."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.window.blender import BlenderWindow

from ..conftest import STRIPS
from ..recorder import record, texts

BEST = '{"quality": "best"}'
CARD = "scene.take_one.blank"
F3 = "69"  # the key itself: by its name xdotool presses Alt too
# From the button of the presets to what is in its popover, in pixels
SAID = {"Frame {frame}, not yet rendered": "Bild {frame}, noch nicht gerendert", "Length": "Dauer"}
FOUND = "__import__('pathlib').Path(bpy.utils.user_resource('SCRIPTS')).rglob('*push*.py')"
PRESETS, PATH = f"[path.name for path in {FOUND}]", f"next({FOUND})"


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    window = open_blender()
    record(window)
    window.show_tab()
    window.until("len(STATE.engines)")
    window.run(f"{CARD}.seconds = 1.0")
    return window


def popover(blender: BlenderWindow) -> None:
    """Open the presets."""
    blender.click("TAKEONE_PT_presets")


def test_a_direction_is_kept_as_a_preset_and_comes_back(blender: BlenderWindow) -> None:
    blender.run(f"{CARD}.words, {CARD}.sound = 'slowly push in\\nthen hold', 'rain'")
    blender.run(f"bpy.ops.takeone.line_add(speaker='ANNA', line='We are late.'); {CARD}.engine_options = {BEST!r}")
    popover(blender)
    blender.picture("presets_delivered")
    blender.press("Escape")
    blender.run("bpy.ops.takeone.preset_add(name='slow push')")
    popover(blender)
    blender.picture("presets_one")
    assert blender.ask(PRESETS) == ["slow_push.py"]
    blender.press("Escape")
    blender.run(f"{CARD}.words, {CARD}.sound, {CARD}.engine_options = '', '', ''; {CARD}.lines.clear()")
    blender.run(f"bpy.ops.script.execute_preset(filepath=str({PATH}), menu_idname='TAKEONE_PT_presets')")
    kept = blender.ask(f"[{CARD}.words, {CARD}.sound, {CARD}.engine_options, [l.line for l in {CARD}.lines]]")
    assert kept == ["slowly push in\nthen hold", "rain", BEST, ["We are late."]]


def test_a_preset_is_removed(blender: BlenderWindow) -> None:
    blender.run("bpy.ops.takeone.preset_add(name='slow push', remove_name=True)")
    assert blender.ask(PRESETS) == []
    blender.run(f"{CARD}.words = ''; {CARD}.lines.clear()")


def test_text_with_values_is_translated(blender: BlenderWindow) -> None:
    blender.run("bpy.ops.takeone.preview_still()")
    assert "Frame 1, not yet rendered" in " ".join(texts(blender, "shot_view3d"))
    said = {("*", pattern): translated for pattern, translated in SAID.items()}
    blender.run(
        f"before = bpy.app.translations.locale\nbpy.app.translations.register('take_one_test', {{before: {said!r}}})"
    )
    assert "Bild 1, noch nicht gerendert" in " ".join(texts(blender, "shot_view3d"))
    blender.picture("translated")
    blender.run("bpy.app.translations.unregister('take_one_test')")
    assert "Frame 1, not yet rendered" in " ".join(texts(blender, "shot_view3d"))


def test_search_finds_and_runs_animate_frame(blender: BlenderWindow) -> None:
    blender.hover(500, 400)
    blender.press(F3)
    blender.write("animate frame")
    blender.picture("search")
    blender.press("Return")
    blender.until("not STATE.jobs and [t.status for s in scene.take_one.shots for t in s.takes] == ['READY']")
    assert [kind for kind, _name, _channel in sorted(blender.ask(STRIPS))] == ["MOVIE", "SOUND"]


def test_after_a_take_the_card_shows_the_still_that_was_sent(blender: BlenderWindow) -> None:
    assert "The still sent last" in " ".join(texts(blender, "shot_view3d"))
    blender.run("bpy.ops.takeone.preview_still()")
    assert "Frame 1, not yet rendered" in " ".join(texts(blender, "shot_view3d"))


def test_nothing_was_printed_as_an_error(blender: BlenderWindow) -> None:
    log = blender.log()
    assert "Traceback" not in log and "rna_uiItem" not in log
    assert blender.ask("STATE.last_error") is None
