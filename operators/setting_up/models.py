# mypy: disable-error-code="valid-type"
"""The weights of the engines that run on this computer: find, download, link."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ...scene.app.errors import SceneError
from ...scene.session.server.models import models
from ..report import attempt


class ModelsOperator:
    """An operator that starts one of the commands."""

    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if not models().busy:
            return True
        cls.poll_message_set("A download is running")  # type: ignore[attr-defined]
        return False


class TAKEONE_OT_models_refresh(ModelsOperator, bpy.types.Operator):
    """Look which models are on this computer"""

    bl_idname = "takeone.models_refresh"
    bl_label = "Look for Models"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        models().refresh()
        return {"FINISHED"}


class TAKEONE_OT_models_download(ModelsOperator, bpy.types.Operator):
    """Bring the files of a model here. A download that was stopped goes on where it was"""

    bl_idname = "takeone.models_download"
    bl_label = "Download Model"

    model: StringProperty(
        name="Model", description="Name of a model, or a quality (256p, 540p, 1080p) for all that it needs"
    )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self.download)

    def download(self) -> None:
        """Begin. Raises SceneError if Blender may not use the network."""
        if not bpy.app.online_access:
            raise SceneError("offline", "Downloading needs Blender's online access, which is off.", "online_access")
        models().download(self.model, online=True)


class TAKEONE_OT_models_cancel(bpy.types.Operator):
    """Stop the download. What came stays for the next time"""

    bl_idname = "takeone.models_cancel"
    bl_label = "Stop Download"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if models().busy:
            return True
        cls.poll_message_set("Nothing is being downloaded")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        models().cancel()
        return {"FINISHED"}


class TAKEONE_OT_models_link(ModelsOperator, bpy.types.Operator):
    """Use the files of a model where they are, without copying them"""

    bl_idname = "takeone.models_link"
    bl_label = "Link Folder"

    model: StringProperty(name="Model", description="Name of the model, or 'all' for all that the folder holds")
    directory: StringProperty(name="Folder", description="Where the files are", subtype="DIR_PATH")

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        models().link(self.model or "all", Path(self.directory))
        return {"FINISHED"}


CLASSES = (
    TAKEONE_OT_models_refresh,
    TAKEONE_OT_models_download,
    TAKEONE_OT_models_cancel,
    TAKEONE_OT_models_link,
)
