"""Fair share against the order of arrival: two hundred jobs of one user, then two of another."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from backend.jobs.store import turns
from backend.jobs.store.store import Store
from client.protocol import Result
from devtools.take_requests import take_request

from .model import Done, Job, Pick, Site, fifo, simulate

MANY, FEW, SECONDS = 200, 2, 30.0


def model(pick: Pick, workers: int = 1) -> dict[str, list[float]]:
    """How long each user's jobs wait, in seconds. The few come as the first of the many is made."""
    jobs = [Job(0.0, SECONDS, owner="many")] * MANY + [Job(SECONDS / 2, SECONDS, owner="few")] * FEW
    return _by_owner(simulate(jobs, Site(workers, pick=pick)))


def store(pick: Pick, home: Path) -> dict[str, list[int]]:
    """The turns that each user's jobs are made in, of the real store with `pick` for its rule."""
    queue, kept, order = Store(home), turns.first, list[str]()
    try:
        turns.first = pick
        _add(queue, "many", MANY)
        claimed = queue.claim("gpu")
        _add(queue, "few", FEW)
        while claimed is not None:
            order.append(claimed.owner)
            queue.attempt_folder(claimed).mkdir(parents=True)
            assert queue.complete(claimed, Result(frames=1))
            queue.count_turn(claimed, SECONDS)
            claimed = queue.claim("gpu")
    finally:
        turns.first = kept
        queue.close()
    return {owner: [turn for turn, whose in enumerate(order) if whose == owner] for owner in ("many", "few")}


def _add(queue: Store, owner: str, number: int) -> None:
    for one in range(number):
        queue.add(f"video_{owner}{one}", take_request(), "gpu", owner=owner)


def _by_owner(done: list[Done]) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = {}
    for one in done:
        waits.setdefault(one.job.owner, []).append(one.begun - one.queued)
    return waits


def table() -> str:
    """In Markdown."""
    rules: dict[str, Pick] = {"fair share": turns.first, "order of arrival": fifo}
    lines = [
        "| | the two wait, model | the two are made as number, store | the others wait longer, mean, model |",
        "| --- | --- | --- | --- |",
    ]
    others = statistics.fmean(model(fifo)["many"])
    for name, pick in rules.items():
        waits = model(pick)
        with tempfile.TemporaryDirectory() as folder:
            made = store(pick, Path(folder))["few"]
        mean = statistics.fmean(waits["few"])
        longer = statistics.fmean(waits["many"]) - others
        numbers = " and ".join(str(turn + 1) for turn in made)
        lines.append(f"| {name} | {_time(mean)} | {numbers} of {MANY + FEW} | {_time(longer)} |")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
