# mypy: disable-error-code="valid-type"
"""Making takes: animate the frame, retake, variations, every selected camera."""

import random
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.app.translations import pgettext_tip as tip_
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.model.properties import options, properties
from ...scene.model.shots import shot_list, trust
from ...scene.model.shots.paths import absolute
from ...scene.model.shots.shown import selected_cameras, shot_of, shot_scene
from ...scene.session import jobs
from ...scene.session.press import cameras, quotes
from ...scene.session.press.order import Order
from ...scene.session.press.press import Call, make_order
from ...scene.session.server import connection
from ..pay import Paying
from ..poll import poll_take
from ..report import attempt, fail, waits

ONCE = {"SKIP_SAVE"}  # an argument belongs to one call: the next click starts from the card again


class InsteadOfCard(Paying):
    """Arguments that stand in for what the card says, for this call only. Left alone, the card's values hold."""

    prompt: StringProperty(name="Prompt", description="What should happen", options=ONCE)
    sound: StringProperty(name="Sound", description="What is heard", options=ONCE)
    seconds: FloatProperty(
        name="Seconds", description="Length of the take", default=5.0, min=0.1, max=180.0, options=ONCE
    )
    engine: StringProperty(name="Engine", description="Id of the engine, as its server lists it", options=ONCE)
    engine_options: StringProperty(
        name="Engine Options",
        description='JSON of settings of the engine\'s own, such as {"quality": "best"}. The card has the others',
        options=ONCE,
    )
    size_percent: IntProperty(
        name="Size", description="Percent of the scene's size", default=100, min=10, max=100, options=ONCE
    )
    motion: EnumProperty(
        name="Camera Move", description="What moves the camera", items=properties.MOTIONS, options=ONCE
    )
    stills: IntProperty(
        name="Stills",
        description="How many stills along the camera's own move. 0: as many as show it",
        default=0,
        min=0,
        max=32,
        options=ONCE,
    )
    source: EnumProperty(
        name="Still", description="Where the still comes from", items=properties.STILL_SOURCES, options=ONCE
    )
    image_path: StringProperty(
        name="Image", description="The picture, for the source IMAGE", subtype="FILE_PATH", options=ONCE
    )
    placement: EnumProperty(
        name="Place", description="Where the take goes in the edit", items=properties.PLACEMENTS, options=ONCE
    )
    shot: StringProperty(
        name="Shot", description="Name or id of the shot. Empty: the one that the panels show", options=ONCE
    )

    def given(self, name: str) -> Any:
        """The argument, or None if the caller left it alone."""
        return getattr(self, name) if self.properties.is_property_set(name) else None

    def overrides(self) -> dict[str, Any]:
        """What this call says instead of the card. Raises SceneError bad_option."""
        names = ("prompt", "sound", "seconds", "engine", "size_percent", "motion")
        said = {name: self.given(name) for name in names if self.given(name) is not None}
        if self.given("stills") is not None:
            said["stills"] = self.stills or None
        return said | {"options": options.from_text(self.engine_options)}

    def find_shot(self, context: bpy.types.Context) -> Any:
        """The shot to animate; the blank card becomes one. Raises SceneError if the name is unknown."""
        shot = self.named_shot() if self.shot else shot_of(context)
        return shot if shot.uid else shot_list.ensure_shot(shot_scene(context))

    def named_shot(self) -> Any:
        """The shot whose name or id was given. Raises SceneError if there is none."""
        for shot in shot_list.all_shots():
            if self.shot in (shot.uid, shot.name):
                return shot
        raise SceneError("no_shot", rpt_("There is no shot named '{shot}' in this file").format(shot=self.shot))


class Animate(InsteadOfCard):
    """An operator that makes takes of a shot: it waits in scripts and in background, and goes on in the UI."""

    bl_options = {"REGISTER"}

    seed: IntProperty(
        name="Seed",
        description="Seed of the take. -1: the card's where it is locked, else a new one",
        default=-1,
        min=-1,
        max=properties.MAX_SEED,
        options=ONCE,
    )

    pay: BoolProperty(name="Pay", description="Make it although it goes over a budget", options=ONCE)

    def seeds(self, _shot: Any) -> tuple[int, ...] | None:
        """The seeds to make takes with; None leaves the choice to the card."""
        return None if self.seed < 0 else (self.seed,)

    def place(self) -> str | None:
        """Where the takes go in the edit; None leaves the choice to the scene."""
        return self.given("placement")

    def order(self, context: bpy.types.Context) -> Order:
        """All that this press says, frozen. Raises SceneError."""
        shot = self.find_shot(context)
        image = Path(bpy.path.abspath(self.image_path)) if self.image_path else None
        call = Call(self.seeds(shot), self.place(), self.given("source"), image, self.overrides())
        order = make_order(context, shot, call)
        for misfit in options.misfits(shot, order.engine) if order.engine in app().state.engines else ():
            self.report({"WARNING"}, misfit.text)
        return order

    def strange_picture(self, context: bpy.types.Context) -> Path | None:
        """The picture from disk that would be sent, where the opened file names it and the user has not seen it."""
        shot = self.named_shot() if self.shot else shot_of(context)
        if (self.given("source") or shot.still_source) != "IMAGE" or self.image_path or not shot.image_path:
            return None
        picture = absolute(shot.image_path)
        return trust.real(picture) if trust.is_unseen(picture) else None

    def wishes(self, context: bpy.types.Context) -> list[quotes.Wish]:
        shot = self.named_shot() if self.shot else shot_of(context)
        return [quotes.of_card(shot, said=self.overrides(), count=len(self.seeds(shot) or (0,)))]

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.wait(context) if waits(self) else self.begin(context))

    def wait(self, context: bpy.types.Context) -> None:
        """Make the takes and wait for them. Raises SceneError."""
        connection.ensure()
        self.check_budget(context, waits=True)
        for take in jobs.run_blocking(self.order(context)):
            self.report({"INFO"}, rpt_("Take {number} is ready: {clip}").format(number=take.number, clip=take.clip))

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if bpy.app.background:
            return self.execute(context)
        try:
            picture, question = self.strange_picture(context), self.over_budget(context)
        except SceneError as error:
            return fail(self, error)
        if question:
            also = rpt_("The file says to send {picture}.").format(picture=picture) if picture else ""
            return self.ask(context, event, f"{question} {also}".strip())
        if picture is None:
            return attempt(self, lambda: self.begin(context))
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=rpt_("Send this picture?"),
            message=rpt_("The file says so: {picture}").format(picture=picture),
            confirm_text=rpt_("Animate"),
        )

    def begin(self, context: bpy.types.Context) -> None:
        """Begin, and leave the rest to the timer. Raises SceneError."""
        connection.ensure()
        self.check_budget(context)
        if (picture := self.strange_picture(context)) is not None:
            trust.allow(picture)  # `invoke` has shown it
        order = self.order(context)
        quotes.pressed(jobs.start(order), quotes.of_order(order).cost)


class TAKEONE_OT_animate_frame(Animate, bpy.types.Operator):
    """Render the camera's still, animate it by the direction and lay the take in the edit, while you work on"""

    bl_idname = "takeone.animate_frame"
    bl_label = "Animate This Frame"


class TAKEONE_OT_variations(Animate, bpy.types.Operator):
    """Make several takes of one still, each with its own seed. The one that is ready last is shown in the edit"""

    bl_idname = "takeone.variations"
    bl_label = "Variations"

    seed: IntProperty(
        name="First Seed",
        description="Seed of the first take; the next ones count up. -1: random ones",
        default=-1,
        min=-1,
        max=properties.MAX_SEED - 16,
        options=ONCE,
    )
    count: IntProperty(name="Takes", description="How many takes to make", default=3, min=2, max=16)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if bpy.app.background:
            return self.execute(context)
        self.pay = True  # the dialog says what it costs
        return context.window_manager.invoke_props_dialog(self, width=240, confirm_text="Animate")

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(self, "count")
        self.draw_price(context, column)
        picture = self.strange_picture(context)
        if picture is not None:
            column.label(text=rpt_("Sends {picture}").format(picture=picture), translate=False)

    def seeds(self, _shot: Any) -> tuple[int, ...] | None:
        first = self.seed if self.seed >= 0 else random.randint(0, properties.MAX_SEED - self.count)
        return tuple(range(first, first + self.count))  # engines may spread seeds in a row evenly

    def place(self) -> str | None:
        return super().place() or "REPLACE"


class TAKEONE_OT_retake(Animate, bpy.types.Operator):
    """Animate the shot again by what its card says now, in the place of its current take"""

    bl_idname = "takeone.retake"
    bl_label = "Retake"

    same_seed: BoolProperty(
        name="Same Seed", description="Use the seed of the chosen take instead of a new one", options=ONCE
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: Any) -> str:
        if properties.same_seed:
            return tip_("Animate again with the chosen take's seed, in the place of the current take")
        return tip_("Animate again with a new seed, in the place of the current take")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_take(cls, context)

    def seeds(self, shot: Any) -> tuple[int, ...] | None:
        if self.seed >= 0:
            return (self.seed,)
        if self.same_seed and 0 <= shot.active_take < len(shot.takes):
            return (shot.takes[shot.active_take].seed,)
        return (random.randint(0, properties.MAX_SEED),)

    def place(self) -> str | None:
        return super().place() or "REPLACE"


class TAKEONE_OT_animate_cameras(Paying, bpy.types.Operator):
    """Animate the view of every selected camera, one shot each, by the direction of the shot that is shown"""

    bl_idname = "takeone.animate_cameras"
    bl_label = "Animate Selected Cameras"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if selected_cameras(context):
            return True
        cls.poll_message_set("Select the cameras to animate")
        return False

    def wishes(self, context: bpy.types.Context) -> list[quotes.Wish]:
        return [quotes.of_card(shot) for shot in cameras.cards_of_selected(context)]

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.wait(context) if waits(self) else self.begin(context))

    def wait(self, context: bpy.types.Context) -> None:
        """One take of every selected camera, one after the other. Raises SceneError."""
        connection.ensure()
        self.check_budget(context, waits=True)
        for order in self.orders(context):
            jobs.run_blocking(order)

    def begin(self, context: bpy.types.Context) -> None:
        """Begin with the first camera; the others follow as each still is rendered. Raises SceneError."""
        connection.ensure()
        self.check_budget(context)
        for order in self.orders(context):
            quotes.pressed(jobs.start(order), quotes.of_order(order).cost)

    def orders(self, context: bpy.types.Context) -> list[Order]:
        """One order a camera. Raises SceneError."""
        call = Call(source="RENDER", placement="REPLACE")
        shots = cameras.shots_of_selected(context)
        return [make_order(context, shot_list.find_shot(*uids), call) for uids in shots]


CLASSES = (
    TAKEONE_OT_animate_frame,
    TAKEONE_OT_variations,
    TAKEONE_OT_retake,
    TAKEONE_OT_animate_cameras,
)
