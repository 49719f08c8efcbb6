# mypy: disable-error-code="valid-type"
"""Verbs that may cost money: they ask where that goes over a budget."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import BoolProperty

from ..scene.app.errors import SceneError
from ..scene.session import jobs
from ..scene.session.press import quotes
from .report import Verb, fail


class Paying(Verb):
    """An operator that may cost money. Scripts say `pay` where it may go over a budget; in the UI the user is asked."""

    pay: BoolProperty(name="Pay", description="Make it although it goes over a budget", options={"SKIP_SAVE"})

    bl_label: str

    def wishes(self, context: bpy.types.Context) -> list[quotes.Wish]:
        """What is to be made. Raises SceneError."""
        raise NotImplementedError

    if TYPE_CHECKING:
        execute: Callable[[bpy.types.Context], set[str]]

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """The user is asked, where it goes over a budget."""
        try:
            question = "" if bpy.app.background else self.over_budget(context)
        except SceneError as error:
            return fail(self, error)
        return self.ask(context, event, question) if question else self.execute(context)

    def over_budget(self, context: bpy.types.Context) -> str:
        """What is to be asked before it is paid, "" for nothing. Raises SceneError."""
        return quotes.question(self.wishes(context))

    def check_budget(self, context: bpy.types.Context, waits: bool = False) -> None:
        """Raises SceneError over_budget unless that is wanted. `waits`: first it is found out which engines there are,
        and what was spent."""
        if self.pay:
            return
        if waits and any(quotes.limits()):
            jobs.learn_engines()
            jobs.learn_spending(self.wishes(context))
        if question := self.over_budget(context):
            raise SceneError("over_budget", question, "")

    def ask(self, context: bpy.types.Context, event: bpy.types.Event, question: str) -> set[str]:
        """Ask. Where the user agrees, Blender calls `execute`."""
        self.pay = True
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=rpt_("Go over the budget?"),
            message=question,
            confirm_text=rpt_(self.bl_label),
        )

    def draw_price(self, context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
        """In a dialog: what it costs, and what goes over a budget; or why that can't be told."""
        try:
            wishes = self.wishes(context)
        except SceneError as error:
            layout.label(text=rpt_(error.message), icon="ERROR", translate=False)
            return
        for wish in wishes:
            if wish.engine.sends_to:
                quotes.wanted(wish)
                layout.label(text=quotes.words(wish), icon="FUND", translate=False)
        if question := quotes.question(wishes):
            layout.label(text=question, icon="ERROR", translate=False)
