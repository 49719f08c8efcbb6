"""The memory and the use of this machine's NVIDIA cards, as the driver's own tool says."""

from __future__ import annotations

import csv
import logging
import subprocess
import threading
import time

from client.protocol.cluster import Gpu

log = logging.getLogger("take_one.api")

FRESH_SECONDS = 5.0
ASK_SECONDS = 10.0
NONE_SECONDS = 600.0  # until it is asked again where there was no card
FIELDS = "index,name,memory.used,memory.total,utilization.gpu"
MIB = 1 << 20


class Cards:
    """May be used from any thread."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._found: tuple[Gpu, ...] = ()
        self._until = 0.0

    def now(self) -> tuple[Gpu, ...]:
        """Every card as it was at most some seconds ago; none where there is no driver."""
        with self._asking:
            if time.monotonic() >= self._until:
                self._found = _ask()
                self._until = time.monotonic() + (FRESH_SECONDS if self._found else NONE_SECONDS)
            return self._found


def _ask() -> tuple[Gpu, ...]:
    try:
        answer = subprocess.run(
            ["nvidia-smi", f"--query-gpu={FIELDS}", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return read(answer.stdout) if answer.returncode == 0 else ()


def read(text: str) -> tuple[Gpu, ...]:
    """The cards of what nvidia-smi wrote: a line each, of index, name, MiB used, MiB in all, percent busy. A card
    whose memory it does not tell ("[N/A]", as of some that share the computer's) is left out."""
    found = []
    for row in csv.reader(text.splitlines(), skipinitialspace=True):
        if len(row) != 5 or not (row[0].isdecimal() and row[2].isdecimal() and row[3].isdecimal()):
            continue
        busy = int(row[4]) / 100 if row[4].isdecimal() else None
        found.append(Gpu(int(row[0]), row[1], int(row[2]) * MIB, int(row[3]) * MIB, busy))
    return tuple(found)
