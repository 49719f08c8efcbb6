"""`dev.py test`: every test of the project, part by part, with one closing line each."""

from __future__ import annotations

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple

from . import build, environments
from .environments import DEV, ROOT, SetupError, ensure, possible, python_of, run_environment

REPORTS = DEV / "reports"
PART_SECONDS = 35 * 60  # a Blender that hangs must not hold up the rest
MOST_AGAIN = 3  # more files than that did not fail by chance
WINDOWS_LOG = REPORTS / "gui.log"
WINDOWS = "gui"  # the part that takes longest and mostly waits: it runs beside the others
LINTED = [
    "__init__.py",
    "backend",
    "client",
    "operators",
    "panels",
    "scene",
    "devtools",
    "bench",
    "tests",
    "dev.py",
]


class Count(NamedTuple):
    """Tests of a part, by how they ended; `note` says why a part did not run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""


def test(wanted: list[str]) -> int:
    """Run the parts named, or all. Returns the exit code. Raises SetupError."""
    parts = _parts()
    unknown = [name for name in wanted if name not in parts]
    if unknown:
        raise SetupError(f"There is no part {', '.join(unknown)}. The parts are: {', '.join(parts)}.")
    names = wanted or list(parts)
    _ensure(names)
    REPORTS.mkdir(parents=True, exist_ok=True)
    results = {}
    with ThreadPoolExecutor(1) as beside, WINDOWS_LOG.open("w+") as log:
        windows: Future[tuple[Count, float]] | None = None
        if WINDOWS in names and len(names) > 1:
            windows = beside.submit(_timed, lambda: _gui(log))
        for name in names:
            if name != WINDOWS or windows is None:
                _title(name)
                results[name] = _timed(parts[name])
        if windows is not None:
            results[WINDOWS] = windows.result()
            _title(WINDOWS)
            log.seek(0)
            print(log.read(), flush=True)
    counts = [count for count, _ in results.values()]
    print()
    for name, (count, seconds) in results.items():
        tail = f"  ({count.note})" if count.note else ""
        print(
            f"{name:<12} {count.passed:>5} passed {count.failed:>4} failed {count.skipped:>4} skipped "
            f"{seconds:>7.1f} s{tail}"
        )
    passed = sum(count.passed for count in counts)
    failed = sum(count.failed for count in counts)
    skipped = sum(count.skipped for count in counts)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


def _title(name: str) -> None:
    print(f"\n=== {name} " + "=" * max(0, 90 - len(name)), flush=True)


def _timed(part: Callable[[], Count]) -> tuple[Count, float]:
    """What came of a part, and the seconds it took."""
    began = time.monotonic()
    return part(), time.monotonic() - began


def _parts() -> dict[str, Callable[[], Count]]:
    return {
        "lint": _lint,
        "imports": lambda: _pytest("imports", "test", ["tests/test_imports.py"]),
        "backend": lambda: _pytest("backend", "test", ["tests/backend"]),
        "client": lambda: _pytest("client", "test", ["tests/client"]),
        "happyhorse": lambda: _pytest("happyhorse", "test", ["tests/happyhorse"]),
        "blender-5.2": lambda: _blender("blender-5.2"),
        "blender-4.5": lambda: _blender("blender-4.5"),
        "gui": _gui,
    }


def _ensure(names: list[str]) -> None:
    """The environments that these parts run in. One part may miss its Python, if another Blender is
    tested."""
    needed = {"test", "backend"}
    needed.update(name for name in names if name.startswith("blender-") and possible(name))
    ensure(*sorted(needed))


def _lint() -> Count:
    python = str(python_of("test"))
    present = [name for name in LINTED if (ROOT / name).exists()]
    typed = DEV / "typed"  # where the repository is the package that Blender makes of it
    typed.mkdir(parents=True, exist_ok=True)
    if not (typed / "take_one").exists():
        (typed / "take_one").symlink_to(ROOT)
    extension = [word for name in ("scene", "operators", "panels") for word in ("-p", f"take_one.{name}")]
    checks = {
        "ruff": [python, "-m", "ruff", "check", *present],
        "mypy": [python, "-m", "mypy", "backend", "client"],
        "mypy of the extension": [python, "-m", "mypy", *extension],
    }
    failed = 0
    for name, command in checks.items():
        done = subprocess.run(command, cwd=str(ROOT), env=run_environment() | {"MYPYPATH": str(typed)})
        print(f"{name}: {'clean' if done.returncode == 0 else 'FAILED'}", flush=True)
        failed += done.returncode != 0
    return Count(len(checks) - failed, failed)


def _blender(name: str) -> Count:
    if not possible(name):
        versions = " or ".join(f"{major}.{minor}" for major, minor in environments.KINDS[name].pythons)
        return Count(skipped=1, note=f"needs Python {versions}, which is not here")
    window = name == environments.blender()  # what opens a window is tested once, by the newest Python there is
    return _pytest(name, name, ["tests/blender"], {} if window else {"BLENDER": ""})


def _gui(log: IO[str] | None = None) -> Count:
    if not os.environ.get("BLENDER"):
        return Count(skipped=1, note="the variable BLENDER names no Blender")
    return _pytest(WINDOWS, "test", ["tests/gui"], {"TAKE_ONE_ZIP": str(build.build(ROOT / "dist"))}, log)


def _pytest(
    part: str, environment: str, paths: list[str], variables: dict[str, str] | None = None, log: IO[str] | None = None
) -> Count:
    """Runs the tests in `paths`; what they print goes to `log`, if there is one.

    A file in which something failed is run once more, as a whole, and what then passes counts as passed: windows and
    real processes on a busy machine fail now and then. The closing line names such files.
    """
    count = _pytest_once(part, environment, paths, variables, log)
    files = _failed_files(REPORTS / f"{part}.xml") if count.failed else []
    if not files or len(files) > MOST_AGAIN:
        return count
    print(f"\nOnce more: {' '.join(files)}", file=log, flush=True)
    again = _pytest_once(f"{part}-again", environment, files, variables, log)
    named = " ".join(Path(file).name for file in files)
    passed = count.passed + max(0, count.failed - again.failed)
    return Count(passed, again.failed, count.skipped, f"{count.failed} failed at first, in {named}")


def _failed_files(report: Path) -> list[str]:
    """The test files that pytest's report names as failed; empty where it can't be told for all."""
    if not report.exists():
        return []
    cases = ElementTree.parse(str(report)).getroot().iter("testcase")
    failed = {
        case.get("classname", "").replace(".", "/") + ".py"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }
    return sorted(failed) if all((ROOT / file).is_file() for file in failed) else []


def _pytest_once(
    part: str, environment: str, paths: list[str], variables: dict[str, str] | None, log: IO[str] | None
) -> Count:
    if not any((ROOT / path).exists() for path in paths):
        return Count(note="no tests yet")
    report = REPORTS / f"{part}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    if report.exists():
        report.unlink()
    command = [
        str(python_of(environment)),
        "-m",
        "pytest",
        "-q",
        f"--junitxml={report}",
        "--durations=8",
        *paths,
    ]
    try:
        code = subprocess.run(
            command,
            cwd=str(ROOT),
            env={**run_environment(), **(variables or {})},
            timeout=PART_SECONDS,
            stdout=log,
            stderr=None if log is None else subprocess.STDOUT,
        ).returncode
    except subprocess.TimeoutExpired:
        return Count(failed=1, note=f"ended after {PART_SECONDS / 60:.0f} minutes")
    return _counted(report, code)


def _counted(report: Path, code: int) -> Count:
    """From pytest's report. A run that left none, or that crashed at its end, counts as one failure more."""
    if not report.exists():
        return Count(failed=1, note=f"pytest ended with {code} and no report")
    suites = list(ElementTree.parse(str(report)).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    note = ""
    if code not in (0, 5) and not failed:
        failed, note = 1, f"pytest ended with {code}"
    return Count(max(0, total - failures - errors - skipped), failed, skipped, note)
