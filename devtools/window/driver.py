"""Runs inside a Blender with its window: carries out the snippets of Python that `window/blender.py` sends, one a tick.

blender --python devtools/window/driver.py        with TAKE_ONE_DRIVER_PORT set, and TAKE_ONE_DRIVER_SCALE below 1 for
                                                  a small window that costs less to draw
"""

import json
import os
import socket
import subprocess
import sys
import traceback
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

import recorder

TICK = 0.02  # seconds
SCALE = float(os.environ.get("TAKE_ONE_DRIVER_SCALE", "1"))

_socket = socket.create_connection(("127.0.0.1", int(os.environ["TAKE_ONE_DRIVER_PORT"])))
_socket.setblocking(False)
_received = b""


def region_of(area_type: str, region_type: str) -> tuple[bpy.types.Window, bpy.types.Area, bpy.types.Region]:
    """The first region of its kind that is shown, with its area and window."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if (area.type, region.type) == (area_type, region_type):
                    return window, area, region
    raise LookupError(f"no {area_type} with a region {region_type} is shown")


def xdotool(*words: object) -> None:
    """Move the mouse, click, type."""
    subprocess.run(["xdotool", *map(str, words)], check=True)


def at(window: bpy.types.Window, x: int, y: int) -> tuple[int, int]:
    """A place in a window (y up) as one on the screen (y down)."""
    return window.x + x, _screen_height() - window.y - y


def button(area_type: str, region_type: str, does: str) -> list[int] | str:
    """[left, top, width, height] on the screen of the button that does this, else why it has none: it is ABSENT, or
    HIDDEN because the panel is scrolled away."""
    window, area, region = region_of(area_type, region_type)
    found = recorder.rectangle(window, area, region, does)
    if isinstance(found, str):
        return found
    left, bottom, width, height = found
    return [*at(window, region.x + left, region.y + bottom + height), width, height]


def under_mouse(area_type: str, region_type: str) -> str:
    """What the button under the mouse does, as Blender says it: an operator with its arguments, or a property's
    path."""
    window, area, region = region_of(area_type, region_type)
    manager = bpy.context.window_manager
    with bpy.context.temp_override(window=window, area=area, region=region):
        for ask in (bpy.ops.ui.copy_python_command_button, bpy.ops.ui.copy_data_path_button):
            manager.clipboard = ""
            if ask.poll() and "FINISHED" in ask():
                return str(manager.clipboard)
    return ""


def _screen_height() -> int:
    size = subprocess.run(["xdotool", "getdisplaygeometry"], capture_output=True, text=True, check=True).stdout
    return int(size.split()[1])


def draw_plainly() -> None:
    """Have all 3D Views show objects and nothing else, which takes half the time where the processor draws."""
    for screen in bpy.data.screens:
        for area in screen.areas:
            for space in area.spaces:
                if space.type == "VIEW_3D":
                    space.overlay.show_overlays = space.show_gizmo = False
                    space.shading.light = "FLAT"


def _tick() -> float | None:
    global _received
    try:
        data = _socket.recv(1 << 20)
    except BlockingIOError:
        return TICK
    if not data:
        bpy.ops.wm.quit_blender()
        return None
    _received += data
    while b"\n" in _received:
        line, _received = _received.split(b"\n", 1)
        _answer(json.loads(line))
    return TICK


def _answer(source: str) -> None:
    """Run a snippet, where `scene` is the first window's. What it leaves in `result` goes back, or the traceback."""
    window = bpy.context.window_manager.windows[0]
    _names["scene"] = window.scene
    _names["result"] = None
    try:
        with bpy.context.temp_override(window=window):
            exec(source, _names)
        answer = {"result": _names["result"]}
    except Exception:  # noqa: BLE001  the other side raises it
        answer = {"error": traceback.format_exc()}
    _socket.setblocking(True)
    _socket.sendall(json.dumps(answer, default=str).encode() + b"\n")
    _socket.setblocking(False)


_names = {
    "bpy": bpy,
    "subprocess": subprocess,
    "recorder": recorder,
    **{one.__name__: one for one in (region_of, xdotool, at, button, under_mouse, draw_plainly)},
}
bpy.context.preferences.view.show_splash = False  # it would cover what is to be clicked
bpy.context.preferences.system.viewport_aa = "OFF"  # the processor draws
bpy.context.preferences.view.ui_scale = SCALE
bpy.context.preferences.use_preferences_save = False
bpy.app.timers.register(_tick, first_interval=0.2, persistent=True)
if SCALE < 1:
    draw_plainly()
