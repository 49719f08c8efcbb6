"""Prompts that are composed, texts and logs that are shown, commands of the backend, and a home that can't be used."""

from __future__ import annotations

import os
from types import SimpleNamespace

import bpy
import pytest
from take_one.client import events
from take_one.client.home import home
from take_one.client.protocol import Direction, Line, Problem
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.session import compose, pump
from take_one.scene.session.server import accounts, connection, models, preferences
from take_one.scene.session.words import logs, prompts, text_window

# Prompts


def test_a_prompt_is_composed_of_the_card(shot, session, monkeypatch):
    for speaker, words in (("Ann", "Oui."), ("Bob", "  ")):
        line = shot.lines.add()
        line.speaker, line.language, line.line = speaker, "French", words
    monkeypatch.setattr(prompts, "known", lambda shot, source, frame: {"of": shot.name, "at": frame, "by": source})
    shot.frame, shot.frame_lock, shot.still_source = 44, True, "VIEWPORT"
    before = app().state.revision
    compose.compose_prompt(shot)
    said = Direction("pan left", (Line("Ann", "French", "Oui."),), "rain")
    assert session.composed == [
        (shot.uid, "horse", said, {"scene": {"of": "Hall", "at": 44, "by": "VIEWPORT"}}),
    ]  # fmt: skip
    assert app().state.composing == shot.uid and app().state.revision > before
    shot.prompt = "x" * 100_000
    shot.engine = "draft"
    with pytest.raises(SceneError, match="The engine 'draft' uses the direction as it is") as caught:
        compose.compose_prompt(shot)
    assert caught.value.code == "no_prompt_form"
    shot.engine = "horse"
    with pytest.raises(SceneError) as caught:
        compose.compose_prompt(shot)
    assert (caught.value.code, len(session.composed)) == ("bad_request", 1)


def test_a_script_waits_for_a_prompt(shot, session):
    state = app().state
    compose.wait()
    state.composing = shot.uid
    with pytest.raises(SceneError, match="No prompt after 0 seconds") as caught:
        compose.wait(0.0)
    assert (caught.value.code, caught.value.fix, state.composing) == ("timeout", "open_log", "")
    state.composing = shot.uid
    app().part(pump.Pump).waiting.append(events.InstallState("done", 1.0, "", ""))
    answers = [None, events.FinalPrompt(shot.uid, "A door."), events.InstallState("failed", 1.0, "", "")]
    session.next_event = lambda timeout: answers.pop(0)
    compose.wait()
    assert (state.install.state, shot.final_prompt.as_string(), len(answers)) == ("done", "A door.", 1)
    state.composing = shot.uid
    session.coming = [events.FinalPrompt(shot.uid, "", Problem("offline", "No backend.", "start"))]
    session.next_event = lambda timeout: session.coming.pop(0)
    with pytest.raises(SceneError, match="No backend") as caught:
        compose.wait()
    assert (caught.value.fix, state.composing) == ("start", "")


def test_a_prompt_is_stale_once_its_card_says_something_else(shot):
    assert not prompts.is_stale(shot)
    prompts.store(events.FinalPrompt(shot.uid, "A door."))
    text = shot.final_prompt
    assert (text.name, prompts.own_prompt(shot), prompts.is_stale(shot)) == ("Hall final prompt", "A door.", False)
    marks = {shot.final_prompt_of}
    for name, value in (("prompt", "pan"), ("sound", "wind"), ("engine", "draft"), ("scene_facts", False)):
        before = getattr(shot, name)
        setattr(shot, name, value)
        marks.add(prompts.direction_mark(shot))
        assert prompts.is_stale(shot), name
        setattr(shot, name, before)
    shot.lines.add().line = "  "
    assert not prompts.is_stale(shot)
    for name, value in (("line", "Oui."), ("speaker", "Ann"), ("language", "French")):
        setattr(shot.lines[0], name, value)
        marks.add(prompts.direction_mark(shot))
    assert len(marks) == 8 and {len(mark) for mark in marks} == {16}
    prompts.clear(shot)
    assert (shot.final_prompt, shot.final_prompt_of, text.name in bpy.data.texts) == (None, "", True)


# Text windows, the log, commands of the backend


def editor(text=None):
    return SimpleNamespace(type="TEXT_EDITOR", spaces=SimpleNamespace(active=SimpleNamespace(text=text)))


def test_a_text_is_shown_where_it_is_open_else_beside_the_user_else_in_a_window(monkeypatch):
    text, other = bpy.data.texts.new("log"), bpy.data.texts.new("other")
    text.write("\n" * 49)
    beside, away, view = editor(other), editor(), SimpleNamespace(type="VIEW_3D")
    screens = [SimpleNamespace(areas=[view, away]), SimpleNamespace(areas=[view, beside])]
    context = SimpleNamespace(screen=screens[1], window_manager=SimpleNamespace(
        windows=[SimpleNamespace(screen=screen) for screen in screens],
    ))  # fmt: skip
    assert text_window.open_editor(context, text) is beside
    away.spaces.active.text = text
    assert text_window.open_editor(context, text) is away
    context.screen = None
    assert text_window.open_editor(context, other) is beside
    beside.spaces.active.text = None
    assert text_window.open_editor(context, other) is None
    text_window.show(context, other)
    assert beside.spaces.active.text is None, "in background mode"
    made = []
    new = SimpleNamespace(type="EMPTY", spaces=SimpleNamespace(active=SimpleNamespace()))

    def window_new():
        made.append(True)
        context.window_manager.windows.append(SimpleNamespace(screen=SimpleNamespace(areas=[new, view])))

    ops = SimpleNamespace(wm=SimpleNamespace(window_new=window_new))
    monkeypatch.setattr(text_window, "bpy", SimpleNamespace(app=SimpleNamespace(background=False), ops=ops))
    text_window.show(context, other)
    assert (made, new.type, vars(new.spaces.active)) == (
        [True], "TEXT_EDITOR",
        {"text": other, "show_word_wrap": True, "show_syntax_highlight": False, "top": 0},
    )  # fmt: skip
    new.spaces.active.text = other
    for at_end, top in ((True, 30), (False, 0)):
        text_window.show(context, text, at_end=at_end)
        assert (away.spaces.active.text, away.spaces.active.top, len(made)) == (text, top, 1)
    text.clear()
    text_window.show(context, text, at_end=True)
    assert away.spaces.active.top == 0


def test_the_newest_log_is_shown_from_its_end(monkeypatch):
    shown = []
    monkeypatch.setattr(text_window, "show", lambda context, text, at_end: shown.append((text, at_end)))
    folder = home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(SceneError, match="There is no log yet") as caught:
        logs.show(bpy.context)
    assert (caught.value.code, shown) == ("no_log", [])
    for name, age, words in (
        ("a.log", 5, "old"),
        ("b.log", 9, "new \xff\nlast"),
        ("c.txt", 20, "none"),
        ("d.log", 2, ""),
    ):
        (folder / name).write_bytes(words.encode("latin-1"))
        os.utime(folder / name, (age, age))
    assert logs.newest() == folder / "b.log"
    logs.show(bpy.context)
    ((text, at_end),) = shown
    assert (text.name, text.as_string(), at_end) == ("Take One Log", "new �\nlast", True)
    assert (text.current_line_index, text.filepath) == (1, "")
    monkeypatch.setattr(logs, "MOST", 7)
    (folder / "b.log").write_bytes(b"0123456789\nab")
    logs.show(bpy.context)
    assert (shown[1][0], text.as_string(), len(bpy.data.texts)) == (text, "6789\nab", 1)
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize(("of", "part"), [(models, models.Weights), (accounts, accounts.Keys)])
def test_commands_of_the_backend_are_made_once_and_engines_asked_anew(session, of, part):
    asked = []
    session.refresh_engines = lambda: asked.append(True)
    name = "models" if of is models else "accounts"
    assert of.poll() is False
    made = getattr(of, name)()
    assert getattr(of, name)() is made and (made._home, made._root) == (home(), preferences.ROOT)
    running = SimpleNamespace(news=False, busy=True, state=SimpleNamespace(state="busy", about="fal"))
    running.poll = lambda: running.news
    setattr(app().part(part), name, running)
    for news, state, about, changed, count in (
        (False, "done", "fal", False, 0), (True, "busy", "fal", True, 0), (True, "done", "fal", True, 1),
    ):  # fmt: skip
        running.news, running.busy, running.state = news, state == "busy", SimpleNamespace(state=state, about=about)
        assert (of.poll(), len(asked)) == (changed, count)
    assert app().part(accounts.Keys).changes == (of is accounts)
    running.state.about = ""
    assert of.poll() and len(asked) == (1 if of is accounts else 2)
    setattr(app().part(part), name, None)


def test_weights_are_closed_with_the_extension():
    part, closed = models.Weights(), []
    part.close()
    part.models = SimpleNamespace(close=lambda: closed.append(True))
    part.close()
    assert closed == [True]


def test_a_home_that_can_not_be_used_is_said(session, monkeypatch):
    def refuse(*_, **_more):
        raise OSError(13, "Permission denied")

    app().part(connection.Connection).session = None
    app().state.backend.state = "off"
    monkeypatch.setattr(connection, "Session", refuse)
    for begin in (connection.check_home, connection.ensure, connection.restart):
        with pytest.raises(SceneError) as caught:
            begin()
        assert (caught.value.code, caught.value.fix) == ("home", "start")
        assert caught.value.message == f"Take One can't write to its folder {home()}: Permission denied."
    connection.chosen()
    assert app().state.last_error.code == "home"
    app().state.dismiss()
    connection.begin(True)
    assert app().state.last_error.code == "home" and app().part(connection.Connection).journal_read
    app().state.dismiss()
    app().part(connection.Connection).journal_read = False
    connection.begin(False)
    assert app().state.last_error.code == "home", "takes may be still to come"
    made = []
    monkeypatch.setattr(connection, "Session", lambda *said, **more: made.append((said, more)) or session)
    assert connection.session() is session is connection.session()
    assert made == [((home(),), {"online_access": bpy.app.online_access})]
    session.online_access = "as it was"
    connection.begin(False)
    assert session.online_access == bpy.app.online_access, "the user may have changed it"
