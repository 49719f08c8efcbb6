"""Making a take again, the queue, references and presets, step by step."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from lines import Blender
from rooms import a_take, camera
from take_one.client.protocol import Choice, EngineInfo, JobState, Option, Price
from take_one.client.protocol.request import MAX_REFERENCES
from take_one.operators.making import options as option_verbs
from take_one.operators.making import presets, queue, references, refine
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import WAITING_FILE, Job
from take_one.scene.model.properties import options
from take_one.scene.model.shots import kept, shot_list, trust
from take_one.scene.session import jobs
from take_one.scene.session.press import again, quotes
from take_one.scene.session.press import references as sent
from take_one.scene.session.server import connection
from take_one.scene.stills import capture
from verb import Ops, verb

QUALITY = Option("quality", "enum", "fast", choices=(Choice("fast", "Fast", "Few steps"), Choice("best")))
PLAIN = EngineInfo("plain", "Plain", "By hand", max_pixels=10**6)
MAKER = EngineInfo("maker", "Maker", "By card", options=(QUALITY, Option("steps", "int", 8)))


@pytest.fixture
def shot():
    fake = stand_in.attach()
    fake.told = []
    fake.move = lambda *said: fake.told.append(said)
    app().state.engines = (PLAIN, MAKER, replace(MAKER, id="off", available=False))
    scene = bpy.context.scene
    scene.camera = camera(scene, "Wide")
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.engine, shot.uid = "Hall", "maker", "hall"
    return shot


@pytest.fixture
def take(shot, monkeypatch):
    """A take of the maker's, and what is known of how it was made, which may be changed."""
    take = a_take(shot, "t", 3, engine="maker")
    known = kept.Kept(
        SimpleNamespace(engine="maker", width=640, height=360, size=(640, 360), seconds=4.0,
                        options={"quality": "fast", "steps": 5})
    )  # fmt: skip
    monkeypatch.setattr(refine, "read", lambda one: knowing.kept if one == take else None)
    knowing = SimpleNamespace(take=take, kept=known)
    return knowing


def test_menus_of_engines_and_qualities(shot):
    ends = EngineInfo("ends", "Ends", options=(Option("quality", "enum", "a", choices=(Choice("a"),)),))
    app().state.engines = (*app().state.engines, ends)
    found = refine.engines_here(None, None)
    assert found == [("maker", "Maker", "By card"), ("ends", "Ends", ""), ("plain", "Plain", "By hand")]
    assert refine.engines_here(None, None) is found and app().part(refine.Offered).menus["engines"] is found
    qualities = refine.qualities_of(SimpleNamespace(choice="maker"), None)
    assert qualities == [("best", "Best", ""), ("fast", "Fast", "Few steps")]
    assert refine.qualities_of(SimpleNamespace(choice="maker"), None) is qualities
    assert app().part(refine.Offered).menus == {"engines": found, "qualities": qualities}
    assert refine.qualities_of(SimpleNamespace(choice="plain"), None) == []
    assert refine.qualities_of(SimpleNamespace(choice="gone"), None) == []


def test_a_take_is_made_again_by_its_request(shot, take, monkeypatch):
    told = []
    monkeypatch.setattr(connection, "ensure", lambda: told.append("ensure"))
    monkeypatch.setattr(again, "make_again", lambda *said: told.append(said) or "key")
    monkeypatch.setattr(quotes, "pressed", lambda *said: told.append(said))
    monkeypatch.setattr(
        quotes, "of_engine", lambda *said, **more: told.append((*said, more)) or SimpleNamespace(cost=Price(2))
    )
    monkeypatch.setattr(jobs, "wait", lambda keys: told.append(("wait", keys)))
    operator = verb(refine.TAKEONE_OT_make_again)
    operator.check_budget = lambda context, wait: told.append(("check", wait))
    wish = ("maker", 4.0, {"quality": "fast", "steps": 5}, {"price": None})
    pressed = [wish, (shot, "t", {}), (["key"], Price(2))]
    assert operator.execute(bpy.context) == {"FINISHED"}
    assert told == ["ensure", ("check", True), *pressed, ("wait", ["key"])]
    told.clear()
    monkeypatch.setattr(refine, "waits", lambda _: False)
    take.kept = replace(take.kept, cost=Price(3))
    assert operator.execute(bpy.context) == {"FINISHED"}
    assert told[1] == ("check", False) and told[2][3] == {"price": Price(3)} and told[-1] == (["key"], Price(2))
    take.kept = replace(take.kept, beyond=2)
    operator.wishes(bpy.context)
    assert told[-1][3] == {"price": None}
    take.kept = kept.Kept()
    operator.wishes(bpy.context)
    assert told[-1] == ("maker", 0.0, {}, {"price": None})
    take.take.engine = "plain"
    assert operator.engine_id(take.take) == "plain" and operator.changes(None, None) == {}
    a_take(shot, "u", 4)
    shot.active_take = 1
    assert operator.find_take(bpy.context).uid == "u"
    assert verb(refine.TAKEONE_OT_make_again, take="t").find_take(bpy.context).uid == "t"
    with pytest.raises(SceneError, match="no longer in the file") as caught:
        verb(refine.TAKEONE_OT_make_again, take="gone").find_take(bpy.context)
    assert caught.value.code == "no_take"


def test_refining_asks_for_engine_size_and_options(shot, take, monkeypatch):
    monkeypatch.setattr(refine, "saved_latents", lambda _: "abc")
    same = verb(refine.TAKEONE_OT_refine, choice="maker", quality="best", size_percent=50)
    assert same.changes(bpy.context, take.take) == {
        "engine": "maker", "size": (320, 180), "options": {"steps": 5, "refine_from": "abc", "quality": "best"},
    }  # fmt: skip
    options.set_value(shot, "plain", "far", 2)
    other = verb(refine.TAKEONE_OT_refine, engine="plain", choice="maker", size_percent=100)
    assert other.engine_id(take.take) == "plain"
    assert other.changes(bpy.context, take.take)["engine"] == "plain" and other.known_price(take.take) is None
    assert "refine_from" not in other.changes(bpy.context, take.take)["options"]
    assert verb(refine.TAKEONE_OT_refine).engine_id(take.take) == "maker"
    said = verb(refine.TAKEONE_OT_refine, engine="maker", engine_options='{"steps": 9}', quality="fast")
    assert said.asked_options(shot, take.take, take.kept.request) == {
        "steps": 9,
        "refine_from": "abc",
        "quality": "best",
    }
    assert refine.options_of(take.take, None) == {"refine_from": "abc"}
    monkeypatch.setattr(refine, "saved_latents", lambda _: "")
    assert refine.options_of(take.take, take.kept.request) == {"steps": 5}


def test_the_best_quality_is_the_menus_or_the_most_work():
    def best(engine, /, **given):
        return verb(refine.TAKEONE_OT_refine, **given).best(engine)

    assert best(None) == best(PLAIN) == {} == best(replace(MAKER, options=(Option("quality", "int", 1),)))
    assert best(MAKER, quality="fast") == {"quality": "fast"}
    assert best(MAKER, quality="other") == best(MAKER, quality="fast", engine="maker") == {"quality": "best"}


def test_what_there_is_to_know_before_refining(shot, take):
    app().state.engines = (PLAIN, replace(MAKER, available=False, reason="No card. Get one.", fix="models"))
    lacks = [("Maker: No card", "models")]
    known = [("The take has this engine and this size already", "")]

    def said(**given):
        return verb(refine.TAKEONE_OT_refine, **given).said(bpy.context)

    take.take.engine = "plain"
    assert said(choice="plain") == known + lacks
    assert said(choice="plain", size_percent=50) == lacks
    assert said(choice="maker") == lacks
    take.kept = kept.Kept()
    assert said(choice="plain") == lacks
    shot.takes.clear()
    assert said(choice="plain") == lacks
    app().state.engines = (EngineInfo("x", "X", available=False, reason="Gone."),)
    assert said() == [("X: Gone", "")]


def test_a_take_keeps_the_shape_of_its_still(shot, monkeypatch):
    scene, take = shot.id_data, a_take(shot, "t", 1, still="/still.png")
    here = [True]
    monkeypatch.setattr(trust, "present", lambda paths: [one for one in paths if here[0] and one == Path("/still.png")])
    monkeypatch.setattr(capture, "image_size", lambda path: (400, 300) if path == Path("/still.png") else None)

    def size(width, height):
        return refine.full_size(scene, take, SimpleNamespace(width=width, height=height))

    assert size(320, 240) == (400, 300) and size(320, 180) == size(320, 178) == size(320, 182) == (640, 360)
    assert size(320, 176) == (400, 300) == size(320, 184)
    assert refine.full_size(scene, take, None) == (640, 360)
    here[0] = False
    assert size(320, 240) == (640, 360)


def test_what_an_engine_kept_to_go_on_from(shot, monkeypatch):
    take = a_take(shot, "t", 1, sidecar="/a.json")
    known, said = [True], [{"facts": {"latents": "abc"}}]
    monkeypatch.setattr(trust, "is_known", lambda path: known[0] and path == Path("/a.json"))
    monkeypatch.setattr(refine, "read_sidecar", lambda path: said[0] if path == Path("/a.json") else {})
    assert refine.saved_latents(take) == "abc"
    for said[0] in ({"facts": {"latents": None}}, {"facts": ["latents"]}, {}):
        assert refine.saved_latents(take) == ""
    known[0], said[0] = False, {"facts": {"latents": "abc"}}
    assert refine.saved_latents(take) == ""


def test_the_queue_step_by_step(shot, monkeypatch):
    state, session = app().state, connection.session()
    for position, key in enumerate("abcd", 1):
        state.jobs[key] = Job(key, stand_in.binding_of(shot, key), JobState.QUEUED, queue_position=position)
    for key, by, before in (
        ("a", 2, "d"),
        ("d", -2, "b"),
        ("b", 2, None),
        ("b", 9, None),
        ("c", -9, "a"),
        ("c", 0, "d"),
    ):
        assert verb(queue.TAKEONE_OT_queue_move, job=key, by=by).execute(None) == {"FINISHED"}
        assert session.told[-1] == (key, before)
    gone = verb(queue.TAKEONE_OT_queue_move, job="x")
    assert gone.execute(None) == {"CANCELLED"} and gone.reports == [("INFO", "This take no longer waits in the queue")]
    stopped = []
    monkeypatch.setattr(jobs, "cancel", stopped.append)
    monkeypatch.setattr(jobs, "cancel_all", lambda: stopped.append("all"))
    for key in ("", "b"):
        assert verb(queue.TAKEONE_OT_cancel, job=key).execute(None) == {"FINISHED"}
    assert verb(queue.TAKEONE_OT_cancel_all).execute(None) == {"FINISHED"}
    gone = verb(queue.TAKEONE_OT_cancel, job="x")
    assert gone.execute(None) == {"CANCELLED"} and gone.reports == [("INFO", "This take is no longer in the queue")]
    assert stopped == ["d", "b", "all"] and len(session.told) == 6
    for key in "bd":
        state.jobs[key].status = WAITING_FILE
    before = state.revision
    assert verb(queue.TAKEONE_OT_forget_waiting).execute(None) == {"FINISHED"}
    assert session.landed_keys == ["b", "d"] and list(state.jobs) == ["a", "c"] and state.revision > before


def test_references_step_by_step(shot, tmp_path, monkeypatch):
    allowed = []
    monkeypatch.setattr(trust, "allow", allowed.append)
    for name in ("a.png", "b.webp", "c.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "d.png").mkdir()

    def add(**given):
        given.setdefault("files", ())
        operator = verb(references.TAKEONE_OT_reference_add, **given)
        return operator.execute(bpy.context), operator.reports

    files = [SimpleNamespace(name=name) for name in ("a.png", "", "b.webp")]
    assert add(directory=str(tmp_path), files=files) == ({"FINISHED"}, [])
    assert [one.path for one in shot.references] == [str(tmp_path / "a.png"), str(tmp_path / "b.webp")]
    assert allowed == [tmp_path / "a.png", tmp_path / "b.webp"]
    for name in ("c.txt", "d.png", "e.png"):
        words = f"'{tmp_path / name}' is no PNG, JPEG or WebP picture"
        assert add(filepath=str(tmp_path / name)) == ({"CANCELLED"}, [("ERROR", words)])
    mixed = [SimpleNamespace(name="a.png"), SimpleNamespace(name="c.txt")]
    assert add(directory=str(tmp_path), files=mixed)[0] == {"CANCELLED"} and len(shot.references) == 2
    while len(shot.references) < MAX_REFERENCES - 1:
        shot.references.add()
    most = f"A shot has at most {MAX_REFERENCES} references"
    assert add(directory=str(tmp_path), files=files) == ({"CANCELLED"}, [("ERROR", most)])
    assert add(filepath=str(tmp_path / "a.png")) == ({"FINISHED"}, []) and len(shot.references) == MAX_REFERENCES
    assert verb(references.TAKEONE_OT_reference_remove, index=1).execute(bpy.context) == {"FINISHED"}
    assert [one.path for one in shot.references][:2] == [str(tmp_path / "a.png"), ""]
    left = len(shot.references)
    assert verb(references.TAKEONE_OT_reference_remove, index=left).execute(bpy.context) == {"CANCELLED"}
    allowed.clear()
    monkeypatch.setattr(sent, "unseen", lambda one: ["x", "y"] if one == shot else [])
    assert verb(references.TAKEONE_OT_references_allow).execute(bpy.context) == {"FINISHED"} and allowed == ["x", "y"]
    reset = []
    monkeypatch.setattr(options, "reset", lambda *said: reset.append(said))
    assert verb(option_verbs.TAKEONE_OT_option_reset, name="steps").execute(bpy.context) == {"FINISHED"}
    assert reset == [(shot, "steps")]


def test_old_presets_are_brought_to_todays_way(shot, tmp_path, monkeypatch):
    old = "card.a = 1\ncard.quality = '{}'\ncard.b = 2\n"
    for name in ("FAST", "STANDARD", "BEST", "OTHER"):
        (tmp_path / f"{name}.py").write_text(old.format(name))
    (tmp_path / "bad.py").write_bytes(b"card.quality = 'FAST'\n\xff")
    (tmp_path / "notes.txt").write_text(old.format("BEST"))
    written = []
    monkeypatch.setattr(presets, "write_whole", lambda *said: written.append(said))
    presets.update(tmp_path)
    new = {"FAST": '{"quality": "fast"}', "STANDARD": "{}", "BEST": '{"quality": "best"}'}
    assert sorted(written) == [
        (tmp_path / f"{name}.py", f"card.a = 1\ncard.engine_options = '{said}'\ncard.b = 2\n", 0o644)
        for name, said in sorted(new.items())
    ]
    monkeypatch.setattr(presets, "write_whole", Ops().refuse)
    assert presets.TAKEONE_OT_preset_add.card() == shot
    assert presets.TAKEONE_OT_preset_add.preset_values == [f"card.{name}" for name in presets.KEPT]


def test_presets_come_and_go_with_the_extension(tmp_path, monkeypatch):
    ops, brought = Ops(), []
    utils = SimpleNamespace(
        register_preset_path=ops.add, unregister_preset_path=ops.remove,
        user_resource=lambda *said, **more: ops.made(*said, more) or str(tmp_path),
    )  # fmt: skip
    own = Blender(background=True)
    own.utils = utils
    monkeypatch.setattr(presets, "bpy", own)
    monkeypatch.setattr(presets, "update", brought.append)
    presets.register()
    assert ops.calls == [("add", str(presets.ROOT))] and not brought
    own.app.background = False
    presets.register()
    presets.unregister()
    made = ("made", "SCRIPTS", {"path": "presets/take_one/direction", "create": True})
    assert ops.calls[1:] == [("add", str(presets.ROOT)), made, ("remove", str(presets.ROOT))] and brought == [tmp_path]
    assert re.fullmatch(r"[a-z_/]+", presets.FOLDER) and (presets.ROOT / "presets").is_dir()
