"""The pictures of a hosted order, and the clip that comes back: what is sent, and where in it the still is."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from backend.engines.hosted import fetch
from backend.engines.hosted.engine import pictures_of
from backend.engines.hosted.request import still as stills
from backend.engines.hosted.request.ask import ask
from backend.engines.hosted.request.model import Pictures
from client.protocol import Price, View
from tests.backend.hosted.orders import MODEL, request, wrong


def test_what_of_a_picture_is_in_the_clips_shape() -> None:
    picture = Image.new("RGB", (400, 100))
    picture.putpixel((150, 50), (255, 0, 0))
    cropped = stills._cropped(picture, (64, 64))
    assert cropped.size == (100, 100) and cropped.getpixel((0, 50)) == (255, 0, 0)
    assert stills._cropped(Image.new("RGB", (101, 100)), (50, 50)).size == (101, 100)  # a pixel is no shape
    assert stills._cropped(Image.new("RGB", (102, 100)), (50, 50)).size == (100, 100)
    assert stills._cropped(Image.new("RGB", (100, 300)), (16, 9)).size == (100, 56)


def test_bars_are_where_the_shape_is_none_of_the_models() -> None:
    limits = Pictures(ratios=(0.5, 2.0))
    framed, window = stills._framed(Image.new("RGB", (300, 100), (9, 9, 9)), limits)
    assert (framed.size, window) == ((300, 150), (0.0, pytest.approx(25 / 150), 1.0, pytest.approx(100 / 150)))
    assert [framed.getpixel(place) for place in ((0, 24), (0, 25), (299, 124), (0, 125))] == [
        (0, 0, 0),
        (9, 9, 9),
        (9, 9, 9),
        (0, 0, 0),
    ]
    framed, window = stills._framed(Image.new("RGB", (100, 300)), limits)
    assert (framed.size, window) == ((150, 300), (pytest.approx(25 / 150), 0.0, pytest.approx(100 / 150), 1.0))
    assert stills._framed(Image.new("RGB", (200, 100)), limits)[1] == stills.WHOLE
    fixed = Pictures(frames=((16, 9), (9, 16)))
    assert stills._framed(Image.new("RGB", (160, 160)), fixed)[0].size == (160, 284)
    assert stills._framed(Image.new("RGB", (160, 90)), fixed)[1] == stills.WHOLE


@pytest.mark.parametrize(
    ("size", "sent"),
    [((4000, 2000), (1000, 500)), ((1000, 400), (1000, 400)), ((100, 50), (200, 100)), ((4000, 300), (1333, 100))],
)
def test_a_picture_is_neither_longer_nor_smaller_than_it_may_be(size: tuple[int, int], sent: tuple[int, int]) -> None:
    assert stills._scaled(Image.new("RGB", size), Pictures(side=100, longest=1000)).size == sent


def test_a_picture_is_sent_within_its_limits(tmp_path: Path) -> None:
    Image.new("RGB", (320, 180), (200, 100, 50)).save(tmp_path / "a.png")
    sent = stills.to_send(tmp_path / "a.png", (160, 160), Pictures(side=90, longest=120))
    assert (sent.kind, sent.size, sent.window, sent.ratio) == ("image/png", (120, 120), stills.WHOLE, "16:9")
    back = Image.open(io.BytesIO(sent.data))
    assert (back.size, back.getpixel((60, 60))) == ((120, 120), (200, 100, 50))
    assert stills.to_send(tmp_path / "a.png", None, Pictures(side=90)).size == (320, 180)
    assert dataclasses.replace(sent, size=(9, 10)).ratio == "9:16"
    assert sent.url == f"data:image/png;base64,{sent.base64}"


def test_shapes_by_their_words() -> None:
    assert [stills.nearest(size, ("16:9", "1:1", "9:16")) for size in ((1920, 1080), (100, 110), (100, 140))] == [
        "16:9",
        "1:1",
        "9:16",
    ]
    assert stills.middle("16:9", (1920, 1080)) == stills.WHOLE
    assert stills.middle("16:9", (100, 100)) == (pytest.approx(7 / 32), 0.0, pytest.approx(9 / 16), 1.0)
    assert stills.middle("1:1", (200, 100)) == (0.0, pytest.approx(0.25), 1.0, pytest.approx(0.5))


def work(**more: Any) -> Any:
    asked = ask(MODEL, request())
    sent = stills.Sent(b"", "image/png", (9, 9), (0.0, 0.25, 1.0, 0.5))
    return SimpleNamespace(**{"request": request(), "asked": asked, "cost": Price(1.0), "still": sent, **more})


def test_a_clip_says_what_was_made_and_paid(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x")
    provider: Any = SimpleNamespace(label="Prov")
    poll: Any = SimpleNamespace(cost=None, facts={"extra": 1})
    made = fetch._clip(provider, MODEL, {"id": "t"}, poll, work(), tmp_path / "a.mp4")
    assert made.facts == {
        "model": "there/m",
        "provider": "Prov",
        "order": {"id": "t"},
        "prompt_sent": "Push in.",
        "seconds_made": 6,
        "seed_sent": 7,
        "extra": 1,
    }
    assert (made.window, made.cost) == ((0.0, 0.25, 1.0, 0.5), Price(1.0))
    assert made.notes == ("Model M makes clips of whole lengths: 6 s were made and paid.",)
    blind = dataclasses.replace(MODEL, seed=False)
    other = fetch._clip(provider, blind, {}, SimpleNamespace(cost=Price(2.0), facts={}), work(), tmp_path / "a.mp4")  # type: ignore[arg-type]
    assert (other.facts["seed_sent"], other.cost) == (None, Price(2.0)) and "takes no seed" in other.notes[-1]
    assert fetch._window(MODEL, work(still=None)) is None
    pictured = dataclasses.replace(MODEL, references=2, fields={"shapes": ("16:9", "1:1")})
    assert fetch._window(pictured, work(request=request(size=(200, 100)))) == (
        0.0,
        pytest.approx(1 / 18),
        1.0,
        pytest.approx(8 / 9),
    )
    (tmp_path / "b.mp4").write_bytes(b"")
    assert "is empty" in wrong(fetch._clip, provider, MODEL, {}, poll, work(), tmp_path / "b.mp4").message
    assert not (tmp_path / "b.mp4").exists()


def test_which_pictures_go_along(tmp_path: Path) -> None:
    for name, red in (("still", 10), ("last", 20), ("one", 30), ("two", 40), ("three", 50)):
        Image.new("RGB", (64, 48), (red, 0, 0)).save(tmp_path / f"{name}.png")

    def reds(sent: tuple[Any, ...]) -> list[int | None]:
        return [Image.open(io.BytesIO(one.data)).getpixel((5, 5))[0] if one else None for one in sent]

    asked = request(
        views=(View(tmp_path / "still.png"), View(tmp_path / "last.png", t=1.0)),
        references=tuple(tmp_path / f"{name}.png" for name in ("one", "two", "three")),
    )
    small = dataclasses.replace(MODEL, pictures=Pictures(side=16))
    still = stills.to_send(tmp_path / "still.png", (64, 48), small.pictures)
    plain = pictures_of(small, asked, still)
    assert reds((plain.still, plain.last, *plain.references)) == [10, None] and plain.frame == (64, 48)
    ends = pictures_of(dataclasses.replace(small, last_frame=True), asked, still)
    assert reds((ends.still, ends.last)) == [10, 20]
    able = dataclasses.replace(small, references=2)
    assert reds(pictures_of(able, asked, still).references) == [30, 40, 10]
    without = dataclasses.replace(asked, options={"with_still": False})
    assert reds(pictures_of(able, without, still).references) == [30, 40]
    none = dataclasses.replace(without, references=())
    assert wrong(pictures_of, able, none, still).param == "references"
