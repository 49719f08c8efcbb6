"""For all tests: the draft engine's kernels are compiled once, not in each home of a test; and what Hypothesis makes of
a busy machine's clock is no failure."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools.environments import KERNELS

os.environ["NUMBA_CACHE_DIR"] = str(KERNELS)

if importlib.util.find_spec("hypothesis"):  # Blender's Pythons have none
    from hypothesis import HealthCheck, settings

    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests cost besides waiting, their processes included: CI has two cores for all parts."""
    if importlib.util.find_spec("resource"):  # Windows has none
        import resource

        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        seconds = sum(one.ru_utime + one.ru_stime for one in used)
        terminalreporter.write_line(f"{seconds:.0f} s of the processor")
