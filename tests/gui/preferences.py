"""More for the hands: the extension's preferences beside the main window."""

from __future__ import annotations

from devtools.window.blender import BlenderWindow, Button

PREFERENCES = {"area": "PREFERENCES", "region": "WINDOW"}
NAMED = (
    'subprocess.run(["xdotool", "search", "--name", "^Preferences$"], capture_output=True, text=True).stdout.split()'
)
WIDTH, HEIGHT, DOWN = 750, 800, 60  # of their window, in pixels of a main window of its whole size
SIZE = "[(window.width, window.height) for window in bpy.context.window_manager.windows]"


def open_preferences(blender: BlenderWindow) -> None:
    """Open them beside the sidebar."""
    blender.run("bpy.ops.takeone.preferences()")
    blender.until(NAMED)
    width, height, down = (blender.pixels(length) for length in (WIDTH, HEIGHT, DOWN))
    blender.run(
        f"for number in {NAMED}:\n"
        f"    xdotool('windowmove', number, 0, {down})\n    xdotool('windowsize', number, {width}, {height})"
    )
    blender.until(f"({width}, {height}) in {SIZE}")
    blender.until_handled()


def close_preferences(blender: BlenderWindow) -> None:
    """Close their window."""
    blender.run(
        "window, area, region = region_of('PREFERENCES', 'WINDOW')\n"
        "with bpy.context.temp_override(window=window): bpy.ops.wm.window_close()"
    )
    blender.until_handled()


def find(blender: BlenderWindow, does: str) -> Button:
    """A button in the preferences."""
    return blender.find(does, **PREFERENCES)


def click(blender: BlenderWindow, does: str, part: float = 0.5) -> Button:
    """Click a button in the preferences, `part` of its width from the left."""
    return blender.click(does, part=part, **PREFERENCES)
