"""Verbs that set up and mend, step by step: what they ask of whom, in which order, and what they refuse."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from hall import hall
from lines import Blender, asking
from rooms import a_take, camera
from take_one.client import home
from take_one.client.commands.accounts import Account, AccountsState
from take_one.client.protocol import Problem
from take_one.operators.setting_up import accounts, models, setup, trouble
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import UNCERTAIN, Backend, Job
from take_one.scene.session.server import connection, preferences
from take_one.scene.session.words import logs, text_window
from take_one.scene.stills import camera as eyes
from verb import Ops, verb


@pytest.fixture
def shot():
    return hall(engine="horse")


@pytest.fixture
def done(monkeypatch):
    """What was asked of Blender, of the connection and of its session, in order."""
    ops = Ops()
    monkeypatch.setattr(trouble, "bpy", type("Own", (), {"ops": ops, "data": SimpleNamespace(is_saved=True)}))
    for name in ("restart", "ensure", "connect", "check_home"):
        monkeypatch.setattr(connection, name, getattr(ops, name))
    monkeypatch.setattr(connection, "session", lambda: session)
    session = ops.session
    return ops.calls


def fix(word):
    app().state.fail(Problem("x", "It broke.", word))
    trouble.ACTIONS[word](bpy.context)
    return app().state.last_error is None


def test_each_fix_does_what_its_button_says(shot, done, monkeypatch):
    monkeypatch.setattr(home, "home", lambda: Path("/home/take-one"))
    app().state.fail(Problem("x", "y"), "job-1")
    for word in ("install", "start", "save_as", "open_log", "models", "accounts", "online_access", "free_space"):
        trouble.ACTIONS[word](bpy.context)
    trouble.ACTIONS["send_again"](bpy.context)
    assert done == [
        ("takeone.install",), ("takeone.backend_start",), ("wm.save_as_mainfile", "INVOKE_DEFAULT"),
        ("takeone.open_log",), ("takeone.preferences",), ("takeone.preferences",), ("takeone.allow_online",),
        ("wm.path_open", {"filepath": "/home/take-one"}),
        ("takeone.send_again", "INVOKE_DEFAULT", {"job": "job-1"}),
    ]  # fmt: skip
    done.clear()
    assert fix("update") and done == [("restart", {"take_over": True})]
    done.clear()
    server, lacks = False, False
    monkeypatch.setattr(preferences, "use_server", lambda: server)
    monkeypatch.setattr(preferences, "lacks_server", lambda: lacks)
    fix("connect")
    server = True
    fix("connect")
    server, lacks = False, True
    fix("connect")
    assert done == [("takeone.backend_restart",), *[("takeone.connect_server", "INVOKE_DEFAULT")] * 2]
    done.clear()
    fix("save_file")
    trouble.bpy.data.is_saved = False
    fix("save_file")
    assert done == [("wm.save_mainfile",), ("wm.save_as_mainfile", "INVOKE_DEFAULT")]


def test_fixes_that_animate_again(shot, done):
    shot.size_percent, shot.seconds = 21, 20.0
    animate = ("takeone.animate_frame", "INVOKE_DEFAULT")
    assert fix("smaller_size") and shot.size_percent == 10 and done == [animate]
    assert fix("shorter") and shot.seconds == 8.0
    assert fix("shorter") and shot.seconds == 4.0
    shot.engine, shot.seconds = "gone", 3.0
    assert fix("shorter") and shot.seconds == 1.5 and done == [animate] * 4
    done.clear()
    assert fix("retry") and done == [("ensure",), animate]
    take = a_take(shot, "t", 1)
    done.clear()
    assert fix("retry") and done == [("ensure",), animate]
    take.status = "FAILED"
    done.clear()
    assert fix("retry") and done == [("ensure",), ("takeone.make_again", "INVOKE_DEFAULT")]
    shot.active_take = 1
    done.clear()
    assert fix("retry") and done == [("ensure",), animate]


def test_a_camera_is_picked(shot, done, monkeypatch):
    scene, wide = shot.id_data, shot.camera
    flat, close = camera(scene, "Flat"), camera(scene, "Close")
    animated = []
    monkeypatch.setattr(trouble, "is_animated", lambda one: one in animated)
    wide.data.type = flat.data.type = "PANO"
    assert fix("pick_camera") and (scene.camera, shot.camera) == (close, close)
    animated = [flat]
    shot.motion, scene.camera = "CAMERA", wide
    assert fix("pick_camera") and (scene.camera, shot.camera, shot.motion) == (flat, flat, "CAMERA")
    animated = [close, wide]
    assert fix("pick_camera") and scene.camera == close
    animated = []
    assert fix("pick_camera") and (scene.camera, shot.motion) == (close, "WORDS")
    flat.data.type = "ORTHO"
    context = SimpleNamespace(scene=scene, object=flat, area=None)
    shot.camera = None
    trouble._pick_camera(context)
    assert (scene.camera, shot.camera) == (flat, None) and "ORTHO" in eyes.PROJECTIONS
    context.object = wide
    trouble._pick_camera(context)
    assert scene.camera == next(one for one in scene.objects if one in (flat, close))
    for one in list(scene.objects):
        bpy.data.objects.remove(one)
    with pytest.raises(SceneError, match=r"The scene has no camera\. Add one with Add > Camera") as caught:
        fix("pick_camera")
    assert (caught.value.code, caught.value.fix) == ("no_camera", "") and app().state.last_error is not None


def test_which_fix_is_pressed_and_what_it_says_where_it_can_not_help(monkeypatch):
    pressed = []

    def broken(_context):
        raise RuntimeError("Error: Not here.\n")

    monkeypatch.setattr(trouble, "ACTIONS", {"retry": pressed.append, "install": broken})
    operator = verb(trouble.TAKEONE_OT_fix)
    operator.fix = "install"
    app().state.fail(Problem("x", "y", "retry"))
    assert operator.execute("context") == {"FINISHED"} and pressed == ["context"]
    app().state.dismiss()
    assert operator.execute("context") == {"CANCELLED"} and operator.reports == [("WARNING", "Not here.")]
    app().state.fail(Problem("x", "y", "retry"))
    assert verb(trouble.TAKEONE_OT_fix, fix="install").execute("context") == {"CANCELLED"}
    described = trouble.TAKEONE_OT_fix.description(None, SimpleNamespace(fix="shorter"))
    assert described == "Shorten the shot to what the engine can make, and animate again"


def test_the_guide_opens_without_its_pictures(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(text_window, "show", lambda context, text: shown.append((context, text)))
    monkeypatch.setattr(preferences, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "stills.md"
    for words in ("# One\n![a b](c.png)\n  ![](d.png)\nTwo ![in](e.png) it\n", "Three\n"):
        page.write_text(words, encoding="utf-8")
        assert verb(trouble.TAKEONE_OT_guide, page="stills").execute("context") == {"FINISHED"}
    text = bpy.data.texts["Take One: stills"]
    assert shown == [("context", text)] * 2 and text.as_string() == "Three\n" and len(bpy.data.texts) == 1
    assert trouble.IMAGE.sub("", "# One\n![a b](c.png)\n  ![](d.png)\nTwo ![in](e.png) it\n") == (
        "# One\nTwo ![in](e.png) it\n"
    )


def test_an_error_is_put_away(monkeypatch):
    state, seen = app().state, []
    state.install.state, state.install.message = "failed", "No net."
    state.fail(Problem("x", "y"))
    before = state.revision
    assert verb(trouble.TAKEONE_OT_dismiss_error, install=True).execute(None) == {"FINISHED"}
    assert (state.install.state, state.install.message) == ("", "") and state.revision > before
    assert state.last_error is not None and not seen
    assert verb(trouble.TAKEONE_OT_dismiss_error).execute(None) == {"FINISHED"} and state.last_error is None


def test_an_installation_begins_with_what_the_preferences_say(done, monkeypatch):
    monkeypatch.setattr(setup, "bpy", Blender(online_access=False))
    operator = verb(setup.TAKEONE_OT_install)
    with pytest.raises(SceneError, match=r"online access is off\. Allow it, then install again") as caught:
        operator.install()
    assert (caught.value.code, caught.value.fix, done) == ("offline", "online_access", [])
    setup.bpy.app.online_access = True
    chosen = SimpleNamespace(profile="gpu")
    monkeypatch.setattr(preferences, "preferences", lambda: chosen)
    for fix, stays in (("install", False), ("online_access", False), ("retry", True)):
        app().state.fail(Problem("x", "y", fix))
        operator.install()
        assert (app().state.last_error is not None) is stays
    verb(setup.TAKEONE_OT_install, profile="draft").install()
    chosen = None
    verb(setup.TAKEONE_OT_install).install()
    asked = [call[2] for call in done if call[0] == "session.install"]
    assert done[:2] == [("check_home",), ("session.install", preferences.ROOT, "gpu")]
    assert asked == ["gpu", "gpu", "gpu", "draft", "draft"]
    assert connection.session().online_access is True
    assert verb(setup.TAKEONE_OT_install_cancel).execute(None) == {"FINISHED"} and done[-1] == (
        "session.cancel_install",
    )


def test_the_backend_is_started_stopped_and_started_anew(done, monkeypatch):
    for fix, stays in (("start", False), ("connect", False), ("retry", True)):
        app().state.fail(Problem("x", "y", fix))
        assert verb(setup.TAKEONE_OT_backend_start).execute(None) == {"FINISHED"}
        assert (app().state.last_error is not None) is stays
    assert verb(setup.TAKEONE_OT_backend_stop).execute(None) == {"FINISHED"}
    assert verb(setup.TAKEONE_OT_backend_restart).execute(None) == {"FINISHED"}
    assert done == [*[("connect",)] * 3, ("session.disconnect",), ("restart",)]
    tips = []
    for server in (False, True):
        monkeypatch.setattr(preferences, "use_server", lambda server=server: server)
        tips.append(setup.TAKEONE_OT_backend_start.description(None, None))
    assert tips == [
        "Start what makes the takes on this computer", "Connect to the server, and see what it offers",
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["", "a.com", "http://", "https:///", "ftp://a"])
def test_an_address_that_is_none(url, done, monkeypatch):
    chosen = SimpleNamespace(server_url="", backend="LOCAL")
    monkeypatch.setattr(preferences, "preferences", lambda: chosen)
    operator = verb(setup.TAKEONE_OT_connect_server, url=url, token="word")
    with pytest.raises(SceneError, match="begins with http:// or https://") as caught:
        operator.connect()
    assert (caught.value.code, caught.value.fix) == ("bad_address", "connect")
    assert (chosen.server_url, chosen.backend, done) == ("", "LOCAL", [])


def test_a_server_is_kept_with_its_token(done, monkeypatch):
    chosen = SimpleNamespace(server_url="https://old.com/", backend="LOCAL")
    monkeypatch.setattr(preferences, "preferences", lambda: chosen)
    app().state.fail(Problem("x", "y", "connect"))
    operator = verb(setup.TAKEONE_OT_connect_server, url=" http://a:1/ ", token="word")
    assert operator.execute(None) == {"FINISHED"}
    assert done == [("check_home",), ("session.remember", "http://a:1", "word")] and operator.token == ""
    assert (chosen.server_url, chosen.backend, app().state.last_error) == ("http://a:1", "SERVER", None)
    chosen.server_url, chosen.backend = "https://old.com/", "LOCAL"
    verb(setup.TAKEONE_OT_connect_server).connect()
    assert (chosen.server_url, chosen.backend, len(done)) == ("https://old.com", "SERVER", 2)
    assert verb(setup.TAKEONE_OT_use_local).execute(None) == {"FINISHED"} and chosen.backend == "LOCAL"


def test_online_access_the_log_and_the_preferences(done, monkeypatch):
    shown = []
    monkeypatch.setattr(logs, "show", shown.append)
    assert verb(setup.TAKEONE_OT_open_log).execute("context") == {"FINISHED"} and shown == ["context"]
    monkeypatch.setattr(setup, "bpy", Blender(online_access="yes"))
    app().state.fail(Problem("x", "y", "online_access"))
    system = SimpleNamespace(use_online_access=False)
    context = SimpleNamespace(preferences=SimpleNamespace(system=system))
    assert verb(setup.TAKEONE_OT_allow_online).execute(context) == {"FINISHED"}
    assert system.use_online_access is True and app().state.last_error is None
    assert (connection.session().online_access, done) == ("yes", [("check_home",)])
    ops = Ops()
    monkeypatch.setattr(setup, "bpy", SimpleNamespace(ops=ops))
    assert verb(setup.TAKEONE_OT_preferences).execute(None) == {"FINISHED"}
    assert ops.calls == [("preferences.addon_show", {"module": preferences.PACKAGE})]


def test_accounts_step_by_step(tmp_path, monkeypatch):
    commands = Ops()
    rows = (
        Account("a", "A"),
        Account("own", "Own", own_address=True, keyless=True),
        Account("free", "F", keyless=True),
    )
    state = AccountsState("done", rows)
    monkeypatch.setattr(
        accounts,
        "accounts",
        lambda: type("Own", (), {"state": state, "__getattr__": lambda _, n: getattr(commands, n)})(),
    )

    def add(**said):
        operator = verb(accounts.TAKEONE_OT_account_add, **said)
        try:
            operator.add()
        except SceneError as error:
            return error.code, operator.key
        return operator.key

    assert add(provider="a", key=" k ", address=" x ") == "" and add(provider="new", key="k") == ""
    assert add(provider="a", key=" ", address="x") == add(provider="new", address="x") == ("no_key", "")
    assert add(provider="own", key="k") == ("bad_address", "")
    assert add(provider="own", address="y") == add(provider="free") == add(provider="own", key="k", address="z") == ""
    flow = tmp_path / "flow.json"
    flow.write_text("{}")
    for provider in ("", "shelf"):
        verb(accounts.TAKEONE_OT_workflow_add, filepath=str(flow), provider=provider).add()
    with pytest.raises(SceneError, match=f"There is no file {tmp_path}") as caught:
        verb(accounts.TAKEONE_OT_workflow_add, filepath=str(tmp_path)).add()
    assert (caught.value.code, caught.value.fix) == ("no_file", "")
    verb(accounts.TAKEONE_OT_workflow_remove, provider="p", workflow="w").execute(None)
    verb(accounts.TAKEONE_OT_account_test, provider="t").execute(None)
    verb(accounts.TAKEONE_OT_account_remove, provider="r").execute(None)
    assert verb(accounts.TAKEONE_OT_accounts_refresh).execute(None) == {"FINISHED"}
    assert commands.calls == [
        ("add", "a", "k", "x"), ("add", "new", "k", ""), ("add", "own", "", "y"), ("add", "free", "", ""),
        ("add", "own", "k", "z"), ("add_workflow", "flow", flow), ("add_workflow", "shelf", flow),
        ("remove_workflow", "p", "w"), ("test", "t"), ("remove", "r"), ("refresh",),
    ]  # fmt: skip


def test_models_step_by_step(monkeypatch):
    commands = Ops()
    monkeypatch.setattr(models, "models", lambda: commands)
    download = verb(models.TAKEONE_OT_models_download, model="best")
    monkeypatch.setattr(models, "bpy", Blender(online_access=False))
    with pytest.raises(SceneError, match=r"needs Blender's online access, which is off") as caught:
        download.download()
    assert (caught.value.code, caught.value.fix) == ("offline", "online_access")
    models.bpy.app.online_access = True
    assert download.execute(None) == {"FINISHED"}
    for model in ("", "one"):
        verb(models.TAKEONE_OT_models_link, model=model, directory="/a/b").execute(None)
    verb(models.TAKEONE_OT_models_refresh).execute(None)
    verb(models.TAKEONE_OT_models_cancel).execute(None)
    assert commands.calls == [
        ("download", "best", {"online": True}), ("link", "all", Path("/a/b")), ("link", "one", Path("/a/b")),
        ("refresh",), ("cancel",),
    ]  # fmt: skip


def test_an_uncertain_order_is_the_first_or_the_one_that_is_named(shot, done):
    state = app().state
    for key, status in (("a", "QUEUED"), ("u", UNCERTAIN), ("v", UNCERTAIN)):
        state.jobs[key] = Job(key, stand_in.binding_of(shot, key), status)
    state.backend = Backend("ready")
    for job, wanted in (("", "u"), ("v", "v")):
        assert verb(accounts.TAKEONE_OT_look_again, job=job).found().key == wanted
    for job in ("a", "gone"):
        with pytest.raises(SceneError, match="not uncertain any more") as caught:
            verb(accounts.TAKEONE_OT_look_again, job=job).found()
        assert (caught.value.code, caught.value.fix) == ("no_job", "")
    state.fail(Problem("x", "y", "send_again"))
    before = state.revision
    assert verb(accounts.TAKEONE_OT_look_again).execute(None) == {"FINISHED"}
    assert state.revision > before and state.last_error is None and list(state.jobs) == ["a", "v"]
    assert verb(accounts.TAKEONE_OT_send_again).invoke(asking(), None) == {"FINISHED"}
    assert done == [("session.retry", "u", False), ("session.retry", "v", True)] and list(state.jobs) == ["a"]
