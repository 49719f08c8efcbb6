"""More for the hands: the extension's preferences beside the main window, and what stands near a button."""

from __future__ import annotations

import time
from typing import Any

from devtools.blender_window import BlenderWindow, Button, WindowError

PREFERENCES = {"area": "PREFERENCES", "region": "WINDOW"}
COLUMNS = (0.62, 0.78, 0.95, 0.3)  # of the region's width, where the buttons stand
PLACE = """
search = ["xdotool", "search", "--name", "^Preferences$"]
for number in subprocess.run(search, capture_output=True, text=True).stdout.split():
    xdotool("windowmove", number, 40, 60)
    xdotool("windowsize", number, 980, 800)
"""


def open_preferences(blender: BlenderWindow) -> None:
    """Open them, where the whole window can be seen."""
    blender.run("bpy.ops.takeone.preferences()")
    time.sleep(1.0)
    blender.run(PLACE)
    time.sleep(1.0)


def close_preferences(blender: BlenderWindow) -> None:
    """Close their window."""
    blender.run(
        "window, area, region = region_of('PREFERENCES', 'WINDOW')\n"
        "with bpy.context.temp_override(window=window): bpy.ops.wm.window_close()"
    )
    time.sleep(0.5)


def find(blender: BlenderWindow, does: str, **options: Any) -> Button:
    """A button in the preferences."""
    return blender.find(does, **{**PREFERENCES, "across": COLUMNS, **options})


def click(blender: BlenderWindow, does: str, **options: Any) -> Button:
    """Click a button in the preferences."""
    return blender.click(does, **{**PREFERENCES, "across": COLUMNS, **options})


def near(
    blender: BlenderWindow, button: Button, does: str, across: float, area: str = "VIEW_3D", region: str = "UI"
) -> Button:
    """A button that stands about as high as another one, at a fraction of the region's width: quicker than `find`."""
    left, _top, width, _height = blender._place(area, region)
    x = left + int(width * across)
    for away in sorted(range(-77, 78, 11), key=abs):
        here = Button(x, button.y + away, does)
        if does in blender._hover(here.x, here.y, area, region) and does in blender._look_twice(here, area, region):
            return here
    blender.picture("not_found")
    raise WindowError(f"there is no {does} near {button.does}")


def click_near(blender: BlenderWindow, button: Button, does: str, across: float, **where: str) -> Button:
    """Click a button that stands about as high as another one."""
    found = near(blender, button, does, across, **where)
    blender.click_at(found.x, found.y)
    return found
