"""What is sent, to the last letter: the order of every model, as golden files; and the prompt in seven languages.

.dev/test/bin/python -m tests.backend.hosted.test_orders     # writes the golden files again
"""

from __future__ import annotations

import io
import json
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.engine import EngineError
from backend.engines.hosted.engine import pictures_of
from backend.engines.hosted.providers import models
from backend.engines.hosted.providers.provider import Memo
from backend.engines.hosted.request.ask import ask, describe, price
from backend.engines.hosted.request.model import Pictures
from backend.engines.hosted.request.still import middle, nearest, to_send
from backend.engines.hosted.request.words import compose
from client.protocol import LANGUAGES, Direction, Line, PartOfClip, TakeRequest, View

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "hosted_orders.json"
LINES = {
    "English": "We are late.",
    "Mandarin": "我们迟到了。",
    "Cantonese": "我哋遲到喇。",
    "Japanese": "遅刻だ。",
    "Korean": "우리 늦었어.",
    "German": "Wir sind zu spät.",
    "French": "Nous sommes en retard.",
}
MEMO = Memo(1.79e9, "", "", 7, 4, "k" * 32)

IN_SHOTS = ("fal-kling-3-pro", "fal-happyhorse-1.1", "happyhorse-1.1", "wan-3.0", "runway-kling-3-pro")
SHOTS = [{"prompt": "She looks up.", "seconds": 3}, {"prompt": "The street outside.", "seconds": 4}]


def a_request(folder: Path, engine: str, **more: Any) -> TakeRequest:
    picture = np.zeros((540, 960, 3), np.uint8)
    picture[..., 0], picture[..., 1] = np.arange(960) % 256, (np.arange(540) % 256)[:, None]
    for name in ("still", "last"):
        Image.fromarray(picture).save(folder / f"{name}.png")
        picture = picture[::-1]
    direction = Direction("Anna turns to the window", (Line("ANNA", "German", LINES["German"]),), "rain on glass")
    views = (View(folder / "still.png"), View(folder / "last.png", t=1.0))
    return TakeRequest(engine, direction, views, 3.4, Fraction(24), (960, 540), 7, **more)


def references_in(folder: Path) -> tuple[Path, ...]:
    """Two pictures of other shapes than the clip."""
    for name, size, colour in (("anna", (500, 900), (200, 40, 40)), ("fan", (640, 480), (40, 200, 40))):
        Image.new("RGB", size, colour).save(folder / f"{name}.png")
    return folder / "anna.png", folder / "fan.png"


def sent(folder: Path, engine: str, **more: Any) -> dict[str, Any]:
    """What would be sent for a request, its pictures by their kind and size."""
    provider, model = models()[engine]
    references = references_in(folder) if model.references else ()
    request = a_request(folder, engine, references=references, **more)
    still = to_send(request.views[0].image, request.size, model.pictures)
    seen = pictures_of(model, request, still)
    order = provider.order(model, ask(model, request), seen, MEMO)
    text = json.dumps({"path": order.path, "headers": dict(order.headers), "body": order.body}, ensure_ascii=False)
    named = [(still, "the still"), (seen.last, "the last frame")]
    named += [(picture, f"a picture of {picture.size}") for picture in seen.references[: len(references)]]
    for picture, name in named:
        if picture is not None:
            text = text.replace(picture.url, name).replace(picture.base64, f"{name}'s base64")
    found: dict[str, Any] = json.loads(text)
    if order.files:
        found["files"] = {name: [file[0], file[2]] for name, file in order.files.items()}
    return found


@pytest.mark.parametrize("engine", sorted(models()))
def test_an_order_is_the_golden_one(tmp_path: Path, engine: str) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert sent(tmp_path, engine) == golden[engine]


def test_every_golden_order_has_a_model() -> None:
    shots = {name.removesuffix(" shots") for name in json.loads(GOLDEN.read_text(encoding="utf-8"))}
    assert shots == set(models())


@pytest.mark.parametrize("engine", IN_SHOTS)
def test_several_shots_are_one_order(tmp_path: Path, engine: str) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert sent(tmp_path, engine, options={"shots": SHOTS}) == golden[f"{engine} shots"]


@pytest.mark.parametrize("engine", ["happyhorse-1.1-references", "fal-happyhorse-1.1-references"])
def test_references_go_in_their_order_and_the_still_last(tmp_path: Path, engine: str) -> None:
    _, model = models()[engine]

    def seen(**more: Any) -> list[tuple[int, int]]:
        request = a_request(tmp_path, engine, **more)
        still = to_send(request.views[0].image, request.size, model.pictures)
        return [picture.size for picture in pictures_of(model, request, still).references]

    both, without = references_in(tmp_path), {"options": {"with_still": False}}
    assert seen(references=both) == [(500, 900), (640, 480), (960, 540)]
    assert seen(references=both[::-1], **without) == [(640, 480), (500, 900)]
    assert seen() == [(960, 540)]
    with pytest.raises(EngineError, match="needs a picture"):
        seen(**without)


@pytest.mark.parametrize(
    ("size", "shape", "window"),
    [
        ((1920, 1080), "16:9", (0.0, 0.0, 1.0, 1.0)),
        ((1920, 804), "16:9", (0.0, (1 - 804 / 1080) / 2, 1.0, 804 / 1080)),
        ((1000, 1000), "1:1", (0.0, 0.0, 1.0, 1.0)),
        ((700, 1000), "3:4", ((1 - 0.7 / 0.75) / 2, 0.0, 0.7 / 0.75, 1.0)),
    ],
)
def test_of_a_clip_of_another_shape_the_middle_is_taken(
    size: tuple[int, int], shape: str, window: tuple[float, ...]
) -> None:
    shapes = ("16:9", "9:16", "1:1", "4:3", "3:4")
    assert nearest(size, shapes) == shape
    assert middle(shape, size) == pytest.approx(window)


@pytest.mark.parametrize("engine", IN_SHOTS)
def test_shots_of_a_request_are_told_like_those_of_its_options(tmp_path: Path, engine: str) -> None:
    whole = a_request(tmp_path, engine)
    shots = tuple(PartOfClip(Direction(str(one["prompt"])), float(str(one["seconds"]))) for one in SHOTS)
    provider, model = models()[engine]
    info = describe(model, provider, "")
    assert (info.shots_asked, info.shot_stills) == (model.shots, False)
    asked = ask(model, replace(whole, seconds=7.0, shots=shots))
    assert asked == ask(model, replace(whole, options={"shots": SHOTS}))
    with pytest.raises(EngineError, match="whole seconds"):
        ask(model, replace(whole, seconds=5.5, shots=(replace(shots[0], seconds=1.5), shots[1])))


@pytest.mark.parametrize(
    ("engine", "seconds", "said"),
    [
        ("fal-kling-3-pro", (3, 2), "makes shots of at least 3 seconds, and one has 2"),
        ("fal-kling-3-pro", (6, 6, 4), "at most 15 seconds, and the shots have 16 together"),
        ("fal-kling-3-pro", (3,) * 7, "must be a list of 1 to 6 shots"),
        ("happyhorse-1.1", (2,) * 8, "at most 15 seconds, and the shots have 16 together"),
        ("wan-3.0", (16, 15), "at most 30 seconds, and the shots have 31 together"),
        ("happyhorse-1.1-references", (4, 4), "must be a list of 1 to 1 shots"),
    ],
)
def test_shots_that_do_not_go_into_one_clip_are_refused_before_they_are_paid(
    tmp_path: Path, engine: str, seconds: tuple[int, ...], said: str
) -> None:
    _, model = models()[engine]
    shots = [{"prompt": "She looks up.", "seconds": one} for one in seconds]
    with pytest.raises(EngineError, match=said) as told:
        ask(model, a_request(tmp_path, engine, options={"shots": shots}))
    assert told.value.problem.param == "extra_params.options.shots"


def test_the_shots_say_how_long_the_clip_is_and_what_it_costs(tmp_path: Path) -> None:
    """Whatever the length of the request itself, which is that of its first shot perhaps."""
    _, model = models()["fal-kling-3-pro"]
    asked = ask(model, a_request(tmp_path, model.id, options={"shots": SHOTS}))
    found = price(model, asked)
    assert (asked.seconds, [shot.seconds for shot in asked.shots]) == (7, [3, 4])
    assert found is not None
    assert found.amount == pytest.approx(7 * 0.336)


def test_every_language_is_named_with_its_line() -> None:
    lines = tuple(Line("ANNA", language, LINES[language]) for language in LANGUAGES)
    words = compose(Direction("She speaks", lines))
    assert words == (
        'She speaks. ANNA says in English, "We are late." ANNA says in Mandarin, "我们迟到了。" '
        'ANNA says in Cantonese, "我哋遲到喇。" ANNA says in Japanese, "遅刻だ。" ANNA says in Korean, "우리 늦었어." '
        'ANNA says in German, "Wir sind zu spät." ANNA says in French, "Nous sommes en retard."'
    )


@pytest.mark.parametrize(
    ("engine", "options", "seconds", "amount"),
    [
        ("fal-happyhorse-1.1", {}, 3.4, 0.56),
        ("fal-happyhorse-1.1", {"quality": "1080p"}, 5, 0.90),
        ("fal-kling-3-pro", {"sound": False}, 5, 1.12),
        ("fal-kling-3-pro", {}, 5, 1.68),
        ("fal-veo-3.1", {"quality": "4k"}, 5, 3.60),
        ("fal-veo-3.1-fast", {"sound": False}, 8, 0.80),
        ("fal-seedance-2.0", {"quality": "1080p"}, 5, 3.402),
        ("wan-3.0", {"quality": "1080P"}, 30, 3.60),
        ("runway-gen-4.5", {}, 10, 1.20),
        ("gemini-omni-1.1", {"quality": "360p"}, 3, 0.09),
    ],
)
def test_a_price_is_that_of_the_seconds_that_are_made(
    tmp_path: Path, engine: str, options: dict[str, Any], seconds: float, amount: float
) -> None:
    _, model = models()[engine]
    request = a_request(tmp_path, engine, options=options)
    found = price(model, ask(model, TakeRequest(**{**request.__dict__, "seconds": seconds})))
    assert found is not None
    assert found.amount == pytest.approx(amount)


def test_a_prompt_that_is_too_long_is_refused_before_it_is_paid(tmp_path: Path) -> None:
    _, model = models()["runway-gen-4.5"]
    with pytest.raises(EngineError, match="takes 1000 characters"):
        ask(model, a_request(tmp_path, model.id, options={"final_prompt": "x" * 1001}))


@pytest.mark.parametrize(
    ("size", "limits", "wanted", "window"),
    [
        ((960, 540), Pictures(), (960, 540), (0.0, 0.0, 1.0, 1.0)),
        ((960, 402), Pictures(frames=((16, 9), (9, 16))), (960, 540), (0.0, 69 / 540, 1.0, 402 / 540)),
        ((160, 90), Pictures(side=300), (533, 300), (0.0, 0.0, 1.0, 1.0)),
        ((4000, 1000), Pictures(), (2048, 819), (0.0, 300 / 1600, 1.0, 1000 / 1600)),
    ],
)
def test_a_still_is_brought_within_the_limits(
    tmp_path: Path, size: tuple[int, int], limits: Pictures, wanted: tuple[int, int], window: tuple[float, ...]
) -> None:
    path = tmp_path / "still.png"
    Image.new("RGB", size, (200, 40, 40)).save(path)
    found = to_send(path, size, limits)
    assert found.size == wanted
    assert found.window == pytest.approx(window)


def test_a_heavy_still_is_made_lighter(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (1200, 1600, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    found = to_send(tmp_path / "noise.png", (1600, 1200), Pictures(bytes=600_000))
    assert found.kind == "image/jpeg"
    assert len(found.data) <= 600_000
    with Image.open(io.BytesIO(found.data)) as sent_picture:
        assert found.size == sent_picture.size == (800, 600)  # no quality of the whole one is as light


def write_golden() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        orders = {engine: sent(folder, engine) for engine in sorted(models())}
        orders |= {f"{engine} shots": sent(folder, engine, options={"shots": SHOTS}) for engine in IN_SHOTS}
    GOLDEN.write_text(json.dumps(orders, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_golden()
