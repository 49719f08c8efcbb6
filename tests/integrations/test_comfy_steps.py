"""The node pack's steps without a service: what is asked, shown, refused and left, at a client that is told."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from integrations.comfyui import pictures, running
from integrations.comfyui.asking import Shot, json_object, lens_camera, lines
from integrations.comfyui.client import Client, Form
from integrations.comfyui.errors import TakeOneError, Unreachable
from integrations.comfyui.running import check_price, choose, engine_line, machines_most, make_take
from integrations.comfyui.servers import server_at

FORM = Form(b"body", "kind", "key")


class Told:
    """A client that answers from lists, and notes what it was asked; the last answer stays."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.seen, self.server = answers, list[Any](), server_at("")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            self.seen.append((name, *given))
            told = self.answers[name]
            one = (told.pop(0) if len(told) > 1 else told[0]) if isinstance(told, list) else told
            if isinstance(one, BaseException):
                raise one
            return one

        return call


class Screen:
    def __init__(self) -> None:
        self.shown: list[Any] = []

    def show(self, percent: float, text: str, preview: Any = None) -> None:
        self.shown.append((percent, text, preview))


class Stop(Exception):
    pass


def job(status: str, id: str = "v", **more: Any) -> dict[str, Any]:
    return {"id": id, "status": status, **more}


def made(told: Told, folder: Path) -> tuple[Path, dict[str, Any], Screen]:
    screen = Screen()
    clip, found = make_take(told, FORM, screen, Stop, folder)  # type: ignore[arg-type]
    return clip, found, screen


def test_a_take_that_is_there_is_only_fetched(tmp_path: Path) -> None:
    told = Told(submit=job("completed"), download=None)
    clip, found, screen = made(told, tmp_path / "new")
    assert told.seen == [("submit", FORM), ("download", "v", clip)] and screen.shown == []
    assert (clip.parent, clip.name[:9], clip.suffix) == (tmp_path / "new", "take_one_", ".mp4")
    assert found["status"] == "completed"
    told = Told(submit=job("queued"), follow=[iter([job("queued"), job("completed", stage="x")])], download=None)
    _, found, screen = made(told, tmp_path)
    assert found["stage"] == "x" and [one[1] for one in screen.shown] == ["Waiting", "x"]


def test_what_failed_before_goes_on_or_is_made_anew(tmp_path: Path) -> None:
    goes_on = Told(submit=job("failed"), retry=job("completed"), download=None)
    made(goes_on, tmp_path)
    assert [one[0] for one in goes_on.seen] == ["submit", "retry", "download"] and goes_on.seen[1] == ("retry", "v")
    over = TakeOneError("No.", "not_waiting")
    anew = Told(submit=[job("failed"), job("completed", "w")], retry=over, delete=None, download=None)
    made(anew, tmp_path)
    assert anew.seen[1:4] == [("retry", "v"), ("delete", "v"), ("submit", FORM)] and anew.seen[4][1] == "w"
    cancelled = Told(submit=[job("cancelled"), job("completed", "w")], delete=None, download=None)
    made(cancelled, tmp_path)
    assert [one[0] for one in cancelled.seen] == ["submit", "delete", "submit", "download"]
    with pytest.raises(TakeOneError, match="Other"):
        made(Told(submit=job("failed"), retry=TakeOneError("Other.", "busy")), tmp_path)


def test_an_interruption_takes_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    taken: list[Any] = []

    def interrupted() -> Any:
        yield job("queued")
        raise Stop

    monkeypatch.setattr(Client, "cancel", lambda self, id: taken.append((self.server, id, self.check())))
    told = Told(submit=job("queued"), follow=[interrupted()])
    with pytest.raises(Stop):
        made(told, tmp_path)
    assert taken == [(told.server, "v", None)] and list(tmp_path.iterdir()) == []

    def away(self: Client, id: str) -> None:
        raise TakeOneError("No way.")

    monkeypatch.setattr(Client, "cancel", away)
    with caplog.at_level(logging.WARNING, "take_one"), pytest.raises(Stop):
        made(Told(submit=job("queued"), follow=[interrupted()]), tmp_path)
    assert "The job v could not be cancelled: No way." in caplog.text


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (job("failed", error={"message": "It broke.", "code": "x"}), "It broke."),
        (job("failed", error={"message": "Lost.", "code": "uncertain"}), "Lost. It is not sent again by itself."),
        (job("failed", error="x"), "The take failed, and the server does not say why."),
        (job("failed", error={"message": "y" * 2001}), "y" * 2000),
        (job("cancelled"), "The job was cancelled on the server. Run again to have the take made."),
        (job("cancelled", deleted=True), "The job was removed on the server before its take was made."),
    ],
)
def test_why_there_is_no_take(ended: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(TakeOneError) as caught:
        made(Told(submit=job("queued"), follow=[iter([ended])]), tmp_path)
    assert str(caught.value).startswith(said) and len(str(caught.value)) <= 2000


def test_a_clip_is_fetched_three_times_at_most(tmp_path: Path) -> None:
    away = Unreachable("gone")
    told = Told(submit=job("completed"), download=[away, away, None])
    made(told, tmp_path)
    assert [one[0] for one in told.seen].count("download") == 3
    gone = TakeOneError("x", "gone")
    for raised, match in (
        (away, "gone"),
        (gone, "was removed on the server. Change the seed"),
        (Stop("no more"), "no more"),
    ):
        before = sorted(tmp_path.iterdir())
        told = Told(submit=job("completed"), download=raised)
        with pytest.raises(type(raised), match=match):
            made(told, tmp_path)
        assert sorted(tmp_path.iterdir()) == before
        assert [one[0] for one in told.seen].count("download") == (3 if raised is away else 1)


def jpeg(width: int) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, 2), (200, 30, 30)).save(file, "JPEG")
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ({"status": "queued", "queue_position": 3}, (0, "Waiting, number 3 in the queue")),
        ({"status": "queued", "queue_position": 0}, (0, "Waiting")),
        ({"progress": 40, "stage": "Filming", "eta_seconds": 1.0}, (40.0, "Filming, about 1 s left")),
        ({"status": "in_progress", "progress": "x", "eta_seconds": 0.9}, (0.0, "At work")),
        ({"progress": 7, "eta_seconds": "soon"}, (7.0, "At work")),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_job(state: Any, shown: Any) -> None:
    screen = Screen()
    running._show(screen, state)
    assert screen.shown == [(*shown, None)]
    sizes = {width: running._preview(jpeg(width)) for width in (4096, 4097)}
    assert sizes[4096] is not None and sizes[4096].size == (4096, 2) and sizes[4097] is None
    running._show(screen, {"preview": jpeg(5)})
    assert screen.shown[-1][2].getpixel((2, 1))[0] > 150
    for strange in (5, "data:image/png;base64,x", "data:image/jpeg;base64,AAAA", "data:image/jpeg;base64,A"):
        assert running._preview(strange) is None


@pytest.mark.parametrize(("said", "most"), [("", (0.0, False)), (" 2.5 ", (2.5, False)), ("any", (float("inf"), True))])
def test_what_this_machine_allows(said: str, most: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_MOST_COST", said)
    assert machines_most() == most
    for wrong in ("-1", "nan", "1 USD"):
        monkeypatch.setenv("TAKE_ONE_MOST_COST", wrong)
        with pytest.raises(TakeOneError, match=f'TAKE_ONE_MOST_COST is "{wrong}": say an amount'):
            machines_most()


@pytest.mark.parametrize(
    ("engine", "price", "there", "most", "said"),
    [
        ({}, None, "", 0, ""),
        ({"account": "x", "rate": {"amount": 0}}, None, "", 0, ""),
        ({"account": "x", "rate": None}, None, "9", 9, None),
        ({"account": "x"}, None, "any", 0.01, "price not known"),
        ({"account": "x"}, None, "any", 0, None),
        ({"priced": True}, {"amount": 2.0}, "2", 2, "2.00 USD"),
        ({"priced": True}, {"amount": 2.0}, "1.99", 2, None),
        ({"priced": True}, {"amount": 2.0}, "2", 1.99, None),
        ({"priced": True}, {"amount": 0.0}, "", 0, "0.00 USD"),
        ({"priced": True}, {"amount": 0, "currency": "EUR"}, "", 0, "0.00 EUR"),
        ({"priced": True}, {"amount": 1, "currency": "EUR"}, "9", 9, None),
        ({"priced": True}, {"amount": 1, "currency": "EUR"}, "any", 0, None),
        ({"priced": True}, {"amount": 1, "currency": "EUR", "as_of": "May"}, "any", 1, "1.00 EUR (price of May)"),
    ],
)
def test_what_may_be_paid(
    engine: Any, price: Any, there: str, most: float, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAKE_ONE_MOST_COST", there)
    client = Told(estimate=price)
    if said is None:
        with pytest.raises(TakeOneError, match=r"(A|What a) take of e costs"):
            check_price(client, {"id": "e", **engine}, {"f": 1}, most)  # type: ignore[arg-type]
    else:
        assert check_price(client, {"id": "e", **engine}, {"f": 1}, most) == said  # type: ignore[arg-type]
    assert client.seen == ([("estimate", {"f": 1})] if engine.get("priced") else [])


def test_engines_by_their_names() -> None:
    engines: list[dict[str, Any]] = [
        {"id": "a", "name": "An A", "depth": True, "last_frame": True, "rate": {"amount": 0.25}, "sends_to": "fal"},
        {"id": "b", "available": False},
        {"id": "c", "rate": {"amount": 1, "currency": "EUR"}, "camera_path": True},
    ]
    assert [engine_line(one) for one in engines] == [
        "a: An A, depth, last frame, about 0.25 USD a second, sends the picture and the words to fal",
        "b: b (not ready: it says no reason)",
        "c: c, path, about 1 EUR a second",
    ]
    assert choose(engines, "c") is engines[2]
    for name, said in (("b", "^b: It can't run there."), ("d", "called 'd'.")):
        with pytest.raises(TakeOneError, match=rf"{said} Engines that are ready: a, c\.$"):
            choose(engines, name)
    with pytest.raises(TakeOneError, match="ready: none"):
        choose([], "a")


def test_what_a_shot_asks_for() -> None:
    bare = Shot(" ", " go ", 1 / 3, 5).fields()
    extra = {"dialogue": [], "sound": "", "options": {}}
    rest = {"model": "draft", "prompt": "go", "seconds": "0.3333333333", "fps": "24", "seed": "5"}
    assert bare == {**rest, "extra_params": extra}
    full = Shot("e", "x", 2, 1, (64, 48), 23.976, " rain ", "A: b", '{"c": 1}', '{"p": 2}', '{"o": 3}').fields()
    assert (full["size"], full["fps"], full["model"]) == ("64x48", "23.976", "e")
    assert full["extra_params"] == {
        "dialogue": [{"speaker": "A", "language": "English", "line": "b"}],
        "sound": "rain",
        "options": {"o": 3},
        "camera": {"c": 1},
        "path": {"p": 2},
    }
    for size in ((64, 0), (0, 48)):
        with pytest.raises(TakeOneError, match="Give both width and height"):
            Shot("e", "x", 2, 1, size).fields()
    assert lines("\n  Anna ( French ) :  On y va : vite \n:x\n(German): y") == [
        {"speaker": "Anna", "language": "French", "line": "On y va : vite"},
        {"speaker": "", "language": "English", "line": "x"},
        {"speaker": "", "language": "German", "line": "y"},
    ]
    with pytest.raises(TakeOneError, match="Line 3 of the dialogue"):
        lines("A: b\n\nno colon")
    assert json_object(None, "n") is None and json_object(" ", "n") is None and json_object("{}", "n") == {}
    wrong = (("{", "n is not valid JSON"), ("[1]", "n must be a JSON object"), ("[" * 100_000, "n is not valid JSON"))
    for text, said in wrong:
        with pytest.raises(TakeOneError, match=said):
            json_object(text, "n")
    wide = {"projection": "perspective", "width": 400, "height": 200, "cx": 200, "cy": 100, "fx": 200, "fy": 200}
    assert lens_camera(400, 200, 18, 36) == wide and lens_camera(200, 400, 18, 36)["fx"] == 200


def test_a_form_has_a_key_of_all_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    shot = Shot("e", "x", 2, 1)
    files = {"input_reference": b"one", "depth": b"two", "last_frame": b"three"}
    form = shot.form(files)
    assert shot.form(dict(reversed(files.items()))).key == form.key and form.key.startswith("comfyui-")
    others = [shot.form({**files, "depth": b"three"}), shot.form({"depth": b"two"}), Shot("e", "x", 2, 2).form(files)]
    assert len({form.key, *(one.key for one in others)}) == 4
    boundary = form.kind.partition("boundary=")[2]
    assert form.kind.startswith("multipart/form-data; ") and form.body.endswith(f"--{boundary}--\r\n".encode())
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="depth"; filename="depth"\r\n'
    head += "Content-Type: image/x-exr\r\n\r\n"
    assert head.encode() + b"two\r\n" in form.body and form.body.count(b"image/png") == 2
    seed = b'name="seed"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n1\r\n'
    assert seed in form.body
    monkeypatch.setattr("integrations.comfyui.asking.MAX_BODY", len(form.body))
    shot.form(files)
    monkeypatch.setattr("integrations.comfyui.asking.MAX_BODY", len(form.body) - 1)
    with pytest.raises(TakeOneError, match="and a server accepts 256"):
        shot.form(files)


def test_pictures_of_one_channel_and_depths_with_holes() -> None:
    pixel = np.array([[[0.2, 0.9]]], np.float32)
    assert list(Image.open(io.BytesIO(pictures.png(pixel))).tobytes()) == [51, 51, 51]  # grey with its alpha
    assert pictures.one_picture(torch.zeros(4, 6), "m").shape == (4, 6, 1)
    holes = np.array([[[np.nan], [-1.0], [np.inf], [3.0]]], np.float32)
    assert pictures.metres(holes, pictures.METRES, 1, 2).tolist() == [[np.float32(1e10)] * 3 + [3.0]]
    for near, far in ((0.0, 2.0), (2.0, 2.0)):
        with pytest.raises(TakeOneError, match="near must be above 0"):
            pictures.metres(holes, pictures.LINEAR, near, far)
    assert pictures.metres(np.float32([[[1.5], [-1.0]]]), pictures.LINEAR, 2, 10).tolist() == [[10.0, 2.0]]
    with pytest.raises(TakeOneError, match="holds no distances"):
        pictures.metres(np.full((1, 1, 3), np.nan, np.float32), pictures.INVERSE, 1, 2)
