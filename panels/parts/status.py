"""The status bar: what is being made and what has landed, also where no sidebar of ours is open."""

from __future__ import annotations

import time

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...scene.app.app import app
from ...scene.app.state import WAITING_FILE
from ...scene.session.board import drawing
from .layout import time_left

SECONDS = 20.0  # that a landed take is told


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
        words = iface_("1 take, {done:.0f}%") if len(making) == 1 else iface_("{count} takes, {done:.0f}%")
        return words.format(count=len(making), done=done) + (f"  {left}" if left else ""), "RENDER_ANIMATION"
    if state.landed and time.monotonic() - state.landed_at < SECONDS:
        return iface_("{take} has landed").format(take=state.landed), "CHECKMARK"
    if state.last_error is not None:
        return iface_("Take One has a message"), "ERROR"
    return "", "NONE"


def _draw(self: bpy.types.Header, _context: bpy.types.Context) -> None:
    said, icon = text()
    if said:
        self.layout.label(text=said, icon=icon, translate=False)


def redraw() -> None:
    """Draw the status bar anew; not while a tool shows its own help there."""
    for window in bpy.context.window_manager.windows:
        if not window.modal_operators:
            window.workspace.status_text_set(None)


def register() -> None:
    """Add to the status bar."""
    bpy.types.STATUSBAR_HT_header.append(_draw)


def unregister() -> None:
    """Take it away."""
    bpy.types.STATUSBAR_HT_header.remove(_draw)
