# mypy: disable-error-code="valid-type"
"""What is done with takes: play, show in the edit, rate, find, delete, copy settings."""

from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import BoolProperty, IntProperty, StringProperty

from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.edit import compare, current, edit_scene, landing, strips
from ...scene.edit.cut import uses
from ...scene.edit.edit_scene import ensure_edit_scene, find_edit_scene
from ...scene.model.shots import card, paths, shot_list, takes, trust
from ...scene.model.shots.shown import shot_of, shot_scene, take_of
from ...scene.session import jobs
from ..poll import poll_edit, poll_ready, poll_take
from ..report import attempt, fail

EDITING = "Video Editing"


class TakeOperator:
    """An operator that acts on the chosen take, or on the one whose id it is given."""

    take: StringProperty(name="Take", description="Id of the take. Empty: the chosen one", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_take(cls, context)

    def find(self, context: bpy.types.Context) -> tuple[Any, Any]:
        """The shot and its take. Raises SceneError if the take is no longer there."""
        shot = shot_of(context)
        take = shot_list.find_take(shot, self.take) if self.take else take_of(context)
        if take is None:
            raise SceneError("no_take", "This take is no longer in the file")
        return shot, take


class ReadyTakeOperator(TakeOperator):
    """An operator that needs the take's clip."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_ready(cls, context)


class TAKEONE_OT_take_choose(TakeOperator, bpy.types.Operator):
    """Let the buttons act on this take"""

    bl_idname = "takeone.take_choose"
    bl_label = "Choose Take"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: takes.choose(*self.find(context)))


class TAKEONE_OT_take_play(ReadyTakeOperator, bpy.types.Operator):
    """Play the take: in the sequencer where the edit shows it, else with the system's player"""

    bl_idname = "takeone.take_play"
    bl_label = "Play Take"
    bl_options = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.play(context))

    def play(self, context: bpy.types.Context) -> None:
        """Play from the strip's first frame, or hand the file to the system. Raises SceneError."""
        shot, take = self.find(context)
        place = next(
            (
                (edit, strip)
                for edit, strip in strips.strips_of_shot(shot.uid)
                if strip.get(strips.TAKE_KEY) == take.uid
            ),
            None,
        )
        window = edit_scene.window_showing(context, place[0]) if place else None
        if place is None or window is None:
            trust.check_clip(takes.clip_path(take))
            if place is None or paths.can_open_outside():
                paths.open_outside(takes.clip_path(take))
                return
            show_edit(context, place[0])
        edit_scene.reveal(context, *place, play=True)


class TAKEONE_OT_show_edit(bpy.types.Operator):
    """Go to the strip of the shot that is shown here: in this window, or in the Video Editing workspace"""

    bl_idname = "takeone.show_edit"
    bl_label = "Show Edit"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_edit(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        edit = find_edit_scene(context, shot_scene(context))
        assert edit is not None
        shot, take = shot_of(context), take_of(context)
        strip = strip_of(edit, shot, take)
        if edit_scene.window_showing(context, edit) != context.window or context.window is None:
            show_edit(context, edit)
        edit_scene.reveal(context, edit, strip)
        return {"FINISHED"}


def strip_of(edit: bpy.types.Scene, shot: Any, take: Any) -> bpy.types.Strip | None:
    """The picture that shows the take in this edit, else one of the shot's."""
    found = [strip for use in uses.uses_of(edit, shot.uid or "-") for strip in use.strips if strip.type != "SOUND"]
    shown = (strip for strip in found if take is not None and strip.get(strips.TAKE_KEY) == take.uid)
    return next(shown, None) or next(iter(found), None)


def show_edit(context: bpy.types.Context, edit: bpy.types.Scene) -> bpy.types.Window:
    """Let the window show the Video Editing workspace with this edit."""
    window = context.window or context.window_manager.windows[0]
    with context.temp_override(window=window):
        workspace = bpy.data.workspaces.get(EDITING)
        if workspace is None:
            bpy.ops.workspace.append_activate(idname=EDITING, filepath=str(editing_template()))
            workspace = bpy.data.workspaces[EDITING]
        window.workspace = workspace
    if hasattr(workspace, "sequencer_scene"):
        workspace.sequencer_scene = edit
    else:
        window.scene = edit
    return window


def editing_template() -> Path:
    """Blender's own file with the Video Editing workspace."""
    scripts = Path(bpy.utils.system_resource("SCRIPTS"))
    return scripts / "startup" / "bl_app_templates_system" / "Video_Editing" / "startup.blend"


class TAKEONE_OT_take_make_current(ReadyTakeOperator, bpy.types.Operator):
    """Show this take wherever the edit uses the shot; trims and effects stay. It is laid anew where no strip is left"""

    bl_idname = "takeone.take_make_current"
    bl_label = "Make Current"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: landing.show(context, *self.find(context)))


class TAKEONE_OT_take_compare(ReadyTakeOperator, bpy.types.Operator):
    """Show the chosen take beside the current one, over the edit. Again takes the comparison away"""

    bl_idname = "takeone.take_compare"
    bl_label = "Compare Takes"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if compare.showing():
            return True
        if not poll_ready(cls, context):
            return False
        if compare.other_take(shot_of(context), take_of(context)) is not None:
            return True
        cls.poll_message_set("There is no second take to compare with")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        if compare.hide() and not self.take:
            return {"FINISHED"}
        return attempt(self, lambda: self.show(context))

    def show(self, context: bpy.types.Context) -> None:
        """Lay the comparison where the edit shows the shot, else at its playhead. Raises SceneError."""
        shot, take = self.find(context)
        other = compare.other_take(shot, take)
        place = next(iter(strips.strips_of_shot(shot.uid)), None)
        edit = place[0] if place else ensure_edit_scene(context, shot.id_data)
        frame = strips.start(place[1]) if place else edit.frame_current
        compare.show(edit, other, take, frame)
        edit.frame_set(frame)
        if not bpy.app.background and edit_scene.window_showing(context, edit) is None:
            show_edit(context, edit)


class TAKEONE_OT_take_rate(TakeOperator, bpy.types.Operator):
    """Give the take this many stars. The same number again takes them away"""

    bl_idname = "takeone.take_rate"
    bl_label = "Rate Take"
    bl_options = {"REGISTER", "UNDO"}

    rating: IntProperty(name="Stars", description="One to five; none: 0", min=0, max=5, default=5)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.rate(context))

    def rate(self, context: bpy.types.Context) -> None:
        """Set or remove the stars. Raises SceneError."""
        _shot, take = self.find(context)
        take.rating = 0 if take.rating == self.rating else self.rating


class TAKEONE_OT_take_show_file(TakeOperator, bpy.types.Operator):
    """Open the folder that holds the take's file"""

    bl_idname = "takeone.take_show_file"
    bl_label = "Show File"
    bl_options = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.show(context))

    def show(self, context: bpy.types.Context) -> None:
        """Open the folder. Raises SceneError."""
        shot, take = self.find(context)
        clip = takes.clip_path(take) if take.clip else takes.new_clip_path(shot, take.number)
        folder = clip.parent
        if take.clip and not trust.is_known(clip):
            raise trust.foreign(clip)
        if not folder.is_dir():
            raise SceneError("no_folder", rpt_("The folder of this take is gone: {folder}").format(folder=folder))
        paths.open_outside(folder)


GONE = {
    "trash": "Take {number} is in the trash",
    "deleted": "Take {number} is deleted",
    "": "Take {number} is off the list",
}


class TAKEONE_OT_take_delete(TakeOperator, bpy.types.Operator):
    """Put the take's files into the system's trash and remove its strips. Undo brings the strips back, not the files"""

    bl_idname = "takeone.take_delete"
    bl_label = "Delete Take"
    bl_options = {"REGISTER", "UNDO"}

    with_files: BoolProperty(
        name="With Files",
        description="The user, or the script, has agreed that the take's files go to the trash",
        options={"SKIP_SAVE", "HIDDEN"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        try:
            _shot, take = self.find(context)
        except SceneError as error:
            return fail(self, error)
        files = current.files_of(take)
        if take.status in {"FAILED", "CANCELLED"} and not files:  # there is nothing to lose
            return self.execute(context)
        self.take = take.uid  # another one may be chosen by the time of the answer
        self.with_files = True
        message = rpt_("Its strips leave the edit.")
        if files:
            message = rpt_("{files} in {folder} go to the trash, its strips leave the edit.").format(
                files=", ".join(file.name for file in files), folder=files[0].parent
            )
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=rpt_("Delete take {number}?").format(number=take.number),
            message=message,
            confirm_text=rpt_("Delete"),
        )

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            shot, take = self.find(context)
            files = current.files_of(take)
            if files and not self.with_files:
                message = rpt_("{file} would go to the trash. Say with_files=True to delete the take and its files.")
                raise SceneError("not_asked", message.format(file=files[0]))
            number, job = take.number, app().state.making(take.uid)
            clip = takes.clip_path(take)
            stays = clip if take.clip and not files and paths.is_there(clip) else None
            where = current.delete(shot, take)
            if job is not None:
                jobs.cancel(job.key)
        except SceneError as error:
            return fail(self, error)
        self.report({"INFO"}, rpt_(GONE[where]).format(number=number))
        if stays is not None:
            self.report({"WARNING"}, trust.foreign(stays).message)
        return {"FINISHED"}


class TAKEONE_OT_take_copy_settings(TakeOperator, bpy.types.Operator):
    """Put the take's direction, engine, length and seed back on the shot's card"""

    bl_idname = "takeone.take_copy_settings"
    bl_label = "Copy Settings to Card"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: card.copy_settings(*self.find(context)))


CLASSES = (
    TAKEONE_OT_take_choose,
    TAKEONE_OT_take_play,
    TAKEONE_OT_show_edit,
    TAKEONE_OT_take_make_current,
    TAKEONE_OT_take_compare,
    TAKEONE_OT_take_rate,
    TAKEONE_OT_take_show_file,
    TAKEONE_OT_take_delete,
    TAKEONE_OT_take_copy_settings,
)
