"""What the other panels say and let be pressed: the queue, prices, the backend, accounts, models, exports, menus."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from paper import Ink, Window, ink
from rooms import camera
from stand_in import PLAIN, RICH
from take_one.client.commands.accounts import Account, AccountsState
from take_one.client.commands.export import ExportState
from take_one.client.commands.models import ModelsState
from take_one.client.protocol import JobState, Price, Problem, Tariff
from take_one.client.protocol.edit import Changes
from take_one.panels import export, menus, preferences, shots
from take_one.panels.parts import accounts, layout, refresh, setup, status
from take_one.panels.sidebar import queue
from take_one.scene.app.app import app
from take_one.scene.app.state import UNCERTAIN, WAITING_FILE, Backend, Install, Job
from take_one.scene.edit import edit_scene, strips
from take_one.scene.edit.cut import bed, effects
from take_one.scene.model.shots import shot_list
from take_one.scene.session.out.exports import exports
from take_one.scene.session.server import preferences as chosen
from take_one.scene.session.server.accounts import accounts as keys
from take_one.scene.session.server.models import models


@pytest.fixture
def shot():
    stand_in.attach()
    app().state.engines = (PLAIN, RICH)
    scene = bpy.context.scene
    scene.camera = camera(scene, "Wide")
    scene.frame_set(9)
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.engine = "Hall", "plain"
    return shot


def edit():
    return edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)


@pytest.mark.parametrize(
    ("backend", "install", "said"),
    [
        (Backend("ready"), Install(), []), (Backend("off", "x"), Install(), []),
        (Backend("starting", ""), Install(), ["Starting"]),
        (Backend("reconnecting", "Lost it.", "start"), Install(), ["Lost it.", "<fix> Start fix=start"]),
        (Backend("failed", "It fell.", "update"), Install(), ["It fell.", "<fix> Update fix=update", "<open_log> Log"]),
        (Backend("failed", "It fell.", "open_log"), Install(), ["It fell.", "<fix> Open Log fix=open_log"]),
        (Backend("outdated", "Old.", "update"), Install(), ["Old.", "<fix> Update fix=update"]),
        (Backend("outdated", "Old.", "install"), Install(), ["Old.", "<install> Update"]),
        (Backend("missing", "None.", "install"), Install(), ["None.", "<install> Install"]),
        (Backend("off"), Install("running", 0.256, "Fetching"),
         ["0.26 26%  Fetching", "<install_cancel>", "<open_log>"]),
        (Backend("off"), Install("failed", 0, "No disk.", "free_space"),
         ["!No disk.", "<dismiss_error> install=True", "<fix> Show Folder fix=free_space", "<install> Try Again",
          "<open_log>"]),
        (Backend("off"), Install("failed", 0, "No net.", "retry"),
         ["!No net.", "<dismiss_error> install=True", "<install> Try Again", "<open_log>"]),
    ],
)  # fmt: skip
def test_how_the_backend_is(backend, install, said):
    app().state.backend, app().state.install = backend, install
    found = ink(setup.draw_backend, context=Window())
    if not bpy.app.online_access and said and said[-1].startswith("<install>") and "Try" not in said[-1]:
        said = [said[0], "<allow_online>", f"#{said[1]}"]
    assert found == said


def test_shots_say_what_does_not_fit_in_the_edit(shot, monkeypatch):
    shot.frames = 30
    strip = effects.new_effect(edit(), "c", "COLOR", 1, 11, 30)
    common = ["[status]", "[rating]", "<show_edit>", "[note]"]
    verbs = [
        f"<transition> {text} kind={text.upper().replace(' ', '_')}"
        for text in ("Dissolve", "Dip", "Fade In", "Fade Out")
    ]
    rest = [*common, *verbs, "<transition_remove>", "<length_from_strip>", "<length_from_take>"]
    assert ink(shots.draw_shot, context=Window(), edit=edit()) == rest
    assert ink(shots.draw_shot, context=Window(), edit=None) == rest
    assert ink(shots.draw_ripple, edit=None) == []
    assert ink(shots.draw_ripple, edit=edit()) == ["[ripple]", "-[ripple_others]", "-[ripple_markers]"]
    edit().take_one.ripple = True
    assert ink(shots.draw_ripple, edit=edit()) == ["[ripple]", "[ripple_others]", "[ripple_markers]"]
    assert ink(shots.TAKEONE_PT_bed) == ["[ambience]", "[bed_takes]", "<bed> Lay Bed", "<bed_remove>"]
    strip["take_one_bed"] = "old"
    monkeypatch.setattr(bed, "beds", lambda _: [strip])
    assert ink(shots.TAKEONE_PT_bed)[-1] == "The edit has changed: lay it again"
    assert {one[0] for one in ink(shots.TAKEONE_PT_burn_in)} == {"-"}
    edit().take_one.burn_in.shown = True
    assert ink(shots.TAKEONE_PT_burn_in)[:2] == ["[top_left]", "[top]"]
    assert ink(shots.TAKEONE_MT_shot_list)[2:6] == [
        "<shot_duplicate>",
        "<shot_split>",
        "<shots_rename>",
        "<shots_by_edit>",
    ]
    assert strips.last_frame(edit()) == 1


def test_the_queue_lets_a_take_go_up_and_down_but_not_beyond_its_ends(shot):
    for number, (key, status_) in enumerate(
        (("a", JobState.QUEUED), ("b", JobState.QUEUED), ("c", UNCERTAIN), ("d", WAITING_FILE)), 1
    ):
        app().state.jobs[key] = Job(
            key, stand_in.binding_of(shot, key, number), status_, queue_position=number, stage="Lost."
        )
    assert ink(queue.QueuePanel) == [
        "Hall, take 3", "Lost.", "<look_again> Look Again job=c", "<send_again> Send Again job=c",
        "<cancel> Remove job=c",
        "Hall, take 1", "#<queue_move> job=a by=-1", "<queue_move> job=a by=1", "<cancel> job=a",
        "0.00 Waiting, number 1", "Hall, take 2", "<queue_move> job=b by=-1", "#<queue_move> job=b by=1",
        "<cancel> job=b", "0.00 Waiting, number 2", "1 ready for other files", "<forget_waiting>",
        "<cancel_all> Cancel All",
    ]  # fmt: skip
    for key in "acd":
        del app().state.jobs[key]
    app().state.jobs["b"].status, app().state.jobs["b"].progress = JobState.IN_PROGRESS, 25
    assert ink(queue.QueuePanel) == ["Hall, take 2", "<cancel> job=b", "0.25 Lost.  25%"]
    assert status.text() == ("1 take, 25%", "RENDER_ANIMATION")
    del app().state.jobs["b"]
    app().state.fail(Problem("x", "y"))
    assert status.text() == ("Take One has a message", "ERROR")


def test_a_price_is_said_with_who_gets_the_picture(shot, monkeypatch):
    paid = replace(
        RICH,
        sends_to="Somebody",
        tariffs=(Tariff(Price(0.25, per="second", as_of="2026-11-26", source="https://www.a.com/p (list)")),),
    )
    app().state.engines, shot.engine, shot.seconds = (paid,), "rich", 4.0
    budgets = SimpleNamespace(budget_day=0.0, budget_film=2.5, backend="LOCAL")
    monkeypatch.setattr(chosen, "preferences", lambda: budgets)

    def said(able):
        return ink(accounts.draw_price, context=Window(), shot=shot, able=able)

    assert said(paid) == [
        "About $1.00, price of 2026-11-26, by a.com (list)", "The picture and the words go to Somebody",
        "This film: $0.00 of $2.50",
    ]  # fmt: skip
    budgets.budget_day, budgets.budget_film = 1.0, 0.0
    assert said(paid)[-1] == "Within a day: $0.00 of $1.00"
    assert said(replace(paid, available=False)) == said(replace(paid, sends_to="")) == []


def test_accounts_are_tested_added_and_removed(monkeypatch):
    rows_ = (Account("a", "A", kept="keyring"), Account("b", "B", kept="environment"), Account("c", "C"),
             Account("d", "D", kept="none", workflows=True, models=("flow",)))  # fmt: skip
    keys().state = AccountsState("done", rows_)
    budgets = SimpleNamespace(bl_rna=None)
    said = ink(accounts.draw_accounts, context=Window(), chosen=budgets)
    if not bpy.app.online_access:
        assert said.pop(2).startswith("Blender's online access is off")
    assert said == [
        "Accounts", "<accounts_refresh>", "A", "<account_test> Test provider=a", "<account_remove> provider=a", "B",
        "<account_test> Test provider=b", "C", "<account_add> Add provider=c", "D", "<account_test> Test provider=d",
        "<account_remove> provider=d", "flow", "<workflow_remove> provider=d workflow=flow", "",
        "<workflow_add> Add Workflow provider=d", "[budget_day]", "[budget_film]",
    ]  # fmt: skip
    for state, words in ((AccountsState("busy", ()), "Asking"), (AccountsState("failed", (), "a", "No."), "No.")):
        keys().state = state
        assert words in ink(accounts.draw_accounts, context=Window(), chosen=budgets)
    assert app().part(refresh.Drawn).accounts


def test_models_are_told_with_what_is_still_to_come(shot):
    gpu = replace(RICH, lane="gpu:0")
    app().state.engines = (PLAIN, gpu)
    here = ({"name": "one", "state": "ready", "size": "1 GB", "bytes": 10**9},
            {"name": "two", "state": "missing", "size": "2 GB", "bytes": 1_999_000_000},
            {"name": "three", "state": "damaged", "size": "3 MB", "bytes": 3_400_000})  # fmt: skip
    sets = {"fast": ["one"], "best": ["one", "two", "three"], "small": ["three"]}
    models().state = ModelsState("done", here, sets)
    listed = [one for model in here for one in (model["name"], model["state"].capitalize(), model["size"])]
    head = ["Models", "<models_link> Link Folder model=all", "<models_refresh>"]
    whole = [
        *head, "fast: 1 of 1 models", "best: 1 of 3 models", "<models_download> Download 2.0 GB model=best",
        "small: 0 of 1 models", "<models_download> Download 3 MB model=small", *listed,
    ]  # fmt: skip
    assert ink(preferences.draw_models, context=Window()) == whole
    models().state = ModelsState("busy", (), {}, 0.5, 65, "Fetching")
    assert ink(preferences.draw_models, context=Window()) == [*head, "0.50 50%  Fetching  1:05 left", "<models_cancel>"]
    for fix, more in (("retry", []), ("free_space", ["<fix> Show Folder fix=free_space"])):
        models().state = ModelsState("failed", (), {}, message="No disk.", fix=fix)
        assert ink(preferences.draw_models, context=Window()) == [*head, "No disk.", *more]
    models().state = ModelsState("cancelled")
    assert ink(preferences.draw_models, context=Window())[3:] == ["Stopped. The download goes on where it was"]
    for fix, works in (("models", True), ("", False)):
        app().state.engines = (PLAIN, replace(gpu, available=False, reason="No card.", fix=fix))
        assert preferences.has_gpu() is works
    models().state = ModelsState("done", here, sets)
    assert ink(preferences.draw_models, context=Window()) == [
        *head, "These models need a graphics card that can run them", "No card.",
    ]  # fmt: skip
    app().state.engines = (PLAIN,)
    assert preferences.has_gpu()


@pytest.mark.parametrize(
    ("backend", "local", "server"),
    [
        (Backend("ready", "x"), ["Ready", "<backend_stop> Stop", "<backend_restart> Restart", "<open_log> Log"],
         ["Ready", "<open_log> Log", "x"]),
        (Backend("off"), ["Not started", "<backend_start> Start", "<open_log> Log"], ["Not started", "<open_log> Log"]),
        (Backend("failed", "It fell.", "update"),
         ["Not working", "<backend_start> Start", "<open_log> Log", "It fell.", "<fix> Update fix=update"],
         ["Not working", "<open_log> Log", "It fell.", "<fix> Update fix=update"]),
        (Backend("missing", "x", "install"), ["Not installed", "<open_log> Log"],
         ["Not installed", "<open_log> Log", "x"]),
        (Backend("outdated", "Old.", "install"), ["Needs an update", "<open_log> Log", "Old."],
         ["Needs an update", "<open_log> Log", "Old."]),
    ],
)  # fmt: skip
def test_the_state_of_the_backend_and_what_is_ours_to_stop(backend, local, server, monkeypatch):
    app().state.backend = backend
    for remote, said in ((False, local), (True, server)):
        monkeypatch.setattr(chosen, "use_server", lambda remote=remote: remote)
        assert ink(preferences.draw_state, context=Window()) == said


def test_the_preferences_go_by_where_takes_are_made(monkeypatch):
    stand_in.attach()
    kind = preferences.TAKEONE_AP_preferences
    monkeypatch.setattr(chosen, "use_server", lambda: False)
    lacks = [False]
    monkeypatch.setattr(chosen, "lacks_server", lambda: lacks[0])

    def said(backend="LOCAL", url=""):
        found = ink(kind, backend=backend, server_url=url)
        return [one for one in found if "online" not in one and "Online" not in one and one != "<allow_online>"]

    app().state.backend = Backend("missing", "", "install")
    state = ["Not installed", "<open_log> Log"]
    assert said() == ["[backend]", "[profile]", "<install> Install", *state]
    app().state.backend.state = "outdated"
    assert said()[2:4] == ["<install> Update", "Needs an update"]
    app().state.fail(Problem("home", "No folder.", "start"))
    assert said()[:3] == ["!No folder.", "<dismiss_error>", "<fix> Start fix=start"]
    app().state.fail(Problem("of a take", "No.", ""))
    app().state.backend = Backend("starting")
    assert said()[:3] == ["[backend]", "[profile]", "<install> Install Again"]
    app().state.install = Install("running", 0.5, "Fetching")
    assert said() == ["[backend]", "0.50 50%  Fetching", "<install_cancel>", "<open_log>"]
    app().state.install = Install("failed", 0, "No net.", "retry")
    assert said()[3:7] == ["!No net.", "<dismiss_error> install=True", "<install> Try Again", "<open_log>"]
    app().state.install = Install()
    lacks[0] = True
    assert said("SERVER") == ["[backend]", "No server yet", "<connect_server> Address and Token"]
    lacks[0] = False
    there = "http://203.0.113.9:8000"
    head = ["[backend]", there, "<connect_server> Address and Token", "<backend_start> Test"]
    assert said("SERVER", there)[:5] == [*head, "Not encrypted: only for a network that you trust"]
    app().state.backend, app().state.engines = Backend("ready"), (PLAIN,)
    assert said("SERVER", "https://a.com")[-2:] == ["Engines", "Plain"]


def test_what_was_exported_and_what_a_timeline_would_change(shot, monkeypatch):
    part = exports()
    part.exporter.state = ExportState("busy", "Rendering", 0.5)
    buttons = ["<export_cut>", "<export_page>", "<export_edit> Export Edit", "<import_edit>", "<read_notes>"]
    assert ink(export.TAKEONE_PT_export) == ["0.50 Rendering  50%", "<export_cancel>", *buttons]
    part.exporter.state, part.written, part.said = (
        ExportState("done"),
        ("/a/first.mp4", "C:\\b\\cut.mp4"),
        ("Look.",) * 13,
    )
    note = shot.client_notes.add()
    note.text, note.made, note.verdict = "darker", "2026-03-04", "Please change"
    assert ink(export.TAKEONE_PT_export) == [
        *buttons, "cut.mp4", "<export_open>", *["Look."] * 12, "Hall: Client  2026-03-04  Please change", "darker",
    ]  # fmt: skip
    part.changes, part.edit = Changes(()), object()
    lines = []
    monkeypatch.setattr(Changes, "lines", lambda *_: lines)
    assert ink(export.draw_changes, context=Window()) == ["Nothing would change", "<import_dismiss> Put Away"]
    lines += [f"{number}" for number in range(12)]
    apply = ["<import_apply> Apply", "<import_dismiss> Put Away"]
    assert ink(export.draw_changes, context=Window()) == [*lines, *apply]
    lines += ["12", "13"]
    assert ink(export.draw_changes, context=Window()) == [*lines[:12], "and 2 more", *apply]


def test_menus_name_shots_and_offer_what_fits_what_is_under_the_mouse(shot):
    shot.takes.add()
    other = shot_list.add_shot(shot.id_data)
    other.name = "Roof"
    first = shot.id_data.take_one.shots[0]
    assert ink(menus.TAKEONE_MT_shots) == [
        f"<shot_choose> Hall   Wide, 1 take shot={first.uid}",
        f"<shot_choose> Roof   scene camera, 0 takes shot={other.uid}",
    ]  # fmt: skip
    assert ink(menus.TAKEONE_MT_animate)[:2] == [
        "<retake> Retake, New Seed same_seed=False",
        "<retake> Retake, Same Seed same_seed=True",
    ]
    kinds = (("Dissolve", "DISSOLVE"), ("Dip", "DIP"), ("Fade In", "FADE_IN"), ("Fade Out", "FADE_OUT"))
    assert ink(menus.TAKEONE_MT_transitions)[:4] == [
        f"<transition> {text} kind={kind}" for text, kind in kinds
    ]  # fmt: skip

    def said(draw, **context):
        paper = Ink()
        draw(SimpleNamespace(layout=paper), SimpleNamespace(**context))
        return paper.said

    assert said(menus._on_strip) == said(menus._on_strip, active_strip={}) == []
    assert said(menus._on_strip, active_strip={strips.SHOT_KEY: "x"})[:3] == [
        "---", "<animate_frame> Animate Shot", "<continue_shot>",
    ]  # fmt: skip
    eye = shot.id_data.camera
    assert said(menus._on_camera, object=None) == []
    one = said(menus._on_camera, object=eye, selected_objects=[eye])
    assert one == ["---", "<animate_cameras> Animate This Camera", "<shot_add> Add Shot of This Camera"]
    assert said(menus._on_camera, object=eye, selected_objects=[eye, eye]) == [
        "---",
        "<animate_cameras>",
        "<shots_from_cameras>",
    ]
    shot.id_data.take_one.shots.clear()
    assert ink(menus.TAKEONE_MT_shots) == ["No shots yet"]


def test_words_are_wrapped_to_the_region_and_icons_fill_it():
    def lines(width, **more):
        paper = Ink()
        context = SimpleNamespace(
            preferences=Window.preferences, region=SimpleNamespace(width=width) if width else None
        )
        layout.wrapped(paper, context, "abc " * 20, **more)
        return [len(line.strip()) for line in paper.said]

    assert lines(70 + 6.6 * 40) == [39, 39] and lines(70 + 6.6 * 39 - 1) == [35, 35, 7]
    assert lines(0) == [31, 31, 15] and lines(10) == [15] * 5
    assert lines(70 + 6.6 * 40, beside=6.6 * 20) == [19] * 4
    scales = [
        layout.region_scale(SimpleNamespace(preferences=Window.preferences, region=SimpleNamespace(width=width)), most)
        for width, most in ((40, 10.0), (180, 10.0), (400, 10.0), (400, 7.0))
    ]
    assert scales == [4.0, 7.0, 10.0, 7.0]


def test_a_file_that_comes_or_goes_is_noted_once():
    drawn = app().part(refresh.Drawn)
    for uid, missing, changed in (("a", False, set()), ("a", True, {"a"}), ("b", True, {"a", "b"})):
        refresh.note_file(uid, missing)
        assert drawn.changed == changed
    drawn.changed.clear()
    refresh.note_file("a", True)
    assert drawn.changed == set() and drawn.missing == {"a": True, "b": True}
