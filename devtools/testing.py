"""`dev.py test`: every test of the project, part by part, with one closing line each."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from . import build, environments
from .environments import DEV, ROOT, SetupError, ensure, possible, python_of, run_environment

REPORTS = DEV / "reports"
COMPILE_SECONDS = 5 * 60
PART_SECONDS = 35 * 60  # a Blender that hangs must not hold up the rest
MOST_AGAIN = 3  # more files than that do not fail by chance
WINDOWS = "gui"  # parts that mostly wait: they run beside the others, and before them where both want a core
AT_ONCE = 5  # of the others, on two cores: each waits a good part of its time, for processes and their answers
# Large folders are two parts of like length: one of them alone would still run where the others have ended.
ENGINES = [f"tests/backend/{room}" for room in ("comfy", "export", "guide", "media")]
JOBS = ["tests/backend/hosted", "tests/backend/jobs"]
DRAFT = ["tests/backend/draft"]
STILLS = [f"tests/blender/{room}" for room in ("stills", "ui", "views")]
SERVICE = ["tests/gui/service"]
GIVES_WAY = ["nice", "-n", "5"] if shutil.which("nice") else []
COLD = ("lint", "house", "happyhorse")  # they draw no draft
STILL = ROOT / "docs" / "images" / "card.png"  # any picture
# The take that a worker warms up with: its depth takes machine code that a picture alone does not.
WARM = """
from backend.engines import registry
from backend.jobs.workers.warm import warm
warm(registry.engine(registry.DEFAULT), lambda: False)
"""
HOUSE = ["tests/test_imports.py", "tests/test_devtools.py", "tests/bench"]
ROOMS = ("scene", "operators", "panels")  # the extension's rooms that know Blender
# What one Blender shows for both: an engine behind HTTP is the same to each, and so are words. How a take is asked for
# and laid is tried in each of them (server/test_end_to_end.py, press/, edit/). Of what is tried by several files, the
# older one runs those that come closest to what differs between Blenders: of further stills views/test_views_queue.py
# and test_wider.py, of files that are opened again press/test_opened_again.py, of a stranger's film test_stranger.py
# and test_stranger_values.py, of an export ui/test_export.py.
ONCE = (
    "tests/blender/edit/exact/test_parts_exact.py",
    "tests/blender/film/test_found.py",
    "tests/blender/film/test_model_exact.py",
    "tests/blender/film/test_moving.py",
    "tests/blender/film/test_stranger_again.py",
    "tests/blender/press/exact/test_events.py",
    "tests/blender/press/test_restart.py",
    "tests/blender/server/test_add_an_engine.py",
    "tests/blender/server/test_happyhorse.py",
    "tests/blender/server/test_hosted.py",
    "tests/blender/server/test_workflows.py",
    "tests/blender/stills/exact/test_facts_numbers.py",
    "tests/blender/stills/exact/test_taking.py",
    "tests/blender/stills/exact/test_viewport.py",
    "tests/blender/ui/exact/test_card_lines.py",
    "tests/blender/ui/exact/test_dialogs.py",
    "tests/blender/ui/exact/test_edit_lines.py",
    "tests/blender/ui/exact/test_making.py",
    "tests/blender/ui/exact/test_making_again.py",
    "tests/blender/ui/exact/test_panel_parts.py",
    "tests/blender/ui/exact/test_rows.py",
    "tests/blender/ui/exact/test_setting_up.py",
    "tests/blender/ui/exact/test_takes_lines.py",
    "tests/blender/ui/exact/test_verbs_of_edit.py",
    "tests/blender/ui/exact/test_verbs_out.py",
    "tests/blender/ui/exact/test_walks.py",
    "tests/blender/ui/test_export_steps.py",
    "tests/blender/ui/test_panels_card.py",
    "tests/blender/ui/test_panels_more.py",
    "tests/blender/ui/test_wording.py",
    "tests/blender/ui/verbs/test_verbs_of_shots.py",
    "tests/blender/ui/verbs/test_verbs_of_takes.py",
    "tests/blender/views/exact/test_choice_numbers.py",
    "tests/blender/views/exact/test_coverage_numbers.py",
    "tests/blender/views/exact/test_foreseen_numbers.py",
    "tests/blender/views/exact/test_marks_numbers.py",
    "tests/blender/views/exact/test_shoot_exact.py",
    "tests/blender/views/exact/test_surfaces_numbers.py",
    "tests/blender/views/exact/test_view_files.py",
    "tests/blender/views/exact/test_walk_numbers.py",
    "tests/blender/views/exact/test_walk_parts.py",
    "tests/blender/views/test_coverage.py",
    "tests/blender/views/test_views.py",
    "tests/blender/views/test_wider_meanwhile.py",
)


class Count(NamedTuple):
    """Tests of a part, by how they ended; `note` says why a part did not run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""


if TYPE_CHECKING:  # dev.py runs on Pythons that can't say it at run time
    Log = IO[str] | None  # where a part prints; None is the terminal
    Part = Callable[[Log], Count]


def test(wanted: list[str]) -> int:
    """Run the parts named, or all. Returns the exit code. Raises SetupError."""
    parts = _parts()
    unknown = [name for name in wanted if name not in parts]
    if unknown:
        raise SetupError(f"There is no part {', '.join(unknown)}. The parts are: {', '.join(parts)}.")
    names = [name for name in parts if not wanted or any(f"{name}-".startswith(f"{one}-") for one in wanted)]
    _ensure(names)
    REPORTS.mkdir(parents=True, exist_ok=True)
    if len(names) == 1:
        results = {names[0]: _timed(parts[names[0]], None)}
    else:
        results = _side_by_side({name: parts[name] for name in names})
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


def _side_by_side(parts: dict[str, Part]) -> dict[str, tuple[Count, float]]:
    """Run parts, some at a time. What each prints comes when it has ended."""
    windows = [name for name in parts if name.startswith(WINDOWS)]
    with (
        ThreadPoolExecutor(AT_ONCE) as pool,
        ThreadPoolExecutor(len(windows) + 1) as beside,
        contextlib.ExitStack() as files,
    ):
        logs = {name: files.enter_context((REPORTS / f"{name}.log").open("w+", encoding="utf-8")) for name in parts}
        compiled = beside.submit(_compile) if not set(parts) <= set(COLD) else None

        def run(name: str) -> tuple[Count, float]:
            if compiled is not None and name not in COLD:
                compiled.result()
            return _timed(parts[name], logs[name])

        began = {(beside if name in windows else pool).submit(run, name): name for name in parts}
        results = {}
        for ended in as_completed(began):
            name = began[ended]
            results[name] = ended.result()
            logs[name].seek(0)
            print(f"\n=== {name} " + "=" * max(0, 90 - len(name)) + "\n" + logs[name].read(), flush=True)
    return {name: results[name] for name in parts}


def _timed(part: Part, log: Log) -> tuple[Count, float]:
    """What came of a part, and the seconds it took."""
    began = time.monotonic()
    return part(log), time.monotonic() - began


def _parts() -> dict[str, Part]:
    """By name, in the order in which they begin: first what needs no machine code of the draft, while that is
    compiled, then what waits or takes longest, so that both cores are busy to the end."""

    def tests(name: str, *paths: str) -> Part:
        return lambda log: _pytest(name, "test", list(paths), log)

    return {
        WINDOWS: functools.partial(_gui, WINDOWS, ["tests/gui", *_without(SERVICE)]),
        f"{WINDOWS}-service": functools.partial(_gui, f"{WINDOWS}-service", SERVICE),
        "happyhorse": tests("happyhorse", "tests/happyhorse"),
        "lint": _lint,
        "house": tests("house", *HOUSE),
        "blender-4.5": functools.partial(_blender, "blender-4.5", "", ["tests/blender"]),
        "backend-jobs": tests("backend-jobs", *JOBS),
        "engines-draft": tests("engines-draft", *DRAFT),
        "client": tests("client", "tests/client", "tests/integrations"),
        "blender-5.2": functools.partial(_blender, "blender-5.2", "", ["tests/blender", *_without(STILLS)]),
        "engines": tests("engines", *ENGINES),
        "blender-5.2-stills": functools.partial(_blender, "blender-5.2", "-stills", STILLS),
        "backend": tests("backend", "tests/backend", *_without([*JOBS, *DRAFT, *ENGINES])),
    }


def _without(paths: Iterable[str]) -> list[str]:
    """pytest's arguments that leave these out."""
    return [f"--ignore={path}" for path in paths]


def _compile() -> None:
    """Have the draft's machine code compiled once: parts that begin at the same time would each do it. A take that
    can't be made is for the tests to tell of."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**run_environment(), "TAKE_ONE_HOME": home, "NUMBA_CACHE_DIR": str(environments.KERNELS)}
        take = ["-m", "backend", "animate", "--still", str(STILL), "--size", "160x96", "--seconds", "0.2"]
        take += ["--prompt", "slowly push in", "--out", str(Path(home) / "take.mp4")]
        for arguments in (["-c", WARM], take):
            command = [str(python_of("test")), *arguments]
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(command, cwd=str(ROOT), env=environment, capture_output=True, timeout=COMPILE_SECONDS)


def setup() -> int:
    """Make all environments. Returns the exit code. Raises SetupError."""
    _ensure(list(_parts()))
    return 0


def _ensure(names: list[str]) -> None:
    """The environments that these parts run in. One part may miss its Python, if another Blender is
    tested."""
    blenders = [name for name in ("blender-5.2", "blender-4.5") if name in names or f"{name}-stills" in names]
    ensure("test", "backend", *filter(possible, blenders))  # what takes longest first


def _lint(log: Log) -> Count:
    python = str(python_of("test"))
    typed = DEV / "typed"  # where the repository is the package that Blender makes of it
    typed.mkdir(parents=True, exist_ok=True)
    if not (typed / "take_one").exists():
        (typed / "take_one").symlink_to(ROOT)
    extension = [word for room in ROOMS for word in ("-p", f"take_one.{room}")]
    files = sum(1 for room in ROOMS for _ in (ROOT / room).rglob("*.py"))
    checks = {
        "ruff": ([python, "-m", "ruff", "check", "."], ""),
        "ruff's format": ([python, "-m", "ruff", "format", "--check", "."], ""),
        "mypy": ([python, "-m", "mypy", "backend", "client", "integrations"], ""),
        "mypy of the extension": ([python, "-m", "mypy", *extension], f"in {files} source files"),
    }
    failed = 0
    for name, (command, said) in checks.items():
        environment = run_environment() | {"MYPYPATH": str(typed)}
        done = subprocess.run([*GIVES_WAY, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
        clean = done.returncode == 0 and said in done.stdout  # mypy leaves out files, and says of how many it speaks
        print(f"{done.stdout}{done.stderr}{name}: {'clean' if clean else 'FAILED'}", file=log, flush=True)
        failed += not clean
    return Count(len(checks) - failed, failed)


def _blender(name: str, room: str, paths: list[str], log: Log) -> Count:
    if not possible(name):
        versions = " or ".join(f"{major}.{minor}" for major, minor in environments.KINDS[name].pythons)
        return Count(skipped=1, note=f"needs Python {versions}, which is not here")
    if name == environments.blender():
        return _pytest(f"{name}{room}", name, paths, log)
    # what opens a window is tested once, too, by the newest Python there is
    return _pytest(f"{name}{room}", name, [*paths, *_without(ONCE)], log, {"BLENDER": ""})


def _gui(name: str, paths: list[str], log: Log) -> Count:
    if not os.environ.get("BLENDER"):
        return Count(skipped=1, note="the variable BLENDER names no Blender")
    return _pytest(name, "test", paths, log, {"TAKE_ONE_ZIP": str(build.build(ROOT / "dist"))})


def _pytest(part: str, environment: str, paths: list[str], log: Log, variables: dict[str, str] | None = None) -> Count:
    """Runs the tests in `paths`; what they print goes to `log`, if there is one.

    A file in which something failed is run once more by itself, to tell what fails by chance or by what runs beside it.
    It has failed all the same.
    """
    count = _pytest_once(part, environment, paths, log, variables)
    files = _failed_files(REPORTS / f"{part}.xml") if count.failed else []
    if not files or len(files) > MOST_AGAIN:
        return count
    print(f"\nOnce more: {' '.join(files)}", file=log, flush=True)
    again = _pytest_once(f"{part}-again", environment, files, log, variables)
    fails = set(_failed_files(REPORTS / f"{part}-again.xml")) if again.failed else set()
    verdicts = [f"{Path(file).name} {'fails again' if file in fails else 'passes the second time'}" for file in files]
    return count._replace(note=", ".join(verdicts))


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


def _pytest_once(part: str, environment: str, paths: list[str], log: Log, variables: dict[str, str] | None) -> Count:
    if not any((ROOT / path).exists() for path in paths):
        return Count(note="no tests yet")
    report = REPORTS / f"{part}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    if report.exists():
        report.unlink()
    command = [
        *([] if part.startswith(WINDOWS) else GIVES_WAY),
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
