"""What was measured, kept in constants.json: `scale_model.py calibrate` writes it, the model reads it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = Path(__file__).with_name("constants.json")


@dataclass(frozen=True)
class Constants:
    """Seconds are of the wall clock, `core` seconds of a processor's core. Sizes are in bytes."""

    commit: float  # a change of the store that is synced
    commits_a_job: int  # from its arrival to its being forgotten
    report: float  # a word of progress, which is not synced
    choice_waiting: float  # what each waiting job adds to the choice of the next
    places_waiting: float  # what each adds to the places that clients are told
    disk_rate: float  # bytes a second that are written and synced
    core_job: float  # of the service's process for a job: sent, listed, fetched, deleted
    core_byte: float  # for a byte that is sent up
    upload_rate: float  # bytes a second of one submission
    core_making: float  # for a second in which a job is made that reports ten times
    core_stream: float  # for a second of one client's stream of events
    overhead: float  # seconds of a worker for a job besides making it
    draft_core: float  # a draft of 5 s in 1280x720
    draft_upload: float  # still and depth of it
    draft_clip: float
    takes: dict[str, float]  # seconds of one card for a take, from docs/benchmarks.md


def load(path: Path = KEPT) -> Constants:
    return Constants(**json.loads(path.read_text()))


def save(constants: Constants, path: Path = KEPT) -> None:
    path.write_text(json.dumps(asdict(constants), indent=2) + "\n")
