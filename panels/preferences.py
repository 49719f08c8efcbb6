# mypy: disable-error-code="valid-type"
"""The extension's preferences: set up the backend, connect to a server, see the models."""

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ..client.target import is_exposed
from ..operators.setting_up import setup
from ..scene.app.app import app
from ..scene.session.server import connection, preferences
from ..scene.session.server.models import models
from .parts import engines, refresh
from .parts.accounts import draw_accounts
from .parts.layout import time_left, wrapped
from .parts.setup import draw_error, draw_fix, draw_install, draw_install_failed

STATES = {
    "off": ("Not started", "PAUSE"),
    "missing": ("Not installed", "IMPORT"),
    "starting": ("Starting", "SORTTIME"),
    "ready": ("Ready", "CHECKMARK"),
    "reconnecting": ("No connection", "SORTTIME"),
    "outdated": ("Needs an update", "FILE_REFRESH"),
    "failed": ("Not working", "ERROR"),
}


OURS = ("bad_address", "home", "offline", "no_log")  # codes of errors that are made here, and so told here too
MODEL_ICONS = {"ready": "CHECKMARK", "linked": "LINKED", "damaged": "ERROR"}


class TAKEONE_AP_preferences(bpy.types.AddonPreferences):
    """Where takes are made."""

    bl_idname = preferences.PACKAGE

    backend: EnumProperty(
        name="Takes Are Made",
        description="Which machine makes the takes that you ask for",
        items=(
            ("LOCAL", "On This Computer", "By the backend that Take One installs and starts by itself"),
            (
                "SERVER",
                "On a Server",
                "By a server that you connect: a workstation in the studio, or a service",
            ),
        ),
        update=lambda _self, _context: connection.chosen(),
    )
    profile: EnumProperty(name="Install", description="What to install on this computer", items=setup.PROFILES)
    budget_day: FloatProperty(
        name="Budget of a Day", description="US dollars within 24 hours, above which a press asks. 0: none", min=0.0
    )
    budget_film: FloatProperty(
        name="Budget of a Film", description="US dollars for each film, above which a press asks. 0: none", min=0.0
    )
    server_url: StringProperty(name="Address", description="Such as http://192.168.1.20:8000")

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        refresh.note_shown()  # so that it is known what is installed
        problem = app().state.last_error
        if problem is not None and problem.code in OURS:
            draw_error(layout, context)
        layout.row().prop(self, "backend", expand=True)
        if self.backend == "SERVER":
            self.draw_server(layout, context)
        else:
            self.draw_local(layout, context)
        if preferences.lacks_server() or (self.backend == "LOCAL" and app().state.install.state == "running"):
            return
        draw_state(layout, context)
        if app().state.backend.state != "ready":
            return
        engines.draw_list(layout, context)
        if self.backend == "LOCAL":
            draw_accounts(layout, context, self)
            draw_models(layout, context)

    def draw_local(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Install and update."""
        if app().state.install.state == "running":
            draw_install(layout)
            return
        row = layout.row(align=True)
        row.prop(self, "profile", text="")
        texts = {"missing": iface_("Install"), "off": iface_("Install"), "outdated": iface_("Update")}
        row.operator(
            "takeone.install", text=texts.get(app().state.backend.state, iface_("Install Again")), icon="IMPORT"
        )
        if not bpy.app.online_access and app().state.backend.state in texts:
            box = layout.box()
            wrapped(
                box,
                context,
                iface_("Installing downloads files, and Blender's online access is off"),
                icon="INFO",
            )
            box.operator("takeone.allow_online", icon="WORLD")
        if app().state.install.state == "failed":
            draw_install_failed(layout, context)

    def draw_server(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Address, token, test."""
        row = layout.row(align=True)
        row.label(text=self.server_url or iface_("No server yet"), icon="URL", translate=False)
        row.operator("takeone.connect_server", text="Address and Token", icon="LINKED")
        if self.server_url:
            row.operator("takeone.backend_start", text="Test", icon="FILE_REFRESH")
        if is_exposed(self.server_url):
            wrapped(layout, context, iface_(setup.EXPOSED), icon="INFO")


def draw_state(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """How the backend is, and the buttons that change it."""
    backend = app().state.backend
    text, icon = STATES[backend.state]
    row = layout.row(align=True)
    row.label(text=text, icon=icon)
    local = not preferences.use_server()  # a server is not ours to stop
    if local and backend.state in ("starting", "ready", "reconnecting"):
        row.operator("takeone.backend_stop", text="Stop", icon="PAUSE")
        row.operator("takeone.backend_restart", text="Restart", icon="FILE_REFRESH")
    elif local and backend.state in ("off", "failed"):
        row.operator("takeone.backend_start", text="Start", icon="PLAY")
    row.operator("takeone.open_log", text="Log", icon="TEXT")
    if backend.message and (not local or backend.state in ("outdated", "reconnecting", "failed")):
        wrapped(layout, context, iface_(backend.message))
    if backend.fix not in ("install", "start", "connect", "open_log"):  # those stand above
        draw_fix(layout, backend.fix)


def draw_models(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The weights: what is here, and how to get it."""
    refresh.note_models_shown()
    state = models().state
    box = layout.box()
    row = box.row(align=True)
    row.label(text="Models")
    row.operator("takeone.models_link", text="Link Folder", icon="LINKED").model = "all"
    row.operator("takeone.models_refresh", text="", icon="FILE_REFRESH")
    if state.state == "busy" and state.message:
        row = box.row(align=True)
        text = f"{state.fraction:.0%}  {state.message}  {time_left(state.seconds)}"
        row.progress(factor=state.fraction, text=text)
        row.operator("takeone.models_cancel", text="", icon="X")
    elif state.state == "failed":
        wrapped(box, context, state.message, icon="ERROR")
        if state.fix not in ("retry", "models"):  # those are what stands below
            draw_fix(box, state.fix)
    elif state.state == "cancelled":
        box.label(text="Stopped. The download goes on where it was", icon="INFO")
    if not has_gpu():
        why = next((engine for engine in app().state.engines if engine.lane.startswith("gpu")), None)
        wrapped(box, context, iface_("These models need a graphics card that can run them"), icon="INFO")
        if why is not None and why.reason:
            wrapped(box, context, iface_(why.reason), icon="BLANK1")
        return
    for quality, needed in state.sets.items():
        here = sum(one["name"] in needed and one["state"] in ("ready", "linked") for one in state.models)
        row = box.row(align=True)
        text = iface_("{quality}: {here} of {count} models").format(quality=quality, here=here, count=len(needed))
        row.label(text=text, icon="CHECKMARK" if here == len(needed) else "BLANK1", translate=False)
        if here < len(needed):
            text = iface_("Download {size}").format(size=size_of(state.models, needed))
            row.operator("takeone.models_download", text=text, icon="IMPORT", translate=False).model = quality
    column = box.column(align=True)
    column.scale_y = 0.8
    for one in state.models:
        row = column.row()
        split = row.split(factor=0.3)
        split.label(text=one["name"], icon=MODEL_ICONS.get(one["state"], "BLANK1"), translate=False)
        split = split.split(factor=0.3)
        split.label(text=one["state"].capitalize())
        split.label(text=one["size"], translate=False)


def has_gpu() -> bool:
    """Whether an engine could run here that needs models: it runs, or models are all that it lacks."""
    local = [engine for engine in app().state.engines if engine.lane.startswith("gpu")]
    return any(engine.available or engine.fix == "models" for engine in local) or not local


def size_of(models_here: tuple[dict[str, Any], ...], needed: list[str]) -> str:
    """How much is still to be downloaded of these models, such as "96.3 GB"."""
    lacking = [one for one in models_here if one["name"] in needed and one["state"] not in ("ready", "linked")]
    total = sum(one.get("bytes", 0) for one in lacking)
    return f"{total / 1e9:.1f} GB" if total >= 1e9 else f"{total / 1e6:.0f} MB"


CLASSES = (TAKEONE_AP_preferences,)
