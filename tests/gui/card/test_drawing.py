"""Every panel does as much for a long list of takes and a long queue as for short ones, and changes nothing while it
draws. How long that takes: bench/ui_draw.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.window import long_film
from devtools.window.blender import MODULE, ROOT, BlenderWindow

MOST = 50_000  # instructions of Python for a panel with long lists: a millisecond, on a machine that is free
MOST_EACH = 150  # for each further take, job or line in them
STEPS = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from devtools.window.steps import steps_of as measure
"""
REDRAW = """
for window in bpy.context.window_manager.windows:
    for area in window.screen.areas:
        area.tag_redraw()
"""
TO_EDITOR = """
area = region_of({!r}, "UI")[1]
area.type = {!r}
"""


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    window = open_blender()
    window.run(STEPS + long_film.MEASURE + long_film.GROW)
    window.show_tab()
    window.until("len(STATE.engines)")
    return window


def draw_all(blender: BlenderWindow) -> dict[str, int]:
    """Have everything drawn; the instructions that each took at the last."""
    blender.run("COSTS.clear()")
    redraw(blender)
    for name in blender.ask("[cls.__name__ for cls in OURS if '_MT_' in cls.__name__]"):
        blender.hover(500, 400)
        blender.run(f"bpy.ops.wm.call_menu(name={name!r})")
        blender.until_handled()
        blender.press("Escape")
    blender.run("bpy.ops.wm.call_panel(name='TAKEONE_PT_presets')")
    blender.until_handled()
    blender.press("Escape")
    blender.run(TO_EDITOR.format("VIEW_3D", "SEQUENCE_EDITOR"))
    blender.show_tab("SEQUENCE_EDITOR")
    redraw(blender)
    blender.run("scene.take_one.shots[0].engine = 'draft'")  # which follows a camera, so that a walkthrough is of use
    redraw(blender)
    blender.run("region_of('SEQUENCE_EDITOR', 'UI')[2].active_panel_category = 'Shots'")
    redraw(blender)
    blender.run(f"bpy.ops.preferences.addon_show(module={MODULE!r})")
    redraw(blender)
    blender.run(
        "with bpy.context.temp_override(window=bpy.context.window_manager.windows[-1]):\n    bpy.ops.wm.window_close()"
    )
    blender.run(TO_EDITOR.format("SEQUENCE_EDITOR", "VIEW_3D"))
    blender.show_tab()
    return dict(blender.ask("{name: each[-1] for name, each in COSTS.items()}"))


def redraw(blender: BlenderWindow) -> None:
    for _ in range(2):  # the second without what is looked up once
        blender.run(REDRAW)
        blender.until_handled()


def test_a_long_film_is_drawn_like_a_short_one(blender: BlenderWindow) -> None:
    blender.run("grow(0.1)")
    short = draw_all(blender)
    blender.run("grow(1.0)")
    long = draw_all(blender)
    assert set(blender.ask("[cls.__name__ for cls in OURS]")) == set(short) == set(long)  # none was left out
    assert min(short.values()) > 0 and max(long.values()) < MOST, long
    further = 0.9 * blender.ask("TAKES + JOBS + LINES")
    assert {name: count for name, count in long.items() if count - short[name] > MOST_EACH * further} == {}


def test_drawing_changes_nothing(blender: BlenderWindow) -> None:
    # Blender would refuse a write to its data in draw() and print the traceback
    assert "Traceback" not in blender.log()
    assert "rna_uiItem" not in blender.log()
    assert blender.ask("len(scene.take_one.shots[0].takes) == TAKES")
    assert blender.ask("len(STATE.jobs) == JOBS")
