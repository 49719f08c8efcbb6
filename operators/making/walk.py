# mypy: disable-error-code="valid-type"
"""Walks: a camera through the selected ones, and the stills that a camera's move needs."""

from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ...scene.app.errors import SceneError
from ...scene.model.properties import properties
from ...scene.model.shots import shot_list
from ...scene.model.shots.shown import shot_of, shot_scene
from ...scene.session import compose
from ...scene.session.server import connection
from ...scene.session.views import moves, plans, walks
from ...scene.stills.coverage import steps
from ..report import attempt, waits


class TAKEONE_OT_walkthrough(bpy.types.Operator):
    """Make an animated camera that walks through the selected ones, in the order of their selection"""

    bl_idname = "takeone.walkthrough"
    bl_label = "Walkthrough"
    bl_options = {"REGISTER"}

    cameras: StringProperty(
        name="Cameras",
        description="Names of the cameras in order, one a line. Empty: the selected ones",
        options={"SKIP_SAVE"},
    )
    pace: EnumProperty(
        name="Pace", description="What sets the pace", items=properties.WALK_PACES, options={"SKIP_SAVE"}
    )
    speed: FloatProperty(name="Speed", description="Metres a second", default=1.2, min=0.05, options={"SKIP_SAVE"})
    seconds: FloatProperty(
        name="Length",
        description="Seconds that it lasts in all",
        default=20.0,
        min=1.0,
        max=180.0,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if sum(one.type == "CAMERA" for one in context.scene.objects) > 1:
            return True
        cls.poll_message_set("A walk needs two cameras at least")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.make(context, at_once=waits(self)))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return self.execute(context)

    def make(self, context: bpy.types.Context, at_once: bool) -> None:
        """Make the shot, plan its walk and build it. Raises SceneError."""
        chosen = [_camera(context, name) for name in self.cameras.splitlines() if name.strip()]
        cameras = chosen or walks.in_order(context)
        walks.check(cameras)
        model = shot_of(context)
        given = self.properties.is_property_set
        pace = (
            self.pace if given("pace") else model.walk_by,
            self.speed if given("speed") else model.walk_speed,
            self.seconds if given("seconds") else model.walk_seconds,
        )
        shot = walks.shot_of_walk(context, cameras)
        shot.walk_by, shot.walk_speed, shot.walk_seconds = pace
        _make(self, shot, at_once)


class TAKEONE_OT_walkthrough_again(bpy.types.Operator):
    """Walk anew through the shot's cameras as they stand now. What was edited by hand is replaced"""

    bl_idname = "takeone.walkthrough_again"
    bl_label = "Make the Walk Again"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if len(shot_of(context).walk_cameras) > 1:
            return True
        cls.poll_message_set("The shot is no walkthrough")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: _make(self, shot_of(context), waits(self)))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return self.execute(context)


def _make(operator: bpy.types.Operator, shot: Any, at_once: bool) -> None:
    uids = shot.uid, shot.id_data.take_one.uid
    work = walks.steps(shot.id_data, walks.cameras_of(shot), shot.walk_by, shot.walk_speed, shot.walk_seconds)
    if at_once:
        made = walks.lay(*uids, steps.at_once(work))
        for note in made.walk_notes.splitlines():
            operator.report({"INFO"}, note)
        return
    walks.begin(uids, work)


def _camera(context: bpy.types.Context, name: str) -> bpy.types.Object:
    found = context.scene.objects.get(name.strip())
    if found is None:
        text = rpt_("There is no camera '{camera}' in scene '{scene}'.")
        raise SceneError("no_camera", text.format(camera=name.strip(), scene=context.scene.name), "pick_camera")
    return found


class TAKEONE_OT_plan_stills(bpy.types.Operator):
    """Find out which stills the camera's move needs, and how much of it they show. Nothing is rendered"""

    bl_idname = "takeone.plan_stills"
    bl_label = "Plan Stills"
    bl_options = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.plan(context, waits(self)))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return self.execute(context)

    def plan(self, context: bpy.types.Context, at_once: bool) -> None:
        """Plan now, or have the timer do it. Raises SceneError."""
        shot = shot_of(context)
        if not at_once:
            plans.begin(shot)
            return
        plans.keep(plans.key(shot), steps.at_once(plans.of_shot(shot)))
        for line in plans.lines(shot):
            self.report({"INFO"}, line)


class TAKEONE_OT_words_to_camera(bpy.types.Operator):
    """Make an animated camera of the move that the words mean, to be edited by hand and followed from several stills"""

    bl_idname = "takeone.words_to_camera"
    bl_label = "Words to Camera"
    bl_options = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.ask(context))

    def ask(self, context: bpy.types.Context) -> None:
        """Ask for the path; wait for it if no timer runs. Raises SceneError."""
        connection.ensure()
        shot = shot_of(context)
        moves.ask(shot if shot.uid else shot_list.ensure_shot(shot_scene(context)))
        if bpy.app.background:
            compose.wait()


CLASSES = (TAKEONE_OT_words_to_camera, TAKEONE_OT_walkthrough, TAKEONE_OT_walkthrough_again, TAKEONE_OT_plan_stills)
