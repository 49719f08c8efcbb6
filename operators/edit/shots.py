# mypy: disable-error-code="valid-type"
"""Shots and their dialogue: add, remove, choose, fill in."""

import random

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ...scene.model.lent import own_frame
from ...scene.model.properties import properties
from ...scene.model.shots import shot_list, shown
from ...scene.model.shots.shown import shot_of, shot_scene
from ...scene.session.words import text_window
from ...scene.stills.camera import own_camera
from ..poll import poll_shot


class TAKEONE_OT_shot_add(bpy.types.Operator):
    """Add a shot seen by the selected camera, or by the scene's own"""

    bl_idname = "takeone.shot_add"
    bl_label = "Add Shot"
    bl_options = {"REGISTER", "UNDO"}

    duplicate: BoolProperty(
        name="Duplicate",
        description="Start with the direction of the shot that is shown",
        options={"SKIP_SAVE"},
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        scene, before = shot_scene(context), shot_of(context).uid
        chosen = context.object if context.object and context.object.type == "CAMERA" else own_camera(scene)
        shot = shot_list.add_shot(scene, chosen)
        source = shot_list.find_shot(before, scene.take_one.uid) if self.duplicate and before else None
        if source:
            shot_list.copy_direction(source, shot)
        shown.show(context, shot)
        return {"FINISHED"}


class TAKEONE_OT_shot_use_frame(bpy.types.Operator):
    """Let the shot begin at the frame where its scene stands now"""

    bl_idname = "takeone.shot_use_frame"
    bl_label = "Use Current Frame"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_shot(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        shot.frame, shot.frame_lock = own_frame(shot.id_data), True
        return {"FINISHED"}


class TAKEONE_OT_shot_choose(bpy.types.Operator):
    """Show this shot in the panels"""

    bl_idname = "takeone.shot_choose"
    bl_label = "Choose Shot"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    shot: StringProperty(name="Shot", description="Id of the shot")
    look_through: BoolProperty(
        name="Look Through", description="Show the scene at the shot's frame, through its camera", default=True
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_list.find_shot(self.shot)
        if not shot:
            self.report({"ERROR"}, "This shot is no longer in the file")
            return {"CANCELLED"}
        scene = shot.id_data
        shown.show(context, shot)
        if self.look_through and shot.frame_lock and shot.frame != own_frame(scene):
            scene.frame_set(shot.frame)
        if self.look_through and shot.camera and shot.camera.name in scene.objects:
            scene.camera = shot.camera
        return {"FINISHED"}


class TAKEONE_OT_line_add(bpy.types.Operator):
    """Add a line of dialogue to the shot"""

    bl_idname = "takeone.line_add"
    bl_label = "Add Dialogue Line"
    bl_options = {"REGISTER", "UNDO"}

    speaker: StringProperty(name="Speaker", description="Who says the line", options={"SKIP_SAVE"})
    language: EnumProperty(
        name="Language",
        description="The language that the line is spoken in",
        items=properties.LANGUAGE_ITEMS,
    )
    line: StringProperty(name="Line", description="The words that are spoken", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        previous = shot.lines[-1] if shot.lines else None
        speaker = self.speaker or (previous.speaker if previous else "")
        language = self.language
        if previous and not self.properties.is_property_set("language"):
            language = previous.language
        line = shot.lines.add()
        line.speaker, line.language, line.line = speaker, language, self.line
        shot.active_line = len(shot.lines) - 1
        return {"FINISHED"}


class TAKEONE_OT_line_remove(bpy.types.Operator):
    """Remove the chosen line of dialogue"""

    bl_idname = "takeone.line_remove"
    bl_label = "Remove Dialogue Line"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if shot_of(context).lines:
            return True
        cls.poll_message_set("The shot has no dialogue")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        shot.lines.remove(min(shot.active_line, len(shot.lines) - 1))
        shot.active_line = max(0, min(shot.active_line, len(shot.lines) - 1))
        return {"FINISHED"}


class TAKEONE_OT_line_move(bpy.types.Operator):
    """Let the chosen line be spoken earlier or later"""

    bl_idname = "takeone.line_move"
    bl_label = "Move Dialogue Line"
    bl_options = {"REGISTER", "UNDO"}

    by: IntProperty(name="By", description="Places to move, negative for earlier", default=-1, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if len(shot_of(context).lines) > 1:
            return True
        cls.poll_message_set("The shot has fewer than two lines of dialogue")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        target = max(0, min(shot.active_line + self.by, len(shot.lines) - 1))
        shot.lines.move(shot.active_line, target)
        shot.active_line = target
        return {"FINISHED"}


class TAKEONE_OT_prompt_text(bpy.types.Operator):
    """Write the prompt in a text window, where it may have more than one line"""

    bl_idname = "takeone.prompt_text"
    bl_label = "Write Prompt in Text Block"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        if not shot.prompt_text:
            shot.prompt_text = bpy.data.texts.new(f"{shot.name or 'Shot'} prompt")
            shot.prompt_text.write(shot.prompt)
        text_window.show(context, shot.prompt_text)
        return {"FINISHED"}


class TAKEONE_OT_add_words(bpy.types.Operator):
    """Add this camera move to the prompt, after what it says"""

    bl_idname = "takeone.add_words"
    bl_label = "Add Camera Move"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    words: StringProperty(name="Words", description="What the camera should do")

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot = shot_of(context)
        before = shot.words.rstrip(" ,.;")
        words = f"{before}, then {self.words}" if before else self.words
        if shot.prompt_text is not None:
            shot.prompt_text.from_string(words)
        else:
            shot.prompt = words
        return {"FINISHED"}


class TAKEONE_OT_new_seed(bpy.types.Operator):
    """Draw another random seed"""

    bl_idname = "takeone.new_seed"
    bl_label = "New Seed"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot_of(context).seed = random.randint(0, properties.MAX_SEED)
        return {"FINISHED"}


class TAKEONE_OT_engine_choose(bpy.types.Operator):
    """Make the shot's next take with this engine"""

    bl_idname = "takeone.engine_choose"
    bl_label = "Choose Engine"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    engine: StringProperty(name="Engine", description="Id of the engine, as its server lists it")

    def execute(self, context: bpy.types.Context) -> set[str]:
        shot_of(context).engine = self.engine
        return {"FINISHED"}


CLASSES = (
    TAKEONE_OT_shot_add,
    TAKEONE_OT_shot_choose,
    TAKEONE_OT_shot_use_frame,
    TAKEONE_OT_line_add,
    TAKEONE_OT_line_remove,
    TAKEONE_OT_line_move,
    TAKEONE_OT_prompt_text,
    TAKEONE_OT_add_words,
    TAKEONE_OT_new_seed,
    TAKEONE_OT_engine_choose,
)
