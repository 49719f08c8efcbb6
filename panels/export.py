"""Export: one sub-panel in the sequencer, small, with what runs and what came of it."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ..scene.model.shots.shown import shot_of
from ..scene.session.out.exports import exports
from .parts.layout import wrapped

MOST_LINES = 12


class TAKEONE_PT_export(bpy.types.Panel):
    """Out to others, and back in."""

    bl_label = "Show and Export"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Take One"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, part = self.layout, exports()
        state = part.exporter.state
        if state.state == "busy":
            row = layout.row(align=True)
            row.progress(factor=state.fraction, text=f"{state.stage}  {state.fraction:.0%}")
            row.operator("takeone.export_cancel", text="", icon="X")
        row = layout.row(align=True)
        row.operator("takeone.export_cut", icon="RENDER_ANIMATION")
        row.operator("takeone.export_page", icon="URL")
        layout.operator_menu_enum("takeone.export_edit", "kind", text="Export Edit", icon="EXPORT")
        row = layout.row(align=True)
        row.operator("takeone.import_edit", icon="IMPORT")
        row.operator("takeone.read_notes", icon="TEXT")
        draw_changes(layout, context)
        if part.written:
            row = layout.row(align=True)
            row.label(text=part.written[-1].replace("\\", "/").rpartition("/")[2], icon="CHECKMARK", translate=False)
            row.operator("takeone.export_open", text="", icon="FILE_FOLDER")
        for said in part.said[:MOST_LINES]:
            wrapped(layout, context, said, "INFO")
        draw_notes(layout, context)


def draw_changes(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What a timeline would change."""
    part = exports()
    if part.changes is None or part.edit is None:
        return
    box = layout.box()
    lines = part.changes.lines(part.edit)
    for line in lines[:MOST_LINES]:
        wrapped(box, context, line, "DOT")
    if len(lines) > MOST_LINES:
        box.label(text=iface_("and {count} more").format(count=len(lines) - MOST_LINES), translate=False)
    if not lines:
        box.label(text="Nothing would change")
    row = box.row(align=True)
    if lines:
        row.operator("takeone.import_apply", text="Apply", icon="CHECKMARK")
    row.operator("takeone.import_dismiss", text="Put Away", icon="X")


def draw_notes(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What clients said of the shot that the panels show."""
    shot = shot_of(context)
    for note in shot.client_notes:
        box = layout.box()
        head = "  ".join(word for word in (note.author or iface_("Client"), note.made, note.verdict) if word)
        box.label(text=f"{shot.name}: {head}", icon="TEXT", translate=False)
        if note.text:
            wrapped(box, context, note.text)


CLASSES = (TAKEONE_PT_export,)
