#!/usr/bin/env python3
"""All that a developer of Take One needs. Any Python from 3.8 on runs this script; it sets up the environments that
the rest runs in, under .dev/, by itself.

    python3 dev.py demo [--out DIR]       a furnished room, a cut of three shots, its movie, board and client page:
                                          the product at work; with --walk also a walk through two rooms
    python3 dev.py setup                  the environments, which the others make as they need them
    python3 dev.py test [PART ...]        all tests, or those of the parts named
    python3 dev.py gui                    the tests that click in a Blender window (BLENDER names its command), with
                                          pictures in .dev/screenshots
    python3 dev.py mutate [MODULE ...]    plants bugs in modules (those that were changed), and tells what no test finds
    python3 dev.py bench [NAME ...]       the measurements behind docs/benchmarks.md
    python3 dev.py build                  the extension's zip, in dist/
    python3 dev.py lock                   the locked requirements, from their *.in
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> int:
    if sys.version_info < (3, 8):  # noqa: UP036  saying so on an old Python is its purpose
        print("dev.py needs Python 3.8 or newer, this is " + sys.version.split()[0])
        return 2
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    demo = commands.add_parser("demo", help="make a still, a take and an edit, from nothing")
    demo.add_argument("--out", type=Path, default=ROOT / "demo", help="where to put it (default: demo/)")
    demo.add_argument("--walk", action="store_true", help="also a walk through two rooms")
    test = commands.add_parser("test", help="run the tests")
    test.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help="lint, house, backend, engines, client, happyhorse, blender-5.2, blender-4.5, gui (default: all)",
    )
    commands.add_parser("setup", help="make all environments")
    commands.add_parser("gui", help="run the tests that click in a Blender window, and keep pictures of it")
    mutate = commands.add_parser("mutate", help="plant bugs, and tell which of them no test notices")
    mutate.add_argument(
        "modules", nargs="*", metavar="MODULE", help="files or folders (default: what differs from main)"
    )
    mutate.add_argument("--most", type=int, default=0, metavar="N", help="N mutants of them all, chosen by the seed")
    mutate.add_argument("--minutes", type=float, default=30, help="no further mutant after that (default: 30)")
    mutate.add_argument("--seed", type=int, default=1, help="it chooses which N")
    mutate.add_argument("--at-once", type=int, default=1, metavar="N", help="so many side by side, of a core each")
    bench = commands.add_parser("bench", help="run the measurements")
    bench.add_argument("names", nargs="*", metavar="NAME", help="scripts of bench/ (default: all)")
    build = commands.add_parser("build", help="build the extension's zip")
    build.add_argument("--out", type=Path, default=ROOT / "dist", help="where to put it (default: dist/)")
    lock = commands.add_parser("lock", help="resolve and lock the requirements")
    lock.add_argument("--upgrade", action="store_true", help="take the newest of what no *.in names a version of")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command != "bench":
        parser.error("unknown: " + " ".join(rest))
    if arguments.command is None:
        parser.print_help()
        return 2

    sys.path.insert(0, str(ROOT))
    from devtools import bench as benches
    from devtools import build as builds
    from devtools import lock as locks
    from devtools import testing
    from devtools.demo import command as demos
    from devtools.environments import SetupError
    from devtools.mutation import run as mutation

    try:
        if arguments.command == "demo":
            return demos.demo(arguments.out.absolute(), arguments.walk)
        if arguments.command == "test":
            return testing.test(arguments.parts)
        if arguments.command == "setup":
            return testing.setup()
        if arguments.command == "gui":
            os.environ["TAKE_ONE_PICTURES"] = "1"
            return testing.test(["gui"])
        if arguments.command == "mutate":
            most, minutes, seed, at_once = arguments.most, arguments.minutes, arguments.seed, arguments.at_once
            return mutation.mutate(arguments.modules, most, minutes, seed, max(1, at_once))
        if arguments.command == "bench":
            return benches.bench(arguments.names, rest)
        if arguments.command == "lock":
            return locks.lock(arguments.upgrade)
        print(builds.build(arguments.out.absolute()))
        return 0
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
