# mypy: disable-error-code="valid-type"
"""The list of shots: in the sequencer's sidebar, and as wide as one likes."""

from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.translations import pgettext_iface as iface_
from bpy.props import EnumProperty, IntProperty

from ..scene.edit import burn_in, strips
from ..scene.edit.cut import bed, fit
from ..scene.edit.cut.uses import OVERLAP_KEY
from ..scene.edit.edit_scene import find_edit_scene
from ..scene.model import marks
from ..scene.model.properties import properties
from ..scene.model.properties.edit_of import take_rate
from ..scene.model.shots import shot_list, shown
from ..scene.session.board import drawing
from ..scene.session.out import beds
from .parts import pictures, refresh

WIDE = 560  # pixels of a region from which on all columns are shown
POPUP = 900
STATUS_ICONS = {entry[0]: entry[3] for entry in properties.SHOT_STATUSES}
ALL = ("ALL", "All", "Every shot")


class ShotRows:
    """What draws the rows, before it is made a list."""

    if TYPE_CHECKING:
        filter_name: str
        bitflag_filter_item: int

    wide = False
    status: EnumProperty(
        name="Status",
        description="Only shots of this status are listed",
        items=(ALL, *(entry[:3] for entry in properties.SHOT_STATUSES)),
    )

    def draw_filter(self, _context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
        row = layout.row(align=True)
        row.prop(self, "filter_name", text="")
        row.prop(self, "status", text="")

    def filter_items(self, _context: bpy.types.Context, data: Any, name: str) -> tuple[list[int], list[int]]:
        shots = getattr(data, name)
        wanted, text = self.status, self.filter_name.lower()
        if wanted == "ALL" and not text:
            return [], []
        shown_bit = self.bitflag_filter_item
        return [shown_bit if wanted in ("ALL", shot.status) and text in shot.name.lower() else 0 for shot in shots], []

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _data: Any,
        item: Any,
        _icon: int,
        _active_data: Any,
        _active_property: str,
        _index: int = 0,
        _flag: int = 0,
    ) -> None:
        wide = self.wide or context.region.width >= WIDE * context.preferences.system.ui_scale
        take = shot_list.find_take(item, item.current_take) if item.current_take else None
        picture = pictures.icon((take.thumbnail if take else "") or item.still)
        row = layout.row(align=True)
        row.active = item.status != "OMITTED"
        if picture:
            row.label(icon_value=picture)
        else:
            row.label(icon="OUTLINER_OB_CAMERA")
        row.prop(item, "name", text="", emboss=False)
        if wide:
            row.label(text=lens_of(item), translate=False)
        length = row.row(align=True)
        length.scale_x = 0.6
        length.prop(item, "frames", text="", emboss=wide)
        if wide:
            length.prop(item, "seconds", text="")
            row.label(text=take_words(item, take), translate=False)
            row.prop(item, "status", text="")
            row.prop(item, "rating", text="", slider=True)
            row.prop(item, "note", text="", placeholder="Note")
            return
        tail = row.row(align=True)
        tail.alignment = "RIGHT"
        if take is not None:
            tail.label(text=f"t{take.number}", translate=False)
        if item.note:
            tail.label(icon="GREASEPENCIL")
        tail.label(icon=STATUS_ICONS[item.status or "TODO"])


class TAKEONE_UL_shots(ShotRows, bpy.types.UIList):
    """Shots: picture, name, length, status, take; and all that is known where there is room."""


class TAKEONE_UL_shots_wide(ShotRows, bpy.types.UIList):
    """Shots with all that is known: camera, lens, stars, note."""

    wide = True


def lens_of(shot: Any) -> str:
    """Its camera, and the focal length or scale of that."""
    camera = shot.camera or shot.id_data.camera
    if camera is None or camera.type != "CAMERA":
        return iface_("No camera")
    lens = camera.data
    return f"{camera.name}, {lens.ortho_scale:g}" if lens.type == "ORTHO" else f"{camera.name}, {lens.lens:g} mm"


def take_words(shot: Any, take: Any) -> str:
    """Which take the edit shows, and of how many."""
    if take is None:
        words = iface_("1 take") if len(shot.takes) == 1 else iface_("{count} takes")
        return words.format(count=len(shot.takes)) if shot.takes else iface_("No take")
    return iface_("Take {number} of {count}").format(number=take.number, count=len(shot.takes))


def total(scene: bpy.types.Scene) -> str:
    """How many shots there are, and how long they are together; omitted ones do not count."""
    lengths = [shot.seconds for shot in scene.take_one.shots if shot.status != "OMITTED"]
    seconds = sum(lengths)
    minutes, rest = divmod(seconds, 60)
    text = iface_("{count} shots, {time}, {frames} frames")
    return text.format(
        count=len(lengths), time=f"{int(minutes)}:{rest:04.1f}", frames=round(seconds * float(take_rate(scene)))
    )


def draw_list(
    layout: bpy.types.UILayout, context: bpy.types.Context, rows: int = 8, kind: str = "TAKEONE_UL_shots"
) -> None:
    """The list with its buttons."""
    scene = shown.shot_scene(context)
    row = layout.row()
    manager = context.window_manager
    row.template_list(kind, "", scene.take_one, "shots", manager, "take_one_shot", rows=rows)
    column = row.column(align=True)
    column.operator("takeone.shot_add", text="", icon="ADD")
    column.operator("takeone.shot_remove", text="", icon="REMOVE")
    column.separator()
    column.operator("takeone.shot_move", text="", icon="TRIA_UP").by = -1
    column.operator("takeone.shot_move", text="", icon="TRIA_DOWN").by = 1
    column.separator()
    column.menu("TAKEONE_MT_shot_list", text="", icon="DOWNARROW_HLT")
    layout.label(text=total(scene), translate=False)


def draw_ripple(layout: bpy.types.UILayout, edit: bpy.types.Scene | None) -> None:
    """What moves with what."""
    if edit is None:
        return
    row = layout.row(align=True)
    row.prop(edit.take_one, "ripple", toggle=True, icon="CENTER_ONLY")
    sub = row.row(align=True)
    sub.active = edit.take_one.ripple
    sub.prop(edit.take_one, "ripple_others", toggle=True)
    sub.prop(edit.take_one, "ripple_markers", toggle=True)


def draw_shot(layout: bpy.types.UILayout, context: bpy.types.Context, edit: bpy.types.Scene | None) -> None:
    """What there is to say of the shown shot, and of its place in the edit."""
    shot = shown.shot_of(context)
    if not shot.uid:
        return
    column = layout.column(align=True)
    row = column.row(align=True)
    row.prop(shot, "status", text="")
    row.prop(shot, "rating", slider=True)
    row.operator("takeone.show_edit", text="", icon="ZOOM_SELECTED")
    column.prop(shot, "note", text="", icon="GREASEPENCIL", placeholder="Note")
    movie = fit.movie_of_shot(edit, shot.uid) if edit is not None else None
    row = layout.row(align=True)
    for kind, text in (("DISSOLVE", "Dissolve"), ("DIP", "Dip"), ("FADE_IN", "Fade In"), ("FADE_OUT", "Fade Out")):
        row.operator("takeone.transition", text=text).kind = kind
    row.operator("takeone.transition_remove", text="", icon="X")
    row = layout.row(align=True)
    row.operator("takeone.length_from_strip")
    row.operator("takeone.length_from_take")
    over = fit.held(movie) if movie else 0
    shown_for = strips.length(movie) - marks.count(movie, OVERLAP_KEY) if movie else shot.frames
    if shown_for != shot.frames:
        text = iface_("{count} frames long in the edit")
        layout.label(text=text.format(count=shown_for), icon="INFO", translate=False)
    if over:
        text = iface_("The strip holds its last frame for {count} frames") if over > 0 else iface_("{count} frames cut")
        layout.label(text=text.format(count=abs(over)), icon="INFO", translate=False)
    if movie and edit is not None and fit.hears_others(edit, shot.uid):
        layout.label(text="Its sound runs into another shot's", icon="INFO")


class TAKEONE_PT_shots(bpy.types.Panel):
    """All shots of the scene."""

    bl_label = "Shots"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Shots"

    def draw(self, context: bpy.types.Context) -> None:
        refresh.note_shown()
        layout = self.layout
        scene = shown.shot_scene(context)
        edit = find_edit_scene(context, scene)
        if not scene.take_one.shots:
            draw_begin(layout)
            return
        draw_list(layout, context)
        drawn = drawing.progress()
        if drawn is not None:
            text = iface_("Board {done} of {count}").format(done=drawn[0], count=drawn[1])
            layout.progress(factor=drawn[0] / max(1, drawn[1]), text=text)
        draw_ripple(layout, edit)
        draw_shot(layout, context, edit)


class TAKEONE_PT_burn_in(bpy.types.Panel):
    """Text over the film."""

    bl_label = "Burn-Ins"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Shots"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return find_edit_scene(context, shown.shot_scene(context)) is not None

    def draw_header(self, context: bpy.types.Context) -> None:
        edit = find_edit_scene(context, shown.shot_scene(context))
        if edit is not None:
            self.layout.prop(edit.take_one.burn_in, "shown", text="")

    def draw(self, context: bpy.types.Context) -> None:
        edit = find_edit_scene(context, shown.shot_scene(context))
        if edit is None:
            return
        column = self.layout.column(align=True)
        column.active = edit.take_one.burn_in.shown
        for place in burn_in.PLACES:
            column.prop(edit.take_one.burn_in, place)


class TAKEONE_PT_bed(bpy.types.Panel):
    """One sound through all shots of a scene."""

    bl_label = "Ambience Bed"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Shots"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return find_edit_scene(context, shown.shot_scene(context)) is not None

    def draw(self, context: bpy.types.Context) -> None:
        layout, scene = self.layout, shown.shot_scene(context)
        edit = find_edit_scene(context, scene)
        if edit is None:
            return
        layout.prop(scene.take_one, "ambience", text="", icon="SPEAKER", placeholder="By the shots' sound")
        row = layout.row(align=True)
        row.prop(edit.take_one, "bed_takes", expand=True)
        state = beds.making().exporter.state
        if state.state == "busy":
            layout.progress(factor=state.fraction, text=state.stage)
        row = layout.row(align=True)
        row.operator("takeone.bed", text="Lay Bed", icon="SPEAKER")
        row.operator("takeone.bed_remove", text="", icon="X")
        if bed.is_stale(edit):
            layout.label(text="The edit has changed: lay it again", icon="INFO")


def draw_begin(layout: bpy.types.UILayout) -> None:
    """The ways to shots in one press."""
    column = layout.column(align=True)
    column.operator("takeone.shots_from_markers", icon="MARKER_HLT")
    column.operator("takeone.shots_from_cameras", icon="OUTLINER_OB_CAMERA")
    column.operator("takeone.shots_from_strips", icon="SEQUENCE")


class TAKEONE_MT_shot_list(bpy.types.Menu):
    """More to do with shots"""

    bl_label = "Shots"

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("takeone.shot_list", icon="WINDOW")
        layout.separator()
        for verb in ("shot_duplicate", "shot_split", "shots_rename", "shots_by_edit"):
            layout.operator(f"takeone.{verb}")
        layout.separator()
        draw_begin(layout)
        layout.operator("takeone.board", icon="FILE_REFRESH")
        layout.separator()
        layout.operator("takeone.animate_together", icon="SEQ_STRIP_DUPLICATE")


class TAKEONE_OT_shot_list(bpy.types.Operator):
    """Show the list of shots in a window of its own, with all that is known of each"""

    bl_idname = "takeone.shot_list"
    bl_label = "Shot List"
    bl_options = {"REGISTER"}

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_popup(self, width=POPUP)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return {"FINISHED"}

    def draw(self, context: bpy.types.Context) -> None:
        draw_list(self.layout, context, rows=16, kind="TAKEONE_UL_shots_wide")


def _get_shot(_self: bpy.types.WindowManager) -> int:
    context = bpy.context
    shown_uid = shown.shot_of(context).uid
    shots = shown.shot_scene(context).take_one.shots
    return next((index for index, shot in enumerate(shots) if shot.uid == shown_uid), 0)


def _set_shot(_self: bpy.types.WindowManager, index: int) -> None:
    shots = shown.shot_scene(bpy.context).take_one.shots
    if 0 <= index < len(shots):
        shown.show(bpy.context, shots[index])


def register() -> None:
    """Add the list's index: the shot that the panels show."""
    bpy.types.WindowManager.take_one_shot = IntProperty(
        name="Shot", description="The shot that the panels show", get=_get_shot, set=_set_shot, options={"SKIP_SAVE"}
    )


def unregister() -> None:
    """Remove it."""
    del bpy.types.WindowManager.take_one_shot


CLASSES = (
    TAKEONE_OT_shot_list,
    TAKEONE_MT_shot_list,
    TAKEONE_UL_shots,
    TAKEONE_UL_shots_wide,
    TAKEONE_PT_shots,
    TAKEONE_PT_bed,
    TAKEONE_PT_burn_in,
)
