# mypy: disable-error-code="valid-type"
"""Read what another program made of the edit, and what a client said of it."""

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import StringProperty

from ...scene.app.errors import SceneError
from ...scene.edit.out.apply import apply
from ...scene.model.shots.paths import absolute
from ...scene.model.shots.shown import shot_scene
from ...scene.session.out import exports, notes
from ..report import attempt, saying_torn
from .export import ExportOperator


class TAKEONE_OT_import_edit(ExportOperator, bpy.types.Operator):
    """Read a timeline (.otio) or edit list (.edl), and show what it would change in the edit"""

    bl_idname = "takeone.import_edit"
    bl_label = "Read Timeline"
    bl_options = {"REGISTER"}

    filepath: StringProperty(name="File", description="The file to read", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default="*.otio;*.edl", options={"HIDDEN"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: exports.read_changes(context, absolute(self.filepath)))


class TAKEONE_OT_import_apply(bpy.types.Operator):
    """Change the edit as the timeline says: order, places, lengths and trims of its shots, and new shots"""

    bl_idname = "takeone.import_apply"
    bl_label = "Apply Changes"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if exports.exports().changes is not None:
            return True
        cls.poll_message_set("Read a timeline first")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        with saying_torn(self):
            return attempt(self, lambda: self.apply(context))

    def apply(self, context: bpy.types.Context) -> None:
        """Do it. Raises SceneError."""
        part = exports.exports()
        edit = bpy.data.scenes.get(part.edit_name)
        if edit is None or part.edit is None or part.changes is None:
            raise SceneError("changed", "The edit is not there any more. Read the timeline again.")
        done = apply(edit, part.edit, part.changes, shot_scene(context))
        part.changes, part.said = None, done.remarks
        said = rpt_("{changed} places changed, {new} new shots").format(changed=done.changed, new=done.new)
        self.report({"INFO"}, said)


class TAKEONE_OT_import_dismiss(bpy.types.Operator):
    """Leave the edit as it is, and forget what the timeline would change"""

    bl_idname = "takeone.import_dismiss"
    bl_label = "Put Changes Away"
    bl_options = {"REGISTER"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        part = exports.exports()
        part.changes, part.said, part.written = None, (), ()
        return {"FINISHED"}


class TAKEONE_OT_read_notes(bpy.types.Operator):
    """Read the notes that a client saved from the client page, and show them beside the shots"""

    bl_idname = "takeone.read_notes"
    bl_label = "Read Notes"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="The file to read", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default="*.json", options={"HIDDEN"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.read(context))

    def read(self, context: bpy.types.Context) -> None:
        """Do it. Raises SceneError."""
        count, remarks = notes.lay(notes.read(absolute(self.filepath)), shot_scene(context))
        exports.exports().said = tuple(remarks)
        self.report({"INFO"}, rpt_("{count} notes are beside their shots").format(count=count))


CLASSES = (TAKEONE_OT_import_edit, TAKEONE_OT_import_apply, TAKEONE_OT_import_dismiss, TAKEONE_OT_read_notes)
