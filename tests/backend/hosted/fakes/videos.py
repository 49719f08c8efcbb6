"""A `/v1/videos` server of another kind: as vLLM-Omni 0.30, which knows no keys and answers 500 with a failed job."""

from __future__ import annotations

import email.parser
import email.policy
import re
from typing import Any
from urllib.parse import urlsplit

from tests.backend.hosted.fakes.fake import KEY, Fake, Made, Seen

STATES = {"waiting": "queued", "working": "in_progress", "done": "completed"}


class FakeVideos(Fake):
    files_want_the_key = True

    def file_of(self, path: str) -> str | None:
        found = re.fullmatch(r"/v1/videos/([^/]+)/content", path)
        return found and found[1]

    def authorized(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {KEY}"

    def seconds_of(self, made: Made) -> Any:
        return made.body["seconds"]

    def route(self, seen: Seen, query: dict[str, str]) -> tuple[int, Any]:
        path = urlsplit(seen.path).path
        if path == "/v1/models":
            return 200, {"object": "list", "data": [{"id": "ltx-2"}, {"id": "wan-2.2"}]}
        if path == "/v1/videos" and seen.method == "GET":
            return 200, {"object": "list", "data": [self._job(made) for made in self.listed()], "has_more": False}
        if path == "/v1/videos":
            made = self.place("", _form(seen), 0)
            return 200, self._job(made)
        id, _, verb = path.removeprefix("/v1/videos/").partition("/")
        made = self.known(id)
        if made is None or made.cancelled or self.script.expired:
            return 404, {"detail": "Video not found"}
        if verb == "cancel":
            return 405, {"detail": "Method Not Allowed"}
        if seen.method == "DELETE":
            made.cancelled = True
            return 200, {"id": made.id, "deleted": True, "object": "video.deleted"}
        if self.stage(made) == "done" and self.script.failure is not None:
            return 500, {**self._job(made), "status": "failed", **self.script.failure}
        return 200, self._job(made)

    def _job(self, made: Made) -> dict[str, Any]:
        state = STATES.get(self.stage(made), "queued")
        times = {"created_at": int(made.at), "completed_at": None}
        words = {"prompt": made.body["prompt"], "seconds": made.body["seconds"], "model": made.body.get("model", "")}
        return {"id": made.id, "object": "video", "status": state, "progress": 0, **times, **words, "error": None}


def _form(seen: Seen) -> dict[str, Any]:
    """The fields of a multipart form; of a file its size."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + seen.body)
    fields: dict[str, Any] = {}
    for part in message.iter_parts():
        data = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        fields[name] = len(data) if part.get_filename() else data.decode()
    return fields
