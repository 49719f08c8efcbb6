"""The lanes that jobs wait for, and how many jobs each takes at once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

CPU, GPU, NETWORK = "cpu", "gpu", "network"
LANES = (CPU, GPU, NETWORK)
NETWORK_SLOTS = 4  # jobs that wait for others at once
PROBE_SECONDS = 10.0


@dataclass(frozen=True)
class Slot:
    """A place for one job at a time. `name` is for people, `environment` is the worker's own."""

    name: str
    lane: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def cancel_seconds(self) -> float:
        """How long an engine may take to notice a cancel before its process is ended. One that works elsewhere has
        to say so there, since what goes on there may be paid for."""
        return 10.0 if self.lane == NETWORK else 0.6


def further_slots() -> list[Slot]:
    """Every slot but that of the lane cpu. A GPU's worker sees no other card; where there is one card or none that
    can be counted, its environment stays as it is."""
    cards = _cards()
    if len(cards) < 2:
        gpus = [Slot("gpu:0", GPU)]
    else:
        gpus = [Slot(f"gpu:{index}", GPU, {"CUDA_VISIBLE_DEVICES": card}) for index, card in enumerate(cards)]
    return [*gpus, *(Slot(f"network:{index}", NETWORK) for index in range(NETWORK_SLOTS))]


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
