"""The status bar, and a quiet mark in the headers: what is being made and what has landed, also where no sidebar of
ours is open. Blender's tabs can bear no mark."""

from __future__ import annotations

import time

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...scene.app.app import app
from ...scene.app.state import WAITING_FILE
from ...scene.session.board import drawing
from .layout import time_left

SECONDS = 20.0  # that a landed take is told
HEADERS = ("VIEW3D_HT_header", "SEQUENCER_HT_header")
OURS = ("Take One", "Shots")  # tabs of the sidebar


def text() -> tuple[str, str]:
    """What the status bar says, and its icon; "" for nothing."""
    state = app().state
    drawn = drawing.progress()
    if drawn is not None:
        return iface_("Board {done} of {count}").format(done=drawn[0], count=drawn[1]), "IMAGE_DATA"
    making = [job for job in state.jobs.values() if job.status != WAITING_FILE]
    if making:
        done = sum(job.progress for job in making) / len(making)
        left = time_left(max((job.eta_seconds for job in making if job.eta_seconds is not None), default=None))
        count = sum(len(job.binding.each()) for job in making)
        words = iface_("1 take, {done:.0f}%") if count == 1 else iface_("{count} takes, {done:.0f}%")
        return words.format(count=count, done=done) + (f"  {left}" if left else ""), "RENDER_ANIMATION"
    if state.landed and time.monotonic() - state.landed_at < SECONDS:
        return iface_("{take} has landed").format(take=state.landed), "CHECKMARK"
    if state.last_error is not None:
        return iface_("Take One has a message"), "ERROR"
    return "", "NONE"


def _draw(self: bpy.types.Header, _context: bpy.types.Context) -> None:
    said, icon = text()
    if said:
        self.layout.label(text=said, icon=icon, translate=False)


def _mark(self: bpy.types.Header, context: bpy.types.Context) -> None:
    """In the header of an editor that does not show our tab; pressed, it opens the sidebar."""
    said, icon = text()
    if not said or not hasattr(context.space_data, "show_region_ui"):
        return
    opened = context.space_data.show_region_ui
    if opened and any(_shows_tab(region) for region in context.area.regions):
        return
    words = "" if icon == "ERROR" else said  # which stays until it is dealt with
    if opened:
        self.layout.label(text=words, icon=icon, translate=False)
        return
    button = self.layout.operator("screen.region_toggle", text=words, icon=icon, emboss=False, translate=False)
    button.region_type = "UI"


def _shows_tab(region: bpy.types.Region) -> bool:
    return region.type == "UI" and region.active_panel_category in OURS


def redraw() -> None:
    """Draw the status bar anew; not while a tool shows its own help there."""
    for window in bpy.context.window_manager.windows:
        if not window.modal_operators:
            window.workspace.status_text_set(None)


def register() -> None:
    """Add to the status bar."""
    bpy.types.STATUSBAR_HT_header.append(_draw)
    for name in HEADERS:
        getattr(bpy.types, name).append(_mark)


def unregister() -> None:
    """Remove it."""
    bpy.types.STATUSBAR_HT_header.remove(_draw)
    for name in HEADERS:
        getattr(bpy.types, name).remove(_mark)
