"""The requests to ComfyUI. Source: `server.py` of ComfyUI 0.3.64 and 0.8.0, which are alike here."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

from ...engine import EngineError
from ...hosted.wire.http import Answer, Unanswered, Unreached, Wire
from ..graph.fill import Graph
from ..graph.spec import Kind, Kinds, kind_of
from .problems import refused

MARK = "take_one"  # in a prompt's extra_data: the id under which we sent it
FOLDER = "take-one"  # in ComfyUI's input folder
INTERRUPTS = (0, 3, 57)  # from where /interrupt stops one prompt and no other (commit 464ba1d6)
UPLOADS = 3  # tries; the same picture under the same name is one


def version(wire: Wire, patience: float = 20.0) -> tuple[int, ...]:
    """Its version, (0,) where it does not tell.

    Raises:
        Unreached.
    """
    said = wire.ask("system_stats", patience=patience).get("system", "comfyui_version")
    return tuple(map(int, re.findall(r"\d+", str(said))[:3])) or (0,)


def kinds(wire: Wire, wanted: Iterable[str], patience: float = 20.0) -> Kinds:
    """What it says of these classes of nodes; those that it does not have are not there.

    Raises:
        Unreached.
    """
    found: dict[str, Kind] = {}
    for kind in wanted:
        answer = wire.ask(f"object_info/{quote(kind, safe='')}", patience=patience)
        if not answer.good or not isinstance(answer.data, dict):
            raise Unreached(f"it answers {answer.status}, not as ComfyUI does")
        if kind in answer.data:
            found[kind] = kind_of(answer.data[kind])
    return found


def upload(wire: Wire, role: str, file: bytes, kind: str = "image/png") -> str:
    """Puts a picture, or a movie of another `kind`, among its inputs, and gives its name there. A file has one name,
    whoever sends it again.

    Raises:
        Unreached.
        EngineError: `request_refused`.
    """
    name = f"{role}-{hashlib.sha256(file).hexdigest()[:20]}.{kind.rpartition('/')[2]}"
    for left in reversed(range(UPLOADS)):
        try:
            answer = wire.send(
                "POST",
                "upload/image",
                data={"subfolder": FOLDER, "overwrite": "true", "type": "input"},
                files={"image": (name, file, kind)},
            )
        except Unanswered as error:
            if not left:
                raise Unreached(str(error)) from None
            wire.wait(1.0)
            continue
        if answer.status == 413:
            larger = f"The {role} for this workflow has {len(file) >> 20} MB, more than {wire.label} takes"
            message = f"{larger}: start it with a larger --max-upload-size, or make the take shorter or smaller."
            raise EngineError("request_refused", message, "smaller_size")
        if not answer.good:
            raise EngineError("request_refused", f"{wire.label} does not accept the {role} ({answer.status}).", "retry")
        return f"{answer.get('subfolder') or FOLDER}/{answer.get('name') or name}"
    raise AssertionError("the last try returns or raises")


def submit(wire: Wire, graph: Graph, id: str) -> str:
    """Queues a prompt under our `id`, once, and gives the id it has there (from 0.3.45 on the same).

    Raises:
        Unreached, Unanswered: see `hosted.wire.http`.
        EngineError: `request_refused`: with what is wrong with which node.
    """
    body = {"prompt": graph, "prompt_id": id, "client_id": id, "extra_data": {MARK: id}}
    answer = wire.send("POST", "prompt", body)
    if not answer.good:
        raise refused(wire.label, answer, graph)
    found = answer.get("prompt_id")
    if not isinstance(found, str):
        raise Unanswered("its answer has no id")
    return found


def find(wire: Wire, id: str) -> str | None:
    """The id of the prompt that was sent under our `id`, in the queue or the history; None where it is in neither.

    Raises:
        Unreached: that can't be told.
    """
    for entry in _queued(wire):
        if (found := _ours(entry, id)) is not None:
            return found
    if id in _history(wire, f"history/{quote(id, safe='')}"):
        return id
    entries = _history(wire, "history")  # before 0.3.45 it has an id of its own there
    ours = (_ours(entry.get("prompt"), id) for entry in entries.values() if isinstance(entry, dict))
    return next(filter(None, ours), None)


def finished(wire: Wire, prompt: str) -> dict[str, Any] | None:
    """What its history says of a prompt, None as long as it is not there.

    Raises:
        Unreached.
    """
    found = _history(wire, f"history/{quote(prompt, safe='')}").get(prompt)
    return found if isinstance(found, dict) else None


def before(wire: Wire, prompt: str) -> int | None:
    """How many are before it: 0 where it runs; None where it is not in the queue.

    Raises:
        Unreached.
    """
    answer = wire.ask("queue")
    running, pending = answer.get("queue_running"), answer.get("queue_pending")
    if not isinstance(running, list) or not isinstance(pending, list):
        raise Unreached(f"it answers {answer.status}, and no queue")
    if any(_id(entry) == prompt for entry in running):
        return 0
    order = sorted((entry for entry in pending if isinstance(entry, list) and entry), key=lambda entry: entry[0])
    ids = [_id(entry) for entry in order]
    return len(running) + ids.index(prompt) if prompt in ids else None


def take_back(wire: Wire, prompt: str) -> None:
    """Takes a prompt out of the queue, and stops it where it runs: it and no other. A ComfyUI before 0.3.57 stops
    whatever runs, so there ours goes on.

    Raises:
        Unreached.
    """
    with contextlib.suppress(Unanswered):  # the answer to it is empty
        wire.send("POST", "queue", {"delete": [prompt]})
    if version(wire) >= INTERRUPTS:
        with contextlib.suppress(Unanswered):
            wire.send("POST", "interrupt", {"prompt_id": prompt})


def view(wire: Wire, file: dict[str, Any]) -> str:
    """The address of a file that it made."""
    wanted = {name: str(file.get(name) or "") for name in ("filename", "subfolder", "type")}
    return f"{wire.address}/view?{urlencode(wanted)}"


def _queued(wire: Wire) -> list[Any]:
    answer = wire.ask("queue")
    both = (answer.get("queue_running"), answer.get("queue_pending"))
    if not all(isinstance(one, list) for one in both):
        raise Unreached(f"it answers {answer.status}, and no queue")
    return [entry for one in both for entry in one]


def _history(wire: Wire, path: str) -> dict[str, Any]:
    answer: Answer = wire.ask(path)
    if not answer.good or not isinstance(answer.data, dict):
        raise Unreached(f"it answers {answer.status}, and no history")
    return answer.data


def _id(entry: Any) -> Any:
    """The id of an entry of the queue: [number, id, graph, extra_data, outputs]."""
    return entry[1] if isinstance(entry, list) and len(entry) > 1 else None


def _ours(entry: Any, id: str) -> str | None:
    if not isinstance(entry, list) or len(entry) < 4:
        return None
    extra = entry[3] if isinstance(entry[3], dict) else {}
    return str(entry[1]) if entry[1] == id or extra.get(MARK) == id else None
