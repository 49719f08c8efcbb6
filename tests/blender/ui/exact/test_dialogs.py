"""What verbs can be given, when they can be pressed and what they say if not, what their dialogs ask and draw."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from hall import hall
from lines import Blender, Lines, asking, check
from paper import refused
from rooms import a_take, camera
from take_one import operators
from take_one.client.protocol import Choice, EngineInfo, JobState, Option
from take_one.operators.edit import bed as bed_verbs
from take_one.operators.edit import board, moving, preview_still, shot_row, shots, takes
from take_one.operators.making import animate, continuity, presets, prompt, queue, references, refine, together, walk
from take_one.operators.out import bring_in, export
from take_one.operators.setting_up import accounts, models, setup, trouble
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import UNCERTAIN, WAITING_FILE, Install, Job
from take_one.scene.edit import board as boards
from take_one.scene.edit import compare, current, edit_scene
from take_one.scene.edit import moving as moves
from take_one.scene.edit.cut import bed, effects
from take_one.scene.model.shots import shot_list
from take_one.scene.session.out import beds, exports
from take_one.scene.session.press import quotes
from take_one.scene.session.server import preferences
from verb import arguments, verb

QUALITY = Option("quality", "enum", "fast", "Quality", choices=(Choice("fast", "Fast", "Few steps"), Choice("best")))
MAKER = EngineInfo("maker", "Maker", max_seconds=8, shots=3, shot_requests=True, options=(QUALITY,))
EVENT = object()


@pytest.fixture
def shot():
    return hall(MAKER, engine="maker")


def pressed(operator, monkeypatch, **context):
    """What a press opens: the call, less the operator and event, which have to be the press's own."""
    for module in {one.__module__ for one in operator.made_of.__mro__ if one.__module__.startswith("take_one")}:
        monkeypatch.setattr(sys.modules[module], "bpy", Blender(background=False), raising=False)
    asked = asking(**context)
    assert operator.invoke(asked, EVENT) == {"RUNNING_MODAL"}
    ((call, (who, *events), words),) = asked.window_manager.calls
    assert who is operator and events in ([], [EVENT])
    return call, words


def drawn(chapter, operator):
    operator.layout = Lines()
    operator.draw(bpy.context)
    check("dialogs", chapter, operator.layout.written)


def test_what_verbs_can_be_given():
    kinds = [kind for kind in operators.CLASSES if kind is not presets.TAKEONE_OT_preset_add]
    check("dialogs", "arguments", [arguments(kind) for kind in kinds if kind is not trouble.TAKEONE_OT_fix])
    known = bpy.ops.takeone.fix.get_rna_type().properties["fix"].enum_items
    assert [(one.identifier, one.value) for one in known] == [(word, n) for n, word in enumerate(trouble.HELP)]


def test_what_verbs_of_shots_need(shot, monkeypatch):
    scene = shot.id_data

    def said(kind):
        return refused(kind.poll.__func__)

    assert said(takes.TAKEONE_OT_show_edit) == "There is no edit yet: animate a frame first"
    assert said(bed_verbs.TAKEONE_OT_bed) == "There is no edit yet: animate a frame first"
    assert said(bed_verbs.TAKEONE_OT_bed_remove) == "The edit has no ambience bed"
    assert said(board.TAKEONE_OT_shots_from_strips) == "The edit has no scene strip"
    assert said(shot_row.TAKEONE_OT_shots_by_edit) == "The edit shows no shot"
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    assert said(bed_verbs.TAKEONE_OT_bed_remove) == "The edit has no ambience bed"
    assert said(board.TAKEONE_OT_shots_from_strips) == "The edit has no scene strip"
    assert said(shot_row.TAKEONE_OT_shots_by_edit) == "The edit shows no shot"
    exporter = SimpleNamespace(busy=True)
    monkeypatch.setattr(beds, "making", lambda: SimpleNamespace(exporter=exporter))
    assert said(bed_verbs.TAKEONE_OT_bed) == "An ambience bed is being made"
    assert said(bed_verbs.TAKEONE_OT_bed_remove) is None
    exporter.busy = False
    assert said(bed_verbs.TAKEONE_OT_bed) is None
    monkeypatch.setattr(bed, "beds", lambda scene: [1] if scene == edit else [])
    assert said(bed_verbs.TAKEONE_OT_bed_remove) is None
    boards.lay(edit, shot, 11, (64, 36), 20)
    effects.new_effect(edit, "a", "COLOR", 1, 11, 30)
    assert said(shot_row.TAKEONE_OT_shots_by_edit) is None
    edit.sequence_editor.strips.new_scene("s", scene, 9, 11)
    assert said(board.TAKEONE_OT_shots_from_strips) is None
    assert said(board.TAKEONE_OT_shots_from_markers) == (
        "No marker is bound to a camera: use Marker > Bind Camera to Markers"
    )
    scene.timeline_markers.new("A", frame=1)
    scene.timeline_markers.new("B", frame=2).camera = scene.camera
    for kind in (board.TAKEONE_OT_shots_from_markers, board.TAKEONE_OT_shots_from_cameras, board.TAKEONE_OT_board):
        assert said(kind) is None
    assert said(walk.TAKEONE_OT_walkthrough) == "A walk needs two cameras at least"
    camera(scene, "Close")
    assert said(walk.TAKEONE_OT_walkthrough) is None
    for _ in range(2):
        assert said(walk.TAKEONE_OT_walkthrough_again) == "The shot is no walkthrough"
        shot.walk_cameras.add()
    assert said(walk.TAKEONE_OT_walkthrough_again) is None
    assert said(continuity.TAKEONE_OT_continue_shot) == "There is no shot before this one"
    shot_list.add_shot(scene, scene.camera)
    scene.take_one.active_shot = 1
    assert said(continuity.TAKEONE_OT_continue_shot) is None
    scene.take_one.shots.clear()
    nothing = "There is no shot yet: animate a frame, or add a shot"
    kinds = (board.TAKEONE_OT_board, shot_row.TAKEONE_OT_shots_rename, continuity.TAKEONE_OT_continue_shot,
                 shots.TAKEONE_OT_shot_use_frame, shot_row.TAKEONE_OT_shot_move,
             together.TAKEONE_OT_animate_together)  # fmt: skip
    assert [said(kind) for kind in kinds] == [nothing] * len(kinds)
    for one in list(scene.objects):
        bpy.data.objects.remove(one)
    assert said(board.TAKEONE_OT_shots_from_cameras) == "The scene has no camera"
    assert said(animate.TAKEONE_OT_animate_cameras) == "Select the cameras to animate"
    camera(scene, "Other").select_set(True)
    assert said(animate.TAKEONE_OT_animate_cameras) is None


def test_what_other_verbs_need(shot, monkeypatch):
    def said(kind):
        return refused(kind.poll.__func__)

    assert said(preview_still.TAKEONE_OT_preview_still) is None
    shot.still_source = "IMAGE"
    assert said(preview_still.TAKEONE_OT_preview_still) == "The image file is sent as it is"
    assert said(shots.TAKEONE_OT_line_remove) == "The shot has no dialogue"
    shot.lines.add()
    assert said(shots.TAKEONE_OT_line_remove) is None
    assert said(shots.TAKEONE_OT_line_move) == "The shot has fewer than two lines of dialogue"
    shot.lines.add()
    assert said(shots.TAKEONE_OT_line_move) is None
    assert said(prompt.TAKEONE_OT_show_prompt) == "This engine uses the direction as it is"
    assert said(prompt.TAKEONE_OT_edit_prompt) == "Show the final prompt first"
    assert said(prompt.TAKEONE_OT_clear_prompt) == "The prompt is automatic already"
    shot.final_prompt = bpy.data.texts.new("p")
    app().state.engines = (replace(MAKER, prompt_form=True),)
    for kind in (prompt.TAKEONE_OT_show_prompt, prompt.TAKEONE_OT_edit_prompt, prompt.TAKEONE_OT_clear_prompt):
        assert said(kind) is None
    assert said(moving.TAKEONE_OT_bring_takes) == "The file is not saved yet"
    monkeypatch.setattr(moving, "bpy", SimpleNamespace(data=SimpleNamespace(filepath="/a.blend")))
    assert said(moving.TAKEONE_OT_bring_takes) == "All takes lie beside the file"
    monkeypatch.setattr(moves, "any_elsewhere", lambda: True)
    assert said(moving.TAKEONE_OT_bring_takes) is None
    take = a_take(shot, "t", 1)
    for missing, words in (
        (True, "The take's file is gone: make it again"),
        (False, "There is no second take to compare with"),
    ):
        monkeypatch.setattr("take_one.scene.model.shots.takes.clip_missing", lambda _, missing=missing: missing)
        assert said(takes.TAKEONE_OT_take_compare) == words
    monkeypatch.setattr(compare, "other_take", lambda *both: 1 if both == (shot, take) else None)
    assert said(takes.TAKEONE_OT_take_compare) is None
    monkeypatch.setattr(compare, "showing", lambda: True)
    take.status = "FAILED"
    assert said(takes.TAKEONE_OT_take_compare) is None
    assert said(takes.TAKEONE_OT_take_play) == said(shot_row.TAKEONE_OT_length_from_take) == "This take has no clip"


def test_what_verbs_of_the_backend_need(shot, monkeypatch):
    def said(kind):
        return refused(kind.poll.__func__)

    state, busy = app().state, [False]
    monkeypatch.setattr(models, "models", lambda: SimpleNamespace(busy=busy[0]))
    monkeypatch.setattr(accounts, "accounts", lambda: SimpleNamespace(busy=busy[0]))
    free = (models.TAKEONE_OT_models_download, accounts.TAKEONE_OT_account_test, setup.TAKEONE_OT_install)
    running = (models.TAKEONE_OT_models_cancel, setup.TAKEONE_OT_install_cancel, setup.TAKEONE_OT_backend_stop)
    state.backend.state = "off"
    assert [said(kind) for kind in free] == [None] * 3
    assert [said(kind) for kind in running] == [
        "Nothing is being downloaded", "Nothing is being installed", "The backend is not running",
    ]  # fmt: skip
    busy[0], state.install, state.backend.state = True, Install("running"), "ready"
    assert [said(kind) for kind in free] == [
        "A download is running", "An account or a workflow is being worked on", "The installation is running",
    ]  # fmt: skip
    assert [said(kind) for kind in running] == [None] * 3
    state.install = Install()
    assert said(trouble.TAKEONE_OT_dismiss_error) == "There is no error to put away"
    state.install = Install("failed")
    assert said(trouble.TAKEONE_OT_dismiss_error) is None
    monkeypatch.setattr(preferences, "preferences", lambda: chosen)
    chosen = None
    assert said(setup.TAKEONE_OT_connect_server) == "Enable the extension in the preferences first"
    assert said(setup.TAKEONE_OT_use_local) == "Takes are made on this computer already"
    chosen = SimpleNamespace(backend="SERVER", server_url="http://a")
    assert said(setup.TAKEONE_OT_connect_server) is said(setup.TAKEONE_OT_use_local) is None
    for override, words in ((True, "Blender was started offline: start it without --offline-mode"), (False, None)):
        monkeypatch.setattr(setup, "bpy", Blender(online_access_override=override))
        assert said(setup.TAKEONE_OT_allow_online) == words
    assert said(accounts.TAKEONE_OT_look_again) == "No order is uncertain"
    assert said(queue.TAKEONE_OT_forget_waiting) == "No take waits for another file"
    assert said(queue.TAKEONE_OT_queue_move) == "Fewer than two takes wait in the queue"
    assert said(queue.TAKEONE_OT_cancel) == said(queue.TAKEONE_OT_cancel_all) == "No take is being made"
    for key, status in (("a", JobState.QUEUED), ("b", UNCERTAIN), ("c", WAITING_FILE)):
        state.jobs[key] = Job(key, stand_in.binding_of(shot, key), status, queue_position=1)
    assert said(queue.TAKEONE_OT_queue_move) == "Fewer than two takes wait in the queue"
    state.jobs["d"] = Job("d", stand_in.binding_of(shot, "d"), JobState.QUEUED, queue_position=2)
    for kind in (queue.TAKEONE_OT_queue_move, queue.TAKEONE_OT_forget_waiting, accounts.TAKEONE_OT_look_again,
                 queue.TAKEONE_OT_cancel, queue.TAKEONE_OT_cancel_all):  # fmt: skip
        assert said(kind) is None
    part = SimpleNamespace(busy=False, written=(), changes=None)
    monkeypatch.setattr(exports, "exports", lambda: part)
    kinds = (bring_in.TAKEONE_OT_import_edit, export.TAKEONE_OT_export_cancel, export.TAKEONE_OT_export_open,
             bring_in.TAKEONE_OT_import_apply)  # fmt: skip
    assert [said(kind) for kind in kinds] == [
        None, "No export is running", "Nothing has been exported yet", "Read a timeline first",
    ]  # fmt: skip
    part.busy, part.written, part.changes = True, ("/a",), ()
    assert [said(kind) for kind in kinds] == ["An export is running", None, None, None]


def test_one_shot_at_a_time(shot, monkeypatch):
    def said():
        return refused(together.TAKEONE_OT_animate_together.poll.__func__)

    assert said() is None
    app().state.engines = (replace(MAKER, shots=1),)
    assert said() == "Maker makes one shot at a time"
    app().state.engines = (replace(MAKER, shots=2, shot_requests=False),)
    assert said() == together.together.older(app().state.engines[0])
    app().state.engines = ()
    assert said() is None
    app().state.engines = (replace(MAKER, shots=1), replace(MAKER, id="other"))
    monkeypatch.setattr(together, "first_selected", lambda _: SimpleNamespace(engine="other"))
    assert said() is None


def test_what_dialogs_ask(shot, monkeypatch, tmp_path):
    def asks(operator, **context):
        return pressed(operator, monkeypatch, **context)

    assert asks(verb(accounts.TAKEONE_OT_account_add)) == (
        "invoke_props_dialog", {"width": 460, "confirm_text": "Test and Add"},
    )  # fmt: skip
    monkeypatch.setattr(
        preferences, "preferences", lambda: SimpleNamespace(server_url="http://a", budget_day=0, budget_film=0)
    )
    server = verb(setup.TAKEONE_OT_connect_server)
    assert asks(server) == ("invoke_props_dialog", {"width": 420, "confirm_text": "Connect"})
    assert server.url == "http://a"
    assert asks(verb(shot_row.TAKEONE_OT_shots_rename)) == (
        "invoke_props_dialog", {"width": 320, "confirm_text": "Rename"},
    )  # fmt: skip
    for kind, width, word in (
        (animate.TAKEONE_OT_variations, 240, "Animate"),
        (refine.TAKEONE_OT_refine, 320, "Refine"),
    ):
        operator = verb(kind)
        assert (
            asks(operator) == ("invoke_props_dialog", {"width": width, "confirm_text": word}) and operator.pay is True
        )
    for kind in (accounts.TAKEONE_OT_workflow_add, models.TAKEONE_OT_models_link, bring_in.TAKEONE_OT_import_edit,
                 bring_in.TAKEONE_OT_read_notes, references.TAKEONE_OT_reference_add):  # fmt: skip
        assert asks(verb(kind)) == ("fileselect_add", {})
    assert asks(verb(accounts.TAKEONE_OT_send_again)) == ("invoke_confirm", {
        "title": "Send it again?", "message": "If the provider has the first one after all, both are paid.",
        "confirm_text": "Send Again",
    })  # fmt: skip
    assert asks(verb(queue.TAKEONE_OT_forget_waiting)) == ("invoke_confirm", {
        "title": "Forget the takes of other files?",
        "message": "They no longer land by themselves when their file is opened.", "confirm_text": "Forget",
    })  # fmt: skip
    monkeypatch.setattr(moves, "elsewhere", lambda: [Path("/old/takes/Hall"), Path("/other/takes/Sky")])
    assert asks(verb(moving.TAKEONE_OT_bring_takes)) == ("invoke_confirm", {
        "title": "Copy the takes beside this file?", "message": "They are in /old/takes, and can stay there.",
        "confirm_text": "Copy",
    })  # fmt: skip
    a_take(shot, "t", 3)
    remove = verb(shot_row.TAKEONE_OT_shot_remove)
    assert asks(remove) == ("invoke_props_dialog", {"width": 320, "confirm_text": "Remove"})
    assert (remove.shot, remove.with_strips) == ("hall", True)
    delete = verb(takes.TAKEONE_OT_take_delete)
    words = {"title": "Delete take 3?", "message": "Its strips leave the edit.", "confirm_text": "Delete"}
    assert asks(delete) == ("invoke_confirm", words) and (delete.take, delete.with_files) == ("t", True)
    monkeypatch.setattr(current, "files_of", lambda _: [Path("/a/b.mp4"), Path("/a/b.json")])
    words["message"] = "b.mp4, b.json in /a go to the trash, its strips leave the edit."
    assert asks(verb(takes.TAKEONE_OT_take_delete)) == ("invoke_confirm", words)
    shot.takes[0].status = "FAILED"
    assert asks(verb(takes.TAKEONE_OT_take_delete)) == ("invoke_confirm", words)


def test_what_dialogs_draw(shot, monkeypatch):
    scene = shot.id_data
    monkeypatch.setattr(quotes, "question", lambda wishes: f"Too much for {len(wishes)}.")
    monkeypatch.setattr(quotes, "words", lambda wish: f"About {wish.seconds:g}")
    wanted = []
    monkeypatch.setattr(quotes, "wanted", wanted.append)
    drawn("an account", verb(accounts.TAKEONE_OT_account_add))
    drawn("a server", verb(setup.TAKEONE_OT_connect_server, url=" http://203.0.113.9:8000 "))
    drawn("a server at home", verb(setup.TAKEONE_OT_connect_server, url="http://127.0.0.1:8000"))
    rename = verb(shot_row.TAKEONE_OT_shots_rename, pattern="S#", first=3, step=2)
    drawn("names of one shot", rename)
    for name in ("Stairs", "Roof", "Sky"):
        shot_list.add_shot(scene, scene.camera).name = name
        drawn(f"names, with {name}", rename)
    scene.take_one.active_shot = 0
    shot = scene.take_one.shots[0]
    export_edit = verb(export.TAKEONE_OT_export_edit)
    for kind in ("OTIO", "PDF", "CSV"):
        export_edit.kind = kind
        drawn(f"an export of {kind}", export_edit)
    remove = verb(shot_row.TAKEONE_OT_shot_remove, shot=shot.uid)
    take = a_take(shot, "t", 1)
    drawn("a shot with a take", remove)
    a_take(shot, "u", 2).note = "dark"
    drawn("a shot with two takes", remove)
    remove.shot = "gone"
    drawn("a shot that is gone", remove)
    app().state.engines = (
        replace(MAKER, sends_to="Somebody"),
        EngineInfo("off", "Off", available=False, reason="No card. Get one.", fix="models"),
    )
    variations = verb(animate.TAKEONE_OT_variations)
    drawn("variations", variations)
    shot.still_source, shot.image_path = "IMAGE", "/strange.png"
    monkeypatch.setattr("take_one.scene.model.shots.trust.is_unseen", lambda _: True)
    drawn("variations of a picture that nobody has seen", variations)
    drawn("refining with a choice of quality", verb(refine.TAKEONE_OT_refine, choice="maker"))
    take.engine = "off"
    shot.active_take = 9
    drawn("refining without a take", verb(refine.TAKEONE_OT_refine, choice="off"))
    assert [wish.count for wish in wanted] == [3, 3, 1]


def test_what_is_drawn_of_shots_together(shot, monkeypatch):
    shot_list.add_shot(shot.id_data).name = "Roof"
    shot.id_data.take_one.active_shot = 0
    for one, seconds in zip(shot.id_data.take_one.shots, (2.004, 3.5), strict=True):
        one.seconds, one.engine = seconds, "maker"
    monkeypatch.setattr(quotes, "question", lambda wishes: f"Too much for {wishes[0].seconds:g} s.")
    operator = verb(together.TAKEONE_OT_animate_together, count=2)
    drawn("shots together", operator)
    app().state.engines = (replace(MAKER, shot_stills=True),)
    operator.count = 0
    drawn("shots together, each with a still", operator)
    app().state.engines = ()
    monkeypatch.setattr(together.together, "fitting", lambda _, shot: [shot])
    drawn("a shot of an engine that is not there", operator)

    def broken(*_):
        raise SceneError("x", "Not these.")

    monkeypatch.setattr(together, "selected", broken)
    drawn("shots that can't be made together", operator)
    assert pressed(operator, monkeypatch) == ("invoke_props_dialog", {"width": 320, "confirm_text": "Animate"})
    assert (operator.count, operator.pay) == (2, True)
    for chosen, wanted in (([1, 2, 3], 0), ([1], 3), ([], 3)):
        monkeypatch.setattr(together, "selected", lambda _, chosen=chosen: chosen)
        operator = verb(together.TAKEONE_OT_animate_together, shots=lambda _: [1, 2, 3])
        pressed(operator, monkeypatch)
        assert operator.count == wanted
    operator = verb(together.TAKEONE_OT_animate_together, shots=lambda _: [1])
    pressed(operator, monkeypatch)
    assert operator.count == 2
