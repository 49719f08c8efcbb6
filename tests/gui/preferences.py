"""More for the hands: the extension's preferences beside the main window, and what stands near a button."""

from __future__ import annotations

import time

from devtools.blender_window import BlenderWindow, Button, WindowError

PREFERENCES = {"area": "PREFERENCES", "region": "WINDOW"}
ROWS = 380  # about there, where the window is placed, stand the buttons of the backend
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


def find(blender: BlenderWindow, does: str, across: float, about: int = ROWS) -> Button:
    """A button in the preferences, in the column at a fraction of the width. It is looked for about there first."""
    try:
        return near(blender, Button(0, about, "there"), does, across, **PREFERENCES)
    except WindowError:
        return blender.find(does, across=(across,), **PREFERENCES)


def click(blender: BlenderWindow, does: str, across: float, about: int = ROWS) -> Button:
    """Click a button in the preferences."""
    button = find(blender, does, across, about)
    blender.click_at(button.x, button.y)
    return button


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
    raise WindowError(f"there is no {does} near {button.does}")


def click_near(blender: BlenderWindow, button: Button, does: str, across: float, **where: str) -> Button:
    """Click a button that stands about as high as another one."""
    found = near(blender, button, does, across, **where)
    blender.click_at(found.x, found.y)
    return found
