"""fal, as its queue's OpenAPI, fal_client 1.0.3 and the platform API's pages say (see backend's providers/fal.py)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.backend.hosted.fakes.fake import KEY, Fake, Made, Seen


class FakeFal(Fake):
    """`prices` are those of the pricing API, by endpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.prices: dict[str, float] = {}
        self.currency = "USD"  # of them

    def authorized(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Key {KEY}"

    def seconds_of(self, made: Made) -> Any:
        return made.body["duration"]

    def route(self, seen: Seen, query: dict[str, str]) -> tuple[int, Any]:
        path = urlsplit(seen.path).path
        if path == "/v1/models/pricing":
            price = self.prices.get(query["endpoint_id"])
            found = {
                "endpoint_id": query["endpoint_id"],
                "unit_price": price,
                "unit": "seconds",
                "currency": self.currency,
            }
            return 200, {"prices": [] if price is None else [found], "next_cursor": None, "has_more": False}
        if path == "/v1/models/requests/by-endpoint":
            ours = [made for made in self.listed() if made.model == query["endpoint_id"]]
            return 200, {"items": [self._item(made, query) for made in ours], "next_cursor": None, "has_more": False}
        if seen.method == "POST":
            made = self.place(path.strip("/"), json.loads(seen.body), 0)
            base = f"{self.url}/{'/'.join(made.model.split('/')[:2])}/requests/{made.id}"
            urls = {"response_url": base, "status_url": f"{base}/status", "cancel_url": f"{base}/cancel"}
            return 200, {"request_id": made.id, **urls, "queue_position": 0}
        return self._about(seen, path)

    def _about(self, seen: Seen, path: str) -> tuple[int, Any]:
        id, _, verb = path.partition("/requests/")[2].partition("/")
        made = self.known(id)
        if made is None or self.script.expired:
            return 404, {"detail": "Request not found"}
        if verb == "cancel":
            assert seen.method == "PUT"
            if self.stage(made) == "done":
                return 400, {"status": "ALREADY_COMPLETED"}
            made.cancelled = True
            return 202, {"status": "CANCELLATION_REQUESTED"}
        stage = self.stage(made)
        if verb == "status":
            if stage == "waiting":
                return 202, {"status": "IN_QUEUE", "queue_position": 2, "response_url": self.url}
            if stage == "working":
                return 202, {"status": "IN_PROGRESS", "logs": None}
            return 200, {"status": "COMPLETED", "logs": None, "metrics": {"inference_time": 3.2}}
        if self.script.failure is not None:
            return self.script.failure
        if stage != "done":
            return 400, {"detail": "Request is still in progress"}
        return 200, {"video": {"url": self.clip_url(made), "content_type": "video/mp4"}, "seed": made.body.get("seed")}

    def _item(self, made: Made, query: dict[str, str]) -> dict[str, Any]:
        payload = {"json_input": made.body, "json_output": None} if query.get("expand") == "payloads" else {}
        sent = datetime.fromtimestamp(made.at, UTC).isoformat()
        return {"request_id": made.id, "endpoint_id": made.model, "sent_at": sent, "status_code": 200, **payload}
