"""Which stills the camera's move needs and what they show; and a camera that walks through the selected ones."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...scene.model.shots import shown
from ...scene.session.views import plans, walks
from ...scene.session.views.plans import Planned
from ...scene.stills import capture
from ...scene.stills.coverage.plan import LOW
from ..parts.engines import capabilities
from ..parts.layout import SidebarPanel, in_both_sidebars, reason, wrapped

BARS = 24  # parts of the move whose coverage is shown


class WalkPanel(SidebarPanel):
    """A camera through the selected ones, for engines that follow a camera."""

    bl_label = "Walkthrough"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "shot"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return capabilities(shown.shot_of(context)).camera_path

    def draw(self, context: bpy.types.Context) -> None:
        draw_walk(self.layout, context, shown.shot_of(context))


def draw_stills(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """How many stills the camera's own move is made of, and what they show."""
    able = capabilities(shot)
    if shot.motion != "CAMERA" or shot.still_source != capture.RENDER or plans.most_views(able) == 1:
        return
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(shot, "stills", text="Stills")
    if shot.stills == "NUMBER":
        column.prop(shot, "still_count", text="Count")
    share = plans.making(shot)
    if share is not None:
        layout.progress(factor=share, text=iface_("Planning the stills"))
        return
    planned = plans.known(shot)
    stale = planned is not None and plans.is_stale(shot, planned)
    text = iface_("Plan Stills") if planned is None or stale else iface_("Plan Again")
    layout.operator("takeone.plan_stills", text=text, icon="OUTLINER_DATA_CAMERA", translate=False)
    if planned is not None:
        draw_plan(layout, context, shot, planned, stale)


def draw_plan(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, planned: Planned, stale: bool) -> None:
    """What the stills show along the move."""
    box = layout.column()
    box.active = not stale
    row = box.row(align=True)
    row.scale_y = 0.6
    for share in bars(planned):
        cell = row.row(align=True)
        cell.alert = share < LOW
        cell.progress(factor=share, text="")
    for line in plans.lines(shot):
        wrapped(box, context, line)
    if stale:
        wrapped(layout, context, iface_("Changed since: the press plans anew"), icon="INFO")


def bars(planned: Planned) -> list[float]:
    """How much is covered in each part of the move, at worst."""
    shares: list[list[float]] = [[] for _ in range(BARS)]
    last = max(1, planned.plan.moments[-1])
    for at, share in zip(planned.plan.moments, planned.plan.covered, strict=True):
        shares[min(BARS - 1, at * BARS // last)].append(share)
    return [min(part) for part in shares if part]


def draw_summary(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """On the card: what the press will render, as far as it is planned."""
    planned = plans.known(shot)
    if planned is None or shot.motion != "CAMERA" or plans.is_stale(shot, planned):
        return
    if plans.most_views(capabilities(shot)) == 1:
        return
    said = plans.lines(shot)
    wrapped(layout, context, said[0], icon="CAMERA_STEREO")
    low = planned.plan.low_from()
    if low is not None:
        wrapped(layout, context, said[2], icon="ERROR")


def draw_walk(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """A camera through the selected ones; of a walk what there is to say, and the button that makes it anew."""
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.row().prop(shot, "walk_by", expand=True)
    column.prop(shot, "walk_speed" if shot.walk_by == "SPEED" else "walk_seconds")
    if walks.making():
        layout.progress(factor=0.5, text=iface_("Looking for the way"))
        return
    cameras = walks.in_order(context)
    if len(cameras) > 1:
        wrapped(layout, context, " > ".join(one.name for one in cameras))
    elif not shot.walk_cameras:
        reason(layout, context, iface_("Select the cameras to walk through, one after the other"))
    row = layout.row()
    row.enabled = len(cameras) > 1
    row.operator("takeone.walkthrough", icon="CON_FOLLOWPATH")
    if shot.walk_cameras:
        layout.operator("takeone.walkthrough_again", icon="FILE_REFRESH")
        for note in shot.walk_notes.splitlines():
            wrapped(layout, context, note, icon="INFO")


CLASSES = in_both_sidebars(WalkPanel, "walk")
