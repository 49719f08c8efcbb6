"""The lanes that jobs wait for, and how many jobs each takes at once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

CPU, GPU, NETWORK = "cpu", "gpu", "network"
LANES = (CPU, GPU, NETWORK)
DESCRIBING = "describing"  # no job waits for it: its worker only says what the engines can do
NETWORK_SLOTS = 4  # jobs that wait for others at once
PROBE_SECONDS = 10.0


@dataclass(frozen=True)
class Slot:
    """A place for one job at a time. `name` is for people, `environment` is the worker's own. `ahead`: it takes no
    job before its worker is ready, which may have to wait for room elsewhere."""

    name: str
    lane: str
    environment: Mapping[str, str] = field(default_factory=dict)
    ahead: bool = False

    @property
    def cancel_seconds(self) -> float:
        """How long an engine may take to notice a cancel before its process is ended. One that works elsewhere has
        to say so there, since what goes on there may be paid for."""
        return 10.0 if self.lane == NETWORK else 0.6


def further_slots(gpus: int = 1) -> list[Slot]:
    """Every slot but that of the lane cpu, with so many `gpus` for each job of the lane gpu (0: all).

    A slot's worker sees no other cards than its own; where there is one card or none that can be counted, its
    environment stays as it is. Cards that are left over are a slot too.
    """
    cards = _cards()
    if len(cards) < 2:
        own = [Slot("gpu:0", GPU)]
    else:
        size = gpus or len(cards)
        groups = [range(first, min(first + size, len(cards))) for first in range(0, len(cards), size)]
        own = [_slot_of(cards, group) for group in groups]
    return [*own, *network_slots()]


def network_slots() -> list[Slot]:
    return [Slot(f"network:{index}", NETWORK) for index in range(NETWORK_SLOTS)]


def _slot_of(cards: list[str], group: range) -> Slot:
    name = "+".join(map(str, group))
    return Slot(f"gpu:{name}", GPU, {"CUDA_VISIBLE_DEVICES": ",".join(cards[index] for index in group)})


def _cards() -> list[str]:
    """The NVIDIA cards as CUDA_VISIBLE_DEVICES names them: those chosen there, else all that the driver lists."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [card.strip() for card in chosen.split(",") if card.strip()]
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return answer.stdout.split() if answer.returncode == 0 else []
