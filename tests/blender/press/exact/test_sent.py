"""Requests that are handed over and takes that are made again, with stand-ins: what is written down first, where a clip
goes, and what is refused."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from rooms import a_take
from take_one.client.protocol import Binding
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.model.shots import kept, shot_list, takes
from take_one.scene.session.out import notes
from take_one.scene.session.press import again, sending


@pytest.fixture
def shot(session):
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name = "Hall"
    return shot


def said(caught):
    return caught.value.code, str(caught.value), caught.value.fix


# --- handing over ---


def test_a_request_is_written_down_before_its_take_is_listed(shot, session, monkeypatch, tmp_path):
    calls, clip = [], tmp_path / "new" / "a.mp4"
    binding = Binding("f", shot.id_data.take_one.uid, shot.uid, "k", "Hall", 3, refines="old")
    views = (SimpleNamespace(image=tmp_path / "s.png"),)
    request = SimpleNamespace(binding=binding, engine="horse", seed=7, views=views)
    monkeypatch.setattr(sending, "session", lambda: SimpleNamespace(submit=lambda *given: calls.append(given)))
    before = app().state.revision
    sending.submit("k", request, clip)
    assert calls == [("k", request, clip)] and clip.parent.is_dir()
    assert (app().state.jobs["k"].key, app().state.jobs["k"].binding) == ("k", binding)
    assert app().state.revision > before

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sending, "session", lambda: SimpleNamespace(submit=full))
    app().state.jobs.clear()
    with pytest.raises(SceneError) as caught:
        sending.submit("k", request, clip)
    assert said(caught)[:2] == ("disk", "The job could not be written down: [Errno 28] No space left on device.")
    assert app().state.jobs == {}
    written = []
    monkeypatch.setattr(sending.kept, "write", lambda *given: written.append(given))
    sending.add_take("k", request, ("one", "two"))
    (take,) = shot.takes
    assert (take.uid, take.number, take.status, take.engine, take.seed, take.refines, take.notes) == (
        "k", 3, "WAITING", "horse", 7, "old", "one\ntwo",
    )  # fmt: skip
    assert take.still == str(tmp_path / "s.png") and written == [(take, kept.Kept(request, ("one", "two")))]
    sending.add_take("k2", SimpleNamespace(binding=replace(binding, shot_uid="gone")), ())
    assert len(shot.takes) == 1 and len(written) == 1


def test_an_orders_requests_are_sent_with_their_own_clips(shot, monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(sending, "requests", lambda order, views: [("a", "ra"), ("b", "rb")])
    monkeypatch.setattr(sending, "submit", lambda *given: calls.append(("submit", *given)))
    monkeypatch.setattr(sending, "add_take", lambda *given: calls.append(("add", *given)))
    made = [SimpleNamespace(key=key, clip=f"c{key}") for key in "ba"]
    order = SimpleNamespace(shot_uid=shot.uid, scene_uid=shot.id_data.take_one.uid, keys=["a", "b"], takes=made)
    views = (SimpleNamespace(image=tmp_path / "first.png"), SimpleNamespace(image=tmp_path / "second.png"))
    assert sending.send(order, views, ("note",)) == ["a", "b"]
    assert calls == [("submit", "a", "ra", "ca"), ("add", "a", "ra", ("note",)), ("submit", "b", "rb", "cb"),
                     ("add", "b", "rb", ("note",))]  # fmt: skip
    assert shot.still == str(tmp_path / "first.png")
    order.shot_uid = "gone"
    assert sending.send(order, views, ()) == ["a", "b"]


# --- once more ---


class Request(SimpleNamespace):
    """A request of two files, as far as making it again looks."""

    def files(self):
        return self.named

    def with_files(self, named):
        return Request(named=named, binding=self.binding)


@pytest.fixture
def remade(shot, monkeypatch, tmp_path):
    """A take that can be made again; what is sent of it."""
    given = SimpleNamespace(sent=[], added=[], present={Path("/old/a.png"), Path("/old/b.png")}, known=set())
    given.request = Request(named={"a": Path("/old/a.png"), "b": Path("/old/b.png")}, binding=None)
    take = a_take(shot, "t", 4, clip="", status="FAILED")
    take.still = "/new/still.png"
    given.take = take
    monkeypatch.setattr(again, "read", lambda one: SimpleNamespace(request=given.request, still_notes=("n",)))
    monkeypatch.setattr(again.trust, "present", lambda paths: [one for one in paths if one in given.present])
    monkeypatch.setattr(again.trust, "is_known", lambda path: path in given.known)
    monkeypatch.setattr(again, "submit", lambda *what: given.sent.append(what))
    monkeypatch.setattr(again, "add_take", lambda *what: given.added.append(what))
    monkeypatch.setattr(again, "replace", lambda one, **more: Request(**{**vars(one), **more}) if isinstance(
        one, Request) else replace(one, **more))  # fmt: skip
    monkeypatch.setattr(takes, "new_clip_path", lambda _shot, number: Path(f"/clips/{number}.mp4"))
    return given


def test_a_take_without_a_clip_gets_one(remade, shot, monkeypatch):
    asked = []
    monkeypatch.setattr(takes, "keep_number", lambda *given: asked.append(given[1:]) or 6)
    key = again.make_again(shot, "t")
    ((sent, request, clip),) = remade.sent
    assert (sent, clip, remade.added) == (key, Path("/clips/6.mp4"), []) and asked == [(4, Path("/new"))]
    bound = request.binding
    assert (bound.take_uid, bound.number, bound.remade, bound.shot_uid, bound.refines) == ("t", 6, False, shot.uid, "")
    assert request.named == remade.request.named and remade.take.number == 6
    monkeypatch.setattr(again, "_own_place", lambda take: Path("/own.mp4"))
    remade.take.clip, remade.take.status = "//own.mp4", "CANCELLED"
    again.make_again(shot, "t")
    assert (remade.sent[1][2], remade.sent[1][1].binding.remade, len(asked)) == (Path("/own.mp4"), True, 1)


def test_a_take_that_is_there_is_replaced_by_a_new_one(remade, shot, monkeypatch):
    monkeypatch.setattr(takes, "clip_missing", lambda take: False)
    remade.take.status = "READY"
    remade.request.binding = Binding("f", "s", "other", "x", "Old name", 1, "AFTER", 33, refines="z", remade=True)
    key = again.make_again(shot, "t")
    ((sent, request, clip),) = remade.sent
    number = request.binding.number
    assert (sent, clip) == (key, Path(f"/clips/{number}.mp4")) and number > 4
    bound = request.binding
    assert (bound.take_uid, bound.refines, bound.remade, bound.shot_uid) == (key, "t", False, shot.uid)
    assert (bound.shot_name, bound.placement, bound.frame) == ("Hall", "AFTER", 33) and remade.added == [
        (key, request, ("n",))
    ]
    remade.take.status = "FAILED"
    again.make_again(shot, "t", {"seed": 9})
    assert remade.sent[1][1].seed == 9 and remade.sent[1][1].binding.refines == "t" and len(remade.added) == 2


def test_what_a_take_was_made_of_is_found_beside_its_still_or_it_is_said(remade, shot, monkeypatch):
    remade.present = {Path("/new/a.png"), Path("/old/b.png"), Path("/new/b.png")}
    again.make_again(shot, "t")
    assert remade.sent[0][1].named == {"a": Path("/new/a.png"), "b": Path("/old/b.png")}
    remade.present.remove(Path("/new/a.png"))
    with pytest.raises(SceneError) as caught:
        again.make_again(shot, "t")
    assert said(caught) == ("cannot_remake", "The take's still is gone: /old/a.png. Animate the shot instead.", "retry")
    monkeypatch.setattr(again, "is_there", lambda path: True)
    monkeypatch.setattr(again.trust, "foreign", lambda path: SceneError("foreign_file", f"no: {path}"))
    with pytest.raises(SceneError) as caught:
        again.make_again(shot, "t")
    assert said(caught)[:2] == ("foreign_file", "no: /old/a.png")
    remade.known.add(Path("/old/a.png"))
    with pytest.raises(SceneError) as caught:
        again.make_again(shot, "t")
    assert caught.value.code == "cannot_remake" and len(remade.sent) == 1
    remade.request = None
    for uid in ("t", "gone"):
        with pytest.raises(SceneError) as caught:
            again.make_again(shot, uid)
        assert said(caught) == ("cannot_remake", again.NOTHING_KEPT, "retry")


@pytest.mark.parametrize(
    ("clip", "own", "there", "found"),
    [("/a.mp4", True, False, True), ("", True, False, False), ("/a.mp4", False, False, False),
     ("/a.mp4", True, True, False)],
)  # fmt: skip
def test_where_a_clip_may_be_made_again(clip, own, there, found, monkeypatch):
    monkeypatch.setattr(takes, "clip_path", lambda take: Path("/a.mp4"))
    monkeypatch.setattr(again.trust, "is_own", lambda path: own)
    monkeypatch.setattr(again, "is_there", lambda path: there)
    assert again._own_place(SimpleNamespace(clip=clip)) == (Path("/a.mp4") if found else None)


# --- a client's notes ---


def test_notes_that_can_not_be_read_are_said(tmp_path, monkeypatch):
    file = tmp_path / "notes.json"
    with pytest.raises(SceneError) as caught:
        notes.read(file)
    assert said(caught)[:2] == ("disk", "The notes can't be read: No such file or directory.")
    file.write_text("[]")
    with pytest.raises(SceneError, match=r"^'notes\.json' holds no notes of a client page: .+\.$") as caught:
        notes.read(file)
    assert caught.value.code == "no_notes"
    monkeypatch.setattr(notes.notes, "MAX_BYTES", 1)
    with pytest.raises(SceneError, match=r"is too large\.$"):
        notes.read(file)
