"""Runs inside a Blender with its window: carries out the snippets of Python that `blender_window` sends, one a tick.

blender --python devtools/window_driver.py        with TAKE_ONE_DRIVER_PORT set
"""

import json
import os
import socket
import traceback

import bpy

TICK = 0.02  # seconds

_socket = socket.create_connection(("127.0.0.1", int(os.environ["TAKE_ONE_DRIVER_PORT"])))
_socket.setblocking(False)
_received = b""
_names = {"bpy": bpy}


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


bpy.context.preferences.view.show_splash = False  # it would cover what is to be clicked
bpy.context.preferences.use_preferences_save = False
bpy.app.timers.register(_tick, first_interval=1.0, persistent=True)
