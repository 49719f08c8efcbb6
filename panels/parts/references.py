"""The reference pictures of a shot, for engines that use some."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...client.protocol import EngineInfo
from ...client.protocol.request import MAX_REFERENCES
from ...scene.model.shots.paths import absolute
from ...scene.session.press import references
from .layout import wrapped


def draw_references(layout: bpy.types.UILayout, shot: Any, able: EngineInfo) -> None:
    """A row for each, with the name that the words have for it."""
    if not able.references:
        return
    column = layout.column(align=True)
    for index, one in enumerate(shot.references[: MAX_REFERENCES + 1]):
        row = column.row(align=True)
        name = f"character{index + 1}: {absolute(one.path).name}"
        row.label(text=name, icon="IMAGE_DATA", translate=False)
        row.operator("takeone.reference_remove", text="", icon="X").index = index
    column.operator("takeone.reference_add", text="Add Reference Pictures", icon="ADD")


def draw_strange(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """Those that a file names and nobody has allowed yet."""
    if able.references and (strange := references.unseen(shot)):
        names = ", ".join(str(path) for path in strange)
        wrapped(layout, context, iface_("The file says to send: {names}").format(names=names), icon="QUESTION")
        layout.operator("takeone.references_allow", icon="CHECKMARK")
