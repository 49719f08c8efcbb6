# mypy: disable-error-code="valid-type"
"""The last error: put it away, or press the button of its fix."""

import bpy
from bpy.props import EnumProperty

from ..scene import settings
from ..scene.camera import is_animated
from ..scene.errors import SceneError
from ..scene.state import STATE
from . import connection
from .report import attempt
from .shots import shot_of, shot_scene

# What the panel's button says for each fix, and its icon
FIXES = {
    "install": ("Install", "IMPORT"),
    "start": ("Start", "PLAY"),
    "connect": ("Connect", "LINKED"),
    "pick_camera": ("Pick a Camera", "OUTLINER_OB_CAMERA"),
    "save_file": ("Save the File", "FILE_TICK"),
    "free_space": ("Show Folder", "FILE_FOLDER"),
    "smaller_size": ("Halve the Size", "FULLSCREEN_EXIT"),
    "shorter": ("Make It Shorter", "TIME"),
    "open_log": ("Open Log", "TEXT"),
    "models": ("Show Models", "PREFERENCES"),
    "online_access": ("Allow Online Access", "WORLD"),
    "retry": ("Try Again", "FILE_REFRESH"),
}


class TAKEONE_OT_dismiss_error(bpy.types.Operator):
    """Put the error away"""

    bl_idname = "takeone.dismiss_error"
    bl_label = "Dismiss Error"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if STATE.last_error:
            return True
        cls.poll_message_set("There is no error to put away")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        STATE.dismiss()
        return {"FINISHED"}


class TAKEONE_OT_fix(bpy.types.Operator):
    """Do what helps against the last error"""

    bl_idname = "takeone.fix"
    bl_label = "Fix Error"
    bl_options = {"REGISTER"}

    fix: EnumProperty(
        name="Fix",
        description="What to do",
        items=[(word, label, "", icon, index) for index, (word, (label, icon)) in enumerate(FIXES.items())],
        options={"SKIP_SAVE"},
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        fix = self.fix if self.properties.is_property_set("fix") or not STATE.last_error else STATE.last_error.fix
        try:
            return attempt(self, lambda: ACTIONS[fix](context))
        except RuntimeError as error:  # of the operator that helps: its own words, and the panel has them too
            self.report({"WARNING"}, str(error).removeprefix("Error: ").strip())
            return {"CANCELLED"}


def _pick_camera(context: bpy.types.Context) -> None:
    scene = shot_scene(context)
    cameras = [one for one in scene.objects if one.type == "CAMERA"]
    if not cameras:
        raise SceneError("no_camera", "The scene has no camera. Add one with Add > Camera", "")
    shot = shot_of(context)
    if shot.motion == "CAMERA":
        cameras = [one for one in cameras if is_animated(one)] or cameras
        if not is_animated(cameras[0]):
            shot.motion = "WORDS"
    chosen = context.object if context.object in cameras else cameras[0]
    if shot.camera and shot.camera not in cameras:
        shot.camera = None
    scene.camera = chosen
    STATE.dismiss()


def _save_file(_context: bpy.types.Context) -> None:
    if bpy.data.is_saved:
        bpy.ops.wm.save_mainfile()
    else:
        bpy.ops.wm.save_as_mainfile("INVOKE_DEFAULT")
    STATE.dismiss()


def _smaller_size(context: bpy.types.Context) -> None:
    shot = shot_of(context)
    shot.size_percent = max(10, shot.size_percent // 2)
    STATE.dismiss()
    _animate(context)


def _shorter(context: bpy.types.Context) -> None:
    shot = shot_of(context)
    engine = STATE.engine(shot.engine)
    shot.seconds = min(shot.seconds / 2, engine["max_seconds"] if engine else shot.seconds)
    STATE.dismiss()
    _animate(context)


def _animate(_context: bpy.types.Context) -> None:
    bpy.ops.takeone.animate_frame("INVOKE_DEFAULT")


def _retry(context: bpy.types.Context) -> None:
    STATE.dismiss()
    connection.ensure()
    shot = shot_of(context)
    if shot.uid and 0 <= shot.active_take < len(shot.takes) and shot.takes[shot.active_take].status == "FAILED":
        bpy.ops.takeone.make_again("INVOKE_DEFAULT")
        return
    _animate(context)


def _free_space(_context: bpy.types.Context) -> None:
    from ..client.home import home

    bpy.ops.wm.path_open(filepath=str(home()))


ACTIONS = {
    "install": lambda _context: bpy.ops.takeone.install(),
    "start": lambda _context: bpy.ops.takeone.backend_start(),
    "connect": lambda _context: (
        bpy.ops.takeone.connect_server("INVOKE_DEFAULT") if settings.use_server() else bpy.ops.takeone.backend_restart()
    ),
    "pick_camera": _pick_camera,
    "save_file": _save_file,
    "free_space": _free_space,
    "smaller_size": _smaller_size,
    "shorter": _shorter,
    "open_log": lambda _context: bpy.ops.takeone.open_log(),
    "models": lambda _context: bpy.ops.takeone.preferences(),
    "online_access": lambda _context: bpy.ops.takeone.allow_online(),
    "retry": _retry,
}

CLASSES = (TAKEONE_OT_dismiss_error, TAKEONE_OT_fix)
