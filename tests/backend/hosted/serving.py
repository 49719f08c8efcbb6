"""The service with its own engines, in a hurry: what waits for seconds there waits for some hundredths here.

`python -m tests.backend.hosted.serving` takes the options of `python -m backend serve`. Each of its workers reads this
module as its registry, and so has the pace.
"""

from __future__ import annotations

import dataclasses
import sys

from backend.engines.hosted import connect
from backend.engines.registry import DEFAULT, engine, names

__all__ = ["DEFAULT", "engine", "names"]

connect.pace = 0.04

if __name__ == "__main__":
    import backend.__main__ as command
    from backend.api import service

    given = command._parser().parse_args(["serve", *sys.argv[1:]])
    serve = service.serve
    service.serve = lambda settings: serve(dataclasses.replace(settings, registry="tests.backend.hosted.serving"))
    sys.exit(given.run(given))
