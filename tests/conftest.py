"""For all tests: the draft engine's kernels are compiled once, not in each home of a test; and what Hypothesis makes of
a busy machine's clock is no failure."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools.environments import KERNELS

os.environ.setdefault("NUMBA_CACHE_DIR", str(KERNELS))

if importlib.util.find_spec("hypothesis"):  # Blender's Pythons have none
    from hypothesis import HealthCheck, settings

    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")


DEAREST = 8  # files that the summary names
_used: dict[str, float] = {}  # by file: the processor's seconds since the tests of it began
_mark: list[Any] = ["collecting", None]  # what runs, and what had been used when it began


def _spend(to: str) -> None:
    """Give what was used since the last call to what ran until now; `to` runs from here on."""
    if not importlib.util.find_spec("resource"):  # Windows has none
        return
    import resource

    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    now = sum(one.ru_utime + one.ru_stime for one in used)
    if _mark[1] is not None:
        _used[_mark[0]] = _used.get(_mark[0], 0.0) + now - _mark[1]
    _mark[:] = [to, now]


_spend("collecting")  # as a first reading: a shell before us may have used much


def pytest_collection_modifyitems() -> None:
    """What was imported is all that was used so far."""
    _spend("between files")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What a test uses, what it sets up and takes down included, goes to its file."""
    _spend(Path(item.path).relative_to(item.config.rootpath).as_posix())
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests cost besides waiting, their processes included: CI has two cores for all parts."""
    _spend("")
    write = terminalreporter.write_line
    write(f"{sum(_used.values()):.0f} s of the processor; the dearest files:")
    for file, seconds in sorted(_used.items(), key=lambda one: -one[1])[:DEAREST]:
        write(f"{seconds:7.1f} s {file}")
