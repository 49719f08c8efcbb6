"""The final prompt in a real window: seen, edited, sent word for word. With a complete tiny model, all real but the
weights."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.window.blender import BlenderWindow

from ..recorder import record, texts

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_GPU_PYTHON") or str(ROOT / ".dev" / "test" / "bin" / "python")
CARD = "(scene.take_one.shots or [scene.take_one.blank])[0]"  # showing a prompt makes the first shot
SHOT = "scene.take_one.shots[0]"
PANEL = "prompt_view3d"
CLOSE_WINDOW = """
window = bpy.context.window_manager.windows[-1]
with bpy.context.temp_override(window=window):
    bpy.ops.wm.window_close()
"""

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's GPU profile")


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], tmp_path_factory: pytest.TempPathFactory) -> BlenderWindow:
    home, tiny = tmp_path_factory.mktemp("happyhorse"), tmp_path_factory.mktemp("tiny")
    for command in (["-m", "devtools.model.tiny", str(tiny)], ["-m", "backend", "models", "link", "all", str(tiny)]):
        subprocess.run(
            [PYTHON, *command], cwd=ROOT, check=True, timeout=180, env={**os.environ, "TAKE_ONE_HOME": str(home)}
        )
    window = open_blender(TAKE_ONE_HOME=str(home), TAKE_ONE_PYTHON=PYTHON, OMP_WAIT_POLICY="passive")
    record(window)
    window.run(
        f"card = {CARD}\n"
        "card.prompt, card.sound, card.seconds = 'Anna turns to the window', 'rain', 1.0\n"
        "card.engine, card.engine_options = 'happyhorse', '{\"quality\": \"fast\"}'\n"
        "card.engine = ''\n"
        "bpy.ops.takeone.line_add(speaker='Anna', language='French', line='On est en retard.')\n"
        "bpy.data.objects['Cube'].name = 'Red Sofa'"
    )
    window.show_tab()
    window.until("STATE.engine('happyhorse') is not None")
    return window


def test_an_engine_with_a_prompt_form_has_the_panel(blender: BlenderWindow) -> None:
    shown = "bpy.types.TAKEONE_PT_prompt_view3d.poll(bpy.context)"
    assert blender.ask(shown) is False
    blender.run(f"{CARD}.engine = 'happyhorse'")
    assert blender.ask(shown) is True
    assert blender.ask("STATE.engine('happyhorse').available"), blender.ask("STATE.engine('happyhorse').reason")


def test_the_final_prompt_is_shown(blender: BlenderWindow) -> None:
    frames = blender.find(".frames")
    blender.click_at(frames.x - blender.pixels(120), frames.y + blender.pixels(35))  # the header of the closed panel
    blender.click("takeone.show_prompt")
    blender.until(f"{CARD}.final_prompt is not None")
    said = " ".join(texts(blender, PANEL))
    blender.picture("final_prompt")
    assert "Anna turns to the window. A" in said
    assert "red sofa" in said
    assert '<Anna, French>: "On est en retard."' in said
    assert "<rain>" in said


def test_it_says_when_the_direction_has_changed(blender: BlenderWindow) -> None:
    blender.run(f"{CARD}.prompt = 'Anna sits down'")
    assert "The direction has changed since" in " ".join(texts(blender, PANEL))
    blender.picture("final_prompt_old")
    blender.click("takeone.show_prompt")
    blender.until(f"'Anna sits down' in {CARD}.final_prompt.as_string()")
    assert "The direction has changed since" not in " ".join(texts(blender, PANEL))


def test_it_goes_back_to_automatic(blender: BlenderWindow) -> None:
    blender.click("takeone.clear_prompt")
    blender.until(f"{CARD}.final_prompt is None")
    assert blender.ask("len(bpy.data.texts)") == 1  # the words may be wanted again


def test_what_is_edited_is_sent_word_for_word(blender: BlenderWindow) -> None:
    blender.run("bpy.ops.takeone.show_prompt()")
    blender.until(f"{CARD}.final_prompt is not None")
    blender.click("takeone.edit_prompt")
    blender.until("len(bpy.context.window_manager.windows) == 2")
    blender.until_handled()
    blender.hover(500, 400)
    blender.picture("final_prompt_window")
    blender.press("ctrl+a")
    blender.write("Only this.")
    assert blender.ask(f"{CARD}.final_prompt.as_string().strip()") == "Only this."
    blender.run(CLOSE_WINDOW)
    blender.click("takeone.animate_frame")
    blender.until("not STATE.jobs and [t.status for s in scene.take_one.shots for t in s.takes] == ['READY']", 240)
    assert blender.ask("STATE.last_error") is None
    assert blender.ask(f"{SHOT}.takes[0].status") == "READY"
    sidecar = json.loads(Path(blender.ask(f"bpy.path.abspath({SHOT}.takes[0].sidecar)")).read_text())
    assert sidecar["facts"]["final_prompt"] == "Only this."
    blender.picture("final_prompt_sent")
    assert "Traceback" not in blender.log()
