# mypy: disable-error-code="valid-type"
"""The queue: cancel one job or all, let one go first."""

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import IntProperty, StringProperty

from ...scene.app.app import app
from ...scene.app.state import WAITING_FILE
from ...scene.session import jobs
from ...scene.session.server.connection import session
from ..poll import poll_jobs


class TAKEONE_OT_cancel(bpy.types.Operator):
    """Stop making this take"""

    bl_idname = "takeone.cancel"
    bl_label = "Cancel Take"
    bl_options = {"REGISTER"}

    job: StringProperty(name="Job", description="Key of the job. Empty: the one that began last", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return poll_jobs(cls)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        key = self.job or next(reversed(app().state.jobs))
        if key not in app().state.jobs:
            self.report({"INFO"}, "This take is no longer in the queue")
            return {"CANCELLED"}
        jobs.cancel(key)
        return {"FINISHED"}


class TAKEONE_OT_cancel_all(bpy.types.Operator):
    """Stop making all takes that wait or are being made"""

    bl_idname = "takeone.cancel_all"
    bl_label = "Cancel All Takes"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return poll_jobs(cls)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        jobs.cancel_all()
        return {"FINISHED"}


class TAKEONE_OT_queue_move(bpy.types.Operator):
    """Let this take be made earlier or later than its neighbour in the queue"""

    bl_idname = "takeone.queue_move"
    bl_label = "Move in Queue"
    bl_options = {"REGISTER"}

    job: StringProperty(name="Job", description="Key of the waiting job", options={"SKIP_SAVE"})
    by: IntProperty(name="By", description="Places to move, negative for earlier", default=-1, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if len(app().state.queue()) > 1:
            return True
        cls.poll_message_set("Fewer than two takes wait in the queue")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        keys = app().state.queue()
        if self.job not in keys:
            self.report({"INFO"}, "This take no longer waits in the queue")
            return {"CANCELLED"}
        place = keys.index(self.job)
        keys.remove(self.job)
        target = max(0, min(place + self.by, len(keys)))
        session().move(self.job, keys[target] if target < len(keys) else None)
        return {"FINISHED"}


class TAKEONE_OT_forget_waiting(bpy.types.Operator):
    """Forget the takes that are ready for other files. Their clips stay on disk, and land nowhere by themselves"""

    bl_idname = "takeone.forget_waiting"
    bl_label = "Forget Takes of Other Files"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if any(job.status == WAITING_FILE for job in app().state.jobs.values()):
            return True
        cls.poll_message_set("No take waits for another file")
        return False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=rpt_("Forget the takes of other files?"),
            message=rpt_("They no longer land by themselves when their file is opened."),
            confirm_text=rpt_("Forget"),
        )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        for job in [job for job in app().state.jobs.values() if job.status == WAITING_FILE]:
            del app().state.jobs[job.key]
            session().landed(job.key)
        app().state.changed()
        return {"FINISHED"}


CLASSES = (TAKEONE_OT_cancel, TAKEONE_OT_cancel_all, TAKEONE_OT_queue_move, TAKEONE_OT_forget_waiting)
