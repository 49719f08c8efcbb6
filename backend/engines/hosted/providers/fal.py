"""fal: one queue for models of many makers.

Sources: the queue's OpenAPI (fal.ai/docs/api-reference/inference-api/openapi/queue.json) and fal_client 1.0.3
(`client.py`: the four addresses, the states, the headers of objects); "List requests by endpoint(s)" and "Pricing"
of the platform API (fal.ai/docs/platform-apis/v1/models/...); a model's fields and prices from its page
(fal.ai/models/<endpoint>/llms.txt). Read in November 2026, the prices of Kling, LTX, Veo and HappyHorse on the 27th:
in copies of these pages, each with an age of its own. Where they differ the dearer one counts until fal's pricing API
is asked. Kling 3.0 Pro: llms.txt has $0.224 and $0.336 with sound, the page's playground half of each. LTX 2.3 Pro:
its own llms.txt has $0.06, that of its text to video, which Lightricks prices alike, $0.08.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from client.protocol import Price

from ...engine import EngineError
from ..request.ask import Ask, digest, price
from ..request.model import Model, Pictures, Prices, Rate
from .provider import Memo, Order, Poll, Provider, Stage, Ticket

if TYPE_CHECKING:
    from ..request.still import Seen
    from ..wire.http import Wire

QUEUE, PLATFORM = "https://queue.fal.run", "https://api.fal.ai"
# What is made is kept for a day and no longer: it is fetched at once. (X-Fal-Store-IO: 0 would keep the request itself
# out of the account's history too, and with it the only way to find an order whose answer was lost.)
LIFETIME = {"X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": 86_400})}
SPOKEN = ("English", "Mandarin", "Cantonese", "Japanese", "Korean", "German", "French")
SEEN = "2026-11-27"
DEARER = "the dearer of two copies"
WIDE = ((16, 9), (9, 16))
SHAPES = ("16:9", "9:16", "1:1", "4:3", "3:4")  # of what is made of references
REFERENCE = Pictures(side=400, longest=1280, bytes=1 << 20, ratios=(0.1, 10.0))  # as many as nine go in one request
# With a last frame Veo has an endpoint of its own.
VEO_LAST = {
    "endpoint": "fal-ai/veo3.1/first-last-frame-to-video",
    "still": "first_frame_url",
    "last": "last_frame_url",
}
VEO_FAST_LAST = {**VEO_LAST, "endpoint": "fal-ai/veo3.1/fast/first-last-frame-to-video"}


def _page(endpoint: str) -> str:
    return f"https://fal.ai/models/{endpoint}"


def _model(
    id: str,
    endpoint: str,
    name: str,
    about: str,
    lengths: tuple[int, ...],
    rates: tuple[Rate, ...],
    fields: dict[str, Any],
    **more: Any,
) -> Model:
    remark = more.pop("remark", "")
    prices = Prices(rates, SEEN, f"{_page(endpoint)} ({remark})" if remark else _page(endpoint))
    return Model(id, endpoint, name, about, lengths, prices, fields=fields, **more)


# `fields`: what the endpoint calls the still, the last frame, the references; the `shapes` that it makes of these;
# `length` the form of the duration; `shots` how several shots are told.
MODELS = (
    _model(
        "fal-happyhorse-1.1",
        "alibaba/happy-horse/v1.1/image-to-video",
        "HappyHorse 1.1 (fal)",
        "Picture and sound in one, speaks seven languages, follows the still closely.",
        tuple(range(3, 16)),
        (Rate(0.14, "720p"), Rate(0.18, "1080p")),
        {"still": "image_url", "length": "int", "shots": "numbered"},
        resolutions=("720p", "1080p"),
        languages=SPOKEN,
        fps=Fraction(24),
        shots=8,
        pictures=Pictures(bytes=10 << 20),
    ),
    _model(
        "fal-happyhorse-1.0",
        "alibaba/happy-horse/image-to-video",
        "HappyHorse 1.0 (fal)",
        "The version before: picture and sound in one, speaks seven languages.",
        tuple(range(3, 16)),
        (Rate(0.14, "720p"), Rate(0.28, "1080p")),
        {"still": "image_url", "length": "int", "shots": "numbered"},
        resolutions=("720p", "1080p"),
        languages=SPOKEN,
        fps=Fraction(24),
        shots=8,
        pictures=Pictures(bytes=7 << 20),
    ),
    _model(
        "fal-happyhorse-1.1-references",
        "alibaba/happy-horse/v1.1/reference-to-video",
        "HappyHorse 1.1 References (fal)",
        "Who and what your pictures show: character1 is the first of them. It does not begin with the still.",
        tuple(range(3, 16)),
        (Rate(0.14, "720p"), Rate(0.18, "1080p")),
        {"references": "image_urls", "shapes": (*SHAPES, "21:9", "9:21", "5:4", "4:5"), "length": "int"},
        resolutions=("720p", "1080p"),
        languages=SPOKEN,
        fps=Fraction(24),
        references=8,
        pictures=REFERENCE,
    ),
    _model(
        "fal-happyhorse-1.0-references",
        "alibaba/happy-horse/reference-to-video",
        "HappyHorse 1.0 References (fal)",
        "The version before, of your pictures. It does not begin with the still.",
        tuple(range(3, 16)),
        (Rate(0.14, "720p"), Rate(0.28, "1080p")),
        {"references": "image_urls", "shapes": SHAPES, "length": "int"},
        resolutions=("720p", "1080p"),
        languages=SPOKEN,
        fps=Fraction(24),
        references=8,
        pictures=REFERENCE,
    ),
    _model(
        "fal-kling-3-pro",
        "fal-ai/kling-video/v3/pro/image-to-video",
        "Kling 3.0 Pro (fal)",
        "Camera and motion of film quality, several shots, a last frame, sound.",
        tuple(range(3, 16)),
        (Rate(0.224, sound=False), Rate(0.336, sound=True)),
        {"still": "start_image_url", "last": "end_image_url", "length": "text", "shots": "list"},
        remark=DEARER,
        sound="switch",
        languages=("English", "Mandarin"),
        last_frame=True,
        shots=6,
        shortest_shot=3,
        seed=False,
    ),
    _model(
        "fal-kling-3",
        "fal-ai/kling-video/v3/standard/image-to-video",
        "Kling 3.0 (fal)",
        "As Kling 3.0 Pro, smaller and cheaper.",
        tuple(range(3, 16)),
        (Rate(0.084, sound=False), Rate(0.126, sound=True)),
        {"still": "start_image_url", "last": "end_image_url", "length": "text", "shots": "list"},
        sound="switch",
        languages=("English", "Mandarin"),
        last_frame=True,
        shots=6,
        shortest_shot=3,
        seed=False,
    ),
    _model(
        "fal-veo-3.1",
        "fal-ai/veo3.1/image-to-video",
        "Veo 3.1 (fal)",
        "Clean motion and speech, wide or upright, to 4K. 4, 6 or 8 seconds.",
        (4, 6, 8),
        (
            Rate(0.40, "4k", False),
            Rate(0.60, "4k", True),
            Rate(0.20, sound=False),
            Rate(0.40, sound=True),
        ),
        {"still": "image_url", "length": "s", "with_last": VEO_LAST},
        resolutions=("720p", "1080p", "4k"),
        sound="switch",
        last_frame=True,
        pictures=Pictures(frames=WIDE),
    ),
    _model(
        "fal-veo-3.1-fast",
        "fal-ai/veo3.1/fast/image-to-video",
        "Veo 3.1 Fast (fal)",
        "As Veo 3.1, quicker and cheaper.",
        (4, 6, 8),
        (
            Rate(0.30, "4k", False),
            Rate(0.35, "4k", True),
            Rate(0.10, sound=False),
            Rate(0.15, sound=True),
        ),
        {"still": "image_url", "length": "s", "with_last": VEO_FAST_LAST},
        resolutions=("720p", "1080p", "4k"),
        sound="switch",
        last_frame=True,
        pictures=Pictures(frames=WIDE),
    ),
    _model(
        "fal-seedance-2.0",
        "bytedance/seedance-2.0/image-to-video",
        "Seedance 2.0 (fal)",
        "Complex action and camera, a last frame, sound at the same price.",
        tuple(range(4, 16)),
        (Rate(0.1406, "480p"), Rate(0.3024, "720p"), Rate(0.6804, "1080p")),  # $0.014 for 1000 tokens, as there
        {"still": "image_url", "last": "end_image_url", "length": "text"},
        resolutions=("480p", "720p", "1080p"),
        sound="switch",
        last_frame=True,
    ),
    _model(
        "fal-ltx-2.3",
        "fal-ai/ltx-2.3/image-to-video",
        "LTX 2.3 Pro (fal)",
        "Large pictures at a low price, a last frame, sound. 6, 8 or 10 seconds.",
        (6, 8, 10),
        (Rate(0.08, "1080p"), Rate(0.16, "1440p"), Rate(0.32, "2160p")),
        {"still": "image_url", "last": "end_image_url", "length": "int"},
        remark=DEARER,
        resolutions=("1080p", "1440p", "2160p"),
        last_frame=True,
        seed=False,
        pictures=Pictures(frames=WIDE),
    ),
    _model(
        "fal-wan-2.7",
        "fal-ai/wan/v2.7/image-to-video",
        "Wan 2.7 (fal)",
        "Steady motion, a last frame, sound, long prompts.",
        tuple(range(2, 16)),
        (Rate(0.10, "720p"), Rate(0.15, "1080p")),
        {"still": "image_url", "last": "end_image_url", "length": "int"},
        resolutions=("720p", "1080p"),
        last_frame=True,
        prompt_limit=5000,
        pictures=Pictures(side=360, longest=2000),
    ),
)


class Fal(Provider):
    """The queue, and the models above."""

    name, label, variable = "fal", "fal", "FAL_KEY"
    address, console = QUEUE, "https://fal.ai/dashboard"
    keeps, keeps_seconds = "a day", 86_400.0
    pace = (1.0, 5.0)
    lists = True
    models = MODELS

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Key {key}"}

    def hosts(self, address: str) -> frozenset[str]:
        return frozenset({urlsplit(PLATFORM).netloc}) if address == QUEUE else frozenset()

    def order(self, model: Model, asked: Ask, seen: Seen, memo: Memo) -> Order:
        from ..request.still import nearest

        last = seen.last
        fields = {"endpoint": model.endpoint, **model.fields, **(model.fields.get("with_last", {}) if last else {})}
        body: dict[str, Any] = {"prompt": asked.prompt}
        if model.references:
            body[fields["references"]] = [picture.url for picture in seen.references]
            body["aspect_ratio"] = nearest(seen.frame, fields["shapes"])
        else:
            body[fields["still"]] = seen.first.url
        if asked.shots:
            del body["prompt"]
            shots = [{"prompt": shot.prompt, "duration": str(shot.seconds)} for shot in asked.shots]
            body |= {"multi_prompt": shots, "shot_type": "customize"}
        elif last is not None:  # Kling takes no last frame with several shots
            body[fields["last"]] = last.url
        lengths = {"int": asked.seconds, "text": str(asked.seconds), "s": f"{asked.seconds}s"}
        body["duration"] = lengths[fields["length"]]
        if model.resolutions:
            body["resolution"] = asked.resolution
        if model.sound == "switch":
            body["generate_audio"] = asked.sound
        if model.seed:
            body["seed"] = asked.seed
        return Order(fields["endpoint"], body, LIFETIME, endpoint=fields["endpoint"])

    def submit(self, wire: Wire, order: Order) -> Ticket:
        from ..wire.problems import ticket

        answer = wire.send("POST", order.path, order.body, order.headers)
        parts = ("request_id", "status_url", "response_url", "cancel_url")
        return ticket(self.label, answer, **{name: (name,) for name in parts})

    def find(self, wire: Wire, memo: Memo) -> Ticket | None:
        start = datetime.fromtimestamp(memo.at, UTC) - timedelta(minutes=1)
        params = {"endpoint_id": memo.endpoint, "start": start.strftime("%Y-%m-%dT%H:%M:%SZ")}
        params |= {"limit": "100", "expand": "payloads"}
        answer = wire.ask(self._platform(wire, "models/requests/by-endpoint"), params)
        items = answer.get("items")
        if not answer.good or not isinstance(items, list):
            return None
        ours = [item for item in items if isinstance(item, dict) and _is(item.get("json_input"), memo)]
        if len(ours) != 1 or not isinstance(ours[0].get("request_id"), str):
            return None
        id = ours[0]["request_id"]
        base = f"{wire.address}/{'/'.join(memo.endpoint.split('/')[:2])}/requests/{id}"
        return {"request_id": id, "status_url": f"{base}/status", "response_url": base, "cancel_url": f"{base}/cancel"}

    def poll(self, wire: Wire, model: Model, ticket: Ticket) -> Poll:
        from ..wire.problems import expired, refused, sentence

        answer = wire.ask(ticket["status_url"])
        if answer.status == 404:
            raise expired(self.label, self.keeps)
        if not answer.good:
            raise refused(self.label, answer)
        status = answer.get("status")
        if status == "IN_QUEUE":
            before = answer.get("queue_position")
            return Poll(Stage.WAITING, before=before if isinstance(before, int) else 0)
        if status != "COMPLETED":
            return Poll(Stage.WORKING)
        if answer.get("error"):
            said = sentence(str(answer.get("error")))
            return Poll(Stage.FAILED, error=EngineError("engine_failed", f"fal could not make it: {said}", "retry"))
        return self._result(wire, ticket)

    def _result(self, wire: Wire, ticket: Ticket) -> Poll:
        from ..wire.problems import expired, refused

        answer = wire.ask(ticket["response_url"])
        if answer.status in (404, 410):
            raise expired(self.label, self.keeps)
        if not answer.good:
            paid = "fal says that such a request may be billed where work was done before it was refused."
            return Poll(Stage.FAILED, error=refused(self.label, answer, paid))
        url = answer.get("video", "url")
        if not isinstance(url, str):
            return Poll(Stage.FAILED, error=EngineError("engine_failed", "fal made no clip.", "retry"))
        return Poll(Stage.DONE, url=url, facts={"seed_used": answer.get("seed")})

    def cancel(self, wire: Wire, ticket: Ticket) -> None:
        wire.send("PUT", ticket["cancel_url"])

    def quote(self, wire: Wire, model: Model, asked: Ask) -> Price | None:
        """fal has one price an endpoint, and our table one for each size. Where it is that of what is asked, it is
        live; where it is that of another size, the table's holds; else all have moved, most likely in proportion."""
        ours = price(model, asked)
        answer = wire.ask(self._platform(wire, "models/pricing"), {"endpoint_id": model.endpoint}, patience=3.0)
        found = answer.get("prices", 0)
        if ours is None or model.prices is None or not isinstance(found, dict):
            return None
        live = found.get("unit_price")
        if found.get("endpoint_id") != model.endpoint or "second" not in str(found.get("unit")):
            return None
        if found.get("currency", ours.currency) != ours.currency:
            return None  # of two currencies neither is in proportion to the other
        if isinstance(live, bool) or not isinstance(live, int | float) or not 0 < live < 100:
            return None
        today, rates = datetime.now(UTC).date().isoformat(), [rate.amount for rate in model.prices.rates]
        mine = ours.amount / asked.seconds
        if abs(live / mine - 1) < 0.01:
            return Price(ours.amount, as_of=today, source="fal's pricing API", exact=True)
        if any(abs(live / rate - 1) < 0.01 for rate in rates):
            return None
        changed = round(ours.amount * live / rates[0], 4)
        return Price(changed, as_of=today, source="fal's pricing API, in proportion to its page")

    def check(self, wire: Wire) -> tuple[str, tuple[str, ...]]:
        from ..wire.problems import refused

        endpoint = self.models[0].endpoint
        answer = wire.ask(self._platform(wire, "models/requests/by-endpoint"), {"endpoint_id": endpoint, "limit": 1})
        if not answer.good:
            raise refused(self.label, answer)
        return f"The key is good: {len(self.models)} models.", ()

    def _platform(self, wire: Wire, path: str) -> str:
        return f"{PLATFORM if wire.address == QUEUE else wire.address}/v1/{path}"


def _is(data: Any, memo: Memo) -> bool:
    """Whether the input of a request in fal's list is that of our order."""
    if not isinstance(data, dict):
        return False
    shots = data.get("multi_prompt")
    words = [str(shot.get("prompt")) for shot in shots if isinstance(shot, dict)] if isinstance(shots, list) else []
    return digest(words or [str(data.get("prompt"))]) == memo.digest and data.get("seed", memo.seed) == memo.seed


PROVIDER = Fal()
