"""The whole card is seen at 900 pixels of height, with a picture and two takes, in both editors, without scrolling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from devtools.window.blender import MODULE, BlenderWindow

from ..recorder import drawn, record

# Engines as they are declared: the draft, one with settings, one with a form for prompts, an account's with a price
ENGINES = f"""
from {MODULE}.client import events
from {MODULE}.client.protocol import Choice, EngineInfo, Option, Price
from {MODULE}.scene.model.shots import shot_list
from {MODULE}.scene.session import pump
able = dict(max_seconds=60.0, max_pixels=1 << 23, sound=True, dialogue=True, handles=True)
settings = (
    Option("quality", "enum", "best", choices=(Choice("best"), Choice("fast"))),
    Option("steps", "int", 8, low=1, high=30),
    Option("shift", "float", 5.0, low=0, high=10),
    Option("sharpen", "bool", True),
)
pump.handle(events.Engines((
    EngineInfo("draft", "Draft", camera_path=True, depth=True, views=8, words_path=True, **able),
    EngineInfo("local", "Local", prompt_form=True, options=settings, last_frame=True, **able),
    EngineInfo("account", "Provider: Film 3", lane="network", options=settings, last_frame=True, references=3,
        account="fal", sends_to="provider.example", rate=Price(0.14, "USD", "2026-11-20", per="second"), **able),
)))
shot = shot_list.ensure_shot(scene)
shot.still = {{still!r}}
shot.prompt, shot.sound, shot.seconds = "slowly push in, then pan left", "rain on a window", 4.0
for number in (1, 2):
    take = shot.takes.add()
    take.uid, take.number, take.status, take.clip = f"take{{{{number}}}}", number, "READY", bpy.app.binary_path
    take.about, take.words, take.seed = "4.0 s, 1280 x 720, draft, 27 Nov", "slowly push in, then", 2089457872
    take.notes = "\\n".join(["No camera move found in the direction: a gentle push in was made."] * 3)
shot.active_take = 1
shot.current_take = "take2"
"""
PARTS = ("shot", "direction", "takes", "walk", "settings")


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], tmp_path_factory: pytest.TempPathFactory) -> BlenderWindow:
    still = tmp_path_factory.mktemp("still") / "still.png"
    Image.effect_mandelbrot((320, 180), (-2, -1, 1, 1), 50).save(still)
    window = open_blender(home="fits", scale=1.0)
    record(window)
    window.show_tab()
    window.until("STATE.backend.state == 'ready'", 90)  # afterwards it tells of its engines no more
    window.run(ENGINES.format(still=str(still)))
    return window


def in_sight(blender: BlenderWindow, area: str) -> bool:
    """Whether all of the sidebar is seen."""
    return not blender.scroll(False, area) and not blender.scroll(True, area)


@pytest.mark.parametrize("engine", ["draft", "local", "account"])
def test_the_whole_card_is_seen(blender: BlenderWindow, engine: str) -> None:
    assert blender.ask("bpy.context.window_manager.windows[0].height") == 900
    blender.run(f"scene.take_one.shots[0].engine = {engine!r}")
    blender.until(f"STATE.engine({engine!r}) is not None")
    said = {part: drawn(blender, f"{part}_view3d") for part in PARTS[:3]}
    assert any(call == "template_icon" for call, *_ in said["shot"])
    assert any(text.startswith("No camera move") for *_, text, _ in said["takes"])
    blender.picture(f"{engine}_layout")
    assert in_sight(blender, "VIEW_3D")


def card(blender: BlenderWindow, home: str) -> dict[str, tuple[list[tuple[str, str, bool]], str]]:
    """What can be pressed, and what is said, part by part, however its lines break."""
    found = {}
    for part in PARTS[:3] + PARTS[4:]:
        said = drawn(blender, f"{part}_{home}")
        verbs = [(call, what, grey) for call, what, _text, grey in said if call != "label"]
        found[part] = (verbs, " ".join(text for *_, text, _ in said if text))
    return found


def test_the_same_card_in_the_sequencer(blender: BlenderWindow) -> None:
    blender.run("scene.take_one.shots[0].engine = 'account'")
    here = card(blender, "view3d")
    blender.run("region_of('VIEW_3D', 'UI')[1].type = 'SEQUENCE_EDITOR'")
    blender.run("if hasattr(bpy.context.workspace, 'sequencer_scene'): bpy.context.workspace.sequencer_scene = scene")
    blender.show_tab("SEQUENCE_EDITOR")
    assert card(blender, "sequencer") == here
    blender.picture("sequencer")
    blender.run("scene.take_one.shots[0].engine = 'draft'")  # "Show and Export" stands under the card here
    drawn(blender, "settings_sequencer")
    assert in_sight(blender, "SEQUENCE_EDITOR")


def test_what_is_folded_opens(blender: BlenderWindow) -> None:
    blender.run("bpy.context.window_manager.take_one_settings = bpy.context.window_manager.take_one_about = True")
    blender.run("scene.take_one.shots[0].engine = 'account'")
    settings = [text for *_, text, _ in drawn(blender, "settings_sequencer")]
    assert {"Quality", "Steps", "Shift", "Sharpen"} <= set(settings)
    notes = [text for *_, text, _ in drawn(blender, "takes_sequencer") if text.startswith("No camera")]
    assert len(notes) == 3
    blender.picture("opened")
    log = blender.log()
    assert "Traceback" not in log and "rna_uiItem" not in log
