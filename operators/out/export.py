# mypy: disable-error-code="valid-type"
"""Export the cut, timelines, boards, lists and the client page; stop it; open what was written."""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ...scene.app.errors import SceneError
from ...scene.model.shots.paths import absolute, open_outside
from ...scene.session.out import exports
from ..report import attempt

KINDS = (
    ("OTIO", "Timeline (.otio)", "For DaVinci Resolve and others: clips, sound, markers, notes, all takes", "NLA", 0),
    ("EDL", "Edit List (.edl)", "CMX 3600: pictures and dissolves", "TEXT", 1),
    ("PDF", "Board (.pdf)", "A picture for each shot, with lengths, dialogue and notes", "FILE_IMAGE", 2),
    ("PNG", "Contact Sheet (.png)", "All shots as one picture", "IMGDISPLAY", 3),
    ("CSV", "Shot List (.csv)", "A row for each shot, for spreadsheets", "SPREADSHEET", 4),
)


class ExportOperator:
    """What all of these need: an edit, and no other export."""

    suffix = ""
    ending = ""

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if not exports.exports().busy:
            return True
        cls.poll_message_set("An export is running")  # type: ignore[attr-defined]
        return False

    def ask(self, context: bpy.types.Context) -> set[str]:
        """Open the file browser, with a name beside the file."""
        stem = Path(bpy.data.filepath).stem if bpy.data.filepath else "film"
        folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path.home()
        self.filepath = str(folder / f"{stem}{self.ending}{self.suffix}")
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def out(self) -> Path:
        """Where it goes, with the right suffix. Raises SceneError."""
        if not self.filepath:
            raise SceneError("no_file", "Choose where the file goes.")
        path = absolute(self.filepath)
        path = path if path.suffix.lower() == self.suffix else path.with_name(path.name + self.suffix)
        if not path.parent.is_dir():
            raise SceneError("no_folder", rpt_("There is no folder '{folder}'.").format(folder=path.parent))
        return path


class TAKEONE_OT_export_cut(ExportOperator, bpy.types.Operator):
    """Render the cut as a movie with sound (H.264 and AAC), in a Blender of its own: this one stays free"""

    bl_idname = "takeone.export_cut"
    bl_label = "Export Cut"
    bl_options = {"REGISTER"}
    suffix, ending = ".mp4", "_cut"

    filepath: StringProperty(name="File", description="Where the file goes", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default="*.mp4", options={"HIDDEN"}
    )
    burn_in: BoolProperty(
        name="Burn-Ins", description="Draw shot, take, timecode, frame, camera and lens into the picture"
    )
    check_existing: BoolProperty(
        name="Check Existing", description="Ask before a file is replaced", default=True, options={"HIDDEN"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return self.ask(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: exports.write_cut(context, self.out(), self.burn_in))


class TAKEONE_OT_export_page(ExportOperator, bpy.types.Operator):
    """Write one HTML file that plays in any browser: the cut, the shots with their takes, and notes to send back"""

    bl_idname = "takeone.export_page"
    bl_label = "Client Page"
    bl_options = {"REGISTER"}
    suffix, ending = ".html", "_client"

    filepath: StringProperty(name="File", description="Where the file goes", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default="*.html", options={"HIDDEN"}
    )
    burn_in: BoolProperty(
        name="Burn-Ins", description="Draw shot, take, timecode, frame, camera and lens into the picture", default=True
    )
    check_existing: BoolProperty(
        name="Check Existing", description="Ask before a file is replaced", default=True, options={"HIDDEN"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return self.ask(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        room = Path(bpy.app.tempdir) / "cut.mp4"
        return attempt(self, lambda: exports.write_cut(context, room, self.burn_in, self.out()))


class TAKEONE_OT_export_edit(ExportOperator, bpy.types.Operator):
    """Write the edit for other programs, for print or for a spreadsheet"""

    bl_idname = "takeone.export_edit"
    bl_label = "Export Edit"
    bl_options = {"REGISTER"}

    filepath: StringProperty(name="File", description="Where the file goes", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(
        name="Filter",
        description="Files that the browser shows",
        default="*.otio;*.edl;*.pdf;*.png;*.csv",
        options={"HIDDEN"},
    )
    kind: EnumProperty(name="Kind", description="What is written", items=KINDS)
    portrait: BoolProperty(name="Portrait", description="Upright pages, for a board")
    relative: BoolProperty(
        name="Relative Paths", description="Name the takes from the timeline's folder on, so that all can move together"
    )
    check_existing: BoolProperty(
        name="Check Existing", description="Ask before a file is replaced", default=True, options={"HIDDEN"}
    )

    @property
    def suffix(self) -> str:  # type: ignore[override]
        """Of the kind."""
        return "." + self.kind.lower()

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return self.ask(context)

    def draw(self, _context: bpy.types.Context) -> None:
        self.layout.prop(self, "kind")
        if self.kind == "PDF":
            self.layout.prop(self, "portrait")
        if self.kind == "OTIO":
            self.layout.prop(self, "relative")

    def execute(self, context: bpy.types.Context) -> set[str]:
        options = [word for word, wanted in (("--portrait", self.portrait), ("--relative", self.relative)) if wanted]
        return attempt(self, lambda: exports.write_files(context, self.out(), tuple(options)))


class TAKEONE_OT_export_cancel(bpy.types.Operator):
    """Stop the export. Nothing of it stays"""

    bl_idname = "takeone.export_cancel"
    bl_label = "Stop Export"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if exports.exports().busy:
            return True
        cls.poll_message_set("No export is running")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        exports.stop()
        return {"FINISHED"}


class TAKEONE_OT_export_open(bpy.types.Operator):
    """Open the folder of what was exported last"""

    bl_idname = "takeone.export_open"
    bl_label = "Show Exported File"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if exports.exports().written:
            return True
        cls.poll_message_set("Nothing has been exported yet")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: open_outside(Path(exports.exports().written[-1]).parent))


CLASSES = (
    TAKEONE_OT_export_cut,
    TAKEONE_OT_export_page,
    TAKEONE_OT_export_edit,
    TAKEONE_OT_export_cancel,
    TAKEONE_OT_export_open,
)
