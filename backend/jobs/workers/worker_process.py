"""`python -m backend.jobs.workers.worker_process REGISTRY PARENT`: the process that runs engines.

Apart from the worker itself, so that the kernel knows what to do before anything heavy is imported.
"""

from __future__ import annotations

import contextlib
import faulthandler
import sys
from importlib import import_module
from pathlib import Path

from .child import end_with_parent, serve


def main(registry: str, parent: int) -> None:
    """Serves the process `parent` with the engines of the module `registry`."""
    end_with_parent(parent)
    faulthandler.enable()
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # where memory runs out, this process goes, not the service
            Path("/proc/self/oom_score_adj").write_text("500")
    from .worker import Worker

    Worker(import_module(registry), *serve()).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
