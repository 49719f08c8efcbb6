"""Any server that speaks `/v1/videos`: vLLM-Omni, SGLang, FastVideo, another Take One.

Sources: vLLM-Omni 0.30 (a form, a failed job answered with 4xx or 5xx and the job), SGLang 0.5.23 and FastVideo
0.2.1 (a form, errors as `detail`), as docs/protocol.md and their sources have it; Take One's own. A form with the
file `input_reference` is what all of them take.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

from client.protocol import Choice, EngineInfo, Option, Price, Unfit
from client.protocol.codec import from_json

from ...engine import EngineError
from ..account.accounts import Account
from ..request.ask import Ask, digest
from ..request.model import Model, Pictures
from .provider import Memo, Order, Poll, Provider, Stage, Ticket

if TYPE_CHECKING:
    from ..request.still import Seen
    from ..wire.http import Wire

GRID = 16  # pixels: what sides are multiples of
CLOCKS = 300.0  # seconds by which two clocks may differ

MODELS = (
    Model(
        "videos-server",
        "",
        "Video Server",
        "A server that speaks /v1/videos: vLLM-Omni, SGLang, FastVideo, another Take One.",
        tuple(range(1, 61)),
        prompt_limit=5000,
        pictures=Pictures(side=64, longest=1920, ratios=(0.1, 10.0)),
    ),
)


class Videos(Provider):
    """The jobs of a server. Its address is the account's."""

    name, label, variable = "videos", "the video server", "TAKE_ONE_VIDEOS_KEY"
    address, console = "", "the server's list of jobs"
    keeps, keeps_seconds = "as long as it runs", 2 * 86_400.0
    pace = (1.0, 5.0)
    lists = True
    plain = True
    keyless = True
    models = MODELS

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"} if key else {}

    def info(self, info: EngineInfo, model: Model, account: Account | None) -> EngineInfo:
        if account is None:
            return info
        place = account.address.partition("://")[2]
        names = account.models
        chosen = Option("model", "text", "", "Model")
        if names:
            chosen = Option("model", "enum", names[0], "Model", choices=tuple(Choice(name, name) for name in names))
        options = (chosen, *info.options)
        name = f"Video Server ({place})"
        return dataclasses.replace(info, options=options, sends_to=place, name=name, priced=True)

    def order(self, model: Model, asked: Ask, seen: Seen, memo: Memo) -> Order:
        still = seen.first
        width, height = (max(GRID, side // GRID * GRID) for side in still.size)
        body = {"prompt": asked.prompt, "seconds": str(asked.seconds), "size": f"{width}x{height}"}
        body["seed"] = str(asked.seed)
        if memo.endpoint:
            body["model"] = memo.endpoint
        suffix = still.kind.partition("/")[2]
        files = {"input_reference": (f"still.{suffix}", still.data, still.kind)}
        return Order("v1/videos", body, {"Idempotency-Key": memo.key}, files)

    def idempotent(self, wire: Wire) -> bool:
        """Take One's own servers know an order by its key."""
        return isinstance(wire.ask("health", patience=5.0).get("protocol"), int)

    def submit(self, wire: Wire, order: Order) -> Ticket:
        from ..wire.problems import ticket

        answer = wire.send("POST", order.path, headers=order.headers, data=order.body, files=order.files)
        return ticket(self.label, answer, id=("id",))

    def find(self, wire: Wire, memo: Memo) -> Ticket | None:
        answer = wire.ask("v1/videos", {"limit": 100})
        jobs = answer.get("data")
        if not answer.good or not isinstance(jobs, list):
            return None
        ours = [
            job["id"] for job in jobs if isinstance(job, dict) and _is(job, memo) and isinstance(job.get("id"), str)
        ]
        return {"id": ours[0]} if len(ours) == 1 else None

    def poll(self, wire: Wire, model: Model, ticket: Ticket) -> Poll:
        from ..wire.problems import expired, refused, sentence

        answer = wire.ask(f"v1/videos/{ticket['id']}")
        status = answer.get("status")
        if status == "failed":
            said = sentence(str(answer.get("error", "message") or answer.get("detail") or "no reason was told"))
            error = EngineError("engine_failed", f"The video server made no clip: {said}", "retry")
            return Poll(Stage.FAILED, error=error)
        if answer.status == 404:
            raise expired(self.label, self.keeps)
        if not answer.good:
            raise refused(self.label, answer)
        if status == "completed":
            url = f"{wire.address}/v1/videos/{ticket['id']}/content"
            return Poll(Stage.DONE, url=url, cost=_price(answer.get("result", "cost")))
        if status == "cancelled":
            return Poll(Stage.CANCELLED)
        if status == "queued":
            place = answer.get("queue_position")
            return Poll(Stage.WAITING, before=place - 1 if isinstance(place, int) and place > 0 else None)
        progress = answer.get("progress")
        return Poll(Stage.WORKING, fraction=progress / 100 if isinstance(progress, int | float) else None)

    def cancel(self, wire: Wire, ticket: Ticket) -> None:
        if not wire.send("POST", f"v1/videos/{ticket['id']}/cancel", {}).good:
            wire.send("DELETE", f"v1/videos/{ticket['id']}")

    def quote(self, wire: Wire, model: Model, asked: Ask) -> Price | None:
        """A server of one's own costs nothing, unless it is a Take One whose engine sends it on to somebody."""
        listed = wire.ask("v1/models", patience=3.0).get("data")
        engines = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        named = [one for one in engines if one.get("id") == asked.endpoint] or engines
        if not any(one.get("sends_to") for one in named):
            return Price(0.0, source="your own server")
        if len(named) > 1:
            return None  # which of them it takes is its own choice
        body = {"model": asked.endpoint, "seconds": str(asked.seconds)}
        return _price(wire.send("POST", "v1/estimate", body).get("price"))

    def check(self, wire: Wire) -> tuple[str, tuple[str, ...]]:
        from ..wire.problems import refused

        answer = wire.ask("v1/models")
        if not answer.good and answer.status not in (404, 405):
            raise refused(self.label, answer)
        listed = answer.get("data")
        usable = (
            [one for one in listed if isinstance(one, dict) and one.get("available", True)]
            if isinstance(listed, list)
            else []
        )
        names = tuple(str(one.get("id")) for one in usable if one.get("id"))
        return f"The server answers. Its models: {', '.join(names) or 'it does not list any'}.", names


def _price(said: Any) -> Price | None:
    """What a Take One says that something costs, None where it does not."""
    with contextlib.suppress(Unfit):
        return from_json(Price, said, lenient=True)
    return None


def _is(job: dict[str, Any], memo: Memo) -> bool:
    """Whether a job in a server's list is ours."""
    created = job.get("created_at")
    if not isinstance(created, int | float) or created < memo.at - CLOCKS:
        return False
    return digest([str(job.get("prompt"))]) == memo.digest and job.get("seed", memo.seed) == memo.seed


PROVIDER = Videos()
