"""For all tests: the draft engine's kernels are compiled once, not in each home of a test; and what Hypothesis makes of
a busy machine's clock is no failure."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools.environments import KERNELS

os.environ["NUMBA_CACHE_DIR"] = str(KERNELS)

if importlib.util.find_spec("hypothesis"):  # Blender's Pythons have none
    from hypothesis import HealthCheck, settings

    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")
