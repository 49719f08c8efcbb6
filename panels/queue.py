"""The queue: what is being made, how far it is, how to stop it."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ..scene.state import IN_PROGRESS, QUEUED, RENDERING, SENDING, STATE, WAITING_FILE, Job
from . import pictures
from .layout import SidebarPanel, in_both_sidebars, region_scale, time_left

WORDS = {
    RENDERING: "Rendering the still",
    SENDING: "Sending",
    QUEUED: "Waiting",
    IN_PROGRESS: "Making",
}


class QueuePanel(SidebarPanel):
    """Takes that are being made."""

    bl_label = "In the Making"
    parent = "shot"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return bool(STATE.jobs)

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        making = [job for job in STATE.jobs.values() if job.status != WAITING_FILE]
        for job in making:
            draw_job(layout, context, job)
        waiting = len(STATE.jobs) - len(making)
        if waiting:
            row = layout.row()
            text = iface_("{count} ready for other files").format(count=waiting)
            row.label(text=text, icon="FILE_BLEND", translate=False)
            row.operator("takeone.forget_waiting", text="", icon="X", emboss=False)
        if len(making) > 1:
            layout.operator("takeone.cancel_all", text="Cancel All", icon="CANCEL")


def draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    """One job: name, picture, bar, buttons."""
    column = layout.column(align=True)
    row = column.row(align=True)
    row.label(text=iface_("{shot}, take {number}").format(shot=job.shot_name, number=job.number), translate=False)
    if job.status == QUEUED:
        up = row.operator("takeone.queue_move", text="", icon="TRIA_UP")
        up.job, up.by = job.key, -1
        down = row.operator("takeone.queue_move", text="", icon="TRIA_DOWN")
        down.job, down.by = job.key, 1
    row.operator("takeone.cancel", text="", icon="X").job = job.key
    icon = pictures.live_icon(job.key)
    if icon:
        column.template_icon(icon_value=icon, scale=region_scale(context, 7.0))
    column.progress(factor=job.progress / 100, text=describe(job))


def describe(job: Job) -> str:
    """Stage, percent and time left, in a few words."""
    words = iface_(job.stage or WORDS[job.status])
    if job.status == QUEUED and job.queue_position:
        return iface_("Waiting, number {position}").format(position=job.queue_position)
    if job.status != IN_PROGRESS:
        return iface_(WORDS[job.status])
    left = time_left(job.eta_seconds)
    return f"{words}  {job.progress}%" + (f"  {left}" if left else "")


CLASSES = in_both_sidebars(QueuePanel, "queue")
