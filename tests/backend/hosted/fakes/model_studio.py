"""Alibaba Model Studio, as its page on asynchronous tasks and dashscope 2.0.2 say (see providers/model_studio.py).

An order is lost to nobody, but the list names no prompts, and a task tells its own only when it is done.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.backend.hosted.fakes.fake import KEY, Fake, Made, Seen

SUBMIT = "/api/v1/services/aigc/video-generation/video-synthesis"
STATES = {"waiting": "PENDING", "working": "RUNNING", "done": "SUCCEEDED", "cancelled": "CANCELED"}


class FakeModelStudio(Fake):
    def authorized(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {KEY}"

    def seconds_of(self, made: Made) -> Any:
        return made.body["parameters"]["duration"]

    def route(self, seen: Seen, query: dict[str, str]) -> tuple[int, Any]:
        path = urlsplit(seen.path).path
        if path == SUBMIT:
            if seen.headers.get("x-dashscope-async") != "enable":
                message = "current user api does not support synchronous calls."
                return 403, {"code": "AccessDenied", "message": message, "request_id": "r"}
            body = json.loads(seen.body)
            made = self.place(body["model"], body, 0)
            return 200, {"output": {"task_id": made.id, "task_status": "PENDING"}, "request_id": "r"}
        rest = path.removeprefix("/api/v1/tasks").strip("/")
        if not rest:
            return 200, self._list(query)
        id, _, verb = rest.partition("/")
        made = self.known(id)
        if made is None or self.script.expired:
            return 200, {"request_id": "r", "output": {"task_id": id, "task_status": "UNKNOWN"}}
        if verb == "cancel":
            if self.stage(made) != "waiting":
                return 400, {"code": "UnsupportedOperation", "message": "Failed to cancel the task", "request_id": "r"}
            made.cancelled = True
            return 200, {"request_id": "r"}
        return 200, self._task(made)

    def _task(self, made: Made) -> dict[str, Any]:
        stage = self.stage(made)
        output = {"task_id": made.id, "task_status": STATES[stage]}
        if stage == "done" and self.script.failure is not None:
            return {"request_id": "r", "output": {**output, "task_status": "FAILED", **self.script.failure}}
        if stage != "done":
            return {"request_id": "r", "output": output}
        parameters = made.body["parameters"]
        done = {"video_url": self.clip_url(made), "orig_prompt": made.body["input"]["prompt"]}
        usage = {"duration": parameters["duration"], "SR": int(parameters["resolution"][:-1]), "video_count": 1}
        return {"request_id": "r", "output": {**output, **done}, "usage": usage}

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        stamp = "%Y%m%d%H%M%S"

        def within(made: Made) -> bool:
            at = datetime.fromtimestamp(made.at, UTC).strftime(stamp)
            named = query.get("model_name") in (None, made.model)
            return named and query.get("start_time", "0") <= at <= query.get("end_time", "9")

        tasks = [{"task_id": made.id, "status": STATES[self.stage(made)]} for made in self.listed() if within(made)]
        return {"total": len(tasks), "page_no": 1, "page_size": 50, "data": tasks, "request_id": "r"}
