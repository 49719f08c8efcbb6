"""Which graphics card this machine has, by its driver's own tool. Without torch."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass

POLL_SECONDS = 30.0


@dataclass(frozen=True)
class Card:
    """A graphics card: its name and its memory in GB as cards are sold (GiB)."""

    name: str
    gigabytes: float


def probe_gpu() -> Card | None:
    """The NVIDIA card with the most memory; None where there is none."""
    return max(_cards(), key=lambda card: card.gigabytes, default=None)


def _cards() -> list[Card]:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    query = [tool, "--query-gpu=memory.total,name", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    cards = []
    for line in answer.splitlines():
        size, _, name = line.partition(",")
        if size.strip().isdigit():
            cards.append(Card(name.strip(), int(size) / 1024))
    return cards


_last: tuple[float, list[Card]] | None = None


def poll() -> Card | None:
    """As `probe_gpu`, which is asked at most twice a minute."""
    return max(_polled(), key=lambda card: card.gigabytes, default=None)


def visible() -> int:
    """How many NVIDIA cards this process may use: those that CUDA_VISIBLE_DEVICES names, else all there are."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        return len(_polled())
    return sum(bool(name.strip()) for name in chosen.split(","))


def _polled() -> list[Card]:
    global _last
    now = time.monotonic()
    if _last is None or now - _last[0] > POLL_SECONDS:
        _last = (now, _cards())
    return _last[1]
