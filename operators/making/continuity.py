# mypy: disable-error-code="valid-type"
"""A take that goes on where the shot before ends."""

import bpy
from bpy.props import BoolProperty, EnumProperty

from ...scene.app.errors import SceneError
from ...scene.model.shots.shown import shot_of
from ...scene.session import jobs
from ...scene.session.press import continuity, quotes
from ...scene.session.press.press import Call, make_order
from ...scene.session.server import connection
from ..pay import Paying
from ..poll import poll_shot
from ..report import attempt, waits

WAYS = (
    ("FRAME", "Last Frame", "Begin with the last frame of the take before, as the edit shows it"),
    ("MOMENT", "Moment", "Begin with a still of this shot's camera at the moment at which the shot before ends"),
)


class TAKEONE_OT_continue_shot(Paying, bpy.types.Operator):
    """Make a take of this shot that goes on where the shot before it ends"""

    bl_idname = "takeone.continue_shot"
    bl_label = "Continue from Last Frame"
    bl_options = {"REGISTER"}

    way: EnumProperty(name="From", description="What the take begins with", items=WAYS, options={"SKIP_SAVE"})
    end_on_next: BoolProperty(
        name="End on Next Still",
        description="Let the take end on the still of the shot behind, for engines that can",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if not poll_shot(cls, context):
            return False
        if continuity.neighbour(context, shot_of(context), -1) is not None:
            return True
        cls.poll_message_set("There is no shot before this one")
        return False

    def wishes(self, context: bpy.types.Context) -> list[quotes.Wish]:
        return [quotes.of_card(shot_of(context))]

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.make(context, waits(self)))

    def make(self, context: bpy.types.Context, wait: bool) -> None:
        """Begin, or make the take and wait for it. Raises SceneError."""
        connection.ensure()
        self.check_budget(context, waits=wait)
        shot = shot_of(context)
        if self.way == "MOMENT":
            if self.end_on_next:
                raise SceneError("no_last_frame", "A take ends on the next still only where it begins with a frame")
            continuity.begin_at_moment(context, shot)
            order = make_order(context, shot, Call(placement="REPLACE"))
        else:
            order = continuity.order_on(context, shot, self.end_on_next)
        if wait:
            jobs.run_blocking(order)
        else:
            quotes.pressed(jobs.start(order), quotes.of_order(order).cost)


CLASSES = (TAKEONE_OT_continue_shot,)
