"""Runs inside a Blender with its window, for tests: notes what the extension's panels draw, and finds where it stands.

Blender tells no script where a button is. So the region is drawn twice, once with the button in the colour of an alert:
where the two pictures differ, there it is.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import bpy
import gpu
import numpy as np

ABSENT, HIDDEN = "absent", "hidden"
MARKED_BY_ALERT = ("operator", "prop", "prop_enum")
MARKED_BY_ICON = ("menu", "popover")  # an alert does not colour them


class Item(NamedTuple):
    """A call of a layout: what was drawn. `does` is what Blender says of its button: an operator with its arguments,
    or a property's path."""

    call: str
    what: str  # operator, property or menu
    text: str
    grey: bool
    does: str


class Call(NamedTuple):
    """A call of a layout as it was made; what it gave is an operator's properties or nothing."""

    layout: "Layout"
    name: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    made: Any


drawn: dict[str, list[Item]] = {}  # by the name of the class that drew last
_marked = ("", -1)  # the class and the number of the call that is drawn in another colour


class Layout:
    """Hands everything on to Blender's layout, and notes it."""

    def __init__(self, layout: bpy.types.UILayout, calls: list[Call], owner: str, parent: "Layout | None" = None):
        for name, value in (("_layout", layout), ("_calls", calls), ("_owner", owner), ("_parent", parent)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._layout, name, value)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._layout, name)
        return self._noting(name, value) if callable(value) else value

    def _noting(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            if _marked == (self._owner, len(self._calls)) and name in (*MARKED_BY_ALERT, *MARKED_BY_ICON):
                made = self._mark(function, name, arguments, keywords)
            else:
                made = function(*arguments, **keywords)
            if isinstance(made, bpy.types.UILayout):
                return Layout(made, self._calls, self._owner, self)
            if name == "panel_prop":  # a header, and what lies under it where that is open
                return tuple(Layout(one, self._calls, self._owner, self) if one else None for one in made)
            self._calls.append(Call(self, name, arguments, keywords, made))
            return made

        return call

    def _mark(self, function: Callable[..., Any], name: str, arguments: tuple[Any, ...], keywords: Any) -> Any:
        """Draw it in another colour."""
        if name in MARKED_BY_ICON:
            return function(*arguments, **{**keywords, "icon": "ERROR"})
        if keywords.get("expand"):  # an alert does not colour the buttons of a choice
            inner = self._layout.row(align=True)
            inner.enabled = False
            return getattr(inner, name)(*arguments, **keywords)
        alert = self._layout.alert
        self._layout.alert = not alert
        made = function(*arguments, **keywords)
        self._layout.alert = alert
        return made

    def _is_grey(self) -> bool:
        return not (self._layout.enabled and self._layout.active) or (
            self._parent is not None and self._parent._is_grey()
        )


class Self:
    """What a panel's draw() is given: the panel, but for the layout."""

    def __init__(self, panel: bpy.types.Panel, layout: Layout) -> None:
        self._panel, self.layout = panel, layout

    def __getattr__(self, name: str) -> Any:
        return getattr(self._panel, name)


def record() -> None:
    """Note from now on what the panels and the preferences draw. Calling it again does no harm."""
    for name in dir(bpy.types):
        cls = getattr(bpy.types, name)
        if name.startswith("TAKEONE_PT_") and name != "TAKEONE_PT_presets":
            _wrap(cls, "draw", _noting_panel)
            _wrap(cls, "draw_header_preset", _noting_panel)
    for addon in bpy.context.preferences.addons.values():
        if type(addon.preferences).__name__.startswith("TAKEONE_"):
            _wrap(type(addon.preferences), "draw", _noting_preferences)


def rectangle(
    window: bpy.types.Window, area: bpy.types.Area, region: bpy.types.Region, does: str
) -> tuple[int, int, int, int] | str:
    """(left, bottom, width, height) in the region's pixels of the first button seen that does this, or ABSENT, or
    HIDDEN."""
    global _marked
    record()
    drawn.clear()
    plain = _picture(window, area, region)
    found = [(name, at) for name, items in drawn.items() for at, item in enumerate(items) if does in item.does]
    for one in found:
        _marked = one
        marked = _picture(window, area, region)
        _marked = ("", -1)
        differs = (plain != marked).any(-1)
        if differs.any():
            region.tag_redraw()
            return _bounds(differs)
    return HIDDEN if found else ABSENT


def _wrap(cls: Any, method: str, noting: Callable[[Any, str], Callable[..., None]]) -> None:
    draw = getattr(cls, method, None)
    if draw is not None and not hasattr(draw, "noted"):
        setattr(cls, method, noting(cls, method))
        getattr(cls, method).noted = True


def _noting_panel(cls: Any, method: str) -> Callable[..., None]:
    draw = getattr(cls, method)
    name = cls.__name__ + method.removeprefix("draw")

    def noting(self: Any, context: bpy.types.Context) -> None:
        calls: list[Call] = []
        draw(Self(self, Layout(self.layout, calls, name)), context)
        drawn[name] = [_item(call) for call in calls]

    return noting


def _noting_preferences(cls: Any, method: str) -> Callable[..., None]:
    draw = getattr(cls, method)

    def noting(self: Any, context: bpy.types.Context) -> None:
        calls: list[Call] = []
        layout = cls.layout  # where Blender puts it
        cls.layout = Layout(layout, calls, cls.__name__)
        try:
            draw(self, context)
        finally:
            cls.layout = layout
        drawn[cls.__name__] = [_item(call) for call in calls]

    return noting


def _item(call: Call) -> Item:
    what = next((one for one in call.arguments if isinstance(one, str)), "")
    does = ""
    if call.name == "operator":
        does = f"{what}({', '.join(_given(call.made))})"
    elif call.name in MARKED_BY_ICON:
        does = what or call.keywords.get("panel", "")
    elif call.name.startswith("prop"):
        try:
            does = call.arguments[0].path_from_id(what)
        except (AttributeError, TypeError, ValueError):
            does = f".{what}"
    return Item(call.name, what, str(call.keywords.get("text", "")), call.layout._is_grey(), does)


def _given(properties: Any) -> list[str]:
    """The arguments of an operator that were set, as Blender writes them."""
    said = []
    for one in properties.bl_rna.properties:
        if one.identifier != "rna_type" and properties.is_property_set(one.identifier):
            value = getattr(properties, one.identifier)
            said.append(f'{one.identifier}="{value}"' if one.type == "STRING" else f"{one.identifier}={value!r}")
    return said


def _picture(window: bpy.types.Window, area: bpy.types.Area, region: bpy.types.Region) -> np.ndarray:
    """The region as it is drawn now; shape (height, width, 3), rows from the bottom up, 0..255."""
    seen = []

    def read() -> None:
        if bpy.context.region == region:
            frame = gpu.state.active_framebuffer_get()
            x, y, width, height = gpu.state.viewport_get()
            data = frame.read_color(x, y, width, height, 4, 0, "UBYTE")
            data.dimensions = width * height * 4
            seen.append(np.array(data, np.uint8).reshape(height, width, 4)[..., :3])

    space = type(area.spaces.active)
    handler = space.draw_handler_add(read, (), region.type, "POST_PIXEL")
    try:
        with bpy.context.temp_override(window=window, area=area, region=region):
            bpy.ops.wm.redraw_timer(type="DRAW_SWAP", iterations=1)
    finally:
        space.draw_handler_remove(handler, region.type)
    return seen[-1]


def _bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Of the widest stretch of columns with something in them: of a field and its label, the field."""
    columns = np.flatnonzero(mask.any(0))
    stretch = max(np.split(columns, np.flatnonzero(np.diff(columns) > 2) + 1), key=len)
    rows = np.flatnonzero(mask[:, stretch].any(1))
    return int(stretch[0]), int(rows[0]), len(stretch), int(rows[-1] - rows[0] + 1)
