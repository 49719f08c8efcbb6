# mypy: disable-error-code="valid-type"
"""The last error: put it away, or press the button of its fix."""

import re

import bpy
from bpy.app.translations import pgettext_tip as tip_
from bpy.props import BoolProperty, EnumProperty

from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.app.state import Install
from ...scene.model.shots.shown import shot_of, shot_scene
from ...scene.session.server import connection, preferences
from ...scene.session.words import text_window
from ...scene.stills.camera import PROJECTIONS, is_animated
from ..fixes import HELP
from ..report import attempt

PAGES = (
    ("first-take", "First Take", "From the installation to the first take in the edit"),
    ("previz-edit", "A Previz Edit", "Shots, takes, and the edit that they make"),
    ("directions", "Directions", "The words for moves and sounds"),
    ("stills", "Stills", "Where the picture comes from that a take begins with"),
    ("troubleshooting", "Troubleshooting", "What to do when something does not work"),
)
IMAGE = re.compile(r"^ *!\[[^\]]*\]\([^)]*\)\n?", re.MULTILINE)


class TAKEONE_OT_guide(bpy.types.Operator):
    """Open a page of the guide in a text window"""

    bl_idname = "takeone.guide"
    bl_label = "Guide"
    bl_options = {"REGISTER"}

    page: EnumProperty(
        name="Page", description="What to read of", items=[(page, label, tip) for page, label, tip in PAGES]
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = preferences.ROOT / "docs" / f"{self.page}.md"
        name = f"Take One: {self.page}"
        text = bpy.data.texts.get(name) or bpy.data.texts.new(name)
        text.from_string(IMAGE.sub("", path.read_text(encoding="utf-8")))
        text_window.show(context, text)
        return {"FINISHED"}


class TAKEONE_OT_dismiss_error(bpy.types.Operator):
    """Put the error away"""

    bl_idname = "takeone.dismiss_error"
    bl_label = "Dismiss Error"
    bl_options = {"REGISTER"}

    install: BoolProperty(
        name="Installation", description="The error of the installation instead of the last one", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if app().state.last_error or app().state.install.state == "failed":
            return True
        cls.poll_message_set("There is no error to put away")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        if self.install:
            app().state.install = Install()
            app().state.changed()
        else:
            app().state.dismiss()
        return {"FINISHED"}


class TAKEONE_OT_fix(bpy.types.Operator):
    """Do what helps against the last error"""

    bl_idname = "takeone.fix"
    bl_label = "Fix Error"
    bl_options = {"REGISTER"}

    fix: EnumProperty(
        name="Fix",
        description="What to do",
        items=[(word, label, tip, icon, index) for index, (word, (label, icon, tip)) in enumerate(HELP.items())],
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return tip_(HELP[properties.fix][2])

    def execute(self, context: bpy.types.Context) -> set[str]:
        problem = app().state.last_error
        fix = self.fix if self.properties.is_property_set("fix") or problem is None else problem.fix
        try:
            return attempt(self, lambda: ACTIONS[fix](context))
        except RuntimeError as error:  # of the operator that helps: its own words, and the panel has them too
            self.report({"WARNING"}, str(error).removeprefix("Error: ").strip())
            return {"CANCELLED"}


def _update(_context: bpy.types.Context) -> None:
    app().state.dismiss()
    connection.restart(take_over=True)


def _connect(_context: bpy.types.Context) -> None:
    if preferences.use_server() or preferences.lacks_server():
        bpy.ops.takeone.connect_server("INVOKE_DEFAULT")
    else:
        bpy.ops.takeone.backend_restart()


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
    cameras = [one for one in cameras if one.data.type in PROJECTIONS] or cameras
    chosen = context.object if context.object in cameras else cameras[0]
    if shot.camera is not None:  # which it keeps
        shot.camera = chosen
    scene.camera = chosen
    app().state.dismiss()


def _save_file(_context: bpy.types.Context) -> None:
    if bpy.data.is_saved:
        bpy.ops.wm.save_mainfile()
    else:
        bpy.ops.wm.save_as_mainfile("INVOKE_DEFAULT")


def _smaller_size(context: bpy.types.Context) -> None:
    shot = shot_of(context)
    shot.size_percent = max(10, shot.size_percent // 2)
    app().state.dismiss()
    _animate(context)


def _shorter(context: bpy.types.Context) -> None:
    shot = shot_of(context)
    engine = app().state.engine(shot.engine)
    shot.seconds = min(shot.seconds / 2, engine.max_seconds if engine and engine.max_seconds else shot.seconds)
    app().state.dismiss()
    _animate(context)


def _animate(_context: bpy.types.Context) -> None:
    bpy.ops.takeone.animate_frame("INVOKE_DEFAULT")


def _retry(context: bpy.types.Context) -> None:
    app().state.dismiss()
    connection.ensure()
    shot = shot_of(context)
    if shot.uid and 0 <= shot.active_take < len(shot.takes) and shot.takes[shot.active_take].status == "FAILED":
        bpy.ops.takeone.make_again("INVOKE_DEFAULT")
        return
    _animate(context)


def _free_space(_context: bpy.types.Context) -> None:
    from ...client.home import home

    bpy.ops.wm.path_open(filepath=str(home()))


ACTIONS = {
    "install": lambda _context: bpy.ops.takeone.install(),
    "update": _update,
    "start": lambda _context: bpy.ops.takeone.backend_start(),
    "connect": _connect,
    "pick_camera": _pick_camera,
    "save_file": _save_file,
    "save_as": lambda _context: bpy.ops.wm.save_as_mainfile("INVOKE_DEFAULT"),
    "free_space": _free_space,
    "smaller_size": _smaller_size,
    "shorter": _shorter,
    "open_log": lambda _context: bpy.ops.takeone.open_log(),
    "models": lambda _context: bpy.ops.takeone.preferences(),
    "accounts": lambda _context: bpy.ops.takeone.preferences(),
    "send_again": lambda _context: bpy.ops.takeone.send_again("INVOKE_DEFAULT", job=app().state.last_error_key),
    "online_access": lambda _context: bpy.ops.takeone.allow_online(),
    "retry": _retry,
}

CLASSES = (TAKEONE_OT_guide, TAKEONE_OT_dismiss_error, TAKEONE_OT_fix)
