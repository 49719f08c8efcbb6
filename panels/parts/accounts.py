"""Accounts in the preferences, the price on the card, orders whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...client.commands.accounts import Account
from ...client.protocol import EngineInfo
from ...scene.app.state import Job
from ...scene.model.shots.kept import cost_of
from ...scene.session.press import quotes
from ...scene.session.server import preferences
from ...scene.session.server.accounts import accounts
from . import refresh
from .layout import wrapped


def draw_accounts(layout: bpy.types.UILayout, context: bpy.types.Context, chosen: Any) -> None:
    """Providers with their accounts, and the budgets."""
    refresh.note_accounts_shown()
    state = accounts().state
    box = layout.box()
    row = box.row(align=True)
    row.label(text="Accounts")
    row.operator("takeone.accounts_refresh", text="", icon="FILE_REFRESH")
    if not bpy.app.online_access:
        wrapped(box, context, iface_("Blender's online access is off, so nothing is sent to providers"), icon="INFO")
    for one in state.accounts:
        row = box.row(align=True)
        row.label(text=one.label, icon="CHECKMARK" if one.kept else "BLANK1", translate=False)
        if one.kept:
            row.operator("takeone.account_test", text="Test", icon="FILE_REFRESH").provider = one.provider
        if one.kept in ("keyring", "none"):
            row.operator("takeone.account_remove", text="", icon="X").provider = one.provider
        elif not one.kept:
            row.operator("takeone.account_add", text="Add", icon="ADD").provider = one.provider
        if one.workflows:
            draw_workflows(box, one)
    if state.said:
        wrapped(box, context, state.said, icon="ERROR" if state.state == "failed" else "INFO")
    elif state.state == "busy":
        box.label(text="Asking", icon="SORTTIME")
    column = box.column(align=True)
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(chosen, "budget_day")
    column.prop(chosen, "budget_film")


def draw_workflows(layout: bpy.types.UILayout, one: Account) -> None:
    """A user's own workflows, each an engine."""
    for name in one.models:
        row = layout.row(align=True)
        row.label(text=name, icon="BLANK1", translate=False)
        remove = row.operator("takeone.workflow_remove", text="", icon="X")
        remove.provider, remove.workflow = one.provider, name
    row = layout.row(align=True)
    row.label(text="", icon="BLANK1")
    row.operator("takeone.workflow_add", text="Add Workflow", icon="FILE_FOLDER").provider = one.provider


def offered(engines: Iterable[EngineInfo], chosen: str = "") -> list[EngineInfo]:
    """The engines less those that only want an account: the preferences tell of these."""
    return [one for one in engines if one.available or one.fix != "accounts" or one.id == chosen]


def draw_price(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """What a take will cost, and who gets the picture; nothing for engines that send nothing anywhere."""
    if not able.sends_to or not able.available:
        return
    wish = quotes.of_card(shot)
    quotes.wanted(wish)
    column = layout.column(align=True)
    if text := quotes.words(wish):
        place = quotes.where(wish)
        told = iface_("{price}, by {place}").format(price=text, place=place) if place else text
        wrapped(column, context, told, icon="FUND")
    wrapped(column, context, iface_("The picture and the words go to {name}").format(name=able.sends_to), icon="WORLD")
    budgets = preferences.preferences()
    film, day = quotes.spent()
    for sums, limit, words in (
        (film, budgets.budget_film if budgets else 0, iface_("This film: {spent} of {limit}")),
        (day, budgets.budget_day if budgets else 0, iface_("Within a day: {spent} of {limit}")),
    ):
        if limit:
            said = words.format(spent=quotes.money(sums.get(quotes.BUDGETS_IN, 0.0)), limit=quotes.money(limit))
            column.label(text=said, icon="BLANK1", translate=False)


def draw_uncertain(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    """An order of which it is not known whether its provider has it: what the user may do."""
    box = layout.box()
    name = iface_("{shot}, take {number}").format(shot=job.binding.shot_name, number=job.binding.number)
    box.label(text=name, icon="QUESTION", translate=False)
    wrapped(box, context, job.stage)
    row = box.row(align=True)
    row.operator("takeone.look_again", text="Look Again", icon="VIEWZOOM").job = job.key
    row.operator("takeone.send_again", text="Send Again", icon="EXPORT").job = job.key
    row.operator("takeone.cancel", text="Remove", icon="X").job = job.key


def draw_cost(layout: bpy.types.UILayout, shot: Any, take: Any) -> None:
    """What the take cost, and all of the shot's together."""
    costs = [cost for one in shot.takes if (cost := cost_of(one)) is not None]
    mine = cost_of(take)
    if mine is None and not costs:
        return
    total = quotes.total_of(costs)
    said = quotes.money(mine.amount, mine.currency) if mine else iface_("nothing")
    text = iface_("Cost {cost}; the shot {total}").format(cost=said, total=total)
    layout.label(text=text, icon="FUND", translate=False)
