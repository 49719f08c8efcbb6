"""For all tests: the draft engine's kernels are compiled once, not in each home of a test."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools.environments import kernel_cache

os.environ["NUMBA_CACHE_DIR"] = os.environ.get("TAKE_ONE_KERNELS") or str(kernel_cache())
