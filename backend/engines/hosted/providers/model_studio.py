"""Alibaba Model Studio (DashScope): HappyHorse and Wan from their makers.

Sources: the pages of Model Studio on asynchronous tasks (help/en/model-studio/manage-asynchronous-tasks: query,
list, cancel while PENDING, results kept for 24 hours), Wan 3.0 (wan3-video-generation-api-reference: hosts, fields,
2 to 30 s) and HappyHorse (fields, limits and the watermark's default as skills and gateways that pass it through
repeat them); dashscope 2.0.2 (`v2/resources/_jobs.py`: the list, the states). Read in November 2026.

Prices, on 27 November: Alibaba's own list could not be read. HappyHorse 1.0: "between $0.14 and $0.24", as an article
reads it off Model Studio (okmiku.com/blog/alibaba-happyhorse-1-video-model), and as resellers have it
(docs.empiriolabs.ai/models/happyhorse-1-0). HappyHorse 1.1: $0.14 and $0.18 (docs.empiriolabs.ai/models/happyhorse-1-1,
and fal). Wan 3.0: of a gateway that sells at 98 percent of Alibaba's price, this made 100
(docs.apiyi.com/api-capabilities/wan3/overview). What a task's `usage` says was made is priced by the same.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from client.protocol import Price

from ...engine import EngineError
from ..request.ask import Ask, digest
from ..request.model import Model, Pictures, Prices, Rate
from .provider import Memo, Order, Poll, Provider, Stage, Ticket

if TYPE_CHECKING:
    from ..request.still import Seen
    from ..wire.http import Wire

SUBMIT = "api/v1/services/aigc/video-generation/video-synthesis"
TASKS = "api/v1/tasks"
ASYNC = {"X-DashScope-Async": "enable"}
SPOKEN = ("English", "Mandarin", "Cantonese", "Japanese", "Korean", "German", "French")
SEEN = "2026-11-27"
RESELLERS = "resellers that repeat Model Studio's"
GATEWAY = "https://docs.apiyi.com/api-capabilities/wan3/overview (less its discount)"
SHAPES = ("16:9", "9:16", "1:1", "4:3", "3:4")  # of what is made of references
REFERENCE = Pictures(side=400, longest=1280, bytes=1 << 20, ratios=(0.1, 10.0))  # as many as nine go in one request
LEFT = ("PENDING", "RUNNING")

MODELS = (
    Model(
        "happyhorse-1.1",
        "happyhorse-1.1-i2v",
        "HappyHorse 1.1",
        "Picture and sound in one, speaks seven languages, follows the still closely.",
        tuple(range(3, 16)),
        Prices((Rate(0.14, "720P"), Rate(0.18, "1080P")), SEEN, RESELLERS),
        resolutions=("720P", "1080P"),
        languages=SPOKEN,
        fps=Fraction(24),
        shots=8,
        pictures=Pictures(bytes=7 << 20),
        fields={"shots": "numbered"},
    ),
    Model(
        "happyhorse-1.0",
        "happyhorse-1.0-i2v",
        "HappyHorse 1.0",
        "The version before: picture and sound in one, speaks seven languages.",
        tuple(range(3, 16)),
        Prices((Rate(0.14, "720P"), Rate(0.24, "1080P")), SEEN, RESELLERS),
        resolutions=("720P", "1080P"),
        languages=SPOKEN,
        fps=Fraction(24),
        shots=8,
        pictures=Pictures(bytes=7 << 20),
        fields={"shots": "numbered"},
    ),
    Model(
        "happyhorse-1.1-references",
        "happyhorse-1.1-r2v",
        "HappyHorse 1.1 References",
        "Who and what your pictures show: character1 is the first of them. It does not begin with the still.",
        tuple(range(3, 16)),
        Prices((Rate(0.14, "720P"), Rate(0.18, "1080P")), SEEN, RESELLERS),
        resolutions=("720P", "1080P"),
        languages=SPOKEN,
        fps=Fraction(24),
        references=8,
        pictures=REFERENCE,
        fields={"shapes": SHAPES},
    ),
    Model(
        "wan-3.0",
        "wan3.0-video",
        "Wan 3.0",
        "Up to half a minute, a last frame, sound, long prompts.",
        tuple(range(2, 31)),
        Prices((Rate(0.06, "720P"), Rate(0.12, "1080P")), SEEN, GATEWAY),
        resolutions=("720P", "1080P"),
        last_frame=True,
        shots=8,
        prompt_limit=5000,
        pictures=Pictures(side=360, longest=2000, bytes=7 << 20),
        fields={"shots": "numbered"},
    ),
)


class ModelStudio(Provider):
    """The tasks of one region: key, model and host must be of the same."""

    name, label, variable = "model_studio", "Alibaba Model Studio", "DASHSCOPE_API_KEY"
    address, console = "https://dashscope-intl.aliyuncs.com", "https://modelstudio.console.alibabacloud.com"
    keeps, keeps_seconds = "24 hours", 86_400.0
    pace = (5.0, 15.0)
    lists = True
    models = MODELS

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    def order(self, model: Model, asked: Ask, seen: Seen, memo: Memo) -> Order:
        from ..request.still import nearest

        parameters: dict[str, Any] = {"resolution": asked.resolution, "duration": asked.seconds, "watermark": False}
        if model.references:
            media = [{"type": "reference_image", "url": picture.url} for picture in seen.references]
            parameters["ratio"] = nearest(seen.frame, model.fields["shapes"])
        else:
            media = [{"type": "first_frame", "url": seen.first.url}]
        if seen.last is not None:
            media.append({"type": "last_frame", "url": seen.last.url})
        body = {"model": model.endpoint, "input": {"prompt": asked.prompt, "media": media}}
        return Order(SUBMIT, {**body, "parameters": {**parameters, "seed": asked.seed}}, ASYNC)

    def submit(self, wire: Wire, order: Order) -> Ticket:
        from ..wire.problems import ticket

        answer = wire.send("POST", order.path, order.body, order.headers)
        return ticket(self.label, answer, task_id=("output", "task_id"))

    def find(self, wire: Wire, memo: Memo) -> Ticket | None:
        """The list tells no prompt, but a task does once it is done. One that does not tell it yet may be another's."""
        at = datetime.fromtimestamp(memo.at, UTC)
        window = {name: (at + timedelta(minutes=minutes)).strftime("%Y%m%d%H%M%S") for name, minutes in WINDOW}
        answer = wire.ask(TASKS, {**window, "model_name": memo.endpoint, "page_no": 1, "page_size": 50})
        tasks = answer.get("data") or answer.get("tasks")
        if not answer.good or not isinstance(tasks, list):
            return None
        ours = [task["task_id"] for task in tasks if isinstance(task, dict) and self._is(wire, task, memo)]
        return {"task_id": ours[0]} if len(ours) == 1 else None

    def _is(self, wire: Wire, task: dict[str, Any], memo: Memo) -> bool:
        answer = wire.ask(f"{TASKS}/{task.get('task_id')}")
        prompt = answer.get("output", "orig_prompt")
        return isinstance(prompt, str) and digest([prompt]) == memo.digest

    def poll(self, wire: Wire, model: Model, ticket: Ticket) -> Poll:
        from ..wire.problems import expired, refused

        answer = wire.ask(f"{TASKS}/{ticket['task_id']}")
        status = answer.get("output", "task_status")
        if answer.status == 404 or status == "UNKNOWN":
            raise expired(self.label, self.keeps)
        if not answer.good:
            raise refused(self.label, answer)
        if status in LEFT:
            return Poll(Stage.WAITING if status == "PENDING" else Stage.WORKING, before=None)
        if status == "CANCELED":
            return Poll(Stage.CANCELLED)
        url = answer.get("output", "video_url")
        if status == "SUCCEEDED" and isinstance(url, str):
            return Poll(Stage.DONE, url=url, cost=_cost(model, answer.get("usage")))
        return Poll(Stage.FAILED, error=_failed(self.label, answer.data))

    def cancel(self, wire: Wire, ticket: Ticket) -> None:
        wire.send("POST", f"{TASKS}/{ticket['task_id']}/cancel")

    def check(self, wire: Wire) -> tuple[str, tuple[str, ...]]:
        from ..wire.problems import refused

        answer = wire.ask(TASKS, {"page_no": 1, "page_size": 1})
        if not answer.good:
            raise refused(self.label, answer)
        return f"The key is good for this region: {', '.join(model.name for model in self.models)}.", ()


WINDOW = (("start_time", -1), ("end_time", 5))  # minutes around the time at which it was sent


def _cost(model: Model, usage: Any) -> Price | None:
    """What the seconds that were made come to by our table."""
    usage = usage if isinstance(usage, dict) else {}
    seconds = usage.get("output_video_duration") or usage.get("duration") or usage.get("video_duration")
    rate = model.prices.rate(f"{usage.get('SR')}P", True) if model.prices else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or rate is None or model.prices is None:
        return None
    return Price(round(rate.amount * seconds, 4), as_of=model.prices.as_of, source=model.prices.source)


def _failed(label: str, data: Any) -> EngineError:
    from ..wire.http import Answer
    from ..wire.problems import UNSAFE, unsafe, words

    said = words(Answer(200, data, {}))
    if UNSAFE.search(said):
        return unsafe(label, said, "A failed task is not charged.")
    return EngineError("engine_failed", f"{label} could not make it: {said}", "retry")


PROVIDER = ModelStudio()
