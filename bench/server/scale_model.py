"""What so many artists need, by a model of the service whose constants are measured.

python bench/server/scale_model.py                what docs/scale.md has of it, from the constants that are kept
python bench/server/scale_model.py calibrate      measures the constants anew, and keeps them (some two minutes)
python bench/server/scale_model.py cluster        predicts a cluster of three machines, and measures it (needs Ray)
python bench/server/scale_model.py fair           fair share against the order of arrival, in the model and on the store
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.server.scale import constants, studio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="sizes", choices=("sizes", "calibrate", "cluster", "fair"))
    parser.add_argument("--jobs", type=int, default=80, help="of each measurement on the cluster")
    parser.add_argument("--rounds", type=int, default=4, help="in so many turns of one machine and three")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.what == "calibrate":
        from bench.server.scale import measure

        constants.save(measure.calibrate())
        print(constants.KEPT.read_text())
    elif given.what == "cluster":
        from bench.server.scale import cluster

        with tempfile.TemporaryDirectory() as folder:
            rows, cycles = cluster.compare(Path(folder), given.jobs, given.rounds, given.seed)
        one = ", ".join(f"{cycle:.2f}" for cycle in cycles)
        print(f"\nLoad {os.getloadavg()[0]:.1f}. One machine's takes: {one} s each\n\n{cluster.table(rows)}")
    elif given.what == "fair":
        from bench.server.scale import fair

        print(fair.table())
    else:
        found, artist = constants.load(), studio.Artist()
        print(studio.needs(found, artist), studio.breaking(found, artist), studio.backlog(found), sep="\n\n")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("TAKE_ONE_HOME", str(Path(tempfile.gettempdir()) / "take-one-bench"))
    sys.exit(main())
