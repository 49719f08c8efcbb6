"""What the panels of a running Blender draw, as facts: every text, and whether it is grey."""

from __future__ import annotations

import time
from typing import Any

from devtools.window.blender import BlenderWindow

SECONDS = 120
REDRAW = """
recorder.drawn.clear()
for window in bpy.context.window_manager.windows:
    for area in window.screen.areas:
        area.tag_redraw()
"""


def record(blender: BlenderWindow) -> None:
    """Note from now on what every panel draws."""
    blender.run("recorder.record()")


def drawn(blender: BlenderWindow, panel: str) -> list[list[Any]]:
    """What a panel, such as "shot_view3d", draws now: [call, property or operator, text, whether it is grey]."""
    blender.run(REDRAW)
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        found = blender.run(f"result = recorder.drawn.get('TAKEONE_PT_{panel}')")
        if found is not None:
            return [[call, what, text, grey] for call, what, text, grey, _does in found]
    raise AssertionError(f"the panel {panel} is not drawn")


def texts(blender: BlenderWindow, panel: str) -> list[str]:
    """The texts that a panel draws now."""
    return [text for _call, _what, text, _grey in drawn(blender, panel) if text]


def is_grey(blender: BlenderWindow, panel: str, what: str) -> bool:
    """Whether a property or operator of a panel is drawn grey. It must be drawn."""
    found = [grey for _call, name, _text, grey in drawn(blender, panel) if name == what]
    assert found, f"{what} is not in the panel {panel}"
    return bool(found[0])
