# mypy: disable-error-code="valid-type"
"""Making a take again: better, or just as it was where its file is gone."""

from collections.abc import Mapping
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import EnumProperty, IntProperty, StringProperty

from ...client.protocol import EngineInfo, Price, TakeRequest
from ...client.protocol.edit.sidecar import read_sidecar
from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.model.lent import own_size
from ...scene.model.properties import options
from ...scene.model.shots import shot_list, trust
from ...scene.model.shots.kept import read
from ...scene.model.shots.paths import absolute
from ...scene.model.shots.shown import shot_of, take_of
from ...scene.session import jobs
from ...scene.session.press import again, quotes
from ...scene.session.press.order import clip_size
from ...scene.session.server import connection
from ...scene.stills import capture
from ..fixes import HELP
from ..pay import Paying
from ..poll import poll_take
from ..report import attempt, waits
from .animate import ONCE

SAME_SHAPE = 0.02  # by how much the ratio of the sides may differ: sizes are rounded to even numbers

QUALITY = "quality"  # the option whose choices rise from the least work to the most
Entries = list[tuple[str, str, str]]


class Offered:
    """The entries of the menus as they were drawn: Blender keeps no copies of an enum's texts."""

    def __init__(self) -> None:
        self.menus: dict[str, Entries] = {}


def engines_here(_self: object, _context: bpy.types.Context | None) -> Entries:
    """The engines that can run, for a menu: those with a choice of quality first."""
    here = [engine for engine in app().state.engines if engine.available]
    here.sort(key=lambda engine: engine.option(QUALITY) is None)
    return _offer("engines", [(engine.id, engine.label, engine.description) for engine in here])


def qualities_of(self: "TAKEONE_OT_refine", _context: bpy.types.Context | None) -> Entries:
    """What the menu's engine declares of quality, for a menu: the most work first."""
    engine = app().state.engine(self.choice)
    option = engine.option(QUALITY) if engine else None
    choices = reversed(option.choices) if option else ()
    return _offer("qualities", [(one.value, one.label or one.value.capitalize(), one.tooltip) for one in choices])


def _offer(menu: str, entries: Entries) -> Entries:
    offered = app().part(Offered).menus
    if offered.get(menu) != entries:
        offered[menu] = entries
    return offered[menu]


class Again(Paying):
    """An operator that sends a take's request once more. It waits in scripts, and goes on in the UI."""

    bl_options = {"REGISTER"}

    take: StringProperty(name="Take", description="Id of the take. Empty: the chosen one", options=ONCE)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return poll_take(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.make(context))

    def make(self, context: bpy.types.Context) -> None:
        """Send the request; wait for the take where no timer runs. Raises SceneError."""
        connection.ensure()
        wait = waits(self)
        self.check_budget(context, wait)
        shot, take = shot_of(context), self.find_take(context)
        (wish,) = self.wishes(context)
        key = again.make_again(shot, take.uid, self.changes(context, take))
        quotes.pressed([key], wish.cost)
        if wait:
            jobs.wait([key])

    def find_take(self, context: bpy.types.Context) -> Any:
        """The take to make again. Raises SceneError if it is gone."""
        take = shot_list.find_take(shot_of(context), self.take) if self.take else take_of(context)
        if take is None:
            raise SceneError("no_take", "This take is no longer in the file")
        return take

    def engine_id(self, take: Any) -> str:
        """The engine that makes it: the request's, as that is what is sent."""
        asked = read(take).request
        return asked.engine if asked else str(take.engine)

    def wishes(self, context: bpy.types.Context) -> list[quotes.Wish]:
        take = self.find_take(context)
        engine_id, asked = self.engine_id(take), read(take).request
        chosen = self.asked_options(shot_of(context), take, asked)
        return [
            quotes.of_engine(engine_id, asked.seconds if asked else 0.0, chosen, price=self.known_price(take)),
        ]

    def asked_options(self, _shot: Any, _take: Any, asked: TakeRequest | None) -> Mapping[str, Any]:
        """The engine's options that it is made with. Raises SceneError."""
        return asked.options if asked else {}

    def known_price(self, take: Any) -> Price | None:
        """What it cost by the file, where that was paid for it alone."""
        kept = read(take)
        return None if kept.beyond else kept.cost

    def changes(self, _context: bpy.types.Context, _take: Any) -> dict[str, Any]:
        """What to ask for instead of what the take was made from."""
        return {}


class TAKEONE_OT_make_again(Again, bpy.types.Operator):
    """Make a take whose file is gone once more, from what it was made of, and put it back on its strips"""

    bl_idname = "takeone.make_again"
    bl_label = "Make Again"


class TAKEONE_OT_refine(Again, bpy.types.Operator):
    """Make the chosen take again with a better engine or size. The new one replaces it wherever the edit uses it"""

    bl_idname = "takeone.refine"
    bl_label = "Refine Take"

    engine: StringProperty(
        name="Engine", description="Id of the engine, as its server lists it. Empty: the menu's", options=ONCE
    )
    engine_options: StringProperty(
        name="Engine Options",
        description='JSON of settings of the engine\'s own, such as {"quality": "best"}. Empty: the menu\'s quality',
        options=ONCE,
    )
    choice: EnumProperty(
        name="Engine",
        description="What makes the better take",
        items=engines_here,
        update=lambda self, _context: self.property_unset("quality"),  # the other engine's
    )
    size_percent: IntProperty(
        name="Size",
        description="Percent of the scene's size",
        default=100,
        min=10,
        max=100,
        subtype="PERCENTAGE",
    )
    quality: EnumProperty(name="Quality", description="How much work the engine spends", items=qualities_of)

    def engine_id(self, take: Any) -> str:
        return str(self.engine or self.choice or take.engine)

    def known_price(self, take: Any) -> Price | None:
        return None  # another engine or quality costs something else

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.pay = True  # the dialog says what goes over a budget
        return context.window_manager.invoke_props_dialog(self, width=320, confirm_text="Refine")

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(self, "choice")
        column.prop(self, "size_percent", slider=True)
        if qualities_of(self, context):
            column.prop(self, "quality")
        if take_of(context) is not None:
            self.draw_price(context, column)
        for text, fix in self.said(context):
            self.layout.label(text=text, icon="INFO", translate=False)
            if fix in HELP:
                label, icon, _tip = HELP[fix]
                self.layout.operator("takeone.fix", text=label, icon=icon).fix = fix

    def said(self, context: bpy.types.Context) -> list[tuple[str, str]]:
        """What there is to know before it is pressed: whether anything would be better, and what better engine is
        missing. Sentences with the word of their cure."""
        take = take_of(context)
        asked = read(take).request if take is not None else None
        lines = []
        if take is not None and asked is not None and self.choice == take.engine and not qualities_of(self, context):
            size = full_size(shot_of(context).id_data, take, asked)
            if clip_size(*size, self.size_percent, None) == asked.size:
                lines.append((rpt_("The take has this engine and this size already"), ""))
        for engine in app().state.engines:
            if not engine.available:
                reason = engine.reason.partition(". ")[0].rstrip(".")
                lines.append((rpt_("{engine}: {reason}").format(engine=engine.label, reason=reason), engine.fix))
        return lines

    def changes(self, context: bpy.types.Context, take: Any) -> dict[str, Any]:
        """Engine, size and quality. The same engine keeps the rest of its options (the prompt of the take) and
        goes on from what it saved. Raises SceneError where the engine can't make this size or use these options."""
        shot, asked = shot_of(context), read(take).request
        engine_id = self.engine_id(take)
        engine = app().state.engine(engine_id)
        size = full_size(shot.id_data, take, asked)
        wanted = self.asked_options(shot, take, asked)
        return {"engine": engine_id, "size": clip_size(*size, self.size_percent, engine), "options": wanted}

    def asked_options(self, shot: Any, take: Any, asked: TakeRequest | None) -> Mapping[str, Any]:
        engine_id = self.engine_id(take)
        said = self.best(app().state.engine(engine_id)) | options.from_text(self.engine_options)
        wanted = options.chosen(shot, {"engine": engine_id, "options": said})
        return options_of(take, asked) | said if engine_id == take.engine else wanted

    def best(self, engine: EngineInfo | None) -> dict[str, Any]:
        """The menu's quality, where that is the engine's; else the one of the most work. Nothing of an engine without
        any."""
        option = engine.option(QUALITY) if engine else None
        if option is None or not option.choices:
            return {}
        fits = not self.engine and option.refusal(self.quality) is None
        return {QUALITY: self.quality if fits else option.choices[-1].value}


def options_of(take: Any, asked: TakeRequest | None) -> dict[str, Any]:
    """The options that a take was made with, less its quality, and what its engine kept of it to go on from."""
    made_with = {name: value for name, value in (asked.options if asked else {}).items() if name != QUALITY}
    latents = saved_latents(take)
    return made_with | ({"refine_from": latents} if latents else {})


def full_size(scene: bpy.types.Scene, take: Any, asked: TakeRequest | None) -> tuple[int, int]:
    """The size of a take at 100 percent: the scene's, or its still's where that has another shape."""
    width, height = own_size(scene)
    path = absolute(take.still)
    same = asked is None or abs(asked.width / asked.height * height / width - 1) < SAME_SHAPE
    if same or not trust.present([path]):
        return width, height
    return capture.image_size(path)


def saved_latents(take: Any) -> str:
    """What the engine kept of the take to refine it from; "" where it kept nothing."""
    sidecar = absolute(take.sidecar)
    facts = read_sidecar(sidecar).get("facts") if trust.is_known(sidecar) else None
    return str(facts.get("latents") or "") if isinstance(facts, dict) else ""


CLASSES = (TAKEONE_OT_make_again, TAKEONE_OT_refine)
