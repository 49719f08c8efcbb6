# mypy: disable-error-code="valid-type"
"""The row of shots: order, copies, halves, names, lengths; the edit follows where it ripples."""

import re
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ...scene.app.errors import SceneError
from ...scene.edit import board
from ...scene.edit.cut import fit, order, ripple, transitions, uses
from ...scene.edit.edit_scene import find_edit_scene
from ...scene.model.properties import properties
from ...scene.model.shots import shot_list, takes
from ...scene.model.shots.shown import shot_of, shot_scene, show, take_of
from ...scene.session.board import drawing
from ..poll import poll_ready, poll_shot
from ..report import Verb, attempt, saying_torn

NUMBER = re.compile(r"#+")
ALL = ("ALL", "All", "Every shot")


class ShotOperator(Verb):
    """An operator that acts on the shown shot, or on the one whose id it is given."""

    bl_options = {"REGISTER", "UNDO"}

    shot: StringProperty(name="Shot", description="Id of the shot. Empty: the shown one", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_shot(cls, context)

    def find(self, context: bpy.types.Context) -> Any:
        """The shot. Raises SceneError."""
        shot = shot_list.find_shot(self.shot) if self.shot else shot_of(context)
        if shot is None:
            raise SceneError("no_shot", "This shot is no longer in the file")
        return shot

    def execute(self, context: bpy.types.Context) -> set[str]:
        with saying_torn(self):
            return attempt(self, lambda: self.act(context, self.find(context)))

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        """Do it. Raises SceneError."""
        raise NotImplementedError


def edit_of(context: bpy.types.Context, shot: Any) -> bpy.types.Scene | None:
    """The edit that the shot's takes land on, or None."""
    edit = find_edit_scene(context, shot.id_data)
    return edit if edit is not None and edit.sequence_editor is not None else None


def say_parted(operator: bpy.types.Operator, count: int) -> None:
    """Report that transitions went with the cut that they were at."""
    if count > 0:
        message = rpt_("{count} dissolves or dips went: their shots are no neighbours any more")
        operator.report({"INFO"}, message.format(count=count))


class TAKEONE_OT_shot_move(ShotOperator, bpy.types.Operator):
    """Let the shot stand earlier or later in the list. With Ripple on, the edit follows"""

    bl_idname = "takeone.shot_move"
    bl_label = "Move Shot"

    by: IntProperty(name="By", description="Places to move, negative for earlier", default=-1, options={"SKIP_SAVE"})

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        scene = shot.id_data
        edit = edit_of(context, shot)
        shot_list.move_shot(shot, self.by)
        if edit is not None:
            before = transitions.between(edit)
            order.arrange(edit, [one.uid for one in scene.take_one.shots])
            say_parted(self, before - transitions.between(edit))


class TAKEONE_OT_shots_by_edit(bpy.types.Operator):
    """Bring the list into the order in which the edit shows the shots. Those that it does not show come last"""

    bl_idname = "takeone.shots_by_edit"
    bl_label = "Order by Edit"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        edit = find_edit_scene(context, shot_scene(context))
        if edit is not None and uses.uses(edit):
            return True
        cls.poll_message_set("The edit shows no shot")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        scene = shot_scene(context)
        edit = find_edit_scene(context, scene)
        shown = list(dict.fromkeys(use.shot_uid for use in uses.uses(edit))) if edit else []
        for target, uid in enumerate([uid for uid in shown if any(one.uid == uid for one in scene.take_one.shots)]):
            shot = shot_list.shot_with(uid, scene.take_one.uid)
            place = [one.uid for one in scene.take_one.shots].index(uid)
            shot_list.move_shot(shot, target - place)
        return {"FINISHED"}


class TAKEONE_OT_shot_duplicate(ShotOperator, bpy.types.Operator):
    """Add a shot like this one behind it, without dialogue and takes. With Ripple on, its board follows in the edit"""

    bl_idname = "takeone.shot_duplicate"
    bl_label = "Duplicate Shot"

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        edit, old, scene_uid = edit_of(context, shot), shot.uid, shot.id_data.take_one.uid
        new = shot_list.insert_copy(shot)
        uids = (new.uid, scene_uid)
        found = uses.uses_of(edit, old) if edit is not None and edit.take_one.ripple else []
        if edit is not None and found:
            frames = board.frames_of(edit, new)
            ripple.ripple(edit, found[-1].end, frames)
            drawing.lay(context, [uids], [(found[-1].end, frames)])
            drawing.begin_or_draw(context, [uids])
        show(context, shot_list.shot_with(*uids))


class TAKEONE_OT_shot_split(ShotOperator, bpy.types.Operator):
    """Split the shot at the playhead of the edit: what comes after is a shot of its own. Nothing moves"""

    bl_idname = "takeone.shot_split"
    bl_label = "Split Shot"

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        edit = edit_of(context, shot)
        if edit is None:
            raise SceneError("no_edit", "There is no edit yet: animate a frame first")
        new = board.split(edit, shot, edit.frame_current)
        uids = (new.uid, new.id_data.take_one.uid)
        drawing.begin_or_draw(context, [uids])
        show(context, shot_list.shot_with(*uids))


class TAKEONE_OT_shot_remove(ShotOperator, bpy.types.Operator):
    """Remove the shot from the list. Its clips stay on disk, and its strips in the edit if you want"""

    bl_idname = "takeone.shot_remove"
    bl_label = "Remove Shot"

    with_strips: BoolProperty(
        name="Remove Its Strips",
        description="Take its strips out of the edit too. With Ripple on, what follows closes up",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        shot = shot_of(context) if not self.shot else shot_list.find_shot(self.shot)
        self.with_strips = True
        if shot is None or not shot.takes:
            return self.execute(context)
        self.shot = shot.uid  # another one may be shown by the time of the answer
        return context.window_manager.invoke_props_dialog(self, width=320, confirm_text=rpt_("Remove"))

    def draw(self, _context: bpy.types.Context) -> None:
        shot = shot_list.find_shot(self.shot)
        if shot is None:
            return
        rated = sum(take.rating > 0 or bool(take.note) for take in shot.takes)
        several = rpt_("'{shot}' has {count} takes, {rated} of them with stars or a note")
        one = rpt_("'{shot}' has a take, with stars or a note") if rated else rpt_("'{shot}' has a take")
        text = (one if len(shot.takes) == 1 else several).format(shot=shot.name, count=len(shot.takes), rated=rated)
        self.layout.label(text=text, translate=False)
        self.layout.label(text="Their files stay on disk")
        self.layout.prop(self, "with_strips")

    def act(self, _context: bpy.types.Context, shot: Any) -> None:
        uid = shot.uid
        shot_list.remove_shot(shot)
        for edit in bpy.data.scenes if self.with_strips else ():
            if edit.library is None and edit.sequence_editor is not None:
                before = transitions.between(edit)
                order.remove(edit, uid)
                say_parted(self, before - transitions.between(edit))


class TAKEONE_OT_shots_rename(bpy.types.Operator):
    """Name the shots of the scene by a pattern, in their order. Files of takes keep their names"""

    bl_idname = "takeone.shots_rename"
    bl_label = "Rename Shots"
    bl_options = {"REGISTER", "UNDO"}

    pattern: StringProperty(
        name="Pattern", description="# stands for a digit of the number; {name} and {camera} for those", default="SH###"
    )
    first: IntProperty(name="First", description="Number of the first shot", default=10, min=0)
    step: IntProperty(name="Step", description="From one number to the next", default=10, min=1)
    status: EnumProperty(
        name="Status",
        description="Only shots of this status are renamed",
        items=(ALL, *(entry[:3] for entry in properties.SHOT_STATUSES)),
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if shot_scene(context).take_one.shots:
            return True
        cls.poll_message_set("There is no shot yet: animate a frame, or add a shot")
        return False

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self, width=320, confirm_text=rpt_("Rename"))

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        for name in ("pattern", "first", "step", "status"):
            column.prop(self, name)
        names = [new for _, new in self.names(context)]
        example = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
        self.layout.label(text=example, translate=False)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.rename(context))

    def names(self, context: bpy.types.Context) -> list[tuple[Any, str]]:
        """Each shot with the name that it would have."""
        shots = [one for one in shot_scene(context).take_one.shots if self.status in ("ALL", one.status)]
        return [(shot, named(self.pattern, self.first + index * self.step, shot)) for index, shot in enumerate(shots)]

    def rename(self, context: bpy.types.Context) -> None:
        """Give the names. Raises SceneError where two shots would have the same."""
        found = self.names(context)
        chosen = {shot.uid for shot, _ in found}
        others = {shot.name for shot in shot_list.all_shots() if shot.uid not in chosen}
        new = [name for _, name in found]
        twice = next((name for name in new if not name or new.count(name) > 1 or name in others), None)
        if twice is not None:
            message = rpt_("Two shots would be called '{name}'. Use # in the pattern, for the number.")
            raise SceneError("same_name", message.format(name=twice))
        for shot, name in found:
            shot.name = name
            board.renamed(shot)


def named(pattern: str, number: int, shot: Any) -> str:
    """SH### and 20 give SH020."""
    text = NUMBER.sub(lambda match: f"{number:0{len(match[0])}d}", pattern)
    camera = shot.camera.name if shot.camera else ""
    return text.replace("{name}", shot.name).replace("{camera}", camera).strip()


class TAKEONE_OT_length_from_strip(ShotOperator, bpy.types.Operator):
    """Let the shot be as long as its strip in the edit. Nothing moves"""

    bl_idname = "takeone.length_from_strip"
    bl_label = "Length from Strip"

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        edit = edit_of(context, shot)
        found = uses.uses_of(edit, shot.uid) if edit is not None else []
        if edit is None or not found:
            raise SceneError("no_strip", rpt_("No strip in the edit shows shot '{shot}'.").format(shot=shot.name))
        active = edit.sequence_editor.active_strip
        use = next((one for one in found if active in one.strips), found[0])
        fit.length_from_strip(edit, use, shot)


class TAKEONE_OT_length_from_take(ShotOperator, bpy.types.Operator):
    """Let the shot's place in the edit be as long as the chosen take, and what follows move, also without Ripple"""

    bl_idname = "takeone.length_from_take"
    bl_label = "Length from Take"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_ready(cls, context)

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        edit, take = edit_of(context, shot), take_of(context)
        if edit is None or take is None:
            raise SceneError("no_edit", "There is no edit yet: animate a frame first")
        fit.length_from_take(edit, take.uid, takes.take_name(shot.name, take.number))


CLASSES = (
    TAKEONE_OT_shot_move,
    TAKEONE_OT_shots_by_edit,
    TAKEONE_OT_shot_duplicate,
    TAKEONE_OT_shot_split,
    TAKEONE_OT_shot_remove,
    TAKEONE_OT_shots_rename,
    TAKEONE_OT_length_from_strip,
    TAKEONE_OT_length_from_take,
)
