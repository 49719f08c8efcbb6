"""A real Take One server for window tests."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .index import backend_python


@contextmanager
def serving(root: Path, home: Path, token: str) -> Iterator[str]:
    """The backend of `root`, with a home of its own. Its address."""
    ready = home / "ready.json"
    process = subprocess.Popen(
        [backend_python(), "-m", "backend", "serve", "--port", "0", "--ready-file", str(ready)],
        cwd=root,
        env={**os.environ, "TAKE_ONE_HOME": str(home), "TAKE_ONE_TOKEN": token},
    )
    ends = time.monotonic() + 60
    while not ready.exists():
        assert process.poll() is None and time.monotonic() < ends
        time.sleep(0.1)
    yield f"http://127.0.0.1:{json.loads(ready.read_text())['port']}"
    process.terminate()
    process.wait(60)
