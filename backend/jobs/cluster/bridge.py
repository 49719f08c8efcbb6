"""`python -m backend.jobs.cluster.bridge ADDRESS REGISTRY [SHARED]`: the process that speaks to Ray.

Apart from the service: Ray ends a process that has lost its cluster, and a queue must outlive that. It takes and
gives lines of JSON, each with the number of the line to the actor that it is for.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import ray
from ray.exceptions import RayError

from ..workers.child import ROOT, serve
from .crew import LEAVE_SECONDS
from .line import Line

LOCAL = "local"
LOOK_SECONDS = 1.0
NOT_SHIPPED = ["__pycache__", "*.pyc"]

Send = Callable[[dict[str, Any]], None]


def main(address: str, registry: str, shared: str | None = None) -> None:
    """Serves its parent until that is gone or says so, and then cleans up."""
    send, messages = serve()
    try:
        _connect(address)
    except Exception as error:  # noqa: BLE001 - Ray raises what it likes; the service says it, and tries again
        send({"refused": str(error).strip()[:500] or type(error).__name__})
        os._exit(1)
    threading.Thread(target=_watch, args=(send,), name="nodes", daemon=True).start()
    _serve(send, messages, registry, shared)
    threading.Timer(LEAVE_SECONDS, os._exit, (0,)).start()  # whatever Ray does
    ray.shutdown()
    os._exit(0)


def _connect(address: str) -> None:
    options: dict[str, Any]
    if address == LOCAL:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        options = {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
        options["runtime_env"] = {"env_vars": {"PYTHONPATH": path}}
    else:  # our code goes to the machines, so that it is the same everywhere
        code = [str(ROOT / name) for name in ("backend", "client")]
        options = {"runtime_env": {"py_modules": code, "excludes": NOT_SHIPPED}}
    ray.init(address=address, namespace="take-one", configure_logging=False, **options)


def _watch(send: Send) -> None:
    """Says what machines there are, as often as that changes."""
    known: Any = None
    while True:
        with contextlib.suppress(RayError):  # not to be reached now, or at its end
            nodes = _nodes()
            if nodes != known:
                known = nodes
                send({"nodes": nodes})
        time.sleep(LOOK_SECONDS)


def _nodes() -> list[dict[str, Any]]:
    found = []
    for node in ray.nodes():
        if node["Alive"]:
            has = node["Resources"]
            found.append({"id": node["NodeID"], "cpus": has.get("CPU", 0.0), "gpus": int(has.get("GPU", 0))})
    return sorted(found, key=lambda node: str(node["id"]))


def _serve(send: Send, messages: Iterator[dict[str, Any]], registry: str, shared: str | None) -> None:
    lines: dict[int, Line] = {}

    def sayer(number: int) -> Send:
        def say(message: dict[str, Any]) -> None:
            if "ended" in message:
                lines.pop(number, None)
            send({"line": number, **message})

        return say

    for order in messages:
        if order["do"] == "end":
            return
        number = int(order["line"])
        if order["do"] == "open":
            lines[number] = Line(sayer(number), order["cpus"], order["gpus"], registry, shared)
        elif (line := lines.get(number)) is None:
            continue  # it ended meanwhile
        elif order["do"] == "send":
            line.send(order["message"])
        elif order["do"] == "kill":
            lines.pop(number, None)
            line.kill()


if __name__ == "__main__":
    main(*sys.argv[1:4])
