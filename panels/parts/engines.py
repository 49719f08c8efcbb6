"""Engines as panels draw them: by what each declares, and nothing else."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...client.protocol import EngineInfo
from ...scene.app.app import app
from ...scene.model.properties import option_properties, options
from ...scene.model.shots import shown
from .accounts import offered
from .layout import reason, wrapped
from .setup import CROSS, draw_fix


def capabilities(shot: Any) -> EngineInfo:
    """What the shot's engine can do. Nothing is drawn grey of one that nothing is known of but its id, or that the
    backend has not told of."""
    engine = app().state.engine(shot.engine) or EngineInfo(shot.engine)
    if engine == EngineInfo(engine.id):
        return EngineInfo(engine.id, sound=True, camera_path=True, dialogue=True)
    return engine


def draw_engine(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """Which engine, and why it can't run."""
    row = layout.row(align=True)
    row.label(text="", icon="SHADERFX")
    row.menu("TAKEONE_MT_engines", text=able.label or iface_("The server's own"), translate=False)
    if app().state.engines and app().state.engine(shot.engine) is None:
        reason(layout, context, iface_("The backend has no engine {engine}").format(engine=shot.engine))
    if not able.available:
        reason(layout, context, iface_(able.reason))
        draw_fix(layout, able.fix)


def draw_options(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """The engine's own settings. While it is away, what is kept for it."""
    if app().state.engine(shot.engine) is None:
        draw_kept(layout, shot)
        return
    for option in able.options:
        name = option_properties.name_of(able.id, option)
        if name:
            bounded = option.low is not None and option.high is not None
            layout.prop(shot, name, text=options.label(option), translate=False, slider=bounded)
    for misfit in options.misfits(shot, able):
        row = layout.row()
        wrapped(row.column(), context, misfit.text, icon="INFO", beside=CROSS)
        row.operator("takeone.option_reset", text="", icon="X", emboss=False).name = misfit.name


def draw_kept(layout: bpy.types.UILayout, shot: Any) -> None:
    """What will be sent to an engine that the backend has not told of."""
    for name, value in options.kept(shot, shot.engine).items():
        split = layout.split(factor=0.4)
        split.active = False
        label = split.row()
        label.alignment = "RIGHT"
        label.label(text=name, translate=False)
        split.label(text=options.shown(value), translate=False)


def draw_list(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The backend's engines, and what each needs."""
    engines = app().state.engines
    if not engines:
        return
    box = layout.box()
    box.label(text="Engines")
    for engine in offered(engines):
        column = box.column(align=True)
        column.label(text=engine.label, icon="CHECKMARK" if engine.available else "CANCEL", translate=False)
        wrapped(column, context, engine.description if engine.available else iface_(engine.reason), icon="BLANK1")


class TAKEONE_MT_engines(bpy.types.Menu):
    """Engines that make takes"""

    bl_label = "Engine"

    def draw(self, context: bpy.types.Context) -> None:
        engines = app().state.engines
        if not engines:
            self.layout.operator("takeone.backend_start", text="Start the backend to see its engines", icon="PLAY")
        for engine in offered(engines, shown.shot_of(context).engine):
            row = self.layout.row()
            row.active = engine.available
            lacks = iface_(engine.reason).partition(". ")[0]  # the card says the rest
            text = engine.label if engine.available else f"{engine.label}: {lacks}"
            row.operator("takeone.engine_choose", text=text, translate=False).engine = engine.id


CLASSES = (TAKEONE_MT_engines,)
