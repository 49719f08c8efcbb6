# mypy: disable-error-code="valid-type"
"""Shots in one press, from what a scene or an edit has already, and their board."""

from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import BoolProperty

from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.edit.edit_scene import find_edit_scene
from ...scene.model.shots import shot_list, shown
from ...scene.model.shots.shown import selected_cameras, shot_of, shot_scene
from ...scene.session import jobs
from ...scene.session.board import drawing, wanted
from ...scene.session.board.wanted import Wanted
from ...scene.session.press import quotes
from ...scene.session.press.press import Call, make_order
from ...scene.session.server import connection
from ..pay import Paying
from ..report import attempt, waits


class FromScene(Paying):
    """An operator that makes shots, lays their board and has their takes made. It waits in scripts."""

    bl_options = {"UNDO"}

    animate: BoolProperty(
        name="Make Takes", description="Make a take of each shot after the board is drawn", default=True
    )

    def wanted(self, context: bpy.types.Context) -> list[Wanted]:
        """The shots to be. Raises SceneError."""
        raise NotImplementedError

    def wishes(self, context: bpy.types.Context) -> list[quotes.Wish]:
        cards = wanted.cards(self.wanted(context), shot_of(context)) if self.animate else []
        return [quotes.of_card(shot, seconds) for shot, seconds, new in cards if new or drawing.queue([shot])]

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.make(context, waits(self)))

    def make(self, context: bpy.types.Context, wait: bool) -> None:
        """Make the shots and lay the board; draw it now or from the timer. Raises SceneError."""
        found = self.wanted(context)
        if self.animate:
            connection.ensure()
            self.check_budget(context, waits=wait)
        before = {shot.uid for shot in shot_list.all_shots()}
        uids = wanted.ensure(found, shot_of(context))
        shown.show_first(uids)
        laid = drawing.lay(context, uids, [(one.at, one.frames) for one in found])
        new = sum(uid not in before for uid, _ in uids)
        takes = drawing.queue([shot_list.find_shot(*one) for one in uids]) if self.animate else []
        self.report({"INFO"}, wanted.report(len(uids), new))
        if not wait:
            drawing.begin(uids, takes)
            return
        try:
            drawing.now(context, uids)
        except SceneError as error:  # of one picture: the shots are there, and so are their takes
            app().state.fail(error)
            self.report({"WARNING"}, rpt_(error.message))
        for one in takes:
            jobs.run_blocking(make_order(context, shot_list.find_shot(*one), Call(placement="REPLACE")))
        self.report(
            {"INFO"}, rpt_("The board of {count} shots is in '{edit}'").format(count=len(uids), edit=laid.edit.name)
        )


class TAKEONE_OT_shots_from_markers(FromScene, bpy.types.Operator):
    """Make a shot of each marker with a camera, up to the next one, with a board in the edit and a take of each"""

    bl_idname = "takeone.shots_from_markers"
    bl_label = "Shots from Markers"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if any(marker.camera for marker in shot_scene(context).timeline_markers):
            return True
        cls.poll_message_set("No marker is bound to a camera: use Marker > Bind Camera to Markers")
        return False

    def wanted(self, context: bpy.types.Context) -> list[Wanted]:
        return wanted.from_markers(shot_scene(context))


class TAKEONE_OT_shots_from_cameras(FromScene, bpy.types.Operator):
    """Make a shot of each selected camera, or of all, by name, with a board in the edit and a take of each"""

    bl_idname = "takeone.shots_from_cameras"
    bl_label = "Shots from Cameras"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if any(one.type == "CAMERA" for one in shot_scene(context).objects):
            return True
        cls.poll_message_set("The scene has no camera")
        return False

    def wanted(self, context: bpy.types.Context) -> list[Wanted]:
        scene = shot_scene(context)
        cameras = [one for one in scene.objects if one.type == "CAMERA"]
        chosen = [one for one in selected_cameras(context) if one in cameras]
        return wanted.from_cameras(scene, chosen or cameras)


class TAKEONE_OT_shots_from_strips(FromScene, bpy.types.Operator):
    """Make a shot of each selected scene strip, or of all, with a board over it and a take of each"""

    bl_idname = "takeone.shots_from_strips"
    bl_label = "Shots from Strips"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        edit = find_edit_scene(context, shot_scene(context))
        if edit is not None and any(strip.type == "SCENE" for strip in edit.sequence_editor.strips):
            return True
        cls.poll_message_set("The edit has no scene strip")
        return False

    def wanted(self, context: bpy.types.Context) -> list[Wanted]:
        edit = find_edit_scene(context, shot_scene(context))
        found: list[Any] = list(edit.sequence_editor.strips) if edit else []
        chosen = [strip for strip in found if strip.select and strip.type == "SCENE"]
        assert edit is not None
        return wanted.from_strips(edit, chosen or found)


class TAKEONE_OT_board(bpy.types.Operator):
    """Lay a board for each shot that the edit does not show, and draw the pictures of all boards anew"""

    bl_idname = "takeone.board"
    bl_label = "Draw Board"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if shot_scene(context).take_one.shots:
            return True
        cls.poll_message_set("There is no shot yet: animate a frame, or add a shot")
        return False

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return attempt(self, lambda: self.draw_all(context, wait=bpy.app.background))

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.draw_all(context, wait=True))

    def draw_all(self, context: bpy.types.Context, wait: bool) -> None:
        """Lay and draw, now or from the timer. Raises SceneError."""
        shots = [shot for shot in shot_scene(context).take_one.shots if not shot.current_take]
        if not shots:
            raise SceneError("no_shots", "Every shot has a take in the edit already")
        uids = [(shot.uid, shot.id_data.take_one.uid) for shot in shots]
        drawing.lay(context, uids, [(None, None)] * len(uids))
        if wait:
            drawing.now(context, uids)
        else:
            drawing.begin(uids, [])


CLASSES = (
    TAKEONE_OT_shots_from_markers,
    TAKEONE_OT_shots_from_cameras,
    TAKEONE_OT_shots_from_strips,
    TAKEONE_OT_board,
)
