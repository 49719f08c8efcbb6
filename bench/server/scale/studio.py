"""What so many artists need, from the constants: the tables of docs/scale.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .constants import Constants
from .model import servers_for

SIZES = (10, 1_000, 100_000)
TEN_GIGABITS = 10e9 / 8  # bytes a second
FULL = 0.7  # of what a part can do: beyond it waits grow fast
REPORTS = 10.0  # words of progress a second of each job that is made, at most
LARGER = 1920 * 1080 / (1280 * 720)  # the files of a take against those of a draft, by their pixels
MEGABIT, GIGABYTE, HOUR = 1e6 / 8, 1e9, 3600


@dataclass(frozen=True)
class Artist:
    """What one asks for in an hour of the peak, and how long they wait for a place at most, on average (seconds). These
    are assumptions: change them to yours."""

    drafts: float = 12.0
    takes: float = 4.0
    draft_wait: float = 1.0
    take_wait: float = 15.0


@dataclass(frozen=True)
class Demand:
    """What is asked for in a second of the peak: jobs, bytes, commits; how many jobs are made at once; how much of its
    time the one who writes to the store has to write, and how many cores the service's process would need."""

    drafts: float
    takes: float
    up: float
    down: float
    commits: float
    at_once: float
    store: float
    service: float


@dataclass(frozen=True)
class Part:
    """A part that there is one of: the share of it that one artist uses, and what takes its place when it is full."""

    name: str
    share: float
    instead: str

    @property
    def artists(self) -> int:
        """How many it is enough for."""
        return math.floor(FULL / self.share)


def demand(of: Constants, artists: float, artist: Artist, engine: str = "1080p") -> Demand:
    drafts, takes = artists * artist.drafts / HOUR, artists * artist.takes / HOUR
    jobs, pictures = drafts + takes, drafts + LARGER * takes
    commits = jobs * of.commits_a_job
    at_once = drafts * (of.draft_core + of.overhead) + takes * (of.takes[engine] + of.overhead)
    up, down = pictures * of.draft_upload, pictures * of.draft_clip
    store = commits * of.commit + REPORTS * at_once * of.report
    service = jobs * of.core_job + up * of.core_byte + at_once * (of.core_making + of.core_stream)
    return Demand(drafts, takes, up, down, commits, at_once, store, service)


def cards(of: Constants, engine: str, asked: Demand, artist: Artist) -> int:
    """How many make all takes with `engine`."""
    return servers_for(asked.takes, of.takes[engine] + of.overhead, artist.take_wait)


def draft_cores(of: Constants, asked: Demand, artist: Artist) -> int:
    return servers_for(asked.drafts, of.draft_core + of.overhead, artist.draft_wait)


def parts(of: Constants, artist: Artist) -> list[Part]:
    """Every part that there is one of, the first to be full first."""
    one = demand(of, 1, artist)
    balancer = "several services behind a balancer, each with a part of the workers"
    found = [
        Part("the service's process: one core, as Python has it", one.service, balancer),
        Part("writes to SQLite: commits, and progress", one.store, "PostgreSQL for the store"),
        Part(
            f"the disk under the service, {of.disk_rate / 1e6:.0f} MB/s",
            (one.up + one.down) / of.disk_rate,
            "object storage for files",
        ),
        Part("10 Gbit/s to the service", max(one.up, one.down) / TEN_GIGABITS, "object storage that clients reach"),
    ]
    return sorted(found, key=lambda part: -part.share)


def needs(of: Constants, artist: Artist, sizes: Sequence[int] = SIZES) -> str:
    """The table of what is needed, in Markdown."""
    asked = [demand(of, size, artist) for size in sizes]
    made_by = {engine: [cards(of, engine, one, artist) for one in asked] for engine in of.takes}
    rows = [
        ("jobs a second", [_digits(one.drafts + one.takes) for one in asked]),
        *((f"cards, if all takes are HappyHorse's in {name}", list(map(_digits, made_by[name]))) for name in made_by),
        ("cores for drafts", [_digits(draft_cores(of, one, artist)) for one in asked]),
        ("jobs that are made at once", [_digits(one.at_once) for one in asked]),
        ("network to the service, Mbit/s", [_digits(one.up / MEGABIT) for one in asked]),
        ("network from the service, Mbit/s", [_digits(one.down / MEGABIT) for one in asked]),
        ("written to its disk in an hour, GB", [_digits(HOUR * (one.up + one.down) / GIGABYTE) for one in asked]),
        (f"commits a second (SQLite does {_digits(1 / of.commit)})", [_digits(one.commits) for one in asked]),
        ("share of the time in which one can write to SQLite", [f"{_digits(100 * one.store)} %" for one in asked]),
        ("cores that the service's process would need", [_digits(one.service) for one in asked]),
    ]  # fmt: skip
    return _table(["artists", *(f"{size:,}" for size in sizes)], [[name, *cells] for name, cells in rows])


def breaking(of: Constants, artist: Artist) -> str:
    """The table of what is full when, in Markdown."""
    rows = [[part.name, _digits(_lower(part.artists)), part.instead] for part in parts(of, artist)]
    return _table(["part", "enough for so many artists", "then"], rows)


def backlog(of: Constants, waiting: int = 1000) -> str:
    """What a queue that does not get shorter costs."""
    choice, places = (1e3 * waiting * each for each in (of.choice_waiting, of.places_waiting))
    return (
        f"With {waiting:,} jobs waiting, the choice of the next takes {_digits(choice)} ms, "
        f"and the places of all that clients are told {_digits(places)} ms."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _digits(number: float) -> str:
    """Two digits that count of what is below a hundred, whole numbers above."""
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.2g}"


def _lower(number: int) -> int:
    """To two digits, downwards."""
    step = 10 ** max(0, len(str(number)) - 2)
    return number // step * step
