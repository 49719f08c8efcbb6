"""A text shown where it can be read and edited: in a Text Editor that is open, else in a window of its own."""

from __future__ import annotations

import bpy

LAST_LINES = 20  # shown of a text that is opened at its end


def show(context: bpy.types.Context, text: bpy.types.Text, *, at_end: bool = False) -> None:
    """Show `text`, from its first line or from its end. In background mode there is nothing to show it in."""
    if bpy.app.background:
        return
    area = open_editor(context, text) or new_editor(context)
    space = area.spaces.active
    space.text = text
    space.show_word_wrap, space.show_syntax_highlight = True, False  # words, no script
    space.top = max(0, len(text.lines) - LAST_LINES) if at_end else 0


def open_editor(context: bpy.types.Context, text: bpy.types.Text) -> bpy.types.Area | None:
    """The Text Editor that shows this text, else one of the window that the user works in."""
    screens = [window.screen for window in context.window_manager.windows]
    editors = [area for screen in screens for area in screen.areas if area.type == "TEXT_EDITOR"]
    showing = [area for area in editors if area.spaces.active.text == text]
    beside = [area for area in context.screen.areas if area in editors] if context.screen else []
    return next(iter(showing + beside), None)


def new_editor(context: bpy.types.Context) -> bpy.types.Area:
    """A Text Editor in a new window."""
    bpy.ops.wm.window_new()
    area = context.window_manager.windows[-1].screen.areas[0]
    area.type = "TEXT_EDITOR"
    return area
