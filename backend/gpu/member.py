"""`python -m backend.gpu.member MAKER`: a process that works for rank 0 (see members and processes).

MAKER is `module:name`, called with this process's Ranks; its methods are what rank 0 can ask for. It is imported at
once; which rank this is, of how many, where they meet and on which device says the first line that comes. A method that
yields says each of those values at once. The process ends as soon as rank 0 is gone, also in the midst of an exchange.
"""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any


def main(maker: str) -> None:
    """Serves rank 0 through the standard streams, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too: rank 0 decides
    faulthandler.enable()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed is no message
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()

    def say(message: dict[str, Any]) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    try:
        _serve(maker, orders, say)
    except BaseException as error:  # noqa: BLE001 - rank 0 is told, and ends the job
        import torch

        traceback.print_exc()
        full = isinstance(error, torch.OutOfMemoryError)
        say({"failed": f"{type(error).__name__}: {error}"[:500], "out_of_memory": full})
        os._exit(1)


def _serve(maker: str, orders: queue.Queue[dict[str, Any]], say: Callable[[dict[str, Any]], None]) -> None:
    import torch

    from .memory import running_out_told
    from .ranks import Ranks

    module, _, name = maker.partition(":")
    make = getattr(import_module(module), name)
    place = orders.get()
    device = torch.device(place["device"])
    if device.type == "cuda":
        torch.cuda.set_device(device)
    say({"ready": True})  # only now: imports may take long, and the others wait for no longer than a limit
    served = make(Ranks(Path(place["meeting"]), place["rank"], place["size"], device))
    while True:
        order = orders.get()
        with running_out_told(), torch.inference_mode():
            answer = getattr(served, order["do"])(**order["given"])
            if isinstance(answer, Iterator):
                for part in answer:
                    say({"number": order["number"], "part": part})
                answer = None
        say({"number": order["number"], "done": answer})


def _listen(orders: queue.Queue[dict[str, Any]]) -> None:
    try:
        for line in sys.stdin.buffer:
            orders.put(json.loads(line))
    finally:
        os._exit(0)  # rank 0 is gone, and nobody waits for what is being done


if __name__ == "__main__":
    main(sys.argv[1])
