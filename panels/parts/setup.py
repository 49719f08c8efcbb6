"""What went wrong, and how the backend is, drawn in the card and in the preferences: installing, not working, on its
way."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...operators.fixes import HELP
from ...scene.app.app import app
from .layout import wrapped

CROSS = 45  # pixels of the button beside an error


def draw_error(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The last error, with the button of its fix, until it is dealt with."""
    problem = app().state.last_error
    if problem is None:
        return
    box = layout.box()
    row = box.row()
    column = row.column()
    column.alert = True
    wrapped(column, context, iface_(problem.message), icon="ERROR", beside=CROSS)
    row.operator("takeone.dismiss_error", text="", icon="X", emboss=False)
    draw_fix(box, problem.fix)


def draw_backend(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """How to get going, where there is no backend yet; nothing where all is well."""
    if app().state.install.state == "running":
        draw_install(layout)
        return
    if app().state.install.state == "failed":
        draw_install_failed(layout, context)
        return
    backend = app().state.backend
    if backend.state in ("missing", "outdated"):
        draw_missing(layout.box(), context)
    elif backend.state == "failed" and app().state.last_error is None:
        box = layout.box()
        wrapped(box, context, iface_(backend.message), icon="ERROR")
        row = box.row(align=True)
        draw_fix(row, backend.fix)
        if backend.fix != "open_log":
            row.operator("takeone.open_log", text="Log", icon="TEXT")
    elif backend.state in ("starting", "reconnecting"):
        wrapped(layout, context, iface_(backend.message) or iface_("Starting"), icon="SORTTIME")
        draw_fix(layout, backend.fix)


def draw_missing(box: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """There is no backend that fits: install or update it."""
    backend = app().state.backend
    wrapped(box, context, iface_(backend.message), icon="IMPORT" if backend.state == "missing" else "FILE_REFRESH")
    install = backend.fix == "install"
    if install and not bpy.app.online_access:
        box.operator("takeone.allow_online", icon="WORLD")
    row = box.row()
    row.scale_y = 1.4
    if not install:
        draw_fix(row, backend.fix)
        return
    row.enabled = bpy.app.online_access
    text = iface_("Update") if backend.state == "outdated" else iface_("Install")
    row.operator("takeone.install", text=text, icon="IMPORT")


def draw_fix(layout: bpy.types.UILayout, fix: str) -> None:
    """The button of a fix; nothing where there is none."""
    if fix in HELP:
        label, icon, _tip = HELP[fix]
        layout.operator("takeone.fix", text=label, icon=icon).fix = fix


def draw_install(layout: bpy.types.UILayout) -> None:
    """Progress of the installation."""
    box = layout.box()
    row = box.row(align=True)
    percent = f"{app().state.install.fraction:.0%}"
    row.progress(factor=app().state.install.fraction, text=f"{percent}  {iface_(app().state.install.message)}")
    row.operator("takeone.install_cancel", text="", icon="X")
    row.operator("takeone.open_log", text="", icon="TEXT")


def draw_install_failed(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Why the installation failed, and the ways out."""
    box = layout.box()
    row = box.row()
    column = row.column()
    column.alert = True
    wrapped(column, context, iface_(app().state.install.message), icon="ERROR", beside=CROSS)
    row.operator("takeone.dismiss_error", text="", icon="X", emboss=False).install = True
    row = box.row(align=True)
    if app().state.install.fix not in ("install", "retry", "open_log"):
        draw_fix(row, app().state.install.fix)
    row.operator("takeone.install", text="Try Again", icon="FILE_REFRESH")
    row.operator("takeone.open_log", text="", icon="TEXT")
