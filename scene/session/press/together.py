"""Several shots as one request: their orders, one job, a take each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import MAX_SHOTS, Binding, BoundPart, EngineInfo, TakeRequest, View
from ....client.protocol.problem import Unfit
from ....client.protocol.request import MAX_VIEWS
from ....client.protocol.several import cuts, join
from ...app.app import app
from ...app.errors import SceneError
from ...edit.cut import uses
from ...edit.edit_scene import find_edit_scene
from ...model.shots import shot_list, takes
from ...model.shots.paths import stored_path
from .order import Order, OrderedTake, requests
from .press import Call, make_order
from .sending import add_take, submit


def whole_row(context: bpy.types.Context, scene: bpy.types.Scene, with_uids: set[str]) -> list[Any]:
    """The scene's shots as the edit shows them; where it does not show all of `with_uids`, as the list has them."""
    edit = find_edit_scene(context, scene)
    shots = {one.uid: one for one in scene.take_one.shots}
    uids = list(dict.fromkeys(use.shot_uid for use in uses.uses(edit))) if edit is not None else []
    return [shots[uid] for uid in (uids if with_uids <= set(uids) else shots) if uid in shots]


def row(context: bpy.types.Context, shot: Any) -> list[Any]:
    """The shot and those behind it."""
    found = whole_row(context, shot.id_data, {shot.uid})
    return found[[one.uid for one in found].index(shot.uid) :]


def fitting(context: bpy.types.Context, shot: Any) -> list[Any]:
    """The shot and those right behind it that its engine can make with it in one clip."""
    engine = app().state.engine(shot.engine) or EngineInfo(shot.engine)
    found: list[Any] = []
    seconds = 0.0
    for one in row(context, shot)[: min(engine.shots_asked, MAX_SHOTS)]:
        seconds += length_of(one, engine)
        if app().state.engine(one.engine) != app().state.engine(shot.engine) or 0 < engine.max_seconds < seconds:
            break
        found.append(one)
    return found


def length_of(shot: Any, engine: EngineInfo) -> float:
    """How many seconds of the clip a shot takes, its handles apart."""
    return whole(float(shot.seconds), engine.shot_seconds)


def whole(seconds: float, step: float) -> float:
    """The next multiple of `step` from `seconds` on; 0: any length does."""
    return math.ceil(seconds / step - 1e-6) * step if step > 0 else seconds


def make(context: bpy.types.Context, shots: Sequence[Any]) -> Order:
    """One order for these shots, by their cards and with the engine and size of the first.

    Raises:
        SceneError: one_shot where there are fewer than two; not_together where the engine can't make them in one clip;
            and as `make_order`.
    """
    if len(shots) < 2:
        raise SceneError("one_shot", "One request for several shots needs two of them, one behind the other")
    first = shots[0]
    engine = app().state.engine(first.engine) or EngineInfo(first.engine)
    _check(shots, engine)
    uids = [(shot.uid, shot.id_data.take_one.uid) for shot in shots]
    said = {"engine": first.engine, "size_percent": first.size_percent}
    orders = []
    for uid in uids:
        shot = shot_list.shot_with(*uid)
        seconds = length_of(shot, engine)
        order = make_order(context, shot, Call(placement="REPLACE", overrides={**said, "seconds": seconds}))
        over = round(seconds * order.fps) - round(shot.seconds * order.fps)  # more than the shot: its handle
        orders.append(replace(order, tail=order.tail + over, engine=_share(order.engine, len(shots))))
    longest = round(sum(order.seconds for order in orders), 6)
    if 0 < engine.max_seconds < longest:
        raise _too_long(engine, longest)
    key = orders[0].keys[0]
    keyed = [
        replace(order, takes=(replace(order.takes[0], key=takes.part_key(key, number)),))
        for number, order in enumerate(orders)
    ]
    _bound(keyed)
    return replace(keyed[0], following=tuple(keyed[1:]))


def _share(engine: EngineInfo, count: int) -> EngineInfo:
    """The engine as one of so many shots may use it: with its part of the views of a request."""
    views = min(engine.views, MAX_VIEWS) // count if engine.shot_stills else 1
    return replace(engine, views=max(1, views))


def _check(shots: Sequence[Any], engine: EngineInfo) -> None:
    most = min(engine.shots_asked, MAX_SHOTS)
    if not app().state.engines:
        raise SceneError("not_ready", "The backend has not said yet what its engines can do. Wait a moment", "retry")
    if most < 2 <= engine.shots:
        raise SceneError("not_together", older(engine))
    if most < 2:
        message = rpt_("{engine} makes one shot at a time. Choose another engine.").format(engine=engine.label)
        raise SceneError("not_together", message)
    if len(shots) > most:
        message = rpt_("{engine} makes at most {count} shots in one clip.").format(engine=engine.label, count=most)
        raise SceneError("not_together", message)
    other = next(
        (shot for shot in shots if app().state.engine(shot.engine) != app().state.engine(shots[0].engine)), None
    )
    if other is not None:
        message = rpt_("'{shot}' has another engine than '{first}'. One request goes to one engine.")
        raise SceneError("not_together", message.format(shot=other.name, first=shots[0].name))
    seconds = round(sum(length_of(shot, engine) for shot in shots), 6)
    if 0 < engine.max_seconds < seconds:
        raise _too_long(engine, seconds)


def older(engine: EngineInfo) -> str:
    """What is said where the engine could make several shots, and the server does not say that it accepts them."""
    text = rpt_("The server of {engine} takes one shot in a request. Update Take One there.")
    return text.format(engine=engine.label)


def _too_long(engine: EngineInfo, seconds: float) -> SceneError:
    message = rpt_("{engine} makes up to {longest:g} seconds, and these shots are {seconds:.4g}. Choose fewer.")
    text = message.format(engine=engine.label, longest=engine.max_seconds, seconds=seconds)
    return SceneError("too_long", text, "shorter")


def _bound(orders: Sequence[Order]) -> None:
    """Raises SceneError where no backend would accept these orders together."""
    try:
        joined([requests(order, ())[0][1] for order in orders], orders[0].engine)
    except Unfit as error:
        raise _unfit(error) from error


def _unfit(error: Unfit) -> SceneError:
    text = f"{error.place} {error.what}."
    return SceneError("bad_request", text[:1].upper() + text[1:], param=error.place)


def joined(singles: Sequence[TakeRequest], engine: EngineInfo) -> TakeRequest:
    """One request, bound to the takes of all. An engine that can't use every shot's still is given the first one's.
    Raises Unfit."""
    request = join(singles, each_still=engine.shot_stills)
    at = cuts(request.shots, request.fps)
    bound = [one.binding for one in singles]
    parts = [
        BoundPart(one.shot_uid, one.take_uid, one.shot_name, one.number, at[k], at[k + 1] - at[k], one.head, one.tail)
        for k, one in enumerate(bound)
        if one is not None
    ]
    assert request.binding is not None
    return replace(request, binding=replace(request.binding, head=0, tail=0, parts=tuple(parts)))


def binding(order: Order, take: OrderedTake) -> Binding:
    """Where the takes of an order belong while its stills are rendered: with those that follow in one clip."""
    own = order.binding(take)
    if not order.following:
        return own
    row = (order, *order.following)
    at = cuts(row, order.fps)
    bound = [one.binding(one.takes[0]) for one in row]
    parts = [
        BoundPart(one.shot_uid, one.take_uid, one.shot_name, one.number, at[k], at[k + 1] - at[k])
        for k, one in enumerate(bound)
    ]
    return replace(own, parts=tuple(parts))


def send(found: Sequence[tuple[Order, tuple[View, ...], tuple[str, ...]]]) -> list[str]:
    """Send one request for the orders whose views are there; with each come remarks on its still. Returns its key.

    Raises:
        SceneError: too_large; bad_request; disk if the journal can't be written.
    """
    first = found[0][0]
    singles = [requests(order, views)[0] for order, views, _ in found]
    try:
        request = joined([single for _, single in singles], first.engine)
    except Unfit as error:
        raise _unfit(error) from error
    key = first.keys[0]
    submit(key, request, first.takes[0].clip)
    for (take_uid, single), (order, views, notes) in zip(singles, found, strict=True):
        shot = shot_list.find_shot(order.shot_uid, order.scene_uid)
        if shot is not None:
            shot.still = stored_path(views[0].image)
        add_take(take_uid, single, notes)
    return [key]
