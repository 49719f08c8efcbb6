"""What the panels of a running Blender draw, as facts: every text, and whether it is grey."""

from __future__ import annotations

import time
from typing import Any

from devtools.blender_window import BlenderWindow

# A layout that notes what is put into it, before it hands it on to the real one.
RECORDER = """
class Recorder:
    def __init__(self, layout, items, parent=None):
        for name, value in (("_layout", layout), ("_items", items), ("_parent", parent)):
            object.__setattr__(self, name, value)
    def __setattr__(self, name, value):
        setattr(self._layout, name, value)
    def __getattr__(self, name):
        value = getattr(self._layout, name)
        if not callable(value):
            return value
        def call(*arguments, **keywords):
            made = value(*arguments, **keywords)
            if isinstance(made, bpy.types.UILayout):
                return Recorder(made, self._items, self)
            what = next((one for one in arguments if isinstance(one, str)), "")
            self._items.append((self, name, what, str(keywords.get("text", ""))))
            return made
        return call
    def grey(self):
        layout, parent = self._layout, self._parent
        return not (layout.enabled and layout.active) or (parent is not None and parent.grey())
DRAWN = {}
def recording(name, draw):
    def wrapper(self, context):
        items = []
        holder = type("Holder", (), {"layout": Recorder(self.layout, items)})()
        try:
            return draw(holder, context)
        finally:
            DRAWN[name] = [(call, what, text, layout.grey()) for layout, call, what, text in items]
    return wrapper
for _name in dir(bpy.types):
    if _name.startswith("TAKEONE_PT_") and _name != "TAKEONE_PT_presets":
        _panel = getattr(bpy.types, _name)
        _panel.draw = recording(_name, _panel.draw)
"""
REDRAW = """
for window in bpy.context.window_manager.windows:
    for area in window.screen.areas:
        area.tag_redraw()
DRAWN.clear()
"""


def record(blender: BlenderWindow) -> None:
    """Note from now on what every panel draws."""
    blender.run(RECORDER)


def drawn(blender: BlenderWindow, panel: str) -> list[list[Any]]:
    """What a panel, such as "shot_view3d", draws now: [call, property or operator, text, whether it is grey]."""
    blender.run(REDRAW)
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        time.sleep(0.2)
        found = blender.ask(f"DRAWN.get('TAKEONE_PT_{panel}')")
        if found is not None:
            return found  # type: ignore[no-any-return]
    raise AssertionError(f"the panel {panel} is not drawn")


def texts(blender: BlenderWindow, panel: str) -> list[str]:
    """The texts that a panel draws now."""
    return [text for _call, _what, text, _grey in drawn(blender, panel) if text]


def is_grey(blender: BlenderWindow, panel: str, what: str) -> bool:
    """Whether a property or operator of a panel is drawn grey. It must be drawn."""
    found = [grey for _call, name, _text, grey in drawn(blender, panel) if name == what]
    assert found, f"{what} is not in the panel {panel}"
    return bool(found[0])
