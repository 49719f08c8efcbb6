# mypy: disable-error-code="valid-type"
"""Reference pictures of a shot: add, remove, allow."""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import CollectionProperty, IntProperty, StringProperty

from ...client.protocol.request import MAX_REFERENCES
from ...scene.model.shots import trust
from ...scene.model.shots.paths import absolute, stored_path
from ...scene.model.shots.shown import shot_of
from ...scene.session.press import references
from ...scene.stills import capture


class TAKEONE_OT_reference_add(bpy.types.Operator):
    """Add pictures of who and what is seen. In the words the first one is character1, the second character2"""

    bl_idname = "takeone.reference_add"
    bl_label = "Add Reference Pictures"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(
        name="Picture", description="The picture to add", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    directory: StringProperty(
        name="Folder", description="Where the pictures are", subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"}
    )
    files: CollectionProperty(
        name="Pictures",
        description="Their names in the folder",
        type=bpy.types.OperatorFileListElement,
        options={"SKIP_SAVE", "HIDDEN"},
    )
    filter_glob: StringProperty(
        name="Kinds",
        description="Files that are offered",
        default="*.png;*.jpg;*.jpeg;*.webp",
        options={"HIDDEN", "SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        chosen = [Path(self.directory, file.name) for file in self.files if file.name] or [Path(self.filepath)]
        for path in chosen:
            if path.suffix.lower() not in capture.AS_THEY_ARE or not path.is_file():
                self.report({"ERROR"}, rpt_("'{path}' is no PNG, JPEG or WebP picture").format(path=path))
                return {"CANCELLED"}
        if len(shot.references) + len(chosen) > MAX_REFERENCES:
            self.report({"ERROR"}, rpt_("A shot has at most {most} references").format(most=MAX_REFERENCES))
            return {"CANCELLED"}
        for path in chosen:
            shot.references.add().path = stored_path(path)
            trust.allow(absolute(shot.references[-1].path))
        return {"FINISHED"}


class TAKEONE_OT_reference_remove(bpy.types.Operator):
    """Remove the picture from the shot. Its file stays"""

    bl_idname = "takeone.reference_remove"
    bl_label = "Remove Reference Picture"
    bl_options = {"REGISTER", "UNDO"}

    index: IntProperty(name="Number", description="Which one, from 0", min=0, options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        if self.index >= len(shot.references):
            return {"CANCELLED"}
        shot.references.remove(self.index)
        return {"FINISHED"}


class TAKEONE_OT_references_allow(bpy.types.Operator):
    """Let the pictures be sent that this file names for the shot"""

    bl_idname = "takeone.references_allow"
    bl_label = "Allow These Pictures"
    bl_options = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        for path in references.unseen(shot_of(context)):
            trust.allow(path)
        return {"FINISHED"}


CLASSES = (TAKEONE_OT_reference_add, TAKEONE_OT_reference_remove, TAKEONE_OT_references_allow)
