"""One job of the journal, and its JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..api import answers
from ..protocol import Binding, Job, Problem, TakeRequest
from ..protocol.codec import from_json, to_json

NEW = "new"  # not yet taken by the backend
SENT = "sent"  # the backend has it, under `id`
CANCELLING = "cancelling"  # to be cancelled at the backend as soon as it can be reached
READY = "ready"  # the take is on disk
FAILED = "failed"  # ended without a take
UNFINISHED = (NEW, SENT, CANCELLING)


@dataclass
class Record:
    """One job. `server` is "local" or a server's address, and the job is only ever sent there; `owner` names the lease
    of the session that tends to it; `id` is the server's own, None until it has answered. Times are Unix time."""

    key: str
    server: str
    owner: str
    request: TakeRequest
    take_path: Path
    state: str = NEW
    id: str | None = None
    created_at: float = 0.0
    ended_at: float = 0.0
    job: Job | None = None  # the server's last word of it, where ready
    problem: Problem | None = None  # where failed
    resubmitted: int = 0  # how often the backend had lost it

    @property
    def binding(self) -> Binding:
        assert self.request.binding is not None  # neither `Session.submit` nor `read` lets one in without
        return self.request.binding

    @property
    def sidecar_path(self) -> Path:
        return self.take_path.with_suffix(".json")


def write(record: Record) -> str:
    """A record as the text of its file. Raises ValueError or TypeError where its options are not JSON."""
    return json.dumps(to_json(record), indent=1)


def read(text: str) -> Record:
    """The record that `write` wrote, or that Take One 0.1 did. Raises ValueError where it is damaged."""
    try:
        data = json.loads(text)
        record = from_json(Record, _updated(data) if "prompt" in data["request"] else data)
        if record.request.binding is None:
            raise ValueError("request.binding: is missing")
        return record
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is not a job's record: {error!r}") from error


def _updated(data: dict[str, Any]) -> dict[str, Any]:
    """A record of Take One 0.1, whose request held its files and words side by side, in today's shape."""
    old, job = data["request"], data.get("job")
    binding = dict.fromkeys(("file_id", "scene_uid", "shot_uid", "shot_name"), "") | {
        "take_uid": data["key"],
        "number": 0,
        **old["binding"],
    }
    views = [{"image": old["still"], "depth": old["depth"], "camera": old["camera"], "t": 0.0}]
    if old["last_frame"]:
        views.append({"image": old["last_frame"], "t": 1.0})
    request = {
        **{name: old[name] for name in ("engine", "seconds", "fps", "seed", "path", "options")},
        "direction": {"prompt": old["prompt"], "dialogue": old["lines"], "sound": old["sound"]},
        "views": views,
        "size": [old["width"], old["height"]],
        "binding": binding,
    }
    error = data.get("error")
    return {
        **{name: value for name, value in data.items() if name not in ("request", "job", "error")},
        "request": request,
        "job": to_json(answers.job(job, str(job["id"]))) | {"binding": binding} if job else None,
        "problem": to_json(answers.problem(error)) if error else None,
    }
