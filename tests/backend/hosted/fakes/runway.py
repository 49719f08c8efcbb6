"""Runway, as runwayml 5.24.0 and docs.dev.runwayml.com say (see providers/runway.py): it has no list of tasks."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from tests.backend.hosted.fakes.fake import KEY, Fake, Made, Seen

CREDITS = 12  # a second


class FakeRunway(Fake):
    def authorized(self, seen: Seen) -> bool:
        right = seen.headers.get("authorization") == f"Bearer {KEY}"
        return right and seen.headers.get("x-runway-version") == "2024-11-06"

    def seconds_of(self, made: Made) -> Any:
        return made.body["duration"]

    def route(self, seen: Seen, query: dict[str, str]) -> tuple[int, Any]:
        path = urlsplit(seen.path).path
        if path == "/v1/organization":
            return 200, {
                "creditBalance": 4321,
                "tier": {"maxMonthlyCreditSpend": 9000, "models": {}},
                "usage": {"models": {}},
            }
        if path == "/v1/image_to_video":
            body = json.loads(seen.body)
            return 200, {"id": self.place(body["model"], body, 0).id}
        made = self.known(path.removeprefix("/v1/tasks/"))
        if made is None or (made.cancelled and seen.method == "GET") or self.script.expired:
            return 404, {"error": "Not found"}
        if seen.method == "DELETE":
            made.cancelled = True
            return 204, None
        task = {"id": made.id, "createdAt": "2026-11-26T12:00:00.000Z"}
        credits = {"credits": CREDITS * int(made.body["duration"])}
        stage = self.stage(made)
        if stage == "waiting":
            return 200, {**task, "status": "THROTTLED", "estimatedCost": credits}
        if stage == "working":
            return 200, {**task, "status": "RUNNING", "progress": 0.4, "estimatedCost": credits}
        if self.script.failure is not None:
            return 200, {**task, "status": "FAILED", "cost": {"credits": 0}, **self.script.failure}
        return 200, {**task, "status": "SUCCEEDED", "cost": credits, "output": [self.clip_url(made)]}
