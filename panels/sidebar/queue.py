"""The queue: what is being made, how far it is, how to stop it."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...client.protocol import JobState
from ...scene.app.app import app
from ...scene.app.state import RENDERING, SENDING, UNCERTAIN, WAITING_FILE, Job
from ..parts import pictures
from ..parts.accounts import draw_uncertain
from ..parts.layout import SidebarPanel, in_both_sidebars, region_scale, time_left

WORDS = {
    RENDERING: "Rendering the still",
    SENDING: "Sending",
    JobState.QUEUED: "Waiting",
    JobState.IN_PROGRESS: "Making",
}
TURNS = {JobState.IN_PROGRESS: 0, JobState.QUEUED: 1, SENDING: 2, RENDERING: 3}


class QueuePanel(SidebarPanel):
    """Takes that are being made."""

    bl_label = "In the Making"
    parent = "shot"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return bool(app().state.jobs)

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        jobs = app().state.jobs.values()
        for job in [job for job in jobs if job.status == UNCERTAIN]:
            draw_uncertain(layout, context, job)
        making = sorted((job for job in jobs if job.status not in (WAITING_FILE, UNCERTAIN)), key=turn)
        waiting_keys = app().state.queue()
        for job in making:
            draw_job(layout, context, job, waiting_keys)
        waiting = sum(job.status == WAITING_FILE for job in jobs)
        if waiting:
            row = layout.row()
            text = iface_("{count} ready for other files").format(count=waiting)
            row.label(text=text, icon="FILE_BLEND", translate=False)
            row.operator("takeone.forget_waiting", text="", icon="X", emboss=False)
        if len(making) > 1:
            layout.operator("takeone.cancel_all", text="Cancel All", icon="CANCEL")


def turn(job: Job) -> tuple[int, int]:
    """Whose turn it is: what is being made, what waits in its order, what is not there yet."""
    return TURNS.get(job.status, 0), job.queue_position or 0


def name_of(job: Job) -> str:
    """What the job makes: a take, or those of several shots in one clip."""
    each = job.binding.each()
    if len(each) > 1:
        words = iface_("{first} to {last}, {count} takes")
        return words.format(first=each[0].shot_name, last=each[-1].shot_name, count=len(each))
    return iface_("{shot}, take {number}").format(shot=job.binding.shot_name, number=job.binding.number)


def draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job, waiting: list[str]) -> None:
    """One job: name, picture, bar, buttons. `waiting` are the keys of those in the queue, in their order."""
    column = layout.column(align=True)
    row = column.row(align=True)
    row.label(text=name_of(job), translate=False)
    if job.status == JobState.QUEUED:
        for by, icon_name, end in ((-1, "TRIA_UP", waiting[0]), (1, "TRIA_DOWN", waiting[-1])):
            part = row.row(align=True)
            part.enabled = job.key != end
            move = part.operator("takeone.queue_move", text="", icon=icon_name)
            move.job, move.by = job.key, by
    row.operator("takeone.cancel", text="", icon="X").job = job.key
    icon = pictures.live_icon(job.key)
    if icon:
        column.template_icon(icon_value=icon, scale=region_scale(context, 7.0))
    column.progress(factor=job.progress / 100, text=describe(job))


def describe(job: Job) -> str:
    """Stage, percent and time left, in a few words."""
    if job.status == JobState.QUEUED and job.queue_position:
        return iface_("Waiting, number {position}").format(position=job.queue_position)
    if job.status == SENDING and app().state.backend.state != "ready":
        return iface_("Waiting for the backend")
    if job.status == RENDERING and not is_rendered(job):
        return iface_("Waiting for the still")
    state = iface_(WORDS.get(job.status, WORDS[JobState.IN_PROGRESS]))
    if job.status == RENDERING and job.stage:
        return iface_(job.stage)
    if job.status != JobState.IN_PROGRESS:
        return state
    words = iface_(job.stage) if job.stage else state
    left = time_left(job.eta_seconds)
    return f"{words}  {job.progress}%" + (f"  {left}" if left else "")


def is_rendered(job: Job) -> bool:
    """Whether it is this job's still that Blender renders: the first one's of those that wait for theirs."""
    return next((one for one in app().state.jobs.values() if one.status == RENDERING), job) is job


CLASSES = in_both_sidebars(QueuePanel, "queue")
