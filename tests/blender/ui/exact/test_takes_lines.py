"""Takes, the queue, engines and the backend line by line: what is drawn, in what it lies and how it looks."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from hall import hall, unread
from lines import Blender, Lines, check, lines
from paper import Window
from rooms import a_take
from stand_in import PLAIN, RICH
from take_one.client.protocol import JobState, Price
from take_one.panels.parts import accounts, engines, pictures, refresh, setup
from take_one.panels.sidebar import queue, takes
from take_one.scene.app.app import app
from take_one.scene.app.state import UNCERTAIN, WAITING_FILE, Backend, Install, Job
from take_one.scene.edit import compare
from take_one.scene.model.shots import kept

PAID = replace(RICH, id="paid", name="Paid", sends_to="Somebody")


@pytest.fixture
def shot(monkeypatch):
    unread(monkeypatch)
    return hall(PLAIN, RICH, PAID, at=9, engine="plain")


def told(chapter, kind, **more):
    check("takes", chapter, lines(kind, **more))


def test_takes(shot, tmp_path, monkeypatch):
    take = a_take(shot, "t", 3, "FAILED", rating=2, seed=7, about="2.0 s, rich", notes="One.\n\nTwo.\nThree.")
    told("a take that could not be made", takes.TakesPanel)
    told("a take of which all is told that there is", takes.TakesPanel, folded=("take_one_about",))
    take.notes = "Only."
    assert lines(takes.TakesPanel, folded=("take_one_about",))[-1].split() == [
        "label",
        "text=Only.",
        "icon=INFO",
        "translate=False",
    ]
    take.notes, take.about, take.engine = "", "", "rich"
    assert (
        lines(takes.TakesPanel, folded=("take_one_about",))[-1].strip()
        == "label text='rich, seed 7' icon=NONE translate=False"
    )
    take.status = "CANCELLED"
    told("a take that was cancelled", takes.draw_lack, context=Window(), take=take)
    take["status"] = 9  # which a stranger's file may say
    assert "icon=ERROR" in lines(takes.draw_lack, context=Window(), take=take)[3]
    app().state.jobs["t"] = Job("t", stand_in.binding_of(shot, "t"))
    assert lines(takes.draw_lack, context=Window(), take=take) == ["layout"]
    del app().state.jobs["t"]
    clip = tmp_path / "a.mp4"
    clip.write_bytes(b"x")
    take.status, take.clip, take.about = "READY", str(clip), "2.0 s, rich"
    kept.write(take, kept.Kept(cost=Price(1.5)))
    kept.write(a_take(shot, "u", 4), kept.Kept(cost=Price(2.0)))
    a_take(shot, "v", 5)
    monkeypatch.setattr(compare, "showing", lambda: True)
    (tmp_path / "film").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "film.blend"))
    narrow = type("Narrow", (Window,), {"region": SimpleNamespace(width=419)})()
    told("a take in another folder, in a narrow sidebar", takes.TakesPanel, context=narrow)
    shot.active_take = 2
    assert any("Cost nothing; the shot $3.50" in line for line in lines(takes.TakesPanel))
    take.clip = "//a.mp4"
    shot.active_take = 0
    assert not any("bring_takes" in line for line in lines(takes.TakesPanel))


def row(shot, take, width):
    layout, context = Lines(), SimpleNamespace(region=SimpleNamespace(width=width), preferences=Window.preferences)
    takes.TAKEONE_UL_takes.draw_item(None, context, layout, shot, take, 0, None, "")
    return layout.written


def test_rows_of_takes(shot, tmp_path, monkeypatch):
    clip = tmp_path / "a.mp4"
    clip.write_bytes(b"x")
    monkeypatch.setattr(pictures, "icon", lambda path, place="": 7 if path == "/t.png" else 0)
    take = a_take(
        shot, "t", 3, "READY", clip=str(clip), thumbnail="/t.png", about="2.0 s, rich, 3 Feb", words="push in"
    )
    take.rating, take.note, shot.current_take = 4, "dark", "t"
    check("takes", "the row of a take with a picture", row(shot, take, 420))
    shot.current_take, take.rating, take.note, take.words, take.thumbnail = "", 0, "", "", ""
    check("takes", "the row of a take without one", row(shot, take, 419))
    assert app().part(refresh.Drawn).missing == {"t": False}
    take.clip = "/gone.mp4"
    assert row(shot, take, 419)[2].strip() == "label text='Take 3' icon=ERROR translate=False"
    assert app().part(refresh.Drawn).missing == {"t": True}
    take.status = "CANCELLED"
    assert row(shot, take, 419)[2].strip() == "label text='Take 3' icon=CANCEL translate=False"
    app().state.jobs["t"] = Job("t", stand_in.binding_of(shot, "t"))
    take["status"], take.about = 9, ""
    assert [line.strip() for line in row(shot, take, 419)[2:]] == [
        "label text='Take 3' icon=SORTTIME translate=False", "row align=True .alignment=RIGHT",
        "label text='' translate=False",
    ]  # fmt: skip


def test_the_queue(shot, monkeypatch):
    for number, (key, status) in enumerate(
        (
            ("a", JobState.QUEUED),
            ("b", JobState.QUEUED),
            ("c", UNCERTAIN),
            ("d", WAITING_FILE),
            ("e", JobState.IN_PROGRESS),
        ),
        1,
    ):
        binding = stand_in.binding_of(shot, key, number)
        app().state.jobs[key] = Job(key, binding, status, queue_position=number, stage="Lost.", progress=10 * number)
    monkeypatch.setattr(pictures, "live_icon", lambda key: 5 if key == "e" else 0)
    told("the queue", queue.QueuePanel)
    for key in "abc":
        del app().state.jobs[key]
    told("the queue of one take, and one of another file", queue.QueuePanel)
    assert queue.QueuePanel.poll(None)
    app().state.jobs.clear()
    assert not queue.QueuePanel.poll(None)


@pytest.mark.parametrize(
    ("backend", "install", "chapter"),
    [
        (Backend("failed", "It fell.", "update"), Install(), "a backend that does not work"),
        (Backend("reconnecting", "Lost it.", "start"), Install(), "a backend that is lost"),
        (Backend("outdated", "Old.", "update"), Install(), "a backend that is old"),
        (Backend("missing", "None.", "install"), Install(), "no backend"),
        (Backend("off"), Install("running", 0.256, "Fetching"), "an installation"),
        (Backend("off"), Install("failed", 0, "No disk.", "free_space"), "an installation that failed"),
    ],
)
def test_the_backend(backend, install, chapter, monkeypatch):
    app().state.backend, app().state.install = backend, install
    for online in (False, True) if backend.state == "missing" else (False,):
        monkeypatch.setattr(setup, "bpy", Blender(online_access=online))
        told(f"{chapter}{', online' * online}", setup.draw_backend, context=Window())


def test_engines(shot):
    off = replace(PAID, available=False, reason="No card. Get one.", fix="models")
    away = replace(off, id="far", name="Far", fix="accounts")
    app().state.engines, shot.engine = (PLAIN, off, away), "paid"
    told("an engine that can't run", engines.draw_engine, context=Window(), shot=shot, able=off)
    told("the menu of engines", engines.TAKEONE_MT_engines)
    told("the list of engines", engines.draw_list, context=Window())
    app().state.engines = ()
    told("the menu without any", engines.TAKEONE_MT_engines)
    able = replace(RICH, id="", name="")
    told("the server's own engine", engines.draw_engine, context=Window(), shot=shot, able=able)


def test_an_order_that_is_uncertain_and_what_a_take_cost(shot):
    job = Job("c", stand_in.binding_of(shot, "c", 4), UNCERTAIN, stage="Nobody knows.")
    told("an order that is uncertain", accounts.draw_uncertain, context=Window(), job=job)
    take = a_take(shot, "t", 1)
    assert lines(accounts.draw_cost, shot=shot, take=take) == ["layout"]
    kept.write(take, kept.Kept(cost=Price(1.5)))
    assert lines(accounts.draw_cost, shot=shot, take=take) == [
        "layout",
        "label text='Cost $1.50; the shot $1.50' icon=FUND translate=False",
    ]
