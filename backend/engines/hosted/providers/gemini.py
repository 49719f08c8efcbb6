"""Google's Gemini API: Gemini Omni Flash, through the Interactions API.

Veo 3.1 was retired there on 2026-10-22, with Omni Flash named in its place (it is still to be had at fal and
Runway). Sources: google-genai 3.6.1 (`_gaos/types/interactions`: the model's names, `videoresponseformat.py`,
`videoconfig.py`, `imagecontent.py`, the states of `interaction.py`); TanStack/ai issue 871, which shows the flow as
it ran (background, polling, the clip in `steps`); ai.google.dev/gemini-api/docs/video. Read in November 2026.

Prices, on 27 November: Omni 1.1 as wavespeed.ai/blog/ai-models/gemini-omni-1-1-flash-api has it; other resellers add
to the same. Of 1.2 only resellers' own prices were found (docs.laozhang.ai calls its 43 percent of Google's), so that
it is not known here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ...engine import EngineError
from ..request.ask import Ask
from ..request.model import Model, Pictures, Prices, Rate
from .provider import Memo, Order, Poll, Provider, Stage, Ticket

if TYPE_CHECKING:
    from ..request.still import Seen
    from ..wire.http import Wire

INTERACTIONS = "v1beta/interactions"
RATES = (Rate(0.03, "360p"), Rate(0.10, "720p"), Rate(0.15, "1080p"), Rate(0.30, "4k"))

MODELS = (
    Model(
        "gemini-omni-1.1",
        "gemini-omni-1.1-flash",
        "Gemini Omni 1.1 Flash",
        "Quick, with sound and speech, wide or upright. 360p for drafts.",
        tuple(range(3, 11)),
        Prices(RATES, "2026-11-27", "https://wavespeed.ai/blog/ai-models/gemini-omni-1-1-flash-api (a reseller)"),
        resolutions=("360p", "720p", "1080p", "4k"),
        fps=Fraction(24),
        pictures=Pictures(frames=((16, 9), (9, 16))),
        seed=False,
    ),
    Model(
        "gemini-omni-1.2",
        "gemini-omni-1.2-flash",
        "Gemini Omni 1.2 Flash",
        "The newer one: up to 15 seconds. Its price is not known here.",
        tuple(range(3, 16)),
        None,
        resolutions=("360p", "720p", "1080p", "4k"),
        fps=Fraction(24),
        pictures=Pictures(frames=((16, 9), (9, 16))),
        seed=False,
    ),
)


class Gemini(Provider):
    """The interactions."""

    name, label, variable = "gemini", "Gemini API", "GEMINI_API_KEY"
    address, console = "https://generativelanguage.googleapis.com", "https://aistudio.google.com"
    keeps, keeps_seconds = "two days", 2 * 86_400.0
    pace = (5.0, 10.0)
    lists = False
    models = MODELS

    def headers(self, key: str) -> dict[str, str]:
        return {"x-goog-api-key": key}

    def order(self, model: Model, asked: Ask, seen: Seen, memo: Memo) -> Order:
        still = seen.first
        picture = {"type": "image", "data": still.base64, "mime_type": still.kind}
        output = {"type": "video", "aspect_ratio": still.ratio, "resolution": asked.resolution, "delivery": "uri"}
        body = {
            "model": model.endpoint,
            "input": [picture, {"type": "text", "text": asked.prompt}],
            "response_format": {**output, "duration": f"{asked.seconds}s"},
            "generation_config": {"video_config": {"task": "image_to_video"}},
            "background": True,
        }
        return Order(INTERACTIONS, body)

    def submit(self, wire: Wire, order: Order) -> Ticket:
        from ..wire.problems import ticket

        answer = wire.send("POST", order.path, order.body)
        return ticket(self.label, answer, id=("id",))

    def poll(self, wire: Wire, model: Model, ticket: Ticket) -> Poll:
        from ..wire.problems import expired, refused

        answer = wire.ask(f"{INTERACTIONS}/{ticket['id']}")
        if answer.status == 404:
            raise expired(self.label, self.keeps)
        if not answer.good:
            raise refused(self.label, answer)
        status = answer.get("status")
        if status == "queued":
            return Poll(Stage.WAITING)
        if status == "in_progress":
            return Poll(Stage.WORKING)
        if status == "cancelled":
            return Poll(Stage.CANCELLED)
        url = _clip(answer.data) if status == "completed" else ""
        if url:
            return Poll(Stage.DONE, url=url)
        return Poll(Stage.FAILED, error=_failed(self.label, answer.data))

    def cancel(self, wire: Wire, ticket: Ticket) -> None:
        wire.send("POST", f"{INTERACTIONS}/{ticket['id']}/cancel", {})

    def check(self, wire: Wire) -> tuple[str, tuple[str, ...]]:
        from ..wire.problems import refused

        answer = wire.ask("v1beta/models", {"pageSize": 1000})
        if not answer.good:
            raise refused(self.label, answer)
        listed = answer.get("models")
        there = {str(one.get("name")) for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set()
        mine = [model.name for model in self.models if f"models/{model.endpoint}" in there]
        return f"The key is good. It may use {', '.join(mine) or 'none of the models that make video'}.", ()


def _parts(data: Any) -> list[dict[str, Any]]:
    """What the model gave back, piece by piece."""
    steps = data.get("steps") if isinstance(data, dict) else None
    outputs = [step for step in steps or () if isinstance(step, dict) and step.get("type") == "model_output"]
    return [part for step in outputs for part in step.get("content") or () if isinstance(part, dict)]


def _clip(data: Any) -> str:
    """The address of the clip's bytes."""
    for part in _parts(data):
        uri = part.get("uri")
        if part.get("type") == "video" and isinstance(uri, str):
            return uri if "alt=media" in uri else f"{uri}{'&' if '?' in uri else '?'}alt=media"
    return ""


def _failed(label: str, data: Any) -> EngineError:
    from ..wire.http import Answer
    from ..wire.problems import UNSAFE, sentence, unsafe, words

    texts = [str(part.get("text")) for part in _parts(data) if part.get("type") == "text"]
    errors = data.get("errors") if isinstance(data, dict) else None
    said = words(Answer(200, errors, {})) if errors else sentence(" ".join(texts) or "no reason was told")
    if UNSAFE.search(said):
        return unsafe(label, said)
    return EngineError("engine_failed", f"{label} made no clip: {said}", "retry")


PROVIDER = Gemini()
