"""Drafts on a Ray cluster whose machines die: what gets lost, and what the way there costs a job.

    python bench/server/ray_cluster.py [--jobs 200] [--seconds 0.5] [--kills 12] [--seed 1] [--timed 24]
    python bench/server/ray_cluster.py --hang machine|actor

Needs `backend/requirements/ray.txt`. The machines are those of `ray.cluster_utils.Cluster`: each a raylet of its own
on this computer, the first with no CPUs, so that drafts run on the others only. A machine dies by kill -9 of its
raylet. One that hangs is stopped by SIGSTOP, with Ray's own settings: its connections stay, and nothing answers.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.server.cluster.hang import hang
from bench.server.cluster.havoc import havoc
from bench.server.cluster.machines import Machines
from bench.server.cluster.pace import overhead, throughput


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200, help="drafts while machines die; 0 leaves that off")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each of these drafts")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timed", type=int, default=24, help="drafts of each measurement; 0 leaves them off")
    parser.add_argument(
        "--hang", choices=("machine", "actor"), help="stop one in the midst of a take, and nothing else"
    )
    parsed = parser.parse_args()
    if importlib.util.find_spec("ray") is None:
        print("skipped: it needs Ray. pip install --require-hashes --no-deps -r backend/requirements/ray.txt")
        return 0

    def report(what: str) -> None:
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        if parsed.hang:
            print(f"\n{hang(Path(folder), parsed.hang, report)}")
            return 0
        machines = Machines()
        try:
            rows = overhead(Path(folder), machines, parsed.timed, report) if parsed.timed else []
            if rows:
                print(f"\n{throughput(rows)}\n")
            if not parsed.jobs:
                return 0
            outcome = havoc(Path(folder), machines, parsed, report)
        finally:
            machines.end()
    print(f"\n{outcome.table()}")
    good = not outcome.lost and not outcome.twice and outcome.statuses.total() == parsed.jobs
    if not good:
        print(f"lost {outcome.lost}, twice {outcome.twice}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
