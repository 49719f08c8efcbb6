"""An engine's own settings in a real window: shown as it declares them, changed, undone, sent, and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools import page_engine
from devtools.window.blender import MODULE, BlenderWindow

from ..recorder import drawn, record, texts
from ..server import serving

TOKEN = "a-token-only-for-tests"
CARD = "scene.take_one.blank"
SETTINGS = "settings_view3d"
VALUES = "{{one.name: one.value for one in {shot}.option_values if one.engine == 'zoom'}}"
# The list of another server that has an engine of the same id, and of this one again
OTHER_LIST = f"""
from {MODULE}.client import events
from {MODULE}.client.protocol import EngineInfo, Option
from {MODULE}.scene.session import pump
here = STATE.engines
pump.handle(events.Engines((EngineInfo("zoom", "Zoom", options=(Option("speed", "float", 1.0, low=0, high=2),)),)))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with the engine of docs/add-an-engine.md. Its address."""
    root = page_engine.copy_with_engine(tmp_path_factory.mktemp("copy") / "root")
    home = tmp_path_factory.mktemp("server")
    with serving(root, home, TOKEN) as address:
        yield address


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], server: str) -> BlenderWindow:
    window = open_blender(home="options")
    record(window)
    window.run(f"{CARD}.seconds = 0.5\nbpy.ops.takeone.connect_server(url={server!r}, token={TOKEN!r})")
    window.show_tab()
    window.run("bpy.context.window_manager.take_one_settings = True")
    window.until("STATE.engine('zoom') is not None")
    return window


def shown(blender: BlenderWindow) -> list[str]:
    """The engine's settings on the card, by what is written on them."""
    return [text for _call, what, text, _grey in drawn(blender, SETTINGS) if what.startswith("option_")]


def kept(blender: BlenderWindow, shot: str = CARD) -> dict[str, str]:
    return dict(blender.ask(VALUES.format(shot=shot)))


def test_the_card_shows_what_the_engine_declares(blender: BlenderWindow) -> None:
    blender.run(f"{CARD}.engine = 'draft'")
    assert shown(blender) == []
    blender.click("TAKEONE_MT_engines")
    blender.picture("engines")
    blender.press("z")
    assert blender.ask(f"{CARD}.engine") == "zoom"
    assert shown(blender) == ["Amount", "Way"]
    blender.find("_amount")
    blender.picture("settings")


def test_a_value_is_typed_undone_and_done_again(blender: BlenderWindow) -> None:
    blender.type_into("_amount", "50")
    assert kept(blender) == {"amount": "50"}
    blender.hover(500, 500)
    blender.press("ctrl+z")
    assert kept(blender) == {}
    blender.press("ctrl+shift+z")
    assert kept(blender) == {"amount": "50"}


def test_a_choice_is_taken_from_its_menu(blender: BlenderWindow) -> None:
    blender.click("_way")
    blender.picture("choices")
    blender.press("o")
    assert kept(blender) == {"amount": "50", "way": '"out"'}


def test_another_list_of_engines_while_a_value_is_typed_does_no_harm(blender: BlenderWindow) -> None:
    blender.click("_amount", times=2)
    blender.press("ctrl+a")
    blender.ask("None")  # which brings STATE
    blender.run(OTHER_LIST)
    blender.write("60")
    blender.press("Return")
    assert shown(blender) == ["Speed"]
    said = " ".join(texts(blender, SETTINGS))
    assert "amount was set to 50, which does not count: there is no such setting here" in said
    blender.picture("not_here")
    blender.run("pump.handle(events.Engines(here))")
    assert shown(blender) == ["Amount", "Way"]
    assert kept(blender) == {"amount": "50", "way": '"out"'}


def test_the_take_is_made_with_them(blender: BlenderWindow) -> None:
    blender.click("takeone.animate_frame")
    shot = "scene.take_one.shots[0]"
    blender.until("not STATE.jobs and any(t.status == 'READY' for t in scene.take_one.shots[0].takes)")
    sidecar = json.loads(Path(blender.ask(f"bpy.path.abspath({shot}.takes[0].sidecar)")).read_text())
    assert (sidecar["engine"], sidecar["options"]) == ("zoom", {"amount": 50, "way": "out"})
    assert kept(blender, shot) == {"amount": "50", "way": '"out"'}
    blender.picture("take")


def test_nothing_was_printed_as_an_error(blender: BlenderWindow) -> None:
    log = blender.log()
    assert "Traceback" not in log and "rna_uiItem" not in log
    assert blender.ask("STATE.last_error") is None
