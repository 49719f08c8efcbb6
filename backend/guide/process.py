"""`python -m backend.guide.process PARENT`: makes one guide for the process `PARENT`, and ends.

It reads {"folder", "request"}, the request's files by their names in the folder, writes guide.zip there, and sends
{"done": true} or {"failed": a problem}. Pictures are decoded here, and what is drawn goes with the process, so that
whoever does not want the guide any more ends it.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from client.protocol import Problem, TakeRequest
from client.protocol.codec import from_json, to_json

from ..engines.engine import EngineError
from ..jobs.workers.child import end_with_parent, serve
from ..media.disk import disk_full, is_full

ZIP = "guide.zip"


def main(parent: int) -> None:
    end_with_parent(parent)
    send, messages = serve()
    order = next(messages)
    threading.Thread(target=_listen, args=(messages,), daemon=True).start()
    send(_answer(Path(order["folder"]), order["request"]))


def _listen(messages: Iterator[dict[str, Any]]) -> None:
    for _ in messages:
        pass
    os._exit(0)  # the parent is gone


def _answer(folder: Path, asked: Any) -> dict[str, Any]:
    from .files import write_guide

    try:
        request = from_json(TakeRequest, asked)
        request = request.with_files({name: folder / file for name, file in request.files().items()})
        write_guide(request, folder / ZIP, lambda *_: None)
    except EngineError as error:
        return {"failed": to_json(error.problem)}
    except Exception as error:  # noqa: BLE001 - becomes what a user reads
        if is_full(error):
            return {"failed": to_json(disk_full(folder).problem)}
        traceback.print_exc()
        if isinstance(error, MemoryError):
            return {"failed": to_json(Problem("out_of_memory", "There was not enough memory.", "smaller_size"))}
        return {"failed": to_json(Problem("engine_failed", f"The guide failed: {error}"[:500], "open_log"))}
    return {"done": True}


if __name__ == "__main__":
    main(int(sys.argv[1]))
