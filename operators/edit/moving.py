# mypy: disable-error-code="valid-type"
"""Takes that lie in another folder than their file."""

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...scene.app.errors import SceneError
from ...scene.edit import moving
from ...scene.model.shots import trust
from ...scene.model.shots.paths import disk_fix
from ..report import fail


class TAKEONE_OT_bring_takes(bpy.types.Operator):
    """Copy takes that lie in another folder beside this file, and use the copies. The originals stay"""

    bl_idname = "takeone.bring_takes"
    bl_label = "Bring Takes Along"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if not bpy.data.filepath:
            cls.poll_message_set("The file is not saved yet")
            return False
        if moving.any_elsewhere():
            return True
        cls.poll_message_set("All takes lie beside the file")
        return False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        folders = moving.elsewhere()
        if not folders:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=rpt_("Copy the takes beside this file?"),
            message=rpt_("They are in {folder}, and can stay there.").format(folder=folders[0].parent),
            confirm_text=rpt_("Copy"),
        )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        strange = moving.left_alone()
        if strange and not moving.elsewhere():
            return fail(self, trust.foreign(strange[0]))
        try:
            moving.bring_along()
        except OSError as error:
            message = rpt_("The takes could not be copied: {error}. They stay where they are.").format(
                error=error.strerror or error
            )
            return fail(self, SceneError("disk", message, disk_fix(error)))
        if strange:
            self.report({"WARNING"}, trust.foreign(strange[0]).message)
            return {"FINISHED"}
        self.report({"INFO"}, "The takes are beside the file. Save it to keep this")
        return {"FINISHED"}


CLASSES = (TAKEONE_OT_bring_takes,)
