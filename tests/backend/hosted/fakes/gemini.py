"""The Gemini API's interactions, as google-genai 3.6.1 types them and as they ran (see providers/gemini.py).

A clip's address wants the key.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from tests.backend.hosted.fakes.fake import KEY, Fake, Made, Seen

STATES = {"waiting": "queued", "working": "in_progress", "cancelled": "cancelled"}


class FakeGemini(Fake):
    files_want_the_key = True

    def authorized(self, seen: Seen) -> bool:
        return seen.headers.get("x-goog-api-key") == KEY

    def seconds_of(self, made: Made) -> Any:
        return made.body["response_format"]["duration"]

    def route(self, seen: Seen, query: dict[str, str]) -> tuple[int, Any]:
        path = urlsplit(seen.path).path
        if path == "/v1beta/models":
            return 200, {"models": [{"name": "models/gemini-omni-1.1-flash"}, {"name": "models/gemini-3.8-flash"}]}
        rest = path.removeprefix("/v1beta/interactions").strip("/")
        if not rest:
            body = json.loads(seen.body)
            made = self.place(body["model"], body, 0)
            return 200, {"id": made.id, "status": "in_progress", "object": "interaction", "model": made.model}
        id, _, verb = rest.partition("/")
        made = self.known(id)
        if made is None or self.script.expired:
            return 404, {"error": {"code": 404, "message": "Interaction not found.", "status": "NOT_FOUND"}}
        if verb == "cancel":
            made.cancelled = True
        stage = self.stage(made)
        about = {"id": made.id, "object": "interaction", "model": made.model}
        if stage != "done":
            return 200, {**about, "status": STATES[stage]}
        if self.script.failure is not None:
            return 200, {**about, **self.script.failure}
        clip = {"type": "video", "mime_type": "video/mp4", "uri": self.clip_url(made)}
        steps = [{"type": "thought", "signature": "s"}, {"type": "model_output", "content": [clip]}]
        return 200, {**about, "status": "completed", "steps": steps}
