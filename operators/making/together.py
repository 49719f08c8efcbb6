# mypy: disable-error-code="valid-type"
"""Several shots as one request, for engines that make them in one clip."""

from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import IntProperty

from ...client.protocol import MAX_SHOTS
from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.edit.edit_scene import find_edit_scene
from ...scene.edit.strips import strips_of_edit
from ...scene.model import marks
from ...scene.model.shots import shot_list
from ...scene.model.shots.shown import SHOT_KEY, shot_of
from ...scene.session import jobs
from ...scene.session.press import quotes, together
from ...scene.session.server import connection
from ..pay import Paying
from ..poll import poll_shot
from ..report import attempt, waits


class TAKEONE_OT_animate_together(Paying, bpy.types.Operator):
    """Make the selected shots, or this one and those behind it, in one clip that is cut into a take of each"""

    bl_idname = "takeone.animate_together"
    bl_label = "Animate as One Request"
    bl_options = {"REGISTER"}

    count: IntProperty(
        name="Shots",
        description="How many shots, this one and those behind it. 0: the selected, or as many as the engine makes",
        default=0,
        min=0,
        max=MAX_SHOTS,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if not poll_shot(cls, context):
            return False
        first, shown = first_selected(context), shot_of(context)
        found = [app().state.engine(shot.engine) for shot in (first, shown) if shot is not None]
        if None in found or any(engine.shots_asked > 1 for engine in found if engine):
            return True
        engine = found[0]
        if engine is not None and engine.shots > 1:
            cls.poll_message_set(together.older(engine))
        elif engine is not None:
            cls.poll_message_set(rpt_("{engine} makes one shot at a time").format(engine=engine.label))
        return False

    def shots(self, context: bpy.types.Context) -> list[Any]:
        """The shots to make. Raises SceneError."""
        shot = shot_of(context)
        chosen = selected(context) if not self.count else []
        if len(chosen) > 1:
            return chosen
        if self.count:
            return together.row(context, shot)[: self.count]
        return together.fitting(context, shot)

    def wishes(self, context: bpy.types.Context) -> list[quotes.Wish]:
        shots = self.shots(context)
        first = shots[0] if shots else shot_of(context)
        engine = app().state.engine(first.engine)
        seconds = sum(together.length_of(shot, engine) if engine else float(shot.seconds) for shot in shots)
        return [quotes.of_card(first, round(seconds, 6))]

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        if bpy.app.background:
            return self.execute(context)
        try:
            self.count = 0 if len(selected(context)) > 1 else max(2, len(self.shots(context)))
        except SceneError:  # the dialog says it
            self.count = 2
        self.pay = True  # the dialog says what it costs
        return context.window_manager.invoke_props_dialog(self, width=320, confirm_text=rpt_("Animate"))

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        try:
            shots = self.shots(context)
        except SceneError as error:
            column.label(text=error.message, icon="ERROR", translate=False)
            return
        if self.count:
            column.prop(self, "count")
        engine = app().state.engine((shots[0] if shots else shot_of(context)).engine)
        for shot in shots:
            length = together.length_of(shot, engine) if engine else float(shot.seconds)
            text = rpt_("{shot}, {seconds:g} s").format(shot=shot.name, seconds=round(length, 2))
            column.label(text=text, icon="OUTLINER_OB_CAMERA", translate=False)
        if engine is not None and not engine.shot_stills:
            text = rpt_("{engine} is given the first shot's still only").format(engine=engine.label)
            column.label(text=text, icon="INFO", translate=False)
        self.draw_price(context, column)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.wait(context) if waits(self) else self.begin(context))

    def begin(self, context: bpy.types.Context) -> None:
        """Begin, and leave the rest to the timer. Raises SceneError."""
        connection.ensure()
        self.check_budget(context)
        order = together.make(context, self.shots(context))
        quotes.pressed(jobs.start(order), quotes.of_order(order).cost)

    def wait(self, context: bpy.types.Context) -> None:
        """Make the takes and wait for them. Raises SceneError."""
        connection.ensure()
        jobs.learn_engines()
        self.check_budget(context, waits=True)
        for take in jobs.run_blocking(together.make(context, self.shots(context))):
            self.report({"INFO"}, rpt_("Take {number} is ready: {clip}").format(number=take.number, clip=take.clip))


def selected(context: bpy.types.Context) -> list[Any]:
    """The shots of the selected strips in the edit, in their order. Raises SceneError where another is between them."""
    shot = shot_of(context)
    edit = find_edit_scene(context, shot.id_data)
    found = strips_of_edit(edit) if edit is not None else ()
    uids = {marks.text(strip, SHOT_KEY) for strip in found if strip.select} - {""}
    first = next((one for one in shot_list.all_shots() if one.uid in uids), None)
    if first is None or len(uids) < 2:
        return []
    whole = together.whole_row(context, first.id_data, uids)
    places = [index for index, one in enumerate(whole) if one.uid in uids]
    if places[-1] - places[0] + 1 != len(places):
        between = next(one for one in whole[places[0] : places[-1]] if one.uid not in uids)
        message = rpt_("'{shot}' lies between the selected shots. Select those that follow each other.")
        raise SceneError("not_together", message.format(shot=between.name))
    return [whole[index] for index in places]


def first_selected(context: bpy.types.Context) -> Any | None:
    """The first shot of the selected strips, None where fewer than two are or another is between them."""
    try:
        return next(iter(selected(context)), None)
    except SceneError:
        return None


CLASSES = (TAKEONE_OT_animate_together,)
